//! French, as it is written: dates, times, money and numbers of every view.
//!
//! Instants are shown in Paris time. A no-break space (U+00A0) stands inside a date's day and
//! month, inside a time and before a unit; a narrow one (U+202F) between thousands; a true minus
//! (U+2212) before a negative number. Nothing here escapes HTML: maud does.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Europe::Paris;

const NBSP: char = '\u{a0}';
const THOUSANDS: char = '\u{202f}';
const MINUS: &str = "\u{2212}";

/// The day it is in Paris at this instant.
pub fn paris_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Paris).date_naive()
}

/// « jeudi 26 novembre 2026 ».
pub fn date_long(date: NaiveDate) -> String {
    format!("{} {} {}", weekday(date), date_medium(date), date.year())
}

/// « 26 novembre ».
pub fn date_medium(date: NaiveDate) -> String {
    format!("{}{NBSP}{}", day_of_month(date), month(date).0)
}

/// « 26 novembre 2026 ».
pub fn date_full(date: NaiveDate) -> String {
    format!("{}{NBSP}{}", date_medium(date), date.year())
}

/// « 26 nov. 2026 », for tables: it never breaks.
pub fn date_short(date: NaiveDate) -> String {
    format!("{}{NBSP}{}{NBSP}{}", day_of_month(date), month(date).1, date.year())
}

/// « 26/11/2026 », where every character counts.
pub fn date_numeric(date: NaiveDate) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// « 26/11/2026 10:32 », for the watermark.
pub fn stamp(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Paris);
    format!("{}{NBSP}{:02}:{:02}", date_numeric(local.date_naive()), local.hour(), local.minute())
}

/// « 10 h 32 », « 8 h », « 0 h ».
pub fn time(at: DateTime<Utc>) -> String {
    time_of_day(at.with_timezone(&Paris).time())
}

/// The same for a time that is local already, such as a committee's.
pub fn time_of_day(time: NaiveTime) -> String {
    hours_and_minutes(i64::from(time.hour()), i64::from(time.minute()))
}

