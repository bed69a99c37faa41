//! The rows of requests and their threads; habilitations joined with their holders.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::{Manager, NoteSide, Request, RequestState};
use crate::identity::habilitation::{EndCause, Ground};
use crate::identity::suspension::Cause;
use crate::platform::id::{AccountId, HabilitationId, Insee, RequestId, RequestMessageId};
use crate::platform::schema::{
    accounts, endings, habilitation_requests, habilitations, request_messages, suspensions,
};
use crate::platform::{Conn, Error, Now, Result};

pub(super) fn find(conn: &mut Conn, id: &RequestId) -> Result<Option<Request>> {
    Ok(habilitation_requests::table.find(id).first(conn).optional()?)
}

pub(super) fn insert(conn: &mut Conn, request: &Request) -> Result<()> {
    diesel::insert_into(habilitation_requests::table).values(request).execute(conn)?;
    Ok(())
}

/// Moves an open request on; [`Error::Stale`] if somebody has decided meanwhile.
pub(super) fn set_state(conn: &mut Conn, id: &RequestId, state: RequestState) -> Result<()> {
    let moved = diesel::update(habilitation_requests::table.find(id))
        .filter(habilitation_requests::state.eq_any(RequestState::OPEN))
        .set(habilitation_requests::state.eq(state))
        .execute(conn)?;
    if moved == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Decides an open request, once.
pub(super) fn decide(
    conn: &mut Conn,
    id: &RequestId,
    state: RequestState,
    (by, reason): (&AccountId, Option<&str>),
    granted: Option<&HabilitationId>,
    now: Now,
) -> Result<()> {
    set_state(conn, id, state)?;
    diesel::update(habilitation_requests::table.find(id))
        .set((
            habilitation_requests::decided_by.eq(Some(by)),
            habilitation_requests::decided_at.eq(Some(now.naive())),
            habilitation_requests::decision_reason.eq(reason),
            habilitation_requests::granted_id.eq(granted),
        ))
        .execute(conn)?;
    Ok(())
}

/// All requests of a commune, latest first.
pub fn of_commune(conn: &mut Conn, commune: &Insee) -> Result<Vec<Request>> {
    Ok(habilitation_requests::table
        .filter(habilitation_requests::commune.eq(commune))
        .order((habilitation_requests::submitted_at.desc(), habilitation_requests::id.desc()))
        .load(conn)?)
}

/// What awaits somebody, of every commune: oldest first.
pub fn open_requests(conn: &mut Conn, _: &Manager) -> Result<Vec<Request>> {
    Ok(habilitation_requests::table
        .filter(habilitation_requests::state.eq_any(RequestState::OPEN))
        .order((habilitation_requests::submitted_at, habilitation_requests::id))
        .load(conn)?)
}

/// Open requests of every commune, for what is compared with a new one.
pub(super) fn open_anywhere(conn: &mut Conn) -> Result<Vec<Request>> {
    Ok(habilitation_requests::table
        .filter(habilitation_requests::state.eq_any(RequestState::OPEN))
        .load(conn)?)
}

/// One note of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub side: NoteSide,
    pub written_at: NaiveDateTime,
    pub body: String,
}

/// The thread of a request, oldest first.
pub fn notes(conn: &mut Conn, id: &RequestId) -> Result<Vec<Note>> {
    let rows: Vec<(NoteSide, NaiveDateTime, String)> = request_messages::table
        .filter(request_messages::request_id.eq(id))
        .order((request_messages::written_at, request_messages::id))
        .select((request_messages::side, request_messages::written_at, request_messages::body))
        .load(conn)?;
    Ok(rows.into_iter().map(|(side, written_at, body)| Note { side, written_at, body }).collect())
}

pub(super) fn add_note(
    conn: &mut Conn,
    request: &RequestId,
    (side, by): (NoteSide, &AccountId),
    body: &str,
    now: Now,
) -> Result<()> {
    diesel::insert_into(request_messages::table)
        .values((
            request_messages::id.eq(RequestMessageId::fresh()),
            request_messages::request_id.eq(request),
            request_messages::side.eq(side),
            request_messages::written_by.eq(by),
            request_messages::written_at.eq(now.naive()),
            request_messages::body.eq(body),
        ))
        .execute(conn)?;
    Ok(())
}

