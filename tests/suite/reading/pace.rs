//! An automaton's pace is slowed, then refused; comparing and going back and forth never are (E25).

use parvis::identity::Role;
use parvis::platform::id::{SheetId, SubjectId};
use parvis::traces::{Author, DisplayId, Entry, Kind, Subject};

use crate::harness::{Account, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e25_three_hundred_different_sheets_in_ten_minutes_are_refused_and_told_until_when,
    e25_displays_asked_for_at_the_same_time_are_counted_too,
    e25_candidates_that_were_compared_count_like_those_that_were_opened,
    e25_going_back_and_forth_between_five_sheets_is_never_slowed,
];

/// Traces of displays, written by the program's own writer: sheet number `n` for each `n`.
fn displayed(app: &TestApp, account: &Account, sheets: impl Iterator<Item = usize>) {
    let now = app.machine().clock().now();
    let entries = sheets.map(|n| {
        let mut entry = Entry::new(Kind::Sheet, author(account), now);
        entry.sheet = Some(sheet(n));
        entry
    });
    app.machine().traces().record_all(entries).expect("written");
}

fn author(account: &Account) -> Author {
    Author { account: Some(account.id.parse().expect("an id")), ..Author::default() }
}

fn sheet(n: usize) -> SheetId {
    let mut digest = [0_u8; 32];
    digest[..8].copy_from_slice(&n.to_be_bytes());
    SheetId::from_digest(&digest)
}

fn e25_three_hundred_different_sheets_in_ten_minutes_are_refused_and_told_until_when(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    let path = |n: usize| format!("/fiches/{}", sheets[n]);
    displayed(&app, &account, 0..299);
    camille.look_at(&path(0)).is_a_picture();
    let refused = camille.visit(&path(1));
    refused.has(429).says("La lecture reprend à 10 h 42");
    camille.visit(&format!("{}/texte", path(1))).has(429);
    assert_eq!(app.count("traces WHERE kind = 'refusal' AND reason = 'pace'"), 2);
    // What is on the screen may stay there, lists and searches go on.
    camille.look_at(&format!("/commissions/{}", app.committee_id("Est 2026-48"))).is_a_picture();
    // A colleague is not concerned, and ten minutes later it is over.
    app.instructor_of(VALBOURG).look_at(&path(1)).is_a_picture();
    app.at("2026-11-23 10:43");
    camille.look_at(&path(1)).is_a_picture();
}

fn e25_displays_asked_for_at_the_same_time_are_counted_too(app: TestApp) {
    app.publish(&[committee("Grande 2026-48").sheets(VALBOURG, 40)]);
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    displayed(&app, &account, 0..290);
    let sheets = app.sheets_of("Grande 2026-48", VALBOURG);
    // One page's token for all: a script needs no more.
    camille.visit("/commissions").has(200);
    let shown: usize = std::thread::scope(|scope| {
        let asked: Vec<_> = sheets
            .iter()
            .map(|sheet| {
                let mut tab = camille.clone();
                scope.spawn(move || {
                    let size = serde_json::json!({"width": 320, "ratio": 1});
                    usize::from(tab.post_json(&format!("/fiches/{sheet}/affichage"), &size).is_png())
                })
            })
            .collect();
        asked.into_iter().map(|one| one.join().expect("an answer")).sum()
    });
    assert!(shown <= 10, "{shown} sheets beyond the pace");
}

fn e25_candidates_that_were_compared_count_like_those_that_were_opened(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let dwelling = app.texts("SELECT dwelling_id AS text FROM sheets WHERE commune = '99101'").remove(0);
    let dwelling = format!("/commissions/{}/comparer/{dwelling}", app.committee_id("Est 2026-48"));
    let compared = |from: usize| {
        let mut entry = Entry::new(Kind::Comparison, author(&account), app.machine().clock().now());
        let subject = Subject { id: SubjectId::from_digest(&[5; 32]), month: "2026-11".to_owned() };
        entry.display = Some(DisplayId::fresh().expect("a code"));
        entry.compared = (from..from + 100).map(|n| (sheet(n), subject.clone())).collect();
        app.machine().traces().record_all([entry]).expect("written");
    };
    compared(0);
    compared(0);
    compared(0);
    camille.look_at(&dwelling).is_a_picture();
    compared(100);
    compared(200);
    camille.visit(&dwelling).has(429).says("La lecture reprend à 10 h 42");
    camille.visit(&format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[4])).has(429);
}

fn e25_going_back_and_forth_between_five_sheets_is_never_slowed(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    // Over HTTP for the gate's own answer, through the writer for the thousand.
    for _ in 0..4 {
        for sheet in &sheets {
            camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
            camille.visit(&format!("/fiches/{sheet}/texte")).has(200);
        }
    }
    displayed(&app, &account, (0..1000).map(|n| n % 5));
    let displays = app.count("traces WHERE kind = 'sheet'");
    assert_eq!(displays, 1040);
    let began = std::time::Instant::now();
    for sheet in &sheets {
        camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(8), "slowed: {:?}", began.elapsed());
    assert_eq!(app.count("traces WHERE kind = 'refusal'"), 0);
}
