//! The rows of traces. Private to the slice, but for the verbs `mod.rs` gives out.

use std::net::IpAddr;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Author, DisplayId, Entry, Kind, Subject};
use crate::platform::clock::{month_of, to_paris};
use crate::platform::db::on_conn;
use crate::platform::id::{AccountId, CommitteeId, Insee, InstanceId, SheetId, SubjectId};
use crate::platform::schema::{monthly_counters, trace_batches, traces};
use crate::platform::{Conn, Now, Result};

/// A trace as it is stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = traces)]
pub(super) struct Row {
    pub instance: InstanceId,
    pub batch: i64,
    pub place: i32,
    pub at: NaiveDateTime,
    pub kind: Kind,
    pub actor: Option<AccountId>,
    pub role: Option<String>,
    pub session: Option<String>,
    pub network: Option<String>,
    pub device: Option<String>,
    pub commune: Option<Insee>,
    pub committee: Option<CommitteeId>,
    pub sheet: Option<SheetId>,
    pub subject: Option<SubjectId>,
    pub subject_month: Option<String>,
    pub display: Option<String>,
    /// The display, of another row of the same commit, that shows this sheet among others.
    pub part_of: Option<String>,
    pub reason: Option<String>,
    pub method: Option<String>,
    pub occurrences: i32,
}

impl Row {
    /// The rows of a commit: one for each entry, followed by those of the sheets it compares.
    pub fn all_of(entries: &[&Entry], instance: &InstanceId, batch: i64) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::with_capacity(entries.len());
        for entry in entries {
            let row = Self::of(entry, instance, batch);
            let compared = entry.compared.iter().map(|(sheet, subject)| Self {
                sheet: Some(sheet.clone()),
                subject: Some(subject.id.clone()),
                subject_month: Some(subject.month.clone()),
                display: None,
                part_of: row.display.clone(),
                ..row.clone()
            });
            let compared: Vec<Self> = compared.collect();
            rows.push(row);
            rows.extend(compared);
        }
        for (place, row) in (0..).zip(&mut rows) {
            row.place = place;
        }
        rows
    }

    fn of(entry: &Entry, instance: &InstanceId, batch: i64) -> Self {
        Self {
            instance: instance.clone(),
            batch,
            place: 0,
            at: entry.at.naive(),
            kind: entry.kind,
            actor: entry.author.account.clone(),
            role: entry.author.role.clone(),
            session: entry.author.session.clone(),
            network: entry.author.network.map(|ip| ip.to_string()),
            device: entry.author.device.clone(),
            commune: entry.commune.clone(),
            committee: entry.committee.clone(),
            sheet: entry.sheet.clone(),
            subject: entry.subject.as_ref().map(|s| s.id.clone()),
            subject_month: entry.subject.as_ref().map(|s| s.month.clone()),
            display: entry.display.as_ref().map(ToString::to_string),
            part_of: None,
            reason: entry.reason.clone(),
            method: entry.method.clone(),
            occurrences: entry.occurrences,
        }
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { id: self.subject.clone()?, month: self.subject_month.clone()? })
    }

    /// The entry of this row and of those that are part of its display.
    fn into_entry(self, parts: Vec<Self>) -> Result<Entry> {
        let subject = self.subject();
        let compared = parts.into_iter().filter_map(|part| Some((part.sheet.clone()?, part.subject()?)));
        Ok(Entry {
            compared: compared.collect(),
            at: Now::recorded(self.at),
            kind: self.kind,
            author: Author {
                account: self.actor,
                role: self.role,
                session: self.session,
                network: self.network.and_then(|ip| ip.parse::<IpAddr>().ok()),
                device: self.device,
            },
            commune: self.commune,
            committee: self.committee,
            sheet: self.sheet,
            subject,
            display: self.display.map(DisplayId::try_from).transpose()?,
            reason: self.reason,
            method: self.method,
            occurrences: self.occurrences,
        })
    }
}

/// A completed sign-in, for its owner and for signs of sharing (E19).
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SignIn {
    pub at: NaiveDateTime,
    pub device: Option<String>,
    pub network: Option<String>,
    /// As [`Author::session`].
    pub session: Option<String>,
}

/// The sign-ins of an account, latest first; since an instant, if one is given.
pub fn sign_ins(
    conn: &mut Conn,
    of: &AccountId,
    since: Option<NaiveDateTime>,
    at_most: i64,
) -> Result<Vec<SignIn>> {
    Ok(traces::table
        .filter(traces::actor.eq(of).and(traces::kind.eq(Kind::SignIn)))
        .filter(traces::at.ge(since.unwrap_or_default()))
        .order(traces::at.desc())
        .limit(at_most)
        .select((traces::at, traces::device, traces::network, traces::session))
        .load(conn)?)
}

/// One commit of the writer: how many rows, and the head of the chain after them.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = trace_batches)]
pub(super) struct Batch {
    pub instance: InstanceId,
    pub batch: i64,
    pub entries: i32,
    pub head: String,
    pub at: NaiveDateTime,
}

pub(super) fn insert(conn: &mut Conn, rows: &[Row], batch: &Batch) -> Result<()> {
    on_conn!(conn, |c| {
        diesel::insert_into(traces::table).values(rows).execute(c)?;
        diesel::insert_into(trace_batches::table).values(batch).execute(c)
    })?;
    Ok(())
}

pub(super) fn find_display(conn: &mut Conn, display: &DisplayId) -> Result<Option<Entry>> {
    let code = display.to_string();
    let Some(row) = traces::table.filter(traces::display.eq(&code)).first::<Row>(conn).optional()? else {
        return Ok(None);
    };
    let parts: Vec<Row> = traces::table.filter(traces::part_of.eq(&code)).order(traces::place).load(conn)?;
    row.into_entry(parts).map(Some)
}

