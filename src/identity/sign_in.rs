//! Signing in, step by step: password, second factor, and the way back from the lock.

use chrono::NaiveDateTime;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

use super::account::{self, Account};
use super::actor::Actor;
use super::first_commune::first_commune;
use super::guard::Allowed;
use super::password::{self, Hash, Weakness};
use super::policy::{Action, Step, acts};
use super::second_factor::{self, Authenticator, OpenSecret, recovery};
use super::session::{self, EndedBy, Session, Token};
use super::throttle::{self, Attempt, Subject};
use crate::messages::{self, AccountNews, Message};
use crate::platform::crypto::Key;
use crate::platform::id::AccountId;
use crate::platform::{Conn, Error, Result};
use crate::traces::{Author, Entry, Kind, Recorded};

/// What a password or a code led to.
pub(super) enum Outcome<T> {
    Accepted(T),
    Wrong,
    /// Too many failures: not before this instant.
    Blocked(NaiveDateTime),
    /// The temporary secret has died unused (E20).
    Expired,
}

impl<T> Outcome<T> {
    /// What is compared and wrong: the attempt stays counted.
    fn failed(attempt: &Attempt) -> Self {
        attempt.blocks_until().map_or(Self::Wrong, Self::Blocked)
    }
}

/// Hashings at once: each takes 19 MB and a core, and a flood must not take them all.
static HASHINGS: Semaphore = Semaphore::const_new(4);

/// A turn to hash or compare. An attempt is counted once it is held: what waits has not begun.
async fn turn() -> Result<SemaphorePermit<'static>> {
    HASHINGS.acquire().await.map_err(Error::internal)
}

fn throttle_key<A: Action>(who: &Allowed<A>) -> Key {
    who.machine().secrets.master().derive("throttle")
}

/// Checks login and password; on success a half-done session begins under a fresh token. Known and
/// unknown logins take the same work and get the same words.
pub(super) async fn with_password(
    who: &Allowed<acts::SignIn>,
    typed_login: &str,
    typed_password: String,
) -> Result<Outcome<Token>> {
    let login = account::normalized_login(typed_login);
    let name = login.clone();
    // A flood of the blocked takes no turn and writes nothing.
    let blocked = who
        .read(move |conn, who| {
            let subjects = subjects(conn, who, &name)?;
            throttle::blocked_until(conn, &subjects, &throttle_key(who), who.now())
        })
        .await?;
    if let Some(until) = blocked {
        return Ok(Outcome::Blocked(until));
    }
    let turn = turn().await?;
    let counted = who
        .write(move |conn, who| {
            let subjects = subjects(conn, who, &login)?;
            let attempt = throttle::attempt(conn, &subjects, &throttle_key(who), who.now())?;
            Ok((account::find_by_login(conn, &login)?, attempt))
        })
        .await?;
    let (found, attempt) = match counted {
        (found, Ok(attempt)) => (found, attempt),
        (_, Err(until)) => return Ok(Outcome::Blocked(until)),
    };
    let stored = found.as_ref().map(|account| account.password_hash.clone());
    let right = who.compute(move |_| Ok(password::matches(&typed_password, stored.as_deref()))).await?;
    drop(turn);
    match found {
        Some(account) if right => {
            let expired = account.password_expires_at.is_some_and(|end| end <= who.now().naive());
            let token = Token::fresh()?;
            let given = token.clone();
            who.write(move |conn, who| {
                attempt.succeed(conn)?;
                if expired {
                    return Ok(());
                }
                session::begin(conn, &account.id, &given, who.device(), who.now())
            })
            .await?;
            Ok(if expired { Outcome::Expired } else { Outcome::Accepted(token) })
        }
        found => {
            note_attempt(who, found.map(|account| account.id), &attempt);
            Ok(Outcome::failed(&attempt))
        }
    }
}

/// A known device counts for itself alone, so that no failure from elsewhere locks its owner out, be it
/// on the same login or from the town hall's own address.
fn subjects<'a, A: Action>(conn: &mut Conn, who: &'a Allowed<A>, login: &'a str) -> Result<Vec<Subject<'a>>> {
    if let Some(device) = who.device_token()
        && session::is_known_device(conn, device, login, who.now())?
    {
        return Ok(vec![Subject::Device(device.as_str())]);
    }
    Ok(std::iter::once(Subject::Login(login)).chain(who.network().map(Subject::Network)).collect())
}

