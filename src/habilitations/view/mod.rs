//! The pages of habilitations, and what they say alike.

pub mod asking;
pub mod designating;
pub mod desk;
pub mod ending;
pub mod request;
pub mod team;

use chrono::NaiveDate;
use maud::{Markup, html};

use super::{Holder, Request, RequestKind, RequestState};
use crate::page::format;
use crate::page::marks::{Mark, mark};
use crate::platform::Now;

/// « depuis le 3 novembre 2026 », « du … au … ».
fn span(from: NaiveDate, until: Option<NaiveDate>) -> String {
    match until {
        Some(until) => format!("du {} au {}", format::date_full(from), format::date_full(until)),
        None => format!("depuis le {}", format::date_full(from)),
    }
}

/// Where a habilitation stands, with its sign.
fn holder_state(holder: &Holder, now: Now) -> Markup {
    let closes = holder.closes_at.map(|at| format::paris_date(at.and_utc()));
    let (sign, words) = if holder.is_over(now) {
        (Mark::Withdrawn, "terminée".to_owned())
    } else if !holder.has_begun(now) {
        (Mark::Unread, format!("à venir, le {}", format::date_full(holder.starts_on)))
    } else if holder.is_absent() {
        let until = holder
            .suspension
            .as_ref()
            .and_then(|(_, until)| *until)
            .and_then(|at| format::paris_date(at.and_utc()).pred_opt());
        (
            Mark::ToDo,
            until.map_or_else(
                || "remplacée".to_owned(),
                |day| format!("remplacée jusqu’au {}", format::date_full(day)),
            ),
        )
    } else if holder.suspension.is_some() {
        (Mark::Gap, "suspendue".to_owned())
    } else if let Some(day) = closes.and_then(|day| day.pred_opt()) {
        (Mark::ToDo, format!("départ après le {}", format::date_full(day)))
    } else {
        (Mark::Held, "en vigueur".to_owned())
    };
    mark(sign, &words)
}

/// « vue le 20 novembre 2026 », « jamais connectée » (E11).
fn last_connection(holder: &Holder) -> String {
    match holder.last_login_at {
        Some(at) => format!("dernière connexion le {}", format::date_full(format::paris_date(at.and_utc()))),
        None => "jamais de connexion".to_owned(),
    }
}

/// « instructrice logement · CCAS · mairie de Valbourg ».
fn about(holder: &Holder) -> String {
    let parts = [
        Some(holder.job_title.clone()),
        holder.ground.map(|ground| ground.in_french().to_owned()),
        holder.employer.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What a request asks, in few words.
fn subject(request: &Request) -> &'static str {
    match request.kind {
        RequestKind::New => "habilitation",
        RequestKind::Replacement => "remplacement",
        RequestKind::FunctionChange => "changement de fonction",
    }
}

/// Where a request stands; `to_town_hall`: seen from the side that asks.
fn request_state(request: &Request, to_town_hall: bool) -> Markup {
    let (sign, words) = match (request.state, to_town_hall) {
        (RequestState::Submitted, true) => (Mark::Unread, "envoyée"),
        (RequestState::Submitted, false) => (Mark::ToDo, "à décider"),
        (RequestState::Question, true) => (Mark::ToDo, "une question vous est posée"),
        (RequestState::Question, false) => (Mark::Unread, "réponse attendue"),
        (RequestState::Answered, true) => (Mark::Unread, "réponse envoyée"),
        (RequestState::Answered, false) => (Mark::ToDo, "la mairie a répondu"),
        (RequestState::Accepted, _) => (Mark::Held, "accordée"),
        (RequestState::Refused, _) => (Mark::Gap, "refusée"),
        (RequestState::Withdrawn, _) => (Mark::Withdrawn, "retirée"),
    };
    mark(sign, words)
}

/// « Deux places sur deux sont prises ».
fn places(taken: usize, quota: i32) -> String {
    let taken = format::capitalized(&format::count_in_words(taken, "habilitation", "habilitations"));
    let foreseen = usize::try_from(quota).unwrap_or(0);
    format!(
        "{taken} en cours, pour {} par la convention",
        format::count_in_words(foreseen, "prévue", "prévues")
    )
}

/// A reason that stays visible.
fn over_quota(holder: &Holder) -> Markup {
    html! {
        @if let Some(reason) = &holder.over_quota_reason { span.second { "Au-delà du nombre prévu\u{a0}: " (reason) } }
    }
}
