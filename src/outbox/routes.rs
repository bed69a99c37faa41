//! Handlers of the outbox: its state, one mail, sending again, a mail to oneself.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;

use super::letter::{Link, PREVIEWED, Writer};
use super::view::{self, Line, Outbox, Preview, Tab};
use crate::identity::{Allowed, Posted, acts, guard};
use crate::messages::mailed::{self, Mailed, Standing};
use crate::messages::mailing::{self, Mailing};
use crate::messages::{self, AccountNews, Message};
use crate::notices::Landlord;
use crate::page::{Page, format, paths};
use crate::platform::id::MessageId;
use crate::platform::{Error, Now, Result};

/// Mails on one page.
const SHOWN: usize = 25;

#[derive(Deserialize)]
pub struct Asked {
    etat: Option<String>,
    /// The last mail of the page before.
    avant: Option<MessageId>,
}

/// The word of a standing in the address.
fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Failing => "echecs",
        Standing::Bounced => "refuses",
        Standing::Unopened => "sans-suite",
        Standing::Waiting => "a-envoyer",
        Standing::Sent => "envoyes",
    }
}

pub async fn outbox(who: Allowed<acts::ManageMails>, req: HttpRequest, asked: Query<Asked>) -> Result<Page> {
    let Asked { etat, avant } = asked.into_inner();
    let chosen = Standing::ALL.into_iter().find(|standing| Some(word(*standing)) == etat.as_deref());
    let (counts, chosen, mut mails) = who
        .read(move |conn, who| {
            let mut counts = Vec::new();
            for standing in Standing::ALL {
                counts.push((standing, mailed::count(conn, standing, who.now())?));
            }
            // Unless asked: the first that holds any, in the order in which one looks at them.
            let fullest = counts.iter().find(|(_, count)| *count > 0).map(|(standing, _)| *standing);
            let chosen = chosen.or(fullest).unwrap_or(Standing::Sent);
            let at_most = i64::try_from(SHOWN + 1).map_err(Error::internal)?;
            let mails = mailed::list(conn, chosen, avant.as_ref(), at_most, who.now())?;
            Ok((counts, chosen, mails))
        })
        .await?;
    let has_more = mails.len() > SHOWN;
    mails.truncate(SHOWN);
    let next = mails
        .last()
        .filter(|_| has_more)
        .map(|last| format!("{}?etat={}&avant={}", paths::MAILS, word(chosen), last.id));
    let landlord = who.landlord();
    Ok(view::outbox(&Outbox {
        csrf: guard::visit(&req).map(|visit| visit.csrf).unwrap_or_default(),
        has_server: who.settings().mail.is_set(),
        has_address: who.actor()?.account.email.is_some(),
        title: title(who.settings().mail.is_set(), &counts),
        tabs: counts.iter().map(|(standing, count)| tab(*standing, *count, chosen)).collect(),
        mails: mails.iter().map(|mail| line(mail, &landlord, who.now())).collect(),
        next,
    }))
}

/// The state of the outbox, as a sentence.
fn title(has_server: bool, counts: &[(Standing, i64)]) -> String {
    let count = |standing| counts.iter().find(|(one, _)| *one == standing).map_or(0, |(_, count)| *count);
    let (failing, bounced) = (count(Standing::Failing), count(Standing::Bounced));
    match (has_server, failing, bounced) {
        (false, ..) => "Aucun serveur de courriel".to_owned(),
        (true, 0, 0) => "Tous les courriels partent".to_owned(),
        (true, 0, n) => format::count(n, "courriel refusé", "courriels refusés") + " par le destinataire",
        (true, n, 0) => format::count(n, "courriel n’est pas parti", "courriels ne sont pas partis"),
        (true, n, m) => format::count(n + m, "courriel n’est pas arrivé", "courriels ne sont pas arrivés"),
    }
}

