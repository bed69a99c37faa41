//! What a provider answers is checked to the last claim (E20).

use chrono::TimeDelta;
use parvis::identity::Role;
use serde_json::{Value, json};

use super::desk::{Desk, TENANT, VALBOURG_SIREN, camille, with_provider};
use crate::harness::{Kind, VALBOURG, log_so_far};

with_provider![
    e20_a_first_login_by_proconnect_opens_the_space_and_binds_the_account,
    e20_a_second_factor_is_asked_of_the_provider_and_of_nobody_else,
    e20_a_code_by_mail_passes_until_the_day_that_is_set,
    e20_a_session_left_open_at_the_provider_proves_nothing,
    a_token_that_is_not_for_this_login_proves_nothing,
    who_somebody_is_is_believed_in_the_pinned_form_alone,
    a_way_is_walked_once_by_the_browser_that_began_it_within_ten_minutes,
    an_answer_names_the_provider_that_gave_it,
    a_code_serves_once,
    keycloak_answers_in_json_and_vouches_for_the_address,
    entra_is_a_pair_of_tenant_and_object_of_a_tenant_let_in,
    several_tenants_share_one_document_and_each_has_its_own_issuer,
    nothing_of_the_way_is_written_to_the_log,
];

fn e20_a_first_login_by_proconnect_opens_the_space_and_binds_the_account(kind: Kind) {
    let desk = Desk::open(kind);
    // Never signed in, with a temporary password: nobody asks for it, nor for a code of ours.
    let account = desk.app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    desk.addressed(&account, "camille.moreau@valbourg.test");
    let mut camille = desk.person();
    let address = camille.choose("proconnect");
    for asked in
        ["response_type=code", "code_challenge_method=S256", "claims=", "state=", "nonce=", "prompt=login"]
    {
        assert!(address.contains(asked), "{asked} in {address}");
    }
    assert!(!address.contains("acr_values="), "{address}");
    let back = camille.walk(&address);
    camille.here.visit(&back).has(303).leads_to("/");
    camille.here.visit("/commissions").leads_to("/charte");
    camille.here.submit("/charte", &[]).has(303);
    camille.here.visit("/commissions").has(200);
    camille.here.visit("/compte").has(200).says("par ProConnect");
    assert_eq!(desk.app.count("single_sign_on_bindings WHERE removed_at IS NULL"), 1);
    let traced =
        format!("traces WHERE kind = 'sign_in' AND method = 'proconnect' AND actor = '{}'", account.id);
    assert_eq!(desk.app.count(&traced), 1);
    let told = format!("messages WHERE account_id = '{}' AND content LIKE '%bound%'", account.id);
    assert_eq!(desk.app.count(&told), 1);
    // No password of one's own is chosen without the present one.
    let own = [("nouveau", "lilas-et-passerelle-63"), ("confirmation", "lilas-et-passerelle-63")];
    camille.here.submit("/mot-de-passe", &own).has(200).says("Ce n’est pas votre mot de passe actuel.");
    // And the binding does not serve a second account.
    camille.identify("proconnect").has(303);
    assert_eq!(desk.app.count("single_sign_on_bindings"), 1);
}

fn e20_a_second_factor_is_asked_of_the_provider_and_of_nobody_else(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    for (acr, reason, says) in [
        (json!("eidas1"), "sso_second_factor", "Un second facteur est nécessaire"),
        (json!("eidas1-mfa"), "sso_weak_second_factor", "Un code reçu par courriel ne suffit pas"),
        (json!("eidas0"), "sso_second_factor", "Un second facteur est nécessaire"),
        (Value::Null, "sso_second_factor", "Un second facteur est nécessaire"),
    ] {
        let (mut camille, answer) = desk.coming_as(&json!({ "acr": acr }));
        answer.has(403).says(says).says("Revenir à la connexion");
        // Not a step on the way: nothing has begun.
        camille.here.visit("/connexion/code").leads_to("/connexion");
        assert!(desk.refusals(reason, Some(&account)) >= 1, "{acr}");
    }
    assert_eq!(desk.app.count("sessions"), 0);
    assert_eq!(desk.app.count("single_sign_on_bindings"), 0);
    // Positive control.
    for acr in ["eidas2", "eidas3"] {
        desk.coming_as(&json!({ "acr": acr })).1.has(303).leads_to("/");
    }
}

