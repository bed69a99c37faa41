//! Handlers of signing in, unlocking and signing out.

use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::{Either, HttpRequest, HttpResponse, Responder};
use chrono::NaiveDateTime;
use serde::Deserialize;

use super::account;
use super::cookies;
use super::guard::{self, Allowed, Visit};
use super::part::Posted;
use super::policy::{Action, acts};
use super::second_factor::passkeys;
use super::session::{self, EndedBy};
use super::sign_in::{self, Outcome};
use super::single_sign_on;
use super::view::{self, account as account_view, login as login_view, steps};
use crate::notices::charter;
use crate::opening_hours::words;
use crate::page::form::Errors;
use crate::page::{Page, format, paths};
use crate::platform::{Error, Now, Result};

/// Either a page to show again, or the next one.
pub(super) type PageOr<R> = Either<Page, R>;

/// Where the way leads after a step.
pub(super) fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.to_owned())).finish()
}

pub(super) fn csrf(req: &HttpRequest) -> String {
    guard::visit(req).map(|visit: Visit| visit.csrf).unwrap_or_default()
}

/// « Trop d’essais. Réessayez à partir de 10 h 42. », or in so many seconds.
pub(super) fn too_many(until: NaiveDateTime, now: Now) -> String {
    let seconds = (until - now.naive()).num_seconds() + 1;
    if seconds < 60 {
        return format!("Trop d’essais. Réessayez dans {}.", format::count(seconds, "seconde", "secondes"));
    }
    // Rounded up to the minute shown, so that the promise holds.
    let shown = until.and_utc() + chrono::TimeDelta::seconds(59);
    format!("Trop d’essais. Réessayez à partir de {}.", format::time(shown))
}

pub async fn login(who: Allowed<acts::SignIn>, req: HttpRequest) -> Result<Page> {
    if let Some((session, _)) = who.known()
        && session.ended_by == Some(EndedBy::OtherLogin)
        && !req.query_string().contains("encore")
    {
        let ended = account_view::EndedElsewhere {
            csrf: csrf(&req),
            at: session.ended_at.map_or_else(String::new, |at| format::time(at.and_utc())),
            device: session.ended_for_device.clone().unwrap_or_default(),
        };
        return Ok(view::ended_elsewhere(&ended, &who.landlord()));
    }
    login_page(&who, &req, String::new(), Errors::none())
}

fn login_page(
    who: &Allowed<acts::SignIn>,
    req: &HttpRequest,
    identifier: String,
    errors: Errors,
) -> Result<Page> {
    let space = words::of(who.schedule(), who.now().utc());
    let demo = who.machine().accounts_to_fill_in()?;
    let view = login_view::Login {
        csrf: csrf(req),
        identifier,
        errors,
        headline: space.headline,
        remaining: space.remaining,
        week: space.week,
        week_note: space.week_note,
        passkeys: passkeys::site(who.settings()).is_some(),
        demo,
        providers: who.machine().providers.buttons(),
    };
    Ok(view::login(&view, &who.landlord()))
}

#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    mot_de_passe: String,
}

pub async fn sign_in(
    who: Allowed<acts::SignIn>,
    req: HttpRequest,
    form: Posted<Credentials>,
) -> Result<PageOr<HttpResponse>> {
    let Posted(Credentials { identifiant, mot_de_passe }) = form;
    let mut errors = Errors::none();
    if identifiant.trim().is_empty() {
        errors.add("identifiant", "Saisissez votre identifiant.");
    }
    if mot_de_passe.is_empty() {
        errors.add("mot_de_passe", "Saisissez votre mot de passe.");
    }
    if !errors.is_empty() {
        return Ok(Either::Left(login_page(&who, &req, identifiant, errors)?));
    }
    let sentence = match sign_in::with_password(&who, &identifiant, mot_de_passe).await? {
        Outcome::Accepted(token) => {
            let mut answer = see(paths::LOGIN_CODE);
            set_cookie(&mut answer, cookies::session_cookie(&token))?;
            return Ok(Either::Right(answer));
        }
        Outcome::Wrong => "Identifiant ou mot de passe inexact. Vérifiez les majuscules.".to_owned(),
        Outcome::Blocked(until) => too_many(until, who.now()),
        Outcome::Expired => {
            "Ce mot de passe provisoire a expiré. Demandez-en un nouveau à votre bailleur.".to_owned()
        }
    };
    Ok(Either::Left(login_page(&who, &req, identifiant, Errors::one("mot_de_passe", sentence))?))
}

