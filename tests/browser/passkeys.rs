//! Passkeys in a real Chromium, by WebDriver's virtual authenticator (E20).

use parvis::identity::Role;
use serde_json::json;

use crate::chromium::Chromium;
use crate::harness::{Account, Kind, TestApp, VALBOURG};

/// A reader at a browser whose machine has an authenticator. Passkeys are bound to a name, so the
/// address is `localhost`.
struct Desk {
    app: TestApp,
    chromium: Chromium,
    account: Account,
    authenticator: String,
}

const BUTTON: &str = "document.querySelector('[data-passkey]')";

impl Desk {
    fn open() -> Self {
        let app = TestApp::start(Kind::Sqlite);
        let account = app.account(Role::Instructor, &[VALBOURG]);
        let chromium = Chromium::start();
        let authenticator = chromium.add_authenticator();
        Self { app, chromium, account, authenticator }
    }

    fn address(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.app.address().port())
    }

    fn visit(&self, path: &str) {
        self.chromium.goto(&self.address(path));
    }

    fn fill(&self, name: &str, value: &str) {
        self.chromium.script_with(
            "document.querySelector(`[name=${arguments[0]}]`).value = arguments[1]",
            json!([name, value]),
        );
    }

    /// Presses the main button of the form, and waits for the next page.
    fn send(&self, leads_to: &str) {
        self.chromium.script("document.querySelector('main form [type=submit]').click()");
        self.waits_for_path(leads_to);
    }

    fn waits_for_path(&self, path: &str) {
        self.chromium
            .wait_for(&format!("location.pathname === '{path}' && document.readyState === 'complete'"));
    }

    fn give_password(&self) {
        self.visit("/connexion?encore");
        self.fill("identifiant", &self.account.login);
        self.fill("mot_de_passe", &self.account.password);
        self.send("/connexion/code");
    }

    fn sign_in(&self) {
        self.give_password();
        self.fill("code", &self.account.code());
        self.send("/commissions");
    }

    /// Adds a passkey under this name.
    fn add_passkey(&self, name: &str) {
        self.visit("/compte/cle");
        self.chromium.wait_for(&format!("{BUTTON}.checkVisibility()"));
        self.fill("nom", name);
        self.fill("mot_de_passe", &self.account.password);
        self.press();
        self.waits_for_path("/compte");
    }

    fn press(&self) {
        self.chromium.wait_for(&format!("{BUTTON}.checkVisibility() && !{BUTTON}.disabled"));
        self.chromium.script(&format!("{BUTTON}.click()"));
    }

    /// Runs a script that holds the answer of the button back.
    fn press_held(&self, script: &str) {
        self.chromium.wait_for(&format!("{BUTTON}.checkVisibility()"));
        self.chromium.script_later(script);
    }

    fn says(&self, words: &str) {
        self.chromium.wait_for(&format!("document.body.innerText.includes({})", json!(words)));
    }

    fn refuses(&self) {
        self.chromium.wait_for("!document.getElementById('cle-erreur').hidden");
    }

    fn sign_out(&self) {
        self.chromium.cdp("Network.clearBrowserCookies", &json!({}));
    }

    fn passkey(&self) -> String {
        self.app.text("SELECT id AS text FROM authenticators WHERE kind = 'passkey' AND revoked_at IS NULL")
    }
}

#[test]
fn e20_a_passkey_is_both_factors_and_a_revoked_one_opens_nothing() {
    let desk = Desk::open();
    // A wrong password adds nothing.
    desk.sign_in();
    desk.visit("/compte/cle");
    desk.fill("mot_de_passe", "faux");
    desk.press();
    desk.says("Ce n’est pas votre mot de passe");
    assert_eq!(desk.app.count("authenticators WHERE kind = 'passkey'"), 0);
    desk.add_passkey("poste du bureau");
    desk.says("poste du bureau");
    assert!(desk.app.text("SELECT content AS text FROM messages").contains("factor_added"));
    assert_eq!(desk.app.count("ceremonies"), 0, "a challenge is used up");

    // No login, no password, no code.
    desk.sign_out();
    desk.visit("/connexion");
    desk.press();
    desk.waits_for_path("/commissions");
    assert_eq!(desk.app.count("authenticators WHERE kind = 'passkey' AND last_used_at IS NOT NULL"), 1);
    assert_eq!(desk.app.count("sessions WHERE ended_at IS NULL AND second_factor_at IS NOT NULL"), 1);

    // In place of the six digits.
    desk.sign_out();
    desk.give_password();
    desk.press();
    desk.waits_for_path("/commissions");

    // At the lock.
    desk.app.later(chrono::TimeDelta::minutes(23));
    desk.visit("/compte");
    desk.waits_for_path("/verrou");
    desk.press();
    desk.waits_for_path("/compte");

    // Revoked, it opens nothing, wherever it is shown.
    let page = format!("/compte/second-facteur/{}", desk.passkey());
    desk.visit(&page);
    desk.fill("mot_de_passe", &desk.account.password);
    desk.chromium.script("document.querySelector('form[action$=revocation] [type=submit]').click()");
    desk.waits_for_path("/compte");
    desk.sign_out();
    desk.visit("/connexion");
    desk.press();
    desk.refuses();
    desk.says("Cette clé d’accès n’a pas été reconnue");
    // The password still works, and the code.
    desk.sign_in();
}

