//! Any sequence of what a contact and a manager can do, against a specification written apart: who
//! reads for which commune, at which instant. Each case is one transaction that is taken back.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use parvis::habilitations::requests::{self, Wanted};
use parvis::habilitations::{self, Manager, Referent, Terms, endings};
use parvis::identity::Role;
use parvis::identity::habilitation::{self as stored, Ground};
use parvis::identity::password::Hash;
use parvis::platform::clock::start_of_day;
use parvis::platform::id::{AccountId, HabilitationId, Insee, RequestId};
use parvis::platform::{Clock, Conn, Error, Now};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::harness::app::paris;
use crate::harness::{MERIZEAU, TestApp, VALBOURG, both_databases};

both_databases![e15_no_sequence_of_actions_lets_anybody_read_who_should_not,];

/// One gesture; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Gesture {
    /// The contact of one commune asks, perhaps for the other one.
    Ask {
        by: usize,
        commune: usize,
        person: usize,
        from: i64,
        days: Option<i64>,
        replaces: Option<usize>,
        excused: bool,
    },
    Question(usize),
    Answer {
        by: usize,
        request: usize,
    },
    Withdraw {
        by: usize,
        request: usize,
    },
    Refuse(usize),
    Accept {
        request: usize,
        from: i64,
        days: Option<i64>,
        known: bool,
        excused: bool,
    },
    /// Somebody who is no manager tries to grant.
    Usurp {
        request: usize,
    },
    Depart {
        by: usize,
        holder: usize,
        after: Option<i64>,
    },
    End {
        holder: usize,
        after: Option<i64>,
    },
    Undo(usize),
    ComeBack(usize),
    ChangeFunction {
        by: usize,
        holder: usize,
    },
    Wait {
        hours: i64,
    },
}

fn gestures() -> impl Strategy<Value = Vec<Gesture>> {
    use Gesture::*;
    let (two, some) = (0..2_usize, 0..8_usize);
    let days = || prop::option::of(0..5_i64);
    let one = prop_oneof![
        4 => (two.clone(), two.clone(), 0..4_usize, -1..2_i64, days(), prop::option::weighted(0.4, 0..8_usize), any::<bool>())
            .prop_map(|(by, commune, person, from, days, replaces, excused)| Ask { by, commune, person, from, days, replaces, excused }),
        1 => some.clone().prop_map(Question),
        1 => (two.clone(), some.clone()).prop_map(|(by, request)| Answer { by, request }),
        1 => (two.clone(), some.clone()).prop_map(|(by, request)| Withdraw { by, request }),
        1 => some.clone().prop_map(Refuse),
        5 => (some.clone(), -1..2_i64, days(), any::<bool>(), any::<bool>())
            .prop_map(|(request, from, days, known, excused)| Accept { request, from, days, known, excused }),
        1 => some.clone().prop_map(|request| Usurp { request }),
        2 => (two.clone(), some.clone(), days()).prop_map(|(by, holder, after)| Depart { by, holder, after }),
        1 => (some.clone(), days()).prop_map(|(holder, after)| End { holder, after }),
        1 => some.clone().prop_map(Undo),
        1 => some.clone().prop_map(ComeBack),
        1 => (two, some).prop_map(|(by, holder)| ChangeFunction { by, holder }),
        3 => (1..40_i64).prop_map(|hours| Wait { hours }),
    ];
    prop::collection::vec(one, 8..40)
}

/// The specification: what was granted, and what has happened to it since.
#[derive(Debug, Clone)]
struct Granted {
    id: HabilitationId,
    account: AccountId,
    commune: usize,
    first: NaiveDate,
    last: Option<NaiveDate>,
    closings: Vec<NaiveDateTime>,
    away: Vec<(NaiveDateTime, NaiveDateTime)>,
    replaces: Option<usize>,
}

impl Granted {
    fn is_over(&self, now: Now) -> bool {
        self.last.is_some_and(|last| last < now.today())
            || self.closings.iter().any(|closed| *closed <= now.naive())
    }

