//! Lists: what is new, changed, read, withdrawn; search; the switcher of communes.

use parvis::identity::Role;
use serde_json::json;

use crate::harness::{Client, MERIZEAU, TestApp, VALBOURG, both_databases, committee};

both_databases![
    a_list_marks_what_is_new_changed_read_and_withdrawn_for_its_own_reader,
    a_search_finds_names_and_numbers_and_answers_without_a_name,
    a_search_is_traced_and_what_was_typed_is_kept_nowhere,
    e04_the_switcher_changes_the_commune_being_read_and_nothing_else,
    a_list_published_anew_meanwhile_is_drawn_anew,
    text_or_pixels_is_remembered,
];

fn marks(camille: &mut Client, list: &str) -> String {
    camille.visit(list).has(200).words()
}

fn a_list_marks_what_is_new_changed_read_and_withdrawn_for_its_own_reader(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let (mut camille, mut colleague) = (app.stranger(), app.instructor_of(VALBOURG));
    camille.sign_in(&account);
    let usual = committee("Est 2026-48").sheets(VALBOURG, 5);
    app.publish(std::slice::from_ref(&usual));
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let count = |words: &str, of: &str| words.matches(of).count();
    let words = marks(&mut camille, &list);
    assert_eq!(count(&words, "Ouvrir nouvelle"), 5, "{words}");

    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    camille.look_at(&format!("/fiches/{}", sheets[0])).is_a_picture();
    camille.visit(&format!("/fiches/{}/texte", sheets[1])).has(200);
    // The shell alone is no reading.
    camille.visit(&format!("/fiches/{}", sheets[2])).has(200);
    let words = marks(&mut camille, &list);
    assert_eq!((count(&words, "Ouvrir nouvelle"), count(&words, "Ouvrir lue")), (3, 2), "{words}");
    assert_eq!(
        count(&marks(&mut colleague, &list), "Ouvrir nouvelle"),
        5,
        "a reading is nobody else's affair"
    );

    app.publish(&[usual.clone().with(0, "base_rent", json!(410.20)).without(4)]);
    let words = marks(&mut camille, &list);
    assert!(words.contains("modifiée aujourd’hui") && words.contains("retirée aujourd’hui"), "{words}");
    assert_eq!(count(&words, "Fiche retirée par le bailleur"), 1, "{words}");
    assert_eq!((count(&words, "Ouvrir nouvelle"), count(&words, "Ouvrir lue")), (2, 1), "{words}");
    camille.visit(&format!("/fiches/{}", sheets[4])).is_the_404();

    // What comes back is there again; what was seen at a former connection is new no more.
    app.publish(&[usual]);
    for day in ["2026-11-24 10:32", "2026-11-25 10:32"] {
        app.at(day);
        camille = app.stranger();
        camille.sign_in(&account);
    }
    let words = marks(&mut camille, &list);
    assert!(!words.contains("retirée"), "{words}");
    assert_eq!((count(&words, "Ouvrir nouvelle"), count(&words, "Ouvrir pas encore lue")), (0, 3), "{words}");
}

fn a_search_finds_names_and_numbers_and_answers_without_a_name(app: TestApp) {
    let drafts = app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    camille.visit(&list).has(200);
    let place = |name: &str| drafts.iter().position(|draft| draft.last_name == name).expect("a name");
    for (typed, found) in [
        ("varennes", vec!["VARENNES"]),
        ("  Solene  Varennes ", vec!["VARENNES"]),
        ("VARENNES solène", vec!["VARENNES"]),
        ("le treut", vec!["LE TREUT"]),
        ("letreut", vec!["LE TREUT"]),
        ("quentin alves", vec!["QUENTIN-ALVES"]),
        ("boeufvert", vec!["BŒUFVERT"]),
        ("099 03 22 004817 G0991", vec!["VARENNES"]),
        ("0990322004817g0991", vec!["VARENNES"]),
        ("004818", vec!["CHARRONDIER"]),
        ("nulle part", vec![]),
        ("   ", vec![]),
        ("%", vec![]),
        // Of the other commune: as unknown as an invented one.
        ("KOUROUSSA", vec![]),
        ("SYLLART", vec![]),
    ] {
        let answer = camille.send_form(&format!("{list}/recherche"), &[("q", typed)]);
        let ids: Vec<&str> = found.iter().map(|name| sheets[place(name)].as_str()).collect();
        assert_eq!(answer.has(200).json(), json!({ "sheets": ids }), "« {typed} »");
        let text = camille.send_form(&format!("{list}/texte"), &[("q", typed)]);
        for draft in drafts.iter().filter(|draft| draft.commune == VALBOURG) {
            let shown = text.words().contains(&draft.last_name);
            let wanted = found.contains(&draft.last_name.as_str()) || typed.trim().is_empty();
            assert_eq!(shown, wanted, "« {typed} », {}: {text}", draft.last_name);
        }
    }
}

