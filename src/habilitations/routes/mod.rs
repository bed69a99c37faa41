//! Handlers of habilitations: the contact's, then the landlord's.

pub mod asking;
pub mod designating;
pub mod desk;
pub mod ending;
mod forms;
pub mod team;

use actix_web::http::header;
use actix_web::{Either, HttpRequest, HttpResponse};

use crate::identity::guard;
use crate::page::Page;

/// A page to show again, or the next one.
type PageOr = Either<Page, HttpResponse>;

fn csrf(req: &HttpRequest) -> String {
    guard::visit(req).map(|visit| visit.csrf).unwrap_or_default()
}

fn see(path: &str) -> PageOr {
    Either::Right(HttpResponse::SeeOther().insert_header((header::LOCATION, path.to_owned())).finish())
}
