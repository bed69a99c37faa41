//! The pages in a real Chromium: what the main job comes to on the reader's own screen.
//!
//! Each test starts its own chromedriver and Chromium, on a profile of its own, and ends both. It
//! needs Debian's `chromium-driver` and `poppler-utils`, and axe-core where `PARVIS_TEST_AXE` says;
//! `./scripts/test` installs them, and without them the tests fail, so that nothing is passed over in
//! silence. They run on SQLite: what differs between the two databases is the suite's affair. A test
//! that finds nothing also finds it, in the same run, with the protection taken away.

mod accessibility;
mod chromium;
mod desk;
#[path = "../suite/harness/mod.rs"]
#[expect(dead_code, unused_imports, unused_macros, reason = "the suite's harness, of which this is a part")]
mod harness;
mod keyboard;
mod open_page;
mod paper;
mod passkeys;
mod printing;
mod saving;
mod screens;
mod traces_left;
