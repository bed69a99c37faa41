//! Every condition of reading: each alone, their order, and any mixture of them against a
//! specification written apart. Facts can be invented here and nowhere else.

use chrono::TimeZone as _;
use proptest::prelude::*;

use chrono::NaiveDate;

use super::*;
use crate::committees::{Announced, Status};
use crate::opening_hours::Zone;
use crate::platform::Db;
use crate::platform::crypto::Key;
use crate::platform::db::{Contents, Location};
use crate::platform::id::AccountId;
use crate::traces::{Subject, Traces};

const VALBOURG: &str = "99101";
const MERIZEAU: &str = "99102";

fn insee(code: &str) -> Insee {
    code.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Now {
    Now::recorded(text.parse::<DateTime<Utc>>().unwrap().naive_utc())
}

/// Monday 23 November 2026, 10:32 in Paris.
fn morning() -> Now {
    at("2026-11-23T09:32:00Z")
}

fn suspension() -> Suspension {
    Suspension { since: morning().naive(), reason: "une vérification".to_owned() }
}

/// A published committee of one day.
fn committee(ends_on: NaiveDate) -> Committee {
    let announced = Announced {
        reference: "Est 2026-48".to_owned(),
        sector: "Est".to_owned(),
        held_on: ends_on,
        ends_on,
        starts_at: None,
        status: Status::Planned,
    };
    let mut committee = Committee::new(&announced, morning());
    committee.generation_id = Some(GenerationId::fresh());
    committee.published_at = Some(morning().naive());
    committee
}

fn sheet_id(digit: char) -> SheetId {
    digit.to_string().repeat(32).parse().unwrap()
}

fn subject() -> Subject {
    Subject { id: "5".repeat(32).parse().unwrap(), month: "2026-11".to_owned() }
}

/// A habilitated reader of Valbourg, who asks for a sheet of a committee held in three days.
fn facts() -> Facts {
    Facts {
        asked: Asked::Sheet(sheet_id('a')),
        author: Author {
            account: Some(AccountId::fresh()),
            role: Some("instructor".to_owned()),
            session: Some("0123456789abcdef".to_owned()),
            network: None,
            device: Some("Firefox, Linux".to_owned()),
        },
        second_factor: true,
        charter_signed: true,
        suspension: None,
        commune: Some(CommuneFacts {
            insee: insee(VALBOURG),
            name: "Valbourg".to_owned(),
            suspension: None,
            standing: Standing::InForce { until: day("2027-10-01") },
            habilitation: Habilitated::Yes,
        }),
        schedule: Schedule::new(Hours::CONVENTION, Zone::Ordinary, Vec::new()),
        other_sheets: 0,
        slow_from: 150,
        refuse_from: 300,
        object: Some(Object {
            commune: insee(VALBOURG),
            committee: committee(day("2026-11-26")),
            withdrawn: false,
            sealed: Vec::new(),
        }),
    }
}

fn decided(facts: &Facts, now: Now) -> Result<Permit, Refusal> {
    decide(facts, now, DisplayId::fresh().unwrap())
}

fn refusal(facts: &Facts, now: Now) -> Refusal {
    decided(facts, now).expect_err("refused")
}

fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

fn commune(facts: &mut Facts) -> &mut CommuneFacts {
    facts.commune.as_mut().unwrap()
}

fn object(facts: &mut Facts) -> &mut Object {
    facts.object.as_mut().unwrap()
}

// --- each condition alone -----------------------------------------------------------------------

#[test]
fn whoever_meets_every_condition_is_permitted_this_display_of_this_sheet() {
    let facts = with(|f| object(f).sealed = vec![Sealed::empty(sheet_id('a'), insee(VALBOURG), subject())]);
    let display = DisplayId::fresh().unwrap();
    let permit = decide(&facts, morning(), display.clone()).unwrap();
    let entry = permit.entry();
    assert_eq!(entry.kind, Kind::Sheet);
    assert_eq!(entry.at, morning());
    assert_eq!(entry.author, facts.author);
    assert_eq!(entry.sheet, Some(sheet_id('a')));
    assert_eq!(entry.commune, Some(insee(VALBOURG)));
    assert_eq!(entry.committee.as_ref(), Some(&permit.committee().id));
    assert_eq!(entry.subject, Some(subject()));
    assert_eq!(entry.display, Some(display));
    assert_eq!(entry.reason, None);
    assert_eq!(entry.occurrences, 1);
    assert_eq!(permit.delay(), None);
}

#[test]
fn e20_without_a_second_factor_nothing_is_read() {
    assert_eq!(refusal(&with(|f| f.second_factor = false), morning()), Refusal::SecondFactor);
}

#[test]
fn e24_without_the_commitment_nothing_is_read() {
    assert_eq!(refusal(&with(|f| f.charter_signed = false), morning()), Refusal::Charter);
}

#[test]
fn e27_a_suspension_of_the_person_or_of_the_commune_refuses_with_its_reason() {
    let person = with(|f| f.suspension = Some(suspension()));
    assert_eq!(refusal(&person, morning()), Refusal::Suspended(suspension()));
    let town_hall = with(|f| commune(f).suspension = Some(suspension()));
    assert_eq!(refusal(&town_hall, morning()), Refusal::CommuneSuspended(suspension()));
}

#[test]
fn e28_reading_is_open_from_eight_to_seven_to_the_second_and_says_until_when_it_is_closed() {
    let facts = facts();
    let opens = at("2026-11-23T07:00:00Z");
    assert_eq!(
        refusal(&facts, at("2026-11-23T06:59:59Z")),
        Refusal::Closed { until: opens.utc(), why: Why::Morning }
    );
    assert!(decided(&facts, opens).is_ok());
    assert!(decided(&facts, at("2026-11-23T17:59:59Z")).is_ok());
    assert_eq!(
        refusal(&facts, at("2026-11-23T18:00:00Z")),
        Refusal::Closed { until: at("2026-11-24T07:00:00Z").utc(), why: Why::Evening }
    );
}

#[test]
fn e28_the_holidays_are_those_of_the_commune() {
    // 26 December 2025 is a Friday: a holiday in Alsace-Moselle alone.
    let boxing_day = at("2025-12-26T09:00:00Z");
    let sheet = |zone| {
        with(|f| {
            f.schedule = f.schedule.in_zone(zone);
            object(f).committee = committee(day("2025-12-29"));
        })
    };
    assert!(decided(&sheet(Zone::Ordinary), boxing_day).is_ok());
    let alsace = refusal(&sheet(Zone::AlsaceMoselle { good_friday: false }), boxing_day);
    assert_eq!(alsace.word(), "hours");
}

#[test]
fn e29_an_announced_closure_refuses_reading() {
    let maintenance = Closure {
        starts: at("2026-11-23T09:00:00Z").utc(),
        ends: at("2026-11-23T10:00:00Z").utc(),
        reason: "maintenance".to_owned(),
    };
    let facts = with(|f| f.schedule = Schedule::new(Hours::CONVENTION, Zone::Ordinary, vec![maintenance]));
    let why = Why::Announced("maintenance".to_owned());
    assert_eq!(refusal(&facts, morning()), Refusal::Closed { until: at("2026-11-23T10:00:00Z").utc(), why });
    assert!(decided(&facts, at("2026-11-23T10:00:00Z")).is_ok());
}

#[test]
fn e35_only_a_convention_in_force_opens_the_sheets() {
    let standings = [
        Standing::Never,
        Standing::NotYet { from: day("2026-11-24") },
        Standing::Ended { on: day("2026-11-22") },
    ];
    for standing in standings {
        let facts = with(|f| commune(f).standing = standing);
        let expected = Refusal::NoConvention { commune: "Valbourg".to_owned(), standing };
        assert_eq!(refusal(&facts, morning()), expected);
    }
}

#[test]
fn e15_without_a_habilitation_for_the_commune_being_read_nothing_is_read() {
    assert_eq!(
        refusal(&with(|f| commune(f).habilitation = Habilitated::No), morning()),
        Refusal::NoHabilitation
    );
    assert_eq!(refusal(&with(|f| f.commune = None), morning()), Refusal::NoHabilitation);
}

#[test]
fn e25_an_abnormal_pace_is_slowed_then_refused_and_lists_are_never_counted() {
    let pace = |others: i64| with(|f| f.other_sheets = others);
    assert_eq!(decided(&pace(149), morning()).unwrap().delay(), None);
    assert_eq!(decided(&pace(150), morning()).unwrap().delay(), Some(SLOWED_BY));
    assert_eq!(decided(&pace(299), morning()).unwrap().delay(), Some(SLOWED_BY));
    assert_eq!(
        refusal(&pace(300), morning()),
        Refusal::TooFast { again_at: morning().utc() + TimeDelta::minutes(10) }
    );
    let id = CommitteeId::fresh();
    let dwelling: DwellingId = "b".repeat(32).parse().unwrap();
    for asked in [Asked::List(id.clone()), Asked::Search(id.clone())] {
        let mut list = pace(100_000);
        list.asked = asked;
        assert_eq!(decided(&list, morning()).unwrap().delay(), None);
    }
    let mut comparison = pace(300);
    comparison.asked = Asked::Comparison(id, dwelling);
    assert_eq!(refusal(&comparison, morning()).word(), "pace");
}

#[test]
fn e09_a_comparison_is_permitted_with_every_candidate_it_shows() {
    let candidates = [(sheet_id('a'), subject()), (sheet_id('b'), subject())];
    let mut facts = facts();
    facts.asked = Asked::Comparison(CommitteeId::fresh(), "b".repeat(32).parse().unwrap());
    object(&mut facts).sealed =
        candidates.clone().map(|(sheet, subject)| Sealed::empty(sheet, insee(VALBOURG), subject)).into();
    let permit = decided(&facts, morning()).unwrap();
    assert_eq!((permit.entry().kind, &permit.entry().sheet), (Kind::Comparison, &None));
    assert_eq!(permit.entry().compared, candidates);
}

// --- the object: one answer ---------------------------------------------------------------------

#[test]
fn e04_unknown_foreign_past_cancelled_adjourned_withdrawn_and_purged_are_one_answer() {
    let gone: [(&str, Facts); 9] = [
        ("unknown", with(|f| f.object = None)),
        ("foreign", with(|f| object(f).commune = insee(MERIZEAU))),
        ("past", with(|f| object(f).committee = committee(day("2026-11-22")))),
        ("cancelled", with(|f| object(f).committee.status = Status::Cancelled)),
        ("adjourned", with(|f| object(f).committee.adjourned_at = Some(morning().naive()))),
        ("withdrawn", with(|f| object(f).withdrawn = true)),
        ("purged", with(|f| object(f).committee.purged_at = Some(morning().naive()))),
        ("never published", with(|f| object(f).committee.generation_id = None)),
        ("no sheet at all", with(|f| f.asked = Asked::Committees)),
    ];
    for (what, facts) in gone {
        assert_eq!(refusal(&facts, morning()), Refusal::NotFound, "{what}");
    }
}

#[test]
fn e07_a_sheet_is_read_until_the_end_of_the_last_day_and_not_a_second_after_midnight_in_paris() {
    let facts = with(|f| object(f).committee = committee(day("2026-11-26")));
    assert!(decided(&facts, at("2026-11-26T17:59:59Z")).is_ok());
    // Closed anyway at night: what counts is that the morning after answers as if it had never been.
    assert_eq!(refusal(&facts, at("2026-11-27T07:00:00Z")), Refusal::NotFound);
}

#[test]
fn e08_a_session_of_several_days_is_read_until_its_last() {
    let facts = with(|f| {
        let committee = &mut object(f).committee;
        committee.held_on = day("2026-11-23");
        committee.ends_on = day("2026-11-25");
    });
    assert!(decided(&facts, at("2026-11-25T09:00:00Z")).is_ok());
    assert_eq!(refusal(&facts, at("2026-11-26T09:00:00Z")), Refusal::NotFound);
}

// --- their order --------------------------------------------------------------------------------

#[test]
fn conditions_of_the_reader_come_first_in_one_order_and_the_object_last() {
    let mut facts = facts();
    facts.second_factor = false;
    facts.charter_signed = false;
    facts.suspension = Some(suspension());
    facts.other_sheets = 1000;
    facts.object = None;
    let standing = Standing::Never;
    *commune(&mut facts) = CommuneFacts {
        suspension: Some(suspension()),
        standing,
        habilitation: Habilitated::No,
        ..commune(&mut facts).clone()
    };
    let night = at("2026-11-23T03:00:00Z");

    let mut told = vec![refusal(&facts, night).word()];
    facts.second_factor = true;
    told.push(refusal(&facts, night).word());
    facts.charter_signed = true;
    told.push(refusal(&facts, night).word());
    facts.suspension = None;
    told.push(refusal(&facts, night).word());
    told.push(refusal(&facts, morning()).word());
    commune(&mut facts).suspension = None;
    told.push(refusal(&facts, morning()).word());
    commune(&mut facts).standing = Standing::InForce { until: day("2027-10-01") };
    told.push(refusal(&facts, morning()).word());
    commune(&mut facts).habilitation = Habilitated::Suspended(suspension());
    told.push(refusal(&facts, morning()).word());
    commune(&mut facts).habilitation = Habilitated::Yes;
    told.push(refusal(&facts, morning()).word());
    facts.other_sheets = 0;
    told.push(refusal(&facts, morning()).word());
    assert_eq!(
        told,
        [
            "second_factor",
            "charter",
            "suspended",
            "hours",
            "commune_suspended",
            "convention",
            "habilitation",
            "habilitation_suspended",
            "pace",
            "not_found"
        ]
    );
}

// --- a refusal's trace --------------------------------------------------------------------------

#[test]
fn e09_the_trace_of_a_refusal_names_what_was_asked_and_by_whom_and_shows_nothing() {
    let facts = facts();
    let entry = facts.refused_entry(morning());
    assert_eq!(entry.kind, Kind::Refusal);
    assert_eq!(entry.author, facts.author);
    assert_eq!(entry.sheet, Some(sheet_id('a')));
    assert_eq!(entry.commune, Some(insee(VALBOURG)));
    assert_eq!(entry.display, None);
    assert_eq!(entry.subject, None);
    let id = CommitteeId::fresh();
    let list = with(|f| f.asked = Asked::List(id.clone())).refused_entry(morning());
    assert_eq!((list.sheet, list.committee), (None, Some(id)));
}

// --- how long ------------------------------------------------------------------------------------

#[test]
fn e28_a_display_ends_after_twenty_minutes_or_at_closing_whichever_comes_first() {
    let facts = facts();
    let ends = |now: Now| decided(&facts, now).unwrap().ends_at(now);
    assert_eq!(ends(morning()), morning().utc() + TimeDelta::minutes(20));
    assert_eq!(ends(at("2026-11-23T17:45:00Z")), at("2026-11-23T18:00:00Z").utc());
    let near = |now| decided(&facts, at(now)).unwrap().closing_is_near();
    assert!(!near("2026-11-23T17:44:59Z"));
    assert!(near("2026-11-23T17:45:00Z"));
}

// --- any mixture ---------------------------------------------------------------------------------

/// What may be true of a reader and of what they ask for, as plainly as it can be said.
#[derive(Debug, Clone)]
struct Situation {
    /// Seconds since 2026-11-01T00:00:00 in Paris, always winter time.
    second: i64,
    second_factor: bool,
    charter: bool,
    suspended: bool,
    commune_chosen: bool,
    commune_suspended: bool,
    convention: u8,
    /// 0: none, 1: suspended, 2: in force.
    habilitation: u8,
    others: i64,
    asked: u8,
    found: bool,
    own_commune: bool,
    /// The committee's last day, in days after 2026-11-01.
    last_day: i64,
    cancelled: bool,
    adjourned: bool,
    purged: bool,
    published: bool,
    withdrawn: bool,
}

/// 2026-11-01T00:00:00 in Paris: a Sunday.
fn first_midnight() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 31, 23, 0, 0).unwrap()
}

