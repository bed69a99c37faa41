//! `parvis import`: files in, a report out (E5).

use std::io::{BufReader, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Done, Failure, counted, open, say};
use crate::identity::Place;
use crate::page::format;
use crate::platform::Error;
use crate::sheets::import::Format;
use crate::sheets::publish;

pub(super) fn import(place: &Place, files: &[PathBuf], check: bool) -> Done {
    let machine = open(place)?;
    let mut refused = Vec::new();
    for file in files {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some(form) = Format::of_file_name(&name) else {
            refused.push(format!("{name}\u{a0}: un fichier .json ou .csv est attendu."));
            continue;
        };
        let source = std::fs::File::open(file)
            .map_err(|e| Failure::Environment(format!("{}\u{a0}: {e}", file.display())))?;
        let mut progress = progress(&name);
        let outcome = publish::publish(&machine, BufReader::new(source), &name, form, check, &mut progress);
        end_progress();
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Error::Stale) => {
                refused.push(format!(
                    "{name}\u{a0}: une de ses commissions a changé entre-temps (autre import, séance levée, purge)\u{a0}; relancez cet import."
                ));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if outcome.report.is_valid() {
            say(&told(&name, &outcome, check));
        } else {
            refused.push(format!("{name}\u{a0}: rien n’a été publié.\n{}", outcome.report.faults));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Refused(refused.join("\n\n"))) }
}

/// Counts on a terminal, five times a second; nothing where nobody looks.
fn progress(name: &str) -> impl FnMut(u64) + use<> {
    let (name, shown) = (name.to_owned(), std::io::stderr().is_terminal());
    let mut last = Instant::now();
    move |sheets| {
        if shown && last.elapsed() >= Duration::from_millis(200) {
            last = Instant::now();
            let _ = write!(std::io::stderr(), "\r{name}\u{a0}: {sheets} fiches lues…");
        }
    }
}

fn end_progress() {
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

fn told(name: &str, outcome: &publish::Outcome, check: bool) -> String {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut lines = vec![format!(
        "{name}\u{a0}: {}, {}{}",
        format::count(count(outcome.report.committees), "commission", "commissions"),
        format::count(count(outcome.report.sheets), "fiche", "fiches"),
        if check { "\u{a0}; sans faute. Rien n’a été publié (--check)." } else { "." }
    )];
    for change in &outcome.changes {
        let mut line = format!(
            "  {}\u{a0}: {}, {}, {}, {}",
            change.reference,
            counted(change.new, "nouvelle", "nouvelles"),
            counted(change.changed, "modifiée", "modifiées"),
            counted(change.unchanged, "inchangée", "inchangées"),
            counted(change.gone, "retirée", "retirées")
        );
        if change.withheld > 0 {
            let withheld = format::count(change.withheld, "toujours retenue", "toujours retenues");
            line.push_str(&format!("\u{a0}; {withheld} par le gestionnaire"));
        }
        lines.push(line);
    }
    lines.join("\n")
}
