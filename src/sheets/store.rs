//! The sealed rows. In clear: ids, committee, commune, generation, digests; nothing else of a sheet.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::sheet::ListEntry;
use crate::committees::{self, Committee};
use crate::platform::crypto::Key;
use crate::platform::db::on_conn;
use crate::platform::id::{
    AccountId, CommitteeId, DwellingId, GenerationId, Insee, SheetId, SubjectId, text_enum,
};
use crate::platform::keyring::{KeyName, Keyring};
use crate::platform::schema::{committees as committees_table, generations, readings, sheets, withdrawals};
use crate::platform::{Conn, Error, Now, Result};
use crate::traces::Subject;

text_enum! {
    /// Why a sheet is not shown although its committee is.
    WithdrawalKind {
        /// The landlord's file no longer holds it.
        Import = "import",
        /// A manager took it back; outlives later imports (E5).
        Manager = "manager",
        /// Contested and hidden (E40); outlives later imports.
        Hidden = "hidden",
    }
}

/// A row, as stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = sheets)]
pub(super) struct Row {
    pub generation_id: GenerationId,
    pub sheet_id: SheetId,
    pub committee_id: CommitteeId,
    pub commune: Insee,
    pub dwelling_id: DwellingId,
    pub position: i32,
    pub fingerprint: String,
    pub subject: SubjectId,
    pub subject_month: String,
    pub first_published_at: NaiveDateTime,
    pub changed_at: NaiveDateTime,
    pub entry: Vec<u8>,
    pub body: Vec<u8>,
}

/// Which of a row's two sealed parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Entry,
    Body,
}

impl Part {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Entry => b"entry",
            Self::Body => b"body",
        }
    }
}

/// What is known of a row without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct About {
    pub sheet: SheetId,
    pub dwelling: DwellingId,
    pub generation: GenerationId,
    pub committee: CommitteeId,
    pub commune: Insee,
    pub fingerprint: String,
    pub first_published_at: NaiveDateTime,
    pub changed_at: NaiveDateTime,
}

/// One sealed part of one row.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub about: About,
    /// Whom it is about, as a trace may say it.
    pub subject: Subject,
    part: Part,
    bytes: Vec<u8>,
}

#[cfg(test)]
impl Sealed {
    /// A row that opens under no key: for what decides without opening.
    pub fn empty(sheet: SheetId, commune: Insee, subject: Subject) -> Self {
        let now = NaiveDateTime::default();
        let about = About {
            sheet,
            dwelling: DwellingId::from_digest(&[7; 32]),
            generation: GenerationId::fresh(),
            committee: CommitteeId::fresh(),
            commune,
            fingerprint: String::new(),
            first_published_at: now,
            changed_at: now,
        };
        Self { about, subject, part: Part::Body, bytes: Vec::new() }
    }
}

/// A sheet found in the reader's commune.
pub(super) struct Found {
    pub committee: Committee,
    pub withdrawn: bool,
    pub sealed: Sealed,
}

/// What a sealed part is bound to: moved to another row, it does not open.
fn bound_to(committee: &CommitteeId, commune: &Insee, sheet: &SheetId, part: Part) -> Vec<u8> {
    [committee.as_str().as_bytes(), commune.as_str().as_bytes(), sheet.as_str().as_bytes(), part.name()]
        .join(&b'|')
}

/// Seals both parts of a sheet under its generation's key.
pub(super) fn seal(
    key: &Key,
    committee: &CommitteeId,
    commune: &Insee,
    sheet: &SheetId,
    part: Part,
    bytes: &[u8],
) -> Result<Vec<u8>> {
    key.seal(bytes, &bound_to(committee, commune, sheet, part))
}

/// Opens one part. A key that is gone makes the sheet gone, whatever rows are left.
pub(super) fn open(sealed: &Sealed, keyring: &Keyring) -> Result<Zeroizing<Vec<u8>>> {
    let about = &sealed.about;
    let key = keyring.get(&KeyName::Generation(about.generation.clone()))?.ok_or(Error::NotFound)?;
    key.open(&sealed.bytes, &bound_to(&about.committee, &about.commune, &about.sheet, sealed.part))
}

/// Opens a list entry.
pub(super) fn open_entry(sealed: &Sealed, keyring: &Keyring) -> Result<ListEntry> {
    if sealed.part != Part::Entry {
        return Err(Error::internal("a body is no list entry"));
    }
    ListEntry::from_bytes(&open(sealed, keyring)?).map_err(Error::internal)
}

