//! What the landlord hands over: letters, tokens, and the way out of a lost second factor (E20).

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::identity::second_factor::{OpenSecret, Pace};

use crate::harness::{Account, Answer, Client, TestApp, VALBOURG, both_databases};

both_databases![
    e20_a_letter_is_shown_once_and_says_what_the_agent_must_know,
    e20_a_letter_voids_what_was_given_before_and_never_touches_the_second_factor,
    e20_a_letter_dies_unused,
    e20_a_lost_second_factor_is_revoked_only_after_a_recorded_identity_check,
    e20_one_lost_of_two_leaves_the_other,
    e20_a_hardware_token_opens_by_its_seed_which_is_never_shown_again,
    e20_a_token_is_no_second_key_beside_a_factor_that_serves,
    nobody_hands_a_secret_or_a_factor_to_themselves,
];

const WHY: &str = "Demandée par la référente le 20 novembre, rappelée au standard.";
const OWN: &str = "lilas-et-passerelle-63";

fn letter_page(account: &Account) -> String {
    format!("/gestion/comptes/{}/secret", account.id)
}

fn ask_letter(manager: &mut Client, account: &Account, why: &str) -> Answer {
    let page = letter_page(account);
    let mark = manager.visit(&page).has(200).html();
    let mark =
        mark.split("name=\"apres\" value=\"").nth(1).expect("a mark").split('"').next().expect("its end");
    let answer = manager.send_form(&page, &[("motif", why), ("apres", mark)]);
    // The same form again, as a reload sends it.
    if answer.html().contains("Ce que vous avez à faire") {
        manager.send_form(&page, &[("motif", why), ("apres", mark)]).has(409);
    }
    answer
}

fn secret_in(letter: &Answer) -> String {
    let html = letter.html();
    let rest = html.split("Mot de passe provisoire</dt>").nth(1).expect("a secret");
    let code = rest.split("<code>").nth(1).expect("a code").split('<').next().expect("its end");
    code.to_owned()
}

fn e20_a_letter_is_shown_once_and_says_what_the_agent_must_know(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut manager = app.manager();
    ask_letter(&mut manager, &account, " ").has(200).says("Dites en une phrase pourquoi");
    assert_eq!(app.count("secrets_given"), 0);
    let letter = ask_letter(&mut manager, &account, WHY);
    assert_eq!(letter.header("cache-control"), Some("no-store"));
    letter
        .has(200)
        .says("Camille Moreau")
        .says("Valbourg")
        .says(&account.login)
        .says("http://127.0.0.1:8080")
        .says("jusqu’au lundi 30 novembre à 10 h 32")
        .says("Ne communiquez ces secrets à personne")
        .says("six mois au plus")
        .says("Base légale")
        .says("CNIL")
        .says("délégué à la protection des données de votre mairie");
    let title = letter.html();
    let title = title.split("<title>").nth(1).expect("a title").split("</title>").next().expect("its end");
    assert!(!title.contains("Moreau") && !title.contains("camille"), "{title}");
    let secret = secret_in(&letter);
    for page in [letter_page(&account), "/compte".to_owned()] {
        assert!(!manager.visit(&page).html().contains(&secret), "shown once: {page}");
    }
    assert!(!crate::harness::log_so_far().contains(&secret));
    let kept = app.text("SELECT reason || ' ' || way AS text FROM secrets_given");
    assert_eq!(kept, format!("{WHY} letter"));
    assert_eq!(app.count("secrets_given s JOIN accounts a ON a.id = s.given_by AND a.role = 'manager'"), 1);
}

