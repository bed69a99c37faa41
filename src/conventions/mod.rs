//! Communes and their conventions: without one in force, no access (E35, E36, E37).

pub mod routes;
pub mod view;

use chrono::{Months, NaiveDate};
use diesel::prelude::*;

use crate::opening_hours::Zone;
use crate::platform::id::{ConventionId, Insee, text_enum};
use crate::platform::schema::{communes, conventions};
use crate::platform::{Conn, Error, Result};

/// A commune whose town hall may have a convention.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = communes)]
pub struct Commune {
    pub insee: Insee,
    pub name: String,
    pub alsace_moselle: bool,
    pub good_friday: bool,
}

/// What a [`Commune`] is read from.
type Columns = (communes::insee, communes::name, communes::alsace_moselle, communes::good_friday);
const COLUMNS: Columns = (communes::insee, communes::name, communes::alsace_moselle, communes::good_friday);

impl Commune {
    /// Which public holidays close it (E28).
    pub fn zone(&self) -> Zone {
        Zone::of(self.alsace_moselle, self.good_friday)
    }
}

/// A convention of the kind that opens the sheets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = conventions)]
pub struct Convention {
    pub id: ConventionId,
    kind: String,
    pub commune: Insee,
    pub signed_by_landlord_on: NaiveDate,
    pub signed_by_town_hall_on: NaiveDate,
    pub in_force_from: NaiveDate,
    /// The last day, included.
    pub ends_on: NaiveDate,
    /// The day a termination takes effect: that day is closed already (E37).
    pub terminated_on: Option<NaiveDate>,
    pub termination_party: Option<Party>,
    /// The day the registered letter was received.
    pub termination_received_on: Option<NaiveDate>,
    pub termination_reference: Option<String>,
    /// Habilitations the convention foresees (E18).
    pub quota: i32,
}

text_enum! {
    /// A party to a convention.
    Party {
        Landlord = "landlord",
        TownHall = "town_hall",
    }
}

/// How a convention is ended before its term: by registered letter, at any time (E37).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Termination {
    /// Whose letter it was.
    pub party: Party,
    pub received_on: NaiveDate,
    /// Of the registered letter, an electronic one too.
    pub reference: String,
    /// That day is closed already.
    pub effect_on: NaiveDate,
}

/// Habilitations of a town hall unless its convention says otherwise (E18).
pub const USUAL_QUOTA: i32 = 2;

/// Where a commune's convention stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    InForce {
        until: NaiveDate,
    },
    NotYet {
        from: NaiveDate,
    },
    /// The first day without.
    Ended {
        on: NaiveDate,
    },
    Never,
}

impl Convention {
    fn standing(&self, today: NaiveDate) -> Standing {
        match self.terminated_on {
            Some(on) if on <= today => Standing::Ended { on },
            _ if today > self.ends_on => Standing::Ended { on: self.ends_on },
            _ if today < self.in_force_from => Standing::NotYet { from: self.in_force_from },
            _ => Standing::InForce { until: self.ends_on },
        }
    }
}

/// Where the commune stands today: in force wins, then what is to come, then the latest end.
pub fn standing(conn: &mut Conn, commune: &Insee, today: NaiveDate) -> Result<Standing> {
    let all = of(conn, commune)?;
    Ok(best(all.iter().map(|convention| convention.standing(today))))
}

fn best(standings: impl Iterator<Item = Standing>) -> Standing {
    standings
        .max_by_key(|standing| match standing {
            Standing::InForce { until } => (3, *until),
            Standing::NotYet { from } => (2, *from),
            Standing::Ended { on } => (1, *on),
            Standing::Never => (0, NaiveDate::MIN),
        })
        .unwrap_or(Standing::Never)
}

/// Signs a commune's name may bear besides A to Z: those of French, of Alsace and of Flanders.
pub const SIGNS_OF_NAMES: &str = "ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸàâäæçéèêëîïôöœùûüÿ -'’()";

/// Whether this can be a commune's name: the watermark must be able to draw it (E12).
pub fn is_name_of_a_commune(name: &str) -> bool {
    let fits = (1..=60).contains(&name.chars().count());
    fits && name.chars().all(|sign| sign.is_ascii_alphabetic() || SIGNS_OF_NAMES.contains(sign))
}

/// A commune's conventions, latest first.
pub fn of(conn: &mut Conn, commune: &Insee) -> Result<Vec<Convention>> {
    Ok(conventions::table
        .filter(conventions::commune.eq(commune).and(conventions::kind.eq("sheets")))
        .order(conventions::in_force_from.desc())
        .load(conn)?)
}

pub fn commune(conn: &mut Conn, insee: &Insee) -> Result<Option<Commune>> {
    Ok(communes::table.find(insee).select(COLUMNS).first(conn).optional()?)
}

/// All communes, by name.
pub fn communes(conn: &mut Conn) -> Result<Vec<Commune>> {
    let mut all: Vec<Commune> = communes::table.select(COLUMNS).load(conn)?;
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// Habilitations that the commune's convention of this day foresees, or its latest (E18).
pub fn quota(conn: &mut Conn, insee: &Insee, today: NaiveDate) -> Result<i32> {
    let all = of(conn, insee)?;
    let in_force = all.iter().find(|one| matches!(one.standing(today), Standing::InForce { .. }));
    Ok(in_force.or(all.first()).map_or(USUAL_QUOTA, |convention| convention.quota))
}

/// What a new convention is made of.
#[derive(Debug, Clone)]
pub struct Signed {
    pub commune: Commune,
    pub by_landlord_on: NaiveDate,
    pub by_town_hall_on: NaiveDate,
    pub in_force_from: NaiveDate,
}

/// Why a convention cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No effect before both have signed (E36).
    EffectBeforeSignature,
    /// One is in force, or to come, already.
    AlreadyThere,
    /// Another commune bears this code.
    OtherName,
}

