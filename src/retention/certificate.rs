//! The certificate of a purge: what was there, what is left, and what was not verified (E7).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::committees::Committee;
use crate::identity::Machine;
use crate::platform::clock::to_paris;
use crate::platform::crypto::{key_id, signature_holds};
use crate::platform::db::Location;
use crate::platform::id::CertificateId;
use crate::platform::schema::certificates;
use crate::platform::{Conn, Error, Now, Result};
use crate::sheets::destroy::Destroyed;

/// What is signed, as JSON on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    pub version: u8,
    pub landlord: String,
    pub committee: String,
    pub held_on: String,
    pub ends_on: String,
    /// Paris time, with its offset.
    pub began_at: String,
    pub issued_at: String,
    pub database: String,
    pub sheets_before: i64,
    pub sheets_deleted: i64,
    pub sheets_left: i64,
    pub keys_destroyed: i64,
    pub keys_left: i64,
    pub logs_emptied: bool,
    /// What was verified, in French sentences.
    pub verified: Vec<String>,
    /// What lies outside, said as plainly.
    pub outside: Vec<String>,
    pub key_id: String,
}

/// A payload and its signature: a file that stands alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The signed text itself: not to be parsed and written again before it is verified.
    pub payload: String,
    /// Ed25519, in hexadecimal.
    pub signature: String,
    pub key_id: String,
}

impl Certificate {
    pub(super) fn sign(machine: &Machine, committee: &Committee, destroyed: &Destroyed) -> Result<Self> {
        let secrets = machine.secrets();
        let sqlite = matches!(machine.db().location(), Location::Sqlite(_));
        let now = machine.clock().now();
        let payload = Payload {
            version: 1,
            landlord: machine.settings().landlord.name.clone(),
            committee: committee.reference.clone(),
            held_on: committee.held_on.to_string(),
            ends_on: committee.ends_on.to_string(),
            began_at: to_paris(destroyed.began_at).to_rfc3339(),
            issued_at: now.paris().to_rfc3339(),
            database: if sqlite { "SQLite" } else { "PostgreSQL" }.to_owned(),
            sheets_before: destroyed.sheets_before,
            sheets_deleted: destroyed.sheets_deleted,
            sheets_left: destroyed.sheets_left,
            keys_destroyed: destroyed.keys_before,
            keys_left: destroyed.keys_left,
            logs_emptied: destroyed.logs_emptied,
            verified: verified(sqlite),
            outside: outside(sqlite),
            key_id: secrets.key_id(),
        };
        let payload = serde_json::to_string(&payload).map_err(Error::internal)?;
        Ok(Self { signature: secrets.sign(&payload), key_id: secrets.key_id(), payload })
    }

    pub(super) fn insert(&self, conn: &mut Conn, now: Now) -> Result<()> {
        let read = self.read()?;
        diesel::insert_into(certificates::table)
            .values((
                certificates::id.eq(CertificateId::fresh()),
                certificates::committee_reference.eq(read.committee),
                certificates::issued_at.eq(now.naive()),
                certificates::payload.eq(&self.payload),
                certificates::signature.eq(&self.signature),
                certificates::key_id.eq(&self.key_id),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// What it says; says nothing of whether it is true.
    pub fn read(&self) -> Result<Payload> {
        serde_json::from_str(&self.payload).map_err(|_| Error::internal("a certificate does not read"))
    }
}

fn verified(sqlite: bool) -> Vec<String> {
    let of_database = if sqlite {
        "Les journaux (WAL) de la base et du trousseau ont été vidés\u{a0}; l’effacement sécurisé de SQLite est actif."
    } else {
        "La table des clés a été réécrite, un point de contrôle posé, le journal changé de segment."
    };
    [
        "Les clés des fiches de cette commission ne sont plus dans le trousseau\u{a0}: sans une copie antérieure du trousseau, toute copie chiffrée de ces fiches est illisible.",
        "Les fiches de cette commission, comptées de nouveau après leur suppression, sont au nombre de zéro.",
        of_database,
    ]
    .map(str::to_owned)
    .into()
}

fn outside(sqlite: bool) -> Vec<String> {
    let mut sentences = vec![
        "Les instantanés de disque et les copies faites hors du programme, trousseau compris, ne sont pas vérifiés.",
        "Ce qu’une personne a pu photographier ou recopier ne peut pas l’être.",
    ];
    if sqlite {
        sentences.push("Un disque SSD ou un système de fichiers à copie sur écriture peut garder d’anciens blocs, que le programme n’atteint pas.");
    } else {
        sentences.push("Les segments de journal (WAL) archivés ou recyclés par PostgreSQL peuvent garder une clé chiffrée par la clé maîtresse.");
        sentences.push(
            "Les pages de la base principale peuvent garder des fiches chiffrées, désormais illisibles.",
        );
    }
    sentences.into_iter().map(str::to_owned).collect()
}

/// Whether this certificate was signed by the holder of this public key and reads as one. The key's
/// name must be its own.
pub fn verify(certificate: &Certificate, public_key: &str) -> Result<Payload, &'static str> {
    let public_key = public_key.trim();
    if !signature_holds(&certificate.payload, &certificate.signature, public_key) {
        return Err("la signature ne correspond pas à ce texte et à cette clé");
    }
    let payload = certificate.read().map_err(|_| "le texte signé n’est pas un certificat")?;
    if certificate.key_id != key_id(public_key) || payload.key_id != certificate.key_id {
        return Err("le certificat nomme une autre clé");
    }
    Ok(payload)
}
