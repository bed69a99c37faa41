//! The flat CSV equal to the JSON: one row per sheet, the committee's own columns repeated.
//!
//! Nested fields are flattened: `income_SAL`, `address_street`, `child_1_age`,
//! `co_applicant_last_name`; lists are separated by `|` or `,` within a cell. The rows of a committee
//! follow one another. Separator `;` or `,`, UTF-8 or Windows-1252, decimals with a comma or a point.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::WINDOWS_1252;

use super::committee::HEADER_FIELDS;
use super::engine::{Engine, SinkFailed};
use super::guarded::Guarded;
use super::json::cut_words;
use super::tree::{Node, Value};
use super::{FaultKind, Format, Sink, treatments};

/// Where the cells of a column go.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// A field of the committee.
    Committee(&'static str),
    /// A field of the sheet.
    Plain(String),
    /// A list in one cell.
    List(String),
    /// A field of an object of the sheet.
    Nested(&'static str, String),
    /// A field of the nth dependant, from 1.
    Child(u32, String),
}

const LISTS: [&str; 4] = ["wanted_types", "wanted_communes", "current_housing_modes", "application_reasons"];

/// More columns than any sheet has fields.
const MOST_COLUMNS: usize = 400;

impl Column {
    fn of(name: &str) -> Self {
        if let Some(field) = HEADER_FIELDS.iter().find(|field| **field == name) {
            return Self::Committee(field);
        }
        if LISTS.contains(&name) {
            return Self::List(name.to_owned());
        }
        if name == "co_applicant_link" {
            return Self::Plain(name.to_owned());
        }
        let nested =
            [("income_", "monthly_income"), ("address_", "address"), ("co_applicant_", "co_applicant")];
        for (prefix, object) in nested {
            // `income_ceiling` is a field of the sheet, no code of income.
            if let Some(field) = name.strip_prefix(prefix)
                && name != "income_ceiling"
            {
                return Self::Nested(object, field.to_owned());
            }
        }
        if let Some((number, field)) = name.strip_prefix("child_").and_then(|rest| rest.split_once('_'))
            && let Ok(number @ 1..=30) = number.parse()
        {
            return Self::Child(number, field.to_owned());
        }
        Self::Plain(name.to_owned())
    }
}

/// How the bytes of the file were found to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// ASCII so far.
    Open,
    Utf8,
    Windows1252,
}

impl Encoding {
    /// The cells as text; none when the file mixes two encodings.
    fn decode(&mut self, record: &ByteRecord) -> Option<Vec<String>> {
        let utf8 = record.iter().all(|cell| std::str::from_utf8(cell).is_ok());
        let found = match (record.iter().all(<[u8]>::is_ascii), utf8) {
            (true, _) => Self::Open,
            (false, true) => Self::Utf8,
            (false, false) => Self::Windows1252,
        };
        match (*self, found) {
            (Self::Utf8, Self::Windows1252) | (Self::Windows1252, Self::Utf8) => return None,
            (_, Self::Open) => {}
            _ => *self = found,
        }
        Some(
            record
                .iter()
                .map(|cell| match found {
                    Self::Windows1252 => WINDOWS_1252.decode_without_bom_handling(cell).0.into_owned(),
                    _ => String::from_utf8_lossy(cell).into_owned(),
                })
                .collect(),
        )
    }
}

/// Reads the whole file into the engine.
pub(super) fn read<S: Sink>(source: impl Read, engine: &mut Engine<'_, S>) {
    let guarded = Guarded::new(source, Format::Csv, engine.limits);
    let watch = guarded.watch();
    let ended = read_rows(guarded, engine);
    if let Some(kind) = watch.stop() {
        let (found, accepted) = match kind {
            FaultKind::TooLong => (
                "une ligne démesurée, ou un guillemet jamais fermé".to_owned(),
                format!("{}\u{a0}Kio au plus par ligne", engine.limits.record / 1024),
            ),
            FaultKind::Encoding => {
                ("un texte en UTF-16".to_owned(), "un CSV en UTF-8 ou en Windows-1252".to_owned())
            }
            _ => cut_words(kind, &engine.limits),
        };
        engine.desk.fault(watch.line(), "", kind, found, accepted);
    } else if !watch.saw_content() {
        engine.desk.fault(
            0,
            "",
            FaultKind::EmptyFile,
            "aucune donnée",
            "une ligne d’en-tête et une ligne par fiche",
        );
    } else if watch.within_quotes() && ended.is_ok() {
        engine.desk.fault(
            watch.line(),
            "",
            FaultKind::Truncated,
            "la fin du fichier au milieu d’un texte entre guillemets",
            "un fichier complet",
        );
    }
}

