//! Who runs a job's slot: one statement takes it, whichever instance asks first (house rule 8).
//!
//! The scheduler only ticks, in UTC; `croner` says in Paris time which slot is due. After an outage
//! the last missed slot is due: jobs look at the state, so one run heals all.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;
use croner::Cron;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::clock::Now;
use super::db::{Db, on_conn};
use super::error::{Error, Result};
use super::id::InstanceId;
use super::schema::job_runs;

/// How long a holder may be silent before another takes over.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// A slot this instance holds.
#[derive(Debug)]
pub struct Slot {
    job: &'static str,
    due_at: NaiveDateTime,
    holder: InstanceId,
}

/// The last instant at which `pattern` (five fields, Paris time) was due.
pub fn due(pattern: &str, now: Now) -> Result<NaiveDateTime> {
    let cron: Cron = pattern.parse().map_err(|e| Error::Internal(format!("timetable {pattern}: {e}")))?;
    let slot: DateTime<Utc> = cron
        .find_previous_occurrence(&now.utc().with_timezone(&Paris), true)
        .map_err(|e| Error::Internal(format!("timetable {pattern}: {e}")))?
        .with_timezone(&Utc);
    Ok(slot.naive_utc())
}

/// Takes the slot if nobody holds it, or its holder has been silent longer than the lease.
pub fn take(
    db: &Db,
    job: &'static str,
    due_at: NaiveDateTime,
    holder: &InstanceId,
    now: Now,
) -> Result<Option<Slot>> {
    let taken = db.write(|conn| {
        use diesel::query_dsl::methods::FilterDsl as _;
        let rows = on_conn!(conn, |c| diesel::insert_into(job_runs::table)
            .values((
                job_runs::job.eq(job),
                job_runs::due_at.eq(due_at),
                job_runs::holder.eq(holder),
                job_runs::lease_until.eq(now.naive() + LEASE),
            ))
            .on_conflict((job_runs::job, job_runs::due_at))
            .do_update()
            .set((
                job_runs::holder.eq(excluded(job_runs::holder)),
                job_runs::lease_until.eq(excluded(job_runs::lease_until)),
            ))
            .filter(job_runs::finished_at.is_null().and(job_runs::lease_until.lt(now.naive())))
            .execute(c))?;
        Ok(rows == 1)
    })?;
    Ok(taken.then(|| Slot { job, due_at, holder: holder.clone() }))
}

/// Writes the outcome, unless another instance has taken the slot over meanwhile.
pub fn finish(db: &Db, slot: &Slot, outcome: &str, now: Now) -> Result<()> {
    db.write(|conn| {
        diesel::update(
            job_runs::table.find((slot.job, slot.due_at)).filter(job_runs::holder.eq(&slot.holder)),
        )
        .set((job_runs::finished_at.eq(now.naive()), job_runs::outcome.eq(outcome)))
        .execute(conn)?;
        Ok(())
    })
}

/// Gives the slot back after a failure: the next tick takes it again.
pub fn give_back(db: &Db, slot: &Slot, now: Now) -> Result<()> {
    db.write(|conn| {
        diesel::update(
            job_runs::table.find((slot.job, slot.due_at)).filter(job_runs::holder.eq(&slot.holder)),
        )
        .set(job_runs::lease_until.eq(now.naive() - TimeDelta::seconds(1)))
        .execute(conn)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Clock;

    fn due_at(pattern: &str, now: &str) -> String {
        let clock = Clock::starting_at(now.parse().unwrap());
        due(pattern, clock.now()).unwrap().to_string()
    }

    #[test]
    fn midnight_is_a_paris_midnight_on_both_sides_of_a_change_of_clock() {
        assert_eq!(due_at("0 0 * * *", "2026-03-29T12:00:00Z"), "2026-03-28 23:00:00");
        assert_eq!(due_at("0 0 * * *", "2026-03-30T12:00:00Z"), "2026-03-29 22:00:00");
        assert_eq!(due_at("0 0 * * *", "2026-10-25T12:00:00Z"), "2026-10-24 22:00:00");
        assert_eq!(due_at("0 0 * * *", "2026-10-26T12:00:00Z"), "2026-10-25 23:00:00");
        assert_eq!(due_at("0 6 * * *", "2026-11-22T04:59:59Z"), "2026-11-21 05:00:00");
    }
}
