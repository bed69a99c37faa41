//! One road for every display: facts, decision, trace, then content. Lists and searches take it too.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use super::outline::{self, Outlined};
use super::permit::{self, Asked, Facts, Opened, Permit, Reads, Refusal};
use super::presentation::ListLine;
use super::sheet::{ListEntry, Sheet};
use super::store;
use super::view::refusals::{self, ConventionEnded, Suspended};
use crate::committees::Committee;
use crate::conventions::Standing;
use crate::identity::names::folded;
use crate::identity::{Allowed, account};
use crate::page::format;
use crate::page::marks::Mark;
use crate::page::{Page, paths};
use crate::platform::error::Refused;
use crate::platform::id::{CommitteeId, SheetId};
use crate::platform::{Error, Now, Result};
use crate::traces::{self, DisplayId};

/// Drawings at once: one a core, so that reading stays even under load.
static RENDERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// What was traced and opened.
pub struct Displayed {
    pub opened: Vec<Opened>,
    pub committee: Committee,
    pub code: DisplayId,
    /// When it must be gone from the screen.
    pub ends_at: DateTime<Utc>,
    pub watermark: String,
}

impl Displayed {
    /// Whether the content is of the generation that the page around it was drawn from: between two
    /// publications names would stand beside the wrong ranks.
    pub fn is_of(&self, generation: Option<&str>) -> Result<()> {
        let own = self.committee.generation_id.as_ref().map(|id| id.as_str());
        if own == generation { Ok(()) } else { Err(Error::Stale) }
    }

    /// Milliseconds left at this instant.
    pub fn remaining_ms(&self, now: Now) -> u64 {
        remaining_ms(self.ends_at, now)
    }
}

pub fn remaining_ms(ends_at: DateTime<Utc>, now: Now) -> u64 {
    u64::try_from((ends_at - now.utc()).num_milliseconds()).unwrap_or(0)
}

/// The reader's own conditions, for the page of committees: nothing is shown yet.
pub async fn may_read<A: Reads>(who: &Allowed<A>) -> Result<String> {
    let facts = who.read(|conn, who| Facts::load(conn, who, Asked::Committees)).await?;
    match permit::may_read(&facts, who.now()) {
        Ok(commune) => Ok(commune),
        Err(refusal) => Err(refuse(who, &facts, &refusal).await?),
    }
}

/// Decides without showing: for the shells of pages and for presence. A refusal is traced.
pub async fn permitted<A: Reads>(who: &Allowed<A>, asked: Asked) -> Result<Permit> {
    let facts = who.read(move |conn, who| Facts::load(conn, who, asked)).await?;
    match permit::decide(&facts, who.now(), DisplayId::fresh()?) {
        Ok(permit) => Ok(permit),
        Err(refusal) => Err(refuse(who, &facts, &refusal).await?),
    }
}

/// Decides, traces, and opens, in this order. `again`: the code of a display being drawn anew (zoom,
/// resize); the permit is decided anew and the same trace serves, within its twenty minutes.
pub async fn display<A: Reads>(
    who: &Allowed<A>,
    asked: Asked,
    again: Option<DisplayId>,
) -> Result<Displayed> {
    let author = who.actor()?.author();
    let (facts, recalled) = who
        .read(move |conn, who| {
            let recalled = match &again {
                Some(code) => {
                    traces::recall(conn, code, &author, who.now())?.map(|proof| (code.clone(), proof))
                }
                None => None,
            };
            Ok((Facts::load(conn, who, asked)?, recalled))
        })
        .await?;
    let (code, proof) = match recalled {
        Some((code, proof)) => (code, Some(proof)),
        None => (DisplayId::fresh()?, None),
    };
    let permit = match permit::decide(&facts, who.now(), code.clone()) {
        Ok(permit) => permit,
        Err(refusal) => return Err(refuse(who, &facts, &refusal).await?),
    };
    let recorded = match proof {
        // The code of another display serves no other: its trace does not cover this one.
        Some(proof) if proof.covers(permit.entry()) => proof,
        Some(_) => return Err(Error::Stale),
        None => {
            if let Some(delay) = permit.delay() {
                tokio::time::sleep(delay).await;
            }
            let recorded = who.record(permit.entry().clone()).await?;
            // Many at once all saw the count of before: each looks again, once it is in it.
            let entry = permit.entry().clone();
            if let Some(refusal) = who.read(move |conn, who| permit::overtaken(conn, who, &entry)).await? {
                return Err(refuse(who, &facts, &refusal).await?);
            }
            recorded
        }
    };
    let traced = recorded.at();
    let ends_at = permit.ends_at(traced);
    let watermark = watermark(who, &code, traced)?;
    let (opened, committee) =
        who.compute(move |who| permit::content(permit, recorded, who.clock(), who.keyring())).await?;
    Ok(Displayed { opened, committee, code, ends_at, watermark })
}

/// « Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · K7QF3-2PM9X »: the server's clock.
fn watermark<A: Reads>(who: &Allowed<A>, code: &DisplayId, traced: Now) -> Result<String> {
    let actor = who.actor()?;
    let commune = actor.commune_name().unwrap_or_default().to_owned();
    Ok(format!("{} · Mairie de {commune} · {} · {code}", actor.account.name(), format::stamp(traced.utc())))
}

/// Draws on a blocking thread, as many at once as there are cores.
pub async fn draw<A: Reads, T: Send + 'static>(
    who: &Allowed<A>,
    f: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let _turn = RENDERS.acquire().await.map_err(Error::internal)?;
    who.compute(move |_| f()).await
}

/// The one sheet of a display, with what is known of its row.
pub fn one_sheet(opened: &[Opened]) -> Result<(store::About, Sheet)> {
    let [only] = opened else { return Err(Error::NotFound) };
    Ok((only.row.clone(), Sheet::from_bytes(&only.bytes).map_err(Error::internal)?))
}

/// The entries of a list, in the order of the list.
pub fn entries_in_order(opened: &[Opened]) -> Result<Vec<(store::About, ListEntry)>> {
    let entries = opened
        .iter()
        .map(|one| Ok((one.row.clone(), ListEntry::from_bytes(&one.bytes).map_err(Error::internal)?)))
        .collect::<Result<Vec<_>>>()?;
    let outlined: Vec<Outlined> = entries.iter().map(|(about, entry)| Outlined::of(entry, about)).collect();
    let order = outline::in_order(&outlined);
    Ok(order.into_iter().filter_map(|place| entries.get(place).cloned()).collect())
}

/// The sheets of one dwelling, by rank as in its list.
pub fn sheets_in_order(opened: &[Opened]) -> Result<Vec<Sheet>> {
    let mut sheets = opened
        .iter()
        .map(|one| Sheet::from_bytes(&one.bytes).map_err(Error::internal))
        .collect::<Result<Vec<_>>>()?;
    // Stable: equal ranks stay in the order of the file.
    sheets.sort_by_key(|sheet| sheet.proposed_rank.unwrap_or(u32::MAX));
    Ok(sheets)
}

/// What one reader has read of a committee, and what was taken back from it.
pub struct ReadingState {
    readings: Vec<(SheetId, String)>,
    pub departed: Vec<store::Departed>,
    previous_login: Option<chrono::NaiveDateTime>,
    now: Now,
}

impl ReadingState {
    pub async fn load<A: Reads>(who: &Allowed<A>, committee: &CommitteeId) -> Result<Self> {
        let actor = who.actor()?;
        let (id, account) = (committee.clone(), actor.id().clone());
        let commune = actor.session.commune.clone().ok_or(Error::NotFound)?;
        let (readings, departed) = who
            .read(move |conn, _| {
                Ok((store::readings(conn, &account, &id)?, store::departed(conn, &id, &commune)?))
            })
            .await?;
        Ok(Self { readings, departed, previous_login: actor.session.previous_login_at, now: who.now() })
    }

    /// New, changed since my reading, read, or not yet read.
    pub fn mark(&self, about: &store::About) -> Mark {
        match self.readings.iter().find(|(sheet, _)| *sheet == about.sheet) {
            Some((_, fingerprint)) if *fingerprint == about.fingerprint => Mark::Read,
            Some(_) => Mark::Changed,
            None if self.previous_login.is_none_or(|before| about.first_published_at > before) => Mark::New,
            None => Mark::Unread,
        }
    }

