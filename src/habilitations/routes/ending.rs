//! Departures and endings: each has a page that says what will happen, and one button.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;

use super::{PageOr, csrf, see};
use crate::habilitations::view::ending::{self, Deed};
use crate::habilitations::{self as slice, Holder, Manager, endings};
use crate::identity::{Action, Allowed, Posted, acts};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::id::HabilitationId;
use crate::platform::{Error, Result};

#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub struct EndForm {
    /// The last day; empty: now.
    jour: String,
    motif: String,
}

impl EndForm {
    fn day(&self, errors: &mut Errors) -> Option<chrono::NaiveDate> {
        match self.jour.trim() {
            "" => None,
            typed => form::day(typed, "du départ").map_err(|says| errors.add("jour", says)).ok(),
        }
    }

    fn reason(&self, errors: &mut Errors) -> String {
        form::reason(&self.motif).map_err(|says| errors.add("motif", says)).unwrap_or_default()
    }
}

fn draw<A: Action>(
    who: &Allowed<A>,
    req: &HttpRequest,
    deed: Deed,
    (commune, holder): &(String, Holder),
    typed: &EndForm,
    errors: &Errors,
) -> Page {
    let typed = (typed.jour.as_str(), typed.motif.as_str());
    ending::page(deed, holder, commune, typed, errors, &csrf(req), &who.landlord().name)
}

type Contact = Allowed<acts::ReportDeparture>;

async fn own(who: &Contact, id: HabilitationId) -> Result<(String, Holder)> {
    let account = who.actor()?.account.id;
    let (commune, holder) = who
        .read(move |conn, who| {
            let (referent, holder) = slice::holder_of_own(conn, &account, &id, who.now())?;
            Ok((referent.commune_name().to_owned(), holder))
        })
        .await?;
    if holder.is_over(who.now()) { Err(Error::NotFound) } else { Ok((commune, holder)) }
}

pub async fn departure(who: Contact, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    let known = own(&who, id.into_inner()).await?;
    Ok(draw(&who, &req, Deed::Departure, &known, &EndForm::default(), &Errors::none()))
}

pub async fn report_departure(
    who: Contact,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<EndForm>,
) -> Result<PageOr> {
    let (id, form) = (id.into_inner(), form.0);
    let mut errors = Errors::none();
    let day = form.day(&mut errors);
    let note = (!form.motif.trim().is_empty()).then(|| form.reason(&mut errors));
    if !errors.is_empty() {
        let known = own(&who, id).await?;
        return Ok(PageOr::Left(draw(&who, &req, Deed::Departure, &known, &form, &errors)));
    }
    let account = who.actor()?.account.id;
    who.write(move |conn, who| {
        let (referent, _) = slice::holder_of_own(conn, &account, &id, who.now())?;
        endings::report_departure(conn, &referent, &id, (day, note.as_deref()), who.now())
    })
    .await?;
    Ok(see(paths::TEAM))
}

type Desk = Allowed<acts::DecideHabilitation>;

async fn any(who: &Desk, id: HabilitationId) -> Result<(String, Holder)> {
    let by = who.actor()?.account.id;
    who.read(move |conn, who| {
        let by = Manager::of(conn, &by)?;
        let (commune, holder) = slice::holder(conn, &by, &id, who.now())?;
        let known = crate::conventions::commune(conn, &commune)?.ok_or(Error::NotFound)?;
        Ok((known.name, holder))
    })
    .await
}

async fn ask(who: &Desk, req: &HttpRequest, deed: Deed, id: HabilitationId) -> Result<Page> {
    let known = any(who, id).await?;
    Ok(draw(who, req, deed, &known, &EndForm::default(), &Errors::none()))
}

async fn act(who: &Desk, req: &HttpRequest, deed: Deed, id: HabilitationId, form: EndForm) -> Result<PageOr> {
    let known = any(who, id.clone()).await?;
    let mut errors = Errors::none();
    let day = form.day(&mut errors);
    let reason = form.reason(&mut errors);
    if !errors.is_empty() {
        return Ok(PageOr::Left(draw(who, req, deed, &known, &form, &errors)));
    }
    let by = who.actor()?.account.id;
    who.write(move |conn, who| {
        let by = Manager::of(conn, &by)?;
        match deed {
            Deed::Departure | Deed::End => endings::end(conn, &by, &id, (day, &reason), who.now()),
            Deed::Undo => endings::undo(conn, &by, &id, &reason, who.now()),
            Deed::Return => endings::end_absence(conn, &by, &id, &reason, who.now()),
        }
    })
    .await?
    .ok();
    Ok(see(&paths::managed_team(known.1.commune.as_str())))
}

pub async fn end_page(who: Desk, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    ask(&who, &req, Deed::End, id.into_inner()).await
}

pub async fn end(
    who: Desk,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<EndForm>,
) -> Result<PageOr> {
    act(&who, &req, Deed::End, id.into_inner(), form.0).await
}

pub async fn undo_page(who: Desk, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    ask(&who, &req, Deed::Undo, id.into_inner()).await
}

pub async fn undo(
    who: Desk,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<EndForm>,
) -> Result<PageOr> {
    act(&who, &req, Deed::Undo, id.into_inner(), form.0).await
}

pub async fn return_page(who: Desk, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    ask(&who, &req, Deed::Return, id.into_inner()).await
}

pub async fn come_back(
    who: Desk,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<EndForm>,
) -> Result<PageOr> {
    act(&who, &req, Deed::Return, id.into_inner(), form.0).await
}
