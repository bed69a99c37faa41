//! Requests that no browser sends: bodies held back after the guard has let them in, and addresses
//! that pass for others.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use parvis::identity::Role;
use reqwest::Method;

use crate::harness::{Client, TestApp, VALBOURG, both_databases};

both_databases![
    an_enrolment_held_back_replaces_nobodys_second_factor,
    e20_a_password_chosen_in_a_form_held_back_replaces_nobodys,
    a_failed_sign_in_names_the_address_before_the_trusted_proxy,
];

const OWN: &str = "lilas-et-passerelle-63";

/// A form whose last byte waits.
struct Held {
    stream: TcpStream,
    last: String,
}

impl Held {
    /// Sends all but the last byte, and leaves the guard the time to look at it.
    fn send(app: &TestApp, client: &Client, path: &str, fields: &str) -> Self {
        let body = format!("csrf={}&{fields}", client.csrf);
        let cookies: Vec<String> =
            client.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut stream = TcpStream::connect(app.address()).expect("a server");
        let (first, last) = body.split_at(body.len() - 1);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
            cookies.join("; "),
            body.len(),
        );
        stream.write_all(head.as_bytes()).expect("an open connection");
        std::thread::sleep(Duration::from_millis(500));
        Self { stream, last: last.to_owned() }
    }

    /// The status and headers of what comes back.
    fn let_go(mut self) -> String {
        self.stream.write_all(self.last.as_bytes()).expect("an open connection");
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).expect("an answer");
        answer.split("\r\n\r\n").next().unwrap_or_default().to_owned()
    }
}

fn an_enrolment_held_back_replaces_nobodys_second_factor(app: TestApp) {
    let mut nora = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let mut client = app.stranger();
    client.give_password(&nora).has(303);
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).has(303);
    OWN.clone_into(&mut nora.password);
    // Somebody else knows the password too, and is as far as she is.
    let mut thief = app.stranger();
    thief.give_password(&nora).has(303);
    let mut stolen = nora.clone();
    stolen.totp_secret = thief.visit("/double-facteur").secret_in_base32();
    let held = Held::send(&app, &thief, "/double-facteur", &format!("code={}", stolen.code()));

    nora.totp_secret = client.visit("/double-facteur").secret_in_base32();
    let code = nora.code();
    client.submit("/double-facteur", &[("code", &code)]).leads_to("/compte/codes-de-secours");
    let answer = held.let_go();
    assert!(answer.contains(" 303 ") && answer.contains("location: /connexion/code"), "{answer}");
    assert_eq!(app.count("sessions WHERE second_factor_at IS NOT NULL"), 1);
    client.submit("/charte", &[]).has(303);
    app.stranger().sign_in(&nora).leads_to("/");
}

fn e20_a_password_chosen_in_a_form_held_back_replaces_nobodys(app: TestApp) {
    let mut nora = app.account_before_first_login(Role::Instructor, &[VALBOURG]);
    let (mut client, mut thief) = (app.stranger(), app.stranger());
    client.give_password(&nora).has(303);
    thief.give_password(&nora).has(303);
    thief.visit("/mot-de-passe").has(200);
    let other = "girafe-nacre-soupente-vif";
    let fields = format!("nouveau={other}&confirmation={other}");
    let held = Held::send(&app, &thief, "/mot-de-passe", &fields);
    client.submit("/mot-de-passe", &[("nouveau", OWN), ("confirmation", OWN)]).has(303);
    let answer = held.let_go();
    assert!(answer.contains(" 409 "), "{answer}");
    OWN.clone_into(&mut nora.password);
    app.stranger().give_password(&nora).has(303);
    other.clone_into(&mut nora.password);
    app.stranger().give_password(&nora).has(200).says("inexact");
}

fn a_failed_sign_in_names_the_address_before_the_trusted_proxy(app: TestApp) {
    let behind = TestApp::start_with(app.kind(), |settings| {
        settings.server.trusted_proxies = vec!["::ffff:127.0.0.1".parse().expect("an address")];
    });
    // Positive control: without a trusted proxy the header is a stranger's word.
    for (app, network) in [(&app, "127.0.0.1"), (&behind, "198.51.100.7")] {
        let account = app.account(Role::Instructor, &[VALBOURG]);
        let mut client = app.stranger();
        client.visit("/connexion").has(200);
        let form = [
            ("identifiant", account.login.clone()),
            ("mot_de_passe", "faux".to_owned()),
            ("csrf", client.csrf.clone()),
        ];
        let forwarded = &b"\xff\xfe, 203.0.113.9, 198.51.100.7:4711"[..];
        client
            .send(Method::POST, "/connexion", |request| {
                request.header("X-Forwarded-For", forwarded).form(&form)
            })
            .has(200);
        let traced = format!("traces WHERE reason = 'password' AND network = '{network}'");
        assert_eq!(app.count_in_time(&traced), 1, "{network}");
    }
}
