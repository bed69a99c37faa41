//! Suspensions: of a person, a commune, the whole space, or one habilitation (E18, E26, E27, E33).
//!
//! Every request asks, so that one takes effect at the next; each says since when, why, and by whom,
//! and is lifted rather than erased.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::account::Account;
use crate::platform::id::{AccountId, HabilitationId, Insee, SuspensionId, text_enum};
use crate::platform::schema::{habilitations, suspensions};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// Why there is a suspension at all; the reason says it in words.
    Cause {
        /// A manager has decided it (E27, E33).
        Decision = "decision",
        /// The owner of the account does not know a connection (wording 10).
        OwnBlock = "own_block",
        /// Somebody replaces an absent person meanwhile (E18).
        Absence = "absence",
        /// The annual review was left unanswered (E26).
        Review = "review",
        /// Nothing was read in periods with sheets (E26).
        Inactivity = "inactivity",
    }
}

text_enum! {
    /// How far a suspension reaches; where it stands in a table.
    Scope {
        Person = "person",
        Commune = "commune",
        Space = "space",
        Habilitation = "habilitation",
    }
}

/// What a suspension closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One person, for every commune.
    Person(AccountId),
    /// Every reader of a commune.
    Commune(Insee),
    /// Every town hall.
    Space,
    /// One person in one commune, without touching another.
    Habilitation(HabilitationId),
}

impl Target {
    fn scope(&self) -> Scope {
        match self {
            Self::Person(_) => Scope::Person,
            Self::Commune(_) => Scope::Commune,
            Self::Space => Scope::Space,
            Self::Habilitation(_) => Scope::Habilitation,
        }
    }
}

/// A suspension to be made.
#[derive(Debug, Clone)]
pub struct Order {
    pub target: Target,
    pub cause: Cause,
    /// In French: the suspended person reads it (wording 3).
    pub reason: String,
    pub since: NaiveDateTime,
    /// Ends by itself at this instant; `None`: when it is lifted.
    pub until: Option<NaiveDateTime>,
    /// Nobody: the program itself.
    pub by: Option<AccountId>,
}

/// A suspension that is in force (E27, wording 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    pub since: NaiveDateTime,
    pub reason: String,
}

/// Suspends, from the order's instant on.
pub fn suspend(conn: &mut Conn, order: &Order) -> Result<SuspensionId> {
    let id = SuspensionId::fresh();
    let (account, commune, habilitation) = match &order.target {
        Target::Person(account) => (Some(account), None, None),
        Target::Commune(insee) => (None, Some(insee), None),
        Target::Habilitation(habilitation) => (None, None, Some(habilitation)),
        Target::Space => (None, None, None),
    };
    diesel::insert_into(suspensions::table)
        .values((
            suspensions::id.eq(&id),
            suspensions::scope.eq(order.target.scope()),
            suspensions::account_id.eq(account),
            suspensions::commune.eq(commune),
            suspensions::habilitation_id.eq(habilitation),
            suspensions::cause.eq(order.cause),
            suspensions::reason.eq(&order.reason),
            suspensions::since.eq(order.since),
            suspensions::until.eq(order.until),
            suspensions::decided_by.eq(&order.by),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Ends a suspension now; false if it had ended already.
pub fn lift(
    conn: &mut Conn,
    id: &SuspensionId,
    by: Option<&AccountId>,
    reason: &str,
    now: Now,
) -> Result<bool> {
    let lifted = diesel::update(suspensions::table.find(id).filter(suspensions::lifted_at.is_null()))
        .set((
            suspensions::lifted_at.eq(Some(now.naive())),
            suspensions::lifted_by.eq(by),
            suspensions::lift_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(lifted == 1)
}

/// In force at this instant.
macro_rules! in_force {
    ($now:expr) => {
        suspensions::lifted_at
            .is_null()
            .and(suspensions::since.le($now.naive()))
            .and(suspensions::until.is_null().or(suspensions::until.gt($now.naive())))
    };
}

/// The person's own suspension; for town halls also that of the whole space, which binds nobody of the
/// landlord's: somebody must be able to lift it.
pub fn of_account(conn: &mut Conn, account: &Account, now: Now) -> Result<Option<Suspension>> {
    let found: Vec<(Scope, NaiveDateTime, String)> = suspensions::table
        .filter(in_force!(now))
        .filter(suspensions::account_id.eq(&account.id).or(suspensions::scope.eq(Scope::Space)))
        .order(suspensions::since)
        .select((suspensions::scope, suspensions::since, suspensions::reason))
        .load(conn)?;
    let binding = found.into_iter().find(|(scope, ..)| *scope != Scope::Space || account.role.is_town_hall());
    Ok(binding.map(|(_, since, reason)| Suspension { since, reason }))
}

/// The person's own suspension, whatever holds for the whole space.
pub fn of_person(conn: &mut Conn, account: &AccountId, now: Now) -> Result<Option<Suspension>> {
    let found: Option<(NaiveDateTime, String)> = suspensions::table
        .filter(in_force!(now).and(suspensions::account_id.eq(account)))
        .order(suspensions::since)
        .select((suspensions::since, suspensions::reason))
        .first(conn)
        .optional()?;
    Ok(found.map(|(since, reason)| Suspension { since, reason }))
}

/// The commune's own suspension.
pub fn of_commune(conn: &mut Conn, insee: &Insee, now: Now) -> Result<Option<Suspension>> {
    let found: Option<(NaiveDateTime, String)> = suspensions::table
        .filter(in_force!(now).and(suspensions::commune.eq(insee)))
        .order(suspensions::since)
        .select((suspensions::since, suspensions::reason))
        .first(conn)
        .optional()?;
    Ok(found.map(|(since, reason)| Suspension { since, reason }))
}

/// Those of a person's single habilitations, oldest first.
pub fn of_habilitations(
    conn: &mut Conn,
    account: &AccountId,
    now: Now,
) -> Result<Vec<(HabilitationId, Suspension)>> {
    let found: Vec<(HabilitationId, NaiveDateTime, String)> = suspensions::table
        .inner_join(habilitations::table.on(suspensions::habilitation_id.eq(habilitations::id.nullable())))
        .filter(in_force!(now).and(habilitations::account_id.eq(account)))
        .order(suspensions::since)
        .select((habilitations::id, suspensions::since, suspensions::reason))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, since, reason)| (id, Suspension { since, reason })).collect())
}

/// Suspends the account at its owner's wish (wording 10).
pub fn block(conn: &mut Conn, id: &AccountId, now: Now) -> Result<()> {
    let order = Order {
        target: Target::Person(id.clone()),
        cause: Cause::OwnBlock,
        reason: "Compte bloqué par son titulaire, qui ne reconnaît pas une connexion.".to_owned(),
        since: now.naive(),
        until: None,
        by: Some(id.clone()),
    };
    suspend(conn, &order)?;
    Ok(())
}

/// Lifts what its owner has blocked; a suspension decided by the landlord stays (E27).
pub fn lift_own_block(conn: &mut Conn, id: &AccountId, now: Now) -> Result<()> {
    diesel::update(suspensions::table)
        .filter(suspensions::account_id.eq(id).and(suspensions::cause.eq(Cause::OwnBlock)))
        .filter(suspensions::lifted_at.is_null())
        .set(suspensions::lifted_at.eq(Some(now.naive())))
        .execute(conn)?;
    Ok(())
}
