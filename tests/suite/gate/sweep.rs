//! Every path with an id, with ids that must not be known from one another (E4).

use parvis::identity::route::Verb;
use parvis::routes::ROUTES;
use serde_json::json;

use super::requests::invented_path;
use crate::harness::{Answer, Client, MERIZEAU, TestApp, VALBOURG, both_databases, committee};

both_databases![
    e04_what_is_foreign_purged_withdrawn_or_invented_is_one_and_the_same_404,
    a_stranger_learns_from_no_address_whether_a_sheet_is_there,
];

/// What stands behind an id.
struct Ids {
    /// Readable by Valbourg: the positive control.
    own: [String; 2],
    /// The dwelling of that sheet.
    dwelling: String,
    hidden: Vec<(&'static str, [String; 2])>,
}

/// Committee and sheet of each kind.
fn ids(app: &TestApp) -> Ids {
    let pair = |reference: &str, commune: &str| {
        [app.committee_id(reference), app.sheets_of(reference, commune).remove(0)]
    };
    app.at("2026-11-20 10:32");
    app.publish(&[committee("Passée").on("2026-11-20").sheets(VALBOURG, 2)]);
    let purged = pair("Passée", VALBOURG);
    app.at("2026-11-21 00:01");
    assert_eq!(app.purge().purged.len(), 1);
    app.at("2026-11-23 06:00");
    app.publish(&[
        committee("La mienne").sheets(VALBOURG, 3),
        committee("L’autre").sheets(MERIZEAU, 2),
        committee("Annulée").sheets(VALBOURG, 2),
        committee("Échue").on("2026-11-23").sheets(VALBOURG, 2),
    ]);
    let own = pair("La mienne", VALBOURG);
    let cancelled = pair("Annulée", VALBOURG);
    app.publish(&[committee("Annulée").sheets(VALBOURG, 2).cancelled()]);
    let withdrawn = app.sheets_of("La mienne", VALBOURG).remove(2);
    app.execute(&format!(
        "INSERT INTO withdrawals SELECT sheet_id, committee_id, commune, dwelling_id, 'manager', '', changed_at \
         FROM sheets WHERE sheet_id = '{withdrawn}'"
    ));
    let past = pair("Échue", VALBOURG);
    app.at("2026-11-24 10:32");
    let hidden = vec![
        ("of the other commune", pair("L’autre", MERIZEAU)),
        ("purged", purged),
        ("cancelled", cancelled.clone()),
        ("past, not purged yet", past),
        ("withdrawn", [cancelled[0].clone(), withdrawn]),
        ("invented", ["01930000-0000-7000-8000-000000000000".into(), "0".repeat(32)]),
        ("malformed", ["x".into(), "%00".into()]),
        ("too long", ["a".repeat(400), "a".repeat(400)]),
        ("a path", ["..%2f..%2fcompte".into(), "..%2f..%2fcompte".into()]),
    ];
    let dwelling = dwelling_of(app, &own[1]);
    Ids { own, dwelling, hidden }
}

fn dwelling_of(app: &TestApp, sheet: &str) -> String {
    app.texts(&format!("SELECT dwelling_id AS text FROM sheets WHERE sheet_id = '{sheet}'")).remove(0)
}

/// The path of a row for one of these pairs; `None` for a row without an id.
fn path_for(pattern: &str, pair: &[String; 2], dwelling: &str) -> Option<String> {
    let id = match pattern.split_once("/{") {
        None | Some(("/static", _)) => return None,
        Some(("/commissions" | "/gestion/commissions", _)) => &pair[0],
        Some(("/fiches", _)) => &pair[1],
        Some(_) => panic!("{}: teach the sweep", invented_path(pattern)),
    };
    Some(pattern.replacen("{id}", id, 1).replacen("{dwelling}", dwelling, 1))
}

/// What the page's own script or form would send.
fn ask(client: &mut Client, verb: Verb, pattern: &str, path: &str) -> Answer {
    match (verb, pattern.rsplit('/').next().unwrap_or_default()) {
        (Verb::Get, _) => client.visit(path),
        (_, "affichage") => client.post_json(path, &json!({"width": 320, "ratio": 1})),
        (_, "presence") => client.post_json(path, &json!({"display": "00000-00000"})),
        (_, "texte" | "recherche") => client.send_form(path, &[("q", "varennes")]),
        (_, "seance-levee") => client.send_form(path, &[]),
        _ => panic!("{pattern}: teach the sweep what this form sends"),
    }
}

fn e04_what_is_foreign_purged_withdrawn_or_invented_is_one_and_the_same_404(app: TestApp) {
    let ids = ids(&app);
    let (mut camille, mut theo) = (app.instructor_of(VALBOURG), app.manager());
    let mut swept = 0;
    for row in ROUTES {
        let managed = row.path.starts_with("/gestion/");
        let client = if managed { &mut theo } else { &mut camille };
        let Some(path) = path_for(row.path, &ids.own, &ids.dwelling) else { continue };
        client.visit("/compte").has(200);
        let own = ask(client, row.verb, row.path, &path);
        // A committee of another day cannot be declared over today: there the object's answer is the 404.
        let shown = !(managed && row.verb == Verb::Post);
        assert_eq!(own.status.as_u16() != 404, shown, "positive control: {own}");
        let mut first: Option<(String, Answer)> = None;
        for (what, pair) in &ids.hidden {
            // The landlord knows its own committees, of whatever commune and however old.
            if managed
                && row.verb == Verb::Get
                && ["invented", "malformed", "too long", "a path"].contains(what)
            {
                let path = path_for(row.path, pair, &ids.dwelling).expect("an id");
                ask(client, row.verb, row.path, &path).is_the_404();
                continue;
            } else if managed {
                continue;
            }
            // A withdrawn sheet stands in a committee one may read.
            let path = path_for(row.path, pair, &ids.dwelling).expect("an id");
            let answer = ask(client, row.verb, row.path, &path);
            answer.is_the_404();
            let main = answer.main();
            match &first {
                None => first = Some((main, answer)),
                Some((same, other)) => {
                    assert_eq!(main, *same, "{what}: {} and {}", answer, other);
                    let names = |a: &Answer| -> Vec<String> {
                        let mut names: Vec<String> = a.headers.keys().map(ToString::to_string).collect();
                        // A malformed address is turned away before the body is read: the line closes.
                        names.retain(|name| name != "connection");
                        names.sort();
                        names
                    };
                    assert_eq!(names(&answer), names(other), "{what}: {answer}");
                }
            }
            swept += 1;
        }
    }
    assert!(swept > 70, "only {swept} addresses were swept");
    // A dwelling of the other commune, or none, in a committee one may read.
    let foreign = dwelling_of(&app, &app.sheets_of("L’autre", MERIZEAU)[0]);
    for dwelling in [foreign, "0".repeat(32)] {
        let path = format!("/commissions/{}/comparer/{dwelling}", ids.own[0]);
        camille.visit(&path).is_the_404();
        camille.visit(&format!("{path}/texte")).is_the_404();
    }
}

fn a_stranger_learns_from_no_address_whether_a_sheet_is_there(app: TestApp) {
    let ids = ids(&app);
    for row in ROUTES {
        for (what, pair) in ids.hidden.iter().map(|(what, pair)| (*what, pair)).chain([("own", &ids.own)]) {
            let Some(path) = path_for(row.path, pair, &ids.dwelling) else { continue };
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
