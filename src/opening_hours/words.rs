//! The state of the space, in the words of the login page and of the header.

use chrono::{DateTime, NaiveTime, Utc};

use super::{Day, Schedule, State};
use crate::page::chart::WeekDay;
use crate::page::format;

/// What the login page says of the space.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// « Ouvert jusqu’à 19 h », « Fermé jusqu’à lundi 23 novembre à 8 h ».
    pub headline: String,
    /// « encore 8 h 28 », or empty.
    pub remaining: String,
    pub week: Vec<WeekDay>,
    /// Announced closures and holidays of the week, ending with « Heure de Paris. »
    pub week_note: String,
}

/// « jusqu’à 19 h » of an open space, « lundi 23 novembre à 8 h » of a closed one.
pub fn next_opening(until: DateTime<Utc>) -> String {
    format::day_and_time(until)
}

/// The words of an instant.
pub fn of(schedule: &Schedule, at: DateTime<Utc>) -> Words {
    let (headline, remaining) = match schedule.state(at) {
        State::Open { closes_at, remaining, .. } => (
            format!("Ouvert jusqu’à {}", format::time(closes_at)),
            format!("encore {}", format::duration(remaining)),
        ),
        State::Closed { until, .. } => (format!("Fermé jusqu’à {}", next_opening(until)), String::new()),
    };
    let days = schedule.week(at);
    let week = days.iter().map(|day| week_day(day, format::paris_date(at))).collect();
    Words { headline, remaining, week, week_note: note(&days) }
}

fn week_day(day: &Day, today: chrono::NaiveDate) -> WeekDay {
    let full = super::Hours::CONVENTION;
    let fraction = |time: NaiveTime| full.fraction(time) as f32;
    let mut from = day.hours.opens();
    let mut to = day.hours.closes();
    // The rule draws one stretch: a closure at an end shortens it, one in the middle is in words.
    for closure in &day.interruptions {
        if closure.from <= from {
            from = from.max(closure.to);
        } else if closure.to >= to {
            to = to.min(closure.from);
        }
    }
    let closed = day.holiday.is_some() || from >= to;
    let words = match day.holiday {
        Some(name) => format!("fermé, {name}"),
        None if closed => "fermé".to_owned(),
        None => format!("ouvert de {} à {}", format::time_of_day(from), format::time_of_day(to)),
    };
    let exception = match day.holiday {
        Some(name) => name.to_owned(),
        None if !day.interruptions.is_empty() => "fermé".to_owned(),
        None => String::new(),
    };
    let label = format::date_long(day.date);
    WeekDay {
        // « lundi 23 »: the month stands in the sentences.
        label: label.split(['\u{a0}']).next().unwrap_or_default().to_owned(),
        words,
        today: day.date == today,
        open: (!closed).then(|| (fraction(from), fraction(to))),
        elapsed: day.elapsed.map(|elapsed| elapsed as f32),
        exception,
    }
}

fn note(days: &[Day]) -> String {
    let mut sentences = Vec::new();
    for day in days {
        let date = format::date_long(day.date);
        let date = date.rsplit_once(' ').map_or(date.as_str(), |(day, _year)| day);
        if let Some(name) = day.holiday {
            sentences.push(format!("{}, jour férié\u{a0}: {name}.", capitalized(date)));
        }
        for closure in &day.interruptions {
            sentences.push(format!(
                "{}, fermeture de {} à {}\u{a0}: {}.",
                capitalized(date),
                format::time_of_day(closure.from),
                format::time_of_day(closure.to),
                closure.reason
            ));
        }
    }
    sentences.push("Heure de Paris.".to_owned());
    sentences.join(" ")
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
