//! What paper gets of a sheet: one sentence.

use serde_json::json;

use crate::desk::{Desk, NOT_PRINTED, PAINTED};
use crate::paper::Paper;

/// Without it there is no print style sheet.
const PRINT_STYLE: &str = "*/adapt.css";

#[test]
fn e12_painted_sheets_lists_and_comparisons_print_as_one_sentence_with_and_without_scripts() {
    let desk = Desk::open();
    for scripts in [true, false] {
        desk.chromium.without_scripts(!scripts);
        for page in desk.pixel_pages() {
            desk.visit(&page);
            if scripts {
                desk.chromium.wait_for(PAINTED);
            }
            is_the_sentence_alone(&Paper::of(&desk.chromium, false), &page);
        }
    }
    // Positive control: the same pages without the print style sheet.
    desk.chromium.without_scripts(false);
    desk.chromium.refuse_to_load(&[PRINT_STYLE]);
    for page in desk.pixel_pages() {
        desk.look_at(&page);
        let paper = Paper::of(&desk.chromium, false);
        assert!(paper.pictures() > 0 && paper.ink_beside_the_words() > 100, "{page}: painted");
    }
}

#[test]
fn e12_sheets_lists_and_comparisons_in_text_print_as_one_sentence_with_and_without_scripts() {
    let desk = Desk::open();
    for scripts in [true, false] {
        desk.chromium.without_scripts(!scripts);
        for page in desk.text_pages() {
            desk.visit(&page);
            is_the_sentence_alone(&Paper::of(&desk.chromium, false), &page);
        }
    }
    // Positive control: the same pages without the print style sheet.
    desk.chromium.refuse_to_load(&[PRINT_STYLE]);
    for scripts in [true, false] {
        desk.chromium.without_scripts(!scripts);
        for page in desk.text_pages() {
            desk.visit(&page);
            let paper = Paper::of(&desk.chromium, false);
            assert!(!desk.personal_in(&paper.words()).is_empty(), "{page}: {}", paper.words());
            assert!(paper.ink_beside_the_words() > 0, "{page}: rules and watermark");
        }
    }
}

#[track_caller]
fn is_the_sentence_alone(paper: &Paper, page: &str) {
    assert_eq!(paper.words(), NOT_PRINTED, "{page}");
    assert_eq!((paper.pages(), paper.pictures()), (1, 0), "{page}");
    assert_eq!(paper.ink_beside_the_words(), 0, "{page}");
}

#[test]
fn e12_the_printed_line_of_title_and_address_names_nobody() {
    let desk = Desk::open();
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        desk.visit(page);
        let words = Paper::of(&desk.chromium, true).words();
        assert!(words.contains(desk.app.url().trim_start_matches("http://")), "{page}: {words}");
        assert_eq!(desk.personal_in(&words), Vec::<&str>::new(), "{page}");
    }
    // Positive control: a name in the title would be printed.
    desk.chromium.script_with("document.title = arguments[0]", json!([desk.personal[0]]));
    assert_eq!(desk.personal_in(&Paper::of(&desk.chromium, true).words()), [desk.personal[0].as_str()]);
}

#[test]
fn ordinary_pages_print() {
    let desk = Desk::open();
    desk.visit("/mentions");
    let words = Paper::of(&desk.chromium, false).words();
    assert!(words.contains("Mentions") && !words.contains("Cette page ne s’imprime pas"), "{words}");
}

/// What remains possible, as docs/threat-model.md says: this test is there so that no page of ours
/// claims the contrary.
#[test]
fn print_under_the_media_of_the_screen_still_gives_the_watermarked_picture() {
    let desk = Desk::open();
    desk.look_at(&desk.sheets[0]);
    desk.chromium.emulate_media("screen", &[]);
    let paper = Paper::of(&desk.chromium, false);
    assert!(paper.pictures() > 0 && paper.ink_beside_the_words() > 100);
    assert_eq!(desk.personal_in(&paper.words()), Vec::<&str>::new(), "a picture, not text");
    desk.visit(&format!("{}/texte", desk.sheets[0]));
    let paper = Paper::of(&desk.chromium, false);
    assert!(paper.words().contains(&desk.personal[0]), "{}", paper.words());
    // The watermark is printed under the words.
    let inked = paper.ink_beside_the_words();
    desk.chromium.script("document.querySelector('.watermark').remove()");
    assert!(Paper::of(&desk.chromium, false).ink_beside_the_words() < inked);
}
