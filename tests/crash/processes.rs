//! The built binary as a process: run, killed, listened to.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use parvis::identity::second_factor::OpenSecret;
use parvis::platform::Clock;
use serde_json::Value;

use crate::harness::Client;
use crate::installation::Installation;

/// The binary in an environment of its own.
pub fn parvis() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
    command.env_clear();
    command
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub text: String,
}

impl Said {
    pub fn of(output: &Output) -> Self {
        let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Self { code: output.status.code(), text: text.concat().replace(['\u{a0}', '\u{202f}'], " ") }
    }

    #[track_caller]
    pub fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "« {text} » is not in: {}", self.text);
        self
    }
}

/// Starts the command and kills it after this long. Whether it was still at work.
pub fn killed_after(mut command: Command, delay: Duration) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary");
    std::thread::sleep(delay);
    let at_work = child.try_wait().expect("a child").is_none();
    child.kill().expect("a child that can be killed");
    child.wait().expect("a child that ends");
    at_work
}

/// Waits until it holds, some seconds at most.
#[track_caller]
pub fn wait_until(what: &str, longest: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < longest, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process that serves; killed with its test.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    /// Listens until the process says where it serves.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut told = String::new();
        let url = loop {
            let before = told.len();
            assert!(out.read_line(&mut told).expect("a line") > 0, "it ended: {told}");
            // The demo's sentence, or the log of `serve`.
            let line = &told[before..];
            if let Some((_, rest)) = line.split_once("http://") {
                break format!("http://{}", rest.trim().trim_end_matches('/'));
            }
            if let Some((_, rest)) = line.split_once("\"address\":\"") {
                break format!("http://{}", rest.split('"').next().unwrap_or_default());
            }
        };
        // What it still says must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { child, url }
    }

    /// `parvis demo` on this installation, from Monday 23 November 2026, 10:00.
    pub fn demo(installation: &Installation) -> Self {
        Self::start(installation.command(&["demo", "--port", "0", "--at", "2026-11-23T10:00"]))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn client(&self) -> Client {
        Client::new(self.url.clone())
    }

    /// `kill -9`, and the end of it.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child that can be killed");
        self.child.wait().expect("a child that ends");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs in with one of the accounts of a demo's `accounts.json`.
pub fn sign_in_to_demo(serving: &Serving, accounts: &Value, login: &str) -> Client {
    let account = accounts.as_array().expect("a list").iter().find(|one| one["login"] == login);
    let account = account.expect("an account of the demo");
    let text = |field: &str| account[field].as_str().expect("a text").to_owned();
    let code = code_of(&text("totp_secret"), Clock::system().authenticator_seconds());
    let mut client = serving.client();
    client
        .submit("/connexion?encore", &[("identifiant", login), ("mot_de_passe", &text("password"))])
        .leads_to("/connexion/code");
    client.submit("/connexion/code", &[("code", &code)]).leads_to("/");
    client
}

/// What an authenticator shows at this second.
pub fn code_of(secret: &str, seconds: u64) -> String {
    OpenSecret::from_base32(secret).and_then(|secret| secret.code_at(seconds)).expect("a code")
}

/// The sheets a page leads to.
pub fn sheets_on(page: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split("\"/fiches/")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '#', '/', '?']).next())
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}
