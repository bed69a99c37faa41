//! One request: what was asked, what was said, what was decided.

use maud::{Markup, html};

use super::super::{Note, NoteSide, Request, RequestKind, RequestOrigin, RequestState};
use super::{request_state, span, subject};
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::table::{back, empty, entries, section, title};
use crate::page::{Page, format, paths};

/// What both sides see.
pub struct Thread<'a> {
    pub commune: &'a str,
    pub request: &'a Request,
    pub notes: &'a [Note],
}

/// As the contact follows it.
pub fn of_team(thread: &Thread<'_>, (typed, errors): (&str, &Errors), csrf: &str, landlord: &str) -> Page {
    let request = thread.request;
    let heading = match request.state {
        RequestState::Submitted | RequestState::Answered => format!("{landlord} examine votre demande"),
        RequestState::Question => format!("{landlord} vous pose une question"),
        RequestState::Accepted => "Cette demande est accordée".to_owned(),
        RequestState::Refused => "Cette demande n’est pas accordée".to_owned(),
        RequestState::Withdrawn => "Vous avez retiré cette demande".to_owned(),
    };
    let lead =
        format!("{} pour {}, {}", format::capitalized(subject(request)), request.name(), thread.commune);
    let body = html! {
        (back(paths::TEAM, "Équipe"))
        (title(&heading, &lead))
        (section("Demande", "", html! { (details(thread.request)) (request_state(request, true)) }))
        (section("Échanges", "", notes(thread.notes, landlord)))
        @if request.state.is_open() {
            (section("Répondre", "ou ajouter une précision", form::post(&paths::request(request.id.as_str()), csrf, errors, html! {
                (form::long_text(&Field { name: "reponse", label: "Votre message", help: "Rien sur un demandeur de logement.", value: typed, kind: Kind::Text }, errors, true))
                (form::submit("Envoyer"))
            })))
            @if request.kind != RequestKind::FunctionChange {
                (section("Retirer", "sans effet sur les autres", html! {
                    (form::post_button(&paths::request_withdrawal(request.id.as_str()), csrf, "Retirer cette demande", "button"))
                }))
            }
        }
    };
    Page::new("Demande d’habilitation", body)
}

/// What is asked, line by line.
pub fn details(request: &Request) -> Markup {
    let text = |value: &str| html! { (value) };
    let mut rows = vec![
        ("Personne", text(&request.name())),
        ("Fonction", text(&request.job_title)),
        ("À quel titre", text(request.ground.in_french())),
        ("Employeur", text(&request.employer)),
        ("Motif", text(&request.reason)),
        (
            "Dates",
            text(&match request.ends_on {
                Some(_) => span(request.starts_on, request.ends_on),
                None => format!("à partir du {}", format::date_full(request.starts_on)),
            }),
        ),
    ];
    if let Some(email) = &request.email {
        rows.push(("Adresse électronique", text(email)));
    }
    if let Some(need) = &request.over_quota_reason {
        rows.push(("Nécessité de service", text(need)));
    }
    if let (RequestOrigin::Letter, Some(on), Some(reference)) =
        (request.origin, request.letter_on, &request.letter_reference)
    {
        rows.push(("Courrier", text(&format!("du {}, {reference}", format::date_full(on)))));
    }
    if let Some(reason) = &request.decision_reason {
        rows.push(("Motif de la décision", text(reason)));
    }
    entries(&rows)
}

/// The thread, oldest first.
pub fn notes(notes: &[Note], landlord: &str) -> Markup {
    html! {
        @if notes.is_empty() {
            (empty("Aucun échange", "Les questions du bailleur et les réponses de la mairie restent ici."))
        } @else {
            ul.plain-list { @for note in notes {
                li {
                    strong { @match note.side { NoteSide::Landlord => (landlord), NoteSide::TownHall => "La mairie" } }
                    span.grey { ", " (format::moment(note.written_at.and_utc())) }
                    p { (note.body) }
                }
            } }
        }
    }
}
