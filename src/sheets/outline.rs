//! A committee's list without its persons: dwellings, ranks, places. Also the order of the list,
//! which the page and the painted strip must share.

use super::presenting::{self, DwellingHead};
use super::sheet::ListEntry;
use super::store::About;
use crate::platform::id::DwellingId;

/// A row stripped of names and numbers.
#[derive(Debug, Clone)]
pub struct Outlined {
    pub about: About,
    pub dwelling: DwellingHead,
    pub rank: Option<u32>,
}

impl Outlined {
    pub fn of(entry: &ListEntry, about: &About) -> Self {
        Self { about: about.clone(), dwelling: presenting::dwelling_head(entry), rank: entry.proposed_rank }
    }
}

/// One dwelling and the places of its rows in what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub dwelling: DwellingId,
    pub rows: Vec<usize>,
}

/// The order of a list: dwellings as the landlord's file brings them, candidates by rank.
pub fn arrange(rows: &[Outlined]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        match groups.iter_mut().find(|group| group.dwelling == row.about.dwelling) {
            Some(group) => group.rows.push(place),
            None => groups.push(Group { dwelling: row.about.dwelling.clone(), rows: vec![place] }),
        }
    }
    for group in &mut groups {
        group
            .rows
            .sort_by_key(|place| (rows.get(*place).and_then(|row| row.rank).unwrap_or(u32::MAX), *place));
    }
    groups
}

/// The places of all rows, in the order of the list.
pub fn in_order(rows: &[Outlined]) -> Vec<usize> {
    arrange(rows).into_iter().flat_map(|group| group.rows).collect()
}
