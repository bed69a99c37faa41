//! The landlord's queue, and the decision on one request (E15, E17, E18).

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Deserialize;

use super::{PageOr, csrf, forms, see};
use crate::conventions;
use crate::habilitations::view::desk::{self, Typed};
use crate::habilitations::{self as slice, Manager, Request, RequestKind, Terms, requests, warnings};
use crate::identity::password::{Hash, temporary_secret};
use crate::identity::places::Places;
use crate::identity::{Allowed, Posted, acts, contact};
use crate::page::form::{self, Errors};
use crate::page::{Page, paths};
use crate::platform::id::{AccountId, Insee, RequestId};
use crate::platform::{Error, Result};

type Who = Allowed<acts::DecideHabilitation>;

pub async fn page(who: Who) -> Result<Page> {
    let by = who.actor()?.account.id;
    let (queue, communes) = who
        .read(move |conn, who| {
            let (by, now) = (Manager::of(conn, &by)?, who.now());
            let mut communes = Vec::new();
            for known in conventions::communes(conn)? {
                communes.push(desk::Commune {
                    contacts: contact::of_commune(conn, &known.insee, now)?,
                    holders: slice::holders(conn, &known.insee, now)?,
                    taken: Places::of_commune(conn, &known.insee)?.taken_at(now.naive()),
                    quota: conventions::quota(conn, &known.insee, now.today())?,
                    insee: known.insee,
                    name: known.name,
                });
            }
            Ok((slice::open_requests(conn, &by)?, communes))
        })
        .await?;
    Ok(desk::queue(&queue, &communes, who.now()))
}

pub async fn request(who: Who, req: HttpRequest, id: Path<RequestId>) -> Result<Page> {
    show(&who, &req, id.into_inner(), Typed::default(), Errors::none()).await
}

