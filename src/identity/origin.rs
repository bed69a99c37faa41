//! Where a request comes from: its network, and the families of its browser and system.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::platform::config::Settings;

/// The address a request came from: the peer's, or behind a declared proxy the last one it names.
pub(super) fn network(req: &HttpRequest, settings: &Settings) -> Option<IpAddr> {
    let peer = req.peer_addr()?.ip();
    if !settings.server.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = req.headers().get_all("X-Forwarded-For").last()?.to_str().ok()?;
    let named = forwarded.rsplit(',').map(str::trim).filter_map(|ip| ip.parse::<IpAddr>().ok());
    named.into_iter().find(|ip| !settings.server.trusted_proxies.contains(ip)).or(Some(peer))
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
