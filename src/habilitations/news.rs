//! Who is told of what.

use crate::identity::contact;
use crate::messages::{self, Desk, HabilitationNews, Message};
use crate::platform::id::{AccountId, Insee};
use crate::platform::{Conn, Now, Result};

/// The commune's contacts: whichever of them has asked, all of them follow it.
pub(super) fn to_contacts(conn: &mut Conn, commune: &Insee, news: HabilitationNews, now: Now) -> Result<()> {
    let message = Message::Habilitation(news);
    for designated in contact::of_commune(conn, commune, now)? {
        messages::tell(conn, &designated.account, &message, now)?;
    }
    Ok(())
}

pub(super) fn to_managers(conn: &mut Conn, news: HabilitationNews, now: Now) -> Result<()> {
    messages::tell_desk(conn, Desk::Managers, &Message::Habilitation(news), now)
}

pub(super) fn to_person(conn: &mut Conn, person: &AccountId, news: HabilitationNews, now: Now) -> Result<()> {
    messages::tell(conn, person, &Message::Habilitation(news), now)?;
    Ok(())
}
