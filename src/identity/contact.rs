//! The town hall's contacts (« référents », E16): designated for a commune by its letter.
//!
//! A designation lets a person ask and report for a commune; it lets nobody read (E18).

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::account::Role;
use crate::opening_hours::Zone;
use crate::platform::id::{AccountId, ContactId, Insee};
use crate::platform::schema::{accounts, communes, contacts};
use crate::platform::{Conn, Now, Result};

/// A commune for which somebody is the contact now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designation {
    pub commune: Insee,
    pub commune_name: String,
    /// Which public holidays close the commune (E28).
    pub zone: Zone,
}

/// Of whom a commune's contact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designated {
    pub id: ContactId,
    pub account: AccountId,
    /// « Paul Garnier ».
    pub name: String,
    pub designated_on: NaiveDate,
    pub letter_reference: String,
}

/// Stands at this instant.
macro_rules! stands {
    ($now:expr) => {
        contacts::designated_on
            .le($now.today())
            .and(contacts::ended_at.is_null().or(contacts::ended_at.gt($now.naive())))
    };
}

/// The communes of a contact, by name.
pub fn of_account(conn: &mut Conn, account: &AccountId, now: Now) -> Result<Vec<Designation>> {
    let rows: Vec<(Insee, String, bool, bool)> = contacts::table
        .inner_join(communes::table.on(communes::insee.eq(contacts::commune)))
        .filter(contacts::account_id.eq(account).and(stands!(now)))
        .select((communes::insee, communes::name, communes::alsace_moselle, communes::good_friday))
        .distinct()
        .load(conn)?;
    let whole = |(commune, commune_name, alsace_moselle, good_friday)| Designation {
        commune,
        commune_name,
        zone: Zone::of(alsace_moselle, good_friday),
    };
    let mut all: Vec<Designation> = rows.into_iter().map(whole).collect();
    all.sort_by(|a, b| a.commune_name.cmp(&b.commune_name));
    Ok(all)
}

/// A commune's contacts, first designated first.
pub fn of_commune(conn: &mut Conn, commune: &Insee, now: Now) -> Result<Vec<Designated>> {
    type Row = (ContactId, AccountId, String, String, NaiveDate, String);
    let rows: Vec<Row> = contacts::table
        .inner_join(accounts::table.on(accounts::id.eq(contacts::account_id)))
        .filter(contacts::commune.eq(commune).and(stands!(now)))
        .order((contacts::decided_at, contacts::id))
        .select((
            contacts::id,
            accounts::id,
            accounts::first_name,
            accounts::last_name,
            contacts::designated_on,
            contacts::letter_reference,
        ))
        .load(conn)?;
    let whole = |(id, account, first, last, designated_on, letter_reference): Row| Designated {
        id,
        account,
        name: format!("{first} {last}"),
        designated_on,
        letter_reference,
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// The name of a commune's contact, if one is designated (wording 4).
pub fn name_of(conn: &mut Conn, commune: &Insee, now: Now) -> Result<Option<String>> {
    Ok(of_commune(conn, commune, now)?.into_iter().next().map(|contact| contact.name))
}

/// Designates somebody from a day on, who thereby has the contact's role; an account of the landlord's
/// keeps its own and is nobody's contact: the caller has looked.
pub fn designate(
    conn: &mut Conn,
    account: &AccountId,
    commune: &Insee,
    letter: (NaiveDate, &str),
    by: Option<&AccountId>,
    now: Now,
) -> Result<ContactId> {
    let id = ContactId::fresh();
    let (designated_on, letter_reference) = letter;
    diesel::insert_into(contacts::table)
        .values((
            contacts::id.eq(&id),
            contacts::account_id.eq(account),
            contacts::commune.eq(commune),
            contacts::designated_on.eq(designated_on),
            contacts::letter_reference.eq(letter_reference),
            contacts::decided_by.eq(by),
            contacts::decided_at.eq(now.naive()),
        ))
        .execute(conn)?;
    diesel::update(accounts::table.find(account).filter(accounts::role.eq(Role::Instructor)))
        .set(accounts::role.eq(Role::Contact))
        .execute(conn)?;
    Ok(id)
}

/// Ends a designation now; whoever is nobody's contact any more is an instructor like others. Answers the
/// account and the commune, or `None` if it had ended already.
pub fn end(
    conn: &mut Conn,
    id: &ContactId,
    by: &AccountId,
    reason: &str,
    now: Now,
) -> Result<Option<(AccountId, Insee)>> {
    let ended = diesel::update(contacts::table.find(id).filter(contacts::ended_at.is_null()))
        .set((
            contacts::ended_at.eq(Some(now.naive())),
            contacts::ended_by.eq(Some(by)),
            contacts::end_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    if ended == 0 {
        return Ok(None);
    }
    let (account, commune): (AccountId, Insee) =
        contacts::table.find(id).select((contacts::account_id, contacts::commune)).first(conn)?;
    let others: i64 = contacts::table
        .filter(contacts::account_id.eq(&account).and(contacts::ended_at.is_null()))
        .count()
        .get_result(conn)?;
    if others == 0 {
        diesel::update(accounts::table.find(&account).filter(accounts::role.eq(Role::Contact)))
            .set(accounts::role.eq(Role::Instructor))
            .execute(conn)?;
    }
    Ok(Some((account, commune)))
}

/// A designation as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub name: String,
    pub designated_on: NaiveDate,
    pub letter_reference: String,
    pub decided_at: NaiveDateTime,
    pub decided_by: Option<AccountId>,
    pub ended_at: Option<NaiveDateTime>,
    pub ended_by: Option<AccountId>,
    pub end_reason: Option<String>,
}

/// All designations a commune has ever had.
pub fn history(conn: &mut Conn, commune: &Insee) -> Result<Vec<Past>> {
    type Row = (
        (String, String),
        (NaiveDate, String, NaiveDateTime, Option<AccountId>),
        (Option<NaiveDateTime>, Option<AccountId>, Option<String>),
    );
    let rows: Vec<Row> = contacts::table
        .inner_join(accounts::table.on(accounts::id.eq(contacts::account_id)))
        .filter(contacts::commune.eq(commune))
        .order((contacts::decided_at, contacts::id))
        .select((
            (accounts::first_name, accounts::last_name),
            (contacts::designated_on, contacts::letter_reference, contacts::decided_at, contacts::decided_by),
            (contacts::ended_at, contacts::ended_by, contacts::end_reason),
        ))
        .load(conn)?;
    let whole = |((first, last), designated, ended): Row| Past {
        name: format!("{first} {last}"),
        designated_on: designated.0,
        letter_reference: designated.1,
        decided_at: designated.2,
        decided_by: designated.3,
        ended_at: ended.0,
        ended_by: ended.1,
        end_reason: ended.2,
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Whose designation this is, and for which commune.
pub fn find(conn: &mut Conn, id: &ContactId) -> Result<Option<(String, Insee)>> {
    let found: Option<(String, String, Insee)> = contacts::table
        .inner_join(accounts::table.on(accounts::id.eq(contacts::account_id)))
        .filter(contacts::id.eq(id))
        .select((accounts::first_name, accounts::last_name, contacts::commune))
        .first(conn)
        .optional()?;
    Ok(found.map(|(first, last, commune)| (format!("{first} {last}"), commune)))
}
