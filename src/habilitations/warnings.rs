//! What should make one look twice before asking or granting. Warnings refuse nothing (E16).

use chrono::TimeDelta;

use super::requests::Wanted;
use super::{Holder, Manager, Referent, Request, store};
use crate::conventions;
use crate::identity::habilitation::Ground;
use crate::identity::names::folded;
use crate::page::format;
use crate::platform::id::{Insee, RequestId};
use crate::platform::{Conn, Now, Result};

/// How long a departure is remembered.
const LEFT_WITHIN: TimeDelta = TimeDelta::days(365);

/// Mailboxes that several people open, as French town halls name them.
const SHARED: [&str; 24] = [
    "mairie",
    "accueil",
    "contact",
    "urbanisme",
    "ccas",
    "logement",
    "habitat",
    "social",
    "secretariat",
    "secretaire",
    "administration",
    "direction",
    "dgs",
    "service",
    "services",
    "population",
    "etatcivil",
    "solidarite",
    "solidarites",
    "info",
    "infos",
    "courrier",
    "commune",
    "ville",
];

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The same name or address holds a habilitation, in this commune or elsewhere.
    Holds { commune: String },
    /// The same name or address is asked for already.
    Asked { commune: String },
    /// This person has left this town hall within a year.
    Left { on: chrono::NaiveDate },
    /// An address that several people seem to open.
    SharedMailbox,
    /// A member of the council: on what ground do they instruct?
    Elected,
}

impl Warning {
    /// A sentence for both sides.
    pub fn in_french(&self) -> String {
        match self {
            Self::Holds { commune } => format!("Une personne du même nom, ou de la même adresse, est déjà habilitée à {commune}."),
            Self::Asked { commune } => format!("Une demande est déjà en cours pour ce nom ou cette adresse à {commune}."),
            Self::Left { on } => format!(
                "Le départ de cette personne a été signalé le {}\u{a0}: vérifiez qu’elle est de nouveau en fonction.",
                format::date_full(*on)
            ),
            Self::SharedMailbox => "Cette adresse semble ouverte par plusieurs personnes. L’accès est personnel\u{a0}: indiquez une adresse nominative, ou aucune.".to_owned(),
            Self::Elected => "La personne est élue\u{a0}: précisez à quel titre elle instruit les demandes de logement.".to_owned(),
        }
    }
}

/// What the contact is told before sending: of their own commune only.
pub fn for_referent(conn: &mut Conn, by: &Referent, wanted: &Wanted, now: Now) -> Result<Vec<Warning>> {
    let person = Person {
        name: folded(&format!("{} {}", wanted.first_name, wanted.last_name)),
        names: [&wanted.first_name, &wanted.last_name],
        email: wanted.email.as_deref(),
        ground: wanted.ground,
    };
    let holders = store::holders(conn, by.commune(), now)?;
    let requests = super::of_commune(conn, by.commune())?;
    look(conn, by.commune(), &person, (&holders, &requests, None), now)
}

/// What a manager is told: of every commune.
pub fn for_manager(conn: &mut Conn, _: &Manager, request: &Request, now: Now) -> Result<Vec<Warning>> {
    let person = Person {
        name: folded(&request.name()),
        names: [&request.first_name, &request.last_name],
        email: request.email.as_deref(),
        ground: request.ground,
    };
    let holders = store::holders_anywhere(conn, now)?;
    let others: Vec<Holder> =
        holders.into_iter().filter(|holder| request.concerns_id.as_ref() != Some(&holder.id)).collect();
    let requests = store::open_anywhere(conn)?;
    look(conn, &request.commune, &person, (&others, &requests, Some(&request.id)), now)
}

struct Person<'a> {
    name: String,
    names: [&'a str; 2],
    email: Option<&'a str>,
    ground: Ground,
}

impl Person<'_> {
    fn is(&self, name: &str, email: Option<&str>) -> bool {
        let same_address = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        folded(name) == self.name
            || matches!((self.email, email), (Some(own), Some(other)) if same_address(own, other))
    }
}

fn look(
    conn: &mut Conn,
    commune: &Insee,
    person: &Person<'_>,
    (holders, requests, itself): (&[Holder], &[Request], Option<&RequestId>),
    now: Now,
) -> Result<Vec<Warning>> {
    let names: Vec<(Insee, String)> =
        conventions::communes(conn)?.into_iter().map(|commune| (commune.insee, commune.name)).collect();
    let called = |insee: &Insee| {
        names.iter().find(|(known, _)| known == insee).map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let mut found = Vec::new();
    for holder in holders.iter().filter(|holder| person.is(&holder.name(), holder.email.as_deref())) {
        if !holder.is_over(now) {
            found.push(Warning::Holds { commune: called(&holder.commune) });
        } else if holder.commune == *commune
            && let Some(on) = left_on(holder)
            && now.today() - on <= LEFT_WITHIN
        {
            found.push(Warning::Left { on });
        }
    }
    for other in requests.iter().filter(|other| other.state.is_open() && itself != Some(&other.id)) {
        if person.is(&other.name(), other.email.as_deref()) {
            found.push(Warning::Asked { commune: called(&other.commune) });
        }
    }
    if person.email.is_some_and(|email| is_shared_mailbox(email, person.names)) {
        found.push(Warning::SharedMailbox);
    }
    if person.ground == Ground::Elected {
        found.push(Warning::Elected);
    }
    found.dedup();
    Ok(found)
}

/// The last day of a habilitation that is over.
fn left_on(holder: &Holder) -> Option<chrono::NaiveDate> {
    let closed = holder.closes_at.map(|at| format::paris_date(at.and_utc()));
    [closed, holder.ends_on].into_iter().flatten().min()
}

/// Whether an address names a service, or nobody: none of the person's names is in it.
pub fn is_shared_mailbox(email: &str, names: [&str; 2]) -> bool {
    let local = email.split('@').next().unwrap_or_default();
    let whole = folded(local);
    let is_service = |word: &str| SHARED.contains(&folded(word).as_str());
    if is_service(local) || local.split(['.', '-', '_', '+']).any(is_service) {
        return true;
    }
    let parts = names.iter().flat_map(|name| name.split([' ', '-', '\'', '’'])).map(folded);
    !parts.filter(|part| part.chars().count() >= 3).any(|part| whole.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e16_an_address_of_a_service_or_without_the_persons_name_is_shared() {
        let person = ["Nora", "Vasseur-Blanchet"];
        for shared in [
            "mairie@valbourg.example",
            "Accueil@valbourg.example",
            "ccas.valbourg@valbourg.example",
            "service-logement@valbourg.example",
            "etat.civil@valbourg.example",
            "valbourg@orange.example",
            "s.martin@valbourg.example",
        ] {
            assert!(is_shared_mailbox(shared, person), "{shared}");
        }
        for own in [
            "nora.vasseur@valbourg.example",
            "n.blanchet@valbourg.example",
            "NVasseur@valbourg.example",
            "vasseur-n@valbourg.example",
        ] {
            assert!(!is_shared_mailbox(own, person), "{own}");
        }
    }
}
