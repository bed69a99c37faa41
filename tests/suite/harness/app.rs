//! A whole running Parvis: settings, keys, databases, server, and a clock that can be set.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use parvis::conventions::{self, Commune, Signed};
use parvis::identity::{Machine, Place};
use parvis::platform::config::Settings;
use parvis::platform::db::Contents;
use parvis::platform::{Clock, Conn, Db};
use parvis::sheets::import::Format;
use parvis::sheets::publish::{self, Outcome};
use parvis::{app, demo, retention, timetable};

use super::database::{self, Kind, OnServer};
use super::documents::{Draft, committee, file};
use super::{Client, MERIZEAU, VALBOURG, logs};

/// An instant, by a watch in Paris: `2026-11-23 10:32` or `2026-11-23 19:00:00`.
pub fn paris(text: &str) -> DateTime<Utc> {
    let read = |form| NaiveDateTime::parse_from_str(text, form).ok();
    let local = read("%Y-%m-%d %H:%M:%S").or_else(|| read("%Y-%m-%d %H:%M")).expect("a date and a time");
    Paris.from_local_datetime(&local).earliest().expect("a time that exists").to_utc()
}

/// Handles are cheap to clone; the last one stops the server and takes the databases away.
#[derive(Clone)]
pub struct TestApp(Arc<Running>);

struct Running {
    kind: Kind,
    machine: Option<Machine>,
    address: SocketAddr,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
    folder: tempfile::TempDir,
    databases: Option<OnServer>,
}

