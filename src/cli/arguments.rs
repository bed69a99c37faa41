//! What may be typed, and what is said of what may not: in French, with exit code 2.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::identity::Role;
use crate::platform::id::Insee;

/// Extranet sécurisé des fiches de synthèse, entre un bailleur social et ses communes.
#[derive(Parser)]
#[command(
    name = "parvis",
    version,
    about = "Extranet sécurisé des fiches de synthèse, entre un bailleur social et ses communes",
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub place: PlaceArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args)]
pub(super) struct PlaceArgs {
    /// Fichier de réglages (par défaut : DOSSIER/parvis.toml)
    #[arg(long, global = true, value_name = "FICHIER")]
    pub config: Option<PathBuf>,
    /// Dossier des données et des clés
    #[arg(long, global = true, value_name = "DOSSIER")]
    pub data: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Créer les clés et un fichier de réglages à remplir
    Init,
    /// Servir l’extranet
    Serve,
    /// Essayer l’extranet sur des données inventées, sur cette machine seulement
    Demo {
        /// Port de la boucle locale (8080 par défaut)
        #[arg(long, default_value = "8080", hide_default_value = true, value_parser = port)]
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
pub(super) enum AccountCommand {
    /// Créer un compte ; son mot de passe provisoire s’affiche une seule fois
    Add {
        #[arg(long)]
        login: String,
        /// instructor, contact, manager ou dpo
        #[arg(long, value_parser = role)]
        role: Role,
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
    /// Donner un nouveau mot de passe provisoire, et lever le blocage que son titulaire a demandé
    Reset {
        #[arg(value_name = "IDENTIFIANT")]
        login: String,
        /// Révoquer aussi le second facteur perdu ; dire comment l’identité a été vérifiée
        #[arg(long, value_name = "VÉRIFICATION")]
        second_factor: Option<String>,
    },
    /// Lister les comptes
    List,
}

#[derive(Subcommand)]
pub(super) enum TracesCommand {
    /// Recalculer la chaîne des traces et nommer le premier lot altéré
    Verify,
}

#[derive(Subcommand)]
pub(super) enum CertificateCommand {
    /// Vérifier un certificat, ailleurs, avec la seule clé publique
    Verify {
        #[arg(value_name = "FICHIER")]
        file: PathBuf,
        /// Fichier de la clé publique (keys/signing.pub)
        #[arg(long, value_name = "CLÉ")]
        key: PathBuf,
    },
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "instructor, contact, manager ou dpo".to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "un nombre de 0 à 65535".to_owned())
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

/// What was typed; or the exit code, once help, version or what is wrong has been told.
pub(super) fn typed() -> Result<Cli, ExitCode> {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = in_french(Cli::command()).arg(version.help("Afficher la version").help_heading(OPTIONS));
    command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        let wrong = fault(&error);
        match &wrong {
            Some(wrong) => {
                let _ = writeln!(std::io::stderr(), "{wrong}\nAide\u{a0}: parvis --help");
            }
            None => {
                let _ = error.print();
            }
        }
        if wrong.is_none() && !error.use_stderr() { ExitCode::SUCCESS } else { ExitCode::from(2) }
    })
}

const OPTIONS: &str = "Options\u{a0}";

/// The words that clap says by itself, in the language of the rest.
fn in_french(command: clap::Command) -> clap::Command {
    command
        .help_template("{about-with-newline}\nUsage\u{a0}: {usage}\n\n{all-args}")
        .subcommand_help_heading("Commandes\u{a0}")
        .subcommand_value_name("COMMANDE")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).help("Afficher cette aide"))
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "Arguments\u{a0}" } else { OPTIONS };
            arg.help_heading(heading)
        })
        .mut_subcommands(in_french)
}

/// What is wrong with what was typed; `None` where clap has only help to show.
fn fault(error: &clap::Error) -> Option<String> {
    let about = |kind| match error.get(kind) {
        Some(ContextValue::String(one)) => one.clone(),
        Some(ContextValue::Strings(all)) => all.join(", "),
        _ => String::new(),
    };
    let (argument, value) = (about(ContextKind::InvalidArg), about(ContextKind::InvalidValue));
    let why = std::error::Error::source(error).map(|why| format!("\u{a0}: {why}")).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => format!("{argument}\u{a0}: argument inconnu."),
        ErrorKind::InvalidSubcommand => {
            format!("{}\u{a0}: commande inconnue.", about(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("Il manque\u{a0}: {argument}."),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument}\u{a0}: une valeur est attendue."),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument}\u{a0}: «\u{a0}{value}\u{a0}» n’est pas accepté{why}.")
        }
        ErrorKind::ArgumentConflict => format!("{argument} ne se donne qu’une fois."),
        _ => "Cette commande n’a pas été comprise.".to_owned(),
    })
}
