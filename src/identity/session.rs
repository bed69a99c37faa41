//! Sessions: one live one for each account (E19), locked when idle, ended from both sides.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::account::Account;
use super::policy::Step;
use crate::notices::charter;
use crate::platform::id::{AccountId, Insee, text_enum};
use crate::platform::schema::{accounts, authenticators, known_devices, sessions};
pub use crate::platform::token::Token;
use crate::platform::{Conn, Now, Result};

/// Idle minutes before the page warns (the script) and before the session locks (here).
pub const WARNED_AFTER: TimeDelta = TimeDelta::minutes(20);
pub const LOCKED_AFTER: TimeDelta = TimeDelta::minutes(22);
/// Longest life of a session, however busy.
const LIFE: TimeDelta = TimeDelta::hours(12);
/// How long a half-done sign-in may take.
pub(super) const SIGN_IN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How often the last activity is written.
const ACTIVITY_GRAIN: TimeDelta = TimeDelta::seconds(30);
/// How long an ended session can still say why it ended.
const FAREWELL: TimeDelta = TimeDelta::hours(24);

text_enum! {
    /// Why a session ended.
    EndedBy {
        SignOut = "sign_out",
        OtherLogin = "other_login",
        PasswordChanged = "password_changed",
        Blocked = "blocked",
        FactorChanged = "factor_changed",
    }
}

/// A session, as stored, with what its step depends on.
#[derive(Debug, Clone, Queryable)]
pub struct Session {
    pub(super) token_hash: String,
    pub account_id: AccountId,
    pub created_at: NaiveDateTime,
    pub last_activity_at: NaiveDateTime,
    pub second_factor_at: Option<NaiveDateTime>,
    pub(super) enrolling: Option<Vec<u8>>,
    /// The commune being read (the switcher's).
    pub commune: Option<Insee>,
    pub device: String,
    /// The last connection before this one (E11), shown while this session lives.
    pub previous_login_at: Option<NaiveDateTime>,
    pub ended_at: Option<NaiveDateTime>,
    pub ended_by: Option<EndedBy>,
    pub ended_for_device: Option<String>,
    /// Begun by a mail's link: a password is chosen without the present one.
    pub(super) by_link: bool,
    /// The provider of single sign-on that has vouched for both factors; `None`: this program's own.
    pub provider: Option<String>,
    /// Whether the account has a second factor to ask for, at this instant.
    pub(super) has_second_factor: bool,
}

impl Session {
    /// What a trace says of the session: the first half of its hash.
    pub fn mark(&self) -> String {
        self.token_hash.chars().take(32).collect()
    }

    /// Whether it still counts, idle or not.
    pub fn lives(&self, now: Now) -> bool {
        let age = now.naive() - self.created_at;
        let life = if self.second_factor_at.is_some() { LIFE } else { SIGN_IN_LIFE };
        self.ended_at.is_none() && age < life && age >= -TimeDelta::minutes(5)
    }

    /// The step that comes next, or none: every one is done.
    ///
    /// A second factor that exists is asked before a new password may be chosen, so that a reset
    /// never weakens it; a first login chooses the password, then sets up the factor, then signs.
    /// Nothing may be chosen or signed at an abandoned screen: the lock comes before both.
    /// Whoever comes by single sign-on uses no password of ours: a temporary one stops nobody.
    pub fn step(&self, account: &Account, now: Now) -> Option<Step> {
        let must_choose = self.provider.is_none()
            && (self.chooses_freely(account) || account.password_change_asked_at.is_some());
        let signed_in = self.second_factor_at.is_some();
        if !signed_in && self.has_second_factor {
            Some(Step::Code)
        } else if signed_in && now.naive() - self.last_activity_at >= LOCKED_AFTER {
            Some(Step::Locked)
        } else if must_choose {
            Some(Step::NewPassword)
        } else if !signed_in {
            Some(Step::Enrolment)
        } else if i64::from(account.charter_version) < i64::from(charter::VERSION) {
            Some(Step::Charter)
        } else {
            None
        }
    }

    /// Whether a password may be chosen without the present one: it was a temporary secret that has just
    /// been given, or a link's bearer has none. Whoever comes by single sign-on has given neither.
    pub(super) fn chooses_freely(&self, account: &Account) -> bool {
        self.provider.is_none() && (account.password_temporary || self.by_link)
    }

