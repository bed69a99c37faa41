//! Handlers of one's own second factors: each named and revocable, never the last one.

use actix_web::web::Path;
use actix_web::{Either, HttpRequest, HttpResponse};
use serde::Deserialize;

use super::guard::Allowed;
use super::part::Posted;
use super::policy::acts;
use super::routes::{PageOr, csrf, see, too_many};
use super::second_factor::{self, Authenticator, Factor, OpenSecret, recovery};
use super::session::{self, EndedBy, SIGN_IN_LIFE, Session};
use super::sign_in::{self, Outcome};
use super::view::factors as view;
use super::{Account, account};
use crate::messages::{self, AccountNews, Message};
use crate::page::form::Errors;
use crate::page::{Page, format, paths};
use crate::platform::id::AuthenticatorId;
use crate::platform::{Conn, Error, Now, Result};

type Own = Allowed<acts::KeepOwnFactors>;

/// An account needs no more, and a list must end.
const MOST: usize = 10;
/// Letters of a name.
const LONGEST_NAME: usize = 40;

/// The lines of « Mon compte ».
pub(super) fn lines(all: &[Authenticator]) -> Vec<view::Line> {
    let day = |at: chrono::NaiveDateTime| format::date_medium(format::paris_date(at.and_utc()));
    all.iter()
        .map(|one| view::Line {
            id: one.id.to_string(),
            name: one.name.clone(),
            kind: one.kind.in_french().to_owned(),
            added: format!("le {}", day(one.created_at)),
            used: one.last_used_at.map_or_else(|| "pas encore".to_owned(), |at| format!("le {}", day(at))),
        })
        .collect()
}

/// What was typed as a name, if it is one.
pub(super) fn name(typed: &str) -> Result<String, String> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err("Donnez-lui un nom, par exemple «\u{a0}téléphone du service\u{a0}».".to_owned());
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(format!("Un nom tient sur une ligne, de {LONGEST_NAME} signes au plus."));
    }
    Ok(name)
}

/// The sentence for a password that does not open the way; `None`: it does.
pub(super) fn refused_password(outcome: &Outcome<()>, now: Now) -> Option<String> {
    match outcome {
        Outcome::Accepted(()) => None,
        Outcome::Blocked(until) => Some(too_many(*until, now)),
        Outcome::Wrong | Outcome::Expired => {
            Some("Ce n’est pas votre mot de passe. Vérifiez les majuscules.".to_owned())
        }
    }
}

/// Every change of a second factor ends the other sessions and is told to its owner.
pub(super) fn changed(
    conn: &mut Conn,
    account: &Account,
    session: &Session,
    news: AccountNews,
    now: Now,
) -> Result<()> {
    messages::tell(conn, &account.id, &Message::Account(news), now)?;
    session::end_all(conn, &account.id, Some(session), EndedBy::FactorChanged, now)
}

// --- one of them -----------------------------------------------------------------------------

pub async fn one(who: Own, req: HttpRequest, id: Path<AuthenticatorId>) -> Result<Page> {
    one_view(&who, &req, id.into_inner(), None, Errors::none()).await
}

async fn one_view(
    who: &Own,
    req: &HttpRequest,
    id: AuthenticatorId,
    typed: Option<String>,
    errors: Errors,
) -> Result<Page> {
    let account = who.actor()?.account;
    let all = who.read(move |conn, _| second_factor::live(conn, &account.id)).await?;
    let only = all.len() == 1;
    let one = all.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let line = lines(std::slice::from_ref(&one)).remove(0);
    let name = typed.unwrap_or_else(|| line.name.clone());
    let login = who.actor()?.account.login;
    Ok(view::one(&view::One { csrf: csrf(req), login, line, typed: name, only, errors }))
}

#[derive(Deserialize)]
pub struct NameForm {
    #[serde(default)]
    nom: String,
}

