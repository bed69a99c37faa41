//! The keys of sheets and traces, in a database apart (never in a backup), wrapped by the master key.
//!
//! To destroy a key is to destroy everything it sealed, wherever a copy of the sealed text lies (E7).

use std::fmt;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::crypto::Key;
use super::db::{Conn, Contents, Db, Location};
use super::error::{Error, Result};
use super::id::{CommitteeId, GenerationId};
use super::schema::keys;

/// What a key is for. Its name binds the wrapped bytes: a key cannot pass for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyName {
    /// Seals the sheets of one generation.
    Generation(GenerationId),
    /// Derives the sheet ids of one committee.
    Committee(CommitteeId),
    /// Derives the pseudonyms of one month's traces, `2026-11`.
    Month(String),
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generation(id) => write!(f, "generation:{id}"),
            Self::Committee(id) => write!(f, "committee:{id}"),
            Self::Month(month) => write!(f, "month:{month}"),
        }
    }
}

/// The keyring's own database.
#[derive(Clone)]
pub struct Keyring {
    db: Db,
    wrapping: Key,
}

impl Keyring {
    pub fn open(location: &Location, master: &Key) -> Result<Self> {
        Ok(Self { db: Db::open(location, Contents::Keyring)?, wrapping: master.derive("keyring") })
    }

    pub fn migrate(&self) -> Result<()> {
        self.db.migrate(Contents::Keyring)
    }

    /// The key of that name, made now if there is none. Two callers get the same one.
    pub fn get_or_make(&self, name: &KeyName, now: NaiveDateTime) -> Result<Key> {
        if let Some(key) = self.get(name)? {
            return Ok(key);
        }
        self.db.write(|conn| match self.find(conn, name)? {
            Some(key) => Ok(key),
            None => {
                let key = Key::fresh()?;
                let text = name.to_string();
                let wrapped = self.wrapping.seal(key.bytes(), text.as_bytes())?;
                diesel::insert_into(keys::table)
                    .values((keys::name.eq(text), keys::wrapped.eq(wrapped), keys::created_at.eq(now)))
                    .execute(conn)?;
                Ok(key)
            }
        })
    }

    /// The key of that name, or none if it was destroyed. A foreign keyring is an error.
    pub fn get(&self, name: &KeyName) -> Result<Option<Key>> {
        let look = || self.db.read(|conn| self.find(conn, name));
        match look()? {
            // A look that began before the table was rewritten sees it empty; the next one does not.
            None if matches!(self.db.location(), Location::Postgres(_)) => look(),
            found => Ok(found),
        }
    }

    fn find(&self, conn: &mut Conn, name: &KeyName) -> Result<Option<Key>> {
        let text = name.to_string();
        let wrapped = keys::table.find(&text).select(keys::wrapped).first::<Vec<u8>>(conn).optional()?;
        let Some(wrapped) = wrapped else { return Ok(None) };
        let bytes = self.wrapping.open(&wrapped, text.as_bytes())?;
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| Error::internal("a key of the wrong length"))?;
        Ok(Some(Key::from_bytes(key)))
    }

    /// Deletes the key. It may linger in the files until [`Keyring::erase_remains`] has run.
    pub fn destroy(&self, name: &KeyName) -> Result<()> {
        self.db.write(|conn| {
            diesel::delete(keys::table.find(name.to_string())).execute(conn)?;
            Ok(())
        })
    }

    /// Whether what this keyring holds opens under this installation's master key.
    pub fn verify(&self) -> Result<()> {
        let newest = self.db.read(|conn| {
            Ok(keys::table
                .order((keys::created_at.desc(), keys::name))
                .select((keys::name, keys::wrapped))
                .first::<(String, Vec<u8>)>(conn)
                .optional()?)
        })?;
        let opens =
            newest.is_none_or(|(name, wrapped)| self.wrapping.open(&wrapped, name.as_bytes()).is_ok());
        if opens {
            Ok(())
        } else {
            Err(Error::Installation("ce trousseau n’est pas celui de cette clé maîtresse".to_owned()))
        }
    }

    /// Names of keys, by kind: « generation », « committee », « month ».
    pub fn names(&self, kind: &str) -> Result<Vec<String>> {
        let prefix = format!("{kind}:");
        let all = self
            .db
            .read(|conn| Ok(keys::table.select(keys::name).order(keys::name).load::<String>(conn)?))?;
        Ok(all.into_iter().filter_map(|name| name.strip_prefix(&prefix).map(str::to_owned)).collect())
    }

    /// Rewrites or empties what still holds deleted keys: SQLite's log, PostgreSQL's table.
    /// PostgreSQL's own log is switched, and its old segments are outside our reach: the
    /// certificate says so. Returns whether it is done.
    pub fn erase_remains(&self) -> Result<bool> {
        use diesel::connection::SimpleConnection as _;
        if matches!(self.db.location(), Location::Postgres(_)) {
            self.db.write(rewrite)?;
        }
        let checkpointed = self.db.checkpoint()?;
        let switched = self.db.maintain(|conn| match conn {
            Conn::Sqlite(_) => Ok(true),
            // A right that is granted to the role (docs/operations.md): without it nothing is certified.
            Conn::Pg(c) => Ok(c.batch_execute("SELECT pg_switch_wal()").is_ok()),
        })?;
        Ok(checkpointed && switched)
    }
}

/// Puts the keys that are left into a new file; the old one is emptied by the commit. `VACUUM FULL`
/// would not do: it takes deleted rows along for as long as any transaction of the whole server, in any
/// database, is older than their deletion.
fn rewrite(conn: &mut Conn) -> Result<()> {
    use diesel::connection::SimpleConnection as _;
    conn.batch_execute("LOCK TABLE keys IN ACCESS EXCLUSIVE MODE")?;
    let left: Vec<(String, Vec<u8>, NaiveDateTime)> =
        keys::table.select((keys::name, keys::wrapped, keys::created_at)).load(conn)?;
    conn.batch_execute("TRUNCATE keys")?;
    for (name, wrapped, created_at) in left {
        diesel::insert_into(keys::table)
            .values((keys::name.eq(name), keys::wrapped.eq(wrapped), keys::created_at.eq(created_at)))
            .execute(conn)?;
    }
    Ok(())
}
