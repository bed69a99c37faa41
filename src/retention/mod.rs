//! What must be gone, is gone, and can be shown to be gone (E7, E8, E10).
//!
//! Jobs take no argument, look at the state, and heal: late, doubled or interrupted, they end the
//! same. They select what is before today, never what was yesterday.

mod certificate;

use chrono::{Months, NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

pub use certificate::{Certificate, Payload, verify};

use crate::committees::{self, Committee};
use crate::identity::{Machine, erase_past_sign_ins};
use crate::platform::clock::start_of_day;
use crate::platform::id::CertificateId;
use crate::platform::keyring::KeyName;
use crate::platform::schema::{
    certificates, committees as committees_table, imports, job_runs, purges, sheets,
};
use crate::platform::{Conn, Now, Result};
use crate::sheets::destroy;
use crate::{messages, traces};

/// What a purge did, or would do.
#[derive(Debug, Default)]
pub struct Report {
    /// References of the committees purged, each with its certificate.
    pub purged: Vec<Certificate>,
    /// Committees whose destruction is not complete yet: the next run goes on.
    pub unfinished: Vec<String>,
}

/// The committees whose sheets are to be destroyed today.
pub fn due(machine: &Machine) -> Result<Vec<Committee>> {
    let today = machine.clock().now().today();
    let all = machine.db().read(committees::not_purged)?;
    Ok(all.into_iter().filter(|committee| committee.is_due_for_purge(today)).collect())
}

/// Destroys the sheets of every committee that is past, cancelled or declared over before today, and
/// signs a certificate for each. One that fails does not stop the others.
pub fn purge(machine: &Machine) -> Result<Report> {
    let mut report = Report::default();
    for committee in due(machine)? {
        match purge_one(machine, &committee) {
            Ok(Ended::Certified(certificate)) => report.purged.push(certificate),
            Ok(Ended::Unfinished) => report.unfinished.push(committee.reference),
            Ok(Ended::Elsewhere) => {}
            Err(error) => {
                tracing::error!(cause = %error, committee = %committee.id, "a purge failed");
                report.unfinished.push(committee.reference);
            }
        }
    }
    Ok(report)
}

/// How the purge of one committee ended.
enum Ended {
    Certified(Certificate),
    /// Something is left: nothing is certified, and the next run goes on.
    Unfinished,
    /// Another process has ended it, or the committee is no longer past: there is nothing to say.
    Elsewhere,
}

/// Key, rows, logs, count, certificate: signed once, by whoever ends it.
fn purge_one(machine: &Machine, committee: &Committee) -> Result<Ended> {
    let now = machine.clock().now();
    let Some(destroyed) = destroy::committee(machine, &committee.id, now)? else {
        return Ok(Ended::Elsewhere);
    };
    if destroyed.sheets_left != 0 || destroyed.keys_left != 0 || !destroyed.logs_emptied {
        return Ok(Ended::Unfinished);
    }
    let certificate = Certificate::sign(machine, committee, &destroyed)?;
    let at = machine.clock().now();
    let ended = machine.db().write(|conn| {
        let open = committees_table::table.find(&committee.id).filter(committees_table::purged_at.is_null());
        let ended = diesel::update(open)
            .set((
                committees_table::purged_at.eq(Some(at.naive())),
                committees_table::adjourned_by.eq(None::<String>),
            ))
            .execute(conn)?;
        if ended == 1 {
            certificate.insert(conn, at)?;
            diesel::delete(purges::table.find(&committee.id)).execute(conn)?;
        }
        Ok(ended == 1)
    })?;
    if !ended {
        return Ok(Ended::Elsewhere);
    }
    tracing::info!(committee = %committee.id, sheets = destroyed.sheets_deleted, "purged and certified");
    Ok(Ended::Certified(certificate))
}

/// The start of the oldest Paris day whose traces may still stand through tomorrow. Six calendar
/// months are counted forward from the trace, as the convention does; one more day is kept in hand,
/// so that a job that misses a night breaks no promise (E10).
pub fn oldest_day_kept(today: NaiveDate) -> NaiveDate {
    let reach = today + TimeDelta::days(2);
    let mut day = reach - Months::new(6);
    // Counting back lands at the end of a short month; counting forward from there may fall short.
    while day + Months::new(6) <= reach {
        day += TimeDelta::days(1);
    }
    day
}

/// Rows of traces erased in one transaction.
const TRACES_AT_ONCE: i64 = 500;

/// How long the timetable's own record is kept: no person is in it, it only grows.
const JOB_RUNS_KEPT: TimeDelta = TimeDelta::days(30);

/// Erases what is older than six months, counted first into the months' figures (E38).
pub fn retain(machine: &Machine) -> Result<String> {
    let now = machine.clock().now();
    let limit = start_of_day(oldest_day_kept(now.today()));
    let mut erased = 0;
    loop {
        let portion =
            machine.db().write(|conn| traces::count_and_erase_before(conn, limit, TRACES_AT_ONCE))?;
        erased += portion;
        if portion == 0 {
            break;
        }
    }
    let sign_ins = machine.db().write(|conn| erase_past_sign_ins(conn, now))?;
    let told = machine.db().write(|conn| messages::erase_before(conn, limit))?;
    machine.db().write(|conn| {
        let past_runs = now.naive() - JOB_RUNS_KEPT;
        diesel::delete(job_runs::table.filter(job_runs::due_at.lt(past_runs))).execute(conn)?;
        diesel::delete(imports::table.filter(imports::received_at.lt(limit))).execute(conn)?;
        Ok(())
    })?;
    let keys = destroy_past_months(machine, now)?;
    Ok(format!("{erased} traces, {sign_ins} sessions and devices, {told} messages, {keys} month keys"))
}

/// Recomputes the chain of traces. A batch may be empty once its six months are over; one day is added,
/// because a batch goes with its oldest row.
pub fn verify_traces(machine: &Machine) -> Result<traces::Verdict> {
    let oldest = oldest_day_kept(machine.clock().now().today()) + TimeDelta::days(1);
    machine.db().read(|conn| traces::verify(conn, machine.secrets().master(), start_of_day(oldest)))
}

/// Destroys the key of each month that no trace and no sheet still names.
fn destroy_past_months(machine: &Machine, now: Now) -> Result<usize> {
    let in_use = machine.db().read(|conn| {
        let mut months = traces::months_in_use(conn)?;
        months.extend(sheets::table.select(sheets::subject_month).distinct().load::<String>(conn)?);
        Ok(months)
    })?;
    let mut destroyed = 0;
    for month in machine.keyring().names("month")? {
        if month != now.month() && !in_use.contains(&month) {
            machine.keyring().destroy(&KeyName::Month(month))?;
            destroyed += 1;
        }
    }
    if destroyed > 0 {
        machine.keyring().erase_remains()?;
    }
    Ok(destroyed)
}

/// What a watcher must hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Committees past whose certificate is missing at 06:00 of the day after (E7).
    pub certificates_missing: usize,
    /// Traces older than six months: never.
    pub traces_too_old: usize,
    /// The clock shows less than the last sign-in: it has gone back.
    pub clock_is_behind: bool,
}