async fn show(who: &Who, req: &HttpRequest, id: RequestId, typed: Typed, errors: Errors) -> Result<Page> {
    let by = who.actor()?.account.id;
    let mut known = who
        .read(move |conn, who| {
            let (by, now) = (Manager::of(conn, &by)?, who.now());
            let request = slice::find(conn, &by, &id)?;
            let commune = conventions::commune(conn, &request.commune)?.ok_or(Error::NotFound)?;
            let granted = match &request.granted_id {
                Some(id) => Some(slice::holder(conn, &by, id, now)?.1),
                None => None,
            };
            Ok(desk::Known {
                commune: commune.name,
                notes: slice::notes(conn, &id)?,
                warnings: warnings::for_manager(conn, &by, &request, now)?,
                accounts: slice::accounts_of_that_name(conn, &by, &request)?,
                holders: slice::holders(conn, &request.commune, now)?,
                taken: Places::of_commune(conn, &request.commune)?.taken_at(now.naive()),
                quota: conventions::quota(conn, &request.commune, now.today())?,
                granted,
                typed: Typed::default(),
                request,
            })
        })
        .await?;
    known.typed = typed.or_wanted(&known.request);
    Ok(desk::request(&known, &errors, &csrf(req), who.now()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct QuestionForm {
    question: String,
}

pub async fn ask(
    who: Who,
    req: HttpRequest,
    id: Path<RequestId>,
    form: Posted<QuestionForm>,
) -> Result<PageOr> {
    let (id, question) = (id.into_inner(), form.0.question);
    let Ok(text) = form::reason(&question) else {
        let errors = Errors::one("question", "Écrivez votre question, en six cents signes au plus.");
        let typed = Typed { question, ..Typed::default() };
        return Ok(PageOr::Left(show(&who, &req, id, typed, errors).await?));
    };
    let (by, back) = (who.actor()?.account.id, paths::managed_request(id.as_str()));
    who.write(move |conn, who| {
        let by = Manager::of(conn, &by)?;
        requests::ask(conn, &by, &id, &text, who.now())
    })
    .await?
    .ok();
    Ok(see(&back))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct RefusalForm {
    motif: String,
    precisions: String,
}

pub async fn refuse(
    who: Who,
    req: HttpRequest,
    id: Path<RequestId>,
    form: Posted<RefusalForm>,
) -> Result<PageOr> {
    let (id, form) = (id.into_inner(), form.0);
    let standard = desk::REFUSALS.iter().find(|(value, _)| *value == form.motif).map(|(_, words)| *words);
    let whole = match (standard, form.precisions.trim()) {
        (Some(standard), "") => standard.to_owned(),
        (Some(standard), details) => format!("{standard}. {details}"),
        (None, details) => details.to_owned(),
    };
    let Ok(reason) = form::reason(&whole) else {
        let errors = Errors::one("precisions", "Choisissez un motif ou écrivez-le\u{a0}: la mairie le lit.");
        let typed = Typed { refusal: form.motif, details: form.precisions, ..Typed::default() };
        return Ok(PageOr::Left(show(&who, &req, id, typed, errors).await?));
    };
    let (by, back) = (who.actor()?.account.id, paths::managed_request(id.as_str()));
    who.write(move |conn, who| {
        let by = Manager::of(conn, &by)?;
        requests::refuse(conn, &by, &id, &reason, who.now())
    })
    .await?
    .ok();
    Ok(see(&back))
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct TermsForm {
    debut: String,
    fin: String,
    /// An account of the list; empty: a new one.
    compte: String,
    necessite: String,
}

impl TermsForm {
    fn read(&self, request: &Request) -> Result<Terms, Errors> {
        let mut errors = Errors::none();
        let starts_on = match self.debut.trim() {
            "" => Some(request.starts_on),
            typed => form::day(typed, "du début").map_err(|says| errors.add("debut", says)).ok(),
        };
        let ends_on = match self.fin.trim() {
            "" => None,
            typed => form::day(typed, "de la fin").map_err(|says| errors.add("fin", says)).ok(),
        };
        let account = match self.compte.as_str() {
            "" => None,
            typed => typed
                .parse::<AccountId>()
                .map_err(|_| errors.add("compte", "Choisissez un compte de la liste."))
                .ok(),
        };
        let need = match self.necessite.trim() {
            "" => None,
            typed => form::reason(typed).map_err(|says| errors.add("necessite", says)).ok(),
        };
        match starts_on {
            Some(starts_on) if errors.is_empty() => {
                Ok(Terms { starts_on, ends_on, account, over_quota_reason: need, reason: None })
            }
            _ => Err(errors),
        }
    }
}

pub async fn accept(
    who: Who,
    req: HttpRequest,
    id: Path<RequestId>,
    form: Posted<TermsForm>,
) -> Result<PageOr> {
    let (id, form, by) = (id.into_inner(), form.0, who.actor()?.account.id);
    // Nobody ever learns this secret: the account opens with its letter or its link.
    let unusable = who.compute(|_| Hash::make(&temporary_secret()?)).await?;
    let (of, typed) = (id.clone(), form.clone());
    let outcome = who
        .write(move |conn, who| {
            let by = Manager::of(conn, &by)?;
            let request = slice::find(conn, &by, &of)?;
            let terms = match form.read(&request) {
                Ok(terms) => terms,
                Err(errors) => return Ok(Err(errors)),
            };
            // Only who bears this name, or has this address, is offered and taken.
            if let Some(account) = &terms.account {
                let offered = slice::accounts_of_that_name(conn, &by, &request)?;
                if request.kind != RequestKind::FunctionChange
                    && !offered.iter().any(|one| one.id == *account)
                {
                    return Ok(Err(forms::explain(&slice::Refusal::UnknownAccount)));
                }
            }
            let accepted = slice::accept(conn, &by, &of, &terms, &unusable, who.now())?;
            Ok(accepted.map_err(|refusal| forms::explain(&refusal)))
        })
        .await?;
    Ok(match outcome {
        Ok(_) => see(&paths::managed_request(id.as_str())),
        Err(errors) => {
            let typed = Typed {
                from: typed.debut,
                until: typed.fin,
                account: typed.compte,
                need: typed.necessite,
                is_typed: true,
                ..Typed::default()
            };
            PageOr::Left(show(&who, &req, id, typed, errors).await?)
        }
    })
}

// --- a commune ------------------------------------------------------------------------------

pub async fn team(who: Who, commune: Path<Insee>) -> Result<Page> {
    let (commune, by) = (commune.into_inner(), who.actor()?.account.id);
    let team = who
        .read(move |conn, who| {
            let now = who.now();
            Manager::of(conn, &by)?;
            let known = conventions::commune(conn, &commune)?.ok_or(Error::NotFound)?;
            let mut history = Vec::new();
            for line in slice::history(conn, &commune, now)? {
                let by = match &line.by {
                    Some(id) => crate::identity::account::find(conn, id)?.map(|account| account.name()),
                    None => None,
                };
                history.push((line, by));
            }
            Ok(desk::Team {
                contacts: contact::of_commune(conn, &commune, now)?,
                past_contacts: contact::history(conn, &commune)?,
                holders: slice::holders(conn, &commune, now)?,
                taken: Places::of_commune(conn, &commune)?.taken_at(now.naive()),
                quota: conventions::quota(conn, &commune, now.today())?,
                requests: slice::of_commune(conn, &commune)?,
                history,
                insee: known.insee,
                name: known.name,
            })
        })
        .await?;
    Ok(desk::team(&team, who.now()))
}
