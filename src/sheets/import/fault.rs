//! What is wrong in a file, in words its author can act upon.
//!
//! A fault may be printed on a terminal or shown to the manager who sent the file. It never goes to
//! a log: although the values of names, numbers and dates of birth are described and not quoted,
//! the path and the other values still speak of a person.

use std::collections::BTreeMap;
use std::fmt;

/// The nature of a fault; the summary of a file with very many of them counts by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Nothing, or nothing but blanks.
    EmptyFile,
    /// The file stops before its end.
    Truncated,
    /// Neither JSON nor CSV where it should be.
    Malformed,
    /// UTF-16, a mixture, or Windows-1252 where it is not accepted.
    Encoding,
    /// A zero byte.
    NulByte,
    /// The file, a list or a sheet is over its limit.
    TooLarge,
    /// A text or a line is over its limit.
    TooLong,
    /// Structures within structures over the limit.
    TooDeep,
    /// The reader's machine failed to give the bytes.
    Unreadable,
    /// A version of the format this program does not know.
    Version,
    UnknownField,
    /// The same field twice in one object, or two names of one field.
    DuplicateField,
    Missing,
    /// A text where a number is awaited, and the like.
    WrongType,
    /// A value outside those accepted.
    NotAccepted,
    Negative,
    /// More decimals, or a greater number, than the field has.
    OutOfRange,
    /// A number of the application that has not its 18 characters.
    Nur,
    /// A date that does not exist, or cannot be true.
    Date,
    /// `<` or `>`.
    Markup,
    ControlCharacter,
    /// A character the display cannot draw.
    MissingGlyph,
    /// What a sheet must never hold.
    Forbidden,
    /// A figure that differs from the calculation.
    Figure,
    DuplicateSheet,
    DuplicateRank,
    DuplicateCommittee,
    /// Found by the caller: the committee has been held.
    CommitteeHeld,
    /// Found by the caller: no convention in force for the commune.
    NoConvention,
    /// Found by the caller: any other reason of its own.
    Refused,
}

impl FaultKind {
    /// The nature in French, for the summary.
    pub const fn words(self) -> &'static str {
        match self {
            Self::EmptyFile => "fichier vide",
            Self::Truncated => "fichier tronqué",
            Self::Malformed => "fichier mal formé",
            Self::Encoding => "encodage",
            Self::NulByte => "octet nul",
            Self::TooLarge => "trop volumineux",
            Self::TooLong => "trop long",
            Self::TooDeep => "trop profond",
            Self::Unreadable => "lecture interrompue",
            Self::Version => "version du format",
            Self::UnknownField => "champ inconnu",
            Self::DuplicateField => "champ en double",
            Self::Missing => "champ absent",
            Self::WrongType => "nature de la valeur",
            Self::NotAccepted => "valeur non acceptée",
            Self::Negative => "montant négatif",
            Self::OutOfRange => "nombre hors limites",
            Self::Nur => "numéro unique",
            Self::Date => "date",
            Self::Markup => "balise",
            Self::ControlCharacter => "caractère de contrôle",
            Self::MissingGlyph => "caractère non affichable",
            Self::Forbidden => "donnée interdite",
            Self::Figure => "calcul",
            Self::DuplicateSheet => "fiche en double",
            Self::DuplicateRank => "rang en double",
            Self::DuplicateCommittee => "commission en double",
            Self::CommitteeHeld => "commission déjà tenue",
            Self::NoConvention => "commune sans convention",
            Self::Refused => "refus",
        }
    }
}

/// One thing to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1; 0 where it concerns the whole file.
    pub line: u64,
    /// Path of the field, such as `committees[0].sheets[3].nur`; empty for the whole file.
    pub field: String,
    /// What stands there, shortened; described rather than quoted where it tells who somebody is.
    pub found: String,
    /// What would have been accepted.
    pub accepted: String,
    pub kind: FaultKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(out, "Ligne\u{a0}{}", self.line)?;
        } else {
            write!(out, "Fichier")?;
        }
        if !self.field.is_empty() {
            write!(out, ", {}", self.field)?;
        }
        write!(
            out,
            "\u{a0}: {}. Trouvé\u{a0}: {}. Accepté\u{a0}: {}.",
            self.kind.words(),
            self.found,
            self.accepted
        )
    }
}

/// How many faults of one nature a field has, over the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultCount {
    pub kind: FaultKind,
    /// The path without its positions, such as `committees[].sheets[].nur`.
    pub field: String,
    pub count: u64,
}

