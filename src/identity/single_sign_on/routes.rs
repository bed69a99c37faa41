//! Handlers of single sign-on: to the provider, back, and out.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder as _, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::provider::{ANY_TENANT, Discovered, Provider};
use super::recognise::{self, Recognised, Refused};
use super::refusal::Refusal;
use super::tokens::{self, Identity};
use super::{flow, view};
use crate::identity::first_commune::first_commune;
use crate::identity::guard::Allowed;
use crate::identity::part::Posted;
use crate::identity::policy::{Step, acts};
use crate::identity::routes::{Nothing, see, set_cookie, welcome};
use crate::identity::session::{self, Session, Token};
use crate::identity::{Account, cookies};
use crate::messages::{self, AccountNews, Message};
use crate::page::{Page, paths};
use crate::platform::config::WEAK_ACR;
use crate::platform::id::AccountId;
use crate::platform::{Conn, Error, Result};
use crate::traces::{Author, Entry, Kind, Recorded};

type Who = Allowed<acts::SignIn>;

fn named<'a>(who: &'a Who, id: &str) -> Result<&'a Provider> {
    who.machine().providers.named(id).ok_or(Error::NotFound)
}

fn redirect_address(who: &Who, provider: &Provider) -> String {
    let site = who.settings().server.public_url.trim_end_matches('/');
    format!("{site}{}", paths::single_sign_on_return(&provider.settings.id))
}

/// Refuses, with a page that says why; the trace says it of the account concerned, if there is one.
fn refuse(who: &Who, provider: &Provider, refusal: Refusal, account: Option<AccountId>) -> Error {
    let reason = refusal.as_str();
    tracing::warn!(provider = provider.settings.id, reason, "single sign-on refused");
    let author = Author {
        network: account.as_ref().and(who.network()),
        device: account.as_ref().map(|_| who.device().to_owned()),
        account,
        ..Author::default()
    };
    who.record_refusal_aside(Entry::new(Kind::Refusal, author, who.now()), reason);
    Error::Refused(Box::new(view::refused(refusal, provider.settings.label(), &who.landlord())))
}

/// The session that stands locked in this browser, with its account.
fn locked(who: &Who) -> Option<(Session, Account)> {
    let (session, account) = who.known()?;
    let stands = session.lives(who.now()) && session.step(account, who.now()) == Some(Step::Locked);
    stands.then(|| (session.clone(), account.clone()))
}

/// Begins: a page that leads on to the provider. A redirection would make the form's own protection
/// (`form-action`) depend on every address that a provider may lead through.
pub async fn begin(
    who: Who,
    req: HttpRequest,
    name: web::Path<String>,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let provider = named(&who, &name)?;
    let seconds = who.clock().authenticator_seconds();
    let discovered = match provider.discovered(seconds).await {
        Ok(discovered) => discovered,
        Err(cause) => {
            tracing::warn!(provider = provider.settings.id, %cause, "a provider does not answer");
            return Err(refuse(&who, provider, Refusal::Unreachable, None));
        }
    };
    let (way, cookie) = flow::begin(who.machine().secrets.master(), &provider.settings.id, seconds)?;
    let redirect = redirect_address(&who, provider);
    let acr = provider.settings.accepted_acr(who.now().today());
    let address = tokens::authorization_address(provider, &discovered, &redirect, &way, &acr)?;
    let mut answer = view::leading(provider.settings.label(), &address).respond_to(&req);
    set_cookie(&mut answer, cookie)?;
    Ok(answer)
}

