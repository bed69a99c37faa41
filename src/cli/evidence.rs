//! `parvis purge`, `traces verify`, `certificate verify`: what was promised, done and shown (E7, E9).

use std::path::PathBuf;

use super::{Done, Failure, counted, open, say};
use crate::identity::Place;
use crate::page::format;
use crate::{retention, traces};

pub(super) fn purge(place: &Place, dry_run: bool) -> Done {
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
            "{}\u{a0}: {}\u{a0}; certificat signé (clé {}).",
            payload.committee,
            destroyed(&payload),
            payload.key_id
        ));
    }
    if report.unfinished.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(format!(
            "Purge inachevée\u{a0}: {}. Elle reprendra d’elle-même.",
            report.unfinished.join(", ")
        )))
    }
}

pub(super) fn verify_traces(place: &Place) -> Done {
    let machine = open(place)?;
    match retention::verify_traces(&machine)? {
        traces::Verdict::Whole { batches, rows, erased } => {
            say(&format!(
                "La chaîne est entière\u{a0}: {} en {}\u{a0}; {} à terme.",
                counted(rows, "trace", "traces"),
                counted(batches, "lot", "lots"),
                counted(erased, "lot effacé", "lots effacés")
            ));
            Ok(())
        }
        traces::Verdict::Broken { instance, batch, found } => Err(Failure::Refused(format!(
            "La chaîne est rompue\u{a0}: instance {instance}, lot {batch}\u{a0}: {found}."
        ))),
    }
}

pub(super) fn verify_certificate(file: &PathBuf, key: &PathBuf) -> Done {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .map_err(|e| Failure::Environment(format!("{}\u{a0}: {e}", path.display())))
    };
    let certificate: retention::Certificate = serde_json::from_str(&read(file)?)
        .map_err(|_| Failure::Refused("Ce fichier n’est pas un certificat.".to_owned()))?;
    let payload = retention::verify(&certificate, &read(key)?)
        .map_err(|why| Failure::Refused(format!("Certificat refusé\u{a0}: {why}.")))?;
    say(&format!(
        "Certificat authentique (clé {}).\n{}, commission {} tenue jusqu’au {}\u{a0}: {}, {}.",
        payload.key_id,
        payload.landlord,
        payload.committee,
        payload.ends_on,
        destroyed(&payload),
        format::count(payload.keys_destroyed, "clé détruite", "clés détruites")
    ));
    for sentence in payload.verified {
        say(&format!("  Vérifié\u{a0}: {sentence}"));
    }
    for sentence in payload.outside {
        say(&format!("  Hors du certificat\u{a0}: {sentence}"));
    }
    Ok(())
}

/// « 40 fiches détruites, 0 restante ».
fn destroyed(payload: &retention::Payload) -> String {
    let gone = format::count(payload.sheets_deleted, "fiche détruite", "fiches détruites");
    format!("{gone}, {}", format::count(payload.sheets_left, "restante", "restantes"))
}
