//! Where a request comes from: its network, and the families of its browser and system.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;

use crate::platform::config::Settings;

/// The address a request came from: the peer's, or behind a declared proxy the one it names.
pub(super) fn network(req: &HttpRequest, settings: &Settings) -> Option<IpAddr> {
    let forwarded: Vec<&[u8]> = req.headers().get_all("X-Forwarded-For").map(HeaderValue::as_bytes).collect();
    Some(client(req.peer_addr()?.ip(), &forwarded, &settings.server.trusted_proxies))
}

/// The rightmost address that no trusted proxy bears: what stands left of it, its sender has written.
/// Lines of the header are one list. Bytes, because a stranger may write anything before it.
fn client(peer: IpAddr, forwarded: &[&[u8]], trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |ip: IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == ip);
    if !is_trusted(peer) {
        return peer;
    }
    let entries = forwarded.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    for entry in entries {
        match address(entry) {
            Some(ip) if is_trusted(ip) => {}
            Some(ip) => return ip,
            None => return peer,
        }
    }
    peer
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:4711`.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(ip.to_canonical())
}

/// « Firefox, Windows »: families only, from a closed list, so that no free text is kept.
pub(super) fn device(req: &HttpRequest) -> String {
    let agent = req.headers().get("User-Agent").and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let first = |known: &[(&str, &'static str)], otherwise: &'static str| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map_or(otherwise, |(_, name)| name)
    };
    let browser = first(
        &[
            ("Edg/", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ],
        "autre navigateur",
    );
    let system = first(
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ],
        "autre système",
    );
    format!("{browser}, {system}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn behind_a_trusted_proxy_the_rightmost_address_that_is_none_counts() {
        let trusted = [ip("192.0.2.1"), ip("2001:db8::1"), ip("::ffff:192.0.2.2")];
        let cases: [(&[&[u8]], &str); 13] = [
            (&[b"203.0.113.9"], "203.0.113.9"),
            (&[b"203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (&[b"203.0.113.9,192.0.2.1 , 192.0.2.2"], "203.0.113.9"),
            (&[b"203.0.113.9", b"198.51.100.7, 2001:db8::1"], "198.51.100.7"),
            (&[b"198.51.100.7:4711"], "198.51.100.7"),
            (&[b"[2001:db8::7]:4711"], "2001:db8::7"),
            (&[b"[2001:db8::7]"], "2001:db8::7"),
            (&[b"::ffff:198.51.100.7"], "198.51.100.7"),
            // What a stranger writes before the proxy's own entry is not read.
            (&[b"\xff\xfe, 198.51.100.7"], "198.51.100.7"),
            // And where the proxy's own cannot be read, nothing left of it counts.
            (&[b"203.0.113.9, unknown"], "192.0.2.1"),
            (&[b"203.0.113.9, \xff"], "192.0.2.1"),
            (&[b"203.0.113.9,"], "192.0.2.1"),
            (&[], "192.0.2.1"),
        ];
        for (forwarded, expected) in cases {
            for peer in ["192.0.2.1", "::ffff:192.0.2.1"] {
                assert_eq!(client(ip(peer), forwarded, &trusted), ip(expected), "{forwarded:?}");
            }
        }
    }

    #[test]
    fn whoever_is_no_trusted_proxy_names_nobody_else() {
        let forwarded: [&[u8]; 1] = [b"198.51.100.7"];
        assert_eq!(client(ip("203.0.113.9"), &forwarded, &[]), ip("203.0.113.9"));
        assert_eq!(client(ip("::ffff:203.0.113.9"), &forwarded, &[ip("192.0.2.1")]), ip("203.0.113.9"));
    }
}
