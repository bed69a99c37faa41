//! `parvis mail`: what the mail server hands back.

use std::io::Read as _;

use super::{Done, Failure, open, say};
use crate::identity::Place;
use crate::outbox::bounce;

/// Bytes of a notice that are read: the report and the headers stand before the mail itself.
const LONGEST: u64 = 256 * 1024;

/// Reads one notice of non-delivery and notes it.
pub(super) fn bounced(place: &Place) -> Done {
    let mut notice = Vec::new();
    std::io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_end(&mut notice)
        .map_err(|e| Failure::Environment(format!("entrée standard\u{a0}: {e}")))?;
    let notice = String::from_utf8_lossy(&notice);
    let machine = open(place)?;
    if machine.db().write(|conn| bounce::note(conn, machine.secrets().master(), &notice))? {
        say("Le retour est noté\u{a0}: voyez la page Courriels.");
        Ok(())
    } else {
        Err(Failure::Refused(
            "Ce n’est pas le retour définitif d’un courriel de cette installation\u{a0}; rien n’a été changé."
                .to_owned(),
        ))
    }
}
