//! Destroying sheets: first the key, which makes every copy unreadable, then the rows (E7).

use diesel::prelude::*;

use crate::identity::Machine;
use crate::platform::id::{CommitteeId, GenerationId};
use crate::platform::keyring::KeyName;
use crate::platform::schema::{committees, generations, purges, readings, sheets, withdrawals};
use crate::platform::{Conn, Now, Result};

/// Destroys generations: all keys, then what is left of them in the keyring's files, then the rows.
pub fn generations(machine: &Machine, ids: &[GenerationId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for id in ids {
        machine.keyring().destroy(&KeyName::Generation(id.clone()))?;
    }
    machine.keyring().erase_remains()?;
    ids.iter().try_for_each(|id| delete_generation(machine, id))
}

fn delete_generation(machine: &Machine, id: &GenerationId) -> Result<()> {
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
            break;
        }
        machine.db().write(|conn| {
            diesel::delete(
                sheets::table.filter(sheets::generation_id.eq(id).and(sheets::sheet_id.eq_any(&portion))),
            )
            .execute(conn)?;
            Ok(())
        })?;
    }
    machine.db().write(|conn| {
        diesel::delete(generations::table.find(id)).execute(conn)?;
        Ok(())
    })
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
    pub began_at: chrono::NaiveDateTime,
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

/// Destroys all that a committee has, and counts. Begun twice, after a crash or beside another process,
/// it ends the same: what was counted at first, and what each has deleted, is kept with the committee
/// until the certificate. `None` if another process has certified it meanwhile.
pub fn committee(machine: &Machine, id: &CommitteeId, now: Now) -> Result<Option<Destroyed>> {
    let all = generations_of(machine, id)?;
    let keys = keys_of(machine, id, &all)?;
    let keys_before = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let begun = machine.db().write(|conn| {
        if !is_to_purge(conn, id)? {
            return Ok(false);
        }
        if noted(conn, id)?.is_some() {
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
    let keys_left = i64::try_from(keys_of(machine, id, &all)?.len()).unwrap_or(i64::MAX);
    machine.db().read(|conn| {
        let Some((began_at, sheets_before, sheets_deleted, keys_before)) = noted(conn, id)? else {
            return Ok(None);
        };
        let sheets_left: i64 = sheets::table.filter(sheets::committee_id.eq(id)).count().get_result(conn)?;
        Ok(Some(Destroyed {
            sheets_before,
            sheets_deleted,
            sheets_left,
            keys_before,
            keys_left,
            logs_emptied,
            began_at,
        }))
    })
}

/// Whether nobody has certified it yet.
fn is_to_purge(conn: &mut Conn, id: &CommitteeId) -> Result<bool> {
    let open = committees::table.find(id).filter(committees::purged_at.is_null());
    Ok(open.count().get_result::<i64>(conn)? == 1)
}

/// What is noted of a purge under way: when it began, sheets before, sheets deleted, keys before.
fn noted(conn: &mut Conn, id: &CommitteeId) -> Result<Option<(chrono::NaiveDateTime, i64, i64, i64)>> {
    Ok(purges::table
        .find(id)
        .select((purges::began_at, purges::sheets_before, purges::sheets_deleted, purges::keys_before))
        .first(conn)
        .optional()?)
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
                diesel::update(committees::table.find(id))
                    .set(committees::generation_id.eq(None::<GenerationId>))
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
