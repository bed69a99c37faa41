//! When the extranet may be read (E28): on business days, Monday to Friday, from 8:00 to 19:00,
//! Paris time, except public holidays and announced closures (E29).
//!
//! Pure: no clock, no database. The caller passes the instant; the answer holds to the second,
//! across clock changes, because every comparison is made either in Paris local time (the hours)
//! or between instants (the closures), never by adding hours to a day.

mod holidays;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod week;
pub mod words;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::{Europe::Paris, Tz};

pub use holidays::{Zone, holiday, is_business_day};
pub use week::{Day, Interruption};

/// The daily hours, in Paris time: open from `opens` (included) to `closes` (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    opens: NaiveTime,
    closes: NaiveTime,
}

/// Why hours taken from the settings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursRefused {
    #[error("les horaires ne peuvent dépasser ceux de la convention, de 8\u{a0}h à 19\u{a0}h")]
    WiderThanConvention,
    #[error("l’heure de fermeture doit suivre l’heure d’ouverture")]
    Empty,
    #[error("les horaires s’expriment en heures et en minutes entières")]
    NotWholeMinutes,
}

impl Hours {
    /// The convention's own: 8:00 to 19:00 (E28).
    pub const CONVENTION: Hours = Hours { opens: EIGHT, closes: NINETEEN };

    /// Settings may narrow the convention's hours, never widen them.
    pub fn new(opens: NaiveTime, closes: NaiveTime) -> Result<Hours, HoursRefused> {
        let whole = |time: NaiveTime| time.second() == 0 && time.nanosecond() == 0;
        if opens < EIGHT || closes > NINETEEN {
            Err(HoursRefused::WiderThanConvention)
        } else if opens >= closes {
            Err(HoursRefused::Empty)
        } else if !whole(opens) || !whole(closes) {
            Err(HoursRefused::NotWholeMinutes)
        } else {
            Ok(Hours { opens, closes })
        }
    }

    pub fn opens(self) -> NaiveTime {
        self.opens
    }

    pub fn closes(self) -> NaiveTime {
        self.closes
    }

    /// Where a local time stands between opening (0.0) and closing (1.0); outside, the nearer end.
    pub fn fraction(self, time: NaiveTime) -> f64 {
        let since_opening = (time - self.opens).num_milliseconds() as f64;
        let whole_day = (self.closes - self.opens).num_milliseconds() as f64;
        (since_opening / whole_day).clamp(0.0, 1.0)
    }

    fn contains(self, time: NaiveTime) -> bool {
        self.opens <= time && time < self.closes
    }
}

const EIGHT: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).expect("8:00:00 is a time of day");
const NINETEEN: NaiveTime = NaiveTime::from_hms_opt(19, 0, 0).expect("19:00:00 is a time of day");

/// Last second of the year 9999: no date typed in a form may lead past what the calendar can hold.
const HORIZON: DateTime<Utc> =
    DateTime::from_timestamp(253_402_300_799, 0).expect("the year 9999 is in the calendar");

/// A closure announced ahead: a bridge day, a maintenance, a provider's failure (E29).
/// Closed from `starts` (included) to `ends` (excluded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    pub starts: DateTime<Utc>,
    pub ends: DateTime<Utc>,
    /// In French, as the reader sees it: « maintenance ».
    pub reason: String,
}

impl Closure {
    fn covers(&self, at: DateTime<Utc>) -> bool {
        self.starts <= at && at < self.ends
    }
}

/// Whether the extranet may be read at an instant, and until when that answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Open {
        /// First instant at which nothing may be shown any more: the evening, or an announced
        /// closure before it.
        closes_at: DateTime<Utc>,
        /// From the instant asked to `closes_at`; never zero.
        remaining: TimeDelta,
        warning: Option<Warning>,
    },
    Closed {
        /// First instant at which it is open again.
        until: DateTime<Utc>,
        why: Why,
    },
}

impl State {
    pub fn is_open(&self) -> bool {
        matches!(self, State::Open { .. })
    }
}

/// Closing is near: at 18:45 and at 18:55 on an ordinary day (E28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// A quarter of an hour or less.
    Quarter,
    /// Five minutes or less.
    Five,
}

