//! What single sign-on shows: buttons, the way out and back, refusals, the landlord's pages.

use maud::{Markup, html};

use super::provider::Provider;
use super::refusal::Refusal;
use crate::notices::{Landlord, mail, telephone};
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, entries, section, title};
use crate::page::{Page, paths};
use crate::platform::config::ProviderKind;
use crate::platform::error::Refused;

/// One way to identify oneself elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub(super) id: String,
    pub label: String,
    is_proconnect: bool,
}

impl Button {
    pub(super) fn of(provider: &Provider) -> Self {
        let settings = &provider.settings;
        Self {
            id: settings.id.clone(),
            label: settings.label().to_owned(),
            is_proconnect: settings.kind == ProviderKind::ProConnect,
        }
    }
}

/// The buttons, first on their page, and the sentence that leads to the password.
pub fn buttons(csrf: &str, buttons: &[Button], afterwards: &str) -> Markup {
    html! {
        @if !buttons.is_empty() {
            div.providers {
                @for button in buttons {
                    (form::post_button(&paths::single_sign_on(&button.id), csrf, &format!("S’identifier avec {}", button.label), "button provider"))
                    @if button.is_proconnect {
                        p.grey {
                            a href="https://www.proconnect.gouv.fr/" target="_blank" rel="noopener external" {
                                "Qu’est-ce que ProConnect\u{a0}?" span.unseen { " (nouvelle fenêtre)" }
                            }
                        }
                    }
                }
                @if !afterwards.is_empty() { p.or { (afterwards) } }
            }
        }
    }
}

/// Leads on to the provider, at once.
pub(super) fn leading(provider: &str, address: &str) -> Page {
    let main = html! {
        div.plain {
            (title(&format!("Vous allez vous identifier avec {provider}"), "Vous quittez cet extranet un instant, et y revenez une fois identifié."))
            div.actions { a.button.filled href=(address) { "Continuer vers " (provider) } }
        }
    };
    Page::new("Identification", main).leading_to(address)
}

/// Signed out here; leads on to the provider's own way out.
pub(super) fn leaving(provider: &str, address: &str) -> Page {
    let main = html! {
        div.plain {
            (title("Votre session est fermée ici", &format!("Vous allez aussi pouvoir fermer celle de {provider}, qui rouvrirait cet extranet sans rien demander.")))
            div.actions { a.button.filled href=(address) { "Se déconnecter de " (provider) } }
        }
    };
    Page::new("Déconnexion", main).leading_to(address)
}

/// Why nothing opens, what to do, and whom to ask.
pub(super) fn refused(refusal: Refusal, provider: &str, landlord: &Landlord) -> Refused {
    let (fact, advice) = refusal.words(provider);
    let main = html! {
        div.plain {
            h1 { (fact) }
            p.lead { (advice) }
            p { "Une question\u{a0}? " (landlord.access_contact) ". " (landlord.name) "\u{a0}: " (telephone(&landlord.phone)) ", " (mail(&landlord.email)) "." }
            div.actions { a.button.filled href=(paths::LOGIN) { "Revenir à la connexion" } }
        }
    };
    Refused { name: refusal.as_str(), status: refusal.status(), title: fact.to_owned(), main }
}

