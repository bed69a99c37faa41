//! Screens of every width and kind: enlarged, narrow, in imposed colours, at rest.

use serde_json::json;

use crate::chromium::Chromium;
use crate::desk::{Desk, PAINTED};

/// Pages of every shape: forms, registers, sheets, painted and in text.
fn pages(desk: &Desk) -> Vec<String> {
    let fixed =
        ["/connexion?encore", "/commissions", "/compte", "/mot-de-passe", "/charte", "/mentions", "/rien"];
    let shown = desk.pixel_pages().into_iter().chain(desk.text_pages());
    fixed.iter().map(|path| (*path).to_owned()).chain(shown).collect()
}

fn settle(desk: &Desk) {
    if desk.chromium.holds("document.querySelector('canvas')") {
        desk.chromium.wait_for(PAINTED);
    }
}

/// What makes one scroll sideways: « 76 px: p.figures … », nothing where the page fits.
fn too_wide(desk: &Desk) -> Vec<String> {
    let found = desk.chromium.script(
        "const root = document.documentElement;
         const beyond = (width) => Math.round(width - root.clientWidth);
         const whole = Math.max(root.scrollWidth, document.body.scrollWidth);
         if (beyond(whole) <= 0) return [];
         const wide = [...document.querySelectorAll('body *')]
           .filter((one) => beyond(one.getBoundingClientRect().right) > 0)
           .map((one) => `${beyond(one.getBoundingClientRect().right)} px: ${one.outerHTML.slice(0, 80)}`);
         return [`${beyond(whole)} px`, ...wide.slice(-4)]",
    );
    found.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

#[track_caller]
fn fits(desk: &Desk, what: &str) {
    assert_eq!(too_wide(desk), Vec::<String>::new(), "{what}");
}

#[test]
fn at_200_and_400_percent_and_on_a_telephone_nothing_scrolls_sideways() {
    let desk = Desk::open();
    // A window of 1280 x 1024, enlarged: what is left of it in css pixels. And a telephone.
    for (width, height, scale) in [(640, 512, 2), (320, 256, 4), (390, 844, 3), (360, 740, 3)] {
        desk.chromium.resize(width, height, scale);
        for page in pages(&desk) {
            desk.visit(&page);
            settle(&desk);
            fits(&desk, &format!("{page} at {width}"));
        }
    }
    desk.chromium.script(
        "const wide = document.createElement('div'); wide.style.width = '3000px'; wide.textContent = '…';
         document.body.append(wide)",
    );
    assert!(!too_wide(&desk).is_empty(), "positive control");
}

#[test]
fn letters_of_twice_the_size_fit_without_enlarging_the_page() {
    let desk = Desk::open_at(Chromium::with_letters_of(32));
    desk.chromium.resize(1280, 900, 1);
    for page in pages(&desk) {
        desk.visit(&page);
        settle(&desk);
        let size = desk.chromium.text("getComputedStyle(document.documentElement).fontSize");
        assert_eq!(size, "32px", "{page}: positive control");
        fits(&desk, &page);
    }
}

#[test]
fn wider_spacing_of_lines_letters_and_words_fits() {
    let desk = Desk::open();
    let spacing = "const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
        document.adoptedStyleSheets = [sheet];
        return getComputedStyle(document.querySelector('main')).letterSpacing";
    for width in [1280, 390] {
        desk.chromium.resize(width, 900, 1);
        for page in pages(&desk) {
            desk.visit(&page);
            settle(&desk);
            let spaced = desk.chromium.script(spacing);
            assert!(spaced.as_str().is_some_and(|space| space.ends_with("px")), "{page}: positive control");
            fits(&desk, &format!("{page} at {width}"));
        }
    }
}

/// Colours of the ink in the painted canvases, as « r,g,b », and those wanted of them.
const INK: &str = "
    const probe = document.createElement('i');
    probe.style.color = 'CanvasText';
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\\d+/g).join();
    const found = new Set();
    for (const canvas of document.querySelectorAll('canvas.painted')) {
      const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      for (let at = 0; at < bytes.length; at += 4)
        if (bytes[at + 3] > 60) found.add(`${bytes[at]},${bytes[at + 1]},${bytes[at + 2]}`);
    }
    return [wanted, ...found]";

