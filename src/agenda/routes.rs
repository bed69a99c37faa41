//! Handlers of the landlord's committees: the list, and « séance levée ».

use actix_web::web::Path;
use actix_web::{Either, HttpRequest, HttpResponse, http::header};
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use super::view::{self, Certificate, HeldConfirmation, ManagedCommittee, ManagedCommittees, ManagedState};
use crate::committees::{self, Committee, Status};
use crate::identity::{Allowed, Posted, acts, guard};
use crate::messages;
use crate::messages::view::{SHOWN_FIRST, led_by};
use crate::page::{Page, format, paths};
use crate::platform::id::{CertificateId, CommitteeId};
use crate::platform::{Error, Now, Result};
use crate::retention;
use crate::sheets::published::{self, Published};

/// Days back that the list shows: what was held lately, with its certificate.
const LOOKS_BACK: TimeDelta = TimeDelta::days(31);

pub async fn committees(who: Allowed<acts::ManageCommittees>) -> Result<Page> {
    let id = who.actor()?.account.id;
    let (all, certified, unread) = who
        .read(move |conn, who| {
            let mut all = Vec::new();
            for committee in committees::from_day(conn, who.now().today() - LOOKS_BACK)? {
                let published = published::of(conn, &committee.id)?;
                all.push((committee, published));
            }
            Ok((all, retention::all_certificates(conn)?, messages::unread(conn, &id, SHOWN_FIRST)?))
        })
        .await?;
    let now = who.now();
    let coming = all.iter().filter(|(committee, _)| committee.is_readable(now.today())).count();
    let late = all.iter().filter(|(committee, _)| is_late(committee, now)).count();
    let lines = all
        .iter()
        .map(|(committee, published)| line(committee, published, &certified, now))
        .collect::<Result<Vec<_>>>()?;
    let certificates = i64::try_from(certified.len()).unwrap_or(i64::MAX);
    let view = ManagedCommittees {
        title: if late == 0 {
            let coming = format::count_in_words(coming, "commission à venir", "commissions à venir");
            format!("{}, rien à purger", format::capitalized(&coming))
        } else {
            "Une purge est en retard".to_owned()
        },
        lead: format!(
            "{} de purge en tout. Une séance levée ferme ses fiches aussitôt.",
            format::count(certificates, "certificat", "certificats")
        ),
        committees: lines,
    };
    Ok(led_by(&unread, &who.landlord(), view::committees(&view)))
}

fn is_late(committee: &Committee, now: Now) -> bool {
    committee.purged_at.is_none() && committee.is_due_for_purge(now.today())
}

fn date_of(committee: &Committee) -> String {
    let day = format::date_long(committee.held_on);
    match committee.starts_at() {
        Some(time) => format!("{day}, {}", format::time_of_day(time)),
        None => day,
    }
}

fn line(
    committee: &Committee,
    published: &Published,
    certificates: &[(CertificateId, retention::Certificate)],
    now: Now,
) -> Result<ManagedCommittee> {
    let (state, state_words) = match (committee.purged_at, committee.adjourned_at) {
        (Some(at), _) => (ManagedState::Purged, {
            let (day, time) = (format::paris_date(at.and_utc()), format::time(at.and_utc()));
            format!("purgée le {} à\u{a0}{time}", format::date_medium(day))
        }),
        (None, _) if is_late(committee, now) => (ManagedState::Late, "purge en retard".to_owned()),
        (None, Some(at)) => (ManagedState::Held, format!("séance levée à {}", format::time(at.and_utc()))),
        (None, None) if committee.status == Status::Cancelled => {
            (ManagedState::Cancelled, "annulée".to_owned())
        }
        (None, None) => {
            // Only a session that has begun can be declared over.
            let begun = committee.held_on <= now.today();
            let state = if begun { ManagedState::Published } else { ManagedState::ToCome };
            (state, format::relative_day(committee.held_on, now.today()))
        }
    };
    let mut certificate = None;
    if committee.purged_at.is_some() {
        for (id, one) in certificates {
            let payload = one.read()?;
            if payload.committee == committee.reference {
                let deleted = format::count(payload.sheets_deleted, "fiche détruite", "fiches détruites");
                let left = format::count(payload.sheets_left, "restante", "restantes");
                certificate = Some(Certificate {
                    label: format!("{deleted}, {left}"),
                    href: Some(paths::certificate(id.as_str())),
                });
                break;
            }
        }
    }
    let hour = committee.starts_at().map(|time| format!("{} · ", format::time_of_day(time)));
    Ok(ManagedCommittee {
        id: committee.id.to_string(),
        date: format::date_long(committee.held_on),
        reference: format!("{}{}", hour.unwrap_or_default(), committee.reference),
        communes: match published.communes.as_slice() {
            [] => "–".to_owned(),
            communes => communes.join(", "),
        },
        sheets: if committee.purged_at.is_some() { "–".to_owned() } else { published.sheets.to_string() },
        state,
        state_words,
        in_session: committee.is_in_session(now.today()),
        certificate,
        awaited: match committee.adjourned_at {
            Some(at) => {
                format!("attendu {}", purged_on(format::paris_date(at.and_utc()) + TimeDelta::days(1)))
            }
            None => "pas encore".to_owned(),
        },
    })
}

pub async fn confirm_held(
    who: Allowed<acts::ManageCommittees>,
    req: HttpRequest,
    id: Path<CommitteeId>,
) -> Result<Either<Page, HttpResponse>> {
    let id = id.into_inner();
    let (committee, published) = who
        .read(move |conn, _| {
            let committee = committees::find(conn, &id)?.ok_or(Error::NotFound)?;
            let published = published::of(conn, &committee.id)?;
            Ok((committee, published))
        })
        .await?;
    // Closed already, or not begun yet: the list says which.
    if !committee.is_in_session(who.now().today()) {
        return Ok(Either::Right(to_the_list()));
    }
    let tomorrow = who.now().today() + TimeDelta::days(1);
    Ok(Either::Left(view::confirm_held(&HeldConfirmation {
        csrf: guard::visit(&req).map(|visit| visit.csrf).unwrap_or_default(),
        id: committee.id.to_string(),
        date: date_of(&committee),
        reference: committee.reference.clone(),
        communes: published.communes.join(", "),
        sheets: format::count(published.sheets, "fiche", "fiches"),
        purged_on: purged_on(tomorrow),
    })))
}

fn to_the_list() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, paths::MANAGED_COMMITTEES)).finish()
}

fn purged_on(day: NaiveDate) -> String {
    format!("le {} à 0\u{a0}h", format::date_medium(day))
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn adjourn(
    who: Allowed<acts::ManageCommittees>,
    id: Path<CommitteeId>,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let by = who.actor()?.account.name();
    let id = id.into_inner();
    // Closed already, or not begun yet: the list says which.
    who.write(move |conn, who| {
        committees::find(conn, &id)?.ok_or(Error::NotFound)?;
        committees::adjourn(conn, &id, &by, who.now())
    })
    .await?;
    Ok(to_the_list())
}

/// The certificate as a file, for `parvis certificate verify` on another machine.
pub async fn certificate(
    who: Allowed<acts::SeeCertificates>,
    id: Path<CertificateId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let name = format!("attachment; filename=\"certificat-{id}.json\"");
    let certificate =
        who.read(move |conn, _| retention::certificate(conn, &id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_DISPOSITION, name)).json(certificate))
}
