//! Allocation committees (CALEOL): when they are held, and until when their sheets may be read.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;

use crate::platform::id::{CommitteeId, GenerationId, text_enum};
use crate::platform::schema::committees;
use crate::platform::{Conn, Now, Result};

text_enum! {
    Status {
        Planned = "planned",
        /// Unreadable at once, purged at midnight, so that a mistake can be undone until then (E8).
        Cancelled = "cancelled",
    }
}

/// A committee, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = committees, treat_none_as_null = true)]
pub struct Committee {
    pub id: CommitteeId,
    /// The landlord's own: « Est 2026-47 ».
    pub reference: String,
    pub sector: String,
    pub held_on: NaiveDate,
    /// The last day of a session that lasts several (E8).
    pub ends_on: NaiveDate,
    starts_at: Option<String>,
    pub status: Status,
    pub cancelled_at: Option<NaiveDateTime>,
    /// « Séance levée »: closed at once (E7).
    pub adjourned_at: Option<NaiveDateTime>,
    pub adjourned_by: Option<String>,
    /// The published state of its sheets.
    pub generation_id: Option<GenerationId>,
    pub published_at: Option<NaiveDateTime>,
    pub purged_at: Option<NaiveDateTime>,
}

/// What an import says of a committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub reference: String,
    pub sector: String,
    pub held_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub starts_at: Option<NaiveTime>,
    pub status: Status,
}

impl Committee {
    /// A committee heard of for the first time.
    pub fn new(announced: &Announced, now: Now) -> Self {
        let mut committee = Self {
            id: CommitteeId::fresh(),
            reference: announced.reference.clone(),
            sector: String::new(),
            held_on: announced.held_on,
            ends_on: announced.ends_on,
            starts_at: None,
            status: Status::Planned,
            cancelled_at: None,
            adjourned_at: None,
            adjourned_by: None,
            generation_id: None,
            published_at: None,
            purged_at: None,
        };
        committee.follow(announced, now);
        committee
    }

    /// Takes over what an import says: a postponement moves the purge, a cancellation closes at
    /// once, and a date given after the session was declared over opens a new one (E8).
    pub fn follow(&mut self, announced: &Announced, now: Now) {
        if announced.held_on > self.held_on {
            self.adjourned_at = None;
            self.adjourned_by = None;
        }
        self.sector.clone_from(&announced.sector);
        self.held_on = announced.held_on;
        self.ends_on = announced.ends_on;
        self.starts_at = announced.starts_at.map(|time| time.format("%H:%M").to_string());
        self.cancelled_at = match (announced.status, self.cancelled_at) {
            (Status::Planned, _) => None,
            (Status::Cancelled, known) => known.or(Some(now.naive())),
        };
        self.status = announced.status;
    }

    pub fn starts_at(&self) -> Option<NaiveTime> {
        NaiveTime::parse_from_str(self.starts_at.as_deref()?, "%H:%M").ok()
    }

    /// Whether its sheets may be shown on this Paris day: not cancelled, not adjourned, and its last
    /// day not past, whether or not the purge has run (E7, E8).
    pub fn is_readable(&self, today: NaiveDate) -> bool {
        self.status == Status::Planned
            && self.adjourned_at.is_none()
            && today <= self.ends_on
            && self.purged_at.is_none()
            && self.generation_id.is_some()
    }

    /// Whether it is being held on this Paris day, so that it may be declared over.
    pub fn is_in_session(&self, today: NaiveDate) -> bool {
        self.is_readable(today) && self.held_on <= today
    }

    /// Whether its sheets are to be destroyed on this Paris day: the day after its last, the day
    /// after it was cancelled, the day after it was declared over (E7, E8). `<`, never `= yesterday`.
    pub fn is_due_for_purge(&self, today: NaiveDate) -> bool {
        let day_of = |at: NaiveDateTime| crate::platform::clock::to_paris(at).date_naive();
        self.ends_on < today
            || self.cancelled_at.is_some_and(|at| day_of(at) < today)
            || self.adjourned_at.is_some_and(|at| day_of(at) < today)
    }
}

pub fn find(conn: &mut Conn, id: &CommitteeId) -> Result<Option<Committee>> {
    Ok(committees::table.find(id).first(conn).optional()?)
}

pub fn find_by_reference(conn: &mut Conn, reference: &str) -> Result<Option<Committee>> {
    Ok(committees::table.filter(committees::reference.eq(reference)).first(conn).optional()?)
}

