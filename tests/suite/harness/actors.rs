//! People with an account: made as the demo makes them, past their first login or just before it.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use parvis::identity::account::{self, NewAccount};
use parvis::identity::password::{self, Hash};
use parvis::identity::{Role, settled};
use parvis::platform::id::Insee;

use super::{Client, MERIZEAU, TestApp, VALBOURG};

/// What the owner of an account knows.
#[derive(Clone)]
pub struct Account {
    app: TestApp,
    pub id: String,
    pub login: String,
    pub password: String,
    /// In base 32; empty before the second factor is set up.
    pub totp_secret: String,
}

impl Account {
    /// The next code of the authenticator: the telephone is read half a minute later each time, or
    /// two sign-ins of one test would show the same code.
    pub fn code(&self) -> String {
        self.app.machine().clock().advance_authenticator(TimeDelta::seconds(30));
        settled::code_now(self.app.machine(), &self.totp_secret).expect("a code")
    }
}

/// Of whoever is past the first login: long enough for every role.
const PASSWORD: &str = "nacre-et-girouette-44";

impl TestApp {
    /// An account past its first login.
    pub fn account(&self, role: Role, communes: &[&str]) -> Account {
        self.settle(self.new_account(role, communes))
    }

    fn settle(&self, new: NewAccount) -> Account {
        let login = new.login.clone();
        let made = settled::account(self.machine(), new, PASSWORD).expect("a database").expect("an account");
        Account {
            app: self.clone(),
            id: made.id.to_string(),
            login,
            password: PASSWORD.to_owned(),
            totp_secret: made.totp_secret,
        }
    }

    /// A town hall's contact who does not read, past the first login.
    pub fn contact_of(&self, commune: &str) -> Account {
        let new = NewAccount { communes: Vec::new(), ..self.new_account(Role::Contact, &[commune]) };
        self.settle(new)
    }

    /// An account as `parvis account add` makes it: a temporary secret that lives seven days.
    pub fn account_before_first_login(&self, role: Role, communes: &[&str]) -> Account {
        let (new, now) = (self.new_account(role, communes), self.machine().clock().now());
        let secret = password::temporary_secret().expect("a secret");
        let hash = Hash::make(&secret).expect("a hash");
        let login = new.login.clone();
        let id = self
            .machine()
            .db()
            .write(|conn| account::create(conn, new, &hash, TimeDelta::days(7), now))
            .expect("a database")
            .expect("an account");
        Account {
            app: self.clone(),
            id: id.to_string(),
            login,
            password: secret.to_string(),
            totp_secret: String::new(),
        }
    }

    fn new_account(&self, role: Role, communes: &[&str]) -> NewAccount {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let communes: Vec<Insee> = communes.iter().map(|insee| insee.parse().expect("a code")).collect();
        NewAccount {
            login: format!("camille.moreau.{number}"),
            role,
            first_name: "Camille".to_owned(),
            last_name: "Moreau".to_owned(),
            job_title: "instructrice logement".to_owned(),
            contact_for: if role == Role::Contact { communes.clone() } else { Vec::new() },
            communes,
            from: self.today(),
        }
    }

    fn signed_in(&self, role: Role, communes: &[&str]) -> Client {
        let mut client = self.stranger();
        client.sign_in(&self.account(role, communes)).leads_to("/");
        client
    }

    /// Somebody who reads for one commune, signed in.
    pub fn instructor_of(&self, commune: &str) -> Client {
        self.signed_in(Role::Instructor, &[commune])
    }

    /// Somebody who reads for both communes; Mérizeau comes first.
    pub fn instructor_of_both(&self) -> Client {
        self.signed_in(Role::Instructor, &[MERIZEAU, VALBOURG])
    }

    /// Somebody of the landlord's who manages the committees, signed in.
    pub fn manager(&self) -> Client {
        self.signed_in(Role::Manager, &[])
    }
}