impl Row {
    fn about(&self) -> About {
        About {
            sheet: self.sheet_id.clone(),
            dwelling: self.dwelling_id.clone(),
            generation: self.generation_id.clone(),
            committee: self.committee_id.clone(),
            commune: self.commune.clone(),
            fingerprint: self.fingerprint.clone(),
            first_published_at: self.first_published_at,
            changed_at: self.changed_at,
        }
    }

    fn into_sealed(self, part: Part) -> Sealed {
        let about = self.about();
        let subject = Subject { id: self.subject, month: self.subject_month };
        let bytes = match part {
            Part::Entry => self.entry,
            Part::Body => self.body,
        };
        Sealed { about, subject, part, bytes }
    }
}

/// A sheet of this commune in its committee's published generation, with its body.
pub(super) fn find(conn: &mut Conn, id: &SheetId, commune: &Insee) -> Result<Option<Found>> {
    let found: Option<(Row, Committee)> = sheets::table
        .inner_join(committees_table::table.on(committees_table::id.eq(sheets::committee_id)))
        .filter(sheets::sheet_id.eq(id).and(sheets::commune.eq(commune)))
        .filter(committees_table::generation_id.eq(sheets::generation_id.nullable()))
        .select((sheets::all_columns, committees_table::all_columns))
        .first(conn)
        .optional()?;
    let withdrawn: i64 = withdrawals::table
        .filter(withdrawals::sheet_id.eq(id).and(withdrawals::kind.ne(WithdrawalKind::Import)))
        .count()
        .get_result(conn)?;
    Ok(found.map(|(row, committee)| Found {
        withdrawn: withdrawn > 0,
        committee,
        sealed: row.into_sealed(Part::Body),
    }))
}

/// The readable rows of a commune in a committee's published generation, in the agenda's order.
fn readable(conn: &mut Conn, id: &CommitteeId, commune: &Insee) -> Result<Option<(Committee, Vec<Row>)>> {
    let Some(committee) = committees::find(conn, id)? else { return Ok(None) };
    let Some(generation) = committee.generation_id.clone() else { return Ok(None) };
    let withdrawn = withdrawals::table
        .filter(withdrawals::committee_id.eq(id).and(withdrawals::kind.ne(WithdrawalKind::Import)))
        .select(withdrawals::sheet_id);
    let rows: Vec<Row> = sheets::table
        .filter(sheets::generation_id.eq(generation).and(sheets::commune.eq(commune)))
        .filter(sheets::sheet_id.ne_all(withdrawn))
        .order(sheets::position)
        .load(conn)?;
    Ok(Some((committee, rows)))
}

/// The list entries of a commune. A committee that has none there is unknown there.
pub(super) fn entries(
    conn: &mut Conn,
    id: &CommitteeId,
    commune: &Insee,
) -> Result<Option<(Committee, Vec<Sealed>)>> {
    let Some((committee, rows)) = readable(conn, id, commune)? else { return Ok(None) };
    if rows.is_empty() && departed(conn, id, commune)?.is_empty() {
        return Ok(None);
    }
    Ok(Some((committee, rows.into_iter().map(|row| row.into_sealed(Part::Entry)).collect())))
}

/// The bodies of one dwelling's candidates.
pub(super) fn bodies_of(
    conn: &mut Conn,
    id: &CommitteeId,
    commune: &Insee,
    dwelling: &DwellingId,
) -> Result<Option<(Committee, Vec<Sealed>)>> {
    let Some((committee, rows)) = readable(conn, id, commune)? else { return Ok(None) };
    let of_dwelling = rows.into_iter().filter(|row| row.dwelling_id == *dwelling);
    Ok(Some((committee, of_dwelling.map(|row| row.into_sealed(Part::Body)).collect())))
}

/// A sheet that is no longer shown.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Departed {
    pub sheet: SheetId,
    pub dwelling: DwellingId,
    pub since: NaiveDateTime,
}

/// The sheets of a commune that were withdrawn, latest first.
pub(super) fn departed(conn: &mut Conn, id: &CommitteeId, commune: &Insee) -> Result<Vec<Departed>> {
    let mut all: Vec<Departed> = withdrawals::table
        .filter(withdrawals::committee_id.eq(id).and(withdrawals::commune.eq(commune)))
        .order(withdrawals::since.desc())
        .select((withdrawals::sheet_id, withdrawals::dwelling_id, withdrawals::since))
        .load(conn)?;
    all.dedup_by(|a, b| a.sheet == b.sheet);
    Ok(all)
}

