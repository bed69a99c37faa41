//! The guard: who asks, how far have they come, may their role do this, is the space open.
//!
//! It runs before any part of the request is read. What it lets through receives [`Allowed`], the
//! only way from a handler to the database.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest, web};

use super::account::{Account, Role};
use super::actor::{Actor, zone};
use super::contact::{self, Designation};
use super::cookies::{DEVICE_COOKIE, NewCookie, SESSION_COOKIE};
use super::habilitation::{self, Habilitation};
use super::machine::Machine;
use super::origin;
use super::policy::{self, Action, Door, Step};
use super::route;
use super::session::{self, EndedBy, Session, Token};
use super::suspension::{self, Suspension};
use crate::messages;
use crate::notices::Landlord;
use crate::opening_hours::Schedule;
use crate::platform::config::Settings;
use crate::platform::keyring::Keyring;
use crate::platform::{Clock, Conn, Error, Now, Result};
use crate::traces::{Author, Entry, Kind, Recorded};

/// What stands behind the guard. Nobody else can name it.
struct House {
    machine: Machine,
    schedule: Schedule,
}

/// Puts the house behind the guard.
pub fn furnish(config: &mut web::ServiceConfig, machine: &Machine, schedule: Schedule) {
    config.app_data(web::Data::new(House { machine: machine.clone(), schedule }));
}

/// What the frame needs to draw around a page.
#[derive(Clone)]
pub struct Visit {
    pub now: Now,
    pub csrf: String,
    /// The person, once every step of signing in is done.
    pub actor: Option<Actor>,
    /// Messages this person has not read yet.
    pub unread: i64,
}

/// The token a form of this session must bear.
#[derive(Clone)]
pub(super) struct ExpectedToken(pub(super) String);

/// Proof that the guard let this request through for the action `A`.
pub struct Allowed<A: Action> {
    inner: Arc<Inner>,
    action: PhantomData<fn() -> A>,
}

struct Inner {
    house: web::Data<House>,
    now: Now,
    /// Session and account, at whatever step.
    known: Option<(Session, Account)>,
    habilitations: Vec<Habilitation>,
    contact_for: Vec<Designation>,
    suspension: Option<Suspension>,
    network: Option<IpAddr>,
    device: String,
    device_token: Option<Token>,
}

impl<A: Action> Allowed<A> {
    /// The instant of the request.
    pub fn now(&self) -> Now {
        self.inner.now
    }

    /// Asks the clock again: only for how long something has taken.
    pub fn clock(&self) -> &Clock {
        &self.inner.house.machine.clock
    }

    pub fn settings(&self) -> &Settings {
        &self.inner.house.machine.settings
    }

    /// Whom the notices and refusals name.
    pub fn landlord(&self) -> Landlord {
        self.settings().landlord.clone()
    }

    pub fn keyring(&self) -> &Keyring {
        &self.inner.house.machine.keyring
    }

    /// The person; [`Error::SignIn`] for a public action without one.
    pub fn actor(&self) -> Result<Actor> {
        let (session, account) = self.inner.known.clone().ok_or(Error::SignIn)?;
        Ok(Actor {
            account,
            session,
            habilitations: self.inner.habilitations.clone(),
            contact_for: self.inner.contact_for.clone(),
            network: self.inner.network,
        })
    }

