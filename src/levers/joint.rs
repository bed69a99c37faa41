//! What takes two managers: a lever for every town hall, and the end of a convention (E27, E37).
//!
//! One asks, another confirms. One alone may act when it cannot wait: the urgency is written down, and
//! the DPO and the other managers are told. What nobody confirms in three days lapses.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Lever, Reach, act, name_of};
use crate::conventions::{self, Party, Termination};
use crate::identity::{Allowed, acts};
use crate::messages::{self, AccessNews, Desk, Message};
use crate::platform::id::{AccountId, ConventionId, DecisionId, text_enum};
use crate::platform::schema::{accounts, joint_decisions};
use crate::platform::{Conn, Error, Now, Result};

/// How long a decision waits for a second manager.
const PATIENCE: TimeDelta = TimeDelta::days(3);

text_enum! {
    /// What two decide.
    MatterKind {
        SuspendSpace = "suspend_space",
        EndHabilitations = "end_habilitations",
        RenewPasswords = "renew_passwords",
        Terminate = "terminate",
    }
}

text_enum! {
    /// How a decision ended.
    Settled {
        /// By another manager than the one who asked.
        Confirmed = "confirmed",
        /// By the one who asked, who could not wait.
        Alone = "alone",
        /// Taken back by the one who asked, or refused by another.
        Withdrawn = "withdrawn",
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A lever for every town hall.
    Space(Lever),
    Terminate(ConventionId, Termination),
}

impl Matter {
    fn kind(&self) -> MatterKind {
        match self {
            Self::Space(Lever::Suspend) => MatterKind::SuspendSpace,
            Self::Space(Lever::EndHabilitations) => MatterKind::EndHabilitations,
            Self::Space(Lever::RenewPasswords) => MatterKind::RenewPasswords,
            Self::Terminate(..) => MatterKind::Terminate,
        }
    }
}

/// A decision that waits for a second manager, or no longer.
#[derive(Debug, Clone)]
pub struct Decision {
    pub id: DecisionId,
    pub matter: Matter,
    pub reason: String,
    pub asked_by: AccountId,
    pub asked_at: NaiveDateTime,
    pub settled: Option<Settled>,
}

impl Decision {
    /// Whether a second manager may still confirm it.
    pub fn is_open(&self, now: Now) -> bool {
        self.settled.is_none() && now.naive() - self.asked_at < PATIENCE
    }

    /// The instant from which nobody can confirm it.
    pub fn lapses_at(&self) -> NaiveDateTime {
        self.asked_at + PATIENCE
    }
}

#[derive(Queryable)]
struct Row {
    id: DecisionId,
    kind: MatterKind,
    convention_id: Option<ConventionId>,
    party: Option<Party>,
    received_on: Option<NaiveDate>,
    letter_reference: Option<String>,
    effect_on: Option<NaiveDate>,
    reason: String,
    asked_by: AccountId,
    asked_at: NaiveDateTime,
    settled: Option<Settled>,
    _settled_by: Option<String>,
    _settled_at: Option<NaiveDateTime>,
    _urgency: Option<String>,
}

impl TryFrom<Row> for Decision {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let matter = match row.kind {
            MatterKind::SuspendSpace => Matter::Space(Lever::Suspend),
            MatterKind::EndHabilitations => Matter::Space(Lever::EndHabilitations),
            MatterKind::RenewPasswords => Matter::Space(Lever::RenewPasswords),
            MatterKind::Terminate => {
                let whole =
                    (row.convention_id, row.party, row.received_on, row.letter_reference, row.effect_on);
                let (Some(convention), Some(party), Some(received_on), Some(reference), Some(effect_on)) =
                    whole
                else {
                    return Err(Error::internal("a termination without its terms"));
                };
                Matter::Terminate(convention, Termination { party, received_on, reference, effect_on })
            }
        };
        Ok(Self {
            id: row.id,
            matter,
            reason: row.reason,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            settled: row.settled,
        })
    }
}

/// Asks for what takes two; the other managers are told. The decision's id.
pub fn ask(
    conn: &mut Conn,
    by: &Allowed<acts::SuspendAccess>,
    matter: &Matter,
    reason: &str,
) -> Result<DecisionId> {
    let (id, manager, now) = (DecisionId::fresh(), by.actor()?.account.id, by.now());
    let (convention, terms) = match matter {
        Matter::Terminate(convention, terms) => (Some(convention), Some(terms)),
        Matter::Space(_) => (None, None),
    };
    diesel::insert_into(joint_decisions::table)
        .values((
            joint_decisions::id.eq(&id),
            joint_decisions::kind.eq(matter.kind()),
            joint_decisions::convention_id.eq(convention),
            joint_decisions::party.eq(terms.map(|terms| terms.party)),
            joint_decisions::received_on.eq(terms.map(|terms| terms.received_on)),
            joint_decisions::letter_reference.eq(terms.map(|terms| terms.reference.as_str())),
            joint_decisions::effect_on.eq(terms.map(|terms| terms.effect_on)),
            joint_decisions::reason.eq(reason),
            joint_decisions::asked_by.eq(&manager),
            joint_decisions::asked_at.eq(now.naive()),
        ))
        .execute(conn)?;
    tell_other_managers(conn, &manager, &AccessNews::SecondManagerNeeded, now)?;
    Ok(id)
}