impl Warning {
    fn before(remaining: TimeDelta) -> Option<Warning> {
        if remaining <= TimeDelta::minutes(5) {
            Some(Warning::Five)
        } else if remaining <= TimeDelta::minutes(15) {
            Some(Warning::Quarter)
        } else {
            None
        }
    }
}

/// Why it is closed at an instant. A weekend or a holiday would be closed without any
/// announcement and so names itself first; on a business day the announcement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A business day, before opening.
    Morning,
    /// A business day, from closing on.
    Evening,
    Weekend,
    /// The holiday's French name.
    Holiday(&'static str),
    /// The announced closure's reason; where several overlap, of the one that ends last.
    Announced(String),
}

/// The opening hours of one commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    hours: Hours,
    zone: Zone,
    /// By start; none is empty.
    closures: Vec<Closure>,
}

impl Schedule {
    /// Closures may come in any order, overlap and touch; one that ends before it starts closes
    /// nothing and is dropped, one without foreseeable end lasts until the year 10 000.
    pub fn new(hours: Hours, zone: Zone, mut closures: Vec<Closure>) -> Schedule {
        for closure in &mut closures {
            closure.ends = closure.ends.min(HORIZON);
        }
        closures.retain(|closure| closure.starts < closure.ends);
        closures.sort_by_key(|closure| closure.starts);
        Schedule { hours, zone, closures }
    }

    /// The same hours and closures under another zone's holidays.
    pub fn in_zone(&self, zone: Zone) -> Schedule {
        Schedule { zone, ..self.clone() }
    }

    pub fn state(&self, at: DateTime<Utc>) -> State {
        match self.why_closed(at) {
            None => {
                let closes_at = self.closing_after(at);
                let remaining = closes_at - at;
                State::Open { closes_at, remaining, warning: Warning::before(remaining) }
            }
            Some(why) => State::Closed { until: self.next_opening(at), why },
        }
    }

    /// The first open instant, `at` itself included.
    pub fn next_opening(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let mut candidate = at;
        // Each turn leaves behind one closure, one day or one morning, so the walk ends: closures
        // are finite and no more than a few days in a row are without opening.
        loop {
            let local = candidate.with_timezone(&Paris);
            let date = local.date_naive();
            if !is_business_day(date, self.zone) || local.time() >= self.hours.closes {
                let Some(tomorrow) = date.checked_add_days(Days::new(1)) else {
                    return candidate; // the end of the calendar, two hundred thousand years away
                };
                candidate = instant(tomorrow, self.hours.opens);
            } else if local.time() < self.hours.opens {
                candidate = instant(date, self.hours.opens);
            } else if let Some(closure) = self.last_closure_over(candidate) {
                candidate = closure.ends;
            } else {
                return candidate;
            }
        }
    }

    fn why_closed(&self, at: DateTime<Utc>) -> Option<Why> {
        let local = at.with_timezone(&Paris);
        let (date, time) = (local.date_naive(), local.time());
        if holidays::is_weekend(date) {
            Some(Why::Weekend)
        } else if let Some(name) = holiday(date, self.zone) {
            Some(Why::Holiday(name))
        } else if let Some(closure) = self.last_closure_over(at) {
            Some(Why::Announced(closure.reason.clone()))
        } else if self.hours.contains(time) {
            None
        } else if time < self.hours.opens {
            Some(Why::Morning)
        } else {
            Some(Why::Evening)
        }
    }

    /// The end of the open stretch that holds `at`, which must be open.
    fn closing_after(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let evening = instant(at.with_timezone(&Paris).date_naive(), self.hours.closes);
        self.closures
            .iter()
            .map(|closure| closure.starts)
            .find(|starts| *starts > at) // sorted: the first is the nearest
            .map_or(evening, |starts| starts.min(evening))
    }

    fn last_closure_over(&self, at: DateTime<Utc>) -> Option<&Closure> {
        self.closures.iter().filter(|closure| closure.covers(at)).max_by_key(|closure| closure.ends)
    }
}

/// The instant of a Paris local time. The clock changes at night, so that an opening hour exists
/// exactly once each day; if a law ever moved the change into the day, the first of two counts,
/// and a time that does not exist is read an hour or two late rather than not at all.
fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = date.and_time(time);
    Paris
        .from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc(), |at: DateTime<Tz>| at.with_timezone(&Utc))
}
