//! The program acting for itself: the timetable and the command line.
//!
//! What `Allowed` is to a handler, [`Machine`] is to a job: the only way to the database. Its
//! constructor is named in `cli.rs` alone, which a test watches.

use std::sync::Arc;

use super::Role;
pub use crate::platform::config::Place;
use crate::platform::config::Settings;
use crate::platform::crypto::Secrets;
use crate::platform::db::Contents;
use crate::platform::keyring::Keyring;
use crate::platform::{Clock, Db, Error, Result};
use crate::traces::{Refusals, Traces};

/// An opened installation.
#[derive(Clone)]
pub struct Machine {
    pub(super) db: Db,
    pub(super) keyring: Keyring,
    pub(super) traces: Traces,
    pub(super) refusals: Arc<Refusals>,
    pub(super) clock: Clock,
    pub(super) secrets: Secrets,
    pub(super) settings: Arc<Settings>,
    /// The invented accounts that the demo's login page fills in; none anywhere else.
    pub(super) demo: Arc<Vec<DemoAccount>>,
}

/// An account of the demo, with all its secrets: they are invented and printed anyway.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DemoAccount {
    pub login: String,
    pub password: String,
    /// In base 32; empty before the second factor is set up.
    pub totp_secret: String,
    pub role: Role,
    pub commune: Option<String>,
    pub first_login_done: bool,
}

const FOREIGN_KEYRING: &str = "Le trousseau n’est pas celui de cette installation\u{a0}: ses clés ne s’ouvrent pas \
     avec keys/master.key. Rien n’a été changé. Remettez le bon trousseau\u{a0}; s’il est perdu, ôtez celui-ci et \
     publiez de nouveau le dernier fichier.";

impl Machine {
    /// Opens databases, keyring and trace writer; brings the tables to this version.
    pub fn open(settings: Settings, place: &Place, clock: Clock) -> Result<Self> {
        let secrets = Secrets::load(&place.keys())?;
        let db = Db::open(&settings.database(&place.data).map_err(Error::internal)?, Contents::Main)?;
        let keyring =
            Keyring::open(&settings.keyring(&place.data).map_err(Error::internal)?, secrets.master())?;
        db.migrate(Contents::Main)?;
        keyring.migrate()?;
        if !keyring.is_own()? {
            return Err(Error::Internal(FOREIGN_KEYRING.to_owned()));
        }
        let traces = Traces::start(&db, secrets.master())?;
        Ok(Self {
            db,
            keyring,
            traces,
            refusals: Arc::default(),
            clock,
            secrets,
            settings: Arc::new(settings),
            demo: Arc::default(),
        })
    }

    /// Gives the login page the demo's accounts to fill in.
    pub fn with_demo_accounts(self, accounts: Vec<DemoAccount>) -> Self {
        Self { demo: Arc::new(accounts), ..self }
    }

    pub fn demo_accounts(&self) -> &[DemoAccount] {
        &self.demo
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
