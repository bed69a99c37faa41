//! The header of a committee: what the file says of it besides its sheets (E3, E8).

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde::Serialize;

use super::fields::Object;
use super::values::{self, objected};
use super::{FaultKind, Limits};

/// What the landlord says of a committee (E8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitteeStatus {
    /// To be held on its date.
    Planned,
    /// Moved to the date given.
    Postponed,
    /// Lasting until the end given.
    Extended,
    /// Will not be held.
    Cancelled,
}

impl CommitteeStatus {
    /// The word of the file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Postponed => "postponed",
            Self::Extended => "extended",
            Self::Cancelled => "cancelled",
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            "planned" | "scheduled" => Some(Self::Planned),
            "postponed" => Some(Self::Postponed),
            "extended" => Some(Self::Extended),
            "cancelled" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// A committee as the file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitteeHeader {
    /// The landlord's own name of it, « Est 2026-47 »; unique in a file.
    pub reference: String,
    /// « Est », where it is not in the reference.
    pub sector: Option<String>,
    /// First day.
    pub held_on: NaiveDate,
    /// Last day, from which the purge counts (E7).
    pub ends_on: NaiveDate,
    /// Hour of the first day, in Paris.
    pub starts_at: Option<NaiveTime>,
    pub status: CommitteeStatus,
}

/// The fields of a header, which a flat file repeats on each row.
pub(super) const HEADER_FIELDS: [&str; 6] =
    ["reference", "sector", "held_on", "ends_on", "starts_at", "status"];

/// A committee more than two years ahead is a mistyped year.
const FURTHEST_DAYS: i64 = 731;

/// Reads the header; none when it cannot be relied on. `today` serves to know an absurd date.
pub(super) fn read(
    object: &mut Object<'_, '_>,
    limits: &Limits,
    today: NaiveDate,
) -> Option<CommitteeHeader> {
    object.require(&["reference", "held_on"]);
    let reference = object.text("reference", 60);
    let sector = object.text("sector", 60);
    let held_on = object.date("held_on");
    let ends_given = object.date("ends_on");
    let starts_at = object.hour("starts_at");
    let status = object
        .read("status", |value, desk| {
            let code = values::code(value, desk.context)?;
            match CommitteeStatus::of_code(&code) {
                Some(status) => Ok(status),
                None => objected(
                    FaultKind::NotAccepted,
                    super::fault::shortened(&code),
                    "planned, postponed, extended ou cancelled",
                ),
            }
        })
        .unwrap_or(CommitteeStatus::Planned);
    let held_on = held_on?;
    if held_on > today + TimeDelta::days(FURTHEST_DAYS) {
        object.fault_at(
            object.line_of("held_on"),
            "held_on",
            FaultKind::Date,
            held_on.to_string(),
            "une date à moins de deux ans",
        );
    }
    let ends_on = ends_given.unwrap_or(held_on);
    let days = (ends_on - held_on).num_days() + 1;
    if days < 1 || days > i64::from(limits.committee_days) {
        object.fault_at(
            object.line_of("ends_on"),
            "ends_on",
            FaultKind::Date,
            ends_on.to_string(),
            format!(
                "un dernier jour qui ne précède pas le premier, {}\u{a0}jours de séance au plus",
                limits.committee_days
            ),
        );
    }
    Some(CommitteeHeader { reference: reference?, sector, held_on, ends_on, starts_at, status })
}
