//! Traces, sessions, devices and failures: six months at most, counted before they go (E10).

use chrono::TimeDelta;
use parvis::identity::Role;
use parvis::retention;
use parvis::traces::Verdict;

use crate::harness::{TestApp, VALBOURG, both_databases, committee};

both_databases![
    e10_traces_are_erased_before_six_months_and_counted_first,
    e10_sessions_devices_and_failures_are_erased,
    e10_the_key_of_a_month_goes_with_the_last_trace_of_it,
    e10_a_trace_that_outlived_its_six_months_turns_the_health_red,
];

fn e10_traces_are_erased_before_six_months_and_counted_first(app: TestApp) {
    app.publish(&[committee("Est").on("2026-11-26").sheets(VALBOURG, 3)]);
    let mut camille = app.instructor_of(VALBOURG);
    let sheets = app.sheets_of("Est", VALBOURG);
    for sheet in &sheets {
        camille.look_at(&format!("/fiches/{sheet}")).is_a_picture();
    }
    camille.visit("/gestion/communes").has(403);
    let all = app.count("traces");
    assert_eq!(all, 3 + 1 + 3 + 1, "publications, sign-in, displays, refusal");
    // A trace of 23 November may stand until 23 May: it goes the night before, one more in hand.
    app.at("2027-05-20 00:30:00");
    app.tick();
    assert_eq!(app.count("traces"), all);
    app.at("2027-05-22 00:30:00");
    app.tick();
    assert_eq!(app.count("traces"), 0);
    let counted = |kind: &str| {
        app.texts(&format!(
            "SELECT month || ' ' || commune || ' ' || cast(amount AS TEXT) AS text FROM monthly_counters \
             WHERE kind = '{kind}'"
        ))
    };
    assert_eq!(counted("sheet"), ["2026-11 99101 3"]);
    assert_eq!(counted("publication"), ["2026-11 99101 3"]);
    assert_eq!(counted("refusal"), ["2026-11 99101 1"]);
    assert_eq!(counted("sign_in").len(), 1);
    // What is erased at its time is no break of the chain.
    app.instructor_of(VALBOURG);
    let verdict = retention::verify_traces(app.machine()).expect("a verdict");
    assert!(matches!(verdict, Verdict::Whole { erased, .. } if erased > 0), "{verdict:?}");
}

fn e10_sessions_devices_and_failures_are_erased(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    app.stranger().sign_in(&account);
    let mut wrong = account.clone();
    wrong.password.push('x');
    app.stranger().give_password(&wrong).has(200);
    let kept = || (app.count("sessions"), app.count("known_devices"), app.count("throttles"));
    assert_eq!(kept(), (1, 1, 2));
    app.later(TimeDelta::days(1));
    app.tick();
    assert_eq!(kept(), (1, 1, 2), "what ended lately can still say why");
    app.later(TimeDelta::days(2));
    app.tick();
    assert_eq!(kept(), (0, 1, 0));
    app.later(TimeDelta::days(150));
    app.tick();
    assert_eq!(kept(), (0, 0, 0));
    // The one date of E11 stays with the account.
    assert_eq!(app.count("accounts WHERE last_login_at IS NOT NULL"), 1);
}

fn e10_the_key_of_a_month_goes_with_the_last_trace_of_it(app: TestApp) {
    app.publish(&[committee("Est").on("2026-11-26").sheets(VALBOURG, 1)]);
    let months = || app.machine().keyring().names("month").expect("a keyring");
    assert_eq!(months(), ["2026-11"]);
    app.at("2027-02-01 10:32");
    app.publish(&[committee("Hiver").on("2027-02-04").sheets(VALBOURG, 1)]);
    app.at("2027-02-05 01:00");
    app.tick();
    assert_eq!(months(), ["2026-11", "2027-02"]);
    app.at("2027-05-23 01:00");
    app.tick();
    assert_eq!(months(), ["2027-02"]);
    app.at("2027-08-05 01:00");
    app.tick();
    assert!(months().is_empty());
}

fn e10_a_trace_that_outlived_its_six_months_turns_the_health_red(app: TestApp) {
    app.instructor_of(VALBOURG);
    let within = |status: u16| app.stranger().visit("/sante").has(status).json()["retention"].clone();
    app.at("2027-05-23 10:00:00");
    assert_eq!(within(200), serde_json::json!(true));
    app.at("2027-05-23 11:00:00");
    assert_eq!(within(503), serde_json::json!(false));
    app.tick();
    assert_eq!(within(200), serde_json::json!(true));
}