/// A failed attempt on a known account is traced; one on no account is counted. Nobody waits for
/// either: the time taken, and a failing trace writer, must not tell one from the other.
pub(super) fn note_failure<A: Action>(who: &Allowed<A>, account: Option<AccountId>) {
    let author = Author {
        network: account.as_ref().and(who.network()),
        device: account.as_ref().map(|_| who.device().to_owned()),
        account,
        ..Author::default()
    };
    who.record_refusal_aside(Entry::new(Kind::Refusal, author, who.now()), "password");
}

/// A failed attempt that may have locked the account: its owner is told, once of each lock, and nobody
/// waits for it.
fn note_attempt<A: Action>(who: &Allowed<A>, account: Option<AccountId>, attempt: &Attempt) {
    if let Some(id) = account.clone().filter(|_| attempt.locks()) {
        who.write_aside(move |conn, who| {
            messages::tell(conn, &id, &Message::Account(AccountNews::Locked), who.now()).map(drop)
        });
    }
    note_failure(who, account);
}

/// Session and account of a step; the guard has seen that they are there.
pub(super) fn at_step<A: Action>(who: &Allowed<A>) -> Result<(Session, Account)> {
    who.known().cloned().ok_or(Error::SignIn)
}

/// Checks the code and opens the session; every other one of this account ends (E19).
pub(super) async fn with_code(who: &Allowed<acts::GiveCode>, code: String) -> Result<Outcome<Token>> {
    let (session, account) = at_step(who)?;
    let seconds = who.clock().authenticator_seconds();
    let id = account.id.clone();
    let own = id.clone();
    let all = who.read(move |conn, _| second_factor::live(conn, &own)).await?;
    let shown = second_factor::shown_by(&all, &code, who.machine().secrets.master(), seconds)?;
    let tried = who
        .write(move |conn, who| {
            let attempt = match second_factor_attempt(conn, who, &account)? {
                Ok(attempt) => attempt,
                Err(until) => return Ok(Err(until)),
            };
            let accepted = match &shown {
                Some(shown) => second_factor::use_code(conn, shown, who.now())?,
                None => false,
            };
            if !accepted {
                return Ok(Ok(Err(attempt)));
            }
            attempt.succeed(conn)?;
            Ok(Ok(Ok(open(conn, who, &session, &account)?)))
        })
        .await?;
    opened(who, id, tried).await
}

/// A recovery code in place of the second factor, for this sign-in and no other; its owner is told.
pub(super) async fn with_recovery_code(
    who: &Allowed<acts::GiveCode>,
    typed: String,
) -> Result<Outcome<Token>> {
    let (session, account) = at_step(who)?;
    let id = account.id.clone();
    let tried = who
        .write(move |conn, who| {
            let attempt = match second_factor_attempt(conn, who, &account)? {
                Ok(attempt) => attempt,
                Err(until) => return Ok(Err(until)),
            };
            let master = who.machine().secrets.master();
            if !recovery::use_one(conn, &account.id, &typed, master, who.now())? {
                return Ok(Ok(Err(attempt)));
            }
            attempt.succeed(conn)?;
            let left = recovery::left(conn, &account.id)?.codes;
            let news = Message::Account(AccountNews::RecoveryCodeUsed { left });
            messages::tell(conn, &account.id, &news, who.now())?;
            Ok(Ok(Ok(open(conn, who, &session, &account)?)))
        })
        .await?;
    opened(who, id, tried).await
}

/// What trying a second factor has led to: until when there is no trying, a failure, or the device.
type Tried = Result<Result<Token, Attempt>, NaiveDateTime>;

async fn opened(who: &Allowed<acts::GiveCode>, id: AccountId, tried: Tried) -> Result<Outcome<Token>> {
    match tried {
        Err(until) => Ok(Outcome::Blocked(until)),
        Ok(Err(attempt)) => {
            note_attempt(who, Some(id), &attempt);
            Ok(Outcome::failed(&attempt))
        }
        Ok(Ok(device)) => {
            let (session, account) = at_step(who)?;
            note_sign_in(who, &session, &account).await?;
            Ok(Outcome::Accepted(device))
        }
    }
}

