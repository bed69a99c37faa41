//! The landlord's page on communes and the conventions they signed.

use maud::{Markup, html};

use crate::page::form::{self, Errors, Field, Kind};
use crate::page::marks::{Mark, mark};
use crate::page::table::{empty, section, title};
use crate::page::{Page, paths};

/// `/gestion/communes`.
#[derive(Debug, Clone)]
pub struct ManagedCommunes {
    pub csrf: String,
    /// « Deux communes, deux conventions en vigueur ».
    pub title: String,
    pub lead: String,
    pub communes: Vec<ManagedCommune>,
    pub new: NewCommune,
    /// On the names of the form's fields.
    pub errors: Errors,
}

#[derive(Debug, Clone)]
pub struct ManagedCommune {
    pub name: String,
    pub insee: String,
    /// « signée le 12 et le 20 août 2026 ».
    pub signed: String,
    /// « du 1er septembre 2026 au 31 août 2027 ».
    pub dates: String,
    pub state: ConventionState,
    /// « en vigueur », « prend effet le 4 janvier », « fin le 4 janvier 2027 », « échue ».
    pub state_words: String,
    /// « 2 sur 2 », « 4 pour 2 prévues » (E18).
    pub habilitations: String,
    /// Where the convention is ended by registered letter, while it can be (E37).
    pub termination: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConventionState {
    InForce,
    /// Not yet in effect, or soon over.
    ToWatch,
    /// Ended or terminated: no sheet can be read (E35).
    Ended,
}

/// What was typed in the form, kept after an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCommune {
    /// Field `insee`.
    pub insee: String,
    /// Field `nom`.
    pub name: String,
    /// Field `signature_bailleur`.
    pub landlord_signed: String,
    /// Field `signature_commune`.
    pub commune_signed: String,
    /// Field `effet`.
    pub effect: String,
}

/// Communes, their conventions, and the form that adds one.
pub fn communes(view: &ManagedCommunes) -> Page {
    let body = html! {
        (title(&view.title, &view.lead))
        (section("Communes", "sans convention en vigueur, aucune fiche ne s’affiche", html! {
            (list(&view.communes))
            p { a href=(paths::MANAGED_SINGLE_SIGN_ON) { "Connexion unique\u{a0}: SIREN des communes, services d’identification" } }
        }))
        (section("Ajouter une commune", "d’après la convention signée", form::post(paths::MANAGED_COMMUNES, &view.csrf, &view.errors, fields(view))))
    };
    Page::new("Communes", body)
}

fn list(communes: &[ManagedCommune]) -> Markup {
    html! {
        @if communes.is_empty() {
            (empty("Aucune commune", "Ajoutez la première dès que sa convention est signée par les deux parties."))
        } @else {
            table.register {
                thead { tr {
                    th scope="col" { "Commune" } th scope="col" { "Convention" } th scope="col" { "Habilitations" } th scope="col" { "État" }
                } }
                tbody {
                    @for commune in communes {
                        tr {
                            th scope="row" { (commune.name) span.second { "INSEE " (commune.insee) } }
                            td data-label="Convention" { (commune.dates) span.second { (commune.signed) } }
                            td data-label="Habilitations" { (commune.habilitations) }
                            td { (mark(match commune.state {
                                ConventionState::InForce => Mark::Held,
                                ConventionState::ToWatch => Mark::ToDo,
                                ConventionState::Ended => Mark::Gap,
                            }, &commune.state_words))
                                @if let Some(href) = &commune.termination {
                                    span.second { a href=(href) { "Résilier" span.unseen { " la convention de " (commune.name) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn fields(view: &ManagedCommunes) -> Markup {
    const EXAMPLE: &str = "Exemple\u{a0}: 30/11/2026";
    let new = &view.new;
    let all = [
        Field {
            name: "nom",
            label: "Nom de la commune",
            help: "Comme sur les fiches",
            value: &new.name,
            kind: Kind::Text,
        },
        Field {
            name: "insee",
            label: "Code INSEE",
            help: "Cinq caractères",
            value: &new.insee,
            kind: Kind::Text,
        },
        Field {
            name: "signature_bailleur",
            label: "Signature du bailleur",
            help: EXAMPLE,
            value: &new.landlord_signed,
            kind: Kind::Day,
        },
        Field {
            name: "signature_commune",
            label: "Signature de la commune",
            help: EXAMPLE,
            value: &new.commune_signed,
            kind: Kind::Day,
        },
        Field {
            name: "effet",
            label: "Prise d’effet",
            help: "Pas avant la dernière signature",
            value: &new.effect,
            kind: Kind::Day,
        },
    ];
    html! {
        div.grid { @for one in &all { (form::field(one, &view.errors)) } }
        (form::submit("Ajouter la commune"))
    }
}
