//! The command line: parse, call, exit code. 0 done, 1 refused with reasons, 2 usage, 3 environment.

use std::io::{BufReader, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;
use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::demo;
use crate::identity::account::{self, NewAccount};
use crate::identity::password::{self, Hash};
use crate::identity::{Machine, Place, Role, session};
use crate::page::format;
use crate::platform::config::Settings;
use crate::platform::crypto::Secrets;
use crate::platform::id::Insee;
use crate::platform::{Clock, Error};
use crate::sheets::import::Format;
use crate::sheets::{permit, publish, published};
use crate::{app, retention, timetable, traces};

/// Extranet sécurisé des fiches de synthèse, entre un bailleur social et ses communes.
#[derive(Parser)]
#[command(
    name = "parvis",
    version,
    about = "Extranet sécurisé des fiches de synthèse, entre un bailleur social et ses communes",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct PlaceArgs {
    /// Fichier de réglages (par défaut : DOSSIER/parvis.toml)
    #[arg(long, global = true, value_name = "FICHIER")]
    config: Option<PathBuf>,
    /// Dossier des données et des clés
    #[arg(long, global = true, value_name = "DOSSIER")]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Créer les clés et un fichier de réglages à remplir
    Init,
    /// Servir l’extranet
    Serve,
    /// Essayer l’extranet sur des données inventées, sur cette machine seulement
    Demo {
        /// Port de la boucle locale (8080 par défaut)
        #[arg(long, default_value_t = 8080, hide_default_value = true)]
        port: u16,
        /// Heure de Paris à laquelle commence la démonstration, 2026-11-23T10:00
        #[arg(long, value_parser = paris_time)]
        at: Option<DateTime<Utc>>,
    },
    /// Mettre la base à niveau
    Migrate,
    /// Publier des fichiers de commissions et de fiches (JSON ou CSV)
    Import {
        #[arg(required = true, value_name = "FICHIER")]
        files: Vec<PathBuf>,
        /// Vérifier sans rien publier
        #[arg(long)]
        check: bool,
    },
    /// Détruire les fiches des commissions passées
    Purge {
        /// Dire ce qui serait détruit, sans rien détruire
        #[arg(long)]
        dry_run: bool,
    },
    /// Comptes
    #[command(subcommand)]
    Account(AccountCommand),
    /// Traces
    #[command(subcommand)]
    Traces(TracesCommand),
    /// Certificats de purge
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// Vérifier les réglages, les clés, l’horloge et la base
    Check,
}

#[derive(Subcommand)]
enum AccountCommand {
    /// Créer un compte ; son mot de passe provisoire s’affiche une seule fois
    Add {
        #[arg(long)]
        login: String,
        /// instructor, contact, manager ou dpo
        #[arg(long, value_enum, hide_possible_values = true)]
        role: RoleArg,
        #[arg(long)]
        first_name: String,
        #[arg(long)]
        last_name: String,
        /// Fonction (E16)
        #[arg(long)]
        job_title: String,
        /// Code INSEE ; à répéter pour plusieurs communes
        #[arg(long, value_parser = insee)]
        commune: Vec<Insee>,
    },
    /// Donner un nouveau mot de passe provisoire ; le second facteur reste
    Reset { login: String },
    /// Lister les comptes
    List,
}

#[derive(Subcommand)]
enum TracesCommand {
    /// Recalculer la chaîne des traces et nommer le premier lot altéré
    Verify,
}

#[derive(Subcommand)]
enum CertificateCommand {
    /// Vérifier un certificat, ailleurs, avec la seule clé publique
    Verify {
        #[arg(value_name = "FICHIER")]
        file: PathBuf,
        /// Fichier de la clé publique (keys/signing.pub)
        #[arg(long, value_name = "CLÉ")]
        key: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArg {
    Instructor,
    Contact,
    Manager,
    Dpo,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Instructor => Self::Instructor,
            RoleArg::Contact => Self::Contact,
            RoleArg::Manager => Self::Manager,
            RoleArg::Dpo => Self::Dpo,
        }
    }
}

fn insee(text: &str) -> Result<Insee, String> {
    text.to_uppercase().parse().map_err(|_| "un code INSEE compte cinq caractères".to_owned())
}

fn paris_time(text: &str) -> Result<DateTime<Utc>, String> {
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .ok_or("une date et une heure de Paris, 2026-11-23T10:00")?;
    let instant = Paris.from_local_datetime(&local).earliest().ok_or("cette heure n’existe pas à Paris")?;
    Ok(instant.to_utc())
}

/// Why a command ends without having done its work.
enum Failure {
    /// Refused, with reasons: 1.
    Refused(String),
    /// The installation is not fit: 3.
    Environment(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Environment(match error.advice() {
            Some(advice) => format!("{advice}\n({error})"),
            None => error.to_string(),
        })
    }
}

type Done = Result<(), Failure>;

/// Runs the command; its exit code.
pub fn main() -> ExitCode {
    let matches = in_french(Cli::command())
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help("Afficher la version"),
        )
        .get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    // First of all: rustls takes the provider that is installed when it is asked.
    let _ = rustls::crypto::ring::default_provider().install_default();
    keep_memory_off_the_disk();
    let place = |default: &str| Place {
        config: cli.place.config.clone(),
        data: cli.place.data.clone().unwrap_or_else(|| PathBuf::from(default)),
    };
    let done = match cli.command {
        Command::Demo { port, at } => demonstrate(&place("parvis-demo"), port, at),
        command => run(command, &place("parvis-data")),
    };
    match done {
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

/// The words that clap says by itself, in the language of the rest.
fn in_french(command: clap::Command) -> clap::Command {
    command
        .help_template("{about-with-newline}\nUsage\u{a0}: {usage}\n\n{all-args}")
        .subcommand_help_heading("Commandes")
        .subcommand_value_name("COMMANDE")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).help("Afficher cette aide"))
        .mut_subcommands(in_french)
}