impl Situation {
    fn now(&self) -> Now {
        Now::recorded((first_midnight() + TimeDelta::seconds(self.second)).naive_utc())
    }

    fn facts(&self) -> Facts {
        let committee_id = CommitteeId::fresh();
        with(|f| {
            f.asked = match self.asked {
                0 => Asked::Committees,
                1 => Asked::List(committee_id),
                2 => Asked::Search(committee_id),
                3 => Asked::Comparison(committee_id, "c".repeat(32).parse().unwrap()),
                _ => Asked::Sheet(sheet_id('d')),
            };
            f.second_factor = self.second_factor;
            f.charter_signed = self.charter;
            f.suspension = self.suspended.then(suspension);
            f.other_sheets = self.others;
            let known = commune(f);
            known.suspension = self.commune_suspended.then(suspension);
            known.habilitation = match self.habilitation {
                0 => Habilitated::No,
                1 => Habilitated::Suspended(suspension()),
                _ => Habilitated::Yes,
            };
            known.standing = match self.convention {
                0 => Standing::Never,
                1 => Standing::NotYet { from: day("2027-02-01") },
                2 => Standing::Ended { on: day("2026-10-01") },
                _ => Standing::InForce { until: day("2027-10-01") },
            };
            let object = object(f);
            object.commune = insee(if self.own_commune { VALBOURG } else { MERIZEAU });
            object.committee = committee(day("2026-11-01") + TimeDelta::days(self.last_day));
            object.withdrawn = self.withdrawn;
            let held = &mut object.committee;
            if self.cancelled {
                held.status = Status::Cancelled;
            }
            held.adjourned_at = self.adjourned.then(|| morning().naive());
            held.purged_at = self.purged.then(|| morning().naive());
            if !self.published {
                held.generation_id = None;
            }
            if !self.commune_chosen {
                f.commune = None;
            }
            if !self.found {
                f.object = None;
            }
        })
    }

