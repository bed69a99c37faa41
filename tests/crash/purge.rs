//! A purge killed at any point, again and again: no certificate before all is gone, and the one that
//! comes in the end counts everything.

use chrono::{NaiveDate, TimeDelta};
use parvis::committees;
use parvis::identity::Machine;
use parvis::platform::keyring::KeyName;

use crate::chance::{Chance, rounds};
use crate::harness::{Kind, VALBOURG, committee};
use crate::installation::{Installation, Server, count, execute, texts};
use crate::oracle::{faults, is_sound};
use crate::processes::{Said, killed_after, parvis};

/// More than one portion of rows.
const SHEETS: usize = 520;
/// Committees of one installation whose purge is disturbed, each of its own day; the mornings after
/// them are working days.
const DAYS: u64 = 3;

fn day(number: u64) -> NaiveDate {
    "2026-11-23".parse::<NaiveDate>().expect("a day") + TimeDelta::days(i64::try_from(number).expect("few"))
}

/// What a certificate of this committee says: sheets before and deleted, keys destroyed.
fn certified(machine: &Machine, reference: &str) -> Option<(i64, i64, i64)> {
    let all = machine.db().read(parvis::retention::all_certificates).expect("certificates");
    let read = all.iter().map(|(_, certificate)| certificate.read().expect("a certificate"));
    read.into_iter()
        .find(|payload| payload.committee == reference)
        .map(|payload| (payload.sheets_before, payload.sheets_deleted, payload.keys_destroyed))
}

fn killed_purges(kind: Kind, rounds: u64, chance: &mut Chance) {
    let (mut done, mut at_work, mut in_the_middle) = (0, 0, 0);
    while done < rounds {
        let installation = Installation::new(kind);
        let all: Vec<_> = (0..=DAYS)
            .map(|number| {
                committee(&format!("Jour {number}")).on(&day(number).to_string()).sheets(VALBOURG, SHEETS)
            })
            .collect();
        let file = installation.file("tout", &all);
        installation.run(&["import", &file]).ends(0);
        let camille = installation.reader(&installation.open("2026-11-23 10:32"), "camille.moreau", VALBOURG);
        // The first one is not disturbed: it says how long a purge takes.
        installation.at("2026-11-24 00:01");
        let longest = installation.timed(&["purge"]);
        for number in 1..=DAYS {
            let reference = format!("Jour {number}");
            let morning = format!("{} 09:00", day(number + 1));
            installation.at(&format!("{} 00:01", day(number + 1)));
            let sheet = &texts(
                &installation.open(&morning),
                &format!(
                    "SELECT s.sheet_id AS text FROM sheets s JOIN committees c ON c.id = s.committee_id \
                     WHERE c.reference = '{reference}' AND s.position = 0"
                ),
            )[0];
            for kill in 0..=chance.below(3) {
                let delay = chance.within(longest);
                let story = format!("{reference}, kill {kill} after {delay:?}");
                at_work += u64::from(killed_after(installation.command(&["purge"]), delay));
                let machine = installation.open(&morning);
                is_sound(&machine, &story);
                let left = count(
                    &machine,
                    &format!(
                        "sheets s JOIN committees c ON c.id = s.committee_id \
                                                     WHERE c.reference = '{reference}'"
                    ),
                );
                assert!(left == 0 || certified(&machine, &reference).is_none(), "{story}");
                in_the_middle += u64::from(count(&machine, "purges") > 0);
                if kill == 0 {
                    let server = Server::start(machine);
                    server.signed_in(&installation, &camille).visit(&format!("/fiches/{sheet}")).is_the_404();
                }
                done += 1;
            }
            let said = installation.run(&["purge"]);
            said.ends(0);
            let machine = installation.open(&morning);
            is_sound(&machine, &reference);
            let (sheets, keys) = (i64::try_from(SHEETS).expect("few"), 2);
            assert_eq!(
                certified(&machine, &reference),
                Some((sheets, sheets, keys)),
                "{reference}: {said:?}"
            );
        }
    }
    assert!(at_work > 0 && (in_the_middle > 0 || rounds < 8), "no kill has hit a purge at work");
}

