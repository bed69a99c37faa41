//! The outbox as the landlord sees it: how many mails stand where, and which.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::mailing::{Mailing, UNOPENED_AFTER};
use super::{Message, read_content};
use crate::platform::id::MessageId;
use crate::platform::mail::Undelivered;
use crate::platform::schema::{accounts, messages};
use crate::platform::{Conn, Now, Result};

/// How a mail fares, for whoever watches over the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// To leave within the minute.
    Waiting,
    /// Our server, or the recipient's, does not take it: to be tried again, or given up.
    Failing,
    /// There is no such address.
    Bounced,
    /// Sent days ago: its link was never used, and it was never read in the space.
    Unopened,
    Sent,
}

impl Standing {
    /// In the order in which one looks at them.
    pub const ALL: [Self; 5] = [Self::Failing, Self::Bounced, Self::Unopened, Self::Waiting, Self::Sent];
}

/// One mail of the outbox.
#[derive(Debug, Clone)]
pub struct Mailed {
    pub id: MessageId,
    pub message: Message,
    pub created_at: NaiveDateTime,
    pub state: Mailing,
    pub attempts: i32,
    pub next_at: Option<NaiveDateTime>,
    pub sent_at: Option<NaiveDateTime>,
    pub failure: Option<Undelivered>,
    /// Its link was used: sending it again would open what is settled.
    pub is_settled: bool,
    /// Whether there is an address to send it to.
    pub has_address: bool,
    pub name: String,
}

/// Runs a query with the condition of a standing.
macro_rules! that_stand {
    ($standing:expr, $now:expr, |$which:ident| $query:expr) => {{
        let long_ago: NaiveDateTime = $now.naive() - UNOPENED_AFTER;
        match $standing {
            Standing::Waiting => {
                let $which = messages::mail.eq(Mailing::Due).and(messages::mail_failure.is_null());
                $query
            }
            Standing::Failing => {
                let tried = messages::mail.eq(Mailing::Due).and(messages::mail_failure.is_not_null());
                let $which = messages::mail.eq(Mailing::GivenUp).or(tried);
                $query
            }
            Standing::Bounced => {
                let $which = messages::mail.eq(Mailing::Bounced);
                $query
            }
            Standing::Unopened => {
                let unseen = messages::opened_at.is_null().and(messages::read_at.is_null());
                let $which =
                    messages::mail.eq(Mailing::Sent).and(unseen).and(messages::mail_sent_at.lt(long_ago));
                $query
            }
            Standing::Sent => {
                let seen = messages::opened_at.is_not_null().or(messages::read_at.is_not_null());
                let $which =
                    messages::mail.eq(Mailing::Sent).and(seen.or(messages::mail_sent_at.ge(long_ago)));
                $query
            }
        }
    }};
}

/// How many stand so.
pub fn count(conn: &mut Conn, standing: Standing, now: Now) -> Result<i64> {
    Ok(that_stand!(standing, now, |which| messages::table.filter(which).count().get_result(conn))?)
}

type Row = (
    (MessageId, String, NaiveDateTime, Mailing, i32),
    (Option<NaiveDateTime>, Option<NaiveDateTime>, Option<Undelivered>, Option<NaiveDateTime>),
    (Option<String>, String, String),
);

/// Latest first; `before` is the last one of the page before.
pub fn list(
    conn: &mut Conn,
    standing: Standing,
    before: Option<&MessageId>,
    at_most: i64,
    now: Now,
) -> Result<Vec<Mailed>> {
    // Identifiers are ordered by time; this one stands after them all.
    let before = before.map_or("g", MessageId::as_str);
    let rows: Vec<Row> = that_stand!(standing, now, |which| messages::table
        .inner_join(accounts::table.on(accounts::id.eq(messages::account_id)))
        .filter(which)
        .filter(messages::id.lt(before))
        .order(messages::id.desc())
        .limit(at_most)
        .select(columns())
        .load(conn))?;
    rows.into_iter().map(read).collect()
}

/// One message, whatever became of its mail.
pub fn find(conn: &mut Conn, id: &MessageId) -> Result<Option<Mailed>> {
    let row: Option<Row> = messages::table
        .inner_join(accounts::table.on(accounts::id.eq(messages::account_id)))
        .filter(messages::id.eq(id))
        .select(columns())
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

#[diesel::dsl::auto_type]
fn columns() -> _ {
    (
        (messages::id, messages::content, messages::created_at, messages::mail, messages::mail_attempts),
        (messages::mail_next_at, messages::mail_sent_at, messages::mail_failure, messages::opened_at),
        (accounts::email, accounts::first_name, accounts::last_name),
    )
}

fn read(row: Row) -> Result<Mailed> {
    let ((id, content, created_at, state, attempts), (next_at, sent_at, failure, opened_at), who) = row;
    let (email, first, last) = who;
    Ok(Mailed {
        id,
        message: read_content(&content)?,
        created_at,
        state,
        attempts,
        next_at,
        sent_at,
        failure,
        is_settled: opened_at.is_some(),
        has_address: email.is_some(),
        name: format!("{first} {last}"),
    })
}
