//! The three levers (E27, E33): suspend, end habilitations, force new passwords; for a person, a
//! commune, or every town hall. And the termination of a convention (E37).
//!
//! What touches every town hall, or ends a convention, takes two managers ([`joint`]); one alone may
//! act when it cannot wait, and the DPO is told.

pub mod joint;
mod reach;
pub mod routes;
pub mod view;

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use reach::Reach;

use crate::identity::suspension::{self, Cause, Order, Scope, Target};
use crate::identity::{Allowed, acts, session};
use crate::messages::{self, AccessNews, Message};
use crate::platform::id::{AccountId, Insee, SuspensionId};
use crate::platform::schema::{accounts, communes, suspensions};
use crate::platform::{Conn, Error, Now, Result};

/// What is done to the access of those concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lever {
    /// Nothing can be read until it is lifted.
    Suspend,
    /// The habilitations end: only a new request opens again.
    EndHabilitations,
    /// The next request of each asks for a new password.
    RenewPasswords,
}

/// Pulls a lever for a person or a commune, now. The whole space takes [`joint::ask`].
pub fn pull(
    conn: &mut Conn,
    by: &Allowed<acts::SuspendAccess>,
    lever: Lever,
    reach: &Reach,
    reason: &str,
) -> Result<()> {
    let manager = by.actor()?.account.id;
    act(conn, lever, reach, reason, &manager, by.now())
}

/// What a lever does; whoever calls has seen who may.
fn act(
    conn: &mut Conn,
    lever: Lever,
    reach: &Reach,
    reason: &str,
    manager: &AccountId,
    now: Now,
) -> Result<()> {
    let concerned = reach.people(conn, now.today())?;
    let news = match lever {
        Lever::Suspend => {
            suspension::suspend(
                conn,
                &Order {
                    target: reach.target(),
                    cause: Cause::Decision,
                    reason: reason.to_owned(),
                    since: now.naive(),
                    until: None,
                    by: Some(manager.clone()),
                },
            )?;
            AccessNews::Suspended
        }
        Lever::EndHabilitations => {
            reach.end_habilitations(conn, reason, manager, now)?;
            AccessNews::HabilitationsEnded
        }
        Lever::RenewPasswords => {
            for account in &concerned {
                session::require_new_password(conn, account, now)?;
            }
            AccessNews::NewPasswordAsked
        }
    };
    for account in &concerned {
        messages::tell(conn, account, &Message::Access(news.clone()), now)?;
    }
    Ok(())
}

/// A suspension in force, as the landlord sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub id: SuspensionId,
    pub scope: Scope,
    /// The person's name, the commune's, or nothing for the space.
    pub of: Option<String>,
    pub account: Option<AccountId>,
    pub cause: Cause,
    pub reason: String,
    pub since: NaiveDateTime,
    pub until: Option<NaiveDateTime>,
    /// The manager's name; nobody when the program has acted by itself.
    pub by: Option<String>,
}

type Stored = (
    SuspensionId,
    Scope,
    Option<AccountId>,
    Option<Insee>,
    Cause,
    String,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<String>,
);

/// Suspensions of persons, communes and the space that hold now, latest first.
pub fn in_force(conn: &mut Conn, now: Now) -> Result<Vec<InForce>> {
    let rows: Vec<Stored> = suspensions::table
        .filter(suspensions::lifted_at.is_null().and(suspensions::since.le(now.naive())))
        .filter(suspensions::until.is_null().or(suspensions::until.gt(now.naive())))
        .filter(suspensions::scope.ne(Scope::Habilitation))
        .order(suspensions::since.desc())
        .select((
            suspensions::id,
            suspensions::scope,
            suspensions::account_id,
            suspensions::commune,
            suspensions::cause,
            suspensions::reason,
            suspensions::since,
            suspensions::until,
            suspensions::decided_by,
        ))
        .load(conn)?;
    rows.into_iter().map(|row| with_names(conn, row)).collect()
}

/// One of them, or the 404 of what is not there or no longer holds.
pub fn one_in_force(conn: &mut Conn, id: &SuspensionId, now: Now) -> Result<InForce> {
    in_force(conn, now)?.into_iter().find(|one| one.id == *id).ok_or(Error::NotFound)
}

fn with_names(conn: &mut Conn, row: Stored) -> Result<InForce> {
    let (id, scope, account, commune, cause, reason, since, until, decided_by) = row;
    let of = match (&account, &commune) {
        (Some(account), _) => name_of(conn, account)?,
        (_, Some(insee)) => {
            communes::table.find(insee).select(communes::name).first::<String>(conn).optional()?
        }
        _ => None,
    };
    let by = match decided_by.and_then(|by| by.parse().ok()) {
        Some(by) if account.as_ref() != Some(&by) => name_of(conn, &by)?,
        _ => None,
    };
    Ok(InForce { id, scope, of, account, cause, reason, since, until, by })
}

/// « Théo Lanquetin », while the account exists.
pub(crate) fn name_of(conn: &mut Conn, account: &AccountId) -> Result<Option<String>> {
    let found: Option<(String, String)> = accounts::table
        .find(account)
        .select((accounts::first_name, accounts::last_name))
        .first(conn)
        .optional()?;
    Ok(found.map(|(first, last)| format!("{first} {last}")))
}

/// Gives access back, for a reason that stays; false if it had been given back meanwhile.
pub fn restore(
    conn: &mut Conn,
    by: &Allowed<acts::SuspendAccess>,
    id: &SuspensionId,
    reason: &str,
) -> Result<bool> {
    let now = by.now();
    let one = one_in_force(conn, id, now)?;
    let manager = by.actor()?.account.id;
    if !suspension::lift(conn, id, Some(&manager), reason, now)? {
        return Ok(false);
    }
    let commune = suspensions::table.find(id).select(suspensions::commune).first::<Option<Insee>>(conn)?;
    let reach = match (one.account, commune) {
        (Some(account), _) => Reach::Person(account),
        (_, Some(insee)) => Reach::Commune(insee),
        _ => Reach::Space,
    };
    for account in reach.people(conn, now.today())? {
        messages::tell(conn, &account, &Message::Access(AccessNews::Restored), now)?;
    }
    Ok(true)
}

impl Reach {
    fn target(&self) -> Target {
        match self {
            Self::Person(account) => Target::Person(account.clone()),
            Self::Commune(insee) => Target::Commune(insee.clone()),
            Self::Space => Target::Space,
        }
    }
}
