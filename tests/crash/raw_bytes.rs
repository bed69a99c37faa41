//! After the purge the bytes themselves are gone: looked for in the files, not asked of the database.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query};
use parvis::identity::Machine;
use parvis::platform::Conn;
use parvis::platform::db::{Contents, Db, Location};

use crate::harness::{Kind, MERIZEAU, VALBOURG, committee};
use crate::installation::{Installation, texts_on};
use crate::processes::killed_after;

const REFERENCE: &str = "Est 2026-48";

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    bytes: Vec<u8>,
}

fn bytes(conn: &mut Conn, sql: &str) -> Vec<Vec<u8>> {
    let rows: Vec<Bytes> = sql_query(sql).load(conn).unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.into_iter().map(|row| row.bytes).collect()
}

/// Asks the keyring's own database.
fn in_keyring<T>(installation: &Installation, machine: &Machine, f: impl FnOnce(&mut Conn) -> T) -> T {
    let location = machine.settings().keyring(&installation.data()).expect("a location");
    Db::open(&location, Contents::Keyring).and_then(|db| db.read(|conn| Ok(f(conn)))).expect("a query")
}

/// The wrapped keys of the committee and of its generation; the month's key is not theirs.
const WRAPPED: &str = "SELECT wrapped AS bytes FROM keys WHERE name NOT LIKE 'month:%'";

/// Every file below a folder, with its bytes. A file that cannot be read is a fault, not an absence.
fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| {
            panic!(
                "{} cannot be read ({e}): this test reads the files of PostgreSQL, as root or as the server's own \
                 user. ./scripts/test starts a server of its own, whose files it can read.",
                folder.display()
            )
        });
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            match std::fs::read(&path) {
                Ok(bytes) => found.push((path, bytes)),
                // PostgreSQL takes old files away while one looks.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => panic!("{} cannot be read: {e}", path.display()),
            }
        }
    }
    found
}

/// The files that hold these bytes, or one half of them: a row longer than a page is cut.
fn holding<'a>(files: &'a [(PathBuf, Vec<u8>)], sought: &[u8]) -> Vec<&'a Path> {
    let ends = [&sought[..sought.len().min(48)], &sought[sought.len().saturating_sub(48)..]];
    let holds = |file: &[u8]| ends.iter().any(|part| file.windows(part.len()).any(|window| window == *part));
    files.iter().filter(|(_, file)| holds(file)).map(|(path, _)| path.as_path()).collect()
}

fn published(kind: Kind) -> Installation {
    let installation = Installation::new(kind);
    let usual = committee(REFERENCE).on("2026-11-26").sheets(VALBOURG, 12).sheets(MERIZEAU, 8);
    installation.run(&["import", &installation.file("fiches", &[usual])]).ends(0);
    installation
}

/// What the certificate says lies outside of it.
fn outside(machine: &Machine) -> String {
    let all = machine.db().read(parvis::retention::all_certificates).expect("certificates");
    let read = all.first().expect("a certificate").1.read().expect("a payload");
    read.outside.join(" ").replace('\u{a0}', " ")
}

