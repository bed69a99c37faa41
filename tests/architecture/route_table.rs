//! The route table as data. The sweeps over HTTP are in the integration suite.

use std::collections::BTreeSet;

use actix_web::dev::ResourceDef;
use parvis::identity::Role;
use parvis::identity::policy::{Act, Door, permits};
use parvis::identity::route::{Row, Verb};
use parvis::routes::ROUTES;

/// Of two paths in the order of the table: the earlier pattern takes the later path.
fn hidden<'a>(paths: &[(Verb, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut hidden = Vec::new();
    for (i, (verb, earlier)) in paths.iter().enumerate() {
        let pattern = ResourceDef::new(*earlier);
        for (_, later) in paths[i + 1..].iter().filter(|(other, _)| other == verb) {
            if pattern.is_match(later) {
                hidden.push((*earlier, *later));
            }
        }
    }
    hidden
}

fn rows(which: impl Fn(&Row) -> bool) -> BTreeSet<(String, &'static str)> {
    ROUTES.iter().filter(|row| which(row)).map(|row| (format!("{:?}", row.verb), row.path)).collect()
}

fn pinned(rows: &[(&str, &'static str)]) -> BTreeSet<(String, &'static str)> {
    rows.iter().map(|(verb, path)| ((*verb).to_owned(), *path)).collect()
}

#[test]
fn no_earlier_pattern_hides_a_later_path() {
    let paths: Vec<(Verb, &str)> = ROUTES.iter().map(|row| (row.verb, row.path)).collect();
    assert_eq!(hidden(&paths), []);
    // The same search finds what it must, a path said twice included.
    let planted = [
        (Verb::Get, "/fiches/{id}"),
        (Verb::Get, "/fiches/neuve"),
        (Verb::Post, "/fiches/{id}"),
        (Verb::Get, "/fiches/{id}"),
        (Verb::Get, "/fiches/{id}/texte"),
    ];
    let found = [("/fiches/{id}", "/fiches/neuve"), ("/fiches/{id}", "/fiches/{id}")];
    assert_eq!(hidden(&planted), found);
}

#[test]
fn what_anybody_may_reach_is_this_list_and_nothing_else() {
    let public = [
        ("Get", "/static/{version}/{name}"),
        ("Get", "/sante"),
        ("Get", "/mentions"),
        ("Get", "/accessibilite"),
        ("Get", "/aide"),
        ("Get", "/signalement"),
        ("Get", "/connexion"),
        ("Post", "/connexion"),
        ("Get", "/acces/{token}"),
        ("Post", "/acces/{token}"),
        ("Post", "/connexion/cle/defi"),
        ("Post", "/connexion/cle"),
        ("Post", "/connexion/sso/{provider}"),
        ("Get", "/connexion/sso/{provider}/retour"),
        ("Get", "/connexion/sso/{provider}/sortie"),
        ("Get", "/deconnexion"),
        ("Post", "/deconnexion"),
        ("Get", "/compte/blocage"),
        ("Post", "/compte/blocage"),
        // Every unknown address: answered alike, by the guard too.
        ("Get", "/{rest:.*}"),
    ];
    assert_eq!(rows(|row| row.act.door() == Door::Public), pinned(&public));
}

#[test]
fn e28_nothing_of_a_sheet_is_open_outside_hours() {
    let reads = |act: Act| !permits(Role::Manager, act) && permits(Role::Instructor, act);
    // The switcher shows nothing: a holiday of one commune leaves the other open.
    assert_eq!(rows(|row| reads(row.act) && row.open_outside_hours), pinned(&[("Post", "/commune")]));
    assert!(rows(|row| reads(row.act)).len() >= 10, "the sweep has something to sweep");
}

#[test]
fn a_page_reads_no_body_and_a_form_a_short_one() {
    for row in ROUTES {
        match row.verb {
            Verb::Get => assert_eq!(row.body_limit, 0, "{}", row.path),
            Verb::Post => assert!((1..=65_536).contains(&row.body_limit), "{}", row.path),
        }
    }
}

/// Addresses name things by identifiers and nothing else: no number, no name, no free text (rule 10).
#[test]
fn an_address_holds_identifiers_only() {
    let parameters: BTreeSet<&str> =
        ROUTES.iter().flat_map(|row| row.path.split('/')).filter(|part| part.contains('{')).collect();
    assert_eq!(
        parameters,
        BTreeSet::from([
            "{commune}",
            "{dwelling}",
            "{id}",
            "{name}",
            "{provider}",
            "{rest:.*}",
            "{token}",
            "{version}"
        ])
    );
    // The link of a mail: a secret that serves once, and whose form alone takes it.
    assert!(ROUTES.iter().all(|row| row.path.starts_with("/acces/") == row.path.contains("{token}")));
    assert_eq!(rows(|row| row.path.contains("{rest")), pinned(&[("Get", "/{rest:.*}")]));
    assert_eq!(rows(|row| row.path.contains("{name}")), pinned(&[("Get", "/static/{version}/{name}")]));
}

/// An action without a row is one nobody can take.
#[test]
fn every_action_has_a_row() {
    let reached: BTreeSet<String> = ROUTES.iter().map(|row| format!("{:?}", row.act)).collect();
    let all: BTreeSet<String> = Act::ALL.iter().map(|act| format!("{act:?}")).collect();
    assert_eq!(reached, all);
}
