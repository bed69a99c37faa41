//! E28 and E29, to the second.

use super::*;
use chrono::{Datelike as _, NaiveDate};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant written in this test")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time written in this test")
}

/// An instant told in Paris time: « 2026-11-23 18:59:59 ».
fn paris(text: &str) -> DateTime<Utc> {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .expect("a local time written in this test");
    Paris.from_local_datetime(&local).single().expect("a time that exists once").with_timezone(&Utc)
}

fn closure(starts: &str, ends: &str, reason: &str) -> Closure {
    Closure { starts: paris(starts), ends: paris(ends), reason: reason.to_owned() }
}

fn ordinary(closures: Vec<Closure>) -> Schedule {
    Schedule::new(Hours::CONVENTION, Zone::Ordinary, closures)
}

fn closed(until: &str, why: Why) -> State {
    State::Closed { until: paris(until), why }
}

fn warning(schedule: &Schedule, at: &str) -> Option<Warning> {
    match schedule.state(paris(at)) {
        State::Open { warning, .. } => warning,
        State::Closed { why, .. } => panic!("closed at {at}: {why:?}"),
    }
}

#[test]
fn e28_the_first_and_the_last_second_of_a_day() {
    let schedule = ordinary(vec![]);
    assert_eq!(schedule.state(paris("2026-11-23 07:59:59")), closed("2026-11-23 08:00:00", Why::Morning));
    assert_eq!(
        schedule.state(paris("2026-11-23 08:00:00")),
        State::Open {
            closes_at: paris("2026-11-23 19:00:00"),
            remaining: TimeDelta::hours(11),
            warning: None,
        }
    );
    assert_eq!(
        schedule.state(paris("2026-11-23 18:59:59")),
        State::Open {
            closes_at: paris("2026-11-23 19:00:00"),
            remaining: TimeDelta::seconds(1),
            warning: Some(Warning::Five),
        }
    );
    assert!(schedule.state(paris("2026-11-23 18:59:59.999999999")).is_open());
    assert_eq!(schedule.state(paris("2026-11-23 19:00:00")), closed("2026-11-24 08:00:00", Why::Evening));
}

#[test]
fn e28_weekends_and_holidays_are_closed_and_say_why() {
    let schedule = ordinary(vec![]);
    assert_eq!(schedule.state(paris("2026-11-21 10:00:00")), closed("2026-11-23 08:00:00", Why::Weekend));
    assert_eq!(schedule.state(paris("2026-11-20 19:00:00")), closed("2026-11-23 08:00:00", Why::Evening));
    assert_eq!(
        schedule.state(paris("2026-11-11 10:00:00")),
        closed("2026-11-12 08:00:00", Why::Holiday("Armistice de 1918"))
    );
    // Friday 1 May, then a weekend: four nights.
    assert_eq!(schedule.state(paris("2026-04-30 20:00:00")), closed("2026-05-04 08:00:00", Why::Evening));
}

#[test]
fn e28_alsace_and_moselle_close_on_their_own_holidays() {
    let friday = paris("2026-04-03 10:00:00");
    let of = |zone| Schedule::new(Hours::CONVENTION, zone, vec![]).state(friday);
    assert!(of(Zone::Ordinary).is_open());
    assert!(of(Zone::AlsaceMoselle { good_friday: false }).is_open());
    // Easter Monday follows: closed from Thursday evening to Tuesday morning.
    assert_eq!(
        of(Zone::AlsaceMoselle { good_friday: true }),
        closed("2026-04-07 08:00:00", Why::Holiday("Vendredi saint"))
    );
}

#[test]
fn e28_the_day_opens_at_eight_in_paris_on_both_sides_of_a_clock_change() {
    let schedule = ordinary(vec![]);
    for (evening, opening) in [
        ("2026-03-26T20:00:00Z", "2026-03-27T07:00:00Z"), // Friday, winter
        ("2026-03-28T23:30:00Z", "2026-03-30T06:00:00Z"), // the change of 29 March, then Monday
        ("2026-03-30T20:00:00Z", "2026-03-31T06:00:00Z"),
        ("2026-10-22T20:00:00Z", "2026-10-23T06:00:00Z"), // Friday, summer
        ("2026-10-25T00:30:00Z", "2026-10-26T07:00:00Z"), // the change of 25 October, then Monday
        ("2026-10-25T01:30:00Z", "2026-10-26T07:00:00Z"), // the same local time, an hour later
        ("2026-10-26T20:00:00Z", "2026-10-27T07:00:00Z"),
    ] {
        assert_eq!(schedule.next_opening(utc(evening)), utc(opening));
        let last = utc(opening) + TimeDelta::hours(11);
        assert!(!schedule.state(utc(opening) - TimeDelta::seconds(1)).is_open());
        assert!(schedule.state(utc(opening)).is_open());
        assert!(schedule.state(last - TimeDelta::seconds(1)).is_open());
        assert!(!schedule.state(last).is_open());
    }
    for day_of_change in ["2026-03-29T10:00:00Z", "2026-10-25T10:00:00Z"] {
        assert!(matches!(schedule.state(utc(day_of_change)), State::Closed { why: Why::Weekend, .. }));
    }
}

