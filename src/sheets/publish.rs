//! Publishing a landlord's file (E5): a generation for each committee, all of them or none.
//!
//! One pass validates, seals each sheet under its generation's own key and writes it, invisible, in
//! short transactions; one transaction then points the committees at their new generations. Any
//! fault destroys the new keys. A crash leaves generations that nobody points to, for a job to sweep.

use std::collections::HashMap;
use std::io::Read;

use chrono::NaiveDate;

use super::import::{
    self, CommitteeHeader, CommitteeStatus, Contents, Context, FaultKind, Format, Limits, Objection, Report,
};
use super::sheet::{ListEntry, Sheet};
use super::store::{self, About, Part, Row};
use super::{destroy, pixels};
use crate::committees::{self, Announced, Committee, Status};
use crate::conventions::{self, Standing};
use crate::identity::Machine;
use crate::platform::crypto::Key;
use crate::platform::id::{CommitteeId, DwellingId, GenerationId, ImportId, Insee, SheetId, SubjectId};
use crate::platform::keyring::KeyName;
use crate::platform::schema::imports;
use crate::platform::{Error, Now, Result};
use crate::traces::{Author, Entry, Kind, Subject};

/// Rows of one write transaction: some milliseconds, so that traces are not kept waiting.
const ROWS_AT_ONCE: usize = 200;

/// What an import did to one committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub reference: String,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub gone: usize,
    /// Sheets that a manager withdrew or hid, and that this import has not brought back (E5).
    pub withheld: i64,
}

/// What an import did.
#[derive(Debug)]
pub struct Outcome {
    pub report: Report,
    /// Empty when the file was refused or only checked.
    pub changes: Vec<Change>,
}

/// Called with the number of sheets read so far.
pub type Progress<'a> = dyn FnMut(u64) + 'a;

/// Reads the file and publishes it, if it is without fault. With `check` nothing is written.
pub fn publish(
    machine: &Machine,
    source: impl Read,
    name: &str,
    format: Format,
    check: bool,
    progress: &mut Progress<'_>,
) -> Result<Outcome> {
    let now = machine.clock().now();
    let world = World::load(machine, now)?;
    let limits =
        Limits { committee_days: machine.settings().sheets.longest_committee_days, ..Limits::default() };
    let mut publication = Publication {
        machine,
        now,
        check,
        progress,
        month_key: if check {
            // Names nobody: a check writes nothing, not even a key.
            Key::fresh()?
        } else {
            machine.keyring().get_or_make(&KeyName::Month(now.month()), now.naive())?
        },
        swapped: false,
        drafts: Vec::new(),
        sheets: 0,
        spoiled: false,
        name: name.to_owned(),
    };
    let read = import::read(source, format, limits, &world, &mut publication);
    if !publication.swapped {
        publication.destroy_drafts()?;
    }
    let report = read?;
    let changes = if publication.swapped {
        publication.drafts.into_iter().map(|draft| draft.change).collect()
    } else {
        Vec::new()
    };
    Ok(Outcome { report, changes })
}

/// What the reading must know: the day, the glyphs, the communes.
struct World {
    today: NaiveDate,
    communes: HashMap<String, Standing>,
}

impl World {
    fn load(machine: &Machine, now: Now) -> Result<Self> {
        let today = now.today();
        let communes = machine.db().read(|conn| {
            let mut standings = HashMap::new();
            for commune in conventions::communes(conn)? {
                let standing = conventions::standing(conn, &commune.insee, today)?;
                standings.insert(commune.insee.to_string(), standing);
            }
            Ok(standings)
        })?;
        Ok(Self { today, communes })
    }
}

impl Context for World {
    fn today(&self) -> NaiveDate {
        self.today
    }

    fn missing_glyph(&self, text: &str) -> Option<char> {
        pixels::missing_glyph(text)
    }

    /// No convention in force, no publication (E35). One that is to come is refused too.
    fn commune_objection(&self, insee: &str) -> Option<Objection> {
        let found = match self.communes.get(insee) {
            Some(Standing::InForce { .. }) => return None,
            Some(Standing::NotYet { .. }) => format!("{insee}, dont la convention n’a pas encore pris effet"),
            Some(Standing::Ended { .. }) => format!("{insee}, dont la convention a pris fin"),
            Some(Standing::Never) | None => format!("{insee}, commune sans convention"),
        };
        Some(Objection {
            field: "commune_insee",
            found,
            accepted: "une commune dont la convention est en vigueur".to_owned(),
            kind: FaultKind::NoConvention,
        })
    }
}

