//! The landlord's three levers, what takes two managers, and « ce n’était pas moi ».

use chrono::TimeDelta;
use parvis::identity::Role;

use crate::harness::{Account, Answer, Client, MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![
    e27_a_manager_suspends_a_person_or_a_commune_at_once_and_gives_access_back,
    e27_nothing_is_done_before_the_page_that_says_what_it_does,
    e27_every_town_hall_takes_two_managers,
    e27_one_manager_alone_writes_the_urgency_down_and_the_dpo_is_told,
    e33_a_lever_ends_habilitations_or_asks_for_new_passwords,
    e37_a_termination_takes_two_managers_and_closes_on_its_day,
    e37_a_termination_without_its_letter_is_refused_and_nothing_typed_is_lost,
    e19_a_connection_that_was_not_mine_closes_the_account_and_the_landlord_is_told,
];

const REASON: &str = "fiches lues pour une autre affaire";

/// A manager, signed in, with the account.
fn manager(app: &TestApp) -> (Client, Account) {
    let account = app.account(Role::Manager, &[]);
    let mut client = app.stranger();
    client.sign_in(&account);
    (client, account)
}

/// Somebody who reads for Valbourg, and what they see of their committees.
fn reader(app: &TestApp, communes: &[&str]) -> (Client, Account) {
    let account = app.account(Role::Instructor, communes);
    let mut client = app.stranger();
    client.sign_in(&account);
    client.visit("/commissions").has(200);
    (client, account)
}

/// The lever's form, filled in and confirmed.
fn pull(manager: &mut Client, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("motif", REASON)];
    all.extend_from_slice(fields);
    manager.submit("/gestion/acces", &all).has(200);
    manager.send_form("/gestion/acces/confirmer", &all)
}

/// How many messages of this kind somebody has.
fn told(app: &TestApp, account: &Account, word: &str) -> i64 {
    app.count(&format!("messages WHERE account_id = '{}' AND content LIKE '%\"{word}\"%'", account.id))
}

fn e27_a_manager_suspends_a_person_or_a_commune_at_once_and_gives_access_back(app: TestApp) {
    let (mut theo, _) = manager(&app);
    let (mut camille, account) = reader(&app, &[VALBOURG]);
    let (mut neighbour, _) = reader(&app, &[MERIZEAU]);
    for target in [
        [("portee", "personne"), ("identifiant", account.login.as_str()), ("levier", "suspendre")],
        [("portee", "commune"), ("commune", VALBOURG), ("levier", "suspendre")],
    ] {
        pull(&mut theo, &target).leads_to("/gestion/acces");
        camille.visit("/commissions").has(403).says(&format!("Motif : {REASON}."));
        neighbour.visit("/commissions").has(200);
        assert_eq!(told(&app, &account, "suspended"), 1);
        theo.visit("/gestion/acces")
            .has(200)
            .says("Une suspension en cours")
            .says("décision de Camille Moreau");
        let id = app.text("SELECT id AS text FROM suspensions WHERE lifted_at IS NULL");
        let restore = format!("/gestion/acces/retablir/{id}");
        theo.submit(&restore, &[("motif", "")]).has(200).says("Écrivez le motif");
        camille.visit("/commissions").has(403);
        theo.submit(&restore, &[("motif", "vérification faite")]).leads_to("/gestion/acces");
        camille.visit("/commissions").has(200);
        assert_eq!(told(&app, &account, "restored"), 1);
        theo.visit(&restore).is_the_404();
        app.execute("DELETE FROM messages");
    }
}

fn e27_nothing_is_done_before_the_page_that_says_what_it_does(app: TestApp) {
    let (mut theo, own) = manager(&app);
    let (mut camille, account) = reader(&app, &[VALBOURG]);
    let whole = [
        ("portee", "personne"),
        ("identifiant", account.login.as_str()),
        ("levier", "suspendre"),
        ("motif", REASON),
    ];
    theo.submit("/gestion/acces", &whole)
        .has(200)
        .says("Suspendre Camille Moreau ?")
        .says("1 personne concernée");
    camille.visit("/commissions").has(200);
    let without = |name: &str, value: &'static str| {
        whole.map(|(field, typed)| if field == name { (field, value) } else { (field, typed) })
    };
    for (fields, sentence) in [
        (without("portee", ""), "Choisissez qui est concerné."),
        (without("identifiant", "personne.inconnue"), "Aucun compte n’a cet identifiant."),
        (without("levier", ""), "Choisissez ce que vous voulez faire."),
        (without("motif", "  "), "Écrivez le motif"),
    ] {
        for path in ["/gestion/acces", "/gestion/acces/confirmer"] {
            theo.visit("/gestion/acces");
            let answer = theo.send_form(path, &fields);
            answer.has(200).says(sentence);
            let kept = fields
                .iter()
                .filter(|(name, value)| ["identifiant", "motif"].contains(name) && !value.trim().is_empty());
            kept.for_each(|(_, value)| assert!(answer.html().contains(value), "{value} is lost: {answer}"));
        }
    }
    let oneself = without("identifiant", "");
    let oneself = oneself
        .map(|(name, value)| if name == "identifiant" { (name, own.login.as_str()) } else { (name, value) });
    theo.submit("/gestion/acces", &oneself).has(200).says("C’est votre propre compte");
    assert_eq!(app.count("suspensions"), 0);
    camille.visit("/commissions").has(200);
}

