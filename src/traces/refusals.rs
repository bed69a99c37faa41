//! Refusals: one row each, and from the twentieth of a minute one row with a count (E9).
//!
//! Those of nobody known are only counted: a flood must fill neither the disk nor a day's page.

use std::collections::HashMap;
use std::sync::Mutex;

use super::{Entry, Kind, store};
use crate::platform::id::AccountId;
use crate::platform::{Db, Now, Result};

/// Rows of one account in one minute before they are counted instead.
const ROWS_A_MINUTE: i32 = 20;

/// What this instance has refused in the running minute.
#[derive(Default)]
pub struct Refusals(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    began: Option<Now>,
    accounts: HashMap<AccountId, Counted>,
    strangers: i64,
}

struct Counted {
    refusals: i32,
    /// The first entry beyond the limit, with the count so far.
    beyond: Option<Entry>,
}

/// What is to be written now.
#[derive(Clone, Default)]
pub struct Due {
    pub entries: Vec<Entry>,
    strangers: i64,
    month: String,
}

impl Refusals {
    /// Takes a refusal in; returns what must be written at once.
    pub fn note(&self, entry: Entry, now: Now) -> Due {
        debug_assert_eq!(entry.kind, Kind::Refusal);
        let mut due = self.close_minute(now);
        let mut minute = self.lock();
        minute.began.get_or_insert(now);
        let Some(account) = entry.author.account.clone() else {
            minute.strangers += 1;
            return due;
        };
        let counted = minute.accounts.entry(account).or_insert(Counted { refusals: 0, beyond: None });
        counted.refusals += 1;
        if counted.refusals < ROWS_A_MINUTE {
            due.entries.push(entry);
        } else {
            counted.beyond.get_or_insert(entry).occurrences = counted.refusals - ROWS_A_MINUTE + 1;
        }
        due
    }

    /// What the last minute has left to write; called each minute, and before each refusal.
    pub fn close_minute(&self, now: Now) -> Due {
        let mut minute = self.lock();
        let over =
            minute.began.is_some_and(|began| (now.utc() - began.utc()).num_seconds() >= 60 || now < began);
        if !over {
            return Due::default();
        }
        let past = std::mem::take(&mut *minute);
        Due {
            entries: past.accounts.into_values().filter_map(|counted| counted.beyond).collect(),
            strangers: past.strangers,
            month: past.began.unwrap_or(now).month(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Minute> {
        // A panic while counting leaves a count, not a broken invariant.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Due {
    /// Adds the strangers of the minute to their monthly counter.
    pub fn count_strangers(&self, db: &Db) -> Result<()> {
        if self.strangers == 0 {
            return Ok(());
        }
        db.write(|conn| store::add_to_counter(conn, &self.month, "", "anonymous_refusal", self.strangers))
    }

    pub fn has_strangers(&self) -> bool {
        self.strangers > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Clock;
    use crate::traces::Author;
    use chrono::TimeDelta;

    fn refusal(clock: &Clock, account: Option<&AccountId>) -> Entry {
        let author = Author { account: account.cloned(), ..Author::default() };
        Entry::new(Kind::Refusal, author, clock.now())
    }

    #[test]
    fn from_the_twentieth_of_a_minute_refusals_become_one_row_with_a_count() {
        let clock = Clock::starting_at("2026-11-23T09:00:00Z".parse().unwrap());
        let (refusals, account) = (Refusals::default(), AccountId::fresh());
        let at_once: usize =
            (0..50).map(|_| refusals.note(refusal(&clock, Some(&account)), clock.now()).entries.len()).sum();
        assert_eq!(at_once, 19);
        clock.advance(TimeDelta::seconds(61));
        let due = refusals.close_minute(clock.now());
        assert_eq!(due.entries.iter().map(|e| e.occurrences).collect::<Vec<_>>(), [31]);
        assert_eq!(refusals.close_minute(clock.now()).entries.len(), 0);
    }

    #[test]
    fn strangers_are_counted_and_leave_no_row() {
        let clock = Clock::starting_at("2026-11-23T09:00:00Z".parse().unwrap());
        let refusals = Refusals::default();
        for _ in 0..1000 {
            assert!(refusals.note(refusal(&clock, None), clock.now()).entries.is_empty());
        }
        clock.advance(TimeDelta::seconds(61));
        assert_eq!(refusals.close_minute(clock.now()).strangers, 1000);
    }
}
