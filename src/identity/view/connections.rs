//! One's own connections, and the page that denies one of them.

use maud::html;

use crate::notices::Landlord;
use crate::page::form::{self, Errors};
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, section, title};
use crate::page::{Page, paths};

/// One completed sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// « lundi 23 novembre 2026 à 10 h 32 ».
    pub at: String,
    /// « Firefox, Windows ».
    pub device: String,
    pub network: String,
    /// The one that shows this page.
    pub current: bool,
}

/// `/compte/connexions`.
pub fn connections(all: &[Connection], complete: bool) -> Page {
    let body = html! {
        (back(paths::ACCOUNT, "Mon compte"))
        (title("Mes connexions", "Votre accès est personnel. Chaque connexion reste ici six mois au plus\u{a0}; une seule vit à la fois."))
        (section("Connexions", "la dernière d’abord", html! {
            @if all.is_empty() {
                (empty("Aucune connexion encore", "Elles apparaissent ici dès la première."))
            } @else {
                table.register {
                    thead { tr { th scope="col" { "Moment" } th scope="col" { "Appareil" } th scope="col" { "Adresse du réseau" } th scope="col" { span.unseen { "Remarque" } } } }
                    tbody { @for one in all {
                        tr {
                            th scope="row" { (one.at) }
                            td data-label="Appareil" { (one.device) }
                            td data-label="Adresse du réseau" { (one.network) }
                            td { @if one.current { (mark(Mark::Held, "celle-ci")) } }
                        }
                    } }
                }
                @if !complete { p.grey { "Les connexions plus anciennes ne sont pas affichées." } }
            }
        }))
        (section("Un doute\u{a0}?", "", html! {
            p { "Vous ne reconnaissez pas l’une d’elles\u{a0}? Un navigateur mis à jour ou un autre réseau peut changer ce qui s’affiche. Si le doute reste, dites-le\u{a0}: votre compte sera fermé aussitôt, pour tout le monde." }
            p { a.button href=(paths::NOT_ME) { "Ce n’était pas moi" } }
        }))
    };
    Page::new("Mes connexions", body)
}

/// What blocking does; the button that does it.
pub fn not_me(csrf: &str, landlord: &Landlord) -> Page {
    let body = html! {
        div.plain {
            (back(paths::CONNECTIONS, "Mes connexions"))
            (title("Bloquer votre compte\u{a0}?", "Toutes les sessions se ferment, la vôtre aussi."))
            p { (landlord.name) " est prévenu aussitôt et vous rendra l’accès avec un nouveau mot de passe provisoire, après avoir vérifié que c’est bien vous." }
            p { "Vous pourrez toujours signaler un incident, sans vous connecter." }
            (form::post(paths::NOT_ME, csrf, &Errors::none(), html! {
                div.actions {
                    (form::submit("Bloquer mon compte"))
                    a.button href=(paths::CONNECTIONS) { "Revenir" }
                }
            }))
        }
    };
    Page::new("Bloquer mon compte", body)
}
