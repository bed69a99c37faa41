//! Handlers of one's messages.

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;

use super::view::{self, Line, Messages};
use crate::identity::{Allowed, Posted, acts, guard};
use crate::messages::{self, Received};
use crate::notices::Landlord;
use crate::page::{Page, format, paths};
use crate::platform::Result;
use crate::platform::id::MessageId;

/// Messages on the page: months of them, for who is told much.
const SHOWN: i64 = 100;

pub async fn received(who: Allowed<acts::ReadMessages>, req: HttpRequest) -> Result<Page> {
    let id = who.actor()?.account.id;
    let all = who.read(move |conn, _| messages::received(conn, &id, SHOWN)).await?;
    let landlord = who.landlord();
    let (unread, read): (Vec<Received>, Vec<Received>) =
        all.into_iter().partition(|one| one.read_at.is_none());
    Ok(view::messages(&Messages {
        csrf: guard::visit(&req).map(|visit| visit.csrf).unwrap_or_default(),
        title: match unread.len() {
            0 => "Aucun message à lire".to_owned(),
            1 => "Un message à lire".to_owned(),
            n => format!("{n}\u{a0}messages à lire"),
        },
        unread: unread.iter().map(|one| line(one, &landlord)).collect(),
        read: read.iter().map(|one| line(one, &landlord)).collect(),
    }))
}

fn line(received: &Received, landlord: &Landlord) -> Line {
    let words = received.message.words(landlord);
    Line {
        id: received.id.to_string(),
        subject: words.subject,
        paragraphs: words.paragraphs,
        day: format::day_and_time(received.created_at.and_utc()),
        path: words.path,
    }
}

#[derive(Deserialize)]
pub struct ReadForm {
    /// The one that was read; none for all.
    message: Option<MessageId>,
}

pub async fn mark_read(who: Allowed<acts::ReadMessages>, form: Posted<ReadForm>) -> Result<HttpResponse> {
    let id = who.actor()?.account.id;
    who.write(move |conn, who| messages::mark_read(conn, &id, form.0.message.as_ref(), who.now())).await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, paths::MESSAGES)).finish())
}
