//! The landlord's view of all accounts (E11, E15, E19): found by name, filtered, paged by key; and one
//! account with its habilitations, its state, and the facts of its use.

pub mod routes;
pub mod sharing;
pub mod view;

use diesel::Connection;
use diesel::prelude::*;

use crate::identity::Role;
use crate::identity::account::Account;
use crate::identity::names::folded;
use crate::platform::id::{AccountId, Insee};
use crate::platform::schema::{accounts, habilitations, suspensions};
use crate::platform::{Conn, Now, Result};

/// Accounts of one page.
pub const PAGE: i64 = 50;

/// Words of a search that count; beyond them nothing is narrowed further.
const WORDS: usize = 4;

/// A state one may look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Suspended as a person, now.
    Suspended,
    /// Never connected yet.
    NeverConnected,
    /// Of a town hall, and without a habilitation that holds today.
    WithoutHabilitation,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Name,
    /// The longest absent first; those who have never connected are looked for apart.
    LongestAbsent,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub role: Option<Role>,
    pub standing: Option<Standing>,
    pub commune: Option<Insee>,
    /// As typed: names or logins, in any order.
    pub words: String,
    pub order: Order,
    /// The last account of the page before.
    pub after: Option<AccountId>,
}

type Boxed<'a> = accounts::BoxedQuery<'a, <Conn as Connection>::Backend>;

impl Filter {
    fn narrowed<'a>(&self, now: Now) -> Boxed<'a> {
        let mut query = accounts::table.into_boxed();
        if let Some(role) = self.role {
            query = query.filter(accounts::role.eq(role));
        }
        for word in self.words.split_whitespace().map(folded).filter(|word| !word.is_empty()).take(WORDS) {
            // Letters and digits alone: nothing in it means anything to LIKE.
            query = query.filter(accounts::search_name.like(format!("%{word}%")));
        }
        let today = now.today();
        if let Some(commune) = &self.commune {
            let of_commune = habilitations::table
                .filter(habilitations::commune.eq(commune.clone()))
                .filter(habilitations::ends_on.is_null().or(habilitations::ends_on.ge(today)))
                .select(habilitations::account_id);
            query = query.filter(accounts::id.eq_any(of_commune));
        }
        match self.standing {
            None => query,
            Some(Standing::NeverConnected) => query.filter(accounts::last_login_at.is_null()),
            Some(Standing::Suspended) => {
                let suspended = suspensions::table
                    .filter(suspensions::lifted_at.is_null().and(suspensions::since.le(now.naive())))
                    .filter(suspensions::until.is_null().or(suspensions::until.gt(now.naive())))
                    .filter(suspensions::account_id.is_not_null())
                    .select(suspensions::account_id.assume_not_null());
                query.filter(accounts::id.eq_any(suspended))
            }
            Some(Standing::WithoutHabilitation) => {
                let holders = habilitations::table
                    .filter(habilitations::starts_on.le(today))
                    .filter(habilitations::ends_on.is_null().or(habilitations::ends_on.ge(today)))
                    .select(habilitations::account_id);
                query
                    .filter(accounts::role.eq_any([Role::Instructor, Role::Contact]))
                    .filter(accounts::id.ne_all(holders))
            }
        }
    }
}

/// One page of accounts, and whether there are more after it.
pub fn page(conn: &mut Conn, filter: &Filter, now: Now) -> Result<(Vec<Account>, bool)> {
    let mut query = filter.narrowed(now);
    let last: Option<Account> = match &filter.after {
        Some(id) => accounts::table.find(id).first(conn).optional()?,
        None => None,
    };
    query = match filter.order {
        Order::Name => {
            if let Some(last) = last {
                let name = last.search_name().to_owned();
                query = query.filter(
                    accounts::search_name
                        .gt(name.clone())
                        .or(accounts::search_name.eq(name).and(accounts::id.gt(last.id))),
                );
            }
            query.order((accounts::search_name, accounts::id))
        }
        Order::LongestAbsent => {
            query = query.filter(accounts::last_login_at.is_not_null());
            if let Some((at, id)) = last.and_then(|last| Some((last.last_login_at?, last.id))) {
                query = query.filter(
                    accounts::last_login_at
                        .gt(at)
                        .or(accounts::last_login_at.eq(at).and(accounts::id.gt(id))),
                );
            }
            query.order((accounts::last_login_at, accounts::id))
        }
    };
    let mut found: Vec<Account> = query.limit(PAGE + 1).load(conn)?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok((found, more))
}

/// How many accounts the filter finds.
pub fn count(conn: &mut Conn, filter: &Filter, now: Now) -> Result<i64> {
    Ok(filter.narrowed(now).count().get_result(conn)?)
}