#[test]
fn e28_warnings_a_quarter_of_an_hour_and_five_minutes_before_closing() {
    let schedule = ordinary(vec![]);
    assert_eq!(warning(&schedule, "2026-11-23 18:44:59"), None);
    assert_eq!(warning(&schedule, "2026-11-23 18:45:00"), Some(Warning::Quarter));
    assert_eq!(warning(&schedule, "2026-11-23 18:54:59"), Some(Warning::Quarter));
    assert_eq!(warning(&schedule, "2026-11-23 18:55:00"), Some(Warning::Five));
}

#[test]
fn e28_settings_narrow_the_hours_and_cannot_widen_them() {
    let new = |opens, closes| Hours::new(time(opens), time(closes));
    assert_eq!(new("08:00:00", "19:00:00"), Ok(Hours::CONVENTION));
    assert_eq!(new("07:59:00", "19:00:00"), Err(HoursRefused::WiderThanConvention));
    assert_eq!(new("08:00:00", "19:01:00"), Err(HoursRefused::WiderThanConvention));
    assert_eq!(new("00:00:00", "23:59:00"), Err(HoursRefused::WiderThanConvention));
    assert_eq!(new("12:00:00", "12:00:00"), Err(HoursRefused::Empty));
    assert_eq!(new("17:00:00", "09:00:00"), Err(HoursRefused::Empty));
    assert_eq!(new("08:00:30", "19:00:00"), Err(HoursRefused::NotWholeMinutes));
    assert_eq!(new("09:00:00", "18:59:59.5"), Err(HoursRefused::NotWholeMinutes));

    let hours = new("09:30:00", "17:00:00").expect("narrower than the convention");
    let schedule = Schedule::new(hours, Zone::Ordinary, vec![]);
    assert!(!schedule.state(paris("2026-11-23 09:29:59")).is_open());
    assert_eq!(warning(&schedule, "2026-11-23 16:45:00"), Some(Warning::Quarter));
    assert_eq!(schedule.state(paris("2026-11-23 17:00:00")), closed("2026-11-24 09:30:00", Why::Evening));
}

#[test]
fn e29_an_announced_closure_ends_the_day_early_with_its_warnings() {
    let maintenance = closure("2026-11-25 17:30:00", "2026-11-25 20:00:00", "maintenance");
    let schedule = ordinary(vec![maintenance]);
    assert_eq!(warning(&schedule, "2026-11-25 17:14:59"), None);
    assert_eq!(warning(&schedule, "2026-11-25 17:15:00"), Some(Warning::Quarter));
    assert_eq!(warning(&schedule, "2026-11-25 17:25:00"), Some(Warning::Five));
    let announced = || Why::Announced("maintenance".to_owned());
    for at in ["2026-11-25 17:30:00", "2026-11-25 18:00:00", "2026-11-25 19:30:00"] {
        assert_eq!(schedule.state(paris(at)), closed("2026-11-26 08:00:00", announced()));
    }
    assert_eq!(schedule.state(paris("2026-11-25 20:00:00")), closed("2026-11-26 08:00:00", Why::Evening));
}

#[test]
fn e29_closures_may_overlap_touch_and_come_in_any_order() {
    let schedule = ordinary(vec![
        closure("2026-11-24 12:00:00", "2026-11-24 14:00:00", "touche"),
        closure("2026-11-24 10:00:00", "2026-11-24 11:00:00", "première"),
        closure("2026-11-24 10:30:00", "2026-11-24 12:00:00", "chevauche"),
        closure("2026-11-24 16:00:00", "2026-11-24 16:00:00", "vide"),
        closure("2026-11-24 18:00:00", "2026-11-24 17:00:00", "à l’envers"),
    ]);
    let reopening = |reason: &str| closed("2026-11-24 14:00:00", Why::Announced(reason.to_owned()));
    assert!(schedule.state(paris("2026-11-24 09:59:59")).is_open());
    assert_eq!(schedule.state(paris("2026-11-24 10:00:00")), reopening("première"));
    assert_eq!(schedule.state(paris("2026-11-24 10:45:00")), reopening("chevauche"));
    assert_eq!(schedule.state(paris("2026-11-24 12:00:00")), reopening("touche"));
    assert_eq!(
        schedule.state(paris("2026-11-24 14:00:00")),
        State::Open {
            closes_at: paris("2026-11-24 19:00:00"),
            remaining: TimeDelta::hours(5),
            warning: None,
        }
    );
}

