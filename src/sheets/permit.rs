//! Whether one display is permitted: the only place that knows every condition of reading.
//!
//! [`decide`] is pure. Conditions of the reader come first, each with a page of its own;
//! conditions of the object come last and share one answer (E4). A [`Permit`] and the [`Recorded`]
//! trace of exactly the same display together open the content, once, within five seconds.

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::outline::Outlined;
use super::store::{self, Sealed};
use crate::committees::Committee;
use crate::conventions::{self, Standing};
use crate::identity::suspension::{self, Suspension};
use crate::identity::{Action, Actor, Allowed, acts};
use crate::opening_hours::{Closure, Hours, Schedule, State, Why};
use crate::platform::id::{CommitteeId, DwellingId, GenerationId, Insee, SheetId};
use crate::platform::keyring::Keyring;
use crate::platform::{Clock, Conn, Error, Now, Result};
use crate::traces::{self, Author, DISPLAY_LIFE, DisplayId, Entry, Kind, Recorded};

/// The window of E25.
const RATE_WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How old a decision may be when content is given out.
const DECISION_LIFE: TimeDelta = TimeDelta::seconds(5);
/// How long an abnormal pace is slowed for, at each display.
const SLOWED_BY: std::time::Duration = std::time::Duration::from_secs(2);

/// Actions that may ask for a permit.
pub trait Reads: Action {}
impl Reads for acts::ReadCommittees {}
impl Reads for acts::ReadList {}
impl Reads for acts::OpenSheet {}
impl Reads for acts::SearchSheets {}
impl Reads for acts::CompareCandidates {}
impl Reads for acts::StayPresent {}

/// What is to be displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The committees of the commune being read: no sheet, only the reader's own conditions.
    Committees,
    Sheet(SheetId),
    List(CommitteeId),
    Search(CommitteeId),
    Comparison(CommitteeId, DwellingId),
}

/// What the database knew at one instant. Private fields: whoever could invent facts could invent
/// a permit.
#[derive(Debug, Clone)]
pub struct Facts {
    asked: Asked,
    author: Author,
    second_factor: bool,
    charter_signed: bool,
    suspension: Option<Suspension>,
    commune: Option<CommuneFacts>,
    schedule: Schedule,
    /// Different other sheets displayed within [`RATE_WINDOW`].
    other_sheets: i64,
    slow_from: i64,
    refuse_from: i64,
    object: Option<Object>,
}

#[derive(Debug, Clone)]
struct CommuneFacts {
    insee: Insee,
    name: String,
    suspension: Option<Suspension>,
    standing: Standing,
    habilitation: Habilitated,
}

/// Whether the reader is habilitated for the commune being read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Habilitated {
    Yes,
    /// This habilitation is suspended; another commune's may not be (E18, E26).
    Suspended(Suspension),
    No,
}

/// What was found under the asked id, whoever's it is.
#[derive(Debug, Clone)]
struct Object {
    commune: Insee,
    committee: Committee,
    withdrawn: bool,
    sealed: Vec<Sealed>,
}

/// Why a display is refused. Those of the reader name what to do; `NotFound` names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    SecondFactor,
    Charter,
    Suspended(Suspension),
    Closed { until: DateTime<Utc>, why: Why },
    CommuneSuspended(Suspension),
    NoConvention { commune: String, standing: Standing },
    NoHabilitation,
    HabilitationSuspended(Suspension),
    TooFast { again_at: DateTime<Utc> },
    NotFound,
}

impl Refusal {
    /// The word a trace keeps.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Charter => "charter",
            Self::Suspended(_) => "suspended",
            Self::Closed { .. } => "hours",
            Self::CommuneSuspended(_) => "commune_suspended",
            Self::NoConvention { .. } => "convention",
            Self::NoHabilitation => "habilitation",
            Self::HabilitationSuspended(_) => "habilitation_suspended",
            Self::TooFast { .. } => "pace",
            Self::NotFound => "not_found",
        }
    }
}

