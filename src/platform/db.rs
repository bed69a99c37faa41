//! Three doors to the database, all on blocking threads (house rule 7).
//!
//! `read` sees one state and can change nothing; `write` commits if and only if its closure
//! returns `Ok`; `maintain` runs outside a transaction and serves retention and continuity alone.
//! On SQLite one fair gate orders every writer: `busy_timeout` alone is polling, and starves.

mod migrations;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

pub use migrations::steps_lacking;

use super::error::{Error, Result};

/// One connection to either database. PostgreSQL stands first: SQLite would take any text as a path.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs one diesel expression on the connection inside: for what the enum cannot say (upserts).
macro_rules! on_conn {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::platform::db::Conn::Pg($c) => $body,
            $crate::platform::db::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_conn;

/// Where a database is: chosen by its scheme, and an unknown scheme is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    Sqlite(PathBuf),
    /// The whole URL; it may hold a password, so it is never displayed.
    Postgres(String),
}

impl FromStr for Location {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err("sqlite: attend un chemin".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if !cfg!(feature = "pg-tls") && !stays_on_this_machine(url) {
                return Err(
                    "un serveur PostgreSQL sur une autre machine demande une compilation avec --features pg-tls".to_owned()
                );
            }
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err("l’adresse commence par sqlite: ou postgres:".to_owned())
    }
}

/// Loopback or a Unix socket: without TLS nothing else is accepted.
fn stays_on_this_machine(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (authority, tail) = rest.split_once(['/', '?']).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or("")
    } else {
        host.split(':').next().unwrap_or("")
    };
    let names_another_host = tail.contains("host=") || tail.contains("hostaddr=");
    let socket_in_query = tail.contains("host=/") || tail.contains("host=%2F") || tail.contains("host=%2f");
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "") && (!names_another_host || socket_in_query)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite, {}", path.display()),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

/// Which tables live there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    Main,
    /// The keys alone, apart from what they open, and never in a backup.
    Keyring,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// Opens connections by URL scheme and sets each one up.
struct Opener {
    location: Location,
    access: Access,
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        open_connection(&self.location, self.access)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        match conn {
            // A file does not go away between two requests.
            Conn::Sqlite(_) => Ok(()),
            Conn::Pg(c) => c.ping().map_err(diesel::r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking()
            || match conn {
                Conn::Pg(c) => c.is_broken(),
                Conn::Sqlite(c) => c.is_broken(),
            }
    }
}

fn open_connection(location: &Location, access: Access) -> Result<Conn, diesel::r2d2::Error> {
    match location {
        Location::Sqlite(path) => {
            let url = match access {
                Access::Write => path.display().to_string(),
                Access::Read => read_only_uri(path),
            };
            let mut c = SqliteConnection::establish(&url).map_err(diesel::r2d2::Error::ConnectionError)?;
            let set_up = match access {
                Access::Write => {
                    "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                     PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
                }
                Access::Read => "PRAGMA busy_timeout=5000; PRAGMA temp_store=MEMORY;",
            };
            c.batch_execute(set_up).map_err(diesel::r2d2::Error::QueryError)?;
            Ok(Conn::Sqlite(c))
        }
        Location::Postgres(url) => {
            let mut c = PgConnection::establish(url).map_err(diesel::r2d2::Error::ConnectionError)?;
            c.batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages TO WARNING")
                .map_err(diesel::r2d2::Error::QueryError)?;
            Ok(Conn::Pg(c))
        }
    }
}

/// `mode=ro` cannot be lifted by a pragma, unlike `query_only`.
fn read_only_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.display().to_string().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri.push_str("?mode=ro");
    uri
}

type ConnPool = Pool<Opener>;
type Lent = PooledConnection<Opener>;

/// Readers at once; each display reads a few times for some tens of microseconds.
const READERS: u32 = 8;
/// How long a request waits for a connection before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// The advisory lock that gives PostgreSQL the meaning of `BEGIN IMMEDIATE`, across instances.
const WRITE_LOCK: i64 = 7261;
/// The doors. Cloning shares the pools.
#[derive(Clone)]
pub struct Db {
    location: Location,
    readers: ConnPool,
    writer: ConnPool,
    gate: Gate,
}

/// First come, first served, among all who write to the SQLite file.
#[derive(Clone, Default)]
pub struct Gate(Arc<tokio::sync::Mutex<()>>);

impl Gate {
    /// Waits for the turn. Panics on an async thread: a free alarm against blocking there.
    pub fn pass(&self) -> impl Drop + '_ {
        self.0.blocking_lock()
    }
}