    fn reads(&self, now: Now) -> bool {
        let away = self.away.iter().any(|(from, until)| *from <= now.naive() && now.naive() < *until);
        self.first <= now.today() && !self.is_over(now) && !away
    }
}

#[derive(Debug, Clone)]
struct Asked {
    id: RequestId,
    commune: usize,
    replaces: Option<usize>,
    /// The holder whose function changes.
    about: Option<usize>,
    open: bool,
}

struct Story<'a> {
    conn: &'a mut Conn,
    clock: Clock,
    communes: [Insee; 2],
    contacts: [AccountId; 2],
    manager: AccountId,
    unusable: &'a Hash,
    granted: Vec<Granted>,
    asked: Vec<Asked>,
    readings: usize,
}

fn closing(after: Option<i64>, now: Now) -> (Option<NaiveDate>, NaiveDateTime) {
    let day = after.map(|days| now.today() + TimeDelta::days(days));
    match day {
        Some(day) if day > now.today() => (Some(day), start_of_day(day + TimeDelta::days(1))),
        _ => (day, now.naive()),
    }
}

/// `Some` if it was done; a refusal or an error of the program's is `None`.
fn done<T, R>(result: Result<Result<T, R>, Error>) -> Option<T> {
    match result {
        Ok(done) => done.ok(),
        Err(Error::NotFound | Error::Stale | Error::Forbidden) => None,
        Err(other) => panic!("{other}"),
    }
}