fn e20_a_letter_voids_what_was_given_before_and_never_touches_the_second_factor(app: TestApp) {
    let mut account = app.account(Role::Instructor, &[VALBOURG]);
    let (mut reader, mut manager) = (app.stranger(), app.manager());
    reader.sign_in(&account);
    let first = secret_in(&ask_letter(&mut manager, &account, WHY));
    reader.visit("/commissions").leads_to("/connexion");
    app.later(TimeDelta::seconds(1));
    let second = secret_in(&ask_letter(&mut manager, &account, WHY));
    for void in [account.password.clone(), first] {
        account.password = void;
        app.stranger().give_password(&account).has(200).says("inexact");
    }
    account.password = second;
    let mut client = app.stranger();
    client.give_password(&account).leads_to("/connexion/code");
    // Without the second factor the new secret opens nothing, and chooses nothing.
    for page in ["/mot-de-passe", "/double-facteur", "/compte", "/commissions"] {
        client.visit(page).leads_to("/connexion/code");
    }
    let code = account.code();
    client.submit("/connexion/code", &[("code", &code)]).has(303);
    client.visit("/commissions").leads_to("/mot-de-passe");
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).leads_to("/");
    client.visit("/commissions").has(200);
    // It has served.
    app.stranger().give_password(&account).has(200).says("inexact");
    let told = format!("messages WHERE account_id = '{}' AND content LIKE '%secret_given%'", account.id);
    assert_eq!(app.count(&told), 2);
}

fn e20_a_letter_dies_unused(app: TestApp) {
    let mut account = app.account(Role::Instructor, &[VALBOURG]);
    account.password = secret_in(&ask_letter(&mut app.manager(), &account, WHY));
    app.later(TimeDelta::days(7) - TimeDelta::minutes(1));
    app.stranger().give_password(&account).leads_to("/connexion/code");
    app.later(TimeDelta::minutes(1));
    app.stranger().give_password(&account).has(200).says("Ce mot de passe provisoire a expiré.");
}

fn loss_page(account: &Account) -> String {
    format!("/gestion/comptes/{}/second-facteur", account.id)
}

const CHECKED: [(&str, &str); 3] =
    [("perdu", "tous"), ("verification", "call_back"), ("note", "Rappelée au standard de Valbourg.")];

fn e20_a_lost_second_factor_is_revoked_only_after_a_recorded_identity_check(app: TestApp) {
    let mut account = app.account(Role::Instructor, &[VALBOURG]);
    let mut reader = app.stranger();
    reader.sign_in(&account);
    reader.submit("/compte/codes-de-secours", &[]).has(200);
    let live = format!("authenticators WHERE account_id = '{}' AND revoked_at IS NULL", account.id);
    let (mut manager, page) = (app.manager(), loss_page(&account));
    for missing in 0..3 {
        let fields: Vec<_> =
            CHECKED.into_iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, f)| f).collect();
        manager.visit(&page).has(200);
        manager.send_form(&page, &fields).has(200).says("Une saisie est à reprendre");
    }
    // The operator's own way is no choice of this page, and a mail is none at all.
    for way in ["operator", "mail"] {
        let fields = [CHECKED[0], ("verification", way), CHECKED[2]];
        manager.submit(&page, &fields).has(200).says("Un courriel n’y suffit pas");
    }
    assert_eq!(app.count(&live), 1);
    reader.visit("/commissions").has(200);

    manager.submit(&page, &CHECKED).leads_to(&page);
    manager.visit(&page).says("rappel au standard de la mairie").says("Rappelée au standard de Valbourg.");
    assert_eq!((app.count(&live), app.count("recovery_codes")), (0, 0));
    assert_eq!(
        app.count("identity_checks c JOIN accounts a ON a.id = c.checked_by AND a.role = 'manager'"),
        1
    );
    reader.visit("/commissions").leads_to("/connexion");
    // The password is still asked, and a new factor before anything opens.
    let mut client = app.stranger();
    client.visit("/double-facteur").leads_to("/connexion");
    client.give_password(&account).has(303);
    for page in ["/compte", "/commissions", "/mot-de-passe"] {
        client.visit(page).leads_to("/double-facteur");
    }
    account.totp_secret = client.visit("/double-facteur").secret_in_base32();
    let code = account.code();
    client.submit("/double-facteur", &[("code", &code)]).leads_to("/compte/codes-de-secours");
    client.visit("/commissions").has(200);
}

fn e20_one_lost_of_two_leaves_the_other(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let lost =
        app.text(&format!("SELECT id AS text FROM authenticators WHERE account_id = '{}'", account.id));
    let mut reader = app.stranger();
    reader.sign_in(&account);
    let mut second = account.clone();
    second.totp_secret = reader.visit("/compte/application").secret_in_base32();
    let code = second.code();
    let fields = [("nom", "bureau"), ("code", code.as_str()), ("mot_de_passe", account.password.as_str())];
    reader.send_form("/compte/application", &fields).leads_to("/compte");
    let page = loss_page(&account);
    app.manager().submit(&page, &[("perdu", &lost), CHECKED[1], CHECKED[2]]).leads_to(&page);
    let mut client = app.stranger();
    client.give_password(&account).leads_to("/connexion/code");
    let code = account.code();
    client.submit("/connexion/code", &[("code", &code)]).has(200).says("n’est plus, valable");
    client.sign_in(&second).leads_to("/");
}

