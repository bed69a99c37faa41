//! Handlers of the landlord's pages: temporary secret, lost second factor, hardware token.

use actix_web::web::Path;
use actix_web::{Either, HttpRequest, HttpResponse};
use chrono::TimeDelta;
use serde::Deserialize;

use super::view::{self, Letter, Loss, SecretForm, TokenForm, Whom};
use super::{Decision, Lost, Manner, Way};
use crate::identity::account::{self, Account};
use crate::identity::guard::Allowed;
use crate::identity::own_factors;
use crate::identity::part::Posted;
use crate::identity::password;
use crate::identity::policy::{Action, acts};
use crate::identity::routes::{PageOr, csrf, see};
use crate::identity::second_factor::{self, Authenticator, Factor, OpenSecret, Pace};
use crate::identity::sign_in;
use crate::page::form::Errors;
use crate::page::{Page, format, paths};
use crate::platform::id::AccountId;
use crate::platform::{Conn, Error, Result};

/// Letters of a reason: enough to say something, not more than a page shows.
const LEAST_REASON: usize = 10;
const LONGEST_REASON: usize = 500;

fn reason(typed: &str, least: &str) -> Result<String, String> {
    let reason = typed.trim();
    match reason.chars().count() {
        n if n < LEAST_REASON => Err(least.to_owned()),
        n if n > LONGEST_REASON => Err(format!("{LONGEST_REASON} signes au plus.")),
        _ => Ok(reason.to_owned()),
    }
}

/// Somebody else's account: nobody hands a secret or a factor to themselves.
fn other<A: Action>(conn: &mut Conn, who: &Allowed<A>, id: &AccountId) -> Result<Account> {
    if who.actor()?.id() == id {
        return Err(view::another_manager());
    }
    super::find(conn, id)?.ok_or(Error::NotFound)
}

fn whom(conn: &mut Conn, account: &Account, now: crate::platform::Now) -> Result<Whom> {
    let all = account::habilitations(conn, &account.id, now)?;
    let mut communes: Vec<String> = all.into_iter().map(|one| one.commune_name).collect();
    communes.dedup();
    Ok(Whom {
        id: account.id.to_string(),
        name: account.name(),
        login: account.login.clone(),
        job_title: account.job_title.clone(),
        communes,
    })
}

// --- the temporary secret ------------------------------------------------------------------------

type Giver = Allowed<acts::GiveSecret>;

#[derive(Deserialize, Default)]
pub struct SecretPosted {
    #[serde(default)]
    motif: String,
    /// Which password the form was drawn upon: a letter is made once for each.
    #[serde(default)]
    apres: String,
}

fn mark(account: &Account) -> String {
    account.password_set_at.and_utc().timestamp_micros().to_string()
}

pub async fn secret_page(who: Giver, req: HttpRequest, id: Path<AccountId>) -> Result<Page> {
    secret_view(&who, &req, id.into_inner(), String::new(), Errors::none()).await
}

async fn secret_view(
    who: &Giver,
    req: &HttpRequest,
    id: AccountId,
    reason: String,
    errors: Errors,
) -> Result<Page> {
    let (whom, mark) = who
        .read(move |conn, who| {
            let account = other(conn, who, &id)?;
            Ok((whom(conn, &account, who.now())?, mark(&account)))
        })
        .await?;
    let days = i64::from(who.settings().accounts.temporary_secret_days);
    let until = format::date_full(format::paris_date(who.now().utc() + TimeDelta::days(days)));
    Ok(view::secret(&SecretForm { csrf: csrf(req), errors, whom, reason, mark, until }))
}

