//! Appointing and ending the town hall's contacts, from the mayor's letter (E16).

use chrono::{NaiveDate, TimeDelta};

use super::{Manager, Refusal, accepting, news};
use crate::conventions;
use crate::identity::account::{self, NewAccount};
use crate::identity::password::Hash;
use crate::identity::{Role, contact};
use crate::messages::HabilitationNews;
use crate::platform::id::{AccountId, ContactId, Insee};
use crate::platform::{Conn, Error, Now, Result};

/// Whom the mayor's letter designates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// Somebody with an account.
    Known(AccountId),
    New {
        first_name: String,
        last_name: String,
        job_title: String,
    },
}

/// Appoints a contact; a new account opens to nobody until its letter is made. Answers the account.
pub fn appoint(
    conn: &mut Conn,
    by: &Manager,
    commune: &Insee,
    person: &Person,
    (letter_on, reference): (NaiveDate, &str),
    unusable: &Hash,
    now: Now,
) -> Result<Result<AccountId, Refusal>> {
    let Some(known) = conventions::commune(conn, commune)? else { return Err(Error::NotFound) };
    let Some(reference) = super::prose(reference).filter(|text| text.chars().count() <= 100) else {
        return Ok(Err(Refusal::Reason));
    };
    if letter_on > now.today() {
        return Ok(Err(Refusal::Past));
    }
    let account = match person {
        Person::Known(id) => {
            if account::find(conn, id)?.is_none_or(|account| !account.role.is_town_hall()) {
                return Ok(Err(Refusal::UnknownAccount));
            }
            if contact::of_commune(conn, commune, now)?.iter().any(|one| one.account == *id) {
                return Ok(Err(Refusal::AlreadyHolds));
            }
            id.clone()
        }
        Person::New { first_name, last_name, job_title } => {
            if let Err(refusal) = account::is_person(first_name, last_name, job_title) {
                return Ok(Err(Refusal::Person(refusal)));
            }
            let new = NewAccount {
                login: accepting::free_login(conn, first_name, last_name)?,
                role: Role::Contact,
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                job_title: job_title.clone(),
                communes: Vec::new(),
                contact_for: Vec::new(),
                from: now.today(),
            };
            match account::open(conn, &new, unusable, TimeDelta::zero(), now)? {
                Ok(account) => account,
                Err(refusal) => return Ok(Err(Refusal::Person(refusal))),
            }
        }
    };
    contact::designate(conn, &account, commune, (letter_on, &reference), Some(&by.account), now)?;
    news::to_person(conn, &account, HabilitationNews::Designated { commune: known.name }, now)?;
    Ok(Ok(account))
}

/// Ends a designation; a habilitation to read, if there is one, is another matter.
pub fn end(
    conn: &mut Conn,
    by: &Manager,
    id: &ContactId,
    reason: &str,
    now: Now,
) -> Result<Result<(), Refusal>> {
    let Some(reason) = super::prose(reason) else { return Ok(Err(Refusal::Reason)) };
    let Some((account, commune)) = contact::end(conn, id, &by.account, &reason, now)? else {
        return Err(Error::Stale);
    };
    let commune = super::requests::name_of(conn, &commune)?;
    news::to_person(conn, &account, HabilitationNews::DesignationEnded { commune }, now)?;
    Ok(Ok(()))
}
