//! The second factor: what a person holds, besides what they know (E20).
//!
//! An account may hold several authenticators, each named and revocable: applications and hardware
//! tokens that show codes, and passkeys. Secrets lie sealed under the master key, bound to their account;
//! the step a code belongs to is stored, so that no code serves twice.

pub mod recovery;
mod totp;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

pub use totp::{OpenSecret, Pace};

use crate::platform::crypto::Key;
use crate::platform::id::{AccountId, AuthenticatorId, text_enum};
use crate::platform::schema::authenticators;
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// What a second factor is.
    Factor {
        /// An application on a telephone or a computer.
        TotpApp = "totp_app",
        /// A hardware token, whose seed the landlord has entered.
        TotpToken = "totp_token",
        /// A passkey: its own user verification makes it both factors.
        Passkey = "passkey",
    }
}

impl Factor {
    /// As the interface says it.
    pub fn in_french(self) -> &'static str {
        match self {
            Self::TotpApp => "application d’authentification",
            Self::TotpToken => "jeton matériel",
            Self::Passkey => "clé d’accès",
        }
    }

    /// Whether it shows codes of six digits.
    pub fn shows_codes(self) -> bool {
        match self {
            Self::TotpApp | Self::TotpToken => true,
            Self::Passkey => false,
        }
    }
}

/// What the first application of an account is called until its owner says otherwise.
pub const FIRST_APP: &str = "Application d’authentification";

/// How long a revoked one is remembered, below the six months of E10.
const MEMORY: TimeDelta = TimeDelta::days(150);

/// An authenticator, as stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = authenticators)]
pub struct Authenticator {
    pub id: AuthenticatorId,
    pub account_id: AccountId,
    pub kind: Factor,
    pub name: String,
    sealed: Vec<u8>,
    /// Digest of a passkey's own identifier; no two accounts share one.
    credential: Option<String>,
    last_step: i64,
    pub created_at: NaiveDateTime,
    pub last_used_at: Option<NaiveDateTime>,
    pub revoked_at: Option<NaiveDateTime>,
    revoked_by: Option<AccountId>,
}

impl Authenticator {
    /// One that shows codes, confirmed by the code of this step, which serves no more.
    pub fn with_codes(
        kind: Factor,
        account: &AccountId,
        name: &str,
        sealed: &[u8],
        step: i64,
        now: Now,
    ) -> Self {
        Self {
            id: AuthenticatorId::fresh(),
            account_id: account.clone(),
            kind,
            name: name.to_owned(),
            sealed: sealed.to_vec(),
            credential: None,
            last_step: step,
            created_at: now.naive(),
            last_used_at: None,
            revoked_at: None,
            revoked_by: None,
        }
    }

    /// The step that `code` belongs to, if this authenticator shows it about now.
    fn step_of(&self, code: &str, master: &Key, seconds: u64) -> Result<Option<i64>> {
        if !self.kind.shows_codes() {
            return Ok(None);
        }
        OpenSecret::open(&self.sealed, master, &self.account_id)?.step_of(code, seconds)
    }
}

/// Those of an account that serve, oldest first.
pub fn live(conn: &mut Conn, account: &AccountId) -> Result<Vec<Authenticator>> {
    Ok(authenticators::table
        .filter(authenticators::account_id.eq(account).and(authenticators::revoked_at.is_null()))
        .order((authenticators::created_at, authenticators::id))
        .load(conn)?)
}

/// Adds one beside those there are.
pub fn add(conn: &mut Conn, one: &Authenticator) -> Result<()> {
    diesel::insert_into(authenticators::table).values(one).execute(conn)?;
    Ok(())
}

/// Sets an account's first one. False if it has one already: an enrolment that was held back, or made
/// elsewhere at once, replaces nobody's.
pub fn enrol(conn: &mut Conn, first: &Authenticator) -> Result<bool> {
    if !live(conn, &first.account_id)?.is_empty() {
        return Ok(false);
    }
    add(conn, first)?;
    Ok(true)
}

/// A code that one of the account's authenticators shows.
#[derive(Debug, Clone)]
pub struct Shown {
    by: AuthenticatorId,
    step: i64,
}

/// Which of these shows this code about now, if one does.
pub fn shown_by(all: &[Authenticator], code: &str, master: &Key, seconds: u64) -> Result<Option<Shown>> {
    for one in all {
        if let Some(step) = one.step_of(code, master, seconds)? {
            return Ok(Some(Shown { by: one.id.clone(), step }));
        }
    }
    Ok(None)
}

/// Uses a code up: true if none of its step or of a later one was used before, and its authenticator
/// still serves.
pub fn use_code(conn: &mut Conn, shown: &Shown, now: Now) -> Result<bool> {
    let changed = diesel::update(
        authenticators::table
            .find(&shown.by)
            .filter(authenticators::last_step.lt(shown.step).and(authenticators::revoked_at.is_null())),
    )
    .set((authenticators::last_step.eq(shown.step), authenticators::last_used_at.eq(Some(now.naive()))))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Gives one of an account another name; false if it has none such that serves.
pub fn rename(conn: &mut Conn, account: &AccountId, id: &AuthenticatorId, name: &str) -> Result<bool> {
    let changed = diesel::update(
        authenticators::table
            .find(id)
            .filter(authenticators::account_id.eq(account).and(authenticators::revoked_at.is_null())),
    )
    .set(authenticators::name.eq(name))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Takes one of an account away; false if it has none such that serves. `by`: its owner, or a manager
/// after an identity check; nobody: the operator.
pub fn revoke(
    conn: &mut Conn,
    account: &AccountId,
    id: &AuthenticatorId,
    by: Option<&AccountId>,
    now: Now,
) -> Result<bool> {
    let changed = diesel::update(
        authenticators::table
            .find(id)
            .filter(authenticators::account_id.eq(account).and(authenticators::revoked_at.is_null())),
    )
    .set((
        authenticators::revoked_at.eq(Some(now.naive())),
        authenticators::revoked_by.eq(by),
        authenticators::sealed.eq(Vec::<u8>::new()),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Takes every one away: another is set up at the next sign-in, before anything else opens. How many
/// there were.
pub fn revoke_all(conn: &mut Conn, account: &AccountId, by: Option<&AccountId>, now: Now) -> Result<usize> {
    Ok(diesel::update(
        authenticators::table
            .filter(authenticators::account_id.eq(account).and(authenticators::revoked_at.is_null())),
    )
    .set((
        authenticators::revoked_at.eq(Some(now.naive())),
        authenticators::revoked_by.eq(by),
        authenticators::sealed.eq(Vec::<u8>::new()),
    ))
    .execute(conn)?)
}

/// Erases those revoked long ago (E10).
pub fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    Ok(diesel::delete(authenticators::table.filter(authenticators::revoked_at.lt(now.naive() - MEMORY)))
        .execute(conn)?)
}
