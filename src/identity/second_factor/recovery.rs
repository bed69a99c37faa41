//! Recovery codes: ten, shown once, each in place of the second factor for one sign-in (E20).
//!
//! What is kept of a code is a digest under a key that lies outside the database. Argon2id would protect
//! no better: sixty random bits cannot be searched, and who holds the key opens the second factors
//! themselves; but it would make ten slow comparisons of each attempt.

use chrono::NaiveDateTime;
use data_encoding::HEXLOWER;
use diesel::prelude::*;
use zeroize::Zeroizing;

use crate::identity::password;
use crate::platform::crypto::Key;
use crate::platform::id::AccountId;
use crate::platform::schema::recovery_codes;
use crate::platform::{Conn, Now, Result};

/// How many are made at a time.
pub const CODES: usize = 10;
/// Characters of one: sixty bits.
const LENGTH: usize = 12;

/// What an account has of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub made_at: Option<NaiveDateTime>,
    pub codes: i64,
}

fn digest(account: &AccountId, typed: &str, master: &Key) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = Zeroizing::new(plain.to_lowercase());
    let key = master.derive("recovery code");
    HEXLOWER.encode(&key.digest(&[account.as_str().as_bytes(), plain.as_bytes()]))
}

/// Makes ten; those there were serve no more.
pub fn make(conn: &mut Conn, account: &AccountId, master: &Key, now: Now) -> Result<Vec<Zeroizing<String>>> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn)?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let code = password::readable(LENGTH)?;
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::code_hash.eq(digest(account, &code, master)),
                recovery_codes::account_id.eq(account),
                recovery_codes::made_at.eq(now.naive()),
            ))
            .execute(conn)?;
        codes.push(code);
    }
    Ok(codes)
}

/// Uses one up: true if it is one of the account's and was not used before.
pub fn use_one(conn: &mut Conn, account: &AccountId, typed: &str, master: &Key, now: Now) -> Result<bool> {
    let used = diesel::update(
        recovery_codes::table
            .find(digest(account, typed, master))
            .filter(recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null())),
    )
    .set(recovery_codes::used_at.eq(Some(now.naive())))
    .execute(conn)?;
    Ok(used == 1)
}

/// How many are left, and since when there are any.
pub fn left(conn: &mut Conn, account: &AccountId) -> Result<Left> {
    let all: Vec<(NaiveDateTime, Option<NaiveDateTime>)> = recovery_codes::table
        .filter(recovery_codes::account_id.eq(account))
        .select((recovery_codes::made_at, recovery_codes::used_at))
        .load(conn)?;
    let codes = all.iter().filter(|(_, used)| used.is_none()).count();
    Ok(Left { made_at: all.first().map(|(made, _)| *made), codes: i64::try_from(codes).unwrap_or(i64::MAX) })
}

/// Takes those of an account away: whoever holds its lost telephone may hold them too.
pub fn forget(conn: &mut Conn, account: &AccountId) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn)?;
    Ok(())
}
