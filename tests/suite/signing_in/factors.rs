//! One's own second factors: named, revocable, replaced by recovery codes (E20, E22, E33).

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::identity::forced_change::{self, Whose};

use crate::harness::{Account, Answer, Client, TestApp, VALBOURG, both_databases};

both_databases![
    e20_recovery_codes_are_shown_once_and_each_serves_once_after_the_password,
    e20_new_recovery_codes_ask_the_password_and_void_the_old,
    e20_recovery_codes_are_not_tried_for_ever,
    e20_each_second_factor_is_named_and_revocable_but_the_last,
    e20_nobody_touches_the_second_factor_of_another,
    e33_a_new_password_is_asked_at_the_next_request_and_the_present_one_is_needed,
];

/// The codes on the page.
pub fn codes_on(answer: &Answer) -> Vec<String> {
    let html = answer.html();
    let list = html.split("<ol class=\"codes\">").nth(1).expect("a list of codes");
    let list = list.split("</ol>").next().expect("its end");
    list.split("<code>").skip(1).map(|rest| rest.split('<').next().expect("a code").to_owned()).collect()
}

fn signed_in(app: &TestApp) -> (Account, Client) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    (account, client)
}

fn news(app: &TestApp, account: &Account) -> String {
    let sql = format!("SELECT content AS text FROM messages WHERE account_id = '{}' ORDER BY id", account.id);
    app.texts(&sql).join(" ")
}

fn e20_recovery_codes_are_shown_once_and_each_serves_once_after_the_password(app: TestApp) {
    let (account, mut client) = signed_in(&app);
    client.visit("/compte").says("Codes de secours : Vous n’en avez pas encore");
    let codes = codes_on(client.submit("/compte/codes-de-secours", &[]).has(200));
    assert_eq!(codes.len(), 10);
    client.visit("/compte/codes-de-secours").says("10 codes restants sur 10");
    let shown = client.visit("/compte/codes-de-secours").html();
    let kept = app.texts("SELECT code_hash AS text FROM recovery_codes").join(" ");
    for code in &codes {
        assert!(!shown.contains(code) && !kept.contains(code), "shown once, kept nowhere");
        assert!(!crate::harness::log_so_far().contains(code));
    }

    // Without the password there is no way to the form.
    let mut other = app.stranger();
    other.visit("/connexion/secours").leads_to("/connexion");
    other.give_password(&account).has(303);
    other.visit("/connexion/code").says("Utiliser un code de secours");
    other.submit("/connexion/secours", &[("code_de_secours", &codes[0])]).leads_to("/compte");
    other.visit("/compte").has(200).says("9 codes restants sur 10");
    assert!(news(&app, &account).contains("\"recovery_code_used\":{\"left\":9}"), "{}", news(&app, &account));

    let mut again = app.stranger();
    again.give_password(&account).has(303);
    again.submit("/connexion/secours", &[("code_de_secours", &codes[0])]).has(200).says("il a déjà servi");
    // As somebody types it from paper.
    let typed = codes[1].to_uppercase().replace('-', " ");
    again.submit("/connexion/secours", &[("code_de_secours", &typed)]).leads_to("/compte");
    // The telephone, found again, serves as before.
    app.stranger().sign_in(&account).leads_to("/");
}

fn e20_new_recovery_codes_ask_the_password_and_void_the_old(app: TestApp) {
    let (account, mut client) = signed_in(&app);
    let old = codes_on(client.submit("/compte/codes-de-secours", &[]).has(200));
    client
        .submit("/compte/codes-de-secours", &[("mot_de_passe", "faux")])
        .has(200)
        .says("Ce n’est pas votre mot de passe");
    let made = client.submit("/compte/codes-de-secours", &[("mot_de_passe", &account.password)]);
    let new = codes_on(made.has(200));
    assert!(old.iter().all(|code| !new.contains(code)));
    let mut other = app.stranger();
    other.give_password(&account).has(303);
    other.submit("/connexion/secours", &[("code_de_secours", &old[3])]).has(200).says("pas l’un des vôtres");
    other.submit("/connexion/secours", &[("code_de_secours", &new[3])]).leads_to("/compte");
    // One who signed in long ago types the password even for the first ones.
    let (account, mut client) = signed_in(&app);
    app.later(TimeDelta::minutes(16));
    client.submit("/compte/codes-de-secours", &[]).has(200).says("Ce n’est pas votre mot de passe");
    client.submit("/compte/codes-de-secours", &[("mot_de_passe", &account.password)]).has(200);
    assert_eq!(app.count(&format!("recovery_codes WHERE account_id = '{}'", account.id)), 10);
}

fn e20_recovery_codes_are_not_tried_for_ever(app: TestApp) {
    let (account, mut client) = signed_in(&app);
    let codes = codes_on(client.submit("/compte/codes-de-secours", &[]).has(200));
    let mut other = app.stranger();
    other.give_password(&account).has(303);
    for _ in 0..10 {
        other.submit("/connexion/secours", &[("code_de_secours", "aaaa-bbbb-cccc")]).has(200);
        app.later(TimeDelta::seconds(65));
    }
    other.submit("/connexion/secours", &[("code_de_secours", &codes[0])]).has(200).says("Trop d’essais.");
    // Codes of six digits are counted with them: there is no second set of tries.
    let code = account.code();
    other.submit("/connexion/code", &[("code", &code)]).has(200).says("Trop d’essais.");
    assert_eq!(app.count("recovery_codes WHERE used_at IS NOT NULL"), 0);
}

/// Where the second factors of the signed-in person are managed.
fn factors_of(app: &TestApp, account: &Account) -> Vec<String> {
    app.texts(&format!(
        "SELECT '/compte/second-facteur/' || id AS text FROM authenticators \
         WHERE account_id = '{}' AND revoked_at IS NULL ORDER BY created_at, id",
        account.id
    ))
}

