//! A clock that is wrong by days: telephones know better, so nobody gets in, and sessions do not count.

use chrono::TimeDelta;
use parvis::identity::Role;

use crate::harness::{Account, TestApp, VALBOURG, both_databases, committee};
use crate::processes::code_of;

both_databases![
    e28_with_a_clock_a_day_back_nothing_is_shown_the_health_is_red_and_both_heal,
    e07_with_a_clock_a_week_ahead_nothing_is_shown_and_what_it_destroyed_comes_back_by_an_import,
];

/// The machine's clock goes wrong, that of one-time codes with it; telephones stay right.
fn goes_wrong(app: &TestApp, by: TimeDelta) {
    app.later(by);
    app.machine().clock().advance_authenticator(by);
}

/// Nobody signs in, for the telephone shows the code of another day.
fn nobody_gets_in(app: &TestApp, account: &Account, true_seconds: u64) {
    let mut browser = app.stranger();
    browser.give_password(account).leads_to("/connexion/code");
    let code = code_of(&account.totp_secret, true_seconds);
    browser.submit("/connexion/code", &[("code", &code)]).has(200).says("n’est plus, valable");
}

fn e28_with_a_clock_a_day_back_nothing_is_shown_the_health_is_red_and_both_heal(app: TestApp) {
    app.publish(&[committee("Lundi").on("2026-11-23").sheets(VALBOURG, 2)]);
    app.publish_usual();
    let past = app.sheets_of("Lundi", VALBOURG).remove(0);
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    app.at("2026-11-24 10:32");
    app.tick();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    camille.look_at(&sheet).is_a_picture();
    app.stranger().visit("/sante").has(200);

    let day = TimeDelta::days(1);
    let telephone = app.machine().clock().authenticator_seconds() + 30;
    goes_wrong(&app, -day);
    let token = camille.csrf.clone();
    camille.visit(&sheet).leads_to("/connexion");
    camille.csrf = token;
    let asked = serde_json::json!({"width": 320, "ratio": 1});
    camille.post_json(&format!("{sheet}/affichage"), &asked).has(401);
    camille.visit(&format!("{sheet}/texte")).leads_to("/connexion");
    nobody_gets_in(&app, &account, telephone);
    let health = app.stranger().visit("/sante");
    assert_eq!(health.has(503).json()["clock"], serde_json::json!(false), "{health}");
    // What was destroyed does not come back with the date, and the timetable does no harm.
    app.tick();
    assert_eq!(app.count(&format!("sheets WHERE sheet_id = '{past}'")), 0);
    assert_eq!(app.count("certificates"), 1);

    goes_wrong(&app, day);
    camille.look_at(&sheet).is_a_picture();
    app.stranger().visit("/sante").has(200);
    app.stranger().sign_in(&account).leads_to("/");
}

fn e07_with_a_clock_a_week_ahead_nothing_is_shown_and_what_it_destroyed_comes_back_by_an_import(
    app: TestApp,
) {
    app.publish_usual();
    app.publish(&[committee("Plus tard").on("2026-12-10").sheets(VALBOURG, 2)]);
    let soon = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    let later = format!("/fiches/{}", app.sheets_of("Plus tard", VALBOURG)[0]);
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    camille.look_at(&later).is_a_picture();

    let week = TimeDelta::days(7);
    let telephone = app.machine().clock().authenticator_seconds() + 30;
    goes_wrong(&app, week);
    for sheet in [&soon, &later] {
        camille.visit(sheet).leads_to("/connexion");
        camille.visit(&format!("{sheet}/texte")).leads_to("/connexion");
    }
    nobody_gets_in(&app, &account, telephone);
    let health = app.stranger().visit("/sante");
    assert_eq!(health.has(503).json()["purges"], serde_json::json!(false), "{health}");
    // The purge believes the clock: destroying too early is the side to err on.
    app.tick();
    assert_eq!((app.count("sheets"), app.count("certificates")), (2, 1));

    goes_wrong(&app, -week);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    camille.look_at(&later).is_a_picture();
    camille.visit(&soon).is_the_404();
    app.stranger().visit("/sante").has(200);
    app.publish_usual();
    let soon = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    camille.look_at(&soon).is_a_picture();
    // And goes when its true day has come, with a certificate of its own.
    app.at("2026-11-27 00:01");
    app.tick();
    assert_eq!((app.count("sheets"), app.count("certificates")), (2, 2));
}
