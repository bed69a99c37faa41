//! One thread writes the traces, many to a commit, and answers each caller after it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::chain::{self, Chain};
use super::store::{self, Batch, Row};
use super::{Entry, Recorded};
use crate::platform::crypto::Key;
use crate::platform::db::TraceDoor;
use crate::platform::id::InstanceId;
use crate::platform::{Db, Error, Result};

/// Waiting entries; beyond them callers wait too.
const QUEUE: usize = 1024;
/// Entries in one commit.
const BATCH: usize = 256;
/// Longest wait of a caller, queue and commit together; then nothing is shown.
const PATIENCE: Duration = Duration::from_secs(2);

struct Waiting {
    entry: Entry,
    answer: oneshot::Sender<Result<Recorded>>,
}

/// Whether traces can be written, for `/sante`.
#[derive(Debug, Default)]
pub struct Health {
    dead: AtomicBool,
    failing: AtomicBool,
    head: Mutex<Option<Anchor>>,
}

/// The last head of this instance's chain: logged each minute, it anchors the chain outside the
/// database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub batch: i64,
    pub head: String,
}

impl Health {
    pub fn is_well(&self) -> bool {
        !self.dead.load(Ordering::Relaxed) && !self.failing.load(Ordering::Relaxed)
    }

    /// The head to log, once: `None` until another batch is committed.
    pub fn take_anchor(&self) -> Option<Anchor> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The way to the writer. When the last one is dropped, the thread ends.
#[derive(Clone)]
pub struct Traces {
    queue: mpsc::Sender<Waiting>,
    health: Arc<Health>,
    instance: InstanceId,
}

/// Marks the writer dead when its thread ends, by a panic too.
struct Obituary(Arc<Health>);

impl Drop for Obituary {
    fn drop(&mut self) {
        self.0.dead.store(true, Ordering::Relaxed);
    }
}

impl Traces {
    /// Starts the thread, with an instance name and a chain of its own.
    pub fn start(db: &Db, master: &Key) -> Result<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let health = Arc::new(Health::default());
        let instance = InstanceId::fresh();
        let writer = Writer {
            door: db.for_trace_writer()?,
            chain: Chain::begin(master, &instance),
            instance: instance.clone(),
            batch: 0,
            health: health.clone(),
        };
        let obituary = Obituary(health.clone());
        std::thread::Builder::new()
            .name("traces".to_owned())
            .spawn(move || {
                let _obituary = obituary;
                writer.run(waiting);
            })
            .map_err(Error::internal)?;
        Ok(Self { queue, health, instance })
    }

    /// Writes the entry; returns after its commit. No answer within two seconds, or a dead writer,
    /// is [`Error::Unavailable`]: nothing is shown.
    pub async fn record(&self, entry: Entry) -> Result<Recorded> {
        const LATE: Error = Error::Unavailable("the trace was not written in time");
        const DEAD: Error = Error::Unavailable("the trace writer is dead");
        let (answer, answered) = oneshot::channel();
        let exchange = async {
            self.queue.send(Waiting { entry, answer }).await.map_err(|_| DEAD)?;
            answered.await.map_err(|_| DEAD)?
        };
        tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| LATE)?
    }

    /// Writes many entries from a blocking thread (the first publication of sheets); returns after
    /// the last commit. There is no two-second limit: nobody waits at a screen.
    pub fn record_all(&self, entries: impl IntoIterator<Item = Entry>) -> Result<()> {
        const DEAD: Error = Error::Unavailable("the trace writer is dead");
        let mut answers = std::collections::VecDeque::new();
        for entry in entries {
            let (answer, answered) = oneshot::channel();
            self.queue.blocking_send(Waiting { entry, answer }).map_err(|_| DEAD)?;
            answers.push_back(answered);
            // No more than one commit takes: a display waits behind the queue, and has two seconds.
            if answers.len() >= BATCH
                && let Some(first) = answers.pop_front()
            {
                let _: Recorded = first.blocking_recv().map_err(|_| DEAD)??;
            }
        }
        for answered in answers {
            let _: Recorded = answered.blocking_recv().map_err(|_| DEAD)??;
        }
        Ok(())
    }

    pub fn health(&self) -> &Health {
        &self.health
    }

    /// The name under which this process chains its traces and holds its leases.
    pub fn instance(&self) -> &InstanceId {
        &self.instance
    }
}

