//! Departures and changes of function (E23).

use parvis::identity::Role;

use super::contact;
use crate::harness::{Account, Client, MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![
    e23_a_departure_closes_at_once_in_one_commune_and_only_the_landlord_undoes_it,
    e23_a_departure_announced_for_a_day_closes_after_it,
    e23_a_change_of_function_is_examined_again_and_a_refusal_ends_the_habilitation,
];

fn holder(app: &TestApp, account: &Account, commune: &str) -> String {
    app.text(&format!(
        "SELECT id AS text FROM habilitations WHERE account_id = '{}' AND commune = '{commune}'",
        account.id
    ))
}

fn signed_in(app: &TestApp, account: &Account) -> Client {
    let mut client = app.stranger();
    client.sign_in(account);
    client
}

fn e23_a_departure_closes_at_once_in_one_commune_and_only_the_landlord_undoes_it(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG, MERIZEAU]);
    let mut camille = signed_in(&app, &account);
    camille.visit("/commissions").has(200);
    camille.send_form("/commune", &[("commune", VALBOURG)]).has(303);
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    camille.look_at(&sheet).is_a_picture();
    let (mut paul, mut theo) = (contact(&app), app.manager());
    let foreign = holder(&app, &account, MERIZEAU);
    paul.visit(&format!("/equipe/titulaires/{foreign}/depart")).is_the_404();
    let own = holder(&app, &account, VALBOURG);
    let path = format!("/equipe/titulaires/{own}/depart");
    paul.visit(&path).says("dès maintenant, pages ouvertes comprises");
    // Today, typed as a day: the rest of the day is not left either.
    paul.send_form(&path, &[("jour", "23/11/2026")]).leads_to("/equipe");
    // The page that is open asks in the same minute whether it may stay.
    camille.visit(&sheet).has(403).says("pas d’habilitation en vigueur");
    camille.post_json(&format!("{sheet}/presence"), &serde_json::json!({"display": "00000-00000"})).has(403);
    camille.send_form("/commune", &[("commune", MERIZEAU)]).has(303);
    camille.visit("/commissions").has(200).says("à Mérizeau");
    // The contact can neither see it any more nor take it back.
    paul.visit("/equipe").says("Aucune personne habilitée à Valbourg");
    paul.visit(&path).is_the_404();
    let undo = format!("/gestion/titulaires/{own}/retablissement");
    paul.visit(&undo).has(403);
    theo.submit(&undo, &[]).has(200).says("Écrivez le motif");
    theo.submit(&undo, &[("motif", "Signalé par erreur.")]).leads_to("/gestion/equipes/99101");
    let history = theo.visit("/gestion/equipes/99101");
    history.says("départ signalé").says("fin annulée par le bailleur").says("Signalé par erreur.");
    camille.send_form("/commune", &[("commune", VALBOURG)]).has(303);
    camille.look_at(&sheet).is_a_picture();
}

fn e23_a_departure_announced_for_a_day_closes_after_it(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let own = holder(&app, &account, VALBOURG);
    let mut paul = contact(&app);
    let path = format!("/equipe/titulaires/{own}/depart");
    let wrong = paul.submit(&path, &[("jour", "31/11/2026")]);
    wrong.has(200).says("Écrivez le jour du départ");
    assert!(wrong.html().contains("value=\"31/11/2026\""), "{wrong}");
    paul.submit(&path, &[("jour", "25/11/2026")]).leads_to("/equipe");
    paul.visit("/equipe").says("départ après le 25 novembre 2026");
    app.at("2026-11-25 18:59");
    signed_in(&app, &account).visit("/commissions").has(200);
    app.at("2026-11-26 08:00");
    signed_in(&app, &account).visit("/commissions").has(403).says("pas d’habilitation en vigueur");
}

fn e23_a_change_of_function_is_examined_again_and_a_refusal_ends_the_habilitation(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let own = holder(&app, &account, VALBOURG);
    let (mut paul, mut theo) = (contact(&app), app.manager());
    let path = format!("/equipe/titulaires/{own}/fonction");
    let change = [("fonction", "policière municipale"), ("motif", "Mutation au 1er décembre.")];
    let sent = paul.submit(&path, &change);
    sent.has(303);
    paul.submit(&path, &change).has(200).says("déjà à l’examen");
    signed_in(&app, &account).visit("/commissions").has(200);
    let id = super::id_of(&sent);
    theo.visit(&format!("/gestion/habilitations/{id}")).says("Changement de fonction pour Camille Moreau");
    theo.send_form(&format!("/gestion/habilitations/{id}/refus"), &[("motif", "incompatible")]).has(303);
    signed_in(&app, &account).visit("/commissions").has(403);
    assert_eq!(app.count("endings WHERE cause = 'function_change'"), 1);
}
