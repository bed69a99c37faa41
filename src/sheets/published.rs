//! What a landlord may know of its own publications: how many, for whom. Counts only.

use diesel::prelude::*;

use crate::platform::id::CommitteeId;
use crate::platform::schema::{committees, communes, sheets};
use crate::platform::{Conn, Result};

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
