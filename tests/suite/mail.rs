//! Mails, through a real mail server: a process of its own that speaks STARTTLS and AUTH.

/// Runs each test twice: the server and the app are made by the test, which says how they meet.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(crate::harness::Kind::Sqlite);
            }

            #[test]
            fn on_postgres() {
                super::$name(crate::harness::Kind::Postgres);
            }
        }
    )+};
}

mod letters;
mod outbox_page;
mod server;

use std::sync::Barrier;

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::{self, AccountNews, Message, links};
use parvis::outbox::{self, bounce};
use parvis::platform::config::Security;
use parvis::platform::id::{AccountId, MessageId};

use self::server::{MailServer, beside, password_file, point};
use crate::harness::{Kind, TestApp, VALBOURG, log_so_far};

on_both![
    a_mail_arrives_in_text_and_html_with_no_name_but_its_recipients,
    a_wrong_password_and_a_server_that_is_down_are_tried_again,
    nothing_is_said_to_a_server_without_tls_or_with_a_foreign_certificate,
    what_the_recipients_server_refuses_is_told_apart,
    a_retry_makes_the_last_link_void,
    two_instances_send_a_mail_once,
    a_mail_whose_sending_was_not_noted_is_sent_again_with_a_new_link,
    what_fails_for_three_days_is_given_up,
    without_a_server_messages_stay_in_the_space,
    a_notice_of_non_delivery_makes_a_mail_bounced,
];

/// An app whose mails go to a server of the tests.
struct Post {
    app: TestApp,
    server: MailServer,
    _folder: tempfile::TempDir,
}

impl Post {
    fn open(kind: Kind) -> Self {
        let (server, folder) = (MailServer::start("starttls"), tempfile::tempdir().expect("a folder"));
        let app = TestApp::start_with(kind, |settings| point(settings, server.port, folder.path()));
        Self { app, server, _folder: folder }
    }
}

fn somebody(app: &TestApp, address: &str) -> AccountId {
    let account = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    app.execute(&format!("UPDATE accounts SET email = '{address}' WHERE id = '{}'", account.id));
    account.id.parse().expect("an id")
}

fn tell(app: &TestApp, to: &AccountId, news: AccountNews) -> MessageId {
    let now = app.machine().clock().now();
    app.machine()
        .db()
        .write(|conn| messages::tell(conn, to, &Message::Account(news), now))
        .expect("a message")
}

fn deliver(app: &TestApp) -> String {
    outbox::deliver(app.machine()).expect("a run that ends")
}

/// State, failure, attempts.
fn state(app: &TestApp, id: &MessageId) -> String {
    app.text(&format!(
        "SELECT mail || ' ' || coalesce(mail_failure, '-') || ' ' || mail_attempts AS text FROM messages WHERE id = '{id}'"
    ))
}