fn tell_other_managers(conn: &mut Conn, than: &AccountId, news: &AccessNews, now: Now) -> Result<()> {
    for other in messages::at_desk(conn, Desk::Managers)?.into_iter().filter(|one| one != than) {
        messages::tell(conn, &other, &Message::Access(news.clone()), now)?;
    }
    Ok(())
}

/// The open decisions, oldest first, each with the name of who asked.
pub fn open(conn: &mut Conn, now: Now) -> Result<Vec<(Decision, String)>> {
    let rows: Vec<Row> = joint_decisions::table
        .filter(joint_decisions::settled.is_null())
        .filter(joint_decisions::asked_at.gt(now.naive() - PATIENCE))
        .order(joint_decisions::asked_at)
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let name = name_of(conn, &row.asked_by)?.unwrap_or_default();
            Ok((Decision::try_from(row)?, name))
        })
        .collect()
}

/// One open decision, or the 404 of what is settled, lapsed or unknown.
pub fn one_open(conn: &mut Conn, id: &DecisionId, now: Now) -> Result<Decision> {
    let row: Option<Row> = joint_decisions::table.find(id).first(conn).optional()?;
    let decision = row.map(Decision::try_from).transpose()?.ok_or(Error::NotFound)?;
    if decision.is_open(now) { Ok(decision) } else { Err(Error::NotFound) }
}

/// Why a decision is not settled in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever asked cannot confirm: it takes another.
    OwnDecision,
    /// Only whoever asked may act alone.
    AnothersDecision,
}

/// Confirms what another manager asked for, and does it.
pub fn confirm(
    conn: &mut Conn,
    by: &Allowed<acts::SuspendAccess>,
    id: &DecisionId,
) -> Result<Result<(), Refusal>> {
    let (decision, manager) = (one_open(conn, id, by.now())?, by.actor()?.account.id);
    if decision.asked_by == manager {
        return Ok(Err(Refusal::OwnDecision));
    }
    settle(conn, &decision, Settled::Confirmed, &manager, None, by.now())?;
    carry_out(conn, &decision, &manager, by.now())?;
    Ok(Ok(()))
}

/// Does at once what one has asked for oneself, because it cannot wait; the DPO is told.
pub fn act_alone(
    conn: &mut Conn,
    by: &Allowed<acts::SuspendAccess>,
    id: &DecisionId,
    urgency: &str,
) -> Result<Result<(), Refusal>> {
    let (decision, manager, now) = (one_open(conn, id, by.now())?, by.actor()?.account.id, by.now());
    if decision.asked_by != manager {
        return Ok(Err(Refusal::AnothersDecision));
    }
    settle(conn, &decision, Settled::Alone, &manager, Some(urgency), now)?;
    carry_out(conn, &decision, &manager, now)?;
    messages::tell_desk(conn, Desk::Dpo, &Message::Access(AccessNews::ActedAlone), now)?;
    tell_other_managers(conn, &manager, &AccessNews::ActedAlone, now)?;
    Ok(Ok(()))
}

/// Takes a decision back, or refuses another's: nothing is done.
pub fn withdraw(conn: &mut Conn, by: &Allowed<acts::SuspendAccess>, id: &DecisionId) -> Result<()> {
    let (decision, manager) = (one_open(conn, id, by.now())?, by.actor()?.account.id);
    settle(conn, &decision, Settled::Withdrawn, &manager, None, by.now())
}

/// Marks a decision once: of two at the same time, the second finds nothing to settle.
fn settle(
    conn: &mut Conn,
    decision: &Decision,
    how: Settled,
    manager: &AccountId,
    urgency: Option<&str>,
    now: Now,
) -> Result<()> {
    let settled =
        diesel::update(joint_decisions::table.find(&decision.id).filter(joint_decisions::settled.is_null()))
            .set((
                joint_decisions::settled.eq(Some(how)),
                joint_decisions::settled_by.eq(Some(manager)),
                joint_decisions::settled_at.eq(Some(now.naive())),
                joint_decisions::urgency.eq(urgency),
            ))
            .execute(conn)?;
    if settled == 1 { Ok(()) } else { Err(Error::Stale) }
}

fn carry_out(conn: &mut Conn, decision: &Decision, manager: &AccountId, now: Now) -> Result<()> {
    match &decision.matter {
        Matter::Space(lever) => act(conn, *lever, &Reach::Space, &decision.reason, manager, now),
        Matter::Terminate(id, terms) => {
            let commune = conventions::terminate(conn, id, terms)?;
            let news = AccessNews::Terminated { commune: commune.name, on: terms.effect_on };
            for account in Reach::Commune(commune.insee).people(conn, now.today())? {
                messages::tell(conn, &account, &Message::Access(news.clone()), now)?;
            }
            Ok(())
        }
    }
}

/// What was decided by one alone in the last six months, latest first: when, by whom, why it could not wait.
pub fn acted_alone(conn: &mut Conn) -> Result<Vec<(NaiveDateTime, String, String)>> {
    Ok(joint_decisions::table
        .inner_join(accounts::table.on(accounts::id.eq(joint_decisions::asked_by)))
        .filter(joint_decisions::settled.eq(Settled::Alone))
        .order(joint_decisions::asked_at.desc())
        .limit(20)
        .select((joint_decisions::asked_at, accounts::last_name, joint_decisions::urgency.assume_not_null()))
        .load(conn)?)
}
