//! The pictures of the documentation, from a running demo: `scripts/screenshots` calls it.
//!
//! Usage: `screenshots PROGRAM FOLDER`. Each picture is taken as a person would see it, at 1280 and at 390 px.

#[path = "../tests/browser/chromium.rs"]
#[expect(dead_code, reason = "the browser tests' own driver, of which this needs a part")]
mod chromium;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chromium::Chromium;
use data_encoding::BASE64;
use serde_json::{Value, json};

/// Monday 23 November 2026 at half past ten: the hour of the pictures that the house was drawn from.
const MORNING: &str = "2026-11-23T10:32";
/// Every canvas of the page has its pixels.
const PAINTED: &str =
    "document.querySelector('canvas.painted') && !document.querySelector('canvas:not(.painted)')";
const DESK: (u32, u32, u32) = (1280, 900, 1);
const PHONE: (u32, u32, u32) = (390, 844, 2);

/// A demo that ends with this program.
struct Demo {
    process: Child,
    url: String,
    accounts: Value,
    _folder: tempfile::TempDir,
}

impl Demo {
    fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("demo");
        let mut process = Command::new(program)
            .args(["demo", "--port", "0", "--at", MORNING, "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = process.stdout.take().expect("a piped output");
        let url = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("http://").map(|(_, rest)| format!("http://{}", rest.trim_end_matches('/')))
            })
            .expect("the demo says its address");
        let accounts = std::fs::read(data.join("accounts.json")).expect("the demo's accounts");
        let accounts = serde_json::from_slice(&accounts).expect("JSON");
        Self { process, url, accounts, _folder: folder }
    }

    /// Somebody of this role who has signed in before.
    fn account(&self, role: &str) -> &Value {
        let all = self.accounts.as_array().expect("a list of accounts");
        all.iter().find(|one| one["role"] == role && one["first_login_done"] == true).expect("an account")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser before the demo, and the folder of the pictures.
struct Photographer<'a> {
    demo: &'a Demo,
    chromium: Chromium,
    folder: PathBuf,
}

impl Photographer<'_> {
    fn visit(&self, path: &str) {
        self.chromium.goto(&format!("{}{path}", self.demo.url));
    }

    /// Login, password, and the code that the demo's own page shows.
    fn sign_in(&self, role: &str) {
        self.chromium.cdp("Network.clearBrowserCookies", &json!({}));
        let account = self.demo.account(role);
        self.visit("/connexion");
        for (field, value) in [("identifiant", &account["login"]), ("mot_de_passe", &account["password"])] {
            self.fill(field, value.as_str().expect("a text"));
        }
        self.chromium.wait_for("document.getElementById('code')");
        let code =
            self.chromium.text("document.body.innerText.match(/\\b\\d{3} ?\\d{3}\\b/)[0].replace(/ /g, '')");
        self.fill("code", &code);
        self.chromium.wait_for(
            "location.pathname.startsWith('/commissions') || location.pathname.startsWith('/gestion')",
        );
    }

    /// Fills a field in; the last of a form sends it.
    fn fill(&self, field: &str, value: &str) {
        let script = "const field = document.getElementById(arguments[0]); field.value = arguments[1]; \
                      if (arguments[0] !== 'identifiant') field.form.requestSubmit();";
        self.chromium.script_with(script, json!([field, value]));
    }

    /// The first address of the page that begins so.
    fn first(&self, start: &str) -> String {
        self.chromium
            .text(&format!("document.querySelector('main a[href^=\"{start}\"]').getAttribute('href')"))
    }

    fn take(&self, name: &str, (width, height, scale): (u32, u32, u32), path: &str, ready: &str) {
        self.chromium.resize(width, height, scale);
        self.visit(path);
        self.chromium.wait_for(ready);
        let picture = self.chromium.cdp("Page.captureScreenshot", &json!({"format": "png"}));
        let bytes = BASE64.decode(picture["data"].as_str().expect("a picture").as_bytes()).expect("base 64");
        let file = self.folder.join(format!("{name}.png"));
        std::fs::write(&file, bytes).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        println!("{}", file.display());
    }

    fn take_both(&self, name: &str, path: &str, ready: &str) {
        self.take(name, DESK, path, ready);
        self.take(&format!("{name}-390"), PHONE, path, ready);
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: screenshots PROGRAM FOLDER");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    let demo = Demo::start(&program);
    let desk = Photographer { demo: &demo, chromium: Chromium::start(), folder };
    let loaded = "document.readyState === 'complete'";
    desk.take_both("connexion", "/connexion", loaded);

    desk.sign_in("instructor");
    desk.take_both("commissions", "/commissions", loaded);
    let list = desk.chromium.text(
        "[...document.querySelectorAll('main a[href^=\"/commissions/\"]')].map(a => a.getAttribute('href'))[1]",
    );
    desk.take_both("commission", &list, PAINTED);
    let (sheet, comparison) = (desk.first("/fiches/"), desk.first(&format!("{list}/comparer/")));
    desk.take_both("fiche", &sheet, PAINTED);
    desk.take_both("comparaison", &comparison, PAINTED);
    desk.take_both("fiche-en-texte", &format!("{sheet}/texte"), loaded);
    desk.chromium.emulate_media("", &[("prefers-color-scheme", "dark")]);
    desk.take("fiche-sombre", DESK, &sheet, PAINTED);
    desk.chromium.emulate_media("", &[("prefers-color-scheme", "light")]);

    desk.sign_in("manager");
    desk.take_both("gestion-commissions", "/gestion/commissions", loaded);
    desk.take_both("gestion-communes", "/gestion/communes", loaded);
}
