//! Reading a landlord's file of committees and sheets (E3, E5, E6, E8): all or nothing.
//!
//! [`read`] passes once over JSON or its flat CSV equal, whatever the size, in flat memory: a
//! committee at a time, bounded. It checks, masks what a town hall need not know, and hands each
//! valid committee and sheet to a [`Sink`]. Every fault is told at once; a single one spoils the
//! whole file, and the sink is told so.

mod committee;
mod csv;
mod digest;
pub mod document;
mod engine;
mod fault;
mod fields;
mod forbidden;
mod guarded;
mod json;
mod sheet;
pub mod treatments;
mod tree;
mod values;

use std::io::Read;

use chrono::NaiveDate;

use super::sheet::Sheet;

pub use committee::{CommitteeHeader, CommitteeStatus};
pub use document::json_schema;
pub use fault::{Fault, FaultCount, FaultKind, Faults};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

impl Format {
    /// The format a file name tells, if it tells one.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// What one file may be. The defaults are wide for an honest file and small for a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Committees of a file.
    pub committees: usize,
    /// Sheets of one committee: they are held together to find doubles among them.
    pub sheets: usize,
    /// Bytes of one text.
    pub text: usize,
    /// Bytes of one number.
    pub number: usize,
    /// Bytes of one CSV record.
    pub record: usize,
    /// Bytes one sheet may take in memory while it is read.
    pub sheet: usize,
    /// Structures within structures.
    pub depth: usize,
    /// Days one committee may last (E8).
    pub committee_days: u32,
    /// Faults told in full; the rest is counted.
    pub faults: usize,
    /// Faults after which the rest of the file is not read.
    pub all_faults: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 * 1024 * 1024,
            committees: 2_000,
            sheets: 1_000,
            text: 4 * 1024,
            number: 64,
            record: 64 * 1024,
            sheet: 256 * 1024,
            depth: 12,
            committee_days: 5,
            faults: 200,
            all_faults: 100_000,
        }
    }
}

/// What the reading must know of the world. Time is given, never asked for.
pub trait Context {
    /// The day it is in Paris.
    fn today(&self) -> NaiveDate;

    /// The first character of this text the display cannot draw.
    fn missing_glyph(&self, text: &str) -> Option<char>;

    /// Why sheets of this commune cannot be published, if they cannot: asked of every sheet whose
    /// commune can be read, faulty ones too, so that one pass tells everything.
    fn commune_objection(&self, _insee: &str) -> Option<Objection> {
        None
    }
}

/// A fault found by the caller, who knows what the file does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The field of the committee or of the sheet it bears on, such as `reference`.
    pub field: &'static str,
    /// What stands there; shown as it is, so it quotes no name and no number of an applicant.
    pub found: String,
    pub accepted: String,
    pub kind: FaultKind,
}

/// What a committee of the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Sheets about to be handed over.
    pub sheets: usize,
    /// SHA-256 of the committee and of its sheets, whatever their order in the file: equal for an
    /// unchanged publication.
    pub digest: [u8; 32],
}

/// Who receives what is valid.
///
/// For each committee whose header is sound: `committee`, then `sheet` for each of its sound
/// sheets, in the order of the file. Both go on after a fault, so that the receiver's own
/// objections are told in the same pass; `spoiled` says from when nothing need be kept.
pub trait Sink {
    /// A failure of the receiver itself: it ends the reading.
    type Error;

    /// # Errors
    /// The receiver's own failure, returned by [`read`].
    fn committee(
        &mut self,
        committee: &CommitteeHeader,
        contents: &Contents,
    ) -> Result<Vec<Objection>, Self::Error>;

    /// # Errors
    /// The receiver's own failure, returned by [`read`].
    fn sheet(&mut self, committee: &CommitteeHeader, sheet: Sheet) -> Result<Vec<Objection>, Self::Error>;

    /// A fault was found: nothing of this file will be published.
    fn spoiled(&mut self) {}

    /// The file has been read to its end, or to where it broke; `valid` when it has no fault.
    ///
    /// # Errors
    /// The receiver's own failure, returned by [`read`].
    fn finish(&mut self, valid: bool) -> Result<(), Self::Error>;
}

/// What a reading found.
#[derive(Debug)]
pub struct Report {
    /// Committees met, sound or not.
    pub committees: u64,
    /// Sheets met, sound or not.
    pub sheets: u64,
    pub faults: Faults,
}

impl Report {
    /// Whether the file may be published whole.
    pub fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Reads a file to its end and tells everything that is wrong with it.
///
/// # Errors
/// Only the sink's own failure. What is wrong with the file, its bytes failing included, is in the
/// report.
pub fn read<S: Sink>(
    source: impl Read,
    format: Format,
    limits: Limits,
    context: &dyn Context,
    sink: &mut S,
) -> Result<Report, S::Error> {
    let mut engine = engine::Engine::new(format, limits, context, sink);
    match format {
        Format::Json => json::read(source, &mut engine),
        Format::Csv => csv::read(source, &mut engine),
    }
    engine.finish()
}

#[cfg(test)]
mod tests;
