//! The purge: unreadable from 00:00 whether or not it ran, then destroyed, keys first.

use chrono::TimeDelta;
use parvis::platform::keyring::KeyName;
use parvis::retention;
use parvis::sheets::destroy;

use crate::harness::{Kind, MERIZEAU, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e07_nothing_is_readable_from_midnight_even_if_the_job_has_not_run,
    e07_the_tick_of_midnight_destroys_keys_rows_and_readings,
    e07_after_days_of_downtime_everything_is_caught_up,
    e07_two_ticks_at_once_purge_once,
    e07_a_dry_run_names_what_is_due_and_changes_nothing,
    e07_a_purge_cut_off_in_the_middle_goes_on_and_counts_all,
    e07_the_files_hold_neither_key_nor_sealed_sheet_after_the_purge,
    e07_purges_that_overlap_certify_once_and_count_all,
    e07_a_purge_under_way_takes_no_sheet_until_it_has_ended,
    a_generation_that_a_crash_left_is_swept,
    a_committee_and_keys_that_a_crash_left_are_swept_and_never_certified,
];

fn keys(app: &TestApp) -> usize {
    ["generation", "committee"]
        .iter()
        .map(|kind| app.machine().keyring().names(kind).expect("keys").len())
        .sum()
}

fn e07_nothing_is_readable_from_midnight_even_if_the_job_has_not_run(app: TestApp) {
    // On a Thursday whose next day is a working day; hours are another matter, asked before.
    app.publish_usual();
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    app.at("2026-11-26 18:59:50");
    app.instructor_of(VALBOURG).look_at(&sheet).is_a_picture();
    let committee = |app: &TestApp| {
        let id = app.committee_id("Est 2026-48").parse().expect("an id");
        app.query(|conn| parvis::committees::find(conn, &id)).expect("a committee")
    };
    app.at("2026-11-26 23:59:59");
    assert!(committee(&app).is_readable(app.today()));
    app.at("2026-11-27 00:00:00");
    assert!(!committee(&app).is_readable(app.today()));
    app.at("2026-11-27 08:00:00");
    let mut camille = app.instructor_of(VALBOURG);
    assert_eq!((app.count("sheets"), keys(&app)), (8, 2), "the job has not run");
    camille.look_at(&sheet).is_the_404();
    camille.visit(&format!("{sheet}/texte")).is_the_404();
    camille.visit(&format!("/commissions/{}", app.committee_id("Est 2026-48"))).is_the_404();
    camille.visit("/commissions").has(200).says("Aucune commission à venir à Valbourg");
}

fn e07_the_tick_of_midnight_destroys_keys_rows_and_readings(app: TestApp) {
    app.publish_usual();
    app.publish(&[committee("Plus tard").on("2026-12-03").sheets(VALBOURG, 2)]);
    let sheet = app.sheets_of("Est 2026-48", VALBOURG).remove(0);
    app.instructor_of(VALBOURG).look_at(&format!("/fiches/{sheet}")).is_a_picture();
    app.at("2026-11-26 23:59:00");
    app.tick();
    assert_eq!((app.count("sheets"), app.count("readings"), keys(&app)), (10, 1, 4), "not before its time");
    app.at("2026-11-27 00:00:00");
    app.tick();
    assert_eq!((app.count("sheets"), app.count("readings"), keys(&app)), (2, 0, 2), "the other one stays");
    assert_eq!((app.count("generations"), app.count("certificates")), (1, 1));
    assert_eq!(app.count("committees WHERE purged_at IS NOT NULL AND generation_id IS NULL"), 1);
    let id = app.committee_id("Est 2026-48").parse().expect("an id");
    assert!(app.machine().keyring().get(&KeyName::Committee(id)).expect("a keyring").is_none());
}

fn e07_after_days_of_downtime_everything_is_caught_up(app: TestApp) {
    app.publish(&[
        committee("Mardi").on("2026-11-24").sheets(VALBOURG, 2),
        committee("Mercredi").on("2026-11-25").sheets(MERIZEAU, 3),
        committee("Annulée").on("2026-12-03").sheets(VALBOURG, 1),
        committee("Levée").on("2026-11-23").until("2026-11-27").sheets(VALBOURG, 1),
        committee("À venir").on("2026-12-01").sheets(VALBOURG, 4),
    ]);
    let id = app.committee_id("Levée");
    app.manager().submit(&format!("/gestion/commissions/{id}/seance-levee"), &[]).has(303);
    app.publish(&[committee("Annulée").on("2026-12-03").sheets(VALBOURG, 1).cancelled()]);
    app.later(TimeDelta::days(5));
    let started = std::time::Instant::now();
    app.tick();
    assert!(started.elapsed() < std::time::Duration::from_secs(30));
    assert_eq!(app.count("sheets"), 4);
    assert_eq!(app.count("certificates"), 4);
    app.stranger().visit("/sante").has(200);
}

