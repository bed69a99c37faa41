//! An installation that outlives the processes working on it: a folder, two databases, a clock.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use parvis::demo;
use parvis::identity::account::NewAccount;
use parvis::identity::{Machine, Place, Role, settled};
use parvis::platform::config::Settings;
use parvis::platform::{Clock, Conn};

use crate::harness::app::{self, paris};
use crate::harness::database::{self, Kind, OnServer};
use crate::harness::{Client, Committee, file};
use crate::processes::{Said, code_of, parvis};

pub const PASSWORD: &str = "nacre-et-girouette-44";

pub struct Installation {
    kind: Kind,
    settings: Settings,
    place: Place,
    folder: tempfile::TempDir,
    _databases: Option<OnServer>,
    /// Half minutes that the telephones of its people have run ahead: no code serves twice.
    codes: AtomicI64,
}

/// Somebody with an account past its first login.
#[derive(Clone)]
pub struct Person {
    pub login: String,
    pub totp_secret: String,
}

impl Installation {
    /// Keys and settings, no tables yet. The processes that work on it take its clock for theirs.
    pub fn bare(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place { config: None, data: folder.path().join("data") };
        let mut settings = demo::prepare(&place, 8080).expect("a data folder");
        let databases = database::furnish(kind, &mut settings.database);
        // What `serve` demands of an installation that is no demo.
        let written = place.data.join("parvis.toml");
        let text = std::fs::read_to_string(&written).expect("settings");
        let text = text
            .replace("\"127.0.0.1:8080\"", "\"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\nworkers = 1")
            .replace("http://localhost:8080", "https://parvis.example")
            .replace("\"Habitat des Trois-Vals\"", "\"Habitat des Trois-Vals, essais\"");
        let (url, keyring_url) = (&settings.database.url, &settings.database.keyring_url);
        let text = format!("{text}\n[database]\nurl = \"{url}\"\nkeyring_url = \"{keyring_url}\"\n");
        std::fs::write(&written, text).expect("settings");
        let settings = Settings::load(&place).expect("settings that hold");
        Self { kind, settings, place, folder, _databases: databases, codes: AtomicI64::new(0) }
    }

    /// Two communes under convention; Monday 23 November 2026, 10:32 in Paris.
    pub fn new(kind: Kind) -> Self {
        let installation = Self::bare(kind);
        installation.at("2026-11-23 10:32");
        app::sign_conventions(&installation.open("2026-11-23 10:32"));
        installation
    }

    pub fn data(&self) -> PathBuf {
        self.place.data.clone()
    }

    /// A path beside the data.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the databases are: a demo writes settings of its own, which name others.
    fn urls(&self) -> Vec<(&'static str, String)> {
        match self.kind {
            Kind::Sqlite => Vec::new(),
            Kind::Postgres => vec![
                ("PARVIS__DATABASE__URL", self.settings.database.url.clone()),
                ("PARVIS__DATABASE__KEYRING_URL", self.settings.database.keyring_url.clone()),
            ],
        }
    }

    /// Sets the clock of the commands to come.
    pub fn at(&self, text: &str) {
        let shift = paris(text) - now();
        std::fs::write(self.place.data.join("clock"), shift.num_seconds().to_string()).expect("a clock");
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = parvis();
        command.envs(self.urls()).arg("--data").arg(&self.place.data).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().expect("the binary"))
    }

    /// Runs it to its end; how long that took.
    pub fn timed(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        self.run(arguments).ends(0);
        began.elapsed()
    }

    /// Opens it in this process, at this time of Paris.
    pub fn open(&self, text: &str) -> Machine {
        self.open_with(Clock::starting_at(paris(text)))
    }

    pub fn open_with(&self, clock: Clock) -> Machine {
        self.try_open(clock).expect("an installation that opens")
    }

    pub fn try_open(&self, clock: Clock) -> parvis::platform::Result<Machine> {
        Machine::open(self.settings.clone(), &self.place, clock)
    }

    /// A file of these committees, as a landlord sends it.
    pub fn file(&self, name: &str, committees: &[Committee]) -> String {
        let path = self.folder.path().join(format!("{name}.json"));
        std::fs::write(&path, file(committees).to_string()).expect("a file");
        path.to_string_lossy().into_owned()
    }

    /// Somebody who reads for one commune.
    pub fn reader(&self, machine: &Machine, login: &str, commune: &str) -> Person {
        let new = NewAccount {
            login: login.to_owned(),
            role: Role::Instructor,
            first_name: "Camille".to_owned(),
            last_name: "Moreau".to_owned(),
            job_title: "instructrice logement".to_owned(),
            communes: vec![commune.parse().expect("a code")],
            contact_for: Vec::new(),
            from: machine.clock().now().today(),
        };
        let made = settled::account(machine, new, PASSWORD).expect("a database").expect("an account");
        Person { login: login.to_owned(), totp_secret: made.totp_secret }
    }

    /// The next code of a person's telephone, and the clocks of the servers that it is shown to.
    pub fn next_code(&self, person: &Person, servers: &[&Machine]) -> String {
        let ahead = TimeDelta::seconds(30 * (self.codes.fetch_add(1, Ordering::Relaxed) + 1));
        let clock = Clock::system();
        clock.advance_authenticator(ahead);
        let seconds = clock.authenticator_seconds();
        for server in servers {
            let behind = i64::try_from(seconds).expect("a second")
                - i64::try_from(server.clock().authenticator_seconds()).expect("a second");
            server.clock().advance_authenticator(TimeDelta::seconds(behind));
        }
        code_of(&person.totp_secret, seconds)
    }
}

fn now() -> DateTime<Utc> {
    Clock::system().now().utc()
}

/// A server in this process, on an installation that others work on too.
pub struct Server {
    pub machine: Machine,
    pub url: String,
    running: Option<(actix_web::dev::ServerHandle, std::thread::JoinHandle<()>)>,
}

impl Server {
    pub fn start(machine: Machine) -> Self {
        let (address, handle, thread) = app::serve(&machine);
        Self { machine, url: format!("http://{address}"), running: Some((handle, thread)) }
    }

    pub fn client(&self) -> Client {
        Client::new(self.url.clone())
    }

    /// A browser of this person's, signed in.
    pub fn signed_in(&self, installation: &Installation, person: &Person) -> Client {
        let mut client = self.client();
        client
            .submit("/connexion?encore", &[("identifiant", &person.login), ("mot_de_passe", PASSWORD)])
            .leads_to("/connexion/code");
        let code = installation.next_code(person, &[&self.machine]);
        client.submit("/connexion/code", &[("code", &code)]).leads_to("/");
        client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.running.take() {
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }
}

// --- questions to a database -------------------------------------------------------------------

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// One column named `text`.
pub fn texts_on(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Text> = sql_query(sql).load(conn).unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.into_iter().map(|row| row.text).collect()
}

pub fn texts(machine: &Machine, sql: &str) -> Vec<String> {
    machine.db().read(|conn| Ok(texts_on(conn, sql))).expect("a query")
}

/// `SELECT count(*) FROM …`, from what follows `FROM`.
pub fn count(machine: &Machine, from: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM {from}");
    machine.db().read(|conn| Ok(sql_query(&sql).get_result::<Counted>(conn)?.n)).expect("a query")
}

/// One change made behind the program's back.
pub fn execute(machine: &Machine, sql: &str) -> usize {
    machine.db().write(|conn| Ok(sql_query(sql).execute(conn)?)).unwrap_or_else(|e| panic!("{sql}: {e}"))
}
