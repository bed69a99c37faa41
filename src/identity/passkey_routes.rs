//! Handlers of passkeys: what the script of a page asks for, and the browser's answer.
//!
//! Each answer is JSON: `{"vers": path}` leads on, `{"erreur": sentence}` is said on the page. A password
//! that is guessed at from elsewhere locks none of these: a key cannot be guessed.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use super::guard::Allowed;
use super::own_factors::{self, changed, refused_password};
use super::part::Posted;
use super::policy::{Action, acts};
use super::routes::{Nothing, csrf, set_cookie, way_on};
use super::second_factor::passkeys::{Ceremony, Occasion, Visitor, site};
use super::second_factor::{self, MOST};
use super::sign_in;
use super::view::factors as view;
use super::{cookies, session};
use crate::messages::AccountNews;
use crate::page::{Page, paths};
use crate::platform::{Error, Result};

fn ceremony<'a, A: Action>(who: &'a Allowed<A>, visitor: &Visitor) -> Ceremony<'a> {
    Ceremony {
        visitor: visitor.clone(),
        settings: who.settings(),
        master: who.machine().secrets.master(),
        now: who.now(),
    }
}

fn visitor(req: &HttpRequest) -> Visitor {
    Visitor::of(&csrf(req))
}

fn refused(sentence: &str) -> HttpResponse {
    HttpResponse::UnprocessableEntity().json(json!({ "erreur": sentence }))
}

const NOT_PROVED: &str =
    "Cette clé d’accès n’a pas été reconnue, ou la demande date de plus de cinq minutes. Recommencez.";

// --- one more key -------------------------------------------------------------------------------

pub async fn page(who: Allowed<acts::KeepOwnFactors>, req: HttpRequest) -> Result<Page> {
    if site(who.settings()).is_none() {
        return Err(Error::NotFound);
    }
    Ok(view::new_passkey(&csrf(&req), &who.actor()?.account.login, who.device()))
}

#[derive(Deserialize)]
pub struct Start {
    #[serde(default)]
    nom: String,
    #[serde(default)]
    mot_de_passe: String,
}

pub async fn begin(
    who: Allowed<acts::KeepOwnFactors>,
    req: HttpRequest,
    form: Posted<Start>,
) -> Result<HttpResponse> {
    let account = who.actor()?.account;
    if let Err(sentence) = own_factors::name(&form.0.nom) {
        return Ok(refused(&sentence));
    }
    let given = sign_in::with_own_password(&who, &account, form.0.mot_de_passe).await?;
    if let Some(sentence) = refused_password(&given, who.now()) {
        return Ok(refused(&sentence));
    }
    let visitor = visitor(&req);
    let options =
        who.write(move |conn, who| ceremony(who, &visitor).begin_registration(conn, &account)).await?;
    Ok(HttpResponse::Ok().json(options))
}

#[derive(Deserialize)]
pub struct Made {
    nom: String,
    cle: RegisterPublicKeyCredential,
}

/// The password was asked when the challenge was given: without one there is nothing to answer.
pub async fn add(
    who: Allowed<acts::KeepOwnFactors>,
    req: HttpRequest,
    form: Posted<Made>,
) -> Result<HttpResponse> {
    let (actor, visitor) = (who.actor()?, visitor(&req));
    let name = match own_factors::name(&form.0.nom) {
        Ok(name) => name,
        Err(sentence) => return Ok(refused(&sentence)),
    };
    let key = form.0.cle;
    let added = who
        .write(move |conn, who| {
            let (account, session) = (actor.account, actor.session);
            let made = ceremony(who, &visitor).finish_registration(conn, &account, &name, &key)?;
            let Some(one) = made else { return Ok(false) };
            if second_factor::live(conn, &account.id)?.len() >= MOST {
                return Err(Error::Stale);
            }
            second_factor::add(conn, &one)?;
            changed(conn, &account, &session, AccountNews::FactorAdded, who.now())?;
            Ok(true)
        })
        .await?;
    Ok(if added { HttpResponse::Ok().json(json!({ "vers": paths::ACCOUNT })) } else { refused(NOT_PROVED) })
}

// --- in place of login and password --------------------------------------------------------------