fn e20_a_code_by_mail_passes_until_the_day_that_is_set(kind: Kind) {
    let desk = Desk::open_with(kind, |settings| {
        settings.single_sign_on[0].accept_weak_second_factor_until = Some("2026-11-24".to_owned());
    });
    desk.account(Role::Instructor, &[VALBOURG]);
    desk.app.at("2026-11-24 18:00");
    desk.coming_as(&json!({ "acr": "eidas1-mfa" })).1.has(303).leads_to("/");
    desk.app.at("2026-11-25 09:00");
    desk.coming_as(&json!({ "acr": "eidas1-mfa" }))
        .1
        .has(403)
        .says("Un code reçu par courriel ne suffit pas");
    desk.coming_as(&json!({ "acr": "eidas1" })).1.has(403).says("Un second facteur est nécessaire");
}

fn e20_a_session_left_open_at_the_provider_proves_nothing(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let mut camille = desk.person();
    camille.identify("proconnect").has(303);
    camille.here.visit("/compte").has(200);
    camille.here.send_form("/deconnexion", &[]).has(303);
    // Whoever sits down next has the provider asked nothing new.
    let silent = camille.choose("proconnect").replace("&prompt=login", "");
    desk.provider.set(&json!({ "tamper": { "auth_time": 1_700_000_000 } }));
    let back = camille.walk(&silent);
    camille.here.visit(&back).has(403).says("Identifiez-vous de nouveau");
    assert_eq!(desk.refusals("sso_not_fresh", Some(&account)), 1);
    assert_eq!(desk.app.count("sessions WHERE ended_at IS NULL"), 0);
    desk.provider.set(&json!({ "tamper": null }));
    camille.identify("proconnect").has(303).leads_to("/");
}

fn a_token_that_is_not_for_this_login_proves_nothing(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let none = json!({ "tamper": null, "foreignKey": false, "hmac": false });
    for (switches, reason) in [
        (json!({ "tamper": { "nonce": "une-autre-connexion-que-celle-ci-0123456789" } }), "sso_nonce"),
        (json!({ "tamper": { "nonce": null } }), "sso_nonce"),
        (json!({ "tamper": { "iss": "https://ailleurs.test" } }), "sso_issuer"),
        (json!({ "tamper": { "aud": "un-autre-site" } }), "sso_audience"),
        (json!({ "tamper": { "aud": ["signed", "un-autre-site"] } }), "sso_audience"),
        (json!({ "tamper": { "exp": 1_700_000_000 } }), "sso_expired"),
        (json!({ "tamper": { "iat": 4_000_000_000_u64, "exp": 4_000_000_100_u64 } }), "sso_expired"),
        (json!({ "tamper": {}, "foreignKey": true }), "sso_signature"),
        (json!({ "tamper": {}, "hmac": true }), "sso_signature"),
        (json!({ "tamper": { "sub": "quelqu-un-d-autre" } }), "sso_userinfo"),
    ] {
        desk.provider.set(&none);
        desk.provider.set(&switches);
        let before = log_so_far().matches(reason).count();
        let answer = desk.person().identify("proconnect");
        answer.has(403).says("La réponse reçue n’est pas valable");
        assert!(log_so_far().matches(reason).count() > before, "{switches}: {reason} in the log");
    }
    assert_eq!(desk.app.count("sessions"), 0);
    // Positive control: signed anew, and nothing changed.
    desk.provider.set(&none);
    desk.provider.set(&json!({ "tamper": {} }));
    desk.person().identify("proconnect").has(303).leads_to("/");
}

fn who_somebody_is_is_believed_in_the_pinned_form_alone(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let none = json!({ "userinfo": null, "unsign": false, "foreignUserinfo": false });
    for switches in [
        json!({ "unsign": true }),
        json!({ "foreignUserinfo": true }),
        json!({ "userinfo": { "sub": "quelqu-un-d-autre" } }),
        json!({ "userinfo": { "aud": "un-autre-site" } }),
        json!({ "userinfo": { "iss": "https://ailleurs.test" } }),
        json!({ "userinfo": { "exp": 1_700_000_000 } }),
    ] {
        desk.provider.set(&none);
        desk.provider.set(&switches);
        let before = log_so_far().matches("sso_userinfo").count();
        desk.person().identify("proconnect").has(403).says("La réponse reçue n’est pas valable");
        assert!(log_so_far().matches("sso_userinfo").count() > before, "{switches}");
    }
    // Positive control: signed anew with the right key.
    desk.provider.set(&none);
    desk.provider.set(&json!({ "userinfo": {} }));
    desk.person().identify("proconnect").has(303).leads_to("/");
    // JSON is refused where a signature is pinned, and the other way round.
    let desk = Desk::open_with(kind, |settings| {
        settings.single_sign_on[0].client_id = "json-es".to_owned();
    });
    desk.account(Role::Instructor, &[VALBOURG]);
    desk.person().identify("proconnect").has(403).says("La réponse reçue n’est pas valable");
}