/// The code of this moment, where the demo says it.
pub(super) fn demo_code<A: Action>(who: &Allowed<A>, secret: &OpenSecret) -> Result<Option<String>> {
    let demo = who.machine().is_demo();
    demo.then(|| secret.code_at(who.clock().authenticator_seconds())).transpose()
}

/// The secret being set up, made at the first sight of the page and kept until a code confirms it.
pub(super) async fn enrolling<A: Action>(who: &Allowed<A>) -> Result<OpenSecret> {
    let (session, account) = at_step(who)?;
    let master = who.machine().secrets.master().clone();
    match &session.enrolling {
        Some(sealed) => OpenSecret::open(sealed, &master, &account.id),
        None => {
            let secret = OpenSecret::fresh();
            let sealed = secret.seal(&master, &account.id)?;
            who.write(move |conn, _| session::keep_enrolling(conn, &session, &sealed)).await?;
            Ok(secret)
        }
    }
}

/// The first code confirms the secret; the session opens.
pub(super) async fn enrol(who: &Allowed<acts::EnrolSecondFactor>, code: String) -> Result<Outcome<Token>> {
    let (session, account) = at_step(who)?;
    let Some(sealed) = session.enrolling.clone() else { return Ok(Outcome::Wrong) };
    let master = who.machine().secrets.master().clone();
    let secret = OpenSecret::open(&sealed, &master, &account.id)?;
    let Some(step) = secret.step_of(&code, who.clock().authenticator_seconds())? else {
        return Ok(Outcome::Wrong);
    };
    let device = who
        .write(move |conn, who| {
            let (kind, name) = (second_factor::Factor::TotpApp, second_factor::FIRST_APP);
            let first = Authenticator::with_codes(kind, &account.id, name, &sealed, step, who.now());
            if !second_factor::enrol(conn, &first)? {
                return Err(Error::First(Step::Code.path()));
            }
            open(conn, who, &session, &account)
        })
        .await?;
    let (session, account) = at_step(who)?;
    note_sign_in(who, &session, &account).await?;
    Ok(Outcome::Accepted(device))
}

/// A passkey is both factors: a whole session begins under a fresh token. Returns it and the device's.
pub(super) async fn with_passkey(who: &Allowed<acts::SignIn>, account: AccountId) -> Result<(Token, Token)> {
    let token = Token::fresh()?;
    let given = token.clone();
    let (session, account, device) = who
        .write(move |conn, who| {
            session::begin(conn, &account, &given, who.device(), who.now())?;
            let begun = session::find(conn, &given, who.now())?;
            let (session, account) = begun.ok_or_else(|| Error::internal("a session was not begun"))?;
            let device = open(conn, who, &session, &account)?;
            Ok((session, account, device))
        })
        .await?;
    note_sign_in(who, &session, &account).await?;
    Ok((token, device))
}

/// Opens the session of a step whose second factor was proved otherwise than by a code.
pub(super) async fn open_now<A: Action>(
    who: &Allowed<A>,
    session: Session,
    account: Account,
) -> Result<Token> {
    let (of, to) = (account.clone(), session.clone());
    let device = who.write(move |conn, who| open(conn, who, &to, &of)).await?;
    note_sign_in(who, &session, &account).await?;
    Ok(device)
}

/// Opens the session and remembers the device; returns the device's token.
fn open<A: Action>(conn: &mut Conn, who: &Allowed<A>, session: &Session, account: &Account) -> Result<Token> {
    let commune = first_commune(conn, account, who.now())?;
    session::go_live(conn, session, account, commune.as_ref(), who.now())?;
    throttle::forget(conn, Subject::SecondFactor(account.id.as_str()), &throttle_key(who))?;
    let device = match who.device_token() {
        Some(device) => device.clone(),
        None => Token::fresh()?,
    };
    session::remember_device(conn, &device, &account.id, who.now())?;
    Ok(device)
}

async fn note_sign_in<A: Action>(who: &Allowed<A>, session: &Session, account: &Account) -> Result<()> {
    let author = Author {
        account: Some(account.id.clone()),
        role: Some(account.role.as_str().to_owned()),
        session: Some(session.mark()),
        network: who.network(),
        device: Some(who.device().to_owned()),
    };
    let entry = Entry { method: Some("password".to_owned()), ..Entry::new(Kind::SignIn, author, who.now()) };
    let _: Recorded = who.record(entry).await?;
    Ok(())
}

