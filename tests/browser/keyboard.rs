//! The keyboard alone: every stop in order and in sight, and the main job done without a mouse.

use serde_json::{Value, json};

use crate::desk::{Desk, PAINTED};

/// Where the focus stands: its place in the document, its words, and what is wrong with how it shows.
const STOP: &str = "
    const stop = document.activeElement;
    if (!stop || stop === document.body) return null;
    const style = getComputedStyle(stop);
    const box = stop.getBoundingClientRect();
    const faults = [];
    if (!stop.matches(':focus-visible')) faults.push('not :focus-visible');
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('no outline');
    if (box.width < 1 || box.height < 1) faults.push('no size');
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push('out of sight');
    const [x, y] = [(Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
                    (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2];
    const top = document.elementFromPoint(x, y);
    if (top && top !== stop && !stop.contains(top) && !top.contains(stop)) faults.push(`under ${top.outerHTML.slice(0, 80)}`);
    const said = (stop.getAttribute('aria-label') ?? stop.labels?.[0]?.innerText ?? stop.innerText ?? '').trim();
    return { at: [...document.querySelectorAll('*')].indexOf(stop), said, faults, id: stop.id }";

/// All stops of a page, from the first to the last.
fn stops(desk: &Desk) -> Vec<Value> {
    // From the top of the document, wherever the page has put the focus.
    desk.chromium.script("document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)");
    let mut stops: Vec<Value> = Vec::new();
    for _ in 0..120 {
        desk.chromium.press("Tab");
        let stop = desk.chromium.script(STOP);
        if stop.is_null() || stops.first().is_some_and(|first| first["at"] == stop["at"]) {
            return stops;
        }
        stops.push(stop);
    }
    panic!("the keyboard is trapped: {stops:?}");
}

fn faults(stops: &[Value]) -> Vec<&Value> {
    stops.iter().filter(|stop| stop["faults"] != json!([]) || stop["said"] == json!("")).collect()
}

#[test]
fn every_stop_of_the_keyboard_is_in_order_named_and_in_sight() {
    let desk = Desk::open();
    let shown = desk.pixel_pages().into_iter().chain(desk.text_pages());
    let pages: Vec<String> = ["/connexion?encore", "/commissions", "/compte", "/mot-de-passe", "/aide"]
        .iter()
        .map(|path| (*path).to_owned())
        .chain(shown)
        .collect();
    for width in [1280, 390] {
        desk.chromium.resize(width, 800, 1);
        for page in &pages {
            desk.visit(page);
            if desk.chromium.holds("document.querySelector('canvas')") {
                desk.chromium.wait_for(PAINTED);
            }
            let stops = stops(&desk);
            assert!(stops.len() > 5, "{page} at {width}: {stops:?}");
            assert_eq!(faults(&stops), Vec::<&Value>::new(), "{page} at {width}");
            let order: Vec<i64> = stops.iter().map(|stop| stop["at"].as_i64().expect("a place")).collect();
            assert!(order.is_sorted(), "{page} at {width}: {stops:?}");
            // Whatever can be clicked is one of them; a group of choices is one stop.
            let clickable = desk.chromium.script(
                "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
                   .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !(one.type === 'radio' && !one.checked)).length",
            );
            let stopped = stops.iter().filter(|stop| stop["id"] != json!("fiche")).count();
            assert!(
                Some(stopped as u64) >= clickable.as_u64(),
                "{page} at {width}: {stopped} of {clickable}"
            );
        }
    }
    desk.chromium.script(
        "const sheet = new CSSStyleSheet();
         sheet.replaceSync('*:focus { outline: none !important }');
         document.adoptedStyleSheets = [sheet];",
    );
    assert!(!faults(&stops(&desk)).is_empty(), "positive control");
}

/// Presses Tab until the focus stands on what is wanted.
#[track_caller]
fn tab_to(desk: &Desk, condition: &str) {
    for _ in 0..60 {
        if desk
            .chromium
            .holds(&format!("(() => {{ const at = document.activeElement; return {condition}; }})()"))
        {
            return;
        }
        desk.chromium.press("Tab");
    }
    panic!("no stop where « {condition} » on {}", desk.path());
}

#[test]
fn from_the_login_page_to_a_sheet_by_the_keyboard_alone() {
    let desk = Desk::open();
    desk.chromium.cdp("Network.clearBrowserCookies", &json!({}));
    desk.visit("/connexion");
    tab_to(&desk, "at.id === 'identifiant'");
    desk.chromium.type_text(&desk.account.login);
    desk.chromium.press("Tab");
    desk.chromium.type_text(&desk.account.password);
    desk.chromium.press("Enter");
    desk.chromium.wait_for("location.pathname === '/connexion/code'");
    tab_to(&desk, "at.id === 'code'");
    desk.chromium.type_text(&desk.account.code());
    desk.chromium.press("Enter");
    desk.chromium.wait_for("location.pathname === '/commissions' && document.readyState === 'complete'");
    tab_to(&desk, "at.pathname?.startsWith('/commissions/')");
    desk.chromium.press("Enter");
    desk.chromium.wait_for("location.pathname.startsWith('/commissions/')");
    desk.chromium.wait_for(PAINTED);
    tab_to(&desk, "at.pathname?.startsWith('/fiches/')");
    desk.chromium.press("Enter");
    desk.chromium.wait_for("location.pathname.startsWith('/fiches/')");
    desk.chromium.wait_for(PAINTED);
    assert_eq!(desk.path(), desk.sheets[0]);
}

#[test]
fn arrows_turn_the_sheets_and_letters_act_on_the_sheet_that_has_the_focus() {
    let desk = Desk::open();
    for (suffix, display) in [("", "pixels"), ("/texte", "text")] {
        let page = |n: usize| format!("{}{suffix}", desk.sheets[n]);
        let arrives = |n: usize| {
            let condition =
                format!("location.pathname === '{}' && document.readyState === 'complete'", page(n));
            desk.chromium.wait_for(&condition);
        };
        desk.visit(&page(0));
        for (key, to) in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)] {
            desk.chromium.press(key);
            arrives(to);
        }
        assert!(desk.chromium.holds("document.activeElement.id === 'fiche'"), "{display}: the focus follows");
        // A letter elsewhere does nothing: dictation says letters.
        desk.visit(&page(1));
        desk.chromium.press("t");
        assert_eq!(desk.path(), page(1), "{display}");
        desk.chromium.script("document.getElementById('fiche').focus()");
        desk.chromium.press("t");
        let other =
            if suffix.is_empty() { format!("{}/texte", desk.sheets[1]) } else { desk.sheets[1].clone() };
        desk.chromium.wait_for(&format!("location.pathname === '{other}'"));
    }
    desk.look_at(&desk.sheets[0]);
    desk.chromium.script("document.getElementById('fiche').focus()");
    let width = || {
        let width = desk.chromium.script("return parseFloat(document.querySelector('canvas').style.width)");
        width.as_f64().expect("a width")
    };
    let normal = width();
    desk.chromium.press("+");
    assert!(width() > normal);
    desk.chromium.press("0");
    assert!((width() - normal).abs() < 1.0);
    desk.chromium.press("-");
    assert!(width() < normal);
}