#[test]
fn e07_a_purge_killed_at_any_point_certifies_nothing_before_all_is_gone_on_sqlite() {
    killed_purges(Kind::Sqlite, rounds(10), &mut Chance::of("purge, SQLite"));
}

#[test]
fn e07_a_purge_killed_at_any_point_certifies_nothing_before_all_is_gone_on_postgres() {
    killed_purges(Kind::Postgres, rounds(8), &mut Chance::of("purge, PostgreSQL"));
}

/// By hand, by the job, by hand once more: all at the same time.
fn purges_at_once(kind: Kind) {
    let installation = Installation::new(kind);
    let all = ["A", "B", "C"].map(|reference| committee(reference).on("2026-11-24").sheets(VALBOURG, SHEETS));
    installation.run(&["import", &installation.file("tout", &all)]).ends(0);
    installation.at("2026-11-25 00:01");
    let running: Vec<_> = (0..4)
        .map(|_| {
            let mut command = installation.command(&["purge"]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().expect("the binary")
        })
        .collect();
    let said: Vec<Said> =
        running.into_iter().map(|child| Said::of(&child.wait_with_output().expect("an end"))).collect();
    // One that another has overtaken may say so; the next run has nothing left to do.
    installation.run(&["purge"]).ends(0);
    let machine = installation.open("2026-11-25 00:10");
    is_sound(&machine, &format!("{said:?}"));
    let sheets = i64::try_from(SHEETS).expect("few");
    for reference in ["A", "B", "C"] {
        assert_eq!(certified(&machine, reference), Some((sheets, sheets, 2)), "{reference}: {said:?}");
    }
}

#[test]
fn e07_purges_at_the_same_time_give_one_certificate_that_counts_all_on_sqlite() {
    purges_at_once(Kind::Sqlite);
}

#[test]
fn e07_purges_at_the_same_time_give_one_certificate_that_counts_all_on_postgres() {
    purges_at_once(Kind::Postgres);
}

#[test]
fn a_planted_lie_of_a_certificate_is_found() {
    let installation = Installation::new(Kind::Sqlite);
    let early = committee("Tôt").on("2026-11-24").sheets(VALBOURG, 2);
    let late = committee("Tard").on("2026-11-26").sheets(VALBOURG, 2);
    installation.run(&["import", &installation.file("tout", &[early, late])]).ends(0);
    installation.at("2026-11-25 00:01");
    installation.run(&["purge"]).ends(0);
    let machine = installation.open("2026-11-25 09:00");
    is_sound(&machine, "before anything is planted");
    let found = |what: &str| {
        let faults = faults(&machine);
        assert!(faults.iter().any(|fault| fault.contains(what)), "{what}: {faults:?}");
    };
    let purged = machine.db().read(|conn| committees::find_by_reference(conn, "Tôt")).expect("a query");
    let id = purged.expect("a committee").id;
    let key = KeyName::Committee(id.clone());
    machine.keyring().get_or_make(&key, machine.clock().now().naive()).expect("a key");
    found("Tôt: certified, and its committee's key is there");
    machine.keyring().destroy(&key).expect("a keyring");
    execute(&machine, &format!("UPDATE sheets SET committee_id = '{id}' WHERE position = 1"));
    found("Tôt: certified, and 1 rows of sheets are left");
    execute(
        &machine,
        &format!(
            "UPDATE sheets SET committee_id = (SELECT id FROM committees WHERE reference = 'Tard') \
                                WHERE committee_id = '{id}'"
        ),
    );
    is_sound(&machine, "put back");
    execute(&machine, "UPDATE committees SET purged_at = '2026-11-25 00:00:00' WHERE reference = 'Tard'");
    found("Tard: purged without a certificate");
    // Elsewhere, another key signs.
    let stranger = tempfile::tempdir().expect("a folder");
    let run = parvis().arg("--data").arg(stranger.path()).arg("init").output().expect("the binary");
    Said::of(&run).ends(0);
    let keys = ["signing.key", "signing.pub"];
    for name in keys {
        std::fs::copy(stranger.path().join("keys").join(name), installation.data().join("keys").join(name))
            .expect("a key");
    }
    drop(machine);
    let faults = faults(&installation.open("2026-11-25 09:00"));
    assert!(faults.iter().any(|fault| fault.contains("a certificate does not verify")), "{faults:?}");
}