/// One committee on its way to be published.
struct Draft {
    /// What the file says of it: followed again at the swap, on what is stored then.
    announced: Announced,
    committee: Committee,
    /// What the committee pointed to when we began: the swap demands it still.
    before: Option<GenerationId>,
    /// `None` when the file changes nothing.
    generation: Option<Generation>,
    present: HashMap<SheetId, About>,
    ids: Vec<SheetId>,
    first_publications: Vec<(SheetId, Insee, Subject)>,
    change: Change,
}

struct Generation {
    id: GenerationId,
    seals: Key,
    names: Key,
    waiting: Vec<Row>,
}

struct Publication<'a> {
    machine: &'a Machine,
    now: Now,
    check: bool,
    progress: &'a mut Progress<'a>,
    month_key: Key,
    drafts: Vec<Draft>,
    sheets: u64,
    spoiled: bool,
    /// The committees point to the new generations: from here on nothing may destroy them.
    swapped: bool,
    name: String,
}

impl Publication<'_> {
    fn keeps(&self) -> bool {
        !self.check && !self.spoiled
    }

    /// Whether the key of what is published now is still there.
    fn still_opens(&self, committee: Option<&Committee>) -> Result<bool> {
        match committee.and_then(|committee| committee.generation_id.clone()) {
            Some(generation) => Ok(self.machine.keyring().get(&KeyName::Generation(generation))?.is_some()),
            None => Ok(false),
        }
    }

    /// What a file says of a committee, so that the same file is seen to change nothing. Keyed: a
    /// digest that anybody can compute would let the reader of a database test a guess.
    fn digest(&self, committee: &Committee, contents: &Contents) -> String {
        let key = self.machine.secrets().master().derive("contents of a generation");
        data_encoding::HEXLOWER.encode(&key.digest(&[committee.id.as_str().as_bytes(), &contents.digest]))
    }

    /// Begins a generation: its row first, then its key, so that no key is ever without a row.
    fn begin(&self, committee: &Committee, contents: &Contents) -> Result<Generation> {
        let id = GenerationId::fresh();
        let count = i32::try_from(contents.sheets).map_err(Error::internal)?;
        let digest = self.digest(committee, contents);
        self.machine.db().write(|conn| {
            if destroy::is_under_way(conn, &committee.id)? {
                return Err(Error::Stale);
            }
            if committees::find(conn, &committee.id)?.is_none() {
                if committees::find_by_reference(conn, &committee.reference)?.is_some() {
                    // Another import was the first to name it.
                    return Err(Error::Stale);
                }
                // Known from now on, readable from nowhere: it points to nothing.
                let mut unpublished = committee.clone();
                unpublished.generation_id = None;
                committees::save(conn, &unpublished)?;
            }
            store::begin_generation(conn, &id, &committee.id, &digest, count, self.now)
        })?;
        let keyring = self.machine.keyring();
        Ok(Generation {
            seals: keyring.get_or_make(&KeyName::Generation(id.clone()), self.now.naive())?,
            names: keyring.get_or_make(&KeyName::Committee(committee.id.clone()), self.now.naive())?,
            id,
            waiting: Vec::new(),
        })
    }

    fn flush(machine: &Machine, generation: &mut Generation) -> Result<()> {
        let rows = std::mem::take(&mut generation.waiting);
        if rows.is_empty() { Ok(()) } else { machine.db().write(|conn| store::insert(conn, &rows)) }
    }

    /// Destroys what was written of a file that is not published, the committees it was first to name
    /// included.
    fn destroy_drafts(&self) -> Result<()> {
        let begun: Vec<GenerationId> =
            self.drafts.iter().filter_map(|draft| Some(draft.generation.as_ref()?.id.clone())).collect();
        destroy::generations(self.machine, &destroy::unpublished(self.machine, begun)?)?;
        let named: Vec<CommitteeId> = self.drafts.iter().map(|draft| draft.committee.id.clone()).collect();
        destroy::never_published(self.machine, &named)
    }

    /// Points every committee at its new generation, in one transaction, if none has moved meanwhile: what
    /// was declared over, purged or published since we looked stays so.
    fn swap(&self) -> Result<()> {
        let (mut new, mut changed, mut unchanged, mut gone) = (0, 0, 0, 0);
        for change in self.drafts.iter().map(|draft| &draft.change) {
            new += change.new;
            changed += change.changed;
            unchanged += change.unchanged;
            gone += change.gone;
        }
        let count = |n: usize| i32::try_from(n).map_err(Error::internal);
        let counts = (count(new)?, count(changed)?, count(unchanged)?, count(gone)?);
        let today = self.machine.clock().now().today();
        self.machine.db().write(|conn| {
            use diesel::prelude::*;
            for draft in &self.drafts {
                let Some(generation) = &draft.generation else { continue };
                let stored = committees::find(conn, &draft.committee.id)?.ok_or(Error::Stale)?;
                let moved = stored.generation_id != draft.before
                    || store::digest_of(conn, &generation.id)?.is_none()
                    || held_already(&draft.announced, Some(&stored), today).is_some();
                if moved {
                    return Err(Error::Stale);
                }
                let mut committee = stored;
                committee.follow(&draft.announced, self.now);
                committee.generation_id = Some(generation.id.clone());
                committee.published_at = Some(self.now.naive());
                committee.purged_at = None;
                committees::save(conn, &committee)?;
                let gone: Vec<About> = draft.present.values().cloned().collect();
                let present = draft.ids.iter().collect();
                store::follow_departures(conn, &committee.id, &gone, &present, self.now)?;
            }
            diesel::insert_into(imports::table)
                .values((
                    imports::id.eq(ImportId::fresh()),
                    imports::received_at.eq(self.now.naive()),
                    imports::source.eq(&self.name),
                    imports::sheets_new.eq(counts.0),
                    imports::sheets_changed.eq(counts.1),
                    imports::sheets_unchanged.eq(counts.2),
                    imports::sheets_gone.eq(counts.3),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// The first publication of a sheet is traced, before it can be read (E40).
    fn trace_first_publications(&self) -> Result<()> {
        let entries = self.drafts.iter().flat_map(|draft| {
            draft.first_publications.iter().map(|(sheet, commune, subject)| {
                let mut entry = Entry::new(Kind::Publication, Author::default(), self.now);
                entry.commune = Some(commune.clone());
                entry.committee = Some(draft.committee.id.clone());
                entry.sheet = Some(sheet.clone());
                entry.subject = Some(subject.clone());
                entry
            })
        });
        self.machine.traces().record_all(entries)
    }
}

fn announced(header: &CommitteeHeader) -> Announced {
    Announced {
        reference: header.reference.clone(),
        sector: header.sector.clone().unwrap_or_default(),
        held_on: header.held_on,
        ends_on: header.ends_on,
        starts_at: header.starts_at,
        status: match header.status {
            CommitteeStatus::Planned | CommitteeStatus::Postponed | CommitteeStatus::Extended => {
                Status::Planned
            }
            CommitteeStatus::Cancelled => Status::Cancelled,
        },
    }
}

/// A committee that was held, or declared over on the day the file still gives, takes no sheet.
fn held_already(announced: &Announced, known: Option<&Committee>, today: NaiveDate) -> Option<Objection> {
    let over = known.is_some_and(|known| known.adjourned_at.is_some() && announced.held_on <= known.held_on);
    (announced.ends_on < today || over).then(|| Objection {
        field: "held_on",
        found: format!("{}, une commission déjà tenue", crate::page::format::date_full(announced.ends_on)),
        accepted: "une commission à venir, ou reportée à une date à venir".to_owned(),
        kind: FaultKind::CommitteeHeld,
    })
}

/// A committee whose purge has begun takes nothing until it has ended.
fn being_purged() -> Objection {
    Objection {
        field: "reference",
        found: "une commission dont la purge est en cours".to_owned(),
        accepted: "la même, une fois la purge terminée".to_owned(),
        kind: FaultKind::CommitteeHeld,
    }
}

impl import::Sink for Publication<'_> {
    type Error = Error;

    fn committee(&mut self, header: &CommitteeHeader, contents: &Contents) -> Result<Vec<Objection>> {
        let announced = announced(header);
        let (known, present, same, withheld, dying) = self.machine.db().read(|conn| {
            let Some(known) = committees::find_by_reference(conn, &header.reference)? else {
                return Ok((None, Vec::new(), false, 0, false));
            };
            let present = match &known.generation_id {
                Some(generation) => store::present_state(conn, generation)?,
                None => Vec::new(),
            };
            let same = match &known.generation_id {
                Some(generation) => store::digest_of(conn, generation)?
                    .is_some_and(|digest| digest == self.digest(&known, contents)),
                None => false,
            };
            let withheld = store::still_withheld(conn, &known.id)?;
            let dying = destroy::is_under_way(conn, &known.id)?;
            Ok((Some(known), present, same, withheld, dying))
        })?;
        // A generation whose key is lost is published anew: the file is the cure (see the keyring).
        let same = same && self.still_opens(known.as_ref())?;
        // A committee that was cancelled and purged, and that the file still names, stays as it is.
        let over = header.status == CommitteeStatus::Cancelled
            && known.as_ref().is_some_and(|known| known.purged_at.is_some());
        let objection =
            held_already(&announced, known.as_ref(), self.now.today()).or_else(|| dying.then(being_purged));
        let before = known.as_ref().and_then(|known| known.generation_id.clone());
        let mut committee = known.unwrap_or_else(|| Committee::new(&announced, self.now));
        committee.follow(&announced, self.now);
        let generation = if same || over || objection.is_some() || !self.keeps() {
            None
        } else {
            Some(self.begin(&committee, contents)?)
        };
        self.drafts.push(Draft {
            announced,
            change: Change {
                reference: header.reference.clone(),
                new: 0,
                changed: 0,
                unchanged: 0,
                gone: 0,
                withheld,
            },
            committee,
            before,
            generation,
            present: present.into_iter().map(|about| (about.sheet.clone(), about)).collect(),
            ids: Vec::new(),
            first_publications: Vec::new(),
        });
        Ok(objection.into_iter().collect())
    }

    fn sheet(&mut self, _: &CommitteeHeader, sheet: Sheet) -> Result<Vec<Objection>> {
        self.sheets += 1;
        (self.progress)(self.sheets);
        let keeps = self.keeps();
        let Some(draft) = self.drafts.last_mut() else {
            return Err(Error::internal("a sheet before its committee"));
        };
        let Some(generation) = draft.generation.as_mut() else {
            draft.change.unchanged += 1;
            return Ok(Vec::new());
        };
        if !keeps {
            return Ok(Vec::new());
        }
        let commune: Insee = sheet.commune_insee.parse().map_err(Error::internal)?;
        let number = sheet.identification.nur.as_bytes();
        let dwelling_ref = sheet.dwelling.dwelling_ref.as_bytes();
        let id = SheetId::from_digest(&generation.names.digest(&[b"sheet", number, dwelling_ref]));
        let body = sheet.to_bytes();
        // Without the day of publication: a sheet that says the same has not changed.
        let said = sheet.fingerprint_input();
        let fingerprint =
            data_encoding::HEXLOWER.encode(&generation.names.digest(&[b"content", &said])[..16]);
        let subject = Subject {
            id: SubjectId::from_digest(&self.month_key.digest(&[b"subject", number])),
            month: self.now.month(),
        };
        let (first_published_at, changed_at) = match draft.present.remove(&id) {
            Some(known) if known.fingerprint == fingerprint => {
                draft.change.unchanged += 1;
                (known.first_published_at, known.changed_at)
            }
            Some(known) => {
                draft.change.changed += 1;
                (known.first_published_at, self.now.naive())
            }
            None => {
                draft.change.new += 1;
                draft.first_publications.push((id.clone(), commune.clone(), subject.clone()));
                (self.now.naive(), self.now.naive())
            }
        };
        let committee = &draft.committee.id;
        let entry = ListEntry::of(&sheet).to_bytes();
        let row = Row {
            generation_id: generation.id.clone(),
            committee_id: committee.clone(),
            dwelling_id: DwellingId::from_digest(&generation.names.digest(&[b"dwelling", dwelling_ref])),
            position: i32::try_from(draft.ids.len()).map_err(Error::internal)?,
            fingerprint,
            subject: subject.id,
            subject_month: subject.month,
            first_published_at,
            changed_at,
            entry: store::seal(&generation.seals, committee, &commune, &id, Part::Entry, &entry)?,
            body: store::seal(&generation.seals, committee, &commune, &id, Part::Body, &body)?,
            commune,
            sheet_id: id.clone(),
        };
        draft.ids.push(id);
        generation.waiting.push(row);
        if generation.waiting.len() >= ROWS_AT_ONCE {
            Self::flush(self.machine, generation)?;
        }
        Ok(Vec::new())
    }

    fn spoiled(&mut self) {
        self.spoiled = true;
    }

    fn finish(&mut self, valid: bool) -> Result<()> {
        if !valid || self.check {
            return Ok(());
        }
        for draft in &mut self.drafts {
            if let Some(generation) = draft.generation.as_mut() {
                Self::flush(self.machine, generation)?;
                draft.change.gone = draft.present.len();
            }
        }
        self.trace_first_publications()?;
        self.swap()?;
        self.swapped = true;
        let old: Vec<GenerationId> = self
            .drafts
            .iter()
            .filter(|draft| draft.generation.is_some())
            .filter_map(|draft| draft.before.clone())
            .collect();
        if let Err(error) = destroy::generations(self.machine, &old) {
            // Published all the same: nobody points to the old ones, and the sweep takes them.
            tracing::error!(cause = %error, "old generations are left to the sweep");
        }
        Ok(())
    }
}
