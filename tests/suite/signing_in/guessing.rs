//! Guessing passwords and codes: same words for known and unknown, delays, locks, no replay.

use chrono::TimeDelta;
use parvis::identity::Role;

use crate::harness::{Account, Answer, Client, TestApp, VALBOURG, both_databases};

both_databases![
    an_unknown_login_and_a_wrong_password_get_the_same_answer,
    ten_failures_lock_for_half_an_hour_then_for_an_hour,
    an_attack_from_elsewhere_does_not_lock_a_known_device_out,
    a_code_serves_once,
    ten_wrong_codes_lock_the_second_factor,
    e09_failures_on_a_known_account_are_traced_and_what_was_typed_is_kept_nowhere,
];

fn try_password(client: &mut Client, login: &str, password: &str) -> Answer {
    client.submit("/connexion?encore", &[("identifiant", login), ("mot_de_passe", password)])
}

/// All of an answer that a stranger can look at, but for what is theirs anyway.
fn told(answer: &Answer, login: &str) -> (u16, Vec<String>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    let html = answer.html().replace(login, "").replace(&answer.csrf().expect("a token"), "");
    // The drawing of the week goes on with the seconds.
    let (before, rest) = html.split_once("<div class=\"week\">").expect("a week");
    let (_, after) = rest.split_once("</dl></div>").expect("the end of the week");
    (answer.status.as_u16(), headers, format!("{before}{after}"))
}

fn an_unknown_login_and_a_wrong_password_get_the_same_answer(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let unknown = account.login.replacen("camille", "nullard", 1);
    let (mut one, mut other) = (app.stranger(), app.stranger());
    let start = app.machine().clock().now().utc();
    for attempt in 0..14 {
        // The page shows the minute: both are asked in the same.
        let at = start + TimeDelta::minutes(2 * attempt);
        app.machine().clock().set(at);
        let wrong = try_password(&mut one, &account.login, "faux");
        app.machine().clock().set(at);
        let nobody = try_password(&mut other, &unknown, "faux");
        wrong.has(200);
        let (wrong, nobody) = (told(&wrong, &account.login), told(&nobody, &unknown));
        assert_eq!((wrong.0, wrong.1), (nobody.0, nobody.1));
        assert!(wrong.2 == nobody.2, "attempt {attempt}: {}\n\n{}", wrong.2, nobody.2);
        match attempt {
            2 => app.forbid_traces(),
            5 => app.allow_traces(),
            _ => {}
        }
    }
    // Case and surrounding space are no part of a login.
    app.later(TimeDelta::hours(25));
    let mut loud = account.clone();
    loud.login = format!("  {} ", account.login.to_uppercase());
    app.stranger().give_password(&loud).leads_to("/connexion/code");
}

/// Fails until the lock, waiting out each delay; returns the answer that announces it.
fn fail_ten_times(app: &TestApp, client: &mut Client, account: &Account) -> Answer {
    for failure in 1..10 {
        let answer = try_password(client, &account.login, "faux");
        let words = if failure <= 2 { "inexact" } else { "Trop d’essais. Réessayez" };
        answer.has(200).says(words);
        app.later(TimeDelta::seconds(70));
    }
    try_password(client, &account.login, "faux")
}

fn ten_failures_lock_for_half_an_hour_then_for_an_hour(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    app.at("2026-11-23 09:50:00");
    fail_ten_times(&app, &mut client, &account)
        .has(200)
        .says("Trop d’essais. Réessayez à partir de 10 h 31.");
    // The right password is not even looked at.
    client.give_password(&account).has(200).says("Trop d’essais.");
    app.at("2026-11-23 10:29:00");
    client.give_password(&account).has(200).says("Trop d’essais.");
    app.at("2026-11-23 10:31:00");
    fail_ten_times(&app, &mut client, &account)
        .has(200)
        .says("Trop d’essais. Réessayez à partir de 11 h 42.");
    app.at("2026-11-23 11:41:00");
    client.give_password(&account).has(200).says("Trop d’essais.");
    app.at("2026-11-23 11:42:00");
    client.give_password(&account).leads_to("/connexion/code");
}

fn an_attack_from_elsewhere_does_not_lock_a_known_device_out(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut own = app.stranger();
    own.sign_in(&account);
    own.visit("/compte");
    own.send_form("/deconnexion", &[]).has(303);
    fail_ten_times(&app, &mut app.stranger(), &account).says("Réessayez à partir de");
    app.stranger().give_password(&account).has(200).says("Trop d’essais.");
    own.sign_in(&account).leads_to("/");
}

fn a_code_serves_once(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let shown = account.code();
    let mut first = app.stranger();
    first.give_password(&account).has(303);
    first.submit("/connexion/code", &[("code", &shown)]).leads_to("/");
    let mut second = app.stranger();
    second.give_password(&account).has(303);
    second.submit("/connexion/code", &[("code", &shown)]).has(200).says("n’est plus, valable");
    let next = account.code();
    second.submit("/connexion/code", &[("code", &next)]).leads_to("/");
    // A code of long ago, or of the time to come, is none.
    let mut third = app.stranger();
    third.give_password(&account).has(303);
    let early = account.code();
    app.machine().clock().advance_authenticator(TimeDelta::minutes(5));
    third.submit("/connexion/code", &[("code", &early)]).has(200).says("n’est plus, valable");
}

fn ten_wrong_codes_lock_the_second_factor(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&account).has(303);
    let right = account.code();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..9 {
        client.submit("/connexion/code", &[("code", wrong)]).has(200);
        app.later(TimeDelta::seconds(65));
    }
    client.submit("/connexion/code", &[("code", wrong)]).has(200).says("Réessayez à partir de");
    client.submit("/connexion/code", &[("code", &right)]).has(200).says("Trop d’essais.");
    // A new password begins no new count.
    let mut again = app.stranger();
    again.give_password(&account).has(303);
    let right = account.code();
    again.submit("/connexion/code", &[("code", &right)]).has(200).says("Trop d’essais.");
    app.later(TimeDelta::minutes(31));
    let mut last = app.stranger();
    last.sign_in(&account).leads_to("/");
}

fn e09_failures_on_a_known_account_are_traced_and_what_was_typed_is_kept_nowhere(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let (login, password) = ("mon-secret-tape-trop-haut", "mot-de-passe-tape-pour-rien");
    try_password(&mut app.stranger(), login, password).has(200);
    try_password(&mut app.stranger(), &account.login, password).has(200);
    let failed =
        format!("traces WHERE kind = 'refusal' AND reason = 'password' AND actor = '{}'", account.id);
    assert_eq!(app.count_in_time(&failed), 1);
    assert_eq!(app.count("traces WHERE reason = 'password'"), 1, "on no account: counted, not traced");
    assert_eq!(app.count("throttles"), 3, "two logins, one network");
    let kept = app.texts("SELECT subject AS text FROM throttles").join(" ");
    assert!(!kept.contains(login) && !kept.contains(&account.login));
    for typed in [login, password] {
        assert!(!crate::harness::log_so_far().contains(typed));
    }
}
