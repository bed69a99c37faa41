//! How many of the places of a convention are taken (E18): who counts, and when.
//!
//! A habilitation takes a place from its first day to its end. It takes none while its holder is
//! suspended as absent: so a dated replacement costs no place. A contact who does not read has none.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::suspension::Cause;
use crate::platform::clock::start_of_day;
use crate::platform::id::{HabilitationId, Insee};
use crate::platform::schema::{endings, habilitations, suspensions};
use crate::platform::{Conn, Result};

/// From the first instant to the last, which is not part of it; `None`: without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: NaiveDateTime,
    pub until: Option<NaiveDateTime>,
}

impl Span {
    /// Whole days in Paris, the last one included.
    pub fn of_days(first: NaiveDate, last: Option<NaiveDate>) -> Self {
        Self { from: start_of_day(first), until: last.map(|day| start_of_day(day + TimeDelta::days(1))) }
    }

    fn holds(&self, at: NaiveDateTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// When one habilitation opens, and when its holder is absent.
#[derive(Debug, Clone)]
struct Place {
    open: Span,
    absences: Vec<Span>,
}

impl Place {
    fn is_taken(&self, at: NaiveDateTime) -> bool {
        self.open.holds(at) && !self.absences.iter().any(|absence| absence.holds(at))
    }
}

/// The habilitations of one commune, as they take places.
#[derive(Debug, Clone, Default)]
pub struct Places(Vec<Place>);

impl Places {
    pub fn taken_at(&self, at: NaiveDateTime) -> usize {
        self.0.iter().filter(|place| place.is_taken(at)).count()
    }

    /// The most that are taken at any one instant of a span.
    pub fn most_taken(&self, span: Span) -> usize {
        // The number grows only where a habilitation begins or an absence ends.
        let begins = self.0.iter().map(|place| place.open.from);
        let returns = self.0.iter().flat_map(|place| place.absences.iter().filter_map(|away| away.until));
        let within = |at: &NaiveDateTime| span.holds(*at);
        let instants = begins.chain(returns).filter(within).chain([span.from]);
        instants.map(|at| self.taken_at(at)).max().unwrap_or(0)
    }

    /// The same while somebody else is away as well: the person about to be replaced.
    pub fn of_commune_without(
        conn: &mut Conn,
        commune: &Insee,
        absent: Option<(&HabilitationId, Span)>,
    ) -> Result<Self> {
        let mut places = load(conn, commune)?;
        for (id, place) in &mut places {
            if let Some((_, away)) = absent.filter(|(absent, _)| *absent == id) {
                place.absences.push(away);
            }
        }
        Ok(Self(places.into_iter().map(|(_, place)| place).collect()))
    }

    pub fn of_commune(conn: &mut Conn, commune: &Insee) -> Result<Self> {
        Self::of_commune_without(conn, commune, None)
    }
}

fn load(conn: &mut Conn, commune: &Insee) -> Result<Vec<(HabilitationId, Place)>> {
    let rows: Vec<(HabilitationId, NaiveDate, Option<NaiveDate>)> = habilitations::table
        .filter(habilitations::commune.eq(commune).and(habilitations::space.eq("sheets")))
        .select((habilitations::id, habilitations::starts_on, habilitations::ends_on))
        .load(conn)?;
    let closings: Vec<(HabilitationId, NaiveDateTime)> = endings::table
        .inner_join(habilitations::table.on(habilitations::id.eq(endings::habilitation_id)))
        .filter(habilitations::commune.eq(commune).and(endings::undone_at.is_null()))
        .select((endings::habilitation_id, endings::closes_at))
        .load(conn)?;
    type Absence = (Option<HabilitationId>, NaiveDateTime, Option<NaiveDateTime>, Option<NaiveDateTime>);
    let absences: Vec<Absence> = suspensions::table
        .inner_join(habilitations::table.on(suspensions::habilitation_id.eq(habilitations::id.nullable())))
        .filter(habilitations::commune.eq(commune).and(suspensions::cause.eq(Cause::Absence)))
        .select((
            suspensions::habilitation_id,
            suspensions::since,
            suspensions::until,
            suspensions::lifted_at,
        ))
        .load(conn)?;
    let place = |(id, first, last): (HabilitationId, NaiveDate, Option<NaiveDate>)| {
        let mut open = Span::of_days(first, last);
        let closed = closings.iter().filter(|(of, _)| *of == id).map(|(_, at)| *at);
        open.until = closed.chain(open.until).min();
        let away = absences.iter().filter(|(of, ..)| of.as_ref() == Some(&id));
        let absences = away
            .map(|(_, since, until, lifted)| Span {
                from: *since,
                until: [*until, *lifted].into_iter().flatten().min(),
            })
            .collect();
        (id, Place { open, absences })
    };
    Ok(rows.into_iter().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: &str, last: Option<&str>) -> Span {
        let day = |text: &str| text.parse().unwrap();
        Span::of_days(day(first), last.map(day))
    }

    fn place(first: &str, last: Option<&str>, absences: Vec<Span>) -> Place {
        Place { open: days(first, last), absences }
    }

    #[test]
    fn e18_the_replacement_of_an_absent_person_takes_no_place() {
        let away = days("2026-12-01", Some("2026-12-20"));
        let places = Places(vec![
            place("2026-01-01", None, vec![]),
            place("2026-01-01", None, vec![away]),
            place("2026-12-01", Some("2026-12-20"), vec![]),
        ]);
        for day in ["2026-11-30", "2026-12-01", "2026-12-20", "2026-12-21"] {
            assert_eq!(places.taken_at(days(day, None).from), 2, "{day}");
        }
        assert_eq!(places.most_taken(days("2026-11-01", None)), 2);
        // Positive control: a replacement that outlasts the absence takes one.
        let mut longer = places.clone();
        longer.0.push(place("2026-12-01", Some("2026-12-21"), vec![]));
        assert_eq!(longer.most_taken(days("2026-11-01", None)), 3);
    }

    #[test]
    fn e18_the_fullest_moment_of_a_span_counts_wherever_it_lies() {
        let places =
            Places(vec![place("2026-01-01", Some("2026-03-31"), vec![]), place("2026-03-15", None, vec![])]);
        assert_eq!(places.most_taken(days("2026-02-01", Some("2026-03-14"))), 1);
        assert_eq!(places.most_taken(days("2026-02-01", None)), 2);
        assert_eq!(places.most_taken(days("2026-04-01", None)), 1);
        assert_eq!(places.most_taken(days("2025-04-01", Some("2025-12-31"))), 0);
    }

    #[test]
    fn a_place_is_free_from_the_instant_of_its_end_on() {
        let mut one = place("2026-01-01", None, vec![]);
        let at = days("2026-06-01", None).from + TimeDelta::hours(9);
        one.open.until = Some(at);
        let places = Places(vec![one]);
        assert_eq!(places.taken_at(at - TimeDelta::microseconds(1)), 1);
        assert_eq!(places.taken_at(at), 0);
    }
}
