//! Pages of `docs/` that the program and its tests write: compared here, rewritten with
//! `UPDATE_GOLDEN=1 cargo test --test architecture documents`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use parvis::identity::policy;
use parvis::sheets::import::json_schema;
use parvis::sheets::import::treatments::TREATMENTS;

use crate::clauses::CLAUSES;
use crate::sources::{Source, below};

#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting of the program")]
fn is_update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// The file is what the program would write now.
fn golden(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if is_update() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "docs/{name} is out of date, first at {difference:?}: UPDATE_GOLDEN=1 cargo test --test architecture documents"
    );
}

// --- the access matrix ---------------------------------------------------------------------------

#[test]
fn the_access_matrix_is_the_policy() {
    let introduction = "\
# Who may do what

Generated from `src/identity/policy.rs`; a test fails when this page and the program differ.

A row is an action, a column a role: *instructor* reads, *contact* is the town hall's « référent » and reads if
habilitated, *manager* administers for the landlord, *dpo* advises it. The door says how far one must have come in
signing in before the role is even asked for; a public action is open to anybody, so that its columns say nothing more.

« yes » lets a request in. What then depends on the person and the moment (second factor, commitment, suspension,
opening hours, convention, habilitation, pace) and on the sheet (commune, committee, withdrawal) is decided anew for
each display by `src/sheets/permit.rs`. No role of the landlord reads sheets.

";
    golden("access-matrix.md", &format!("{introduction}{}", policy::matrix()));
}

// --- the import ----------------------------------------------------------------------------------

#[test]
fn the_schema_of_the_import_is_what_the_import_reads() {
    let schema = serde_json::to_string_pretty(&json_schema()).unwrap();
    golden("import.schema.json", &format!("{schema}\n"));
}

#[test]
fn e06_every_field_of_the_import_has_its_treatment_and_its_reason() {
    let mut page = String::from(
        "\
# Every field of a sheet, and what becomes of it

Generated from `src/sheets/import/treatments.rs`; a test fails when this page and the program differ. Treatments and
reasons are in French, as the import's report gives them to the landlord.

| fields | treatment | why |
| --- | --- | --- |
",
    );
    for row in TREATMENTS {
        assert!(!row.why.is_empty(), "{:?} has no reason", row.fields);
        let fields: Vec<String> = row.fields.iter().map(|field| format!("`{field}`")).collect();
        writeln!(page, "| {} | {} | {} |", fields.join(", "), row.treatment.words(), row.why).unwrap();
    }
    golden("import-fields.md", &page);
}

// --- conformity ----------------------------------------------------------------------------------

/// One test that bears a clause's name.
#[derive(Debug, PartialEq, Eq)]
struct Proof {
    sentence: String,
    path: String,
    /// « both », « Chromium » or « inside ».
    runs: &'static str,
}

/// Where a test runs, from its file and from what follows its name.
fn runs(path: &str, signature: &str) -> &'static str {
    match path {
        _ if signature.contains(": TestApp") => "both",
        path if path.starts_with("tests/browser/") => "Chromium",
        path if path.starts_with("tests/crash/") => "processes",
        _ => "inside",
    }
}

fn proofs(sources: &[Source]) -> BTreeMap<u8, Vec<Proof>> {
    let mut proofs: BTreeMap<u8, Vec<Proof>> = BTreeMap::new();
    for source in sources {
        for line in source.text.lines() {
            let line = line.trim().trim_start_matches("pub ").trim_start_matches("async ");
            let Some((clause, rest)) = line.strip_prefix("fn e").and_then(|rest| rest.split_once('_')) else {
                continue;
            };
            let Some(clause) = (clause.len() == 2).then(|| clause.parse().ok()).flatten() else { continue };
            let name = rest.split(['(', '<', ' ']).next().unwrap_or_default();
            proofs.entry(clause).or_default().push(Proof {
                sentence: name.replace('_', " "),
                path: source.path.clone(),
                runs: runs(&source.path, rest),
            });
        }
    }
    proofs
}

#[test]
fn conformity_lists_every_test_that_bears_a_clause() {
    let mut sources = below("src");
    // The planted names below are not proofs.
    sources.extend(below("tests").into_iter().filter(|source| !source.path.ends_with("documents.rs")));
    sources.extend(below("tests").into_iter().filter(|source| source.path.ends_with("documents.rs")).map(
        |source| {
            let text = source.text.split("// --- controls").next().unwrap_or_default().to_owned();
            Source { text, ..source }
        },
    ));
    let proofs = proofs(&sources);
    for clause in proofs.keys() {
        assert!(CLAUSES.iter().any(|(number, ..)| number == clause), "there is no clause E{clause}");
    }
    let mut page = String::from(
        "\
# Clauses and their proofs

Generated from the names of the tests; a test fails when this page and the tests differ. A test that proves a part of a
clause bears its number; its name is the sentence shown here. « both » runs over HTTP on SQLite and on PostgreSQL,
« Chromium » in that browser on a running server, « processes » kills the built binary, or takes its disk, keys or clock
away, « inside » proves a rule without a server. A clause may be proved in part only: what is not there yet is in
[architecture.md](architecture.md). Sources: C the convention, TS its technical sheet, L the law, P our practice.

",
    );
    let (proved, open): (Vec<_>, Vec<_>) =
        CLAUSES.iter().partition(|(number, ..)| proofs.contains_key(number));
    for (number, source, asks) in proved {
        writeln!(page, "## E{number} · {source}\n\n{asks}\n\n| test | runs | where |\n| --- | --- | --- |")
            .unwrap();
        for proof in &proofs[&number] {
            writeln!(page, "| {} | {} | `{}` |", proof.sentence, proof.runs, proof.path).unwrap();
        }
        page.push('\n');
    }
    page.push_str(
        "## Without a test that bears their name\n\nNot built yet, or not a matter of the program alone.\n\n",
    );
    page.push_str("| clause | source | asks |\n| --- | --- | --- |\n");
    for (number, source, asks) in open {
        writeln!(page, "| E{number} | {source} | {asks} |").unwrap();
    }
    golden("conformity.md", &page);
}

// --- controls ------------------------------------------------------------------------------------

#[test]
fn proofs_are_found_by_their_names() {
    let planted = Source::planted(
        "tests/suite/planted.rs",
        "    fn e12_a_print_is_blank(app: TestApp) {\nfn e7_too_short() {}\nfn every_day() {}\n    fn e07_gone((a, b) in any()) {\n",
    );
    let in_a_browser = Source::planted("tests/browser/planted.rs", "fn e12_a_right_click() {\n");
    let found = proofs(&[planted, in_a_browser]);
    let sentences: Vec<(u8, &str, &str)> = found
        .iter()
        .flat_map(|(clause, proofs)| proofs.iter().map(|p| (*clause, p.sentence.as_str(), p.runs)))
        .collect();
    assert_eq!(
        sentences,
        [(7, "gone", "inside"), (12, "a print is blank", "both"), (12, "a right click", "Chromium")]
    );
}

#[test]
fn the_clauses_are_numbered_without_a_gap() {
    let numbers: Vec<u8> = CLAUSES.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=43).collect::<Vec<u8>>());
}
