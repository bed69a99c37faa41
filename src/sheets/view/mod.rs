//! Pages that show sheets, or say why none is shown.
//!
//! The shells hold no personal data: names and sheets are painted by the server and drawn on
//! canvases by a script. The text displays say the same words in the same order, as HTML.

pub mod committee;
pub mod committees;
pub mod compare;
pub mod frame;
pub mod refusals;
pub mod sheet;
pub mod text;
pub mod watermark;

use maud::{Markup, html};

use crate::page::marks::{Mark, sign};

/// Which of the two displays a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    Pixels,
    Text,
}

/// What a script puts in place of a display that is over, without asking the server.
fn endings() -> Markup {
    let ending = |key: &str, fact: &str, detail: &str| {
        html! {
            template data-ending=(key) {
                div.ending role="alert" tabindex="-1" {
                    (sign(Mark::ToDo))
                    div {
                        h1 { (fact) }
                        p { (detail) }
                        p { a.button.filled href="" { "Afficher de nouveau" } }
                    }
                }
            }
        }
    };
    html! {
        (ending("over", "L’affichage est terminé.", "Il est limité dans le temps. Vous pouvez le rouvrir\u{a0}; la nouvelle lecture sera tracée comme la première."))
        (ending("lost", "La liaison est interrompue.", "Sans nouvelles de l’extranet, l’écran s’efface. Vérifiez votre connexion, puis affichez de nouveau."))
        (ending("refused", "L’extranet n’a pas donné cet affichage.", "Réessayez dans un instant. Si cela dure, l’affichage en texte ou la page d’aide vous donneront une issue."))
    }
}
