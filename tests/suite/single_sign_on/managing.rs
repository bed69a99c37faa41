//! The landlord's page, the buttons, the settings.

use parvis::identity::Place;
use parvis::platform::config::{Settings, SingleSignOn};
use serde_json::json;

use super::desk::{CCAS_SIREN, Desk, with_provider};
use crate::harness::{Kind, MERIZEAU, TestApp, VALBOURG};

with_provider![
    the_buttons_come_first_and_only_where_a_provider_is_named,
    the_landlord_enters_the_siren_of_its_communes,
];

fn the_buttons_come_first_and_only_where_a_provider_is_named(kind: Kind) {
    let desk = Desk::open(kind);
    let page = desk.app.stranger().visit("/connexion").html();
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(at("S’identifier avec ProConnect") < at("Qu’est-ce que ProConnect"));
    assert!(at("Qu’est-ce que ProConnect") < at("S’identifier avec Ma mairie"));
    assert!(at("S’identifier avec Ma mairie") < at("name=\"mot_de_passe\""));
    assert!(
        page.contains("href=\"https://www.proconnect.gouv.fr/\" target=\"_blank\" rel=\"noopener external\"")
    );
    let other = TestApp::start(kind);
    let mut without = other.stranger();
    let page = without.visit("/connexion");
    page.has(200).does_not_say("S’identifier avec").does_not_say("ou avec un mot de passe");
    // A form of a provider without its token begins nothing.
    without.csrf = String::new();
    without.send_form("/connexion/sso/proconnect", &[]).has(403);
    let mut stranger = desk.app.stranger();
    stranger.visit("/connexion");
    stranger.send_form("/connexion/sso/inconnu", &[]).is_the_404();
    // The way on is a page of this site, which sends its forms nowhere else.
    let answer = stranger.send_form("/connexion/sso/proconnect", &[]);
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self';"), "{policy}");
    answer.says("Vous quittez cet extranet un instant");
}

fn the_landlord_enters_the_siren_of_its_communes(kind: Kind) {
    let desk = Desk::open(kind);
    let mut theo = desk.app.manager();
    let page = "/gestion/connexion-unique";
    theo.visit(page)
        .has(200)
        .says("Il manque le numéro SIREN d’une commune au moins")
        .says("Ma mairie Keycloak");
    for (insee, siren, says) in [
        (MERIZEAU, "269901006", "celui-ci est incomplet, ou l’un d’eux est inexact"),
        (MERIZEAU, "", "neuf chiffres"),
        ("9910", CCAS_SIREN, "cinq caractères"),
        ("99109", CCAS_SIREN, "Aucune commune n’a ce code ici."),
    ] {
        let answer = theo.send_form(page, &[("insee", insee), ("siren", siren)]);
        answer.has(200).says(says);
        assert!(answer.html().contains(&format!("value=\"{insee}\"")), "what was typed is kept");
    }
    theo.send_form(page, &[("insee", MERIZEAU), ("siren", "219 901 022")]).leads_to(page);
    theo.visit(page).says("Chaque commune a son numéro SIREN").says("219901022");
    let known =
        |insee: &str| desk.app.count(&format!("communes WHERE insee = '{insee}' AND siren IS NOT NULL"));
    assert_eq!((known(VALBOURG), known(MERIZEAU)), (1, 1));
    let mut camille = desk.app.instructor_of(VALBOURG);
    camille.visit(page).has(403);
}

#[test]
fn every_fault_of_a_provider_is_told_at_once_and_in_french() {
    let folder = tempfile::tempdir().expect("a folder");
    let faulty = "[[single_sign_on]]\nid = \"Pro Connect\"\nkind = \"proconnect\"\nissuer = \"http://c.test\"\n\
                  client_id = \"\"\naccepted_acr = [\"eidas1-mfa\"]\naccept_weak_second_factor_until = \"bientôt\"\n\
                  siren = \"219901014\"\nclient_secret_file = \"/nulle/part\"\n\
                  [[single_sign_on]]\nid = \"mairie\"\nkind = \"keycloak\"\nissuer = \"https://c.test\"\nclient_id = \"x\"\n\
                  siren = \"123456789\"\nca_file = \"/nulle/part\"\n\
                  [[single_sign_on]]\nid = \"mairie\"\nkind = \"entra\"\nlabel = \"x\"\nissuer = \"https://c.test\"\n\
                  client_id = \"x\"\naccepted_acr = [\"c2\"]\n";
    let file = folder.path().join("parvis.toml");
    std::fs::write(&file, faulty).expect("a file");
    let place = Place { config: Some(file), data: folder.path().join("data") };
    let told = Settings::load(&place).expect_err("faults").to_string();
    for fault in [
        "single_sign_on[0].id",
        "single_sign_on[0].issuer",
        "single_sign_on[0].client_id",
        "single_sign_on[0].accepted_acr",
        "single_sign_on[0].accept_weak_second_factor_until",
        "single_sign_on[0].siren",
        "single_sign_on[0].client_secret_file",
        "single_sign_on[1].label",
        "single_sign_on[1].accepted_acr",
        "single_sign_on[1].siren",
        "single_sign_on[1].ca_file",
        "la variable PARVIS_SSO_SECRET_MAIRIE",
        "single_sign_on[2].tenants",
        "single_sign_on[2].id\u{a0}: «\u{a0}mairie\u{a0}» est déjà pris",
    ] {
        assert!(told.contains(fault), "{fault} in\n{told}");
    }
    let unknown: Result<SingleSignOn, _> = serde_json::from_value(
        json!({ "id": "x", "kind": "keycloak", "issuer": "https://c.test", "client_id": "x", "verify": false }),
    );
    assert!(unknown.is_err(), "no switch turns a protection off");
}