/// A closed pipe ends a command quietly.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn run(command: Command, place: &Place) -> Done {
    match command {
        Command::Init => init(place),
        Command::Serve => serve(place),
        Command::Demo { .. } => Ok(()),
        Command::Migrate => {
            open(place)?;
            say("La base est à niveau.");
            Ok(())
        }
        Command::Import { files, check } => import(place, &files, check),
        Command::Purge { dry_run } => purge(place, dry_run),
        Command::Account(command) => accounts(place, command),
        Command::Traces(TracesCommand::Verify) => verify_traces(place),
        Command::Certificate(CertificateCommand::Verify { file, key }) => verify_certificate(&file, &key),
        Command::Check => check(place),
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
const TO_FILL_IN: &str = include_str!("../config/parvis.example.toml");

fn init(place: &Place) -> Done {
    if Secrets::exist(&place.keys()) {
        return Err(Failure::Refused(format!(
            "{} : les clés existent déjà ; rien n’a été changé.",
            place.keys().display()
        )));
    }
    let secrets = Secrets::create(&place.keys())?;
    let file = place.data.join("parvis.toml");
    if !file.exists() {
        std::fs::write(&file, TO_FILL_IN)
            .map_err(|e| Failure::Environment(format!("{} : {e}", file.display())))?;
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

fn import(place: &Place, files: &[PathBuf], check: bool) -> Done {
    let machine = open(place)?;
    let mut refused = Vec::new();
    for file in files {
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some(form) = Format::of_file_name(&name) else {
            refused.push(format!("{name} : un fichier .json ou .csv est attendu."));
            continue;
        };
        let source = std::fs::File::open(file)
            .map_err(|e| Failure::Environment(format!("{} : {e}", file.display())))?;
        let mut progress = progress(&name);
        let outcome = publish::publish(&machine, BufReader::new(source), &name, form, check, &mut progress);
        end_progress();
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Error::Stale) => {
                refused.push(format!(
                    "{name} : un autre import a publié la même commission entre-temps ; relancez celui-ci."
                ));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if outcome.report.is_valid() {
            say(&told(&name, &outcome, check));
        } else {
            refused.push(format!("{name} : rien n’a été publié.\n{}", outcome.report.faults));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Refused(refused.join("\n\n"))) }
}

/// Counts on a terminal, five times a second; nothing where nobody looks.
fn progress(name: &str) -> impl FnMut(u64) + use<> {
    let (name, shown) = (name.to_owned(), std::io::stderr().is_terminal());
    let mut last = Instant::now();
    move |sheets| {
        if shown && last.elapsed() >= Duration::from_millis(200) {
            last = Instant::now();
            let _ = write!(std::io::stderr(), "\r{name} : {sheets} fiches lues…");
        }
    }
}

fn end_progress() {
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

fn told(name: &str, outcome: &publish::Outcome, check: bool) -> String {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut lines = vec![format!(
        "{name} : {}, {}{}",
        format::count(count(outcome.report.committees), "commission", "commissions"),
        format::count(count(outcome.report.sheets), "fiche", "fiches"),
        if check { " ; sans faute. Rien n’a été publié (--check)." } else { "." }
    )];
    for change in &outcome.changes {
        let mut line = format!(
            "  {} : {} nouvelles, {} modifiées, {} inchangées, {} retirées",
            change.reference, change.new, change.changed, change.unchanged, change.gone
        );
        if change.withheld > 0 {
            line.push_str(&format!(" ; {} toujours retenues par le gestionnaire", change.withheld));
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn purge(place: &Place, dry_run: bool) -> Done {
    let machine = open(place)?;
    if dry_run {
        let due = retention::due(&machine)?;
        if due.is_empty() {
            say("Rien à purger.");
        }
        for committee in due {
            say(&format!(
                "{} (tenue le {}) serait purgée.",
                committee.reference,
                format::date_full(committee.ends_on)
            ));
        }
        return Ok(());
    }
    let report = retention::purge(&machine)?;
    if report.purged.is_empty() && report.unfinished.is_empty() {
        say("Rien à purger.");
    }
    for certificate in &report.purged {
        let payload = certificate.read()?;
        say(&format!(
            "{} : {} fiches détruites, {} restantes ; certificat signé (clé {}).",
            payload.committee, payload.sheets_deleted, payload.sheets_left, payload.key_id
        ));
    }
    if report.unfinished.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(format!(
            "Purge inachevée : {}. Elle reprendra d’elle-même.",
            report.unfinished.join(", ")
        )))
    }
}

fn accounts(place: &Place, command: AccountCommand) -> Done {
    let machine = open(place)?;
    let life = TimeDelta::days(i64::from(machine.settings().accounts.temporary_secret_days));
    let now = machine.clock().now();
    match command {
        AccountCommand::Add { login, role, first_name, last_name, job_title, commune } => {
            let secret = password::temporary_secret()?;
            let hash = Hash::make(&secret)?;
            let new = NewAccount {
                login,
                role: role.into(),
                first_name,
                last_name,
                job_title,
                communes: commune,
                from: now.today(),
            };
            machine
                .db()
                .write(|conn| account::create(conn, new, &hash, life, now))?
                .map_err(|refusal| Failure::Refused(refusal.to_string()))?;
            tell_secret(&secret, now.utc() + life);
            Ok(())
        }
        AccountCommand::Reset { login } => {
            let secret = password::temporary_secret()?;
            let hash = Hash::make(&secret)?;
            let known = machine.db().write(|conn| {
                let Some(known) = account::find_by_login(conn, &account::normalized_login(&login))? else {
                    return Ok(false);
                };
                account::set_password(conn, &known.id, &hash, Some(now.naive() + life), now)?;
                session::end_all(conn, &known.id, None, session::EndedBy::PasswordChanged, now)?;
                Ok(true)
            })?;
            if !known {
                return Err(Failure::Refused(format!("L’identifiant « {login} » est inconnu.")));
            }
            tell_secret(&secret, now.utc() + life);
            Ok(())
        }
        AccountCommand::List => {
            for one in machine.db().read(account::list)? {
                let last = one.last_login_at.map_or_else(
                    || "jamais connecté".to_owned(),
                    |at| format!("vu le {}", format::day_and_time(at.and_utc())),
                );
                say(&format!("{}\t{}\t{}\t{last}", one.login, one.role.in_french(), one.name()));
            }
            Ok(())
        }
    }
}

fn tell_secret(secret: &str, until: DateTime<Utc>) {
    say(&format!(
        "Mot de passe provisoire : {secret}\nIl sert une fois, jusqu’au {}. Il ne sera plus montré.",
        format::day_and_time(until)
    ));
}

fn verify_traces(place: &Place) -> Done {
    let machine = open(place)?;
    match retention::verify_traces(&machine)? {
        traces::Verdict::Whole { batches, rows, erased } => {
            say(&format!(
                "La chaîne est entière : {rows} traces en {batches} lots ; {erased} lots effacés à terme."
            ));
            Ok(())
        }
        traces::Verdict::Broken { instance, batch, found } => Err(Failure::Refused(format!(
            "La chaîne est rompue : instance {instance}, lot {batch} : {found}."
        ))),
    }
}

fn verify_certificate(file: &PathBuf, key: &PathBuf) -> Done {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|e| Failure::Environment(format!("{} : {e}", path.display())))
    };
    let certificate: retention::Certificate = serde_json::from_str(&read(file)?)
        .map_err(|_| Failure::Refused("Ce fichier n’est pas un certificat.".to_owned()))?;
    let payload = retention::verify(&certificate, &read(key)?)
        .map_err(|why| Failure::Refused(format!("Certificat refusé : {why}.")))?;
    say(&format!(
        "Certificat authentique (clé {}).\n{}, commission {} tenue jusqu’au {} : {} fiches détruites, {} restantes, {} clés détruites.",
        payload.key_id,
        payload.landlord,
        payload.committee,
        payload.ends_on,
        payload.sheets_deleted,
        payload.sheets_left,
        payload.keys_destroyed
    ));
    for sentence in payload.verified {
        say(&format!("  Vérifié : {sentence}"));
    }
    for sentence in payload.outside {
        say(&format!("  Hors du certificat : {sentence}"));
    }
    Ok(())
}

fn check(place: &Place) -> Done {
    let mut refused = false;
    let mut verdict = |what: &str, found: Result<String, String>| {
        refused |= found.is_err();
        say(&match found {
            Ok(fact) => format!("✓ {what} : {fact}"),
            Err(fault) => format!("✗ {what} : {}", fault.replace('\n', "\n    ")),
        });
    };
    let loaded = Settings::load(place);
    match &loaded {
        Ok(settings) => {
            let mut faults = settings.production_faults();
            // What `serve` would refuse must be told here.
            faults.extend(permit::schedule(&settings.opening_hours).err().map(|fault| fault.to_string()));
            verdict(
                "réglages",
                if faults.is_empty() { Ok("complets".to_owned()) } else { Err(faults.join("\n")) },
            );
        }
        Err(faults) => verdict("réglages", Err(faults.to_string())),
    }
    let keys = Secrets::load(&place.keys());
    verdict(
        "clés",
        keys.map(|keys| format!("lisibles, signature {}", keys.key_id())).map_err(|e| e.to_string()),
    );
    let now = Clock::system().now();
    let plausible = now.today() >= chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    let shown = format::instant(now.utc());
    verdict("horloge", if plausible { Ok(shown) } else { Err(format!("{shown} : elle retarde")) });
    if let Ok(settings) = loaded {
        match Machine::open(settings, place, Clock::system()) {
            Ok(machine) => {
                verdict("base", Ok(format!("ouverte, à niveau ({})", machine.db().location())));
                verdict("trousseau", keyring(&machine));
            }
            Err(e) => verdict("base", Err(e.advice().map_or_else(|| e.to_string(), str::to_owned))),
        }
    }
    if refused { Err(Failure::Refused("L’installation n’est pas prête.".to_owned())) } else { Ok(()) }
}

/// Whether every sheet that may be read opens.
fn keyring(machine: &Machine) -> Result<String, String> {
    let now = machine.clock().now();
    let found = machine.db().read(|conn| published::readable(conn, now));
    match found.and_then(|readable| published::without_key(&readable, machine.keyring())) {
        Ok(without) if without.is_empty() => Ok("complet".to_owned()),
        Ok(_) => Err("des commissions publiées n’y ont plus leur clé. Remettez-le, ou publiez de nouveau le dernier fichier.".to_owned()),
        Err(e) => Err(e.advice().map_or_else(|| e.to_string(), str::to_owned)),
    }
}
