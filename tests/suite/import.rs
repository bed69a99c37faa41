//! The landlord's file: all or nothing, told in full, without keeping readers waiting (E3, E5, E6, E8).

use std::sync::atomic::{AtomicBool, Ordering};

use parvis::sheets::import::{FaultKind, Format};
use serde_json::{Value, json};

use crate::harness::{Committee, MERIZEAU, TestApp, VALBOURG, both_databases, committee, file};

both_databases![
    each_fault_has_its_own_answer_and_what_was_published_stays_published,
    a_mark_and_windows_line_ends_do_no_harm_and_a_windows_encoding_is_named,
    ten_thousand_faults_give_a_summary,
    the_same_file_twice_changes_nothing,
    what_is_stored_in_clear_tells_nothing_to_whoever_has_the_file,
    a_check_changes_nothing,
    e05_a_managers_withdrawal_outlives_the_imports,
    e05_what_the_file_no_longer_holds_is_withdrawn_and_its_old_keys_are_destroyed,
    e07_a_committee_that_was_held_takes_no_sheet,
    e07_an_import_does_not_undo_what_was_declared_over_meanwhile,
    e07_an_import_that_midnight_overtakes_publishes_nothing,
    e08_a_postponement_moves_the_purge,
    e06_a_field_left_out_shows_that_it_is_not_shown,
    e35_a_commune_without_a_convention_in_force_receives_nothing,
    reading_goes_on_while_thousands_of_sheets_are_imported,
];

/// All that a publication can change.
fn state(app: &TestApp) -> Vec<String> {
    let mut state = Vec::new();
    for sql in [
        "SELECT reference || ' ' || status || ' ' || coalesce(generation_id, '–') AS text FROM committees \
         ORDER BY reference",
        "SELECT sheet_id || fingerprint AS text FROM sheets ORDER BY sheet_id",
        "SELECT id AS text FROM generations ORDER BY id",
        "SELECT sheet_id || kind AS text FROM withdrawals ORDER BY sheet_id",
        "SELECT id AS text FROM imports ORDER BY id",
    ] {
        state.push(app.texts(sql).join("\n"));
    }
    for kind in ["generation", "committee", "month"] {
        state.push(app.machine().keyring().names(kind).expect("a keyring").join("\n"));
    }
    state.push(app.count("traces").to_string());
    state
}

fn usual() -> Committee {
    committee("Est 2026-48").sheets(VALBOURG, 4).sheets(MERIZEAU, 2)
}

fn json_of(committees: &[Committee]) -> Vec<u8> {
    file(committees).to_string().into_bytes()
}

fn each_fault_has_its_own_answer_and_what_was_published_stays_published(app: TestApp) {
    app.publish(&[usual()]);
    let before = state(&app);
    let changed = |field: &str, value: Value| json_of(&[usual().with(1, field, value)]);
    let sound = json_of(&[usual()]);
    let without_convention = json_of(&[committee("Nord").sheets("99103", 1)]);
    let held = json_of(&[committee("Vieux").on("2026-11-20").sheets(VALBOURG, 1)]);
    let nul = String::from_utf8_lossy(&sound).replace("VARENNES", "VAREN\0NES").into_bytes();
    // A sound committee first: it must not be published beside the faulty one.
    let half = json_of(&[committee("Autre").sheets(VALBOURG, 2), usual().with(0, "base_rent", json!(-1))]);
    for (what, bytes, kind) in [
        ("a committee already held", held, FaultKind::CommitteeHeld),
        ("a commune without convention", without_convention, FaultKind::NoConvention),
        ("a number of 17 characters", changed("nur", json!("0990322004817G099")), FaultKind::Nur),
        ("a negative rent", changed("base_rent", json!(-398.20)), FaultKind::Negative),
        ("markup", changed("last_name", json!("<script>alert(1)</script>")), FaultKind::Markup),
        ("a character without glyph", changed("last_name", json!("漢字")), FaultKind::MissingGlyph),
        ("an unknown field", changed("couleur", json!("bleu")), FaultKind::UnknownField),
        ("NUL bytes", nul, FaultKind::NulByte),
        ("a truncated file", sound[..sound.len() * 2 / 3].to_vec(), FaultKind::Truncated),
        ("an empty file", Vec::new(), FaultKind::EmptyFile),
        ("no document", b"bonjour".to_vec(), FaultKind::Malformed),
        ("one faulty committee of two", half, FaultKind::Negative),
        ("the same committee twice", json_of(&[usual(), usual()]), FaultKind::DuplicateCommittee),
        ("six days", json_of(&[usual().until("2026-12-01")]), FaultKind::Date),
    ] {
        let outcome = app.import(&bytes, Format::Json, false);
        let kinds: Vec<FaultKind> = outcome.report.faults.listed().iter().map(|fault| fault.kind).collect();
        assert!(kinds.contains(&kind), "{what}: {}", outcome.report.faults);
        assert!(outcome.changes.is_empty(), "{what}");
        let told = outcome.report.faults.to_string();
        assert!(
            !told.contains("VARENNES") && !told.contains("0990322004817"),
            "{what} quotes a person: {told}"
        );
        assert_eq!(state(&app), before, "{what}");
    }
    // And readers saw nothing of it.
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/commissions").has(200).says("4 fiches");
    // Positive control: the sound file is taken, and the state moves.
    app.publish(&[usual().with(1, "base_rent", json!(400))]);
    assert_ne!(state(&app), before);
}

