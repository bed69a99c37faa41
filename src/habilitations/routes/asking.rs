//! Asking for a habilitation: by the contact, for a time of absence, or typed from a letter.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;

use super::forms::{self, AskForm};
use super::{PageOr, csrf, see};
use crate::conventions;
use crate::habilitations::view::asking::{self, Asking, Typed};
use crate::habilitations::warnings::{self, Warning};
use crate::habilitations::{self as slice, Manager, Referent, requests};
use crate::identity::places::Places;
use crate::identity::{Allowed, Posted, acts};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::id::{HabilitationId, Insee};
use crate::platform::{Conn, Error, Now, Result};

type Who = Allowed<acts::AskHabilitation>;

/// For whom and where a form is: read anew each time, so that a right that has ended opens nothing.
#[derive(Clone)]
struct Place {
    commune: Insee,
    name: String,
    quota: i32,
    taken: usize,
    absent: Option<(HabilitationId, String)>,
}

fn place(conn: &mut Conn, referent: &Referent, now: Now) -> Result<Place> {
    Ok(Place {
        commune: referent.commune().clone(),
        name: referent.commune_name().to_owned(),
        quota: conventions::quota(conn, referent.commune(), now.today())?,
        taken: Places::of_commune(conn, referent.commune())?.taken_at(now.naive()),
        absent: None,
    })
}

/// What the path names: a commune, or a holder to be replaced.
#[derive(Clone)]
enum About {
    Commune(Insee),
    Absent(HabilitationId),
}

fn locate(conn: &mut Conn, who: &Who, about: &About) -> Result<(Referent, Place)> {
    let (account, now) = (who.actor()?.account.id, who.now());
    match about {
        About::Commune(commune) => {
            let referent = Referent::of(conn, &account, commune, now)?;
            let place = place(conn, &referent, now)?;
            Ok((referent, place))
        }
        About::Absent(id) => {
            let (referent, holder) = slice::holder_of_own(conn, &account, id, now)?;
            if holder.is_over(now) {
                return Err(Error::NotFound);
            }
            let absent = Some((id.clone(), holder.name()));
            let place = Place { absent, ..place(conn, &referent, now)? };
            Ok((referent, place))
        }
    }
}

fn draw(
    who: &Who,
    req: &HttpRequest,
    place: &Place,
    typed: &Typed,
    errors: &Errors,
    warned: &[Warning],
) -> Page {
    let action = match &place.absent {
        Some((id, _)) => paths::replacement(id.as_str()),
        None => paths::team_request(place.commune.as_str()),
    };
    let full =
        place.absent.is_none() && i64::try_from(place.taken).is_ok_and(|n| n >= i64::from(place.quota));
    asking::page(&Asking {
        csrf: &csrf(req),
        action: &action,
        back: paths::TEAM,
        back_to: "Équipe",
        commune: &place.name,
        quota: full.then_some(place.quota),
        absent: place.absent.as_ref().map(|(_, name)| name.as_str()),
        from_letter: false,
        landlord: &who.landlord().name,
        typed,
        errors,
        warnings: warned,
    })
}

pub async fn page(who: Who, req: HttpRequest, commune: Path<Insee>) -> Result<Page> {
    open(&who, &req, About::Commune(commune.into_inner())).await
}

pub async fn replacement(who: Who, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    open(&who, &req, About::Absent(id.into_inner())).await
}

async fn open(who: &Who, req: &HttpRequest, about: About) -> Result<Page> {
    let place = who.read(move |conn, who| Ok(locate(conn, who, &about)?.1)).await?;
    Ok(draw(who, req, &place, &Typed::default(), &Errors::none(), &[]))
}

pub async fn submit(
    who: Who,
    req: HttpRequest,
    commune: Path<Insee>,
    form: Posted<AskForm>,
) -> Result<PageOr> {
    send(&who, &req, About::Commune(commune.into_inner()), form.0).await
}

pub async fn submit_replacement(
    who: Who,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<AskForm>,
) -> Result<PageOr> {
    send(&who, &req, About::Absent(id.into_inner()), form.0).await
}

/// Says what is wrong, then what should make one look twice, then sends.
async fn send(who: &Who, req: &HttpRequest, about: About, form: AskForm) -> Result<PageOr> {
    let typed = form.typed();
    let (place, outcome) = who
        .write(move |conn, who| {
            let (referent, place) = locate(conn, who, &about)?;
            let absent = place.absent.as_ref().map(|(id, _)| id.clone());
            let wanted = match form.wanted(absent, who.now()) {
                Ok(wanted) => wanted,
                Err(errors) => return Ok((place, Err((errors, Vec::new())))),
            };
            if let Err(refusal) = requests::check(conn, referent.commune(), &wanted, who.now())? {
                return Ok((place, Err((forms::explain(&refusal), Vec::new()))));
            }
            let warned = warnings::for_referent(conn, &referent, &wanted, who.now())?;
            if !warned.is_empty() && !form.is_confirmed() {
                return Ok((place, Err((Errors::none(), warned))));
            }
            let sent = requests::submit(conn, &referent, &wanted, who.now())?;
            Ok((place, sent.map_err(|refusal| (forms::explain(&refusal), Vec::new()))))
        })
        .await?;
    Ok(match outcome {
        Ok(id) => see(&paths::request(id.as_str())),
        Err((errors, warned)) => PageOr::Left(draw(who, req, &place, &typed, &errors, &warned)),
    })
}

