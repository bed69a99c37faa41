//! A keyring that is lost, or another installation's: nothing opens, somebody is told, and it heals.

use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use parvis::platform::Conn;
use parvis::platform::db::{Contents, Db};

use crate::harness::{Client, Kind, VALBOURG, committee};
use crate::installation::{Installation, Person, Server, texts};

const NOW: &str = "2026-11-23 10:32";

/// Published sheets, somebody to read them, and the file they came from.
fn published(kind: Kind) -> (Installation, Person, String) {
    let installation = Installation::new(kind);
    let usual = committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 6);
    let file = installation.file("fiches", &[usual]);
    installation.run(&["import", &file]).ends(0);
    let camille = installation.reader(&installation.open(NOW), "camille.moreau", VALBOURG);
    (installation, camille, file)
}

fn paths(server: &Server) -> [String; 2] {
    let sheet = texts(&server.machine, "SELECT sheet_id AS text FROM sheets WHERE position = 0").remove(0);
    let list = texts(&server.machine, "SELECT id AS text FROM committees").remove(0);
    [format!("/fiches/{sheet}"), format!("/commissions/{list}")]
}

/// Everything reads, and the health is good.
#[track_caller]
fn all_is_shown(server: &Server, client: &mut Client) {
    for path in paths(server) {
        client.look_at(&path).is_a_picture();
        client.visit(&format!("{path}/texte")).has(200).says("VARENNES");
    }
    server.client().visit("/sante").has(200);
}

/// Nothing of a sheet is shown, by any road, and the health says why.
#[track_caller]
fn nothing_is_shown(server: &Server, client: &mut Client, status: u16) {
    let token = client.csrf.clone();
    for path in paths(server) {
        let page = client.visit(&path);
        page.has(status).does_not_say("VARENNES");
        client.visit(&format!("{path}/texte")).has(status).does_not_say("VARENNES");
        client.csrf.clone_from(&token);
        let asked = serde_json::json!({"width": 320, "ratio": 1});
        let picture = client.post_json(&format!("{path}/affichage"), &asked);
        assert!(picture.has(status).html().contains("lang=\"fr\"") && !picture.is_png(), "{picture}");
    }
    let health = server.client().visit("/sante");
    assert_eq!(health.has(503).json()["keyring"], serde_json::json!(false), "{health}");
}

fn in_keyring(installation: &Installation, server: &Server, sql: &str) {
    let location = server.machine.settings().keyring(&installation.data()).expect("a location");
    let run = |conn: &mut Conn| match conn {
        Conn::Pg(c) => Ok(c.batch_execute(sql)?),
        Conn::Sqlite(c) => Ok(c.batch_execute(sql)?),
    };
    Db::open(&location, Contents::Keyring).and_then(|db| db.maintain(run)).expect("a change");
}

fn keyring_files(installation: &Installation) -> Vec<PathBuf> {
    ["keyring.db", "keyring.db-wal", "keyring.db-shm"].map(|name| installation.data().join(name)).into()
}

fn set_aside(installation: &Installation) {
    for file in keyring_files(installation) {
        if file.exists() {
            std::fs::rename(&file, file.with_extension("aside")).expect("a file");
        }
    }
}

#[test]
fn e07_without_its_keyring_sqlite_shows_nothing_and_heals_when_it_is_back_or_by_an_import() {
    let (installation, camille, file) = published(Kind::Sqlite);
    let server = Server::start(installation.open(NOW));
    all_is_shown(&server, &mut server.signed_in(&installation, &camille));
    drop(server);
    let kept = installation.beside("kept.db");
    std::fs::rename(&keyring_files(&installation)[0], &kept).expect("a keyring");
    set_aside(&installation);

    let server = Server::start(installation.open(NOW));
    let mut client = server.signed_in(&installation, &camille);
    nothing_is_shown(&server, &mut client, 404);
    installation
        .run(&["check"])
        .ends(1)
        .says("✗ trousseau : des commissions publiées n’y ont plus leur clé.");
    drop(server);

    set_aside(&installation);
    std::fs::copy(&kept, &keyring_files(&installation)[0]).expect("a keyring");
    let server = Server::start(installation.open(NOW));
    all_is_shown(&server, &mut server.signed_in(&installation, &camille));
    installation.run(&["check"]).says("✓ trousseau : à niveau");
    drop(server);

    // Lost for good: the landlord's file, unchanged, is the cure.
    set_aside(&installation);
    installation.run(&["import", &file]).ends(0);
    let server = Server::start(installation.open(NOW));
    all_is_shown(&server, &mut server.signed_in(&installation, &camille));
}