/// What a provider answers with. It is a secret of this browser: it goes to no log.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Back from the provider: everything is checked anew, then the session opens or nothing does.
pub async fn come_back(
    who: Who,
    req: HttpRequest,
    name: web::Path<String>,
    answer: web::Query<Answer>,
) -> Result<HttpResponse> {
    let provider = named(&who, &name)?;
    let (identity, began) = match proved(&who, &req, provider, answer.into_inner()).await? {
        Ok(proved) => proved,
        Err(refusal) => return Err(refuse(&who, provider, refusal, None)),
    };
    if let Err(refusal) = both_factors(&who, provider, &identity) {
        let account = who.read(move |conn, _| recognise::concerned(conn, &identity)).await?;
        return Err(refuse(&who, provider, refusal, account));
    }
    let label = provider.settings.label().to_owned();
    let opened = who.write(move |conn, who| open(conn, who, &identity, began, &label)).await?;
    match opened {
        Err(Refused { refusal, account }) => Err(refuse(&who, provider, refusal, account)),
        Ok(Opened::Unlocked) => {
            let mut answer = welcome(&req, None)?;
            set_cookie(&mut answer, flow::forget())?;
            Ok(answer)
        }
        Ok(Opened::Anew { token, device, author }) => {
            let method = Some(provider.settings.id.clone());
            let entry = Entry { method, ..Entry::new(Kind::SignIn, author, who.now()) };
            let _: Recorded = who.record(entry).await?;
            let mut answer = welcome(&req, Some(&device))?;
            set_cookie(&mut answer, flow::forget())?;
            set_cookie(&mut answer, cookies::session_cookie(&token))?;
            Ok(answer)
        }
    }
}

/// Who somebody is, and when the way began.
type Proved = (Identity, DateTime<Utc>);

async fn proved(
    who: &Who,
    req: &HttpRequest,
    provider: &Provider,
    answer: Answer,
) -> Result<Result<Proved, Refusal>> {
    let seconds = who.clock().authenticator_seconds();
    let state = answer.state.unwrap_or_default();
    let master = who.machine().secrets.master();
    let Some(way) = flow::come_back(req, master, &provider.settings.id, &state, seconds) else {
        return Ok(Err(Refusal::Way));
    };
    let way = Arc::new(way);
    let walked = way.clone();
    if !who.write(move |conn, who| flow::walk(conn, &walked, who.now())).await? {
        return Ok(Err(Refusal::Way));
    }
    let Ok(discovered) = provider.discovered(seconds).await else { return Ok(Err(Refusal::Unreachable)) };
    if !is_named_rightly(&discovered, answer.iss.as_deref()) {
        return Ok(Err(Refusal::Issuer));
    }
    let code = match (answer.error, answer.code) {
        (None, Some(code)) => code,
        (None, None) => return Ok(Err(Refusal::Answer)),
        (Some(_), _) => return Ok(Err(Refusal::Declined)),
    };
    let (now, began) = (instant(seconds)?, instant(way.began)?);
    let redirect = redirect_address(who, provider);
    let identity = tokens::identity(provider, discovered, &redirect, &way, code, now).await?;
    Ok(identity.map(|identity| (identity, began)))
}

fn instant(seconds: u64) -> Result<DateTime<Utc>> {
    let seconds = i64::try_from(seconds).map_err(Error::internal)?;
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| Error::internal("an instant out of all bounds"))
}

/// Whether the answer is of the provider that was asked (RFC 9207): another one could have mixed its own
/// code in.
fn is_named_rightly(discovered: &Discovered, named: Option<&str>) -> bool {
    let announced = &discovered.announced;
    match named {
        None => !announced.names_itself,
        Some(named) => announced.issuer == named || announced.issuer.contains(ANY_TENANT),
    }
}

/// Whether the provider vouches for both factors. It never falls back on a code of ours: two halves of
/// different people would make a whole.
fn both_factors(who: &Who, provider: &Provider, identity: &Identity) -> Result<(), Refusal> {
    let accepted = provider.settings.accepted_acr(who.now().today());
    if identity.acr.iter().any(|acr| accepted.contains(acr)) {
        Ok(())
    } else if identity.acr.iter().any(|acr| acr == WEAK_ACR) {
        Err(Refusal::WeakSecondFactor)
    } else {
        Err(Refusal::SecondFactor)
    }
}

enum Opened {
    /// The session that stood locked here goes on.
    Unlocked,
    Anew {
        token: Token,
        device: Token,
        author: Author,
    },
}