pub async fn rename(
    who: Own,
    req: HttpRequest,
    id: Path<AuthenticatorId>,
    form: Posted<NameForm>,
) -> Result<PageOr<HttpResponse>> {
    let id = id.into_inner();
    let name = match name(&form.0.nom) {
        Ok(name) => name,
        Err(sentence) => {
            let errors = Errors::one("nom", sentence);
            return Ok(Either::Left(one_view(&who, &req, id, Some(form.0.nom), errors).await?));
        }
    };
    let account = who.actor()?.account.id;
    if !who.write(move |conn, _| second_factor::rename(conn, &account, &id, &name)).await? {
        return Err(Error::NotFound);
    }
    Ok(Either::Right(see(paths::ACCOUNT)))
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    mot_de_passe: String,
}

pub async fn revoke(
    who: Own,
    req: HttpRequest,
    id: Path<AuthenticatorId>,
    form: Posted<PasswordForm>,
) -> Result<PageOr<HttpResponse>> {
    let id = id.into_inner();
    let actor = who.actor()?;
    let given = sign_in::with_own_password(&who, &actor.account, form.0.mot_de_passe).await?;
    if let Some(sentence) = refused_password(&given, who.now()) {
        let errors = Errors::one("mot_de_passe", sentence);
        return Ok(Either::Left(one_view(&who, &req, id, None, errors).await?));
    }
    let revoked = who
        .write(move |conn, who| {
            let (account, session) = (actor.account, actor.session);
            // The last one stays: without it anybody with the password would set up the next.
            let others = second_factor::live(conn, &account.id)?.iter().filter(|one| one.id != id).count();
            if others == 0 || !second_factor::revoke(conn, &account.id, &id, Some(&account.id), who.now())? {
                return Ok(false);
            }
            changed(conn, &account, &session, AccountNews::FactorRevoked, who.now())?;
            Ok(true)
        })
        .await?;
    if revoked { Ok(Either::Right(see(paths::ACCOUNT))) } else { Err(Error::NotFound) }
}

// --- one more application ----------------------------------------------------------------------

pub async fn new_app(who: Own, req: HttpRequest) -> Result<Page> {
    new_app_view(&who, &req, "", Errors::none()).await
}

async fn new_app_view(who: &Own, req: &HttpRequest, name: &str, errors: Errors) -> Result<Page> {
    let account = who.actor()?.account;
    let secret = sign_in::enrolling(who).await?;
    let demo_code = sign_in::demo_code(who, &secret)?;
    Ok(view::new_app(&view::NewApp {
        csrf: csrf(req),
        errors,
        login: account.login.clone(),
        name: name.to_owned(),
        qr: secret.qr(&who.landlord().name, &account.login)?,
        secret: secret.to_base32().to_string(),
        demo_code,
    }))
}

#[derive(Deserialize)]
pub struct AppForm {
    #[serde(default)]
    nom: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    mot_de_passe: String,
}

pub async fn add_app(who: Own, req: HttpRequest, form: Posted<AppForm>) -> Result<PageOr<HttpResponse>> {
    let AppForm { nom, code, mot_de_passe } = form.0;
    let actor = who.actor()?;
    let mut errors = Errors::none();
    let name = name(&nom).map_err(|sentence| errors.add("nom", sentence)).unwrap_or_default();
    let sealed = actor.session.enrolling.clone();
    let step = match &sealed {
        Some(sealed) => OpenSecret::open(sealed, who.machine().secrets.master(), &actor.account.id)?
            .step_of(&code, who.clock().authenticator_seconds())?,
        None => None,
    };
    if step.is_none() {
        errors.add("code", "Ce code n’est pas, ou n’est plus, valable. Attendez le suivant.");
    }
    let given = sign_in::with_own_password(&who, &actor.account, mot_de_passe).await?;
    if let Some(sentence) = refused_password(&given, who.now()) {
        errors.add("mot_de_passe", sentence);
    }
    let (Some(sealed), Some(step), true) = (sealed, step, errors.is_empty()) else {
        return Ok(Either::Left(new_app_view(&who, &req, &nom, errors).await?));
    };
    who.write(move |conn, who| {
        let (account, session) = (actor.account, actor.session);
        let all = second_factor::live(conn, &account.id)?.len();
        // The secret of a form that was held back has served already.
        if all >= MOST || !session::take_enrolling(conn, &session, &sealed)? {
            return Err(Error::Stale);
        }
        let one = Authenticator::with_codes(Factor::TotpApp, &account.id, &name, &sealed, step, who.now());
        second_factor::add(conn, &one)?;
        changed(conn, &account, &session, AccountNews::FactorAdded, who.now())
    })
    .await?;
    Ok(Either::Right(see(paths::ACCOUNT)))
}

