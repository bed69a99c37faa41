//! What assistive tools get of every page: judged by axe-core, and read in the accessibility tree.

use std::sync::LazyLock;

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::{self, AccountNews, Message};
use parvis::platform::Conn;
use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::desk::{Desk, PAINTED, one_space};
use crate::harness::{Client, VALBOURG};

#[expect(
    clippy::disallowed_methods,
    reason = "where a tool of the tests lies, is no setting of an installation"
)]
static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::var("PARVIS_TEST_AXE").expect(
        "PARVIS_TEST_AXE is not set: it is the path of axe.min.js. Run ./scripts/test, which installs it.",
    );
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
});

/// An auditor at a browser: looks at each page in two widths and two schemes, and notes every fault.
struct Audit<'a> {
    desk: &'a Desk,
    faults: Vec<String>,
    pages: usize,
}

impl<'a> Audit<'a> {
    fn of(desk: &'a Desk) -> Self {
        let source = json!({"source": AXE.as_str()});
        desk.chromium.cdp("Page.addScriptToEvaluateOnNewDocument", &source);
        Self { desk, faults: Vec::new(), pages: 0 }
    }

    fn visit(&mut self, path: &str) {
        self.desk.visit(path);
        if self.desk.chromium.holds("document.querySelector('main canvas')") {
            self.desk.chromium.wait_for(PAINTED);
        }
        self.look(path);
    }

    /// The page as it stands, with what has been done to it.
    fn look(&mut self, what: &str) {
        let chromium = &self.desk.chromium;
        self.pages += 1;
        for (width, scheme, rules) in [
            (1280, "light", ALL_RULES),
            (390, "light", ALL_RULES),
            // The dark scheme changes nothing but colours.
            (390, "dark", CONTRAST),
            (1280, "dark", CONTRAST),
        ] {
            chromium.resize(width, 844, 1);
            chromium.emulate_media("", &[("prefers-color-scheme", scheme)]);
            let found = violations(chromium, rules);
            self.faults.extend(found.iter().map(|one| format!("{what}, {width}, {scheme}: {one}")));
        }
    }

    fn fill(&self, fields: &[(&str, &str)]) {
        for (id, text) in fields {
            let focus = format!("const at = document.getElementById('{id}'); at.focus(); at.value = ''");
            self.desk.chromium.script(&focus);
            self.desk.chromium.type_text(text);
        }
        self.desk.chromium.press("Enter");
    }

    /// Every page was judged, and none has a fault; one that is planted is found.
    #[track_caller]
    fn ends_without_a_fault(self, pages: usize) {
        assert_eq!(self.faults, Vec::<String>::new());
        assert_eq!(self.pages, pages);
        self.desk.chromium.script(
            "const picture = document.createElement('img');
             picture.src = '/static/x.png';
             document.querySelector('main').append(picture)",
        );
        let found = violations(&self.desk.chromium, ALL_RULES);
        assert!(found.iter().any(|one| one.starts_with("image-alt")), "positive control: {found:?}");
    }
}

/// Good practice included.
const ALL_RULES: &str = "{ resultTypes: ['violations'] }";
const CONTRAST: &str = "{ resultTypes: ['violations'], runOnly: ['color-contrast'] }";

/// « rule: element » for each fault.
fn violations(chromium: &Chromium, rules: &str) -> Vec<String> {
    let found = chromium.script_later(&format!(
        "const back = arguments[arguments.length - 1];
         axe.run(document, {rules}).then(
           (judged) => back(judged.violations.flatMap((rule) => rule.nodes.map((node) =>
             rule.id + ': ' + node.html.slice(0, 160) + ' ' + (node.failureSummary ?? '').slice(0, 300)))),
           (error) => back(['axe failed: ' + error]))"
    ));
    let found = found.as_array().expect("a list");
    found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn pages_open_to_anybody_and_steps_of_signing_in_have_no_fault() {
    let desk = Desk::open();
    let mut audit = Audit::of(&desk);
    let come_as = |client: &Client| desk.take_over(client);
    come_as(&desk.app.stranger());
    for page in
        ["/connexion", "/mentions", "/accessibilite", "/aide", "/signalement", "/rien", "/deconnexion"]
    {
        audit.visit(page);
    }
    desk.visit("/connexion");
    audit.fill(&[("identifiant", "personne"), ("mot_de_passe", "faux")]);
    desk.wait_until_it_says("Identifiant ou mot de passe inexact.");
    audit.look("a login refused");

    let mut client = desk.app.stranger();
    client.give_password(&desk.account).has(303);
    come_as(&client);
    audit.visit("/connexion/code");
    audit.fill(&[("code", "000000")]);
    desk.wait_until_it_says("Une saisie est à reprendre");
    audit.look("a code refused");

    let mut nora = desk.app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let mut client = desk.app.stranger();
    client.give_password(&nora).has(303);
    come_as(&client);
    audit.visit("/mot-de-passe");
    audit.fill(&[("nouveau", "court"), ("confirmation", "autre")]);
    desk.wait_until_it_says("à reprendre");
    audit.look("a password refused");
    let own = "lilas-et-passerelle-63";
    client.submit("/mot-de-passe", &[("nouveau", own), ("confirmation", own)]).has(303);
    come_as(&client);
    audit.visit("/double-facteur");
    nora.totp_secret = client.visit("/double-facteur").secret_in_base32();
    let code = nora.code();
    client.submit("/double-facteur", &[("code", &code)]).has(303);
    come_as(&client);
    audit.visit("/charte");

    come_as(&desk.app.stranger());
    desk.app.at("2026-11-23 20:00");
    audit.visit("/connexion");
    audit.ends_without_a_fault(15);
}

#[test]
fn pages_of_a_reader_have_no_fault() {
    let desk = Desk::open();
    let mut audit = Audit::of(&desk);
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        audit.visit(page);
    }
    for page in ["/commissions", "/compte", "/charte", "/mot-de-passe"] {
        audit.visit(page);
    }
    audit.visit(&format!("{}?depuis={}", desk.list, desk.sheets[1].trim_start_matches("/fiches/")));
    desk.look_at(&desk.list);
    audit.fill(&[("q", "varennes")]);
    desk.wait_until_it_says("1 fiche sur 5.");
    audit.look("a search among painted names");
    desk.visit(&desk.text_pages()[1]);
    audit.fill(&[("q", "nulle part")]);
    desk.wait_until_it_says("Aucune fiche ne correspond");
    audit.look("a search that finds nothing");
    // The last sheet has no next; the first has no previous.
    audit.visit(&desk.sheets[4]);
    desk.take_over(&desk.app.instructor_of_both());
    audit.visit("/commissions");
    audit.ends_without_a_fault(15);
}