/// A habilitation and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub id: HabilitationId,
    pub commune: Insee,
    pub account: AccountId,
    pub first_name: String,
    pub last_name: String,
    pub login: String,
    pub email: Option<String>,
    /// For this commune, or else the account's.
    pub job_title: String,
    pub employer: Option<String>,
    pub ground: Option<Ground>,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// The first instant at which an ending that stands closes it.
    pub closes_at: Option<NaiveDateTime>,
    /// The one date of E11.
    pub last_login_at: Option<NaiveDateTime>,
    pub over_quota_reason: Option<String>,
    pub replaces: Option<HabilitationId>,
    pub granted_at: Option<NaiveDateTime>,
    /// Of this habilitation alone, in force now: why, since when, until when.
    pub suspension: Option<(Cause, Option<NaiveDateTime>)>,
}

impl Holder {
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// Habilitations of a commune, past and to come too, by last name.
pub fn holders(conn: &mut Conn, commune: &Insee, now: Now) -> Result<Vec<Holder>> {
    load(conn, Some(commune), None, now)
}

/// Habilitations of every commune.
pub(super) fn holders_anywhere(conn: &mut Conn, now: Now) -> Result<Vec<Holder>> {
    load(conn, None, None, now)
}

pub(super) fn holder(conn: &mut Conn, id: &HabilitationId, now: Now) -> Result<Option<(Insee, Holder)>> {
    let found = load(conn, None, Some(id), now)?.into_iter().next();
    Ok(found.map(|holder| (holder.commune.clone(), holder)))
}

fn load(
    conn: &mut Conn,
    commune: Option<&Insee>,
    id: Option<&HabilitationId>,
    now: Now,
) -> Result<Vec<Holder>> {
    type Row = (
        (HabilitationId, Insee, AccountId),
        (String, String, String, Option<String>, String, Option<NaiveDateTime>),
        (Option<String>, Option<String>, Option<Ground>),
        (NaiveDate, Option<NaiveDate>, Option<String>, Option<HabilitationId>, Option<NaiveDateTime>),
    );
    let mut wanted = habilitations::table
        .inner_join(accounts::table.on(accounts::id.eq(habilitations::account_id)))
        .filter(habilitations::space.eq("sheets"))
        .select((
            (habilitations::id, habilitations::commune, habilitations::account_id),
            (
                accounts::first_name,
                accounts::last_name,
                accounts::login,
                accounts::email,
                accounts::job_title,
                accounts::last_login_at,
            ),
            (habilitations::job_title, habilitations::employer, habilitations::ground),
            (
                habilitations::starts_on,
                habilitations::ends_on,
                habilitations::over_quota_reason,
                habilitations::replaces,
                habilitations::granted_at,
            ),
        ))
        .into_boxed();
    if let Some(commune) = commune {
        wanted = wanted.filter(habilitations::commune.eq(commune));
    }
    if let Some(id) = id {
        wanted = wanted.filter(habilitations::id.eq(id));
    }
    let rows: Vec<Row> = wanted.load(conn)?;
    let closings: Vec<(HabilitationId, NaiveDateTime)> = endings::table
        .filter(endings::undone_at.is_null())
        .select((endings::habilitation_id, endings::closes_at))
        .load(conn)?;
    let suspended: Vec<(Option<HabilitationId>, Cause, Option<NaiveDateTime>)> = suspensions::table
        .filter(suspensions::habilitation_id.is_not_null().and(suspensions::lifted_at.is_null()))
        .filter(suspensions::since.le(now.naive()))
        .filter(suspensions::until.is_null().or(suspensions::until.gt(now.naive())))
        .order(suspensions::since)
        .select((suspensions::habilitation_id, suspensions::cause, suspensions::until))
        .load(conn)?;
    let whole = |(ids, person, told, dates): Row| {
        let (id, commune, account) = ids;
        let (first_name, last_name, login, email, usual_title, last_login_at) = person;
        let (job_title, employer, ground) = told;
        let (starts_on, ends_on, over_quota_reason, replaces, granted_at) = dates;
        Holder {
            closes_at: closings.iter().filter(|(of, _)| *of == id).map(|(_, at)| *at).min(),
            suspension: suspended
                .iter()
                .find(|(of, ..)| of.as_ref() == Some(&id))
                .map(|(_, cause, until)| (*cause, *until)),
            job_title: job_title.unwrap_or(usual_title),
            id,
            commune,
            account,
            first_name,
            last_name,
            login,
            email,
            employer,
            ground,
            starts_on,
            ends_on,
            last_login_at,
            over_quota_reason,
            replaces,
            granted_at,
        }
    };
    let mut all: Vec<Holder> = rows.into_iter().map(whole).collect();
    all.sort_by(|a, b| {
        (&a.last_name, &a.first_name, a.starts_on).cmp(&(&b.last_name, &b.first_name, b.starts_on))
    });
    Ok(all)
}

/// Gives a holder another function, for this commune and as a person.
pub(super) fn set_job_title(
    conn: &mut Conn,
    id: &HabilitationId,
    account: &AccountId,
    title: &str,
) -> Result<()> {
    diesel::update(habilitations::table.find(id))
        .set(habilitations::job_title.eq(Some(title)))
        .execute(conn)?;
    diesel::update(accounts::table.find(account)).set(accounts::job_title.eq(title)).execute(conn)?;
    Ok(())
}

/// Keeps why there are more than the convention foresees (E18).
pub(super) fn set_over_quota_reason(conn: &mut Conn, id: &HabilitationId, reason: &str) -> Result<()> {
    diesel::update(habilitations::table.find(id).filter(habilitations::over_quota_reason.is_null()))
        .set(habilitations::over_quota_reason.eq(Some(reason)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_email(conn: &mut Conn, account: &AccountId, email: &str) -> Result<()> {
    diesel::update(accounts::table.find(account).filter(accounts::email.is_null()))
        .set(accounts::email.eq(Some(email)))
        .execute(conn)?;
    Ok(())
}

/// Absences of a habilitation that last or are to come.
pub(super) fn absences(
    conn: &mut Conn,
    id: &HabilitationId,
    now: Now,
) -> Result<Vec<crate::platform::id::SuspensionId>> {
    Ok(suspensions::table
        .filter(suspensions::habilitation_id.eq(id).and(suspensions::cause.eq(Cause::Absence)))
        .filter(suspensions::lifted_at.is_null())
        .filter(suspensions::until.is_null().or(suspensions::until.gt(now.naive())))
        .select(suspensions::id)
        .load(conn)?)
}

/// One line of a commune's history: what was decided, when, by whom, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: NaiveDateTime,
    pub what: What,
    /// Whose habilitation.
    pub person: String,
    /// The account that has decided; `None`: the command line.
    pub by: Option<AccountId>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Granted { from: NaiveDate, until: Option<NaiveDate> },
    Ended { cause: EndCause, at: NaiveDateTime },
    Undone,
}

/// Everything that was granted, ended and undone in a commune, latest first.
pub fn history(conn: &mut Conn, commune: &Insee, now: Now) -> Result<Vec<Line>> {
    let all = holders(conn, commune, now)?;
    let granted: Vec<(HabilitationId, Option<AccountId>)> = habilitations::table
        .filter(habilitations::commune.eq(commune))
        .select((habilitations::id, habilitations::granted_by))
        .load(conn)?;
    let mut lines: Vec<Line> = Vec::new();
    for holder in &all {
        let by = granted.iter().find(|(id, _)| *id == holder.id).and_then(|(_, by)| by.clone());
        let at = holder.granted_at.unwrap_or_else(|| crate::platform::clock::start_of_day(holder.starts_on));
        let what = What::Granted { from: holder.starts_on, until: holder.ends_on };
        lines.push(Line { at, what, person: holder.name(), by, reason: holder.over_quota_reason.clone() });
    }
    type Ended = (
        (HabilitationId, EndCause, String, NaiveDateTime),
        (Option<AccountId>, NaiveDateTime),
        (Option<NaiveDateTime>, Option<AccountId>, Option<String>),
    );
    let ended: Vec<Ended> = endings::table
        .inner_join(habilitations::table.on(habilitations::id.eq(endings::habilitation_id)))
        .filter(habilitations::commune.eq(commune))
        .select((
            (endings::habilitation_id, endings::cause, endings::reason, endings::closes_at),
            (endings::decided_by, endings::decided_at),
            (endings::undone_at, endings::undone_by, endings::undo_reason),
        ))
        .load(conn)?;
    for ((of, cause, reason, closes_at), (by, at), (undone_at, undone_by, undo_reason)) in ended {
        let person = all.iter().find(|holder| holder.id == of).map(Holder::name).unwrap_or_default();
        if let Some(undone_at) = undone_at {
            lines.push(Line {
                at: undone_at,
                what: What::Undone,
                person: person.clone(),
                by: undone_by,
                reason: undo_reason,
            });
        }
        lines.push(Line { at, what: What::Ended { cause, at: closes_at }, person, by, reason: Some(reason) });
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    Ok(lines)
}