fn a_mark_and_windows_line_ends_do_no_harm_and_a_windows_encoding_is_named(app: TestApp) {
    let pretty = serde_json::to_string_pretty(&file(&[usual()])).expect("JSON");
    let windows_lines = format!("\u{feff}{}", pretty.replace('\n', "\r\n"));
    let outcome = app.import(windows_lines.as_bytes(), Format::Json, false);
    assert!(outcome.report.is_valid(), "{}", outcome.report.faults);
    assert_eq!(app.count("sheets"), 6);
    let before = state(&app);
    let windows: Vec<u8> = pretty.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let outcome = app.import(&windows, Format::Json, false);
    assert_eq!(outcome.report.faults.listed()[0].kind, FaultKind::Encoding, "{}", outcome.report.faults);
    assert_eq!(state(&app), before);
    // In a table the same encoding is accepted.
    let table = "reference;held_on;starts_at;status;commune_insee;nur;last_name;first_name;dwelling_ref\r\n\
                 Sud;26/11/2026;09:30;planned;99101;0990322004817G0991;VARENNES;Sol\u{e8}ne;A-1\r\n";
    let windows: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin")).collect();
    let outcome = app.import(&windows, Format::Csv, false);
    assert!(outcome.report.is_valid(), "{}", outcome.report.faults);
    let mut camille = app.instructor_of(VALBOURG);
    let sheet = app.sheets_of("Sud", VALBOURG).remove(0);
    camille.visit(&format!("/fiches/{sheet}/texte")).has(200).says("Solène VARENNES");
}

fn ten_thousand_faults_give_a_summary(app: TestApp) {
    app.publish(&[usual()]);
    let before = state(&app);
    let many: Vec<Committee> =
        (0..5).map(|n| committee(&format!("Trop {n}")).sheets(VALBOURG, 500)).collect();
    let mut faulty = file(&many);
    for committee in faulty["committees"].as_array_mut().expect("committees") {
        for sheet in committee["sheets"].as_array_mut().expect("sheets") {
            for field in ["base_rent", "charges", "ancillary_rent", "rfr_n2"] {
                sheet[field] = json!(-1);
            }
        }
    }
    let outcome = app.import(faulty.to_string().as_bytes(), Format::Json, false);
    assert!(outcome.report.faults.total() >= 10_000, "{}", outcome.report.faults.total());
    assert!(outcome.report.faults.listed().len() <= 200);
    let told = outcome.report.faults.to_string();
    assert!(told.contains("montant négatif"), "{told}");
    assert_eq!(state(&app), before);
}

