//! Real providers, all in one process of node.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Client;

/// The process, and where it takes orders. Its input closes with this process: then it ends.
struct Process {
    _child: Child,
    control: String,
}

static PROCESS: LazyLock<Process> = LazyLock::new(|| {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/provider/provider.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .env("PARVIS_TEST_OIDC", packages())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node");
    let said = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = said.lines().map_while(Result::ok);
    let port = lines.find_map(|line| line.strip_prefix("listening ").map(str::to_owned));
    Process { _child: child, control: format!("http://127.0.0.1:{}", port.expect("a port")) }
});

#[expect(clippy::disallowed_methods, reason = "where a test tool lies, is no setting of an installation")]
fn packages() -> String {
    std::env::var("PARVIS_TEST_OIDC").expect(
        "PARVIS_TEST_OIDC is not set: it is the folder that holds npm's oidc-provider. Run ./scripts/test, which installs it.",
    )
}

/// One provider, on a port of its own.
pub struct Provider {
    port: u64,
}

impl Provider {
    pub fn start() -> Self {
        let answer = Client::new(PROCESS.control.clone()).send(Method::POST, "/", |request| request);
        Self { port: answer.json()["port"].as_u64().expect("a port") }
    }

    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets switches: see the script.
    pub fn set(&self, switches: &Value) {
        let path = format!("/{}", self.port);
        Client::new(PROCESS.control.clone()).send(Method::POST, &path, |r| r.json(switches)).has(200);
    }

    /// Who will identify themselves, and what is known of them.
    pub fn knows(&self, account: &Value) {
        self.set(&json!({ "account": account }));
    }

    pub fn stop(&self) {
        let path = format!("/{}", self.port);
        Client::new(PROCESS.control.clone()).send(Method::DELETE, &path, |request| request).has(200);
    }

    /// A browser that knows this provider.
    pub fn browser(&self) -> Client {
        Client::new(self.issuer())
    }

    /// Walks through the provider until it leads elsewhere: the path and query of that address.
    pub fn walk(&self, browser: &mut Client, address: &str) -> String {
        let mut next = address.to_owned();
        for _ in 0..8 {
            let path = next.strip_prefix(&self.issuer()).unwrap_or(&next).to_owned();
            if let Some(back) = path.strip_prefix("http://localhost:8080") {
                return back.to_owned();
            }
            let answer = browser.visit(&path);
            next = answer.location().unwrap_or_else(|| panic!("{answer}"));
        }
        panic!("goes round and round: {next}");
    }
}