/// `/gestion/connexion-unique`.
pub(super) struct Overview {
    pub csrf: String,
    /// Name, kind, issuer.
    pub providers: Vec<(String, &'static str, String)>,
    pub communes: Vec<CommuneSiren>,
    /// What was typed, kept after an error.
    pub insee: String,
    pub siren: String,
    /// On `insee` and `siren`.
    pub errors: Errors,
}

/// A commune and the number by which providers know its agents.
pub(super) struct CommuneSiren {
    pub insee: String,
    pub name: String,
    pub siren: Option<String>,
}

const SIREN_HELP: &str = "Neuf chiffres, les premiers du SIRET";

pub(super) fn overview(view: &Overview) -> Page {
    let missing = view.communes.iter().any(|commune| commune.siren.is_none());
    let headline = match (view.providers.is_empty(), missing) {
        (true, _) => "Personne ne se connecte par un autre service",
        (false, false) => "Chaque commune a son numéro SIREN",
        (false, true) => "Il manque le numéro SIREN d’une commune au moins",
    };
    let fields = [
        Field {
            name: "insee",
            label: "Code INSEE de la commune",
            help: "Cinq caractères",
            value: &view.insee,
            kind: Kind::Text,
        },
        Field { name: "siren", label: "SIREN", help: SIREN_HELP, value: &view.siren, kind: Kind::Text },
    ];
    let body = html! {
        (title(headline, "À sa première identification, une personne est reconnue à son adresse électronique et au SIREN de son employeur\u{a0}; ensuite, à son identité seule."))
        (section("Services", "d’après les réglages de l’installation", providers(&view.providers)))
        (section("Communes", "par quel numéro leurs agents sont connus", communes(&view.communes)))
        (section("Enregistrer un SIREN", "", form::post(paths::MANAGED_SINGLE_SIGN_ON, &view.csrf, &view.errors, html! {
            div.grid { @for field in &fields { (form::field(field, &view.errors)) } }
            (form::submit("Enregistrer ce SIREN"))
        })))
    };
    Page::new("Connexion unique", body)
}

fn providers(providers: &[(String, &'static str, String)]) -> Markup {
    html! {
        @if providers.is_empty() {
            (empty("Aucun service d’identification", "Il se déclare dans les réglages de l’installation, section single_sign_on."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Nom" } th scope="col" { "Genre" } th scope="col" { "Émetteur" } } }
                tbody {
                    @for (label, kind, issuer) in providers {
                        tr { th scope="row" { (label) } td data-label="Genre" { (kind) } td data-label="Émetteur" { (issuer) } }
                    }
                }
            }
        }
    }
}

fn communes(communes: &[CommuneSiren]) -> Markup {
    html! {
        @if communes.is_empty() {
            (empty("Aucune commune", "Elles s’ajoutent avec leur convention."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Commune" } th scope="col" { "SIREN" } } }
                tbody {
                    @for commune in communes {
                        tr {
                            th scope="row" { (commune.name) span.second { "INSEE " (commune.insee) } }
                            td data-label="SIREN" {
                                @match &commune.siren {
                                    Some(siren) => (siren),
                                    None => (mark(Mark::ToDo, "à enregistrer")),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `/gestion/comptes/{id}/connexion-unique`.
pub(super) struct OfAccount {
    pub csrf: String,
    pub account: String,
    pub name: String,
    /// Where the first identification finds the account.
    pub email: Option<String>,
    /// Service, and « depuis le 23 novembre 2026 ».
    pub bindings: Vec<(String, String)>,
    pub exception: Option<Exception>,
    /// What was typed, kept after an error.
    pub siren: String,
    pub reason: String,
    /// On `siren` and `motif`.
    pub errors: Errors,
}

/// Another employer that the landlord accepts.
pub(super) struct Exception {
    pub siren: String,
    pub reason: String,
    /// « le 23 novembre 2026 ».
    pub decided: String,
}

pub(super) fn of_account(view: &OfAccount) -> Page {
    let headline = if view.bindings.is_empty() {
        "Ce compte n’est lié à aucune identité"
    } else {
        "Ce compte est lié à une identité"
    };
    let body = html! {
        (back(paths::MANAGED_SINGLE_SIGN_ON, "Connexion unique"))
        (title(headline, &view.name))
        (section("Première identification", "ce qui doit concorder", entries(&[(
            "Adresse électronique",
            match &view.email {
                Some(email) => html! { (email) },
                None => mark(Mark::ToDo, "aucune\u{a0}: la première identification échouera"),
            },
        )])))
        (section("Identités liées", "une par service\u{a0}; elles seules comptent ensuite", html! {
            @if view.bindings.is_empty() {
                (empty("Aucune", "La première identification en liera une."))
            } @else {
                @for (label, since) in &view.bindings { p { strong { (label) } ", " (since) "." } }
                p { a.button.small href=(paths::account_unbinding(&view.account)) { "Retirer…" } }
            }
        }))
        (section("Autre employeur", "agents partagés, CCAS, groupements", exception(view)))
    };
    Page::confidential("Connexion unique d’un compte", body)
}

fn exception(view: &OfAccount) -> Markup {
    let fields = [
        Field {
            name: "siren",
            label: "SIREN de l’employeur",
            help: SIREN_HELP,
            value: &view.siren,
            kind: Kind::Text,
        },
        reason("Exemple\u{a0}: agent du CCAS mis à disposition", &view.reason),
    ];
    html! {
        @if let Some(exception) = &view.exception {
            p { "SIREN " strong { (exception.siren) } ", accepté " (exception.decided) "\u{a0}: " (exception.reason) }
            (form::post_button(&paths::account_employer_end(&view.account), &view.csrf, "Ne plus l’accepter", "button small"))
        }
        (form::post(&paths::account_employer(&view.account), &view.csrf, &view.errors, html! {
            div.grid { @for field in &fields { (form::field(field, &view.errors)) } }
            (form::submit("Accepter cet employeur"))
        }))
    }
}

fn reason<'a>(help: &'a str, typed: &'a str) -> Field<'a> {
    Field { name: "motif", label: "Motif", help, value: typed, kind: Kind::Text }
}

/// `/gestion/comptes/{id}/connexion-unique/retrait`.
pub(super) struct Unbinding {
    pub csrf: String,
    pub account: String,
    pub name: String,
    pub reason: String,
    /// On `motif`.
    pub errors: Errors,
}

pub(super) fn unbinding(view: &Unbinding) -> Page {
    let field = reason("La personne et les autres gestionnaires pourront le demander", &view.reason);
    let body = html! {
        (back(&paths::account_single_sign_on(&view.account), "Connexion unique de ce compte"))
        div.narrow {
            (title("Retirer les identités liées à ce compte\u{a0}?", &format!("{}\u{a0}: ses sessions se ferment, et sa prochaine identification liera une nouvelle identité à ce compte.", view.name)))
            (form::post(&paths::account_unbinding(&view.account), &view.csrf, &view.errors, html! {
                (form::field(&field, &view.errors))
                (form::submit("Retirer les identités"))
            }))
        }
    };
    Page::confidential("Retrait d’une identité", body)
}