fn a_mail_arrives_in_text_and_html_with_no_name_but_its_recipients(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let camille = somebody(&app, "camille.moreau@valbourg.example");
    let id = tell(&app, &camille, AccountNews::Invitation);
    assert_eq!(state(&app, &id), "due - 0");
    app.tick();
    assert_eq!(state(&app, &id), "sent - 1");
    let letter = server.taken(1).remove(0);
    assert_eq!((letter.secure, letter.user.as_str()), (true, "parvis"), "after STARTTLS and AUTH");
    assert_eq!(letter.to, "camille.moreau@valbourg.example");
    assert_eq!(letter.from, "extranet@trois-vals.example");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert!(letter.header("Message-ID").contains(id.as_str()), "{}", letter.raw);
    assert!(letter.header("Content-Type").starts_with("multipart/alternative"), "{}", letter.raw);
    assert!(letter.header("Date").starts_with("Mon, 23 Nov 2026 09:32:"), "{}", letter.raw);
    for form in [letter.text(), letter.html()] {
        assert!(form.contains("Bonjour Camille Moreau,"), "{form}");
        assert!(form.contains(&format!("http://localhost:8080/acces/{}", letter.token())), "{form}");
        let spaced = form.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(spaced.contains("jusqu’au lundi 30 novembre à 10 h 32"), "{form}");
        assert!(!form.contains("<img") && !form.contains("src="), "{form}");
    }
    // The link is kept as a hash, the body not at all, and the log knows neither address nor name.
    let token = links::Token::read(&letter.token()).expect("a token");
    let now = app.machine().clock().now();
    let found = app.query(|conn| links::look(conn, &token, now));
    assert_eq!(found, Some((camille, links::Purpose::FirstSecret)));
    let kept = app.text("SELECT content AS text FROM messages");
    assert_eq!(kept, r#"{"account":"invitation"}"#);
    let log = log_so_far();
    assert!(log.contains(id.as_str()), "positive control");
    for secret in [token.as_str(), "camille.moreau@valbourg", server::PASSWORD] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    // Taken is taken.
    app.later(TimeDelta::hours(2));
    assert_eq!(deliver(&app), "nothing due");
}

fn a_wrong_password_and_a_server_that_is_down_are_tried_again(kind: Kind) {
    let (server, folder) = (MailServer::start("starttls"), tempfile::tempdir().expect("a folder"));
    let app = TestApp::start_with(kind, |settings| point(settings, server.port, folder.path()));
    let camille = somebody(&app, "camille@valbourg.example");
    let id = tell(&app, &camille, AccountNews::Locked);
    password_file(folder.path(), "ce-n-est-pas-celui-la");
    assert_eq!(deliver(&app), "0 mails sent, 1 failed");
    assert_eq!(state(&app, &id), "due login 1");
    // Down.
    let port = server.port;
    drop(server);
    password_file(folder.path(), server::PASSWORD);
    assert_eq!(deliver(&app), "nothing due", "not before the first delay is over");
    app.later(TimeDelta::minutes(1));
    assert_eq!(deliver(&app), "0 mails sent, 1 failed");
    assert_eq!(state(&app, &id), "due unreachable 2");
    // Up again.
    let server = MailServer::start_on("starttls", port);
    app.later(TimeDelta::minutes(5));
    assert_eq!(deliver(&app), "1 mails sent, 0 failed");
    assert_eq!(state(&app, &id), "sent - 3");
    assert_eq!(server.taken(1).len(), 1);
}

fn nothing_is_said_to_a_server_without_tls_or_with_a_foreign_certificate(kind: Kind) {
    let folder = tempfile::tempdir().expect("a folder");
    for (security, ours, authority) in [
        ("none", Security::StartTls, "authority.pem"),
        ("starttls", Security::StartTls, "stranger.pem"),
        ("tls", Security::Tls, "stranger.pem"),
    ] {
        let server = MailServer::start(security);
        let app = TestApp::start_with(kind, |settings| {
            point(settings, server.port, folder.path());
            settings.mail.security = ours;
            settings.mail.authority = Some(beside(authority));
        });
        let id = tell(&app, &somebody(&app, "camille@valbourg.example"), AccountNews::Locked);
        assert_eq!(deliver(&app), "0 mails sent, 1 failed", "{security}, {authority}");
        assert_eq!(state(&app, &id), "due tls 1", "{security}, {authority}");
        assert_eq!(server.taken(0).len(), 0, "{security}, {authority}");
    }
    // Positive control: TLS from the first byte, under the authority that is set.
    let server = MailServer::start("tls");
    let app = TestApp::start_with(kind, |settings| {
        point(settings, server.port, folder.path());
        settings.mail.security = Security::Tls;
    });
    let id = tell(&app, &somebody(&app, "camille@valbourg.example"), AccountNews::Locked);
    assert_eq!(deliver(&app), "1 mails sent, 0 failed");
    assert_eq!((state(&app, &id), server.taken(1).len()), ("sent - 1".to_owned(), 1));
}

fn what_the_recipients_server_refuses_is_told_apart(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    for (mailbox, becomes) in [
        ("inconnue", "bounced recipient 1"),
        ("occupee", "due later 1"),
        ("contenu", "given_up content 1"),
        ("relais", "due refused 1"),
        ("camille", "sent - 1"),
    ] {
        let id = tell(&app, &somebody(&app, &format!("{mailbox}@valbourg.example")), AccountNews::Locked);
        deliver(&app);
        assert_eq!(state(&app, &id), becomes, "{mailbox}");
    }
    let odd = tell(&app, &somebody(&app, "pas une adresse"), AccountNews::Locked);
    deliver(&app);
    assert_eq!(state(&app, &odd), "bounced recipient 1");
    let taken: Vec<String> = server.taken(1).into_iter().map(|letter| letter.to).collect();
    assert_eq!(taken, ["camille@valbourg.example"]);
    // What has bounced or been given up is not tried again; the rest is.
    app.later(TimeDelta::minutes(1));
    deliver(&app);
    app.later(TimeDelta::minutes(1));
    deliver(&app);
    assert_eq!(app.count("messages WHERE mail_attempts > 1"), 2);
}

fn a_retry_makes_the_last_link_void(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let camille = somebody(&app, "camille@valbourg.example");
    let id = tell(&app, &camille, AccountNews::NewSecret);
    deliver(&app);
    let first = server.taken(1).remove(0);
    let now = app.machine().clock().now();
    let again = |id: &MessageId| {
        app.machine().db().write(|conn| messages::mailing::send_again(conn, id, now)).expect("an answer")
    };
    assert!(again(&id));
    deliver(&app);
    let second = server.taken(2).remove(1);
    assert_eq!(first.header("Message-ID"), second.header("Message-ID"), "one message");
    let take = |token: &str| {
        let token = links::Token::read(token).expect("a token");
        app.machine().db().write(|conn| links::take(conn, &token, now)).expect("an answer")
    };
    assert_eq!(take(&first.token()), None);
    assert!(take(&second.token()).is_some());
    // What is settled is not opened again.
    assert!(!again(&id));
    assert_eq!(app.count("messages WHERE opened_at IS NOT NULL"), 1);
}

fn two_instances_send_a_mail_once(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let number = 6;
    for n in 0..number {
        tell(&app, &somebody(&app, &format!("camille{n}@valbourg.example")), AccountNews::Locked);
    }
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                barrier.wait();
                deliver(&app);
            });
        }
    });
    assert_eq!(app.count("messages WHERE mail = 'sent'"), number);
    let mut taken: Vec<String> = server.taken(6).into_iter().map(|letter| letter.to).collect();
    taken.sort();
    let once: Vec<String> = (0..number).map(|n| format!("camille{n}@valbourg.example")).collect();
    assert_eq!(taken, once);
}

