//! Both databases hold the same tables and keep the same promises (house rules 7 and 8).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Barrier;

use chrono::TimeDelta;
use diesel::{RunQueryDsl as _, sql_query};
use parvis::platform::id::InstanceId;
use parvis::platform::{Error, jobs};

use crate::harness::{Kind, TestApp, both_databases};

both_databases![
    every_table_is_as_the_schema_says,
    the_read_door_cannot_write,
    the_write_door_keeps_all_or_nothing,
    writers_beside_each_other_lose_nothing,
    a_slot_is_taken_once_by_whoever_asks_first,
    deleting_an_account_takes_what_is_its_own_with_it,
];

/// `table.column TYPE` of `schema.rs`, with `NULL` behind what may be absent.
fn declared() -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    let mut table = "";
    for line in include_str!("../../src/platform/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix(") {").and_then(|head| head.split_once(" (")) {
            table = name;
        } else if let Some((column, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let (kind, null) = match kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>')) {
                Some(kind) => (kind, " NULL"),
                None => (kind, ""),
            };
            let kind = match kind {
                "Bool" => "BOOLEAN",
                "Binary" => "BYTEA",
                other => &other.to_uppercase(),
            };
            declared.insert(format!("{table}.{column} {kind}{null}"));
        }
    }
    declared
}

fn every_table_is_as_the_schema_says(app: TestApp) {
    let sql = match app.kind() {
        Kind::Sqlite => {
            "SELECT m.name || '.' || c.name || ' ' || c.type || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' NULL' END \
             AS text FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '%diesel%'"
        }
        Kind::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || \
             CASE data_type WHEN 'timestamp without time zone' THEN 'TIMESTAMP' ELSE upper(data_type) END || \
             CASE is_nullable WHEN 'NO' THEN '' ELSE ' NULL' END AS text FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '%diesel%'"
        }
    };
    let mut found: BTreeSet<String> = app.texts(sql).into_iter().collect();
    found.extend(app.in_keyring(|conn| {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        Ok(sql_query(sql).load::<Row>(conn)?.into_iter().map(|row| row.text).collect::<Vec<_>>())
    }));
    let declared = declared();
    assert!(
        declared.len() > 100 && declared.contains("keys.wrapped BYTEA"),
        "positive control: {declared:?}"
    );
    assert_eq!(found.difference(&declared).collect::<Vec<_>>(), Vec::<&String>::new(), "not in schema.rs");
    assert_eq!(declared.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the database");
    // An instant is a timestamp, a day is a date, wherever they stand.
    for column in &found {
        let (name, kind) = column.split_once(' ').expect("a type");
        if name.ends_with("_at") && !name.ends_with("starts_at") {
            assert!(kind.starts_with("TIMESTAMP"), "{column}");
        }
        if name.ends_with("_on") {
            assert!(kind.starts_with("DATE"), "{column}");
        }
    }
}

/// Words of each `text_enum!` of the program, by its name.
fn text_enums(folder: &Path, found: &mut BTreeMap<String, BTreeSet<String>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text_enums(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("a source");
        for block in source.split("\ntext_enum! {").skip(1) {
            let block = block.split("\n}").next().unwrap_or_default();
            let lines = || block.lines().map(str::trim).filter(|line| !line.starts_with("///"));
            let name = lines().find_map(|line| line.strip_suffix(" {")).expect("a name").to_owned();
            let words = lines().filter_map(|line| line.split_once(" = \"")?.1.split_once('"'));
            found.insert(name, words.map(|(word, _)| word.to_owned()).collect());
        }
    }
}

/// The lists `CHECK (… IN (…))` of all migrations of one database.
fn check_lists(database: &str) -> BTreeSet<BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let mut lists = BTreeSet::new();
    for entry in std::fs::read_dir(root).expect("migrations") {
        let sql = std::fs::read_to_string(entry.expect("an entry").path().join("up.sql")).expect("up.sql");
        for list in sql.split(" IN (").skip(1) {
            let list = list.split(')').next().unwrap_or_default();
            lists.insert(list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect());
        }
    }
    lists
}

#[test]
fn the_checks_of_both_databases_are_the_words_of_the_program() {
    let mut enums = BTreeMap::new();
    text_enums(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut enums);
    assert!(enums["Role"].contains("instructor") && enums.len() >= 5, "positive control: {enums:?}");
    let words: BTreeSet<BTreeSet<String>> = enums.values().cloned().collect();
    let without_type: BTreeSet<BTreeSet<String>> = [&["sheets"][..], &["person", "commune", "space"]]
        .iter()
        .map(|list| list.iter().map(ToString::to_string).collect())
        .collect();
    for database in ["sqlite", "postgres"] {
        let lists = check_lists(database);
        let unchecked: Vec<_> = words.difference(&lists).collect();
        assert!(unchecked.is_empty(), "{database}: no CHECK lists {unchecked:?}");
        for list in lists.difference(&words) {
            assert!(without_type.contains(list), "{database}: {list:?} is the list of no text_enum");
        }
    }
}