fn the_same_file_twice_changes_nothing(app: TestApp) {
    app.publish(&[usual()]);
    let before = state(&app);
    let outcome = app.publish(&[usual()]);
    assert_eq!((outcome.changes[0].unchanged, outcome.changes[0].new), (6, 0));
    let mut after = state(&app);
    // The import itself is noted; nothing else moved.
    after[4].clone_from(&before[4]);
    assert_eq!(after, before);
    let outcome = app.publish(&[usual().with(0, "base_rent", json!(400))]);
    assert_eq!((outcome.changes[0].unchanged, outcome.changes[0].changed), (5, 1), "positive control");
    assert_ne!(state(&app), before);
}

fn what_is_stored_in_clear_tells_nothing_to_whoever_has_the_file(app: TestApp) {
    let other = TestApp::start(app.kind());
    for app in [&app, &other] {
        app.publish(&[usual()]);
    }
    for sql in [
        "SELECT digest AS text FROM generations",
        "SELECT sheet_id AS text FROM sheets",
        "SELECT dwelling_id AS text FROM sheets",
        "SELECT fingerprint AS text FROM sheets",
        "SELECT subject AS text FROM sheets",
    ] {
        let (here, there) = (app.texts(sql), other.texts(sql));
        assert!(!here.is_empty() && here.len() == there.len(), "{sql}");
        assert!(here.iter().all(|text| !there.contains(text)), "{sql}: the same file, the same text");
    }
    // What is the same for both is found by the same comparison.
    let communes = "SELECT commune AS text FROM sheets";
    assert!(app.texts(communes).iter().all(|text| other.texts(communes).contains(text)));
}

fn a_check_changes_nothing(app: TestApp) {
    app.publish(&[usual()]);
    let before = state(&app);
    let moved = json_of(&[usual().with(0, "base_rent", json!(400)), committee("Neuf").sheets(VALBOURG, 3)]);
    let outcome = app.import(&moved, Format::Json, true);
    assert!(outcome.report.is_valid(), "{}", outcome.report.faults);
    assert_eq!((outcome.report.committees, outcome.report.sheets), (2, 9));
    assert_eq!(state(&app), before);
    assert_eq!(app.count("committees"), 1);
    let faulty = json_of(&[usual().with(0, "base_rent", json!(-1))]);
    assert!(!app.import(&faulty, Format::Json, true).report.is_valid());
    assert_eq!(state(&app), before);
    assert!(app.import(&moved, Format::Json, false).report.is_valid());
    assert_ne!(state(&app), before, "positive control");
}

fn e05_a_managers_withdrawal_outlives_the_imports(app: TestApp) {
    app.publish(&[usual()]);
    let sheet = app.sheets_of("Est 2026-48", VALBOURG).remove(1);
    let path = format!("/fiches/{sheet}");
    let mut camille = app.instructor_of(VALBOURG);
    camille.look_at(&path).is_a_picture();
    for kind in ["manager", "hidden"] {
        app.execute(&format!(
            "INSERT INTO withdrawals SELECT sheet_id, committee_id, commune, dwelling_id, '{kind}', 'demande', \
             changed_at FROM sheets WHERE sheet_id = '{sheet}'"
        ));
        for rent in [401, 402] {
            let outcome = app.publish(&[usual().with(0, "base_rent", json!(rent))]);
            assert_eq!(outcome.changes[0].withheld, 1, "the report names it");
            camille.look_at(&path).is_the_404();
            camille.visit(&format!("{path}/texte")).is_the_404();
        }
        let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
        assert!(!camille.visit(&list).has(200).html().contains(&path));
        camille.visit(&list);
        let found = camille.send_form(&format!("{list}/recherche"), &[("q", "charrondier")]);
        assert_eq!(found.json(), json!({"sheets": []}), "a withdrawn sheet is not found either");
        // Released by the manager, it is there again.
        app.execute("DELETE FROM withdrawals");
        camille.look_at(&path).is_a_picture();
    }
}