pub async fn begin_sign_in(
    who: Allowed<acts::SignIn>,
    req: HttpRequest,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let visitor = visitor(&req);
    let options = who.write(move |conn, who| ceremony(who, &visitor).begin_sign_in(conn)).await?;
    Ok(HttpResponse::Ok().json(options))
}

#[derive(Deserialize)]
pub struct Answer {
    cle: PublicKeyCredential,
}

pub async fn sign_in(
    who: Allowed<acts::SignIn>,
    req: HttpRequest,
    form: Posted<Answer>,
) -> Result<HttpResponse> {
    let (visitor, answer) = (visitor(&req), form.0.cle);
    let found = who.write(move |conn, who| ceremony(who, &visitor).finish_sign_in(conn, &answer)).await?;
    let Some(account) = found else {
        sign_in::note_failure(&who, None);
        return Ok(refused(NOT_PROVED));
    };
    let (token, device) = sign_in::with_passkey(&who, account).await?;
    let mut answer = led_on(&req, &device)?;
    set_cookie(&mut answer, cookies::session_cookie(&token))?;
    Ok(answer)
}

/// To the page one came for, on a device that is known from now on.
fn led_on(req: &HttpRequest, device: &session::Token) -> Result<HttpResponse> {
    let mut answer = HttpResponse::Ok().json(json!({ "vers": way_on(req) }));
    set_cookie(&mut answer, cookies::forget_way_back())?;
    set_cookie(&mut answer, cookies::device_cookie(device))?;
    Ok(answer)
}

// --- in place of the six digits, and at the lock -------------------------------------------------

async fn begin_proof<A: Action>(
    who: &Allowed<A>,
    req: &HttpRequest,
    occasion: Occasion,
) -> Result<HttpResponse> {
    let (visitor, (_, account)) = (visitor(req), sign_in::at_step(who)?);
    let options: Option<Value> =
        who.write(move |conn, who| ceremony(who, &visitor).begin_proof(conn, occasion, &account.id)).await?;
    Ok(match options {
        Some(options) => HttpResponse::Ok().json(options),
        None => refused("Ce compte n’a pas de clé d’accès."),
    })
}

async fn proves<A: Action>(
    who: &Allowed<A>,
    req: &HttpRequest,
    occasion: Occasion,
    answer: PublicKeyCredential,
) -> Result<bool> {
    let (visitor, (_, account)) = (visitor(req), sign_in::at_step(who)?);
    let id = account.id.clone();
    let proved = who
        .write(move |conn, who| ceremony(who, &visitor).finish_proof(conn, occasion, &id, &answer))
        .await?;
    if !proved {
        sign_in::note_failure(who, Some(account.id));
    }
    Ok(proved)
}

pub async fn begin_code(
    who: Allowed<acts::GiveCode>,
    req: HttpRequest,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    begin_proof(&who, &req, Occasion::Code).await
}

pub async fn give_code(
    who: Allowed<acts::GiveCode>,
    req: HttpRequest,
    form: Posted<Answer>,
) -> Result<HttpResponse> {
    if !proves(&who, &req, Occasion::Code, form.0.cle).await? {
        return Ok(refused(NOT_PROVED));
    }
    let (session, account) = sign_in::at_step(&who)?;
    let device = sign_in::open_now(&who, session, account).await?;
    led_on(&req, &device)
}

pub async fn begin_unlock(
    who: Allowed<acts::Unlock>,
    req: HttpRequest,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    begin_proof(&who, &req, Occasion::Unlock).await
}

pub async fn unlock(
    who: Allowed<acts::Unlock>,
    req: HttpRequest,
    form: Posted<Answer>,
) -> Result<HttpResponse> {
    if !proves(&who, &req, Occasion::Unlock, form.0.cle).await? {
        return Ok(refused(NOT_PROVED));
    }
    let (session, _) = sign_in::at_step(&who)?;
    who.write(move |conn, who| session::touch(conn, &session, who.now())).await?;
    let mut answer = HttpResponse::Ok().json(json!({ "vers": way_on(&req) }));
    set_cookie(&mut answer, cookies::forget_way_back())?;
    Ok(answer)
}
