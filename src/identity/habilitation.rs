//! Habilitations to read (E15, E16, E23): who, for which commune, from when to when, and what ends one.
//!
//! Its dates end a habilitation by themselves. An ending closes it at an instant before that; it is a row
//! of its own, so that it can be undone and both stay in the history.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::suspension::{self, Suspension};
use crate::opening_hours::Zone;
use crate::platform::id::{AccountId, EndingId, HabilitationId, Insee, text_enum};
use crate::platform::schema::{communes, endings, habilitations};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// On what ground a person is under the town hall's responsibility (E16).
    Ground {
        /// An agent of the town hall's.
        Agent = "agent",
        /// « Mise à disposition » by another employer.
        Secondment = "secondment",
        /// A « service commun » of several communes.
        SharedService = "shared_service",
        /// The communal centre of social action.
        Ccas = "ccas",
        /// The intercommunal body.
        Epci = "epci",
        /// A member of the council.
        Elected = "elected",
    }
}

impl Ground {
    /// As the interface says it.
    pub fn in_french(self) -> &'static str {
        match self {
            Self::Agent => "agent de la mairie",
            Self::Secondment => "mise à disposition",
            Self::SharedService => "service commun",
            Self::Ccas => "CCAS",
            Self::Epci => "EPCI",
            Self::Elected => "élu",
        }
    }
}

text_enum! {
    /// What has ended a habilitation before its dates.
    EndCause {
        /// The town hall has reported a departure (E23).
        Departure = "departure",
        /// The new function was found incompatible (E17, E23).
        FunctionChange = "function_change",
        /// The landlord's own decision (E15, E27).
        Decision = "decision",
        /// The absent person is back before the day foreseen (E18).
        ReplacementOver = "replacement_over",
        /// The annual review (E26).
        Review = "review",
    }
}

/// A habilitation to read, as every request asks it.
#[derive(Debug, Clone)]
pub struct Habilitation {
    pub id: HabilitationId,
    pub commune: Insee,
    pub commune_name: String,
    pub starts_on: NaiveDate,
    /// The last day, included.
    pub ends_on: Option<NaiveDate>,
    /// The first instant at which an ending that stands has closed it.
    pub closes_at: Option<NaiveDateTime>,
    /// Which public holidays close the commune (E28).
    pub zone: Zone,
    /// Of this habilitation alone.
    pub suspension: Option<Suspension>,
}

impl Habilitation {
    /// Whether its dates hold and nothing has closed it; a suspension is another matter.
    pub fn is_current(&self, now: Now) -> bool {
        let today = now.today();
        let dated = self.starts_on <= today && self.ends_on.is_none_or(|end| today <= end);
        dated && self.closes_at.is_none_or(|closed| now.naive() < closed)
    }
}

/// All habilitations of a person, past and to come too, by commune name.
pub fn of_account(conn: &mut Conn, id: &AccountId, now: Now) -> Result<Vec<Habilitation>> {
    type Row = (HabilitationId, Insee, String, NaiveDate, Option<NaiveDate>, bool, bool);
    let rows: Vec<Row> = habilitations::table
        .inner_join(communes::table.on(communes::insee.eq(habilitations::commune)))
        .filter(habilitations::account_id.eq(id).and(habilitations::space.eq("sheets")))
        .select((
            habilitations::id,
            habilitations::commune,
            communes::name,
            habilitations::starts_on,
            habilitations::ends_on,
            communes::alsace_moselle,
            communes::good_friday,
        ))
        .load(conn)?;
    let closings: Vec<(HabilitationId, NaiveDateTime)> = endings::table
        .inner_join(habilitations::table.on(habilitations::id.eq(endings::habilitation_id)))
        .filter(habilitations::account_id.eq(id).and(endings::undone_at.is_null()))
        .select((endings::habilitation_id, endings::closes_at))
        .load(conn)?;
    let suspended = suspension::of_habilitations(conn, id, now)?;
    let whole = |(id, commune, commune_name, starts_on, ends_on, alsace_moselle, good_friday): Row| {
        let suspension = suspended.iter().find(|(of, _)| *of == id).map(|(_, found)| found.clone());
        let closes_at = closings.iter().filter(|(of, _)| *of == id).map(|(_, at)| *at).min();
        let zone = Zone::of(alsace_moselle, good_friday);
        Habilitation { id, commune, commune_name, starts_on, ends_on, closes_at, zone, suspension }
    };
    let mut all: Vec<Habilitation> = rows.into_iter().map(whole).collect();
    all.sort_by(|a, b| a.commune_name.cmp(&b.commune_name).then(a.starts_on.cmp(&b.starts_on)));
    Ok(all)
}