fn the_read_door_cannot_write(app: TestApp) {
    let write = "UPDATE communes SET name = 'x'";
    let refused = app.machine().db().read(|conn| Ok(sql_query(write).execute(conn)?));
    let told = refused.expect_err("a write through the read door").to_string();
    assert!(told.contains("read") && told.contains("only"), "{told}");
    if app.kind() == Kind::Sqlite {
        let lifted = app.machine().db().read(|conn| {
            sql_query("PRAGMA query_only = OFF").execute(conn)?;
            Ok(sql_query(write).execute(conn)?)
        });
        assert!(lifted.is_err(), "no pragma opens it");
    }
    assert_eq!(app.count("communes WHERE name = 'x'"), 0);
    assert_eq!(app.execute(write), 2, "positive control");
}

fn the_write_door_keeps_all_or_nothing(app: TestApp) {
    let db = app.machine().db();
    let rename = |conn: &mut parvis::platform::Conn, name: &str| {
        sql_query(format!("UPDATE communes SET name = '{name}' WHERE insee = '99101'")).execute(conn)
    };
    let told: Result<(), Error> = db.write(|conn| {
        rename(conn, "refusée")?;
        Err(Error::Stale)
    });
    assert!(matches!(told, Err(Error::Stale)));
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.write(|conn| -> parvis::platform::Result<()> {
            rename(conn, "morte")?;
            panic!("in the middle of a change")
        })
    }));
    assert!(died.is_err());
    let half: Result<(), Error> = db.write(|conn| {
        rename(conn, "à moitié")?;
        sql_query("INSERT INTO nowhere VALUES (1)").execute(conn)?;
        Ok(())
    });
    assert!(half.is_err());
    assert_eq!(app.text("SELECT name AS text FROM communes WHERE insee = '99101'"), "Valbourg");
    // Positive control, and the door still opens after a death on its step.
    db.write(|conn| Ok(rename(conn, "Valbourg-le-Neuf")?)).expect("a change");
    assert_eq!(app.text("SELECT name AS text FROM communes WHERE insee = '99101'"), "Valbourg-le-Neuf");
}

fn writers_beside_each_other_lose_nothing(app: TestApp) {
    app.execute("INSERT INTO monthly_counters VALUES ('2026-11', '', 'balance', 0)");
    let (threads, rounds) = (6, 40);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..rounds {
                    app.machine()
                        .db()
                        .write(|conn| {
                            #[derive(diesel::QueryableByName)]
                            struct Row {
                                #[diesel(sql_type = diesel::sql_types::BigInt)]
                                amount: i64,
                            }
                            let read = "SELECT amount FROM monthly_counters WHERE kind = 'balance'";
                            let row: Row = sql_query(read).get_result(conn)?;
                            std::thread::sleep(std::time::Duration::from_micros(300));
                            let next = row.amount + 1;
                            let write =
                                format!("UPDATE monthly_counters SET amount = {next} WHERE kind = 'balance'");
                            Ok(sql_query(write).execute(conn)?)
                        })
                        .expect("a change");
                }
            });
        }
    });
    let balance = format!("monthly_counters WHERE kind = 'balance' AND amount = {}", threads * rounds);
    assert_eq!(app.count(&balance), 1);
}

fn a_slot_is_taken_once_by_whoever_asks_first(app: TestApp) {
    let (db, now) = (app.machine().db(), app.machine().clock().now());
    let (threads, slots) = (4, 25);
    let barrier = Barrier::new(threads);
    let taken: usize = std::thread::scope(|scope| {
        let holders: Vec<_> = (0..threads)
            .map(|_| {
                let (barrier, holder) = (&barrier, InstanceId::fresh());
                scope.spawn(move || {
                    (0..slots)
                        .filter(|slot| {
                            barrier.wait();
                            let due_at = now.naive() + TimeDelta::minutes(*slot);
                            jobs::take(db, "purge", due_at, &holder, now).expect("an answer").is_some()
                        })
                        .count()
                })
            })
            .collect();
        holders.into_iter().map(|holder| holder.join().expect("a count")).sum()
    });
    assert_eq!(i64::try_from(taken).ok(), Some(slots));
    // Held: nobody. Its holder silent for ten minutes: one takes over. Finished: nobody, ever.
    let (due_at, one, other) = (now.naive(), InstanceId::fresh(), InstanceId::fresh());
    let take = |holder: &InstanceId| {
        jobs::take(db, "purge", due_at, holder, app.machine().clock().now()).expect("an answer")
    };
    assert!(take(&one).is_none());
    app.later(TimeDelta::minutes(11));
    let slot = take(&one).expect("taken over");
    assert!(take(&other).is_none());
    jobs::give_back(db, &slot, app.machine().clock().now()).expect("given back");
    app.later(TimeDelta::seconds(1));
    let slot = take(&other).expect("taken again");
    jobs::finish(db, &slot, "ok", app.machine().clock().now()).expect("finished");
    app.later(TimeDelta::days(1));
    assert!(take(&one).is_none());
}

fn deleting_an_account_takes_what_is_its_own_with_it(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(crate::harness::VALBOURG);
    let sheet = app.sheets_of("Est 2026-48", crate::harness::VALBOURG).remove(0);
    camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
    let own = ["sessions", "known_devices", "habilitations", "readings"];
    assert!(own.iter().all(|table| app.count(table) == 1), "positive control");
    app.execute("DELETE FROM accounts");
    assert!(own.iter().all(|table| app.count(table) == 0));
    assert!(app.count("traces") > 0, "the traces stay until their six months");
}
