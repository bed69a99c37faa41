//! Methods, bodies, tokens: what the table promises of every request.

use std::collections::BTreeSet;

use parvis::identity::route::Verb;
use parvis::routes::ROUTES;
use reqwest::Method;

use crate::harness::{TestApp, VALBOURG, both_databases};

both_databases![
    no_earlier_pattern_hides_a_later_path,
    head_is_answered_like_get_and_any_other_method_is_the_404,
    a_body_over_the_limit_of_its_row_is_refused,
    a_form_without_its_token_or_with_another_sessions_is_refused,
];

/// What stands behind the parameters of a path.
#[derive(Debug, Clone)]
pub struct Ids {
    pub committee: String,
    pub sheet: String,
    pub dwelling: String,
    pub certificate: String,
    pub message: String,
    pub account: String,
    pub factor: String,
    pub convention: String,
    pub suspension: String,
    /// Of two managers.
    pub decision: String,
    /// Of a town hall's contact.
    pub request: String,
    pub holder: String,
    pub contact: String,
    pub commune: String,
}

impl Ids {
    /// One text for every parameter.
    pub fn all(text: &str) -> Self {
        let text = text.to_owned();
        Self {
            committee: text.clone(),
            sheet: text.clone(),
            dwelling: text.clone(),
            certificate: text.clone(),
            message: text.clone(),
            account: text.clone(),
            factor: text.clone(),
            convention: text.clone(),
            suspension: text.clone(),
            decision: text.clone(),
            request: text.clone(),
            holder: text.clone(),
            contact: text.clone(),
            commune: text,
        }
    }

    /// They read as ids and name nothing.
    pub fn invented() -> Self {
        let (uuid, hex) = ("01930000-0000-7000-8000-000000000000".to_owned(), "0".repeat(32));
        Self { sheet: hex.clone(), dwelling: hex, commune: "99999".to_owned(), ..Self::all(&uuid) }
    }
}

/// The path of a row with these ids. A parameter that this function does not know fails the test
/// that meets it: a new row is swept from its first day.
pub fn path_of(pattern: &str, ids: &Ids) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (parameter, after) = after.split_once('}').expect("a closed parameter");
        path.push_str(before);
        path.push_str(match (pattern.split('/').nth(1).unwrap_or_default(), before, parameter) {
            ("static", _, "version") => "x",
            ("static", _, "name") => "rien.css",
            (_, "/commissions/" | "/gestion/commissions/", "id") => &ids.committee,
            (_, "/comparer/", "dwelling") => &ids.dwelling,
            (_, "/connexion/sso/", "provider") => "inconnu",
            (_, "/gestion/comptes/", "id") => &ids.account,
            (_, "/fiches/", "id") => &ids.sheet,
            (_, "/gestion/certificats/", "id") => &ids.certificate,
            (_, "/gestion/courriels/", "id") => &ids.message,
            (_, "/compte/second-facteur/", "id") => &ids.factor,
            (_, "/gestion/conventions/", "id") => &ids.convention,
            (_, "/gestion/acces/retablir/", "id") => &ids.suspension,
            (_, "/gestion/acces/decisions/", "id") => &ids.decision,
            (_, "/acces/", "token") => "rien-de-tel",
            (_, "/equipe/demandes/" | "/gestion/habilitations/", "id") => &ids.request,
            (_, "/equipe/titulaires/" | "/gestion/titulaires/", "id") => &ids.holder,
            (_, "/gestion/referents/", "id") => &ids.contact,
            (_, "/equipe/communes/" | "/gestion/equipes/", "commune") => &ids.commune,
            (_, "/", "rest:.*") => "rien-de-tel",
            _ => panic!("{pattern}: teach the sweep what {{{parameter}}} is"),
        });
        rest = after;
    }
    path + rest
}

pub fn invented_path(pattern: &str) -> String {
    path_of(pattern, &Ids::invented())
}

