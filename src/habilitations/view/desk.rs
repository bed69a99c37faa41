//! The landlord's pages: the queue, one request, one commune.

use maud::{Markup, html};

use super::super::store::What;
use super::super::warnings::Warning;
use super::super::{Holder, Line, Note, Request, RequestKind};
use super::request::{details, notes};
use super::{about, holder_state, last_connection, over_quota, places, request_state, span, subject};
use crate::identity::Account;
use crate::identity::contact::{Designated, Past};
use crate::identity::habilitation::EndCause;
use crate::page::form::{self, Choice, Errors, Field, Kind};
use crate::page::table::{back, empty, section, title};
use crate::page::{Page, format, paths};
use crate::platform::Now;
use crate::platform::id::Insee;

/// Reasons that most refusals have (E17).
pub const REFUSALS: [(&str, &str); 4] = [
    ("fonction", "La fonction est sans rapport avec l’instruction des demandes de logement"),
    ("incompatible", "La fonction n’est pas compatible avec la lecture des fiches"),
    ("rattachement", "La personne ne relève pas de la mairie"),
    ("nombre", "Le nombre prévu par la convention est atteint et la nécessité n’est pas établie"),
];

/// A commune, as the queue's page sums it up.
pub struct Commune {
    pub insee: Insee,
    pub name: String,
    pub contacts: Vec<Designated>,
    pub holders: Vec<Holder>,
    pub taken: usize,
    pub quota: i32,
}

/// `/gestion/habilitations`.
pub fn queue(queue: &[Request], communes: &[Commune], now: Now) -> Page {
    let heading = match queue.len() {
        0 => "Aucune demande n’attend votre décision".to_owned(),
        1 => "Une demande est en cours".to_owned(),
        n => format!(
            "{} sont en cours",
            format::capitalized(&format::count_in_words(n, "demande", "demandes"))
        ),
    };
    let reads = |commune: &&Commune| commune.holders.iter().any(|holder| holder.is_current(now));
    let lacking: Vec<&Commune> =
        communes.iter().filter(|commune| commune.contacts.is_empty() || !reads(commune)).collect();
    let body = html! {
        (title(&heading, "La mairie désigne les personnes, vous décidez. La plus ancienne demande d’abord."))
        (section("À décider", "avec le motif, dit à la mairie", waiting(queue, communes)))
        @if !lacking.is_empty() {
            (section("À compléter", "sans référent ou sans lecteur", html! {
                ul.to-do { @for commune in lacking {
                    li {
                        div {
                            strong { (commune.name) }
                            p.grey {
                                @if commune.contacts.is_empty() { "Aucun référent désigné. " }
                                @if !reads(&commune) { "Personne n’y lit les fiches." }
                            }
                        }
                        a.button href=(paths::managed_team(commune.insee.as_str())) { "Ouvrir" span.unseen { " " (commune.name) } }
                    }
                } }
            }))
        }
        (section("Communes", "personnes habilitées et nombre prévu", html! {
            @if communes.is_empty() {
                (empty("Aucune commune", "Elles arrivent avec leur convention."))
            } @else {
                table.register {
                    thead { tr { th scope="col" { "Commune" } th scope="col" { "Référent" } th scope="col" { "Personnes habilitées" } } }
                    tbody { @for commune in communes { (line(commune, now)) } }
                }
            }
        }))
    };
    Page::new("Habilitations", body)
}

fn waiting(queue: &[Request], communes: &[Commune]) -> Markup {
    let called = |insee: &Insee| {
        communes.iter().find(|commune| commune.insee == *insee).map_or("", |commune| commune.name.as_str())
    };
    html! {
        @if queue.is_empty() {
            (empty("Rien à décider", "Les demandes des référents et celles que vous saisissez d’un courrier arrivent ici."))
        } @else {
            ul.to-do { @for request in queue {
                li {
                    div {
                        strong { (called(&request.commune)) "\u{a0}: " (request.name()) }
                        p.grey { (format::capitalized(subject(request))) " · " (request.job_title) " · reçue le " (format::date_full(format::paris_date(request.submitted_at.and_utc()))) }
                        (request_state(request, false))
                    }
                    a.button href=(paths::managed_request(request.id.as_str())) { "Examiner" span.unseen { " la demande pour " (request.name()) } }
                }
            } }
        }
    }
}

