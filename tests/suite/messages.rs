//! What people are told, and the links that mails carry.

use std::sync::Barrier;

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::links::{self, Purpose, Token};
use parvis::messages::{self, AccountNews, Message};
use parvis::platform::id::AccountId;
use parvis::retention;

use crate::harness::{Client, TestApp, VALBOURG, both_databases};

both_databases! {
    a_link_opens_once_however_many_ask,
    a_link_is_void_after_its_life_and_once_another_is_made,
    a_message_is_on_the_first_page_of_every_role_until_it_is_read,
    nobody_marks_the_messages_of_another_as_read,
    a_lock_is_told_to_its_owner_once,
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

fn tell(app: &TestApp, account: &str, news: AccountNews) -> String {
    let (now, to) = (app.machine().clock().now(), account.parse().expect("an id"));
    app.machine()
        .db()
        .write(|conn| messages::tell(conn, &to, &Message::Account(news), now))
        .expect("a message")
        .to_string()
}

fn a_message_is_on_the_first_page_of_every_role_until_it_is_read(app: TestApp) {
    for (role, communes, first) in [
        (Role::Instructor, &[VALBOURG][..], "/commissions"),
        (Role::Manager, &[], "/gestion/commissions"),
        (Role::Dpo, &[], "/compte"),
    ] {
        let account = app.account(role, communes);
        let mut client = app.stranger();
        client.sign_in(&account);
        client.visit(first).has(200).does_not_say("Messages (").does_not_say("est verrouillé");
        client.visit("/messages").has(200).says("Aucun message à lire").says("que vous ayez une adresse");
        let locked = tell(&app, &account.id, AccountNews::Locked);
        tell(&app, &account.id, AccountNews::Blocked);
        client
            .follow("/")
            .has(200)
            .says("Messages (2)")
            .says("Votre compte est verrouillé pour un moment")
            .says("lundi 23 novembre à 10 h 32");
        // A link of a mail is in no page.
        client.visit("/messages").says("2 messages à lire").says("Plusieurs mots de passe ou codes inexacts");
        client.send_form("/messages", &[("message", &locked)]).leads_to("/messages");
        client.visit("/messages").says("Un message à lire").says("Déjà lus");
        client.visit(first).says("Messages (1)").does_not_say("est verrouillé");
        client.send_form("/messages", &[]).leads_to("/messages");
        client.visit(first).does_not_say("Messages (").does_not_say("comme vous l’avez demandé");
    }
}

fn nobody_marks_the_messages_of_another_as_read(app: TestApp) {
    let (camille, yanis) = (app.account(Role::Dpo, &[]), app.account(Role::Dpo, &[]));
    let of_yanis = tell(&app, &yanis.id, AccountNews::Locked);
    let sign_in = |account| -> Client {
        let mut client = app.stranger();
        client.sign_in(account);
        client.visit("/messages").has(200);
        client
    };
    let mut camille = sign_in(&camille);
    camille.send_form("/messages", &[("message", &of_yanis)]).has(303);
    camille.send_form("/messages", &[]).has(303);
    assert_eq!(app.count("messages WHERE read_at IS NULL"), 1);
    sign_in(&yanis).send_form("/messages", &[("message", &of_yanis)]).has(303);
    assert_eq!(app.count("messages WHERE read_at IS NULL"), 0, "positive control");
}

fn a_lock_is_told_to_its_owner_once(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    let mut fail = |login: &str, times: usize| {
        for _ in 0..times {
            client.submit("/connexion?encore", &[("identifiant", login), ("mot_de_passe", "faux")]).has(200);
            app.later(TimeDelta::seconds(70));
        }
    };
    fail(&account.login, 9);
    assert_eq!(app.count("messages"), 0, "delays are no lock");
    fail(&account.login, 3);
    assert_eq!(app.count_in_time("messages"), 1, "what comes while it lasts is refused uncounted");
    assert_eq!(app.text("SELECT account_id AS text FROM messages"), account.id);
    fail("personne.ici", 11);
    app.later(TimeDelta::minutes(31));
    fail(&account.login, 10);
    for _ in 0..100 {
        if app.count("messages") > 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(app.count("messages"), 2, "the second lock is told too, that of nobody to nobody");
}
