//! Draws navigation, state of the space and banner around every page, and every error as a page.
//!
//! Handlers return a [`Page`] or an [`Error`]; both travel in the answer's extensions to
//! [`dress`], which has the request in hand.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, Responder, web};
use data_encoding::HEXLOWER;
use maud::{Markup, html};

use crate::identity::guard::{self, Visit};
use crate::identity::habilitation::Habilitation;
use crate::identity::{Act, Machine, cookies, policy};
use crate::notices::Landlord;
use crate::opening_hours::{Schedule, State, Warning};
use crate::page::banner::{Banner, Tone};
use crate::page::chart::DayRule;
use crate::page::layout::{NavItem, Reader};
use crate::page::{Chrome, Page, document, format, paths};
use crate::platform::crypto::random;
use crate::platform::{Error, Now};
use crate::sheets::view::committees::CommuneChoice;
use crate::sheets::view::refusals;

/// What the frame knows of the installation.
pub struct Surroundings {
    landlord: Landlord,
    schedule: Schedule,
}

impl Surroundings {
    pub fn new(machine: &Machine, schedule: Schedule) -> Self {
        Self { landlord: machine.settings().landlord.clone(), schedule }
    }
}

impl Responder for Page {
    type Body = BoxBody;

    /// An answer that [`dress`] fills in.
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok().finish();
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Headers of every answer. `no-store`: nothing of this site is kept by a browser or a proxy, save
/// what `/static/` says of itself.
const HEADERS: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("x-robots-tag", "noindex, nofollow, noarchive"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
];

/// The middleware: draws pages and errors, adds the headers.
pub async fn dress<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    // Only now: a request that is shared cannot be routed.
    let mut res = next.call(req).await?;
    let request = res.request().clone();
    let page = res.response_mut().extensions_mut().remove::<Page>();
    let dressed = match page {
        Some(page) => Some(draw(&request, &page, StatusCode::OK)),
        None => res.response().error().map(|error| explain(&request, error)),
    };
    let mut res = match dressed {
        Some(mut answer) => {
            for cookie in res.response().cookies() {
                let _ = answer.add_cookie(&cookie);
            }
            res.into_response(answer.map_into_right_body())
        }
        None => res.map_into_left_body(),
    };
    if let Some(cookie) = cookies::new_cookie(&request)
        && !res.response().cookies().any(|set| set.name() == cookies::SESSION_COOKIE)
    {
        let _ = res.response_mut().add_cookie(&cookie);
    }
    for (name, value) in HEADERS {
        res.headers_mut().insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !res.headers().contains_key(header::CACHE_CONTROL) {
        res.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(res)
}

fn draw(req: &HttpRequest, page: &Page, status: StatusCode) -> HttpResponse {
    let Some(around) = req.app_data::<web::Data<Surroundings>>() else {
        return HttpResponse::InternalServerError().finish();
    };
    let visit = guard::visit(req);
    let markup = document(&chrome(req, around, visit.as_ref()), page);
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(markup.into_string())
}

fn chrome(req: &HttpRequest, around: &Surroundings, visit: Option<&Visit>) -> Chrome {
    let landlord = around.landlord.name.clone();
    let Some(visit) = visit else { return Chrome { landlord, ..Chrome::default() } };
    let csrf = Some(visit.csrf.clone());
    let Some(actor) = &visit.actor else { return Chrome { landlord, csrf, ..Chrome::default() } };
    let role = actor.role();
    let capacity = match actor.commune_name() {
        Some(commune) => format!("Mairie de {commune}"),
        None => role.in_french().to_owned(),
    };
    let messages = match visit.unread {
        0 => "Messages".to_owned(),
        unread => format!("Messages\u{a0}({unread})"),
    };
    let nav = [
        (Act::ReadCommittees, "Commissions", paths::COMMITTEES),
        (Act::SeeTeam, "Équipe", paths::TEAM),
        (Act::DecideHabilitation, "Habilitations", paths::MANAGED_HABILITATIONS),
        (Act::ManageCommittees, "Commissions", paths::MANAGED_COMMITTEES),
        (Act::ManageCommunes, "Communes", paths::MANAGED_COMMUNES),
        (Act::ManageAccounts, "Comptes", paths::MANAGED_ACCOUNTS),
        (Act::SuspendAccess, "Accès", paths::LEVERS),
        (Act::ManageMails, "Courriels", paths::MAILS),
        (Act::ReadMessages, messages.as_str(), paths::MESSAGES),
    ];
    let nav = nav
        .into_iter()
        .filter(|(act, ..)| policy::permits(role, *act))
        .map(|(_, label, href)| NavItem {
            label: label.to_owned(),
            href: href.to_owned(),
            current: req.path().starts_with(href),
        })
        .collect();
    let (space, day, banner) = if role.is_town_hall() {
        space(&around.schedule.in_zone(actor.zone()), visit.now)
    } else {
        (String::new(), None, None)
    };
    Chrome {
        landlord,
        nav,
        reader: Some(Reader { name: actor.account.name(), capacity }),
        space,
        day,
        banner,
        csrf,
    }
}

/// The state of the space: sentence, day rule, and the warnings of 18:45 and 18:55 (E28).
fn space(schedule: &Schedule, now: Now) -> (String, Option<DayRule>, Option<Banner>) {
    let rule = |attention| {
        let time = now.paris().time();
        let hours = crate::opening_hours::Hours::CONVENTION;
        DayRule { elapsed: Some(hours.fraction(time) as f32), now: format::time(now.utc()), attention }
    };
    match schedule.state(now.utc()) {
        State::Open { closes_at, remaining, warning } => {
            let sentence = format!("ouvert jusqu’à {}", format::time(closes_at));
            let banner = warning.map(|warning| closing_banner(warning, remaining, closes_at, schedule));
            (sentence, Some(rule(warning.is_some())), banner)
        }
        State::Closed { until, .. } => {
            let sentence = format!("fermé jusqu’à {}", format::coming(until, now.utc()));
            (sentence, Some(DayRule { elapsed: None, now: "fermé".to_owned(), attention: false }), None)
        }
    }
}

/// « L’espace ferme dans 15 minutes. À 19 h, la fiche s’efface ; vous la retrouverez demain à 8 h. »
fn closing_banner(
    warning: Warning,
    remaining: chrono::TimeDelta,
    closes_at: chrono::DateTime<chrono::Utc>,
    schedule: &Schedule,
) -> Banner {
    let minutes = (remaining.num_seconds() + 59) / 60;
    Banner {
        tone: match warning {
            Warning::Quarter | Warning::Five => Tone::Attention,
        },
        fact: format!("L’espace ferme dans {}.", format::count(minutes, "minute", "minutes")),
        detail: format!(
            "À {}, la fiche s’efface\u{a0}; vous la retrouverez {}.",
            format::time(closes_at),
            format::day_and_time(schedule.next_opening(closes_at)),
        ),
        action: None,
    }
}

/// Whether a script asks: it wants a status, not a way.
fn asked_by_script(req: &HttpRequest) -> bool {
    req.headers().contains_key("X-CSRF-Token") || req.content_type().eq_ignore_ascii_case("application/json")
}

/// An error as a page, or as the way to the page that comes first.
fn explain(req: &HttpRequest, error: &actix_web::Error) -> HttpResponse {
    let Some(around) = req.app_data::<web::Data<Surroundings>>() else {
        return HttpResponse::InternalServerError().finish();
    };
    let landlord = &around.landlord;
    let Some(error) = error.as_error::<Error>() else {
        // actix's own: an unreadable path, a body that broke off.
        return draw(
            req,
            &refusals::error(&reference(error), landlord),
            error.as_response_error().status_code(),
        );
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match error {
        Error::SignIn => lead(req, paths::LOGIN),
        Error::First(path) => lead(req, path),
        Error::NotFound => draw(req, &refusals::not_found(), status),
        Error::Forbidden => draw(req, &refusals::forbidden(), status),
        Error::Suspended { since, reason } => {
            draw(req, &refusals::suspended(&refusals::Suspended::of(*since, reason), landlord), status)
        }
        Error::Closed => {
            let visit = guard::visit(req);
            let now = visit.as_ref().map(|visit| visit.now.utc()).unwrap_or_default();
            let zone = visit.and_then(|visit| Some(visit.actor?.zone())).unwrap_or_default();
            let next = format::day_and_time(around.schedule.in_zone(zone).next_opening(now));
            let is_open = |other: &Habilitation| around.schedule.in_zone(other.zone).state(now).is_open();
            let mut page = refusals::closed(landlord, &next);
            page.main = html! { (page.main) (other_communes(req, is_open)) };
            draw(req, &page, status)
        }
        Error::Token { .. } => draw(req, &refusals::csrf_expired(req.path()), status),
        Error::Refused(refused) => {
            let concerns_commune = OF_A_COMMUNE.contains(&refused.name);
            let main = html! {
                (refused.main)
                @if concerns_commune { (other_communes(req, |_| true)) }
            };
            draw(req, &Page::new(refused.title.clone(), main), status)
        }
        Error::Unavailable(cause) => {
            tracing::error!(cause, path = row_path(req), "unavailable");
            draw(req, &refusals::unavailable(), status)
        }
        Error::Stale => draw(req, &refusals::stale(), status),
        Error::Unreadable(_) | Error::TooLarge => draw(req, &unreadable(), status),
        Error::Installation(cause) | Error::Internal(cause) => {
            let reference = reference(&cause);
            draw(req, &refusals::error(&reference, landlord), status)
        }
    }
}

/// Refusals that another commune may not meet.
const OF_A_COMMUNE: [&str; 4] = ["commune_suspended", "convention", "habilitation", "habilitation_suspended"];

/// The other communes this person reads for, or nothing.
fn other_communes(req: &HttpRequest, may: impl Fn(&Habilitation) -> bool) -> Markup {
    let Some(Visit { csrf, actor: Some(actor), .. }) = guard::visit(req) else { return html! {} };
    let others: Vec<CommuneChoice> = actor
        .habilitations
        .iter()
        .filter(|habilitation| Some(&habilitation.commune) != actor.session.commune.as_ref())
        .filter(|habilitation| may(habilitation))
        .map(|habilitation| CommuneChoice {
            insee: habilitation.commune.to_string(),
            name: habilitation.commune_name.clone(),
            current: false,
        })
        .collect();
    html! { @if !others.is_empty() { (refusals::other_communes(&csrf, &others)) } }
}

fn unreadable() -> Page {
    let main = html! {
        div.plain {
            h1 { "Cette demande n’a pas pu être lue" }
            p.lead { "Elle est incomplète, ou trop longue. Revenez en arrière et recommencez\u{a0}; rien n’a été modifié." }
        }
    };
    Page::new("Demande illisible", main)
}

/// The pattern of the route, never the path itself: a path names a sheet.
fn row_path(req: &HttpRequest) -> &'static str {
    crate::identity::route::row(req).map_or("-", |row| row.path)
}

/// Logs the cause once, under the reference that the page shows.
fn reference(cause: &dyn std::fmt::Display) -> String {
    let reference = random::<4>().map_or_else(|_| "inconnue".to_owned(), |bytes| HEXLOWER.encode(&bytes));
    tracing::error!(reference, cause = %cause, "a request failed");
    reference
}

/// The way to another page; remembers the one asked for. A script gets a status of its own, or
/// its request would follow the way and take a login page for an answer.
fn lead(req: &HttpRequest, to: &str) -> HttpResponse {
    if asked_by_script(req) {
        return HttpResponse::Unauthorized().finish();
    }
    let mut answer = HttpResponse::SeeOther().insert_header((header::LOCATION, to.to_owned())).finish();
    if *req.method() == Method::GET
        && let Some(cookie) = cookies::remember_way_back(req)
    {
        let _ = answer.add_cookie(&cookie);
    }
    answer
}

/// An address that is in no row: the same 404 as every address without a sheet.
pub async fn unknown() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}
