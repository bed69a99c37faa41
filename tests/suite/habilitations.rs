//! Habilitations: requests, contacts, quota, departures (E15–E18, E23).

mod departures;
mod properties;
mod quota;
mod requests;

use crate::harness::{Answer, Client, TestApp, VALBOURG};

/// The contact of Valbourg, signed in; reads nothing.
fn contact(app: &TestApp) -> Client {
    let mut client = app.stranger();
    client.sign_in(&app.contact_of(VALBOURG)).leads_to("/");
    client
}

/// What the contact types for somebody.
fn wanted<'a>(last_name: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("prenom", "Nora"),
        ("nom", last_name),
        ("fonction", "instructrice logement"),
        ("employeur", "mairie de Valbourg"),
        ("cadre", "agent"),
        ("motif", "instruction"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

const ASKING: &str = "/equipe/communes/99101/demande";

/// Sends a request that leads to its page; answers its id.
fn ask(contact: &mut Client, fields: &[(&str, &str)]) -> String {
    let sent = contact.submit(ASKING, fields);
    id_of(&sent)
}

fn id_of(answer: &Answer) -> String {
    let location = answer.location().unwrap_or_else(|| panic!("not sent: {answer}"));
    location.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Grants a request on the asked terms.
fn grant(manager: &mut Client, id: &str, fields: &[(&str, &str)]) -> Answer {
    manager.visit(&format!("/gestion/habilitations/{id}")).has(200);
    manager.send_form(&format!("/gestion/habilitations/{id}/acceptation"), fields)
}
