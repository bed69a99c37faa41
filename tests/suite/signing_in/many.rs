//! Many passwords, many accounts, many instances: what guessing costs, and whom it cannot shut out (E21).
//!
//! That ten thousand guesses take years is proved on the counters themselves, without as many hashes
//! (`identity::throttle`); here a sample goes over HTTP.

use chrono::TimeDelta;
use parvis::identity::{Machine, Place, Role};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::harness::{Account, Client, TestApp, VALBOURG, app, both_databases};

both_databases![
    e21_two_instances_count_together,
    e21_nobody_locks_the_readers_of_a_town_hall_out_before_a_committee,
    e20_no_sequence_of_secrets_and_links_opens_without_the_second_factor,
];

/// A second server on the same databases.
fn second_instance(first: &TestApp) -> (Client, impl Drop) {
    struct Server(Option<(actix_web::dev::ServerHandle, std::thread::JoinHandle<()>)>);
    impl Drop for Server {
        fn drop(&mut self) {
            if let Some((handle, thread)) = self.0.take() {
                drop(handle.stop(false));
                let _ = thread.join();
            }
        }
    }
    let place = Place { config: None, data: first.data() };
    let machine = Machine::open(first.machine().settings().clone(), &place, first.machine().clock().clone());
    let (address, handle, thread) = app::serve(&machine.expect("an opened installation"));
    (Client::new(format!("http://{address}")), Server(Some((handle, thread))))
}

fn wrong(client: &mut Client, login: &str) -> crate::harness::Answer {
    client.submit("/connexion?encore", &[("identifiant", login), ("mot_de_passe", "faux")])
}

fn e21_two_instances_count_together(app: TestApp) {
    let account = app.account(Role::Instructor, &[VALBOURG]);
    let (mut other, _server) = second_instance(&app);
    let mut one = app.stranger();
    for number in 0..9 {
        let client = if number % 2 == 0 { &mut one } else { &mut other };
        wrong(client, &account.login).has(200);
        app.later(TimeDelta::seconds(70));
    }
    wrong(&mut other, &account.login).has(200).says("Réessayez à partir de");
    one.give_password(&account).has(200).says("Trop d’essais.");
    other.give_password(&account).has(200).says("Trop d’essais.");
    app.later(TimeDelta::minutes(31));
    other.give_password(&account).leads_to("/connexion/code");
    // The owner is told, once it is a lock and not a mistake.
    let told = format!("messages WHERE account_id = '{}' AND content LIKE '%locked%'", account.id);
    assert_eq!(app.count_in_time(&told), 1);
}

fn e21_nobody_locks_the_readers_of_a_town_hall_out_before_a_committee(app: TestApp) {
    let readers: Vec<(Account, Client)> = (0..2)
        .map(|_| {
            let account = app.account(Role::Instructor, &[VALBOURG]);
            let mut client = app.stranger();
            client.sign_in(&account);
            client.visit("/compte");
            client.send_form("/deconnexion", &[]).has(303);
            (account, client)
        })
        .collect();
    // Both logins, then so many others from the town hall's own address that it is locked as well.
    let mut attacker = app.stranger();
    for (account, _) in &readers {
        for _ in 0..10 {
            wrong(&mut attacker, &account.login).has(200);
            app.later(TimeDelta::seconds(70));
        }
    }
    for number in 0..180 {
        wrong(&mut attacker, &format!("personne.{number}")).has(200);
        app.later(TimeDelta::seconds(65));
    }
    wrong(&mut attacker, "personne").has(200).says("Trop d’essais.");
    for (account, _) in &readers {
        app.stranger().give_password(account).has(200).says("Trop d’essais.");
    }
    for (account, mut client) in readers {
        client.sign_in(&account).leads_to("/");
        client.visit("/compte").has(200);
    }
}

/// What happens to an account, short of the revocation of its second factor.
#[derive(Debug, Clone, Copy)]
enum Event {
    Letter,
    Link,
    NewPasswordAsked,
    /// The owner makes recovery codes, and they stay secret.
    Codes,
    /// The owner uses one.
    CodeUsed,
    WrongCode,
}

