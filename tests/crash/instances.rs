//! Several instances on one PostgreSQL: what one knows the other knows, and one that dies is replaced.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use parvis::identity::Machine;
use parvis::platform::Clock;
use parvis::platform::db::Location;
use parvis::timetable::{self, TIMETABLE};
use parvis::traces::{Author, Entry, Kind as Traced};

use crate::harness::{Kind, VALBOURG, committee};
use crate::installation::{Installation, PASSWORD, Server, count, execute, texts};
use crate::oracle::is_sound;
use crate::processes::{Serving, wait_until};

const NOW: &str = "2026-11-23 10:32";

/// Two servers that share databases and keys, nothing else: each its own pools, clock and trace writer.
fn two_servers() -> (Installation, Server, Server) {
    let installation = Installation::new(Kind::Postgres);
    let servers = [0, 1].map(|_| Server::start(installation.open(NOW)));
    let [one, other] = servers;
    (installation, one, other)
}

#[test]
fn e19_a_session_of_one_instance_serves_on_the_other_and_a_second_connection_ends_it_on_both() {
    let (installation, one, other) = two_servers();
    let camille = installation.reader(&one.machine, "camille.moreau", VALBOURG);
    let mut browser = one.signed_in(&installation, &camille);
    let cookies = browser.cookies.clone();
    let mut same_browser = other.client();
    same_browser.cookies.clone_from(&cookies);
    browser.visit("/commissions").has(200);
    same_browser.visit("/commissions").has(200);
    let mut elsewhere = other.signed_in(&installation, &camille);
    browser.visit("/commissions").leads_to("/connexion");
    browser.visit("/connexion").says("Votre session a pris fin à 10 h 32");
    same_browser.visit("/commissions").leads_to("/connexion");
    elsewhere.visit("/commissions").has(200);
    let mut elsewhere_on_one = one.client();
    elsewhere_on_one.cookies.clone_from(&elsewhere.cookies);
    elsewhere_on_one.visit("/compte").has(200);
    elsewhere_on_one.send_form("/deconnexion", &[]).has(303);
    elsewhere.visit("/commissions").leads_to("/connexion");
}

#[test]
fn e21_failures_on_either_instance_lock_the_account_on_both() {
    let (installation, one, other) = two_servers();
    let camille = installation.reader(&one.machine, "camille.moreau", VALBOURG);
    let attempt = |server: &Server, password: &str| {
        let mut browser = server.client();
        browser.submit("/connexion?encore", &[("identifiant", &camille.login), ("mot_de_passe", password)])
    };
    for failure in 0..10 {
        let server = [&one, &other][failure % 2];
        attempt(server, "faux").has(200);
        for server in [&one, &other] {
            server.machine.clock().advance(TimeDelta::seconds(70));
        }
    }
    for server in [&one, &other] {
        attempt(server, PASSWORD).has(200).says("Trop d’essais. Réessayez à partir de");
    }
    for server in [&one, &other] {
        server.machine.clock().advance(TimeDelta::minutes(31));
    }
    attempt(&other, PASSWORD).leads_to("/connexion/code");
}