fn line(commune: &Commune, now: Now) -> Markup {
    let contacts: Vec<&str> = commune.contacts.iter().map(|contact| contact.name.as_str()).collect();
    html! {
        tr {
            th scope="row" {
                a href=(paths::managed_team(commune.insee.as_str())) { (commune.name) }
                span.second { (commune.taken) " pour " (commune.quota) " prévues" }
            }
            td data-label="Référent" { (if contacts.is_empty() { "–".to_owned() } else { format::list_and(&contacts) }) }
            td data-label="Personnes habilitées" {
                ul.plain-list { @for holder in commune.holders.iter().filter(|holder| holder.is_current(now)) {
                    li { (holder.name()) span.second { (about(holder)) } (over_quota(holder)) }
                } }
            }
        }
    }
}

/// What was typed in one of the page's forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub from: String,
    pub until: String,
    pub account: String,
    pub need: String,
    /// Whether the dates above are the manager's, and not yet those that were asked.
    pub is_typed: bool,
    pub question: String,
    pub refusal: String,
    pub details: String,
}

impl Typed {
    /// The dates and the need that were asked, unless others were typed.
    pub fn or_wanted(self, request: &Request) -> Self {
        if self.is_typed {
            return self;
        }
        Self {
            from: format::date_numeric(request.starts_on),
            until: request.ends_on.map(format::date_numeric).unwrap_or_default(),
            need: request.over_quota_reason.clone().unwrap_or_default(),
            ..self
        }
    }
}

/// Everything beside a request.
pub struct Known {
    pub commune: String,
    pub request: Request,
    pub notes: Vec<Note>,
    pub warnings: Vec<Warning>,
    pub accounts: Vec<Account>,
    pub holders: Vec<Holder>,
    pub taken: usize,
    pub quota: i32,
    pub granted: Option<Holder>,
    pub typed: Typed,
}

/// `/gestion/habilitations/{id}`.
pub fn request(known: &Known, errors: &Errors, csrf: &str, now: Now) -> Page {
    let request = &known.request;
    let heading =
        format!("{} pour {}, {}", format::capitalized(subject(request)), request.name(), known.commune);
    let lead = format!("Reçue le {}", format::date_full(format::paris_date(request.submitted_at.and_utc())));
    let id = request.id.as_str();
    let body = html! {
        (back(paths::MANAGED_HABILITATIONS, "Habilitations"))
        (title(&heading, &lead))
        @if !known.warnings.is_empty() && request.state.is_open() {
            div { div.notice {
                p { strong { "À vérifier avant de décider" } }
                ul.plain-list { @for warning in &known.warnings { li { (warning.in_french()) } } }
            } }
        }
        (section("Demande", "", html! { (details(request)) (request_state(request, false)) }))
        (section(&known.commune, &places(known.taken, known.quota), holders(&known.holders, now)))
        (section("Échanges", "la mairie les lit", html! {
            (notes(&known.notes, "Vous"))
            @if request.state.is_open() {
                (form::post(&paths::managed_request_act(id, "question"), csrf, &Errors::none(), html! {
                    (form::long_text(&Field { name: "question", label: "Votre question", help: "", value: &known.typed.question, kind: Kind::Text }, errors, true))
                    button.button type="submit" { "Poser la question" }
                }))
            }
        }))
        @if request.state.is_open() {
            (section("Accorder", "aux dates que vous retenez", form::post(&paths::managed_request_act(id, "acceptation"), csrf, errors, terms(known, errors))))
            (section("Refuser", "le motif est dit à la mairie", form::post(&paths::managed_request_act(id, "refus"), csrf, &Errors::none(), refusal(known, errors))))
        } @else if let Some(holder) = &known.granted {
            (section("Accordée", "", html! {
                p { (holder.name()) " · identifiant " code { (holder.login) } " · " (span(holder.starts_on, holder.ends_on)) }
                (over_quota(holder))
                @if holder.last_login_at.is_none() {
                    p { a href=(paths::account_secret(holder.account.as_str())) { "Faire le courrier de compte, ou envoyer le lien" } }
                }
            }))
        }
    };
    Page::new("Demande d’habilitation", body)
}

