//! Requests, until they are decided: asked, talked about, withdrawn, refused (E16, E17).

use chrono::NaiveDate;

use super::{
    Manager, NoteSide, Referent, Refusal, Request, RequestKind, RequestOrigin, RequestState, endings, news,
    store,
};
use crate::conventions;
use crate::identity::account;
use crate::identity::habilitation::{EndCause, Ground};
use crate::identity::places::{Places, Span};
use crate::messages::HabilitationNews;
use crate::platform::id::{HabilitationId, Insee, RequestId};
use crate::platform::{Conn, Error, Now, Result};

/// Somebody for whom a habilitation is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub first_name: String,
    pub last_name: String,
    /// `None`: the account letter is printed.
    pub email: Option<String>,
    pub job_title: String,
    pub employer: String,
    pub ground: Ground,
    pub reason: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// The habilitation of the absent person who is to be replaced.
    pub replaces: Option<HabilitationId>,
    pub over_quota_reason: Option<String>,
}

/// The letter a request came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub on: NaiveDate,
    pub reference: String,
}

/// The contact asks (E16). Over the quota only with a reason; the landlord decides all the same.
pub fn submit(
    conn: &mut Conn,
    by: &Referent,
    wanted: &Wanted,
    now: Now,
) -> Result<Result<RequestId, Refusal>> {
    if wanted.starts_on < now.today() {
        return Ok(Err(Refusal::Past));
    }
    enter(conn, &by.commune, wanted, (&by.account, None), now)
}

/// A manager types what a letter asks.
pub fn type_letter(
    conn: &mut Conn,
    by: &Manager,
    commune: &Insee,
    wanted: &Wanted,
    letter: Letter,
    now: Now,
) -> Result<Result<RequestId, Refusal>> {
    enter(conn, commune, wanted, (&by.account, Some(letter)), now)
}

fn enter(
    conn: &mut Conn,
    commune: &Insee,
    wanted: &Wanted,
    (by, letter): (&crate::platform::id::AccountId, Option<Letter>),
    now: Now,
) -> Result<Result<RequestId, Refusal>> {
    let Some(known) = conventions::commune(conn, commune)? else { return Err(Error::NotFound) };
    if let Err(refusal) = check(conn, commune, wanted, now)? {
        return Ok(Err(refusal));
    }
    let request = Request {
        id: RequestId::fresh(),
        commune: commune.clone(),
        kind: if wanted.replaces.is_some() { RequestKind::Replacement } else { RequestKind::New },
        origin: if letter.is_some() { RequestOrigin::Letter } else { RequestOrigin::Contact },
        first_name: wanted.first_name.trim().to_owned(),
        last_name: wanted.last_name.trim().to_owned(),
        email: wanted.email.clone(),
        job_title: wanted.job_title.trim().to_owned(),
        employer: wanted.employer.trim().to_owned(),
        ground: wanted.ground,
        reason: wanted.reason.clone(),
        starts_on: wanted.starts_on,
        ends_on: wanted.ends_on,
        concerns_id: wanted.replaces.clone(),
        over_quota_reason: wanted.over_quota_reason.clone(),
        letter_on: letter.as_ref().map(|letter| letter.on),
        letter_reference: letter.map(|letter| letter.reference),
        submitted_by: by.clone(),
        submitted_at: now.naive(),
        state: RequestState::Submitted,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        granted_id: None,
    };
    store::insert(conn, &request)?;
    if request.origin == RequestOrigin::Contact {
        news::to_managers(conn, HabilitationNews::Asked { commune: known.name }, now)?;
    }
    Ok(Ok(request.id))
}