/// A habilitation to be granted (E15): only the landlord's side makes one.
#[derive(Debug, Clone)]
pub struct Grant {
    pub account: AccountId,
    pub commune: Insee,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// The function for this commune; `None`: that of the account.
    pub job_title: Option<String>,
    pub employer: Option<String>,
    pub ground: Option<Ground>,
    /// Why there are more than the convention foresees; stays visible (E18).
    pub over_quota_reason: Option<String>,
    /// The habilitation of the absent person whom this one replaces (E18).
    pub replaces: Option<HabilitationId>,
    /// `None`: the command line.
    pub by: Option<AccountId>,
}

impl Grant {
    /// To read for a commune from a day on, without more: the command line's.
    pub fn plain(account: &AccountId, commune: &Insee, from: NaiveDate) -> Self {
        Self {
            account: account.clone(),
            commune: commune.clone(),
            starts_on: from,
            ends_on: None,
            job_title: None,
            employer: None,
            ground: None,
            over_quota_reason: None,
            replaces: None,
            by: None,
        }
    }
}

/// Grants it; whether it may be granted is the caller's to know.
pub fn grant(conn: &mut Conn, grant: &Grant, now: Now) -> Result<HabilitationId> {
    let id = HabilitationId::fresh();
    diesel::insert_into(habilitations::table)
        .values((
            habilitations::id.eq(&id),
            habilitations::account_id.eq(&grant.account),
            habilitations::commune.eq(&grant.commune),
            habilitations::space.eq("sheets"),
            habilitations::starts_on.eq(grant.starts_on),
            habilitations::ends_on.eq(grant.ends_on),
            habilitations::job_title.eq(&grant.job_title),
            habilitations::employer.eq(&grant.employer),
            habilitations::ground.eq(grant.ground),
            habilitations::over_quota_reason.eq(&grant.over_quota_reason),
            habilitations::replaces.eq(&grant.replaces),
            habilitations::granted_by.eq(&grant.by),
            habilitations::granted_at.eq(Some(now.naive())),
        ))
        .execute(conn)?;
    Ok(id)
}

/// An ending to be made.
#[derive(Debug, Clone)]
pub struct Closing {
    pub habilitation: HabilitationId,
    pub cause: EndCause,
    pub reason: String,
    /// From this instant on it opens nothing.
    pub at: NaiveDateTime,
    pub by: AccountId,
}

/// Ends a habilitation: at the next request if the instant has come.
pub fn close(conn: &mut Conn, closing: &Closing, now: Now) -> Result<EndingId> {
    let id = EndingId::fresh();
    diesel::insert_into(endings::table)
        .values((
            endings::id.eq(&id),
            endings::habilitation_id.eq(&closing.habilitation),
            endings::cause.eq(closing.cause),
            endings::reason.eq(&closing.reason),
            endings::closes_at.eq(closing.at),
            endings::decided_by.eq(Some(&closing.by)),
            endings::decided_at.eq(now.naive()),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Undoes every ending of a habilitation that stands; returns how many.
pub fn reopen(conn: &mut Conn, id: &HabilitationId, by: &AccountId, reason: &str, now: Now) -> Result<usize> {
    Ok(diesel::update(endings::table)
        .filter(endings::habilitation_id.eq(id).and(endings::undone_at.is_null()))
        .set((
            endings::undone_at.eq(Some(now.naive())),
            endings::undone_by.eq(Some(by)),
            endings::undo_reason.eq(Some(reason)),
        ))
        .execute(conn)?)
}
