//! `/acces/{token}`: the link of a mail, in place of the password that its bearer does not have (E20).
//!
//! Looking changes nothing, and says nothing of the account. The form takes the link, once, and begins a
//! half-done session: the second factor is asked first where there is one, then a password is chosen.
//! Until then the present one serves. Where a second factor is lost, a mail alone does not set up the
//! next: the link of an account that has signed in before is worth nothing without one.

use actix_web::web::Path;
use actix_web::{Either, HttpRequest, HttpResponse};

use super::view;
use crate::identity::account::{self, Account};
use crate::identity::cookies;
use crate::identity::guard::Allowed;
use crate::identity::part::Posted;
use crate::identity::policy::acts;
use crate::identity::routes::{Nothing, PageOr, csrf, see, set_cookie};
use crate::identity::{second_factor, session};
use crate::messages::links;
use crate::page::{Page, paths};
use crate::platform::token::Token;
use crate::platform::{Conn, Result};

/// Whether a mail's link may stand for this account's password.
pub(super) fn may_serve(conn: &mut Conn, account: &Account) -> Result<bool> {
    Ok(account.last_login_at.is_none() || !second_factor::live(conn, &account.id)?.is_empty())
}

pub async fn page(who: Allowed<acts::TakeLink>, req: HttpRequest, token: Path<String>) -> Result<Page> {
    let token = token.into_inner();
    let serves = match Token::read(&token) {
        Some(read) => who.read(move |conn, who| links::look(conn, &read, who.now())).await?.is_some(),
        None => false,
    };
    Ok(if serves {
        view::link(&csrf(&req), &token, &who.landlord())
    } else {
        view::dead_link(&who.landlord())
    })
}

pub async fn take(
    who: Allowed<acts::TakeLink>,
    token: Path<String>,
    _: Posted<Nothing>,
) -> Result<PageOr<HttpResponse>> {
    let fresh = session::Token::fresh()?;
    let given = fresh.clone();
    let begun = match Token::read(&token) {
        Some(read) => {
            who.write(move |conn, who| {
                let Some((id, _)) = links::take(conn, &read, who.now())? else { return Ok(false) };
                let Some(account) = account::find(conn, &id)? else { return Ok(false) };
                if !may_serve(conn, &account)? {
                    return Ok(false);
                }
                session::begin_by_link(conn, &id, &given, who.device(), who.now())?;
                Ok(true)
            })
            .await?
        }
        None => false,
    };
    if !begun {
        return Ok(Either::Left(view::dead_link(&who.landlord())));
    }
    let mut answer = see(paths::PASSWORD);
    set_cookie(&mut answer, cookies::session_cookie(&fresh))?;
    Ok(Either::Right(answer))
}
