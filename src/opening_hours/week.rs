//! The week as the login page draws it: five rules from opening to closing.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Europe::Paris;

use super::{Hours, Schedule, holiday, holidays, instant};

/// One weekday, Monday to Friday.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub date: NaiveDate,
    pub hours: Hours,
    /// The French name of the public holiday: closed all day.
    pub holiday: Option<&'static str>,
    /// Announced closures, cut to the day's hours, by start; empty on a holiday.
    pub interruptions: Vec<Interruption>,
    /// Today only, unless it is a holiday: 0.0 until opening, 1.0 from closing on.
    pub elapsed: Option<f64>,
}

/// The part of an announced closure that falls into one day's hours, in Paris time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    pub from: NaiveTime,
    pub to: NaiveTime,
    pub reason: String,
}

impl Schedule {
    /// The week that holds `at`; on a Saturday or Sunday, the week to come.
    pub fn week(&self, at: DateTime<Utc>) -> [Day; 5] {
        let now = at.with_timezone(&Paris);
        let today = now.date_naive();
        let shown = if holidays::is_weekend(today) { later(today, 2) } else { today };
        let monday = shown.week(Weekday::Mon).checked_first_day().unwrap_or(shown);
        [0, 1, 2, 3, 4].map(|offset| {
            let date = later(monday, offset);
            let holiday = holiday(date, self.zone);
            Day {
                date,
                hours: self.hours,
                holiday,
                interruptions: match holiday {
                    None => self.interruptions(date),
                    Some(_) => Vec::new(),
                },
                elapsed: (date == today && holiday.is_none()).then(|| self.hours.fraction(now.time())),
            }
        })
    }

    fn interruptions(&self, date: NaiveDate) -> Vec<Interruption> {
        let (opens, closes) = (instant(date, self.hours.opens), instant(date, self.hours.closes));
        self.closures
            .iter()
            .map(|closure| (closure.starts.max(opens), closure.ends.min(closes), closure))
            .filter(|(from, to, _)| from < to)
            .map(|(from, to, closure)| Interruption {
                from: from.with_timezone(&Paris).time(),
                to: to.with_timezone(&Paris).time(),
                reason: closure.reason.clone(),
            })
            .collect()
    }
}

fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}
