//! Appointing and ending a town hall's contacts (E16).

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;

use super::{PageOr, csrf, forms, see};
use crate::conventions;
use crate::habilitations::designations::{self, Person};
use crate::habilitations::view::designating;
use crate::habilitations::{Manager, Refusal};
use crate::identity::account::{self, Account};
use crate::identity::password::{Hash, temporary_secret};
use crate::identity::{Allowed, Posted, acts, contact};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::id::{ContactId, Insee};
use crate::platform::{Error, Result};

type Who = Allowed<acts::DesignateContact>;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct DesignationForm {
    /// Of somebody with an account; empty: somebody new.
    identifiant: String,
    prenom: String,
    nom: String,
    fonction: String,
    courrier_date: String,
    courrier_reference: String,
}

impl DesignationForm {
    fn typed(&self) -> designating::Typed<'_> {
        designating::Typed {
            login: &self.identifiant,
            first_name: &self.prenom,
            last_name: &self.nom,
            job_title: &self.fonction,
            letter_on: &self.courrier_date,
            letter_reference: &self.courrier_reference,
        }
    }
}

pub async fn page(who: Who, req: HttpRequest, commune: Path<Insee>) -> Result<Page> {
    show(&who, &req, commune.into_inner(), &DesignationForm::default(), &Errors::none()).await
}

async fn show(
    who: &Who,
    req: &HttpRequest,
    commune: Insee,
    form: &DesignationForm,
    errors: &Errors,
) -> Result<Page> {
    let known = who.read(move |conn, _| conventions::commune(conn, &commune)?.ok_or(Error::NotFound)).await?;
    Ok(designating::page(&known, &form.typed(), errors, &csrf(req)))
}

pub async fn appoint(
    who: Who,
    req: HttpRequest,
    commune: Path<Insee>,
    form: Posted<DesignationForm>,
) -> Result<PageOr> {
    let (commune, form, by) = (commune.into_inner(), form.0, who.actor()?.account.id);
    let letter_on = match form::day(&form.courrier_date, "du courrier du maire") {
        Ok(day) => day,
        Err(says) => {
            let errors = Errors::one("courrier_date", says);
            return Ok(PageOr::Left(show(&who, &req, commune, &form, &errors).await?));
        }
    };
    // Nobody ever learns this secret: the account opens with its letter or its link.
    let unusable = who.compute(|_| Hash::make(&temporary_secret()?)).await?;
    let (typed, insee) = (form.clone(), commune.clone());
    let outcome = who
        .write(move |conn, who| {
            let by = Manager::of(conn, &by)?;
            let login = account::normalized_login(&typed.identifiant);
            let person = if login.is_empty() {
                Person::New { first_name: typed.prenom, last_name: typed.nom, job_title: typed.fonction }
            } else {
                match account::find_by_login(conn, &login)? {
                    Some(Account { id, .. }) => Person::Known(id),
                    None => return Ok(Err(Refusal::UnknownAccount)),
                }
            };
            let letter = (letter_on, typed.courrier_reference.as_str());
            designations::appoint(conn, &by, &insee, &person, letter, &unusable, who.now())
        })
        .await?;
    let errors = match outcome {
        Ok(_) => return Ok(see(&paths::managed_team(commune.as_str()))),
        Err(Refusal::Reason) => {
            Errors::one("courrier_reference", "Écrivez la référence du courrier, cent signes au plus.")
        }
        Err(Refusal::Past) => Errors::one("courrier_date", "Le courrier ne peut dater d’un jour à venir."),
        Err(Refusal::UnknownAccount) => {
            Errors::one("identifiant", "Aucun compte de mairie n’a cet identifiant.")
        }
        Err(Refusal::AlreadyHolds) => {
            Errors::one("identifiant", "Cette personne est déjà référente de la commune.")
        }
        Err(refusal) => forms::explain(&refusal),
    };
    Ok(PageOr::Left(show(&who, &req, commune, &form, &errors).await?))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReasonForm {
    motif: String,
}

pub async fn end_page(who: Who, req: HttpRequest, id: Path<ContactId>) -> Result<Page> {
    confirm(&who, &req, id.into_inner(), "", &Errors::none()).await
}

async fn confirm(who: &Who, req: &HttpRequest, id: ContactId, typed: &str, errors: &Errors) -> Result<Page> {
    let (name, commune) = who.read(move |conn, _| contact::find(conn, &id)?.ok_or(Error::NotFound)).await?;
    let insee = commune.clone();
    let known = who.read(move |conn, _| conventions::commune(conn, &insee)?.ok_or(Error::NotFound)).await?;
    Ok(designating::end(&name, &known, req.path(), typed, errors, &csrf(req)))
}

pub async fn end(
    who: Who,
    req: HttpRequest,
    id: Path<ContactId>,
    form: Posted<ReasonForm>,
) -> Result<PageOr> {
    let (id, typed) = (id.into_inner(), form.0.motif);
    let reason = match form::reason(&typed) {
        Ok(reason) => reason,
        Err(says) => {
            return Ok(PageOr::Left(confirm(&who, &req, id, &typed, &Errors::one("motif", says)).await?));
        }
    };
    let by = who.actor()?.account.id;
    let commune = who
        .write(move |conn, who| {
            let by = Manager::of(conn, &by)?;
            let (_, commune) = contact::find(conn, &id)?.ok_or(Error::NotFound)?;
            designations::end(conn, &by, &id, &reason, who.now())?.ok();
            Ok(commune)
        })
        .await?;
    Ok(see(&paths::managed_team(commune.as_str())))
}
