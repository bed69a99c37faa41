//! `/commissions/{id}`: the candidates of one committee, dwelling by dwelling, names painted.

use maud::{Markup, html};

use super::endings;
use crate::page::form;
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, title};
use crate::page::{Page, paths};

/// A committee's list, without a single name: the script paints them.
#[derive(Debug, Clone)]
pub struct Committee {
    pub id: String,
    pub csrf: String,
    /// Which publication the rows come from; a newer one answers the painter with 409.
    pub generation: String,
    /// « Commission du jeudi 26 novembre 2026, 9 h 30 ».
    pub title: String,
    /// « Valbourg · Est 2026-47 · 3 logements, 12 fiches, 5 lues. Supprimées le 27 novembre à 0 h. »
    pub lead: String,
    pub groups: Vec<Group>,
}

/// One dwelling and its candidates.
#[derive(Debug, Clone)]
pub struct Group {
    /// Leads to the comparison; empty where there is none to offer.
    pub dwelling_id: String,
    /// « T3 ».
    pub kind: String,
    /// « 14, rue des Tanneurs ».
    pub address: String,
    /// « 64,50 m², 2ᵉ étage, ascenseur ».
    pub details: String,
    /// « 423,20 € + 96,40 € de charges ».
    pub rent: String,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// One painted row of the strip, in the order of the document.
    Sheet {
        id: String,
        rank: Option<u32>,
        mark: Mark,
        /// « nouvelle », « modifiée aujourd’hui », « pas encore lue ».
        words: String,
        /// The sheet one comes back from.
        just_left: bool,
    },
    /// Stays in grey, without a link and without a painted row. « retirée le 22 novembre ».
    Withdrawn { words: String },
}

impl Group {
    /// « T3, 14 rue des Tanneurs », as one says it.
    pub fn spoken(&self) -> String {
        spoken(&self.kind, &self.address)
    }
}

/// A dwelling as one says it aloud: « T3, 14 rue des Tanneurs ».
pub fn spoken(kind: &str, address: &str) -> String {
    format!("{kind}, {}", address.replacen(", ", " ", 1))
}

/// The accessible name of a painted link: everything but the person.
pub fn row_name(rank: Option<u32>, spoken: &str) -> String {
    match rank {
        Some(rank) => format!("Rang {rank}, {spoken}"),
        None => format!("Sans rang, {spoken}"),
    }
}

/// The list in pixels.
pub fn committee(view: &Committee) -> Page {
    let text = paths::committee_text(&view.id);
    let body = html! {
        p.first { a.button href=(text) { "Affichage en texte" } }
        (back(paths::COMMITTEES, "Commissions"))
        (title(&view.title, &view.lead))
        @if view.groups.is_empty() {
            (empty("Aucune fiche pour l’instant", "Elles arrivent chaque jour\u{a0}: revenez demain."))
        } @else {
            (search(view, &text))
            div #liste data-list=(paths::committee(&view.id)) data-generation=(view.generation) {
                @for group in &view.groups { (dwelling(&view.id, group)) }
            }
        }
        (endings())
    };
    Page::confidential("Commission", body).with_text(text).with_script("list.js")
}

fn search(view: &Committee, text: &str) -> Markup {
    html! {
        noscript { p.notice { "Les noms sont peints par un script, que votre navigateur n’exécute pas. " a href=(text) { "L’affichage en texte" } " donne la même liste, et sa recherche, sans script." } }
        form.search hidden role="search" method="post" action=(paths::committee_search(&view.id)) autocomplete="off" {
            (form::csrf_field(&view.csrf))
            label for="q" { "Chercher un nom ou un numéro" }
            div {
                input type="search" id="q" name="q" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="80";
                button.button type="submit" { "Chercher" }
                button.button type="reset" hidden { "Tout montrer" }
            }
            p.found role="status" {}
        }
    }
}

/// The head of a group, the same in both displays.
pub fn dwelling_head(committee: &str, group: &Group, display: super::Display) -> Markup {
    let compare = match display {
        super::Display::Pixels => paths::comparison(committee, &group.dwelling_id),
        super::Display::Text => paths::comparison_text(committee, &group.dwelling_id),
    };
    let candidates = group.rows.iter().filter(|row| matches!(row, Row::Sheet { .. })).count();
    html! {
        div.dwelling-head {
            h2 {
                span.kind { (group.kind) } " "
                span.address { (group.address) }
                @if !group.details.is_empty() { span.details { span.separator { " · " } (group.details) } }
            }
            p.rent { (group.rent) }
            @if candidates > 1 && !group.dwelling_id.is_empty() {
                p.compare { a href=(compare) { "Comparer les candidats" span.unseen { ", " (group.spoken()) } } }
            }
        }
    }
}

fn dwelling(committee: &str, group: &Group) -> Markup {
    html! {
        section.dwelling data-group {
            (dwelling_head(committee, group, super::Display::Pixels))
            table.register.names {
                caption.unseen { "Candidats, " (group.spoken()) }
                thead { tr {
                    th scope="col" { "Rang" } th scope="col" { "Candidat" } th scope="col" { "Numéro unique" } th scope="col" { "Depuis votre lecture" }
                } }
                tbody { @for row in &group.rows { (line(group, row)) } }
            }
        }
    }
}

fn line(group: &Group, row: &Row) -> Markup {
    html! {
        @match row {
            Row::Sheet { id, rank, mark: sign, words, just_left } => {
                tr.just-left[*just_left] data-sheet=(id) {
                    th scope="row" { (rank_words(*rank)) }
                    td.name {
                        a href=(paths::sheet(id)) aria-label=(row_name(*rank, &group.spoken())) aria-current=[just_left.then_some("true")] {
                            canvas data-part="name" width="1" height="1" aria-hidden="true" {}
                            span.waiting aria-hidden="true" { "Ouvrir" }
                        }
                    }
                    td.number { canvas data-part="number" width="1" height="1" aria-hidden="true" {} }
                    td.state { (mark(*sign, words)) }
                }
            }
            Row::Withdrawn { words } => (withdrawn(words)),
        }
    }
}

/// A row that stays, in grey, after the landlord has withdrawn its sheet (E5).
pub fn withdrawn(words: &str) -> Markup {
    html! {
        tr.gone {
            th scope="row" { "–" }
            td.name { "Fiche retirée par le bailleur" }
            td.number {}
            td.state { (mark(Mark::Withdrawn, words)) }
        }
    }
}

/// The rank, or a dash said « sans rang ».
pub fn rank_words(rank: Option<u32>) -> Markup {
    html! {
        @match rank {
            Some(rank) => (rank),
            None => { span aria-hidden="true" { "–" } span.unseen { "sans rang" } }
        }
    }
}
