//! Links that a mail carries to whoever cannot sign in: one use, one purpose, a short life.
//!
//! A link is made when its mail is sent, and only the hash of its token is stored. Looking changes
//! nothing: programs that read mails before people do open every address they find. The form of the
//! page takes the link, once.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::platform::id::{AccountId, MessageId, text_enum};
use crate::platform::schema::{links, messages};
pub use crate::platform::token::Token;
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// What a link lets its bearer do.
    Purpose {
        /// Choose the first password of an account (E20).
        FirstSecret = "first_secret",
        /// Choose another password.
        NewSecret = "new_secret",
    }
}

/// Makes a link that lives for `life`, told by `message` if there is one. Every earlier link of the same
/// account and purpose that was not used is void.
pub fn make(
    conn: &mut Conn,
    account: &AccountId,
    purpose: Purpose,
    message: Option<&MessageId>,
    life: TimeDelta,
    now: Now,
) -> Result<Token> {
    void(conn, account, purpose)?;
    let token = Token::fresh()?;
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(token.hash()),
            links::account_id.eq(account),
            links::message_id.eq(message),
            links::purpose.eq(purpose),
            links::made_at.eq(now.naive()),
            links::expires_at.eq(now.naive() + life),
        ))
        .execute(conn)?;
    Ok(token)
}

/// Makes void what was not used: the bearer has what they came for, or must not have it.
pub fn void(conn: &mut Conn, account: &AccountId, purpose: Purpose) -> Result<()> {
    let unused = links::account_id.eq(account).and(links::purpose.eq(purpose)).and(links::used_at.is_null());
    diesel::delete(links::table.filter(unused)).execute(conn)?;
    Ok(())
}

/// Whose link this is and what it opens, while it does. Changes nothing.
pub fn look(conn: &mut Conn, token: &Token, now: Now) -> Result<Option<(AccountId, Purpose)>> {
    Ok(links::table
        .find(token.hash())
        .filter(links::used_at.is_null().and(links::expires_at.gt(now.naive())))
        .select((links::account_id, links::purpose))
        .first(conn)
        .optional()?)
}

/// Uses the link up: of two requests at once, one gets it. The message that carried it is opened.
pub fn take(conn: &mut Conn, token: &Token, now: Now) -> Result<Option<(AccountId, Purpose)>> {
    let Some(found) = look(conn, token, now)? else { return Ok(None) };
    let row = || links::table.find(token.hash());
    let taken = diesel::update(row().filter(links::used_at.is_null()))
        .set(links::used_at.eq(now.naive()))
        .execute(conn)?;
    if taken != 1 {
        return Ok(None);
    }
    let message: Option<MessageId> = row().select(links::message_id).first(conn)?;
    if let Some(message) = message {
        diesel::update(messages::table.find(message).filter(messages::opened_at.is_null()))
            .set(messages::opened_at.eq(now.naive()))
            .execute(conn)?;
    }
    Ok(Some(found))
}
