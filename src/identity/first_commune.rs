//! Which commune a session begins with.
//!
//! Whether it may be read is decided by the permit, at every display; here a person who reads for two
//! communes is only kept from beginning with the one that is closed to them.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::account::Account;
use super::{habilitation, suspension};
use crate::platform::id::Insee;
use crate::platform::schema::conventions;
use crate::platform::{Conn, Now, Result};

/// The first commune by name with a habilitation, a convention in force and no suspension. Without one,
/// the first with a habilitation, whose refusal says why; `None` without any.
pub(super) fn first_commune(conn: &mut Conn, of: &Account, now: Now) -> Result<Option<Insee>> {
    let mut habilitated = habilitation::of_account(conn, &of.id, now)?;
    habilitated.retain(|habilitation| habilitation.is_current(now));
    for habilitation in habilitated.iter().filter(|habilitation| habilitation.suspension.is_none()) {
        let commune = &habilitation.commune;
        if has_convention(conn, commune, now.today())?
            && suspension::of_commune(conn, commune, now)?.is_none()
        {
            return Ok(Some(commune.clone()));
        }
    }
    Ok(habilitated.into_iter().next().map(|habilitation| habilitation.commune))
}

fn has_convention(conn: &mut Conn, commune: &Insee, today: NaiveDate) -> Result<bool> {
    let in_force: i64 = conventions::table
        .filter(conventions::commune.eq(commune).and(conventions::kind.eq("sheets")))
        .filter(conventions::in_force_from.le(today).and(conventions::ends_on.ge(today)))
        .filter(conventions::terminated_on.is_null().or(conventions::terminated_on.gt(today)))
        .count()
        .get_result(conn)?;
    Ok(in_force > 0)
}
