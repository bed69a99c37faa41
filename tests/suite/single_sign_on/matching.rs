//! Whose account it is: address and employer at the first login, the binding alone afterwards (E19).

use parvis::identity::Role;
use serde_json::json;

use super::desk::{CCAS_SIREN, Desk, LANDLORD_SIREN, VALBOURG_SIREN, with_provider};
use crate::harness::{Kind, MERIZEAU, VALBOURG};

with_provider![
    a_first_login_matches_address_and_employer_or_is_refused_with_what_to_do,
    a_person_without_habilitation_or_account_is_told_so,
    the_landlord_records_another_employer_of_a_shared_agent,
    the_landlords_own_people_come_with_its_own_siren,
    e19_once_bound_only_the_identity_counts,
    e19_another_identity_with_the_same_address_is_refused_and_told_to_the_managers,
    e19_a_removed_identity_ends_its_sessions_and_leaves_room_for_another,
];

fn a_first_login_matches_address_and_employer_or_is_refused_with_what_to_do(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    for (change, reason, says) in [
        (
            json!({ "siret": format!("{CCAS_SIREN}00015") }),
            "sso_siren",
            "Votre employeur n’est pas celui de votre commune",
        ),
        (json!({ "siret": null }), "sso_no_siren", "Votre employeur n’est pas connu"),
        (json!({ "siret": VALBOURG_SIREN }), "sso_no_siren", "Votre employeur n’est pas connu"),
        (json!({ "roles": [] }), "sso_role", "Cet accès est réservé aux agents publics"),
        (json!({ "roles": ["agent_public_etat"] }), "sso_role", "Cet accès est réservé aux agents publics"),
    ] {
        desk.coming_as(&change).1.has(403).says(says).says("Une question ?");
        assert!(desk.refusals(reason, Some(&account)) >= 1, "{change}");
    }
    desk.app.execute("UPDATE communes SET siren = NULL");
    desk.coming_as(&json!({})).1.has(403).says("Le numéro SIREN de votre commune n’est pas enregistré ici");
    assert_eq!(desk.refusals("sso_siren_unknown", Some(&account)), 1);
    assert_eq!(desk.app.count("single_sign_on_bindings"), 0);
    assert_eq!(desk.app.count("sessions"), 0);
    // Positive control, without roles: not every identity provider says any.
    desk.app.execute(&format!("UPDATE communes SET siren = '{VALBOURG_SIREN}' WHERE insee = '{VALBOURG}'"));
    desk.coming_as(&json!({ "roles": null })).1.has(303).leads_to("/");
}

fn a_person_without_habilitation_or_account_is_told_so(kind: Kind) {
    let desk = Desk::open(kind);
    desk.coming_as(&json!({})).1.has(403).says("Aucun compte ne correspond");
    desk.coming_as(&json!({ "email": null })).1.has(403).says("Votre adresse électronique manque");
    // Strangers leave no row.
    assert_eq!(desk.app.count("traces WHERE kind = 'refusal'"), 0);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    desk.app.execute("UPDATE habilitations SET ends_on = '2026-11-22'");
    desk.coming_as(&json!({})).1.has(403).says("Votre compte n’a pas d’habilitation en vigueur");
    assert_eq!(desk.refusals("sso_habilitation", Some(&account)), 1);
    desk.app.execute("UPDATE habilitations SET ends_on = NULL");
    // An address of two people is nobody's.
    let other = desk.account(Role::Instructor, &[VALBOURG]);
    desk.coming_as(&json!({})).1.has(403).says("Aucun compte ne correspond");
    desk.addressed(&other, "yanis.benali@valbourg.test");
    desk.coming_as(&json!({})).1.has(303).leads_to("/");
}

fn the_landlord_records_another_employer_of_a_shared_agent(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let of_the_ccas = json!({ "siret": format!("{CCAS_SIREN}00015") });
    desk.coming_as(&of_the_ccas).1.has(403).says("le bailleur peut l’enregistrer");
    let mut theo = desk.app.manager();
    let page = format!("/gestion/comptes/{}/connexion-unique", account.id);
    let accept = format!("{page}/employeur");
    theo.visit(&page)
        .has(200)
        .says("Ce compte n’est lié à aucune identité")
        .says("camille.moreau@valbourg.test");
    let motif = "agente du CCAS mise à disposition";
    for (siren, motif, says) in [
        ("269901006", motif, "celui-ci est incomplet"),
        (CCAS_SIREN, " ", "Dites pourquoi"),
        (CCAS_SIREN, &"x".repeat(201), "de 200 signes au plus"),
    ] {
        let answer = theo.send_form(&accept, &[("siren", siren), ("motif", motif)]);
        answer.has(200).says(says);
        assert!(answer.html().contains(siren), "what was typed is kept");
    }
    assert_eq!(desk.app.count("employer_exceptions"), 0);
    theo.send_form(&accept, &[("siren", "269 901 005"), ("motif", motif)]).leads_to(&page);
    theo.visit(&page).says(motif).says("accepté le 23 novembre 2026");
    let recorded = format!(
        "employer_exceptions WHERE account_id = '{}' AND siren = '{CCAS_SIREN}' AND decided_by IS NOT NULL AND ended_at IS NULL",
        account.id
    );
    assert_eq!(desk.app.count(&recorded), 1);
    // The exception adds an employer and lifts nothing else.
    let mut others = of_the_ccas.clone();
    others["roles"] = json!([]);
    desk.coming_as(&others).1.has(403).says("réservé aux agents publics");
    theo.send_form(&format!("{accept}/fin"), &[]).leads_to(&page);
    desk.coming_as(&of_the_ccas).1.has(403);
    theo.visit(&page).does_not_say(motif);
    theo.send_form(&accept, &[("siren", CCAS_SIREN), ("motif", motif)]).leads_to(&page);
    desk.coming_as(&of_the_ccas).1.has(303).leads_to("/");
    assert_eq!(desk.app.count("employer_exceptions"), 2, "what was decided before stays");
    theo.visit(&page).says("Ce compte est lié à une identité").says("ProConnect, depuis le 23 novembre 2026");
}

