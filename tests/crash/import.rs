//! An import killed at any point: what can be read is one file whole, the one before or the new one.

use std::time::Duration;

use parvis::identity::Machine;
use parvis::timetable;
use serde_json::json;

use crate::chance::{Chance, rounds};
use crate::harness::app::paris;
use crate::harness::{Committee, Kind, MERIZEAU, VALBOURG, committee};
use crate::installation::{Installation, Server, count, execute, texts};
use crate::oracle::{faults, is_sound};
use crate::processes::{killed_after, sheets_on};

const NOW: &str = "2026-11-23 10:32";
const REFERENCES: [&str; 2] = ["Est 2026-48", "Ouest 2026-48"];

/// Two committees whose first sheets say this rent.
fn version(rent: f64) -> Vec<Committee> {
    REFERENCES
        .iter()
        .map(|reference| {
            (0..20).fold(
                committee(reference).on("2026-11-26").sheets(VALBOURG, 90).sheets(MERIZEAU, 60),
                |committee, place| committee.with(place, "base_rent", json!(rent)),
            )
        })
        .collect()
}

/// Every published sheet of a committee, and what it says.
fn published(machine: &Machine, reference: &str) -> Vec<String> {
    texts(
        machine,
        &format!(
            "SELECT s.sheet_id || ' ' || s.fingerprint AS text FROM sheets s \
             JOIN committees c ON c.generation_id = s.generation_id \
             WHERE c.reference = '{reference}' ORDER BY s.sheet_id"
        ),
    )
}

fn all_published(machine: &Machine) -> [Vec<String>; 2] {
    REFERENCES.map(|reference| published(machine, reference))
}

fn killed_imports(kind: Kind, rounds: u64, chance: &mut Chance) {
    let installation = Installation::new(kind);
    let files = [(398.2, "a"), (412.7, "b")].map(|(rent, name)| {
        (installation.file(name, &version(rent)), format!("{rent:.2}").replace('.', ","))
    });
    let mut longest = Duration::ZERO;
    let versions = [0, 1].map(|which: usize| {
        longest = longest.max(installation.timed(&["import", &files[which].0]));
        all_published(&installation.open(NOW))
    });
    assert!(versions[0].iter().chain(&versions[1]).all(|sheets| sheets.len() == 150), "positive control");
    assert!(versions[0][0] != versions[1][0] && versions[0][1] != versions[1][1], "positive control");
    let camille = installation.reader(&installation.open(NOW), "camille.moreau", VALBOURG);

    let (mut present, mut orphans, mut at_work) = (1, 0, 0);
    for round in 0..rounds {
        // Every fourth import is the first of a committee nobody has heard of yet.
        let newcomer = (round % 4 == 3).then(|| format!("Nouvelle {round}"));
        let file = match &newcomer {
            Some(reference) => installation.file("n", &[committee(reference).sheets(VALBOURG, 150)]),
            None => files[1 - present].0.clone(),
        };
        let delay = chance.within(longest.mul_f64(1.1));
        let story = format!("round {round}, killed after {delay:?}");
        let before = count(&installation.open(NOW), "generations");
        at_work += u64::from(killed_after(installation.command(&["import", &file]), delay));
        let machine = installation.open(NOW);
        is_sound(&machine, &story);
        let now = all_published(&machine);
        match &newcomer {
            Some(reference) => {
                let sheets = published(&machine, reference).len();
                assert!(sheets == 0 || sheets == 150, "{story}: {sheets} of 150");
            }
            None if now == versions[1 - present] => present = 1 - present,
            None => {}
        }
        assert!(now == versions[present], "{story}: neither the file before nor the new one, whole");
        orphans += count(&machine, "generations").saturating_sub(before).max(0);
        if round % 4 == 0 {
            reads_as_published(&installation, machine, &camille, &files[present].1, &story);
        }
    }
    assert!(
        at_work > 0 && (orphans > 0 || rounds < 8),
        "no kill has hit an import at work: {at_work}, {orphans}"
    );
    // Six hours later the job sweeps what nobody points to, rows and keys.
    let machine = installation.open("2026-11-23 17:10");
    timetable::tick(&machine);
    let pointed = texts(
        &machine,
        "SELECT generation_id AS text FROM committees WHERE generation_id IS NOT NULL ORDER BY generation_id",
    );
    assert_eq!(texts(&machine, "SELECT id AS text FROM generations ORDER BY id"), pointed);
    assert_eq!(machine.keyring().names("generation").expect("keys"), pointed);
    assert_eq!(count(&machine, "sheets"), i64::try_from(pointed.len()).expect("few") * 150);
    is_sound(&machine, "after the sweep");
    installation.run(&["import", &files[1 - present].0]).ends(0);
    assert_eq!(all_published(&installation.open(NOW)), versions[1 - present], "the next import heals all");
    installation.run(&["traces", "verify"]).ends(0).says("La chaîne est entière");
}

/// Over HTTP: a list of its whole length, and a sheet that says what its file said.
fn reads_as_published(
    installation: &Installation,
    machine: Machine,
    who: &crate::installation::Person,
    rent: &str,
    story: &str,
) {
    let server = Server::start(machine);
    let mut client = server.signed_in(installation, who);
    for reference in REFERENCES {
        let id = texts(
            &server.machine,
            &format!("SELECT id AS text FROM committees WHERE reference = '{reference}'"),
        );
        let list = client.visit(&format!("/commissions/{}/texte", id[0]));
        assert_eq!(sheets_on(&list.has(200).html()).len(), 90, "{story}: {list}");
        let first = texts(
            &server.machine,
            &format!(
                "SELECT s.sheet_id AS text FROM sheets s JOIN committees c ON c.generation_id = s.generation_id \
                 WHERE c.reference = '{reference}' AND s.position = 0"
            ),
        );
        client.visit(&format!("/fiches/{}/texte", first[0])).has(200).says(rent);
    }
}

#[test]
fn e05_an_import_killed_at_any_point_leaves_no_half_committee_on_sqlite() {
    killed_imports(Kind::Sqlite, rounds(12), &mut Chance::of("import, SQLite"));
}

#[test]
fn e05_an_import_killed_at_any_point_leaves_no_half_committee_on_postgres() {
    killed_imports(Kind::Postgres, rounds(8), &mut Chance::of("import, PostgreSQL"));
}

#[test]
fn a_planted_half_committee_and_a_planted_stray_key_are_found() {
    let installation = Installation::new(Kind::Sqlite);
    let file = installation.file("a", &version(398.2));
    installation.run(&["import", &file]).ends(0);
    let machine = installation.open(NOW);
    is_sound(&machine, "before anything is planted");
    let found = |what: &str| {
        let faults = faults(&machine);
        assert!(faults.len() == 1 && faults[0].contains(what), "{faults:?}");
    };
    execute(&machine, "CREATE TABLE kept AS SELECT * FROM sheets WHERE position = 7");
    execute(
        &machine,
        "DELETE FROM sheets WHERE position = 7 AND commune = '99101' AND committee_id = \
                       (SELECT id FROM committees WHERE reference = 'Est 2026-48')",
    );
    found("Est 2026-48: [\"150\"] sheets announced, 149 present");
    execute(&machine, "INSERT OR IGNORE INTO sheets SELECT * FROM kept");
    is_sound(&machine, "put back");
    let stray = parvis::platform::id::GenerationId::fresh();
    let key = parvis::platform::keyring::KeyName::Generation(stray);
    machine.keyring().get_or_make(&key, paris(NOW).naive_utc()).expect("a key");
    found("which does not exist");
}
