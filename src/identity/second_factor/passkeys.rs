//! Passkeys (WebAuthn): a key that its own device opens by a finger, a face or a code, so that one of
//! them is both factors (E20).
//!
//! A ceremony's challenge is kept here, bound to the browser that asked for it, for five minutes; it is
//! gone with the first answer, right or wrong. The key's counter, where it has one, must grow.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::{Authenticator, Factor, live};
use crate::identity::account::Account;
use crate::platform::config::Settings;
use crate::platform::crypto::{Key, sha256_hex};
use crate::platform::id::{AccountId, AuthenticatorId, text_enum};
use crate::platform::schema::{authenticators, ceremonies};
use crate::platform::{Conn, Error, Now, Result};

text_enum! {
    /// What a challenge was asked for; an answer to another is none.
    Occasion {
        Register = "register",
        /// In place of login and password.
        SignIn = "sign_in",
        /// In place of the six digits.
        Code = "code",
        /// In place of the password, at the lock.
        Unlock = "unlock",
    }
}

/// How long an answer may take.
const LIFE: TimeDelta = TimeDelta::minutes(5);
/// Challenges at once, of whoever asks for them: a flood fills no disk.
const MOST: i64 = 20_000;

/// This site, as passkeys know it. `None`: its address is no name, and passkeys are bound to names.
pub fn site(settings: &Settings) -> Option<Webauthn> {
    let url = Url::parse(&settings.server.public_url).ok()?;
    let name = url.domain()?;
    // A machine speaks to itself by any port; every other address is exactly the one that is set.
    let builder = WebauthnBuilder::new(name, &url).ok()?.allow_any_port(name == "localhost");
    builder.rp_name(&settings.landlord.name).build().ok()
}

/// As [`site`], for handlers that are reached only where there is one.
fn named(settings: &Settings) -> Result<Webauthn> {
    site(settings).ok_or(Error::NotFound)
}

// --- ceremonies --------------------------------------------------------------------------------

/// The browser that asks: a digest of its session's token or of a stranger's.
#[derive(Debug, Clone)]
pub struct Visitor(String);

impl Visitor {
    pub fn of(csrf: &str) -> Self {
        Self(sha256_hex(csrf.as_bytes()))
    }
}

/// One browser's ceremony at one instant.
pub struct Ceremony<'a> {
    pub visitor: Visitor,
    pub settings: &'a Settings,
    pub master: &'a Key,
    pub now: Now,
}

