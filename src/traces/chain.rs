//! Each commit of the writer closes with a head that depends on all rows before it.
//!
//! A leaf is the SHA-256 of the canonical row; `head = HMAC(previous head, leaves)`. Whoever alters,
//! removes or adds a row without the key is found; whoever holds key and database is not, up to the
//! last head that the log or a seal has carried outside (`docs/threat-model.md`).

use sha2::{Digest as _, Sha256};

use super::store::{self, Row};
use crate::platform::crypto::Key;
use crate::platform::id::InstanceId;
use crate::platform::{Conn, Result};
use data_encoding::HEXLOWER;

/// Makes heads, one after the other.
pub(super) struct Chain {
    key: Key,
    head: [u8; 32],
}

impl Chain {
    /// The first head of an instance depends on its name alone.
    pub fn begin(master: &Key, instance: &InstanceId) -> Self {
        let key = master.derive("trace-chain");
        let head = key.digest(&[b"begin", instance.as_str().as_bytes()]);
        Self { key, head }
    }

    /// The head after these rows.
    pub fn next(&self, rows: &[Row]) -> [u8; 32] {
        let mut parts: Vec<Vec<u8>> = vec![self.head.to_vec()];
        parts.extend(rows.iter().map(|row| leaf(row).to_vec()));
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        self.key.digest(&parts)
    }

    pub fn advance(&mut self, head: [u8; 32]) {
        self.head = head;
    }
}

/// The digest of one row, each field preceded by its length and a mark for what is absent.
pub(super) fn leaf(row: &Row) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut field = |text: Option<&str>| match text {
        Some(text) => {
            digest.update([1]);
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        None => digest.update([0]),
    };
    field(Some(row.instance.as_str()));
    field(Some(&row.batch.to_string()));
    field(Some(&row.place.to_string()));
    field(Some(&row.at.and_utc().timestamp_micros().to_string()));
    field(Some(row.kind.as_str()));
    field(row.actor.as_ref().map(|v| v.as_str()));
    field(row.role.as_deref());
    field(row.session.as_deref());
    field(row.network.as_deref());
    field(row.device.as_deref());
    field(row.commune.as_ref().map(|v| v.as_str()));
    field(row.committee.as_ref().map(|v| v.as_str()));
    field(row.sheet.as_ref().map(|v| v.as_str()));
    field(row.subject.as_ref().map(|v| v.as_str()));
    field(row.subject_month.as_deref());
    field(row.display.as_deref());
    field(row.reason.as_deref());
    field(Some(&row.occurrences.to_string()));
    digest.finalize().into()
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All present rows are those that were written. Erased batches are those whose rows are all past.
    Whole { batches: usize, rows: usize, erased: usize },
    /// The first commit that does not hold.
    Broken { instance: InstanceId, batch: i64, found: &'static str },
}

/// Recomputes every head. A batch whose rows are all gone is past its six months: its head still
/// links its neighbours.
pub fn verify(conn: &mut Conn, master: &Key) -> Result<Verdict> {
    let mut whole = (0, 0, 0);
    let mut chain: Option<(InstanceId, i64, Chain)> = None;
    for batch in store::batches(conn)? {
        let broken =
            |found| Ok(Verdict::Broken { instance: batch.instance.clone(), batch: batch.batch, found });
        let (mut current, previous) = match chain.take() {
            Some((instance, number, chain)) if instance == batch.instance => (chain, number),
            _ => (Chain::begin(master, &batch.instance), 0),
        };
        if batch.batch != previous + 1 {
            return broken("un lot manque avant celui-ci");
        }
        let Some(head) = decode(&batch.head) else { return broken("la tête de ce lot est illisible") };
        let rows = store::rows_of(conn, &batch.instance, batch.batch)?;
        if rows.is_empty() {
            whole.2 += 1;
        } else if rows.len() != usize::try_from(batch.entries).unwrap_or(0) {
            return broken("une ligne de ce lot a été retirée ou ajoutée");
        } else if current.next(&rows) != head {
            return broken("une ligne de ce lot, ou sa tête, a été modifiée");
        } else {
            whole.0 += 1;
            whole.1 += rows.len();
        }
        current.advance(head);
        chain = Some((batch.instance.clone(), batch.batch, current));
    }
    if let Some((instance, batch)) = store::rows_without_batch(conn)?.into_iter().next() {
        return Ok(Verdict::Broken { instance, batch, found: "des lignes sans lot ont été ajoutées" });
    }
    Ok(Verdict::Whole { batches: whole.0, rows: whole.1, erased: whole.2 })
}

pub(super) fn encode(head: [u8; 32]) -> String {
    HEXLOWER.encode(&head)
}

fn decode(head: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(head.as_bytes()).ok()?.try_into().ok()
}
