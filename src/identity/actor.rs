//! A person who has come through the guard.

use std::net::IpAddr;

use super::account::{Account, Role};
use super::contact::Designation;
use super::habilitation::Habilitation;
use super::session::Session;
use crate::opening_hours::Zone;
use crate::platform::id::AccountId;
use crate::traces::Author;

/// A person, signed in.
#[derive(Debug, Clone)]
pub struct Actor {
    pub account: Account,
    pub session: Session,
    pub habilitations: Vec<Habilitation>,
    /// The communes this person is the contact of.
    pub contact_for: Vec<Designation>,
    pub(super) network: Option<IpAddr>,
}

impl Actor {
    pub fn id(&self) -> &AccountId {
        &self.account.id
    }

    pub fn role(&self) -> Role {
        self.account.role
    }

    /// As a trace names them.
    pub fn author(&self) -> Author {
        Author {
            account: Some(self.account.id.clone()),
            role: Some(self.account.role.as_str().to_owned()),
            session: Some(self.session.mark()),
            network: self.network,
            device: Some(self.session.device.clone()),
        }
    }

    /// The name of the commune being read, or of the one this person is the contact of.
    pub fn commune_name(&self) -> Option<&str> {
        let read = being_read(&self.session, &self.habilitations).map(|h| h.commune_name.as_str());
        read.or_else(|| self.contact_for.first().map(|designation| designation.commune_name.as_str()))
    }

    /// Whose public holidays close the space for this person (E28): the commune's being read.
    pub fn zone(&self) -> Zone {
        zone(&self.session, &self.habilitations, &self.contact_for)
    }
}

/// Whose public holidays bind this session (E28): the commune's being read, or the contact's own.
pub(super) fn zone(session: &Session, habilitations: &[Habilitation], contact_for: &[Designation]) -> Zone {
    let read = being_read(session, habilitations).map(|habilitation| habilitation.zone);
    read.or_else(|| contact_for.first().map(|designation| designation.zone)).unwrap_or_default()
}

/// The habilitation for the commune that the session is reading.
fn being_read<'a>(session: &Session, habilitations: &'a [Habilitation]) -> Option<&'a Habilitation> {
    let insee = session.commune.as_ref()?;
    habilitations.iter().find(|habilitation| habilitation.commune == *insee)
}
