//! Sessions that a provider has opened: one, locked when idle, ended on both sides; and a provider that
//! does not answer.

use chrono::TimeDelta;
use parvis::identity::Role;
use serde_json::json;

use super::desk::{Desk, camille, with_provider};
use crate::harness::{Kind, VALBOURG};

with_provider![
    e19_a_session_of_single_sign_on_ends_the_other_and_is_ended_by_it,
    e19_a_session_fixed_beforehand_is_not_the_one_that_opens,
    an_idle_screen_is_reopened_by_the_provider_that_opened_it,
    a_temporary_password_reopens_no_screen_of_single_sign_on,
    signing_out_leads_on_to_the_providers_own_way_out,
    a_provider_that_is_down_leaves_the_password,
    a_provider_that_falls_silent_on_the_way_opens_nothing,
    keys_that_have_changed_are_asked_for_again,
    e28_outside_hours_one_signs_in_and_reads_nothing,
];

fn e19_a_session_of_single_sign_on_ends_the_other_and_is_ended_by_it(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let mut at_the_office = desk.app.stranger();
    at_the_office.sign_in(&account);
    at_the_office.visit("/commissions").has(200);
    let (mut camille, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    camille.here.visit("/commissions").has(200);
    at_the_office.visit("/commissions").leads_to("/connexion");
    at_the_office.visit("/connexion").says("Votre session a pris fin");
    assert_eq!(desk.app.count("sessions WHERE ended_at IS NULL AND second_factor_at IS NOT NULL"), 1);
    at_the_office.sign_in(&account);
    camille.here.visit("/commissions").leads_to("/connexion");
}

fn e19_a_session_fixed_beforehand_is_not_the_one_that_opens(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let mut camille = desk.person();
    let back = camille.go("proconnect");
    let fixed = camille.here.cookies.get("__Host-parvis").cloned().expect("a stranger's cookie");
    camille.here.visit(&back).has(303);
    let opened = camille.here.cookies.get("__Host-parvis").cloned().expect("a session");
    assert_ne!(fixed, opened);
    let mut thief = desk.app.stranger();
    thief.cookies.insert("__Host-parvis".to_owned(), fixed);
    thief.visit("/commissions").leads_to("/connexion");
    camille.here.visit("/commissions").has(200);
}

fn an_idle_screen_is_reopened_by_the_provider_that_opened_it(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let (mut camille, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    let session = camille.here.cookies.get("__Host-parvis").cloned();
    desk.app.later(TimeDelta::minutes(23));
    camille.here.visit("/commissions").leads_to("/verrou");
    camille.here.visit("/verrou").has(200).says("S’identifier avec ProConnect").does_not_say("Ma mairie");
    let address = camille.choose_on_this_page("proconnect");
    assert!(address.contains("prompt=login"), "{address}");
    // A provider that opens silently proves nothing of who sits there.
    desk.provider.set(&json!({ "tamper": { "auth_time": 1_700_000_000 } }));
    let back = camille.walk(&address);
    camille.here.visit(&back).has(403).says("Identifiez-vous de nouveau");
    desk.provider.set(&json!({ "tamper": { "auth_time": null } }));
    camille.here.visit("/verrou").has(200);
    let address = camille.choose_on_this_page("proconnect");
    let back = camille.walk(&address);
    camille.here.visit(&back).has(403).says("Identifiez-vous de nouveau");
    assert!(desk.refusals("sso_not_fresh", Some(&account)) >= 1);
    camille.here.visit("/commissions").leads_to("/verrou");
    desk.provider.set(&json!({ "tamper": null }));
    camille.here.visit("/verrou").has(200);
    let address = camille.choose_on_this_page("proconnect");
    let back = camille.walk(&address);
    camille.here.visit(&back).has(303).leads_to("/commissions");
    camille.here.visit("/commissions").has(200);
    assert_eq!(camille.here.cookies.get("__Host-parvis").cloned(), session, "the same session goes on");
    // The password of one's own does as well.
    desk.app.later(TimeDelta::minutes(23));
    camille.here.submit("/verrou", &[("mot_de_passe", &account.password)]).has(303);
    // A session of a password is not offered what has not opened it.
    let mut other = desk.app.stranger();
    other.sign_in(&account);
    desk.app.later(TimeDelta::minutes(23));
    other.visit("/verrou").has(200).does_not_say("ProConnect");
}

fn a_temporary_password_reopens_no_screen_of_single_sign_on(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    desk.addressed(&account, super::desk::CAMILLE);
    let (mut camille, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    camille.here.submit("/charte", &[]).has(303);
    desk.app.later(TimeDelta::minutes(23));
    camille
        .here
        .submit("/verrou", &[("mot_de_passe", &account.password)])
        .has(200)
        .says("Ce n’est pas votre mot de passe");
    camille.here.visit("/commissions").leads_to("/verrou");
}

fn signing_out_leads_on_to_the_providers_own_way_out(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let (mut camille, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    camille.here.visit("/compte").has(200);
    let answer = camille.here.send_form("/deconnexion", &[]);
    answer.has(303).leads_to("/connexion/sso/proconnect/sortie");
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"storage\""));
    let page = camille.here.visit("/connexion/sso/proconnect/sortie");
    page.has(200).says("Votre session est fermée ici").says("Se déconnecter de ProConnect");
    let html = page.html();
    for part in [
        "http-equiv=\"refresh\"",
        "/session/end?",
        "client_id=signed",
        "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fdeconnexion",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("id_token_hint"), "a token names a person");
    camille.here.visit("/commissions").leads_to("/connexion");
    camille.here.visit("/connexion/sso/inconnu/sortie").is_the_404();
}

fn a_provider_that_is_down_leaves_the_password(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    desk.provider.stop();
    let mut camille = desk.app.stranger();
    camille.visit("/connexion").has(200).says("S’identifier avec ProConnect").says("ou avec un mot de passe");
    let answer = camille.send_form("/connexion/sso/proconnect", &[]);
    answer.has(503).says("Le service d’identification ne répond pas").says("avec votre mot de passe");
    camille.sign_in(&account).leads_to("/");
}

fn a_provider_that_falls_silent_on_the_way_opens_nothing(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let mut camille = desk.person();
    let back = camille.go("proconnect");
    desk.provider.stop();
    camille.here.visit(&back).has(503).says("Le service d’identification ne répond pas");
    assert_eq!(desk.app.count("sessions"), 0);
    // What was announced before is known still: the way begins, whatever then answers.
    camille.choose("proconnect");
}

fn keys_that_have_changed_are_asked_for_again(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    // A document of before: its keys are gone from where it points to.
    let keys = format!("{}/.well-known/openid-configuration", desk.provider.issuer());
    desk.provider.set(&json!({ "announce": { "jwks_uri": keys, "keys": [] } }));
    desk.provider.set(&json!({ "announce": { "keys": [], "jwks_uri": keys } }));
    let mut camille = desk.person();
    let back = camille.go("proconnect");
    desk.provider.set(&json!({ "announce": null }));
    camille.here.visit(&back).has(403).says("La réponse reçue n’est pas valable");
    desk.app.machine().clock().advance_authenticator(TimeDelta::seconds(20));
    desk.provider.knows(&super::desk::camille());
    desk.person().identify("proconnect").has(303).leads_to("/");
}

fn e28_outside_hours_one_signs_in_and_reads_nothing(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    desk.app.at("2026-11-23 19:30");
    desk.provider.knows(&camille());
    let (mut late, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    late.here.visit("/compte").has(200);
    late.here.visit("/commissions").has(403).says("L’extranet est fermé.");
}