/// The committees that have, or had, sheets of this commune and are not past, soonest first.
pub(super) fn committees_of(conn: &mut Conn, commune: &Insee, now: Now) -> Result<Vec<Committee>> {
    let with_sheets = sheets::table
        .filter(sheets::commune.eq(commune))
        .filter(committees_table::generation_id.eq(sheets::generation_id.nullable()));
    let had_sheets = withdrawals::table
        .filter(withdrawals::commune.eq(commune))
        .filter(withdrawals::committee_id.eq(committees_table::id));
    let all: Vec<Committee> = committees_table::table
        .filter(diesel::dsl::exists(with_sheets).or(diesel::dsl::exists(had_sheets)))
        .filter(committees_table::ends_on.ge(now.today()))
        .order((committees_table::held_on, committees_table::reference))
        .load(conn)?;
    Ok(all.into_iter().filter(|committee| committee.is_readable(now.today())).collect())
}

/// What a reader has read: sheet, fingerprint at that time.
pub(super) fn readings(
    conn: &mut Conn,
    account: &AccountId,
    id: &CommitteeId,
) -> Result<Vec<(SheetId, String)>> {
    Ok(readings::table
        .filter(readings::account_id.eq(account).and(readings::committee_id.eq(id)))
        .select((readings::sheet_id, readings::fingerprint))
        .load(conn)?)
}

/// Notes that this reader has read the sheet as it is now. Belongs to the reader, shown to nobody else.
pub(super) fn note_reading(conn: &mut Conn, account: &AccountId, about: &About, now: Now) -> Result<()> {
    use diesel::upsert::excluded;
    on_conn!(conn, |c| diesel::insert_into(readings::table)
        .values((
            readings::account_id.eq(account),
            readings::sheet_id.eq(&about.sheet),
            readings::committee_id.eq(&about.committee),
            readings::fingerprint.eq(&about.fingerprint),
            readings::read_at.eq(now.naive()),
        ))
        .on_conflict((readings::account_id, readings::sheet_id))
        .do_update()
        .set((
            readings::fingerprint.eq(excluded(readings::fingerprint)),
            readings::read_at.eq(excluded(readings::read_at)),
        ))
        .execute(c))?;
    Ok(())
}

/// Inserts sealed rows of a generation that nobody points to yet.
pub(super) fn insert(conn: &mut Conn, rows: &[Row]) -> Result<()> {
    on_conn!(conn, |c| diesel::insert_into(sheets::table).values(rows).execute(c))?;
    Ok(())
}

