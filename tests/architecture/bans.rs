//! What only one place may do, and what no place may.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Source, below};

/// A text that stands in the program only where it is listed.
struct Ban {
    text: &'static str,
    /// A file, or a folder with its slash.
    allowed: &'static [&'static str],
    why: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        text: "Machine::open",
        allowed: &["src/cli/mod.rs", "src/identity/machine.rs"],
        why: "the program's own way to the database is made by the command line alone (rule 2)",
    },
    Ban {
        text: "mod store;",
        allowed: &["src/habilitations/mod.rs", "src/sheets/mod.rs", "src/traces/mod.rs"],
        why: "a store is declared by its slice, and privately: see the next two",
    },
    Ban { text: "pub mod store", allowed: &[], why: "a slice's rows are its own" },
    Ban { text: "pub(crate) mod store", allowed: &[], why: "a slice's rows are its own" },
    Ban { text: "PreEscaped", allowed: &["src/page/"], why: "only page/ may vouch for markup" },
    Ban { text: "Utc::now", allowed: &["src/platform/clock.rs"], why: "the time is a parameter (rule 6)" },
    Ban {
        text: "SystemTime::now",
        allowed: &["src/platform/clock.rs"],
        why: "the time is a parameter (rule 6)",
    },
    Ban { text: "Local::now", allowed: &[], why: "the machine's zone means nothing" },
    Ban {
        text: "Now::recorded",
        allowed: &["src/traces/store.rs"],
        why: "an instant that no clock has shown could be anything: only a stored trace has one",
    },
    Ban {
        text: "web::Data",
        allowed: &["src/identity/guard.rs", "src/app.rs", "src/frame.rs"],
        why: "what handlers need they get through the guard",
    },
    Ban {
        text: "for_trace_writer",
        allowed: &["src/traces/writer.rs", "src/platform/db.rs"],
        why: "the fourth door is the trace writer's (rule 7)",
    },
    Ban { text: ".unwrap()", allowed: &[], why: "say why it cannot fail, or return the error" },
    Ban { text: "panic!", allowed: &[], why: "return the error" },
    Ban { text: "todo!", allowed: &[], why: "unfinished" },
    Ban { text: "unimplemented!", allowed: &[], why: "unfinished" },
    Ban { text: "dbg!", allowed: &[], why: "it prints what may be personal" },
    Ban {
        text: "unreachable!",
        allowed: &["src/platform/crypto.rs"],
        why: "HMAC takes a key of any length; nowhere else is it so plain",
    },
    Ban { text: "unsafe ", allowed: &[], why: "no unsafe code" },
];

/// `expect(` in the program: how often, and why it cannot be reached from outside.
const EXPECTATIONS: &[(&str, usize, &str)] = &[
    ("src/opening_hours/mod.rs", 3, "constants of the calendar, checked when the program is compiled"),
    ("src/sheets/import/digest.rs", 1, "a struct of plain values always serialises"),
    ("src/sheets/sheet/list_entry.rs", 1, "a struct of plain values always serialises"),
    ("src/sheets/sheet/mod.rs", 1, "a struct of plain values always serialises"),
    ("src/sheets/pixels/fonts.rs", 2, "the fonts are part of the program, and a test reads them"),
    ("src/sheets/pixels/ink.rs", 1, "memory takes every byte of a page of the announced size"),
];

/// Files over [`MOST_LINES`], each with the reason why it stays whole.
const LONG: &[(&str, &str)] = &[
    (
        "src/platform/schema.rs",
        "every table, in the order of the migrations: one list is compared with the databases",
    ),
    ("src/sheets/publish.rs", "one publication from the file to the swap, whose steps share private state"),
    ("src/sheets/store.rs", "every query on sealed rows, so that the seal is opened in one file"),
];

const MOST_LINES: usize = 450;

fn broken<'a>(sources: &'a [Source], bans: &'a [Ban]) -> BTreeSet<String> {
    let mut broken = BTreeSet::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code() {
            for ban in bans {
                let allowed = ban.allowed.iter().any(|place| {
                    source.path == *place || (place.ends_with('/') && source.path.starts_with(place))
                });
                if line.contains(ban.text) && !allowed {
                    broken.insert(format!("{}:{number}: {} ({})", source.path, ban.text, ban.why));
                }
            }
        }
    }
    broken
}

fn expectations(sources: &[Source]) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        // `#[expect(…)]` is a lint, `.expect(` a promise.
        let count = source.code().iter().filter(|(_, line)| line.contains(".expect(")).count();
        if count > 0 {
            found.insert(source.path.as_str(), count);
        }
    }
    found
}

fn long(sources: &[Source]) -> BTreeSet<&str> {
    let too_long = |source: &&Source| !source.is_test() && source.text.lines().count() > MOST_LINES;
    sources.iter().filter(too_long).map(|source| source.path.as_str()).collect()
}

#[test]
fn what_one_place_may_do_no_other_does() {
    assert_eq!(broken(&below("src"), BANS), BTreeSet::new());
}

#[test]
fn every_broken_promise_would_be_found() {
    for ban in BANS {
        let theft = Source::planted("src/attic/thief.rs", &format!("fn steal() {{\n    {};\n}}\n", ban.text));
        assert!(!broken(&[theft], BANS).is_empty(), "{}", ban.text);
        let comment = Source::planted("src/attic/scholar.rs", &format!("// {} is banned here\n", ban.text));
        assert_eq!(broken(&[comment], BANS), BTreeSet::new(), "{}", ban.text);
    }
    let test = "fn sound() {}\n\n#[cfg(test)]\nmod tests {\n    fn f() { Some(1).unwrap(); }\n}\n";
    assert_eq!(broken(&[Source::planted("src/attic/mod.rs", test)], BANS), BTreeSet::new());
}

#[test]
fn every_expectation_is_listed_with_its_reason() {
    let sources = below("src");
    let listed: BTreeMap<&str, usize> = EXPECTATIONS.iter().map(|(path, count, _)| (*path, *count)).collect();
    assert_eq!(expectations(&sources), listed);
    let planted = [Source::planted("src/attic/mod.rs", "fn f() {\n    g().expect(\"luck\");\n}\n")];
    assert_eq!(expectations(&planted), BTreeMap::from([("src/attic/mod.rs", 1)]));
}

#[test]
fn a_long_file_is_listed_with_its_reason() {
    let sources = below("src");
    let listed: BTreeSet<&str> = LONG.iter().map(|(path, _)| *path).collect();
    assert_eq!(long(&sources), listed);
    let planted = [Source::planted("src/attic/mod.rs", &"fn f() {}\n".repeat(MOST_LINES + 1))];
    assert_eq!(long(&planted), BTreeSet::from(["src/attic/mod.rs"]));
}
