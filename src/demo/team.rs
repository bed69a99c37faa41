//! What the contact of Valbourg has asked, and somebody beyond the quota.

use chrono::TimeDelta;

use crate::habilitations::requests::{self, Wanted};
use crate::habilitations::{Manager, Referent};
use crate::identity::Machine;
use crate::identity::account::{self, NewAccount};
use crate::identity::habilitation::{self, Grant, Ground};
use crate::identity::password::Hash;
use crate::platform::{Conn, Error, Result};

/// A third person for two places, with the reason that stays visible (E18).
pub(super) fn grant_beyond_the_quota(machine: &Machine, new: &NewAccount, secret: &Hash) -> Result<()> {
    let now = machine.clock().now();
    machine.db().write(|conn| {
        let account = account::open(conn, new, secret, TimeDelta::days(30), now)?.map_err(Error::internal)?;
        let by = known(conn, "theo.lanquetin")?;
        for commune in &new.communes {
            let grant = Grant {
                employer: Some("mairie de Valbourg".to_owned()),
                ground: Some(Ground::Agent),
                over_quota_reason: Some(
                    "Deux services instruisent\u{a0}: le logement et le CCAS.".to_owned(),
                ),
                by: Some(by.clone()),
                ..Grant::plain(&account, commune, new.from)
            };
            habilitation::grant(conn, &grant, now)?;
        }
        Ok(())
    })
}

/// A request, about which the landlord has asked something (E16, E17).
pub(super) fn ask(machine: &Machine) -> Result<()> {
    let now = machine.clock().now();
    let wanted = Wanted {
        first_name: "Maud".to_owned(),
        last_name: "Tessier".to_owned(),
        email: Some("ccas@valbourg.example".to_owned()),
        job_title: "conseillère en économie sociale".to_owned(),
        employer: "CCAS de Valbourg".to_owned(),
        ground: Ground::Ccas,
        reason: "Accompagnement social des demandeurs de la commune".to_owned(),
        starts_on: now.today(),
        ends_on: None,
        replaces: None,
        over_quota_reason: Some("Le CCAS suit la moitié des dossiers.".to_owned()),
    };
    machine.db().write(|conn| {
        let (contact, manager) = (known(conn, "paul.garnier")?, known(conn, "theo.lanquetin")?);
        let commune = super::VALBOURG.0.parse().map_err(Error::internal)?;
        let referent = Referent::of(conn, &contact, &commune, now)?;
        let refused = |refusal| Error::Internal(format!("the demo's request: {refusal:?}"));
        let id = requests::submit(conn, &referent, &wanted, now)?.map_err(refused)?;
        let by = Manager::of(conn, &manager)?;
        let question = "Cette adresse est-elle ouverte par plusieurs personnes\u{a0}? Une adresse nominative est nécessaire.";
        requests::ask(conn, &by, &id, question, now)?.map_err(refused)
    })
}

fn known(conn: &mut Conn, login: &str) -> Result<crate::platform::id::AccountId> {
    let account = account::find_by_login(conn, login)?;
    account.map(|account| account.id).ok_or_else(|| Error::Internal(format!("{login} is not in the demo")))
}
