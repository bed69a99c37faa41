//! The managers' page of mails, over HTTP and through the mail server of the tests.

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::AccountNews;

use super::{Post, deliver, somebody, tell};
use crate::harness::{Client, Kind, TestApp};

on_both![
    a_manager_sees_what_became_of_each_mail_and_sends_it_again,
    a_manager_tries_whether_mails_arrive,
    the_page_says_that_there_is_no_server,
    the_list_goes_on_page_by_page,
];

/// A manager who has an address.
fn manager(app: &TestApp) -> Client {
    let account = app.account(Role::Manager, &[]);
    app.execute(&format!(
        "UPDATE accounts SET email = 'theo@trois-vals.example' WHERE id = '{}'",
        account.id
    ));
    let mut client = app.stranger();
    client.sign_in(&account);
    client
}

fn a_manager_sees_what_became_of_each_mail_and_sends_it_again(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let mut theo = manager(&app);
    let [lost, late, fine] = ["inconnue", "occupee", "camille"].map(|mailbox| {
        let id = tell(&app, &somebody(&app, &format!("{mailbox}@valbourg.example")), AccountNews::Invitation);
        deliver(&app);
        id.to_string()
    });
    theo.visit("/gestion/courriels")
        .has(200)
        .says("2 courriels ne sont pas arrivés")
        .says("En échec (1)")
        .says("Refusés (1)")
        .says("la boîte du destinataire ne répond pas ; nouvel essai à 10 h 33");
    theo.visit("/gestion/courriels?etat=refuses").says("cette adresse n’existe pas");
    theo.visit("/gestion/courriels?etat=envoyes")
        .says("Envoyés (1)")
        .says("envoyé lundi 23 novembre à 10 h 32");
    theo.visit(&format!("/gestion/courriels/{late}")).has(200).says("nouvel essai");
    // The preview opens nothing, and says whose address it is no more than needed.
    let token = server.taken(1).remove(0).token();
    theo.visit(&format!("/gestion/courriels/{fine}"))
        .has(200)
        .says("Bonjour Camille Moreau,")
        .says("[lien]")
        .does_not_say(&token)
        .does_not_say("@valbourg.example");
    theo.visit("/sante").has(200);
    let mail = app.stranger().visit("/sante").json()["mail"].clone();
    assert_eq!(mail, "failing");
    // The address is corrected; the mail leaves with a link of its own.
    app.execute(
        "UPDATE accounts SET email = 'nouvelle@valbourg.example' WHERE email = 'inconnue@valbourg.example'",
    );
    theo.submit(&format!("/gestion/courriels/{lost}"), &[]).leads_to(&format!("/gestion/courriels/{lost}"));
    theo.visit(&format!("/gestion/courriels/{lost}")).says("part dans la minute");
    deliver(&app);
    assert_eq!(server.taken(2).remove(1).to, "nouvelle@valbourg.example");
    // Nobody has opened them.
    app.later(TimeDelta::days(4));
    let mut theo = manager(&app);
    theo.visit("/gestion/courriels?etat=sans-suite").says("Sans suite (2)").says("Camille Moreau");
}

fn a_manager_tries_whether_mails_arrive(kind: Kind) {
    let Post { app, server, _folder } = Post::open(kind);
    let mut theo = manager(&app);
    theo.visit("/gestion/courriels")
        .has(200)
        .says("Tous les courriels partent")
        .says("Aucun courriel dans cet état");
    theo.send_form("/gestion/courriels", &[]).leads_to("/gestion/courriels?etat=a-envoyer");
    theo.visit("/gestion/courriels?etat=a-envoyer").says("Essai de courriel").says("part dans la minute");
    app.later(TimeDelta::minutes(1));
    app.tick();
    let letter = server.taken(1).remove(0);
    assert_eq!(letter.to, "theo@trois-vals.example");
    assert!(letter.text().contains("http://localhost:8080/gestion/courriels"), "{}", letter.text());
    theo.visit("/gestion/courriels").says("Envoyés (1)");
}

fn the_page_says_that_there_is_no_server(kind: Kind) {
    let app = TestApp::start(kind);
    let mut theo = manager(&app);
    theo.visit("/gestion/courriels")
        .has(200)
        .says("Aucun serveur de courriel")
        .says("chaque message est écrit dans l’espace de son destinataire")
        .does_not_say("M’envoyer un courriel d’essai");
    assert_eq!(app.stranger().visit("/sante").json()["mail"], "off");
}

fn the_list_goes_on_page_by_page(kind: Kind) {
    let Post { app, server: _server, _folder } = Post::open(kind);
    let mut theo = manager(&app);
    let camille = somebody(&app, "camille@valbourg.example");
    for _ in 0..30 {
        tell(&app, &camille, AccountNews::Locked);
    }
    let mut path = Some("/gestion/courriels?etat=a-envoyer".to_owned());
    let mut seen = Vec::new();
    while let Some(next) = path {
        let page = theo.visit(&next);
        let html = page.has(200).html();
        seen.extend(html.split("href=\"/gestion/courriels/").skip(1).map(|rest| rest[..36].to_owned()));
        let older = html.split("href=\"").find(|rest| rest.contains(">Courriels plus anciens"));
        path = older.map(|rest| rest.split('"').next().unwrap_or_default().replace("&amp;", "&"));
    }
    assert_eq!(seen.len(), 30);
    assert!(seen.is_sorted_by(|a, b| a > b), "latest first, none twice");
}
