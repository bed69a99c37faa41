//! One Chromium and its chromedriver: WebDriver is JSON over HTTP, so the suite's own client speaks
//! it; what WebDriver lacks goes to the browser's DevTools through it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static AGENT: LazyLock<Client> = LazyLock::new(|| {
    parvis::platform::crypto::install_tls_provider();
    Client::builder().no_proxy().build().expect("an HTTP client")
});

/// How long a page may take to do what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Without a screen, as root too, and asking nothing of anybody but the site visited.
const ARGUMENTS: [&str; 16] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    // Over a pipe: when chromedriver dies, however it dies, Chromium ends by itself.
    "--remote-debugging-pipe",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--password-store=basic",
    "--lang=fr-FR",
    "--window-size=1280,900",
    "--force-device-scale-factor=1",
];

/// A browser with a profile of its own. Dropped, even by a failing test, it is gone from the machine.
pub struct Chromium {
    driver: Child,
    /// `http://127.0.0.1:port/session/id`
    session: String,
    /// Home, profile and temporary files of both processes.
    home: Option<TempDir>,
}

impl Chromium {
    pub fn start() -> Self {
        Self::with_letters_of(16)
    }

    /// With letters of this size, in css pixels, where the usual one is 16: a setting of its user.
    pub fn with_letters_of(size: u32) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        // The driver ends with the thread of its test, even if that thread is killed outright.
        let mut driver = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "chromedriver", "--port=0"])
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts: apt-get install chromium-driver");
        let out = driver.stdout.take().expect("a piped output");
        let port = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port: apt-get install chromium-driver");
        let profile = format!("--user-data-dir={}", home.path().join("profile").display());
        let mut arguments = ARGUMENTS.to_vec();
        arguments.push(&profile);
        let mut chromium =
            Self { driver, session: format!("http://127.0.0.1:{port}/session"), home: Some(home) };
        let preferences = json!({"webkit.webprefs.default_font_size": size});
        let options = json!({"args": arguments, "prefs": preferences});
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let session = chromium.command(Method::POST, "", &wanted);
        let id = session["sessionId"].as_str().expect("a session").to_owned();
        chromium.session = format!("{}/{id}", chromium.session);
        chromium
    }

    // --- gestures ---------------------------------------------------------------------------

    /// Goes to an address, and waits until the page is loaded.
    pub fn goto(&self, url: &str) {
        self.command(Method::POST, "/url", &json!({ "url": url }));
    }

    pub fn reload(&self) {
        self.command(Method::POST, "/refresh", &json!({}));
    }

    pub fn back(&self) {
        self.command(Method::POST, "/back", &json!({}));
    }

    /// One key, pressed and released on whatever has the focus: `Tab`, `ArrowRight`, `t`, `+`.
    pub fn press(&self, key: &str) {
        self.press_with(key, 0);
    }

    fn press_with(&self, key: &str, modifiers: u32) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            one => one.to_ascii_uppercase().chars().next().map_or(0, u32::from),
        };
        let mut event =
            json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers});
        match key {
            "Enter" => event["text"] = json!("\r"),
            one if one.chars().count() == 1 => event["text"] = json!(one),
            _ => {}
        }
        self.cdp("Input.dispatchKeyEvent", &event);
        event["type"] = json!("keyUp");
        self.cdp("Input.dispatchKeyEvent", &event);
    }

    /// Types into whatever has the focus.
    pub fn type_text(&self, text: &str) {
        self.cdp("Input.insertText", &json!({ "text": text }));
    }

    /// Gives the machine an authenticator of its own, opened by its user's finger; returns its id.
    pub fn add_authenticator(&self) -> String {
        let wanted = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        let id = self.command(Method::POST, "/webauthn/authenticator", &wanted);
        id.as_str().expect("an id").to_owned()
    }

    /// Whether the finger that is shown is its user's.
    pub fn verifies_its_user(&self, authenticator: &str, verified: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.command(Method::POST, &path, &json!({ "isUserVerified": verified }));
    }

    // --- looking ----------------------------------------------------------------------------

    /// Runs the body of a function in the page and returns what it returns.
    pub fn script(&self, body: &str) -> Value {
        self.script_with(body, json!([]))
    }

    pub fn script_with(&self, body: &str, arguments: Value) -> Value {
        self.command(Method::POST, "/execute/sync", &json!({"script": body, "args": arguments}))
    }

    /// The body of a function that calls back its last argument.
    pub fn script_later(&self, body: &str) -> Value {
        self.command(Method::POST, "/execute/async", &json!({"script": body, "args": []}))
    }

    /// The text of an expression of the page.
    pub fn text(&self, expression: &str) -> String {
        let value = self.script(&format!("return {expression}"));
        value.as_str().unwrap_or_else(|| panic!("{expression}: {value}")).to_owned()
    }

    pub fn holds(&self, condition: &str) -> bool {
        self.script(&format!("return Boolean({condition})")) == json!(true)
    }

    /// Waits for a condition of the page, for as long as a page may take.
    #[track_caller]
    pub fn wait_for(&self, condition: &str) {
        self.wait_up_to(PATIENCE, condition);
    }

    #[track_caller]
    pub fn wait_up_to(&self, patience: Duration, condition: &str) {
        let began = Instant::now();
        while began.elapsed() < patience {
            if self.is_there(condition) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let page = self.script("return location.href + '\\n' + document.body?.innerText");
        panic!("« {condition} » did not come about in {patience:?}: {}", page.as_str().unwrap_or_default());
    }

    /// Like `holds`, of a page that may just be going.
    fn is_there(&self, condition: &str) -> bool {
        let asked = json!({"script": format!("return Boolean({condition})"), "args": []});
        self.send(Method::POST, "/execute/sync", &asked).is_ok_and(|value| value == json!(true))
    }

    // --- DevTools ---------------------------------------------------------------------------

    /// A command of the DevTools protocol.
    pub fn cdp(&self, command: &str, parameters: &Value) -> Value {
        self.command(Method::POST, "/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Scripts of pages do not run from the next page on.
    pub fn without_scripts(&self, off: bool) {
        self.cdp("Emulation.setScriptExecutionDisabled", &json!({ "value": off }));
    }

    /// Addresses that are not loaded, from the next page on: `*/adapt.css`.
    pub fn refuse_to_load(&self, patterns: &[&str]) {
        self.cdp("Network.enable", &json!({}));
        self.cdp("Network.setCacheDisabled", &json!({ "cacheDisabled": !patterns.is_empty() }));
        self.cdp("Network.setBlockedURLs", &json!({ "urls": patterns }));
    }

    /// Pulls out the network cable, or puts it back.
    pub fn offline(&self, offline: bool) {
        self.cdp("Network.enable", &json!({}));
        let line =
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.cdp("Network.emulateNetworkConditions", &line);
    }

    /// A window of this width in css pixels, enlarged so many times.
    pub fn resize(&self, width: u32, height: u32, scale: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// `media` is `screen`, `print` or empty for the browser's own choice.
    pub fn emulate_media(&self, media: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.cdp("Emulation.setEmulatedMedia", &json!({"media": media, "features": features}));
    }

    pub fn set_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie =
            json!({"url": url, "name": name, "value": value, "secure": true, "httpOnly": true, "path": "/"});
        assert_eq!(self.cdp("Network.setCookie", &cookie)["success"], json!(true), "{name}");
    }

    // --- the end ----------------------------------------------------------------------------

    /// Closes the browser as its user does, and leaves what it has written.
    pub fn close(mut self) -> TempDir {
        let home = self.home.take().expect("a folder until the end");
        self.command(Method::DELETE, "", &json!({}));
        home
    }

    #[track_caller]
    fn command(&self, method: Method, path: &str, body: &Value) -> Value {
        self.send(method, path, body).unwrap_or_else(|e| panic!("{path} {}: {e}", short(&body.to_string())))
    }

    fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let mut request = AGENT.request(method.clone(), format!("{}{path}", self.session));
        if method != Method::DELETE {
            request = request.json(body);
        }
        let answer = RUNTIME.block_on(async { request.send().await?.json::<Value>().await });
        let value = answer.map_err(|e| format!("no answer of chromedriver: {e}"))?["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", short(value["message"].as_str().unwrap_or_default()))),
            None => Ok(value),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(400).collect()
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if self.home.is_some() {
            let _ = self.send(Method::DELETE, "", &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
