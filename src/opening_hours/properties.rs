//! E28 for any instant, zone and closures: the state against the clause said a second time.

use chrono::Datelike as _;
use proptest::prelude::*;

use super::*;

const QUARTER_CENTURY: std::ops::Range<i64> = 1_767_225_600..2_556_144_000; // 2026 to 2050

fn any_zone() -> impl Strategy<Value = Zone> {
    prop_oneof![
        Just(Zone::Ordinary),
        any::<bool>().prop_map(|good_friday| Zone::AlsaceMoselle { good_friday }),
    ]
}

/// An instant, and closures around it: apart, overlapping, touching, of minutes or of weeks.
fn any_case() -> impl Strategy<Value = (DateTime<Utc>, Schedule)> {
    let closures = prop::collection::vec((-20_i64..20, 0_i64..12, 1_i64..1500), 0..6);
    (QUARTER_CENTURY, any_zone(), closures).prop_map(|(seconds, zone, closures)| {
        let at = DateTime::from_timestamp(seconds, 0).expect("within this century");
        let closures = closures
            .into_iter()
            .map(|(days, hours, minutes)| {
                let starts = at + TimeDelta::hours(12 * days + hours);
                Closure {
                    starts,
                    ends: starts + TimeDelta::minutes(minutes * 10),
                    reason: "travaux".to_owned(),
                }
            })
            .collect();
        (at, Schedule::new(Hours::CONVENTION, zone, closures))
    })
}

/// The clause, said again without the code under test: only the holidays are shared.
fn open_by_the_clause(schedule: &Schedule, at: DateTime<Utc>) -> bool {
    let local = at.with_timezone(&Paris);
    local.weekday().number_from_monday() <= 5
        && holiday(local.date_naive(), schedule.zone).is_none()
        && (8..19).contains(&local.hour())
        && !schedule.closures.iter().any(|c| (c.starts..c.ends).contains(&at))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn e28_open_exactly_when_the_clause_says((at, schedule) in any_case(), shift in -200_000_i64..200_000) {
        for at in [at, at + TimeDelta::seconds(shift)] {
            prop_assert_eq!(schedule.state(at).is_open(), open_by_the_clause(&schedule, at));
        }
    }

    #[test]
    fn e28_the_next_opening_is_open_and_none_comes_before_it((at, schedule) in any_case()) {
        let next = schedule.next_opening(at);
        prop_assert!(at <= next && schedule.state(next).is_open());
        prop_assert_eq!(next == at, schedule.state(at).is_open());
        let mut earlier = at;
        while earlier < next {
            prop_assert!(!open_by_the_clause(&schedule, earlier), "{}", earlier);
            earlier += TimeDelta::minutes(7);
        }
        if next > at {
            prop_assert!(!open_by_the_clause(&schedule, next - TimeDelta::seconds(1)));
        }
        if let State::Closed { until, .. } = schedule.state(at) {
            prop_assert_eq!(until, next);
        }
    }

    #[test]
    fn e28_what_remains_reaches_exactly_the_closing((at, schedule) in any_case()) {
        let at = schedule.next_opening(at);
        let State::Open { closes_at, remaining, .. } = schedule.state(at) else {
            return Err(TestCaseError::fail("closed at its own opening"));
        };
        prop_assert_eq!(at + remaining, closes_at);
        prop_assert!(TimeDelta::zero() < remaining && remaining <= TimeDelta::hours(11));
        prop_assert!(!schedule.state(closes_at).is_open());
        let mut meanwhile = at;
        while meanwhile < closes_at {
            prop_assert!(open_by_the_clause(&schedule, meanwhile));
            meanwhile += TimeDelta::minutes(1);
        }
        prop_assert!(open_by_the_clause(&schedule, closes_at - TimeDelta::nanoseconds(1)));
    }
}
