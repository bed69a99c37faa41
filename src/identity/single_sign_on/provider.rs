//! One provider: what it announces of itself, kept for a day, and the line to it.

use std::time::Duration;

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::Mutex;

use crate::platform::config::{SingleSignOn, is_protected};
use crate::platform::crypto::install_tls_provider;
use crate::platform::{Error, Result};

/// How long what a provider announces is believed.
const KEPT: u64 = 24 * 60 * 60;
/// How often a provider that does not answer, or whose keys have changed, is asked again.
const PAUSE: u64 = 15;
/// No answer of a provider is longer.
const LONGEST_ANSWER: usize = 1 << 20;

/// Why a provider could not be asked: for the log and for `parvis check`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(String);

/// What a provider announces of itself.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Announced {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: Option<String>,
    jwks_uri: String,
    pub end_session_endpoint: Option<String>,
    /// Whether its answers name it: whoever drops the name is no longer believed.
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub names_itself: bool,
}

/// What is known of a provider, with the keys it signs with.
#[derive(Debug)]
pub(super) struct Discovered {
    pub announced: Announced,
    pub keys: CoreJsonWebKeySet,
}

#[derive(Default)]
struct Memory {
    known: Option<Arc<Discovered>>,
    /// When it was asked last, by the system's own time in seconds.
    asked_at: u64,
}

/// A provider that the settings name.
pub(super) struct Provider {
    pub settings: SingleSignOn,
    pub secret: zeroize::Zeroizing<String>,
    http: reqwest::Client,
    memory: Mutex<Memory>,
}

/// Stands for the tenant in the issuer that Entra announces for several of them.
pub(super) const ANY_TENANT: &str = "{tenantid}";

impl Provider {
    pub fn of(settings: &SingleSignOn) -> Result<Self> {
        install_tls_provider();
        let secret = settings.client_secret().map_err(Error::Installation)?;
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            // Each of the server's threads has a runtime of its own: no connection outlives a question.
            .pool_max_idle_per_host(0);
        if settings.issuer.starts_with("http://") {
            http = http.no_proxy();
        }
        if let Some(path) = &settings.ca_file {
            let explain = |cause: String| Error::Installation(format!("{}\u{a0}: {cause}", path.display()));
            let pem = std::fs::read(path).map_err(|e| explain(e.to_string()))?;
            let authorities =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| explain(e.to_string()))?;
            http = http.tls_certs_merge(authorities);
        }
        Ok(Self {
            settings: settings.clone(),
            secret,
            http: http.build().map_err(Error::internal)?,
            memory: Mutex::default(),
        })
    }

    /// What is known of it. Asked once a day; while it does not answer, what was known goes on.
    pub async fn discovered(&self, seconds: u64) -> Result<Arc<Discovered>, Unreachable> {
        let mut memory = self.memory.lock().await;
        let age = seconds.abs_diff(memory.asked_at);
        match &memory.known {
            Some(known) if age < KEPT => return Ok(known.clone()),
            None if age < PAUSE => return Err(Unreachable("did not answer a moment ago".to_owned())),
            _ => {}
        }
        memory.asked_at = seconds;
        match (self.discover().await, &memory.known) {
            (Ok(found), _) => {
                let found = Arc::new(found);
                memory.known = Some(found.clone());
                Ok(found)
            }
            (Err(fault), Some(known)) => {
                tracing::warn!(provider = self.settings.id, cause = %fault, "a provider does not answer");
                Ok(known.clone())
            }
            (Err(fault), None) => Err(fault),
        }
    }

    /// Asks again because a signature did not hold: keys change. `None` if that was done just now.
    pub async fn asked_again(&self, seconds: u64) -> Option<Arc<Discovered>> {
        let mut memory = self.memory.lock().await;
        if seconds.abs_diff(memory.asked_at) < PAUSE {
            return None;
        }
        memory.asked_at = seconds;
        let found = Arc::new(self.discover().await.ok()?);
        memory.known = Some(found.clone());
        Some(found)
    }

    /// What was known at the last question, without asking.
    pub async fn known(&self) -> Option<Arc<Discovered>> {
        self.memory.lock().await.known.clone()
    }

    /// Asks the provider what it is.
    pub async fn discover(&self) -> Result<Discovered, Unreachable> {
        let issuer = &self.settings.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let announced: Announced = self.get(&address).await?;
        // Several tenants of Entra share one document: each token is then held against its own tenant.
        let of_tenants = !self.settings.tenants.is_empty() && announced.issuer.contains(ANY_TENANT);
        if announced.issuer != *issuer && !of_tenants {
            return Err(Unreachable("announces another issuer than the settings".to_owned()));
        }
        let called = [Some(&announced.authorization_endpoint), Some(&announced.token_endpoint)];
        let others = [announced.userinfo_endpoint.as_ref(), announced.end_session_endpoint.as_ref()];
        let addresses = called.into_iter().chain(others).flatten().chain([&announced.jwks_uri]);
        if let Some(address) = addresses.into_iter().find(|address| !is_protected(address)) {
            return Err(Unreachable(format!("announces an address without TLS: {address}")));
        }
        let keys: CoreJsonWebKeySet = self.get(&announced.jwks_uri).await?;
        Ok(Discovered { announced, keys })
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, Unreachable> {
        let request = self.http.get(address).header("accept", "application/json").build();
        let answer = self.send(request.map_err(unreachable)?).await?;
        if !answer.status().is_success() {
            return Err(Unreachable(format!("{address} answers {}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(|e| Unreachable(format!("{address}: {e}")))
    }

    /// The line that `openidconnect` speaks over.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        self.send(request.try_into().map_err(unreachable)?).await
    }

    async fn send(&self, request: reqwest::Request) -> Result<HttpResponse, Unreachable> {
        let mut answer = self.http.execute(request).await.map_err(unreachable)?;
        let mut built = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            built = built.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(Unreachable("answers more than a provider has to say".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        built.body(body).map_err(unreachable)
    }
}

fn unreachable(cause: impl std::error::Error) -> Unreachable {
    // The innermost cause is the one that helps: « Connection refused », not « error sending request ».
    let mut innermost: &dyn std::error::Error = &cause;
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    Unreachable(innermost.to_string())
}