    /// Monday to Friday, 8:00 to 19:00, but 11 November, Christmas and New Year's Day: in whole
    /// days and seconds of Paris winter time, without a calendar.
    fn space_is_open(&self) -> bool {
        let (day, second) = (self.second / 86_400, self.second % 86_400);
        let weekend = matches!(day % 7, 0 | 6);
        let holiday = matches!(day, 0 | 10 | 54 | 61);
        !weekend && !holiday && (8 * 3600..19 * 3600).contains(&second)
    }

    /// The specification: the first condition not met, in the order of the house.
    fn verdict(&self) -> &'static str {
        let today = self.second / 86_400;
        let readable = self.found
            && self.own_commune
            && !self.withdrawn
            && !self.cancelled
            && !self.adjourned
            && !self.purged
            && self.published
            && today <= self.last_day
            && self.asked > 0;
        let conditions = [
            (self.second_factor, "second_factor"),
            (self.charter, "charter"),
            (!self.suspended, "suspended"),
            (self.space_is_open(), "hours"),
            (self.commune_chosen, "habilitation"),
            (!self.commune_suspended, "commune_suspended"),
            (self.convention > 2, "convention"),
            (self.habilitation > 0, "habilitation"),
            (self.habilitation > 1, "habilitation_suspended"),
            (!matches!(self.asked, 3..) || self.others < 300, "pace"),
            (readable, "not_found"),
        ];
        conditions.iter().find(|(met, _)| !met).map_or("permitted", |(_, word)| word)
    }
}

