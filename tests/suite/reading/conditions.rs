//! Each condition of the reader has its own page, and is asked at every request (E27, E28, E35).

use chrono::TimeDelta;
use parvis::identity::Role;
use serde_json::json;

use crate::harness::{Client, MERIZEAU, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e28_a_page_on_the_screen_is_warned_at_a_quarter_to_and_closed_at_seven,
    e28_the_next_morning_the_same_address_shows_the_same_sheet,
    e28_the_holidays_of_alsace_moselle_close_the_space_for_its_communes_alone,
    e35_without_a_convention_in_force_nothing_is_read,
    e27_a_suspension_of_a_person_a_commune_or_the_space_holds_at_once_and_can_be_lifted,
    e15_a_habilitation_that_has_ended_or_not_begun_opens_nothing,
    e07_a_session_declared_over_closes_its_sheets_at_once,
    e08_a_cancelled_committee_is_unreadable_at_once,
];

/// Valbourg's sheet on the screen of its reader, and the code of its display.
fn on_the_screen(app: &TestApp, camille: &mut Client) -> (String, serde_json::Value) {
    app.publish_usual();
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    let shown = camille.look_at(&sheet);
    shown.is_a_picture();
    let code = shown.header("x-parvis-display").expect("a code").to_owned();
    (sheet, json!({ "display": code, "width": 320, "ratio": 1 }))
}

fn e28_a_page_on_the_screen_is_warned_at_a_quarter_to_and_closed_at_seven(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    app.at("2026-11-23 18:44:00");
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let (sheet, display) = on_the_screen(&app, &mut camille);
    let presence = format!("{sheet}/presence");
    let remaining =
        |answer: &crate::harness::Answer| answer.json()["remaining_ms"].as_u64().expect("a number");
    let calm = camille.post_json(&presence, &display);
    assert_eq!(calm.has(200).json()["warning"], json!(null));
    assert!((950_000..=960_000).contains(&remaining(&calm)), "until seven, not for twenty minutes: {calm}");
    app.at("2026-11-23 18:45:00");
    let warned = camille.post_json(&presence, &display);
    assert_eq!(warned.json()["warning"], json!("L’espace ferme dans 15\u{a0}minutes."));
    camille.visit("/commissions").has(200).says("L’espace ferme dans 15 minutes. À 19 h, la fiche s’efface");
    app.at("2026-11-23 18:55:00");
    assert_eq!(
        camille.post_json(&presence, &display).json()["warning"],
        json!("L’espace ferme dans 5\u{a0}minutes.")
    );
    app.at("2026-11-23 18:59:59");
    let last = camille.post_json(&presence, &display);
    assert!(remaining(last.has(200)) <= 1_000, "{last}");
    app.at("2026-11-23 19:00:00");
    for answer in [
        camille.post_json(&presence, &display),
        camille.post_json(&format!("{sheet}/affichage"), &display),
        camille.visit(&sheet),
        camille.visit(&format!("{sheet}/texte")),
    ] {
        answer.has(403).says("L’extranet est fermé.").says("Prochaine ouverture : mardi 24 novembre à 8 h.");
    }
    camille.visit("/compte").has(200);
}

fn e28_the_next_morning_the_same_address_shows_the_same_sheet(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let (sheet, _) = on_the_screen(&app, &mut camille);
    app.at("2026-11-23 19:00:00");
    camille.sign_in(&account);
    camille.visit(&sheet).has(403);
    app.at("2026-11-24 07:59:50");
    camille.sign_in(&account);
    app.at("2026-11-24 07:59:59");
    camille.visit(&sheet).has(403).says("Prochaine ouverture : mardi 24 novembre à 8 h.");
    app.at("2026-11-24 08:00:00");
    camille.look_at(&sheet).is_a_picture();
}

