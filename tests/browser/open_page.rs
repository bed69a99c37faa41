//! A page that stays open: it closes with the space, with the access, with the line.

use std::time::Duration;

use serde_json::json;

use chrono::Timelike as _;

use crate::desk::{Desk, PAINTED};

/// Nothing painted, nothing written: neither pixels nor text of anybody are left.
const CLEARED: &str = "!document.querySelector('canvas.painted') && !document.querySelector('article, .names td.number, .comparison')";

/// A page asks the server at once when it comes back to the front, not only each half minute.
fn bring_to_front(desk: &Desk) {
    desk.chromium.script("document.dispatchEvent(new Event('visibilitychange'))");
}

/// A page of each kind, on the screen and full.
fn on_the_screen(desk: &Desk, page: &str) {
    desk.visit(page);
    if page.ends_with("/texte") {
        assert!(!desk.personal_in(&desk.words()).is_empty(), "{page}: {}", desk.words());
    } else {
        desk.chromium.wait_for(PAINTED);
    }
    assert!(!desk.chromium.holds(CLEARED), "{page}: positive control");
}

#[track_caller]
fn is_cleared(desk: &Desk, page: &str) {
    assert!(desk.chromium.holds(CLEARED), "{page}: {}", desk.words());
    let left = desk.chromium.text("document.documentElement.outerHTML");
    assert_eq!(desk.personal_in(&left), Vec::<&str>::new(), "{page}");
    let ink = desk.chromium.script(
        "let ink = 0;
         for (const canvas of document.querySelectorAll('canvas')) {
           const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
           for (let at = 0; at < bytes.length; at += 4) if (bytes[at + 3] > 0 && bytes[at] < 200) ink += 1;
         }
         return ink",
    );
    // A canvas without content that was opaque is one black point.
    assert!(ink.as_u64().expect("a count") <= 1, "{page}: {ink} points of ink");
}

#[test]
fn e28_at_seven_o_clock_pixels_and_text_clear_by_themselves() {
    let desk = Desk::open();
    desk.app.at("2026-11-23 18:50:00");
    desk.sign_in(&desk.account);
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        desk.app.at("2026-11-23 18:58:00");
        on_the_screen(&desk, page);
        desk.app.at("2026-11-23 18:59:58");
        bring_to_front(&desk);
        desk.wait_until_it_says("L’espace ferme dans 1 minute.");
        // Without another request: even the cable may be out.
        desk.chromium.offline(true);
        desk.chromium.wait_for(CLEARED);
        assert!(desk.app.machine().clock().now().paris().hour() >= 19, "{page}: too early");
        is_cleared(&desk, page);
        desk.wait_until_it_says("L’affichage est terminé.");
        desk.chromium.offline(false);
    }
}

#[test]
fn e28_an_open_page_is_warned_at_a_quarter_to_seven_and_at_five_to() {
    let desk = Desk::open();
    desk.app.at("2026-11-23 18:44:30");
    desk.sign_in(&desk.account);
    for page in [&desk.sheets[0], &desk.text_pages()[0], &desk.list] {
        desk.app.at("2026-11-23 18:44:40");
        on_the_screen(&desk, page);
        bring_to_front(&desk);
        assert!(!desk.words().contains("L’espace ferme"), "{page}: {}", desk.words());
        for (instant, words) in [
            ("2026-11-23 18:45:01", "L’espace ferme dans 15 minutes."),
            ("2026-11-23 18:55:01", "L’espace ferme dans 5 minutes."),
        ] {
            desk.app.at(instant);
            bring_to_front(&desk);
            desk.wait_until_it_says(words);
            assert!(!desk.chromium.holds(CLEARED), "{page}: warned, not closed");
            assert!(
                desk.chromium.holds("document.getElementById('banner').getAttribute('role') === 'status'")
            );
        }
    }
}

#[test]
fn e28_the_next_morning_leads_back_to_the_same_sheet() {
    let desk = Desk::open();
    let sheet = desk.sheets[2].clone();
    desk.app.at("2026-11-23 18:58:00");
    desk.sign_in(&desk.account);
    // What is opened near the end is told from the start how long it may stay.
    desk.app.at("2026-11-23 18:59:53");
    on_the_screen(&desk, &sheet);
    desk.chromium.wait_for(CLEARED);
    desk.wait_until_it_says("Afficher de nouveau");
    desk.app.at("2026-11-23 19:00:05");
    desk.chromium.script("document.querySelector('.ending a').click()");
    desk.wait_until_it_says("L’extranet est fermé.");
    desk.wait_until_it_says("Prochaine ouverture : mardi 24 novembre à 8 h.");
    // The browser stays where it was; in the morning the page is asked for again.
    desk.app.at("2026-11-24 08:00:10");
    desk.chromium.reload();
    desk.wait_until_it_says("Mot de passe");
    let fill = |field: &str, text: &str| {
        desk.chromium.script_with(
            "const field = document.getElementById(arguments[0]); field.focus(); field.value = ''",
            json!([field]),
        );
        desk.chromium.type_text(text);
    };
    if desk.path() == "/connexion" {
        fill("identifiant", &desk.account.login);
    }
    fill("mot_de_passe", &desk.account.password);
    desk.chromium.press("Enter");
    desk.chromium.wait_for("location.pathname !== '/verrou' && document.readyState === 'complete' && location.pathname !== '/connexion'");
    if desk.path() == "/connexion/code" {
        fill("code", &desk.account.code());
        desk.chromium.press("Enter");
    }
    desk.chromium.wait_for(&format!("location.pathname === '{sheet}'"));
    desk.chromium.wait_for(PAINTED);
}

