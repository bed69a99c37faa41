//! Departures, the landlord's own endings, and how they are undone (E15, E18, E23).

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Holder, Manager, Referent, Refusal, news, store};
use crate::conventions;
use crate::identity::habilitation::{self, Closing, EndCause};
use crate::identity::places::{Places, Span};
use crate::identity::suspension;
use crate::messages::HabilitationNews;
use crate::platform::clock::start_of_day;
use crate::platform::id::HabilitationId;
use crate::platform::{Conn, Error, Now, Result};

/// When a departure closes: at once if its day has come, else with the end of that day.
fn closes_at(last_day: Option<NaiveDate>, now: Now) -> (NaiveDateTime, Option<NaiveDate>) {
    match last_day {
        Some(day) if day > now.today() => (start_of_day(day + TimeDelta::days(1)), Some(day)),
        _ => (now.naive(), None),
    }
}

/// The contact reports a departure from one commune: now by default, another commune untouched (E23).
pub fn report_departure(
    conn: &mut Conn,
    by: &Referent,
    id: &HabilitationId,
    (last_day, note): (Option<NaiveDate>, Option<&str>),
    now: Now,
) -> Result<()> {
    let found = store::holder(conn, id, now)?.filter(|(commune, _)| *commune == by.commune);
    let Some((_, holder)) = found.filter(|(_, holder)| !holder.is_over(now)) else {
        return Err(Error::NotFound);
    };
    let (at, after) = closes_at(last_day, now);
    let reason = note.and_then(super::prose).unwrap_or_else(|| "Départ signalé par la mairie.".to_owned());
    let closing =
        Closing { habilitation: id.clone(), cause: EndCause::Departure, reason, at, by: by.account.clone() };
    habilitation::close(conn, &closing, now)?;
    let commune = by.commune_name.clone();
    tell_person(conn, &holder, &commune, after, now)?;
    news::to_managers(conn, HabilitationNews::Departed { commune, after }, now)
}

/// The landlord ends a habilitation, with a reason (E15).
pub fn end(
    conn: &mut Conn,
    by: &Manager,
    id: &HabilitationId,
    (last_day, reason): (Option<NaiveDate>, &str),
    now: Now,
) -> Result<Result<(), Refusal>> {
    let (commune, holder) = super::holder(conn, by, id, now)?;
    let Some(reason) = super::prose(reason) else { return Ok(Err(Refusal::Reason)) };
    if holder.is_over(now) {
        return Err(Error::Stale);
    }
    let (at, after) = closes_at(last_day, now);
    let closing =
        Closing { habilitation: id.clone(), cause: EndCause::Decision, reason, at, by: by.account.clone() };
    habilitation::close(conn, &closing, now)?;
    let name = super::requests::name_of(conn, &commune)?;
    tell_person(conn, &holder, &name, after, now)?;
    news::to_contacts(conn, &commune, HabilitationNews::EndedByLandlord { commune: name }, now)?;
    Ok(Ok(()))
}

/// Closes at once, for a decision that is told elsewhere.
pub(super) fn close_now(
    conn: &mut Conn,
    by: &Manager,
    id: &HabilitationId,
    (cause, reason): (EndCause, &str),
    now: Now,
) -> Result<()> {
    let (commune, holder) = super::holder(conn, by, id, now)?;
    if holder.is_over(now) {
        return Ok(());
    }
    let reason = reason.to_owned();
    let closing =
        Closing { habilitation: id.clone(), cause, reason, at: now.naive(), by: by.account.clone() };
    habilitation::close(conn, &closing, now)?;
    let name = super::requests::name_of(conn, &commune)?;
    tell_person(conn, &holder, &name, None, now)
}

fn tell_person(
    conn: &mut Conn,
    holder: &Holder,
    commune: &str,
    after: Option<NaiveDate>,
    now: Now,
) -> Result<()> {
    let news = HabilitationNews::Ended { commune: commune.to_owned(), after };
    news::to_person(conn, &holder.account, news, now)
}

/// The landlord alone undoes what has ended a habilitation before its dates, with a reason. If the places
/// are taken meanwhile, that reason stays visible as the one for going beyond the quota (E18).
pub fn undo(
    conn: &mut Conn,
    by: &Manager,
    id: &HabilitationId,
    reason: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let (commune, holder) = super::holder(conn, by, id, now)?;
    let Some(reason) = super::prose(reason) else { return Ok(Err(Refusal::Reason)) };
    if habilitation::reopen(conn, id, &by.account, &reason, now)? == 0 {
        return Err(Error::Stale);
    }
    let mut span = Span::of_days(holder.starts_on, holder.ends_on);
    span.from = span.from.max(now.naive());
    let taken = Places::of_commune(conn, &commune)?.most_taken(span);
    let quota = conventions::quota(conn, &commune, now.today())?;
    if i64::try_from(taken).unwrap_or(i64::MAX) > i64::from(quota) {
        store::set_over_quota_reason(conn, id, &reason)?;
    }
    let name = super::requests::name_of(conn, &commune)?;
    let told = HabilitationNews::GivenBack { commune: name.clone() };
    news::to_person(conn, &holder.account, told, now)?;
    news::to_contacts(conn, &commune, HabilitationNews::Reopened { commune: name }, now)?;
    Ok(Ok(()))
}

/// The absent person is back before the day foreseen: their access comes back and the replacement ends,
/// both at once (E18).
pub fn end_absence(
    conn: &mut Conn,
    by: &Manager,
    id: &HabilitationId,
    reason: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let (commune, holder) = super::holder(conn, by, id, now)?;
    let Some(reason) = super::prose(reason) else { return Ok(Err(Refusal::Reason)) };
    let absences = store::absences(conn, id, now)?;
    if absences.is_empty() {
        return Err(Error::Stale);
    }
    for absence in absences {
        suspension::lift(conn, &absence, Some(&by.account), &reason, now)?;
    }
    for other in super::holders(conn, &commune, now)? {
        if other.replaces.as_ref() == Some(id) {
            close_now(conn, by, &other.id, (EndCause::ReplacementOver, &reason), now)?;
        }
    }
    let name = super::requests::name_of(conn, &commune)?;
    news::to_person(conn, &holder.account, HabilitationNews::GivenBack { commune: name }, now)?;
    Ok(Ok(()))
}