/// Whether this can be asked at all; nothing is written.
pub fn check(conn: &mut Conn, commune: &Insee, wanted: &Wanted, now: Now) -> Result<Result<(), Refusal>> {
    if let Err(refusal) = account::is_person(&wanted.first_name, &wanted.last_name, &wanted.job_title) {
        return Ok(Err(Refusal::Person(refusal)));
    }
    if super::prose(&wanted.employer).is_none_or(|text| text.chars().count() > 100) {
        return Ok(Err(Refusal::Employer));
    }
    if super::prose(&wanted.reason).is_none() {
        return Ok(Err(Refusal::Reason));
    }
    if wanted.email.as_ref().is_some_and(|email| !is_address(email)) {
        return Ok(Err(Refusal::Email));
    }
    if wanted.ends_on.is_some_and(|end| end < wanted.starts_on) {
        return Ok(Err(Refusal::EndsBeforeItStarts));
    }
    let absent = match &wanted.replaces {
        None => None,
        Some(_) if wanted.ends_on.is_none() => return Ok(Err(Refusal::ReplacementWithoutEnd)),
        Some(id) => {
            let span = Span::of_days(wanted.starts_on, wanted.ends_on);
            if !can_be_replaced(conn, commune, id, wanted.starts_on, now)? {
                return Ok(Err(Refusal::NobodyToReplace));
            }
            Some((id, span))
        }
    };
    if wanted.over_quota_reason.is_none() {
        let span = Span::of_days(wanted.starts_on.max(now.today()), wanted.ends_on);
        if let Some(quota) = fills(conn, commune, span, absent, now)? {
            return Ok(Err(Refusal::OverQuota { quota }));
        }
    }
    Ok(Ok(()))
}

/// Whether this habilitation is one of the commune's that opens something from this day on.
pub(super) fn can_be_replaced(
    conn: &mut Conn,
    commune: &Insee,
    id: &HabilitationId,
    from: NaiveDate,
    now: Now,
) -> Result<bool> {
    let Some((of, holder)) = store::holder(conn, id, now)? else { return Ok(false) };
    let begins = Span::of_days(from, None).from.max(now.naive());
    let holds_then = holder.starts_on <= from
        && holder.ends_on.is_none_or(|end| from <= end)
        && holder.closes_at.is_none_or(|closed| begins < closed);
    Ok(of == *commune && holds_then)
}

/// The quota, if one more habilitation over this span would go beyond it.
pub(super) fn fills(
    conn: &mut Conn,
    commune: &Insee,
    span: Span,
    absent: Option<(&HabilitationId, Span)>,
    now: Now,
) -> Result<Option<i32>> {
    let quota = conventions::quota(conn, commune, now.today())?;
    let taken = Places::of_commune_without(conn, commune, absent)?.most_taken(span);
    Ok((i64::try_from(taken).unwrap_or(i64::MAX) >= i64::from(quota)).then_some(quota))
}

/// Shape of an address: one @, something on both sides, no space.
fn is_address(text: &str) -> bool {
    let fits = text.chars().count() <= 120 && text.is_ascii();
    let sound = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"');
    fits && text.chars().all(sound)
        && text.split_once('@').is_some_and(|(who, place)| {
            !who.is_empty() && place.contains('.') && !place.contains('@') && !place.ends_with('.')
        })
}

/// The contact reports that a holder changes function: the landlord looks again (E23). Access goes on
/// until it has decided.
pub fn report_function_change(
    conn: &mut Conn,
    by: &Referent,
    id: &HabilitationId,
    (job_title, note): (&str, &str),
    now: Now,
) -> Result<Result<RequestId, Refusal>> {
    let Some((commune, holder)) = store::holder(conn, id, now)? else { return Err(Error::NotFound) };
    if commune != by.commune || holder.is_over(now) {
        return Err(Error::NotFound);
    }
    if let Err(refusal) = account::is_person(&holder.first_name, &holder.last_name, job_title) {
        return Ok(Err(Refusal::Person(refusal)));
    }
    let Some(reason) = super::prose(note) else { return Ok(Err(Refusal::Reason)) };
    let same =
        |other: &Request| other.kind == RequestKind::FunctionChange && other.concerns_id.as_ref() == Some(id);
    if store::open_anywhere(conn)?.iter().any(same) {
        return Ok(Err(Refusal::AlreadyAsked));
    }
    let request = Request {
        id: RequestId::fresh(),
        commune,
        kind: RequestKind::FunctionChange,
        origin: RequestOrigin::Contact,
        first_name: holder.first_name,
        last_name: holder.last_name,
        email: holder.email,
        job_title: job_title.trim().to_owned(),
        employer: holder.employer.unwrap_or_else(|| format!("mairie de {}", by.commune_name)),
        ground: holder.ground.unwrap_or(Ground::Agent),
        reason,
        starts_on: now.today(),
        ends_on: holder.ends_on,
        concerns_id: Some(id.clone()),
        over_quota_reason: None,
        letter_on: None,
        letter_reference: None,
        submitted_by: by.account.clone(),
        submitted_at: now.naive(),
        state: RequestState::Submitted,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        granted_id: None,
    };
    store::insert(conn, &request)?;
    let news = HabilitationNews::FunctionChanged { commune: by.commune_name.clone() };
    news::to_managers(conn, news, now)?;
    Ok(Ok(request.id))
}