/// Inserts or updates the committee.
pub fn save(conn: &mut Conn, committee: &Committee) -> Result<()> {
    let known = diesel::update(committees::table.find(&committee.id)).set(committee).execute(conn)?;
    if known == 0 {
        diesel::insert_into(committees::table).values(committee).execute(conn)?;
    }
    Ok(())
}

/// The published committees from a day on, soonest first, for the landlord's own pages.
pub fn from_day(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Committee>> {
    Ok(committees::table
        .filter(committees::ends_on.ge(day).and(committees::published_at.is_not_null()))
        .order((committees::held_on, committees::reference))
        .load(conn)?)
}

/// Every committee that still has sheets. One that was never published is only an import under way.
pub fn not_purged(conn: &mut Conn) -> Result<Vec<Committee>> {
    Ok(committees::table
        .filter(committees::purged_at.is_null().and(committees::published_at.is_not_null()))
        .order((committees::ends_on, committees::reference))
        .load(conn)?)
}

/// Declares the session over: its sheets close at this instant (E7). False for one that is unknown, or
/// not in session.
pub fn adjourn(conn: &mut Conn, id: &CommitteeId, by: &str, now: Now) -> Result<bool> {
    if !find(conn, id)?.is_some_and(|committee| committee.is_in_session(now.today())) {
        return Ok(false);
    }
    let changed = diesel::update(committees::table.find(id).filter(committees::adjourned_at.is_null()))
        .set((committees::adjourned_at.eq(Some(now.naive())), committees::adjourned_by.eq(Some(by))))
        .execute(conn)?;
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Clock;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn committee(held_on: &str, ends_on: &str) -> Committee {
        let announced = Announced {
            reference: "Est 2026-47".into(),
            sector: String::new(),
            held_on: day(held_on),
            ends_on: day(ends_on),
            starts_at: None,
            status: Status::Planned,
        };
        let mut committee =
            Committee::new(&announced, Clock::starting_at("2026-11-20T09:00:00Z".parse().unwrap()).now());
        committee.generation_id = Some(GenerationId::fresh());
        committee
    }

    #[test]
    fn sheets_are_readable_through_the_last_day_and_due_for_purge_from_the_day_after() {
        let several_days = committee("2026-11-26", "2026-11-27");
        for (today, readable, due) in [
            ("2026-11-20", true, false),
            ("2026-11-27", true, false),
            ("2026-11-28", false, true),
            ("2027-11-28", false, true),
        ] {
            assert_eq!(several_days.is_readable(day(today)), readable, "{today}");
            assert_eq!(several_days.is_due_for_purge(day(today)), due, "{today}");
        }
    }

    #[test]
    fn a_cancelled_committee_is_closed_at_once_and_its_purge_waits_for_midnight() {
        let mut one = committee("2026-11-26", "2026-11-26");
        let clock = Clock::starting_at("2026-11-23T22:30:00Z".parse().unwrap());
        let mut announced = Announced {
            reference: one.reference.clone(),
            sector: String::new(),
            held_on: one.held_on,
            ends_on: one.ends_on,
            starts_at: None,
            status: Status::Cancelled,
        };
        one.follow(&announced, clock.now());
        assert!(!one.is_readable(day("2026-11-23")));
        assert!(!one.is_due_for_purge(day("2026-11-23")));
        assert!(one.is_due_for_purge(day("2026-11-24")));
        announced.status = Status::Planned;
        one.follow(&announced, clock.now());
        assert!(one.is_readable(day("2026-11-23")), "a mistake is undone until midnight");
    }

    #[test]
    fn e07_a_session_is_declared_over_on_its_own_days_only() {
        let mut several_days = committee("2026-11-26", "2026-11-27");
        for (today, in_session) in
            [("2026-11-25", false), ("2026-11-26", true), ("2026-11-27", true), ("2026-11-28", false)]
        {
            assert_eq!(several_days.is_in_session(day(today)), in_session, "{today}");
        }
        several_days.adjourned_at = Some("2026-11-26T11:20:00".parse().unwrap());
        assert!(!several_days.is_in_session(day("2026-11-26")));
    }

    #[test]
    fn a_postponement_moves_the_purge() {
        let mut one = committee("2026-11-26", "2026-11-26");
        let later = Announced {
            reference: one.reference.clone(),
            sector: String::new(),
            held_on: day("2026-12-03"),
            ends_on: day("2026-12-03"),
            starts_at: None,
            status: Status::Planned,
        };
        one.follow(&later, Clock::system().now());
        assert!(!one.is_due_for_purge(day("2026-11-27")));
        assert!(one.is_due_for_purge(day("2026-12-04")));
    }
}
