//! Public holidays of metropolitan France (Code du travail L. 3133-1), and the two more of
//! Alsace and Moselle (L. 3134-13). Pure arithmetic on the Gregorian calendar: no table to renew.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Which public holidays a commune keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Zone {
    #[default]
    Ordinary,
    /// Départements 57, 67 and 68: 26 December is a holiday everywhere, Good Friday only where
    /// the commune has a Protestant church or a shared one.
    AlsaceMoselle { good_friday: bool },
}

impl Zone {
    /// As a commune's settings say it; Good Friday means nothing elsewhere.
    pub fn of(alsace_moselle: bool, good_friday: bool) -> Self {
        if alsace_moselle { Self::AlsaceMoselle { good_friday } } else { Self::Ordinary }
    }
}

/// The French name of the public holiday that falls on this day, if there is one. Where two meet
/// (Ascension on 1 May), the one with the fixed date gives its name.
pub fn holiday(date: NaiveDate, zone: Zone) -> Option<&'static str> {
    fixed_holiday(date, zone).or_else(|| movable_holiday(date, zone))
}

/// *Jour ouvré*: Monday to Friday, and not a public holiday of the zone (E28).
pub fn is_business_day(date: NaiveDate, zone: Zone) -> bool {
    !is_weekend(date) && holiday(date, zone).is_none()
}

pub(super) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn fixed_holiday(date: NaiveDate, zone: Zone) -> Option<&'static str> {
    match (date.month(), date.day()) {
        (1, 1) => Some("Jour de l’an"),
        (5, 1) => Some("Fête du Travail"),
        (5, 8) => Some("Victoire de 1945"),
        (7, 14) => Some("Fête nationale"),
        (8, 15) => Some("Assomption"),
        (11, 1) => Some("Toussaint"),
        (11, 11) => Some("Armistice de 1918"),
        (12, 25) => Some("Noël"),
        (12, 26) if matches!(zone, Zone::AlsaceMoselle { .. }) => Some("Saint-Étienne"),
        _ => None,
    }
}

fn movable_holiday(date: NaiveDate, zone: Zone) -> Option<&'static str> {
    let easter = easter(date.year())?;
    let after = |days| easter.checked_add_days(Days::new(days)) == Some(date);
    let good_friday = || easter.checked_sub_days(Days::new(2)) == Some(date);
    if after(1) {
        Some("Lundi de Pâques")
    } else if after(39) {
        Some("Ascension")
    } else if after(50) {
        Some("Lundi de Pentecôte")
    } else if zone == (Zone::AlsaceMoselle { good_friday: true }) && good_friday() {
        Some("Vendredi saint")
    } else {
        None
    }
}

/// Easter Sunday of a Gregorian year, by the anonymous algorithm of 1876 (Meeus, Jones, Butcher):
/// the epact and the Sunday letter in integer arithmetic, without exceptions. `None` only for a
/// year the calendar type cannot hold.
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let lunar = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - lunar + 15).rem_euclid(30);
    let sunday = (32 + 2 * century.rem_euclid(4) + 2 * (rest / 4) - epact - rest % 4).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * sunday) / 451;
    let from_march = epact + sunday - 7 * late + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(from_march / 31).ok()?,
        u32::try_from(from_march % 31 + 1).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day written in this test")
    }

    /// Oudin's algorithm of 1940: Easter counted in days from 21 March. Another road to the same day.
    fn easter_by_oudin(year: i32) -> NaiveDate {
        let g = year % 19;
        let c = year / 100;
        let h = (c - c / 4 - (8 * c + 13) / 25 + 19 * g + 15) % 30;
        let i = h - (h / 28) * (1 - (h / 28) * (29 / (h + 1)) * ((21 - g) / 11));
        let j = (year + year / 4 + i + 2 - c + c / 4) % 7;
        let l = i - j;
        let month = 3 + (l + 40) / 44;
        day(year, month as u32, (l + 28 - 31 * (month / 4)) as u32)
    }

    #[test]
    fn easter_agrees_with_a_second_algorithm() {
        for year in 1990..=2400 {
            assert_eq!(easter(year), Some(easter_by_oudin(year)), "{year}");
        }
    }

    #[test]
    fn easter_falls_on_the_days_computed_elsewhere() {
        for expected in
            [day(2026, 4, 5), day(2027, 3, 28), day(2028, 4, 16), day(2029, 4, 1), day(2030, 4, 21)]
        {
            assert_eq!(easter(expected.year()), Some(expected));
        }
    }

    #[test]
    fn easter_is_a_sunday_between_22_march_and_25_april_in_any_year() {
        for year in 1583..=9999 {
            let found = easter(year).expect("a year of the calendar");
            assert_eq!(found.weekday(), Weekday::Sun, "{year}");
            assert!(day(year, 3, 22) <= found && found <= day(year, 4, 25), "{year}");
        }
        assert_eq!(easter(i32::MAX), None);
    }

    #[test]
    fn e28_the_eleven_public_holidays_of_2026_and_no_other_day() {
        let found: Vec<_> = day(2026, 1, 1)
            .iter_days()
            .take(365)
            .filter_map(|date| holiday(date, Zone::Ordinary).map(|name| (date, name)))
            .collect();
        assert_eq!(
            found,
            [
                (day(2026, 1, 1), "Jour de l’an"),
                (day(2026, 4, 6), "Lundi de Pâques"),
                (day(2026, 5, 1), "Fête du Travail"),
                (day(2026, 5, 8), "Victoire de 1945"),
                (day(2026, 5, 14), "Ascension"),
                (day(2026, 5, 25), "Lundi de Pentecôte"),
                (day(2026, 7, 14), "Fête nationale"),
                (day(2026, 8, 15), "Assomption"),
                (day(2026, 11, 1), "Toussaint"),
                (day(2026, 11, 11), "Armistice de 1918"),
                (day(2026, 12, 25), "Noël"),
            ]
        );
        assert_eq!(holiday(day(2027, 5, 6), Zone::Ordinary), Some("Ascension"));
        assert_eq!(holiday(day(2027, 5, 17), Zone::Ordinary), Some("Lundi de Pentecôte"));
    }

    #[test]
    fn e28_alsace_and_moselle_keep_two_more_where_set() {
        let (friday, stephen) = (day(2026, 4, 3), day(2026, 12, 26));
        let (with, without) =
            (Zone::AlsaceMoselle { good_friday: true }, Zone::AlsaceMoselle { good_friday: false });
        assert_eq!(holiday(friday, with), Some("Vendredi saint"));
        assert_eq!(holiday(friday, without), None);
        assert_eq!(holiday(friday, Zone::Ordinary), None);
        assert_eq!(holiday(stephen, with), Some("Saint-Étienne"));
        assert_eq!(holiday(stephen, without), Some("Saint-Étienne"));
        assert_eq!(holiday(stephen, Zone::Ordinary), None);
    }

    #[test]
    fn two_holidays_on_one_day_bear_the_name_of_the_fixed_one() {
        assert_eq!(holiday(day(2008, 5, 1), Zone::Ordinary), Some("Fête du Travail"));
    }

    #[test]
    fn a_business_day_is_neither_a_weekend_nor_a_holiday() {
        assert!(is_business_day(day(2026, 11, 10), Zone::Ordinary));
        assert!(!is_business_day(day(2026, 11, 11), Zone::Ordinary));
        assert!(!is_business_day(day(2026, 11, 14), Zone::Ordinary));
        assert!(!is_business_day(day(2026, 11, 15), Zone::Ordinary));
    }
}
