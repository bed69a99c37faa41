//! The cookies of this site: all `__Host-`, over TLS or loopback, out of the reach of scripts.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpMessage as _, HttpRequest};

use super::session::Token;

/// The session's cookie; `__Host-` binds it to this host, over TLS or loopback.
pub const SESSION_COOKIE: &str = "__Host-parvis";
/// Tells a device that has signed in before; opens nothing.
pub const DEVICE_COOKIE: &str = "__Host-appareil";

/// A cookie the answer must set.
#[derive(Clone)]
pub(super) struct NewCookie(pub(super) Token);

/// The cookie the guard has made for this request, if it made one.
pub fn new_cookie(req: &HttpRequest) -> Option<Cookie<'static>> {
    req.extensions().get::<NewCookie>().map(|new| session_cookie(&new.0))
}

/// `SameSite=Lax`: a link in a mail must find the session; forms bear a token besides.
pub(super) fn session_cookie(token: &Token) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, token.as_str().to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

pub(super) fn device_cookie(token: &Token) -> Cookie<'static> {
    let mut cookie = session_cookie(token);
    cookie.set_name(DEVICE_COOKIE);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_max_age(actix_web::cookie::time::Duration::days(150));
    cookie
}

/// Remembers the page one was turned away from, while one signs in or unlocks.
const WAY_BACK_COOKIE: &str = "__Host-retour";

/// The cookie that leads back to this page, for a page that can be asked for again.
pub fn remember_way_back(req: &HttpRequest) -> Option<Cookie<'static>> {
    let page = *req.method() == actix_web::http::Method::GET
        && req.path() != "/"
        && is_plain(req.path())
        && !req.path().starts_with("/static");
    let mut cookie = forgotten(WAY_BACK_COOKIE);
    cookie.set_value(req.path().to_owned());
    cookie.set_max_age(None);
    cookie.unset_expires();
    page.then_some(cookie)
}

/// The page one came for: a path of this site, whatever the cookie says.
pub(super) fn way_back(req: &HttpRequest) -> Option<String> {
    let cookie = req.cookie(WAY_BACK_COOKIE)?;
    is_plain(cookie.value()).then(|| cookie.value().to_owned())
}

/// A path of this site that says nothing else, in a cookie or in an answer's header.
fn is_plain(path: &str) -> bool {
    let of_this_site = path.starts_with('/') && !path.starts_with("//");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_".contains(&b);
    of_this_site && path.len() < 200 && path.bytes().all(plain)
}

pub(super) fn forget_way_back() -> Cookie<'static> {
    forgotten(WAY_BACK_COOKIE)
}

/// A cookie that takes the place of another and is gone at once.
pub(super) fn forgotten(name: &'static str) -> Cookie<'static> {
    let mut cookie =
        Cookie::build(name, "").path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish();
    cookie.make_removal();
    cookie
}
