//! The tables: one history for each database, equal step by step, applied by one process at a time.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Access, Conn, Contents, Db, Location, open_connection};
use crate::platform::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const KEYRING_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/keyring/sqlite");
const KEYRING_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/keyring/postgres");

/// Held by the session that brings the tables to this version.
const MIGRATION_LOCK: i64 = 7262;

impl Db {
    /// Brings the tables to this version; does nothing where they are.
    pub fn migrate(&self, contents: Contents) -> Result<()> {
        let mut conn = self.lend(&self.writer)?;
        let _turn = self.gate.pass();
        if let Conn::Pg(c) = &mut *conn {
            // Two instances that start together must not make the same table twice.
            c.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        }
        let migrated = match (&mut *conn, contents) {
            (Conn::Sqlite(c), Contents::Main) => c.run_pending_migrations(SQLITE),
            (Conn::Sqlite(c), Contents::Keyring) => c.run_pending_migrations(KEYRING_SQLITE),
            (Conn::Pg(c), Contents::Main) => c.run_pending_migrations(POSTGRES),
            (Conn::Pg(c), Contents::Keyring) => c.run_pending_migrations(KEYRING_POSTGRES),
        }
        .map(|_| ())
        .map_err(|e| {
            Error::Installation(format!("la base n’a pu être mise à niveau ({})\u{a0}: {e}", self.location))
        });
        if let Conn::Pg(c) = &mut *conn {
            c.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
        }
        migrated
    }
}

/// How many steps the tables lack to be those of this version. Looks, and changes nothing: no file is
/// made, no table.
pub fn steps_lacking(location: &Location, contents: Contents) -> Result<usize> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let known = match (location, contents) {
        (Location::Sqlite(_), Contents::Main) => names::<diesel::sqlite::Sqlite>(&SQLITE),
        (Location::Sqlite(_), Contents::Keyring) => names::<diesel::sqlite::Sqlite>(&KEYRING_SQLITE),
        (Location::Postgres(_), Contents::Main) => names::<diesel::pg::Pg>(&POSTGRES),
        (Location::Postgres(_), Contents::Keyring) => names::<diesel::pg::Pg>(&KEYRING_POSTGRES),
    }
    .map_err(Error::Internal)?;
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        return Ok(known.len());
    }
    let mut conn = open_connection(location, Access::Read)
        .map_err(|e| Error::Installation(format!("la base ne s’ouvre pas ({location})\u{a0}: {e}")))?;
    let applied = match sql_query("SELECT version FROM __diesel_schema_migrations").load::<Applied>(&mut conn)
    {
        Ok(applied) => applied,
        // Without that table nothing has been applied yet.
        Err(e) if ["no such table", "does not exist"].iter().any(|said| e.to_string().contains(said)) => {
            Vec::new()
        }
        Err(e) => {
            return Err(Error::Installation(format!("la base ne se lit pas ({location})\u{a0}: {e}")));
        }
    };
    Ok(known.iter().filter(|name| !applied.iter().any(|step| step.version == **name)).count())
}

/// The versions of a set of migrations.
fn names<B: diesel::backend::Backend>(set: &EmbeddedMigrations) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    let all = set.migrations().map_err(|e| e.to_string())?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations() {
        for (sqlite, postgres) in [(&SQLITE, &POSTGRES), (&KEYRING_SQLITE, &KEYRING_POSTGRES)] {
            let sqlite = names::<diesel::sqlite::Sqlite>(sqlite).unwrap();
            assert_eq!(sqlite, names::<diesel::pg::Pg>(postgres).unwrap());
            assert!(!sqlite.is_empty());
        }
    }
}