fn e07_two_ticks_at_once_purge_once(app: TestApp) {
    app.publish_usual();
    app.at("2026-11-27 00:00:10");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| app.tick());
        }
    });
    assert_eq!((app.count("sheets"), app.count("certificates")), (0, 1));
    assert_eq!(app.count("job_runs WHERE job = 'purge' AND finished_at IS NOT NULL"), 1);
    // By hand beside the job: nothing is left to do.
    assert!(app.purge().purged.is_empty());
    assert_eq!(app.count("certificates"), 1);
}

fn e07_a_dry_run_names_what_is_due_and_changes_nothing(app: TestApp) {
    app.publish_usual();
    app.publish(&[committee("Plus tard").on("2026-12-03").sheets(VALBOURG, 2)]);
    app.at("2026-11-27 00:00:00");
    let due = retention::due(app.machine()).expect("a list");
    assert_eq!(due.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>(), ["Est 2026-48"]);
    assert_eq!((app.count("sheets"), keys(&app), app.count("certificates")), (10, 4, 0));
    app.purge();
    assert!(retention::due(app.machine()).expect("a list").is_empty());
}

fn e07_a_purge_cut_off_in_the_middle_goes_on_and_counts_all(app: TestApp) {
    app.publish_usual();
    let id = app.committee_id("Est 2026-48");
    let generation = app.text("SELECT generation_id AS text FROM committees WHERE generation_id IS NOT NULL");
    app.at("2026-11-27 00:00:00");
    // As a process killed after the key and three rows leaves it.
    let key = KeyName::Generation(generation.parse().expect("an id"));
    app.machine().keyring().destroy(&key).expect("a keyring");
    app.execute(&format!(
        "INSERT INTO purges (committee_id, began_at, sheets_before, sheets_deleted, keys_before) \
         VALUES ('{id}', '2026-11-26 23:00:00', 8, 3, 2)"
    ));
    app.execute("DELETE FROM sheets WHERE position < 3");
    let report = app.purge();
    let payload = report.purged[0].read().expect("a certificate");
    assert_eq!((payload.sheets_before, payload.sheets_deleted, payload.sheets_left), (8, 8, 0));
    assert_eq!((payload.keys_destroyed, payload.keys_left), (2, 0));
    assert_eq!(app.count("purges"), 0);
}

fn e07_the_files_hold_neither_key_nor_sealed_sheet_after_the_purge(app: TestApp) {
    app.publish_usual();
    let sealed: Vec<Vec<u8>> =
        column(&app, "sheets", "body").into_iter().chain(column(&app, "sheets", "entry")).collect();
    let keys: Vec<Vec<u8>> = keyring_column(&app);
    assert_eq!((sealed.len(), keys.len()), (16, 3));
    app.at("2026-11-27 00:00:00");
    let traces_key_stays = 1;
    if app.kind() == Kind::Sqlite {
        let disk = app.bytes_on_disk();
        assert!(sealed.iter().chain(&keys).all(|bytes| holds(&disk, bytes)), "positive control");
    }
    app.purge();
    assert_eq!(keyring_column(&app).len(), traces_key_stays);
    assert!(column(&app, "sheets", "body").is_empty());
    if app.kind() == Kind::Sqlite {
        let disk = app.bytes_on_disk();
        let left: Vec<bool> = sealed.iter().map(|bytes| holds(&disk, bytes)).collect();
        assert!(!left.contains(&true), "sealed sheets lie on the disk: {left:?}");
        let left = keys.iter().filter(|bytes| holds(&disk, bytes)).count();
        assert_eq!(left, traces_key_stays, "the month's key alone is left");
    }
}

fn holds(disk: &[u8], bytes: &[u8]) -> bool {
    // A row longer than a page is cut into pages: its beginning and its end are looked for.
    let ends = [&bytes[..bytes.len().min(64)], &bytes[bytes.len().saturating_sub(64)..]];
    ends.iter().any(|part| disk.windows(part.len()).any(|window| window == *part))
}

fn column(app: &TestApp, table: &str, name: &str) -> Vec<Vec<u8>> {
    app.query(|conn| Ok(binaries(conn, table, name)))
}

fn keyring_column(app: &TestApp) -> Vec<Vec<u8>> {
    app.in_keyring(|conn| Ok(binaries(conn, "keys", "wrapped")))
}

fn binaries(conn: &mut parvis::platform::Conn, table: &str, name: &str) -> Vec<Vec<u8>> {
    use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Binary)]
        bytes: Vec<u8>,
    }
    let rows: Vec<Row> =
        sql_query(format!("SELECT {name} AS bytes FROM {table}")).load(conn).expect("a column of bytes");
    rows.into_iter().map(|row| row.bytes).collect()
}