    /// One unchanging view of the database, on a blocking thread.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn, &Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let who = self.again();
        blocking(move || who.inner.house.machine.db.read(|conn| f(conn, &who))).await
    }

    /// One change, committed if and only if `f` returns `Ok`, on a blocking thread.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn, &Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let who = self.again();
        blocking(move || who.inner.house.machine.db.write(|conn| f(conn, &who))).await
    }

    /// Work without the database that takes a core: hashing, drawing.
    pub async fn compute<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let who = self.again();
        blocking(move || f(&who)).await
    }

    /// Records a display or a search; the proof comes after the commit.
    pub async fn record(&self, entry: Entry) -> Result<Recorded> {
        self.inner.house.machine.traces.record(entry).await
    }

    /// Records a refusal; many of one minute become one row with a count.
    pub async fn record_refusal(&self, mut entry: Entry, reason: &str) -> Result<()> {
        entry.kind = Kind::Refusal;
        entry.display = None;
        entry.reason = Some(reason.to_owned());
        let machine = &self.inner.house.machine;
        write_refusals(machine, machine.refusals.note(entry, self.now())).await
    }

    /// Records a refusal without anybody waiting for it: nothing is shown after it.
    pub(super) fn record_refusal_aside(&self, entry: Entry, reason: &'static str) {
        let who = self.again();
        tokio::spawn(async move {
            if let Err(cause) = who.record_refusal(entry, reason).await {
                tracing::error!(%cause, "a refusal could not be recorded");
            }
        });
    }

    /// Writes something that nobody waits for, and that nothing depends on.
    pub(super) fn write_aside(&self, f: impl FnOnce(&mut Conn, &Self) -> Result<()> + Send + 'static) {
        let who = self.again();
        tokio::spawn(async move {
            if let Err(cause) = who.write(f).await {
                tracing::error!(%cause, "what nobody waits for could not be written");
            }
        });
    }

    /// Whether traces can be written.
    pub fn traces_are_well(&self) -> bool {
        self.machine().traces.health().is_well()
    }

    pub(super) fn machine(&self) -> &Machine {
        &self.inner.house.machine
    }

    pub(super) fn network(&self) -> Option<IpAddr> {
        self.inner.network
    }

    pub(super) fn device(&self) -> &str {
        &self.inner.device
    }

    pub(super) fn device_token(&self) -> Option<&Token> {
        self.inner.device_token.as_ref()
    }

    pub(super) fn known(&self) -> Option<&(Session, Account)> {
        self.inner.known.as_ref()
    }

    /// The schedule of the landlord's own zone, for public pages.
    pub fn schedule(&self) -> &Schedule {
        &self.inner.house.schedule
    }

    /// Not `Clone` in public: a proof is made by the guard alone.
    fn again(&self) -> Self {
        Self { inner: self.inner.clone(), action: PhantomData }
    }
}

