//! Whose identity it is: the account bound to it; at the first login the one of its address, if the body
//! it works for is the right one.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::refusal::Refusal;
use super::tokens::Identity;
use crate::identity::{Account, contact, habilitation};
use crate::messages::{self, AccountNews, Desk, Message};
use crate::platform::id::{AccountId, BindingId, Insee};
use crate::platform::schema::{accounts, communes, employer_exceptions, single_sign_on_bindings};
use crate::platform::{Conn, Now, Result};

/// Roles by which ProConnect knows the agents of a town hall.
const AGENTS: [&str; 2] = ["agent_public_territorial", "agent_public"];

/// An identity whose account is known.
pub(super) struct Recognised {
    pub account: Account,
    /// Not bound yet.
    pub first: bool,
}

/// Somebody who is refused, and whose account it would have been.
pub(super) struct Refused {
    pub refusal: Refusal,
    pub account: Option<AccountId>,
}

/// The account bound to this subject.
fn bound(conn: &mut Conn, identity: &Identity) -> Result<Option<Account>> {
    Ok(single_sign_on_bindings::table
        .inner_join(accounts::table.on(accounts::id.eq(single_sign_on_bindings::account_id)))
        .filter(single_sign_on_bindings::provider.eq(&identity.provider))
        .filter(single_sign_on_bindings::subject.eq(&identity.subject))
        .filter(single_sign_on_bindings::removed_at.is_null())
        .select(accounts::all_columns)
        .first(conn)
        .optional()?)
}

/// The one account of this address; an address of two people is nobody's.
fn of_address(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    // Compared here: SQLite lowers no accented letter.
    let all: Vec<(AccountId, Option<String>)> = accounts::table
        .filter(accounts::email.is_not_null())
        .select((accounts::id, accounts::email))
        .load(conn)?;
    let same = |(id, own): (AccountId, Option<String>)| {
        own.is_some_and(|own| own.trim().to_lowercase() == email).then_some(id)
    };
    match all.into_iter().filter_map(same).collect::<Vec<_>>().as_slice() {
        [id] => Ok(accounts::table.find(id).first(conn).optional()?),
        _ => Ok(None),
    }
}

/// The account this identity stands for or claims to: whom a refusal concerns.
pub(super) fn concerned(conn: &mut Conn, identity: &Identity) -> Result<Option<AccountId>> {
    if let Some(account) = bound(conn, identity)? {
        return Ok(Some(account.id));
    }
    let Some(email) = &identity.email else { return Ok(None) };
    Ok(of_address(conn, email)?.map(|account| account.id))
}

/// Finds the account. Once it is bound, nothing but the binding counts.
pub(super) fn recognise(
    conn: &mut Conn,
    identity: &Identity,
    landlord_siren: Option<&str>,
    now: Now,
) -> Result<Result<Recognised, Refused>> {
    if let Some(account) = bound(conn, identity)? {
        return Ok(Ok(Recognised { account, first: false }));
    }
    let unknown = |refusal| Ok(Err(Refused { refusal, account: None }));
    let Some(email) = &identity.email else { return unknown(Refusal::Email) };
    let Some(account) = of_address(conn, email)? else { return unknown(Refusal::Account) };
    if has_binding(conn, &account.id, &identity.provider)? {
        return Ok(Err(Refused { refusal: Refusal::OtherSubject, account: Some(account.id) }));
    }
    Ok(match employer(conn, identity, &account, landlord_siren, now)? {
        Ok(()) => Ok(Recognised { account, first: true }),
        Err(refusal) => Err(Refused { refusal, account: Some(account.id) }),
    })
}

fn has_binding(conn: &mut Conn, account: &AccountId, provider: &str) -> Result<bool> {
    let bindings: i64 = single_sign_on_bindings::table
        .filter(single_sign_on_bindings::account_id.eq(account))
        .filter(single_sign_on_bindings::provider.eq(provider))
        .filter(single_sign_on_bindings::removed_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(bindings > 0)
}

/// Whether the person works for whom the account is of.
fn employer(
    conn: &mut Conn,
    identity: &Identity,
    account: &Account,
    landlord_siren: Option<&str>,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let expected: Vec<String> = if account.role.is_town_hall() {
        let roles = identity.roles.as_ref();
        if roles.is_some_and(|roles| !roles.iter().any(|role| AGENTS.contains(&role.as_str()))) {
            return Ok(Err(Refusal::Role));
        }
        let habilitations = habilitation::of_account(conn, &account.id, now)?;
        let mut of: Vec<Insee> =
            habilitations.into_iter().filter(|one| one.is_current(now)).map(|one| one.commune).collect();
        of.extend(contact::of_account(conn, &account.id, now)?.into_iter().map(|one| one.commune));
        if of.is_empty() {
            return Ok(Err(Refusal::Habilitation));
        }
        let known: Vec<Option<String>> =
            communes::table.filter(communes::insee.eq_any(of)).select(communes::siren).load(conn)?;
        known.into_iter().flatten().chain(exception(conn, &account.id)?).collect()
    } else {
        landlord_siren.map(str::to_owned).into_iter().collect()
    };
    Ok(match &identity.siren {
        None => Err(Refusal::NoSiren),
        Some(siren) if expected.contains(siren) => Ok(()),
        Some(_) if expected.is_empty() => Err(Refusal::SirenUnknown),
        Some(_) => Err(Refusal::OtherEmployer),
    })
}

/// The other body a shared agent works for, if the landlord has recorded one.
fn exception(conn: &mut Conn, account: &AccountId) -> Result<Option<String>> {
    Ok(employer_exceptions::table
        .filter(employer_exceptions::account_id.eq(account).and(employer_exceptions::ended_at.is_null()))
        .select(employer_exceptions::siren)
        .first(conn)
        .optional()?)
}

/// Binds the account to the identity, at its first login.
pub(super) fn bind(conn: &mut Conn, account: &AccountId, identity: &Identity, now: Now) -> Result<()> {
    diesel::insert_into(single_sign_on_bindings::table)
        .values((
            single_sign_on_bindings::id.eq(BindingId::fresh()),
            single_sign_on_bindings::account_id.eq(account),
            single_sign_on_bindings::provider.eq(&identity.provider),
            single_sign_on_bindings::subject.eq(&identity.subject),
            single_sign_on_bindings::bound_at.eq(now.naive()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Tells the managers that another identity claims a bound account; once a day, however often it tries.
pub(super) fn tell_of_other_subject(
    conn: &mut Conn,
    account: &AccountId,
    provider: &str,
    now: Now,
) -> Result<()> {
    let news = AccountNews::OtherSubject { account: account.clone(), provider: provider.to_owned() };
    let message = Message::Account(news);
    if messages::told_since(conn, &message, now.naive() - TimeDelta::days(1))? {
        return Ok(());
    }
    messages::tell_desk(conn, Desk::Managers, &message, now)
}