fn a_search_is_traced_and_what_was_typed_is_kept_nowhere(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    camille.visit(&list).has(200);
    let typed = "une-recherche-que-rien-ne-garde";
    camille.send_form(&format!("{list}/recherche"), &[("q", typed)]).has(200);
    assert_eq!(app.count("traces WHERE kind = 'search'"), 1);
    assert!(!crate::harness::log_so_far().contains(typed));
    // By POST alone: an address would keep it.
    camille.visit(&format!("{list}/recherche?q={typed}")).is_the_404();
    if app.kind() == crate::harness::Kind::Sqlite {
        let disk = app.bytes_on_disk();
        let holds = |text: &str| disk.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(!holds(typed));
        assert!(holds("Est 2026-48"), "positive control");
    }
}

fn e04_the_switcher_changes_the_commune_being_read_and_nothing_else(app: TestApp) {
    app.publish_usual();
    let mut ines = app.instructor_of_both();
    let sheet = |commune: &str| format!("/fiches/{}", app.sheets_of("Est 2026-48", commune)[0]);
    let (valbourg, merizeau) = (sheet(VALBOURG), sheet(MERIZEAU));
    ines.visit("/commissions").has(200).says("à Mérizeau").says("3 fiches");
    ines.look_at(&merizeau).is_a_picture();
    ines.visit(&valbourg).is_the_404();
    ines.visit("/commissions");
    ines.send_form("/commune", &[("commune", VALBOURG)]).leads_to("/commissions");
    ines.visit("/commissions").has(200).says("à Valbourg").says("5 fiches");
    ines.look_at(&valbourg).is_a_picture();
    ines.visit(&merizeau).is_the_404();
    // Only among one's own.
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/commissions");
    camille.send_form("/commune", &[("commune", MERIZEAU)]).is_the_404();
    camille.visit("/commissions").says("à Valbourg");
    camille.send_form("/commune", &[("commune", "xx")]).has(400);
}

fn a_list_published_anew_meanwhile_is_drawn_anew(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let page = camille.visit(&list);
    let generation = page.attribute("data-generation").expect("a generation");
    let asked = json!({"width": 320, "ratio": 1, "generation": generation});
    camille.post_json(&format!("{list}/affichage"), &asked).is_a_picture();
    app.publish(&[committee("Est 2026-48").sheets(VALBOURG, 6)]);
    // The rows on the screen are those of another file: names beside the wrong ranks would be worse.
    camille.post_json(&format!("{list}/affichage"), &asked).has(409).says("Cette page a changé entre-temps.");
    camille.look_at(&list).is_a_picture();
}

fn text_or_pixels_is_remembered(app: TestApp) {
    app.publish_usual();
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let offers_text =
        |client: &mut Client| client.visit("/commissions").html().contains(&format!("href=\"{list}/texte\""));
    assert!(!offers_text(&mut camille));
    camille.visit(&format!("{list}/texte")).has(200);
    let mut again = app.stranger();
    again.sign_in(&account);
    assert!(offers_text(&mut again));
    again.visit("/compte");
    again.send_form("/compte/affichage", &[("affichage", "pixels")]).leads_to("/compte");
    assert!(!offers_text(&mut again));
}
