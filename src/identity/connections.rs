//! One's own connections of six months, and « ce n’était pas moi » (E19).

use actix_web::HttpRequest;

use super::guard::Allowed;
use super::own_account;
use super::part::Posted;
use super::policy::acts;
use super::routes::{Nothing, csrf, see};
use super::view::connections::{self as view, Connection};
use crate::page::{Page, format, paths};
use crate::platform::Result;
use crate::traces;

/// Rows of the page: beyond them the oldest are left out, and the page says so.
const MOST: i64 = 200;

pub async fn page(who: Allowed<acts::SeeOwnAccount>) -> Result<Page> {
    let actor = who.actor()?;
    let (id, own) = (actor.account.id.clone(), actor.session.mark());
    let found = who.read(move |conn, _| traces::sign_ins(conn, &id, None, MOST)).await?;
    let complete = i64::try_from(found.len()).unwrap_or(i64::MAX) < MOST;
    let all = found.into_iter().map(|one| Connection {
        at: format::moment(one.at.and_utc()),
        device: one.device.unwrap_or_else(|| "appareil inconnu".to_owned()),
        network: one.network.unwrap_or_else(|| "adresse inconnue".to_owned()),
        current: one.session.as_deref() == Some(own.as_str()),
    });
    Ok(view::connections(&all.collect::<Vec<_>>(), complete))
}

/// What blocking will do, before it is done.
pub async fn confirm(who: Allowed<acts::DenyConnection>, req: HttpRequest) -> Result<Page> {
    Ok(view::not_me(&csrf(&req), &who.landlord()))
}

/// « Ce n’était pas moi »: everything of this account closes, and the landlord is told.
pub async fn deny(who: Allowed<acts::DenyConnection>, _: Posted<Nothing>) -> Result<actix_web::HttpResponse> {
    let account = who.actor()?.account;
    who.write(move |conn, who| own_account::close(conn, &account.id, who.now())).await?;
    Ok(see(paths::BLOCK_ACCOUNT))
}