/// Writes what the refusals of a minute leave to write.
pub(crate) async fn write_refusals(machine: &Machine, due: crate::traces::RefusalsDue) -> Result<()> {
    if due.has_strangers() {
        let db = machine.db.clone();
        let counted = due.clone();
        blocking(move || counted.count_strangers(&db)).await?;
    }
    for entry in due.entries {
        let _: Recorded = machine.traces.record(entry).await?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.map_err(|e| Error::Internal(format!("a blocking task died: {e}")))?
}

/// Decides; the handler and the body come after it.
pub(super) async fn admit<A: Action>(req: &HttpRequest) -> Result<Allowed<A>> {
    let house = req
        .app_data::<web::Data<House>>()
        .cloned()
        .ok_or_else(|| Error::internal("no house behind the guard"))?;
    let now = house.machine.clock.now();
    let cookie = |name| req.cookie(name).and_then(|cookie| Token::read(cookie.value()));
    let given = cookie(SESSION_COOKIE);
    let token = match &given {
        Some(token) => token.clone(),
        None => Token::fresh()?,
    };
    let csrf = data_encoding::HEXLOWER
        .encode(&house.machine.secrets.master().derive("csrf").digest(&[token.as_str().as_bytes()]));
    req.extensions_mut().insert(ExpectedToken(csrf.clone()));
    req.extensions_mut().insert(Visit { now, csrf: csrf.clone(), actor: None, unread: 0 });
    if given.is_none() {
        // Even a stranger's form bears a token bound to a cookie of theirs.
        req.extensions_mut().insert(NewCookie(token.clone()));
    }
    let found = match given {
        Some(_) => load(&house, &token, now).await?,
        None => None,
    };
    let mut inner = Inner {
        network: origin::network(req, &house.machine.settings),
        device: origin::device(req),
        device_token: cookie(DEVICE_COOKIE),
        house,
        now,
        known: None,
        habilitations: Vec::new(),
        contact_for: Vec::new(),
        suspension: None,
    };
    let mut unread = 0;
    if let Some(Found { session, account, habilitations, contact_for, suspension, unread: counted }) = found {
        unread = counted;
        inner.known = Some((session, account));
        inner.habilitations = habilitations;
        inner.contact_for = contact_for;
        inner.suspension = suspension;
    }
    let open_outside_hours = route::row(req).is_some_and(|row| row.open_outside_hours);
    let verdict = decide(A::ACT, &inner, open_outside_hours);
    if let Some((session, account)) = &inner.known {
        let signed_in = session.lives(now) && session.step(account, now).is_none();
        if signed_in {
            req.extensions_mut().insert(Visit {
                now,
                csrf,
                actor: Some(Actor {
                    account: account.clone(),
                    session: session.clone(),
                    habilitations: inner.habilitations.clone(),
                    contact_for: inner.contact_for.clone(),
                    network: inner.network,
                }),
                unread,
            });
        }
    }
    let allowed = Allowed { inner: Arc::new(inner), action: PhantomData };
    match verdict {
        Ok(()) => {
            allowed.note_activity().await?;
            Ok(allowed)
        }
        Err(error) => {
            allowed.note_refusal(&error).await?;
            Err(error)
        }
    }
}

struct Found {
    session: Session,
    account: Account,
    habilitations: Vec<Habilitation>,
    contact_for: Vec<Designation>,
    suspension: Option<Suspension>,
    unread: i64,
}

async fn load(house: &web::Data<House>, token: &Token, now: Now) -> Result<Option<Found>> {
    let (house, token) = (house.clone(), token.clone());
    blocking(move || {
        house.machine.db.read(|conn| {
            let Some((session, account)) = session::find(conn, &token, now)? else { return Ok(None) };
            let mut habilitations = habilitation::of_account(conn, &account.id, now)?;
            habilitations.retain(|h| h.is_current(now));
            let contact_for = match account.role {
                Role::Contact => contact::of_account(conn, &account.id, now)?,
                Role::Instructor | Role::Manager | Role::Dpo => Vec::new(),
            };
            let suspension = suspension::of_account(conn, &account, now)?;
            let unread = messages::unread_count(conn, &account.id)?;
            Ok(Some(Found { session, account, habilitations, contact_for, suspension, unread }))
        })
    })
    .await
}

fn decide(act: policy::Act, inner: &Inner, open_outside_hours: bool) -> Result<()> {
    let living = inner.known.as_ref().filter(|(session, _)| session.lives(inner.now));
    let step = living.map(|(session, account)| session.step(account, inner.now));
    match (act.door(), living, step) {
        (Door::Public, ..) => Ok(()),
        (_, None, _) => Err(Error::SignIn),
        (Door::Step(wanted) | Door::StepOrLater(wanted), Some(_), Some(Some(step))) if step == wanted => {
            Ok(())
        }
        // Whoever has nothing left to do here goes on.
        (Door::Step(_), Some(_), Some(None)) => Err(Error::First("/")),
        (_, Some(_), Some(Some(step))) => Err(Error::First(step.path())),
        (Door::SignedIn | Door::StepOrLater(_), Some((session, account)), _) => {
            if !policy::permits(account.role, act) {
                return Err(Error::Forbidden);
            }
            if let Some(suspension) = inner.suspension.as_ref().filter(|_| !policy::open_to_suspended(act)) {
                let Suspension { since, reason } = suspension.clone();
                return Err(Error::Suspended { since, reason });
            }
            let zone = zone(session, &inner.habilitations, &inner.contact_for);
            let open = open_outside_hours
                || !account.role.is_town_hall()
                || inner.house.schedule.in_zone(zone).state(inner.now.utc()).is_open();
            if open { Ok(()) } else { Err(Error::Closed) }
        }
        (Door::Step(_), Some(_), None) => Err(Error::SignIn),
    }
}

impl<A: Action> Allowed<A> {
    async fn note_activity(&self) -> Result<()> {
        let Some((session, account)) = &self.inner.known else { return Ok(()) };
        let now = self.now();
        let counts = policy::counts_as_activity(A::ACT)
            && session.lives(now)
            && session.step(account, now) != Some(Step::Locked);
        if counts && session.activity_is_stale(now) {
            let session = session.clone();
            self.write(move |conn, who| session::touch(conn, &session, who.now())).await?;
        }
        Ok(())
    }

    /// A signed-in person turned away by role or hours leaves a trace (E9); the steps of signing
    /// in are not refusals, and strangers are counted.
    async fn note_refusal(&self, error: &Error) -> Result<()> {
        let reason = match error {
            Error::Forbidden => "role",
            Error::Closed => "hours",
            Error::Suspended { .. } => "suspended",
            Error::SignIn => "nobody",
            _ => return Ok(()),
        };
        let author = match (error, self.actor()) {
            (Error::SignIn, _) | (_, Err(_)) => Author::default(),
            (_, Ok(actor)) => actor.author(),
        };
        let mut entry = Entry::new(Kind::Refusal, author, self.now());
        let read = self.inner.known.as_ref().filter(|_| entry.author.account.is_some());
        entry.commune = read.and_then(|(session, _)| session.commune.clone());
        self.record_refusal(entry, reason).await
    }
}

/// What this visit showed of itself, for the frame.
pub fn visit(req: &HttpRequest) -> Option<Visit> {
    req.extensions().get::<Visit>().cloned()
}

/// Ends this session for a reason; what follows is a stranger.
pub(super) async fn end_session<A: Action>(who: &Allowed<A>, by: EndedBy) -> Result<()> {
    let Some((session, _)) = who.known().cloned() else { return Ok(()) };
    who.write(move |conn, who| session::end(conn, &session, by, who.now())).await
}
