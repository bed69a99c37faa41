//! Serves style sheets, scripts and icon.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::identity::{Allowed, acts};
use crate::page::assets;
use crate::platform::{Error, Result};

/// Under the present version a file never changes: a browser may keep it for a year. Another
/// version is a page drawn just before this program was installed, or by another instance: it gets
/// what there is, and keeps nothing.
pub async fn serve(_: Allowed<acts::FetchAsset>, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (version, name) = path.into_inner();
    let kind = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return Err(Error::NotFound),
    };
    let content = assets::content(&name).ok_or(Error::NotFound)?;
    let kept = if version == assets::version() { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(HttpResponse::Ok().content_type(kind).insert_header((header::CACHE_CONTROL, kept)).body(content))
}
