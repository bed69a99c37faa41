//! Certificates: what they count, who can verify them, and who is told when one is missing.

use parvis::retention::{self, Certificate};

use crate::harness::{TestApp, VALBOURG, both_databases, committee};

both_databases![
    e07_a_certificate_counts_and_is_verified_with_the_public_key_alone,
    e07_a_missing_certificate_turns_the_health_red_at_six,
    e07_the_manager_sees_the_certificate_of_a_purged_committee,
];

fn e07_a_certificate_counts_and_is_verified_with_the_public_key_alone(app: TestApp) {
    app.publish_usual();
    app.at("2026-11-27 00:05:00");
    let report = app.purge();
    assert!(report.unfinished.is_empty());
    let [certificate] = report.purged.as_slice() else { panic!("{report:?}") };
    let public = std::fs::read_to_string(app.data().join("keys/signing.pub")).expect("a public key");
    let payload = retention::verify(certificate, &public).expect("authentic");
    assert_eq!(
        (payload.committee.as_str(), payload.landlord.as_str()),
        ("Est 2026-48", "Habitat des Trois-Vals")
    );
    assert_eq!((payload.sheets_before, payload.sheets_deleted, payload.sheets_left), (8, 8, 0));
    assert_eq!((payload.keys_destroyed, payload.keys_left, payload.logs_emptied), (2, 0, true));
    assert!(payload.issued_at.starts_with("2026-11-27T00:05"), "{}", payload.issued_at);
    assert!(!payload.verified.is_empty() && !payload.outside.is_empty(), "its scope is said");
    let database = app.text("SELECT payload AS text FROM certificates");
    assert_eq!(database, certificate.payload, "what is kept is what was given");

    let altered = |change: &dyn Fn(&mut Certificate)| {
        let mut copy = certificate.clone();
        change(&mut copy);
        retention::verify(&copy, &public).is_err()
    };
    assert!(altered(&|c| c.payload = c.payload.replace("\"sheets_left\":0", "\"sheets_left\":1")));
    assert!(altered(&|c| c.payload.push(' ')));
    assert!(altered(&|c| c.signature = c.signature.replace(['0', '1'], "2")));
    assert!(altered(&|c| c.signature.clear()));
    assert!(altered(&|c| c.key_id = "autre".to_owned()));
    let other = "0".repeat(public.trim().len());
    assert!(retention::verify(certificate, &other).is_err());
    assert!(retention::verify(certificate, "").is_err());
}

fn e07_a_missing_certificate_turns_the_health_red_at_six(app: TestApp) {
    app.publish(&[committee("Jeudi").on("2026-11-26").sheets(VALBOURG, 1)]);
    let purges = |app: &TestApp, status: u16| {
        let health = app.stranger().visit("/sante");
        health.has(status).json()["purges"].clone()
    };
    for (instant, well) in [
        ("2026-11-26 23:59:59", true),
        ("2026-11-27 00:00:00", true),
        ("2026-11-27 05:59:59", true),
        ("2026-11-27 06:00:00", false),
        ("2026-11-28 00:00:00", false),
        ("2026-12-04 12:00:00", false),
    ] {
        app.at(instant);
        assert_eq!(purges(&app, if well { 200 } else { 503 }), serde_json::json!(well), "{instant}");
    }
    app.manager().visit("/gestion/commissions").has(200).says("Une purge est en retard");
    app.tick();
    assert_eq!(purges(&app, 200), serde_json::json!(true), "the tick heals it");
}

fn e07_the_manager_sees_the_certificate_of_a_purged_committee(app: TestApp) {
    app.publish_usual();
    app.at("2026-11-27 10:32");
    app.tick();
    let mut theo = app.manager();
    let page = theo.visit("/gestion/commissions");
    page.has(200)
        .says("Est 2026-48")
        .says("8 fiches détruites, 0 restante")
        .says("purgée le 27 novembre à 10 h 32");
    // Taken away as a file, it verifies elsewhere.
    let html = page.html();
    let link = html.split('"').find(|link| link.starts_with("/gestion/certificats/")).expect("a certificate");
    let certificate: Certificate = serde_json::from_value(theo.visit(link).has(200).json()).expect("one");
    let public = std::fs::read_to_string(app.data().join("keys/signing.pub")).expect("a public key");
    assert!(retention::verify(&certificate, &public).is_ok());
}
