//! An account past its first login, all at once: for the demo and for tests that begin later.

use super::account::{self, NewAccount, Refusal};
use super::password::Hash;
use super::second_factor::{self, Authenticator, FIRST_APP, Factor, OpenSecret};
use super::{Account, Machine};
use crate::notices::charter;
use crate::platform::id::AccountId;
use crate::platform::{Error, Result};

/// What its owner would have chosen.
pub struct Settled {
    pub id: AccountId,
    /// In base 32.
    pub totp_secret: String,
}

/// Makes the account with this password, a fresh second factor and the commitment signed.
pub fn account(machine: &Machine, new: NewAccount, password: &str) -> Result<Result<Settled, Refusal>> {
    let now = machine.clock.now();
    let hash = Hash::make(password)?;
    let secret = OpenSecret::fresh();
    let version = i32::try_from(charter::VERSION).map_err(Error::internal)?;
    machine.db.write(|conn| {
        let id = match account::create(conn, new, &hash, chrono::TimeDelta::days(1), now)? {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(refusal)),
        };
        account::set_password(conn, &id, &hash, None, now)?;
        let sealed = secret.seal(machine.secrets.master(), &id)?;
        let app = Authenticator::with_codes(Factor::TotpApp, &id, FIRST_APP, &sealed, 0, now);
        second_factor::enrol(conn, &app)?;
        account::sign_charter(conn, &id, version, now)?;
        Ok(Ok(Settled { id, totp_secret: secret.to_base32().to_string() }))
    })
}

/// The code that this secret shows at this moment of the machine's authenticator time.
pub fn code_now(machine: &Machine, totp_secret: &str) -> Result<String> {
    OpenSecret::from_base32(totp_secret)?.code_at(machine.clock.authenticator_seconds())
}

/// An account by its login.
pub fn find(machine: &Machine, login: &str) -> Result<Option<Account>> {
    machine.db.read(|conn| account::find_by_login(conn, login))
}
