//! Habilitations: what the town hall asks and reports, what the landlord decides (E15–E18, E23).
//!
//! A [`Referent`] asks, answers, and reports for one commune; a [`Manager`] grants, refuses, ends and
//! undoes. Both are looked up in the transaction that uses them, so that a right taken away a moment
//! ago opens nothing. What may be read is decided by the permit, from dates, endings and suspensions.

mod accepting;
pub mod designations;
pub mod endings;
mod news;
pub mod requests;
pub mod routes;
mod store;
pub mod view;
pub mod warnings;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

pub use accepting::{Accepted, Terms, accept, accounts_of_that_name};
pub use store::{Holder, Line, Note, history, holders, notes, of_commune, open_requests};

use crate::identity::account::{self, Account};
use crate::identity::habilitation::Ground;
use crate::identity::suspension::Cause;
use crate::identity::{Role, contact};
use crate::platform::id::{AccountId, HabilitationId, Insee, RequestId, text_enum};
use crate::platform::schema::habilitation_requests;
use crate::platform::{Conn, Error, Now, Result};

text_enum! {
    /// What is asked for.
    RequestKind {
        /// A habilitation for somebody.
        New = "new",
        /// One for the time somebody else is away (E18).
        Replacement = "replacement",
        /// To look again at a habilitation whose holder changes function (E23).
        FunctionChange = "function_change",
    }
}

text_enum! {
    /// How a request came.
    RequestOrigin {
        Contact = "contact",
        /// Typed by a manager from the town hall's letter.
        Letter = "letter",
    }
}

text_enum! {
    /// Where a request stands.
    RequestState {
        Submitted = "submitted",
        /// The landlord awaits an answer.
        Question = "question",
        Answered = "answered",
        Accepted = "accepted",
        Refused = "refused",
        /// The town hall no longer asks.
        Withdrawn = "withdrawn",
    }
}

impl RequestState {
    /// Those in which something is still to be decided.
    pub const OPEN: [Self; 3] = [Self::Submitted, Self::Question, Self::Answered];

    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

text_enum! {
    /// Who has written a note of a thread.
    NoteSide {
        Landlord = "landlord",
        TownHall = "town_hall",
    }
}

/// One request, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = habilitation_requests)]
pub struct Request {
    pub id: RequestId,
    pub commune: Insee,
    pub kind: RequestKind,
    pub origin: RequestOrigin,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    /// The function (E16).
    pub job_title: String,
    pub employer: String,
    pub ground: Ground,
    /// Why the person needs to read, or what changes.
    pub reason: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// The habilitation of the absent person, or of whoever changes function.
    pub concerns_id: Option<HabilitationId>,
    pub over_quota_reason: Option<String>,
    pub letter_on: Option<NaiveDate>,
    pub letter_reference: Option<String>,
    pub submitted_by: AccountId,
    pub submitted_at: NaiveDateTime,
    pub state: RequestState,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<NaiveDateTime>,
    pub decision_reason: Option<String>,
    pub granted_id: Option<HabilitationId>,
}

impl Request {
    /// « Nora Vasseur ».
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// Why something cannot be done as asked; the form says it beside the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Person(account::Refusal),
    /// The employer is missing or too long.
    Employer,
    Email,
    /// A reason is missing or too long.
    Reason,
    /// The first day is past.
    Past,
    EndsBeforeItStarts,
    /// A replacement has a last day (E18).
    ReplacementWithoutEnd,
    /// The absent person does not hold a habilitation here on these days.
    NobodyToReplace,
    /// The places are taken: only with a written reason (E18, wording 9).
    OverQuota {
        quota: i32,
    },
    /// This person holds one here already.
    AlreadyHolds,
    /// The same is already asked.
    AlreadyAsked,
    /// The chosen account is the landlord's, or nobody's.
    UnknownAccount,
}

/// The contact of one commune: proof that this commune may be spoken for, at this instant.
#[derive(Debug)]
pub struct Referent {
    account: AccountId,
    commune: Insee,
    commune_name: String,
}

impl Referent {
    /// Any other commune is the one 404 (E4).
    pub fn of(conn: &mut Conn, account: &AccountId, commune: &Insee, now: Now) -> Result<Self> {
        let all = contact::of_account(conn, account, now)?;
        let found = all.into_iter().find(|one| one.commune == *commune).ok_or(Error::NotFound)?;
        Ok(Self { account: account.clone(), commune: found.commune, commune_name: found.commune_name })
    }

    pub fn commune(&self) -> &Insee {
        &self.commune
    }

    pub fn commune_name(&self) -> &str {
        &self.commune_name
    }
}

/// A manager of the landlord's: proof that habilitations may be decided (E15).
#[derive(Debug)]
pub struct Manager {
    account: AccountId,
}

impl Manager {
    pub fn of(conn: &mut Conn, account: &AccountId) -> Result<Self> {
        match account::find(conn, account)? {
            Some(Account { id, role: Role::Manager, .. }) => Ok(Self { account: id }),
            _ => Err(Error::Forbidden),
        }
    }
}

/// A request, for a manager.
pub fn find(conn: &mut Conn, _: &Manager, id: &RequestId) -> Result<Request> {
    store::find(conn, id)?.ok_or(Error::NotFound)
}

/// A request of a commune of this contact's; every other is the one 404.
pub fn find_own(
    conn: &mut Conn,
    account: &AccountId,
    id: &RequestId,
    now: Now,
) -> Result<(Referent, Request)> {
    let request = store::find(conn, id)?.ok_or(Error::NotFound)?;
    Ok((Referent::of(conn, account, &request.commune, now)?, request))
}

/// A holder in a commune of this contact's; every other is the one 404.
pub fn holder_of_own(
    conn: &mut Conn,
    account: &AccountId,
    id: &HabilitationId,
    now: Now,
) -> Result<(Referent, Holder)> {
    let (commune, holder) = store::holder(conn, id, now)?.ok_or(Error::NotFound)?;
    Ok((Referent::of(conn, account, &commune, now)?, holder))
}

/// A holder, for a manager, with the commune.
pub fn holder(conn: &mut Conn, _: &Manager, id: &HabilitationId, now: Now) -> Result<(Insee, Holder)> {
    store::holder(conn, id, now)?.ok_or(Error::NotFound)
}

/// Free text that somebody has written: trimmed, neither empty nor endless, without control signs.
pub fn prose(typed: &str) -> Option<String> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    let fits = (1..=1000).contains(&text.chars().count());
    (fits && !text.chars().any(|sign| sign.is_control() && sign != '\n')).then_some(text)
}

impl Holder {
    /// Whether this habilitation opens something at this instant, a suspension apart.
    pub fn is_current(&self, now: Now) -> bool {
        self.has_begun(now) && !self.is_over(now)
    }

    pub fn has_begun(&self, now: Now) -> bool {
        self.starts_on <= now.today()
    }

    pub fn is_over(&self, now: Now) -> bool {
        self.ends_on.is_some_and(|end| end < now.today())
            || self.closes_at.is_some_and(|closed| closed <= now.naive())
    }

    /// Whether somebody replaces them now (E18).
    pub fn is_absent(&self) -> bool {
        self.suspension.as_ref().is_some_and(|(cause, _)| *cause == Cause::Absence)
    }
}