/// Enters a signed convention: one year from its effect (E36), the commune with it if it is new.
pub fn sign(conn: &mut Conn, signed: &Signed) -> Result<Result<ConventionId, Refusal>> {
    if signed.in_force_from < signed.by_landlord_on.max(signed.by_town_hall_on) {
        return Ok(Err(Refusal::EffectBeforeSignature));
    }
    match commune(conn, &signed.commune.insee)? {
        Some(known) if known.name != signed.commune.name => return Ok(Err(Refusal::OtherName)),
        Some(_) => {}
        None => {
            diesel::insert_into(communes::table).values(&signed.commune).execute(conn)?;
        }
    }
    let first_year = signed.in_force_from.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt());
    let ends_on = first_year.unwrap_or(signed.in_force_from);
    let overlaps = of(conn, &signed.commune.insee)?.iter().any(|other| {
        other.terminated_on.unwrap_or(NaiveDate::MAX).min(other.ends_on) >= signed.in_force_from
    });
    if overlaps {
        return Ok(Err(Refusal::AlreadyThere));
    }
    let convention = Convention {
        id: ConventionId::fresh(),
        kind: "sheets".to_owned(),
        commune: signed.commune.insee.clone(),
        signed_by_landlord_on: signed.by_landlord_on,
        signed_by_town_hall_on: signed.by_town_hall_on,
        in_force_from: signed.in_force_from,
        ends_on,
        terminated_on: None,
        termination_party: None,
        termination_received_on: None,
        termination_reference: None,
        quota: USUAL_QUOTA,
    };
    diesel::insert_into(conventions::table).values(&convention).execute(conn)?;
    Ok(Ok(convention.id))
}

/// One convention with its commune.
pub fn find(conn: &mut Conn, id: &ConventionId) -> Result<Option<(Convention, Commune)>> {
    Ok(conventions::table
        .inner_join(communes::table.on(communes::insee.eq(conventions::commune)))
        .filter(conventions::id.eq(id))
        .select((conventions::all_columns, COLUMNS))
        .first(conn)
        .optional()?)
}

/// Ends a convention on the day of its termination's effect (E37). The commune concerned.
pub fn terminate(conn: &mut Conn, id: &ConventionId, terms: &Termination) -> Result<Commune> {
    let (_, commune) = find(conn, id)?.ok_or(Error::NotFound)?;
    diesel::update(conventions::table.find(id))
        .set((
            conventions::terminated_on.eq(Some(terms.effect_on)),
            conventions::termination_party.eq(Some(terms.party)),
            conventions::termination_received_on.eq(Some(terms.received_on)),
            conventions::termination_reference.eq(Some(&terms.reference)),
        ))
        .execute(conn)?;
    Ok(commune)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e36_a_convention_holds_from_its_effect_to_its_last_day_and_a_termination_closes_its_own_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut convention = Convention {
            id: ConventionId::fresh(),
            kind: "sheets".into(),
            commune: "99101".parse().unwrap(),
            signed_by_landlord_on: day("2026-01-10"),
            signed_by_town_hall_on: day("2026-01-20"),
            in_force_from: day("2026-02-01"),
            ends_on: day("2027-01-31"),
            terminated_on: None,
            termination_party: None,
            termination_received_on: None,
            termination_reference: None,
            quota: USUAL_QUOTA,
        };
        let is = |c: &Convention, on: &str| c.standing(day(on));
        assert_eq!(is(&convention, "2026-01-31"), Standing::NotYet { from: day("2026-02-01") });
        assert_eq!(is(&convention, "2026-02-01"), Standing::InForce { until: day("2027-01-31") });
        assert_eq!(is(&convention, "2027-01-31"), Standing::InForce { until: day("2027-01-31") });
        assert_eq!(is(&convention, "2027-02-01"), Standing::Ended { on: day("2027-01-31") });
        convention.terminated_on = Some(day("2026-06-15"));
        assert_eq!(is(&convention, "2026-06-14"), Standing::InForce { until: day("2027-01-31") });
        assert_eq!(is(&convention, "2026-06-15"), Standing::Ended { on: day("2026-06-15") });
    }

    #[test]
    fn what_is_in_force_wins_over_what_has_ended_or_is_to_come() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let ended = Standing::Ended { on: day("2025-01-01") };
        let held = Standing::InForce { until: day("2027-01-01") };
        let coming = Standing::NotYet { from: day("2028-01-01") };
        assert_eq!(best([ended, coming, held].into_iter()), held);
        assert_eq!(best([ended, coming].into_iter()), coming);
        assert_eq!(best([].into_iter()), Standing::Never);
    }

    #[test]
    fn a_name_of_a_commune_is_made_of_letters() {
        for good in ["Valbourg", "Mérizeau", "L’Haÿ-les-Roses", "Ws-sur-l'Œuvre", "Y"] {
            assert!(is_name_of_a_commune(good), "{good}");
        }
        for bad in ["", "漢字", "<b>", "a\u{202e}b", "Valbourg\n", &"a".repeat(61)] {
            assert!(!is_name_of_a_commune(bad), "{bad}");
        }
    }
}