#[test]
fn pages_that_say_why_nothing_is_shown_have_no_fault() {
    let desk = Desk::open();
    let mut audit = Audit::of(&desk);
    for ending in ["over", "lost", "refused"] {
        desk.look_at(&desk.sheets[0]);
        let put = format!(
            "const main = document.querySelector('main');
             main.replaceChildren(document.querySelector('template[data-ending={ending}]').content.cloneNode(true))"
        );
        desk.chromium.script(&put);
        audit.look(ending);
    }
    audit.visit("/commissions/inconnue");
    desk.app.execute("UPDATE conventions SET ends_on = '2026-11-22' WHERE commune = '99101'");
    audit.visit(&desk.sheets[0]);
    desk.app.execute("UPDATE conventions SET ends_on = '2027-08-14' WHERE commune = '99101'");
    desk.app.execute("UPDATE habilitations SET starts_on = '2026-11-01', ends_on = '2026-11-22'");
    audit.visit(&desk.list);
    desk.app.execute("UPDATE habilitations SET ends_on = NULL");
    desk.app.at("2026-11-23 10:50");
    desk.app.stranger().sign_in(&desk.account);
    audit.visit("/connexion");
    desk.sign_in(&desk.account);
    desk.app.later(TimeDelta::minutes(23));
    desk.visit(&desk.sheets[0]);
    audit.look("the lock");
    audit.fill(&[("mot_de_passe", "faux")]);
    desk.wait_until_it_says("Ce n’est pas votre mot de passe.");
    audit.look("the lock refuses");
    for (instant, what) in [("2026-11-23 18:56", "/commissions"), ("2026-11-23 19:30", "/commissions")] {
        desk.app.at(instant);
        desk.sign_in(&desk.account);
        audit.visit(what);
    }
    desk.app.at("2026-11-24 10:32");
    desk.sign_in(&desk.account);
    desk.suspend();
    audit.visit("/commissions");
    audit.visit("/compte");
    audit.ends_without_a_fault(13);
}

#[test]
fn pages_of_the_landlord_and_of_the_referent_have_no_fault() {
    let desk = Desk::open();
    let mut audit = Audit::of(&desk);
    let come = |role: Role, communes: &[&str]| desk.sign_in(&desk.app.account(role, communes));
    desk.app.at("2026-11-27 00:01");
    assert_eq!(desk.app.purge().purged.len(), 1);
    let certificate = desk.app.text("SELECT id AS text FROM certificates");
    desk.app.at("2026-11-27 10:32");
    desk.app.publish(&[crate::harness::committee("Ouest 2026-49").on("2026-11-27").sheets(VALBOURG, 2)]);
    let committee = desk.app.committee_id("Ouest 2026-49");
    come(Role::Manager, &[]);
    let mail = tell_all(&desk);
    let mail = format!("/gestion/courriels/{mail}");
    for page in [
        "/gestion/commissions",
        "/gestion/communes",
        "/gestion/courriels",
        &mail,
        "/messages",
        "/compte",
        "/commissions",
    ] {
        audit.visit(page);
    }
    audit.visit(&format!("/gestion/commissions/{committee}/seance-levee"));
    audit.visit(&format!("/gestion/certificats/{certificate}"));
    desk.visit("/gestion/communes");
    audit.fill(&[("insee", "x")]);
    desk.wait_until_it_says("à reprendre");
    audit.look("a convention refused");
    come(Role::Dpo, &[]);
    tell_all(&desk);
    for page in ["/compte", "/messages", "/gestion/communes", "/mot-de-passe"] {
        audit.visit(page);
    }
    come(Role::Contact, &[VALBOURG]);
    for page in ["/compte", "/commissions"] {
        audit.visit(page);
    }
    audit.ends_without_a_fault(16);
}

