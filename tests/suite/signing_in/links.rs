//! The link of a mail (E20): one use, a short life, and never enough by itself.

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::messages::links::{self, Purpose};

use crate::harness::{Account, TestApp, VALBOURG, both_databases};

both_databases![
    e20_a_link_serves_once_and_leads_to_the_choice_of_a_password,
    e20_a_link_asks_for_the_second_factor_that_there_is,
    e20_a_mail_alone_sets_up_no_second_factor_in_place_of_a_lost_one,
    e20_a_link_that_is_dead_or_unknown_is_one_page,
    e20_a_link_is_mailed_where_there_is_an_address_and_a_server,
];

const OWN: &str = "lilas-et-passerelle-63";

fn link_for(app: &TestApp, account: &Account, purpose: Purpose) -> String {
    let (id, now) = (account.id.parse().expect("an id"), app.machine().clock().now());
    let made =
        app.machine().db().write(|conn| links::make(conn, &id, purpose, None, TimeDelta::hours(24), now));
    format!("/acces/{}", made.expect("a link").as_str())
}

fn e20_a_link_serves_once_and_leads_to_the_choice_of_a_password(app: TestApp) {
    let mut nora = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let link = link_for(&app, &nora, Purpose::FirstSecret);
    let mut client = app.stranger();
    // Programs that read mails open every address: looking changes nothing and names nobody.
    for _ in 0..3 {
        let page = client.visit(&link);
        page.has(200).says("Choisir votre mot de passe").says("Habitat des Trois-Vals");
        assert!(!page.html().contains(&nora.login) && !page.html().contains("Moreau"));
    }
    let mut late = app.stranger();
    late.visit(&link).has(200);
    client.send_form(&link, &[]).leads_to("/mot-de-passe");
    late.send_form(&link, &[]).has(200).says("Ce lien ne sert plus");
    late.visit("/mot-de-passe").leads_to("/connexion");
    // The temporary secret is not asked, and dies with the choice.
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).leads_to("/");
    client.visit("/commissions").leads_to("/double-facteur");
    app.stranger().give_password(&nora).has(200).says("inexact");
    OWN.clone_into(&mut nora.password);
    nora.totp_secret = client.visit("/double-facteur").secret_in_base32();
    let code = nora.code();
    client.submit("/double-facteur", &[("code", &code)]).has(303);
    // The link has done its work: from now on the present password is asked.
    client.submit("/charte", &[]).has(303);
    client.visit("/mot-de-passe").says("Mot de passe actuel");
    assert!(!crate::harness::log_so_far().contains(link.trim_start_matches("/acces/")));
}

fn e20_a_link_asks_for_the_second_factor_that_there_is(app: TestApp) {
    let mut account = app.account(Role::Instructor, &[VALBOURG]);
    let mut reader = app.stranger();
    reader.sign_in(&account);
    let link = link_for(&app, &account, Purpose::NewSecret);
    let mut client = app.stranger();
    client.submit(&link, &[]).leads_to("/mot-de-passe");
    for page in ["/mot-de-passe", "/double-facteur", "/compte", "/commissions"] {
        client.visit(page).leads_to("/connexion/code");
    }
    // Until a password is chosen, the present one serves.
    reader.visit("/commissions").has(200);
    let code = account.code();
    client.submit("/connexion/code", &[("code", &code)]).has(303);
    client.visit("/commissions").leads_to("/mot-de-passe");
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).leads_to("/");
    client.visit("/commissions").has(200);
    app.stranger().give_password(&account).has(200).says("inexact");
    OWN.clone_into(&mut account.password);
    app.stranger().sign_in(&account).leads_to("/");
}

fn e20_a_mail_alone_sets_up_no_second_factor_in_place_of_a_lost_one(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    app.stranger().sign_in(&account);
    app.execute("DELETE FROM authenticators");
    let link = link_for(&app, &account, Purpose::NewSecret);
    let mut client = app.stranger();
    client.visit(&link).has(200);
    client.send_form(&link, &[]).has(200).says("Ce lien ne sert plus").says("ou une lettre");
    client.visit("/double-facteur").leads_to("/connexion");
    // Positive control: the password leads there.
    client.give_password(&account).has(303);
    client.visit("/double-facteur").has(200);
}

fn e20_a_link_that_is_dead_or_unknown_is_one_page(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let old = link_for(&app, &account, Purpose::NewSecret);
    let replaced = link_for(&app, &account, Purpose::NewSecret);
    // A letter voids it.
    let page = format!("/gestion/comptes/{}/secret", account.id);
    let mut manager = app.manager();
    let mark = manager.visit(&page).html();
    let mark =
        mark.split("name=\"apres\" value=\"").nth(1).expect("a mark").split('"').next().expect("its end");
    let why = [("moyen", "lettre"), ("motif", "Demandée ce matin au guichet."), ("apres", mark)];
    manager.send_form(&page, &why).has(200).says("Ce que vous avez à faire");
    let dying = link_for(&app, &account, Purpose::NewSecret);
    app.later(TimeDelta::hours(24));
    let mut client = app.stranger();
    let unknown = format!("/acces/{}", "0".repeat(64));
    let pages: Vec<String> = [&old, &replaced, &dying, &unknown, "/acces/x"]
        .into_iter()
        .map(|link| client.visit(link).has(200).says("Ce lien ne sert plus").main())
        .collect();
    assert!(pages.iter().all(|page| page == &pages[0]));
    client.visit("/connexion");
    for link in [&old, &unknown] {
        client.send_form(link, &[]).has(200).says("Ce lien ne sert plus");
    }
    assert_eq!(app.count("sessions WHERE by_link"), 0);
}

fn e20_a_link_is_mailed_where_there_is_an_address_and_a_server(app: TestApp) {
    // Without a server there is no such choice, and asking for it anyway is of no avail.
    let mailing = TestApp::start_with(app.kind(), |settings| settings.mail.server = "127.0.0.1".to_owned());
    for (app, address, sent) in [(&app, true, false), (&mailing, false, false), (&mailing, true, true)] {
        let account = app.account(Role::Instructor, &[VALBOURG]);
        let mut reader = app.stranger();
        reader.sign_in(&account);
        if address {
            app.execute(&format!(
                "UPDATE accounts SET email = 'camille@valbourg.example' WHERE id = '{}'",
                account.id
            ));
        }
        let page = format!("/gestion/comptes/{}/secret", account.id);
        let mut manager = app.manager();
        assert_eq!(manager.visit(&page).words().contains("Un lien par courriel"), sent);
        let asked = [("moyen", "lien"), ("motif", "Demandé ce matin au téléphone.")];
        let answer = manager.send_form(&page, &asked);
        answer.has(200).says(if sent { "Le lien est en route" } else { "Aucun lien ne peut être envoyé" });
        let told = format!("messages WHERE account_id = '{}' AND content LIKE '%new_secret%'", account.id);
        assert_eq!(app.count(&told), i64::from(sent));
        assert_eq!(app.count("secrets_given WHERE way = 'link'"), i64::from(sent));
        // Nothing changes until a password is chosen.
        reader.visit("/commissions").has(200);
    }
}