#[test]
fn e07_without_its_keyring_postgres_shows_nothing_and_heals_when_it_is_back_or_by_an_import() {
    let (installation, camille, file) = published(Kind::Postgres);
    let server = Server::start(installation.open(NOW));
    let mut client = server.signed_in(&installation, &camille);
    all_is_shown(&server, &mut client);
    // Out of reach: no table of that name.
    in_keyring(&installation, &server, "ALTER TABLE keys RENAME TO elsewhere");
    nothing_is_shown(&server, &mut client, 500);
    in_keyring(&installation, &server, "ALTER TABLE elsewhere RENAME TO keys");
    all_is_shown(&server, &mut client);
    // Empty.
    in_keyring(&installation, &server, "CREATE TABLE kept AS SELECT * FROM keys; DELETE FROM keys");
    nothing_is_shown(&server, &mut client, 404);
    in_keyring(&installation, &server, "INSERT INTO keys SELECT * FROM kept");
    all_is_shown(&server, &mut client);
    in_keyring(&installation, &server, "DELETE FROM keys");
    installation.run(&["import", &file]).ends(0);
    all_is_shown(&server, &mut client);
}

/// What every command answers to a keyring of another installation, or to any that does not open.
fn every_command_refuses(installation: &Installation, file: &str) {
    let arguments: [&[&str]; 5] =
        [&["serve"], &["import", file], &["purge"], &["account", "list"], &["traces", "verify"]];
    for arguments in arguments {
        installation.run(arguments).ends(3).says("ce trousseau n’est pas celui de cette clé maîtresse");
    }
    installation
        .run(&["check"])
        .ends(1)
        .says("✗ trousseau : ce trousseau n’est pas celui de cette clé maîtresse");
}

#[test]
fn e07_with_the_keyring_of_another_installation_sqlite_refuses_to_start_and_heals() {
    let (installation, camille, file) = published(Kind::Sqlite);
    let (other, ..) = published(Kind::Sqlite);
    let own = &keyring_files(&installation)[0];
    let kept = installation.beside("kept.db");
    std::fs::rename(own, &kept).expect("a keyring");
    set_aside(&installation);
    std::fs::copy(&keyring_files(&other)[0], own).expect("a keyring");
    every_command_refuses(&installation, &file);
    set_aside(&installation);
    std::fs::copy(&kept, own).expect("a keyring");
    let server = Server::start(installation.open(NOW));
    all_is_shown(&server, &mut server.signed_in(&installation, &camille));
}

#[test]
fn e07_with_the_keyring_of_another_installation_postgres_refuses_to_start_and_a_server_shows_nothing() {
    let (installation, camille, file) = published(Kind::Postgres);
    let server = Server::start(installation.open(NOW));
    let mut client = server.signed_in(&installation, &camille);
    all_is_shown(&server, &mut client);
    // The same names, wrapped by somebody else.
    in_keyring(
        &installation,
        &server,
        "CREATE TABLE kept AS SELECT * FROM keys; UPDATE keys SET wrapped = set_byte(wrapped, 30, 255 - get_byte(wrapped, 30))",
    );
    nothing_is_shown(&server, &mut client, 500);
    every_command_refuses(&installation, &file);
    in_keyring(&installation, &server, "DELETE FROM keys; INSERT INTO keys SELECT * FROM kept");
    all_is_shown(&server, &mut client);
}