struct Writer {
    door: TraceDoor,
    chain: Chain,
    instance: InstanceId,
    batch: i64,
    health: Arc<Health>,
}

impl Writer {
    fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let gate = self.door.gate();
        while let Some(first) = waiting.blocking_recv() {
            // First the turn, then the queue: whoever came while we waited goes into this commit.
            let turn = self.door.is_sqlite().then(|| gate.pass());
            let mut batch = vec![first];
            while batch.len() < BATCH {
                match waiting.try_recv() {
                    Ok(next) => batch.push(next),
                    Err(_) => break,
                }
            }
            // Whoever gave up has been told that nothing is shown: no trace of a display that was not.
            batch.retain(|one| !one.answer.is_closed());
            if !batch.is_empty() {
                self.commit(batch);
            }
            drop(turn);
        }
    }

    fn commit(&mut self, batch: Vec<Waiting>) {
        let entries: Vec<&Entry> = batch.iter().map(|one| &one.entry).collect();
        match self.write(&entries) {
            Ok(()) => batch.into_iter().for_each(answer),
            // One bad entry must not cost the others theirs: each alone.
            Err(_) if batch.len() > 1 => {
                for one in batch {
                    self.commit(vec![one]);
                }
            }
            Err(_) => {
                for one in batch {
                    // A connection that was lost is opened anew, once.
                    match self.write(&[&one.entry]) {
                        Ok(()) => answer(one),
                        Err(error) => {
                            tracing::error!(cause = %error, "a trace could not be written");
                            let _ =
                                one.answer.send(Err(Error::Unavailable("the trace could not be written")));
                        }
                    }
                }
            }
        }
    }

    fn write(&mut self, entries: &[&Entry]) -> Result<()> {
        let number = self.batch + 1;
        let rows = Row::all_of(entries, &self.instance, number);
        let head = self.chain.next(&rows);
        let batch = Batch {
            instance: self.instance.clone(),
            batch: number,
            entries: i32::try_from(rows.len()).map_err(Error::internal)?,
            head: chain::encode(head),
            at: rows.iter().map(|row| row.at).max().unwrap_or_default(),
        };
        let written = match self.door.write(|conn| store::insert(conn, &rows, &batch)) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.door.drop_if_lost();
                // A commit whose answer was lost stands: written again, it would meet its own rows.
                let stands = self.door.write(|conn| store::head_of(conn, &self.instance, number));
                if stands.is_ok_and(|head| head.as_deref() == Some(batch.head.as_str())) {
                    Ok(())
                } else {
                    Err(error)
                }
            }
        };
        self.health.failing.store(written.is_err(), Ordering::Relaxed);
        written?;
        self.batch = number;
        self.chain.advance(head, batch.at);
        let anchor = Anchor { batch: number, head: batch.head };
        *self.health.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(anchor);
        Ok(())
    }
}

fn answer(one: Waiting) {
    // The caller may have given up between the commit and now: traced, not shown. The right side to err on.
    let _ = one.answer.send(Ok(Recorded { entry: one.entry }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Clock;
    use crate::platform::db::{Contents, Location};
    use crate::traces::{Author, Kind};

    #[test]
    fn a_commit_whose_answer_was_lost_is_answered_and_the_next_ones_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("parvis.db")), Contents::Main).unwrap();
        db.migrate(Contents::Main).unwrap();
        let (master, instance) = (Key::fresh().unwrap(), InstanceId::fresh());
        let writer = || Writer {
            door: db.for_trace_writer().unwrap(),
            chain: Chain::begin(&master, &instance),
            instance: instance.clone(),
            batch: 0,
            health: Arc::default(),
        };
        let clock = Clock::starting_at("2026-11-23T09:00:00Z".parse().unwrap());
        let entry = Entry::new(Kind::SignIn, Author::default(), clock.now());
        let other = Entry::new(Kind::Search, Author::default(), clock.now());
        // The commit took place, and whoever made it never heard of it.
        writer().write(&[&entry]).unwrap();
        let mut unaware = writer();
        unaware.write(&[&entry]).unwrap();
        unaware.write(&[&other]).unwrap();
        assert!(unaware.health.is_well());
        let kinds = db.read(|conn| store::rows_of(conn, &instance, 1)).unwrap();
        assert_eq!(kinds.len(), 1, "once");
        // What stands there of somebody else's is no answer to ours.
        let mut stranger = writer();
        assert!(stranger.write(&[&other]).is_err());
        assert!(!stranger.health.is_well());
    }
}
