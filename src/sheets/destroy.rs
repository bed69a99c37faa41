//! Destroying sheets: first the key, which makes every copy unreadable, then the rows (E7).

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::committees;
use crate::identity::Machine;
use crate::platform::id::{CommitteeId, GenerationId};
use crate::platform::keyring::KeyName;
use crate::platform::schema::{
    committees as committees_table, generations, purges, readings, sheets, withdrawals,
};
use crate::platform::{Conn, Now, Result};

/// Destroys generations: all keys, then what is left of them in the keyring's files, then the rows. A
/// generation whose key may still lie in a file keeps its name, so that the sweep takes it again.
pub fn generations(machine: &Machine, ids: &[GenerationId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for id in ids {
        machine.keyring().destroy(&KeyName::Generation(id.clone()))?;
    }
    let emptied = until_done(|| machine.keyring().erase_remains())?;
    ids.iter().try_for_each(|id| delete_sheets(machine, id))?;
    if !emptied {
        tracing::warn!(generations = ids.len(), "remains of destroyed keys are left to the sweep");
        return Ok(());
    }
    machine.db().write(|conn| {
        diesel::delete(generations::table.filter(generations::id.eq_any(ids))).execute(conn)?;
        Ok(())
    })
}

fn delete_sheets(machine: &Machine, id: &GenerationId) -> Result<()> {
    // Rows go in portions: a long transaction would keep traces waiting.
    loop {
        let portion: Vec<String> = machine.db().read(|conn| {
            Ok(sheets::table
                .filter(sheets::generation_id.eq(id))
                .limit(500)
                .select(sheets::sheet_id)
                .load(conn)?)
        })?;
        if portion.is_empty() {
            return Ok(());
        }
        machine.db().write(|conn| {
            diesel::delete(
                sheets::table.filter(sheets::generation_id.eq(id).and(sheets::sheet_id.eq_any(&portion))),
            )
            .execute(conn)?;
            Ok(())
        })?;
    }
}

/// Those of these generations that nobody points to. A publication may be committed and its answer lost:
/// asked through the door of writers, which waits for the end of a transaction that is still under way.
pub fn unpublished(machine: &Machine, mut ids: Vec<GenerationId>) -> Result<Vec<GenerationId>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let pointed: Vec<GenerationId> = machine.db().write(|conn| {
        let pointed = committees_table::table.filter(committees_table::generation_id.eq_any(&ids));
        Ok(pointed.select(committees_table::generation_id.assume_not_null()).load(conn)?)
    })?;
    ids.retain(|id| !pointed.contains(id));
    Ok(ids)
}

/// Forgets committees that no import has published and of which no generation is left, with their keys.
pub fn never_published(machine: &Machine, ids: &[CommitteeId]) -> Result<()> {
    for id in ids {
        let forgotten = machine.db().write(|conn| {
            let begun = generations::table.filter(generations::committee_id.eq(id));
            let unknown = committees_table::table.find(id).filter(committees_table::published_at.is_null());
            if begun.count().get_result::<i64>(conn)? > 0 {
                return Ok(false);
            }
            Ok(diesel::delete(unknown).execute(conn)? == 1)
        })?;
        if forgotten {
            machine.keyring().destroy(&KeyName::Committee(id.clone()))?;
        }
    }
    Ok(())
}

/// How long an import may take before what it left is swept.
const ORPHAN_AGE: TimeDelta = TimeDelta::hours(6);

/// Destroys what a crash in the middle of an import leaves: generations that nobody points to,
/// committees never published, keys without a row. Returns how many generations.
pub fn sweep_orphans(machine: &Machine) -> Result<usize> {
    let limit = machine.clock().now().naive() - ORPHAN_AGE;
    let orphans: Vec<GenerationId> = machine.db().read(|conn| {
        let pointed = committees_table::table
            .filter(committees_table::generation_id.is_not_null())
            .select(committees_table::generation_id.assume_not_null());
        Ok(generations::table
            .filter(generations::created_at.lt(limit).and(generations::id.ne_all(pointed)))
            .select(generations::id)
            .load(conn)?)
    })?;
    generations(machine, &orphans)?;
    let never: Vec<CommitteeId> = machine.db().read(|conn| {
        let unpublished = committees_table::table.filter(committees_table::published_at.is_null());
        Ok(unpublished.select(committees_table::id).load(conn)?)
    })?;
    never_published(machine, &never)?;
    sweep_keys(machine)?;
    Ok(orphans.len())
}

/// A row stands before its key is made, and longer: a key without a row opens nothing any more.
fn sweep_keys(machine: &Machine) -> Result<()> {
    let (of_generations, of_committees) =
        (machine.keyring().names("generation")?, machine.keyring().names("committee")?);
    let (generations, committees): (Vec<GenerationId>, Vec<CommitteeId>) = machine.db().read(|conn| {
        Ok((
            generations::table.select(generations::id).load(conn)?,
            committees_table::table.select(committees_table::id).load(conn)?,
        ))
    })?;
    let lost = of_generations
        .iter()
        .filter_map(|name| name.parse().ok())
        .filter(|id| !generations.contains(id))
        .map(KeyName::Generation);
    let lost = lost.chain(
        of_committees
            .iter()
            .filter_map(|name| name.parse().ok())
            .filter(|id| !committees.contains(id))
            .map(KeyName::Committee),
    );
    let lost: Vec<KeyName> = lost.collect();
    lost.iter().try_for_each(|name| machine.keyring().destroy(name))?;
    if !lost.is_empty() {
        machine.keyring().erase_remains()?;
    }
    Ok(())
}

