//! A request from its form to its decision.

use super::{ASKING, ask, contact, grant, wanted};
use crate::harness::{TestApp, VALBOURG, both_databases};

both_databases![
    e15_only_a_manager_grants_what_the_contact_asks,
    e16_a_request_says_function_employer_and_ground_and_waits_beside_quota_and_holders,
    e16_a_shared_mailbox_or_a_name_that_is_known_is_warned_of_and_refuses_nothing,
    e16_a_letter_makes_a_request_and_appoints_a_contact,
    e17_a_question_its_answer_and_a_refusal_with_its_reason_are_told,
];

fn e15_only_a_manager_grants_what_the_contact_asks(app: TestApp) {
    let (mut paul, mut theo) = (contact(&app), app.manager());
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/equipe").has(403);
    camille.visit(ASKING).has(403);
    let id = ask(&mut paul, &wanted("Vasseur", &[]));
    assert_eq!(app.count("accounts WHERE last_name = 'Vasseur'"), 0);
    for path in ["acceptation", "refus", "question"] {
        paul.visit("/equipe").has(200);
        paul.send_form(&format!("/gestion/habilitations/{id}/{path}"), &[("motif", "fonction")]).has(403);
    }
    paul.visit("/gestion/habilitations").has(403);
    assert_eq!(app.count("habilitation_requests WHERE state = 'submitted'"), 1);
    grant(&mut theo, &id, &[]).leads_to(&format!("/gestion/habilitations/{id}"));
    theo.visit(&format!("/gestion/habilitations/{id}")).says("nora.vasseur").says("accordée");
    assert_eq!(app.count("habilitations h JOIN accounts a ON a.id = h.account_id WHERE a.login = 'nora.vasseur' AND h.granted_by IS NOT NULL"), 1);
    paul.visit("/equipe").says("Nora Vasseur").says("accordée").says("en vigueur");
    // Granted once: the second decision finds it decided.
    theo.send_form(&format!("/gestion/habilitations/{id}/acceptation"), &[]).has(409);
    // Nobody can use the account before its letter.
    assert_eq!(app.count("accounts WHERE login = 'nora.vasseur' AND password_temporary"), 1);
}

fn e16_a_request_says_function_employer_and_ground_and_waits_beside_quota_and_holders(app: TestApp) {
    let (mut paul, mut theo) = (contact(&app), app.manager());
    app.instructor_of(VALBOURG);
    let bare = paul.submit(ASKING, &[("prenom", "Nora")]);
    bare.has(200).says("Écrivez la fonction exercée.").says("Écrivez l’employeur.").says("à quel titre");
    assert!(bare.html().contains("value=\"Nora\""), "what was typed is kept: {bare}");
    let elected = wanted("Vasseur", &[("cadre", "elected")]);
    paul.submit(ASKING, &elected).has(200).says("Précisez pourquoi cette personne doit lire les fiches.");
    assert_eq!(app.count("habilitation_requests"), 0);
    let id = ask(&mut paul, &wanted("Vasseur", &[("cadre", "ccas"), ("employeur", "CCAS de Valbourg")]));
    theo.visit("/gestion/habilitations").says("Une demande est en cours").says("Nora Vasseur");
    theo.visit(&format!("/gestion/habilitations/{id}"))
        .says("CCAS de Valbourg")
        .says("Instruction des demandes de logement social")
        .says("Une habilitation en cours, pour deux prévues")
        .says("Camille Moreau");
    assert_eq!(app.count("messages WHERE content LIKE '%asked%'"), 1, "the manager is told");
}

fn e16_a_shared_mailbox_or_a_name_that_is_known_is_warned_of_and_refuses_nothing(app: TestApp) {
    let mut paul = contact(&app);
    let shared = wanted("Vasseur", &[("courriel", "mairie@valbourg.example")]);
    paul.submit(ASKING, &shared).has(200).says("Cette adresse semble ouverte par plusieurs personnes.");
    assert_eq!(app.count("habilitation_requests"), 0);
    let confirmed = wanted("Vasseur", &[("courriel", "mairie@valbourg.example"), ("confirme", "oui")]);
    let id = ask(&mut paul, &confirmed);
    app.manager()
        .visit(&format!("/gestion/habilitations/{id}"))
        .says("Cette adresse semble ouverte par plusieurs personnes.");
    paul.submit(ASKING, &wanted("VASSEUR", &[])).has(200).says("Une demande est déjà en cours");
    // Of another commune the contact learns nothing; the manager does.
    app.account(parvis::identity::Role::Instructor, &[crate::harness::MERIZEAU]);
    let camille = wanted("Moreau", &[("prenom", "Camille"), ("courriel", "c.moreau@valbourg.example")]);
    let id = ask(&mut paul, &camille);
    app.manager().visit(&format!("/gestion/habilitations/{id}")).says("déjà habilitée à Mérizeau");
}