impl TestApp {
    /// Two communes under convention, no account, no sheet; Monday 23 November 2026, 10:32 in Paris.
    pub fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_| {})
    }

    /// The same under settings of one's own.
    pub fn start_with(kind: Kind, change: impl FnOnce(&mut Settings)) -> Self {
        logs::listen();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place { config: None, data: folder.path().join("data") };
        let mut settings = demo::prepare(&place, 8080).expect("a data folder");
        settings.server.workers = 1;
        change(&mut settings);
        let databases = database::furnish(kind, &mut settings.database);
        let clock = Clock::starting_at(paris("2026-11-23 10:32"));
        let machine = Machine::open(settings, &place, clock).expect("an opened installation");
        sign_conventions(&machine);
        let (address, handle, thread) = serve(&machine);
        Self(Arc::new(Running {
            kind,
            machine: Some(machine),
            address,
            server: Some((handle, thread)),
            folder,
            databases,
        }))
    }

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    pub fn machine(&self) -> &Machine {
        self.0.machine.as_ref().expect("open until the end")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.0.folder.path().join("data")
    }

    /// Bytes of the SQLite databases and of their logs, as they lie on the disk.
    pub fn bytes_on_disk(&self) -> Vec<u8> {
        let files = database::sqlite_files(&self.data());
        files.iter().flat_map(|path: &PathBuf| read(path)).collect()
    }

    /// Sets the clock: `2026-11-26 18:59:59`, in Paris.
    pub fn at(&self, text: &str) {
        self.machine().clock().set(paris(text));
    }

    pub fn later(&self, by: TimeDelta) {
        self.machine().clock().advance(by);
    }

    pub fn today(&self) -> NaiveDate {
        self.machine().clock().now().today()
    }

    /// What the scheduler does each minute.
    pub fn tick(&self) {
        timetable::tick(self.machine());
    }

    /// Where the server listens, for what no browser would send.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Somebody nobody knows, at a browser of their own.
    pub fn stranger(&self) -> Client {
        Client::new(self.url())
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    // --- the landlord's files ---------------------------------------------------------------

    /// Reads a file as `parvis import` does.
    pub fn import(&self, bytes: &[u8], format: Format, check: bool) -> Outcome {
        publish::publish(self.machine(), bytes, "fichier", format, check, &mut |_| {})
            .expect("an import that ends")
    }

    /// Publishes committees, and insists that nothing is wrong with them.
    pub fn publish(&self, committees: &[super::Committee]) -> Outcome {
        let outcome = self.import(file(committees).to_string().as_bytes(), Format::Json, false);
        assert!(outcome.report.is_valid(), "{}", outcome.report.faults);
        outcome
    }

    /// The usual committee, on Thursday: five sheets of Valbourg, three of Mérizeau.
    pub fn publish_usual(&self) -> Vec<Draft> {
        let usual = committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 5).sheets(MERIZEAU, 3);
        self.publish(std::slice::from_ref(&usual));
        usual.drafts().to_vec()
    }

    pub fn committee_id(&self, reference: &str) -> String {
        self.text(&format!("SELECT id AS text FROM committees WHERE reference = '{reference}'"))
    }

    /// The sheets a commune can read of a committee, in the order of the file.
    pub fn sheets_of(&self, reference: &str, commune: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT s.sheet_id AS text FROM sheets s \
             JOIN committees c ON c.generation_id = s.generation_id \
             WHERE c.reference = '{reference}' AND s.commune = '{commune}' ORDER BY s.position"
        ))
    }

    pub fn purge(&self) -> retention::Report {
        retention::purge(self.machine()).expect("a purge that ends")
    }

    // --- the databases ----------------------------------------------------------------------

    /// One change made behind the program's back.
    pub fn execute(&self, sql: &str) -> usize {
        self.try_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    pub fn try_execute(&self, sql: &str) -> parvis::platform::Result<usize> {
        self.machine().db().write(|conn| Ok(sql_query(sql).execute(conn)?))
    }

    /// Makes every new row of traces fail, as a full disk would.
    pub fn forbid_traces(&self) {
        match self.kind() {
            Kind::Sqlite => self.execute(
                "CREATE TRIGGER full BEFORE INSERT ON traces BEGIN SELECT RAISE(ABORT, 'disk full'); END",
            ),
            Kind::Postgres => {
                self.execute("CREATE FUNCTION refuse() RETURNS trigger AS 'BEGIN RAISE ''disk full''; END' LANGUAGE plpgsql");
                self.execute(
                    "CREATE TRIGGER full_disk BEFORE INSERT ON traces FOR EACH ROW EXECUTE FUNCTION refuse()",
                )
            }
        };
    }

    pub fn allow_traces(&self) {
        match self.kind() {
            Kind::Sqlite => self.execute("DROP TRIGGER full"),
            Kind::Postgres => self.execute("DROP TRIGGER full_disk ON traces"),
        };
    }

    /// `SELECT count(*) FROM …`, from what follows `FROM`.
    pub fn count(&self, from: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Counted {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let sql = format!("SELECT count(*) AS n FROM {from}");
        self.query(|conn| Ok(sql_query(&sql).get_result::<Counted>(conn)?.n))
    }

    /// The same, once there is something: what nobody waits for is written after the answer.
    pub fn count_in_time(&self, from: &str) -> i64 {
        for _ in 0..100 {
            if self.count(from) > 0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        self.count(from)
    }

    /// One column named `text`.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        self.query(|conn| Ok(sql_query(sql).load::<Row>(conn)?.into_iter().map(|row| row.text).collect()))
    }

    pub fn text(&self, sql: &str) -> String {
        let mut all = self.texts(sql);
        assert_eq!(all.len(), 1, "{sql}: {all:?}");
        all.remove(0)
    }

    /// Asks the keyring's own database.
    pub fn in_keyring<T>(&self, f: impl FnOnce(&mut Conn) -> parvis::platform::Result<T>) -> T {
        let location = self.machine().settings().keyring(&self.data()).expect("a location");
        Db::open(&location, Contents::Keyring).and_then(|db| db.read(f)).expect("a query")
    }

    pub fn query<T>(&self, f: impl FnOnce(&mut Conn) -> parvis::platform::Result<T>) -> T {
        self.machine().db().read(f).expect("a query")
    }
}

/// What the program has logged so far, in every test of this run.
pub fn log_so_far() -> String {
    logs::so_far()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Valbourg and Mérizeau, under convention for some months.
pub fn sign_conventions(machine: &Machine) {
    let today = machine.clock().now().today();
    for (insee, name) in [(VALBOURG, "Valbourg"), (MERIZEAU, "Mérizeau")] {
        let signed = Signed {
            commune: Commune {
                insee: insee.parse().expect("a code"),
                name: name.to_owned(),
                alsace_moselle: false,
                good_friday: false,
            },
            by_landlord_on: today - TimeDelta::days(120),
            by_town_hall_on: today - TimeDelta::days(110),
            in_force_from: today - TimeDelta::days(100),
        };
        machine
            .db()
            .write(|conn| conventions::sign(conn, &signed))
            .expect("a database")
            .expect("a convention that can be signed");
    }
}

/// The server in a thread of its own, so that tests are plain functions on plain threads: the doors
/// of the database refuse to block an asynchronous one.
pub fn serve(machine: &Machine) -> (SocketAddr, actix_web::dev::ServerHandle, JoinHandle<()>) {
    let (told, bound) = mpsc::channel();
    let machine = machine.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (server, address) = app::bind(&machine, "127.0.0.1:0").expect("a free port");
            told.send((address, server.handle())).expect("somebody waits");
            server.await.expect("a server that ends well");
        });
    });
    let (address, handle) = bound.recv().expect("a bound server");
    (address, handle, thread)
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            // Sends the order at once; the answer comes when the thread ends.
            drop(handle.stop(false));
            let _ = thread.join();
        }
        // Connections first, then the databases.
        self.machine = None;
        self.databases = None;
    }
}
