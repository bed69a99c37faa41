//! The command line: call what was typed, and end with its exit code. 0 done, 1 refused with reasons,
//! 2 usage, 3 environment.

mod accounts;
mod arguments;
mod check;
mod evidence;
mod mail;
mod publishing;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use self::arguments::{CertificateCommand, Command, MailCommand, TracesCommand};
use crate::identity::{Machine, Place};
use crate::page::format;
use crate::platform::config::Settings;
use crate::platform::crypto::{self, Secrets};
use crate::platform::{Clock, Error};
use crate::{app, demo, timetable};

/// Why a command ends without having done its work.
enum Failure {
    /// Refused, with reasons: 1.
    Refused(String),
    /// The installation is not fit: 3.
    Environment(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Environment(explained(&error))
    }
}

/// With what to do first, where the machine is at fault and not the program.
fn explained(error: &Error) -> String {
    error.advice().map_or_else(|| error.to_string(), |advice| format!("{advice}\n({error})"))
}

type Done = Result<(), Failure>;

/// Runs the command; its exit code.
pub fn main() -> ExitCode {
    let typed = match arguments::typed() {
        Ok(typed) => typed,
        Err(code) => return code,
    };
    crypto::install_tls_provider();
    keep_memory_off_the_disk();
    let usual = match typed.command {
        Command::Demo { .. } => "parvis-demo",
        _ => "parvis-data",
    };
    let place =
        Place { config: typed.place.config, data: typed.place.data.unwrap_or_else(|| PathBuf::from(usual)) };
    match run(typed.command, &place) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Refused(reasons)) => {
            complain(&reasons);
            ExitCode::from(1)
        }
        Err(Failure::Environment(reasons)) => {
            complain(&reasons);
            ExitCode::from(3)
        }
    }
}

/// No core dump: memory holds keys and opened sheets. A system that refuses even this has none to give.
fn keep_memory_off_the_disk() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// A closed pipe ends a command quietly.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// « 4 fiches ».
fn counted(n: usize, one: &str, many: &str) -> String {
    format::count(i64::try_from(n).unwrap_or(i64::MAX), one, many)
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn run(command: Command, place: &Place) -> Done {
    match command {
        Command::Init => init(place),
        Command::Serve => serve(place),
        Command::Demo { port, at } => demonstrate(place, port, at),
        Command::Migrate => {
            open(place)?;
            say("La base est à niveau.");
            Ok(())
        }
        Command::Import { files, check } => publishing::import(place, &files, check),
        Command::Purge { dry_run } => evidence::purge(place, dry_run),
        Command::Account(command) => accounts::run(place, command),
        Command::Traces(TracesCommand::Verify) => evidence::verify_traces(place),
        Command::Certificate(CertificateCommand::Verify { file, key }) => {
            evidence::verify_certificate(&file, &key)
        }
        Command::Mail(MailCommand::Bounced) => mail::bounced(place),
        Command::Check => check::check(place),
    }
}

fn settings(place: &Place) -> Result<Settings, Failure> {
    Settings::load(place).map_err(|faults| Failure::Environment(faults.to_string()))
}

fn open(place: &Place) -> Result<Machine, Failure> {
    log_to_stderr("warn");
    Ok(Machine::open(settings(place)?, place, demo::clock_of(place))?)
}

fn log_to_stderr(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}

/// The settings a new installation fills in: all that is required, nothing else.
const TO_FILL_IN: &str = include_str!("../../config/parvis.example.toml");

fn init(place: &Place) -> Done {
    if Secrets::exist(&place.keys()) {
        return Err(Failure::Refused(format!(
            "{}\u{a0}: les clés existent déjà\u{a0}; rien n’a été changé.",
            place.keys().display()
        )));
    }
    let secrets = Secrets::create(&place.keys())?;
    let file = place.data.join("parvis.toml");
    if !file.exists() {
        std::fs::write(&file, TO_FILL_IN)
            .map_err(|e| Failure::Environment(format!("{}\u{a0}: {e}", file.display())))?;
    }
    say(&format!(
        "Les clés sont dans {}, lisibles de ce seul compte. Gardez-en une copie hors ligne.\n\
         Clé publique des certificats : {} (nom : {}).\n\
         Remplissez {}, puis : parvis check",
        place.keys().display(),
        secrets.public_key(),
        secrets.key_id(),
        file.display()
    ));
    Ok(())
}

fn runtime() -> actix_web::rt::SystemRunner {
    actix_web::rt::System::new()
}

fn serve(place: &Place) -> Done {
    let settings = settings(place)?;
    let faults = settings.production_faults();
    if !faults.is_empty() {
        return Err(Failure::Environment(faults.join("\n")));
    }
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).try_init();
    let machine = Machine::open(settings, place, Clock::system())?;
    let listen = machine.settings().server.listen.clone();
    runtime().block_on(async move {
        let (server, address) = app::bind(&machine, &listen)?;
        let _scheduler = timetable::start(&machine).await?;
        tracing::info!(%address, "serving");
        server.await.map_err(|e| Failure::Environment(e.to_string()))
    })
}

fn demonstrate(place: &Place, port: u16, at: Option<DateTime<Utc>>) -> Done {
    log_to_stderr("warn");
    let clock = Clock::system();
    let settings = demo::prepare(place, port)?;
    clock.set(demo::starts_at(&settings, at, clock.now())?);
    let machine = Machine::open(settings, place, clock)?;
    let machine = demo::furnish(machine, place)?;
    runtime().block_on(async move {
        let (server, address) = app::bind(&machine, &format!("127.0.0.1:{port}"))?;
        let _scheduler = timetable::start(&machine).await?;
        say(&demo::welcome(&machine, address.port()));
        server.await.map_err(|e| Failure::Environment(e.to_string()))
    })
}