#[test]
fn e29_a_closure_of_several_days_passes_over_weekends_and_holidays() {
    let bridge = closure("2026-12-24 12:00:00", "2027-01-01 00:00:00", "fêtes de fin d’année");
    let schedule = ordinary(vec![bridge]);
    // Friday 1 January is a holiday, then a weekend.
    let until = "2027-01-04 08:00:00";
    let announced = || Why::Announced("fêtes de fin d’année".to_owned());
    assert_eq!(schedule.state(paris("2026-12-24 12:00:00")), closed(until, announced()));
    assert_eq!(schedule.state(paris("2026-12-25 12:00:00")), closed(until, Why::Holiday("Noël")));
    assert_eq!(schedule.state(paris("2026-12-26 12:00:00")), closed(until, Why::Weekend));
    assert_eq!(schedule.state(paris("2026-12-30 06:00:00")), closed(until, announced()));
}

#[test]
fn a_closure_without_foreseeable_end_is_answered_at_once() {
    let closure = Closure {
        starts: paris("2026-11-24 10:00:00"),
        ends: DateTime::<Utc>::MAX_UTC,
        reason: "panne".to_owned(),
    };
    let schedule = ordinary(vec![closure]);
    let State::Closed { until, .. } = schedule.state(paris("2026-11-24 10:00:00")) else {
        panic!("open during a closure");
    };
    assert_eq!(until.year(), 10_000);
    assert!(schedule.state(until).is_open());
}

#[test]
fn summer_time_is_known_to_the_end_of_the_century() {
    for year in 2026..2100 {
        let (winter, summer) = (instant(day(year, 1, 15), EIGHT), instant(day(year, 7, 15), EIGHT));
        assert_eq!((winter.hour(), summer.hour()), (7, 6), "{year}");
    }
}

#[test]
fn the_login_page_draws_the_week_it_is_in() {
    let schedule = ordinary(vec![
        closure("2026-11-25 17:30:00", "2026-11-25 23:00:00", "maintenance"),
        closure("2026-11-26 22:00:00", "2026-11-27 09:00:00", "migration"),
    ]);
    let week = schedule.week(paris("2026-11-23 10:32:00"));
    assert_eq!(week.each_ref().map(|d| d.date.day()), [23, 24, 25, 26, 27]);
    assert!(week.iter().all(|d| d.hours == Hours::CONVENTION && d.holiday.is_none()));
    let elapsed = week[0].elapsed.expect("today");
    assert!((elapsed - 152.0 / 660.0).abs() < 1e-9, "{elapsed}");
    assert!(week[1..].iter().all(|d| d.elapsed.is_none()));
    let interruption =
        |from, to, reason: &str| Interruption { from: time(from), to: time(to), reason: reason.to_owned() };
    assert_eq!(week[2].interruptions, [interruption("17:30:00", "19:00:00", "maintenance")]);
    assert_eq!(week[3].interruptions, []);
    assert_eq!(week[4].interruptions, [interruption("08:00:00", "09:00:00", "migration")]);
}

#[test]
fn the_week_begins_empty_ends_full_and_turns_at_the_weekend() {
    let schedule = ordinary(vec![closure("2026-11-11 08:00:00", "2026-11-11 12:00:00", "travaux")]);
    let today = |at| schedule.week(paris(at)).map(|d| d.elapsed);
    assert_eq!(today("2026-11-09 06:00:00"), [Some(0.0), None, None, None, None]);
    assert_eq!(today("2026-11-13 19:00:00"), [None, None, None, None, Some(1.0)]);
    let holiday = schedule.week(paris("2026-11-11 10:00:00"));
    assert_eq!(holiday[2].holiday, Some("Armistice de 1918"));
    assert_eq!(holiday[2].elapsed, None);
    assert_eq!(holiday[2].interruptions, []);
    for weekend in ["2026-11-14 00:00:00", "2026-11-15 23:59:59"] {
        let week = schedule.week(paris(weekend));
        assert_eq!(week.each_ref().map(|d| d.date.day()), [16, 17, 18, 19, 20]);
        assert!(week.iter().all(|d| d.elapsed.is_none()));
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day written in this test")
}
