//! People who identify themselves elsewhere, and an installation that lets them.

use std::os::unix::fs::PermissionsExt as _;

use parvis::identity::Role;
use parvis::platform::config::{Settings, SingleSignOn};
use serde_json::{Value, json};

use super::provider::Provider;
use crate::harness::{Account, Answer, Client, Kind, TestApp, VALBOURG};

/// SIREN of Valbourg and of others, all invented; their keys are right.
pub const VALBOURG_SIREN: &str = "219901014";
pub const CCAS_SIREN: &str = "269901005";
pub const LANDLORD_SIREN: &str = "399901008";
pub const CAMILLE: &str = "camille.moreau@valbourg.test";

/// An installation with three ways to its provider: « proconnect » (signed answers), « mairie »
/// (Keycloak, JSON) and « annuaire » (Entra).
pub struct Desk {
    pub app: TestApp,
    pub provider: Provider,
    _secret: tempfile::TempDir,
}

impl Desk {
    pub fn open(kind: Kind) -> Self {
        Self::open_with(kind, |_| {})
    }

    pub fn open_with(kind: Kind, change: impl FnOnce(&mut Settings)) -> Self {
        let provider = Provider::start();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "un-secret-partage-invente-pour-les-essais-0123456789\n").expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        let (issuer, file) = (provider.issuer(), file.to_string_lossy().into_owned());
        let app = TestApp::start_with(kind, |settings| {
            settings.landlord.siren = Some(LANDLORD_SIREN.to_owned());
            settings.single_sign_on = [
                json!({ "id": "proconnect", "kind": "proconnect", "client_id": "signed", "signature": "ES256" }),
                json!({ "id": "mairie", "kind": "keycloak", "label": "Ma mairie", "client_id": "json",
                        "accepted_acr": ["or"], "siren": VALBOURG_SIREN }),
                json!({ "id": "annuaire", "kind": "entra", "label": "Trois-Vals", "client_id": "json",
                        "accepted_acr": ["c2"], "tenants": { TENANT: VALBOURG_SIREN } }),
            ]
            .map(|mut one| {
                one["issuer"] = json!(issuer);
                one["client_secret_file"] = json!(file);
                serde_json::from_value::<SingleSignOn>(one).expect("a provider")
            })
            .into();
            change(settings);
        });
        app.execute(&format!("UPDATE communes SET siren = '{VALBOURG_SIREN}' WHERE insee = '{VALBOURG}'"));
        let desk = Self { app, provider, _secret: folder };
        desk.provider.knows(&camille());
        desk
    }

    /// An account whose address is Camille's.
    pub fn account(&self, role: Role, communes: &[&str]) -> Account {
        let account = self.app.account(role, communes);
        self.addressed(&account, CAMILLE);
        account
    }

    pub fn addressed(&self, account: &Account, email: &str) {
        let sql = format!("UPDATE accounts SET email = '{email}' WHERE id = '{}'", account.id);
        assert_eq!(self.app.execute(&sql), 1);
    }

    pub fn person(&self) -> Person<'_> {
        Person { desk: self, here: self.app.stranger(), there: self.provider.browser() }
    }

    /// Changes what the provider says of Camille, and lets a new person come back from ProConnect.
    pub fn coming_as(&self, change: &Value) -> (Person<'_>, Answer) {
        let mut account = camille();
        for (name, value) in change.as_object().expect("claims") {
            account[name] = value.clone();
        }
        self.provider.knows(&account);
        let mut person = self.person();
        let answer = person.identify("proconnect");
        (person, answer)
    }

    /// Refusals recorded for this reason, of this account or of anybody.
    pub fn refusals(&self, reason: &str, of: Option<&Account>) -> i64 {
        let of = of.map_or("actor IS NULL".to_owned(), |account| format!("actor = '{}'", account.id));
        self.app.count_in_time(&format!("traces WHERE kind = 'refusal' AND reason = '{reason}' AND {of}"))
    }
}

/// The tenant that is let in.
pub const TENANT: &str = "7d1f0a52-0000-4000-8000-0000000000aa";

/// As ProConnect knows her.
pub fn camille() -> Value {
    json!({
        "sub": "camille",
        "acr": "eidas2",
        "email": "Camille.Moreau@Valbourg.test ",
        "siret": format!("{VALBOURG_SIREN}00017"),
        "roles": ["agent_public", "agent_public_territorial"],
    })
}

/// Somebody at a browser, which knows this site and the provider's.
pub struct Person<'a> {
    desk: &'a Desk,
    pub here: Client,
    pub there: Client,
}

impl Person<'_> {
    /// Chooses a provider on the login page: the address it leads to.
    pub fn choose(&mut self, id: &str) -> String {
        self.here.visit("/connexion?encore").has(200);
        self.choose_on_this_page(id)
    }

    pub fn choose_on_this_page(&mut self, id: &str) -> String {
        let answer = self.here.send_form(&format!("/connexion/sso/{id}"), &[]);
        answer.has(200);
        let address = answer.html();
        let address = address.split("class=\"button filled\" href=\"").nth(1).expect("a way on");
        address.split('"').next().expect("an address").replace("&amp;", "&")
    }

    /// Goes to the provider and through it: where it leads back to.
    pub fn go(&mut self, id: &str) -> String {
        let address = self.choose(id);
        self.walk(&address)
    }

    pub fn walk(&mut self, address: &str) -> String {
        self.desk.provider.walk(&mut self.there, address)
    }

    /// All the way, there and back.
    pub fn identify(&mut self, id: &str) -> Answer {
        let back = self.go(id);
        self.here.visit(&back)
    }
}

/// Runs each test named on both databases, with a provider of its own.
macro_rules! with_provider {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(crate::harness::Kind::Sqlite);
            }

            #[test]
            fn on_postgres() {
                super::$name(crate::harness::Kind::Postgres);
            }
        }
    )+};
}
pub(super) use with_provider;