fn e05_what_the_file_no_longer_holds_is_withdrawn_and_its_old_keys_are_destroyed(app: TestApp) {
    app.publish(&[usual()]);
    let gone = app.sheets_of("Est 2026-48", VALBOURG).remove(3);
    let keys = || app.machine().keyring().names("generation").expect("a keyring");
    let old = keys();
    assert_eq!(old.len(), 1);
    let outcome = app.publish(&[usual().without(3)]);
    assert_eq!((outcome.changes[0].gone, outcome.changes[0].unchanged), (1, 5));
    assert_eq!(keys().len(), 1);
    assert_ne!(keys(), old, "the old generation's key is destroyed");
    assert_eq!((app.count("generations"), app.count("sheets")), (1, 5));
    let mut camille = app.instructor_of(VALBOURG);
    camille.look_at(&format!("/fiches/{gone}")).is_the_404();
    // A committee the file does not name stays as it is.
    app.publish(&[committee("Autre").sheets(VALBOURG, 1)]);
    assert_eq!(app.count("sheets"), 6);
}

fn e07_a_committee_that_was_held_takes_no_sheet(app: TestApp) {
    app.publish(&[usual()]);
    let refused = |app: &TestApp| {
        let outcome = app.import(&json_of(&[usual().with(0, "base_rent", json!(400))]), Format::Json, false);
        outcome.report.faults.listed().iter().any(|fault| fault.kind == FaultKind::CommitteeHeld)
    };
    app.at("2026-11-26 10:32");
    let mut theo = app.manager();
    let over = format!("/gestion/commissions/{}/seance-levee", app.committee_id("Est 2026-48"));
    theo.submit(&over, &[]).has(303);
    assert!(refused(&app), "declared over this morning");
    app.at("2026-11-27 10:32");
    assert!(refused(&app), "held yesterday");
    app.purge();
    assert!(refused(&app), "held and purged");
    assert_eq!(app.count("sheets"), 0);
    // A postponement learnt after the purge is a new publication.
    app.publish(&[usual().on("2026-12-03")]);
    assert_eq!(app.sheets_of("Est 2026-48", VALBOURG).len(), 4);
}

/// Publishes while something happens: after the first sheet is read, before anything is pointed at.
fn publish_while(
    app: &TestApp,
    committees: &[Committee],
    happens: impl Fn(),
) -> parvis::platform::Result<bool> {
    let bytes = json_of(committees);
    let happened = std::cell::Cell::new(false);
    let mut progress = |_: u64| {
        if !happened.replace(true) {
            happens();
        }
    };
    let (machine, form) = (app.machine(), Format::Json);
    let outcome =
        parvis::sheets::publish::publish(machine, bytes.as_slice(), "fichier", form, false, &mut progress)?;
    assert!(happened.get());
    Ok(outcome.report.is_valid())
}

fn e07_an_import_does_not_undo_what_was_declared_over_meanwhile(app: TestApp) {
    app.publish(&[usual()]);
    app.at("2026-11-26 10:00");
    let before = state(&app);
    let changed = usual().with(0, "base_rent", json!(512.4));
    let id = app.committee_id("Est 2026-48").parse().expect("an id");
    let stopped = publish_while(&app, &[changed], || {
        let now = app.machine().clock().now();
        let over = app.machine().db().write(|conn| parvis::committees::adjourn(conn, &id, "Théo", now));
        assert!(over.expect("a database"), "séance levée");
    });
    assert!(matches!(stopped, Err(parvis::platform::Error::Stale)), "{stopped:?}");
    assert_eq!(state(&app), before);
    assert_eq!(app.count("committees WHERE adjourned_at IS NOT NULL"), 1, "it stays declared over");
    let sheet = app.sheets_of("Est 2026-48", VALBOURG).remove(0);
    app.instructor_of(VALBOURG).visit(&format!("/fiches/{sheet}")).is_the_404();
    // Positive control: the same road, when nothing happens.
    let another = committee("Ouest 2026-48").on("2026-12-03").sheets(VALBOURG, 2);
    assert!(publish_while(&app, &[another], || ()).expect("a publication"));
}