fn second_factor_attempt<A: Action>(
    conn: &mut Conn,
    who: &Allowed<A>,
    account: &Account,
) -> Result<Result<Attempt, NaiveDateTime>> {
    let subjects = [Subject::SecondFactor(account.id.as_str())];
    throttle::attempt(conn, &subjects, &throttle_key(who), who.now())
}

/// Whether the password typed is the present one; trying it is bounded like trying codes.
pub(super) async fn with_own_password<A: Action>(
    who: &Allowed<A>,
    account: &Account,
    typed: String,
) -> Result<Outcome<()>> {
    let turn = turn().await?;
    let own = account.clone();
    let attempt = match who.write(move |conn, who| second_factor_attempt(conn, who, &own)).await? {
        Ok(attempt) => attempt,
        Err(until) => return Ok(Outcome::Blocked(until)),
    };
    let stored = account.password_hash.clone();
    let right = who.compute(move |_| Ok(password::matches(&typed, Some(&stored)))).await?;
    drop(turn);
    if !right {
        note_attempt(who, Some(account.id.clone()), &attempt);
        return Ok(Outcome::failed(&attempt));
    }
    who.write(move |conn, _| attempt.succeed(conn)).await?;
    Ok(Outcome::Accepted(()))
}

/// The password alone reopens a locked session, on the same page. A temporary one is made for a first
/// login and opens nothing of single sign-on.
pub(super) async fn unlock(who: &Allowed<acts::Unlock>, typed: String) -> Result<Outcome<()>> {
    let (session, account) = at_step(who)?;
    if session.provider.is_some() && account.password_temporary {
        return Ok(Outcome::Wrong);
    }
    let outcome = with_own_password(who, &account, typed).await?;
    if matches!(outcome, Outcome::Accepted(())) {
        who.write(move |conn, who| session::touch(conn, &session, who.now())).await?;
    }
    Ok(outcome)
}

/// Characters this role's passwords need (E21).
pub(super) fn least_length<A: Action>(who: &Allowed<A>, account: &Account) -> usize {
    let accounts = &who.settings().accounts;
    if account.role.is_town_hall() { accounts.password_length } else { accounts.landlord_password_length }
}

/// Hashes, in turn with the others.
pub(super) async fn hash<A: Action>(who: &Allowed<A>, secret: Zeroizing<String>) -> Result<Hash> {
    let turn = turn().await?;
    let hash = who.compute(move |_| Hash::make(&secret)).await?;
    drop(turn);
    Ok(hash)
}

/// Sets a new password if it is strong and not the one before; ends every other session.
pub(super) async fn change_password<A: Action>(
    who: &Allowed<A>,
    actor: &Actor,
    new: String,
) -> Result<Result<(), String>> {
    let account = &actor.account;
    let mut own_words: Vec<String> =
        vec![account.login.clone(), account.name(), who.settings().landlord.name.clone()];
    own_words.extend(actor.habilitations.iter().map(|h| h.commune_name.clone()));
    let least = least_length(who, account);
    let stored = account.password_hash.clone();
    let turn = turn().await?;
    let made = who
        .compute(move |_| {
            let words: Vec<&str> = own_words.iter().map(String::as_str).collect();
            if let Some(weakness) = password::weakness(&new, least, &words) {
                return Ok(Err(Weakness::in_french(&weakness)));
            }
            if password::matches(&new, Some(&stored)) {
                return Ok(Err(
                    "C’est le mot de passe actuel : choisissez-en un autre.".replace(" :", "\u{a0}:")
                ));
            }
            Ok(Ok(Hash::make(&new)?))
        })
        .await?;
    drop(turn);
    let hash = match made {
        Ok(hash) => hash,
        Err(sentence) => return Ok(Err(sentence)),
    };
    let (account, session) = (account.clone(), actor.session.clone());
    who.write(move |conn, who| {
        if !account::replace_password(conn, &account, &hash, who.now())? {
            return Err(Error::Stale);
        }
        session::forget_link(conn, &session)?;
        session::end_all(conn, &account.id, Some(&session), EndedBy::PasswordChanged, who.now())
    })
    .await?;
    Ok(Ok(()))
}