/// Something to read for everybody; the id of one.
fn tell_all(desk: &Desk) -> String {
    let now = desk.app.machine().clock().now();
    let told = Message::Account(AccountNews::Locked);
    let tell = |conn: &mut Conn| {
        for part in [messages::Desk::Managers, messages::Desk::Dpo] {
            messages::tell_desk(conn, part, &told, now)?;
        }
        Ok(())
    };
    desk.app.machine().db().write(tell).expect("messages");
    desk.app.texts("SELECT id AS text FROM messages ORDER BY id").remove(0)
}

// --- the accessibility tree ----------------------------------------------------------------------

/// One thing a screen reader says: its role and its words.
struct Said {
    role: String,
    words: String,
}

/// Texts, links and pictures in the order in which they are read.
fn read_aloud(chromium: &Chromium) -> Vec<Said> {
    chromium.cdp("Accessibility.enable", &json!({}));
    let tree = chromium.cdp("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("a tree");
    let find = |id: &Value| nodes.iter().find(|node| node["nodeId"] == *id);
    let mut said = Vec::new();
    let mut stack: Vec<&Value> = nodes.iter().take(1).collect();
    while let Some(node) = stack.pop() {
        let children = node["childIds"].as_array().into_iter().flatten().filter_map(find);
        stack.extend(children.collect::<Vec<_>>().into_iter().rev());
        let role = node["role"]["value"].as_str().unwrap_or_default();
        if node["ignored"] == json!(true) || !matches!(role, "StaticText" | "link" | "image") {
            continue;
        }
        let words = one_space(node["name"]["value"].as_str().unwrap_or_default());
        said.push(Said { role: role.to_owned(), words });
    }
    said
}

#[test]
fn the_text_display_reads_in_the_order_of_the_sheet() {
    let desk = Desk::open();
    desk.visit(&desk.text_pages()[0]);
    let said = read_aloud(&desk.chromium);
    let texts: Vec<&str> =
        said.iter().filter(|one| one.role == "StaticText").map(|one| one.words.as_str()).collect();
    let mut at = 0;
    for words in [
        "Fiche de synthèse",
        "Solène",
        "VARENNES",
        "38 ans",
        "Numéro unique",
        "099 03 22 004817 G0991",
        "Rang proposé",
        "1",
        "T3",
        "rue des Tanneurs",
        "Coût net, APL déduite",
        "332,60 €",
        "Foyer",
        "personnes",
        "Ressources",
        "1 328",
        "Taux d’effort",
        "25",
        "Reste à vivre",
        "20,74",
        "Personnes à loger",
        "Situation familiale",
        "divorcée",
        "Logement actuel",
        "Demande",
        "Ancienneté",
        "Salaire",
        "Ressources mensuelles",
        "Coût du logement proposé",
        "Loyer principal",
        "398,20 €",
        "Coût net mensuel",
        "Priorités",
        "DALO",
        "Avis du service",
        "Favorable",
        "Mise à jour le",
        "Filigrane de cette page",
    ] {
        let next = texts[at..].iter().position(|text| text.contains(words));
        at += next.unwrap_or_else(|| panic!("« {words} » does not come after the {at}th of {texts:?}"));
    }
    // The watermark is read once, not at each of its tiles.
    let marks = texts.iter().filter(|text| text.contains("Camille Moreau · Mairie de Valbourg")).count();
    assert_eq!(marks, 1, "{texts:?}");
}

#[test]
fn where_pixels_are_shown_the_way_to_text_is_the_first_thing_read() {
    let desk = Desk::open();
    for page in desk.pixel_pages() {
        desk.look_at(&page);
        let said = read_aloud(&desk.chromium);
        let first = &said[0];
        assert!(
            first.role == "link" && first.words.starts_with("Affichage en texte"),
            "{page}: {}",
            first.words
        );
        // It is the first stop of the keyboard too, and leads to the same page in text.
        desk.chromium.script("document.activeElement?.blur(); scrollTo(0, 0)");
        desk.chromium.press("Tab");
        desk.chromium.press("Enter");
        desk.chromium.wait_for(&format!("location.pathname === '{page}/texte'"));
        let read: String = read_aloud(&desk.chromium).iter().map(|one| format!("{} ", one.words)).collect();
        assert!(!desk.personal_in(&read).is_empty(), "{page}: {read}");
        // The pixels themselves are said to be pixels, and nobody is named there.
        let silent: String = said.iter().map(|one| format!("{} ", one.words)).collect();
        assert_eq!(desk.personal_in(&silent), Vec::<&str>::new(), "{page}");
    }
    desk.look_at(&desk.sheets[0]);
    let picture = read_aloud(&desk.chromium).into_iter().find(|one| one.role == "image").expect("a picture");
    assert_eq!(
        picture.words,
        "Fiche 1 sur 5, en pixels. Pour la lire avec une aide technique, choisissez Affichage en texte."
    );
}