fn e27_every_town_hall_takes_two_managers(app: TestApp) {
    let ((mut theo, _), (mut lea, second)) = (manager(&app), manager(&app));
    let (mut camille, _) = reader(&app, &[VALBOURG]);
    let whole = [("portee", "espace"), ("levier", "suspendre"), ("motif", REASON)];
    theo.submit("/gestion/acces", &whole).has(200).says("Deux gestionnaires décident");
    theo.send_form("/gestion/acces/confirmer", &whole).leads_to("/gestion/acces");
    camille.visit("/commissions").has(200);
    assert_eq!(told(&app, &second, "second_manager_needed"), 1);
    let decision = format!("/gestion/acces/decisions/{}", app.text("SELECT id AS text FROM joint_decisions"));
    // Whoever asked cannot confirm.
    theo.submit(&decision, &[("acte", "confirmer")]).has(403);
    camille.visit("/commissions").has(200);
    lea.visit("/gestion/acces").says("Une décision attend un second gestionnaire");
    lea.submit(&decision, &[("acte", "confirmer")]).leads_to("/gestion/acces");
    camille.visit("/commissions").has(403).says(REASON);
    lea.visit(&decision).is_the_404();
    // The landlord's own go on: somebody must be able to lift it.
    theo.visit("/gestion/acces").has(200).says("Toutes les mairies");
    // What nobody confirms lapses.
    app.execute("DELETE FROM suspensions");
    theo.submit("/gestion/acces", &whole);
    theo.send_form("/gestion/acces/confirmer", &whole).leads_to("/gestion/acces");
    let late = app.text("SELECT id AS text FROM joint_decisions WHERE settled IS NULL");
    app.later(TimeDelta::days(3));
    lea = manager(&app).0;
    lea.visit("/gestion/acces").does_not_say("À confirmer");
    lea.send_form(&format!("/gestion/acces/decisions/{late}"), &[("acte", "confirmer")]).is_the_404();
    assert_eq!(app.count("suspensions"), 0);
}

fn e27_one_manager_alone_writes_the_urgency_down_and_the_dpo_is_told(app: TestApp) {
    let ((mut theo, _), judith) = (manager(&app), app.account(Role::Dpo, &[]));
    let (mut camille, _) = reader(&app, &[VALBOURG]);
    let alone = |urgency: &'static str| {
        [
            ("portee", "espace"),
            ("levier", "suspendre"),
            ("motif", REASON),
            ("acte", "seul"),
            ("urgence", urgency),
        ]
    };
    theo.submit("/gestion/acces", &alone("")).has(200);
    theo.send_form("/gestion/acces/confirmer", &alone(" ")).has(200).says("Écrivez le motif");
    assert_eq!(app.count("joint_decisions"), 0);
    camille.visit("/commissions").has(200);
    theo.send_form("/gestion/acces/confirmer", &alone("collègue injoignable, fuite en cours"))
        .leads_to("/gestion/acces");
    camille.visit("/commissions").has(403).says(REASON);
    assert_eq!(told(&app, &judith, "acted_alone"), 1);
    theo.visit("/gestion/acces").says("collègue injoignable, fuite en cours");
    // Another's demand is nobody else's to carry out alone.
    let (mut lea, _) = manager(&app);
    let asked = [("portee", "espace"), ("levier", "mot-de-passe"), ("motif", REASON)];
    theo.submit("/gestion/acces", &asked);
    theo.send_form("/gestion/acces/confirmer", &asked).leads_to("/gestion/acces");
    let open = app.text("SELECT id AS text FROM joint_decisions WHERE settled IS NULL");
    let address = format!("/gestion/acces/decisions/{open}");
    lea.submit(&address, &[("acte", "seul"), ("urgence", "cela ne peut attendre")]).has(403);
    lea.submit(&address, &[("acte", "retirer")]).leads_to("/gestion/acces");
    assert_eq!(app.count("accounts WHERE password_change_asked_at IS NOT NULL"), 0);
}

fn e33_a_lever_ends_habilitations_or_asks_for_new_passwords(app: TestApp) {
    let (mut theo, _) = manager(&app);
    let (mut camille, account) = reader(&app, &[VALBOURG]);
    let (mut neighbour, _) = reader(&app, &[MERIZEAU]);
    pull(&mut theo, &[("portee", "commune"), ("commune", VALBOURG), ("levier", "mot-de-passe")])
        .leads_to("/gestion/acces");
    // At the next request, and at the next connection: the present password leads to a new one.
    camille.visit("/commissions").leads_to("/mot-de-passe");
    neighbour.visit("/commissions").has(200);
    camille = app.stranger();
    camille.sign_in(&account);
    camille.visit("/commissions").leads_to("/mot-de-passe");
    assert_eq!(told(&app, &account, "new_password_asked"), 1);
    let (mut jules, other) = reader(&app, &[VALBOURG]);
    pull(&mut theo, &[("portee", "personne"), ("identifiant", &other.login), ("levier", "fin")])
        .leads_to("/gestion/acces");
    jules.visit("/commissions").has(403).says("Votre compte n’a pas d’habilitation en vigueur.");
    assert_eq!(told(&app, &other, "habilitations_ended"), 1);
}

