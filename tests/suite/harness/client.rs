//! A person at a browser: cookies, forms and their tokens, one gesture a method.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::Account;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static AGENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    parvis::platform::crypto::install_tls_provider();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .expect("an HTTP client")
});

/// One browser. A clone is the same browser with a second window.
#[derive(Clone)]
pub struct Client {
    base: String,
    /// Own jar: the cookies are `Secure` and travel over plain HTTP here, as on a loopback they may.
    pub cookies: BTreeMap<String, String>,
    /// The token of the last page that bore one.
    pub csrf: String,
    pub device: &'static str,
}

impl Client {
    /// A browser that knows one site, `http://127.0.0.1:port`.
    pub fn new(base: String) -> Self {
        let device = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0";
        Self { base, cookies: BTreeMap::new(), csrf: String::new(), device }
    }

    // --- gestures ---------------------------------------------------------------------------

    /// Goes to a page; redirections are not followed.
    pub fn visit(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, |request| request)
    }

    /// Follows what [`Client::visit`] does not.
    pub fn follow(&mut self, path: &str) -> Answer {
        let mut answer = self.visit(path);
        for _ in 0..5 {
            let Some(next) = answer.location() else { return answer };
            answer = self.visit(&next);
        }
        panic!("{path}: goes round and round");
    }

    /// Opens the page of a form, fills it in and sends it.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.visit(path).has(200);
        self.send_form(path, fields)
    }

    /// Sends a form of the page on the screen.
    pub fn send_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf.clone();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.send(Method::POST, path, |request| request.form(&fields))
    }

    /// What a script of the page on the screen sends.
    pub fn post_json(&mut self, path: &str, value: &Value) -> Answer {
        let token = self.csrf.clone();
        self.send(Method::POST, path, |request| request.header("X-CSRF-Token", token).json(value))
    }

    /// Any request at all.
    pub fn send(
        &mut self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        self.try_send(method.clone(), path, with).unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    /// A request to a server that may die of it; an answer that broke off is none.
    pub fn try_send(
        &mut self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> reqwest::Result<Answer> {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request =
            AGENT.request(method.clone(), format!("{}{path}", self.base)).header("User-Agent", self.device);
        if !jar.is_empty() {
            request = request.header("Cookie", jar.join("; "));
        }
        let request = with(request);
        let (status, headers, body) = RUNTIME.block_on(async {
            let answer = request.send().await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            answer.bytes().await.map(|body| (status, headers, body.to_vec()))
        })?;
        self.keep_cookies(&headers);
        let answer = Answer { asked: format!("{method} {path}"), status, headers, body };
        if let Some(token) = answer.csrf() {
            self.csrf = token;
        }
        Ok(answer)
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().expect("a cookie in ASCII");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("name=value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Login, password, code.
    pub fn sign_in(&mut self, account: &Account) -> Answer {
        self.give_password(account).leads_to("/connexion/code");
        let code = account.code();
        let answer = self.submit("/connexion/code", &[("code", &code)]);
        answer.has(303);
        answer
    }

    pub fn give_password(&mut self, account: &Account) -> Answer {
        self.submit(
            "/connexion?encore",
            &[("identifiant", &account.login), ("mot_de_passe", &account.password)],
        )
    }

    /// The page of a list or of a sheet, then its picture, as the painting script asks for it.
    pub fn look_at(&mut self, path: &str) -> Answer {
        let page = self.visit(path);
        if page.status != StatusCode::OK {
            return page;
        }
        let generation = page.attribute("data-generation");
        self.post_json(
            &format!("{path}/affichage"),
            &serde_json::json!({"width": 320, "ratio": 1, "generation": generation}),
        )
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The words of the page, as a reader sees them: no tags, one space between words.
    pub fn words(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.html().chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                '\u{a0}' | '\u{202f}' if !inside => text.push(' '),
                _ if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".").replace(" ,", ",")
    }

    /// The `<main>` of the page without its tokens.
    pub fn main(&self) -> String {
        let html = self.html();
        let start = html.find("<main").unwrap_or_else(|| panic!("{self}: no main"));
        let end = html.find("</main>").unwrap_or_else(|| panic!("{self}: no end of main"));
        let main = &html[start..end];
        match self.csrf() {
            Some(token) => main.replace(&token, ""),
            None => main.to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{self}: {e}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn location(&self) -> Option<String> {
        self.header("location").map(str::to_owned)
    }

    /// The token of the page's scripts and forms.
    pub fn csrf(&self) -> Option<String> {
        between(&self.html(), "<meta name=\"csrf\" content=\"", "\"")
    }

    /// The first value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        between(&self.html(), &format!("{name}=\""), "\"")
    }

    /// The secret a new second factor shows, typed over by its owner.
    pub fn secret_in_base32(&self) -> String {
        let block = between(&self.html(), "<p class=\"secret\">", "</p>").expect("a secret on the page");
        block.replace("<span>", "").replace("</span>", "").split_whitespace().collect()
    }

    pub fn is_png(&self) -> bool {
        self.body.starts_with(b"\x89PNG\r\n\x1a\n")
    }

    // --- expectations, each returning the answer so that they chain ---------------------------

    #[track_caller]
    pub fn has(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }

    #[track_caller]
    pub fn leads_to(&self, path: &str) -> &Self {
        assert_eq!(self.location().as_deref(), Some(path), "{self}");
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.words().contains(text), "« {text} » is not said by {self}");
        self
    }

    #[track_caller]
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.html().contains(text) && !self.words().contains(text), "« {text} » in {self}");
        self
    }

    /// One and the same answer for every address without a sheet (wording 5).
    #[track_caller]
    pub fn is_the_404(&self) -> &Self {
        self.has(404).says("Aucune fiche consultable à cette adresse.")
    }

    #[track_caller]
    pub fn is_a_picture(&self) -> &Self {
        self.has(200);
        assert!(self.is_png() && self.header("content-type") == Some("image/png"), "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = if self.is_png() { "a picture".to_owned() } else { self.words() };
        let location = self.location().unwrap_or_default();
        write!(f, "{} -> {} {location}\n  {words}", self.asked, self.status)
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}
