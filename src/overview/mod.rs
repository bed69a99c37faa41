//! The state of the installation, for whoever watches it: `/sante`.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::identity::{Allowed, acts};
use crate::platform::Result;
use crate::retention;

/// What a watcher may know: nothing secret, nothing personal.
#[derive(Debug, Serialize)]
struct Health {
    well: bool,
    /// The database answers.
    database: bool,
    /// Traces can be written; without them no sheet opens.
    traces: bool,
    /// No committee is past without its certificate (E7).
    purges: bool,
    /// No trace is older than six months (E10).
    retention: bool,
}

/// 200 when all is well, 503 otherwise; the same body either way.
pub async fn health(who: Allowed<acts::SeeHealth>) -> Result<HttpResponse> {
    let seen = who.read(|conn, who| retention::watch(conn, who.now())).await;
    let (database, purges, retention) = match &seen {
        Ok(watch) => (true, watch.certificates_missing == 0, watch.traces_too_old == 0),
        Err(_) => (false, false, false),
    };
    let traces = who.traces_are_well();
    let health =
        Health { well: database && traces && purges && retention, database, traces, purges, retention };
    let mut answer = if health.well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(answer.json(health))
}
