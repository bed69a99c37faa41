//! Every path with an id, with ids that must not be known from one another (E4).

use parvis::identity::Role;
use parvis::identity::route::{Row, Verb};
use parvis::messages::{self, AccountNews, Message};
use parvis::routes::ROUTES;
use serde_json::json;

use super::requests::{Ids, path_of};
use crate::harness::{Account, Answer, Client, MERIZEAU, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e04_what_is_foreign_purged_withdrawn_or_invented_is_one_and_the_same_404,
    a_stranger_learns_from_no_address_whether_a_sheet_is_there,
];

/// A target Valbourg can read, and those it must not know from one another.
struct Targets {
    /// Who reads for Valbourg.
    reader: Account,
    own: Ids,
    hidden: Vec<(&'static str, Ids)>,
}

/// Committee, sheet and dwelling of each kind.
fn targets(app: &TestApp) -> Targets {
    for commune in [VALBOURG, MERIZEAU] {
        app.account(Role::Instructor, &[commune]);
        app.contact_of(commune);
        app.execute(&format!(
            "INSERT INTO habilitation_requests (id, commune, kind, origin, first_name, last_name, job_title, \
             employer, ground, reason, starts_on, submitted_by, submitted_at, state) VALUES \
             ('01930000-0000-7000-8000-0000000{commune}', '{commune}', 'new', 'contact', 'Nora', 'Vasseur', \
             'instructrice', 'mairie', 'agent', 'instruction', '2026-11-23', '01930000-0000-7000-8000-000000000009', '2026-11-20 10:00:00', 'submitted')"
        ));
    }
    let first = |table: &str, commune: &str| {
        app.texts(&format!("SELECT id AS text FROM {table} WHERE commune = '{commune}' ORDER BY id"))
            .remove(0)
    };
    let of = |reference: &str, commune: &str| {
        let sheet = app.sheets_of(reference, commune).remove(0);
        Ids {
            committee: app.committee_id(reference),
            dwelling: app.text(&format!("SELECT dwelling_id AS text FROM sheets WHERE sheet_id = '{sheet}'")),
            sheet,
            request: first("habilitation_requests", commune),
            holder: first("habilitations", commune),
            contact: first("contacts", commune),
            commune: commune.to_owned(),
            ..Ids::invented()
        }
    };
    app.at("2026-11-20 10:32");
    app.publish(&[committee("Passée").on("2026-11-20").sheets(VALBOURG, 2)]);
    let purged = of("Passée", VALBOURG);
    app.at("2026-11-21 00:01");
    assert_eq!(app.purge().purged.len(), 1);
    let certificate = app.text("SELECT id AS text FROM certificates");
    app.at("2026-11-23 06:00");
    app.publish(&[
        committee("La mienne").on("2026-11-24").sheets(VALBOURG, 4),
        committee("L’autre").sheets(MERIZEAU, 2),
        committee("Annulée").sheets(VALBOURG, 2),
        committee("Échue").on("2026-11-23").sheets(VALBOURG, 2),
    ]);
    let theo = app.account(Role::Manager, &[]);
    let (now, told) = (app.machine().clock().now(), Message::Account(AccountNews::TestMail));
    let message = app
        .machine()
        .db()
        .write(|conn| messages::tell(conn, &theo.id.parse().expect("an id"), &told, now))
        .expect("a message")
        .to_string();
    let reader = app.account(Role::Instructor, &[VALBOURG]);
    let factor_of = |account: &Account| {
        app.text(&format!("SELECT id AS text FROM authenticators WHERE account_id = '{}'", account.id))
    };
    let (account, factor) = (reader.id.clone(), factor_of(&reader));
    let convention = app.text(&format!("SELECT id AS text FROM conventions WHERE commune = '{VALBOURG}'"));
    let (suspension, decision) =
        ("01930000-0000-7000-8000-00000000000a", "01930000-0000-7000-8000-00000000000b");
    app.execute(&format!(
        "INSERT INTO suspensions (id, scope, commune, reason, since) \
         VALUES ('{suspension}', 'commune', '{MERIZEAU}', 'vérification', '2026-11-20 10:00:00')"
    ));
    app.execute(&format!(
        "INSERT INTO joint_decisions (id, kind, reason, asked_by, asked_at) \
         VALUES ('{decision}', 'suspend_space', 'vérification', '{decision}', '2026-11-24 08:00:00')"
    ));
    let own = Ids {
        certificate,
        message,
        account,
        factor,
        convention,
        suspension: suspension.to_owned(),
        decision: decision.to_owned(),
        ..of("La mienne", VALBOURG)
    };
    let colleague = Ids { factor: factor_of(&app.account(Role::Instructor, &[VALBOURG])), ..own.clone() };
    let cancelled = of("Annulée", VALBOURG);
    app.publish(&[committee("Annulée").sheets(VALBOURG, 2).cancelled()]);
    // The only candidate for its dwelling.
    let sheet = app.sheets_of("La mienne", VALBOURG).remove(3);
    app.execute(&format!(
        "INSERT INTO withdrawals SELECT sheet_id, committee_id, commune, dwelling_id, 'manager', '', changed_at \
         FROM sheets WHERE sheet_id = '{sheet}'"
    ));
    let dwelling = app.text(&format!("SELECT dwelling_id AS text FROM sheets WHERE sheet_id = '{sheet}'"));
    let withdrawn = Ids { sheet, dwelling, ..cancelled.clone() };
    let foreign_dwelling = Ids { committee: own.committee.clone(), ..of("L’autre", MERIZEAU) };
    let past = of("Échue", VALBOURG);
    app.at("2026-11-24 10:32");
    let hidden = vec![
        ("of a colleague", colleague),
        ("of the other commune", of("L’autre", MERIZEAU)),
        ("purged", purged),
        ("cancelled", cancelled.clone()),
        ("past, not purged yet", past),
        ("withdrawn", withdrawn),
        ("a dwelling of another committee", foreign_dwelling),
        ("invented", Ids::invented()),
        ("malformed", Ids::all("x")),
        ("a zero byte", Ids::all("%00")),
        ("too long", Ids::all(&"a".repeat(400))),
        ("a path", Ids::all("..%2f..%2fcompte")),
    ];
    Targets { reader, own, hidden }
}

/// Rows whose path names something that may be there or not.
fn rows_with_ids() -> impl Iterator<Item = &'static Row> {
    ROUTES
        .iter()
        .filter(|row| row.path.contains('{') && row.path != "/{rest:.*}")
        // Of the program, not of a town hall: files, links of mails, providers of single sign-on.
        .filter(|row| {
            !["/static/", "/acces/", "/connexion/sso/"].iter().any(|public| row.path.starts_with(public))
        })
}

