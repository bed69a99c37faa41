//! A commit whose answer is lost: the change is made, and the program does not hear of it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parvis::platform::db::Location;
use serde_json::json;

use crate::harness::{Kind, VALBOURG, committee};
use crate::installation::{Installation, count, texts};
use crate::oracle::is_sound;
use crate::processes::Said;

const NOW: &str = "2026-11-23 10:32";

/// Stands between the program and PostgreSQL, and hangs up after the commit of a transaction that said
/// `word`, before the answer. Its port, and how often it has done so.
fn lossy_way_to(server: String, word: &'static str) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let lost = Arc::new(AtomicU32::new(0));
    let losses = lost.clone();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, losses) = (client.expect("a connection"), losses.clone());
            let server = TcpStream::connect(&server).expect("the server");
            std::thread::spawn(move || relay(client, server, word, &losses));
        }
    });
    (port, lost)
}

fn relay(mut client: TcpStream, mut server: TcpStream, word: &str, losses: &AtomicU32) {
    let silent = Arc::new(AtomicU32::new(0));
    let (mut back, mut answers, is_silent) =
        (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"), silent.clone());
    std::thread::spawn(move || {
        let mut bytes = [0; 16384];
        while let Ok(n @ 1..) = answers.read(&mut bytes) {
            if is_silent.load(Ordering::SeqCst) == 1 {
                // The server has answered: what was asked is done.
                let _ = back.shutdown(Shutdown::Both);
                let _ = answers.shutdown(Shutdown::Both);
                return;
            }
            if back.write_all(&bytes[..n]).is_err() {
                return;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
    });
    let says = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|seen| seen == word.as_bytes());
    let (mut bytes, mut heard) = ([0; 65536], false);
    while let Ok(n @ 1..) = client.read(&mut bytes) {
        heard |= says(&bytes[..n], word);
        if heard && says(&bytes[..n], "COMMIT") {
            silent.store(1, Ordering::SeqCst);
            losses.fetch_add(1, Ordering::SeqCst);
        }
        if server.write_all(&bytes[..n]).is_err() {
            return;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

#[test]
fn e05_an_import_whose_last_commit_is_not_answered_destroys_nothing_that_is_published() {
    let installation = Installation::new(Kind::Postgres);
    let version = |rent: f64| {
        let all = committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 30);
        [all.with(0, "base_rent", json!(rent))]
    };
    installation.run(&["import", &installation.file("a", &version(398.2))]).ends(0);
    let machine = installation.open(NOW);
    let pointed = || texts(&machine, "SELECT generation_id AS text FROM committees").remove(0);
    let before = pointed();
    let Location::Postgres(url) = machine.db().location() else { panic!("PostgreSQL") };
    let (head, rest) = url.split_once('@').expect("a user");
    let (server, name) = rest.split_once('/').expect("a database");
    // The transaction that publishes notes the import.
    let (port, lost) = lossy_way_to(server.to_owned(), "INSERT INTO \"imports\"");
    let mut command = installation.command(&["import", &installation.file("b", &version(412.7))]);
    command.env("PARVIS__DATABASE__URL", format!("{head}@127.0.0.1:{port}/{name}"));
    let said = Said::of(&command.output().expect("the binary"));
    assert_eq!(lost.load(Ordering::SeqCst), 1, "positive control: one answer was lost: {said:?}");
    said.ends(3).says("La base de données ne répond plus").says("Relancez la commande");
    assert_ne!(pointed(), before, "positive control: it was published all the same");
    is_sound(&machine, &format!("{said:?}"));
    // What it has replaced is swept, and the same file once more changes nothing.
    installation.at("2026-11-23 17:10");
    parvis::timetable::tick(&installation.open("2026-11-23 17:10"));
    assert_eq!((count(&machine, "generations"), count(&machine, "sheets")), (1, 30));
    let again = installation.run(&["import", &installation.file("b", &version(412.7))]);
    again.ends(0).says("30 inchangées");
}
