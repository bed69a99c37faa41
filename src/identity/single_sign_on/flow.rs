//! The way to a provider and back: begun in this browser, at most ten minutes ago, and walked once.
//!
//! Nothing is stored when it begins, so that a flood fills no disk: the state is signed, and bound to a
//! cookie of the browser. Nonce and PKCE verifier are derived from both. The way back is noted.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, time};
use data_encoding::HEXLOWER;
use diesel::prelude::*;

use crate::identity::cookies;
use crate::identity::session::Token;
use crate::platform::crypto::{Key, random, same, sha256_hex};
use crate::platform::schema::single_sign_on_returns;
use crate::platform::{Conn, Now, Result};

/// The cookie of a way begun; the name binds it to this host.
const COOKIE: &str = "__Host-sso";
/// How long the way may take, in seconds.
const LONGEST: u64 = 10 * 60;
/// Signs of a state: random, instant, signature.
const RANDOM: usize = 32;
const INSTANT: usize = 12;
const SIGNATURE: usize = 64;

/// A way begun: what goes into the address of the provider, and what must come back.
pub(super) struct Way {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    /// By the system's own time, in seconds.
    pub began: u64,
}

/// Begins a way; the cookie goes with the answer.
pub(super) fn begin(master: &Key, provider: &str, seconds: u64) -> Result<(Way, Cookie<'static>)> {
    let browser = Token::fresh()?;
    let chosen = HEXLOWER.encode(&random::<{ RANDOM / 2 }>()?);
    let told = format!("{chosen}{seconds:0INSTANT$x}");
    let state = format!("{told}{}", signature(master, provider, &browser, &told));
    let mut cookie = cookies::session_cookie(&browser);
    cookie.set_name(COOKIE);
    cookie.set_max_age(time::Duration::seconds(i64::try_from(LONGEST).unwrap_or(600)));
    Ok((way(master, &browser, state, seconds), cookie))
}

/// The way that this state and the browser's cookie belong to; none if it was begun elsewhere, for
/// another provider, or too long ago.
pub(super) fn come_back(
    req: &HttpRequest,
    master: &Key,
    provider: &str,
    state: &str,
    seconds: u64,
) -> Option<Way> {
    let cookie = req.cookie(COOKIE)?;
    let browser = Token::read(cookie.value())?;
    let ours = state.len() == RANDOM + INSTANT + SIGNATURE && state.bytes().all(|b| b.is_ascii_hexdigit());
    let (told, given) = state.split_at_checked(RANDOM + INSTANT).filter(|_| ours)?;
    if !same(given.as_bytes(), signature(master, provider, &browser, told).as_bytes()) {
        return None;
    }
    let began = u64::from_str_radix(told.get(RANDOM..)?, 16).ok()?;
    let age = seconds.checked_sub(began)?;
    (age < LONGEST).then(|| way(master, &browser, state.to_owned(), began))
}

/// Takes the cookie back.
pub(super) fn forget() -> Cookie<'static> {
    cookies::forgotten(COOKIE)
}

/// Erases the ways that nobody can walk any more. Returns how many.
pub(super) fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    let past = now.naive() - chrono::TimeDelta::hours(1);
    Ok(diesel::delete(single_sign_on_returns::table.filter(single_sign_on_returns::at.lt(past)))
        .execute(conn)?)
}

/// Notes that a way was walked to its end; false if it had been already.
pub(super) fn walk(conn: &mut Conn, way: &Way, now: Now) -> Result<bool> {
    erase_past(conn, now)?;
    let hash = sha256_hex(way.state.as_bytes());
    let walked: i64 = single_sign_on_returns::table.find(&hash).count().get_result(conn)?;
    if walked == 0 {
        diesel::insert_into(single_sign_on_returns::table)
            .values((single_sign_on_returns::state_hash.eq(hash), single_sign_on_returns::at.eq(now.naive())))
            .execute(conn)?;
    }
    Ok(walked == 0)
}

fn signature(master: &Key, provider: &str, browser: &Token, told: &str) -> String {
    let parts = [provider.as_bytes(), browser.as_str().as_bytes(), told.as_bytes()];
    HEXLOWER.encode(&master.derive("single sign-on state").digest(&parts))
}

fn way(master: &Key, browser: &Token, state: String, began: u64) -> Way {
    let derived = |purpose| {
        let parts = [browser.as_str().as_bytes(), state.as_bytes()];
        HEXLOWER.encode(&master.derive(purpose).digest(&parts))
    };
    let (nonce, verifier) = (derived("single sign-on nonce"), derived("single sign-on verifier"));
    Way { state, nonce, verifier, began }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_way_leads_back_to_its_browser_and_its_provider_for_ten_minutes() {
        let master = Key::fresh().unwrap();
        let (begun, cookie) = begin(&master, "proconnect", 1000).unwrap();
        let back = |cookie: &Cookie<'static>, provider: &str, state: &str, seconds: u64| {
            let req = TestRequest::default().cookie(cookie.clone()).to_http_request();
            come_back(&req, &master, provider, state, seconds)
        };
        let found = back(&cookie, "proconnect", &begun.state, 1599).expect("positive control");
        assert_eq!((&found.nonce, &found.verifier), (&begun.nonce, &begun.verifier));
        assert!(begun.state.len() >= 32 && begun.nonce.len() >= 32 && begun.verifier.len() >= 43);
        assert!(begun.nonce != begun.verifier && !begun.state.contains(&begun.nonce));
        let (other, other_cookie) = begin(&master, "proconnect", 1000).unwrap();
        assert!(back(&cookie, "proconnect", &begun.state, 1600).is_none(), "too late");
        assert!(back(&cookie, "proconnect", &begun.state, 999).is_none(), "before it began");
        assert!(back(&cookie, "mairie", &begun.state, 1001).is_none(), "another provider");
        assert!(back(&other_cookie, "proconnect", &begun.state, 1001).is_none(), "another browser");
        assert!(back(&cookie, "proconnect", &other.state, 1001).is_none(), "another state");
        for odd in ["", "é", &begun.state[1..], &format!("{}0", begun.state), &"é".repeat(54)] {
            assert!(back(&cookie, "proconnect", odd, 1001).is_none(), "{odd}");
        }
    }
}
