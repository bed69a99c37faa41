//! The two rows above a sheet, and what stands below it: the same in both displays.

use maud::{Markup, html};

use super::{Display, endings};
use crate::page::chart::{SheetRule, sheet_rule};
use crate::page::layout::{ACCESSIBILITY_MENTION, IN_TEXT};
use crate::page::{form, paths};

/// Where the sheet stands in its committee, and until when it may be read.
#[derive(Debug, Clone)]
pub struct SheetFrame {
    pub id: String,
    pub csrf: String,
    pub committee_id: String,
    /// « Commission du 26 novembre ».
    pub committee: String,
    /// « 26 novembre », for a phone.
    pub committee_short: String,
    /// « Valbourg ».
    pub commune: String,
    /// « jeudi, 9 h 30 ».
    pub when: String,
    /// « Affichage ouvert jusqu’à 10 h 52 ».
    pub until: String,
    /// « jusqu’à 10 h 52 », for a phone.
    pub until_short: String,
    /// « espace jusqu’à 19 h ».
    pub space: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Counted from 1.
    pub position: u32,
    pub total: u32,
    pub rule: SheetRule,
}

impl SheetFrame {
    /// « Fiche 4 sur 12 ».
    pub fn place(&self) -> String {
        format!("Fiche {} sur {}", self.position, self.total)
    }

    fn link(&self, id: &str, display: Display) -> String {
        // The fragment carries the focus from sheet to sheet, without a script.
        match display {
            Display::Pixels => format!("{}#fiche", paths::sheet(id)),
            Display::Text => format!("{}#fiche", paths::sheet_text(id)),
        }
    }
}

/// The frame around a sheet. `body` is the canvas or the text.
pub fn around(frame: &SheetFrame, display: Display, body: Markup) -> Markup {
    let (other, other_label, other_short) = match display {
        Display::Pixels => (paths::sheet_text(&frame.id), "Affichage en texte", "En texte"),
        Display::Text => (paths::sheet(&frame.id), "Affichage en pixels", "En pixels"),
    };
    let list = match display {
        Display::Pixels => paths::committee(&frame.committee_id),
        Display::Text => paths::committee_text(&frame.committee_id),
    };
    html! {
        nav aria-label="Accès rapide" {
            @if display == Display::Pixels { a.skip href=(other) { (IN_TEXT) } }
            a.skip href="#fiche" { "Aller à la fiche" }
        }
        header.sheet-head {
            div.context {
                p {
                    a href=(paths::committee_after(&list, &frame.id)) { span.long { (frame.committee) } span.short { (frame.committee_short) } }
                    span.place { strong { (frame.commune) } span.long { " · " (frame.when) } }
                }
                p.until {
                    span.long { (frame.until) " · " (frame.space) }
                    span.short { (frame.until_short) }
                }
                a.button.text-link href=(other) data-key="t" { span.long { (other_label) } span.short { (other_short) } }
            }
            nav.travel aria-label="Fiches de la commission" {
                (step(frame.previous.as_deref().map(|id| frame.link(id, display)), "prev", "button before"))
                (sheet_rule(&frame.rule))
                p.position { span.unseen { "Fiche " } strong { (frame.position) } span.of { " sur " } (frame.total) }
                (step(frame.next.as_deref().map(|id| frame.link(id, display)), "next", "button filled after"))
            }
        }
        (body)
        footer.sheet-foot {
            p.keys {
                span.long { "Flèches ← →\u{a0}: fiche précédente, suivante." }
                @if display == Display::Pixels {
                    span.long { " Sur la fiche, + et −\u{a0}: agrandir, réduire\u{a0}; 0\u{a0}: taille normale\u{a0}; T\u{a0}: texte." }
                    span.zoom hidden {
                        button.button.small type="button" data-zoom="out" aria-label="Réduire la fiche" { "−" }
                        button.button.small type="button" data-zoom="in" aria-label="Agrandir la fiche" { "+" }
                    }
                }
            }
            ul {
                li { a href=(paths::HELP) { "Aide" } }
                li { a href=(paths::ACCESSIBILITY) { (ACCESSIBILITY_MENTION) } }
                li { a href=(paths::LEGAL_NOTICE) { "Mentions et droits" } }
                li { a href=(paths::REPORT) { "Signaler un incident" } }
                li { (form::post_button(paths::SIGN_OUT, &frame.csrf, "Se déconnecter", "link")) }
            }
        }
        (endings())
    }
}

/// A way to the neighbour. At either end the place is kept, so that the other button does not move.
fn step(href: Option<String>, rel: &'static str, class: &'static str) -> Markup {
    let (label, arrow_first) = match rel {
        "prev" => ("Précédente", true),
        _ => ("Suivante", false),
    };
    html! {
        @match href {
            Some(href) => a class=(class) href=(href) rel=(rel) aria-label={ "Fiche " (label.to_lowercase()) } {
                @if arrow_first { "‹ " span.word { (label) } } @else { span.word { (label) } " ›" }
            },
            None => span class={ (class) " absent" } aria-hidden="true" {
                @if arrow_first { "‹ " span.word { (label) } } @else { span.word { (label) } " ›" }
            },
        }
    }
}