    /// Whether the activity of this instant is worth a write.
    pub fn activity_is_stale(&self, now: Now) -> bool {
        now.naive() - self.last_activity_at >= ACTIVITY_GRAIN
    }
}

/// The session of this token, living or lately ended, with its account.
pub fn find(conn: &mut Conn, token: &Token, now: Now) -> Result<Option<(Session, Account)>> {
    let found: Option<(Session, Account)> = sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::token_hash.eq(token.hash()))
        .select((
            (
                sessions::token_hash,
                sessions::account_id,
                sessions::created_at,
                sessions::last_activity_at,
                sessions::second_factor_at,
                sessions::enrolling,
                sessions::commune,
                sessions::device,
                sessions::previous_login_at,
                sessions::ended_at,
                sessions::ended_by,
                sessions::ended_for_device,
                sessions::by_link,
                sessions::provider,
                exists(
                    authenticators::table.filter(
                        authenticators::account_id
                            .eq(sessions::account_id)
                            .and(authenticators::revoked_at.is_null()),
                    ),
                ),
            ),
            accounts::all_columns,
        ))
        .first(conn)
        .optional()?;
    Ok(found.filter(|(session, _)| session.ended_at.is_none_or(|ended| now.naive() - ended < FAREWELL)))
}

/// Begins a session after the password: half done until the second factor.
pub fn begin(conn: &mut Conn, account: &AccountId, token: &Token, device: &str, now: Now) -> Result<()> {
    begin_by(conn, account, token, device, false, now)
}

/// Begins a session after a mail's link was taken: half done like one after the password, and ended by
/// the choice of a password or by nothing.
pub fn begin_by_link(
    conn: &mut Conn,
    account: &AccountId,
    token: &Token,
    device: &str,
    now: Now,
) -> Result<()> {
    begin_by(conn, account, token, device, true, now)
}

/// The password is chosen: the link has done its work.
pub fn forget_link(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::update(sessions::table.find(&session.token_hash))
        .set(sessions::by_link.eq(false))
        .execute(conn)?;
    Ok(())
}

fn begin_by(
    conn: &mut Conn,
    account: &AccountId,
    token: &Token,
    device: &str,
    by_link: bool,
    now: Now,
) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token.hash()),
            sessions::account_id.eq(account),
            sessions::created_at.eq(now.naive()),
            sessions::last_activity_at.eq(now.naive()),
            sessions::device.eq(device),
            sessions::by_link.eq(by_link),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes which provider of single sign-on has vouched for both factors.
pub fn came_by(conn: &mut Conn, token: &Token, provider: &str) -> Result<()> {
    diesel::update(sessions::table.find(token.hash()))
        .set(sessions::provider.eq(Some(provider)))
        .execute(conn)?;
    Ok(())
}

/// Keeps the secret that is being set up until a code confirms it.
pub fn keep_enrolling(conn: &mut Conn, session: &Session, sealed: &[u8]) -> Result<()> {
    diesel::update(sessions::table.find(&session.token_hash))
        .set(sessions::enrolling.eq(Some(sealed.to_vec())))
        .execute(conn)?;
    Ok(())
}

/// Uses up the secret that was being set up; false if it is gone already.
pub fn take_enrolling(conn: &mut Conn, session: &Session, sealed: &[u8]) -> Result<bool> {
    let taken =
        diesel::update(sessions::table.find(&session.token_hash).filter(sessions::enrolling.eq(sealed)))
            .set(sessions::enrolling.eq(None::<Vec<u8>>))
            .execute(conn)?;
    Ok(taken == 1)
}

/// The second factor is given: the session lives, every other of this account ends and is told
/// which device took its place (wording 10), and the date of last connection moves (E11).
pub fn go_live(
    conn: &mut Conn,
    session: &Session,
    account: &Account,
    commune: Option<&Insee>,
    now: Now,
) -> Result<()> {
    diesel::update(
        sessions::table.filter(
            sessions::account_id
                .eq(&account.id)
                .and(sessions::ended_at.is_null())
                .and(sessions::second_factor_at.is_not_null()),
        ),
    )
    .set((
        sessions::ended_at.eq(Some(now.naive())),
        sessions::ended_by.eq(Some(EndedBy::OtherLogin)),
        sessions::ended_for_device.eq(Some(&session.device)),
    ))
    .execute(conn)?;
    diesel::update(sessions::table.find(&session.token_hash))
        .set((
            sessions::second_factor_at.eq(Some(now.naive())),
            sessions::last_activity_at.eq(now.naive()),
            sessions::enrolling.eq(None::<Vec<u8>>),
            sessions::commune.eq(commune),
            sessions::previous_login_at.eq(account.last_login_at),
        ))
        .execute(conn)?;
    diesel::update(accounts::table.find(&account.id))
        .set(accounts::last_login_at.eq(Some(now.naive())))
        .execute(conn)?;
    Ok(())
}

