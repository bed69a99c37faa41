//! `/equipe`: who is habilitated in the contact's communes, and what was asked.

use maud::{Markup, html};

use super::super::{Holder, Request};
use super::{about, holder_state, last_connection, over_quota, places, request_state, span, subject};
use crate::page::table::{empty, section, title};
use crate::page::{Page, format, paths};
use crate::platform::Now;
use crate::platform::id::Insee;

/// One commune of the contact's.
pub struct Commune {
    pub insee: Insee,
    pub name: String,
    pub quota: i32,
    pub taken: usize,
    pub holders: Vec<Holder>,
    pub requests: Vec<Request>,
}

pub fn page(communes: &[Commune], landlord: &str, now: Now) -> Page {
    let current: usize =
        communes.iter().map(|one| one.holders.iter().filter(|holder| holder.is_current(now)).count()).sum();
    let heading = match communes {
        [] => "Aucune commune ne vous a désigné".to_owned(),
        _ => {
            let names: Vec<&str> = communes.iter().map(|one| one.name.as_str()).collect();
            let people = format::count_in_words(current, "personne habilitée", "personnes habilitées");
            format!("{} à {}", format::capitalized(&people), format::list_and(&names))
        }
    };
    let lead = format!(
        "Vous êtes le référent de votre mairie\u{a0}: vous demandez, vous signalez, {landlord} décide."
    );
    let body = html! {
        (title(&heading, &lead))
        @for commune in communes {
            (section(&commune.name, &places(commune.taken, commune.quota), holders(commune, now)))
            (section("Demandes", &format!("pour {}", commune.name), requests(commune)))
        }
    };
    Page::new("Équipe", body)
}

fn holders(commune: &Commune, now: Now) -> Markup {
    let shown: Vec<&Holder> = commune.holders.iter().filter(|holder| !holder.is_over(now)).collect();
    html! {
        @if shown.is_empty() {
            (empty("Personne n’est habilité", "Aucune fiche de la commune ne peut être lue. Demandez une première habilitation."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Personne" } th scope="col" { "Habilitation" } th scope="col" { "État" } th scope="col" { "Signaler" } } }
                tbody { @for holder in shown { (row(holder, now)) } }
            }
        }
        div.actions { a.button href=(paths::team_request(commune.insee.as_str())) { "Demander une habilitation" span.unseen { " pour " (commune.name) } } }
    }
}

fn row(holder: &Holder, now: Now) -> Markup {
    let id = holder.id.as_str();
    let of = html! { span.unseen { ", " (holder.name()) } };
    html! {
        tr {
            th scope="row" { (holder.name()) span.second { (about(holder)) } (over_quota(holder)) }
            td data-label="Habilitation" { (span(holder.starts_on, holder.ends_on)) span.second { (last_connection(holder)) } }
            td { (holder_state(holder, now)) }
            td { ul.plain-list {
                li { a href=(paths::departure(id)) { "Un départ" (of) } }
                li { a href=(paths::function_change(id)) { "Un changement de fonction" (of) } }
                li { a href=(paths::replacement(id)) { "Une absence à remplacer" (of) } }
            } }
        }
    }
}

fn requests(commune: &Commune) -> Markup {
    html! {
        @if commune.requests.is_empty() {
            (empty("Aucune demande", "Vos demandes et les réponses du bailleur restent ici."))
        } @else {
            ul.to-do { @for request in &commune.requests {
                li {
                    div {
                        strong { (request.name()) }
                        p.grey { (format::capitalized(subject(request))) " · " (request.job_title) " · " (format::date_full(format::paris_date(request.submitted_at.and_utc()))) }
                        (request_state(request, true))
                    }
                    a.button href=(paths::request(request.id.as_str())) { "Ouvrir" span.unseen { " la demande pour " (request.name()) } }
                }
            } }
        }
    }
}
