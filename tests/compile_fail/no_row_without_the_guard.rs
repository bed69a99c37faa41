//! A handler that does not take `Allowed` cannot be a row of the table.

use actix_web::web::Path;
use parvis::identity::route::{Row, get};
use parvis::platform::Result;

async fn unguarded(_: Path<String>) -> Result<&'static str> {
    Ok("open")
}

static ROW: Row = get("/ouvert", &unguarded);

fn main() {}
