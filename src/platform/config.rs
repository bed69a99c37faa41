//! Settings: `config/default.toml` ← the file given ← `PARVIS__SECTION__KEY`.
//!
//! Unknown keys are refused, all faults are listed at once, and no switch turns a protection off.

mod mail;

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;

pub use mail::{Mail, Security};

use super::db::Location;

mod single_sign_on;

pub use single_sign_on::{
    ProviderKind, SignatureAlgorithm, SingleSignOn, UserinfoForm, WEAK_ACR, is_protected, is_siren,
};

/// The annotated defaults, part of the binary.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// Everything an installation may decide.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: Server,
    pub database: Database,
    pub landlord: Landlord,
    pub opening_hours: OpeningHours,
    pub accounts: Accounts,
    pub sheets: Sheets,
    /// Providers of single sign-on, in the order of their buttons.
    #[serde(default)]
    pub single_sign_on: Vec<SingleSignOn>,
    pub mail: Mail,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: String,
    /// The address users type, `https://…`.
    pub public_url: String,
    /// PEM files; both or neither.
    pub certificate: Option<PathBuf>,
    pub private_key: Option<PathBuf>,
    /// Addresses of the proxy in front, if any: only its `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    pub workers: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub keyring_url: String,
}

/// Who publishes the space, and whom to call. Nothing has a default, so that an installation cannot
/// go into production with somebody else's address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landlord {
    /// « Habitat des Trois-Vals ».
    pub name: String,
    /// « Office public de l’habitat ».
    pub legal_form: String,
    /// On one line.
    pub address: String,
    pub phone: String,
    pub email: String,
    /// Whoever answers for what is published.
    pub publication_director: String,
    /// Name and address of the host (law 2004-575, article 1-1).
    pub host: String,
    pub dpo_name: String,
    pub dpo_email: String,
    /// Answered at all hours (E30).
    pub incident_phone: String,
    pub incident_email: String,
    /// Whom town halls ask about accounts and habilitations, as a sentence without its full stop.
    pub access_contact: String,
    /// « mission d’intérêt public, article 6.1.e du RGPD ».
    pub legal_basis: String,
    /// Of the landlord itself: what its own people come with by single sign-on.
    #[serde(default)]
    pub siren: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// « 08:00 »; the convention's bounds may be narrowed, never widened (E28).
    pub opens: String,
    pub closes: String,
    pub closures: Vec<AnnouncedClosure>,
}

/// An announced closure: maintenance, a bridge day (E28, E29).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedClosure {
    /// With its offset: `2026-11-25T17:30:00+01:00`.
    pub starts: String,
    pub ends: String,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// Characters; 8 is the floor of the convention (E21).
    pub password_length: usize,
    pub landlord_password_length: usize,
    /// Days a temporary secret lives (E20).
    pub temporary_secret_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheets {
    /// Tenths of a percent.
    pub effort_rate_alert: u32,
    /// Cents a day and consumption unit.
    pub residual_income_threshold: u32,
    /// Longest session of a committee, in days (E8).
    pub longest_committee_days: u32,
    /// Displays of different sheets within ten minutes before reading is slowed, then refused (E25).
    pub displays_before_slowing: u32,
    pub displays_before_refusing: u32,
}

/// A secret that the environment names. It is no setting: nothing that is told of settings may show it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment beside figment")]
pub(super) fn secret(name: &str) -> Option<zeroize::Zeroizing<String>> {
    std::env::var(name).ok().map(zeroize::Zeroizing::new)
}

/// Where settings and data lie.
#[derive(Debug, Clone)]
pub struct Place {
    pub config: Option<PathBuf>,
    pub data: PathBuf,
}

impl Place {
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }
}

/// Every fault of the settings, one a line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Faults(pub Vec<String>);