fn no_earlier_pattern_hides_a_later_path(app: TestApp) {
    let same = |a: &str, b: &str| {
        let (a, b): (Vec<&str>, Vec<&str>) = (a.split('/').collect(), b.split('/').collect());
        a.len() == b.len()
            && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{') || b.starts_with('{'))
    };
    // Positive control: the comparison finds what it looks for.
    assert!(same("/a/{id}", "/a/b") && !same("/a/{id}", "/a/b/c") && !same("/a/b", "/a/c"));
    for (place, row) in ROUTES[..ROUTES.len() - 1].iter().enumerate() {
        for earlier in &ROUTES[..place] {
            assert!(
                earlier.verb != row.verb || !same(earlier.path, row.path),
                "{} hides {}",
                earlier.path,
                row.path
            );
        }
    }
    assert_eq!(ROUTES.last().map(|row| row.path), Some("/{rest:.*}"), "what takes everything comes last");
    // And over HTTP: an address that is in no row is the same 404 for whoever asks.
    for path in ["/rien", "/fiches", "/fiches/", "/commissions/x/y/z", "//fiches/x", "/connexion/"] {
        app.stranger().visit(path).is_the_404();
    }
}

fn head_is_answered_like_get_and_any_other_method_is_the_404(app: TestApp) {
    let mut camille = app.instructor_of(VALBOURG);
    let paths: BTreeSet<&str> = ROUTES.iter().map(|row| row.path).collect();
    for path in paths {
        let asked = invented_path(path);
        let has = |verb| ROUTES.iter().any(|row| row.path == path && row.verb == verb);
        if has(Verb::Get) {
            let (get, head) = (camille.visit(&asked), camille.send(Method::HEAD, &asked, |r| r));
            assert_eq!(head.status, get.status, "HEAD {path}");
            assert!(head.body.is_empty(), "HEAD {path} has a body");
            assert_eq!(head.header("cache-control"), get.header("cache-control"), "HEAD {path}");
        } else {
            camille.visit(&asked).is_the_404();
        }
        if !has(Verb::Post) {
            camille.send(Method::POST, &asked, |r| r).is_the_404();
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
            let answer = camille.send(method.clone(), &asked, |r| r);
            assert_eq!(answer.status.as_u16(), 404, "{method} {path}: {answer}");
        }
    }
}

fn a_body_over_the_limit_of_its_row_is_refused(app: TestApp) {
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/compte").has(200);
    for (path, limit) in [("/compte/affichage", 4096), ("/commune", 4096)] {
        let row = ROUTES.iter().find(|row| row.path == path && row.verb == Verb::Post).expect("a row");
        assert_eq!(row.body_limit, limit);
        let body = |length: usize| {
            let start = format!("csrf={}&affichage=pixels&commune=99101&x=", camille.csrf);
            format!("{start}{}", "x".repeat(length - start.len()))
        };
        let bodies = [(body(limit), 303), (body(limit + 1), 413), (body(50 * limit), 413)];
        for (body, status) in bodies {
            let answer = camille.send(Method::POST, path, |request| {
                request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
            });
            answer.has(status);
        }
    }
}

fn a_form_without_its_token_or_with_another_sessions_is_refused(app: TestApp) {
    let (mut camille, mut yanis) = (app.instructor_of(VALBOURG), app.instructor_of(VALBOURG));
    yanis.visit("/compte").has(200);
    camille.visit("/compte").has(200);
    let foreign = yanis.csrf.clone();
    assert_ne!(foreign, camille.csrf);
    let own = camille.csrf.clone();
    for row in ROUTES.iter().filter(|row| row.verb == Verb::Post) {
        let passes = parvis::identity::policy::permits(parvis::identity::Role::Instructor, row.act)
            && !matches!(row.act.door(), parvis::identity::policy::Door::Step(_));
        if !passes {
            continue;
        }
        let path = invented_path(row.path);
        camille.csrf = String::new();
        camille.send(Method::POST, &path, |r| r).has(400);
        for wrong in [foreign.as_str(), "", "x"] {
            wrong.clone_into(&mut camille.csrf);
            camille.send_form(&path, &[]).has(403).says("Ce formulaire a expiré");
            // The page of the refusal bears the right one.
            wrong.clone_into(&mut camille.csrf);
            camille.post_json(&path, &serde_json::json!({})).has(403);
        }
    }
    // Positive control: the right token passes, and the session still stands.
    camille.csrf = own;
    camille.send_form("/compte/affichage", &[("affichage", "pixels")]).leads_to("/compte");
}
