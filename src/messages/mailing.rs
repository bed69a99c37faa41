//! The outbox: which messages go by mail, when, and what became of each.
//!
//! A mail is held for a while by whoever sends it, so that two instances send it once. If that one dies
//! between the sending and its note, another sends it again when the hold is over, with a new link: at
//! least once, and never lost.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Message, read_content};
use crate::platform::id::{AccountId, MessageId, text_enum};
use crate::platform::mail::Undelivered;
use crate::platform::schema::{accounts, messages};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// Where a message stands on its way by mail.
    Mailing {
        /// Not sent by mail: no address, or no server. It is read in the space.
        None = "none",
        /// To be sent, or to be tried again.
        Due = "due",
        /// Taken by the mail server.
        Sent = "sent",
        /// There is no such recipient.
        Bounced = "bounced",
        /// Tried for days, or refused for good.
        GivenUp = "given_up",
    }
}

/// How long a mail is held by whoever sends it. Longer than all steps of one letter may take.
const HOLD: TimeDelta = TimeDelta::minutes(10);

/// Minutes between one attempt and the next; the last repeats itself.
const DELAYS: [i64; 6] = [1, 5, 15, 60, 120, 240];

/// How long a mail is tried.
pub const TRIED_FOR: TimeDelta = TimeDelta::days(3);

/// How long after its sending a mail that nobody has opened is worth a look.
pub const UNOPENED_AFTER: TimeDelta = TimeDelta::days(3);

/// A mail to send now.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: MessageId,
    pub account: AccountId,
    pub to: String,
    /// The recipient's own name.
    pub name: String,
    pub message: Message,
    attempts: i32,
    asked_at: NaiveDateTime,
    until: NaiveDateTime,
}

type Waiting = (MessageId, AccountId, String, i32, Option<NaiveDateTime>, Option<String>, String, String);

/// Takes the mail that is due first and that nobody holds. In a `write`: whoever asks next sees it held.
pub fn hold_next(conn: &mut Conn, now: Now) -> Result<Option<Held>> {
    let at = now.naive();
    let free = messages::mail_held_until.is_null().or(messages::mail_held_until.le(at));
    let found: Option<Waiting> = messages::table
        .inner_join(accounts::table.on(accounts::id.eq(messages::account_id)))
        .filter(messages::mail.eq(Mailing::Due).and(messages::mail_next_at.le(at)).and(free))
        .order((messages::mail_next_at.asc(), messages::id.asc()))
        .select((
            messages::id,
            messages::account_id,
            messages::content,
            messages::mail_attempts,
            messages::mail_asked_at,
            accounts::email,
            accounts::first_name,
            accounts::last_name,
        ))
        .first(conn)
        .optional()?;
    let Some((id, account, content, attempts, asked_at, email, first, last)) = found else {
        return Ok(None);
    };
    let Some(to) = email else {
        // The address has been taken away since: nothing is owed any more, and the next one is looked at.
        diesel::update(messages::table.find(&id)).set(messages::mail.eq(Mailing::None)).execute(conn)?;
        return hold_next(conn, now);
    };
    let (attempts, until) = (attempts + 1, at + HOLD);
    diesel::update(messages::table.find(&id))
        .set((messages::mail_attempts.eq(attempts), messages::mail_held_until.eq(until)))
        .execute(conn)?;
    let message = read_content(&content)?;
    let (name, asked_at) = (format!("{first} {last}"), asked_at.unwrap_or(at));
    Ok(Some(Held { id, account, to, name, message, attempts, asked_at, until }))
}

/// Whether [`hold_next`] would find one: asked of the readers first, each minute.
pub fn is_any_due(conn: &mut Conn, now: Now) -> Result<bool> {
    let due = messages::mail.eq(Mailing::Due).and(messages::mail_next_at.le(now.naive()));
    Ok(diesel::select(diesel::dsl::exists(messages::table.filter(due))).get_result(conn)?)
}