fn a_way_is_walked_once_by_the_browser_that_began_it_within_ten_minutes(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let again = "Cette identification est à recommencer";
    let mut camille = desk.person();
    let back = camille.go("proconnect");
    // Somebody else's browser, even one that has begun a way of its own: neither theft nor a session
    // that is pushed upon its victim.
    let mut other = desk.person();
    other.here.visit(&back).has(400).says(again);
    other.choose("proconnect");
    other.here.visit(&back).has(400).says(again);
    // Another provider of the same name space.
    camille.here.visit(&back.replace("/proconnect/", "/mairie/")).has(400).says(again);
    // Without a state, or with half of one.
    camille.here.visit("/connexion/sso/proconnect/retour?code=x").has(400).says(again);
    let cookies = camille.here.cookies.clone();
    camille.here.visit(&back).has(303).leads_to("/");
    assert!(!camille.here.cookies.contains_key("__Host-sso"));
    // The same way a second time, with the cookie put back.
    camille.here.cookies = cookies;
    camille.here.visit(&back).has(400).says(again);
    // Too late.
    let mut late = desk.person();
    let back = late.go("proconnect");
    desk.app.machine().clock().advance_authenticator(TimeDelta::minutes(10));
    late.here.visit(&back).has(400).says(again);
    // A provider that nobody has named is an address like any other.
    late.here.visit("/connexion/sso/inconnu/retour").is_the_404();
    assert_eq!(desk.app.count("sessions"), 1);
}

fn an_answer_names_the_provider_that_gave_it(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    for change in [None, Some("https%3A%2F%2Failleurs.test")] {
        let mut camille = desk.person();
        let back = camille.go("proconnect");
        let (before, named) = back.split_once("&iss=").expect("the answer names its provider");
        assert!(named.starts_with("http"), "{named}");
        let back = change.map_or(before.to_owned(), |other| format!("{before}&iss={other}"));
        camille.here.visit(&back).has(403).says("La réponse reçue n’est pas valable");
    }
    desk.person().identify("proconnect").has(303);
    // The person turns back, or the provider says no.
    desk.provider.set(&json!({ "deny": true }));
    desk.person().identify("proconnect").has(403).says("L’identification n’a pas abouti");
}

fn a_code_serves_once(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let mut camille = desk.person();
    let used = camille.go("proconnect");
    camille.here.visit(&used).has(303);
    let code = |back: &str| {
        back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code").to_owned()
    };
    // Replayed under a state of one's own, as whoever has read it in a history would.
    let mut thief = desk.person();
    let own = thief.go("proconnect");
    let replayed = own.replace(&code(&own), &code(&used));
    assert_ne!(own, replayed);
    thief.here.visit(&replayed).has(403).says("La réponse reçue n’est pas valable");
    // Nor one that was never used and comes from another way: PKCE binds it to its own.
    let (mut first, mut second) = (desk.person(), desk.person());
    let (one, two) = (first.go("proconnect"), second.go("proconnect"));
    second.here.visit(&two.replace(&code(&two), &code(&one))).has(403);
    assert_eq!(desk.app.count("sessions"), 1);
}

fn keycloak_answers_in_json_and_vouches_for_the_address(kind: Kind) {
    let desk = Desk::open(kind);
    let account = desk.account(Role::Instructor, &[VALBOURG]);
    let known = |verified: Value| json!({ "sub": "c-1", "acr": "or", "email": "camille.moreau@valbourg.test", "email_verified": verified });
    for verified in [json!(false), Value::Null] {
        desk.provider.knows(&known(verified));
        desk.person().identify("mairie").has(403).says("Votre adresse électronique manque");
    }
    desk.provider.knows(&json!({ "sub": "c-1", "acr": "argent", "email": "camille.moreau@valbourg.test", "email_verified": true }));
    desk.person().identify("mairie").has(403).says("Un second facteur est nécessaire").says("Ma mairie");
    assert_eq!(desk.refusals("sso_second_factor", Some(&account)), 1);
    desk.provider.knows(&known(json!(true)));
    desk.person().identify("mairie").has(303).leads_to("/");
    let subject = desk.app.text("SELECT subject AS text FROM single_sign_on_bindings");
    assert_eq!(subject, json!([desk.provider.issuer(), "c-1"]).to_string());
}