fn tab(standing: Standing, count: i64, chosen: Standing) -> Tab {
    let name = match standing {
        Standing::Failing => "En échec",
        Standing::Bounced => "Refusés",
        Standing::Unopened => "Sans suite",
        Standing::Waiting => "À envoyer",
        Standing::Sent => "Envoyés",
    };
    Tab {
        label: format!("{name} ({count})"),
        href: format!("{}?etat={}", paths::MAILS, word(standing)),
        current: standing == chosen,
    }
}

fn line(mail: &Mailed, landlord: &Landlord, now: Now) -> Line {
    Line {
        href: paths::mail(mail.id.as_str()),
        subject: mail.message.words(landlord).subject,
        to: mail.name.clone(),
        told: format::day_and_time(mail.created_at.and_utc()),
        is_fault: mail.failure.is_some(),
        state: state(mail, now),
    }
}

/// What became of a mail, in words.
fn state(mail: &Mailed, now: Now) -> String {
    let why = mail.failure.map(super::because).unwrap_or_default();
    let sent = mail.sent_at.map(|at| format::day_and_time(at.and_utc())).unwrap_or_default();
    match mail.state {
        Mailing::None => "lu dans l’espace seulement".to_owned(),
        Mailing::Due if mail.failure.is_none() => "part dans la minute".to_owned(),
        Mailing::Due => {
            let next =
                mail.next_at.filter(|next| *next > now.naive()).map(|next| format::time(next.and_utc()));
            let next = next.map_or_else(|| "bientôt".to_owned(), |time| format!("à {time}"));
            format!("{why}\u{a0}; nouvel essai {next}")
        }
        Mailing::GivenUp => format!("{why}\u{a0}; abandonné"),
        Mailing::Bounced => why.to_owned(),
        Mailing::Sent if mail.is_settled => format!("envoyé {sent}, lien utilisé"),
        Mailing::Sent => format!("envoyé {sent}"),
    }
}

pub async fn mail(who: Allowed<acts::ManageMails>, req: HttpRequest, id: Path<MessageId>) -> Result<Page> {
    let id = id.into_inner();
    let mail = who.read(move |conn, _| mailed::find(conn, &id)).await?.ok_or(Error::NotFound)?;
    let landlord = who.landlord();
    let words = mail.message.words(&landlord);
    let leads = words.link.is_some() || words.path.is_some();
    let link = leads.then(|| Link { address: PREVIEWED.to_owned(), ends: None });
    let writer = Writer { landlord: &landlord, name: &mail.name, words: &words, link: link.as_ref() };
    Ok(view::preview(&Preview {
        csrf: guard::visit(&req).map(|visit| visit.csrf).unwrap_or_default(),
        again: paths::mail(mail.id.as_str()),
        subject: words.subject.clone(),
        to: mail.name.clone(),
        told: format::day_and_time(mail.created_at.and_utc()),
        state: state(&mail, who.now()),
        has_link: words.link.is_some(),
        may_be_sent: mail.has_address && !mail.is_settled && who.settings().mail.is_set(),
        text: writer.text(),
    }))
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn send_again(
    who: Allowed<acts::ManageMails>,
    id: Path<MessageId>,
    _: Posted<Nothing>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let page = paths::mail(id.as_str());
    who.write(move |conn, who| {
        mailed::find(conn, &id)?.ok_or(Error::NotFound)?;
        // Settled or being sent meanwhile: the page says which.
        mailing::send_again(conn, &id, who.now())
    })
    .await?;
    Ok(see(&page))
}

/// A mail to oneself.
pub async fn try_out(who: Allowed<acts::ManageMails>, _: Posted<Nothing>) -> Result<HttpResponse> {
    let id = who.actor()?.account.id;
    who.write(move |conn, who| {
        messages::tell(conn, &id, &Message::Account(AccountNews::TestMail), who.now())
    })
    .await?;
    Ok(see(&format!("{}?etat={}", paths::MAILS, word(Standing::Waiting))))
}

fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.to_owned())).finish()
}
