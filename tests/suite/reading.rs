//! Reading sheets: what is shown, to whom, until when (E1, E2, E4, E12, E25, E28, E35).

mod comparison;
mod conditions;
mod lists;
mod pace;

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![
    an_instructor_goes_from_the_committees_to_a_sheet,
    e02_no_answer_is_a_file_and_none_is_kept,
    e12_pages_around_sheets_hold_nothing_personal_and_the_text_display_holds_it_all,
    e12_the_watermark_bears_the_reader_and_the_code_of_the_trace,
    zooming_draws_the_same_display_again_for_twenty_minutes_and_in_the_same_session_only,
];

fn an_instructor_goes_from_the_committees_to_a_sheet(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    camille.visit("/").leads_to("/commissions");
    let page = camille.visit("/commissions");
    page.has(200).says("Une commission à venir à Valbourg").says("5 fiches").says("5 nouvelles");
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    assert!(page.html().contains(&list));
    camille.look_at(&list).is_a_picture();
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    assert_eq!(sheets.len(), 5);
    let page = camille.visit(&list);
    for sheet in &sheets {
        assert!(page.html().contains(&format!("/fiches/{sheet}")));
    }
    for sheet in app.sheets_of("Est 2026-48", MERIZEAU) {
        assert!(!page.html().contains(&sheet), "a sheet of the other commune is listed");
    }
    camille.look_at(&format!("/fiches/{}", sheets[3])).is_a_picture();
}

fn e02_no_answer_is_a_file_and_none_is_kept(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let sheet = format!("/fiches/{}", app.sheets_of("Est 2026-48", VALBOURG)[0]);
    let answers = [
        camille.visit("/commissions"),
        camille.visit(&list),
        camille.look_at(&list),
        camille.visit(&format!("{list}/texte")),
        camille.visit(&sheet),
        camille.look_at(&sheet),
        camille.visit(&format!("{sheet}/texte")),
    ];
    for answer in &answers {
        answer.has(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        assert_eq!(answer.header("content-disposition"), None, "{answer}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer}");
        assert!(answer.header("etag").is_none() && answer.header("last-modified").is_none(), "{answer}");
        assert!(answer.header("content-encoding").is_none(), "{answer}");
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind == "image/png" || kind.starts_with("text/html"), "{answer}: {kind}");
    }
    // Positive control: what may be kept says so.
    let page = answers[0].html();
    let style = page.split('"').find(|link| link.ends_with("parvis.css")).expect("a style sheet");
    let style = camille.visit(style);
    style.has(200);
    assert_ne!(style.header("cache-control"), Some("no-store"), "{style}");
}

fn e12_pages_around_sheets_hold_nothing_personal_and_the_text_display_holds_it_all(app: TestApp) {
    let drafts = app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let list = format!("/commissions/{}", app.committee_id("Est 2026-48"));
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    let mut shells = vec![camille.visit("/commissions"), camille.visit(&list), camille.visit("/compte")];
    shells.extend(sheets.iter().map(|id| camille.visit(&format!("/fiches/{id}"))));
    shells.push(camille.look_at(&list));
    let texts: Vec<_> = sheets.iter().map(|id| camille.visit(&format!("/fiches/{id}/texte"))).collect();
    for (place, draft) in drafts.iter().filter(|draft| draft.commune == VALBOURG).enumerate() {
        for shell in &shells {
            shell.has(200).does_not_say(&draft.last_name).does_not_say(&draft.number);
            shell.does_not_say(&draft.first_name);
            for (_, value) in &shell.headers {
                assert!(!value.to_str().unwrap_or_default().contains(&draft.last_name));
            }
        }
        // Positive control: the same words, where they are meant to be read.
        texts[place].has(200).says(&draft.last_name).says(&draft.first_name);
        let digits: String = texts[place].words().chars().filter(|c| c.is_alphanumeric()).collect();
        assert!(digits.contains(&draft.number), "{}", texts[place]);
        assert!(!texts[place].html().contains(&format!("<title>{}", draft.last_name)));
    }
    camille.visit(&format!("{list}/texte")).says("VARENNES").does_not_say("KOUROUSSA");
}

fn e12_the_watermark_bears_the_reader_and_the_code_of_the_trace(app: TestApp) {
    app.publish_usual();
    let mut camille = app.instructor_of(VALBOURG);
    let sheet = &app.sheets_of("Est 2026-48", VALBOURG)[0];
    let page = camille.visit(&format!("/fiches/{sheet}/texte"));
    let code = app.text("SELECT display AS text FROM traces WHERE kind = 'sheet'");
    page.has(200).says(&format!("Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · {code}"));
    assert_eq!(page.attribute("data-display").as_deref(), Some(code.as_str()));
    let picture = camille.look_at(&format!("/fiches/{sheet}"));
    picture.is_a_picture();
    let code = picture.header("x-parvis-display").expect("a code").to_owned();
    assert_eq!(app.count(&format!("traces WHERE kind = 'sheet' AND display = '{code}'")), 1);
    assert_eq!(app.count(&format!("traces WHERE kind = 'sheet' AND sheet = '{sheet}'")), 2);
}

fn zooming_draws_the_same_display_again_for_twenty_minutes_and_in_the_same_session_only(app: TestApp) {
    app.publish_usual();
    let account = app.account(parvis::identity::Role::Instructor, &[VALBOURG]);
    let mut camille = app.stranger();
    camille.sign_in(&account);
    let sheets = app.sheets_of("Est 2026-48", VALBOURG);
    let first = camille.look_at(&format!("/fiches/{}", sheets[0]));
    let code = first.header("x-parvis-display").expect("a code").to_owned();
    let traced = || app.count("traces WHERE kind = 'sheet'");
    let again = |width: u32| json!({"width": width, "ratio": 2, "display": code});
    let path = format!("/fiches/{}/affichage", sheets[0]);
    assert_eq!(traced(), 1);
    for width in [640, 960, 1280] {
        let zoomed = camille.post_json(&path, &again(width));
        zoomed.is_a_picture();
        assert_eq!(zoomed.header("x-parvis-display"), Some(code.as_str()));
    }
    assert_eq!(traced(), 1, "a zoom is the same display");
    // Not for another sheet.
    let other = camille.post_json(&format!("/fiches/{}/affichage", sheets[1]), &again(640));
    other.has(409);
    assert_eq!(traced(), 1);
    // Not in another session.
    let mut elsewhere = app.stranger();
    elsewhere.sign_in(&account);
    elsewhere.visit(&format!("/fiches/{}", sheets[0])).has(200);
    let fresh = elsewhere.post_json(&path, &again(640));
    fresh.is_a_picture();
    assert_ne!(fresh.header("x-parvis-display"), Some(code.as_str()));
    assert_eq!(traced(), 2);
    // Not after twenty minutes.
    let code = fresh.header("x-parvis-display").expect("a code").to_owned();
    app.later(TimeDelta::minutes(19));
    let json = json!({"width": 640, "ratio": 2, "display": code});
    elsewhere.post_json(&path, &json).is_a_picture();
    assert_eq!(traced(), 2);
    app.later(TimeDelta::minutes(1));
    elsewhere.post_json(&path, &json).is_a_picture();
    assert_eq!(traced(), 3, "after twenty minutes a new trace is written");
}
