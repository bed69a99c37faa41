//! What the landlord hands to a person: a temporary secret (E20), a hardware token, and the way out of a
//! lost second factor after a recorded identity check.
//!
//! A secret never touches the second factor, and a lost factor is revoked by nobody's mail: the two are
//! separate verbs, and whoever has neither the password nor the factor needs both.

pub mod routes;
pub mod view;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::account::{self, Account};
use super::password::Hash;
use super::second_factor::{self, Authenticator, recovery};
use super::session::{self, EndedBy};
use super::suspension;
use crate::messages::{self, AccountNews, Message};
use crate::platform::id::{AccountId, AuthenticatorId, IdentityCheckId, SecretGivenId, text_enum};
use crate::platform::schema::{accounts, identity_checks, secrets_given};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// How a temporary secret reaches its owner.
    Way {
        /// Printed, in hand or in a closed envelope.
        Letter = "letter",
        /// A mail with a link that serves once.
        Link = "link",
        /// Read from the operator's terminal.
        Terminal = "terminal",
    }
}

text_enum! {
    /// How somebody's identity was checked before their second factor was revoked.
    Manner {
        InPerson = "in_person",
        /// Called back on the number of the town hall's switchboard, found elsewhere.
        CallBack = "call_back",
        Video = "video",
        /// By the operator, on the command line.
        Operator = "operator",
    }
}

impl Manner {
    /// As the interface says it.
    pub fn in_french(self) -> &'static str {
        match self {
            Self::InPerson => "en personne",
            Self::CallBack => "rappel au standard de la mairie",
            Self::Video => "en visioconférence",
            Self::Operator => "par l’exploitant",
        }
    }
}

/// Who decides, and why.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Nobody: the operator, on the command line.
    pub by: Option<AccountId>,
    pub reason: String,
}

/// An account, by its id.
pub fn find(conn: &mut Conn, id: &AccountId) -> Result<Option<Account>> {
    Ok(accounts::table.find(id).first(conn).optional()?)
}

/// Gives the account a temporary secret that dies at `until`: earlier secrets are void, sessions end, and
/// what its owner has blocked opens again. The second factor stays as it is.
pub fn give_secret(
    conn: &mut Conn,
    to: &AccountId,
    hash: &Hash,
    way: Way,
    decision: &Decision,
    until: NaiveDateTime,
    now: Now,
) -> Result<()> {
    account::set_password(conn, to, hash, Some(until), now)?;
    suspension::lift_own_block(conn, to, now)?;
    session::end_all(conn, to, None, EndedBy::PasswordChanged, now)?;
    diesel::insert_into(secrets_given::table)
        .values((
            secrets_given::id.eq(SecretGivenId::fresh()),
            secrets_given::account_id.eq(to),
            secrets_given::way.eq(way),
            secrets_given::reason.eq(&decision.reason),
            secrets_given::given_by.eq(&decision.by),
            secrets_given::given_at.eq(now.naive()),
            secrets_given::expires_at.eq(until),
        ))
        .execute(conn)?;
    messages::tell(conn, to, &Message::Account(AccountNews::SecretGiven), now)?;
    Ok(())
}

/// Which second factors are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Every one, with the recovery codes.
    All,
    One(AuthenticatorId),
}

/// Revokes what is lost, once the identity of its owner has been checked; sessions end. The next sign-in
/// still needs the password, and sets up another if none is left. False if there was nothing to revoke.
pub fn revoke_lost(
    conn: &mut Conn,
    of: &AccountId,
    lost: &Lost,
    manner: Manner,
    check: &Decision,
    now: Now,
) -> Result<bool> {
    let revoked = match lost {
        Lost::All => {
            recovery::forget(conn, of)?;
            second_factor::revoke_all(conn, of, check.by.as_ref(), now)?
        }
        Lost::One(id) => usize::from(second_factor::revoke(conn, of, id, check.by.as_ref(), now)?),
    };
    if revoked == 0 {
        return Ok(false);
    }
    diesel::insert_into(identity_checks::table)
        .values((
            identity_checks::id.eq(IdentityCheckId::fresh()),
            identity_checks::account_id.eq(of),
            identity_checks::manner.eq(manner),
            identity_checks::note.eq(&check.reason),
            identity_checks::checked_by.eq(&check.by),
            identity_checks::checked_at.eq(now.naive()),
            identity_checks::revoked.eq(i32::try_from(revoked).unwrap_or(i32::MAX)),
        ))
        .execute(conn)?;
    session::end_all(conn, of, None, EndedBy::FactorChanged, now)?;
    messages::tell(conn, of, &Message::Account(AccountNews::FactorsReset), now)?;
    Ok(true)
}

/// An identity check that was recorded.
#[derive(Debug, Clone, Queryable)]
pub struct Check {
    pub manner: Manner,
    pub note: String,
    pub checked_by: Option<AccountId>,
    pub checked_at: NaiveDateTime,
    pub revoked: i32,
}

/// Those of an account, latest first.
pub fn checks(conn: &mut Conn, of: &AccountId) -> Result<Vec<Check>> {
    Ok(identity_checks::table
        .filter(identity_checks::account_id.eq(of))
        .order((identity_checks::checked_at.desc(), identity_checks::id.desc()))
        .select((
            identity_checks::manner,
            identity_checks::note,
            identity_checks::checked_by,
            identity_checks::checked_at,
            identity_checks::revoked,
        ))
        .load(conn)?)
}

/// Gives a hardware token to an account that has no second factor: beside one that serves it would be a
/// second key to the account, made without its owner. Active at once, since a code of it has shown that
/// the seed was typed right. False if there is a factor already.
pub fn give_token(conn: &mut Conn, token: &Authenticator, now: Now) -> Result<bool> {
    if !second_factor::enrol(conn, token)? {
        return Ok(false);
    }
    messages::tell(conn, &token.account_id, &Message::Account(AccountNews::TokenGiven), now)?;
    Ok(true)
}