impl Story<'_> {
    fn referent(&mut self, by: usize, commune: usize, now: Now) -> Option<Referent> {
        let found = Referent::of(self.conn, &self.contacts[by], &self.communes[commune], now).ok();
        assert_eq!(found.is_some(), by == commune, "a contact speaks for their own commune alone");
        found
    }

    fn manager(&mut self) -> Manager {
        let id = self.manager.clone();
        Manager::of(self.conn, &id).expect("a manager")
    }

    /// The number of one that is there, if there is any.
    fn granted_at(&self, number: usize) -> Option<usize> {
        (!self.granted.is_empty()).then(|| number % self.granted.len())
    }

    fn asked_at(&self, number: usize) -> Option<usize> {
        (!self.asked.is_empty()).then(|| number % self.asked.len())
    }

    fn play(&mut self, gesture: &Gesture) {
        let now = self.clock.now();
        match gesture.clone() {
            Gesture::Ask { by, commune, person, from, days, replaces, excused } => {
                let Some(referent) = self.referent(by, commune, now) else { return };
                let replaces = replaces.and_then(|at| self.granted_at(at));
                let first = now.today() + TimeDelta::days(from);
                let wanted = Wanted {
                    first_name: ["Nora", "Yanis", "Inès", "Paul"][person].to_owned(),
                    last_name: "Vasseur".to_owned(),
                    email: None,
                    job_title: "instructrice logement".to_owned(),
                    employer: "mairie".to_owned(),
                    ground: Ground::Agent,
                    reason: "Instruction des demandes.".to_owned(),
                    starts_on: first,
                    ends_on: days.map(|days| first + TimeDelta::days(days)),
                    replaces: replaces.map(|at| self.granted[at].id.clone()),
                    over_quota_reason: excused.then(|| "Deux services.".to_owned()),
                };
                if let Some(id) = done(requests::submit(self.conn, &referent, &wanted, now)) {
                    self.asked.push(Asked { id, commune, replaces, about: None, open: true });
                }
            }
            Gesture::Question(at) => {
                let Some(at) = self.asked_at(at) else { return };
                let asked = self.asked[at].clone();
                let by = self.manager();
                let was = done(requests::ask(self.conn, &by, &asked.id, "À quel titre ?", now));
                assert_eq!(was.is_some(), asked.open);
            }
            Gesture::Answer { by, request } => {
                let Some(request) = self.asked_at(request) else { return };
                let asked = self.asked[request].clone();
                let Some(referent) = self.referent(by, by, now) else { return };
                let was = done(requests::answer(self.conn, &referent, &asked.id, "Au titre du CCAS.", now));
                assert_eq!(was.is_some(), asked.open && asked.commune == by);
            }
            Gesture::Withdraw { by, request } => {
                let Some(request) = self.asked_at(request) else { return };
                let asked = self.asked[request].clone();
                let Some(referent) = self.referent(by, by, now) else { return };
                let was = requests::withdraw(self.conn, &referent, &asked.id, now).is_ok();
                assert_eq!(was, asked.open && asked.commune == by && asked.about.is_none());
                self.asked[request].open &= !was;
            }
            Gesture::Refuse(at) => {
                let Some(at) = self.asked_at(at) else { return };
                let asked = self.asked[at].clone();
                let by = self.manager();
                let was = done(requests::refuse(self.conn, &by, &asked.id, "Fonction incompatible.", now));
                assert_eq!(was.is_some(), asked.open);
                if let (Some(()), Some(about)) = (was, asked.about)
                    && !self.granted[about].is_over(now)
                {
                    self.granted[about].closings.push(now.naive());
                }
                self.asked[at].open = false;
            }
            Gesture::Accept { request, from, days, known, excused } => {
                self.accept(request, (from, days), known, excused, now);
            }
            Gesture::Usurp { request } => {
                for id in self.contacts.clone() {
                    assert!(matches!(Manager::of(self.conn, &id), Err(Error::Forbidden)), "{request}");
                }
            }
            Gesture::Depart { by, holder, after } => {
                let Some(holder) = self.granted_at(holder) else { return };
                let granted = self.granted[holder].clone();
                let Some(referent) = self.referent(by, by, now) else { return };
                let (day, at) = closing(after, now);
                let was = endings::report_departure(self.conn, &referent, &granted.id, (day, None), now);
                assert_eq!(was.is_ok(), granted.commune == by && !granted.is_over(now));
                if was.is_ok() {
                    self.granted[holder].closings.push(at);
                }
            }
            Gesture::End { holder, after } => {
                let Some(holder) = self.granted_at(holder) else { return };
                let granted = self.granted[holder].clone();
                let by = self.manager();
                let (day, at) = closing(after, now);
                if done(endings::end(self.conn, &by, &granted.id, (day, "Fin de mission."), now)).is_some() {
                    self.granted[holder].closings.push(at);
                }
            }
            Gesture::Undo(at) => {
                let Some(at) = self.granted_at(at) else { return };
                let granted = self.granted[at].clone();
                let by = self.manager();
                let was = done(endings::undo(self.conn, &by, &granted.id, "Signalé par erreur.", now));
                assert_eq!(was.is_some(), !granted.closings.is_empty());
                self.granted[at].closings.clear();
            }
            Gesture::ComeBack(at) => {
                let Some(at) = self.granted_at(at) else { return };
                let granted = self.granted[at].clone();
                let by = self.manager();
                let was = done(endings::end_absence(self.conn, &by, &granted.id, "Retour anticipé.", now));
                if was.is_some() {
                    self.granted[at].away.retain(|(_, until)| *until <= now.naive());
                    for other in &mut self.granted {
                        if other.replaces == Some(at) && !other.is_over(now) {
                            other.closings.push(now.naive());
                        }
                    }
                }
            }
            Gesture::ChangeFunction { by, holder } => {
                let Some(holder) = self.granted_at(holder) else { return };
                let granted = self.granted[holder].clone();
                let Some(referent) = self.referent(by, by, now) else { return };
                let told = ("chargée d’accueil", "Mutation interne.");
                let was =
                    done(requests::report_function_change(self.conn, &referent, &granted.id, told, now));
                assert!(was.is_none() || (granted.commune == by && !granted.is_over(now)));
                if let Some(id) = was {
                    let about = Some(holder);
                    self.asked.push(Asked {
                        id,
                        commune: granted.commune,
                        replaces: None,
                        about,
                        open: true,
                    });
                }
            }
            Gesture::Wait { hours } => self.clock.advance(TimeDelta::hours(hours)),
        }
    }

    fn accept(&mut self, at: usize, (from, days): (i64, Option<i64>), known: bool, excused: bool, now: Now) {
        let Some(at) = self.asked_at(at) else { return };
        let asked = self.asked[at].clone();
        let by = self.manager();
        let first = now.today() + TimeDelta::days(from);
        let account = known.then(|| self.granted.first().map(|one| one.account.clone())).flatten();
        let terms = Terms {
            starts_on: first,
            ends_on: days.map(|days| first + TimeDelta::days(days)),
            account,
            over_quota_reason: excused.then(|| "Deux services.".to_owned()),
            reason: None,
        };
        let was = done(habilitations::accept(self.conn, &by, &asked.id, &terms, self.unusable, now));
        assert!(was.is_none() || asked.open);
        let Some(accepted) = was else { return };
        self.asked[at].open = false;
        if asked.about.is_some() {
            return;
        }
        let first = first.max(now.today());
        if let (Some(absent), Some(last)) = (asked.replaces, terms.ends_on) {
            let until = start_of_day(last + TimeDelta::days(1));
            self.granted[absent].away.push((start_of_day(first).max(now.naive()), until));
        }
        self.granted.push(Granted {
            id: accepted.habilitation,
            account: accepted.account,
            commune: asked.commune,
            first,
            last: terms.ends_on,
            closings: Vec::new(),
            away: Vec::new(),
            replaces: asked.replaces,
        });
    }

    /// What the program lets people read now is what the specification says, and no commune is beyond
    /// its quota without a written reason.
    fn is_as_specified(&mut self) {
        let now = self.clock.now();
        for commune in 0..2 {
            let mut reading = 0;
            for granted in self.granted.iter().filter(|granted| granted.commune == commune) {
                let all = stored::of_account(self.conn, &granted.account, now).expect("habilitations");
                let opens = |one: &stored::Habilitation| one.is_current(now) && one.suspension.is_none();
                let one = all.iter().find(|one| one.id == granted.id).expect("what was granted");
                assert_eq!(opens(one), granted.reads(now), "{granted:?} at {now:?}");
                assert_eq!(one.commune, self.communes[commune]);
                reading += usize::from(granted.reads(now));
            }
            self.readings += reading;
            let all = habilitations::holders(self.conn, &self.communes[commune], now).expect("holders");
            assert_eq!(
                all.iter().filter(|one| one.is_current(now) && one.suspension.is_none()).count(),
                reading
            );
            let excused = all.iter().any(|one| one.is_current(now) && one.over_quota_reason.is_some());
            assert!(reading <= 2 || excused, "{reading} read without a reason: {all:?}");
        }
        // Nobody else reads at all.
        for contact in &self.contacts {
            assert!(stored::of_account(self.conn, contact, now).expect("habilitations").is_empty());
        }
    }
}