fn a_generation_that_a_crash_left_is_swept(app: TestApp) {
    app.publish_usual();
    let id = app.committee_id("Est 2026-48");
    let orphan = "01930000-0000-7000-8000-00000000000a";
    app.execute(&format!(
        "INSERT INTO generations (id, committee_id, digest, sheets, created_at) \
         VALUES ('{orphan}', '{id}', 'x', 8, '2026-11-23 09:00:00')"
    ));
    app.execute(&format!(
        "INSERT INTO sheets SELECT '{orphan}', sheet_id, committee_id, commune, dwelling_id, position, fingerprint, \
         subject, subject_month, first_published_at, changed_at, entry, body FROM sheets"
    ));
    let key = KeyName::Generation(orphan.parse().expect("an id"));
    let now = app.machine().clock().now().naive();
    app.machine().keyring().get_or_make(&key, now).expect("a key");
    // An import may still be at work: it is given hours.
    assert_eq!(destroy::sweep_orphans(app.machine()).expect("a sweep"), 0);
    app.later(TimeDelta::hours(7));
    app.tick();
    assert_eq!((app.count("generations"), app.count("sheets")), (1, 8));
    assert!(app.machine().keyring().get(&key).expect("a keyring").is_none());
    app.at("2026-11-24 10:32");
    let sheet = app.sheets_of("Est 2026-48", VALBOURG).remove(0);
    app.instructor_of(VALBOURG).look_at(&format!("/fiches/{sheet}")).is_a_picture();
}

fn e07_purges_that_overlap_certify_once_and_count_all(app: TestApp) {
    let many: Vec<_> =
        (0..6).map(|n| committee(&format!("Est 2026-{n}")).sheets(VALBOURG, 4).sheets(MERIZEAU, 2)).collect();
    app.publish(&many);
    app.at("2026-11-27 00:00:30");
    let certified = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| app.purge())).collect();
        runs.into_iter().map(|run| run.join().expect("a purge that ends").purged.len()).sum::<usize>()
    });
    assert_eq!(certified, 6, "each committee once, whoever ends it");
    let all = app.query(retention::all_certificates);
    assert_eq!(all.len(), 6);
    for (_, certificate) in all {
        let payload = certificate.read().expect("a certificate");
        assert_eq!((payload.sheets_before, payload.sheets_deleted, payload.sheets_left), (6, 6, 0));
        assert_eq!((payload.keys_destroyed, payload.keys_left), (2, 0));
    }
}

fn e07_a_purge_under_way_takes_no_sheet_until_it_has_ended(app: TestApp) {
    app.publish_usual();
    app.at("2026-11-27 00:00:30");
    // Cut off at its very first step.
    app.execute(&format!(
        "INSERT INTO purges VALUES ('{}', '2026-11-26 23:00:10', 8, 0, 2)",
        app.committee_id("Est 2026-48")
    ));
    let postponed = committee("Est 2026-48").on("2026-12-03").sheets(VALBOURG, 3);
    let bytes = crate::harness::file(&[postponed]).to_string();
    let import = || app.import(bytes.as_bytes(), parvis::sheets::import::Format::Json, false);
    let refused = import().report;
    assert!(
        refused.faults.to_string().contains("une commission dont la purge est en cours"),
        "{}",
        refused.faults
    );
    assert_eq!(app.purge().purged.len(), 1);
    assert!(import().report.is_valid());
    assert_eq!((app.count("sheets"), app.count("certificates")), (3, 1));
}

fn a_committee_and_keys_that_a_crash_left_are_swept_and_never_certified(app: TestApp) {
    app.publish_usual();
    app.execute(
        "INSERT INTO committees (id, reference, sector, held_on, ends_on, status) VALUES \
         ('01930000-0000-7000-8000-00000000000b', 'Jamais', '', '2026-11-20', '2026-11-20', 'planned')",
    );
    let now = app.machine().clock().now().naive();
    for (kind, id) in
        [("committee", "00000000000b"), ("committee", "00000000000c"), ("generation", "00000000000d")]
    {
        let id = format!("01930000-0000-7000-8000-{id}");
        let name = match kind {
            "committee" => KeyName::Committee(id.parse().expect("an id")),
            _ => KeyName::Generation(id.parse().expect("an id")),
        };
        app.machine().keyring().get_or_make(&name, now).expect("a key");
    }
    assert_eq!(keys(&app), 5);
    assert!(app.purge().purged.is_empty(), "what was never published is not certified");
    app.manager().visit("/gestion/commissions").has(200).does_not_say("Jamais");
    destroy::sweep_orphans(app.machine()).expect("a sweep");
    assert_eq!((keys(&app), app.count("committees"), app.count("sheets")), (2, 1, 8));
}
