//! Single sign-on: ProConnect, Keycloak, Entra (OpenID Connect, authorization code).
//!
//! The account exists first. The first login matches address and employer and binds the account to the
//! identity; from then on the binding alone counts. The provider vouches for both factors or opens
//! nothing: whether it does is checked here, on every login.

mod flow;
pub mod managed;
mod provider;
mod recognise;
mod refusal;
pub mod routes;
mod tokens;
pub mod view;

use provider::Provider;
pub use provider::Unreachable;
pub use refusal::Refusal;

use crate::platform::config::{ProviderKind, Settings};
use crate::platform::{Conn, Now, Result};

/// The providers of an installation, in the order of the settings.
#[derive(Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Reads the secrets; asks nobody.
    pub fn of(settings: &Settings) -> Result<Self> {
        settings.single_sign_on.iter().map(Provider::of).collect::<Result<_>>().map(Self)
    }

    fn named(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.id == id)
    }

    /// What `/connexion` and `/verrou` offer.
    pub(super) fn buttons(&self) -> Vec<view::Button> {
        self.0.iter().map(view::Button::of).collect()
    }

    /// What this provider is called; an old session may name one that the settings no longer do.
    pub(super) fn label(&self, id: &str) -> String {
        self.named(id).map_or_else(|| id.to_owned(), |provider| provider.settings.label().to_owned())
    }

    /// Asks each provider what it is: for `parvis check`. The id, and the issuer or the fault.
    pub async fn verdicts(&self) -> Vec<(String, Result<String, Unreachable>)> {
        let mut verdicts = Vec::new();
        for provider in &self.0 {
            let found = provider.discover().await.map(|found| found.announced.issuer);
            verdicts.push((provider.settings.id.clone(), found));
        }
        verdicts
    }
}

/// Erases what the ways to providers have left (E10). Returns how many.
pub(super) fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    flow::erase_past(conn, now)
}

/// As the landlord's page names a kind.
fn kind_in_french(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::ProConnect => "ProConnect",
        ProviderKind::Keycloak => "Keycloak",
        ProviderKind::Entra => "Microsoft Entra",
    }
}