prop_compose! {
    fn any_reader()(
        second_factor in prop::bool::weighted(0.95),
        charter in prop::bool::weighted(0.95),
        suspended in prop::bool::weighted(0.05),
        commune_chosen in prop::bool::weighted(0.95),
        commune_suspended in prop::bool::weighted(0.05),
        convention in prop_oneof![1 => 0_u8..3, 9 => Just(3)],
        habilitation in prop_oneof![1 => 0_u8..2, 18 => Just(2)],
        others in prop_oneof![8 => 0_i64..300, 1 => 300_i64..1000],
    ) -> (bool, bool, bool, bool, bool, u8, u8, i64) {
        (second_factor, charter, suspended, commune_chosen, commune_suspended, convention, habilitation, others)
    }
}

prop_compose! {
    fn any_situation()(
        day in 0_i64..75,
        second in prop_oneof![4 => 28_800_i64..68_400, 1 => 0_i64..86_400, 1 => 28_799_i64..28_801, 1 => 68_399_i64..68_401],
        reader in any_reader(),
        asked in prop_oneof![1 => 0_u8..4, 2 => Just(4)],
        found in prop::bool::weighted(0.95),
        own_commune in prop::bool::weighted(0.9),
        last_day in 20_i64..90,
        cancelled in prop::bool::weighted(0.05),
        adjourned in prop::bool::weighted(0.05),
        purged in prop::bool::weighted(0.05),
        published in prop::bool::weighted(0.95),
        withdrawn in prop::bool::weighted(0.05),
    ) -> Situation {
        let (second_factor, charter, suspended, commune_chosen, commune_suspended, convention, habilitation, others) =
            reader;
        Situation {
            second: day * 86_400 + second,
            second_factor, charter, suspended, commune_chosen, commune_suspended, convention, habilitation,
            others, asked, found, own_commune, last_day, cancelled, adjourned, purged, published, withdrawn,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn e04_a_display_is_permitted_exactly_when_the_specification_says_so(situation in any_situation()) {
        let facts = situation.facts();
        let display = DisplayId::fresh().unwrap();
        let found = decide(&facts, situation.now(), display.clone());
        let word = found.as_ref().map_or_else(Refusal::word, |_| "permitted");
        prop_assert_eq!(word, situation.verdict());
        // What a page without a sheet asks is the reader's half of the same question.
        let reader_only = may_read(&facts, situation.now()).map_or_else(|refusal| refusal.word(), |_| "permitted");
        if !matches!(situation.verdict(), "pace" | "not_found") {
            prop_assert_eq!(reader_only, situation.verdict());
        } else {
            prop_assert_eq!(reader_only, "permitted");
        }
        if let Ok(permit) = found {
            // Whatever is decided: this reader, this sheet, this display, this instant.
            let sheet = match &facts.asked { Asked::Sheet(sheet) => Some(sheet.clone()), _ => None };
            prop_assert_eq!(&permit.entry().sheet, &sheet);
            prop_assert_eq!(&permit.entry().author, &facts.author);
            prop_assert_eq!(&permit.entry().display, &Some(display));
            prop_assert_eq!(permit.entry().at, situation.now());
            prop_assert_eq!(&permit.entry().commune, &Some(insee(VALBOURG)));
            // Never beyond closing, never beyond twenty minutes, and not over before it began.
            let now = situation.now().utc();
            let closing = first_midnight() + TimeDelta::days(situation.second / 86_400) + TimeDelta::hours(19);
            let ends = permit.ends_at(situation.now());
            prop_assert_eq!(ends, closing.min(now + TimeDelta::minutes(20)));
            prop_assert!(ends > now);
        }
    }
}

/// The mixtures are worth something only if many are permitted, and every refusal occurs.
#[test]
fn the_random_situations_meet_every_verdict() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..4000 {
        let situation = any_situation().new_tree(&mut runner).unwrap().current();
        *seen.entry(situation.verdict()).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 11, "{seen:?}");
    assert!(seen["permitted"] > 400, "{seen:?}");
}

// --- content ------------------------------------------------------------------------------------

/// A real writer and a real keyring in a folder of their own.
struct Archive {
    traces: Traces,
    keyring: Keyring,
    clock: Clock,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Archive {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = Key::fresh().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("parvis.db")), Contents::Main).unwrap();
        db.migrate(Contents::Main).unwrap();
        let keyring = Keyring::open(&Location::Sqlite(folder.path().join("keys.db")), &master).unwrap();
        keyring.migrate().unwrap();
        Self {
            traces: Traces::start(&db, &master).unwrap(),
            keyring,
            clock: Clock::starting_at(morning().utc()),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            _folder: folder,
        }
    }

    fn permit(&self, facts: &Facts) -> Permit {
        decided(facts, self.clock.now()).unwrap()
    }

    fn record(&self, entry: &Entry) -> Recorded {
        self.runtime.block_on(self.traces.record(entry.clone())).unwrap()
    }

    fn content(&self, permit: Permit, recorded: Recorded) -> crate::platform::Result<()> {
        content(permit, recorded, &self.clock, &self.keyring).map(|_| ())
    }
}