fn entra_is_a_pair_of_tenant_and_object_of_a_tenant_let_in(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let token = |tenant: &str, object: &str, acrs: Value, owned: Value| {
        json!({ "tamper": { "tid": tenant, "oid": object, "acrs": acrs, "xms_edov": owned,
                            "email": "camille.moreau@valbourg.test" } })
    };
    let c2 = || json!(["c1", "c2"]);
    for (switches, says) in [
        (
            token("7d1f0a52-0000-4000-8000-0000000000bb", "o-1", c2(), Value::Null),
            "Votre organisation n’est pas admise ici",
        ),
        (token(TENANT, "o-1", json!("c1"), Value::Null), "Un second facteur est nécessaire"),
        (token(TENANT, "o-1", Value::Null, Value::Null), "Un second facteur est nécessaire"),
        (token(TENANT, "o-1", c2(), json!(false)), "Votre adresse électronique manque"),
    ] {
        desk.provider.set(&switches);
        desk.person().identify("annuaire").has(403).says(says);
    }
    desk.provider.set(&token(TENANT, "o-1", c2(), json!(true)));
    desk.person().identify("annuaire").has(303).leads_to("/");
    let subject = desk.app.text("SELECT subject AS text FROM single_sign_on_bindings");
    assert_eq!(subject, json!([TENANT, "o-1"]).to_string());
    // The address is no key: another object of the same tenant with the same address stays outside.
    desk.provider.set(&token(TENANT, "o-2", c2(), json!(true)));
    desk.person().identify("annuaire").has(403).says("Ce compte est lié à une autre identité");
}

fn several_tenants_share_one_document_and_each_has_its_own_issuer(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let shared = format!("{}/{{tenantid}}/v2.0", desk.provider.issuer());
    let announce =
        json!({ "announce": { "issuer": shared, "authorization_response_iss_parameter_supported": false } });
    desk.provider.set(&announce);
    let mut claims =
        json!({ "tid": TENANT, "oid": "o-1", "acrs": ["c2"], "email": "camille.moreau@valbourg.test" });
    let mut come = |issuer: &str| {
        claims["iss"] = json!(issuer);
        desk.provider.set(&json!({ "tamper": claims }));
        desk.person().identify("annuaire")
    };
    come(&desk.provider.issuer()).has(403).says("La réponse reçue n’est pas valable");
    come(&shared).has(403).says("La réponse reçue n’est pas valable");
    come(&shared.replace("{tenantid}", "7d1f0a52-0000-4000-8000-0000000000bb")).has(403);
    come(&shared.replace("{tenantid}", TENANT)).has(303).leads_to("/");
    // Of any other kind, an issuer that is not the one of the settings is nobody.
    desk.person().here.visit("/connexion").has(200);
    let mut other = desk.person();
    other.here.visit("/connexion");
    other
        .here
        .send_form("/connexion/sso/proconnect", &[])
        .has(503)
        .says("Le service d’identification ne répond pas");
}

fn nothing_of_the_way_is_written_to_the_log(kind: Kind) {
    let desk = Desk::open(kind);
    desk.account(Role::Instructor, &[VALBOURG]);
    let mut camille = desk.person();
    let back = camille.go("proconnect");
    camille.here.visit(&back).has(303);
    desk.coming_as(&json!({ "acr": "eidas1" })).1.has(403);
    let log = log_so_far();
    assert!(log.contains("single sign-on refused"), "positive control");
    for part in back.split(['?', '&']).skip(1) {
        let value = part.split('=').nth(1).unwrap_or_default();
        assert!(value.len() < 20 || value.starts_with("http") || !log.contains(value), "{part}");
    }
    for secret in ["camille.moreau@valbourg.test", VALBOURG_SIREN, "un-secret-partage"] {
        assert!(!log.contains(secret), "{secret}");
    }
    let address = camille_address();
    assert!(!log.contains(&address), "{address}");
}

/// As the provider writes it.
fn camille_address() -> String {
    camille()["email"].as_str().expect("an address").trim().to_owned()
}
