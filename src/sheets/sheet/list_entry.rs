//! The second sealed part of a row: what a committee's list needs, and no more.

use serde::{Deserialize, Serialize};

use super::{Cents, Hundredths, Sheet, Unreadable, is_default, part};

part! {
    /// One line of a committee's list, so that a list decrypts no whole sheet.
    ListEntry {
        /// The shape these bytes were written in: [`super::SHEET_VERSION`].
        version: u8,
        /// Code of the title.
        title: Option<String>,
        last_name: String,
        first_name: Option<String>,
        nur: String,
        agenda_order: Option<u32>,
        proposed_rank: Option<u32>,
        dwelling_ref: String,
        /// `T3`.
        kind: Option<String>,
        /// « 14, rue des Tanneurs ».
        address: String,
        living_area: Option<Hundredths>,
        floor: Option<i32>,
        has_lift: Option<bool>,
        accessible: Option<bool>,
        building_kind: Option<String>,
        annexes: Option<String>,
        /// Base and ancillary rent together, by month.
        rent: Option<Cents>,
        charges: Option<Cents>,
    }
}

impl ListEntry {
    /// The entry of this sheet.
    pub fn of(sheet: &Sheet) -> Self {
        let (person, home, money) = (&sheet.identification, &sheet.dwelling, &sheet.resources);
        Self {
            version: sheet.version,
            title: person.title.clone(),
            last_name: person.last_name.clone(),
            first_name: person.first_name.clone(),
            nur: person.nur.clone(),
            agenda_order: sheet.agenda_order,
            proposed_rank: sheet.proposed_rank,
            dwelling_ref: home.dwelling_ref.clone(),
            kind: home.kind.clone(),
            address: home.address.as_ref().map(super::Address::line).unwrap_or_default(),
            living_area: home.living_area,
            floor: home.floor,
            has_lift: home.has_lift,
            accessible: home.accessible,
            building_kind: home.building_kind.clone(),
            annexes: home.annexes.clone(),
            rent: money.base_rent.map(|rent| rent.plus(money.ancillary_rent.unwrap_or_default())),
            charges: money.charges,
        }
    }

    /// The bytes to seal.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an entry holds only plain values")
    }

    /// The entry those bytes hold.
    ///
    /// # Errors
    /// [`Unreadable`] when they are not an entry, or one of a later version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        match entry.version {
            0 => Err(Unreadable::Malformed),
            1..=super::SHEET_VERSION => Ok(entry),
            newer => Err(Unreadable::Newer(newer)),
        }
    }
}