// --- recovery codes ----------------------------------------------------------------------------

/// Who has just proved both factors, and has no codes yet, need not type the password once more.
fn fresh(session: &Session, left: recovery::Left, now: Now) -> bool {
    let lately = session.second_factor_at.is_some_and(|at| now.naive() - at < SIGN_IN_LIFE);
    lately && left.made_at.is_none()
}

pub async fn recovery_codes(who: Own, req: HttpRequest) -> Result<Page> {
    recovery_view(&who, &req, Errors::none()).await
}

async fn recovery_view(who: &Own, req: &HttpRequest, errors: Errors) -> Result<Page> {
    let actor = who.actor()?;
    let id = actor.account.id.clone();
    let left = who.read(move |conn, _| recovery::left(conn, &id)).await?;
    Ok(view::recovery(&view::Recovery {
        csrf: csrf(req),
        errors,
        login: actor.account.login.clone(),
        state: recovery_state(left),
        first: left.made_at.is_none(),
        asks_password: !fresh(&actor.session, left, who.now()),
    }))
}

/// « 9 codes sur 10, faits le 3 novembre 2026 ».
pub(super) fn recovery_state(left: recovery::Left) -> String {
    match left.made_at {
        None => "Vous n’en avez pas encore".to_owned(),
        Some(at) => format!(
            "{} sur {}, faits le {}",
            format::count(left.codes, "code restant", "codes restants"),
            recovery::CODES,
            format::date_full(format::paris_date(at.and_utc()))
        ),
    }
}

/// Shows the codes once, in the answer to the form.
pub async fn make_recovery_codes(who: Own, req: HttpRequest, form: Posted<PasswordForm>) -> Result<Page> {
    let actor = who.actor()?;
    let id = actor.account.id.clone();
    let left = who.read(move |conn, _| recovery::left(conn, &id)).await?;
    if !fresh(&actor.session, left, who.now()) {
        let given = sign_in::with_own_password(&who, &actor.account, form.0.mot_de_passe).await?;
        if let Some(sentence) = refused_password(&given, who.now()) {
            return recovery_view(&who, &req, Errors::one("mot_de_passe", sentence)).await;
        }
    }
    let login = actor.account.login.clone();
    let codes = who
        .write(move |conn, who| {
            // Two windows at once: the second shows what the first has voided, if it may at all.
            if recovery::left(conn, &actor.account.id)? != left {
                return Err(Error::Stale);
            }
            let codes = recovery::make(conn, &actor.account.id, who.machine().secrets.master(), who.now())?;
            messages::tell(
                conn,
                &actor.account.id,
                &Message::Account(AccountNews::RecoveryCodesMade),
                who.now(),
            )?;
            Ok(codes)
        })
        .await?;
    let made = format::date_full(who.now().today());
    Ok(view::recovery_codes(&codes, &login, &made, &who.landlord()))
}

/// What « Mon compte » says of the second factor.
pub(super) fn of_account(conn: &mut Conn, account: &account::Account) -> Result<(Vec<view::Line>, String)> {
    let all = second_factor::live(conn, &account.id)?;
    Ok((lines(&all), recovery_state(recovery::left(conn, &account.id)?)))
}
