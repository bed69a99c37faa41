//! Providers of single sign-on: one `[[single_sign_on]]` each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Deserialize;
use zeroize::Zeroizing;

/// What a provider is: which scopes it knows, where it says who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// The State's federation of identity providers for agents.
    ProConnect,
    /// Keycloak, and whatever else follows the standard to the letter.
    Keycloak,
    /// Microsoft Entra ID: a person is a pair of tenant and object.
    Entra,
}

/// The one algorithm that this provider signs with; no other is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SignatureAlgorithm {
    RS256,
    ES256,
}

/// The one form in which the provider answers who somebody is; the other is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserinfoForm {
    Signed,
    Json,
}

/// One provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SingleSignOn {
    /// In the addresses of this site: `/connexion/sso/{id}`.
    pub id: String,
    pub kind: ProviderKind,
    /// What the button names; ProConnect bears its own name.
    pub label: Option<String>,
    pub issuer: String,
    pub client_id: String,
    /// Mode 600; without it, `PARVIS_SSO_SECRET_{ID}` in the environment.
    pub client_secret_file: Option<PathBuf>,
    pub signature: Option<SignatureAlgorithm>,
    pub userinfo: Option<UserinfoForm>,
    /// Authentication contexts that prove both factors.
    #[serde(default)]
    pub accepted_acr: Vec<String>,
    /// The last day on which ProConnect's code by mail passes for a second factor: `2027-02-28`.
    pub accept_weak_second_factor_until: Option<String>,
    /// Of the one body whose people this provider knows; never for ProConnect, which says it of each.
    pub siren: Option<String>,
    /// For Entra: the tenants let in, each with the SIREN of its body.
    #[serde(default)]
    pub tenants: BTreeMap<String, String>,
    /// Authorities to be believed besides those of the system, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// ProConnect's contexts with a second factor that is one.
const PROCONNECT_ACR: [&str; 2] = ["eidas2", "eidas3"];
/// A second factor that is a code by mail: none, for the data-protection authority.
pub const WEAK_ACR: &str = "eidas1-mfa";

impl SingleSignOn {
    /// What the button and the pages call it.
    pub fn label(&self) -> &str {
        match self.kind {
            ProviderKind::ProConnect => "ProConnect",
            ProviderKind::Keycloak | ProviderKind::Entra => self.label.as_deref().unwrap_or_default(),
        }
    }

    pub fn signature(&self) -> SignatureAlgorithm {
        self.signature.unwrap_or(match self.kind {
            ProviderKind::ProConnect => SignatureAlgorithm::ES256,
            ProviderKind::Keycloak | ProviderKind::Entra => SignatureAlgorithm::RS256,
        })
    }

    pub fn userinfo(&self) -> UserinfoForm {
        self.userinfo.unwrap_or(match self.kind {
            ProviderKind::ProConnect => UserinfoForm::Signed,
            ProviderKind::Keycloak | ProviderKind::Entra => UserinfoForm::Json,
        })
    }

    /// The contexts that prove both factors on this day.
    pub fn accepted_acr(&self, today: NaiveDate) -> Vec<String> {
        let mut accepted = self.accepted_acr.clone();
        if accepted.is_empty() && self.kind == ProviderKind::ProConnect {
            accepted.extend(PROCONNECT_ACR.map(str::to_owned));
        }
        if self.weak_until().is_some_and(|last| today <= last) {
            accepted.push(WEAK_ACR.to_owned());
        }
        accepted
    }

    fn weak_until(&self) -> Option<NaiveDate> {
        self.accept_weak_second_factor_until.as_deref()?.parse().ok()
    }

    /// The variable that may hold the secret.
    pub fn secret_variable(&self) -> String {
        format!("PARVIS_SSO_SECRET_{}", self.id.to_uppercase().replace('-', "_"))
    }