fn terms(known: &Known, errors: &Errors) -> Markup {
    let typed = &known.typed;
    if known.request.kind == RequestKind::FunctionChange {
        return html! {
            p { "L’habilitation continue, avec la nouvelle fonction et ses dates." }
            (form::submit("Maintenir l’habilitation"))
        };
    }
    let accounts: Vec<(String, String)> = known
        .accounts
        .iter()
        .map(|account| (account.id.to_string(), format!("Compte {} · {}", account.login, account.name())))
        .collect();
    let mut choices = vec![Choice {
        value: "",
        label: "Nouveau compte",
        detail: "Il s’ouvre avec son courrier de compte, ou le lien envoyé.",
    }];
    choices.extend(accounts.iter().map(|(id, label)| Choice { value: id, label, detail: "" }));
    let full = i64::try_from(known.taken).is_ok_and(|taken| taken >= i64::from(known.quota));
    html! {
        div.grid {
            (form::field(&Field { name: "debut", label: "Premier jour", help: "", value: &typed.from, kind: Kind::Day }, errors))
            (form::optional(&Field { name: "fin", label: "Dernier jour", help: "", value: &typed.until, kind: Kind::Day }, errors))
        }
        @if !accounts.is_empty() {
            (form::choices(&Field { name: "compte", label: "Compte", help: "Une personne, un compte", value: &typed.account, kind: Kind::Text }, &choices, errors))
        }
        @if full || !typed.need.is_empty() || errors.concern("necessite") {
            (form::long_text(&Field { name: "necessite", label: "Nécessité de service", help: "Au-delà du nombre prévu\u{a0}; ce motif reste visible.", value: &typed.need, kind: Kind::Text }, errors, full))
        }
        (form::submit("Accorder l’habilitation"))
    }
}

fn refusal(known: &Known, errors: &Errors) -> Markup {
    let reasons: Vec<(&str, &str)> =
        std::iter::once(("", "Autre motif, écrit ci-dessous")).chain(REFUSALS).collect();
    html! {
        (form::select(&Field { name: "motif", label: "Motif", help: "", value: &known.typed.refusal, kind: Kind::Text }, &reasons, errors))
        (form::long_text(&Field { name: "precisions", label: "Précisions", help: "", value: &known.typed.details, kind: Kind::Text }, errors, false))
        button.button type="submit" { (if known.request.kind == RequestKind::FunctionChange { "Mettre fin à l’habilitation" } else { "Refuser la demande" }) }
    }
}

fn holders(all: &[Holder], now: Now) -> Markup {
    html! {
        @if all.iter().all(|holder| holder.is_over(now)) {
            (empty("Personne n’est habilité", "Aucune fiche de la commune ne peut être lue."))
        } @else {
            ul.plain-list { @for holder in all.iter().filter(|holder| !holder.is_over(now)) {
                li {
                    strong { (holder.name()) } " · " (span(holder.starts_on, holder.ends_on)) " · " (holder_state(holder, now))
                    span.second { (about(holder)) ", " (last_connection(holder)) }
                    (over_quota(holder))
                }
            } }
        }
    }
}

/// A commune, for the landlord.
pub struct Team {
    pub insee: Insee,
    pub name: String,
    pub contacts: Vec<Designated>,
    pub past_contacts: Vec<Past>,
    pub holders: Vec<Holder>,
    pub taken: usize,
    pub quota: i32,
    pub requests: Vec<Request>,
    /// Each with the name of who has decided.
    pub history: Vec<(Line, Option<String>)>,
}

