//! Each commit of the writer closes with a head that depends on all rows before it.
//!
//! A leaf is the SHA-256 of the canonical row; `head = HMAC(previous link, leaves)`; the next link
//! binds the head and the instant of its batch, so that an emptied batch cannot be made to look old.
//! Whoever alters, removes or adds a row without the key is found; whoever holds key and database is not, up to the
//! last head that the log or a seal has carried outside (`docs/threat-model.md`).

use chrono::NaiveDateTime;
use sha2::{Digest as _, Sha256};

use super::store::{self, Row};
use crate::platform::crypto::Key;
use crate::platform::id::InstanceId;
use crate::platform::{Conn, Result};
use data_encoding::HEXLOWER;

/// Makes heads, one after the other.
pub(super) struct Chain {
    key: Key,
    /// What the next head depends on.
    link: [u8; 32],
}

impl Chain {
    /// The first head of an instance depends on its name alone.
    pub fn begin(master: &Key, instance: &InstanceId) -> Self {
        let key = master.derive("trace-chain");
        let link = key.digest(&[b"begin", instance.as_str().as_bytes()]);
        Self { key, link }
    }

    /// The head after these rows.
    pub fn next(&self, rows: &[Row]) -> [u8; 32] {
        let mut parts: Vec<Vec<u8>> = vec![self.link.to_vec()];
        parts.extend(rows.iter().map(|row| leaf(row).to_vec()));
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        self.key.digest(&parts)
    }

    /// Goes on from the batch of this head, whose latest row is of this instant.
    pub fn advance(&mut self, head: [u8; 32], at: NaiveDateTime) {
        self.link = self.key.digest(&[b"link", &head, &at.and_utc().timestamp_micros().to_be_bytes()]);
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
    field(row.part_of.as_deref());
    field(row.reason.as_deref());
    field(row.method.as_deref());
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

/// Recomputes every head. A batch whose rows are all gone must be of before `erased_before`, the end
/// of the traces' six months; its head still links its neighbours.
pub fn verify(conn: &mut Conn, master: &Key, erased_before: NaiveDateTime) -> Result<Verdict> {
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
            if batch.at >= erased_before {
                return broken("toutes les lignes de ce lot ont été retirées avant leur terme");
            }
            whole.2 += 1;
        } else if rows.len() != usize::try_from(batch.entries).unwrap_or(0) {
            return broken("une ligne de ce lot a été retirée ou ajoutée");
        } else if current.next(&rows) != head {
            return broken("une ligne de ce lot, ou sa tête, a été modifiée");
        } else {
            whole.0 += 1;
            whole.1 += rows.len();
        }
        current.advance(head, batch.at);
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use diesel::prelude::*;

    use super::*;
    use crate::platform::db::{Contents, Location};
    use crate::platform::schema::{trace_batches, traces};
    use crate::platform::{Clock, Db};
    use crate::traces::{Author, Entry, Kind, count_and_erase_before};

    /// A database with three batches: two of one row each, then one of two rows across midnight.
    struct Told {
        _folder: tempfile::TempDir,
        db: Db,
        master: Key,
    }

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    fn told() -> Told {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("parvis.db")), Contents::Main).unwrap();
        db.migrate(Contents::Main).unwrap();
        let master = Key::fresh().unwrap();
        let clock = Clock::starting_at("2026-11-23T09:00:00Z".parse().unwrap());
        let instance = InstanceId::fresh();
        let mut chain = Chain::begin(&master, &instance);
        let batches = [vec![9 * 60], vec![10 * 60], vec![22 * 60 + 59, 23 * 60 + 1]];
        for (number, minutes) in (1..).zip(batches) {
            let entries: Vec<Entry> = minutes
                .into_iter()
                .map(|minutes| {
                    clock.set("2026-11-23T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
                    clock.advance(TimeDelta::minutes(minutes));
                    Entry::new(Kind::SignIn, Author::default(), clock.now())
                })
                .collect();
            let rows = Row::all_of(&entries.iter().collect::<Vec<_>>(), &instance, number);
            let head = chain.next(&rows);
            let batch = store::Batch {
                instance: instance.clone(),
                batch: number,
                entries: i32::try_from(rows.len()).unwrap(),
                head: encode(head),
                at: rows.iter().map(|row| row.at).max().unwrap(),
            };
            db.write(|conn| store::insert(conn, &rows, &batch)).unwrap();
            chain.advance(head, batch.at);
        }
        Told { _folder: folder, db, master }
    }

    impl Told {
        fn verdict(&self, erased_before: &str) -> Verdict {
            self.db.read(|conn| verify(conn, &self.master, at(erased_before))).unwrap()
        }

        fn empty(&self, batch: i64) {
            let deleted = self.db.write(|conn| {
                Ok(diesel::delete(traces::table.filter(traces::batch.eq(batch))).execute(conn)?)
            });
            assert!(deleted.unwrap() > 0);
        }
    }

    fn broken_at(verdict: &Verdict) -> Option<i64> {
        match verdict {
            Verdict::Broken { batch, .. } => Some(*batch),
            Verdict::Whole { .. } => None,
        }
    }

    const RECENT: &str = "2026-05-25 00:00:00";
    const PAST: &str = "2027-06-01 00:00:00";

    #[test]
    fn what_was_written_is_whole() {
        assert_eq!(told().verdict(RECENT), Verdict::Whole { batches: 3, rows: 4, erased: 0 });
    }

    #[test]
    fn e09_a_batch_emptied_before_its_term_is_found() {
        let told = told();
        told.empty(2);
        assert_eq!(broken_at(&told.verdict(RECENT)), Some(2));
        assert_eq!(told.verdict(PAST), Verdict::Whole { batches: 2, rows: 3, erased: 1 });
    }

    #[test]
    fn e09_a_batch_made_to_look_old_is_found_by_the_next() {
        let told = told();
        told.empty(2);
        told.db
            .write(|conn| {
                Ok(diesel::update(trace_batches::table.filter(trace_batches::batch.eq(2)))
                    .set(trace_batches::at.eq(at("2026-01-01 00:00:00")))
                    .execute(conn)?)
            })
            .unwrap();
        assert_eq!(broken_at(&told.verdict(RECENT)), Some(3));
    }

    #[test]
    fn e10_a_batch_across_midnight_goes_whole_and_the_chain_holds() {
        let told = told();
        let erased =
            told.db.write(|conn| count_and_erase_before(conn, at("2026-11-23 23:00:00"), 500)).unwrap();
        assert_eq!(erased, 4);
        let counted: i64 = told
            .db
            .read(|conn| {
                use crate::platform::schema::monthly_counters::dsl::{amount, monthly_counters};
                Ok(monthly_counters.select(amount).first(conn)?)
            })
            .unwrap();
        assert_eq!(counted, 4);
        assert_eq!(told.verdict(PAST), Verdict::Whole { batches: 0, rows: 0, erased: 3 });
    }
}
