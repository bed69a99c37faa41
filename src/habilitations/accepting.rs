//! Granting what was asked (E15, E18): the account if there is none, the habilitation with its dates,
//! and the absence of whoever is replaced.

use chrono::{NaiveDate, TimeDelta};

use super::{Manager, Refusal, Request, RequestKind, RequestState, news, requests, store};
use crate::identity::Role;
use crate::identity::account::{self, Account, NewAccount};
use crate::identity::habilitation::{self, Grant};
use crate::identity::names::folded;
use crate::identity::password::Hash;
use crate::identity::places::Span;
use crate::identity::suspension::{self, Cause, Order, Target};
use crate::messages::HabilitationNews;
use crate::platform::id::{AccountId, HabilitationId, RequestId};
use crate::platform::{Conn, Error, Now, Result};

/// On what terms a request is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// The person's account, if they have one already.
    pub account: Option<AccountId>,
    /// Why more than the convention foresees; stays visible (E18).
    pub over_quota_reason: Option<String>,
    pub reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub account: AccountId,
    pub habilitation: HabilitationId,
    /// Whether the account was made now: nobody can use it before its letter or its link.
    pub is_new: bool,
}

/// Grants an open request. `unusable`: the hash of a secret that nobody knows, so that a new account
/// opens to nobody until a letter is made. Refused or granted as a whole.
pub fn accept(
    conn: &mut Conn,
    by: &Manager,
    id: &RequestId,
    terms: &Terms,
    unusable: &Hash,
    now: Now,
) -> Result<Result<Accepted, Refusal>> {
    let request = super::find(conn, by, id)?;
    if !request.state.is_open() {
        return Err(Error::Stale);
    }
    let accepted = match request.kind {
        RequestKind::FunctionChange => keep(conn, &request, now)?,
        RequestKind::New | RequestKind::Replacement => {
            match give(conn, by, &request, terms, unusable, now)? {
                Ok(accepted) => accepted,
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
    };
    let decision = (&by.account, terms.reason.as_deref());
    store::decide(conn, id, RequestState::Accepted, decision, Some(&accepted.habilitation), now)?;
    let commune = requests::name_of(conn, &request.commune)?;
    news::to_contacts(conn, &request.commune, HabilitationNews::Accepted { commune }, now)?;
    Ok(Ok(accepted))
}

/// The habilitation goes on under the new function.
fn keep(conn: &mut Conn, request: &Request, now: Now) -> Result<Accepted> {
    let Some(id) = &request.concerns_id else { return Err(Error::Stale) };
    let Some((_, holder)) = store::holder(conn, id, now)? else { return Err(Error::Stale) };
    store::set_job_title(conn, id, &holder.account, &request.job_title)?;
    Ok(Accepted { account: holder.account, habilitation: id.clone(), is_new: false })
}

fn give(
    conn: &mut Conn,
    by: &Manager,
    request: &Request,
    terms: &Terms,
    unusable: &Hash,
    now: Now,
) -> Result<Result<Accepted, Refusal>> {
    // A habilitation is never granted for days that are over.
    let starts_on = terms.starts_on.max(now.today());
    if terms.ends_on.is_some_and(|end| end < starts_on) {
        return Ok(Err(Refusal::EndsBeforeItStarts));
    }
    let span = Span::of_days(starts_on, terms.ends_on);
    let replaced = match (request.kind, &request.concerns_id) {
        (RequestKind::Replacement, None) => return Ok(Err(Refusal::NobodyToReplace)),
        (RequestKind::Replacement, Some(_)) if terms.ends_on.is_none() => {
            return Ok(Err(Refusal::ReplacementWithoutEnd));
        }
        (RequestKind::Replacement, Some(absent)) => {
            if !requests::can_be_replaced(conn, &request.commune, absent, starts_on, now)? {
                return Ok(Err(Refusal::NobodyToReplace));
            }
            Some(absent)
        }
        (RequestKind::New | RequestKind::FunctionChange, _) => None,
    };
    let absent = replaced.map(|absent| (absent, span));
    let over = requests::fills(conn, &request.commune, span, absent, now)?;
    if let (Some(quota), None) = (over, &terms.over_quota_reason) {
        return Ok(Err(Refusal::OverQuota { quota }));
    }
    if let Some(account) = &terms.account {
        if account::find(conn, account)?.is_none_or(|known| !known.role.is_town_hall()) {
            return Ok(Err(Refusal::UnknownAccount));
        }
        let holds = |other: &super::Holder| {
            other.account == *account
                && !other.is_over(now)
                && other.ends_on.is_none_or(|end| starts_on <= end)
                && terms.ends_on.is_none_or(|end| other.starts_on <= end)
        };
        if super::holders(conn, &request.commune, now)?.iter().any(holds) {
            return Ok(Err(Refusal::AlreadyHolds));
        }
    }
    let account = match &terms.account {
        Some(account) => account.clone(),
        None => match open_account(conn, request, unusable, now)? {
            Ok(account) => account,
            Err(refusal) => return Ok(Err(Refusal::Person(refusal))),
        },
    };
    let grant = Grant {
        account: account.clone(),
        commune: request.commune.clone(),
        starts_on,
        ends_on: terms.ends_on,
        job_title: Some(request.job_title.clone()),
        employer: Some(request.employer.clone()),
        ground: Some(request.ground),
        over_quota_reason: over.and(terms.over_quota_reason.clone()),
        replaces: replaced.cloned(),
        by: Some(by.account.clone()),
    };
    let habilitation = habilitation::grant(conn, &grant, now)?;
    if let (Some(absent), Some(last)) = (replaced, terms.ends_on) {
        send_away(conn, by, (absent, starts_on, last), now)?;
    }
    let commune = requests::name_of(conn, &request.commune)?;
    let told = HabilitationNews::Granted { commune, from: starts_on, until: terms.ends_on };
    news::to_person(conn, &account, told, now)?;
    Ok(Ok(Accepted { account, habilitation, is_new: terms.account.is_none() }))
}

/// Suspends whoever is replaced, in this commune, for these days; it ends by itself (E18).
fn send_away(
    conn: &mut Conn,
    by: &Manager,
    (absent, first, last): (&HabilitationId, NaiveDate, NaiveDate),
    now: Now,
) -> Result<()> {
    let span = Span::of_days(first, Some(last));
    let order = Order {
        target: Target::Habilitation(absent.clone()),
        cause: Cause::Absence,
        reason: "Vous êtes remplacé pendant votre absence".to_owned(),
        since: span.from.max(now.naive()),
        until: span.until,
        by: Some(by.account.clone()),
    };
    suspension::suspend(conn, &order)?;
    let (commune, holder) = super::holder(conn, by, absent, now)?;
    let commune = requests::name_of(conn, &commune)?;
    let told = HabilitationNews::Absent { commune, from: first, until: last };
    news::to_person(conn, &holder.account, told, now)
}

fn open_account(
    conn: &mut Conn,
    request: &Request,
    unusable: &Hash,
    now: Now,
) -> Result<Result<AccountId, account::Refusal>> {
    let new = NewAccount {
        login: free_login(conn, &request.first_name, &request.last_name)?,
        role: Role::Instructor,
        first_name: request.first_name.clone(),
        last_name: request.last_name.clone(),
        job_title: request.job_title.clone(),
        communes: Vec::new(),
        contact_for: Vec::new(),
        from: now.today(),
    };
    // Expired from the start: only a letter or a link gives a secret.
    let opened = account::open(conn, &new, unusable, TimeDelta::zero(), now)?;
    if let (Ok(account), Some(email)) = (&opened, &request.email) {
        store::set_email(conn, account, email)?;
    }
    Ok(opened)
}

/// « nora.vasseur », or with a number if somebody has it.
pub(super) fn free_login(conn: &mut Conn, first_name: &str, last_name: &str) -> Result<String> {
    let full = format!("{}.{}", folded(first_name), folded(last_name));
    let base: String = full.chars().filter(char::is_ascii).take(58).collect();
    let mut login = base.clone();
    let mut number = 2;
    while account::find_by_login(conn, &login)?.is_some() {
        login = format!("{base}.{number}");
        number += 1;
    }
    Ok(login)
}

/// Accounts of town halls that may be this person's: by name, or by address.
pub fn accounts_of_that_name(conn: &mut Conn, _: &Manager, request: &Request) -> Result<Vec<Account>> {
    let name = folded(&request.name());
    let email = request.email.as_ref().map(|email| email.to_lowercase());
    let mut all = account::list(conn)?;
    all.retain(|account| {
        let address = account.email.as_ref().map(|email| email.to_lowercase());
        account.role.is_town_hall()
            && (folded(&account.name()) == name || (email.is_some() && address == email))
    });
    Ok(all)
}
