//! Whoever reads for two communes is not kept out of one by the state of the other.

use parvis::identity::Role;

use crate::harness::{Client, MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![
    e35_a_session_begins_with_a_commune_that_can_be_read,
    e35_a_commune_that_closes_meanwhile_can_be_left_for_the_other,
    e28_a_holiday_of_one_commune_leaves_the_other_open,
    who_reads_for_one_commune_is_offered_no_other,
];

const NO_HABILITATION: &str = "Votre compte n’a pas d’habilitation en vigueur.";

/// How Mérizeau can be closed to its readers while Valbourg stays open, and what the page says.
fn closings() -> Vec<(String, &'static str)> {
    let convention = |change: &str| format!("UPDATE conventions SET {change} WHERE commune = '{MERIZEAU}'");
    vec![
        (convention("ends_on = '2026-11-22'"), "La convention a pris fin"),
        (convention("terminated_on = '2026-11-23'"), "La convention a pris fin"),
        (convention("in_force_from = '2026-11-24'"), "La convention n’a pas encore pris effet"),
        (format!("DELETE FROM conventions WHERE commune = '{MERIZEAU}'"), NO_HABILITATION),
        (
            format!(
                "INSERT INTO suspensions (id, scope, commune, reason, since) \
                 VALUES ('01930000-0000-7000-8000-000000000001', 'commune', '{MERIZEAU}', 'essai', '2026-11-23 08:00:00')"
            ),
            "Votre accès est suspendu",
        ),
        (
            format!("UPDATE habilitations SET ends_on = '2026-11-22' WHERE commune = '{MERIZEAU}'"),
            NO_HABILITATION,
        ),
    ]
}

/// Puts everything as it was.
fn reopen(app: &TestApp) {
    app.execute("DELETE FROM suspensions");
    app.execute("UPDATE habilitations SET ends_on = NULL");
    app.execute(&format!("DELETE FROM conventions WHERE commune = '{MERIZEAU}'"));
    app.execute(&format!(
        "INSERT INTO conventions (id, kind, commune, signed_by_landlord_on, signed_by_town_hall_on, in_force_from, ends_on) \
         SELECT '01930000-0000-7000-8000-000000000002', kind, '{MERIZEAU}', signed_by_landlord_on, signed_by_town_hall_on, in_force_from, ends_on \
         FROM conventions WHERE commune = '{VALBOURG}'"
    ));
}

fn e35_a_session_begins_with_a_commune_that_can_be_read(app: TestApp) {
    let account = app.account(Role::Instructor, &[MERIZEAU, VALBOURG]);
    let begins_with = |name: &str| {
        let mut client = app.stranger();
        client.sign_in(&account);
        client.visit("/commissions").has(200).says(&format!("à {name}"));
    };
    // Positive control: by name Mérizeau comes first.
    begins_with("Mérizeau");
    for (closing, _) in closings() {
        assert_eq!(app.execute(&closing), 1, "{closing}");
        begins_with("Valbourg");
        reopen(&app);
        begins_with("Mérizeau");
    }
    // With nothing to read the page still says why.
    app.execute("UPDATE conventions SET ends_on = '2026-11-22'");
    let mut client = app.stranger();
    client.sign_in(&account);
    client.visit("/commissions").has(403).says("La convention de Mérizeau a pris fin");
}

fn takes_the_other(client: &mut Client, refused: &str) {
    let page = client.visit("/commissions");
    page.has(403).says(refused).says("Lire une autre commune");
    assert!(page.html().contains(&format!("name=\"commune\" value=\"{VALBOURG}\"")), "{page}");
    assert!(!page.html().contains(&format!("name=\"commune\" value=\"{MERIZEAU}\"")), "{page}");
    client.send_form("/commune", &[("commune", VALBOURG)]).leads_to("/commissions");
    client.visit("/commissions").has(200).says("à Valbourg");
}

fn e35_a_commune_that_closes_meanwhile_can_be_left_for_the_other(app: TestApp) {
    let account = app.account(Role::Instructor, &[MERIZEAU, VALBOURG]);
    for (closing, refused) in closings() {
        let mut client = app.stranger();
        client.sign_in(&account);
        client.visit("/commissions").has(200).says("à Mérizeau");
        app.execute(&closing);
        takes_the_other(&mut client, refused);
        reopen(&app);
    }
}

fn e28_a_holiday_of_one_commune_leaves_the_other_open(app: TestApp) {
    app.execute(&format!(
        "UPDATE communes SET alsace_moselle = TRUE, good_friday = TRUE WHERE insee = '{MERIZEAU}'"
    ));
    app.at("2027-03-26 10:32");
    let account = app.account(Role::Instructor, &[MERIZEAU, VALBOURG]);
    let mut client = app.stranger();
    client.sign_in(&account);
    takes_the_other(&mut client, "L’extranet est fermé.");
    // In the evening both are closed, and nothing is offered.
    app.at("2027-03-26 19:00");
    let mut client = app.stranger();
    client.sign_in(&account);
    client
        .visit("/commissions")
        .has(403)
        .says("L’extranet est fermé.")
        .does_not_say("Lire une autre commune");
}

fn who_reads_for_one_commune_is_offered_no_other(app: TestApp) {
    let mut client = app.instructor_of(MERIZEAU);
    for (closing, refused) in closings() {
        app.execute(&closing);
        client.visit("/commissions").has(403).says(refused).does_not_say("Lire une autre commune");
        client.send_form("/commune", &[("commune", VALBOURG)]).is_the_404();
        reopen(&app);
    }
}