/// The token's own code of this moment.
fn shown(app: &TestApp, seed: &str, pace: Pace) -> String {
    let secret = OpenSecret::of_token(seed, pace).expect("a seed");
    secret.code_at(app.machine().clock().authenticator_seconds()).expect("a code")
}

fn e20_a_hardware_token_opens_by_its_seed_which_is_never_shown_again(app: TestApp) {
    let (hex, base32) =
        ("3132333435363738393031323334353637383930", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA");
    for (seed, hash, period, pace) in
        [(hex, "sha1", "30", Pace::of_token(false, 30)), (base32, "sha256", "60", Pace::of_token(true, 60))]
    {
        let mut account = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
        let (mut manager, page) = (app.manager(), format!("/gestion/comptes/{}/jeton", account.id));
        let fields = |code: &str| {
            [
                ("numero", "TK-0412"),
                ("graine", seed),
                ("empreinte", hash),
                ("periode", period),
                ("code", code),
            ]
            .map(|(name, value)| (name, value.to_owned()))
        };
        let mut send = |code: &str, seed: Option<&str>| {
            let mut fields = fields(code);
            if let Some(seed) = seed {
                seed.clone_into(&mut fields[1].1);
            }
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            manager.submit(&page, &fields)
        };
        let right = shown(&app, seed, pace);
        send(&right, Some("abc")).has(200).says("Recopiez la graine");
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let refused = send(wrong, None);
        refused.has(200).says("Ce n’est pas le code que cette graine donne");
        assert!(!refused.html().contains(seed), "the seed is never sent back");
        send(&right, None).leads_to(&loss_page(&account));
        let after = manager.visit(&loss_page(&account));
        after.says("Jeton TK-0412");
        assert!(!after.html().contains(seed) && !crate::harness::log_so_far().contains(seed));

        // The first login asks for it, and the code that confirmed it serves no more.
        let mut client = app.stranger();
        client.give_password(&account).leads_to("/connexion/code");
        client.submit("/connexion/code", &[("code", &right)]).has(200).says("n’est plus, valable");
        app.machine().clock().advance_authenticator(TimeDelta::seconds(60));
        let next = shown(&app, seed, pace);
        client.submit("/connexion/code", &[("code", &next)]).has(303);
        client.visit("/commissions").leads_to("/mot-de-passe");
        client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).has(303);
        client.submit("/charte", &[]).has(303);
        client.visit("/compte").says("Jeton TK-0412").says("jeton matériel");
        OWN.clone_into(&mut account.password);
    }
}

fn e20_a_token_is_no_second_key_beside_a_factor_that_serves(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let (mut manager, page) = (app.manager(), format!("/gestion/comptes/{}/jeton", account.id));
    manager.visit(&page).has(200).says("Ce compte a déjà un second facteur");
    let seed = "3132333435363738393031323334353637383930";
    let code = shown(&app, seed, Pace::of_token(false, 30));
    let fields = [("numero", "TK-1"), ("graine", seed), ("code", code.as_str())];
    manager.send_form(&page, &fields).has(409);
    assert_eq!(app.count("authenticators WHERE kind = 'totp_token'"), 0);
}

fn nobody_hands_a_secret_or_a_factor_to_themselves(app: TestApp) {
    let manager = app.account(Role::Manager, &[]);
    let mut client = app.stranger();
    client.sign_in(&manager);
    for page in ["secret", "second-facteur", "jeton"] {
        let page = format!("/gestion/comptes/{}/{page}", manager.id);
        client.visit(&page).has(403).says("Un autre gestionnaire doit le faire");
    }
    client.visit("/compte");
    client.send_form(&loss_page(&manager), &CHECKED).has(403);
    assert_eq!(app.count("authenticators WHERE revoked_at IS NULL"), 1);
}
