//! The JSON document, read as a stream: only one sheet stands in memory as it is parsed.

use std::cell::Cell;
use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::engine::{Engine, SinkFailed};
use super::guarded::{Guarded, Watch};
use super::tree::{Node, Value};
use super::{FaultKind, Format, Limits, Sink, treatments};

/// Why the parsing of a sound JSON text was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GivenUp {
    /// One object outgrew [`Limits::sheet`].
    Overgrown,
    /// Faults beyond [`Limits::all_faults`], told already.
    Hopeless,
    SinkFailed,
}

/// What every level of the parsing shares.
#[derive(Clone, Copy)]
struct Around<'x> {
    watch: &'x Watch,
    given_up: &'x Cell<Option<GivenUp>>,
    /// What the document awaits at this point, for a fault of structure.
    awaited: &'x Cell<&'static str>,
    /// Bytes one object may take in memory.
    budget: usize,
}

impl<'x> Around<'x> {
    /// An object to be held whole, of bounded size.
    fn tree(self, left: &'x Cell<usize>) -> Tree<'x> {
        left.set(self.budget);
        Tree { around: self, left }
    }

    fn stop_if_hopeless<S: Sink, E: Error>(self, engine: &mut Engine<'_, S>) -> Result<(), E> {
        if engine.is_hopeless(self.watch.line()) {
            self.given_up.set(Some(GivenUp::Hopeless));
            return Err(E::custom("too many faults"));
        }
        Ok(())
    }
}

/// Reads the whole document into the engine.
pub(super) fn read<S: Sink>(source: impl Read, engine: &mut Engine<'_, S>) {
    let guarded = Guarded::new(source, Format::Json, engine.limits);
    let watch = guarded.watch();
    let given_up = Cell::new(None);
    let awaited = Cell::new("un objet");
    let budget = engine.limits.sheet;
    let mut deserializer = serde_json::Deserializer::from_reader(guarded);
    let outcome = deserializer
        .deserialize_any(Document {
            engine: &mut *engine,
            around: Around { watch: &watch, given_up: &given_up, awaited: &awaited, budget },
        })
        .and_then(|()| deserializer.end());
    let Err(error) = outcome else { return };
    let line = watch.line();
    if let Some(kind) = watch.stop() {
        let (found, accepted) = cut_words(kind, &engine.limits);
        engine.desk.fault(line, "", kind, found, accepted);
    } else if let Some(reason) = given_up.get() {
        if reason == GivenUp::Overgrown {
            engine.desk.fault(
                line,
                engine.committee_path(),
                FaultKind::TooLarge,
                "une fiche ou un champ démesuré",
                format!("{}\u{a0}Kio au plus par fiche", engine.limits.sheet / 1024),
            );
        }
    } else if !watch.saw_content() {
        engine.desk.fault(0, "", FaultKind::EmptyFile, "aucune donnée", "un document JSON");
    } else if error.is_eof() {
        engine.desk.fault(
            line,
            "",
            FaultKind::Truncated,
            "la fin du fichier au milieu du document",
            "un document JSON complet",
        );
    } else if error.is_data() {
        engine.desk.fault(line, "", FaultKind::WrongType, "une autre structure", awaited.get());
    } else {
        engine.desk.fault(
            error.line() as u64,
            "",
            FaultKind::Malformed,
            format!("une écriture fautive près de la colonne {}", error.column()),
            "du JSON bien formé",
        );
    }
}

/// What was found and what is accepted, when the watch cut the file.
pub(super) fn cut_words(kind: FaultKind, limits: &Limits) -> (String, String) {
    let (found, accepted) = match kind {
        FaultKind::Encoding => (
            "un texte qui n’est pas de l’UTF-8 (Windows-1252 ou UTF-16\u{a0}?)".to_owned(),
            "un JSON en UTF-8, avec ou sans marque d’ordre".to_owned(),
        ),
        FaultKind::NulByte => ("un octet nul".to_owned(), "un fichier de texte, sans octet nul".to_owned()),
        FaultKind::TooLarge => (
            format!("plus de {}\u{a0}Mio", limits.bytes / (1024 * 1024)),
            format!("{}\u{a0}Mio au plus", limits.bytes / (1024 * 1024)),
        ),
        FaultKind::TooLong => (
            "un texte ou un nombre démesuré".to_owned(),
            format!("{}\u{a0}octets au plus par texte", limits.text),
        ),
        FaultKind::TooDeep => (
            format!("plus de {}\u{a0}niveaux", limits.depth),
            format!("{}\u{a0}niveaux imbriqués au plus", limits.depth),
        ),
        _ => ("une lecture interrompue".to_owned(), "un fichier lisible jusqu’au bout".to_owned()),
    };
    (found, accepted)
}

/// The root.
struct Document<'x, 'a, S: Sink> {
    engine: &'x mut Engine<'a, S>,
    around: Around<'x>,
}

impl<'de, S: Sink> Visitor<'de> for Document<'_, '_, S> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { engine, around } = self;
        let left = Cell::new(0);
        let (mut versions, mut lists) = (0, 0);
        while let Some(name) = map.next_key::<String>()? {
            let line = around.watch.line();
            let doubled = match name.as_str() {
                "version" => {
                    versions += 1;
                    let node = map.next_value_seed(around.tree(&left))?;
                    if node.value != Value::Number("1".to_owned()) {
                        engine.desk.fault(line, "version", FaultKind::Version, "une autre version", "1");
                    }
                    versions > 1
                }
                "committees" => {
                    lists += 1;
                    around.awaited.set("une liste de commissions dans «\u{a0}committees\u{a0}»");
                    map.next_value_seed(Committees { engine: &mut *engine, around })?;
                    lists > 1
                }
                _ => {
                    engine.desk.fault(
                        line,
                        treatments::tame(&name),
                        FaultKind::UnknownField,
                        "un champ inconnu",
                        "version et committees",
                    );
                    map.next_value_seed(around.tree(&left))?;
                    false
                }
            };
            if doubled {
                engine.desk.fault(
                    line,
                    name,
                    FaultKind::DuplicateField,
                    "le champ une seconde fois",
                    "un seul exemplaire du champ",
                );
            }
        }
        for (count, name) in [(versions, "version"), (lists, "committees")] {
            if count == 0 {
                let line = around.watch.line();
                engine.desk.fault(line, name, FaultKind::Missing, "rien", "un champ renseigné");
            }
        }
        Ok(())
    }
}