/// How far the clocks of two machines may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

fn open(
    conn: &mut Conn,
    who: &Who,
    identity: &Identity,
    began: DateTime<Utc>,
    label: &str,
) -> Result<Result<Opened, Refused>> {
    let (now, landlord) = (who.now(), who.settings().landlord.siren.as_deref());
    let Recognised { account, first } = match recognise::recognise(conn, identity, landlord, now)? {
        Ok(recognised) => recognised,
        Err(refused) => {
            if let (Refusal::OtherSubject, Some(account)) = (refused.refusal, &refused.account) {
                recognise::tell_of_other_subject(conn, account, label, now)?;
            }
            return Ok(Err(refused));
        }
    };
    let locked = locked(who).filter(|(_, owner)| owner.id == account.id);
    let fresh = match identity.authenticated_at {
        Some(at) => at + CLOCKS_DIFFER >= began,
        // Not every provider says when. At a locked screen it must.
        None => locked.is_none(),
    };
    if !fresh {
        return Ok(Err(Refused { refusal: Refusal::NotFresh, account: Some(account.id) }));
    }
    if first {
        recognise::bind(conn, &account.id, identity, now)?;
        let news = AccountNews::Bound { provider: label.to_owned() };
        messages::tell(conn, &account.id, &Message::Account(news), now)?;
    }
    if let Some((session, _)) = locked {
        session::touch(conn, &session, now)?;
        return Ok(Ok(Opened::Unlocked));
    }
    // A fresh token, as after every proof: a session fixed beforehand would be somebody else's.
    let token = Token::fresh()?;
    session::begin(conn, &account.id, &token, who.device(), now)?;
    session::came_by(conn, &token, &identity.provider)?;
    let (session, account) = session::find(conn, &token, now)?
        .filter(|(_, found)| found.id == account.id)
        .ok_or_else(|| Error::internal("a session that was just begun"))?;
    let commune = first_commune(conn, &account, now)?;
    session::go_live(conn, &session, &account, commune.as_ref(), now)?;
    let device = match who.device_token() {
        Some(device) => device.clone(),
        None => Token::fresh()?,
    };
    session::remember_device(conn, &device, &account.id, now)?;
    let author = Author {
        account: Some(account.id.clone()),
        role: Some(account.role.as_str().to_owned()),
        session: Some(session.mark()),
        network: who.network(),
        device: Some(who.device().to_owned()),
    };
    Ok(Ok(Opened::Anew { token, device, author }))
}

/// After signing out here: leads on to the provider's own way out, if it announces one.
pub async fn leave(
    who: Allowed<acts::SignOut>,
    name: web::Path<String>,
) -> Result<web::Either<Page, HttpResponse>> {
    let provider = who.machine().providers.named(&name).ok_or(Error::NotFound)?;
    let known = provider.known().await;
    let end = known.and_then(|known| known.announced.end_session_endpoint.clone());
    let Some(mut address) = end.and_then(|end| reqwest::Url::parse(&end).ok()) else {
        return Ok(web::Either::Right(see(paths::SIGN_OUT)));
    };
    let site = who.settings().server.public_url.trim_end_matches('/');
    // No `id_token_hint`: the token names a person, and would have to be kept until now.
    address
        .query_pairs_mut()
        .append_pair("client_id", &provider.settings.client_id)
        .append_pair("post_logout_redirect_uri", &format!("{site}{}", paths::SIGN_OUT));
    Ok(web::Either::Left(view::leaving(provider.settings.label(), address.as_str())))
}

/// The buttons of `/verrou` for this session: of the provider that opened it.
pub(in crate::identity) fn unlock_buttons(
    who: &Allowed<acts::Unlock>,
    session: &Session,
) -> Vec<view::Button> {
    let buttons = who.machine().providers.buttons();
    buttons.into_iter().filter(|button| Some(&button.id) == session.provider.as_ref()).collect()
}
