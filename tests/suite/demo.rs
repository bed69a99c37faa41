//! `parvis demo`, run as anybody runs it: one command, and the main job works.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::{Answer, Client};

/// The running demo; ends with its test.
struct Demo {
    child: Child,
    told: String,
    url: String,
}

impl Demo {
    fn start(data: &Path, at: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_parvis"))
            .env_clear()
            .args(["demo", "--at", at, "--port", &port.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary");
        let mut told = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        while !told.contains("Les codes à six chiffres") {
            assert!(out.read_line(&mut told).expect("a line") > 0, "the demo ended: {told}");
        }
        Self { child, told, url: format!("http://127.0.0.1:{port}") }
    }

    fn browser(&self) -> Client {
        Client::new(self.url.clone())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text<'a>(account: &'a Value, field: &str) -> &'a str {
    account[field].as_str().unwrap_or_default()
}

/// Signs in with what the login page itself shows: password, then the code of this moment.
fn sign_in(demo: &Demo, account: &Value) -> Client {
    let (mut client, login) = (demo.browser(), text(account, "login"));
    let page = client.visit("/connexion");
    page.has(200).says(login);
    client
        .submit("/connexion", &[("identifiant", login), ("mot_de_passe", text(account, "password"))])
        .leads_to("/connexion/code");
    let words = client.visit("/connexion/code").words();
    let (_, code) = words.split_once(&format!("le code de {login} est ")).expect("the code of this moment");
    let code: String = code.chars().take(6).collect();
    client.submit("/connexion/code", &[("code", &code)]).leads_to("/");
    client
}

#[test]
fn the_demo_goes_from_login_to_forty_sheets() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo");
    let demo = Demo::start(&data, "2026-11-23T10:00");
    let book = std::fs::read_to_string(data.join("accounts.json")).expect("accounts.json");
    let accounts: Vec<Value> = serde_json::from_str(&book).expect("JSON");
    assert!(demo.told.contains(&demo.url.replace("127.0.0.1", "localhost")), "{}", demo.told);
    for account in &accounts {
        for field in ["login", "password", "commune"] {
            assert!(demo.told.contains(text(account, field)), "{field}: {}", demo.told);
        }
    }
    for role in ["instructor", "contact", "manager", "dpo"] {
        assert!(accounts.iter().any(|account| account["role"] == role), "{role}");
    }
    assert_eq!(accounts.iter().filter(|account| account["first_login_done"] == false).count(), 1);
    demo.browser().visit("/sante").has(200);

    let mut sheets = 0;
    for account in accounts.iter().filter(|account| account["first_login_done"] == true) {
        let mut client = sign_in(&demo, account);
        let home = client.follow("/");
        home.has(200);
        match text(account, "role") {
            "manager" => {
                // Yesterday's committee: six sheets, purged, certified.
                home.says("Trois commissions à venir, rien à purger").says("6 fiches détruites, 0 restante");
                declares_the_session_of_the_day_over(&mut client, &home);
            }
            "instructor" if !text(account, "commune").contains(" et ") => {
                home.says("Trois commissions à venir").says("Dernière connexion : vendredi 20 novembre");
                home.says("1 modifiée");
                home.says(if text(account, "commune") == "Valbourg" { "1 retirée" } else { "1 nouvelle" });
                sheets += read_everything(&mut client, &home.html());
            }
            _ => {}
        }
    }
    assert_eq!(sheets, 40);
}

/// The committee of the demo's own day is there to be closed, and no other.
fn declares_the_session_of_the_day_over(client: &mut Client, home: &Answer) {
    let html = home.html();
    let links: Vec<&str> = html
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.ends_with("/seance-levee"))
        .collect();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    client.submit(link, &[]).leads_to("/gestion/commissions");
    client.visit(link).leads_to("/gestion/commissions");
    client.visit("/gestion/commissions").says("séance levée à").says("attendu le 24 novembre à 0 h");
}

/// Opens every sheet of every committee on the page, in pixels; the last one in text too.
fn read_everything(client: &mut Client, page: &str) -> usize {
    let links = |page: &str, start: &str| -> Vec<String> {
        let mut found: Vec<String> = page
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split(['"', '#']).next())
            .filter(|link| link.starts_with(start) && link.matches('/').count() == 2)
            .map(str::to_owned)
            .collect();
        found.dedup();
        found
    };
    let mut read = 0;
    for list in links(page, "/commissions/") {
        let html = client.visit(&list).has(200).html();
        for sheet in links(&html, "/fiches/") {
            client.look_at(&sheet).is_a_picture();
            read += 1;
        }
    }
    read
}

#[test]
fn a_folder_that_is_not_a_demos_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("precieux"), "intact").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_parvis"))
        .env_clear()
        .args(["demo", "--port", "0", "--data"])
        .arg(folder.path())
        .output()
        .expect("the binary");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("n’est pas un dossier de démonstration"));
    assert_eq!(std::fs::read_to_string(folder.path().join("precieux")).expect("a file"), "intact");
}

#[test]
fn a_closed_hour_asked_for_shows_the_space_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(&folder.path().join("demo"), "2026-11-28T10:00");
    let page = demo.browser().visit("/connexion");
    page.has(200).says("Fermé jusqu’à lundi 30 novembre à 8 h");
}
