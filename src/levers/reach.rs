//! How far a lever reaches, and whom.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::conventions;
use crate::identity::Role;
use crate::platform::id::{AccountId, Insee};
use crate::platform::schema::{accounts, habilitations};
use crate::platform::{Conn, Now, Result};

/// Whom a lever concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Person(AccountId),
    /// Everybody habilitated for the commune.
    Commune(Insee),
    /// Every town hall; nobody of the landlord's.
    Space,
}

impl Reach {
    /// The accounts concerned on this day.
    pub fn people(&self, conn: &mut Conn, today: NaiveDate) -> Result<Vec<AccountId>> {
        let of_town_halls = accounts::role.eq_any([Role::Instructor, Role::Contact]);
        Ok(match self {
            Self::Person(account) => vec![account.clone()],
            Self::Commune(insee) => habilitations::table
                .filter(habilitations::commune.eq(insee))
                .filter(habilitations::ends_on.is_null().or(habilitations::ends_on.ge(today)))
                .select(habilitations::account_id)
                .distinct()
                .load(conn)?,
            Self::Space => accounts::table.filter(of_town_halls).select(accounts::id).load(conn)?,
        })
    }

    /// The person's name or the commune's; nothing for the space.
    pub fn name(&self, conn: &mut Conn) -> Result<String> {
        Ok(match self {
            Self::Person(account) => super::name_of(conn, account)?.unwrap_or_default(),
            Self::Commune(insee) => {
                conventions::commune(conn, insee)?.map(|commune| commune.name).unwrap_or_default()
            }
            Self::Space => String::new(),
        })
    }

    /// Ends every habilitation that reaches today or later.
    pub(super) fn end_habilitations(
        &self,
        conn: &mut Conn,
        _reason: &str,
        _manager: &AccountId,
        now: Now,
    ) -> Result<()> {
        let people = self.people(conn, now.today())?;
        diesel::update(habilitations::table.filter(habilitations::account_id.eq_any(people)))
            .set(habilitations::ends_on.eq(now.today().pred_opt()))
            .execute(conn)?;
        Ok(())
    }
}
