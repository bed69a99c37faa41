//! What a reading leaves behind on the reader's machine and in the service's log.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::chromium::Chromium;
use crate::desk::{Desk, PAINTED, one_space};
use crate::harness::log_so_far;

/// Stands nowhere else: what is planted on purpose, to be found.
const PLANTED: &str = "PLANTAGENET";

/// A careless site: the name in address, title, field and text, all of it to be kept, and a picture.
fn careless_site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let body = format!(
                "<!doctype html><title>{PLANTED} dans le titre</title><p>{PLANTED} dans la page</p>\
                 <form action=/{PLANTED}><input id=q name=q><button>Chercher</button></form>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: max-age=3600\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

/// Files below a folder that hold a text, in UTF-8 or in UTF-16, whatever the spaces around it.
fn files_with(folder: &Path, wanted: &str) -> Vec<PathBuf> {
    let plain = wanted.as_bytes().to_vec();
    let wide: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
    files_below(folder)
        .into_iter()
        .filter(|path| {
            let bytes = std::fs::read(path).unwrap_or_default();
            [&plain, &wide]
                .iter()
                .any(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()))
        })
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}

/// Types a name in the search of a list and sends it.
fn search(chromium: &Chromium, field: &str, text: &str) {
    chromium.script(&format!("document.querySelector('{field}').focus()"));
    chromium.type_text(text);
    chromium.press("Enter");
}

#[test]
fn e12_titles_addresses_history_cache_and_profile_hold_no_name_and_no_number_after_a_day_of_reading() {
    let desk = Desk::open();
    let chromium = &desk.chromium;
    let mut said = String::new();
    for page in desk.pixel_pages().iter().chain(&desk.text_pages()).chain(&desk.sheets) {
        desk.visit(page);
        if !page.ends_with("/texte") {
            chromium.wait_for(PAINTED);
        }
        said.push_str(&chromium.text("document.title + ' ' + location.href + '\\n'"));
    }
    // Searched in both displays; typed as a person types.
    desk.look_at(&desk.list);
    search(chromium, "#q", &desk.personal[0]);
    desk.wait_until_it_says("1 fiche sur 5.");
    desk.visit(&format!("{}/texte", desk.list));
    search(chromium, "#q", &desk.personal[0]);
    desk.wait_until_it_says("1 fiche sur 5.");
    said.push_str(&chromium.text("document.title + ' ' + location.href + ' ' + document.referrer"));
    assert_eq!(desk.personal_in(&said), Vec::<&str>::new());
    assert_eq!(chromium.script("return localStorage.length + sessionStorage.length"), json!(0));
    assert_eq!(
        chromium.script_later("const back = arguments[0]; caches.keys().then((keys) => back(keys.length))"),
        json!(0)
    );
    desk.look_at(&desk.sheets[0]);
    let size = chromium
        .script("const canvas = document.querySelector('canvas'); return [canvas.width, canvas.height]");

    // Positive control, in the same browser: what a careless site does is found.
    let careless = careless_site();
    chromium.goto(&format!("{careless}/{PLANTED}"));
    search(chromium, "#q", PLANTED);
    chromium.wait_for("location.search");

    let Desk { chromium, app, personal, .. } = desk;
    let home = chromium.close();
    let planted = files_with(home.path(), PLANTED);
    let kept_in = |part: &str| planted.iter().any(|path| path.to_string_lossy().contains(part));
    assert!(kept_in("History") && kept_in("Cache"), "{planted:?}");
    for one in personal.iter().chain([&"099 03 22".to_owned(), &"099\u{a0}03\u{a0}22".to_owned()]) {
        assert_eq!(files_with(home.path(), one), Vec::<PathBuf>::new(), "{one}");
    }
    // The profile knows the site was visited: the search would have found names beside it.
    assert!(!files_with(home.path(), app.url().trim_start_matches("http://")).is_empty());
    // The picture itself: a PNG begins with its size.
    let wanted: Vec<u8> = [&size[0], &size[1]]
        .iter()
        .flat_map(|side| u32::try_from(side.as_u64().expect("a size")).expect("a size").to_be_bytes())
        .collect();
    let holds_picture = |bytes: &[u8]| {
        bytes.windows(12).any(|window| window.starts_with(b"IHDR") && window[4..] == wanted[..])
    };
    for path in files_below(home.path()) {
        assert!(!holds_picture(&std::fs::read(&path).unwrap_or_default()), "{}", path.display());
    }
    assert!(holds_picture(&[b"....IHDR".as_slice(), &wanted].concat()), "positive control");

    let log = one_space(&log_so_far());
    let unbroken: String = log.chars().filter(|c| !c.is_whitespace()).collect();
    for one in &personal {
        assert!(!unbroken.contains(one.replace(' ', "").as_str()), "« {one} » in the log");
    }
    tracing::info!("{} comes in", personal[0]);
    assert!(log_so_far().contains(&personal[0]), "positive control");
}

/// A browser keeps what a form has sent beside the page that answered, in the file of its session. The
/// page's script takes it back; what remains without scripts is in docs/threat-model.md.
#[test]
fn e12_what_was_searched_is_not_kept_in_the_browsers_session() {
    for scripts in [true, false] {
        let desk = Desk::open();
        desk.chromium.without_scripts(!scripts);
        desk.visit(&format!("{}/texte", desk.list));
        search(&desk.chromium, "#q", &desk.personal[0]);
        desk.wait_until_it_says("1 fiche sur 5.");
        desk.chromium.goto(&format!("{}/aide", desk.app.url()));
        let Desk { chromium, personal, .. } = desk;
        let home = chromium.close();
        let kept = files_with(home.path(), &format!("q={}", personal[0]));
        assert_eq!(kept.is_empty(), scripts, "without scripts, positive control: {kept:?}");
    }
}
