//! The landlord's pages: SIREN of communes, identities bound to an account, other employers accepted.

use actix_web::{Either, HttpRequest, HttpResponse, web};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::{kind_in_french, view};
use crate::identity::Account;
use crate::identity::guard::Allowed;
use crate::identity::part::Posted;
use crate::identity::policy::acts;
use crate::identity::routes::{Nothing, csrf, see};
use crate::identity::session::{self, EndedBy};
use crate::messages::{self, AccountNews, Message};
use crate::page::form::Errors;
use crate::page::{Page, format, paths};
use crate::platform::config::is_siren;
use crate::platform::id::{AccountId, ExceptionId, Insee};
use crate::platform::schema::{accounts, communes, employer_exceptions, single_sign_on_bindings};
use crate::platform::{Conn, Error, Now, Result};

type Who = Allowed<acts::ManageSingleSignOn>;
type PageOrWay = Either<Page, HttpResponse>;

// --- the installation -------------------------------------------------------------------------

pub async fn page(who: Who, req: HttpRequest) -> Result<Page> {
    overview(&who, &req, SirenForm::default(), Errors::none()).await
}

async fn overview(who: &Who, req: &HttpRequest, typed: SirenForm, errors: Errors) -> Result<Page> {
    let mut known: Vec<(Insee, String, Option<String>)> = who
        .read(|conn, _| {
            Ok(communes::table.select((communes::insee, communes::name, communes::siren)).load(conn)?)
        })
        .await?;
    known.sort_by(|a, b| a.1.cmp(&b.1));
    let of = |(insee, name, siren): (Insee, String, Option<String>)| view::CommuneSiren {
        insee: insee.to_string(),
        name,
        siren,
    };
    let providers = who.settings().single_sign_on.iter();
    let providers =
        providers.map(|one| (one.label().to_owned(), kind_in_french(one.kind), one.issuer.clone())).collect();
    Ok(view::overview(&view::Overview {
        csrf: csrf(req),
        providers,
        communes: known.into_iter().map(of).collect(),
        insee: typed.insee,
        siren: typed.siren,
        errors,
    }))
}

#[derive(Deserialize, Default)]
pub struct SirenForm {
    #[serde(default)]
    insee: String,
    #[serde(default)]
    siren: String,
}

/// Digits as typed, without the spaces of a letterhead.
fn siren_of(typed: &str) -> Result<String, &'static str> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if is_siren(&digits) {
        Ok(digits)
    } else {
        Err("Un SIREN compte neuf chiffres\u{a0}; celui-ci est incomplet, ou l’un d’eux est inexact.")
    }
}

pub async fn record_siren(who: Who, req: HttpRequest, form: Posted<SirenForm>) -> Result<PageOrWay> {
    let typed = form.0;
    let mut errors = Errors::none();
    let siren = siren_of(&typed.siren);
    match (typed.insee.trim().to_uppercase().parse::<Insee>(), &siren) {
        (Ok(insee), Ok(siren)) => {
            let siren = siren.clone();
            let found = who.write(move |conn, _| set_siren(conn, &insee, &siren)).await?;
            if found {
                return Ok(Either::Right(see(paths::MANAGED_SINGLE_SIGN_ON)));
            }
            errors.add("insee", "Aucune commune n’a ce code ici.");
        }
        (insee, siren) => {
            if insee.is_err() {
                errors.add("insee", "Un code INSEE compte cinq caractères, par exemple 99101 ou 2A004.");
            }
            if let Err(sentence) = siren {
                errors.add("siren", *sentence);
            }
        }
    }
    Ok(Either::Left(overview(&who, &req, typed, errors).await?))
}

/// Enters the number of a commune; false if there is none of this code.
pub fn set_siren(conn: &mut Conn, insee: &Insee, siren: &str) -> Result<bool> {
    let changed =
        diesel::update(communes::table.find(insee)).set(communes::siren.eq(Some(siren))).execute(conn)?;
    Ok(changed == 1)
}

