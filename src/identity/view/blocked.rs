//! After blocking one's own account (wording 10).

use maud::html;

use crate::notices::{Landlord, telephone};
use crate::page::Page;
use crate::page::table::title;

/// The account is blocked; only the landlord reopens it.
pub fn blocked(landlord: &Landlord) -> Page {
    let body = html! {
        div.plain {
            (title("Votre compte est bloqué", "Personne ne peut plus rien lire avec lui, ni vous ni quelqu’un d’autre."))
            p { "Appelez " (landlord.name) " au " (telephone(&landlord.phone)) " pour le rouvrir. Si quelqu’un a pu lire des fiches à votre place, c’est un incident\u{a0}: " a href=(crate::page::paths::REPORT) { "signalez-le" } " aussitôt." }
        }
    };
    Page::new("Compte bloqué", body)
}