/// The hour from which a missing certificate is an alarm.
const ALARM_HOUR: TimeDelta = TimeDelta::hours(6);

/// Clocks of several instances may differ by this much.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

pub fn watch(conn: &mut Conn, now: Now) -> Result<Watch> {
    let is_late = |committee: &Committee| {
        let due_from = now.today();
        // Due today at 00:00: an alarm from 06:00. Due before today: an alarm at any hour.
        let since_yesterday = committee.is_due_for_purge(due_from - TimeDelta::days(1));
        committee.is_due_for_purge(due_from)
            && (since_yesterday || now.naive() >= start_of_day(due_from) + ALARM_HOUR)
    };
    let certificates_missing = committees::not_purged(conn)?.iter().filter(|one| is_late(one)).count();
    let too_old = traces::oldest(conn)?.is_some_and(|oldest| exceeds_six_months(oldest, now));
    let clock_is_behind =
        traces::latest_sign_in(conn)?.is_some_and(|latest| latest > now.naive() + CLOCKS_DIFFER);
    Ok(Watch { certificates_missing, traces_too_old: usize::from(too_old), clock_is_behind })
}

fn exceeds_six_months(at: NaiveDateTime, now: Now) -> bool {
    crate::platform::clock::to_paris(at).naive_local() + Months::new(6) < now.paris().naive_local()
}

/// All certificates, latest first.
pub fn all_certificates(conn: &mut Conn) -> Result<Vec<(CertificateId, Certificate)>> {
    let rows: Vec<(CertificateId, String, String, String)> = certificates::table
        .order(certificates::issued_at.desc())
        .select((certificates::id, certificates::payload, certificates::signature, certificates::key_id))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, payload, signature, key_id)| (id, Certificate { payload, signature, key_id }))
        .collect())
}

/// One certificate, to be taken away and verified elsewhere.
pub fn certificate(conn: &mut Conn, id: &CertificateId) -> Result<Option<Certificate>> {
    let row: Option<(String, String, String)> = certificates::table
        .find(id)
        .select((certificates::payload, certificates::signature, certificates::key_id))
        .first(conn)
        .optional()?;
    Ok(row.map(|(payload, signature, key_id)| Certificate { payload, signature, key_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e10_no_trace_ever_reaches_six_calendar_months_even_if_one_night_is_missed() {
        let mut today: NaiveDate = "2026-01-01".parse().unwrap();
        let end: NaiveDate = "2031-01-01".parse().unwrap();
        while today < end {
            let kept = oldest_day_kept(today);
            let next_run_but_one = today + TimeDelta::days(2);
            assert!(kept + Months::new(6) > next_run_but_one, "{today}: {kept} would be too old");
            let before = kept - TimeDelta::days(1);
            assert!(before + Months::new(6) <= next_run_but_one, "{today}: {before} is erased too early");
            today += TimeDelta::days(1);
        }
    }
}