#[test]
fn e25_the_pace_of_a_reader_is_counted_over_both_instances_and_both_chains_of_traces_hold() {
    let (installation, one, other) = two_servers();
    let usual = committee("Est 2026-48").sheets(VALBOURG, 12);
    installation.run(&["import", &installation.file("fiches", &[usual])]).ends(0);
    let camille = installation.reader(&one.machine, "camille.moreau", VALBOURG);
    let mut on_one = one.signed_in(&installation, &camille);
    let mut on_other = other.client();
    on_other.cookies.clone_from(&on_one.cookies);
    let sheets = texts(&one.machine, "SELECT sheet_id AS text FROM sheets ORDER BY position");
    for sheet in &sheets[..5] {
        on_one.visit(&format!("/fiches/{sheet}/texte")).has(200);
    }
    for sheet in &sheets[5..11] {
        on_other.visit(&format!("/fiches/{sheet}/texte")).has(200);
    }
    let instances = texts(&one.machine, "SELECT DISTINCT instance AS text FROM traces WHERE kind = 'sheet'");
    assert_eq!(instances.len(), 2, "each instance has a chain of its own");
    is_sound(&one.machine, "two chains");
    // As many others as the pace allows, then this one too many: on the instance that saw fewer of them.
    let template = "SELECT instance, batch, place, at, kind, actor, role, session, network, device, commune, committee, \
                    'x' || n, subject, subject_month, NULL, reason, occurrences \
                    FROM (SELECT * FROM traces WHERE kind = 'sheet' LIMIT 1) t, generate_series(1, 289) n";
    let columns = "instance, batch, place, at, kind, actor, role, session, network, device, commune, committee, sheet, \
                   subject, subject_month, display, reason, occurrences";
    let template = template.replace("place,", "1000 + n,");
    execute(&one.machine, &format!("INSERT INTO traces ({columns}) {template}"));
    on_other.visit(&format!("/fiches/{}/texte", sheets[11])).has(429);
    on_one.visit(&format!("/fiches/{}/texte", sheets[11])).has(429);
}

/// A job of the timetable, what keeps a killed instance in the middle of it, and what it must have done.
struct Middle {
    job: &'static str,
    /// The table whose rows the job needs while somebody else holds them.
    table: &'static str,
    prepare: fn(&Installation, &Machine),
    /// Whether the work is done.
    done: fn(&Machine) -> bool,
}