    /// The secret this program shares with the provider; in French, why there is none.
    pub fn client_secret(&self) -> Result<Zeroizing<String>, String> {
        use std::os::unix::fs::PermissionsExt as _;
        let Some(path) = &self.client_secret_file else {
            let name = self.secret_variable();
            return super::secret(&name).filter(|secret| !secret.trim().is_empty()).ok_or_else(|| {
                format!("donnez client_secret_file, ou la variable {name} dans l’environnement")
            });
        };
        let explain = |cause: std::io::Error| format!("{}\u{a0}: {cause}", path.display());
        let mode = std::fs::metadata(path).map_err(explain)?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(format!("{path}\u{a0}: d’autres comptes peuvent lire ce secret\u{a0}; chmod 600"));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(explain)?);
        match text.trim() {
            "" => Err(format!("{}\u{a0}: ce fichier est vide", path.display())),
            secret => Ok(Zeroizing::new(secret.to_owned())),
        }
    }

    /// What this provider cannot be used with.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut demand = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.to_owned());
            }
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        demand(
            (1..=32).contains(&self.id.len()) && self.id.chars().all(plain),
            "id\u{a0}: de 1 à 32 minuscules sans accent, chiffres ou tirets",
        );
        demand(
            self.kind == ProviderKind::ProConnect || !self.label().trim().is_empty(),
            "label\u{a0}: ce que dira le bouton, par exemple le nom de la collectivité",
        );
        demand(
            is_protected(&self.issuer),
            "issuer\u{a0}: une adresse https:// (http:// sur cette machine seulement)",
        );
        demand(!self.client_id.trim().is_empty(), "client_id\u{a0}: à remplir");
        demand(
            self.kind == ProviderKind::ProConnect || !self.accepted_acr.is_empty(),
            "accepted_acr\u{a0}: les niveaux qui prouvent un second facteur, tels que ce fournisseur les nomme",
        );
        demand(
            !self.accepted_acr.iter().any(|acr| acr == WEAK_ACR),
            "accepted_acr\u{a0}: le code par courriel (eidas1-mfa) n’est accepté que jusqu’à un jour dit, accept_weak_second_factor_until",
        );
        if self.accept_weak_second_factor_until.is_some() {
            demand(
                self.weak_until().is_some() && self.kind == ProviderKind::ProConnect,
                "accept_weak_second_factor_until\u{a0}: un jour, 2027-02-28, et pour ProConnect seulement",
            );
        }
        demand(
            self.siren.is_none() || self.kind == ProviderKind::Keycloak,
            "siren\u{a0}: pour keycloak seulement\u{a0}; ProConnect le dit de chacun, Entra par tenants",
        );
        demand(
            self.siren.iter().chain(self.tenants.values()).all(|siren| is_siren(siren)),
            "siren\u{a0}: neuf chiffres, dont la clé est juste",
        );
        demand(
            self.tenants.is_empty() != (self.kind == ProviderKind::Entra),
            "tenants\u{a0}: pour entra, et pour lui seul, chaque annuaire admis avec son SIREN",
        );
        demand(
            self.ca_file.as_ref().is_none_or(|path| path.is_file()),
            "ca_file\u{a0}: ce fichier n’existe pas",
        );
        faults.extend(self.client_secret().err().map(|fault| format!("client_secret_file\u{a0}: {fault}")));
        faults
    }
}

/// All faults of all providers, each with its place.
pub(super) fn faults(providers: &[SingleSignOn]) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, provider) in providers.iter().enumerate() {
        faults.extend(provider.faults().into_iter().map(|fault| format!("single_sign_on[{i}].{fault}")));
        if providers[..i].iter().any(|other| other.id == provider.id) {
            faults.push(format!("single_sign_on[{i}].id\u{a0}: «\u{a0}{}\u{a0}» est déjà pris", provider.id));
        }
    }
    faults
}

/// Whether what goes to this address is protected on its way: TLS, or it never leaves the machine.
pub fn is_protected(address: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(address) else { return false };
    let of_this_machine = url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    });
    match url.scheme() {
        "https" => url.has_host(),
        "http" => of_this_machine,
        _ => false,
    }
}

/// Nine digits of which the last checks the others (Luhn).
pub fn is_siren(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let weighed = if i % 2 == 1 { digit * 2 } else { *digit };
            weighed / 10 + weighed % 10
        })
        .sum();
    text.len() == 9 && digits.len() == 9 && sum.is_multiple_of(10) && text != "000000000"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siren_has_nine_digits_and_a_key() {
        for (text, good) in [
            ("732829320", true),
            ("732829321", false),
            ("73282932", false),
            ("7328293200", false),
            ("73282932O", false),
            ("000000000", false),
        ] {
            assert_eq!(is_siren(text), good, "{text}");
        }
    }

    #[test]
    fn only_what_stays_on_the_machine_goes_in_clear() {
        for (address, good) in [
            ("https://connexion.test/realms/mairie", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000", true),
            ("http://connexion.test", false),
            ("http://127.0.0.1.connexion.test", false),
            ("ftp://127.0.0.1", false),
            ("connexion.test", false),
        ] {
            assert_eq!(is_protected(address), good, "{address}");
        }
    }

    #[test]
    fn a_code_by_mail_passes_until_the_day_that_is_set_and_no_longer() {
        let mut provider: SingleSignOn = serde_json::from_str(
            r#"{"id":"proconnect","kind":"proconnect","issuer":"https://c.test","client_id":"x"}"#,
        )
        .unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(provider.accepted_acr(day("2026-11-23")), ["eidas2", "eidas3"]);
        provider.accept_weak_second_factor_until = Some("2027-02-28".to_owned());
        assert_eq!(provider.accepted_acr(day("2027-02-28")), ["eidas2", "eidas3", WEAK_ACR]);
        assert_eq!(provider.accepted_acr(day("2027-03-01")), ["eidas2", "eidas3"]);
    }
}