/// Begins a generation, invisible until a committee points to it.
pub(super) fn begin_generation(
    conn: &mut Conn,
    id: &GenerationId,
    committee: &CommitteeId,
    digest: &str,
    sheets: i32,
    now: Now,
) -> Result<()> {
    diesel::insert_into(generations::table)
        .values((
            generations::id.eq(id),
            generations::committee_id.eq(committee),
            generations::digest.eq(digest),
            generations::sheets.eq(sheets),
            generations::created_at.eq(now.naive()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The digest of a generation, to see that a file changes nothing.
pub(super) fn digest_of(conn: &mut Conn, id: &GenerationId) -> Result<Option<String>> {
    Ok(generations::table.find(id).select(generations::digest).first(conn).optional()?)
}

/// What a committee's present generation holds.
pub(super) fn present_state(conn: &mut Conn, generation: &GenerationId) -> Result<Vec<About>> {
    Ok(sheets::table
        .filter(sheets::generation_id.eq(generation))
        .select((
            sheets::sheet_id,
            sheets::dwelling_id,
            sheets::generation_id,
            sheets::committee_id,
            sheets::commune,
            sheets::fingerprint,
            sheets::first_published_at,
            sheets::changed_at,
        ))
        .load(conn)?)
}

/// Notes sheets that the landlord's file no longer holds, and forgets those that came back.
pub(super) fn follow_departures(
    conn: &mut Conn,
    committee: &CommitteeId,
    gone: &[About],
    present: &HashSet<&SheetId>,
    now: Now,
) -> Result<()> {
    let noted: Vec<SheetId> = withdrawals::table
        .filter(withdrawals::committee_id.eq(committee).and(withdrawals::kind.eq(WithdrawalKind::Import)))
        .select(withdrawals::sheet_id)
        .load(conn)?;
    for back in noted.iter().filter(|sheet| present.contains(sheet)) {
        diesel::delete(withdrawals::table.find((back, WithdrawalKind::Import))).execute(conn)?;
    }
    for about in gone {
        on_conn!(conn, |c| diesel::insert_into(withdrawals::table)
            .values((
                withdrawals::sheet_id.eq(&about.sheet),
                withdrawals::committee_id.eq(&about.committee),
                withdrawals::commune.eq(&about.commune),
                withdrawals::dwelling_id.eq(&about.dwelling),
                withdrawals::kind.eq(WithdrawalKind::Import),
                withdrawals::reason.eq(""),
                withdrawals::since.eq(now.naive()),
            ))
            .on_conflict((withdrawals::sheet_id, withdrawals::kind))
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// How many of these sheets a manager withdrew or hid: an import's report names them (E5).
pub(super) fn still_withheld(conn: &mut Conn, committee: &CommitteeId) -> Result<i64> {
    Ok(withdrawals::table
        .filter(withdrawals::committee_id.eq(committee).and(withdrawals::kind.ne(WithdrawalKind::Import)))
        .count()
        .get_result(conn)?)
}

/// How many candidates stand for a dwelling in a generation.
pub(super) fn candidates(conn: &mut Conn, generation: &GenerationId, dwelling: &DwellingId) -> Result<u32> {
    let count: i64 = sheets::table
        .filter(sheets::generation_id.eq(generation).and(sheets::dwelling_id.eq(dwelling)))
        .count()
        .get_result(conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::committees::{Announced, Status};
    use crate::platform::db::{Contents, Location};
    use crate::platform::schema::communes;
    use crate::platform::{Clock, Db};

    #[test]
    fn e04_a_commune_sees_no_committee_of_which_nothing_is_published_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("parvis.db")), Contents::Main).unwrap();
        db.migrate(Contents::Main).unwrap();
        let now = Clock::starting_at("2026-11-23T09:00:00Z".parse().unwrap()).now();
        let [published, coming] = [GenerationId::fresh(), GenerationId::fresh()];
        let announced = Announced {
            reference: "Est 2026-48".into(),
            sector: String::new(),
            held_on: now.today(),
            ends_on: now.today(),
            starts_at: None,
            status: Status::Planned,
        };
        let mut committee = Committee::new(&announced, now);
        committee.generation_id = Some(published.clone());
        let [valbourg, merizeau]: [Insee; 2] = ["99101", "99102"].map(|insee| insee.parse().unwrap());
        let row = |generation: &GenerationId, commune: &Insee| Row {
            generation_id: generation.clone(),
            sheet_id: SheetId::from_digest(&[7; 32]),
            committee_id: committee.id.clone(),
            commune: commune.clone(),
            dwelling_id: DwellingId::from_digest(&[7; 32]),
            position: 0,
            fingerprint: String::new(),
            subject: SubjectId::from_digest(&[7; 32]),
            subject_month: now.month(),
            first_published_at: now.naive(),
            changed_at: now.naive(),
            entry: Vec::new(),
            body: Vec::new(),
        };
        let seen = |commune: &Insee| db.read(|conn| committees_of(conn, commune, now)).unwrap().len();
        db.write(|conn| {
            for (insee, name) in [(&valbourg, "Valbourg"), (&merizeau, "Mérizeau")] {
                diesel::insert_into(communes::table)
                    .values((
                        communes::insee.eq(insee),
                        communes::name.eq(name),
                        communes::alsace_moselle.eq(false),
                        communes::good_friday.eq(false),
                    ))
                    .execute(conn)?;
            }
            committees::save(conn, &committee)?;
            begin_generation(conn, &published, &committee.id, "", 1, now)?;
            begin_generation(conn, &coming, &committee.id, "", 1, now)?;
            insert(conn, &[row(&published, &valbourg), row(&coming, &merizeau)])
        })
        .unwrap();
        assert_eq!((seen(&valbourg), seen(&merizeau)), (1, 0), "an import is under way");
        let gone = row(&published, &merizeau).about();
        db.write(|conn| {
            diesel::insert_into(withdrawals::table)
                .values((
                    withdrawals::sheet_id.eq(&gone.sheet),
                    withdrawals::committee_id.eq(&gone.committee),
                    withdrawals::commune.eq(&gone.commune),
                    withdrawals::dwelling_id.eq(&gone.dwelling),
                    withdrawals::kind.eq(WithdrawalKind::Import),
                    withdrawals::reason.eq(""),
                    withdrawals::since.eq(now.naive()),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
        assert_eq!(seen(&merizeau), 1, "what was taken back is told");
    }
}