pub(super) fn set_cookie(answer: &mut HttpResponse, cookie: Cookie<'_>) -> Result<()> {
    answer.add_cookie(&cookie).map_err(Error::internal)
}

/// The page one came for, if there was one.
pub(super) fn way_on(req: &HttpRequest) -> String {
    cookies::way_back(req).unwrap_or_else(|| "/".to_owned())
}

/// After the last step: to the page one came for, if there was one.
pub(super) fn welcome(req: &HttpRequest, device: Option<&session::Token>) -> Result<HttpResponse> {
    let mut answer = see(&way_on(req));
    set_cookie(&mut answer, cookies::forget_way_back())?;
    if let Some(device) = device {
        set_cookie(&mut answer, cookies::device_cookie(device))?;
    }
    Ok(answer)
}

/// To this page, on a device that is known from now on; the one that was asked for comes later.
fn on_to(path: &str, device: &session::Token) -> Result<HttpResponse> {
    let mut answer = see(path);
    set_cookie(&mut answer, cookies::device_cookie(device))?;
    Ok(answer)
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

pub async fn code_page(who: Allowed<acts::GiveCode>, req: HttpRequest) -> Result<Page> {
    code_view(&who, &req, Errors::none())
}

fn code_view(who: &Allowed<acts::GiveCode>, req: &HttpRequest, errors: Errors) -> Result<Page> {
    let (_, account) = sign_in::at_step(who)?;
    let passkeys = passkeys::site(who.settings()).is_some();
    let demo = who.machine().accounts_to_fill_in()?.into_iter().find(|demo| demo.login == account.login);
    Ok(view::code(&steps::Code { csrf: csrf(req), errors, passkeys, demo }, &who.landlord()))
}

pub async fn give_code(
    who: Allowed<acts::GiveCode>,
    req: HttpRequest,
    form: Posted<CodeForm>,
) -> Result<PageOr<HttpResponse>> {
    match sign_in::with_code(&who, form.0.code).await? {
        Outcome::Accepted(device) => Ok(Either::Right(welcome(&req, Some(&device))?)),
        refused => {
            Ok(Either::Left(code_view(&who, &req, Errors::one("code", code_sentence(&refused, who.now())))?))
        }
    }
}

#[derive(Deserialize)]
pub struct RecoveryForm {
    #[serde(default)]
    code_de_secours: String,
}

pub async fn recovery_page(who: Allowed<acts::GiveCode>, req: HttpRequest) -> Result<Page> {
    Ok(view::factors::recover(&csrf(&req), &Errors::none(), &who.landlord()))
}

pub async fn recover(
    who: Allowed<acts::GiveCode>,
    req: HttpRequest,
    form: Posted<RecoveryForm>,
) -> Result<PageOr<HttpResponse>> {
    let sentence = match sign_in::with_recovery_code(&who, form.0.code_de_secours).await? {
        // The lost one is revoked, another added there.
        Outcome::Accepted(device) => return Ok(Either::Right(on_to(paths::ACCOUNT, &device)?)),
        Outcome::Blocked(until) => too_many(until, who.now()),
        Outcome::Wrong | Outcome::Expired => {
            "Ce code n’est pas l’un des vôtres, ou il a déjà servi.".to_owned()
        }
    };
    let errors = Errors::one("code_de_secours", sentence);
    Ok(Either::Left(view::factors::recover(&csrf(&req), &errors, &who.landlord())))
}

fn code_sentence<T>(outcome: &Outcome<T>, now: Now) -> String {
    match outcome {
        Outcome::Blocked(until) => too_many(*until, now),
        _ => "Ce code n’est pas, ou n’est plus, valable. Attendez le suivant et vérifiez que votre téléphone est à l’heure.".to_owned(),
    }
}

pub async fn enrolment_page(who: Allowed<acts::EnrolSecondFactor>, req: HttpRequest) -> Result<Page> {
    enrolment_view(&who, &req, Errors::none()).await
}

async fn enrolment_view(
    who: &Allowed<acts::EnrolSecondFactor>,
    req: &HttpRequest,
    errors: Errors,
) -> Result<Page> {
    let (_, account) = sign_in::at_step(who)?;
    let secret = sign_in::enrolling(who).await?;
    let demo_code = sign_in::demo_code(who, &secret)?;
    let view = steps::SecondFactor {
        csrf: csrf(req),
        errors,
        qr: secret.qr(&who.landlord().name, &account.login)?,
        secret: secret.to_base32().to_string(),
        demo_code,
    };
    Ok(view::second_factor(&view))
}

pub async fn enrol(
    who: Allowed<acts::EnrolSecondFactor>,
    req: HttpRequest,
    form: Posted<CodeForm>,
) -> Result<PageOr<HttpResponse>> {
    match sign_in::enrol(&who, form.0.code).await? {
        Outcome::Accepted(device) => Ok(Either::Right(on_to(paths::RECOVERY_CODES, &device)?)),
        refused => Ok(Either::Left(
            enrolment_view(&who, &req, Errors::one("code", code_sentence(&refused, who.now()))).await?,
        )),
    }
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    actuel: String,
    #[serde(default)]
    nouveau: String,
    #[serde(default)]
    confirmation: String,
}

pub async fn password_page(who: Allowed<acts::ChoosePassword>, req: HttpRequest) -> Result<Page> {
    password_view(&who, &req, Errors::none())
}

fn password_view(who: &Allowed<acts::ChoosePassword>, req: &HttpRequest, errors: Errors) -> Result<Page> {
    let actor = who.actor()?;
    let account = actor.account;
    let view = steps::Password {
        csrf: csrf(req),
        errors,
        identifier: account.login.clone(),
        first: actor.session.chooses_freely(&account),
        asked: account.password_change_asked_at.is_some(),
        min_length: u32::try_from(sign_in::least_length(who, &account)).unwrap_or(u32::MAX),
    };
    Ok(view::password(&view, &who.landlord()))
}

pub async fn choose_password(
    who: Allowed<acts::ChoosePassword>,
    req: HttpRequest,
    form: Posted<PasswordForm>,
) -> Result<PageOr<HttpResponse>> {
    let PasswordForm { actuel, nouveau, confirmation } = form.0;
    let actor = who.actor()?;
    let mut errors = Errors::none();
    let present = if actor.session.chooses_freely(&actor.account) {
        Outcome::Accepted(())
    } else {
        sign_in::with_own_password(&who, &actor.account, actuel).await?
    };
    if let Outcome::Blocked(until) = present {
        errors.add("actuel", too_many(until, who.now()));
    } else if !matches!(present, Outcome::Accepted(())) {
        errors.add("actuel", "Ce n’est pas votre mot de passe actuel.");
    } else if nouveau != confirmation {
        errors.add("confirmation", "Les deux saisies diffèrent. Recopiez le nouveau mot de passe.");
    } else if let Err(sentence) = sign_in::change_password(&who, &actor, nouveau).await? {
        errors.add("nouveau", sentence);
    }
    if errors.is_empty() {
        Ok(Either::Right(see("/")))
    } else {
        Ok(Either::Left(password_view(&who, &req, errors)?))
    }
}

pub async fn charter_page(who: Allowed<acts::SignCharter>, req: HttpRequest) -> Result<Page> {
    let account = who.actor()?.account;
    let current = i64::from(account.charter_version) == i64::from(charter::VERSION);
    let engaged = account.charter_signed_at.filter(|_| current).map(|at| {
        format!("Votre engagement date du {}.", format::date_full(format::paris_date(at.and_utc())))
    });
    Ok(view::charter(&steps::Charter { csrf: csrf(&req), engaged }, &who.landlord()))
}

/// A form that says nothing but its token.
#[derive(Deserialize)]
pub struct Nothing {}

pub async fn sign_charter(
    who: Allowed<acts::SignCharter>,
    req: HttpRequest,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let id = who.actor()?.account.id;
    let version = i32::try_from(charter::VERSION).map_err(Error::internal)?;
    who.write(move |conn, who| account::sign_charter(conn, &id, version, who.now())).await?;
    welcome(&req, None)
}

pub async fn lock_page(who: Allowed<acts::Unlock>, req: HttpRequest) -> Result<Page> {
    lock_view(&who, &req, Errors::none())
}

fn lock_view(who: &Allowed<acts::Unlock>, req: &HttpRequest, errors: Errors) -> Result<Page> {
    let (session, account) = sign_in::at_step(who)?;
    let returns_to = match cookies::way_back(req).as_deref() {
        Some(path) if path.starts_with("/fiches/") => "la fiche que vous lisiez",
        Some(path) if path.starts_with("/commissions/") => "la commission que vous lisiez",
        _ => "votre espace",
    };
    let view = account_view::Lock {
        csrf: csrf(req),
        errors,
        identifier: account.login,
        returns_to: returns_to.to_owned(),
        passkeys: passkeys::site(who.settings()).is_some(),
        providers: single_sign_on::routes::unlock_buttons(who, &session),
    };
    Ok(view::lock(&view))
}

#[derive(Deserialize)]
pub struct UnlockForm {
    #[serde(default)]
    mot_de_passe: String,
}

pub async fn unlock(
    who: Allowed<acts::Unlock>,
    req: HttpRequest,
    form: Posted<UnlockForm>,
) -> Result<PageOr<HttpResponse>> {
    let sentence = match sign_in::unlock(&who, form.0.mot_de_passe).await? {
        Outcome::Accepted(()) => return Ok(Either::Right(welcome(&req, None)?)),
        Outcome::Blocked(until) => too_many(until, who.now()),
        Outcome::Wrong | Outcome::Expired => {
            "Ce n’est pas votre mot de passe. Vérifiez les majuscules.".to_owned()
        }
    };
    Ok(Either::Left(lock_view(&who, &req, Errors::one("mot_de_passe", sentence))?))
}

/// The guard has already noted the activity: this only says so.
pub async fn stay_awake(_: Allowed<acts::StayAwake>, _: Posted<Nothing>) -> Result<HttpResponse> {
    Ok(HttpResponse::NoContent().finish())
}

pub async fn sign_out(who: Allowed<acts::SignOut>, _: Posted<Nothing>) -> Result<HttpResponse> {
    let provider = who.known().and_then(|(session, _)| session.provider.clone());
    guard::end_session(&who, EndedBy::SignOut).await?;
    // The provider's own session would open this one again without a word.
    let next = provider.map_or_else(|| paths::SIGN_OUT.to_owned(), |id| paths::single_sign_on_end(&id));
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, next))
        .insert_header(("Clear-Site-Data", "\"cache\", \"storage\""))
        .cookie(cookies::forgotten(cookies::SESSION_COOKIE))
        .cookie(cookies::forget_way_back())
        .finish())
}

pub async fn signed_out(_: Allowed<acts::SignOut>) -> Result<Page> {
    Ok(view::signed_out())
}

/// `/`: each role's first page.
pub async fn enter(who: Allowed<acts::Enter>) -> Result<impl Responder> {
    let actor = who.actor()?;
    let role = actor.role();
    let first = if role.is_town_hall() && actor.habilitations.is_empty() && !actor.contact_for.is_empty() {
        paths::TEAM
    } else if role.is_town_hall() {
        paths::COMMITTEES
    } else if super::policy::permits(role, acts::ManageCommittees::ACT) {
        paths::MANAGED_COMMITTEES
    } else {
        paths::ACCOUNT
    };
    Ok(see(first))
}
