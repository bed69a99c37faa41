//! The first login, step by step, and one's own password.

use chrono::TimeDelta;
use parvis::identity::account::NewAccount;
use parvis::identity::{Role, settled};

use crate::harness::{TestApp, VALBOURG, both_databases};

both_databases![
    e20_the_first_login_goes_temporary_secret_own_password_second_factor_commitment,
    e20_a_temporary_secret_serves_once_and_expires_unused,
    e21_a_weak_password_is_refused_in_words_that_help,
    e22_one_changes_ones_password_at_will_with_the_present_one,
    e24_the_commitment_is_shown_dated_and_can_be_read_again,
    e12_an_account_bears_a_name_that_the_watermark_can_draw,
    e13_the_commitment_forbids_to_pass_anything_on,
    e39_the_login_page_says_hours_state_rights_and_how_to_report,
];

const OWN: &str = "lilas-et-passerelle-63";

fn e20_the_first_login_goes_temporary_secret_own_password_second_factor_commitment(app: TestApp) {
    let mut nora = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&nora).has(303);
    let pages =
        ["/", "/commissions", "/compte", "/connexion/code", "/mot-de-passe", "/double-facteur", "/charte"];
    let only = |client: &mut crate::harness::Client, step: &str| {
        for page in pages.iter().filter(|page| **page != step) {
            client.visit(page).has(303).leads_to(step);
        }
        client.visit(step).has(200);
    };
    only(&mut client, "/mot-de-passe");
    client.visit("/mot-de-passe").says("Bienvenue").says("12 caractères au moins");
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", "autre")]).has(200).says("diffèrent");
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).has(303);

    only(&mut client, "/double-facteur");
    nora.totp_secret = client.visit("/double-facteur").secret_in_base32();
    assert_eq!(client.visit("/double-facteur").secret_in_base32(), nora.totp_secret, "kept until confirmed");
    client.submit("/double-facteur", &[("code", "000000")]).has(200).says("valable");
    let code = nora.code();
    client.submit("/double-facteur", &[("code", &code)]).has(303);

    only(&mut client, "/charte");
    client.visit("/charte").says("J’ai lu la charte").says("Je m’engage");
    client.submit("/charte", &[]).has(303);
    client.follow("/").has(200).says("C’est votre première connexion.");

    // From the second login on: own password, code, and nothing else.
    OWN.clone_into(&mut nora.password);
    let mut again = app.stranger();
    again.sign_in(&nora).leads_to("/");
    again.follow("/").has(200);
}

fn e20_a_temporary_secret_serves_once_and_expires_unused(app: TestApp) {
    let nora = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let late = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&nora).has(303);
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).has(303);
    app.stranger().give_password(&nora).has(200).says("Identifiant ou mot de passe inexact.");
    // The secret one was given is no choice of one's own.
    let mut same = app.stranger();
    same.give_password(&late).has(303);
    let words = [("nouveau", late.password.as_str()), ("confirmation", late.password.as_str())];
    same.submit("/mot-de-passe", &words).has(200).says("C’est le mot de passe actuel");
    app.later(TimeDelta::days(7) - TimeDelta::minutes(1));
    app.stranger().give_password(&late).has(303);
    app.later(TimeDelta::minutes(1));
    app.stranger().give_password(&late).has(200).says("Ce mot de passe provisoire a expiré.");
}

fn e21_a_weak_password_is_refused_in_words_that_help(app: TestApp) {
    let refused = |role: Role, communes: &[&str], given: &str, words: &str| {
        let account = app.account_before_first_login(role, communes);
        let mut client = app.stranger();
        client.give_password(&account).has(303);
        let answer = client.submit("/mot-de-passe", &[("nouveau", given), ("confirmation", given)]);
        assert_eq!(answer.status.as_u16(), 200, "« {given} » was accepted");
        answer.says("Une saisie est à reprendre").says(words);
        // What was typed is never sent back.
        assert!(!answer.html().contains(given), "{answer}");
    };
    let town_hall: &[&str] = &[VALBOURG];
    refused(Role::Instructor, town_hall, "lilas-63", "Il compte 8 caractères, il en faut 12 au moins.");
    refused(Role::Instructor, town_hall, "lilasetpasserelle63", "Ajoutez un caractère spécial");
    refused(Role::Instructor, town_hall, "motdepasse-1234", "facile à deviner");
    refused(Role::Instructor, town_hall, "Moreau-Valbourg", "évitez votre nom, votre commune");
    refused(Role::Manager, &[], "lilas-passer-63", "Il compte 15 caractères, il en faut 16 au moins.");
}

