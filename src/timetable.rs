//! THE jobs: name, when (five fields of cron, Europe/Paris), what. One row per job.

use crate::identity::Machine;
use crate::platform::jobs;
use crate::platform::{Error, Now, Result};
use crate::{outbox, retention, sheets};

/// One job. It takes no argument, looks at the state, and heals.
pub struct Job {
    pub name: &'static str,
    pub when: &'static str,
    pub run: fn(&Machine) -> Result<String>,
}

pub static TIMETABLE: &[Job] = &[
    // From 00:00, and every five minutes until nothing is due: a past committee leaves nothing (E7).
    Job { name: "purge", when: "*/5 * * * *", run: purge },
    // Traces, sessions, devices: none reaches six months (E10).
    Job { name: "retention", when: "20 0 * * *", run: retention::retain },
    // Generations that a crash left behind.
    Job { name: "orphans", when: "40 * * * *", run: sweep },
    // A certificate that is missing the day after is an alarm.
    Job { name: "alarm", when: "0 6 * * *", run: alarm },
    // The last: a server that is slow to answer keeps nothing else waiting.
    Job { name: "mail", when: "* * * * *", run: outbox::deliver },
];

fn purge(machine: &Machine) -> Result<String> {
    let report = retention::purge(machine)?;
    if report.unfinished.is_empty() {
        Ok(format!("{} committees purged", report.purged.len()))
    } else {
        Err(Error::Internal(format!("{} committees not purged yet", report.unfinished.len())))
    }
}

fn sweep(machine: &Machine) -> Result<String> {
    Ok(format!("{} orphan generations destroyed", sheets::destroy::sweep_orphans(machine)?))
}

fn alarm(machine: &Machine) -> Result<String> {
    let now = machine.clock().now();
    let watch = machine.db().read(|conn| retention::watch(conn, now))?;
    if watch.certificates_missing > 0 {
        tracing::error!(
            missing = watch.certificates_missing,
            "ALARM: certificates of purge are missing (E7)"
        );
    }
    Ok(format!("{} certificates missing", watch.certificates_missing))
}

/// Runs every job whose slot is due and that no instance holds. Called each minute; blocking.
pub fn tick(machine: &Machine) {
    let now = machine.clock().now();
    for job in TIMETABLE {
        if let Err(error) = run_if_due(machine, job, now) {
            tracing::error!(job = job.name, cause = %error, "a job failed; the next tick takes it again");
        }
    }
}

fn run_if_due(machine: &Machine, job: &Job, now: Now) -> Result<()> {
    let due_at = jobs::due(job.when, now)?;
    let Some(slot) = jobs::take(machine.db(), job.name, due_at, machine.traces().instance(), now)? else {
        return Ok(());
    };
    match (job.run)(machine) {
        Ok(outcome) => jobs::finish(machine.db(), &slot, &outcome, machine.clock().now()),
        Err(error) => {
            jobs::give_back(machine.db(), &slot, machine.clock().now())?;
            Err(error)
        }
    }
}

/// Ticks each minute until the scheduler is dropped. The scheduler only ticks, in UTC: its own time
/// zones are wrong after a change of clock.
pub async fn start(machine: &Machine) -> Result<tokio_cron_scheduler::JobScheduler> {
    let scheduler = tokio_cron_scheduler::JobScheduler::new().await.map_err(Error::internal)?;
    let machine = machine.clone();
    let each_minute = tokio_cron_scheduler::Job::new_async("0 * * * * *", move |_, _| {
        let machine = machine.clone();
        Box::pin(async move {
            if let Some(anchor) = machine.traces().health().take_anchor() {
                let instance = machine.traces().instance();
                tracing::info!(%instance, batch = anchor.batch, head = anchor.head, "traces anchored");
            }
            let due = machine.refusals().close_minute(machine.clock().now());
            if let Err(error) = crate::identity::guard::write_refusals(&machine, due).await {
                tracing::error!(cause = %error, "refusals of the past minute could not be written");
            }
            let worked = tokio::task::spawn_blocking(move || tick(&machine)).await;
            if let Err(error) = worked {
                tracing::error!(cause = %error, "a tick died");
            }
        })
    })
    .map_err(Error::internal)?;
    scheduler.add(each_minute).await.map_err(Error::internal)?;
    scheduler.start().await.map_err(Error::internal)?;
    Ok(scheduler)
}
