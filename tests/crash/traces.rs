//! A server killed while people read: whatever was shown has its trace, and the chain holds.

use std::sync::Mutex;
use std::time::Duration;

use parvis::identity::Machine;
use reqwest::Method;
use serde_json::{Value, json};

use crate::chance::{Chance, rounds};
use crate::harness::{Client, Kind};
use crate::installation::{Installation, count, execute, texts};
use crate::oracle::faults;
use crate::processes::{Serving, sheets_on, sign_in_to_demo};

const READERS: [&str; 3] = ["camille.moreau", "yanis.ferreol", "ines.bastien"];

/// A display that was answered with 200, whole: its code and its sheet.
type Shown = (String, String);

/// Reads sheet after sheet, in pixels and in text, until the server dies.
fn read_until_the_end(mut client: Client, sheets: &[String], shown: &Mutex<Vec<Shown>>) {
    for sheet in sheets.iter().cycle() {
        let path = format!("/fiches/{sheet}");
        let token = client.csrf.clone();
        let picture = client.try_send(Method::POST, &format!("{path}/affichage"), |request| {
            request.header("X-CSRF-Token", token).json(&json!({"width": 320, "ratio": 1}))
        });
        let Ok(picture) = picture else { return };
        picture.is_a_picture();
        let code = picture.header("x-parvis-display").expect("a code").to_owned();
        shown.lock().expect("a list").push((code, sheet.clone()));
        let Ok(text) = client.try_send(Method::GET, &format!("{path}/texte"), |request| request) else {
            return;
        };
        let code = text.has(200).attribute("data-display").expect("a code");
        shown.lock().expect("a list").push((code, sheet.clone()));
    }
}

/// Those of the displays shown that have no trace.
fn lost(machine: &Machine, shown: &[Shown]) -> Vec<Shown> {
    let traced = |(code, sheet): &&Shown| {
        count(machine, &format!("traces WHERE display = '{code}' AND sheet = '{sheet}' AND kind = 'sheet'"))
            != 1
    };
    shown.iter().filter(traced).cloned().collect()
}

fn killed_servers(kind: Kind, rounds: u64, chance: &mut Chance) {
    let mut all = 0;
    for round in 0..rounds {
        let installation = Installation::bare(kind);
        let mut serving = Serving::demo(&installation);
        let book = std::fs::read_to_string(installation.data().join("accounts.json")).expect("accounts.json");
        let accounts: Value = serde_json::from_str(&book).expect("JSON");
        let shown = Mutex::new(Vec::new());
        let delay = chance.within(Duration::from_millis(900));
        let story = format!("round {round}, killed after {delay:?}");
        std::thread::scope(|scope| {
            for login in READERS {
                let mut client = sign_in_to_demo(&serving, &accounts, login);
                let list = client.follow("/").html();
                let list = list.split("\"/commissions/").nth(1).and_then(|rest| rest.split('"').next());
                let page = client.visit(&format!("/commissions/{}", list.expect("a committee")));
                let (sheets, shown) = (sheets_on(&page.has(200).html()), &shown);
                assert!(!sheets.is_empty(), "{page}");
                scope.spawn(move || read_until_the_end(client, &sheets, shown));
            }
            std::thread::sleep(delay);
            serving.kill();
        });
        let shown = shown.into_inner().expect("a list");
        all += shown.len();
        installation.run(&["traces", "verify"]).ends(0).says("La chaîne est entière");
        let machine = installation.open("2026-11-23 10:32");
        assert_eq!(lost(&machine, &shown), Vec::new(), "{story}");
        assert_eq!(faults(&machine), Vec::<String>::new(), "{story}");
        if round == 0 {
            a_planted_loss_is_found(&machine);
        }
    }
    assert!(all > 0, "nothing was shown before the kills");
}

/// The same questions, when an answered display has lost its trace.
fn a_planted_loss_is_found(machine: &Machine) {
    let Some(shown) =
        texts(machine, "SELECT display || ' ' || sheet AS text FROM traces WHERE kind = 'sheet'").pop()
    else {
        return;
    };
    let (code, sheet) = shown.split_once(' ').expect("two words");
    let shown = [(code.to_owned(), sheet.to_owned())];
    assert_eq!(lost(machine, &shown), Vec::new());
    execute(machine, &format!("DELETE FROM traces WHERE display = '{code}'"));
    assert_eq!(lost(machine, &shown), shown);
    let faults = faults(machine);
    assert!(faults.len() == 1 && faults[0].contains("the chain of traces"), "{faults:?}");
}

#[test]
fn e09_a_server_killed_at_any_point_has_traced_all_it_has_shown_on_sqlite() {
    killed_servers(Kind::Sqlite, rounds(8), &mut Chance::of("traces, SQLite"));
}

#[test]
fn e09_a_server_killed_at_any_point_has_traced_all_it_has_shown_on_postgres() {
    killed_servers(Kind::Postgres, rounds(4), &mut Chance::of("traces, PostgreSQL"));
}