#[test]
fn in_imposed_colours_painted_names_take_the_colour_of_text() {
    let desk = Desk::open();
    for scheme in ["light", "dark"] {
        let features = [("forced-colors", "active"), ("prefers-color-scheme", scheme)];
        desk.chromium.emulate_media("", &features);
        for page in [&desk.list, &desk.comparison] {
            desk.look_at(page);
            assert!(desk.chromium.holds("matchMedia('(forced-colors: active)').matches"));
            let inks = desk.chromium.script(INK);
            assert_eq!(inks, json!([inks[0], inks[0]]), "{page}, {scheme}");
        }
        // Nothing that carries meaning is drawn in the colour of what stands behind it.
        for page in pages(&desk) {
            desk.visit(&page);
            settle(&desk);
            let hidden = desk.chromium.script(LOST_IN_THE_BACKGROUND);
            assert_eq!(hidden, json!([]), "{page}, {scheme}");
        }
        desk.chromium.script(
            "const lost = document.createElement('p');
             lost.style.cssText = 'forced-color-adjust: none; color: Canvas';
             lost.textContent = 'perdu';
             document.querySelector('main').append(lost)",
        );
        assert_eq!(desk.chromium.script(LOST_IN_THE_BACKGROUND), json!(["perdu"]), "positive control");
    }
}

/// Texts and strokes that have the colour of the canvas and no background of their own.
const LOST_IN_THE_BACKGROUND: &str = "
    const probe = document.createElement('i');
    probe.style.color = 'Canvas';
    document.body.append(probe);
    const canvas = getComputedStyle(probe).color;
    probe.remove();
    const own = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const behind = getComputedStyle(at).backgroundColor;
        if (!/, 0\\)$/.test(behind)) return behind;
      }
      return canvas;
    };
    const lost = [];
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      if (!element.checkVisibility() || element.closest('.unseen, .skip, .watermark')) continue;
      const said = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
      if (said && !element.closest('svg') && style.color === own(element)) lost.push(said);
      if (element.matches('svg text') && style.fill === own(element.closest('svg').parentElement)) lost.push(said);
      if (element.matches('svg line, svg path') && style.stroke === canvas) lost.push(element.outerHTML);
    }
    return lost";

/// Elements that would move, however briefly.
const MOVING: &str = "
    return [...document.querySelectorAll('*')].filter((element) => {
      const style = getComputedStyle(element);
      const lasts = (durations) => durations.split(',').some((one) => parseFloat(one) > 0);
      return lasts(style.transitionDuration) || (style.animationName !== 'none' && lasts(style.animationDuration))
        || style.scrollBehavior === 'smooth';
    }).length + document.getAnimations().length";

#[test]
fn nothing_moves_for_whoever_asked_for_less_motion() {
    let desk = Desk::open();
    let restless = "const sheet = new CSSStyleSheet();
        sheet.replaceSync('a { transition: color 1s } html { scroll-behavior: smooth }');
        document.adoptedStyleSheets = [sheet];";
    for page in pages(&desk) {
        desk.chromium.emulate_media("", &[("prefers-reduced-motion", "reduce")]);
        desk.visit(&page);
        settle(&desk);
        assert_eq!(desk.chromium.script(MOVING), json!(0), "{page}");
        // Whatever a style sheet may ask for later.
        desk.chromium.script(restless);
        assert_eq!(desk.chromium.script(MOVING), json!(0), "{page}");
        desk.chromium.emulate_media("", &[("prefers-reduced-motion", "no-preference")]);
        assert!(desk.chromium.script(MOVING).as_i64() > Some(0), "{page}: positive control");
    }
}