fn read_rows<S: Sink>(guarded: impl Read, engine: &mut Engine<'_, S>) -> Result<(), SinkFailed> {
    let mut source = BufReader::with_capacity(8 * 1024, guarded);
    let Some((head, separator)) = head(&mut source) else {
        return Ok(());
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(head.as_slice().chain(source));
    let mut encoding = Encoding::Open;
    let mut record = ByteRecord::new();
    if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
        return Ok(());
    }
    let Some(names) = encoding.decode(&record) else {
        return Ok(());
    };
    let columns = columns(&names, engine);
    let mut rows = Rows { current: None, engine, columns };
    let mut next = ByteRecord::new();
    let mut more = matches!(reader.read_byte_record(&mut record), Ok(true));
    while more {
        more = matches!(reader.read_byte_record(&mut next), Ok(true));
        rows.row(&record, &mut encoding, !more)?;
        if rows.engine.is_hopeless(record.position().map_or(0, csv::Position::line)) {
            return Ok(());
        }
        std::mem::swap(&mut record, &mut next);
    }
    rows.close()
}

/// The first line, and the separator it uses; none when the file cannot be read.
fn head(source: &mut impl BufRead) -> Option<(Vec<u8>, u8)> {
    let mut head = Vec::new();
    source.read_until(b'\n', &mut head).ok()?;
    let count = |separator| head.iter().filter(|byte| **byte == separator).count();
    let separator = if count(b';') >= count(b',') { b';' } else { b',' };
    Some((head, separator))
}

/// The columns, each fault of theirs told once; none stands for a column that is not read.
fn columns<S: Sink>(names: &[String], engine: &mut Engine<'_, S>) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = Vec::new();
    if names.len() > MOST_COLUMNS {
        engine.desk.fault(
            1,
            "",
            FaultKind::TooLarge,
            format!("{}\u{a0}colonnes", names.len()),
            format!("{MOST_COLUMNS}\u{a0}colonnes au plus"),
        );
    }
    for name in names.iter().take(MOST_COLUMNS) {
        let name = name.trim();
        let column = Column::of(name);
        if columns.iter().flatten().any(|other| *other == column) {
            engine.desk.fault(
                1,
                treatments::tame(name),
                FaultKind::DuplicateField,
                "la colonne une seconde fois",
                "un seul exemplaire de la colonne",
            );
            columns.push(None);
        } else if let Column::Plain(field) = &column
            && !field.is_empty()
            && !treatments::known().any(|known| known == field)
        {
            unknown_column(field, engine);
            columns.push(None);
        } else {
            columns.push(Some(column).filter(|_| !name.is_empty()));
        }
    }
    columns
}

/// Told once, on the header, and not on each row.
fn unknown_column<S: Sink>(name: &str, engine: &mut Engine<'_, S>) {
    let known: Vec<&'static str> = treatments::known().chain(HEADER_FIELDS).collect();
    let (kind, accepted) = match (treatments::refusal(name), treatments::nearest(name, &known)) {
        (Some(reason), _) => (FaultKind::Forbidden, format!("un fichier sans cette colonne\u{a0}: {reason}")),
        (None, Some(near)) => {
            (FaultKind::UnknownField, format!("les champs du format, dont «\u{a0}{near}\u{a0}»"))
        }
        (None, None) => (FaultKind::UnknownField, "les champs du format".to_owned()),
    };
    engine.desk.fault(1, treatments::tame(name), kind, "la colonne", accepted);
}