// --- one account ------------------------------------------------------------------------------

/// An account, the identities bound to it, and the other employer accepted for it.
struct Known {
    account: Account,
    bindings: Vec<(String, NaiveDateTime)>,
    exception: Option<(String, String, NaiveDateTime)>,
}

async fn known(who: &Who, typed_id: &str) -> Result<Known> {
    let id: AccountId = typed_id.parse().map_err(|_| Error::NotFound)?;
    who.read(move |conn, _| {
        let account = accounts::table.find(&id).first(conn).optional()?.ok_or(Error::NotFound)?;
        let bindings = single_sign_on_bindings::table
            .filter(single_sign_on_bindings::account_id.eq(&id))
            .filter(single_sign_on_bindings::removed_at.is_null())
            .order(single_sign_on_bindings::bound_at)
            .select((single_sign_on_bindings::provider, single_sign_on_bindings::bound_at))
            .load(conn)?;
        let exception = employer_exceptions::table
            .filter(employer_exceptions::account_id.eq(&id).and(employer_exceptions::ended_at.is_null()))
            .select((
                employer_exceptions::siren,
                employer_exceptions::reason,
                employer_exceptions::decided_at,
            ))
            .first(conn)
            .optional()?;
        Ok(Known { account, bindings, exception })
    })
    .await
}

pub async fn of_account(who: Who, req: HttpRequest, id: web::Path<String>) -> Result<Page> {
    let known = known(&who, &id).await?;
    Ok(account_page(&who, &req, known, EmployerForm::default(), Errors::none()))
}

fn account_page(who: &Who, req: &HttpRequest, known: Known, typed: EmployerForm, errors: Errors) -> Page {
    let day = |at: NaiveDateTime| format::date_full(format::paris_date(at.and_utc()));
    let label = |id: &str| who.machine().providers.label(id);
    view::of_account(&view::OfAccount {
        csrf: csrf(req),
        account: known.account.id.to_string(),
        name: known.account.name(),
        email: known.account.email,
        bindings: known
            .bindings
            .iter()
            .map(|(provider, at)| (label(provider), format!("depuis le {}", day(*at))))
            .collect(),
        exception: known.exception.map(|(siren, reason, at)| view::Exception {
            siren,
            reason,
            decided: format!("le {}", day(at)),
        }),
        siren: typed.siren,
        reason: typed.motif,
        errors,
    })
}

#[derive(Deserialize, Default)]
pub struct EmployerForm {
    #[serde(default)]
    siren: String,
    #[serde(default)]
    motif: String,
}

/// A reason on one line, of a length that can be read.
fn reason_of(typed: &str) -> Result<String, &'static str> {
    let reason = typed.trim();
    if reason.is_empty() {
        Err("Dites pourquoi\u{a0}: le motif reste avec la décision.")
    } else if reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        Err("Tenez le motif sur une ligne, de 200 signes au plus.")
    } else {
        Ok(reason.to_owned())
    }
}

/// Accepts another employer for this account, in place of the one accepted before.
pub async fn accept_employer(
    who: Who,
    req: HttpRequest,
    id: web::Path<String>,
    form: Posted<EmployerForm>,
) -> Result<PageOrWay> {
    let (known, typed) = (known(&who, &id).await?, form.0);
    match (siren_of(&typed.siren), reason_of(&typed.motif)) {
        (Ok(siren), Ok(reason)) => {
            let (account, by) = (known.account.id.clone(), who.actor()?.account.id);
            who.write(move |conn, who| {
                end_exception(conn, &account, &by, who.now())?;
                except(conn, &account, &siren, &reason, &by, who.now())
            })
            .await?;
            Ok(Either::Right(see(&paths::account_single_sign_on(known.account.id.as_str()))))
        }
        (siren, reason) => {
            let mut errors = Errors::none();
            if let Err(sentence) = siren {
                errors.add("siren", sentence);
            }
            if let Err(sentence) = reason {
                errors.add("motif", sentence);
            }
            Ok(Either::Left(account_page(&who, &req, known, typed, errors)))
        }
    }
}

