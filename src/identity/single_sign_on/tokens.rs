//! From a code to who somebody is: exchange, ID token, userinfo, each checked against what is pinned.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthType, AuthUrl, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointNotSet, EndpointSet, IdTokenFields,
    IdTokenVerifier, IssuerUrl, JsonWebKey as _, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse, TokenUrl,
};
use openidconnect::{OAuth2TokenResponse as _, TokenResponse as _};
use serde::{Deserialize, Serialize};

use super::flow::Way;
use super::provider::{ANY_TENANT, Discovered, Provider};
use super::refusal::Refusal;
use crate::platform::config::{ProviderKind, SignatureAlgorithm, UserinfoForm};
use crate::platform::{Error, Result};

/// What a provider may say beyond the standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Claims {
    siret: Option<String>,
    roles: Option<Vec<String>>,
    /// Entra: tenant, object, authentication contexts, whether the mail's domain is the tenant's.
    tid: Option<String>,
    oid: Option<String>,
    acrs: Option<OneOrMore>,
    xms_edov: Option<serde_json::Value>,
}

impl openidconnect::AdditionalClaims for Claims {}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Claims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Client = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// Who somebody is, as a provider has proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub provider: String,
    /// `[issuer, sub]`, or `[tenant, object]` of Entra, in JSON: what an account is bound to.
    pub subject: String,
    /// Lower-case, and not known to be unverified; it counts at the first login alone.
    pub email: Option<String>,
    /// Of the body the person works for.
    pub siren: Option<String>,
    pub roles: Option<Vec<String>>,
    pub acr: Vec<String>,
    pub authenticated_at: Option<DateTime<Utc>>,
}

fn client(provider: &Provider, discovered: &Discovered, redirect: &str) -> Result<Client> {
    let announced = &discovered.announced;
    let issuer = IssuerUrl::new(announced.issuer.clone()).map_err(Error::internal)?;
    let client_id = ClientId::new(provider.settings.client_id.clone());
    Ok(openidconnect::Client::new(client_id, issuer, discovered.keys.clone())
        .set_client_secret(ClientSecret::new(provider.secret.to_string()))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::new(announced.authorization_endpoint.clone()).map_err(Error::internal)?)
        .set_token_uri(TokenUrl::new(announced.token_endpoint.clone()).map_err(Error::internal)?)
        .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(Error::internal)?))
}

/// The address one is led to. Nothing but what every kind knows: ProConnect refuses unknown parameters.
pub(super) fn authorization_address(
    provider: &Provider,
    discovered: &Discovered,
    redirect: &str,
    way: &Way,
    accepted_acr: &[String],
) -> Result<String> {
    let (scopes, acr): (&[&str], _) = match provider.settings.kind {
        ProviderKind::ProConnect => (&["email", "siret", "roles"], "acr"),
        ProviderKind::Keycloak => (&["email"], "acr"),
        ProviderKind::Entra => (&["profile", "email"], "acrs"),
    };
    let essential = serde_json::json!({ "essential": true });
    let mut asked = serde_json::Map::new();
    asked.insert(acr.to_owned(), serde_json::json!({ "essential": true, "values": accepted_acr }));
    asked.insert("auth_time".to_owned(), essential);
    let claims = serde_json::json!({ "id_token": asked });
    let (state, nonce) = (way.state.clone(), way.nonce.clone());
    let client = client(provider, discovered, redirect)?;
    let verifier = PkceCodeVerifier::new(way.verifier.clone());
    let request = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
        .add_extra_param("claims", claims.to_string())
        // Its own session, left open at a desk, would say who sat there this morning.
        .add_prompt(CoreAuthPrompt::Login)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    Ok(request.url().0.to_string())
}