fn a_mail_whose_sending_was_not_noted_is_sent_again_with_a_new_link(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let camille = somebody(&app, "camille@valbourg.example");
    let id = tell(&app, &camille, AccountNews::Invitation);
    // Killed after the server took the letter, before the note: the row is as the hold left it.
    deliver(&app);
    let held_until = app.machine().clock().now().naive() + TimeDelta::minutes(10);
    app.execute(&format!(
        "UPDATE messages SET mail = 'due', mail_sent_at = NULL, mail_next_at = created_at, mail_held_until = '{held_until}'"
    ));
    deliver(&app);
    assert_eq!(server.taken(1).len(), 1, "held: nobody else sends it meanwhile");
    app.later(TimeDelta::minutes(11));
    assert_eq!(deliver(&app), "1 mails sent, 0 failed");
    assert_eq!(state(&app, &id), "sent - 2");
    let letters = server.taken(2);
    assert_eq!(letters[0].header("Message-ID"), letters[1].header("Message-ID"));
    assert_ne!(letters[0].token(), letters[1].token());
    assert_eq!(app.count("links"), 1, "the first link is void");
}

fn what_fails_for_three_days_is_given_up(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let id = tell(&app, &somebody(&app, "occupee@valbourg.example"), AccountNews::Locked);
    let mut attempts = 0;
    while state(&app, &id).starts_with("due") {
        attempts += 1;
        assert!(attempts < 40, "{}", state(&app, &id));
        deliver(&app);
        app.later(TimeDelta::minutes(240));
    }
    assert_eq!(state(&app, &id), format!("given_up later {attempts}"));
    assert!(attempts > 10, "tried {attempts} times only");
    let days =
        (app.machine().clock().now().utc() - crate::harness::app::paris("2026-11-23 10:32")).num_days();
    assert_eq!(days, 3);
    assert_eq!(server.taken(0).len(), 0);
}

fn without_a_server_messages_stay_in_the_space(kind: Kind) {
    let app = TestApp::start(kind);
    let id = tell(&app, &somebody(&app, "camille@valbourg.example"), AccountNews::Locked);
    let nobody = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let unaddressed = tell(&app, &nobody.id.parse().expect("an id"), AccountNews::Locked);
    assert_eq!(state(&app, &unaddressed), "none - 0", "no address");
    app.tick();
    assert_eq!(state(&app, &id), "none - 0");
}

fn a_notice_of_non_delivery_makes_a_mail_bounced(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let id = tell(&app, &somebody(&app, "camille@valbourg.example"), AccountNews::Locked);
    deliver(&app);
    let message_id = server.taken(1).remove(0).header("Message-ID");
    let note = |notice: &str| {
        let machine = app.machine();
        machine.db().write(|conn| bounce::note(conn, machine.secrets().master(), notice)).expect("an answer")
    };
    let notice = |action: &str, status: &str, about: &str| {
        format!("Action: {action}\r\nStatus: {status}\r\n\r\n--b\r\nMessage-ID: {about}\r\n")
    };
    assert!(!note(&notice("delayed", "4.2.2", &message_id)));
    assert!(!note(&notice("failed", "5.1.1", &format!("<{id}.{}@trois-vals.example>", "0".repeat(32)))));
    assert_eq!(state(&app, &id), "sent - 1");
    assert!(note(&notice("failed", "5.1.1", &message_id)));
    assert_eq!(state(&app, &id), "bounced recipient 1");
}
