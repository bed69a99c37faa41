//! While anything is left, nothing is certified: each time something that outlives the deletion is put
//! in the purge's way, then taken out of it.

use chrono::TimeDelta;
use diesel::{RunQueryDsl as _, sql_query};
use parvis::platform::Db;
use parvis::platform::db::Contents;
use parvis::sheets::destroy;

use crate::harness::{Kind, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e07_a_certificate_is_not_signed_while_a_sheet_is_left,
    e07_a_certificate_is_not_signed_while_a_key_is_left,
];

/// Purges with the obstacle in place, then without it: unfinished first, certified after.
fn is_certified_only_without(app: &TestApp, remove_obstacle: impl FnOnce()) {
    app.at("2026-11-27 00:05:00");
    let report = app.purge();
    assert!(report.purged.is_empty(), "{report:?}");
    assert_eq!(report.unfinished, ["Est 2026-48"]);
    assert_eq!(app.count("certificates"), 0);
    assert_eq!(app.count("committees WHERE purged_at IS NOT NULL"), 0);
    remove_obstacle();
    let report = app.purge();
    assert!(report.unfinished.is_empty(), "{report:?}");
    let payload = report.purged[0].read().expect("a certificate");
    assert_eq!((payload.sheets_before, payload.sheets_left, payload.keys_left), (8, 0, 0));
    assert_eq!((app.count("certificates"), app.count("sheets")), (1, 0));
}

fn e07_a_certificate_is_not_signed_while_a_sheet_is_left(app: TestApp) {
    app.publish_usual();
    // One sheet comes back as soon as the last portion is deleted, as from an import that is late.
    app.execute("CREATE TABLE late_generations AS SELECT * FROM generations");
    app.execute("CREATE TABLE late_sheets AS SELECT * FROM sheets WHERE position = 0 LIMIT 1");
    let comes_back = "INSERT INTO generations SELECT * FROM late_generations; \
                      INSERT INTO sheets SELECT * FROM late_sheets;";
    let when = "AFTER UPDATE OF generation_id ON committees FOR EACH ROW WHEN (NEW.generation_id IS NULL)";
    match app.kind() {
        Kind::Sqlite => app.execute(&format!("CREATE TRIGGER late {when} BEGIN {comes_back} END")),
        Kind::Postgres => {
            app.execute(&format!(
                "CREATE FUNCTION come_late() RETURNS trigger AS \
                 'BEGIN {comes_back} RETURN NEW; END' LANGUAGE plpgsql"
            ));
            app.execute(&format!("CREATE TRIGGER late {when} EXECUTE FUNCTION come_late()"))
        }
    };
    is_certified_only_without(&app, || {
        assert_eq!(app.count("sheets"), 1, "it came back");
        match app.kind() {
            Kind::Sqlite => app.execute("DROP TRIGGER late"),
            Kind::Postgres => app.execute("DROP TRIGGER late ON committees"),
        };
    });
}

fn e07_a_certificate_is_not_signed_while_a_key_is_left(app: TestApp) {
    app.publish_usual();
    let location = app.machine().settings().keyring(&app.data()).expect("a location");
    let keyring = Db::open(&location, Contents::Keyring).expect("the keyring");
    let in_keyring = |sql: &str| {
        keyring.write(|conn| Ok(sql_query(sql).execute(conn)?)).unwrap_or_else(|e| panic!("{sql}: {e}"))
    };
    match app.kind() {
        Kind::Sqlite => {
            in_keyring("CREATE TRIGGER kept BEFORE DELETE ON keys BEGIN SELECT RAISE(IGNORE); END")
        }
        Kind::Postgres => {
            in_keyring("CREATE FUNCTION keep() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql");
            in_keyring("CREATE TRIGGER kept BEFORE DELETE ON keys FOR EACH ROW EXECUTE FUNCTION keep()")
        }
    };
    is_certified_only_without(&app, || {
        assert_eq!(app.count("sheets"), 0, "the rows are gone, the keys are not");
        match app.kind() {
            Kind::Sqlite => in_keyring("DROP TRIGGER kept"),
            Kind::Postgres => in_keyring("DROP TRIGGER kept ON keys"),
        };
    });
}

/// On SQLite: a reader keeps the log of the keyring from being emptied. What stands in the way on
/// PostgreSQL, a right that is not granted, belongs to the server.
#[test]
fn e05_what_an_import_replaces_keeps_its_name_until_no_file_holds_its_key() {
    let app = TestApp::start(Kind::Sqlite);
    let usual = || committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 3);
    app.publish(&[usual()]);
    let location = app.machine().settings().keyring(&app.data()).expect("a location");
    let keyring = Db::open(&location, Contents::Keyring).expect("the keyring");
    let held = keyring.read(|conn| {
        sql_query("SELECT count(*) FROM keys").execute(conn)?;
        app.publish(&[usual().sheets(VALBOURG, 1)]);
        Ok((app.count("generations"), app.count("sheets")))
    });
    assert_eq!(held.expect("a reader"), (2, 4), "the rows are gone, the name is kept");
    app.later(TimeDelta::hours(7));
    assert_eq!(destroy::sweep_orphans(app.machine()).expect("a sweep"), 1);
    assert_eq!((app.count("generations"), app.count("sheets")), (1, 4));
}
