//! Two places, or more with a reason; a replacement takes none (E18).

use parvis::identity::Role;

use super::{ASKING, ask, contact, grant, id_of, wanted};
use crate::harness::{Client, TestApp, VALBOURG, both_databases};

both_databases![
    e18_beyond_the_quota_only_with_a_written_reason_that_stays_visible,
    e18_a_replacement_takes_no_place_and_ends_by_itself,
];

fn e18_beyond_the_quota_only_with_a_written_reason_that_stays_visible(app: TestApp) {
    let (mut paul, mut theo) = (contact(&app), app.manager());
    app.account(Role::Instructor, &[VALBOURG]);
    let plain = ask(&mut paul, &wanted("Vasseur", &[]));
    // A contact who does not read does not count: one of two places is taken.
    paul.visit(ASKING).does_not_say("sont attribuées");
    app.account(Role::Instructor, &[VALBOURG]);
    paul.visit(ASKING).says(
        "Les 2 habilitations de Valbourg sont attribuées. Vous pouvez signaler un départ, demander un \
         remplacement temporaire, ou demander une habilitation de plus en précisant la nécessité de service. \
         Habitat des Trois-Vals vous répondra ; votre saisie est conservée.",
    );
    let refused = paul.submit(ASKING, &wanted("Tessier", &[]));
    refused.has(200).says("précisez la nécessité de service");
    assert!(refused.html().contains("value=\"Tessier\""), "{refused}");
    // Asked while there was room: granted only with the manager's own reason.
    grant(&mut theo, &plain, &[("debut", "23/11/2026")]).has(200).says("précisez la nécessité de service");
    assert_eq!(app.count("habilitations"), 2);
    let need = [("debut", "23/11/2026"), ("necessite", "Deux services instruisent.")];
    grant(&mut theo, &plain, &need).has(303);
    assert_eq!(app.count("habilitations WHERE over_quota_reason = 'Deux services instruisent.'"), 1);
    for (client, page) in [(&mut paul, "/equipe"), (&mut theo, "/gestion/habilitations")] {
        client.visit(page).says("Au-delà du nombre prévu : Deux services instruisent.");
    }
    theo.visit("/gestion/communes").says("3 pour 2 prévues");
}

/// Whether this reader gets to their list of committees.
fn reads(client: &mut Client) -> bool {
    client.visit("/commissions").status.as_u16() == 200
}

fn e18_a_replacement_takes_no_place_and_ends_by_itself(app: TestApp) {
    let (mut paul, mut theo) = (contact(&app), app.manager());
    let absent = app.account(Role::Instructor, &[VALBOURG]);
    app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&absent);
    assert!(reads(&mut camille));
    let holder =
        app.text(&format!("SELECT id AS text FROM habilitations WHERE account_id = '{}'", absent.id));
    let path = format!("/equipe/titulaires/{holder}/remplacement");
    paul.submit(&path, &wanted("Vasseur", &[])).has(200).says("Un remplacement a une fin");
    let dated = wanted("Vasseur", &[("debut", "24/11/2026"), ("fin", "25/11/2026")]);
    let id = id_of(&paul.submit(&path, &dated));
    grant(&mut theo, &id, &[("debut", "24/11/2026"), ("fin", "25/11/2026")]).has(303);
    assert_eq!(app.count("habilitations WHERE replaces IS NOT NULL AND over_quota_reason IS NULL"), 1);
    assert!(reads(&mut camille), "not before the first day");
    for (at, away, taken) in [
        ("2026-11-24 10:00", true, "2 sur 2"),
        ("2026-11-25 18:00", true, "2 sur 2"),
        ("2026-11-26 10:00", false, "2 sur 2"),
    ] {
        app.at(at);
        let mut camille = app.stranger();
        camille.sign_in(&absent);
        assert_eq!(reads(&mut camille), !away, "{at}");
        let mut theo = app.manager();
        theo.visit("/gestion/communes").says(taken);
    }
    let mut theo = app.manager();
    theo.visit("/gestion/equipes/99101").says("Nora Vasseur").says("terminée");
}