fn e20_each_second_factor_is_named_and_revocable_but_the_last(app: TestApp) {
    let (account, mut client) = signed_in(&app);
    let first = factors_of(&app, &account).remove(0);
    client.visit(&first).says("C’est votre seul second facteur");
    let own = [("mot_de_passe", account.password.as_str())];
    client.send_form(&format!("{first}/revocation"), &own).has(404);
    assert_eq!(factors_of(&app, &account).len(), 1, "the last one stays");

    // Another telephone: its code and the password are both asked.
    let page = "/compte/application";
    let mut second = account.clone();
    second.totp_secret = client.visit(page).secret_in_base32();
    let add = |client: &mut Client, code: &str, password: &str| {
        client.submit(page, &[("nom", "téléphone de secours"), ("code", code), ("mot_de_passe", password)])
    };
    add(&mut client, "000000", &account.password).has(200).says("Ce code n’est pas");
    let code = second.code();
    add(&mut client, &code, "faux").has(200).says("Ce n’est pas votre mot de passe");
    assert_eq!(factors_of(&app, &account).len(), 1);
    let code = second.code();
    add(&mut client, &code, &account.password).leads_to("/compte");
    client.visit("/compte").says("téléphone de secours").says("application d’authentification");
    assert!(news(&app, &account).contains("factor_added"));
    // The code that confirmed it serves no more; both now open.
    let mut other = app.stranger();
    other.give_password(&account).has(303);
    other.submit("/connexion/code", &[("code", &code)]).has(200).says("n’est plus, valable");
    let mut other = app.stranger();
    other.sign_in(&second).leads_to("/");
    other.sign_in(&account).leads_to("/");

    // A half-done sign-in elsewhere ends with the lost telephone.
    let mut half = app.stranger();
    half.give_password(&account).has(303);
    other.visit(&first).has(200);
    other.send_form(&format!("{first}/nom"), &[("nom", " ")]).has(200).says("Donnez-lui un nom");
    other.send_form(&format!("{first}/nom"), &[("nom", "perdu")]).leads_to("/compte");
    other.visit(&first).says("perdu");
    other
        .send_form(&format!("{first}/revocation"), &[("mot_de_passe", "faux")])
        .has(200)
        .says("Ce n’est pas votre mot de passe");
    other.send_form(&format!("{first}/revocation"), &own).leads_to("/compte");
    half.visit("/connexion/code").leads_to("/connexion");
    assert!(news(&app, &account).contains("factor_revoked"));
    let mut lost = app.stranger();
    lost.give_password(&account).has(303);
    let code = account.code();
    lost.submit("/connexion/code", &[("code", &code)]).has(200).says("n’est plus, valable");
    app.stranger().sign_in(&second).leads_to("/");
    assert_eq!(app.count("authenticators WHERE revoked_at IS NOT NULL AND length(sealed) > 0"), 0);
}

fn e20_nobody_touches_the_second_factor_of_another(app: TestApp) {
    let (account, _) = signed_in(&app);
    let (stranger, mut client) = signed_in(&app);
    let page = factors_of(&app, &account).remove(0);
    client.visit("/compte").has(200);
    client.visit(&page).has(404);
    client.visit("/compte").has(200);
    let own = [("mot_de_passe", stranger.password.as_str()), ("nom", "pris")];
    client.send_form(&format!("{page}/revocation"), &own).has(404);
    client.send_form(&format!("{page}/nom"), &own).has(404);
    assert_eq!(factors_of(&app, &account).len(), 1);
    assert_eq!(app.count("authenticators WHERE name = 'pris'"), 0);
}

fn e33_a_new_password_is_asked_at_the_next_request_and_the_present_one_is_needed(app: TestApp) {
    let (account, mut client) = signed_in(&app);
    let (_, mut elsewhere) = {
        let other = app.account(Role::Instructor, &[crate::harness::MERIZEAU]);
        let mut client = app.stranger();
        client.sign_in(&other);
        (other, client)
    };
    let now = app.machine().clock().now();
    let force = |whose: Whose| {
        app.machine()
            .db()
            .write(|conn| forced_change::force_password_change(conn, &whose, now))
            .expect("a database")
    };
    assert_eq!(force(Whose::Commune(VALBOURG.parse().expect("a code"))), 1);
    elsewhere.visit("/commissions").has(200);
    client.visit("/commissions").leads_to("/mot-de-passe");
    client.visit("/mot-de-passe").has(200).says("Un nouveau mot de passe vous est demandé");
    let own = "lilas-et-passerelle-63";
    let form = |present: &str, new: &str| {
        [("actuel", present), ("nouveau", new), ("confirmation", new)].map(|(a, b)| (a, b.to_owned()))
    };
    let mut send = |present: &str, new: &str| {
        let form = form(present, new);
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.submit("/mot-de-passe", &fields)
    };
    send("faux", own).has(200).says("Ce n’est pas votre mot de passe actuel");
    send(&account.password, &account.password).has(200).says("choisissez-en un autre");
    send(&account.password, own).leads_to("/");
    client.visit("/commissions").has(200);
    assert!(news(&app, &account).contains("password_change_asked"));
    // Whoever signs in later meets it too; nobody is left out.
    assert_eq!(force(Whose::Everyone), 2);
    elsewhere.visit("/commissions").leads_to("/mot-de-passe");
    let mut account = account;
    own.clone_into(&mut account.password);
    let mut late = app.stranger();
    late.sign_in(&account);
    late.visit("/commissions").leads_to("/mot-de-passe");
    assert_eq!(force(Whose::Person(account.id.parse().expect("an id"))), 1);
}