/// Exchanges the code and reads who somebody is. `now` is the system's own time, as of one-time codes:
/// the provider is another machine, which no clock of ours moves.
pub(super) async fn identity(
    provider: &Provider,
    mut discovered: Arc<Discovered>,
    redirect: &str,
    way: &Way,
    code: String,
    now: DateTime<Utc>,
) -> Result<Result<Identity, Refusal>> {
    let line = move |request| provider.call(request);
    let client = client(provider, &discovered, redirect)?;
    let exchanged = client
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(PkceCodeVerifier::new(way.verifier.clone()))
        .request_async(&line)
        .await;
    let tokens = match exchanged {
        Ok(tokens) => tokens,
        Err(RequestTokenError::Request(_)) => return Ok(Err(Refusal::Unreachable)),
        Err(_) => return Ok(Err(Refusal::Answer)),
    };
    let mut read = id_token(provider, &discovered, &tokens, way, now);
    if matches!(read, Err(Refusal::Signature))
        && let Some(fresh) = provider.asked_again(u64::try_from(now.timestamp()).unwrap_or(0)).await
    {
        discovered = fresh;
        read = id_token(provider, &discovered, &tokens, way, now);
    }
    let mut proved = match read {
        Ok(proved) => proved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // Entra's answer is that of another service: all there is to know stands in the ID token.
    if let Some(address) = &discovered.announced.userinfo_endpoint
        && provider.settings.kind != ProviderKind::Entra
    {
        let told = match userinfo(provider, address, tokens.access_token().secret()).await {
            Ok(told) => told,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match read_userinfo(provider, &discovered, &told, now) {
            Some(told) if told.sub == proved.sub => proved.take_over(told),
            _ => return Ok(Err(Refusal::Userinfo)),
        }
    }
    Ok(proved.into_identity(provider))
}

/// What the ID token proves, and what userinfo adds.
struct Proved {
    issuer: String,
    sub: String,
    email: Option<String>,
    email_verified: Option<bool>,
    acr: Option<String>,
    authenticated_at: Option<DateTime<Utc>>,
    claims: Claims,
}

fn algorithm(provider: &Provider) -> CoreJwsSigningAlgorithm {
    match provider.settings.signature() {
        SignatureAlgorithm::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SignatureAlgorithm::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    }
}

/// How far the clocks of two machines may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(2);

fn id_token(
    provider: &Provider,
    discovered: &Discovered,
    tokens: &Tokens,
    way: &Way,
    now: DateTime<Utc>,
) -> Result<Proved, Refusal> {
    let token = tokens.id_token().ok_or(Refusal::Answer)?;
    let announced = &discovered.announced;
    let of_tenants = announced.issuer.contains(ANY_TENANT);
    let issuer = IssuerUrl::new(announced.issuer.clone()).map_err(|_| Refusal::Issuer)?;
    let client_id = ClientId::new(provider.settings.client_id.clone());
    // « Public »: no token signed with the shared secret is believed, whatever its header says.
    let verifier = IdTokenVerifier::new_public_client(client_id, issuer, discovered.keys.clone())
        .set_allowed_algs([algorithm(provider)])
        .require_issuer_match(!of_tenants)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| {
            if issued > now + CLOCKS_DIFFER { Err("issued in times to come".to_owned()) } else { Ok(()) }
        });
    let nonce = Nonce::new(way.nonce.clone());
    let claims = token.claims(&verifier, &nonce).map_err(|fault| match fault {
        ClaimsVerificationError::Expired(_) => Refusal::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Refusal::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Refusal::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Refusal::Nonce,
        ClaimsVerificationError::SignatureVerification(_) => Refusal::Signature,
        _ => Refusal::Answer,
    })?;
    let own = claims.additional_claims().clone();
    if of_tenants {
        let tenant = own.tid.as_deref().ok_or(Refusal::Issuer)?;
        if claims.issuer().as_str() != announced.issuer.replace(ANY_TENANT, tenant) {
            return Err(Refusal::Issuer);
        }
    }
    Ok(Proved {
        issuer: claims.issuer().as_str().to_owned(),
        sub: claims.subject().as_str().to_owned(),
        email: claims.email().map(|email| email.as_str().to_owned()),
        email_verified: claims.email_verified(),
        acr: claims.auth_context_ref().map(|acr| acr.as_str().to_owned()),
        authenticated_at: claims.auth_time(),
        claims: own,
    })
}

/// What userinfo says; of its many fields, those that matter here.
#[derive(Debug, Deserialize)]
struct Told {
    sub: String,
    iss: Option<String>,
    aud: Option<OneOrMore>,
    exp: Option<i64>,
    email: Option<String>,
    email_verified: Option<bool>,
    siret: Option<String>,
    roles: Option<Vec<String>>,
}

/// The body of userinfo, if it is of the pinned form.
async fn userinfo(provider: &Provider, address: &str, access: &str) -> Result<Vec<u8>, Refusal> {
    let (accept, wanted) = match provider.settings.userinfo() {
        UserinfoForm::Signed => ("application/jwt", "application/jwt"),
        UserinfoForm::Json => ("application/json", "application/json"),
    };
    let request = openidconnect::http::Request::get(address)
        .header("accept", accept)
        .header("authorization", format!("Bearer {access}"))
        .body(Vec::new())
        .map_err(|_| Refusal::Userinfo)?;
    let answer = provider.call(request).await.map_err(|_| Refusal::Unreachable)?;
    let form = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
    let form = form.and_then(|form| form.split(';').next()).unwrap_or_default().trim();
    if answer.status().is_success() && form.eq_ignore_ascii_case(wanted) {
        Ok(answer.into_body())
    } else {
        Err(Refusal::Userinfo)
    }
}

fn read_userinfo(
    provider: &Provider,
    discovered: &Discovered,
    body: &[u8],
    now: DateTime<Utc>,
) -> Option<Told> {
    if provider.settings.userinfo() == UserinfoForm::Json {
        return serde_json::from_slice(body).ok();
    }
    let payload = signed(std::str::from_utf8(body).ok()?.trim(), &algorithm(provider), &discovered.keys)?;
    let told: Told = serde_json::from_slice(&payload).ok()?;
    let for_us = match &told.aud {
        Some(OneOrMore::One(audience)) => *audience == provider.settings.client_id,
        Some(OneOrMore::More(all)) => all.contains(&provider.settings.client_id),
        None => false,
    };
    let of_them = told.iss.as_deref() == Some(discovered.announced.issuer.as_str());
    let lives = told.exp.is_none_or(|end| now.timestamp() < end);
    (for_us && of_them && lives).then_some(told)
}

/// What a JWT says, if one of these keys has signed it with this algorithm.
fn signed(token: &str, with: &CoreJwsSigningAlgorithm, keys: &CoreJsonWebKeySet) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Header {
        alg: CoreJwsSigningAlgorithm,
        kid: Option<String>,
        crit: Option<serde_json::Value>,
    }
    let (told, signature) = token.rsplit_once('.')?;
    let (header, payload) = told.split_once('.')?;
    let header: Header = serde_json::from_slice(&BASE64URL_NOPAD.decode(header.as_bytes()).ok()?).ok()?;
    if header.alg != *with || header.crit.is_some() {
        return None;
    }
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
    let named = |key: &&CoreJsonWebKey| {
        header.kid.is_none() || key.key_id().map(|id| id.as_str()) == header.kid.as_deref()
    };
    let holds = |key: &CoreJsonWebKey| key.verify_signature(with, told.as_bytes(), &signature).is_ok();
    keys.keys().iter().filter(named).any(holds).then(|| BASE64URL_NOPAD.decode(payload.as_bytes()).ok())?
}