fn e16_a_letter_makes_a_request_and_appoints_a_contact(app: TestApp) {
    let mut theo = app.manager();
    theo.visit("/gestion/habilitations").says("Aucun référent désigné.").says("Personne n’y lit les fiches.");
    let letter = [("courrier_date", "20/11/2026"), ("courrier_reference", "VAL-2026-12")];
    let path = "/gestion/equipes/99101/demande";
    theo.submit(path, &wanted("Vasseur", &[])).has(200).says("Écrivez la référence du courrier");
    theo.submit(path, &wanted("Vasseur", &letter)).has(303);
    assert_eq!(
        app.count("habilitation_requests WHERE origin = 'letter' AND letter_reference = 'VAL-2026-12'"),
        1
    );
    let path = "/gestion/equipes/99101/referent";
    let person = [("prenom", "Paul"), ("nom", "Garnier"), ("fonction", "directeur des solidarités")];
    let fields: Vec<(&str, &str)> = letter.into_iter().chain(person).collect();
    theo.submit(path, &fields).leads_to("/gestion/equipes/99101");
    theo.visit("/gestion/equipes/99101").says("Paul Garnier").says("VAL-2026-12");
    assert_eq!(app.count("accounts WHERE login = 'paul.garnier' AND role = 'contact'"), 1);
    assert_eq!(app.count("habilitations"), 0, "a contact reads only if habilitated");
    let contact = app.text("SELECT id AS text FROM contacts");
    let end = format!("/gestion/referents/{contact}/fin");
    theo.submit(&end, &[("motif", "Retraite au 1er décembre.")]).has(303);
    theo.visit("/gestion/equipes/99101").says("Retraite au 1er décembre.").says("Aucun référent");
}

fn e17_a_question_its_answer_and_a_refusal_with_its_reason_are_told(app: TestApp) {
    let (mut paul, mut theo) = (contact(&app), app.manager());
    let id = ask(&mut paul, &wanted("Vasseur", &[("fonction", "policière municipale")]));
    let (managed, own) = (format!("/gestion/habilitations/{id}"), format!("/equipe/demandes/{id}"));
    theo.visit(&managed).has(200);
    let question = [("question", "Quel lien avec l’instruction des demandes ?")];
    theo.send_form(&format!("{managed}/question"), &question).leads_to(&managed);
    paul.visit(&own).says("Quel lien avec l’instruction").says("vous pose une question");
    paul.send_form(&own, &[("reponse", "Elle remplace l’accueil le lundi.")]).leads_to(&own);
    theo.visit(&managed).says("Elle remplace l’accueil le lundi.").says("la mairie a répondu");
    theo.send_form(&format!("{managed}/refus"), &[]).has(200).says("Choisissez un motif ou écrivez-le");
    theo.send_form(&format!("{managed}/refus"), &[("motif", "incompatible")]).leads_to(&managed);
    paul.visit(&own).says("La fonction n’est pas compatible avec la lecture des fiches").says("refusée");
    assert_eq!(app.count("habilitation_requests WHERE state = 'refused' AND decided_by IS NOT NULL"), 1);
    for news in ["question", "refused"] {
        assert_eq!(app.count(&format!("messages WHERE content LIKE '%\"{news}\"%'")), 1, "{news}");
    }
    assert_eq!(app.count("messages WHERE content LIKE '%Vasseur%'"), 0, "no message names anybody");
    theo.send_form(&format!("{managed}/acceptation"), &[]).has(409);
    assert_eq!(app.count("accounts WHERE last_name = 'Vasseur'"), 0);
}