/// Permission for one display, decided at one instant. Not `Clone`; used up by [`content`].
#[must_use]
#[derive(Debug)]
pub struct Permit {
    entry: Entry,
    committee: Committee,
    sealed: Vec<Sealed>,
    decided_at: Now,
    closes_at: DateTime<Utc>,
    closing_warned: bool,
    slowed: bool,
}

impl Facts {
    /// Loads everything the decision needs, in the caller's one read transaction.
    pub fn load<A: Reads>(conn: &mut Conn, who: &Allowed<A>, asked: Asked) -> Result<Self> {
        let actor = who.actor()?;
        let today = who.now().today();
        let settings = who.settings();
        let commune = actor.session.commune.clone();
        let known = match &commune {
            Some(insee) => conventions::commune(conn, insee)?,
            None => None,
        };
        let zone = known.as_ref().map(conventions::Commune::zone);
        let commune = match known {
            Some(known) => Some(CommuneFacts {
                suspension: suspension::of_commune(conn, &known.insee, who.now())?,
                standing: conventions::standing(conn, &known.insee, today)?,
                habilitation: habilitation(&actor, &known.insee, who.now()),
                insee: known.insee,
                name: known.name,
            }),
            None => None,
        };
        let object = match &commune {
            Some(commune) => find_object(conn, &asked, &commune.insee)?,
            None => None,
        };
        let shown: Vec<SheetId> = match (&asked, &object) {
            (Asked::Sheet(_) | Asked::Comparison(..), Some(object)) => {
                object.sealed.iter().map(|sealed| sealed.about.sheet.clone()).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self {
            author: actor.author(),
            second_factor: actor.session.second_factor_at.is_some(),
            charter_signed: i64::from(actor.account.charter_version)
                >= i64::from(crate::notices::charter::VERSION),
            suspension: suspension::of_account(conn, &actor.account, who.now())?,
            commune,
            schedule: match zone {
                Some(zone) => who.schedule().in_zone(zone),
                None => who.schedule().clone(),
            },
            other_sheets: traces::displays_of_different_sheets(
                conn,
                actor.id(),
                &shown,
                who.now(),
                RATE_WINDOW,
            )?,
            slow_from: i64::from(settings.sheets.displays_before_slowing),
            refuse_from: i64::from(settings.sheets.displays_before_refusing),
            object,
            asked,
        })
    }

    /// What a refusal's trace may name.
    pub fn refused_entry(&self, now: Now) -> Entry {
        let mut entry = Entry::new(Kind::Refusal, self.author.clone(), now);
        entry.commune = self.commune.as_ref().map(|commune| commune.insee.clone());
        match &self.asked {
            Asked::Committees => {}
            Asked::Sheet(sheet) => entry.sheet = Some(sheet.clone()),
            Asked::List(id) | Asked::Search(id) | Asked::Comparison(id, _) => {
                entry.committee = Some(id.clone())
            }
        }
        entry
    }
}

fn habilitation(actor: &Actor, commune: &Insee, now: Now) -> Habilitated {
    let mut current = actor.habilitations.iter().filter(|h| h.commune == *commune && h.is_current(now));
    match (current.clone().any(|h| h.suspension.is_none()), current.find_map(|h| h.suspension.clone())) {
        (true, _) => Habilitated::Yes,
        (false, Some(suspension)) => Habilitated::Suspended(suspension),
        (false, None) => Habilitated::No,
    }
}

/// The object in the scope of one commune. The query names the commune too: isolation at every layer.
fn find_object(conn: &mut Conn, asked: &Asked, commune: &Insee) -> Result<Option<Object>> {
    let object = match asked {
        Asked::Committees => None,
        Asked::Sheet(id) => store::find(conn, id, commune)?.map(|found| Object {
            commune: commune.clone(),
            committee: found.committee,
            withdrawn: found.withdrawn,
            sealed: vec![found.sealed],
        }),
        Asked::List(id) | Asked::Search(id) => {
            store::entries(conn, id, commune)?.map(|(committee, sealed)| Object {
                commune: commune.clone(),
                committee,
                withdrawn: false,
                sealed,
            })
        }
        Asked::Comparison(id, dwelling) => {
            store::bodies_of(conn, id, commune, dwelling)?.map(|(committee, sealed)| Object {
                commune: commune.clone(),
                committee,
                // A dwelling without a readable sheet is as unknown as an invented one.
                withdrawn: sealed.is_empty(),
                sealed,
            })
        }
    };
    Ok(object)
}

/// The conditions of the reader, whatever is asked for.
struct Reader<'a> {
    commune: &'a CommuneFacts,
    closes_at: DateTime<Utc>,
    closing_warned: bool,
}

