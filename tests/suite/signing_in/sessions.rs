//! One live session, idle lock, sign out.

use chrono::TimeDelta;
use parvis::identity::Role;
use reqwest::header::SET_COOKIE;
use serde_json::json;

use crate::harness::{TestApp, VALBOURG, both_databases, log_so_far};

both_databases![
    e19_a_second_connection_ends_the_first_which_says_so_and_can_block_the_account,
    e19_the_session_changes_its_name_with_the_password_and_is_stored_as_a_hash,
    e11_the_last_connection_is_shown_and_kept_as_one_date,
    an_idle_screen_locks_and_the_password_leads_back_to_the_same_sheet,
    an_abandoned_screen_lets_nobody_choose_a_password_or_sign,
    a_page_left_on_the_screen_is_no_sign_of_life,
    signing_out_clears_and_ends_the_session,
    a_sign_in_half_done_and_a_session_of_twelve_hours_are_over,
    cookies_are_bound_to_this_host_and_hidden_from_scripts,
    the_way_back_is_a_plain_path,
];

fn e19_a_second_connection_ends_the_first_which_says_so_and_can_block_the_account(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let (mut first, mut second) = (app.stranger(), app.stranger());
    second.device = "Mozilla/5.0 (Macintosh; Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605";
    first.sign_in(&account);
    first.visit("/commissions").has(200);
    app.at("2026-11-23 10:42");
    second.sign_in(&account);
    second.visit("/commissions").has(200);
    assert_eq!(app.count("sessions WHERE ended_at IS NULL AND second_factor_at IS NOT NULL"), 1);

    first.visit("/commissions").leads_to("/connexion");
    let told = first.visit("/connexion");
    told.has(200).says("Votre session a pris fin à 10 h 42").says("(Safari, macOS)");
    told.says("C’était vous ? Reconnectez-vous").says("Bloquez votre compte maintenant");
    // A browser that never was this account's is told nothing and can block nobody.
    let mut stranger = app.stranger();
    stranger.visit("/connexion").does_not_say("Bloquez votre compte");
    stranger.send_form("/compte/blocage", &[]).leads_to("/connexion");
    second.visit("/commissions").has(200);

    first.send_form("/compte/blocage", &[]).leads_to("/compte/blocage");
    first.visit("/compte/blocage").has(200).says("Votre compte est bloqué");
    // « sera prévenu »: whoever reads the log.
    let told = log_so_far();
    assert!(told.lines().any(|line| line.contains(&account.id) && line.contains("blocked by its owner")));
    second.visit("/commissions").leads_to("/connexion");
    second.sign_in(&account);
    second
        .visit("/commissions")
        .has(403)
        .says("Votre accès est suspendu depuis le 23 novembre 2026 à 10 h 42.");
}

fn e19_the_session_changes_its_name_with_the_password_and_is_stored_as_a_hash(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.visit("/connexion");
    let before = client.cookies.get("__Host-parvis").cloned().expect("a cookie before any session");
    client.give_password(&account).has(303);
    let after = client.cookies.get("__Host-parvis").cloned().expect("a session");
    assert_ne!(before, after, "a session fixed beforehand would be somebody else's");
    let stored = app.texts("SELECT token_hash AS text FROM sessions");
    assert_eq!(stored.len(), 1);
    assert!(!stored[0].contains(&after));
}

fn e11_the_last_connection_is_shown_and_kept_as_one_date(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    client.visit("/compte").says("Dernière connexion : celle-ci est la première.");
    client.visit("/commissions").says("C’est votre première connexion.");
    app.at("2026-11-24 09:00");
    let mut client = app.stranger();
    client.sign_in(&account);
    client.visit("/compte").says("Dernière connexion : lundi 23 novembre à 10 h 32.");
    client.visit("/commissions").says("Dernière connexion : lundi 23 novembre à 10 h 32.");
    let at_nine = format!("accounts WHERE id = '{}' AND last_login_at >= '2026-11-24 08:00:00'", account.id);
    assert_eq!(app.count(&at_nine), 1);
}

fn an_idle_screen_locks_and_the_password_leads_back_to_the_same_sheet(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[1]);
    camille.look_at(&sheet).is_a_picture();
    app.later(TimeDelta::minutes(21));
    camille.look_at(&sheet).is_a_picture();
    app.later(TimeDelta::minutes(22));
    // A script is told by a status of its own; no way is followed for it.
    camille.post_json(&format!("{sheet}/affichage"), &json!({"width": 320, "ratio": 1})).has(401);
    camille.visit(&sheet).has(303).leads_to("/verrou");
    camille.visit("/verrou").has(200).says("Écran verrouillé").says("rouvre la fiche que vous lisiez");
    camille.submit("/verrou", &[("mot_de_passe", "faux")]).has(200).says("Ce n’est pas votre mot de passe.");
    camille.visit(&sheet).leads_to("/verrou");
    camille.submit("/verrou", &[("mot_de_passe", &account.password)]).leads_to(&sheet);
    camille.look_at(&sheet).is_a_picture();
    // « Prolonger » before the lock keeps the screen.
    app.later(TimeDelta::minutes(20));
    camille.post_json("/verrou/prolonger", &json!({})).has(204);
    app.later(TimeDelta::minutes(20));
    camille.look_at(&sheet).is_a_picture();
}