/// At the rhythm of the page itself: nothing is hurried here.
#[test]
fn e27_a_suspension_clears_an_open_page_within_half_a_minute_and_says_why() {
    let desk = Desk::open();
    on_the_screen(&desk, &desk.sheets[0]);
    desk.suspend();
    desk.chromium.wait_up_to(Duration::from_secs(40), CLEARED);
    desk.wait_until_it_says("Votre accès est suspendu depuis le 23 novembre 2026 à 9 h.");
    is_cleared(&desk, "the sheet");
}

#[test]
fn e27_a_suspension_clears_every_kind_of_page() {
    let desk = Desk::open();
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        on_the_screen(&desk, page);
        desk.suspend();
        bring_to_front(&desk);
        desk.wait_until_it_says("Votre accès est suspendu");
        is_cleared(&desk, page);
        desk.lift();
    }
}

#[test]
fn e19_a_connection_elsewhere_clears_the_page_that_was_open() {
    let desk = Desk::open();
    for page in [&desk.sheets[0], &desk.text_pages()[0], &desk.list] {
        desk.sign_in(&desk.account);
        on_the_screen(&desk, page);
        desk.app.stranger().sign_in(&desk.account);
        bring_to_front(&desk);
        desk.wait_until_it_says("Votre session a pris fin à 10 h 32");
        assert_eq!(desk.path(), "/connexion");
        is_cleared(&desk, page);
    }
}

#[test]
fn e04_a_sheet_withdrawn_clears_the_page_that_shows_it() {
    let desk = Desk::open();
    for page in [&desk.sheets[0], &desk.text_pages()[0]] {
        on_the_screen(&desk, page);
        desk.app.execute(&format!(
            "INSERT INTO withdrawals SELECT sheet_id, committee_id, commune, dwelling_id, 'manager', '', changed_at \
             FROM sheets WHERE '{page}' LIKE '/fiches/' || sheet_id || '%'"
        ));
        bring_to_front(&desk);
        desk.wait_until_it_says("Aucune fiche consultable à cette adresse.");
        is_cleared(&desk, page);
        desk.app.execute("DELETE FROM withdrawals");
    }
}

#[test]
fn e15_the_end_of_a_habilitation_clears_every_kind_of_page() {
    let desk = Desk::open();
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        on_the_screen(&desk, page);
        desk.app.execute("UPDATE habilitations SET starts_on = '2026-11-01', ends_on = '2026-11-22'");
        bring_to_front(&desk);
        desk.wait_until_it_says("Votre compte n’a pas d’habilitation en vigueur.");
        is_cleared(&desk, page);
        desk.app.execute("UPDATE habilitations SET ends_on = NULL");
    }
}

/// Two half minutes without an answer, at the page's own rhythm, in pixels and in text at once.
#[test]
fn e12_a_cut_line_clears_what_is_shown_after_two_missed_half_minutes() {
    let (pixels, text) = (Desk::open(), Desk::open());
    let pages = [(&pixels, &pixels.sheets[0]), (&text, &text.text_pages()[0])];
    for (desk, page) in &pages {
        on_the_screen(desk, page);
        desk.chromium.offline(true);
    }
    std::thread::sleep(Duration::from_secs(40));
    for (desk, page) in &pages {
        assert!(!desk.chromium.holds(CLEARED), "{page}: one missed answer is not the end");
    }
    for (desk, page) in &pages {
        desk.chromium.wait_up_to(Duration::from_secs(40), CLEARED);
        desk.wait_until_it_says("La liaison est interrompue.");
        is_cleared(desk, page);
        // « Afficher de nouveau » shows it again once the line is back.
        desk.chromium.offline(false);
        desk.chromium.script("document.querySelector('.ending a').click()");
        desk.chromium.wait_for(&format!("!({CLEARED})"));
    }
}

#[test]
fn e12_coming_back_to_a_page_left_shows_nothing_old() {
    let desk = Desk::open();
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()) {
        on_the_screen(&desk, page);
        // As the browser puts a page into its memory, and takes it out again.
        desk.chromium.script(
            "window.old = true;
             dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))",
        );
        is_cleared(&desk, page);
        desk.suspend();
        desk.chromium.script("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        desk.wait_until_it_says("Votre accès est suspendu");
        assert!(desk.chromium.holds("!window.old"), "{page}: asked for anew");
        desk.lift();

        // By the button « précédent » of the browser itself.
        on_the_screen(&desk, page);
        desk.chromium.script("window.old = true");
        desk.visit("/aide");
        desk.suspend();
        desk.chromium.back();
        desk.wait_until_it_says("Votre accès est suspendu");
        is_cleared(&desk, page);
        desk.lift();
    }
}