/// Whether a committee's destruction has begun and is not certified yet.
pub(super) fn is_under_way(conn: &mut Conn, id: &CommitteeId) -> Result<bool> {
    Ok(purges::table.find(id).count().get_result::<i64>(conn)? > 0)
}

/// What the destruction of a committee's sheets has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destroyed {
    pub sheets_before: i64,
    pub sheets_deleted: i64,
    /// Counted again afterwards: 0.
    pub sheets_left: i64,
    pub keys_before: i64,
    pub keys_left: i64,
    /// The logs of both databases were emptied.
    pub logs_emptied: bool,
    pub began_at: NaiveDateTime,
}

fn keys_of(machine: &Machine, id: &CommitteeId, generations: &[GenerationId]) -> Result<Vec<KeyName>> {
    let mut present = Vec::new();
    let names =
        generations.iter().map(|g| KeyName::Generation(g.clone())).chain([KeyName::Committee(id.clone())]);
    for name in names {
        if machine.keyring().get(&name)?.is_some() {
            present.push(name);
        }
    }
    Ok(present)
}

fn generations_of(machine: &Machine, id: &CommitteeId) -> Result<Vec<GenerationId>> {
    machine.db().read(|conn| {
        Ok(generations::table.filter(generations::committee_id.eq(id)).select(generations::id).load(conn)?)
    })
}

fn count_sheets(machine: &Machine, id: &CommitteeId) -> Result<i64> {
    machine
        .db()
        .read(|conn| Ok(sheets::table.filter(sheets::committee_id.eq(id)).count().get_result(conn)?))
}

/// Destroys all that a committee has, and counts. Begun twice, after a crash or by two processes, it ends
/// the same: what was counted at first, and since, is kept with the committee until the certificate.
/// `None` for one that is no longer to be destroyed: postponed meanwhile, or purged by another.
pub fn committee(machine: &Machine, id: &CommitteeId, now: Now) -> Result<Option<Destroyed>> {
    let all = generations_of(machine, id)?;
    let keys = keys_of(machine, id, &all)?;
    let keys_before = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let begun = machine.db().write(|conn| {
        let stored = committees::find(conn, id)?;
        if stored.is_none_or(|one| one.purged_at.is_some() || !one.is_due_for_purge(now.today())) {
            return Ok(false);
        }
        if is_under_way(conn, id)? {
            return Ok(true);
        }
        let before: i64 = sheets::table.filter(sheets::committee_id.eq(id)).count().get_result(conn)?;
        diesel::insert_into(purges::table)
            .values((
                purges::committee_id.eq(id),
                purges::began_at.eq(now.naive()),
                purges::sheets_before.eq(before),
                purges::sheets_deleted.eq(0),
                purges::keys_before.eq(keys_before),
            ))
            .execute(conn)?;
        Ok(true)
    })?;
    if !begun {
        return Ok(None);
    }
    for key in &keys {
        machine.keyring().destroy(key)?;
    }
    let keyring_emptied = until_done(|| machine.keyring().erase_remains())?;
    delete_rows(machine, id)?;
    let logs_emptied = until_done(|| machine.db().checkpoint())? && keyring_emptied;
    let counted: Option<(NaiveDateTime, i64, i64, i64)> = machine.db().read(|conn| {
        let columns = (purges::began_at, purges::sheets_before, purges::sheets_deleted, purges::keys_before);
        Ok(purges::table.find(id).select(columns).first(conn).optional()?)
    })?;
    let Some((began_at, sheets_before, sheets_deleted, keys_before)) = counted else { return Ok(None) };
    Ok(Some(Destroyed {
        sheets_before,
        sheets_deleted,
        sheets_left: count_sheets(machine, id)?,
        keys_before,
        keys_left: i64::try_from(keys_of(machine, id, &all)?.len()).unwrap_or(i64::MAX),
        logs_emptied,
        began_at,
    }))
}

/// Deletes in portions, each counted in its own transaction.
fn delete_rows(machine: &Machine, id: &CommitteeId) -> Result<()> {
    loop {
        let deleted = machine.db().write(|conn| {
            let portion: Vec<(GenerationId, String)> = sheets::table
                .filter(sheets::committee_id.eq(id))
                .limit(500)
                .select((sheets::generation_id, sheets::sheet_id))
                .load(conn)?;
            let mut deleted = 0_usize;
            for (generation, sheet) in &portion {
                deleted += diesel::delete(
                    sheets::table
                        .filter(sheets::generation_id.eq(generation).and(sheets::sheet_id.eq(sheet))),
                )
                .execute(conn)?;
            }
            let deleted = i64::try_from(deleted).unwrap_or(i64::MAX);
            diesel::update(purges::table.find(id))
                .set(purges::sheets_deleted.eq(purges::sheets_deleted + deleted))
                .execute(conn)?;
            if deleted == 0 {
                diesel::delete(generations::table.filter(generations::committee_id.eq(id))).execute(conn)?;
                diesel::delete(withdrawals::table.filter(withdrawals::committee_id.eq(id))).execute(conn)?;
                diesel::delete(readings::table.filter(readings::committee_id.eq(id))).execute(conn)?;
                diesel::update(committees_table::table.find(id))
                    .set(committees_table::generation_id.eq(None::<GenerationId>))
                    .execute(conn)?;
            }
            Ok(deleted)
        })?;
        if deleted == 0 {
            return Ok(());
        }
    }
}

/// A reader may be in the way of a checkpoint for a moment: some tries, then the next tick.
fn until_done(mut step: impl FnMut() -> Result<bool>) -> Result<bool> {
    for _ in 0..20 {
        if step()? {
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(false)
}