#[test]
fn e07_after_the_purge_neither_key_nor_sealed_sheet_lies_in_any_file_of_sqlite() {
    let installation = published(Kind::Sqlite);
    // Still open while everything else works beside it: its log and its shared memory lie on the disk.
    let machine = installation.open("2026-11-23 10:32");
    let sealed = machine
        .db()
        .read(|conn| {
            Ok([
                bytes(conn, "SELECT body AS bytes FROM sheets"),
                bytes(conn, "SELECT entry AS bytes FROM sheets"),
            ])
        })
        .expect("a query")
        .concat();
    let keys = in_keyring(&installation, &machine, |conn| bytes(conn, WRAPPED));
    assert_eq!((sealed.len(), keys.len()), (40, 2));
    let before = files_below(&installation.data());
    let names: Vec<_> = before.iter().filter_map(|(path, _)| path.file_name()?.to_str()).collect();
    for name in
        ["parvis.db", "parvis.db-wal", "parvis.db-shm", "keyring.db", "keyring.db-wal", "keyring.db-shm"]
    {
        assert!(names.contains(&name), "{name} is not among the files looked at: {names:?}");
    }
    for sought in sealed.iter().chain(&keys) {
        assert!(!holding(&before, sought).is_empty(), "positive control: what is there is found");
    }
    // A purge that is killed half way, then one that ends.
    installation.at("2026-11-27 00:01");
    killed_after(installation.command(&["purge"]), std::time::Duration::from_millis(60));
    installation.run(&["purge"]);
    let machine_after = installation.open("2026-11-27 00:10");
    let report = outside(&machine_after);
    assert!(report.contains("instantanés de disque"), "{report}");
    let after = files_below(&installation.data());
    for (what, all) in [("a sealed sheet", &sealed), ("a wrapped key", &keys)] {
        for sought in all {
            assert_eq!(holding(&after, sought), Vec::<&Path>::new(), "{what} still lies there");
        }
    }
}

#[test]
fn e07_after_the_purge_no_wrapped_key_lies_in_the_files_of_postgres_and_the_certificate_says_what_may() {
    let installation = published(Kind::Postgres);
    let machine = installation.open("2026-11-23 10:32");
    let (keys, folder, table) = in_keyring(&installation, &machine, |conn| {
        let one = |conn: &mut Conn, sql: &str| texts_on(conn, sql).remove(0);
        let data = one(conn, "SELECT setting AS text FROM pg_settings WHERE name = 'data_directory'");
        let table = one(conn, "SELECT pg_relation_filepath('keys') AS text");
        (bytes(conn, WRAPPED), PathBuf::from(data), table)
    });
    // `base/OID` of the keyring's database: every table, index and left-over file of it.
    let database = folder.join(Path::new(&table).parent().expect("a folder"));
    // What is only in the server's memory yet is written out.
    in_keyring(&installation, &machine, |conn| sql_query("CHECKPOINT").execute(conn).expect("a checkpoint"));
    let before = files_below(&database);
    assert_eq!(keys.len(), 2);
    for key in &keys {
        let found = holding(&before, key);
        assert!(found.contains(&folder.join(&table).as_path()), "positive control: {found:?}");
    }
    // Somebody's transaction, in another database, that is older than the deletion and goes on: for it
    // PostgreSQL keeps what is deleted, and `VACUUM FULL` takes it along.
    let Location::Postgres(url) = machine.db().location() else { panic!("PostgreSQL") };
    let mut long = PgConnection::establish(url).expect("the server");
    long.batch_execute("BEGIN; SELECT txid_current()").expect("a transaction");
    installation.at("2026-11-27 00:01");
    installation.run(&["purge"]).ends(0);
    in_keyring(&installation, &machine, |conn| sql_query("CHECKPOINT").execute(conn).expect("a checkpoint"));
    let rewritten = in_keyring(&installation, &machine, |conn| {
        texts_on(conn, "SELECT pg_relation_filepath('keys') AS text").remove(0)
    });
    assert_ne!(rewritten, table, "the table was rewritten into another file");
    let after = files_below(&database);
    for key in &keys {
        assert_eq!(holding(&after, key), Vec::<&Path>::new(), "a wrapped key still lies there");
    }
    long.batch_execute("ROLLBACK").expect("its end");
    let outside = outside(&installation.open("2026-11-27 00:10"));
    for said in [
        "instantanés de disque",
        "Les segments de journal (WAL) archivés ou recyclés par PostgreSQL peuvent garder une clé chiffrée",
        "Les pages de la base principale peuvent garder des fiches chiffrées",
    ] {
        assert!(outside.contains(said), "« {said} » is not said: {outside}");
    }
}
