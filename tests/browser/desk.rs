//! A desk at a town hall: Parvis with a committee published, and its reader at a Chromium.

use parvis::identity::Role;

use crate::chromium::Chromium;
use crate::harness::{Account, Client, Kind, TestApp, VALBOURG, committee};

/// The words of the printed sentence (wording 2).
pub const NOT_PRINTED: &str = "Cette page ne s’imprime pas. La convention signée avec votre mairie prévoit une consultation à l’écran ; captures, photos et enregistrements sont également interdits. Vous lisez difficilement cette page ? Choisissez “Affichage en texte”, compatible avec les lecteurs d’écran et les plages braille.";

/// A reader of Valbourg, signed in, with one committee: five sheets for two dwellings.
pub struct Desk {
    pub app: TestApp,
    pub chromium: Chromium,
    pub account: Account,
    pub sheets: Vec<String>,
    pub list: String,
    pub comparison: String,
    /// Surnames and first names of all applicants of the commune, and their numbers without spaces.
    pub personal: Vec<String>,
}

impl Desk {
    pub fn open() -> Self {
        Self::open_at(Chromium::start())
    }

    pub fn open_at(chromium: Chromium) -> Self {
        let app = TestApp::start(Kind::Sqlite);
        let account = app.account(Role::Instructor, &[VALBOURG]);
        let usual = committee("Est 2026-48").sheets(VALBOURG, 5);
        app.publish(std::slice::from_ref(&usual));
        let sheets = app.sheets_of("Est 2026-48", VALBOURG);
        let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
        let dwelling =
            app.text(&format!("SELECT dwelling_id AS text FROM sheets WHERE sheet_id = '{}'", sheets[0]));
        let personal = usual
            .drafts()
            .iter()
            .flat_map(|draft| [draft.last_name.clone(), draft.first_name.clone(), draft.number.clone()])
            .collect();
        let desk = Self {
            chromium,
            comparison: format!("{list}/comparer/{dwelling}"),
            sheets: sheets.iter().map(|id| format!("/fiches/{id}")).collect(),
            account,
            list,
            personal,
            app,
        };
        desk.sign_in(&desk.account);
        desk
    }

    /// The three pages that show pixels, and wait to be painted.
    pub fn pixel_pages(&self) -> [String; 3] {
        [self.sheets[0].clone(), self.list.clone(), self.comparison.clone()]
    }

    /// The same in text.
    pub fn text_pages(&self) -> [String; 3] {
        self.pixel_pages().map(|page| format!("{page}/texte"))
    }

    /// A sign-in made elsewhere, its cookies brought to this browser.
    pub fn sign_in(&self, account: &Account) {
        let mut client = self.app.stranger();
        client.sign_in(account);
        self.take_over(&client);
    }

    pub fn take_over(&self, client: &Client) {
        self.chromium.cdp("Network.clearBrowserCookies", &serde_json::json!({}));
        for (name, value) in &client.cookies {
            self.chromium.set_cookie(&self.app.url(), name, value);
        }
    }

    pub fn visit(&self, path: &str) {
        self.chromium.goto(&format!("{}{path}", self.app.url()));
    }

    /// Opens a page of pixels and waits until every canvas of it is painted.
    pub fn look_at(&self, path: &str) {
        self.visit(path);
        self.chromium.wait_for(PAINTED);
    }

    /// The reader is suspended since nine: no page of the landlord's does it yet.
    pub fn suspend(&self) {
        self.app.execute(&format!(
            "INSERT INTO suspensions (id, scope, account_id, commune, reason, since) VALUES \
             ('01930000-0000-7000-8000-000000000001', 'person', '{}', NULL, 'vérification en cours', '2026-11-23 08:00:00')",
            self.account.id
        ));
    }

    pub fn lift(&self) {
        self.app.execute("DELETE FROM suspensions");
    }

    /// Where one is, without the host.
    pub fn path(&self) -> String {
        self.chromium.text("location.pathname")
    }

    /// What the page says, one space between words.
    pub fn words(&self) -> String {
        one_space(&self.chromium.text("document.body.innerText"))
    }

    #[track_caller]
    pub fn wait_until_it_says(&self, words: &str) {
        let condition =
            format!("document.body?.innerText.replace(/\\s+/g, ' ').includes({})", serde_json::json!(words));
        self.chromium.wait_for(&condition);
    }

    /// What of the applicants stands in a text, whatever the spaces in numbers.
    pub fn personal_in(&self, text: &str) -> Vec<&str> {
        let unbroken: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let held = |one: &&String| unbroken.contains(&one.replace(' ', ""));
        self.personal.iter().filter(held).map(String::as_str).collect()
    }
}

/// No canvas waits for its pixels.
pub const PAINTED: &str =
    "document.querySelector('canvas.painted') && !document.querySelector('[aria-busy]')";

/// Any white space, the no-break kinds included, as one space.
pub fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