/// The server has taken it.
pub fn note_sent(conn: &mut Conn, held: &Held, now: Now) -> Result<()> {
    settle(conn, held, Mailing::Sent, None, Some(now.naive()), None)
}

/// The server has not taken it: bounced, tried again later, or given up.
pub fn note_failure(conn: &mut Conn, held: &Held, why: Undelivered, now: Now) -> Result<Mailing> {
    let next_at = now.naive() + delay(held.attempts);
    let state = match why {
        Undelivered::Recipient => Mailing::Bounced,
        Undelivered::Content => Mailing::GivenUp,
        _ if next_at > held.asked_at + TRIED_FOR => Mailing::GivenUp,
        _ => Mailing::Due,
    };
    settle(conn, held, state, Some(why), None, Some(next_at))?;
    Ok(state)
}

/// Notes what came of it. Whoever has taken the mail over meanwhile notes for themselves.
fn settle(
    conn: &mut Conn,
    held: &Held,
    state: Mailing,
    failure: Option<Undelivered>,
    sent_at: Option<NaiveDateTime>,
    next_at: Option<NaiveDateTime>,
) -> Result<()> {
    let still_held = messages::mail.eq(Mailing::Due).and(messages::mail_held_until.eq(held.until));
    diesel::update(messages::table.find(&held.id).filter(still_held))
        .set((
            messages::mail.eq(state),
            messages::mail_failure.eq(failure),
            messages::mail_sent_at.eq(sent_at),
            messages::mail_next_at.eq(next_at),
            messages::mail_held_until.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(())
}

fn delay(attempts: i32) -> TimeDelta {
    let place = usize::try_from(attempts - 1).unwrap_or(0);
    let minutes = DELAYS.get(place).or(DELAYS.last()).copied().unwrap_or(1);
    TimeDelta::minutes(minutes)
}

/// Without a server nothing waits for one: what is due stays in the space alone.
pub fn renounce_all(conn: &mut Conn) -> Result<usize> {
    let due = messages::table.filter(messages::mail.eq(Mailing::Due));
    Ok(diesel::update(due).set(messages::mail.eq(Mailing::None)).execute(conn)?)
}

/// The recipient's server has sent the mail back.
pub fn note_bounce(conn: &mut Conn, id: &MessageId) -> Result<bool> {
    let known = messages::table.find(id).filter(messages::mail.ne(Mailing::None));
    let noted = diesel::update(known)
        .set((messages::mail.eq(Mailing::Bounced), messages::mail_failure.eq(Undelivered::Recipient)))
        .execute(conn)?;
    Ok(noted == 1)
}

/// Sends a mail again: from now on, as if it had just been told. Refused (`false`) without an address, while
/// it is being sent, and once its link has been used: it would open what is settled.
pub fn send_again(conn: &mut Conn, id: &MessageId, now: Now) -> Result<bool> {
    let at = now.naive();
    let with_address = accounts::table.filter(accounts::email.is_not_null()).select(accounts::id);
    let again = messages::table
        .find(id)
        .filter(messages::account_id.eq_any(with_address).and(messages::opened_at.is_null()))
        .filter(messages::mail_held_until.is_null().or(messages::mail_held_until.le(at)));
    let asked = diesel::update(again)
        .set((
            messages::mail.eq(Mailing::Due),
            messages::mail_asked_at.eq(at),
            messages::mail_attempts.eq(0),
            messages::mail_next_at.eq(at),
            messages::mail_held_until.eq(None::<NaiveDateTime>),
            messages::mail_sent_at.eq(None::<NaiveDateTime>),
            messages::mail_failure.eq(None::<Undelivered>),
        ))
        .execute(conn)?;
    Ok(asked == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_further_and_further_apart() {
        let minutes: Vec<i64> = (1..=8).map(|attempt| delay(attempt).num_minutes()).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 120, 240, 240, 240]);
    }
}