fn e15_no_sequence_of_actions_lets_anybody_read_who_should_not(app: TestApp) {
    let contact = |commune: &str| app.contact_of(commune).id.parse::<AccountId>().expect("an id");
    let contacts = [contact(VALBOURG), contact(MERIZEAU)];
    let manager: AccountId = app.account(Role::Manager, &[]).id.parse().expect("an id");
    let unusable = Hash::make("that nobody knows").expect("a hash");
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    let readings = std::cell::Cell::new(0);
    let tried = runner.run(&gestures(), |gestures| {
        let taken_back = app.machine().db().write(|conn| -> Result<(), Error> {
            let mut story = Story {
                conn,
                clock: Clock::starting_at(paris("2026-11-23 10:32")),
                communes: [VALBOURG, MERIZEAU].map(|insee| insee.parse().expect("a code")),
                contacts: contacts.clone(),
                manager: manager.clone(),
                unusable: &unusable,
                granted: Vec::new(),
                asked: Vec::new(),
                readings: 0,
            };
            for gesture in &gestures {
                story.play(gesture);
                story.is_as_specified();
            }
            readings.set(readings.get() + story.readings);
            Err(Error::Stale)
        });
        assert!(matches!(taken_back, Err(Error::Stale)), "{taken_back:?}");
        Ok(())
    });
    tried.unwrap_or_else(|fault| panic!("{fault}"));
    assert!(readings.get() > 200, "positive control: somebody reads");
}
