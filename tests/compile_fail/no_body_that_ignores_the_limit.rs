//! A handler takes only the parts that know the row's limit and the form's token.

use actix_web::web::Bytes;
use parvis::identity::route::{Row, post};
use parvis::identity::{Allowed, acts};
use parvis::platform::Result;

async fn greedy(_: Allowed<acts::OpenSheet>, _: Bytes) -> Result<&'static str> {
    Ok("read")
}

static ROW: Row = post("/avide", &greedy);

fn main() {}