/// Notes that somebody sits there.
pub fn touch(conn: &mut Conn, session: &Session, now: Now) -> Result<()> {
    diesel::update(sessions::table.find(&session.token_hash).filter(sessions::ended_at.is_null()))
        .set(sessions::last_activity_at.eq(now.naive()))
        .execute(conn)?;
    Ok(())
}

/// Chooses the commune to read.
pub fn switch(conn: &mut Conn, session: &Session, commune: &Insee) -> Result<()> {
    diesel::update(sessions::table.find(&session.token_hash))
        .set(sessions::commune.eq(Some(commune)))
        .execute(conn)?;
    Ok(())
}

pub fn end(conn: &mut Conn, session: &Session, by: EndedBy, now: Now) -> Result<()> {
    diesel::update(sessions::table.find(&session.token_hash).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(Some(now.naive())), sessions::ended_by.eq(Some(by))))
        .execute(conn)?;
    Ok(())
}

/// Ends every session of the account, but `except`.
pub fn end_all(
    conn: &mut Conn,
    account: &AccountId,
    except: Option<&Session>,
    by: EndedBy,
    now: Now,
) -> Result<()> {
    let kept = except.map_or("", |session| session.token_hash.as_str());
    diesel::update(sessions::table.filter(
        sessions::account_id.eq(account).and(sessions::ended_at.is_null()).and(sessions::token_hash.ne(kept)),
    ))
    .set((sessions::ended_at.eq(Some(now.naive())), sessions::ended_by.eq(Some(by))))
    .execute(conn)?;
    Ok(())
}

/// The next request of this account chooses a new password first (E33). The present one is needed for
/// it: what an incident may have shown, a session or a passkey left open, opens nothing more by it.
pub fn require_new_password(conn: &mut Conn, account: &AccountId, now: Now) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set(accounts::password_change_asked_at.eq(Some(now.naive())))
        .execute(conn)?;
    Ok(())
}

/// Erases sessions that have nothing left to say (E10).
pub fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    let past = now.naive() - FAREWELL - LIFE;
    let gone = diesel::delete(sessions::table.filter(sessions::created_at.lt(past))).execute(conn)?;
    Ok(gone)
}

/// Longest memory of a device, below the six months of E10.
const DEVICE_LIFE: TimeDelta = TimeDelta::days(150);

/// Whether this device has signed in to the account of this login before; asked in the same way of a
/// login without account.
pub fn is_known_device(conn: &mut Conn, device: &Token, login: &str, now: Now) -> Result<bool> {
    let known: i64 = known_devices::table
        .inner_join(accounts::table.on(accounts::id.eq(known_devices::account_id)))
        .filter(known_devices::token_hash.eq(device.hash()))
        .filter(accounts::login.eq(login))
        .filter(known_devices::last_seen_at.gt(now.naive() - DEVICE_LIFE))
        .count()
        .get_result(conn)?;
    Ok(known > 0)
}

/// Remembers the device after a complete sign-in.
pub fn remember_device(conn: &mut Conn, device: &Token, account: &AccountId, now: Now) -> Result<()> {
    let seen = diesel::update(
        known_devices::table.find(device.hash()).filter(known_devices::account_id.eq(account)),
    )
    .set(known_devices::last_seen_at.eq(now.naive()))
    .execute(conn)?;
    if seen == 0 {
        // A device used by two accounts is known to the last one only: it never vouches for both.
        diesel::delete(known_devices::table.find(device.hash())).execute(conn)?;
        diesel::insert_into(known_devices::table)
            .values((
                known_devices::token_hash.eq(device.hash()),
                known_devices::account_id.eq(account),
                known_devices::last_seen_at.eq(now.naive()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Erases devices not seen for five months (E10).
pub fn erase_past_devices(conn: &mut Conn, now: Now) -> Result<usize> {
    Ok(diesel::delete(known_devices::table.filter(known_devices::last_seen_at.lt(now.naive() - DEVICE_LIFE)))
        .execute(conn)?)
}
