//! Style sheets, scripts and icon, part of the binary.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use crate::identity::{Allowed, acts};
use crate::platform::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "fonts/*"]
struct Static;

/// A file of `static/`, for a year: its address changes when the program does.
pub async fn serve(_: Allowed<acts::FetchAsset>, name: web::Path<String>) -> Result<HttpResponse> {
    let file = Static::get(&name).ok_or(Error::NotFound)?;
    let kind = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return Err(Error::NotFound),
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned()))
}
