//! Every display is traced before it is shown, and the traces hold together (E9, E10).

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::platform::clock::month_of;
use parvis::platform::keyring::KeyName;
use parvis::retention;
use parvis::traces::Verdict;

use crate::harness::{Kind, MERIZEAU, TestApp, VALBOURG, both_databases, committee, log_so_far};

both_databases![
    e09_each_display_leaves_one_row_that_says_who_what_and_when,
    e09_if_the_trace_cannot_be_written_no_sheet_is_shown,
    e09_refusals_are_traced_and_a_flood_of_them_becomes_one_row_with_a_count,
    e09_strangers_are_counted_and_leave_no_row,
    e09_the_first_publication_of_a_sheet_is_traced_once,
    e09_the_same_applicant_has_one_pseudonym_a_month_and_another_the_next,
    e09_an_altered_a_removed_and_an_added_row_are_named,
    no_name_and_no_number_lies_in_clear_in_the_database_or_in_the_log,
];

fn e09_each_display_leaves_one_row_that_says_who_what_and_when(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    assert_eq!(app.count(&format!("traces WHERE kind = 'sign_in' AND actor = '{}'", account.id)), 1);
    let (id, sheet) = (app.committee_id("Est 2026-48"), app.sheets_of("Est 2026-48", VALBOURG).remove(0));
    let list = format!("/commissions/{id}");
    // What shows nothing of a sheet leaves no display.
    camille.visit("/commissions").has(200);
    camille.visit(&list).has(200);
    camille.visit(&format!("/fiches/{sheet}")).has(200);
    assert_eq!(app.count("traces WHERE display IS NOT NULL"), 0);
    for (ask, kind) in [
        (&list, "list"),
        (&format!("{list}/texte"), "list"),
        (&format!("/fiches/{sheet}"), "sheet"),
        (&format!("/fiches/{sheet}/texte"), "sheet"),
    ] {
        let before = app.count("traces");
        let shown = if ask.ends_with("texte") { camille.visit(ask) } else { camille.look_at(ask) };
        shown.has(200);
        assert_eq!(app.count("traces"), before + 1, "{ask}");
        let code = shown.attribute("data-display").or(shown.header("x-parvis-display").map(str::to_owned));
        let code = code.expect("a code");
        assert_eq!(
            app.count(&format!(
                "traces WHERE display = '{code}' AND kind = '{kind}' AND actor = '{}' AND role = 'instructor' \
                 AND commune = '{VALBOURG}' AND committee = '{id}' AND network = '127.0.0.1' \
                 AND device = 'Firefox, Windows' AND at >= '2026-11-23 09:32:00' AND at < '2026-11-23 09:33:00'",
                account.id
            )),
            1,
            "{ask}"
        );
        let of_the_sheet =
            format!("traces WHERE display = '{code}' AND sheet = '{sheet}' AND subject IS NOT NULL");
        assert_eq!(app.count(&of_the_sheet), i64::from(kind == "sheet"), "{ask}");
    }
    camille.visit(&list);
    camille.send_form(&format!("{list}/recherche"), &[("q", "varennes")]).has(200);
    assert_eq!(app.count("traces WHERE kind = 'search' AND display IS NOT NULL"), 1);
}

fn e09_if_the_trace_cannot_be_written_no_sheet_is_shown(app: TestApp) {
    let drafts = app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    let look = |camille: &mut crate::harness::Client| {
        let mut answers = vec![camille.look_at(&sheet), camille.look_at(&list)];
        answers.push(camille.visit(&format!("{sheet}/texte")));
        answers.push(camille.visit(&format!("{list}/texte")));
        camille.visit("/compte");
        answers.push(camille.send_form(&format!("{list}/recherche"), &[("q", "varennes")]));
        answers
    };
    // Positive control.
    for answer in look(&mut camille) {
        answer.has(200);
    }
    let known = app.count("traces");
    app.forbid_traces();
    for answer in look(&mut camille) {
        answer.has(503).says("Chaque affichage est enregistré avant de paraître");
        assert!(!answer.is_png(), "{answer}");
        for draft in &drafts {
            answer.does_not_say(&draft.last_name);
        }
        assert!(!answer.html().contains("sheets"), "{answer}");
    }
    assert_eq!(app.count("traces"), known);
    let health = app.stranger().visit("/sante");
    assert_eq!(health.has(503).json()["traces"], serde_json::json!(false));
    app.allow_traces();
    for answer in look(&mut camille) {
        answer.has(200);
    }
    app.stranger().visit("/sante").has(200);
    assert!(matches!(verify(&app), Verdict::Whole { .. }), "{:?}", verify(&app));
}