fn an_abandoned_screen_lets_nobody_choose_a_password_or_sign(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    for (change, step) in [
        ("password_temporary = TRUE, charter_version = charter_version - 1", "/mot-de-passe"),
        ("password_temporary = FALSE", "/charte"),
    ] {
        app.execute(&format!("UPDATE accounts SET {change} WHERE id = '{}'", account.id));
        // Positive control: while somebody sits there, this comes first.
        camille.visit("/commissions").leads_to(step);
        app.later(TimeDelta::minutes(23));
        let own = [("nouveau", "lilas-et-passerelle-63"), ("confirmation", "lilas-et-passerelle-63")];
        camille.visit(step).leads_to("/verrou");
        camille.send_form(step, &own).leads_to("/verrou");
        camille.submit("/verrou", &[("mot_de_passe", &account.password)]).has(303);
        camille.visit(step).has(200);
    }
    app.stranger().give_password(&account).leads_to("/connexion/code");
}

fn a_page_left_on_the_screen_is_no_sign_of_life(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[1]);
    let code = camille.look_at(&sheet).header("x-parvis-display").expect("a code").to_owned();
    let present = json!({ "display": code });
    for _ in 0..3 {
        app.later(TimeDelta::minutes(5));
        camille.post_json(&format!("{sheet}/presence"), &present).has(200);
    }
    app.later(TimeDelta::minutes(7));
    camille.post_json(&format!("{sheet}/presence"), &present).has(401);
    camille.visit(&sheet).leads_to("/verrou");
}

fn signing_out_clears_and_ends_the_session(app: TestApp) {
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/commissions").has(200);
    let mut copied = camille.clone();
    let answer = camille.send_form("/deconnexion", &[]);
    answer.has(303).leads_to("/deconnexion");
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"storage\""));
    // What stays is said: one cookie, which opens nothing.
    assert_eq!(camille.cookies.keys().collect::<Vec<_>>(), ["__Host-appareil"]);
    camille.visit("/deconnexion").has(200).says("Votre session est fermée").says("pendant 150 jours");
    copied.visit("/commissions").leads_to("/connexion");
    copied.visit("/connexion").does_not_say("Bloquez votre compte");
}

fn a_sign_in_half_done_and_a_session_of_twelve_hours_are_over(app: TestApp) {
    let account = app.account(Role::Manager, &[]);
    let mut half = app.stranger();
    half.give_password(&account).has(303);
    app.later(TimeDelta::minutes(14));
    half.visit("/connexion/code").has(200);
    app.later(TimeDelta::minutes(1));
    half.visit("/connexion/code").leads_to("/connexion");
    let mut busy = app.stranger();
    busy.sign_in(&account);
    for _ in 0..35 {
        app.later(TimeDelta::minutes(20));
        busy.visit("/compte").has(200);
    }
    app.later(TimeDelta::minutes(20));
    busy.visit("/compte").leads_to("/connexion");
}

fn cookies_are_bound_to_this_host_and_hidden_from_scripts(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    let first = camille.visit("/connexion");
    camille.give_password(&account).has(303);
    let code = account.code();
    let last = camille.submit("/connexion/code", &[("code", &code)]);
    let mut seen = 0;
    for answer in [first, last] {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            for wanted in ["__Host-", "HttpOnly", "Secure", "Path=/", "SameSite="] {
                assert!(cookie.contains(wanted), "{wanted}: {cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            seen += 1;
        }
    }
    assert!(seen >= 3, "session, device, way back: {seen}");
}

fn the_way_back_is_a_plain_path(app: TestApp) {
    let way_back = |path: &str| {
        let mut client = app.stranger();
        client.visit(path).leads_to("/connexion");
        client.cookies.get("__Host-retour").cloned()
    };
    assert_eq!(way_back("/fiches/abc-1").as_deref(), Some("/fiches/abc-1"));
    for odd in ["/fiches/a;Domain=x", "/fiches/a%0d%0ab", "/fiches/a,b", "/fiches/a=b", "/fiches/%C3%A9"] {
        assert_eq!(way_back(odd), None, "{odd}");
    }
    assert_eq!(way_back(&format!("/fiches/{}", "a".repeat(300))), None);
}
