//! The landlord's accounts: found, filtered, paged; one account and the facts of its use.

use chrono::TimeDelta;
use parvis::identity::Role;

use crate::harness::{Answer, Client, MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![
    accounts_are_found_by_a_part_of_a_name_without_case_or_accents,
    accounts_are_filtered_by_role_state_and_commune,
    a_long_list_is_paged_and_no_account_is_shown_twice_or_left_out,
    e11_the_landlord_sees_the_last_connection_of_each_account,
    e19_signs_of_sharing_are_facts_without_a_word_that_accuses,
];

/// Looks for a name, as the form of the list does.
fn search(manager: &mut Client, fields: &[(&str, &str)]) -> Answer {
    manager.visit("/gestion/comptes").has(200);
    manager.send_form("/gestion/comptes", fields)
}

/// Renames an account made by the harness, as its making would have.
fn named(app: &TestApp, id: &str, first: &str, last: &str, search: &str) {
    app.execute(&format!(
        "UPDATE accounts SET first_name = '{first}', last_name = '{last}', search_name = '{search}' WHERE id = '{id}'"
    ));
}

fn accounts_are_found_by_a_part_of_a_name_without_case_or_accents(app: TestApp) {
    let mut theo = app.manager();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    named(&app, &account.id, "Élodie", "Vauquelin", "vauquelin elodie elodievauquelin");
    for typed in ["VAUQUE", "élodie", "elodie vauquelin", "vauquelin É"] {
        let answer = search(&mut theo, &[("q", typed)]);
        answer.has(200).says("1 compte").says("Vauquelin Élodie");
    }
    let answer = search(&mut theo, &[("q", "personne%")]);
    answer.has(200).says("Aucun compte ne répond");
    assert!(answer.html().contains("value=\"personne%\""), "what was typed is kept: {answer}");
    // A name that comes by the address is not searched: it would stay in the history.
    theo.visit("/gestion/comptes?q=vauquelin").has(200).says("2 comptes");
}

fn accounts_are_filtered_by_role_state_and_commune(app: TestApp) {
    let mut theo = app.manager();
    let camille = app.account(Role::Instructor, &[VALBOURG]);
    let idle = app.account(Role::Instructor, &[MERIZEAU]);
    app.execute(&format!("UPDATE habilitations SET ends_on = '2026-11-20' WHERE account_id = '{}'", idle.id));
    app.execute(&format!(
        "INSERT INTO suspensions (id, scope, account_id, reason, since) \
         VALUES ('01930000-0000-7000-8000-000000000001', 'person', '{}', 'vérification', '2026-11-23 08:00:00')",
        camille.id
    ));
    for (query, found) in [
        ("", "3 comptes"),
        ("role=manager", "1 compte"),
        ("role=instructor", "2 comptes"),
        ("etat=suspendu", "1 compte"),
        ("etat=jamais", "2 comptes"),
        ("etat=sans", "1 compte"),
        ("commune=99101", "1 compte"),
        ("commune=99101&role=contact", "0 compte"),
        ("role=inconnu&etat=inconnu&commune=inconnue&tri=inconnu", "3 comptes"),
    ] {
        theo.visit(&format!("/gestion/comptes?{query}")).has(200).says(found);
    }
    theo.visit(&format!("/gestion/comptes/{}", camille.id)).has(200).says("vérification").says("Valbourg");
}

fn a_long_list_is_paged_and_no_account_is_shown_twice_or_left_out(app: TestApp) {
    let mut theo = app.manager();
    let model = app.account(Role::Instructor, &[VALBOURG]);
    // 120 accounts of the same name: the id decides among them.
    let columns = "role, first_name, last_name, job_title, password_hash, password_temporary, password_set_at, \
                   charter_version, reads_text, created_at, search_name";
    for number in 0..120 {
        app.execute(&format!(
            "INSERT INTO accounts (id, login, {columns}) \
             SELECT '01930000-0000-7000-8000-{number:012}', 'copie.{number}', {columns} FROM accounts WHERE id = '{}'",
            model.id
        ));
    }
    for order in ["", "absence"] {
        app.execute("UPDATE accounts SET last_login_at = '2026-11-20 09:00:00'");
        let (mut seen, mut path) = (Vec::new(), Some(format!("/gestion/comptes?tri={order}")));
        while let Some(next) = path {
            let page = theo.visit(&next);
            page.has(200);
            let html = page.html();
            let ids = html
                .match_indices("href=\"/gestion/comptes/0")
                .map(|(at, _)| html[at + 23..at + 59].to_owned());
            seen.extend(ids);
            path = html
                .split("href=\"")
                .find(|rest| rest.starts_with("/gestion/comptes?") && rest.contains("apres="))
                .and_then(|rest| rest.split('"').next())
                .map(|address| address.replace("&amp;", "&"));
        }
        let shown = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((shown, seen.len()), (122, 122), "{order}");
    }
}

fn e11_the_landlord_sees_the_last_connection_of_each_account(app: TestApp) {
    let (camille, mut theo) = (app.account(Role::Instructor, &[VALBOURG]), app.manager());
    let page = format!("/gestion/comptes/{}", camille.id);
    theo.visit(&page).has(200).says("jamais");
    app.stranger().sign_in(&camille);
    theo.visit(&page).has(200).says("23 novembre 2026");
    theo.visit("/gestion/comptes").says("23 novembre 2026");
}

fn e19_signs_of_sharing_are_facts_without_a_word_that_accuses(app: TestApp) {
    let (camille, mut theo) = (app.account(Role::Instructor, &[VALBOURG]), app.manager());
    let page = format!("/gestion/comptes/{}", camille.id);
    let mut one = app.stranger();
    one.sign_in(&camille);
    theo.visit(&page).says("1 connexion depuis 1 appareil").does_not_say("se sont suivis");
    app.later(TimeDelta::minutes(5));
    let mut other = app.stranger();
    other.device = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
    other.sign_in(&camille);
    let answer = theo.visit(&page);
    answer.says("2 connexions depuis 2 appareils").says("Une fois, deux appareils différents se sont suivis");
    answer.says("n’établissent rien à eux seuls");
    for accusing in ["suspect", "fraude", "partag", "soupçon", "abus", "anormal"] {
        answer.does_not_say(accusing);
    }
    // Nothing happens by itself.
    other.visit("/commissions").has(200);
}
