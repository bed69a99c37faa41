//! A room imports only from floors below it.

use std::collections::BTreeSet;

use crate::sources::{Source, below};

/// From the top. Where it differs from the first drawing of the house: `agenda` stands above
/// `retention`, because the landlord's page on committees shows the certificates of their purges;
/// `public` and `assets` stand where nothing but the guard and the notices is in reach.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["timetable", "demo"],
    &["app"],
    &["routes"],
    &["frame"],
    &["overview"],
    &["agenda", "accounts", "levers", "outbox"],
    &["public", "assets"],
    &["retention"],
    &["sheets"],
    &["conventions", "committees"],
    &["identity"],
    &["messages"],
    &["traces"],
    &["notices", "opening_hours"],
    &["page"],
    &["platform"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// The rooms named in this text by `crate::room`, `crate::{a, b::c}`, or by `super::` up to the root.
fn rooms_named(code: &str, depth: usize) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if !code[..at].ends_with('$') {
            rooms.extend(heads(&code[at + "crate::".len()..]));
        }
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut climbed = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, climbed) = (after, climbed + 1);
        }
        if climbed >= depth {
            rooms.extend(heads(rest));
        }
    }
    rooms
}

/// The first name of a path, or of each path of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut depth = 0;
    let mut heads = Vec::new();
    let mut begins = true;
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !sign.is_whitespace() => {
                heads.push(name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    heads
}

/// Arrows that run up or sideways, and rooms that stand on no floor.
fn faults(sources: &[Source]) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    for source in sources.iter().filter(|source| source.path != "src/lib.rs") {
        let room = source.room();
        let Some(own) = floor(room) else {
            faults.insert(format!("{}: {room} stands on no floor", source.path));
            continue;
        };
        // Tests of a slice may look anywhere below too, never up: the whole text is read.
        let whole: String = source.text.lines().filter(|line| !line.trim_start().starts_with("//")).fold(
            String::new(),
            |mut whole, line| {
                whole.push_str(line);
                whole.push('\n');
                whole
            },
        );
        let mut named = rooms_named(&whole, source.depth());
        if source.path == "src/main.rs" {
            named.extend(whole.match_indices("parvis::").flat_map(|(at, _)| heads(&whole[at + 8..])));
        }
        // `super::*` in the tests of a file: the room itself.
        for target in named.into_iter().filter(|target| !target.is_empty() && target != room) {
            match floor(&target) {
                Some(below) if below > own => {}
                Some(_) => {
                    faults.insert(format!("{}: {room} → {target} does not run down", source.path));
                }
                None => {
                    faults.insert(format!("{}: {target} stands on no floor", source.path));
                }
            }
        }
    }
    faults
}

#[test]
fn no_arrow_runs_up() {
    assert_eq!(faults(&below("src")), BTreeSet::new());
}

#[test]
fn every_room_of_the_table_exists() {
    let sources = below("src");
    for room in FLOORS.iter().flat_map(|floor| floor.iter()) {
        assert!(sources.iter().any(|source| source.room() == *room), "{room} is gone: take it off its floor");
    }
}

#[test]
fn an_arrow_that_runs_up_is_found_however_it_is_written() {
    for (path, text) in [
        ("src/traces/mod.rs", "use crate::sheets::Permit;"),
        ("src/traces/mod.rs", "fn f() { crate::identity::acts::Enter; }"),
        ("src/identity/guard.rs", "use crate::{platform::Now, sheets::{permit, view}};"),
        ("src/identity/guard.rs", "use crate::{\n    page,\n    conventions,\n};"),
        ("src/identity/guard.rs", "use super::super::sheets;"),
        ("src/committees.rs", "use super::conventions;"),
        ("src/committees.rs", "use crate::conventions::Standing;"),
        ("src/attic.rs", ""),
        ("src/sheets/mod.rs", "use crate::attic;"),
    ] {
        assert_eq!(faults(&[Source::planted(path, text)]).len(), 1, "{path}: {text}");
    }
    let sound = [
        Source::planted(
            "src/identity/guard.rs",
            "use super::policy;\nuse crate::{page::form, platform::{Now, Conn}};",
        ),
        Source::planted("src/sheets/import/json.rs", "use super::super::sheet; // crate::frame"),
        Source::planted("src/sheets/mod.rs", "// crate::frame is above"),
    ];
    assert_eq!(faults(&sound[..1]), BTreeSet::new());
    assert_eq!(faults(&sound[2..]), BTreeSet::new());
}
