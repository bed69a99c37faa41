//! What a landlord may know of its own publications: how many, for whom, and whether they open.

use diesel::prelude::*;

use crate::committees as all_committees;
use crate::platform::id::{CommitteeId, GenerationId};
use crate::platform::keyring::{KeyName, Keyring};
use crate::platform::schema::{committees, communes, sheets};
use crate::platform::{Conn, Now, Result};

/// What is published of one committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub sheets: i64,
    /// Names, in alphabetical order.
    pub communes: Vec<String>,
}

pub fn of(conn: &mut Conn, id: &CommitteeId) -> Result<Published> {
    let current = sheets::table
        .inner_join(committees::table.on(committees::generation_id.eq(sheets::generation_id.nullable())))
        .filter(committees::id.eq(id));
    let count: i64 = current.count().get_result(conn)?;
    let mut names: Vec<String> = current
        .inner_join(communes::table.on(communes::insee.eq(sheets::commune)))
        .select(communes::name)
        .distinct()
        .load(conn)?;
    names.sort();
    Ok(Published { sheets: count, communes: names })
}

/// The generations that can be read today.
pub fn readable(conn: &mut Conn, now: Now) -> Result<Vec<GenerationId>> {
    let committees = all_committees::not_purged(conn)?.into_iter();
    let readable = committees.filter(|committee| committee.is_readable(now.today()));
    Ok(readable.filter_map(|committee| committee.generation_id).collect())
}

/// Those of them whose key the keyring does not hold: their sheets do not open, until they are
/// published again. A keyring whose keys are another installation's is an error.
pub fn without_key(generations: &[GenerationId], keyring: &Keyring) -> Result<Vec<GenerationId>> {
    let mut without = Vec::new();
    for generation in generations {
        if keyring.get(&KeyName::Generation(generation.clone()))?.is_none() {
            without.push(generation.clone());
        }
    }
    Ok(without)
}