/// The real `serve`, killed while it holds the slot of a job; a second instance waits for the end of the
/// lease, then does the work, once.
fn killed_in_the_middle(middle: &Middle) {
    let installation = Installation::bare(Kind::Postgres);
    // `serve` knows the system's time alone.
    let system = Clock::system();
    let other = installation.open_with(system.clone());
    crate::harness::app::sign_conventions(&other);
    (middle.prepare)(&installation, &other);
    assert!(!(middle.done)(&other), "there is something to do");
    // The other jobs of this minute are done: only the one to be killed is left.
    let now = system.now();
    for job in TIMETABLE.iter().filter(|job| job.name != middle.job) {
        for at in [now.naive(), now.naive() + TimeDelta::minutes(1)] {
            let clock = Clock::starting_at(at.and_utc());
            let due = parvis::platform::jobs::due(job.when, clock.now()).expect("a slot");
            execute(
                &other,
                &format!(
                    "INSERT INTO job_runs (job, due_at, holder, lease_until, finished_at, outcome) \
                     VALUES ('{}', '{due}', 'x', '{due}', '{due}', 'done before') ON CONFLICT DO NOTHING",
                    job.name
                ),
            );
        }
    }
    let Location::Postgres(url) = other.db().location() else { panic!("PostgreSQL") };
    let mut holder = PgConnection::establish(url).expect("the server");
    holder
        .batch_execute(&format!("BEGIN; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", middle.table))
        .expect("a lock");
    let mut serving = Serving::start(installation.command(&["serve"]));
    let taken = format!("job_runs WHERE job = '{}' AND finished_at IS NULL", middle.job);
    wait_until("the first tick takes the slot", Duration::from_secs(90), || count(&other, &taken) == 1);
    // It stands before the locked table, whatever it does.
    wait_until("the job is in the middle", Duration::from_secs(20), || {
        count(&other, "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
    });
    serving.kill();
    holder.batch_execute("ROLLBACK").expect("the end of the lock");
    let slot =
        texts(&other, &format!("SELECT due_at::text || '|' || lease_until::text AS text FROM {taken}"))
            .remove(0);
    let (due, lease) = slot.split_once('|').expect("two instants");
    let at =
        |text: &str, form: &str| NaiveDateTime::parse_from_str(text, form).expect("an instant").and_utc();
    let [due, lease] = [due, lease].map(|text| at(text, "%Y-%m-%d %H:%M:%S%.f"));
    assert!(!(middle.done)(&other), "{}: killed before it was done", middle.job);
    is_sound(&other, middle.job);
    // While the lease runs nobody else takes the slot.
    let clock = other.clock();
    clock.set((due + TimeDelta::seconds(1)).max(lease - TimeDelta::minutes(9)));
    let same_slot = || {
        let job = TIMETABLE.iter().find(|job| job.name == middle.job).expect("a job");
        parvis::platform::jobs::due(job.when, clock.now()).expect("a slot") == due.naive_utc()
    };
    if same_slot() {
        timetable::tick(&other);
        assert!(!(middle.done)(&other), "{}: not before the end of the lease", middle.job);
        assert_eq!(count(&other, &taken), 1);
    }
    clock.set(lease + TimeDelta::seconds(1));
    timetable::tick(&other);
    assert!((middle.done)(&other), "{}: healed", middle.job);
    is_sound(&other, middle.job);
    timetable::tick(&other);
    let finished = format!("job_runs WHERE job = '{}' AND finished_at IS NOT NULL", middle.job);
    assert_eq!(count(&other, &finished), 1, "{}: one effect", middle.job);
}

/// A committee of yesterday, as it was published the day before.
fn yesterday(installation: &Installation, machine: &Machine) {
    let clock = machine.clock().clone();
    let held_on = clock.now().today() - TimeDelta::days(1);
    let past = committee("Hier").on(&held_on.to_string()).sheets(VALBOURG, 30);
    let file = installation.file("hier", &[past]);
    let shift = (TimeDelta::days(-2)).num_seconds().to_string();
    std::fs::write(installation.data().join("clock"), shift).expect("a clock");
    installation.run(&["import", &file]).ends(0);
    assert_eq!(count(machine, "sheets"), 30);
}

const MIDDLES: [Middle; 4] = [
    Middle {
        job: "purge",
        table: "sheets",
        prepare: yesterday,
        done: |machine| count(machine, "certificates") == 1,
    },
    Middle {
        job: "retention",
        table: "traces",
        prepare: |installation, machine| {
            // Signed in eight months ago, and traced by the program itself, so that the chain holds.
            let long_ago = Clock::ahead_by(TimeDelta::days(-245));
            let then = installation.open_with(long_ago.clone());
            let entry = Entry::new(Traced::SignIn, Author::default(), long_ago.now());
            then.traces().record_all([entry]).expect("a trace");
            execute(
                machine,
                "INSERT INTO imports (id, received_at, source, sheets_new, sheets_changed, sheets_unchanged, sheets_gone) \
                 VALUES ('old', now() - interval '8 months', 'x', 0, 0, 0, 0)",
            );
        },
        done: |machine| count(machine, "traces") + count(machine, "imports") == 0,
    },
    Middle {
        job: "orphans",
        table: "generations",
        prepare: |installation, machine| {
            yesterday(installation, machine);
            // Nobody points to it any more, as after a crash; the day is to come, so that no purge takes it.
            execute(machine, "UPDATE committees SET generation_id = NULL, ends_on = current_date + 9");
        },
        done: |machine| {
            count(machine, "sheets") + count(machine, "generations") == 0
                && machine.keyring().names("generation").expect("keys").is_empty()
        },
    },
    Middle {
        job: "alarm",
        table: "committees",
        prepare: |_, _| {},
        done: |machine| {
            count(machine, "job_runs WHERE job = 'alarm' AND outcome = '0 certificates missing'") == 1
        },
    },
];

#[test]
fn e07_an_instance_killed_in_the_middle_of_any_job_is_replaced_after_its_lease() {
    // All at once: each `serve` ticks with the minute of the system's clock.
    std::thread::scope(|scope| {
        for middle in &MIDDLES {
            scope.spawn(|| killed_in_the_middle(middle));
        }
    });
}
