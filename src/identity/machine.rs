//! The program acting for itself: the timetable and the command line.
//!
//! What `Allowed` is to a handler, [`Machine`] is to a job: the only way to the database. Its
//! constructor is named in `cli/mod.rs` alone, which a test watches.

use std::sync::Arc;

use super::Role;
use super::second_factor::OpenSecret;
use super::single_sign_on::Providers;
use super::view::login;
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
    /// Of single sign-on; what they announce is kept here.
    pub(super) providers: Arc<Providers>,
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

impl Machine {
    /// Opens databases, keyring and trace writer; brings the tables to this version.
    pub fn open(settings: Settings, place: &Place, clock: Clock) -> Result<Self> {
        let secrets = Secrets::load(&place.keys())?;
        let providers = Providers::of(&settings)?;
        let db = Db::open(&settings.database(&place.data).map_err(Error::internal)?, Contents::Main)?;
        let keyring =
            Keyring::open(&settings.keyring(&place.data).map_err(Error::internal)?, secrets.master())?;
        db.migrate(Contents::Main)?;
        keyring.migrate()?;
        // Nothing starts on keys it cannot open.
        keyring.verify()?;
        let traces = Traces::start(&db, secrets.master())?;
        Ok(Self {
            db,
            keyring,
            traces,
            refusals: Arc::default(),
            clock,
            secrets,
            providers: Arc::new(providers),
            settings: Arc::new(settings),
            demo: Arc::default(),
        })
    }

    /// Gives the login page the demo's accounts to fill in.
    pub fn with_demo_accounts(self, accounts: Vec<DemoAccount>) -> Self {
        Self { demo: Arc::new(accounts), ..self }
    }

    /// Whether the login page fills in invented accounts.
    pub(super) fn is_demo(&self) -> bool {
        !self.demo.is_empty()
    }

    /// The demo's accounts with the codes of this moment; none anywhere else.
    pub(super) fn accounts_to_fill_in(&self) -> Result<Vec<login::DemoAccount>> {
        let seconds = self.clock.authenticator_seconds();
        let shown = |account: &DemoAccount| {
            let code = match account.totp_secret.as_str() {
                "" => String::new(),
                secret => OpenSecret::from_base32(secret)?.code_at(seconds)?,
            };
            let about = match &account.commune {
                Some(commune) => format!("{}, {commune}", account.role.in_french()),
                None => account.role.in_french().to_owned(),
            };
            let (login, password) = (account.login.clone(), account.password.clone());
            Ok(login::DemoAccount { login, password, code, about })
        };
        self.demo.iter().map(shown).collect()
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
