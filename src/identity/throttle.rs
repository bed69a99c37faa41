//! Delays and locks against guessing, kept in the database and shared between instances.
//!
//! An attempt counts as a failure before anything is compared, and is taken back when it succeeds: a
//! thousand at the same instant learn no more than one after the other.
//!
//! An account that is attacked from elsewhere stays open from its owner's known device: nobody can
//! lock the readers of a town hall out before a committee.

use std::net::IpAddr;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::platform::crypto::Key;
use crate::platform::db::on_conn;
use crate::platform::schema::throttles;
use crate::platform::{Conn, Now, Result};

/// What failures are counted against.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A login as typed, known or not: the same for both.
    Login(&'a str),
    /// A device that has signed in to this account before.
    Device(&'a str),
    Network(IpAddr),
    /// Codes and unlocking, for whoever has already given the password.
    SecondFactor(&'a str),
}

struct Pace {
    /// Failures without delay.
    free: i32,
    /// Longest delay between two attempts, in seconds.
    longest: i64,
    /// Failures before a lock.
    lock_after: i32,
}

const FIRST_LOCK: TimeDelta = TimeDelta::minutes(30);
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(24);
/// Failures older than this are forgotten. Longer than the longest lock, or each would begin anew.
const MEMORY: TimeDelta = TimeDelta::hours(48);

impl Subject<'_> {
    fn pace(self) -> Pace {
        match self {
            Self::Login(_) | Self::Device(_) | Self::SecondFactor(_) => {
                Pace { free: 2, longest: 64, lock_after: 10 }
            }
            // A whole town hall goes out by one address.
            Self::Network(_) => Pace { free: 30, longest: 64, lock_after: 200 },
        }
    }

    /// Whether others have their failures counted here too, which one's own success does not forgive.
    fn is_shared(self) -> bool {
        matches!(self, Self::Network(_))
    }

    /// A keyed digest: what strangers typed as a login, a password perhaps, is not kept.
    fn name(self, key: &Key) -> String {
        let digest = match self {
            Self::Login(login) => key.digest(&[b"login", login.as_bytes()]),
            Self::Device(device) => key.digest(&[b"device", device.as_bytes()]),
            Self::SecondFactor(account) => key.digest(&[b"second factor", account.as_bytes()]),
            // A whole IPv6 network is one subscriber.
            Self::Network(IpAddr::V6(ip)) => key.digest(&[b"network", &ip.octets()[..8]]),
            Self::Network(IpAddr::V4(ip)) => key.digest(&[b"network", &ip.octets()]),
        };
        data_encoding::HEXLOWER.encode(&digest[..16])
    }
}

#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = throttles, treat_none_as_null = true)]
struct State {
    subject: String,
    failures: i32,
    locks: i32,
    last_failure_at: NaiveDateTime,
    blocked_until: Option<NaiveDateTime>,
}

/// An attempt that may be made, and that counts as a failure until it has succeeded.
#[derive(Debug, Clone)]
#[must_use = "what is not taken back stays a failure"]
pub struct Attempt(Vec<Counted>);

#[derive(Debug, Clone)]
struct Counted {
    before: Option<State>,
    after: State,
    is_shared: bool,
}

/// Until when none of these may try again.
pub fn blocked_until(
    conn: &mut Conn,
    subjects: &[Subject<'_>],
    key: &Key,
    now: Now,
) -> Result<Option<NaiveDateTime>> {
    let names: Vec<String> = subjects.iter().map(|subject| subject.name(key)).collect();
    let until: Option<NaiveDateTime> = throttles::table
        .filter(throttles::subject.eq_any(names))
        .select(diesel::dsl::max(throttles::blocked_until))
        .first(conn)?;
    Ok(until.filter(|until| *until > now.naive()))
}

/// Counts an attempt as a failure of each subject; `Err`: until when none may be made. In one `write`,
/// so that attempts at the same instant see each other.
pub fn attempt(
    conn: &mut Conn,
    subjects: &[Subject<'_>],
    key: &Key,
    now: Now,
) -> Result<Result<Attempt, NaiveDateTime>> {
    if let Some(until) = blocked_until(conn, subjects, key, now)? {
        return Ok(Err(until));
    }
    let counted = subjects.iter().map(|subject| count(conn, *subject, key, now)).collect::<Result<_>>()?;
    Ok(Ok(Attempt(counted)))
}

fn count(conn: &mut Conn, subject: Subject<'_>, key: &Key, now: Now) -> Result<Counted> {
    let name = subject.name(key);
    let before: Option<State> = throttles::table.find(&name).first(conn).optional()?;
    let remembered = before.clone().filter(|state| now.naive() - state.last_failure_at < MEMORY);
    let mut after = remembered.unwrap_or(State {
        subject: name,
        failures: 0,
        locks: 0,
        last_failure_at: now.naive(),
        blocked_until: None,
    });
    let pace = subject.pace();
    after.failures += 1;
    after.last_failure_at = now.naive();
    after.blocked_until = if after.failures >= pace.lock_after {
        after.failures = 0;
        after.locks += 1;
        Some(now.naive() + lock(after.locks))
    } else if after.failures > pace.free {
        let doublings = u32::try_from(after.failures - pace.free - 1).unwrap_or(0).min(16);
        Some(now.naive() + TimeDelta::seconds((1_i64 << doublings).min(pace.longest)))
    } else {
        None
    };
    on_conn!(conn, |c| diesel::insert_into(throttles::table)
        .values(&after)
        .on_conflict(throttles::subject)
        .do_update()
        .set((
            throttles::failures.eq(excluded(throttles::failures)),
            throttles::locks.eq(excluded(throttles::locks)),
            throttles::last_failure_at.eq(excluded(throttles::last_failure_at)),
            throttles::blocked_until.eq(excluded(throttles::blocked_until)),
        ))
        .execute(c))?;
    Ok(Counted { before, after, is_shared: subject.is_shared() })
}

impl Attempt {
    /// Until when the next one must wait, if this one has failed.
    pub fn blocks_until(&self) -> Option<NaiveDateTime> {
        self.0.iter().filter_map(|counted| counted.after.blocked_until).max()
    }

    /// Whether this failure has locked what is the account's own. Each lock is reached by one attempt: those
    /// that come while it lasts are refused before they count.
    pub fn locks(&self) -> bool {
        let is_lock = |after: &State| after.failures == 0 && after.blocked_until.is_some();
        self.0.iter().any(|counted| !counted.is_shared && is_lock(&counted.after))
    }

    /// A success forgets what failed before it, and takes back what it counted where others count too.
    pub fn succeed(&self, conn: &mut Conn) -> Result<()> {
        for counted in &self.0 {
            if counted.is_shared {
                counted.take_back(conn)?;
            } else {
                diesel::delete(throttles::table.find(&counted.after.subject)).execute(conn)?;
            }
        }
        Ok(())
    }
}

impl Counted {
    fn take_back(&self, conn: &mut Conn) -> Result<()> {
        let row = throttles::table.find(&self.after.subject);
        let Some(state): Option<State> = row.first(conn).optional()? else { return Ok(()) };
        let is_last = (state.failures, state.locks) == (self.after.failures, self.after.locks);
        match &self.before {
            Some(before) if is_last => diesel::update(row).set(before).execute(conn)?,
            None if is_last => diesel::delete(row).execute(conn)?,
            // Others have failed since: what they brought about stays.
            _ => {
                let failures = (state.failures - 1).max(0);
                diesel::update(row).set(throttles::failures.eq(failures)).execute(conn)?
            }
        };
        Ok(())
    }
}

/// 30 minutes, doubling to a day.
fn lock(locks: i32) -> TimeDelta {
    let doublings = u32::try_from(locks - 1).unwrap_or(0).min(16);
    (FIRST_LOCK * (1 << doublings)).min(LONGEST_LOCK)
}

/// Forgets what failed: a new second factor begins a new count.
pub fn forget(conn: &mut Conn, subject: Subject<'_>, key: &Key) -> Result<()> {
    diesel::delete(throttles::table.find(subject.name(key))).execute(conn)?;
    Ok(())
}

/// Erases what is past; for retention.
pub fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    Ok(diesel::delete(throttles::table.filter(throttles::last_failure_at.lt(now.naive() - MEMORY)))
        .execute(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::db::{Contents, Location};
    use crate::platform::{Clock, Db};

    #[test]
    fn locks_double_from_half_an_hour_to_a_day() {
        let minutes: Vec<i64> = (1..=8).map(|n| lock(n).num_minutes()).collect();
        assert_eq!(minutes, [30, 60, 120, 240, 480, 960, 1440, 1440]);
    }

    /// What an attacker sees of an installation: a clock that can be waited for, and the counters.
    struct Attack {
        db: Db,
        key: Key,
        clock: Clock,
        began: Now,
        _folder: tempfile::TempDir,
    }

    impl Attack {
        fn begin() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let location = Location::Sqlite(folder.path().join("parvis.sqlite"));
            let db = Db::open(&location, Contents::Main).unwrap();
            db.migrate(Contents::Main).unwrap();
            let clock = Clock::starting_at("2026-11-23T09:32:00Z".parse().unwrap());
            let began = clock.now();
            Self { db, key: Key::fresh().unwrap(), clock, began, _folder: folder }
        }

        /// Makes attempts that fail, each as soon as it may be made; a lock longer than `patience` is
        /// followed by a rest of two days, after which everything is forgotten.
        fn fail<'a>(&self, patience: TimeDelta, attempts: impl Iterator<Item = Vec<Subject<'a>>>) {
            let attempts: Vec<_> = attempts.collect();
            self.db
                .write(|conn| {
                    for subjects in &attempts {
                        while let Err(until) = attempt(conn, subjects, &self.key, self.clock.now())? {
                            let wait = until - self.clock.now().naive();
                            self.clock.advance(if wait > patience { MEMORY } else { wait });
                        }
                    }
                    Ok(())
                })
                .unwrap();
        }

        fn days(&self) -> i64 {
            (self.clock.now().naive() - self.began.naive()).num_days()
        }
    }

    #[test]
    fn e21_ten_thousand_passwords_against_one_account_take_more_than_a_year() {
        // From as many networks, so that only the login counts; whether each lock is sat out, or left to be
        // forgotten as soon as that is quicker.
        for patience in [TimeDelta::days(3), TimeDelta::hours(10)] {
            let attack = Attack::begin();
            attack.fail(patience, (0..10_000).map(|_| vec![Subject::Login("nora")]));
            assert!(attack.days() > 365, "{patience}: {} days", attack.days());
        }
    }

    #[test]
    fn e21_one_password_against_ten_thousand_accounts_takes_three_weeks_from_one_network() {
        let logins: Vec<String> = (0..10_000).map(|n| format!("personne.{n}")).collect();
        let network = Subject::Network(IpAddr::from([198, 51, 100, 7]));
        let (patience, attack) = (TimeDelta::hours(10), Attack::begin());
        attack.fail(patience, logins.iter().map(|login| vec![Subject::Login(login), network]));
        assert!(attack.days() > 21, "{} days", attack.days());
    }
}
