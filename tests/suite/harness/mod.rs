//! Everything a test needs to tell its story: a whole running Parvis, people at their browsers, the
//! landlord's files, and both databases.

mod actors;
pub mod app;
mod client;
pub mod database;
mod documents;
mod logs;

pub use actors::Account;
pub use app::{TestApp, log_so_far};
pub use client::{Answer, Client};
pub use database::Kind;
pub use documents::{Committee, committee, file};

pub const VALBOURG: &str = "99101";
pub const MERIZEAU: &str = "99102";

/// Runs each test named twice, on a fresh SQLite database and on a fresh PostgreSQL one. A test that
/// is not named here is dead code, and the lints refuse it.
macro_rules! both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name($crate::harness::TestApp::start($crate::harness::Kind::Sqlite));
            }

            #[test]
            fn on_postgres() {
                super::$name($crate::harness::TestApp::start($crate::harness::Kind::Postgres));
            }
        }
    )+};
}
pub(crate) use both_databases;
