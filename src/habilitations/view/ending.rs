//! The pages that confirm a departure, an ending, or that one is undone.

use maud::html;

use super::super::Holder;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::table::{back, title};
use crate::page::{Page, paths};

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The contact reports that somebody leaves (E23).
    Departure,
    /// The landlord ends a habilitation (E15).
    End,
    /// The landlord undoes what has ended one.
    Undo,
    /// An absent person is back before the day foreseen (E18).
    Return,
}

/// What will happen, and the button that does it.
pub fn page(
    deed: Deed,
    holder: &Holder,
    commune: &str,
    (day, reason): (&str, &str),
    errors: &Errors,
    csrf: &str,
    landlord: &str,
) -> Page {
    let (name, id) = (holder.name(), holder.id.as_str());
    let (heading, says, button, action) = match deed {
        Deed::Departure => (
            format!("{name} quitte ses fonctions\u{a0}?"),
            format!(
                "Sans date, l’accès aux fiches de {commune} se ferme dès maintenant, pages ouvertes comprises\u{a0}; avec une date à venir, à la fin de ce jour. Ses autres communes ne changent pas. {landlord} seul peut annuler un départ."
            ),
            "Signaler le départ",
            paths::departure(id),
        ),
        Deed::End => (
            format!("Mettre fin à l’habilitation de {name}\u{a0}?"),
            format!(
                "Sans date, l’accès aux fiches de {commune} se ferme dès maintenant, pages ouvertes comprises. La personne et les référents sont prévenus."
            ),
            "Mettre fin à l’habilitation",
            paths::habilitation_end(id),
        ),
        Deed::Undo => (
            format!("Rétablir l’habilitation de {name}\u{a0}?"),
            format!(
                "La fin enregistrée pour {commune} est annulée, et reste dans l’historique. Les dates accordées valent de nouveau."
            ),
            "Rétablir l’habilitation",
            paths::habilitation_return(id),
        ),
        Deed::Return => (
            format!("{name} a repris ses fonctions\u{a0}?"),
            format!(
                "Son accès aux fiches de {commune} reprend dès maintenant, et celui de la personne qui le remplaçait prend fin."
            ),
            "Mettre fin au remplacement",
            paths::absence_end(id),
        ),
    };
    let (from, from_name) = match deed {
        Deed::Departure => (paths::TEAM.to_owned(), "Équipe"),
        Deed::End | Deed::Undo | Deed::Return => (paths::managed_team(holder.commune.as_str()), commune),
    };
    let dated = matches!(deed, Deed::Departure | Deed::End);
    let body = html! {
        div.narrow {
            (back(&from, from_name))
            (title(&heading, &says))
            (form::post(&action, csrf, errors, html! {
                @if dated {
                    (form::optional(&Field { name: "jour", label: "Dernier jour", help: "Sans date\u{a0}: maintenant. Exemple\u{a0}: 30/11/2026", value: day, kind: Kind::Day }, errors))
                }
                (form::long_text(&Field { name: "motif", label: "Motif", help: "Il reste dans l’historique.", value: reason, kind: Kind::Text }, errors, deed != Deed::Departure))
                (form::submit(button))
            }))
            p { a href=(from) { "Revenir sans rien changer" } }
        }
    };
    Page::new(button, body)
}