fn e09_refusals_are_traced_and_a_flood_of_them_becomes_one_row_with_a_count(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let foreign = app.sheets_of("Est 2026-48", MERIZEAU).remove(0);
    let refused = format!("traces WHERE kind = 'refusal' AND actor = '{}'", account.id);
    camille.visit(&format!("/fiches/{foreign}")).is_the_404();
    assert_eq!(app.count(&format!("{refused} AND reason = 'not_found' AND sheet = '{foreign}'")), 1);
    camille.visit("/gestion/commissions").has(403);
    assert_eq!(app.count(&format!("{refused} AND reason = 'role'")), 1);
    app.at("2026-11-23 10:40:00");
    for _ in 0..50 {
        camille.visit(&format!("/fiches/{foreign}")).is_the_404();
    }
    let in_the_flood = format!("{refused} AND at >= '2026-11-23 09:40:00'");
    assert_eq!(app.count(&in_the_flood), 19);
    // The minute is over: the next refusal writes what is left of it.
    app.at("2026-11-23 10:41:30");
    camille.visit(&format!("/fiches/{foreign}")).is_the_404();
    assert_eq!(app.count(&in_the_flood), 21);
    assert_eq!(app.count(&format!("{in_the_flood} AND occurrences = 31")), 1);
    assert_eq!(app.count(&format!("{in_the_flood} AND occurrences = 1")), 20);
    assert_eq!(app.count("traces WHERE display IS NOT NULL"), 0, "nothing was shown");
}

fn e09_strangers_are_counted_and_leave_no_row(app: TestApp) {
    app.at("2026-11-23 10:40:00");
    for _ in 0..30 {
        app.stranger().visit("/commissions").leads_to("/connexion");
    }
    assert_eq!(app.count("traces"), 0);
    app.at("2026-11-23 10:41:30");
    app.stranger().visit("/compte").leads_to("/connexion");
    assert_eq!(app.count("traces"), 0);
    assert_eq!(
        app.count("monthly_counters WHERE month = '2026-11' AND kind = 'anonymous_refusal' AND amount = 30"),
        1
    );
}

fn e09_the_first_publication_of_a_sheet_is_traced_once(app: TestApp) {
    let usual = committee("Est 2026-48").sheets(VALBOURG, 3);
    app.publish(std::slice::from_ref(&usual));
    let published = || app.count("traces WHERE kind = 'publication'");
    assert_eq!(published(), 3);
    let complete = "traces WHERE kind = 'publication' AND commune = '99101' AND committee IS NOT NULL \
                    AND sheet IS NOT NULL AND subject IS NOT NULL AND actor IS NULL AND display IS NULL";
    assert_eq!(app.count(complete), 3);
    app.publish(std::slice::from_ref(&usual));
    app.publish(&[usual.with(0, "base_rent", serde_json::json!(410.2))]);
    assert_eq!(published(), 3, "a change is no first publication");
    app.publish(&[committee("Est 2026-48").sheets(VALBOURG, 4)]);
    assert_eq!(published(), 4);
}

fn e09_the_same_applicant_has_one_pseudonym_a_month_and_another_the_next(app: TestApp) {
    let subjects = |reference: &str| {
        app.texts(&format!(
            "SELECT t.subject AS text FROM traces t JOIN committees c ON c.id = t.committee \
             WHERE c.reference = '{reference}' AND t.kind = 'publication'"
        ))
    };
    app.publish(&[committee("A").sheets(VALBOURG, 1), committee("B").on("2026-11-30").sheets(VALBOURG, 1)]);
    assert_eq!(subjects("A"), subjects("B"));
    app.at("2026-12-01 10:32");
    app.publish(&[committee("C").on("2026-12-03").sheets(VALBOURG, 1)]);
    assert_ne!(subjects("A"), subjects("C"));
    let december: chrono::NaiveDate = "2026-12-01".parse().expect("a day");
    for month in [month_of(december), "2026-11".to_owned()] {
        assert!(app.machine().keyring().get(&KeyName::Month(month)).expect("a keyring").is_some());
    }
}

fn verify(app: &TestApp) -> Verdict {
    retention::verify_traces(app.machine()).expect("a verdict")
}