/// Records the other employer of a shared agent: who accepts it, when and why.
pub fn except(
    conn: &mut Conn,
    account: &AccountId,
    siren: &str,
    reason: &str,
    by: &AccountId,
    now: Now,
) -> Result<()> {
    diesel::insert_into(employer_exceptions::table)
        .values((
            employer_exceptions::id.eq(ExceptionId::fresh()),
            employer_exceptions::account_id.eq(account),
            employer_exceptions::siren.eq(siren),
            employer_exceptions::reason.eq(reason),
            employer_exceptions::decided_by.eq(by),
            employer_exceptions::decided_at.eq(now.naive()),
        ))
        .execute(conn)?;
    Ok(())
}

fn end_exception(conn: &mut Conn, account: &AccountId, by: &AccountId, now: Now) -> Result<()> {
    diesel::update(employer_exceptions::table)
        .filter(employer_exceptions::account_id.eq(account).and(employer_exceptions::ended_at.is_null()))
        .set((
            employer_exceptions::ended_at.eq(Some(now.naive())),
            employer_exceptions::ended_by.eq(Some(by)),
        ))
        .execute(conn)?;
    Ok(())
}

pub async fn stop_accepting_employer(
    who: Who,
    id: web::Path<String>,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let account = known(&who, &id).await?.account.id;
    let (of, by) = (account.clone(), who.actor()?.account.id);
    who.write(move |conn, who| end_exception(conn, &of, &by, who.now())).await?;
    Ok(see(&paths::account_single_sign_on(account.as_str())))
}

pub async fn unbinding_page(who: Who, req: HttpRequest, id: web::Path<String>) -> Result<Page> {
    let known = known(&who, &id).await?;
    Ok(unbinding_view(&req, &known, String::new(), Errors::none()))
}

fn unbinding_view(req: &HttpRequest, known: &Known, reason: String, errors: Errors) -> Page {
    let account = known.account.id.to_string();
    view::unbinding(&view::Unbinding { csrf: csrf(req), account, name: known.account.name(), reason, errors })
}

#[derive(Deserialize)]
pub struct ReasonForm {
    #[serde(default)]
    motif: String,
}

pub async fn unbind_account(
    who: Who,
    req: HttpRequest,
    id: web::Path<String>,
    form: Posted<ReasonForm>,
) -> Result<PageOrWay> {
    let known = known(&who, &id).await?;
    let reason = match reason_of(&form.0.motif) {
        Ok(reason) => reason,
        Err(sentence) => {
            let errors = Errors::one("motif", sentence);
            return Ok(Either::Left(unbinding_view(&req, &known, form.0.motif, errors)));
        }
    };
    let (account, by) = (known.account.id.clone(), who.actor()?.account.id);
    who.write(move |conn, who| unbind(conn, &account, &reason, &by, who.now())).await?;
    Ok(Either::Right(see(&paths::account_single_sign_on(known.account.id.as_str()))))
}

/// Removes the identities bound to an account, and ends what they have opened; its owner is told.
pub fn unbind(conn: &mut Conn, account: &AccountId, reason: &str, by: &AccountId, now: Now) -> Result<()> {
    let removed = diesel::update(single_sign_on_bindings::table)
        .filter(single_sign_on_bindings::account_id.eq(account))
        .filter(single_sign_on_bindings::removed_at.is_null())
        .set((
            single_sign_on_bindings::removed_at.eq(Some(now.naive())),
            single_sign_on_bindings::removed_by.eq(Some(by)),
            single_sign_on_bindings::removal_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    if removed > 0 {
        messages::tell(conn, account, &Message::Account(AccountNews::Unbound), now)?;
        session::end_all(conn, account, None, EndedBy::Blocked, now)?;
    }
    Ok(())
}