impl Settings {
    /// Reads, merges and checks; returns all faults at once.
    pub fn load(place: &Place) -> Result<Self, Faults> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = &place.config {
            if !file.exists() {
                return Err(Faults(vec![format!("{}\u{a0}: ce fichier n’existe pas", file.display())]));
            }
            figment = figment.merge(Toml::file(file));
        } else {
            figment = figment.merge(Toml::file(place.data.join("parvis.toml")));
        }
        let settings: Self = figment
            .merge(Env::prefixed("PARVIS__").split("__"))
            .extract()
            .map_err(|faults| Faults(faults.into_iter().map(|fault| in_french(&fault)).collect()))?;
        let faults = settings.faults();
        if faults.is_empty() { Ok(settings) } else { Err(Faults(faults)) }
    }

    /// What no installation may run with.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut demand = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.to_owned());
            }
        };
        demand(
            self.accounts.password_length >= 8,
            "accounts.password_length\u{a0}: 8 au moins, le plancher de la convention (E21)",
        );
        demand(
            self.accounts.landlord_password_length >= self.accounts.password_length,
            "accounts.landlord_password_length\u{a0}: au moins celle des autres comptes",
        );
        demand(
            (1..=30).contains(&self.accounts.temporary_secret_days),
            "accounts.temporary_secret_days\u{a0}: de 1 à 30",
        );
        demand(
            self.server.certificate.is_some() == self.server.private_key.is_some(),
            "server\u{a0}: certificate et private_key vont ensemble",
        );
        demand(
            self.server.listen.parse::<std::net::SocketAddr>().is_ok(),
            "server.listen\u{a0}: une adresse et un port, 127.0.0.1:8080",
        );
        demand(self.server.workers >= 1, "server.workers\u{a0}: 1 au moins");
        demand(
            (1..=31).contains(&self.sheets.longest_committee_days),
            "sheets.longest_committee_days\u{a0}: de 1 à 31",
        );
        demand(
            self.sheets.displays_before_slowing >= 60
                && self.sheets.displays_before_refusing > self.sheets.displays_before_slowing,
            "sheets.displays_before_slowing\u{a0}: 60 au moins, et moins que displays_before_refusing",
        );
        for (key, value) in [("opens", &self.opening_hours.opens), ("closes", &self.opening_hours.closes)] {
            demand(
                chrono::NaiveTime::parse_from_str(value, "%H:%M").is_ok(),
                &format!("opening_hours.{key}\u{a0}: des heures et des minutes, 08:00"),
            );
        }
        for (i, closure) in self.opening_hours.closures.iter().enumerate() {
            match (closure.starts(), closure.ends()) {
                (Some(starts), Some(ends)) => demand(
                    starts < ends,
                    &format!("opening_hours.closures[{i}]\u{a0}: la fin précède le début"),
                ),
                _ => demand(
                    false,
                    &format!(
                        "opening_hours.closures[{i}]\u{a0}: des instants avec leur décalage, 2026-11-25T17:30:00+01:00"
                    ),
                ),
            }
        }
        for (key, url) in [("url", &self.database.url), ("keyring_url", &self.database.keyring_url)] {
            if let Err(fault) = url.parse::<Location>() {
                demand(false, &format!("database.{key}\u{a0}: {fault}"));
            }
        }
        demand(
            self.database.url != self.database.keyring_url,
            "database.keyring_url\u{a0}: le trousseau est à part de ce qu’il ouvre",
        );
        let landlord = &self.landlord;
        for (key, value) in [
            ("name", &landlord.name),
            ("legal_form", &landlord.legal_form),
            ("address", &landlord.address),
            ("phone", &landlord.phone),
            ("email", &landlord.email),
            ("publication_director", &landlord.publication_director),
            ("host", &landlord.host),
            ("dpo_name", &landlord.dpo_name),
            ("dpo_email", &landlord.dpo_email),
            ("incident_phone", &landlord.incident_phone),
            ("incident_email", &landlord.incident_email),
            ("access_contact", &landlord.access_contact),
            ("legal_basis", &landlord.legal_basis),
        ] {
            demand(
                !value.trim().is_empty(),
                &format!("landlord.{key}\u{a0}: à remplir, les utilisateurs le lisent"),
            );
        }
        demand(
            landlord.siren.as_deref().is_none_or(is_siren),
            "landlord.siren\u{a0}: neuf chiffres, dont la clé est juste",
        );
        faults.extend(single_sign_on::faults(&self.single_sign_on));
        faults.extend(self.mail.faults());
        faults
    }

    /// What a server open to users may not run with, on top of the rest: TLS or a declared proxy (E14).
    pub fn production_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let protected = self.server.certificate.is_some() || !self.server.trusted_proxies.is_empty();
        if !protected {
            faults.push("server\u{a0}: donnez certificate et private_key, ou trusted_proxies\u{a0}; les fiches ne circulent jamais en clair (E14)".to_owned());
        }
        if !self.server.public_url.starts_with("https://") {
            faults.push(
                "server.public_url\u{a0}: l’adresse https:// que les utilisateurs saisissent".to_owned(),
            );
        }
        if self.landlord.name == "Habitat des Trois-Vals" {
            faults.push("landlord.name\u{a0}: c’est le bailleur de la démonstration".to_owned());
        }
        faults
    }

    /// A SQLite path that is not absolute lies in the data folder.
    pub fn database(&self, data: &Path) -> Result<Location, Faults> {
        located(&self.database.url, data)
    }

    pub fn keyring(&self, data: &Path) -> Result<Location, Faults> {
        located(&self.database.keyring_url, data)
    }
}

/// What figment says of a setting, in the language of the rest.
fn in_french(fault: &figment::Error) -> String {
    use figment::error::Kind;
    let named = |last: &str| {
        let mut path = fault.path.clone();
        path.extend((!last.is_empty()).then(|| last.to_owned()));
        path.join(".")
    };
    match &fault.kind {
        Kind::UnknownField(field, _) => {
            // figment gives the path with the field, or without it.
            let path = named("");
            let path = if path.ends_with(field.as_str()) { path } else { named(field) };
            format!("{path}\u{a0}: réglage inconnu")
        }
        Kind::MissingField(field) => format!("{}\u{a0}: réglage manquant", named(field)),
        Kind::InvalidType(..)
        | Kind::InvalidValue(..)
        | Kind::InvalidLength(..)
        | Kind::UnknownVariant(..) => {
            format!(
                "{}\u{a0}: cette valeur n’est pas de la forme attendue (voir config/default.toml)",
                named("")
            )
        }
        _ => {
            let file = fault.metadata.as_ref().and_then(|metadata| metadata.source.as_ref());
            let file = file.map_or_else(|| "réglages".to_owned(), ToString::to_string);
            format!("{file}\u{a0}: ce fichier n’est pas lisible\u{a0}: {}", fault.kind)
        }
    }
}

fn located(url: &str, data: &Path) -> Result<Location, Faults> {
    match url.parse() {
        Ok(Location::Sqlite(path)) => Ok(Location::Sqlite(data.join(path))),
        Ok(other) => Ok(other),
        Err(fault) => Err(Faults(vec![fault])),
    }
}

impl AnnouncedClosure {
    pub fn starts(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.starts).ok()
    }

    pub fn ends(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.ends).ok()
    }
}
