//! What must hold when something breaks: processes killed at any point, full and read-only disks,
//! lost and foreign keyrings, wrong clocks, bytes left behind, several instances on one database.
//!
//! Processes are the built binary, ended with `kill -9`. What is random comes from one seed, printed
//! by every test: `PARVIS_CRASH_SEED=… cargo test --test crash` tries the same delays again, and
//! `scripts/crash` tries a thousand.

#[path = "../suite/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the suite's own harness, of which a part serves here")]
mod harness;

mod chance;
mod clock;
mod disk;
mod import;
mod installation;
mod instances;
mod keyring;
mod lost_answer;
mod oracle;
mod processes;
mod purge;
mod raw_bytes;
mod traces;
