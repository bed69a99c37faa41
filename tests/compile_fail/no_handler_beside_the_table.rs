//! A handler that takes `Allowed` cannot be mounted without the table: it is no extractor.

use parvis::identity::{Allowed, acts};
use parvis::platform::Result;

async fn guarded(_: Allowed<acts::OpenSheet>) -> Result<&'static str> {
    Ok("sheet")
}

fn main() {
    let _ = actix_web::web::resource("/a-cote").route(actix_web::web::get().to(guarded));
}