    /// « nouvelle », « modifiée aujourd’hui », « lue », « pas encore lue ».
    pub fn words(&self, about: &store::About) -> String {
        match self.mark(about) {
            Mark::New => "nouvelle".to_owned(),
            Mark::Changed => {
                let day = format::paris_date(about.changed_at.and_utc());
                format!("modifiée {}", day_past(day, self.now.today()))
            }
            Mark::Read => "lue".to_owned(),
            _ => "pas encore lue".to_owned(),
        }
    }
}

/// « aujourd’hui », « hier », « le 22 novembre ».
pub fn day_past(day: chrono::NaiveDate, today: chrono::NaiveDate) -> String {
    match (today - day).num_days() {
        0 => "aujourd’hui".to_owned(),
        1 => "hier".to_owned(),
        _ => format!("le {}", format::date_medium(day)),
    }
}

/// A name and a number, as the painter wants them.
pub fn list_line(entry: &ListEntry, unread: bool) -> ListLine {
    super::presenting::list_line(entry, unread)
}

/// Whether a typed text is found in a name, a first name or a number. Case, accents, spaces aside.
pub fn matches(entry: &ListEntry, typed: &str) -> bool {
    let typed = folded(typed);
    let first = entry.first_name.as_deref().unwrap_or_default();
    let names =
        [format!("{first} {}", entry.last_name), format!("{} {first}", entry.last_name), entry.nur.clone()];
    !typed.is_empty() && names.iter().any(|name| folded(name).contains(&typed))
}

/// Traces the refusal and turns it into the page that says what to do.
async fn refuse<A: Reads>(who: &Allowed<A>, facts: &Facts, refusal: &Refusal) -> Result<Error> {
    who.record_refusal(facts.refused_entry(who.now()), refusal.word()).await?;
    let landlord = who.landlord();
    let page = |name, status, page: Page| {
        Error::Refused(Box::new(Refused { name, status, title: page.title, main: page.main }))
    };
    Ok(match refusal {
        Refusal::NotFound => Error::NotFound,
        Refusal::Closed { until, .. } => {
            page(refusal.word(), 403, refusals::closed(&landlord, &format::day_and_time(*until)))
        }
        Refusal::SecondFactor => Error::First(paths::LOGIN_CODE),
        Refusal::Charter => Error::First(paths::CHARTER),
        Refusal::Suspended(s) | Refusal::CommuneSuspended(s) | Refusal::HabilitationSuspended(s) => {
            page(refusal.word(), 403, refusals::suspended(&Suspended::of(s.since, &s.reason), &landlord))
        }
        Refusal::NoConvention { commune, standing } => {
            let contact = contact(who).await?;
            page(refusal.word(), 403, no_convention(commune, *standing, contact, &landlord))
        }
        Refusal::NoHabilitation => page(refusal.word(), 403, refusals::no_habilitation(&landlord)),
        Refusal::TooFast { again_at } => {
            page(refusal.word(), 429, refusals::rate_limited(&format::time(*again_at), &landlord))
        }
    })
}

/// The town hall's contact, whom wording 4 names.
async fn contact<A: Reads>(who: &Allowed<A>) -> Result<Option<String>> {
    let Some(commune) = who.actor()?.session.commune else { return Ok(None) };
    who.read(move |conn, who| account::contact_of(conn, &commune, who.now().today())).await
}

fn no_convention(
    commune: &str,
    standing: Standing,
    contact: Option<String>,
    landlord: &crate::notices::Landlord,
) -> Page {
    match standing {
        Standing::Ended { on } => refusals::convention_ended(
            &ConventionEnded { commune: commune.to_owned(), date: format::date_full(on), contact },
            landlord,
        ),
        Standing::NotYet { from } => {
            refusals::convention_to_come(commune, &format::date_full(from), landlord)
        }
        Standing::Never | Standing::InForce { .. } => refusals::no_habilitation(landlord),
    }
}
