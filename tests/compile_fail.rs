//! What must not compile: proofs that are forged, copied or used twice, handlers beside the guard.
//!
//! `tests/compile_fail/` stands outside the crate. In one crate that proves little, for
//! `pub(crate)` would pass there; so each file of `tests/inside/` includes the whole crate and plays
//! a thief within it. rustc stops by phase (names, types, privacy, moves): one phase per file, or an
//! earlier error would hide the later ones. The stored `.stderr` counts the errors; after a change
//! of toolchain `TRYBUILD=overwrite cargo test --test compile_fail` writes them anew, to be read.

use std::path::Path;

/// The macros that embed migrations and static files look for them beside the manifest of the crate
/// being compiled: in trybuild's own project, links lead to the real ones.
fn lend_embedded_folders() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder inside target/");
    let project = target.join("tests/trybuild/parvis");
    std::fs::create_dir_all(&project).expect("target/ can be written");
    for folder in ["migrations", "static"] {
        let link = project.join(folder);
        let _ = std::fs::remove_file(&link);
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        std::os::unix::fs::symlink(real, link).expect("target/ can hold links");
    }
}

#[test]
fn proofs_cannot_be_forged_copied_used_twice_or_gone_around() {
    lend_embedded_folders();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
    cases.compile_fail("tests/inside/*.rs");
}
