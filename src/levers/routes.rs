//! Handlers of the page of access: levers, decisions of two, restoring, terminations.

use actix_web::web::{Path, Query};
use actix_web::{Either, HttpRequest, HttpResponse, http::header};
use serde::Deserialize;

use super::joint::{self, Matter};
use super::view::{self, Typed};
use super::{Lever, Reach};
use crate::conventions::{self, Party, Termination};
use crate::identity::{Allowed, Posted, account, acts, guard};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::id::{AccountId, ConventionId, DecisionId, Insee, SuspensionId};
use crate::platform::{Conn, Error, Result};

type Who = Allowed<acts::SuspendAccess>;
type PageOrSeen = Either<Page, HttpResponse>;

fn csrf(req: &HttpRequest) -> String {
    guard::visit(req).map(|visit| visit.csrf).unwrap_or_default()
}

fn to_levers() -> PageOrSeen {
    Either::Right(HttpResponse::SeeOther().insert_header((header::LOCATION, paths::LEVERS)).finish())
}

#[derive(Deserialize)]
pub struct Prefilled {
    personne: Option<AccountId>,
}

pub async fn page(who: Who, req: HttpRequest, asked: Query<Prefilled>) -> Result<Page> {
    let person = asked.into_inner().personne;
    let mut typed = Typed::default();
    if let Some(id) = person {
        let known = who.read(move |conn, _| account::find(conn, &id)).await?.ok_or(Error::NotFound)?;
        typed.reach = "personne".to_owned();
        typed.login = known.login;
    }
    overview(&who, &req, typed, Errors::none()).await
}

async fn overview(who: &Who, req: &HttpRequest, typed: Typed, errors: Errors) -> Result<Page> {
    let loaded = who
        .read(|conn, who| {
            Ok(view::Known {
                in_force: super::in_force(conn, who.now())?,
                open: joint::open(conn, who.now())?,
                alone: joint::acted_alone(conn)?,
                communes: conventions::communes(conn)?,
            })
        })
        .await?;
    Ok(view::levers(&loaded, &typed, &errors, &csrf(req), who.now()))
}

#[derive(Deserialize, Clone)]
pub struct LeverForm {
    #[serde(default)]
    portee: String,
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    commune: String,
    #[serde(default)]
    levier: String,
    #[serde(default)]
    motif: String,
    #[serde(default)]
    urgence: String,
    #[serde(default)]
    acte: String,
}

/// What a valid form asks for.
struct Order {
    reach: Reach,
    lever: Lever,
    reason: String,
}

impl LeverForm {
    fn typed(&self) -> Typed {
        Typed {
            reach: self.portee.clone(),
            login: self.identifiant.clone(),
            commune: self.commune.clone(),
            lever: self.levier.clone(),
            reason: self.motif.clone(),
            urgency: self.urgence.clone(),
        }
    }

    fn read(&self, conn: &mut Conn, own: &AccountId) -> Result<Result<Order, Errors>> {
        let mut errors = Errors::none();
        let reach = match self.reach(conn, own)? {
            Ok(reach) => Some(reach),
            Err((field, sentence)) => {
                errors.add(field, sentence);
                None
            }
        };
        let lever = match self.levier.as_str() {
            "suspendre" => Some(Lever::Suspend),
            "fin" => Some(Lever::EndHabilitations),
            "mot-de-passe" => Some(Lever::RenewPasswords),
            _ => None,
        };
        if lever.is_none() {
            errors.add("levier", "Choisissez ce que vous voulez faire.");
        }
        let reason = form::reason(&self.motif);
        if let Err(sentence) = &reason {
            errors.add("motif", sentence.clone());
        }
        Ok(match (reach, lever, reason) {
            (Some(reach), Some(lever), Ok(reason)) => Ok(Order { reach, lever, reason }),
            _ => Err(errors),
        })
    }

    fn reach(&self, conn: &mut Conn, own: &AccountId) -> Result<Result<Reach, (&'static str, String)>> {
        Ok(match self.portee.as_str() {
            "personne" => {
                match account::find_by_login(conn, &account::normalized_login(&self.identifiant))? {
                    Some(known) if known.id == *own => Err((
                        "identifiant",
                        "C’est votre propre compte\u{a0}: un autre gestionnaire peut le suspendre."
                            .to_owned(),
                    )),
                    Some(known) => Ok(Reach::Person(known.id)),
                    None => Err((
                        "identifiant",
                        "Aucun compte n’a cet identifiant. Vérifiez-le sur la page du compte.".to_owned(),
                    )),
                }
            }
            "commune" => match self.commune.parse::<Insee>() {
                Ok(insee) if conventions::commune(conn, &insee)?.is_some() => Ok(Reach::Commune(insee)),
                _ => Err(("commune", "Choisissez une commune dans la liste.".to_owned())),
            },
            "espace" => Ok(Reach::Space),
            _ => Err(("portee", "Choisissez qui est concerné.".to_owned())),
        })
    }
}

