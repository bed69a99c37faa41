//! Handlers of one's own account.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::account::{self, Role};
use super::guard::Allowed;
use super::part::Posted;
use super::policy::acts;
use super::routes::{Nothing, csrf, see};
use super::second_factor::passkeys;
use super::session::{self, EndedBy, Session};
use super::suspension;
use super::view::{self, account as account_view};
use super::{habilitation, own_factors};
use crate::messages::view::{SHOWN_FIRST, led_by};
use crate::messages::{self, AccountNews, Desk, Message};
use crate::page::{Page, format, paths};
use crate::platform::id::AccountId;
use crate::platform::{Conn, Error, Now, Result};

/// Wording 10: whoever holds the session that another login ended may block the account.
pub async fn block(who: Allowed<acts::BlockOwnAccount>, _: Posted<Nothing>) -> Result<HttpResponse> {
    let Some((session, account)) = who.known().cloned() else { return Err(Error::SignIn) };
    if session.second_factor_at.is_none() || session.ended_by != Some(EndedBy::OtherLogin) {
        return Err(Error::SignIn);
    }
    who.write(move |conn, who| close(conn, &account.id, who.now())).await?;
    Ok(see(paths::BLOCK_ACCOUNT))
}

/// Closes an account at its owner's wish: nothing of it lives on, and the landlord hears of it.
pub(super) fn close(conn: &mut Conn, id: &AccountId, now: Now) -> Result<()> {
    tracing::warn!(account = %id, "blocked by its owner, who does not know a connection");
    suspension::block(conn, id, now)?;
    messages::tell(conn, id, &Message::Account(AccountNews::Blocked), now)?;
    messages::tell_desk(conn, Desk::Managers, &Message::Account(AccountNews::SomebodyBlocked), now)?;
    session::end_all(conn, id, None, EndedBy::Blocked, now)
}

pub async fn blocked(who: Allowed<acts::BlockOwnAccount>) -> Result<Page> {
    Ok(view::blocked(&who.landlord()))
}

/// « Mon compte ».
pub async fn page(who: Allowed<acts::SeeOwnAccount>, req: HttpRequest) -> Result<Page> {
    let actor = who.actor()?;
    let id = actor.account.id.clone();
    let own = actor.account.clone();
    // The first page of whoever has no other.
    let is_first = actor.role() == Role::Dpo;
    let (all, (factors, recovery), unread) = who
        .read(move |conn, who| {
            let unread = if is_first { messages::unread(conn, &id, SHOWN_FIRST)? } else { Vec::new() };
            let habilitations = habilitation::of_account(conn, &id, who.now())?;
            Ok((habilitations, own_factors::of_account(conn, &own)?, unread))
        })
        .await?;
    let now = who.now();
    let view = account_view::Account {
        csrf: csrf(&req),
        name: actor.account.name(),
        login: actor.account.login.clone(),
        role: actor.account.role.in_french().to_owned(),
        last_connection: actor
            .session
            .previous_login_at
            .map_or_else(|| "celle-ci est la première".to_owned(), |at| format::day_and_time(at.and_utc())),
        habilitations: all.iter().map(|h| habilitation_line(h, now)).collect(),
        factors,
        recovery,
        passkeys: passkeys::site(who.settings()).is_some(),
        text_display: actor.account.reads_text,
        password_changed: format!(
            "Changé le {}",
            format::date_full(format::paris_date(actor.account.password_set_at.and_utc()))
        ),
        charter: actor.account.charter_signed_at.map_or_else(String::new, |at| {
            format!(
                "engagement du {}, version {}",
                format::date_full(format::paris_date(at.and_utc())),
                actor.account.charter_version
            )
        }),
        session: account_view::Session {
            device: actor.session.device.clone(),
            opened: opened(&who, &actor.session),
        },
    };
    Ok(led_by(&unread, &who.landlord(), view::account(&view)))
}

/// « ouverte à 9 h 58 », « ouverte à 9 h 58 par ProConnect ».
fn opened(who: &Allowed<acts::SeeOwnAccount>, session: &Session) -> String {
    let at = format::time(session.created_at.and_utc());
    match &session.provider {
        None => format!("ouverte à {at}"),
        Some(id) => format!("ouverte à {at} par {}", who.machine().providers.label(id)),
    }
}

fn habilitation_line(h: &habilitation::Habilitation, now: Now) -> account_view::Habilitation {
    let dates = match h.ends_on {
        Some(end) => format!("du {} au {}", format::date_full(h.starts_on), format::date_full(end)),
        None => format!("depuis le {}", format::date_full(h.starts_on)),
    };
    let in_force = h.is_current(now) && h.suspension.is_none();
    let state = if h.is_current(now) && h.suspension.is_some() {
        "suspendue"
    } else if in_force {
        "en vigueur"
    } else if now.today() < h.starts_on {
        "à venir"
    } else {
        "terminée"
    };
    account_view::Habilitation { commune: h.commune_name.clone(), dates, state: state.to_owned(), in_force }
}

#[derive(Deserialize)]
pub struct DisplayForm {
    affichage: String,
}

pub async fn remember_display(
    who: Allowed<acts::SeeOwnAccount>,
    form: Posted<DisplayForm>,
) -> Result<HttpResponse> {
    let text = form.0.affichage == "texte";
    let id = who.actor()?.account.id;
    who.write(move |conn, _| account::remember_display(conn, &id, text)).await?;
    Ok(see(paths::ACCOUNT))
}
