//! The only place that asks the system for the time (clippy forbids the rest).
//!
//! The time is read once at the edge, as a [`Now`], and passed down as a value, so that one request
//! is decided at one instant and a test can stand at any of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::Europe::Paris;
use chrono_tz::Tz;

/// The system's clock, or that clock shifted (the demo starts during opening hours; tests travel).
#[derive(Debug, Clone, Default)]
pub struct Clock {
    shift_micros: Arc<AtomicI64>,
    authenticator_shift_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// The system's own time.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that shows `instant` now and runs on from there.
    pub fn starting_at(instant: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.set(instant);
        clock
    }

    /// A clock that is `shift` ahead of the system's.
    pub fn ahead_by(shift: TimeDelta) -> Self {
        let clock = Self::default();
        clock.advance(shift);
        clock
    }

    /// How far it is ahead of the system's.
    pub fn shift(&self) -> TimeDelta {
        TimeDelta::microseconds(self.shift_micros.load(Ordering::Relaxed))
    }

    /// Makes the clock show `instant` from now on.
    pub fn set(&self, instant: DateTime<Utc>) {
        let shift = instant - system_time();
        self.shift_micros.store(shift.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    /// Moves the clock by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.shift_micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    pub fn now(&self) -> Now {
        let shift = TimeDelta::microseconds(self.shift_micros.load(Ordering::Relaxed));
        Now::at(system_time() + shift)
    }

    /// Unix seconds for one-time codes: the system's own time, whatever the demo's clock shows,
    /// because the telephone that makes the code knows no other.
    pub fn authenticator_seconds(&self) -> u64 {
        let seconds = system_time().timestamp() + self.authenticator_shift_seconds.load(Ordering::Relaxed);
        u64::try_from(seconds).unwrap_or(0)
    }

    /// Moves the time of one-time codes alone, as if the telephone were read later.
    pub fn advance_authenticator(&self, by: TimeDelta) {
        self.authenticator_shift_seconds.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reading of the system's clock")]
fn system_time() -> DateTime<Utc> {
    Utc::now()
}

/// One reading of the clock, truncated to the microsecond both databases keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    instant: DateTime<Utc>,
}

impl Now {
    fn at(instant: DateTime<Utc>) -> Self {
        Self { instant: instant.trunc_subsecs(6) }
    }

    /// The instant of a stored record. Not a reading of the clock: use it for what was recorded.
    pub(crate) fn recorded(stored: NaiveDateTime) -> Self {
        Self::at(stored.and_utc())
    }

    pub fn utc(self) -> DateTime<Utc> {
        self.instant
    }

    /// As the databases store it: naive UTC.
    pub fn naive(self) -> NaiveDateTime {
        self.instant.naive_utc()
    }

    pub fn paris(self) -> DateTime<Tz> {
        self.instant.with_timezone(&Paris)
    }

    /// The day in Paris: « le lendemain » is a Paris day (E7).
    pub fn today(self) -> NaiveDate {
        self.paris().date_naive()
    }

    /// The calendar month in Paris, as `2026-11`.
    pub fn month(self) -> String {
        month_of(self.today())
    }
}

/// `2026-11`.
pub fn month_of(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// A stored instant, in Paris.
pub fn to_paris(stored: NaiveDateTime) -> DateTime<Tz> {
    stored.and_utc().with_timezone(&Paris)
}

/// The instant at which a Paris day begins, as stored.
pub fn start_of_day(day: NaiveDate) -> NaiveDateTime {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Paris has no change of clock at midnight; the earliest reading is right if it ever gets one.
    match midnight.and_local_timezone(Paris).earliest() {
        Some(instant) => instant.naive_utc(),
        None => midnight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_a_paris_day() {
        let clock = Clock::starting_at("2026-07-14T22:30:00Z".parse().unwrap());
        assert_eq!(clock.now().today().to_string(), "2026-07-15");
        let clock = Clock::starting_at("2026-12-14T22:30:00Z".parse().unwrap());
        assert_eq!(clock.now().today().to_string(), "2026-12-14");
    }

    #[test]
    fn a_day_begins_at_paris_midnight_on_both_sides_of_a_change_of_clock() {
        let begins = |day: &str| start_of_day(day.parse().unwrap()).to_string();
        assert_eq!(begins("2026-10-25"), "2026-10-24 22:00:00");
        assert_eq!(begins("2026-10-26"), "2026-10-25 23:00:00");
        assert_eq!(begins("2026-03-29"), "2026-03-28 23:00:00");
        assert_eq!(begins("2026-03-30"), "2026-03-29 22:00:00");
    }

    #[test]
    fn a_shifted_clock_leaves_the_authenticator_alone() {
        let clock = Clock::starting_at("2031-01-01T09:00:00Z".parse().unwrap());
        assert!(clock.authenticator_seconds() < 1_900_000_000);
    }
}
