//! What people are told, and the links that mails carry.

use std::sync::Barrier;

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::links::{self, Purpose, Token};
use parvis::messages::{self, AccountNews, Message};
use parvis::platform::id::AccountId;
use parvis::retention;

use crate::harness::{TestApp, VALBOURG, both_databases};

both_databases! {
    a_link_opens_once_however_many_ask,
    a_link_is_void_after_its_life_and_once_another_is_made,
    e10_messages_and_links_are_erased_before_they_are_six_months_old,
}

fn somebody(app: &TestApp) -> AccountId {
    app.account_before_first_login(Role::Instructor, &[VALBOURG]).id.parse().expect("an id")
}

fn make(app: &TestApp, account: &AccountId, purpose: Purpose) -> Token {
    let (now, life) = (app.machine().clock().now(), TimeDelta::days(7));
    app.machine().db().write(|conn| links::make(conn, account, purpose, None, life, now)).expect("a link")
}

fn look(app: &TestApp, token: &Token) -> Option<(AccountId, Purpose)> {
    let now = app.machine().clock().now();
    app.query(|conn| links::look(conn, token, now))
}

fn take(app: &TestApp, token: &Token) -> Option<(AccountId, Purpose)> {
    let now = app.machine().clock().now();
    app.machine().db().write(|conn| links::take(conn, token, now)).expect("an answer")
}

fn a_link_opens_once_however_many_ask(app: TestApp) {
    let camille = somebody(&app);
    let token = make(&app, &camille, Purpose::FirstSecret);
    assert_eq!(
        app.count(&format!("links WHERE token_hash = '{}'", token.as_str())),
        0,
        "only its hash is kept"
    );
    assert_eq!(app.count(&format!("links WHERE token_hash = '{}'", token.hash())), 1, "positive control");
    let found = Some((camille, Purpose::FirstSecret));
    for _ in 0..2 {
        assert_eq!(look(&app, &token), found, "looking changes nothing");
    }
    let barrier = Barrier::new(4);
    let mut taken: Vec<_> = std::thread::scope(|scope| {
        let askers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    take(&app, &token)
                })
            })
            .collect();
        askers.into_iter().filter_map(|asker| asker.join().expect("an answer")).collect()
    });
    assert_eq!((taken.pop(), taken.len()), (found, 0));
    assert_eq!(look(&app, &token), None);
    assert_eq!(take(&app, &Token::fresh().expect("a token")), None, "nobody's");
}

fn a_link_is_void_after_its_life_and_once_another_is_made(app: TestApp) {
    let (camille, other) = (somebody(&app), somebody(&app));
    let [first, second] = [(); 2].map(|()| make(&app, &camille, Purpose::NewSecret));
    let (kept, others) = (make(&app, &camille, Purpose::FirstSecret), make(&app, &other, Purpose::NewSecret));
    assert_eq!(take(&app, &first), None, "a second one makes the first void");
    for token in [&second, &kept, &others] {
        assert!(look(&app, token).is_some(), "another purpose, another person: untouched");
    }
    app.later(TimeDelta::days(7) - TimeDelta::minutes(1));
    assert!(look(&app, &second).is_some(), "positive control");
    app.later(TimeDelta::minutes(1));
    for token in [&second, &kept, &others] {
        assert_eq!((look(&app, token), take(&app, token)), (None, None));
    }
    app.execute("DELETE FROM accounts");
    assert_eq!(app.count("links"), 0);
}

fn e10_messages_and_links_are_erased_before_they_are_six_months_old(app: TestApp) {
    let camille = somebody(&app);
    let now = app.machine().clock().now();
    let message = Message::Account(AccountNews::Locked);
    app.machine().db().write(|conn| messages::tell(conn, &camille, &message, now)).expect("a message");
    make(&app, &camille, Purpose::NewSecret);
    app.at("2027-05-20 09:00");
    retention::retain(app.machine()).expect("a run");
    assert_eq!((app.count("messages"), app.count("links")), (1, 1), "positive control: told on 23 November");
    app.at("2027-05-22 09:00");
    retention::retain(app.machine()).expect("a run");
    assert_eq!((app.count("messages"), app.count("links")), (0, 0));
}