fn e07_an_import_that_midnight_overtakes_publishes_nothing(app: TestApp) {
    app.at("2026-11-26 23:59:50");
    let before = state(&app);
    let stopped = publish_while(&app, &[usual()], || app.at("2026-11-27 00:00:01"));
    assert!(matches!(stopped, Err(parvis::platform::Error::Stale)), "{stopped:?}");
    app.execute("DELETE FROM traces");
    let mut after = state(&app);
    // The key of the month was made on the way, and stays: it names nobody.
    let months = after.len() - 2;
    assert!(after[months].contains("2026-11"));
    after[months].clear();
    assert_eq!(after, before);
}

fn e08_a_postponement_moves_the_purge(app: TestApp) {
    app.publish(&[usual()]);
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    app.publish(&[usual().on("2026-12-01").until("2026-12-02")]);
    app.at("2026-11-27 10:32");
    assert!(app.purge().purged.is_empty());
    app.instructor_of(VALBOURG).look_at(&sheet).is_a_picture();
    app.at("2026-12-02 10:32");
    app.instructor_of(VALBOURG).look_at(&sheet).is_a_picture();
    app.at("2026-12-03 00:00");
    assert_eq!(app.purge().purged.len(), 1);
}

fn e06_a_field_left_out_shows_that_it_is_not_shown(app: TestApp) {
    app.publish(&[usual().with(0, "rfr_n2", Value::Null).with(1, "current_housing_modes", json!(["SH"]))]);
    let mut camille = app.instructor_of(VALBOURG);
    let shown = |camille: &mut crate::harness::Client, place: usize| {
        let sheet = &app.sheets_of("Est 2026-48", VALBOURG)[place];
        camille.visit(&format!("/fiches/{sheet}/texte")).has(200).words()
    };
    let count = |words: &str| words.matches("information non affichée").count();
    let [left_out, masked, whole] = [0, 1, 2].map(|place| shown(&mut camille, place));
    assert_eq!(count(&left_out), count(&whole) + 1, "{left_out}");
    assert_eq!(count(&masked), count(&whole) + 1, "{masked}");
}

fn e35_a_commune_without_a_convention_in_force_receives_nothing(app: TestApp) {
    for (change, accepted) in [
        ("UPDATE conventions SET terminated_on = '2026-11-23' WHERE commune = '99102'", false),
        (
            "UPDATE conventions SET terminated_on = NULL, in_force_from = '2026-11-24' WHERE commune = '99102'",
            false,
        ),
        ("UPDATE conventions SET in_force_from = '2026-11-23' WHERE commune = '99102'", true),
    ] {
        app.execute(change);
        let outcome = app.import(&json_of(&[usual()]), Format::Json, false);
        assert_eq!(outcome.report.is_valid(), accepted, "{change}: {}", outcome.report.faults);
        assert_eq!(app.count("sheets") > 0, accepted, "all or nothing: {change}");
    }
}

fn reading_goes_on_while_thousands_of_sheets_are_imported(app: TestApp) {
    app.publish(&[usual()]);
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    let many: Vec<Committee> =
        (0..4).map(|n| committee(&format!("Grande {n}")).sheets(VALBOURG, 500)).collect();
    let bytes = json_of(&many);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let mut camille = app.instructor_of(VALBOURG);
                let (sheets, over) = (&sheets, &over);
                scope.spawn(move || {
                    let mut displays = 0;
                    while !over.load(Ordering::Relaxed) || displays < 5 {
                        let sheet = &sheets[displays % sheets.len()];
                        camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
                        displays += 1;
                    }
                    displays
                })
            })
            .collect();
        let outcome = app.import(&bytes, Format::Json, false);
        over.store(true, Ordering::Relaxed);
        assert!(outcome.report.is_valid(), "{}", outcome.report.faults);
        for reader in readers {
            assert!(reader.join().expect("every display answered") >= 5);
        }
    });
    assert_eq!(app.count("sheets"), 2_006);
    assert_eq!(app.count("traces WHERE kind = 'publication'"), 2_006);
    app.instructor_of(VALBOURG).visit("/commissions").has(200).says("Cinq commissions à venir");
}