impl Db {
    /// Opens both pools. The write connection comes first: it makes the file the readers open.
    pub fn open(location: &Location, contents: Contents) -> Result<Self> {
        let pool = |access, size| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(PATIENCE)
                .error_handler(Box::new(diesel::r2d2::LoggingErrorHandler))
                .build(Opener { location: location.clone(), access })
                .map_err(|e| Error::Installation(format!("la base ne s’ouvre pas ({location})\u{a0}: {e}")))
        };
        if let Location::Sqlite(path) = location {
            make_private_file(path)?;
        }
        let writers = match (location, contents) {
            (Location::Sqlite(_), _) | (_, Contents::Keyring) => 1,
            (Location::Postgres(_), Contents::Main) => 4,
        };
        let writer = pool(Access::Write, writers)?;
        let readers = match contents {
            Contents::Main => pool(Access::Read, READERS)?,
            Contents::Keyring => pool(Access::Read, 4)?,
        };
        Ok(Self { location: location.clone(), readers, writer, gate: Gate::default() })
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    /// One unchanging view; a write inside fails.
    pub fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.lend(&self.readers)?;
        within(&mut conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f)
    }

    /// One change, whole or not at all: committed if and only if `f` returns `Ok`.
    pub fn write<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.lend(&self.writer)?;
        let _turn = self.turn();
        let pg = format!("BEGIN; SELECT pg_advisory_xact_lock({WRITE_LOCK})");
        within(&mut conn, "BEGIN IMMEDIATE", &pg, f)
    }

    /// Outside a transaction: checkpoint, vacuum, backup. For retention and continuity only.
    pub fn maintain<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.lend(&self.writer)?;
        let _turn = self.turn();
        f(&mut conn)
    }

    /// The trace writer's own connection and the gate it shares with the doors.
    pub(crate) fn for_trace_writer(&self) -> Result<TraceDoor> {
        Ok(TraceDoor { location: self.location.clone(), gate: self.gate.clone(), conn: None })
    }

    /// PostgreSQL orders its writers itself.
    fn turn(&self) -> Option<impl Drop + '_> {
        matches!(self.location, Location::Sqlite(_)).then(|| self.gate.pass())
    }

    fn lend(&self, pool: &ConnPool) -> Result<Lent> {
        pool.get().map_err(|e| {
            tracing::error!(cause = %e, "no database connection");
            Error::Unavailable("no database connection")
        })
    }
}

/// The one exception to the doors: traces are written by one thread, many to a commit.
pub(crate) struct TraceDoor {
    location: Location,
    gate: Gate,
    conn: Option<Conn>,
}

impl TraceDoor {
    pub(crate) fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// Whether the turn at the gate is needed: PostgreSQL's writer takes no lock.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.location, Location::Sqlite(_))
    }

    /// One transaction on the writer's own connection, opened anew if it was lost.
    pub(crate) fn write<T>(&mut self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            empty => empty.insert(open_connection(&self.location, Access::Write).map_err(|e| {
                tracing::error!(cause = %e, "trace writer: no connection");
                Error::Unavailable("no database connection")
            })?),
        };
        within(conn, "BEGIN IMMEDIATE", "BEGIN", f)
    }

    /// Forgets a connection that no longer answers, so that the next write opens another.
    pub(crate) fn drop_if_lost(&mut self) {
        let lost = match &mut self.conn {
            Some(Conn::Pg(c)) => c.ping().is_err(),
            _ => false,
        };
        if lost {
            self.conn = None;
        }
    }
}

/// A transaction begun with the words each database needs. `f` gets the enum.
fn within<T>(conn: &mut Conn, sqlite: &str, pg: &str, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    type Manager = <Conn as Connection>::TransactionManager;
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, sqlite),
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(c, pg),
    }?;
    match f(conn) {
        Ok(value) => match Manager::commit_transaction(conn) {
            Ok(()) => Ok(value),
            Err(error) => {
                let _ = Manager::rollback_transaction(conn);
                Err(error.into())
            }
        },
        Err(error) => {
            Manager::rollback_transaction(conn)?;
            Err(error)
        }
    }
}

/// What a checkpoint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Checkpoint {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub busy: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub log: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub checkpointed: i32,
}

/// Whether deleted rows are overwritten: 1 when they are.
#[derive(Debug, QueryableByName)]
struct SecureDelete {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    secure_delete: i32,
}

impl Db {
    /// Moves SQLite's log into the file and empties it, so that what was deleted is gone from both.
    /// Returns whether it is done, and whether SQLite overwrites what it deletes; a reader in the way is
    /// given 100 ms, and the caller comes back.
    pub fn checkpoint(&self) -> Result<bool> {
        self.maintain(|conn| match conn {
            Conn::Sqlite(c) => {
                // The gate is held: a long wait here would make a trace miss its two seconds.
                c.batch_execute("PRAGMA busy_timeout=100")?;
                let said = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Checkpoint>(c);
                c.batch_execute("PRAGMA busy_timeout=5000")?;
                let overwrites = sql_query("PRAGMA secure_delete").get_result::<SecureDelete>(c)?;
                Ok(said?.busy == 0 && overwrites.secure_delete == 1)
            }
            Conn::Pg(c) => Ok(c.batch_execute("CHECKPOINT").is_ok()),
        })
    }
}

/// The file holds what only the program may read: mode 600 from its first byte.
fn make_private_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let explain = |e: std::io::Error| Error::Installation(format!("{}\u{a0}: {e}", path.display()));
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(explain)?;
    }
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(|_| ()).map_err(explain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database_and_an_unknown_one_is_refused() {
        assert_eq!("sqlite:/a/b".parse(), Ok(Location::Sqlite("/a/b".into())));
        assert!(matches!("postgres://u@127.0.0.1/x".parse(), Ok(Location::Postgres(_))));
        for bad in ["", "sqlite:", "mysql://x", "host=localhost dbname=x", "/a/b"] {
            assert!(bad.parse::<Location>().is_err(), "{bad}");
        }
    }

    #[test]
    #[cfg(not(feature = "pg-tls"))]
    fn a_remote_postgres_without_tls_is_refused() {
        for bad in [
            "postgres://u@db.example/x",
            "postgres://u@127.0.0.1.evil.example/x",
            "postgres://u@localhost/x?host=db.example",
            "postgres://localhost@db.example/x",
        ] {
            assert!(bad.parse::<Location>().is_err(), "{bad}");
        }
        for good in
            ["postgres:///x?host=/run/postgresql", "postgres://u:p@[::1]:5432/x", "postgres://localhost/x"]
        {
            assert!(good.parse::<Location>().is_ok(), "{good}");
        }
    }

    #[test]
    fn a_path_with_odd_characters_is_escaped_in_the_read_only_uri() {
        assert_eq!(read_only_uri(Path::new("/a b/c?d#é.db")), "file:/a%20b/c%3Fd%23%C3%A9.db?mode=ro");
    }
}