const OF_HABILITATIONS: [&str; 4] =
    ["/gestion/habilitations/", "/gestion/equipes/", "/gestion/referents/", "/gestion/titulaires/"];

/// What the page's own script or form would send.
fn ask(client: &mut Client, verb: Verb, pattern: &str, path: &str) -> Answer {
    match (verb, pattern.rsplit('/').next().unwrap_or_default()) {
        (Verb::Get, _) => client.visit(path),
        (_, "affichage") => client.post_json(path, &json!({"width": 320, "ratio": 1})),
        (_, "presence") => client.post_json(path, &json!({"display": "00000-00000"})),
        (_, "texte" | "recherche") => client.send_form(path, &[("q", "varennes")]),
        (_, "employeur" | "fin" | "retrait") => client.send_form(path, &[]),
        (_, "seance-levee" | "resiliation" | "revocation" | "secret" | "second-facteur" | "jeton") => {
            client.send_form(path, &[])
        }
        (_, "nom") => client.send_form(path, &[("nom", "téléphone")]),
        _ if pattern == "/gestion/courriels/{id}" => client.send_form(path, &[]),
        // Faulty on purpose: what is one's own is shown again and stays as it is.
        _ if pattern.starts_with("/equipe/")
            || OF_HABILITATIONS.iter().any(|part| pattern.starts_with(part)) =>
        {
            client.send_form(path, &[("jour", "x"), ("debut", "x"), ("motif", "")])
        }
        _ if pattern.starts_with("/gestion/acces/") => client.send_form(path, &[("acte", "seul")]),
        _ => panic!("{pattern}: teach the sweep what this form sends"),
    }
}

fn e04_what_is_foreign_purged_withdrawn_or_invented_is_one_and_the_same_404(app: TestApp) {
    let targets = targets(&app);
    let (mut camille, mut theo) = (app.stranger(), app.manager());
    camille.sign_in(&targets.reader).leads_to("/");
    let mut paul = app.stranger();
    paul.sign_in(&app.contact_of(VALBOURG));
    let mut swept = 0;
    for row in rows_with_ids() {
        let managed = row.path.starts_with("/gestion/");
        let asked = row.path.starts_with("/equipe/");
        let client = if managed {
            &mut theo
        } else if asked {
            &mut paul
        } else {
            &mut camille
        };
        client.visit("/compte").has(200);
        let own = ask(client, row.verb, row.path, &path_of(row.path, &targets.own));
        assert_ne!(own.status.as_u16(), 404, "positive control: {own}");
        let mut first: Option<Answer> = None;
        for (what, ids) in &targets.hidden {
            let names_no_committee =
                ["invented", "malformed", "a zero byte", "too long", "a path"].contains(what);
            // The landlord knows its own committees, of whatever commune and however old. And a list
            // takes no dwelling, a sheet no committee: only what differs from one's own is swept.
            let path = path_of(row.path, ids);
            // What is only past or withdrawn of the sheets is of one's own team all the same.
            if asked && !names_no_committee && *what != "of the other commune" {
                continue;
            }
            if (managed && !names_no_committee) || path == path_of(row.path, &targets.own) {
                continue;
            }
            let answer = ask(client, row.verb, row.path, &path);
            answer.is_the_404();
            if let Some(first) = &first {
                assert_eq!(answer.main(), first.main(), "{what}: {answer} and {first}");
                assert_eq!(header_names(&answer), header_names(first), "{what}: {answer}");
            }
            first.get_or_insert(answer);
            swept += 1;
        }
    }
    assert!(swept > 100, "only {swept} addresses were swept");
}

fn header_names(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(ToString::to_string);
    // A malformed address is turned away before the body is read: the line closes.
    let mut names: Vec<String> = names.filter(|name| name != "connection").collect();
    names.sort();
    names
}

fn a_stranger_learns_from_no_address_whether_a_sheet_is_there(app: TestApp) {
    let targets = targets(&app);
    for row in rows_with_ids() {
        let all = targets.hidden.iter().map(|(what, ids)| (*what, ids)).chain([("own", &targets.own)]);
        for (what, ids) in all {
            let path = path_of(row.path, ids);
            let mut stranger = app.stranger();
            stranger.visit("/connexion").has(200);
            let answer = match row.verb {
                Verb::Get => stranger.visit(&path),
                Verb::Post => stranger.send_form(&path, &[]),
            };
            assert_eq!(answer.location().as_deref(), Some("/connexion"), "{what}: {answer}");
            assert!(answer.body.is_empty(), "{what}: {answer}");
        }
    }
}
