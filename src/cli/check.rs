//! `parvis check`: settings, keys, clock, mail and databases, each with its verdict. It changes nothing.

use chrono::NaiveDate;

use super::{Done, Failure, explained, say};
use crate::identity::Place;
use crate::identity::single_sign_on::Providers;
use crate::outbox;
use crate::page::format;
use crate::platform::config::{self, Settings};
use crate::platform::crypto::Secrets;
use crate::platform::db::{self, Contents, Location};
use crate::platform::id::GenerationId;
use crate::platform::keyring::Keyring;
use crate::platform::{Clock, Db, Error, Result, mail};
use crate::sheets::{permit, published};

/// What was found, or the fault.
type Found = std::result::Result<String, String>;

pub(super) fn check(place: &Place) -> Done {
    let settings = Settings::load(place).map_err(|faults| faults.to_string());
    let secrets = Secrets::load(&place.keys());
    let mut verdicts = vec![
        ("réglages", settings.as_ref().map_err(Clone::clone).and_then(complete)),
        (
            "clés",
            match &secrets {
                Ok(keys) => Ok(format!("lisibles, signature {}", keys.key_id())),
                Err(fault) => Err(fault.to_string()),
            },
        ),
        ("horloge", clock()),
    ];
    if let Ok(settings) = &settings {
        verdicts.push(("courriel", mail_server(&settings.mail)));
        let main = settings.database(&place.data).map_err(|faults| faults.to_string());
        verdicts.push(("base", main.and_then(|location| tables(&location, Contents::Main))));
        let keyring = settings.keyring(&place.data).map_err(|faults| faults.to_string());
        verdicts.push((
            "trousseau",
            keyring.and_then(|location| {
                let state = tables(&location, Contents::Keyring)?;
                let lacks = db::steps_lacking(&location, Contents::Keyring).is_ok_and(|steps| steps > 0);
                match &secrets {
                    Ok(secrets) if !lacks => keys_open(settings, place, &location, secrets)?,
                    _ => {}
                }
                Ok(state)
            }),
        ));
    }
    let providers = settings.as_ref().map(providers).unwrap_or_default();
    let verdicts: Vec<(String, Found)> =
        verdicts.into_iter().map(|(what, found)| (what.to_owned(), found)).chain(providers).collect();
    for (what, found) in &verdicts {
        say(&match found {
            Ok(fact) => format!("✓ {what}\u{a0}: {fact}"),
            Err(fault) => format!("✗ {what}\u{a0}: {}", fault.replace('\n', "\n    ")),
        });
    }
    if verdicts.iter().all(|(_, found)| found.is_ok()) {
        Ok(())
    } else {
        Err(Failure::Refused("L’installation n’est pas prête.".to_owned()))
    }
}

/// What `serve` would refuse is told here.
fn complete(settings: &Settings) -> Found {
    let mut faults = settings.production_faults();
    faults.extend(permit::schedule(&settings.opening_hours).err().map(|fault| fault.to_string()));
    if faults.is_empty() { Ok("complets".to_owned()) } else { Err(faults.join("\n")) }
}

/// Goes as far as a letter would, without one.
fn mail_server(settings: &config::Mail) -> Found {
    if !settings.is_set() {
        return Ok("aucun serveur\u{a0}; les messages se lisent dans l’espace".to_owned());
    }
    mail::greet(settings)
        .map(|()| format!("{} répond et nous connaît", settings.server))
        .map_err(|why| outbox::because(why).to_owned())
}

/// Whether each provider of single sign-on answers, and as whom.
fn providers(settings: &Settings) -> Vec<(String, Found)> {
    let asked = || -> Result<Vec<(String, Found)>> {
        let providers = Providers::of(settings)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let verdicts = runtime.map_err(Error::internal)?.block_on(providers.verdicts());
        let said = verdicts.into_iter().map(|(id, found)| {
            (format!("connexion unique {id}"), found.map_err(|fault| format!("ne répond pas\u{a0}: {fault}")))
        });
        Ok(said.collect())
    };
    asked().unwrap_or_else(|error| vec![("connexion unique".to_owned(), Err(explained(&error)))])
}

fn clock() -> Found {
    let now = Clock::system().now();
    let plausible = now.today() >= NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    let shown = format::instant(now.utc());
    if plausible { Ok(shown) } else { Err(format!("{shown}\u{a0}: elle retarde")) }
}

fn tables(location: &Location, contents: Contents) -> Found {
    match db::steps_lacking(location, contents) {
        Ok(0) => Ok(format!("à niveau ({location})")),
        Ok(_) => Ok(format!("à mettre à niveau par «\u{a0}parvis migrate\u{a0}» ({location})")),
        Err(fault) => Err(explained(&fault)),
    }
}

/// Whether the master key opens what the keyring holds, and every sheet that may be read has its key there.
fn keys_open(
    settings: &Settings,
    place: &Place,
    location: &Location,
    secrets: &Secrets,
) -> std::result::Result<(), String> {
    let main = settings.database(&place.data).map_err(|faults| faults.to_string())?;
    let has_tables = db::steps_lacking(&main, Contents::Main).is_ok_and(|steps| steps == 0);
    let opened = || -> Result<Vec<GenerationId>> {
        let keyring = Keyring::open(location, secrets.master())?;
        keyring.verify()?;
        if !has_tables {
            return Ok(Vec::new());
        }
        let now = Clock::system().now();
        let readable = Db::open(&main, Contents::Main)?.read(|conn| published::readable(conn, now))?;
        published::without_key(&readable, &keyring)
    };
    match opened() {
        Ok(without) if without.is_empty() => Ok(()),
        Ok(_) => Err("des commissions publiées n’y ont plus leur clé. Remettez le trousseau, ou publiez de nouveau le dernier fichier.".to_owned()),
        Err(error) => Err(explained(&error)),
    }
}
