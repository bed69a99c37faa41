//! What the program tells people: on their home page always, and by mail where they have an address.
//!
//! A message holds a kind, ids, days and names of communes; never another person's name. Its words are
//! made when it is shown or sent. Messages are erased before they are six months old (E10).

mod access;
mod account;
mod habilitation;
pub mod links;
pub mod mailed;
pub mod mailing;
pub mod view;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use access::AccessNews;
pub use account::AccountNews;
pub use habilitation::HabilitationNews;
use links::Purpose;
use mailing::Mailing;

use crate::notices::Landlord;
use crate::platform::id::{AccountId, MessageId};
use crate::platform::schema::{accounts, links as links_table, messages};
use crate::platform::{Conn, Error, Now, Result};

/// Everything the program tells, by subject; each subject has a file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    Account(AccountNews),
    Access(AccessNews),
    Habilitation(HabilitationNews),
}

/// A message in French.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One short sentence: a mail's subject, a line's beginning.
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The page where one sees more or acts, if there is one.
    pub path: Option<&'static str>,
    /// What the mail's own link opens, for whoever cannot sign in yet. It is made when the mail is sent.
    pub link: Option<Purpose>,
}

impl Message {
    pub fn words(&self, landlord: &Landlord) -> Words {
        match self {
            Self::Account(news) => news.words(landlord),
            Self::Access(news) => news.words(landlord),
            Self::Habilitation(news) => news.words(landlord),
        }
    }
}

/// A message that somebody has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub id: MessageId,
    pub message: Message,
    pub created_at: NaiveDateTime,
    pub read_at: Option<NaiveDateTime>,
}

/// Who at the landlord's is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    Managers,
    Dpo,
}

impl Desk {
    fn role(self) -> &'static str {
        match self {
            Self::Managers => "manager",
            Self::Dpo => "dpo",
        }
    }
}

fn read_content(content: &str) -> Result<Message> {
    serde_json::from_str(content).map_err(Error::internal)
}

/// Tells one person, in the caller's own transaction: what was not done is not told.
pub fn tell(conn: &mut Conn, to: &AccountId, message: &Message, now: Now) -> Result<MessageId> {
    let id = MessageId::fresh();
    let email: Option<String> = accounts::table.find(to).select(accounts::email).first(conn)?;
    let mail = if email.is_some() { Mailing::Due } else { Mailing::None };
    diesel::insert_into(messages::table)
        .values((
            messages::id.eq(&id),
            messages::account_id.eq(to),
            messages::content.eq(serde_json::to_string(message).map_err(Error::internal)?),
            messages::created_at.eq(now.naive()),
            messages::mail.eq(mail),
            messages::mail_asked_at.eq(now.naive()),
            messages::mail_next_at.eq(now.naive()),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Tells everybody of a desk.
pub fn tell_desk(conn: &mut Conn, desk: Desk, message: &Message, now: Now) -> Result<()> {
    for account in at_desk(conn, desk)? {
        tell(conn, &account, message, now)?;
    }
    Ok(())
}

/// Whether this was told to anybody after an instant: what repeats itself is told once.
pub fn told_since(conn: &mut Conn, message: &Message, instant: NaiveDateTime) -> Result<bool> {
    let content = serde_json::to_string(message).map_err(Error::internal)?;
    let told: i64 = messages::table
        .filter(messages::content.eq(content).and(messages::created_at.gt(instant)))
        .count()
        .get_result(conn)?;
    Ok(told > 0)
}

/// The accounts of a desk.
pub fn at_desk(conn: &mut Conn, desk: Desk) -> Result<Vec<AccountId>> {
    Ok(accounts::table.filter(accounts::role.eq(desk.role())).select(accounts::id).load(conn)?)
}

type Row = (MessageId, String, NaiveDateTime, Option<NaiveDateTime>);

/// What somebody has received: the unread first, then the latest.
pub fn received(conn: &mut Conn, by: &AccountId, at_most: i64) -> Result<Vec<Received>> {
    let rows: Vec<Row> = messages::table
        .filter(messages::account_id.eq(by))
        .order((messages::read_at.is_not_null().asc(), messages::id.desc()))
        .limit(at_most)
        .select((messages::id, messages::content, messages::created_at, messages::read_at))
        .load(conn)?;
    rows.into_iter().map(read_row).collect()
}

/// What somebody has not read yet, latest first.
pub fn unread(conn: &mut Conn, by: &AccountId, at_most: i64) -> Result<Vec<Received>> {
    let rows: Vec<Row> = messages::table
        .filter(messages::account_id.eq(by).and(messages::read_at.is_null()))
        .order(messages::id.desc())
        .limit(at_most)
        .select((messages::id, messages::content, messages::created_at, messages::read_at))
        .load(conn)?;
    rows.into_iter().map(read_row).collect()
}

/// How much somebody has not read yet.
pub fn unread_count(conn: &mut Conn, by: &AccountId) -> Result<i64> {
    let unread = messages::account_id.eq(by).and(messages::read_at.is_null());
    Ok(messages::table.filter(unread).count().get_result(conn)?)
}

/// Marks one message of somebody's as read, or all of them.
pub fn mark_read(conn: &mut Conn, by: &AccountId, one: Option<&MessageId>, now: Now) -> Result<()> {
    let unread = || messages::table.filter(messages::account_id.eq(by).and(messages::read_at.is_null()));
    let read = messages::read_at.eq(now.naive());
    match one {
        Some(id) => diesel::update(unread().filter(messages::id.eq(id))).set(read).execute(conn)?,
        None => diesel::update(unread()).set(read).execute(conn)?,
    };
    Ok(())
}

fn read_row((id, content, created_at, read_at): Row) -> Result<Received> {
    Ok(Received { id, message: read_content(&content)?, created_at, read_at })
}

/// Erases what was told before `limit`, and the links made before it; for retention (E10).
pub fn erase_before(conn: &mut Conn, limit: NaiveDateTime) -> Result<usize> {
    diesel::delete(links_table::table.filter(links_table::made_at.lt(limit))).execute(conn)?;
    Ok(diesel::delete(messages::table.filter(messages::created_at.lt(limit))).execute(conn)?)
}