/// The list of committees.
struct Committees<'x, 'a, S: Sink> {
    engine: &'x mut Engine<'a, S>,
    around: Around<'x>,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Committees<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Committees<'_, '_, S> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            self.around.awaited.set("un objet pour chaque commission");
            let next = Committee { engine: &mut *self.engine, around: self.around };
            if list.next_element_seed(next)?.is_none() {
                return Ok(());
            }
            self.around.stop_if_hopeless(self.engine)?;
        }
    }
}

/// One committee: its sheets pass one by one, wherever its other fields stand.
struct Committee<'x, 'a, S: Sink> {
    engine: &'x mut Engine<'a, S>,
    around: Around<'x>,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Committee<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.engine.open_committee(self.around.watch.line());
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Committee<'_, '_, S> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { engine, around } = self;
        let left = Cell::new(0);
        let mut lists = 0;
        while let Some(name) = map.next_key::<String>()? {
            let line = around.watch.line();
            if name != "sheets" {
                let mut node = map.next_value_seed(around.tree(&left))?;
                node.line = line;
                engine.header_field(name, node);
                continue;
            }
            lists += 1;
            if lists > 1 {
                engine.desk.fault(
                    line,
                    format!("{}.sheets", engine.committee_path()),
                    FaultKind::DuplicateField,
                    "le champ une seconde fois",
                    "un seul exemplaire du champ",
                );
            }
            around.awaited.set("une liste de fiches dans «\u{a0}sheets\u{a0}»");
            map.next_value_seed(Sheets { engine: &mut *engine, around })?;
        }
        engine.close_committee(lists > 0).map_err(|SinkFailed| {
            around.given_up.set(Some(GivenUp::SinkFailed));
            A::Error::custom("the sink failed")
        })
    }
}

/// The sheets of a committee.
struct Sheets<'x, 'a, S: Sink> {
    engine: &'x mut Engine<'a, S>,
    around: Around<'x>,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Sheets<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Sheets<'_, '_, S> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let left = Cell::new(0);
        while let Some(node) = list.next_element_seed(self.around.tree(&left))? {
            self.engine.sheet(node);
            self.around.stop_if_hopeless(self.engine)?;
        }
        Ok(())
    }
}

/// Any value, with the line of each part, within a budget.
#[derive(Clone, Copy)]
struct Tree<'x> {
    around: Around<'x>,
    left: &'x Cell<usize>,
}

impl Tree<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        // What a node weighs beside its text.
        const NODE: usize = 64;
        match self.left.get().checked_sub(bytes.saturating_add(NODE)) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.around.given_up.set(Some(GivenUp::Overgrown));
                Err(E::custom("an object outgrew its budget"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let line = self.around.watch.line();
        let value = deserializer.deserialize_any(self)?;
        Ok(Node { line, value })
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Number(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Number(number.to_string()))
    }

    /// The shortest decimal that reads back as this number: « 398.2 » for 398.20, exact for any
    /// amount of a sheet.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        let digits = number.to_string();
        self.spend(digits.len())?;
        Ok(Value::Number(digits))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.spend(text.len())?;
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut entries = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            self.spend(name.len())?;
            let line = self.around.watch.line();
            let mut node = map.next_value_seed(self)?;
            node.line = line;
            entries.push((name, node));
        }
        Ok(Value::Object(entries))
    }
}