#[test]
fn e09_content_is_given_for_a_permit_and_the_trace_of_exactly_this_display() {
    let (archive, facts) = (Archive::open(), facts());
    let permit = archive.permit(&facts);
    let recorded = archive.record(permit.entry());
    assert!(archive.content(permit, recorded).is_ok());
}

#[test]
fn e09_the_trace_of_another_display_sheet_reader_or_session_opens_nothing() {
    let archive = Archive::open();
    let facts = facts();
    type Change = fn(&mut Entry);
    let changes: [(&str, Change); 6] = [
        ("display", |e| e.display = Some(DisplayId::fresh().unwrap())),
        ("sheet", |e| e.sheet = Some(sheet_id('e'))),
        ("reader", |e| e.author.account = Some(AccountId::fresh())),
        ("session", |e| e.author.session = Some("fedcba9876543210".to_owned())),
        ("committee", |e| e.committee = Some(CommitteeId::fresh())),
        ("kind", |e| e.kind = Kind::List),
    ];
    for (what, change) in changes {
        let permit = archive.permit(&facts);
        let mut other = permit.entry().clone();
        change(&mut other);
        let recorded = archive.record(&other);
        assert!(matches!(archive.content(permit, recorded), Err(Error::Internal(_))), "{what}");
    }
}

#[test]
fn a_display_drawn_again_is_covered_by_its_first_trace_only() {
    let (archive, facts) = (Archive::open(), facts());
    let first = archive.permit(&facts);
    let display = first.entry().display.clone().unwrap();
    let recorded = archive.record(first.entry());
    archive.clock.advance(TimeDelta::minutes(10));
    let again = decide(&facts, archive.clock.now(), display).unwrap();
    assert!(archive.content(again, recorded).is_ok());
}

#[test]
fn a_decision_older_than_five_seconds_opens_nothing_nor_does_one_of_the_future() {
    let (archive, facts) = (Archive::open(), facts());
    for (seconds, opens) in [(4, true), (6, false), (-2, false)] {
        let permit = archive.permit(&facts);
        let recorded = archive.record(permit.entry());
        archive.clock.advance(TimeDelta::seconds(seconds));
        let outcome = archive.content(permit, recorded);
        if opens {
            assert!(outcome.is_ok());
        } else {
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{seconds} s");
        }
    }
}
