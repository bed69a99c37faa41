//! The summary sheet of one application against one dwelling (E3), in the four parts of E6.
//!
//! What stands here has already been masked: the import reduces or drops what a town hall need not
//! know before a [`Sheet`] exists, so nothing sealed in the database holds it.

mod amounts;
mod figures;
mod list_entry;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

pub use amounts::{Cents, Hundredths, NotDecimal, Tenths, parse_decimal};
pub use figures::Figures;
pub use list_entry::ListEntry;

/// The shape written by this program; older ones stay readable, newer ones are refused.
pub const SHEET_VERSION: u8 = 1;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A part of the sheet. What is absent is not written, and reads back as absent: a field added
/// later leaves the rows already sealed readable.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "is_default")]
                pub $field: $type,
            )*
        }
    };
}
use part;

part! {
    /// One summary sheet, masked and checked. `None` and an empty list mean « information non
    /// affichée », unless a field says otherwise.
    Sheet {
        /// The shape these bytes were written in.
        version: u8,
        /// Official code of the commune concerned (E4), five characters.
        commune_insee: String,
        /// Place on the committee's agenda, from 1.
        agenda_order: Option<u32>,
        /// Rank proposed for the dwelling, from 1.
        proposed_rank: Option<u32>,
        /// When the landlord last updated the sheet, Paris time.
        published_at: Option<NaiveDateTime>,
        /// Who applies, and the application.
        identification: Identification,
        /// The household, its situation, where it lives now.
        family: Family,
        /// Income, and what the proposed dwelling would cost.
        resources: Resources,
        /// The dwelling proposed.
        dwelling: Dwelling,
    }
}

part! {
    /// The applicant and the application.
    Identification {
        /// The eighteen characters of the application, opaque.
        nur: String,
        /// Code of the title: 1 Monsieur, 2 Madame.
        title: Option<String>,
        last_name: String,
        birth_name: Option<String>,
        first_name: Option<String>,
        /// Completed years on the day of the committee; the date of birth itself is not kept.
        age: Option<u32>,
        co_applicant: Option<CoApplicant>,
        /// Code of the tie between the two applicants.
        co_applicant_link: Option<String>,
        residence_right_checked: Option<bool>,
        initial_filing_date: Option<NaiveDate>,
        renewed_on: Option<NaiveDate>,
        application_kind: Option<String>,
        /// Main reason first. A reason withheld keeps its place, without its code.
        application_reasons: Vec<Option<String>>,
        wanted_types: Vec<String>,
        wanted_category: Option<String>,
        wanted_communes: Vec<String>,
        extended_search: Option<bool>,
        past_offers: Option<u32>,
        past_refusals: Option<u32>,
        abnormally_long_wait: Option<bool>,
        score: Option<u32>,
        score_max: Option<u32>,
        dalo_status: Option<String>,
        collective_agreement: Option<String>,
        /// Whether the applicant is a priority; never on which ground.
        priority: Option<bool>,
        siao_referral: Option<bool>,
        transfer: Option<bool>,
        urban_renewal_rehousing: Option<bool>,
        employee_category: Option<String>,
        accessible_housing_needed: Option<bool>,
        /// Code of the landlord's opinion.
        landlord_opinion: Option<String>,
        landlord_opinion_reason: Option<String>,
    }
}

part! {
    /// The second holder of the application.
    CoApplicant {
        title: Option<String>,
        last_name: Option<String>,
        birth_name: Option<String>,
        first_name: Option<String>,
        age: Option<u32>,
        employment_status: Option<String>,
        part_time: Option<bool>,
        job: Option<String>,
    }
}

part! {
    /// The persons to house and how they live today.
    Family {
        marital_status: Option<String>,
        employment_status: Option<String>,
        part_time: Option<bool>,
        job: Option<String>,
        employer: Option<String>,
        /// Official code of a commune.
        work_commune: Option<String>,
        adults_count: Option<u32>,
        dependants_count: Option<u32>,
        /// Dependants by age: no name ever. An empty list is a household without dependants.
        children: Option<Vec<Child>>,
        alternating_custody_count: Option<u32>,
        unborn_count: Option<u32>,
        expected_birth_date: Option<NaiveDate>,
        household_size: Option<u32>,
        other_occupants: Option<u32>,
        /// Consumption units by the landlord's own count; ours when absent.
        consumption_units: Option<Hundredths>,
        current_housing_modes: Vec<String>,
        current_rent: Option<Cents>,
        current_type: Option<String>,
        current_category: Option<String>,
        current_surface: Option<Hundredths>,
        current_occupants: Option<u32>,
        is_owner: Option<bool>,
    }
}

