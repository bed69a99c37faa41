//! The candidates for one dwelling, side by side: one display, and a trace of each of them (E9, E12, E40).

use serde_json::json;

use crate::harness::{Answer, Client, TestApp, VALBOURG, both_databases};

both_databases![
    e09_a_comparison_is_traced_with_every_candidate_it_shows,
    e09_the_code_of_one_dwelling_opens_no_other,
    e12_a_comparison_holds_nothing_personal_but_in_its_text,
];

/// The pages of the dwellings of Valbourg: two, with three candidates and with two.
fn dwellings(app: &TestApp) -> Vec<String> {
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let all = app.texts(
        "SELECT dwelling_id AS text FROM sheets WHERE commune = '99101' \
         GROUP BY dwelling_id ORDER BY count(*) DESC",
    );
    assert_eq!(all.len(), 2);
    all.iter().map(|dwelling| format!("{list}/comparer/{dwelling}")).collect()
}

fn code(shown: &Answer) -> String {
    shown.is_a_picture();
    shown.header("x-parvis-display").expect("a code").to_owned()
}

fn draw(camille: &mut Client, dwelling: &str, code: &str) -> Answer {
    let generation = camille.visit(dwelling).attribute("data-generation");
    let asked = json!({"width": 320, "ratio": 1, "generation": generation, "display": code});
    camille.post_json(&format!("{dwelling}/affichage"), &asked)
}

fn e09_a_comparison_is_traced_with_every_candidate_it_shows(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let dwellings = dwellings(&app);
    let code = code(&camille.look_at(&dwellings[0]));
    assert_eq!(app.count(&format!("traces WHERE kind = 'comparison' AND display = '{code}'")), 1);
    let shown = "SELECT t.sheet AS text FROM traces t JOIN sheets s ON s.sheet_id = t.sheet \
                 AND s.subject = t.subject AND s.subject_month = t.subject_month";
    let candidates = format!("{shown} WHERE t.part_of = '{code}' ORDER BY t.sheet");
    let mut first = app.sheets_of("Est 2026-48", VALBOURG)[..3].to_vec();
    first.sort();
    assert_eq!(app.texts(&candidates), first, "each candidate, under the pseudonym of the sheet");
    // A zoom is the same display; the text is another.
    draw(&mut camille, &dwellings[0], &code).is_a_picture();
    assert_eq!(app.count("traces WHERE kind = 'comparison'"), 4);
    camille.visit(&format!("{}/texte", dwellings[0])).has(200);
    assert_eq!(app.count("traces WHERE kind = 'comparison'"), 8);
    assert_eq!(app.count("traces WHERE kind = 'comparison' AND display IS NOT NULL"), 2);
}

fn e09_the_code_of_one_dwelling_opens_no_other(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let dwellings = dwellings(&app);
    let code = code(&camille.look_at(&dwellings[0]));
    let traced = app.count("traces");
    let other = draw(&mut camille, &dwellings[1], &code);
    assert!(!other.is_png(), "shown without a trace: {other}");
    other.has(409).says("Cette page a changé entre-temps.");
    let sheet = format!("/fiches/{}/affichage", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    camille.post_json(&sheet, &json!({"width": 320, "ratio": 1, "display": code})).has(409);
    assert_eq!(app.count("traces"), traced);
    // Positive control: where it belongs, it draws without a trace.
    draw(&mut camille, &dwellings[0], &code).is_a_picture();
    assert_eq!(app.count("traces"), traced);
}

fn e12_a_comparison_holds_nothing_personal_but_in_its_text(app: TestApp) {
    let drafts = app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let dwelling = dwellings(&app).remove(0);
    let (shell, shown) = (camille.visit(&dwelling), camille.look_at(&dwelling));
    let text = camille.visit(&format!("{dwelling}/texte"));
    shown.is_a_picture();
    for answer in [&shell, &shown, &text] {
        assert_eq!(answer.has(200).header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-disposition"), None);
    }
    for draft in drafts.iter().filter(|draft| draft.commune == VALBOURG).take(3) {
        for answer in [&shell, &shown] {
            answer.does_not_say(&draft.last_name).does_not_say(&draft.first_name).does_not_say(&draft.number);
        }
        text.says(&draft.last_name);
    }
}