/// The landlord questions the relevance of an assignment (E17).
pub fn ask(
    conn: &mut Conn,
    by: &Manager,
    id: &RequestId,
    text: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let request = super::find(conn, by, id)?;
    let Some(body) = super::prose(text) else { return Ok(Err(Refusal::Reason)) };
    store::set_state(conn, id, RequestState::Question)?;
    store::add_note(conn, id, (NoteSide::Landlord, &by.account), &body, now)?;
    let commune = name_of(conn, &request.commune)?;
    news::to_contacts(conn, &request.commune, HabilitationNews::Question { commune }, now)?;
    Ok(Ok(()))
}

/// The town hall answers, or adds something.
pub fn answer(
    conn: &mut Conn,
    by: &Referent,
    id: &RequestId,
    text: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let request = own(conn, by, id)?;
    let Some(body) = super::prose(text) else { return Ok(Err(Refusal::Reason)) };
    let state = match request.state {
        RequestState::Question => RequestState::Answered,
        other if other.is_open() => other,
        _ => return Err(Error::Stale),
    };
    store::set_state(conn, id, state)?;
    store::add_note(conn, id, (NoteSide::TownHall, &by.account), &body, now)?;
    let news = HabilitationNews::Answered { commune: by.commune_name.clone() };
    news::to_managers(conn, news, now)?;
    Ok(Ok(()))
}

/// The town hall no longer asks. A change of function is a fact, which cannot be taken back.
pub fn withdraw(conn: &mut Conn, by: &Referent, id: &RequestId, now: Now) -> Result<()> {
    let request = own(conn, by, id)?;
    if request.kind == RequestKind::FunctionChange {
        return Err(Error::NotFound);
    }
    store::decide(conn, id, RequestState::Withdrawn, (&by.account, None), None, now)?;
    let news = HabilitationNews::Withdrawn { commune: by.commune_name.clone() };
    news::to_managers(conn, news, now)
}

/// The landlord refuses, with a reason that the town hall reads (E17). A refused function ends the
/// habilitation it was found incompatible with (E23).
pub fn refuse(
    conn: &mut Conn,
    by: &Manager,
    id: &RequestId,
    reason: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let request = super::find(conn, by, id)?;
    let Some(reason) = super::prose(reason) else { return Ok(Err(Refusal::Reason)) };
    store::decide(conn, id, RequestState::Refused, (&by.account, Some(&reason)), None, now)?;
    if request.kind == RequestKind::FunctionChange
        && let Some(habilitation) = &request.concerns_id
    {
        endings::close_now(conn, by, habilitation, (EndCause::FunctionChange, &reason), now)?;
    }
    let commune = name_of(conn, &request.commune)?;
    news::to_contacts(conn, &request.commune, HabilitationNews::Refused { commune }, now)?;
    Ok(Ok(()))
}

fn own(conn: &mut Conn, by: &Referent, id: &RequestId) -> Result<Request> {
    let found = store::find(conn, id)?.filter(|request| request.commune == by.commune);
    found.ok_or(Error::NotFound)
}

pub(super) fn name_of(conn: &mut Conn, commune: &Insee) -> Result<String> {
    Ok(conventions::commune(conn, commune)?.map(|known| known.name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides_and_no_space() {
        for good in ["n.vasseur@valbourg.example", "a+b@c.d.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "a", "@b.c", "a@b", "a@b@c.d", "a b@c.d", "é@c.d", "<a@b.c>", "a@b.c.", "a@b.c\n"] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