/// The cells of a row that speak of its committee.
type CommitteeCells = Vec<(&'static str, String)>;

struct Rows<'x, 'a, S: Sink> {
    engine: &'x mut Engine<'a, S>,
    columns: Vec<Option<Column>>,
    /// The committee whose rows are being read.
    current: Option<CommitteeCells>,
}

impl<S: Sink> Rows<'_, '_, S> {
    fn row(&mut self, record: &ByteRecord, encoding: &mut Encoding, last: bool) -> Result<(), SinkFailed> {
        let line = record.position().map_or(0, csv::Position::line);
        let Some(cells) = encoding.decode(record) else {
            self.engine.desk.fault(
                line,
                "",
                FaultKind::Encoding,
                "deux encodages dans un même fichier",
                "de l’UTF-8 ou du Windows-1252, d’un bout à l’autre",
            );
            return Ok(());
        };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        if cells.len() != self.columns.len() {
            let cut_short = last && cells.len() < self.columns.len();
            self.engine.desk.fault(
                line,
                "",
                if cut_short { FaultKind::Truncated } else { FaultKind::Malformed },
                format!("{}\u{a0}cellules", cells.len()),
                format!("{}\u{a0}cellules, comme l’en-tête", self.columns.len()),
            );
            return Ok(());
        }
        let (committee, sheet) = self.split(cells, line);
        self.follow(committee, line)?;
        // A row with the committee alone says that it has no sheet.
        if !sheet.is_empty() {
            self.engine.sheet(Node { line, value: Value::Object(sheet) });
        }
        Ok(())
    }

    /// The row's own committee: a new one closes the one before.
    fn follow(&mut self, cells: CommitteeCells, line: u64) -> Result<(), SinkFailed> {
        if let Some(current) = &self.current {
            if *current == cells {
                return Ok(());
            }
            let reference = |cells: &[(&'static str, String)]| {
                cells.iter().find(|(name, _)| *name == "reference").cloned()
            };
            if reference(current) == reference(&cells) {
                let field =
                    cells.iter().find(|cell| !current.contains(cell)).map_or("reference", |(name, _)| name);
                let path = format!("{}.{field}", self.engine.committee_path());
                self.engine.desk.fault(
                    line,
                    path,
                    FaultKind::DuplicateCommittee,
                    "une autre valeur qu’à la ligne précédente, pour la même commission",
                    "les mêmes valeurs sur toutes les lignes d’une commission",
                );
                return Ok(());
            }
        }
        self.close()?;
        self.engine.open_committee(line);
        for (name, cell) in &cells {
            let value = Value::Text(cell.clone());
            self.engine.header_field((*name).to_owned(), Node { line, value });
        }
        self.current = Some(cells);
        Ok(())
    }

    fn close(&mut self) -> Result<(), SinkFailed> {
        match self.current.take() {
            Some(_) => self.engine.close_committee(true),
            None => Ok(()),
        }
    }

    fn split(&self, cells: Vec<String>, line: u64) -> (CommitteeCells, Vec<(String, Node)>) {
        let text = |cell: &str| Node { line, value: Value::Text(cell.trim().to_owned()) };
        let mut committee = Vec::new();
        let mut sheet = Vec::new();
        let mut nested: BTreeMap<&'static str, Vec<(String, Node)>> = BTreeMap::new();
        let mut children: BTreeMap<u32, Vec<(String, Node)>> = BTreeMap::new();
        for (column, cell) in self.columns.iter().zip(cells) {
            if cell.trim().is_empty() {
                continue;
            }
            match column {
                None => {}
                Some(Column::Committee(field)) => committee.push((*field, cell.trim().to_owned())),
                Some(Column::Plain(field)) => sheet.push((field.clone(), text(&cell))),
                Some(Column::List(field)) => {
                    let items = cell.split(['|', ',']).map(text).collect();
                    let value = Value::List(items);
                    sheet.push((field.clone(), Node { line, value }));
                }
                Some(Column::Nested(object, field)) => {
                    nested.entry(object).or_default().push((field.clone(), text(&cell)));
                }
                Some(Column::Child(number, field)) => {
                    children.entry(*number).or_default().push((field.clone(), text(&cell)));
                }
            }
        }
        for (object, entries) in nested {
            let value = Value::Object(entries);
            sheet.push((object.to_owned(), Node { line, value }));
        }
        let children: Vec<Node> =
            children.into_values().map(|entries| Node { line, value: Value::Object(entries) }).collect();
        if !children.is_empty() {
            let value = Value::List(children);
            sheet.push(("children".to_owned(), Node { line, value }));
        }
        (committee, sheet)
    }
}