/// The letter, shown once: it is the answer to the form, and the same form sent again answers 409.
pub async fn give_secret(
    who: Giver,
    req: HttpRequest,
    id: Path<AccountId>,
    form: Posted<SecretPosted>,
) -> Result<Page> {
    let (id, form) = (id.into_inner(), form.0);
    let why = match reason(&form.motif, "Dites en une phrase pourquoi, par exemple qui l’a demandé et quand.")
    {
        Ok(why) => why,
        Err(sentence) => {
            return secret_view(&who, &req, id, form.motif, Errors::one("motif", sentence)).await;
        }
    };
    let secret = password::temporary_secret()?;
    let typed = secret.clone();
    let hash = sign_in::hash(&who, typed).await?;
    let until = who.now().naive() + TimeDelta::days(i64::from(who.settings().accounts.temporary_secret_days));
    let decision = Decision { by: Some(who.actor()?.account.id), reason: why };
    let whom = who
        .write(move |conn, who| {
            let account = other(conn, who, &id)?;
            if mark(&account) != form.apres {
                return Err(Error::Stale);
            }
            super::give_secret(conn, &account.id, &hash, Way::Letter, &decision, until, who.now())?;
            whom(conn, &account, who.now())
        })
        .await?;
    let letter = Letter {
        whom,
        secret,
        address: who.settings().server.public_url.clone(),
        until: format::day_and_time(until.and_utc()),
        made: format::date_full(who.now().today()),
    };
    Ok(view::letter(&letter, &who.landlord()))
}

// --- a lost second factor ----------------------------------------------------------------------

type Checker = Allowed<acts::ReplaceLostFactor>;

#[derive(Deserialize, Default)]
pub struct LossPosted {
    #[serde(default)]
    perdu: String,
    #[serde(default)]
    verification: String,
    #[serde(default)]
    note: String,
}

pub async fn loss_page(who: Checker, req: HttpRequest, id: Path<AccountId>) -> Result<Page> {
    loss_view(&who, &req, id.into_inner(), LossPosted::default(), Errors::none()).await
}

async fn loss_view(
    who: &Checker,
    req: &HttpRequest,
    id: AccountId,
    typed: LossPosted,
    errors: Errors,
) -> Result<Page> {
    let (whom, factors, checks) = who
        .read(move |conn, who| {
            let account = other(conn, who, &id)?;
            let mut checks = Vec::new();
            for check in super::checks(conn, &id)? {
                let by = match &check.checked_by {
                    Some(by) => super::find(conn, by)?.map_or_else(String::new, |one| one.name()),
                    None => "l’exploitant".to_owned(),
                };
                checks.push(view::Check {
                    at: format::instant(check.checked_at.and_utc()),
                    manner: check.manner.in_french().to_owned(),
                    by,
                    note: check.note,
                });
            }
            let factors = own_factors::lines(&second_factor::live(conn, &id)?);
            Ok((whom(conn, &account, who.now())?, factors, checks))
        })
        .await?;
    let LossPosted { perdu, verification, note } = typed;
    Ok(view::loss(&Loss {
        csrf: csrf(req),
        errors,
        whom,
        factors,
        lost: if perdu.is_empty() { view::ALL.to_owned() } else { perdu },
        manner: verification,
        note,
        checks,
    }))
}