/// What a form asks for, and whom it concerns; or what is to be repaired in it.
async fn checked(who: &Who, form: &LeverForm) -> Result<Result<view::Prepared, Errors>> {
    let (form, own) = (form.clone(), who.actor()?.account.id);
    who.read(move |conn, who| {
        Ok(match form.read(conn, &own)? {
            Ok(Order { reach, lever, reason }) => Ok(view::Prepared {
                people: reach.people(conn, who.now().today())?.len(),
                of: reach.name(conn)?,
                reach,
                lever,
                reason,
            }),
            Err(errors) => Err(errors),
        })
    })
    .await
}

/// Shows what the lever would do, before anything is done.
pub async fn prepare(who: Who, req: HttpRequest, form: Posted<LeverForm>) -> Result<Page> {
    let typed = form.0.typed();
    match checked(&who, &form.0).await? {
        Ok(prepared) => Ok(view::confirm(&prepared, &typed, &Errors::none(), &csrf(&req))),
        Err(errors) => overview(&who, &req, typed, errors).await,
    }
}

/// Pulls the lever, or asks a second manager for what concerns every town hall.
pub async fn pull(who: Who, req: HttpRequest, form: Posted<LeverForm>) -> Result<PageOrSeen> {
    let (form, typed) = (form.0.clone(), form.0.typed());
    let prepared = match checked(&who, &form).await? {
        Ok(prepared) => prepared,
        Err(errors) => return Ok(Either::Left(overview(&who, &req, typed, errors).await?)),
    };
    let urgency = match (form.acte == "seul").then(|| form::reason(&form.urgence)).transpose() {
        Ok(urgency) => urgency,
        Err(sentence) => {
            let errors = Errors::one("urgence", sentence);
            return Ok(Either::Left(view::confirm(&prepared, &typed, &errors, &csrf(&req))));
        }
    };
    who.write(move |conn, who| {
        if prepared.reach != Reach::Space {
            return super::pull(conn, who, prepared.lever, &prepared.reach, &prepared.reason);
        }
        let id = joint::ask(conn, who, &Matter::Space(prepared.lever), &prepared.reason)?;
        match urgency {
            Some(urgency) => joint::act_alone(conn, who, &id, &urgency)?.map_err(|_| Error::Forbidden),
            None => Ok(()),
        }
    })
    .await?;
    Ok(to_levers())
}

pub async fn decision(who: Who, req: HttpRequest, id: Path<DecisionId>) -> Result<Page> {
    decision_page(&who, &req, &id, Errors::none()).await
}

async fn decision_page(who: &Who, req: &HttpRequest, id: &DecisionId, errors: Errors) -> Result<Page> {
    let (id, own) = (id.clone(), who.actor()?.account.id);
    let (decision, asked_by, convention) = who
        .read(move |conn, who| {
            let decision = joint::one_open(conn, &id, who.now())?;
            let name = super::name_of(conn, &decision.asked_by)?.unwrap_or_default();
            let convention = match &decision.matter {
                Matter::Terminate(convention, _) => conventions::find(conn, convention)?,
                Matter::Space(_) => None,
            };
            Ok((decision, name, convention.map(|(_, commune)| commune.name)))
        })
        .await?;
    let own = decision.asked_by == own;
    Ok(view::decision(&decision, &asked_by, convention.as_deref(), own, &errors, &csrf(req)))
}

#[derive(Deserialize)]
pub struct SettleForm {
    #[serde(default)]
    acte: String,
    #[serde(default)]
    urgence: String,
}

pub async fn settle(
    who: Who,
    req: HttpRequest,
    id: Path<DecisionId>,
    form: Posted<SettleForm>,
) -> Result<PageOrSeen> {
    let (id, SettleForm { acte, urgence }) = (id.into_inner(), form.0);
    let urgency = form::reason(&urgence);
    if acte == "seul"
        && let Err(sentence) = &urgency
    {
        let errors = Errors::one("urgence", sentence.clone());
        return Ok(Either::Left(decision_page(&who, &req, &id, errors).await?));
    }
    who.write(move |conn, who| {
        let settled = match (acte.as_str(), urgency) {
            ("confirmer", _) => joint::confirm(conn, who, &id)?,
            ("seul", Ok(urgency)) => joint::act_alone(conn, who, &id, &urgency)?,
            ("retirer", _) => Ok(joint::withdraw(conn, who, &id)?),
            _ => return Err(Error::Unreadable("form")),
        };
        settled.map_err(|_| Error::Forbidden)
    })
    .await?;
    Ok(to_levers())
}

