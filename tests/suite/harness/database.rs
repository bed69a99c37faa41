//! A fresh database and its keyring for each test: two files, or two databases of the test server.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query};
use parvis::platform::config;
use parvis::platform::db::{Contents, Db, Location};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Names of this run's databases on the server: the next run drops what a dead one has left.
const PREFIX: &str = "parvis_suite_";

/// Points the settings at a fresh pair of databases. What is returned is dropped last.
pub fn furnish(kind: Kind, settings: &mut config::Database) -> Option<OnServer> {
    match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(OnServer::create(settings)),
    }
}

/// Two databases of the test server, gone with the test.
pub struct OnServer {
    names: [String; 2],
}

impl OnServer {
    fn create(settings: &mut config::Database) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let templates = &*TEMPLATES;
        let names = ["main", "keyring"].map(|what| format!("{}_{number}_{what}", run()));
        for (name, template) in names.iter().zip(templates) {
            on_server(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        }
        settings.url = url(&names[0]);
        settings.keyring_url = url(&names[1]);
        Self { names }
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        for name in &self.names {
            on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Migrated once a run: a copy takes a twentieth of the time.
static TEMPLATES: LazyLock<[String; 2]> = LazyLock::new(|| {
    drop_what_dead_runs_left();
    [("main", Contents::Main), ("keyring", Contents::Keyring)].map(|(what, contents)| {
        let name = format!("{}_template_{what}", run());
        on_server(&format!("CREATE DATABASE {name}"));
        let location: Location = url(&name).parse().expect("a URL of the test server");
        Db::open(&location, contents).and_then(|db| db.migrate(contents)).expect("a migrated template");
        on_server(&format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS false; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
        name
    })
});

fn run() -> String {
    format!("{PREFIX}{}", std::process::id())
}

fn drop_what_dead_runs_left() {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let known: Vec<Named> = sql_query("SELECT datname::text AS name FROM pg_database")
        .load(&mut server())
        .expect("the names of the databases");
    for Named { name } in known {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let process = rest.split('_').next().unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn on_server(sql: &str) {
    // Simple protocol, but CREATE DATABASE refuses to stand in one message with others.
    let mut server = server();
    for statement in sql.split("; ") {
        server.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
}

fn server() -> PgConnection {
    PgConnection::establish(&server_url()).expect("the test server answers")
}

#[expect(clippy::disallowed_methods, reason = "where the test server is, is no setting of an installation")]
fn server_url() -> String {
    std::env::var("PARVIS_TEST_POSTGRES").expect(
        "PARVIS_TEST_POSTGRES is not set: half of the tests need PostgreSQL. Run ./scripts/test, which starts it.",
    )
}

fn url(name: &str) -> String {
    let server = server_url();
    let (address, _) = server.rsplit_once('/').expect("postgres://…/database");
    format!("{address}/{name}")
}

/// The files of a SQLite installation that hold data: databases and their logs.
pub fn sqlite_files(data: &Path) -> Vec<PathBuf> {
    ["parvis.db", "parvis.db-wal", "keyring.db", "keyring.db-wal"]
        .iter()
        .map(|name| data.join(name))
        .filter(|path| path.exists())
        .collect()
}
