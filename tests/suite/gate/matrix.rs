//! Every row of the route table × every visitor, over HTTP, against the policy.

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::identity::policy::{self, Door, Step};
use parvis::identity::route::{Row, Verb};
use parvis::routes::ROUTES;
use reqwest::Method;

use super::requests::invented_path;
use crate::harness::{Answer, Client, TestApp, VALBOURG, both_databases};

both_databases![
    every_route_answers_every_visitor_as_the_policy_says,
    e27_a_suspended_person_reaches_their_account_the_incidents_and_the_way_out,
    e28_every_town_hall_route_is_closed_outside_hours_unless_its_row_says_otherwise,
];

/// How far a visitor has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    Stranger,
    At(Step),
    SignedIn(Role),
}

/// What the guard did with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Through,
    SignIn,
    First(&'static str),
    Forbidden,
    Closed,
}

fn expected(row: &Row, visitor: Visitor, open: bool) -> Verdict {
    match (row.act.door(), visitor) {
        (Door::Public, _) => Verdict::Through,
        (_, Visitor::Stranger) => Verdict::SignIn,
        (Door::Step(step) | Door::StepOrLater(step), Visitor::At(at)) if step == at => Verdict::Through,
        (_, Visitor::At(at)) => Verdict::First(at.path()),
        (Door::Step(_), Visitor::SignedIn(_)) => Verdict::First("/"),
        (Door::StepOrLater(_) | Door::SignedIn, Visitor::SignedIn(role)) => {
            if !policy::permits(role, row.act) {
                Verdict::Forbidden
            } else if open || row.open_outside_hours || !role.is_town_hall() {
                Verdict::Through
            } else {
                Verdict::Closed
            }
        }
    }
}

/// What came of it. A form is sent without its token: whoever passes the guard is told that it is
/// missing, and nothing is done.
fn verdict(row: &Row, answer: &Answer) -> Verdict {
    let words = answer.words();
    match (answer.status.as_u16(), answer.location().as_deref()) {
        (303, Some("/connexion")) => Verdict::SignIn,
        (303, Some("/")) => Verdict::First("/"),
        (303, Some(path))
            if ["/connexion/code", "/mot-de-passe", "/double-facteur", "/charte", "/verrou"]
                .contains(&path) =>
        {
            Verdict::First(ROUTES.iter().find(|row| row.path == path).expect("a row of its own").path)
        }
        (403, _) if words.contains("Cette page est réservée à un autre rôle.") => Verdict::Forbidden,
        (403, _) if words.contains("L’extranet est fermé.") => Verdict::Closed,
        (400, _) if row.verb == Verb::Post => Verdict::Through,
        (200 | 303 | 404, _) if row.verb == Verb::Get => Verdict::Through,
        _ => panic!("{:?} {}: an answer that says nothing of the guard: {answer}", row.verb, row.path),
    }
}

fn ask(client: &mut Client, row: &Row) -> Answer {
    let method = match row.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
    };
    client.send(method, &invented_path(row.path), |request| request)
}

fn go_round(client: &mut Client, visitor: Visitor) {
    for row in ROUTES {
        let answer = ask(client, row);
        let (found, wanted) = (verdict(row, &answer), expected(row, visitor, true));
        assert_eq!(found, wanted, "{visitor:?}, {:?} {}: {answer}", row.verb, row.path);
    }
}

fn every_route_answers_every_visitor_as_the_policy_says(app: TestApp) {
    go_round(&mut app.stranger(), Visitor::Stranger);

    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&account).leads_to("/connexion/code");
    go_round(&mut client, Visitor::At(Step::Code));

    let mut account = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&account);
    go_round(&mut client, Visitor::At(Step::NewPassword));
    let own = "lilas-et-passerelle-63";
    client.submit("/mot-de-passe", &[("nouveau", own), ("confirmation", own)]).leads_to("/");
    go_round(&mut client, Visitor::At(Step::Enrolment));
    account.totp_secret = client.visit("/double-facteur").secret_in_base32();
    let code = account.code();
    client.submit("/double-facteur", &[("code", &code)]).has(303);
    go_round(&mut client, Visitor::At(Step::Charter));
    client.submit("/charte", &[]).has(303);
    go_round(&mut client, Visitor::SignedIn(Role::Instructor));

    for role in [Role::Contact, Role::Manager, Role::Dpo] {
        let communes: &[&str] = if role.is_town_hall() { &[VALBOURG] } else { &[] };
        let mut client = app.stranger();
        client.sign_in(&app.account(role, communes));
        go_round(&mut client, Visitor::SignedIn(role));
    }

    app.later(TimeDelta::minutes(22));
    go_round(&mut client, Visitor::At(Step::Locked));
}

fn e27_a_suspended_person_reaches_their_account_the_incidents_and_the_way_out(app: TestApp) {
    for role in [Role::Instructor, Role::Contact, Role::Manager, Role::Dpo] {
        let communes: &[&str] = if role.is_town_hall() { &[VALBOURG] } else { &[] };
        let account = app.account(role, communes);
        let mut client = app.stranger();
        client.sign_in(&account);
        app.execute(&format!(
            "INSERT INTO suspensions (id, scope, account_id, reason, since) VALUES \
             ('{}', 'person', '{}', 'vérification en cours', '2026-11-23 08:00:00')",
            account.id, account.id
        ));
        let mut told = 0;
        for row in ROUTES {
            let answer = ask(&mut client, row);
            let suspended =
                answer.status.as_u16() == 403 && answer.words().contains("Votre accès est suspendu");
            let wanted = expected(row, Visitor::SignedIn(role), true);
            let closed_to_them = wanted == Verdict::Through
                && !matches!(row.act.door(), Door::Public)
                && !policy::open_to_suspended(row.act);
            assert_eq!(suspended, closed_to_them, "{role}, {:?} {}: {answer}", row.verb, row.path);
            if !suspended {
                assert_eq!(verdict(row, &answer), wanted, "{role}, {:?} {}: {answer}", row.verb, row.path);
            }
            told += usize::from(suspended);
        }
        assert!(told > 0, "{role}: positive control");
        client.visit("/compte").has(200);
    }
}

fn e28_every_town_hall_route_is_closed_outside_hours_unless_its_row_says_otherwise(app: TestApp) {
    app.at("2026-11-09 10:00");
    let (reader, manager) = (app.account(Role::Instructor, &[VALBOURG]), app.account(Role::Manager, &[]));
    for (instant, open) in [
        ("2026-11-10 08:00:00", true),
        ("2026-11-10 18:59:59", true),
        ("2026-11-10 19:00:00", false),
        ("2026-11-11 10:32:00", false),
        ("2026-11-12 07:59:59", false),
        ("2026-11-14 10:32:00", false),
        ("2026-12-25 10:32:00", false),
    ] {
        for (account, role) in [(&reader, Role::Instructor), (&manager, Role::Manager)] {
            app.at(instant);
            let mut client = app.stranger();
            client.sign_in(account);
            let mut closed = 0;
            for row in ROUTES {
                app.at(instant);
                let answer = ask(&mut client, row);
                let wanted = expected(row, Visitor::SignedIn(role), open);
                assert_eq!(verdict(row, &answer), wanted, "{instant}, {role}, {}: {answer}", row.path);
                closed += usize::from(wanted == Verdict::Closed);
            }
            assert_eq!(closed > 0, !open && role.is_town_hall(), "{instant}, {role}: closed {closed} times");
        }
    }
}
