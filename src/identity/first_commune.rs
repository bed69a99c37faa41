//! Which commune a session begins with.
//!
//! Whether it may be read is decided by the permit, at every display; here a person who reads for two
//! communes is only kept from beginning with the one that is closed to them.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::account::{self, Account};
use crate::platform::id::Insee;
use crate::platform::schema::{conventions, suspensions};
use crate::platform::{Conn, Result};

/// The first commune by name with a habilitation, a convention in force and no suspension. Without one,
/// the first with a habilitation, whose refusal says why; `None` without any.
pub(super) fn first_commune(conn: &mut Conn, of: &Account, today: NaiveDate) -> Result<Option<Insee>> {
    let mut habilitated = account::habilitations(conn, &of.id)?;
    habilitated.retain(|habilitation| habilitation.is_current(today));
    for habilitation in &habilitated {
        if is_open(conn, &habilitation.commune, today)? {
            return Ok(Some(habilitation.commune.clone()));
        }
    }
    Ok(habilitated.into_iter().next().map(|habilitation| habilitation.commune))
}

fn is_open(conn: &mut Conn, commune: &Insee, today: NaiveDate) -> Result<bool> {
    let in_force: i64 = conventions::table
        .filter(conventions::commune.eq(commune).and(conventions::kind.eq("sheets")))
        .filter(conventions::in_force_from.le(today).and(conventions::ends_on.ge(today)))
        .filter(conventions::terminated_on.is_null().or(conventions::terminated_on.gt(today)))
        .count()
        .get_result(conn)?;
    let suspended: i64 = suspensions::table
        .filter(suspensions::commune.eq(commune).and(suspensions::lifted_at.is_null()))
        .count()
        .get_result(conn)?;
    Ok(in_force > 0 && suspended == 0)
}
