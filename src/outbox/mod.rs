//! Mails: what goes out, what came of it, and the landlord's page on both.
//!
//! The body of a mail is never stored: it is written when it is sent, from the message and the recipient's
//! name, with a link made at that moment. The log says ids and states.

pub mod letter;

use chrono::{TimeDelta, Utc};

use self::letter::{Link, Writer};
use crate::identity::Machine;
use crate::messages::links::{self, Purpose};
use crate::messages::mailing::{self, Held, Mailing};
use crate::page::paths;
use crate::platform::config::Settings;
use crate::platform::crypto::Key;
use crate::platform::id::MessageId;
use crate::platform::mail::{self, Letter};
use crate::platform::{Now, Result};

/// How long one run may send before it leaves the rest to the next minute.
const RUN: TimeDelta = TimeDelta::seconds(40);

/// How long a link for another password lives. That of a first access lives as long as a temporary secret.
const NEW_SECRET_LIFE: TimeDelta = TimeDelta::hours(24);

/// Sends what is due. Late, doubled or interrupted, it ends the same: see [`mailing`].
pub fn deliver(machine: &Machine) -> Result<String> {
    let began = machine.clock().now();
    if !machine.db().read(|conn| mailing::is_any_due(conn, began))? {
        return Ok("nothing due".to_owned());
    }
    if !machine.settings().mail.is_set() {
        let left = machine.db().write(mailing::renounce_all)?;
        return Ok(format!("{left} mails left in the space: no server is set"));
    }
    let (mut sent, mut failed) = (0, 0);
    loop {
        let now = machine.clock().now();
        if now.utc() - began.utc() > RUN {
            break;
        }
        let Some((held, letter)) = prepare(machine, now)? else { break };
        let outcome = mail::send(&machine.settings().mail, &letter)?;
        let now = machine.clock().now();
        match outcome {
            Ok(()) => {
                machine.db().write(|conn| mailing::note_sent(conn, &held, now))?;
                tracing::info!(message = %held.id, "mail sent");
                sent += 1;
            }
            Err(why) => {
                let state = machine.db().write(|conn| mailing::note_failure(conn, &held, why, now))?;
                failed += 1;
                match state {
                    Mailing::Due => {
                        tracing::warn!(message = %held.id, %why, "mail not sent, to be tried again")
                    }
                    _ => tracing::error!(message = %held.id, %why, %state, "mail not sent"),
                }
                if why.concerns_every_letter() {
                    break;
                }
            }
        }
    }
    Ok(format!("{sent} mails sent, {failed} failed"))
}

/// Holds the next mail and writes it, its link included: the last link of its purpose is void from now on.
fn prepare(machine: &Machine, now: Now) -> Result<Option<(Held, Letter)>> {
    let settings = machine.settings();
    machine.db().write(|conn| {
        let Some(held) = mailing::hold_next(conn, now)? else { return Ok(None) };
        let words = held.message.words(&settings.landlord);
        let link = match words.link {
            Some(purpose) => {
                let life = life(settings, purpose);
                let token = links::make(conn, &held.account, purpose, Some(&held.id), life, now)?;
                let address = absolute(settings, &paths::access_link(token.as_str()));
                Some(Link { address, ends: Some(now.utc() + life) })
            }
            None => words
                .path
                .map(|path| Link { address: absolute(settings, path), ends: None::<chrono::DateTime<Utc>> }),
        };
        let writer =
            Writer { landlord: &settings.landlord, name: &held.name, words: &words, link: link.as_ref() };
        let letter = Letter {
            from_name: settings.landlord.name.clone(),
            to: held.to.clone(),
            subject: words.subject.clone(),
            text: writer.text(),
            html: writer.html(),
            message_id: message_id(settings, machine.secrets().master(), &held.id),
            at: now.utc(),
        };
        Ok(Some((held, letter)))
    })
}

fn life(settings: &Settings, purpose: Purpose) -> TimeDelta {
    match purpose {
        Purpose::FirstSecret => TimeDelta::days(settings.accounts.temporary_secret_days.into()),
        Purpose::NewSecret => NEW_SECRET_LIFE,
    }
}

fn absolute(settings: &Settings, path: &str) -> String {
    format!("{}{path}", settings.server.public_url.trim_end_matches('/'))
}

/// The same for each sending of one message, so that a mailbox that gets it twice may show it once. Its mark
/// cannot be made without our key: a bounce that bears it is about a mail of ours.
fn message_id(settings: &Settings, master: &Key, id: &MessageId) -> String {
    let domain = settings.mail.from.rsplit_once('@').map_or("parvis.invalid", |(_, domain)| domain);
    format!("{id}.{}@{domain}", mark(master, id))
}

fn mark(master: &Key, id: &MessageId) -> String {
    let digest = master.derive("mail").digest(&[id.as_str().as_bytes()]);
    data_encoding::HEXLOWER.encode(&digest[..16])
}
