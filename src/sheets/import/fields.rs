//! An object of the file, read field by field: what is asked for is taken, what is left over is a
//! fault. The names asked for are the names the format knows, so no second list can drift away.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::tree::{Node, Value};
use super::values::{self, Objected, Read};
use super::{Context, Fault, FaultKind, Faults, Format, treatments};
use crate::sheets::sheet::{Cents, Hundredths, Tenths};

/// Ten million euros: above, a field was mistaken for another.
const GREATEST_AMOUNT: i64 = 1_000_000_000;

/// Where faults are laid down, and what the reading knows of the world.
pub(super) struct Desk<'a> {
    pub faults: Faults,
    pub context: &'a dyn Context,
    pub format: Format,
}

impl Desk<'_> {
    pub fn fault(
        &mut self,
        line: u64,
        field: impl Into<String>,
        kind: FaultKind,
        found: impl Into<String>,
        accepted: impl Into<String>,
    ) {
        self.faults.push(Fault {
            line,
            field: field.into(),
            found: found.into(),
            accepted: accepted.into(),
            kind,
        });
    }
}

/// The line each field of an object stands on.
pub(super) type Lines = Vec<(&'static str, u64)>;

/// An object being read.
pub(super) struct Object<'d, 'c> {
    desk: &'d mut Desk<'c>,
    path: String,
    line: u64,
    entries: Vec<(String, Node)>,
    asked: Vec<&'static str>,
    lines: Lines,
    faults_before: u64,
}

impl<'d, 'c> Object<'d, 'c> {
    /// The object at this place; a fault and nothing if it is anything else.
    pub fn open(desk: &'d mut Desk<'c>, path: String, node: Node) -> Option<Self> {
        match node.value {
            Value::Object(entries) => Some(Self {
                faults_before: desk.faults.total(),
                desk,
                path,
                line: node.line,
                entries,
                asked: Vec::new(),
                lines: Vec::new(),
            }),
            other => {
                desk.fault(node.line, path, FaultKind::WrongType, other.nature(), "un objet");
                None
            }
        }
    }

    /// Whether nothing is at fault so far.
    pub fn is_sound(&self) -> bool {
        self.desk.faults.total() == self.faults_before
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// A name from the file itself, made short and tame before it enters a path.
    fn foreign_path(&self, name: &str) -> String {
        let tame: String =
            name.chars().take(40).map(|c| if c.is_alphanumeric() || c == '_' { c } else { '?' }).collect();
        self.path_of(&tame)
    }

    pub fn fault_at(
        &mut self,
        line: u64,
        name: &str,
        kind: FaultKind,
        found: impl Into<String>,
        accepted: impl Into<String>,
    ) {
        let path = self.path_of(name);
        self.desk.fault(line, path, kind, found, accepted);
    }

    /// The names asked for so far.
    #[cfg(test)]
    pub fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// The line of a field already taken; the object's own where it was absent.
    pub fn line_of(&self, name: &str) -> u64 {
        line_in(&self.lines, name).unwrap_or(self.line)
    }

    /// Tells the fields that must be there and are not.
    pub fn require(&mut self, names: &[&'static str]) {
        for name in names {
            let given = self.entries.iter().any(|(key, node)| key == name && !node.value.is_blank());
            if !given {
                self.fault_at(self.line, name, FaultKind::Missing, "rien", "un champ renseigné");
            }
        }
    }

    /// Takes a field out, with its line; blanks count as absent.
    pub fn take(&mut self, name: &'static str) -> Option<Node> {
        self.asked.push(name);
        let at = self.entries.iter().position(|(key, _)| key == name)?;
        let (_, node) = self.entries.remove(at);
        while let Some(again) = self.entries.iter().position(|(key, _)| key == name) {
            let (_, double) = self.entries.remove(again);
            self.fault_at(
                double.line,
                name,
                FaultKind::DuplicateField,
                "le champ une seconde fois",
                "un seul exemplaire du champ",
            );
        }
        self.lines.push((name, node.line));
        (!node.value.is_blank()).then_some(node)
    }

    /// Gives a field known by another name its usual one.
    pub fn rename(&mut self, alias: &'static str, name: &'static str) {
        self.asked.push(alias);
        for (key, _) in &mut self.entries {
            if key == alias {
                name.clone_into(key);
            }
        }
    }

    /// Whether the field is there as a text.
    pub fn holds_text(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, node)| key == name && matches!(node.value, Value::Text(_)))
    }

    /// Takes a field and reads its value; a fault and nothing when it cannot be read.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        reading: impl FnOnce(&Value, &Desk<'_>) -> Read<T>,
    ) -> Option<T> {
        let node = self.take(name)?;
        let result = reading(&node.value, self.desk);
        self.settle(node.line, name, result)
    }

    fn settle<T>(&mut self, line: u64, name: &str, result: Read<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Objected { found, accepted, kind }) => {
                self.fault_at(line, name, kind, found, accepted);
                None
            }
        }
    }

    pub fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        self.read(name, |value, desk| values::text(value, longest, desk.context))
    }

    pub fn code(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |value, desk| values::code(value, desk.context))
    }

    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, |value, desk| values::flag(value, desk.format))
    }

    pub fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.read(name, |value, desk| values::date(value, desk.format, false))
    }

    /// A date that says who somebody is: not quoted in a fault.
    pub fn private_date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.read(name, |value, desk| values::date(value, desk.format, true))
    }

    pub fn moment(&mut self, name: &'static str) -> Option<NaiveDateTime> {
        self.read(name, |value, _| values::moment(value))
    }

    pub fn hour(&mut self, name: &'static str) -> Option<NaiveTime> {
        self.read(name, |value, _| values::hour(value))
    }

    pub fn commune(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |value, _| values::commune(value))
    }

    pub fn application_number(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |value, _| values::application_number(value))
    }

    /// A whole number within bounds.
    pub fn count(&mut self, name: &'static str, least: u32, most: u32) -> Option<u32> {
        self.whole(name, i64::from(least)..=i64::from(most)).and_then(|count| u32::try_from(count).ok())
    }

    /// A floor, underground ones negative.
    pub fn floor(&mut self, name: &'static str) -> Option<i32> {
        self.whole(name, -9..=99).and_then(|floor| i32::try_from(floor).ok())
    }

    fn whole(&mut self, name: &'static str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.read(name, |value, desk| values::decimal(value, desk.format, 0, bounds, "un nombre entier"))
    }

    pub fn money(&mut self, name: &'static str) -> Option<Cents> {
        self.read(name, |value, desk| {
            values::decimal(value, desk.format, 2, 0..=GREATEST_AMOUNT, "un montant en euros")
        })
        .map(Cents::new)
    }

    /// An amount that may be below zero.
    pub fn balance(&mut self, name: &'static str) -> Option<Cents> {
        let bounds = -GREATEST_AMOUNT..=GREATEST_AMOUNT;
        self.read(name, |value, desk| values::decimal(value, desk.format, 2, bounds, "un montant en euros"))
            .map(Cents::new)
    }

    pub fn rate(&mut self, name: &'static str) -> Option<Tenths> {
        self.read(name, |value, desk| values::decimal(value, desk.format, 1, 0..=100_000, "un taux en %"))
            .map(Tenths::new)
    }

    /// Square metres, or consumption units, up to `most` whole ones.
    pub fn hundredths(&mut self, name: &'static str, most: i64) -> Option<Hundredths> {
        self.read(name, |value, desk| values::decimal(value, desk.format, 2, 0..=most * 100, "un nombre"))
            .map(Hundredths::new)
    }

    /// A list, each item read by `reading`; items at fault are left out.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        longest: usize,
        mut reading: impl FnMut(&Value, &Desk<'_>) -> Read<T>,
    ) -> Vec<T> {
        let mut read = Vec::new();
        for (position, item) in self.items(name, longest).into_iter().enumerate() {
            let result = reading(&item.value, self.desk);
            read.extend(self.settle(item.line, &format!("{name}[{position}]"), result));
        }
        read
    }

    /// A list of codes.
    pub fn codes(&mut self, name: &'static str, longest: usize) -> Vec<String> {
        self.list(name, longest, |value, desk| values::code(value, desk.context))
    }

    fn items(&mut self, name: &'static str, longest: usize) -> Vec<Node> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        match node.value {
            Value::List(items) if items.len() <= longest => items,
            Value::List(items) => {
                self.fault_at(
                    node.line,
                    name,
                    FaultKind::TooLarge,
                    format!("{}\u{a0}éléments", items.len()),
                    format!("{longest}\u{a0}éléments au plus"),
                );
                Vec::new()
            }
            other => {
                self.fault_at(node.line, name, FaultKind::WrongType, other.nature(), "une liste");
                Vec::new()
            }
        }
    }

    /// A list of objects; none when the field is absent.
    pub fn objects<T>(
        &mut self,
        name: &'static str,
        longest: usize,
        mut reading: impl FnMut(&mut Object<'_, 'c>) -> T,
    ) -> Option<Vec<T>> {
        let given =
            self.entries.iter().any(|(key, node)| key == name && matches!(node.value, Value::List(_)));
        let items = self.items(name, longest);
        let mut read = Vec::with_capacity(items.len());
        for (position, item) in items.into_iter().enumerate() {
            let path = self.path_of(&format!("{name}[{position}]"));
            if let Some(mut object) = Object::open(self.desk, path, item) {
                read.push(reading(&mut object));
                object.close();
            }
        }
        given.then_some(read)
    }

    /// An object within this one.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        reading: impl FnOnce(&mut Object<'_, 'c>) -> T,
    ) -> Option<T> {
        let node = self.take(name)?;
        let path = self.path_of(name);
        let mut object = Object::open(self.desk, path, node)?;
        let value = reading(&mut object);
        object.close();
        Some(value)
    }

    /// An object whose names are codes of the file's own: each amount with its code.
    pub fn amounts(&mut self, name: &'static str) -> Vec<(String, Cents)> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        let path = self.path_of(name);
        let Some(mut object) = Object::open(self.desk, path, node) else {
            return Vec::new();
        };
        let mut amounts: Vec<(String, Cents)> = Vec::new();
        for (key, node) in std::mem::take(&mut object.entries) {
            if node.value.is_blank() {
                continue;
            }
            let code = values::code(&Value::Text(key.clone()), object.desk.context);
            let field = treatments::tame(&key);
            let code = object.settle(node.line, &field, code);
            let amount = values::decimal(
                &node.value,
                object.desk.format,
                2,
                0..=GREATEST_AMOUNT,
                "un montant en euros",
            );
            let amount = object.settle(node.line, &field, amount);
            let (Some(code), Some(amount)) = (code, amount) else {
                continue;
            };
            if amounts.iter().any(|(other, _)| *other == code) {
                object.fault_at(
                    node.line,
                    &field,
                    FaultKind::DuplicateField,
                    "le code une seconde fois",
                    "un seul montant par code",
                );
            }
            amounts.push((code, Cents::new(amount)));
        }
        amounts
    }

    /// Tells what was not asked for: forbidden fields by their reason, unknown ones with the
    /// nearest known name. Gives the lines of what was taken.
    pub fn close(mut self) -> Lines {
        for (name, node) in std::mem::take(&mut self.entries) {
            let path = self.foreign_path(&name);
            if let Some(reason) = treatments::refusal(&name) {
                self.desk.fault(
                    node.line,
                    path,
                    FaultKind::Forbidden,
                    "un champ interdit (valeur masquée)",
                    format!("une fiche sans ce champ\u{a0}: {reason}"),
                );
            } else {
                let accepted = match treatments::nearest(&name, &self.asked) {
                    Some(known) => format!("les champs du format, dont «\u{a0}{known}\u{a0}»"),
                    None => "les champs du format".to_owned(),
                };
                self.desk.fault(node.line, path, FaultKind::UnknownField, "un champ inconnu", accepted);
            }
        }
        self.lines
    }
}

/// The line of a field among those taken.
pub(super) fn line_in(lines: &Lines, name: &str) -> Option<u64> {
    lines.iter().find(|(field, _)| *field == name).map(|(_, line)| *line)
}
