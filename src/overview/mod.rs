//! The state of the installation, for whoever watches it: `/sante`.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::identity::{Allowed, acts};
use crate::platform::Result;
use crate::platform::id::GenerationId;
use crate::sheets::published;
use crate::{outbox, retention};

/// What a watcher may know: nothing secret, nothing personal.
#[derive(Debug, Serialize)]
struct Health {
    well: bool,
    /// The database answers.
    database: bool,
    /// Traces can be written; without them no sheet opens.
    traces: bool,
    /// The keyring holds the key of every sheet that may be read.
    keyring: bool,
    /// The clock is not behind what is recorded.
    clock: bool,
    /// No committee is past without its certificate (E7).
    purges: bool,
    /// No trace is older than six months (E10).
    retention: bool,
    /// A word: whoever misses a mail reads it in the space, so that it makes nothing unwell.
    mail: outbox::Health,
}

/// 200 when all is well, 503 otherwise; the same body either way.
pub async fn health(who: Allowed<acts::SeeHealth>) -> Result<HttpResponse> {
    let seen = who.read(|conn, who| retention::watch(conn, who.now())).await;
    let (database, purges, retention, clock) = match &seen {
        Ok(watch) => {
            (true, watch.certificates_missing == 0, watch.traces_too_old == 0, !watch.clock_is_behind)
        }
        Err(_) => (false, false, false, false),
    };
    let mail = who.read(|conn, who| outbox::health(conn, &who.settings().mail, who.now())).await;
    let mail = mail.unwrap_or(outbox::Health::Failing);
    let traces = who.traces_are_well();
    let keyring = keyring_is_whole(&who).await.unwrap_or(false);
    let well = database && traces && keyring && clock && purges && retention;
    let health = Health { well, database, traces, keyring, clock, purges, retention, mail };
    let mut answer = if health.well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(answer.json(health))
}

/// Whether everything that may be read opens.
async fn keyring_is_whole(who: &Allowed<acts::SeeHealth>) -> Result<bool> {
    let readable = who.read(|conn, who| published::readable(conn, who.now())).await?;
    let missing = who.compute(move |who| published::without_key(&readable, who.keyring())).await?;
    if missing.is_empty() {
        return Ok(true);
    }
    // An import may have put another generation in its place meanwhile, and destroyed its key.
    let readable: Vec<GenerationId> = who.read(|conn, who| published::readable(conn, who.now())).await?;
    Ok(!missing.iter().any(|generation| readable.contains(generation)))
}
