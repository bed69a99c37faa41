//! Many attempts at the same instant: delays and locks count each before anything is compared.

use std::thread;

use chrono::TimeDelta;
use parvis::identity::Role;

use crate::harness::{Account, Client, TestApp, VALBOURG, both_databases};

both_databases![
    forty_passwords_at_once_are_not_forty_comparisons,
    forty_codes_at_once_are_not_forty_comparisons,
    forty_unlockings_at_once_are_not_forty_comparisons,
    e22_forty_present_passwords_at_once_are_not_forty_comparisons,
    an_honest_sign_in_is_not_slowed_by_its_own_attempts,
    one_address_signs_in_a_whole_town_hall,
    a_lock_of_a_day_is_followed_by_another_of_a_day,
];

const BURST: usize = 40;
/// Failures before a lock: no burst may learn more than this of a password or a code.
const LOCKED_AFTER: usize = 10;

/// Sends one form from forty windows of the same browser at once; each is answered by a page.
fn burst(client: &Client, path: &str, fields: impl Fn(usize) -> Vec<(&'static str, String)> + Sync) {
    thread::scope(|scope| {
        for number in 0..BURST {
            let (mut window, fields) = (client.clone(), &fields);
            scope.spawn(move || {
                let fields = fields(number);
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                window.send_form(path, &fields).has(200);
            });
        }
    });
}

/// How many attempts on this account were compared and found wrong.
fn compared(app: &TestApp, account: &Account) -> usize {
    // What was not written at once is written when the minute is over.
    app.later(TimeDelta::seconds(61));
    app.tick();
    let sql = format!(
        "SELECT CAST(occurrences AS TEXT) AS text FROM traces WHERE reason = 'password' AND actor = '{}'",
        account.id
    );
    let count = || app.texts(&sql).iter().map(|n| n.parse::<usize>().expect("a count")).sum();
    let mut known: usize = count();
    // Nobody waits for these traces: they are written a little later.
    for _ in 0..20 {
        thread::sleep(std::time::Duration::from_millis(50));
        let now = count();
        if now > 0 && now == known {
            break;
        }
        known = now;
    }
    known
}

fn forty_passwords_at_once_are_not_forty_comparisons(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.visit("/connexion?encore").has(200);
    let login = account.login.clone();
    burst(&client, "/connexion", |number| {
        vec![("identifiant", login.clone()), ("mot_de_passe", format!("faux-{number}"))]
    });
    // At the tail of the burst the right one is not even looked at.
    client.give_password(&account).has(200).says("Trop d’essais.");
    let compared = compared(&app, &account);
    assert!((1..=LOCKED_AFTER).contains(&compared), "{compared} passwords were compared");
    app.later(TimeDelta::minutes(31));
    client.give_password(&account).leads_to("/connexion/code");
}

fn forty_codes_at_once_are_not_forty_comparisons(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&account).has(303);
    client.visit("/connexion/code").has(200);
    let right = account.code();
    burst(&client, "/connexion/code", |number| {
        let wrong = format!("{number:06}");
        vec![("code", if wrong == right { "999999".to_owned() } else { wrong })]
    });
    client.submit("/connexion/code", &[("code", &right)]).has(200).says("Trop d’essais.");
    let compared = compared(&app, &account);
    assert!((1..=LOCKED_AFTER).contains(&compared), "{compared} codes were compared");
}

fn forty_unlockings_at_once_are_not_forty_comparisons(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    app.later(TimeDelta::minutes(23));
    client.visit("/verrou").has(200);
    burst(&client, "/verrou", |number| vec![("mot_de_passe", format!("faux-{number}"))]);
    client.submit("/verrou", &[("mot_de_passe", &account.password)]).has(200).says("Trop d’essais.");
    let compared = compared(&app, &account);
    assert!((1..=LOCKED_AFTER).contains(&compared), "{compared} passwords were compared");
}

fn e22_forty_present_passwords_at_once_are_not_forty_comparisons(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    client.visit("/mot-de-passe").has(200);
    let form = |present: String| {
        let own = "lilas-et-passerelle-63".to_owned();
        vec![("actuel", present), ("nouveau", own.clone()), ("confirmation", own)]
    };
    burst(&client, "/mot-de-passe", |number| form(format!("faux-{number}")));
    let right = form(account.password.clone());
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.submit("/mot-de-passe", &right).has(200).says("Trop d’essais.");
    let compared = compared(&app, &account);
    assert!((1..=LOCKED_AFTER).contains(&compared), "{compared} passwords were compared");
    app.later(TimeDelta::minutes(1));
    client.submit("/mot-de-passe", &right).has(303);
}

fn an_honest_sign_in_is_not_slowed_by_its_own_attempts(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    // Two mistakes, then the right one; as often as one likes.
    for _ in 0..6 {
        let mut client = app.stranger();
        for _ in 0..2 {
            let wrong = [("identifiant", account.login.as_str()), ("mot_de_passe", "faux")];
            client.submit("/connexion?encore", &wrong).has(200).says("inexact");
        }
        client.sign_in(&account).leads_to("/");
    }
    assert_eq!(app.count("throttles WHERE blocked_until IS NOT NULL"), 0);
}

fn one_address_signs_in_a_whole_town_hall(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    for _ in 0..40 {
        app.stranger().give_password(&account).leads_to("/connexion/code");
    }
    // What succeeds is taken back, though the network's own failures stay.
    let failed = [("identifiant", account.login.as_str()), ("mot_de_passe", "faux")];
    app.stranger().submit("/connexion?encore", &failed).has(200).says("inexact");
    app.stranger().give_password(&account).leads_to("/connexion/code");
    assert_eq!(app.texts("SELECT CAST(failures AS TEXT) AS text FROM throttles"), ["1"]);
}

fn a_lock_of_a_day_is_followed_by_another_of_a_day(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    let mut fail_until_locked = || {
        for _ in 0..LOCKED_AFTER {
            let wrong = [("identifiant", account.login.as_str()), ("mot_de_passe", "faux")];
            client.submit("/connexion?encore", &wrong).has(200);
            app.later(TimeDelta::seconds(70));
        }
    };
    fail_until_locked();
    app.later(TimeDelta::minutes(31));
    app.execute("UPDATE throttles SET locks = 8 WHERE locks > 0");
    for _ in 0..2 {
        fail_until_locked();
        app.later(TimeDelta::hours(23));
        app.stranger().give_password(&account).has(200).says("Trop d’essais.");
        app.later(TimeDelta::hours(1));
    }
    app.stranger().give_password(&account).leads_to("/connexion/code");
}