/// `/gestion/equipes/{commune}`.
pub fn team(team: &Team, now: Now) -> Page {
    let insee = team.insee.as_str();
    let current = team.holders.iter().filter(|holder| holder.is_current(now)).count();
    let people = format::count_in_words(current, "personne habilitée", "personnes habilitées");
    let body = html! {
        (back(paths::MANAGED_HABILITATIONS, "Habilitations"))
        (title(&format!("{}, {people}", team.name), &format!("{}.", places(team.taken, team.quota))))
        (section("Personnes habilitées", "", html! {
            @if team.holders.is_empty() {
                (empty("Personne n’a été habilité", "Les habilitations accordées arrivent ici."))
            } @else {
                table.register {
                    thead { tr { th scope="col" { "Personne" } th scope="col" { "Habilitation" } th scope="col" { "État" } th scope="col" { "Décider" } } }
                    tbody { @for holder in &team.holders { (row(holder, now)) } }
                }
            }
            div.actions { a.button href=(paths::letter_request(insee)) { "Saisir une demande reçue par courrier" } }
        }))
        (section("Référents", "désignés par le courrier du maire", html! {
            @if team.contacts.is_empty() {
                (empty("Aucun référent", "Sans lui, personne ne demande ni ne signale de départ pour la commune."))
            } @else {
                ul.to-do { @for contact in &team.contacts {
                    li {
                        div { strong { (contact.name) } p.grey { "Courrier du " (format::date_full(contact.designated_on)) ", " (contact.letter_reference) } }
                        a.button.small href=(paths::designation_end(contact.id.as_str())) { "Mettre fin" span.unseen { " à la désignation de " (contact.name) } }
                    }
                } }
            }
            div.actions { a.button href=(paths::designation(insee)) { "Désigner un référent" } }
        }))
        (section("Demandes", "", html! {
            @if team.requests.is_empty() { (empty("Aucune demande", "")) } @else {
                ul.plain-list { @for request in &team.requests {
                    li {
                        a href=(paths::managed_request(request.id.as_str())) { (request.name()) }
                        " · " (subject(request)) " · " (request_state(request, false))
                    }
                } }
            }
        }))
        (section("Historique", "qui, quand, pourquoi", history(team)))
    };
    Page::new("Équipe d’une commune", body)
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
                @if !holder.is_over(now) { li { a href=(paths::habilitation_end(id)) { "Mettre fin" (of) } } }
                @if holder.closes_at.is_some() { li { a href=(paths::habilitation_return(id)) { "Rétablir" (of) } } }
                @if holder.is_absent() { li { a href=(paths::absence_end(id)) { "Retour d’absence" (of) } } }
            } }
        }
    }
}

fn history(team: &Team) -> Markup {
    html! {
        @if team.history.is_empty() && team.past_contacts.is_empty() { (empty("Rien encore", "")) } @else {
            ul.plain-list {
                @for (line, by) in &team.history {
                    li {
                        strong { (line.person) } ", " (what(&line.what))
                        span.second {
                            (format::moment(line.at.and_utc()))
                            @if let Some(by) = by { ", par " (by) }
                            @if let Some(reason) = &line.reason { ". " (reason) }
                        }
                    }
                }
                @for contact in &team.past_contacts {
                    li {
                        strong { (contact.name) } ", référent désigné par le courrier du " (format::date_full(contact.designated_on)) ", " (contact.letter_reference)
                        @if let Some(at) = contact.ended_at {
                            span.second {
                                "Désignation terminée le " (format::moment(at.and_utc()))
                                @if let Some(reason) = &contact.end_reason { ". " (reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn what(what: &What) -> String {
    match what {
        What::Granted { from, until } => format!("habilitation accordée {}", span(*from, *until)),
        What::Ended { cause, at } => {
            let why = match cause {
                EndCause::Departure => "départ signalé",
                EndCause::FunctionChange => "fin après un changement de fonction",
                EndCause::Decision => "fin décidée par le bailleur",
                EndCause::ReplacementOver => "fin du remplacement",
                EndCause::Review => "fin à la revue annuelle",
            };
            format!("{why}, effet le {}", format::moment(at.and_utc()))
        }
        What::Undone => "fin annulée par le bailleur".to_owned(),
    }
}