/// The head of one batch, if it was committed.
pub(super) fn head_of(conn: &mut Conn, instance: &InstanceId, batch: i64) -> Result<Option<String>> {
    Ok(trace_batches::table.find((instance, batch)).select(trace_batches::head).first(conn).optional()?)
}

pub(super) fn batches(conn: &mut Conn) -> Result<Vec<Batch>> {
    Ok(trace_batches::table.order((trace_batches::instance, trace_batches::batch)).load(conn)?)
}

pub(super) fn rows_of(conn: &mut Conn, instance: &InstanceId, batch: i64) -> Result<Vec<Row>> {
    Ok(traces::table
        .filter(traces::instance.eq(instance).and(traces::batch.eq(batch)))
        .order(traces::place)
        .load(conn)?)
}

/// Rows that no batch announces, as `instance, batch`: somebody added them.
pub(super) fn rows_without_batch(conn: &mut Conn) -> Result<Vec<(InstanceId, i64)>> {
    Ok(traces::table
        .left_join(
            trace_batches::table
                .on(trace_batches::instance.eq(traces::instance).and(trace_batches::batch.eq(traces::batch))),
        )
        .filter(trace_batches::head.nullable().is_null())
        .select((traces::instance, traces::batch))
        .distinct()
        .load(conn)?)
}

/// How many different sheets `account` has been shown since `window` ago, one by one or compared: going
/// back and forth counts once (E25). `but` are the sheets that are being asked for: they are no others.
pub fn displays_of_different_sheets(
    conn: &mut Conn,
    account: &AccountId,
    but: &[SheetId],
    now: Now,
    window: TimeDelta,
) -> Result<i64> {
    Ok(traces::table
        .filter(traces::actor.eq(account).and(traces::kind.eq_any([Kind::Sheet, Kind::Comparison])))
        .filter(traces::at.gt(now.naive() - window).and(traces::sheet.ne_all(but)))
        .select(diesel::dsl::count(traces::sheet).aggregate_distinct())
        .first(conn)?)
}

/// The oldest trace, for the evidence that none exceeds six months (E10).
pub fn oldest(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    Ok(traces::table.select(diesel::dsl::min(traces::at)).first(conn)?)
}

/// The latest sign-in. Its code was that of a telephone, so that the clock was right: no clock that is
/// right shows less now.
pub fn latest_sign_in(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    let sign_ins = traces::table.filter(traces::kind.eq(Kind::SignIn));
    Ok(sign_ins.select(diesel::dsl::max(traces::at)).first(conn)?)
}

/// Adds the traces before `limit` to the monthly counters (no person in them, E38), then erases
/// them; both in the caller's transaction, so that none is counted twice. Batches go whole, with their
/// oldest row: one cut in two would look altered. Those of the `most` oldest rows: returns how many
/// rows went.
pub fn count_and_erase_before(conn: &mut Conn, limit: NaiveDateTime, most: i64) -> Result<usize> {
    type Counted = (NaiveDateTime, Kind, Option<Insee>, i32);
    let past: Vec<(InstanceId, i64)> = traces::table
        .filter(traces::at.lt(limit))
        .order(traces::at)
        .limit(most)
        .select((traces::instance, traces::batch))
        .load(conn)?;
    let past: std::collections::BTreeSet<(InstanceId, i64)> = past.into_iter().collect();
    let (mut going, mut erased): (Vec<Counted>, usize) = (Vec::new(), 0);
    for (instance, batch) in &past {
        let rows = traces::table.filter(traces::instance.eq(instance).and(traces::batch.eq(batch)));
        // What is part of a display is not another one.
        let counted: Vec<Counted> = rows
            .filter(traces::part_of.is_null())
            .select((traces::at, traces::kind, traces::commune, traces::occurrences))
            .load(conn)?;
        going.extend(counted);
        erased += diesel::delete(rows).execute(conn)?;
    }
    let mut sums = std::collections::BTreeMap::new();
    for (at, kind, commune, occurrences) in &going {
        let month = month_of(to_paris(*at).date_naive());
        let commune = commune.as_ref().map_or(String::new(), ToString::to_string);
        *sums.entry((month, commune, kind.as_str())).or_insert(0_i64) += i64::from(*occurrences);
    }
    for ((month, commune, kind), amount) in sums {
        add_to_counter(conn, &month, &commune, kind, amount)?;
    }
    Ok(erased)
}

/// Adds to one monthly counter.
pub(super) fn add_to_counter(
    conn: &mut Conn,
    month: &str,
    commune: &str,
    kind: &str,
    amount: i64,
) -> Result<()> {
    on_conn!(conn, |c| diesel::insert_into(monthly_counters::table)
        .values((
            monthly_counters::month.eq(month),
            monthly_counters::commune.eq(commune),
            monthly_counters::kind.eq(kind),
            monthly_counters::amount.eq(amount),
        ))
        .on_conflict((monthly_counters::month, monthly_counters::commune, monthly_counters::kind))
        .do_update()
        .set(monthly_counters::amount.eq(monthly_counters::amount + excluded(monthly_counters::amount)))
        .execute(c))?;
    Ok(())
}

/// The months whose pseudonyms still stand in a trace: their keys are still needed.
pub fn months_in_use(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(traces::table
        .filter(traces::subject_month.is_not_null())
        .select(traces::subject_month.assume_not_null())
        .distinct()
        .load(conn)?)
}