fn reader(facts: &Facts, now: Now) -> Result<Reader<'_>, Refusal> {
    if !facts.second_factor {
        return Err(Refusal::SecondFactor);
    }
    if !facts.charter_signed {
        return Err(Refusal::Charter);
    }
    if let Some(suspension) = &facts.suspension {
        return Err(Refusal::Suspended(suspension.clone()));
    }
    let (closes_at, closing_warned) = match facts.schedule.state(now.utc()) {
        State::Open { closes_at, warning, .. } => (closes_at, warning.is_some()),
        State::Closed { until, why } => return Err(Refusal::Closed { until, why }),
    };
    let commune = facts.commune.as_ref().ok_or(Refusal::NoHabilitation)?;
    if let Some(suspension) = &commune.suspension {
        return Err(Refusal::CommuneSuspended(suspension.clone()));
    }
    if !matches!(commune.standing, Standing::InForce { .. }) {
        return Err(Refusal::NoConvention { commune: commune.name.clone(), standing: commune.standing });
    }
    match &commune.habilitation {
        Habilitated::Yes => {}
        Habilitated::Suspended(suspension) => {
            return Err(Refusal::HabilitationSuspended(suspension.clone()));
        }
        Habilitated::No => return Err(Refusal::NoHabilitation),
    }
    Ok(Reader { commune, closes_at, closing_warned })
}

/// The refusal of a display whose trace is written and whose pace is an automaton's after all: displays
/// asked for at the same time are decided on the same count (E25).
pub fn overtaken<A: Reads>(conn: &mut Conn, who: &Allowed<A>, entry: &Entry) -> Result<Option<Refusal>> {
    let shown: Vec<SheetId> =
        entry.sheet.iter().chain(entry.compared.iter().map(|(sheet, _)| sheet)).cloned().collect();
    if shown.is_empty() {
        return Ok(None);
    }
    let actor = who.actor()?;
    let others = traces::displays_of_different_sheets(conn, actor.id(), &shown, who.now(), RATE_WINDOW)?;
    let most = i64::from(who.settings().sheets.displays_before_refusing);
    Ok((others >= most).then(|| Refusal::TooFast { again_at: who.now().utc() + RATE_WINDOW }))
}

/// Whether this person may read at all now; shows nothing. The name of the commune being read.
pub fn may_read(facts: &Facts, now: Now) -> Result<String, Refusal> {
    reader(facts, now).map(|reader| reader.commune.name.clone())
}

/// Every condition of reading, in the order in which a person is told of them. Pure.
pub fn decide(facts: &Facts, now: Now, display: DisplayId) -> Result<Permit, Refusal> {
    let Reader { commune, closes_at, closing_warned } = reader(facts, now)?;
    let opens_another = matches!(facts.asked, Asked::Sheet(_) | Asked::Comparison(..));
    if opens_another && facts.other_sheets >= facts.refuse_from {
        return Err(Refusal::TooFast { again_at: now.utc() + RATE_WINDOW });
    }
    let object = facts.object.as_ref().ok_or(Refusal::NotFound)?;
    let readable =
        object.commune == commune.insee && object.committee.is_readable(now.today()) && !object.withdrawn;
    if !readable {
        return Err(Refusal::NotFound);
    }
    let mut entry = Entry::new(Kind::List, facts.author.clone(), now);
    match &facts.asked {
        Asked::Committees => return Err(Refusal::NotFound),
        Asked::List(_) => {}
        Asked::Search(_) => entry.kind = Kind::Search,
        Asked::Comparison(..) => {
            entry.kind = Kind::Comparison;
            let candidate = |sealed: &Sealed| (sealed.about.sheet.clone(), sealed.subject.clone());
            entry.compared = object.sealed.iter().map(candidate).collect();
        }
        Asked::Sheet(sheet) => {
            entry.kind = Kind::Sheet;
            entry.sheet = Some(sheet.clone());
            entry.subject = object.sealed.first().map(|sealed| sealed.subject.clone());
        }
    }
    entry.commune = Some(commune.insee.clone());
    entry.committee = Some(object.committee.id.clone());
    entry.display = Some(display);
    Ok(Permit {
        entry,
        committee: object.committee.clone(),
        sealed: object.sealed.clone(),
        decided_at: now,
        closes_at,
        closing_warned,
        slowed: opens_another && facts.other_sheets >= facts.slow_from,
    })
}