part! {
    /// A dependant.
    Child {
        age: Option<u32>,
        /// `M` or `F`.
        sex: Option<String>,
        /// `E` child, `P` parent, `A` other; child when absent.
        link: Option<String>,
    }
}

part! {
    /// The financial characteristics, by month unless said otherwise.
    Resources {
        /// Reference tax income of the second year before the committee, by year.
        rfr_n2: Option<Cents>,
        /// The same of the year before the committee.
        rfr_n1: Option<Cents>,
        income_ceiling: Option<Cents>,
        ceiling_ratio: Option<Tenths>,
        /// Household category of the ceiling, 1 to 6.
        ceiling_category: Option<u32>,
        /// Income by code, benefits already folded into one.
        monthly_income: BTreeMap<String, Cents>,
        alimony_paid: Option<Cents>,
        /// All income; less the alimony paid where the landlord counts it so.
        monthly_income_total: Option<Cents>,
        first_quartile: Option<bool>,
        base_rent: Option<Cents>,
        ancillary_rent: Option<Cents>,
        charges: Option<Cents>,
        energy_contribution: Option<Cents>,
        /// Flat rate for water and heating the tenant pays directly.
        utilities_allowance: Option<Cents>,
        estimated_apl: Option<Cents>,
        estimated_apl_on: Option<NaiveDate>,
    }
}

part! {
    /// The dwelling proposed.
    Dwelling {
        /// The landlord's own reference.
        dwelling_ref: String,
        address: Option<Address>,
        program: Option<String>,
        building: Option<String>,
        stair: Option<String>,
        /// Floor, 0 on the ground.
        floor: Option<i32>,
        door: Option<String>,
        building_kind: Option<String>,
        /// `T3`, `T6P`, or a local name such as « T1 bis ».
        kind: Option<String>,
        living_area: Option<Hundredths>,
        has_lift: Option<bool>,
        accessible: Option<bool>,
        parking: Option<bool>,
        annexes: Option<String>,
        dpe_energy: Option<String>,
        funding: Option<String>,
        available_from: Option<NaiveDate>,
        quota_holder: Option<String>,
        in_priority_district: Option<bool>,
    }
}

part! {
    /// A postal address; one given as a line of text stands whole in `street`.
    Address {
        number: Option<String>,
        suffix: Option<String>,
        street_type: Option<String>,
        street: Option<String>,
        postcode: Option<String>,
        commune: Option<String>,
    }
}

impl Address {
    /// « 14 bis, rue des Tanneurs ».
    pub fn line(&self) -> String {
        let words = |parts: [&Option<String>; 2]| {
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            parts.join(" ")
        };
        let number = words([&self.number, &self.suffix]);
        let street = words([&self.street_type, &self.street]);
        match (number.is_empty(), street.is_empty()) {
            (false, false) => format!("{number}, {street}"),
            _ => number + &street,
        }
    }
}

/// Sealed bytes that are not a sheet this program can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Not the shape of a sheet at all.
    Malformed,
    /// Written by a later version of the program.
    Newer(u8),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => write!(out, "fiche illisible"),
            Self::Newer(version) => write!(out, "fiche écrite au format {version}, plus récent"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl Sheet {
    /// The bytes to seal. Equal sheets give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a sheet holds only text keys and plain values")
    }

    /// The sheet those bytes hold.
    ///
    /// # Errors
    /// [`Unreadable`] when they are not a sheet, or one of a later version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let sheet: Self = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        match sheet.version {
            0 => Err(Unreadable::Malformed),
            1..=SHEET_VERSION => Ok(sheet),
            newer => Err(Unreadable::Newer(newer)),
        }
    }

    /// What a change of the sheet is told by: its bytes without the date of publication, which
    /// moves each day although nothing else does.
    pub fn fingerprint_input(&self) -> Vec<u8> {
        let mut sheet = self.clone();
        sheet.published_at = None;
        sheet.to_bytes()
    }
}

#[cfg(test)]
pub(crate) mod tests;