fn e09_an_altered_a_removed_and_an_added_row_are_named(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    for sheet in app.sheets_of("Est 2026-48", VALBOURG) {
        camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
    }
    let Verdict::Whole { rows, .. } = verify(&app) else { panic!("{:?}", verify(&app)) };
    assert_eq!(i64::try_from(rows).ok(), Some(app.count("traces")));
    let batch = app.text("SELECT cast(max(batch) - 1 AS TEXT) AS text FROM traces");
    let broken_at = |found: &str| match verify(&app) {
        Verdict::Broken { batch: named, found: what, .. } => {
            assert_eq!((named.to_string(), what), (batch.clone(), what));
            assert!(what.contains(found), "{what}");
        }
        whole => panic!("{whole:?}"),
    };
    let columns = "instance, batch, place, at, kind, actor, role, session, network, device, commune, committee, \
                   sheet, subject, subject_month, display, reason, occurrences";
    app.execute(&format!("CREATE TABLE kept AS SELECT * FROM traces WHERE batch = {batch}"));
    let put_back = || {
        app.execute(&format!("DELETE FROM traces WHERE batch = {batch}"));
        app.execute(&format!("INSERT INTO traces ({columns}) SELECT {columns} FROM kept"));
        assert!(matches!(verify(&app), Verdict::Whole { .. }), "{:?}", verify(&app));
    };
    for change in [
        "sheet = 'ffffffffffffffffffffffffffffffff'",
        "actor = NULL",
        "at = '2026-11-23 09:00:00'",
        "occurrences = 2",
        "reason = ''",
        "commune = '99102'",
    ] {
        app.execute(&format!("UPDATE traces SET {change} WHERE batch = {batch}"));
        broken_at("modifiée");
        put_back();
    }
    app.execute(&format!(
        "INSERT INTO traces ({columns}) SELECT instance, batch, place + 1, at, kind, actor, role, session, network, \
         device, commune, committee, sheet, subject, subject_month, NULL, reason, occurrences FROM kept"
    ));
    broken_at("retirée ou ajoutée");
    put_back();
    app.execute(&format!("DELETE FROM traces WHERE batch = {batch}"));
    broken_at("avant leur terme");
    put_back();
    app.execute(&format!("UPDATE trace_batches SET head = 'x' WHERE batch = {batch}"));
    broken_at("illisible");
}

fn no_name_and_no_number_lies_in_clear_in_the_database_or_in_the_log(app: TestApp) {
    let drafts = app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    camille.look_at(&list).is_a_picture();
    for sheet in app.sheets_of("Est 2026-48", VALBOURG) {
        camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
        camille.visit(&format!("/fiches/{sheet}/texte")).has(200);
    }
    camille.visit(&list);
    camille.send_form(&format!("{list}/recherche"), &[("q", "varennes")]).has(200);
    app.later(TimeDelta::minutes(1));
    app.tick();
    let everything = match app.kind() {
        Kind::Sqlite => app.bytes_on_disk(),
        Kind::Postgres => everything_in_postgres(&app),
    };
    let holds = |text: &str| everything.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    // Positive controls: what lies there in clear is found, in the database and in the log.
    assert!(holds("Est 2026-48") && holds("Camille") && holds("Valbourg"));
    tracing::error!("a-marker-that-only-this-test-writes");
    let log = log_so_far();
    assert!(log.contains("a-marker-that-only-this-test-writes"));
    for draft in &drafts {
        for text in [&draft.last_name, &draft.number] {
            assert!(!holds(text), "« {text} » lies in clear");
            assert!(!log.contains(text.as_str()), "« {text} » was logged");
        }
    }
    for text in ["des Tanneurs", "1488", "398"] {
        assert!(!log.contains(&format!("\"{text}")), "« {text} » was logged");
    }
    assert!(!holds("des Tanneurs"), "an address lies in clear");
}

/// Every row of every table, as text; binary columns as their bytes.
fn everything_in_postgres(app: &TestApp) -> Vec<u8> {
    let tables = app.texts("SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'");
    let mut all = Vec::new();
    for table in tables {
        for row in app.texts(&format!("SELECT t::text AS text FROM {table} t")) {
            all.extend_from_slice(row.as_bytes());
        }
    }
    for column in ["entry", "body"] {
        for hex in app.texts(&format!("SELECT encode({column}, 'hex') AS text FROM sheets")) {
            all.extend(data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal"));
        }
    }
    all
}