impl Permit {
    /// The trace to be written before anything is shown.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    pub fn committee(&self) -> &Committee {
        &self.committee
    }

    /// How long an abnormal pace is made to wait.
    pub fn delay(&self) -> Option<std::time::Duration> {
        self.slowed.then_some(SLOWED_BY)
    }

    /// The first instant at which a display traced at `traced` must be gone from the screen.
    pub fn ends_at(&self, traced: Now) -> DateTime<Utc> {
        self.closes_at.min(traced.utc() + DISPLAY_LIFE)
    }

    pub fn closes_at(&self) -> DateTime<Utc> {
        self.closes_at
    }

    /// The published state the rows come from.
    pub fn generation(&self) -> Option<&GenerationId> {
        self.committee.generation_id.as_ref()
    }

    /// Whether the quarter of an hour before closing has begun (E28).
    pub fn closing_is_near(&self) -> bool {
        self.closing_warned
    }

    /// What frames need of the rows and what names nobody: opened, stripped of names and numbers.
    pub(super) fn outline(&self, keyring: &Keyring) -> Result<Vec<Outlined>> {
        let outline = |sealed: &Sealed| Ok(Outlined::of(&store::open_entry(sealed, keyring)?, &sealed.about));
        self.sealed.iter().map(outline).collect()
    }
}

/// One opened row.
pub struct Opened {
    pub row: store::About,
    pub bytes: Zeroizing<Vec<u8>>,
}

/// The content, for a permit and the trace of exactly this display. Uses up both; refuses when they
/// differ, or when the decision is older than five seconds.
pub fn content(
    permit: Permit,
    recorded: Recorded,
    clock: &Clock,
    keyring: &Keyring,
) -> Result<(Vec<Opened>, Committee)> {
    if !recorded.covers(&permit.entry) {
        return Err(Error::internal("a permit and a trace of different displays"));
    }
    let age = clock.now().utc() - permit.decided_at.utc();
    if age > DECISION_LIFE || age < TimeDelta::zero() {
        return Err(Error::Unavailable("the decision is too old"));
    }
    let opened = permit
        .sealed
        .iter()
        .map(|sealed| Ok(Opened { row: sealed.about.clone(), bytes: store::open(sealed, keyring)? }))
        .collect::<Result<Vec<Opened>>>()?;
    Ok((opened, permit.committee))
}

/// The schedule of the settings, in the ordinary zone.
pub fn schedule(settings: &crate::platform::config::OpeningHours) -> Result<Schedule> {
    use chrono::NaiveTime;
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(Error::internal);
    let hours = Hours::new(time(&settings.opens)?, time(&settings.closes)?).map_err(Error::internal)?;
    let closures = settings
        .closures
        .iter()
        .filter_map(|closure| {
            Some(Closure {
                starts: closure.starts()?.to_utc(),
                ends: closure.ends()?.to_utc(),
                reason: closure.reason.clone(),
            })
        })
        .collect();
    Ok(Schedule::new(hours, crate::opening_hours::Zone::Ordinary, closures))
}

#[cfg(test)]
mod tests;
