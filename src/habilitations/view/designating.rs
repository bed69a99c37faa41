//! The pages that appoint a contact and end a designation (E16).

use maud::html;

use crate::conventions::Commune;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::table::{back, section, title};
use crate::page::{Page, paths};

/// What was typed, kept after an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    pub login: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub job_title: &'a str,
    pub letter_on: &'a str,
    pub letter_reference: &'a str,
}

pub fn page(commune: &Commune, typed: &Typed<'_>, errors: &Errors, csrf: &str) -> Page {
    let insee = commune.insee.as_str();
    let optional = |name, label, help, value| {
        form::optional(&Field { name, label, help, value, kind: Kind::Text }, errors)
    };
    let body = html! {
        (back(&paths::managed_team(insee), &commune.name))
        (title(&format!("Désigner un référent pour {}", commune.name), "D’après le courrier du maire. Le référent demande et signale\u{a0}; pour lire, il faut aussi qu’il soit habilité."))
        (form::post(&paths::designation(insee), csrf, errors, html! {
            (section("Le courrier", "du maire", html! {
                div.grid {
                    (form::field(&Field { name: "courrier_date", label: "Date du courrier", help: "Exemple\u{a0}: 30/11/2026", value: typed.letter_on, kind: Kind::Day }, errors))
                    (form::field(&Field { name: "courrier_reference", label: "Référence", help: "", value: typed.letter_reference, kind: Kind::Text }, errors))
                }
            }))
            (section("La personne", "par son compte, ou par son nom si elle n’en a pas", html! {
                (optional("identifiant", "Identifiant de son compte", "S’il existe déjà", typed.login))
                div.grid {
                    (optional("prenom", "Prénom", "", typed.first_name))
                    (optional("nom", "Nom", "", typed.last_name))
                    (optional("fonction", "Fonction", "", typed.job_title))
                }
            }))
            (form::submit("Désigner le référent"))
        }))
    };
    Page::new("Désigner un référent", body)
}

/// What will happen, and the button that does it.
pub fn end(name: &str, commune: &Commune, action: &str, typed: &str, errors: &Errors, csrf: &str) -> Page {
    let says = "Cette personne ne pourra plus rien demander ni signaler pour la commune, dès maintenant. Une habilitation à lire, si elle en a une, n’est pas touchée.";
    let body = html! {
        div.narrow {
            (back(&paths::managed_team(commune.insee.as_str()), &commune.name))
            (title(&format!("{name} n’est plus le référent de {}\u{a0}?", commune.name), says))
            (form::post(action, csrf, errors, html! {
                (form::long_text(&Field { name: "motif", label: "Motif", help: "Il reste dans l’historique.", value: typed, kind: Kind::Text }, errors, true))
                (form::submit("Mettre fin à la désignation"))
            }))
        }
    };
    Page::new("Fin de désignation", body)
}
