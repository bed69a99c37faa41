//! The mail server of the tests: a process of its own, stopped with the handle.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use parvis::platform::config::{Mail, Security, Settings};
use serde_json::{Value, json};

/// Its only user is `parvis`.
pub const PASSWORD: &str = "girouette-de-relais";

pub struct MailServer {
    process: Child,
    pub port: u16,
    told: Arc<(Mutex<Vec<Value>>, Condvar)>,
}

/// A letter as the server took it.
#[derive(Debug, Clone)]
pub struct Taken {
    pub to: String,
    pub from: String,
    pub secure: bool,
    pub user: String,
    /// Headers and parts as they travelled.
    pub raw: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "where a tool of the tests lies, is no setting of an installation"
)]
fn library() -> String {
    std::env::var("PARVIS_TEST_SMTP").expect(
        "PARVIS_TEST_SMTP is not set: it is the folder of npm's smtp-server. Run ./scripts/test, which installs it.",
    )
}

pub fn beside(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/mail").join(name)
}

impl MailServer {
    /// `starttls`, `tls` or `none`, on a free port.
    pub fn start(security: &str) -> Self {
        Self::start_on(security, 0)
    }

    pub fn start_on(security: &str, port: u16) -> Self {
        let asked = json!({ "security": security, "port": port, "password": PASSWORD });
        let mut process = Command::new("node")
            .arg(beside("server.cjs"))
            .arg(asked.to_string())
            .env("PARVIS_TEST_SMTP", library())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts: apt-get install nodejs");
        let told: Arc<(Mutex<Vec<Value>>, Condvar)> = Arc::default();
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let kept = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("JSON");
                kept.0.lock().unwrap_or_else(PoisonError::into_inner).push(value);
                kept.1.notify_all();
            }
        });
        let mut server = Self { process, port, told };
        let first = server.wait_for(1).remove(0);
        server.port =
            u16::try_from(first["port"].as_u64().unwrap_or_else(|| panic!("{first}"))).expect("a port");
        server
    }

    /// Everything told, once there are so many lines.
    fn wait_for(&self, lines: usize) -> Vec<Value> {
        let told = self.told.0.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = |told: &mut Vec<Value>| told.len() < lines;
        let patience = Duration::from_secs(20);
        let (told, _) = self.told.1.wait_timeout_while(told, patience, enough).expect("no panic");
        assert!(told.len() >= lines, "{told:?}");
        told.clone()
    }

    /// The letters taken so far; `at_least` so many are waited for.
    pub fn taken(&self, at_least: usize) -> Vec<Taken> {
        let letter = |line: &Value| {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            Taken {
                to: text("to"),
                from: text("from"),
                secure: line["secure"].as_bool().unwrap_or_default(),
                user: text("user"),
                raw: text("raw"),
            }
        };
        let lines = self.wait_for(at_least + 1);
        lines[1..].iter().filter(|line| line["raw"].is_string()).map(letter).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Settings that speak to the server of the tests.
pub fn point(settings: &mut Settings, port: u16, folder: &Path) {
    settings.mail = Mail {
        server: "localhost".to_owned(),
        port,
        security: Security::StartTls,
        user: "parvis".to_owned(),
        password_file: Some(password_file(folder, PASSWORD)),
        from: "extranet@trois-vals.example".to_owned(),
        authority: Some(beside("authority.pem")),
    };
}

/// Writes a password as an installation keeps it.
pub fn password_file(folder: &Path, password: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder.join("mot-de-passe");
    std::fs::write(&file, password).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("mode 600");
    file
}

impl Taken {
    /// The part in text, decoded.
    pub fn text(&self) -> String {
        part(&self.raw, "text/plain")
    }

    pub fn html(&self) -> String {
        part(&self.raw, "text/html")
    }

    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {name} in {head}"))
    }

    /// The token of the link it bears.
    pub fn token(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("/acces/").unwrap_or_else(|| panic!("no link in {text}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}

fn part(raw: &str, kind: &str) -> String {
    let (_, rest) = raw.split_once(&format!("Content-Type: {kind}; charset=utf-8")).expect("a part");
    let (head, body) = rest.split_once("\r\n\r\n").expect("a body");
    let body = body.split("\r\n--").next().unwrap_or_default();
    if head.contains("base64") {
        let joined: String = body.split_whitespace().collect();
        let bytes = data_encoding::BASE64.decode(joined.as_bytes()).expect("base64");
        return String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n");
    }
    assert!(head.contains("quoted-printable") || head.contains("7bit"), "{head}");
    if head.contains("7bit") {
        return body.replace("\r\n", "\n");
    }
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after.get(..2)) {
            (b'=', Some(hex)) => {
                bytes.extend(data_encoding::HEXUPPER.decode(hex).expect("hexadecimal"));
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}