fn e22_one_changes_ones_password_at_will_with_the_present_one(app: TestApp) {
    let mut account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    let form = |present: &str| {
        [("actuel", present.to_owned()), ("nouveau", OWN.to_owned()), ("confirmation", OWN.to_owned())]
    };
    let mut change = |present: &str| {
        let fields = form(present);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.submit("/mot-de-passe", &fields)
    };
    change("faux").has(200).says("Ce n’est pas votre mot de passe actuel.");
    change(&account.password).has(303);
    client.visit("/compte").has(200).says("Changé le 23 novembre 2026");
    app.stranger().give_password(&account).has(200).says("inexact");
    OWN.clone_into(&mut account.password);
    app.stranger().give_password(&account).has(303);
}

fn e24_the_commitment_is_shown_dated_and_can_be_read_again(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    let page = client.visit("/charte");
    page.has(200).says("Votre engagement date du 23 novembre 2026.");
    assert!(!page.html().contains("action=\"/charte\""), "what is done is not asked again");
    client.visit("/compte").says("engagement du 23 novembre 2026");
    // A new version is shown at the next request, before anything else.
    app.execute(&format!(
        "UPDATE accounts SET charter_version = charter_version - 1 WHERE id = '{}'",
        account.id
    ));
    client.visit("/commissions").has(303).leads_to("/charte");
    client.submit("/charte", &[]).has(303);
    client.visit("/commissions").has(200);
}

fn e12_an_account_bears_a_name_that_the_watermark_can_draw(app: TestApp) {
    let refused = |first_name: &str, job_title: &str| {
        let new = NewAccount {
            login: "zoe.nom".to_owned(),
            role: Role::Manager,
            first_name: first_name.to_owned(),
            last_name: "Moreau".to_owned(),
            job_title: job_title.to_owned(),
            communes: Vec::new(),
            contact_for: Vec::new(),
            from: app.today(),
        };
        let made = settled::account(app.machine(), new, "nacre-et-girouette-44").expect("a database");
        made.err().map(|refusal| refusal.to_string()).unwrap_or_default()
    };
    for name in ["漢字", "Zo\u{7}é", "Zo\u{202e}é", "Zoé\nAdmin"] {
        assert!(refused(name, "chargée").contains("le filigrane les porte (E12)"), "{name:?}");
    }
    assert!(refused("Zoé", "chargée\nde mission").contains("la fonction tient sur une ligne"));
    assert_eq!(refused(" Zoé ", "chargée de mission"), "");
}

fn e13_the_commitment_forbids_to_pass_anything_on(app: TestApp) {
    let mut client = app.instructor_of(VALBOURG);
    let page = client.visit("/charte");
    for words in [
        "mon accès est personnel",
        "je n’imprime, ne photographie ni n’enregistre aucune fiche",
        "je n’en montre rien à une personne non habilitée",
        "je garde le secret, même après mon départ",
        "Vous ne faites aucun usage commercial de ces informations",
        "ne les communiquez ni ne les divulguez à des tiers, par quelque moyen que ce soit",
        "Il s’agit d’une information, non d’un consentement.",
    ] {
        page.says(words);
    }
}

fn e39_the_login_page_says_hours_state_rights_and_how_to_report(app: TestApp) {
    for (instant, state) in [
        ("2026-11-23 10:32", "Ouvert jusqu’à 19 h"),
        ("2026-11-23 18:59:59", "Ouvert jusqu’à 19 h"),
        ("2026-11-23 19:00:00", "Fermé jusqu’à mardi 24 novembre à 8 h"),
        ("2026-11-28 10:32", "Fermé jusqu’à lundi 30 novembre à 8 h"),
        ("2026-12-25 10:32", "Fermé jusqu’à lundi 28 décembre à 8 h"),
    ] {
        app.at(instant);
        let page = app.stranger().visit("/connexion");
        page.has(200).says(state).says("Heure de Paris");
        page.says("Vos droits")
            .says("six mois au plus")
            .says("Habitat des Trois-Vals et votre mairie, responsables conjoints");
        page.says("Accès, rectification, effacement, limitation, opposition.");
        page.says("Signalez-le à toute heure, même sans compte").says("00 99 00 00 18");
        assert!(page.html().contains("href=\"/signalement\""));
        app.stranger().visit("/signalement").has(200);
    }
}