/// « vendredi 13 novembre 2026 à 18 h 52 min 07 s », where the second is proof.
pub fn instant(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Paris);
    format!(
        "{} à {}{NBSP}h{NBSP}{:02}{NBSP}min{NBSP}{:02}{NBSP}s",
        date_long(local.date_naive()),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// « 13 novembre 2026 à 18 h 52 ».
pub fn moment(at: DateTime<Utc>) -> String {
    format!("{} à {}", date_full(paris_date(at)), time(at))
}

/// « vendredi 20 novembre à 16 h 12 », for a moment near enough to need no year.
pub fn day_and_time(at: DateTime<Utc>) -> String {
    let date = paris_date(at);
    format!("{} {} à {}", weekday(date), date_medium(date), time(at))
}

/// « mardi à 8 h » within the week that follows `now`, the date too beyond it.
pub fn coming(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if paris_date(at).signed_duration_since(paris_date(now)).num_days() < 7 {
        format!("{} à {}", weekday(paris_date(at)), time(at))
    } else {
        day_and_time(at)
    }
}

/// « aujourd’hui », « demain », « dans 3 jours »; « hier », « il y a 3 jours ».
pub fn relative_day(date: NaiveDate, today: NaiveDate) -> String {
    match date.signed_duration_since(today).num_days() {
        0 => "aujourd’hui".to_owned(),
        1 => "demain".to_owned(),
        -1 => "hier".to_owned(),
        days if days > 0 => format!("dans {}{NBSP}jours", grouped(days.unsigned_abs())),
        days => format!("il y a {}{NBSP}jours", grouped(days.unsigned_abs())),
    }
}

/// « 8 h 28 », « 3 h », « 12 min », « moins d’une minute »; a part of a minute is not counted.
/// Hours go on past 24: the clock of a breach runs over 72. Nothing is left of a negative one.
pub fn duration(span: TimeDelta) -> String {
    match (span.num_hours(), span.num_minutes() % 60) {
        (hours @ 1.., minutes) => hours_and_minutes(hours, minutes),
        (_, minutes @ 1..) => format!("{minutes}{NBSP}min"),
        _ => "moins d’une minute".to_owned(),
    }
}

/// Completed years and months between two days: « 4 ans 8 mois », « 1 an », « moins d’un mois ».
pub fn seniority(since: NaiveDate, until: NaiveDate) -> String {
    let months = completed_months(since, until);
    let years = count(i64::from(months / 12), "an", "ans");
    match (months / 12, months % 12) {
        (0, 0) => "moins d’un mois".to_owned(),
        (0, rest) => format!("{rest}{NBSP}mois"),
        (_, 0) => years,
        (_, rest) => format!("{years} {rest}{NBSP}mois"),
    }
}

/// « 1 488,00 € » from cents.
pub fn money(cents: i64) -> String {
    let amount = cents.unsigned_abs();
    let (euros, rest) = (grouped(amount / 100), amount % 100);
    format!("{}{euros},{rest:02}{NBSP}€", sign(cents))
}

/// « 1 488 € » from cents, to the nearest euro; half a euro goes away from zero.
pub fn money_round(cents: i64) -> String {
    let euros = cents.unsigned_abs() / 100 + u64::from(cents.unsigned_abs() % 100 >= 50);
    // « −0 € » is no amount.
    let sign = if euros == 0 { "" } else { sign(cents) };
    format!("{sign}{}{NBSP}€", grouped(euros))
}

/// « 22,4 % » from tenths of a percent; « 33 % » when it is whole.
pub fn rate(tenths: i64) -> String {
    let whole = grouped(tenths.unsigned_abs() / 10);
    match tenths.unsigned_abs() % 10 {
        0 => format!("{}{whole}{NBSP}%", sign(tenths)),
        rest => format!("{}{whole},{rest}{NBSP}%", sign(tenths)),
    }
}

/// « 64,50 m² » from hundredths of a square metre; « 41 m² » when it is whole.
pub fn area(hundredths: u32) -> String {
    let whole = grouped(u64::from(hundredths / 100));
    match hundredths % 100 {
        0 => format!("{whole}{NBSP}m²"),
        rest => format!("{whole},{rest:02}{NBSP}m²"),
    }
}

/// « 12 fiches », « 1 fiche », « 0 fiche »: in French the plural begins at two.
pub fn count(n: i64, singular: &str, plural: &str) -> String {
    let noun = if n.unsigned_abs() < 2 { singular } else { plural };
    format!("{}{}{NBSP}{noun}", sign(n), grouped(n.unsigned_abs()))
}

/// « trois commissions », « une commune », « aucune fiche » up to sixteen, then figures. Feminine
/// nouns only: « une », « aucune ».
pub fn count_in_words(n: usize, singular: &str, plural: &str) -> String {
    const WORDS: [&str; 17] = [
        "aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
        "douze", "treize", "quatorze", "quinze", "seize",
    ];
    let noun = if n < 2 { singular } else { plural };
    match WORDS.get(n) {
        Some(word) => format!("{word} {noun}"),
        None => format!("{}{NBSP}{noun}", grouped(n as u64)),
    }
}

/// The same with its first letter as at the head of a sentence.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The applicant's number in its blocks, « 099 03 22 004817 G0991 », whatever spaces it came
/// with. One that has not 18 characters is shown as it stands: it is somebody's number all the same.
pub fn nur_blocks(number: &str) -> String {
    let unbroken: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    if unbroken.len() != 18 {
        return number.to_owned();
    }
    let mut blocks = String::with_capacity(26);
    for (position, character) in unbroken.into_iter().enumerate() {
        if matches!(position, 3 | 5 | 7 | 13) {
            blocks.push(NBSP);
        }
        blocks.push(character);
    }
    blocks
}

/// « a, b et c ».
pub fn list_and<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} et {}", first.join(", "), last.as_ref())
        }
    }
}

fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "lundi",
        Weekday::Tue => "mardi",
        Weekday::Wed => "mercredi",
        Weekday::Thu => "jeudi",
        Weekday::Fri => "vendredi",
        Weekday::Sat => "samedi",
        Weekday::Sun => "dimanche",
    }
}

/// « 1er » for the first, which alone is an ordinal.
fn day_of_month(date: NaiveDate) -> String {
    match date.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    }
}

/// The month in full, and its usual abbreviation.
fn month(date: NaiveDate) -> (&'static str, &'static str) {
    match date.month() {
        1 => ("janvier", "janv."),
        2 => ("février", "févr."),
        3 => ("mars", "mars"),
        4 => ("avril", "avr."),
        5 => ("mai", "mai"),
        6 => ("juin", "juin"),
        7 => ("juillet", "juil."),
        8 => ("août", "août"),
        9 => ("septembre", "sept."),
        10 => ("octobre", "oct."),
        11 => ("novembre", "nov."),
        _ => ("décembre", "déc."),
    }
}

fn hours_and_minutes(hours: i64, minutes: i64) -> String {
    match minutes {
        0 => format!("{hours}{NBSP}h"),
        _ => format!("{hours}{NBSP}h{NBSP}{minutes:02}"),
    }
}

fn completed_months(since: NaiveDate, until: NaiveDate) -> u32 {
    let between = (i64::from(until.year()) - i64::from(since.year())) * 12 + i64::from(until.month())
        - i64::from(since.month());
    let between = u32::try_from(between).unwrap_or(0);
    // The last month is complete on the same day of the month, or on the last day of a shorter one.
    match since.checked_add_months(Months::new(between)) {
        Some(reached) if reached <= until => between,
        _ => between.saturating_sub(1),
    }
}

fn sign(number: i64) -> &'static str {
    if number < 0 { MINUS } else { "" }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(THOUSANDS);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
