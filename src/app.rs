//! Builds the actix application from the route table, and nothing else.

use actix_web::{App, HttpServer, middleware, web};

use crate::frame::{self, Surroundings};
use crate::identity::{Machine, furnish};
use crate::opening_hours::Schedule;
use crate::platform::{Error, Result};
use crate::routes::ROUTES;
use crate::sheets::permit;

/// Everything a worker serves: the same for the server, the demo and the tests.
pub fn configure(config: &mut web::ServiceConfig, machine: &Machine, schedule: &Schedule) {
    let schedule = schedule.clone();
    config.app_data(web::Data::new(Surroundings::new(machine, schedule.clone())));
    furnish(config, machine, schedule);
    for row in ROUTES {
        config.service(row.resource());
    }
    config.default_service(web::route().to(frame::unknown));
}

/// TLS from two PEM files, if the settings name them.
fn tls(machine: &Machine) -> Result<Option<rustls::ServerConfig>> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let server = &machine.settings().server;
    let (Some(certificate), Some(key)) = (&server.certificate, &server.private_key) else { return Ok(None) };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|e| Error::Internal(format!("{}: {e}", certificate.display())))?;
    let key =
        PrivateKeyDer::from_pem_file(key).map_err(|e| Error::Internal(format!("{}: {e}", key.display())))?;
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(Error::internal)?;
    Ok(Some(config))
}

/// A server bound to its address, not yet running, and the address it got.
pub fn bind(machine: &Machine, listen: &str) -> Result<(actix_web::dev::Server, std::net::SocketAddr)> {
    let schedule = permit::schedule(&machine.settings().opening_hours)?;
    let workers = machine.settings().server.workers;
    let for_workers = machine.clone();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(middleware::from_fn(frame::dress))
            .configure(|config| configure(config, &for_workers, &schedule))
    })
    .workers(workers)
    .shutdown_timeout(5);
    let explain = |e: std::io::Error| Error::Internal(format!("{listen}: {e}"));
    let server = match tls(machine)? {
        Some(config) => server.bind_rustls_0_23(listen, config).map_err(explain)?,
        None => server.bind(listen).map_err(explain)?,
    };
    let address = server.addrs().first().copied().ok_or_else(|| Error::internal("bound to nothing"))?;
    Ok((server.run(), address))
}