impl fmt::Display for FaultCount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}, {}\u{a0}: {}",
            self.kind.words(),
            if self.field.is_empty() { "fichier" } else { &self.field },
            self.count
        )
    }
}

/// Every fault of a file: the first ones in full, in the order of the file, then counts. What it
/// holds in memory is bounded whatever the file.
#[derive(Debug, Default)]
pub struct Faults {
    listed: Vec<Fault>,
    kept: usize,
    total: u64,
    counts: BTreeMap<(String, FaultKind), u64>,
}

/// Names of unknown fields come from the file: past this many pairs they are counted together.
const COUNTED_PAIRS: usize = 500;

impl Faults {
    /// Room for `kept` faults in full.
    pub fn keeping(kept: usize) -> Self {
        Self { kept, ..Self::default() }
    }

    pub fn push(&mut self, fault: Fault) {
        self.total += 1;
        let mut pair = (without_positions(&fault.field), fault.kind);
        if self.counts.len() >= COUNTED_PAIRS && !self.counts.contains_key(&pair) {
            pair.0 = "autres champs".to_owned();
        }
        *self.counts.entry(pair).or_default() += 1;
        if self.listed.len() < self.kept {
            self.listed.push(fault);
        }
    }

    /// The first faults, in the order they were found.
    pub fn listed(&self) -> &[Fault] {
        &self.listed
    }

    /// How many there are in all, listed or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Counts over all of them, the most frequent first.
    pub fn summary(&self) -> Vec<FaultCount> {
        let mut summary: Vec<FaultCount> = self
            .counts
            .iter()
            .map(|((field, kind), count)| FaultCount { kind: *kind, field: field.clone(), count: *count })
            .collect();
        summary.sort_by_key(|entry| std::cmp::Reverse(entry.count));
        summary
    }
}

impl fmt::Display for Faults {
    /// One fault by line; past those listed, how many there are and their counts.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.listed {
            writeln!(out, "{fault}")?;
        }
        if self.total > self.listed.len() as u64 {
            writeln!(
                out,
                "{}\u{a0}anomalies en tout, dont les {}\u{a0}premières ci-dessus. Par nature et par champ\u{a0}:",
                self.total,
                self.listed.len()
            )?;
            for count in self.summary() {
                writeln!(out, "- {count}")?;
            }
        }
        Ok(())
    }
}

fn without_positions(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|character| {
            match character {
                '[' => {
                    inside = true;
                    return true;
                }
                ']' => inside = false,
                _ => {}
            }
            !inside
        })
        .collect()
}

/// A value as a fault may quote it: 40 characters, nothing a terminal would act upon.
pub(super) fn shortened(text: &str) -> String {
    let mut quoted: String = text
        .chars()
        .take(40)
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect();
    if text.chars().nth(40).is_some() {
        quoted.push('…');
    }
    format!("«\u{a0}{quoted}\u{a0}»")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u64) -> Fault {
        Fault {
            line,
            field: format!("committees[0].sheets[{line}].base_rent"),
            found: "«\u{a0}-1\u{a0}»".to_owned(),
            accepted: "un montant en euros, positif ou nul".to_owned(),
            kind: FaultKind::Negative,
        }
    }

    #[test]
    fn a_fault_says_where_what_and_what_instead() {
        assert_eq!(
            fault(12).to_string(),
            "Ligne\u{a0}12, committees[0].sheets[12].base_rent\u{a0}: montant négatif. \
             Trouvé\u{a0}: «\u{a0}-1\u{a0}». Accepté\u{a0}: un montant en euros, positif ou nul."
        );
    }

    #[test]
    fn ten_thousand_faults_are_counted_and_the_first_ones_kept() {
        let mut faults = Faults::keeping(200);
        (1..=10_000).for_each(|line| faults.push(fault(line)));
        assert_eq!(faults.listed().len(), 200);
        assert_eq!(faults.total(), 10_000);
        let summary = faults.summary();
        assert_eq!(summary.len(), 1);
        assert_eq!(summary[0].to_string(), "montant négatif, committees[].sheets[].base_rent\u{a0}: 10000");
    }

    #[test]
    fn a_quoted_value_is_short_and_tame() {
        assert_eq!(shortened("a\u{1b}[31m"), "«\u{a0}a\u{fffd}[31m\u{a0}»");
        assert_eq!(shortened(&"x".repeat(41)).chars().count(), 45);
    }
}