impl Ceremony<'_> {
    fn keep(&self, conn: &mut Conn, occasion: Occasion, state: &impl Serialize) -> Result<()> {
        erase_past(conn, self.now)?;
        let visitor = &self.visitor.0;
        diesel::delete(ceremonies::table.find(visitor)).execute(conn)?;
        let pending: i64 = ceremonies::table.count().get_result(conn)?;
        if pending >= MOST {
            return Err(Error::Unavailable("too many passkey challenges are pending"));
        }
        let state = serde_json::to_vec(state).map_err(Error::internal)?;
        diesel::insert_into(ceremonies::table)
            .values((
                ceremonies::visitor.eq(visitor),
                ceremonies::purpose.eq(occasion),
                ceremonies::state.eq(self.master.derive("ceremony").seal(&state, visitor.as_bytes())?),
                ceremonies::begun_at.eq(self.now.naive()),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// The challenge this browser was given, once.
    fn take<S: DeserializeOwned>(&self, conn: &mut Conn, occasion: Occasion) -> Result<Option<S>> {
        let visitor = &self.visitor.0;
        let found: Option<(Occasion, Vec<u8>, NaiveDateTime)> = ceremonies::table
            .find(visitor)
            .select((ceremonies::purpose, ceremonies::state, ceremonies::begun_at))
            .first(conn)
            .optional()?;
        diesel::delete(ceremonies::table.find(visitor)).execute(conn)?;
        let lives = |begun: NaiveDateTime| self.now.naive() - begun < LIFE;
        let Some((_, state, _)) = found.filter(|(of, _, begun)| *of == occasion && lives(*begun)) else {
            return Ok(None);
        };
        let state = self.master.derive("ceremony").open(&state, visitor.as_bytes())?;
        serde_json::from_slice(&state).map(Some).map_err(Error::internal)
    }

    /// Options for making a key of this account, to be found again without a login where the device can.
    pub fn begin_registration(&self, conn: &mut Conn, account: &Account) -> Result<Value> {
        let known = of_account(conn, &account.id, self.master)?;
        let known = known.iter().map(|(_, key)| key.cred_id().clone()).collect();
        let id = Uuid::parse_str(account.id.as_str()).map_err(Error::internal)?;
        let (options, state) = named(self.settings)?
            .start_passkey_registration(id, &account.login, &account.name(), Some(known))
            .map_err(Error::internal)?;
        self.keep(conn, Occasion::Register, &state)?;
        let mut options = json(&options)?;
        options["publicKey"]["authenticatorSelection"]["residentKey"] = Value::from("preferred");
        Ok(options)
    }

    /// The key that was made, to be added; `None`: the answer is to no challenge of this browser, or false.
    pub fn finish_registration(
        &self,
        conn: &mut Conn,
        account: &Account,
        name: &str,
        answer: &RegisterPublicKeyCredential,
    ) -> Result<Option<Authenticator>> {
        let Some(state) = self.take::<PasskeyRegistration>(conn, Occasion::Register)? else {
            return Ok(None);
        };
        let Ok(key) = named(self.settings)?.finish_passkey_registration(answer, &state) else {
            return Ok(None);
        };
        let credential = sha256_hex(key.cred_id());
        let known: i64 = authenticators::table
            .filter(authenticators::credential.eq(&credential))
            .count()
            .get_result(conn)?;
        if known > 0 {
            return Ok(None);
        }
        let sealed = seal(&key, self.master, &account.id)?;
        let one = Authenticator::with_codes(Factor::Passkey, &account.id, name, &sealed, 0, self.now);
        Ok(Some(Authenticator { credential: Some(credential), ..one }))
    }

    /// Options for signing in with whichever key the browser finds.
    pub fn begin_sign_in(&self, conn: &mut Conn) -> Result<Value> {
        let (mut options, state) =
            named(self.settings)?.start_discoverable_authentication().map_err(Error::internal)?;
        // A button is pressed: nothing is to be offered in passing.
        options.mediation = None;
        self.keep(conn, Occasion::SignIn, &state)?;
        json(&options)
    }

    /// Whose key has answered; `None`: nobody's that serves.
    pub fn finish_sign_in(&self, conn: &mut Conn, answer: &PublicKeyCredential) -> Result<Option<AccountId>> {
        let Some(state) = self.take::<DiscoverableAuthentication>(conn, Occasion::SignIn)? else {
            return Ok(None);
        };
        let Some(one) = by_credential(conn, answer)? else { return Ok(None) };
        let key = open(&one, self.master)?;
        let proved = named(self.settings)?.finish_discoverable_authentication_v2(answer, state, &key);
        Ok(match proved {
            Ok(result)
                if result.user_verified() && note_use(conn, &one, key, &result, self.master, self.now)? =>
            {
                Some(one.account_id)
            }
            _ => None,
        })
    }

    /// Options for proving that one holds a key of this account; `None`: it has none.
    pub fn begin_proof(
        &self,
        conn: &mut Conn,
        occasion: Occasion,
        account: &AccountId,
    ) -> Result<Option<Value>> {
        let keys: Vec<Passkey> =
            of_account(conn, account, self.master)?.into_iter().map(|(_, key)| key).collect();
        if keys.is_empty() {
            return Ok(None);
        }
        let (options, state) =
            named(self.settings)?.start_passkey_authentication(&keys).map_err(Error::internal)?;
        self.keep(conn, occasion, &state)?;
        json(&options).map(Some)
    }

    /// Whether a key of this account has answered.
    pub fn finish_proof(
        &self,
        conn: &mut Conn,
        occasion: Occasion,
        account: &AccountId,
        answer: &PublicKeyCredential,
    ) -> Result<bool> {
        let Some(state) = self.take::<PasskeyAuthentication>(conn, occasion)? else {
            return Ok(false);
        };
        let Some(one) = by_credential(conn, answer)?.filter(|one| one.account_id == *account) else {
            return Ok(false);
        };
        let Ok(result) = named(self.settings)?.finish_passkey_authentication(answer, &state) else {
            return Ok(false);
        };
        let key = open(&one, self.master)?;
        Ok(result.user_verified() && note_use(conn, &one, key, &result, self.master, self.now)?)
    }
}

/// Erases challenges nobody has answered.
pub fn erase_past(conn: &mut Conn, now: Now) -> Result<usize> {
    Ok(diesel::delete(ceremonies::table.filter(ceremonies::begun_at.lt(now.naive() - LIFE))).execute(conn)?)
}

// --- keys ----------------------------------------------------------------------------------------

fn seal(key: &Passkey, master: &Key, account: &AccountId) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(key).map_err(Error::internal)?;
    master.derive("passkey").seal(&plain, account.as_str().as_bytes())
}

fn open(one: &Authenticator, master: &Key) -> Result<Passkey> {
    let plain = master.derive("passkey").open(&one.sealed, one.account_id.as_str().as_bytes())?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// The account's passkeys that serve, opened.
fn of_account(conn: &mut Conn, account: &AccountId, master: &Key) -> Result<Vec<(Authenticator, Passkey)>> {
    let all = live(conn, account)?.into_iter().filter(|one| one.kind == Factor::Passkey);
    all.map(|one| Ok((open(&one, master)?, one))).map(|pair| pair.map(|(key, one)| (one, key))).collect()
}

fn json(options: &impl Serialize) -> Result<Value> {
    serde_json::to_value(options).map_err(Error::internal)
}

/// The passkey that serves and bears the answer's identifier.
fn by_credential(conn: &mut Conn, answer: &PublicKeyCredential) -> Result<Option<Authenticator>> {
    Ok(authenticators::table
        .filter(authenticators::credential.eq(sha256_hex(answer.get_credential_id())))
        .filter(authenticators::kind.eq(Factor::Passkey).and(authenticators::revoked_at.is_null()))
        .first(conn)
        .optional()?)
}

/// Keeps the counter that was shown. False if it does not grow, as that of a copy would not.
fn note_use(
    conn: &mut Conn,
    one: &Authenticator,
    mut key: Passkey,
    result: &webauthn_rs::prelude::AuthenticationResult,
    master: &Key,
    now: Now,
) -> Result<bool> {
    let shown = i64::from(result.counter());
    if shown > 0 && shown <= one.last_step {
        return Ok(false);
    }
    key.update_credential(result);
    let id: &AuthenticatorId = &one.id;
    let changed = diesel::update(
        authenticators::table
            .find(id)
            .filter(authenticators::sealed.eq(&one.sealed).and(authenticators::revoked_at.is_null())),
    )
    .set((
        authenticators::sealed.eq(seal(&key, master, &one.account_id)?),
        authenticators::last_step.eq(shown),
        authenticators::last_used_at.eq(Some(now.naive())),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}
