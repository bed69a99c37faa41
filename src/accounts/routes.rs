//! Handlers of the landlord's accounts: the list, a search, one account.

use actix_web::HttpRequest;
use actix_web::web::{Path, Query};
use serde::Deserialize;

use super::view::{self, Asked, Line};
use super::{Filter, Order, Standing, sharing};
use crate::conventions;
use crate::identity::{Allowed, Posted, account, acts, guard, habilitation, own_factors, suspension};
use crate::page::Page;
use crate::platform::id::AccountId;
use crate::platform::{Error, Result};

type Who = Allowed<acts::ManageAccounts>;

/// Filters and place of the list: ids and words of ours, never a name. A name is searched by POST.
#[derive(Deserialize, Default)]
pub struct ListForm {
    #[serde(default)]
    role: String,
    #[serde(default)]
    etat: String,
    #[serde(default)]
    commune: String,
    #[serde(default)]
    tri: String,
    apres: Option<AccountId>,
    #[serde(default)]
    q: String,
}

impl ListForm {
    fn filter(&self) -> Filter {
        Filter {
            role: self.role.parse().ok(),
            standing: match self.etat.as_str() {
                "suspendu" => Some(Standing::Suspended),
                "jamais" => Some(Standing::NeverConnected),
                "sans" => Some(Standing::WithoutHabilitation),
                _ => None,
            },
            commune: self.commune.parse().ok(),
            words: self.q.clone(),
            order: if self.tri == "absence" { Order::LongestAbsent } else { Order::Name },
            after: self.apres.clone(),
        }
    }
}

pub async fn list(who: Who, req: HttpRequest, asked: Query<ListForm>) -> Result<Page> {
    // A name in an address would stay in histories and logs.
    list_page(&who, &req, ListForm { q: String::new(), ..asked.into_inner() }).await
}

pub async fn search(who: Who, req: HttpRequest, asked: Posted<ListForm>) -> Result<Page> {
    list_page(&who, &req, asked.0).await
}

async fn list_page(who: &Who, req: &HttpRequest, asked: ListForm) -> Result<Page> {
    let filter = asked.filter();
    let (lines, more, found, communes) = who
        .read(move |conn, who| {
            let now = who.now();
            let (accounts, more) = super::page(conn, &filter, now)?;
            let mut lines = Vec::new();
            for account in accounts {
                let habilitations = habilitation::of_account(conn, &account.id, now)?;
                let suspension = suspension::of_person(conn, &account.id, now)?;
                lines.push(Line { account, habilitations, suspension });
            }
            Ok((lines, more, super::count(conn, &filter, now)?, conventions::communes(conn)?))
        })
        .await?;
    let asked = Asked {
        csrf: guard::visit(req).map(|visit| visit.csrf).unwrap_or_default(),
        role: asked.role,
        standing: asked.etat,
        commune: asked.commune,
        order: asked.tri,
        words: asked.q,
    };
    Ok(view::list(&lines, more, found, &communes, &asked, who.now()))
}

pub async fn one(who: Who, id: Path<AccountId>) -> Result<Page> {
    let id = id.into_inner();
    let own = who.actor()?.account.id == id;
    let (line, factors, facts) = who
        .read(move |conn, who| {
            let now = who.now();
            let account = account::find(conn, &id)?.ok_or(Error::NotFound)?;
            let (factors, _) = own_factors::of_account(conn, &account)?;
            let facts = sharing::facts(conn, &id, now)?;
            let habilitations = habilitation::of_account(conn, &id, now)?;
            let suspension = suspension::of_person(conn, &id, now)?;
            Ok((Line { account, habilitations, suspension }, factors.len(), facts))
        })
        .await?;
    Ok(view::one(&line, factors, &facts, own, who.now()))
}