fn e28_the_holidays_of_alsace_moselle_close_the_space_for_its_communes_alone(app: TestApp) {
    app.execute("UPDATE communes SET alsace_moselle = true, good_friday = true WHERE insee = '99101'");
    let there = app.account(Role::Instructor, &[VALBOURG]);
    let elsewhere = app.account(Role::Instructor, &[MERIZEAU]);
    // Good Friday 2027; Easter Monday is a holiday everywhere.
    app.at("2027-03-26 10:00");
    let (mut camille, mut dominique) = (app.stranger(), app.stranger());
    camille.sign_in(&there);
    dominique.sign_in(&elsewhere);
    camille.visit("/commissions").has(403).says("Prochaine ouverture : mardi 30 mars à 8 h.");
    camille.visit("/compte").has(200).says("fermé jusqu’à mardi à 8 h");
    dominique.visit("/commissions").has(200).says("ouvert jusqu’à 19 h");
}

fn e35_without_a_convention_in_force_nothing_is_read(app: TestApp) {
    let mut camille = app.instructor_of(VALBOURG);
    let (sheet, display) = on_the_screen(&app, &mut camille);
    let refused = |camille: &mut Client, words: &str| {
        for answer in [
            camille.visit("/commissions"),
            camille.visit(&sheet),
            camille.visit(&format!("{sheet}/texte")),
            camille.post_json(&format!("{sheet}/affichage"), &display),
            camille.post_json(&format!("{sheet}/presence"), &display),
        ] {
            answer.has(403).says(words);
        }
    };
    // The last day is included, the next is not.
    app.execute("UPDATE conventions SET ends_on = '2026-11-23' WHERE commune = '99101'");
    camille.visit(&sheet).has(200);
    app.execute("UPDATE conventions SET ends_on = '2026-11-22' WHERE commune = '99101'");
    refused(&mut camille, "La convention de Valbourg a pris fin le 22 novembre 2026.");
    refused(&mut camille, "Le référent de votre mairie peut suivre le renouvellement");
    app.account(Role::Contact, &[VALBOURG]);
    refused(&mut camille, "Votre référent, Camille Moreau, peut suivre le renouvellement");
    // A termination closes the day of its effect.
    app.execute(
        "UPDATE conventions SET ends_on = '2027-08-14', terminated_on = '2026-11-24' WHERE commune = '99101'",
    );
    camille.visit(&sheet).has(200);
    app.execute("UPDATE conventions SET terminated_on = '2026-11-23' WHERE commune = '99101'");
    refused(&mut camille, "La convention de Valbourg a pris fin le 23 novembre 2026.");
    app.execute(
        "UPDATE conventions SET terminated_on = NULL, in_force_from = '2026-11-24' WHERE commune = '99101'",
    );
    refused(&mut camille, "prend effet le 24 novembre 2026");
    app.execute("DELETE FROM conventions WHERE commune = '99101'");
    refused(&mut camille, "Votre compte n’a pas d’habilitation en vigueur.");
    // Positive control: the other commune's convention was not touched.
    app.instructor_of(crate::harness::MERIZEAU).visit("/commissions").has(200);
}

fn e27_a_suspension_of_a_person_a_commune_or_the_space_holds_at_once_and_can_be_lifted(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let mut colleague = app.instructor_of(VALBOURG);
    let mut neighbour = app.instructor_of(crate::harness::MERIZEAU);
    let (sheet, display) = on_the_screen(&app, &mut camille);
    let person = format!("'person', '{}', NULL", account.id);
    for (scope, hits_colleague, hits_neighbour) in [
        (person.as_str(), false, false),
        ("'commune', NULL, '99101'", true, false),
        ("'space', NULL, NULL", true, true),
    ] {
        app.execute(&format!(
            "INSERT INTO suspensions (id, scope, account_id, commune, reason, since) VALUES \
             ('01930000-0000-7000-8000-000000000001', {scope}, 'vérification en cours', '2026-11-23 08:00:00')"
        ));
        for answer in [
            camille.post_json(&format!("{sheet}/presence"), &display),
            camille.post_json(&format!("{sheet}/affichage"), &display),
            camille.visit("/commissions"),
        ] {
            answer.has(403).says("Votre accès est suspendu depuis le 23 novembre 2026 à 9 h.");
            answer.says("Motif : vérification en cours. Décision de Habitat des Trois-Vals.");
            answer.says("Vous pouvez toujours signaler un incident.");
        }
        let status = |hit| if hit { 403 } else { 200 };
        colleague.visit("/commissions").has(status(hits_colleague));
        neighbour.visit("/commissions").has(status(hits_neighbour));
        app.execute("DELETE FROM suspensions");
        camille.look_at(&sheet).is_a_picture();
    }
}

