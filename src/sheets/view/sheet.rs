//! `/fiches/{id}`: the shell of a sheet. It holds no personal data; the script asks for pixels.

use maud::html;

use super::Display;
use super::frame::{SheetFrame, around};
use crate::page::{Page, paths};

/// The shell around a canvas.
pub fn sheet(frame: &SheetFrame) -> Page {
    let body = html! {
        main.sheet data-sheet=(paths::sheet(&frame.id)) {
            h1.unseen { (frame.place()) }
            noscript {
                p.notice {
                    "La fiche est dessinée par un script, que votre navigateur n’exécute pas. "
                    a href=(paths::sheet_text(&frame.id)) { "L’affichage en texte" } " donne les mêmes informations sans script."
                }
            }
            div.scroller {
                div.paper aria-busy="true" {
                    canvas width="1" height="1" aria-hidden="true" {}
                    // Above the canvas, so that no menu offers to save or copy a picture.
                    div #fiche.glass tabindex="0" role="img"
                        aria-label={ (frame.place()) ", en pixels. Pour la lire avec une aide technique, choisissez Affichage en texte." } {}
                }
            }
            p.loading role="status" { "La fiche s’affiche…" }
        }
    };
    Page::confidential("Fiche", around(frame, Display::Pixels, body))
        .with_own_header()
        .with_script("sheet.js")
}
