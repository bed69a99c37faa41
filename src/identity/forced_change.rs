//! A new password asked of everybody concerned by an incident (E22, E33).
//!
//! It is asked at the next request, before anything else opens, and the present one is needed to get
//! there: what an incident may have shown opens nothing more by it.

use diesel::prelude::*;

use crate::messages::{self, AccountNews, Message};
use crate::platform::id::{AccountId, Insee};
use crate::platform::schema::{accounts, habilitations};
use crate::platform::{Conn, Now, Result};

/// Of whom a new password is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Person(AccountId),
    /// Whoever may read for this commune, or will.
    Commune(Insee),
    Everyone,
}

/// Asks for a new password, and tells those concerned. How many there are.
pub fn force_password_change(conn: &mut Conn, whose: &Whose, now: Now) -> Result<usize> {
    let all: Vec<AccountId> = match whose {
        Whose::Person(id) => accounts::table.find(id).select(accounts::id).load(conn)?,
        Whose::Commune(insee) => {
            let readers = habilitations::table
                .filter(habilitations::commune.eq(insee))
                .filter(habilitations::ends_on.is_null().or(habilitations::ends_on.ge(now.today())))
                .select(habilitations::account_id);
            accounts::table.filter(accounts::id.eq_any(readers)).select(accounts::id).load(conn)?
        }
        Whose::Everyone => accounts::table.select(accounts::id).load(conn)?,
    };
    for id in &all {
        diesel::update(accounts::table.find(id))
            .set(accounts::password_change_asked_at.eq(Some(now.naive())))
            .execute(conn)?;
        messages::tell(conn, id, &Message::Account(AccountNews::PasswordChangeAsked), now)?;
    }
    Ok(all.len())
}