impl Proved {
    fn take_over(&mut self, told: Told) {
        // Address and its verification are one statement: never half of each.
        if told.email.is_some() {
            (self.email, self.email_verified) = (told.email, told.email_verified);
        }
        self.claims.siret = told.siret.or(self.claims.siret.take());
        self.claims.roles = told.roles.or(self.claims.roles.take());
    }

    fn into_identity(self, provider: &Provider) -> Result<Identity, Refusal> {
        let settings = &provider.settings;
        let siren_of = |siret: &str| {
            let whole = siret.len() == 14 && siret.bytes().all(|b| b.is_ascii_digit());
            siret.get(..9).filter(|_| whole).map(str::to_owned)
        };
        let verified = match settings.kind {
            // A federation of directories, which says so of no single address.
            ProviderKind::ProConnect => self.email_verified != Some(false),
            ProviderKind::Keycloak => self.email_verified == Some(true),
            // True, 1 or "1", when the tenant owns the domain; the claim is an optional one.
            ProviderKind::Entra => self
                .claims
                .xms_edov
                .as_ref()
                .is_none_or(|owned| *owned == true || *owned == 1 || *owned == "1" || *owned == "true"),
        };
        let email = self.email.map(|email| email.trim().to_lowercase());
        let (subject, siren, acr) = match settings.kind {
            ProviderKind::Entra => {
                let (tenant, object) = self.claims.tid.zip(self.claims.oid).ok_or(Refusal::Answer)?;
                let siren = settings.tenants.get(&tenant).cloned().ok_or(Refusal::Tenant)?;
                let acr = match self.claims.acrs {
                    Some(OneOrMore::One(acr)) => vec![acr],
                    Some(OneOrMore::More(all)) => all,
                    None => Vec::new(),
                };
                ([tenant, object], Some(siren), acr)
            }
            ProviderKind::ProConnect | ProviderKind::Keycloak => {
                let siren = self.claims.siret.as_deref().and_then(siren_of).or(settings.siren.clone());
                ([self.issuer, self.sub], siren, self.acr.into_iter().collect())
            }
        };
        Ok(Identity {
            provider: settings.id.clone(),
            subject: serde_json::json!(subject).to_string(),
            email: email.filter(|email| verified && email.contains('@')),
            siren,
            roles: self.claims.roles,
            acr,
            authenticated_at: self.authenticated_at,
        })
    }
}