pub async fn confirm_restore(who: Who, req: HttpRequest, id: Path<SuspensionId>) -> Result<Page> {
    restore_page(&who, &req, &id, String::new(), Errors::none()).await
}

async fn restore_page(
    who: &Who,
    req: &HttpRequest,
    id: &SuspensionId,
    reason: String,
    errors: Errors,
) -> Result<Page> {
    let id = id.clone();
    let one = who.read(move |conn, who| super::one_in_force(conn, &id, who.now())).await?;
    Ok(view::restore(&one, &reason, &errors, &csrf(req)))
}

#[derive(Deserialize)]
pub struct ReasonForm {
    #[serde(default)]
    motif: String,
}

pub async fn restore(
    who: Who,
    req: HttpRequest,
    id: Path<SuspensionId>,
    form: Posted<ReasonForm>,
) -> Result<PageOrSeen> {
    let id = id.into_inner();
    match form::reason(&form.0.motif) {
        Ok(reason) => {
            who.write(move |conn, who| super::restore(conn, who, &id, &reason)).await?;
            Ok(to_levers())
        }
        Err(sentence) => {
            let errors = Errors::one("motif", sentence);
            Ok(Either::Left(restore_page(&who, &req, &id, form.0.motif, errors).await?))
        }
    }
}

#[derive(Deserialize, Default)]
pub struct TerminationForm {
    #[serde(default)]
    partie: String,
    #[serde(default)]
    recue_le: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    effet: String,
    #[serde(default)]
    motif: String,
}

pub async fn termination(who: Who, req: HttpRequest, id: Path<ConventionId>) -> Result<Page> {
    termination_page(&who, &req, &id, TerminationForm::default(), Errors::none()).await
}

async fn termination_page(
    who: &Who,
    req: &HttpRequest,
    id: &ConventionId,
    typed: TerminationForm,
    errors: Errors,
) -> Result<Page> {
    let known = id.clone();
    let (convention, commune) =
        who.read(move |conn, _| conventions::find(conn, &known)?.ok_or(Error::NotFound)).await?;
    let typed = view::TypedTermination {
        party: typed.partie,
        received_on: typed.recue_le,
        reference: typed.reference,
        effect_on: typed.effet,
        reason: typed.motif,
    };
    Ok(view::termination(&convention, &commune, &typed, &errors, &csrf(req)))
}

impl TerminationForm {
    fn read(&self, today: chrono::NaiveDate) -> Result<(Termination, String), Errors> {
        let mut errors = Errors::none();
        let party = match self.partie.as_str() {
            "bailleur" => Some(Party::Landlord),
            "mairie" => Some(Party::TownHall),
            _ => {
                errors.add("partie", "Choisissez qui résilie.");
                None
            }
        };
        let mut day = |field, typed: &str, of| match form::day(typed, of) {
            Ok(day) => Some(day),
            Err(sentence) => {
                errors.add(field, sentence);
                None
            }
        };
        let received_on = day("recue_le", &self.recue_le, "de réception du recommandé");
        let effect_on = day("effet", &self.effet, "où l’accès se ferme");
        if received_on.is_some_and(|day| day > today) {
            errors.add("recue_le", "La lettre ne peut être reçue plus tard qu’aujourd’hui.");
        }
        if let (Some(received), Some(effect)) = (received_on, effect_on)
            && effect < received
        {
            errors.add("effet", "L’effet ne peut précéder la réception de la lettre.");
        }
        let reference = self.reference.trim();
        if !(3..=80).contains(&reference.chars().count()) || reference.chars().any(char::is_control) {
            errors.add("reference", "Recopiez le numéro du recommandé, papier ou électronique.");
        }
        let reason = form::reason(&self.motif).map_err(|sentence| errors.add("motif", sentence));
        match (party, received_on, effect_on, reason) {
            (Some(party), Some(received_on), Some(effect_on), Ok(reason)) if errors.is_empty() => {
                Ok((Termination { party, received_on, reference: reference.to_owned(), effect_on }, reason))
            }
            _ => Err(errors),
        }
    }
}

/// Asks a second manager to confirm the end of a convention.
pub async fn terminate(
    who: Who,
    req: HttpRequest,
    id: Path<ConventionId>,
    form: Posted<TerminationForm>,
) -> Result<PageOrSeen> {
    let (id, form) = (id.into_inner(), form.0);
    let (terms, reason) = match form.read(who.now().today()) {
        Ok(read) => read,
        Err(errors) => return Ok(Either::Left(termination_page(&who, &req, &id, form, errors).await?)),
    };
    who.write(move |conn, who| {
        conventions::find(conn, &id)?.ok_or(Error::NotFound)?;
        joint::ask(conn, who, &Matter::Terminate(id, terms), &reason)
    })
    .await?;
    Ok(to_levers())
}
