//! The second factor: a code of six digits that changes every thirty seconds (TOTP).
//!
//! The step a code belongs to is stored, so that no code serves twice. The secret lies sealed under
//! the master key, bound to its account.

use diesel::prelude::*;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::Account;
use crate::page::qr::Squares;
use crate::platform::crypto::Key;
use crate::platform::id::AccountId;
use crate::platform::schema::accounts;
use crate::platform::{Conn, Error, Result};

/// A code of the step before or after is taken too: clocks differ.
const SKEW: u16 = 1;

/// A secret, open, for as long as one request needs it.
pub struct OpenSecret(Zeroizing<Vec<u8>>);

impl OpenSecret {
    pub fn fresh() -> Self {
        Self(Zeroizing::new(Secret::generate().as_ref().to_vec()))
    }

    pub fn seal(&self, master: &Key, account: &AccountId) -> Result<Vec<u8>> {
        master.derive("totp").seal(&self.0, account.as_str().as_bytes())
    }

    pub fn open(sealed: &[u8], master: &Key, account: &AccountId) -> Result<Self> {
        Ok(Self(master.derive("totp").open(sealed, account.as_str().as_bytes())?))
    }

    fn totp(&self, landlord: &str, login: &str) -> Result<Totp> {
        // Authenticator applications split the label at a colon.
        let issuer = landlord.replace(':', " ");
        Builder::new()
            .with_secret(self.0.to_vec())
            .with_skew(SKEW)
            .with_issuer(Some(issuer))
            .with_account_name(login.replace(':', " "))
            .build()
            .map_err(Error::internal)
    }

    /// The step the code belongs to, if it belongs to one that is near.
    pub fn step_of(&self, code: &str, seconds: u64) -> Result<Option<i64>> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp("", "x")?.check(&digits, seconds);
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    /// The code of this moment: for the demo's login page alone.
    pub fn code_at(&self, seconds: u64) -> Result<String> {
        Ok(self.totp("", "x")?.generate(seconds).to_string())
    }

    /// In base 32, for whoever types it.
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(Secret::from(self.0.to_vec()).to_base32())
    }

    /// From base 32, for the demo's book of accounts.
    pub fn from_base32(text: &str) -> Result<Self> {
        let secret = Secret::try_from_base32(text).map_err(|_| Error::internal("not a secret in base 32"))?;
        Ok(Self(Zeroizing::new(secret.as_ref().to_vec())))
    }

    /// What the application scans.
    pub fn qr(&self, landlord: &str, login: &str) -> Result<Squares> {
        let url = Zeroizing::new(self.totp(landlord, login)?.to_url().map_err(Error::internal)?);
        let code = qrcode::QrCode::new(url.as_bytes()).map_err(Error::internal)?;
        let dark = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
        Ok(Squares { side: code.width(), dark })
    }
}

/// Uses up one step: true if no code of this step or a later one was used before.
pub fn use_step(conn: &mut Conn, account: &AccountId, step: i64) -> Result<bool> {
    let changed = diesel::update(accounts::table.find(account).filter(accounts::totp_last_step.lt(step)))
        .set(accounts::totp_last_step.eq(step))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Sets the account's second factor, with the step of the code that confirmed it. False if it has one
/// already: an enrolment that was held back, or made elsewhere at once, replaces nobody's.
pub fn enrol(conn: &mut Conn, account: &AccountId, sealed: &[u8], step: i64) -> Result<bool> {
    let changed = diesel::update(accounts::table.find(account).filter(accounts::totp_secret.is_null()))
        .set((accounts::totp_secret.eq(Some(sealed.to_vec())), accounts::totp_last_step.eq(step)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes the second factor away: another is set up at the next sign-in, before anything else opens.
pub fn forget(conn: &mut Conn, account: &AccountId) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set(accounts::totp_secret.eq(None::<Vec<u8>>))
        .execute(conn)?;
    Ok(())
}

impl Account {
    /// The account's own secret, opened.
    pub(super) fn second_factor(&self, master: &Key) -> Result<Option<OpenSecret>> {
        self.totp_secret.as_deref().map(|sealed| OpenSecret::open(sealed, master, &self.id)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_to_its_step_and_its_neighbours_only() {
        let secret = OpenSecret::fresh();
        let at = 1_800_000_000;
        let code = secret.code_at(at).unwrap();
        let step = i64::try_from(at / 30).unwrap();
        assert_eq!(secret.step_of(&code, at).unwrap(), Some(step));
        assert_eq!(secret.step_of(&format!("{} {}", &code[..3], &code[3..]), at + 30).unwrap(), Some(step));
        assert_eq!(secret.step_of(&code, at + 120).unwrap(), None);
        for bad in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(secret.step_of(bad, at).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn a_sealed_secret_belongs_to_its_account() {
        let (master, one, other) = (Key::fresh().unwrap(), AccountId::fresh(), AccountId::fresh());
        let sealed = OpenSecret::fresh().seal(&master, &one).unwrap();
        assert!(OpenSecret::open(&sealed, &master, &one).is_ok());
        assert!(OpenSecret::open(&sealed, &master, &other).is_err());
    }
}