fn e15_a_habilitation_that_has_ended_or_not_begun_opens_nothing(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let (sheet, _) = on_the_screen(&app, &mut camille);
    let dates = |starts: &str, ends: &str| {
        app.execute(&format!(
            "UPDATE habilitations SET starts_on = {starts}, ends_on = {ends} WHERE account_id = '{}'",
            account.id
        ));
    };
    dates("'2026-11-01'", "'2026-11-23'");
    camille.visit(&sheet).has(200);
    for (starts, ends) in [("'2026-11-01'", "'2026-11-22'"), ("'2026-11-24'", "NULL")] {
        dates(starts, ends);
        camille.visit(&sheet).has(403).says("Votre compte n’a pas d’habilitation en vigueur.");
        camille.visit("/commissions").has(403);
        // At a new connection too: signing in is not reading.
        let mut again = app.stranger();
        again.sign_in(&account);
        again.visit("/commissions").has(403).says("Votre compte n’a pas d’habilitation en vigueur.");
        camille = again;
    }
}

fn e07_a_session_declared_over_closes_its_sheets_at_once(app: TestApp) {
    let (mut camille, mut theo) = (app.instructor_of(VALBOURG), app.manager());
    let (sheet, display) = on_the_screen(&app, &mut camille);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let over = format!("/gestion{list}/seance-levee");
    theo.visit(&over).leads_to("/gestion/commissions");
    theo.visit("/gestion/commissions").has(200);
    theo.send_form(&over, &[]).leads_to("/gestion/commissions");
    camille.visit(&sheet).has(200);
    app.at("2026-11-26 10:32");
    let (mut camille, mut theo) = (app.instructor_of(VALBOURG), app.manager());
    camille.look_at(&sheet).is_a_picture();
    theo.submit(&over, &[]).leads_to("/gestion/commissions");
    theo.visit("/gestion/commissions").has(200).says("séance levée à 10 h 32");
    for answer in [
        camille.post_json(&format!("{sheet}/presence"), &display),
        camille.post_json(&format!("{sheet}/affichage"), &display),
        camille.visit(&sheet),
        camille.visit(&list),
    ] {
        answer.is_the_404();
    }
    camille.visit("/commissions").has(200).says("Aucune commission à venir à Valbourg");
    assert_eq!(app.count("sheets"), 8, "destroyed at midnight, not before");
}

fn e08_a_cancelled_committee_is_unreadable_at_once(app: TestApp) {
    let mut camille = app.instructor_of(VALBOURG);
    let (sheet, _) = on_the_screen(&app, &mut camille);
    let usual = committee("Est 2026-48").sheets(VALBOURG, 5).sheets(crate::harness::MERIZEAU, 3);
    app.publish(&[usual.clone().cancelled()]);
    camille.visit(&sheet).is_the_404();
    camille.visit("/commissions").says("Aucune commission à venir à Valbourg");
    // Until midnight a mistake can be undone; after it the sheets are gone.
    app.publish(std::slice::from_ref(&usual));
    camille.look_at(&sheet).is_a_picture();
    app.publish(&[usual.cancelled()]);
    assert_eq!(app.purge().purged.len(), 0);
    app.later(TimeDelta::days(1));
    assert_eq!(app.purge().purged.len(), 1);
    assert_eq!(app.count("sheets"), 0);
}