/// The form of a termination, whole.
const LETTER: [(&str, &str); 5] = [
    ("partie", "mairie"),
    ("recue_le", "20/11/2026"),
    ("reference", "1A 204 556 7788 9"),
    ("effet", "25/11/2026"),
    ("motif", "la commune ne participe plus aux commissions"),
];

fn e37_a_termination_takes_two_managers_and_closes_on_its_day(app: TestApp) {
    let ((mut theo, _), (mut lea, _)) = (manager(&app), manager(&app));
    let (mut camille, account) = reader(&app, &[VALBOURG]);
    let convention = app.text("SELECT id AS text FROM conventions WHERE commune = '99101'");
    let page = format!("/gestion/conventions/{convention}/resiliation");
    let way = theo.visit("/gestion/communes").html();
    assert!(way.contains(&page), "the list of communes leads there: {way}");
    theo.visit(&page).has(200).says("Résilier la convention de Valbourg ?").says("règlement amiable");
    theo.submit(&page, &LETTER).leads_to("/gestion/acces");
    assert_eq!(app.count("conventions WHERE terminated_on IS NOT NULL"), 0);
    let decision = format!("/gestion/acces/decisions/{}", app.text("SELECT id AS text FROM joint_decisions"));
    theo.submit(&decision, &[("acte", "confirmer")]).has(403);
    lea.visit(&decision).has(200).says("1A 204 556 7788 9").says("la mairie");
    lea.submit(&decision, &[("acte", "confirmer")]).leads_to("/gestion/acces");
    assert_eq!(told(&app, &account, "terminated"), 1);
    camille.visit("/commissions").has(200);
    app.at("2026-11-24 18:00");
    reader(&app, &[VALBOURG]);
    app.at("2026-11-25 08:00");
    let mut camille = app.stranger();
    camille.sign_in(&account);
    camille.visit("/commissions").has(403).says("La convention de Valbourg a pris fin le 25 novembre 2026.");
}

fn e37_a_termination_without_its_letter_is_refused_and_nothing_typed_is_lost(app: TestApp) {
    let (mut theo, _) = manager(&app);
    let convention = app.text("SELECT id AS text FROM conventions WHERE commune = '99101'");
    let page = format!("/gestion/conventions/{convention}/resiliation");
    for (field, value, sentence) in [
        ("partie", "", "Choisissez qui résilie."),
        ("recue_le", "24/11/2026", "La lettre ne peut être reçue plus tard qu’aujourd’hui."),
        ("recue_le", "bientôt", "Écrivez le jour de réception du recommandé"),
        ("reference", "", "Recopiez le numéro du recommandé"),
        ("effet", "19/11/2026", "L’effet ne peut précéder la réception de la lettre."),
        ("motif", "", "Écrivez le motif"),
    ] {
        let typed = LETTER.map(|(name, good)| if name == field { (name, value) } else { (name, good) });
        let answer = theo.submit(&page, &typed);
        answer.has(200).says(sentence);
        for (name, kept) in typed.iter().filter(|(name, _)| *name != "partie") {
            assert!(answer.html().contains(kept), "{name} is lost: {answer}");
        }
    }
    assert_eq!(app.count("joint_decisions"), 0);
    // Positive control.
    theo.submit(&page, &LETTER).leads_to("/gestion/acces");
}

fn e19_a_connection_that_was_not_mine_closes_the_account_and_the_landlord_is_told(app: TestApp) {
    let (_, theo) = manager(&app);
    let (mut camille, account) = reader(&app, &[VALBOURG]);
    let page = camille.visit("/compte/connexions");
    page.has(200).says("23 novembre 2026 à 10 h 32").says("celle-ci");
    camille.visit("/compte/connexions/pas-moi").has(200).says("Bloquer votre compte ?");
    camille.visit("/commissions").has(200);
    camille.submit("/compte/connexions/pas-moi", &[]).leads_to("/compte/blocage");
    camille.visit("/commissions").leads_to("/connexion");
    assert_eq!(told(&app, &theo, "somebody_blocked"), 1);
    // Whoever knows the secrets reads nothing any more.
    let mut thief = app.stranger();
    thief.sign_in(&account);
    thief.visit("/commissions").has(403).says("Votre accès est suspendu");
    // Nobody sees another's connections.
    let (mut other, _) = reader(&app, &[MERIZEAU]);
    let rows = |answer: &Answer| answer.html().matches("Adresse du réseau").count();
    assert_eq!(rows(&other.visit("/compte/connexions")), 2, "a head and one row");
}