// --- from a letter --------------------------------------------------------------------------

type Desk = Allowed<acts::DecideHabilitation>;

pub async fn letter_page(who: Desk, req: HttpRequest, commune: Path<Insee>) -> Result<Page> {
    letter(&who, &req, commune.into_inner(), &Typed::default(), &Errors::none()).await
}

async fn letter(
    who: &Desk,
    req: &HttpRequest,
    commune: Insee,
    typed: &Typed,
    errors: &Errors,
) -> Result<Page> {
    let insee = commune.clone();
    let (name, quota, taken) = who
        .read(move |conn, who| {
            let known = conventions::commune(conn, &commune)?.ok_or(Error::NotFound)?;
            let quota = conventions::quota(conn, &commune, who.now().today())?;
            let taken = Places::of_commune(conn, &commune)?.taken_at(who.now().naive());
            Ok((known.name, quota, taken))
        })
        .await?;
    let full = i64::try_from(taken).is_ok_and(|taken| taken >= i64::from(quota));
    Ok(asking::page(&Asking {
        csrf: &csrf(req),
        action: &paths::letter_request(insee.as_str()),
        back: &paths::managed_team(insee.as_str()),
        back_to: &name,
        commune: &name,
        quota: full.then_some(quota),
        absent: None,
        from_letter: true,
        landlord: &who.landlord().name,
        typed,
        errors,
        warnings: &[],
    }))
}

pub async fn type_letter(
    who: Desk,
    req: HttpRequest,
    commune: Path<Insee>,
    form: Posted<AskForm>,
) -> Result<PageOr> {
    let (commune, form) = (commune.into_inner(), form.0);
    let (typed, insee, by) = (form.typed(), commune.clone(), who.actor()?.account.id);
    let now = who.now();
    let outcome = match (form.wanted(None, now), form.letter(now)) {
        (Ok(wanted), Ok(letter)) => {
            who.write(move |conn, who| {
                let by = Manager::of(conn, &by)?;
                let typed = requests::type_letter(conn, &by, &insee, &wanted, letter, who.now())?;
                Ok(typed.map_err(|refusal| forms::explain(&refusal)))
            })
            .await?
        }
        (Err(errors), _) | (_, Err(errors)) => Err(errors),
    };
    Ok(match outcome {
        Ok(id) => see(&paths::managed_request(id.as_str())),
        Err(errors) => PageOr::Left(letter(&who, &req, commune, &typed, &errors).await?),
    })
}

// --- a change of function -------------------------------------------------------------------

#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub struct FunctionForm {
    fonction: String,
    motif: String,
}

pub async fn function_page(who: Who, req: HttpRequest, id: Path<HabilitationId>) -> Result<Page> {
    function(&who, &req, id.into_inner(), &FunctionForm::default(), &Errors::none()).await
}

async fn function(
    who: &Who,
    req: &HttpRequest,
    id: HabilitationId,
    typed: &FunctionForm,
    errors: &Errors,
) -> Result<Page> {
    let account = who.actor()?.account.id;
    let (commune, holder) = who
        .read(move |conn, who| {
            let (referent, holder) = slice::holder_of_own(conn, &account, &id, who.now())?;
            Ok((referent.commune_name().to_owned(), holder))
        })
        .await?;
    if holder.is_over(who.now()) {
        return Err(Error::NotFound);
    }
    let typed = (typed.fonction.as_str(), typed.motif.as_str());
    Ok(asking::function(&holder, &commune, typed, errors, &csrf(req), &who.landlord().name))
}

pub async fn change_function(
    who: Who,
    req: HttpRequest,
    id: Path<HabilitationId>,
    form: Posted<FunctionForm>,
) -> Result<PageOr> {
    let (id, form) = (id.into_inner(), form.0);
    let mut errors = Errors::none();
    if form.fonction.trim().is_empty() {
        errors.add("fonction", "Écrivez la nouvelle fonction.");
    }
    let note = form::reason(&form.motif);
    if let Err(says) = &note {
        errors.add("motif", says.clone());
    }
    if let (Ok(note), true) = (note, errors.is_empty()) {
        let (account, title, of) = (who.actor()?.account.id, form.fonction.clone(), id.clone());
        let reported = who
            .write(move |conn, who| {
                let (referent, _) = slice::holder_of_own(conn, &account, &of, who.now())?;
                requests::report_function_change(conn, &referent, &of, (&title, &note), who.now())
            })
            .await?;
        match reported {
            Ok(request) => return Ok(see(&paths::request(request.as_str()))),
            Err(crate::habilitations::Refusal::Person(why)) => {
                errors.add("fonction", format!("{}.", crate::page::format::capitalized(&why.to_string())));
            }
            Err(refusal) => errors = forms::explain(&refusal),
        }
    }
    Ok(PageOr::Left(function(&who, &req, id, &form, &errors).await?))
}