fn the_landlords_own_people_come_with_its_own_siren(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Manager, &[]);
    desk.coming_as(&json!({})).1.has(403).says("Votre employeur");
    let own = json!({ "siret": format!("{LANDLORD_SIREN}00014"), "roles": [] });
    let (mut theo, answer) = desk.coming_as(&own);
    answer.has(303).leads_to("/");
    theo.here.visit("/gestion/communes").has(200);
}

fn e19_once_bound_only_the_identity_counts(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    desk.coming_as(&json!({})).1.has(303);
    desk.addressed(&account, "une.autre@valbourg.test");
    desk.app.execute("UPDATE communes SET siren = NULL");
    for change in [
        json!({ "email": "encore.une.autre@ailleurs.test" }),
        json!({ "email": null, "siret": null, "roles": [] }),
    ] {
        desk.coming_as(&change).1.has(303).leads_to("/");
    }
    assert_eq!(desk.app.count("single_sign_on_bindings"), 1);
    // A second factor is asked each time.
    desk.coming_as(&json!({ "acr": "eidas1" })).1.has(403);
}

fn e19_another_identity_with_the_same_address_is_refused_and_told_to_the_managers(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let manager = desk.app.account(Role::Manager, &[]);
    desk.coming_as(&json!({})).1.has(303);
    for _ in 0..3 {
        desk.coming_as(&json!({ "sub": "une-autre" }))
            .1
            .has(403)
            .says("Ce compte est lié à une autre identité");
    }
    assert!(desk.refusals("sso_other_subject", Some(&account)) >= 1);
    let told = |sql: &str| desk.app.count(&format!("messages WHERE account_id = '{}' AND {sql}", manager.id));
    assert_eq!(told("content LIKE '%other_subject%'"), 1, "told once, however often it tries");
    assert_eq!(told("content LIKE '%valbourg.test%' OR content LIKE '%Camille%'"), 0);
    // The one that is bound still comes in.
    desk.coming_as(&json!({ "sub": "camille" })).1.has(303);
    assert_eq!(desk.app.count("single_sign_on_bindings"), 1);
}

fn e19_a_removed_identity_ends_its_sessions_and_leaves_room_for_another(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG, MERIZEAU]);
    let (mut camille, answer) = desk.coming_as(&json!({}));
    answer.has(303);
    camille.here.visit("/commissions").has(200);
    let mut theo = desk.app.manager();
    let page = format!("/gestion/comptes/{}/connexion-unique", account.id);
    let removal = format!("{page}/retrait");
    theo.visit(&page).has(200).says("Retirer…");
    theo.submit(&removal, &[("motif", "")]).has(200).says("Dites pourquoi");
    camille.here.visit("/commissions").has(200);
    theo.send_form(&removal, &[("motif", "départ de la personne")]).leads_to(&page);
    camille.here.visit("/commissions").leads_to("/connexion");
    let kept =
        "single_sign_on_bindings WHERE removed_by IS NOT NULL AND removal_reason = 'départ de la personne'";
    assert_eq!(desk.app.count(kept), 1);
    assert_eq!(
        desk.app.count(&format!("messages WHERE account_id = '{}' AND content LIKE '%unbound%'", account.id)),
        1
    );
    desk.coming_as(&json!({ "sub": "une-autre" })).1.has(303).leads_to("/");
    desk.coming_as(&json!({ "sub": "camille" })).1.has(403).says("lié à une autre identité");
    // Nobody but a manager.
    for role in [Role::Dpo, Role::Contact] {
        let communes: &[&str] = if role.is_town_hall() { &[VALBOURG] } else { &[] };
        let mut other = desk.app.stranger();
        other.sign_in(&desk.app.account(role, communes));
        other.visit(&page).has(403);
        other.send_form(&removal, &[("motif", "x")]).has(403);
    }
}