fn e20_no_sequence_of_secrets_and_links_opens_without_the_second_factor(app: TestApp) {
    let events = prop::sample::select(vec![
        Event::Letter,
        Event::Link,
        Event::NewPasswordAsked,
        Event::Codes,
        Event::CodeUsed,
        Event::WrongCode,
    ]);
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let sequences = prop::collection::vec(events, 1..6);
    TestRunner::new(config)
        .run(&sequences, |sequence| {
            let mut story = Story::begin(&app);
            for event in sequence {
                story.goes_on(event);
                story.nobody_without_the_factor_is_in();
            }
            story.ends_with_its_owner_in();
            Ok(())
        })
        .expect("no way in");
}

struct Story<'a> {
    app: &'a TestApp,
    account: Account,
    manager: Client,
    codes: Vec<String>,
    link: Option<String>,
}

impl<'a> Story<'a> {
    fn begin(app: &'a TestApp) -> Self {
        let account = app.account(Role::Instructor, &[VALBOURG]);
        app.stranger().sign_in(&account);
        Self { app, account, manager: app.manager(), codes: Vec::new(), link: None }
    }

    fn goes_on(&mut self, event: Event) {
        use parvis::identity::session;
        use parvis::messages::links::{self, Purpose};
        let (id, now) = (self.account.id.parse().expect("an id"), self.app.machine().clock().now());
        let db = self.app.machine().db();
        match event {
            Event::Letter => {
                let letter = super::issuing::ask_letter(
                    &mut self.manager,
                    &self.account,
                    "Égarée, dit-elle au guichet.",
                );
                self.account.password = super::issuing::secret_in(&letter);
                self.link = None;
            }
            Event::Link => {
                let life = TimeDelta::hours(1);
                let made = db.write(|conn| links::make(conn, &id, Purpose::NewSecret, None, life, now));
                self.link = Some(format!("/acces/{}", made.expect("a link").as_str()));
            }
            Event::NewPasswordAsked => {
                db.write(|conn| session::require_new_password(conn, &id, now)).expect("a database");
            }
            Event::Codes => {
                let master = self.app.machine().secrets().master().clone();
                let made =
                    db.write(|conn| parvis::identity::second_factor::recovery::make(conn, &id, &master, now));
                self.codes = made.expect("codes").iter().map(|code| code.to_string()).collect();
            }
            Event::CodeUsed => {
                if let Some(code) = self.codes.pop() {
                    let mut owner = self.app.stranger();
                    owner.give_password(&self.account).has(303);
                    owner.submit("/connexion/secours", &[("code_de_secours", &code)]).has(303);
                    // Seen over the shoulder, it opens nothing more.
                    let mut thief = self.app.stranger();
                    thief.give_password(&self.account).has(303);
                    thief.submit("/connexion/secours", &[("code_de_secours", &code)]).has(200);
                }
            }
            Event::WrongCode => {
                let mut thief = self.app.stranger();
                thief.give_password(&self.account).has(303);
                thief.submit("/connexion/secours", &[("code_de_secours", "aaaa-bbbb-cccc")]).has(200);
                self.app.later(TimeDelta::seconds(65));
            }
        }
    }

    /// Whoever holds every secret and every link, and no factor.
    fn nobody_without_the_factor_is_in(&mut self) {
        let mut by_secret = self.app.stranger();
        by_secret.give_password(&self.account).has(303);
        let mut all = vec![by_secret];
        if let Some(link) = self.link.take() {
            let mut by_link = self.app.stranger();
            by_link.submit(&link, &[]).has(303);
            all.push(by_link);
        }
        for mut thief in all {
            for page in ["/mot-de-passe", "/double-facteur", "/compte", "/commissions", "/compte/application"]
            {
                thief.visit(page).leads_to("/connexion/code");
            }
        }
    }

    /// Positive control: with the factor the same way leads in.
    fn ends_with_its_owner_in(self) {
        let mut owner = self.app.stranger();
        owner.sign_in(&self.account);
        let answer = owner.visit("/commissions");
        assert!(answer.status == 200 || answer.location().as_deref() == Some("/mot-de-passe"), "{answer}");
    }
}