pub async fn revoke_lost(
    who: Checker,
    req: HttpRequest,
    id: Path<AccountId>,
    form: Posted<LossPosted>,
) -> Result<PageOr<HttpResponse>> {
    let (id, form) = (id.into_inner(), form.0);
    let mut errors = Errors::none();
    let lost = match form.perdu.parse() {
        _ if form.perdu == view::ALL => Some(Lost::All),
        Ok(one) => Some(Lost::One(one)),
        Err(_) => None,
    };
    if lost.is_none() {
        errors.add("perdu", "Choisissez ce qui est perdu.");
    }
    let manner: Option<Manner> = form.verification.parse().ok().filter(|manner| *manner != Manner::Operator);
    if manner.is_none() {
        errors.add("verification", "Dites comment vous avez vérifié l’identité. Un courriel n’y suffit pas.");
    }
    let note = reason(
        &form.note,
        "Dites ce que vous avez vérifié\u{a0}: la pièce vue, le numéro rappelé, qui a répondu.",
    );
    let note = note.map_err(|sentence| errors.add("note", sentence)).unwrap_or_default();
    let (Some(lost), Some(manner), true) = (lost, manner, errors.is_empty()) else {
        return Ok(Either::Left(loss_view(&who, &req, id, form, errors).await?));
    };
    let check = Decision { by: Some(who.actor()?.account.id), reason: note };
    let back = paths::lost_factor(id.as_str());
    who.write(move |conn, who| {
        other(conn, who, &id)?;
        // Revoked meanwhile, by its owner or by another manager.
        if super::revoke_lost(conn, &id, &lost, manner, &check, who.now())? {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    })
    .await?;
    Ok(Either::Right(see(&back)))
}

// --- a hardware token ---------------------------------------------------------------------------

#[derive(Deserialize, Default)]
pub struct TokenPosted {
    #[serde(default)]
    numero: String,
    #[serde(default)]
    graine: String,
    #[serde(default)]
    empreinte: String,
    #[serde(default)]
    periode: String,
    #[serde(default)]
    code: String,
}

pub async fn token_page(who: Checker, req: HttpRequest, id: Path<AccountId>) -> Result<Page> {
    token_view(&who, &req, id.into_inner(), TokenPosted::default(), Errors::none()).await
}

/// The seed is never sent back, whatever was wrong beside it.
async fn token_view(
    who: &Checker,
    req: &HttpRequest,
    id: AccountId,
    typed: TokenPosted,
    errors: Errors,
) -> Result<Page> {
    let (whom, has_factor) = who
        .read(move |conn, who| {
            let account = other(conn, who, &id)?;
            Ok((whom(conn, &account, who.now())?, !second_factor::live(conn, &id)?.is_empty()))
        })
        .await?;
    let TokenPosted { numero, empreinte, periode, .. } = typed;
    let view = TokenForm { csrf: csrf(req), errors, whom, serial: numero, hash: empreinte, period: periode };
    Ok(view::token(&view, has_factor))
}

pub async fn give_token(
    who: Checker,
    req: HttpRequest,
    id: Path<AccountId>,
    form: Posted<TokenPosted>,
) -> Result<PageOr<HttpResponse>> {
    let (id, form) = (id.into_inner(), form.0);
    let mut errors = Errors::none();
    let serial = own_factors::name(&form.numero)
        .map_err(|_| errors.add("numero", "Recopiez le numéro gravé sur le jeton."))
        .unwrap_or_default();
    let pace = Pace::of_token(form.empreinte == "sha256", if form.periode == "60" { 60 } else { 30 });
    let secret = OpenSecret::of_token(&form.graine, pace);
    let seconds = who.clock().authenticator_seconds();
    let step = match &secret {
        Some(secret) => secret.step_of(&form.code, seconds)?,
        None => None,
    };
    if secret.is_none() {
        errors.add(
            "graine",
            "Recopiez la graine du fournisseur, en base\u{a0}32 ou en hexadécimal, de 16 octets au moins.",
        );
    } else if step.is_none() {
        errors.add("code", "Ce n’est pas le code que cette graine donne maintenant. Vérifiez la graine, l’empreinte et la période.");
    }
    let (Some(secret), Some(step), true) = (secret, step, errors.is_empty()) else {
        return Ok(Either::Left(token_view(&who, &req, id, form, errors).await?));
    };
    let back = paths::lost_factor(id.as_str());
    who.write(move |conn, who| {
        other(conn, who, &id)?;
        let sealed = secret.seal(who.machine().secrets.master(), &id)?;
        let name = format!("Jeton {serial}");
        let token = Authenticator::with_codes(Factor::TotpToken, &id, &name, &sealed, step, who.now());
        if super::give_token(conn, &token, who.now())? { Ok(()) } else { Err(Error::Stale) }
    })
    .await?;
    Ok(Either::Right(see(&back)))
}