#[test]
fn e20_nobody_opens_a_passkey_without_its_finger_its_face_or_its_code() {
    let desk = Desk::open();
    desk.sign_in();
    desk.add_passkey("poste du bureau");
    desk.sign_out();
    desk.chromium.verifies_its_user(&desk.authenticator, false);
    desk.visit("/connexion");
    desk.press();
    desk.refuses();
    assert_eq!(
        desk.app.count("sessions WHERE ended_at IS NULL AND second_factor_at IS NOT NULL"),
        1,
        "the first"
    );
    // Positive control.
    desk.chromium.verifies_its_user(&desk.authenticator, true);
    desk.press();
    desk.waits_for_path("/commissions");
}

#[test]
fn e20_a_challenge_serves_once_and_for_five_minutes() {
    let desk = Desk::open();
    desk.sign_in();
    desk.add_passkey("poste du bureau");
    desk.sign_out();
    desk.visit("/connexion");
    // The browser answers late: the clock moves on between the two requests.
    let late = "
        const done = arguments[arguments.length - 1];
        const send = window.fetch;
        window.fetch = (path, init) => String(path).endsWith('/connexion/cle')
          ? (window.held = init, Promise.reject(new Error('held')))
          : send(path, init);
        document.querySelector('[data-passkey]').click();
        const wait = () => window.held ? done(true) : setTimeout(wait, 20);
        wait();";
    let let_go = |body: &str| {
        let script = "
            const done = arguments[arguments.length - 1];
            const request = new XMLHttpRequest();
            request.open('POST', '/connexion/cle');
            for (const [name, value] of Object.entries(window.held.headers)) request.setRequestHeader(name, value);
            request.onload = () => done(request.status);
            request.send(BODY);";
        desk.chromium.script_later(&script.replace("BODY", body))
    };
    let (right, forged) = (
        "window.held.body",
        "window.held.body.replace(/\"signature\":\"[^\"]{8}/, '\"signature\":\"MEUCIQDx')",
    );
    desk.press_held(late);
    desk.app.later(chrono::TimeDelta::minutes(6));
    assert_eq!(let_go(right), json!(422), "too late");

    desk.visit("/connexion");
    desk.press_held(late);
    assert_eq!(let_go(forged), json!(422));
    assert_eq!(let_go(right), json!(422), "the challenge is gone with the first answer");

    desk.visit("/connexion");
    desk.press_held(late);
    assert_eq!(let_go(right), json!(200), "positive control");
}

#[test]
fn e20_failures_on_a_password_lock_no_passkey() {
    let desk = Desk::open();
    desk.sign_in();
    desk.add_passkey("poste du bureau");
    let mut attacker = desk.app.stranger();
    for _ in 0..10 {
        attacker.submit(
            "/connexion?encore",
            &[("identifiant", desk.account.login.as_str()), ("mot_de_passe", "faux")],
        );
        desk.app.later(chrono::TimeDelta::seconds(70));
    }
    desk.app.stranger().give_password(&desk.account).has(200).says("Trop d’essais.");
    // Even a browser that has never been seen here.
    desk.sign_out();
    desk.visit("/connexion");
    desk.press();
    desk.waits_for_path("/commissions");
}

#[test]
fn e20_after_a_reset_a_passkey_still_leads_to_the_choice_of_a_password() {
    let desk = Desk::open();
    desk.sign_in();
    desk.add_passkey("poste du bureau");
    desk.app.execute("UPDATE accounts SET password_temporary = TRUE");
    desk.sign_out();
    desk.visit("/connexion");
    desk.press();
    desk.waits_for_path("/mot-de-passe");
}
