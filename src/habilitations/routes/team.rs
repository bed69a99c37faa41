//! « Équipe »: what the contact sees, and a request's thread.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;

use super::{PageOr, csrf, see};
use crate::conventions;
use crate::habilitations::{self as slice, requests, view};
use crate::identity::places::Places;
use crate::identity::{Allowed, Posted, acts, contact};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::Result;
use crate::platform::id::RequestId;

pub async fn page(who: Allowed<acts::SeeTeam>) -> Result<Page> {
    let id = who.actor()?.account.id;
    let communes = who
        .read(move |conn, who| {
            let now = who.now();
            let mut communes = Vec::new();
            for own in contact::of_account(conn, &id, now)? {
                communes.push(view::team::Commune {
                    quota: conventions::quota(conn, &own.commune, now.today())?,
                    taken: Places::of_commune(conn, &own.commune)?.taken_at(now.naive()),
                    holders: slice::holders(conn, &own.commune, now)?,
                    requests: slice::of_commune(conn, &own.commune)?,
                    insee: own.commune,
                    name: own.commune_name,
                });
            }
            Ok(communes)
        })
        .await?;
    Ok(view::team::page(&communes, &who.landlord().name, who.now()))
}

pub async fn request(
    who: Allowed<acts::AskHabilitation>,
    req: HttpRequest,
    id: Path<RequestId>,
) -> Result<Page> {
    show(&who, &req, id.into_inner(), "", Errors::none()).await
}

async fn show(
    who: &Allowed<acts::AskHabilitation>,
    req: &HttpRequest,
    id: RequestId,
    typed: &str,
    errors: Errors,
) -> Result<Page> {
    let account = who.actor()?.account.id;
    let (commune, request, notes) = who
        .read(move |conn, who| {
            let (referent, request) = slice::find_own(conn, &account, &id, who.now())?;
            let notes = slice::notes(conn, &id)?;
            Ok((referent.commune_name().to_owned(), request, notes))
        })
        .await?;
    let thread = view::request::Thread { commune: &commune, request: &request, notes: &notes };
    Ok(view::request::of_team(&thread, (typed, &errors), &csrf(req), &who.landlord().name))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AnswerForm {
    reponse: String,
}

pub async fn answer(
    who: Allowed<acts::AskHabilitation>,
    req: HttpRequest,
    id: Path<RequestId>,
    form: Posted<AnswerForm>,
) -> Result<PageOr> {
    let (id, typed) = (id.into_inner(), form.0.reponse);
    let text = match form::reason(&typed) {
        Ok(text) => text,
        Err(_) => {
            let errors = Errors::one("reponse", "Écrivez votre réponse, en six cents signes au plus.");
            return Ok(PageOr::Left(show(&who, &req, id, &typed, errors).await?));
        }
    };
    let account = who.actor()?.account.id;
    let back = paths::request(id.as_str());
    who.write(move |conn, who| {
        let (referent, _) = slice::find_own(conn, &account, &id, who.now())?;
        requests::answer(conn, &referent, &id, &text, who.now())
    })
    .await?
    .ok();
    Ok(see(&back))
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn withdraw(
    who: Allowed<acts::AskHabilitation>,
    id: Path<RequestId>,
    _: Posted<Nothing>,
) -> Result<PageOr> {
    let (id, account) = (id.into_inner(), who.actor()?.account.id);
    who.write(move |conn, who| {
        let (referent, _) = slice::find_own(conn, &account, &id, who.now())?;
        requests::withdraw(conn, &referent, &id, who.now())
    })
    .await?;
    Ok(see(paths::TEAM))
}
