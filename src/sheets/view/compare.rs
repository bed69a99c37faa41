//! `/commissions/{id}/comparer/{dwelling}`: the candidates for one dwelling, a line each. The order
//! is the rank's: nothing here sorts or grades people.

use maud::{Markup, html};

use super::committee::{rank_words, row_name};
use super::text::TextDisplay;
use super::{endings, watermark};
use crate::page::chart::limit_rule;
use crate::page::format::nur_blocks;
use crate::page::table::{back, title};
use crate::page::{Page, paths};
use crate::sheets::presentation::{self, Landmark};

/// One dwelling's candidates, without a name.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub committee_id: String,
    pub dwelling_id: String,
    pub generation: String,
    /// « Commission du 26 novembre ».
    pub committee: String,
    /// « T3, 14 rue des Tanneurs ».
    pub dwelling: String,
    /// « 5 candidats · 64,50 m², 2ᵉ étage, ascenseur · 423,20 € + 96,40 € de charges ».
    pub lead: String,
    pub candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub sheet_id: String,
    pub rank: Option<u32>,
}

/// In pixels: one painted line per candidate.
pub fn comparison(view: &Comparison) -> Page {
    let address = paths::comparison(&view.committee_id, &view.dwelling_id);
    let text = paths::comparison_text(&view.committee_id, &view.dwelling_id);
    let body = html! {
        p.first { a.button href=(text) { "Affichage en texte" } }
        (back(&paths::committee(&view.committee_id), &view.committee))
        (title(&view.dwelling, &view.lead))
        noscript { p.notice { "Les candidats sont peints par un script, que votre navigateur n’exécute pas. " a href=(text) { "L’affichage en texte" } " donne la même comparaison." } }
        div.strips data-list=(address) data-generation=(view.generation) {
            div.strips-head aria-hidden="true" { canvas data-part="head" width="1" height="1" {} }
            ol {
                @for candidate in &view.candidates {
                    li data-sheet=(candidate.sheet_id) {
                        a href=(paths::sheet(&candidate.sheet_id)) aria-label=(row_name(candidate.rank, &view.dwelling)) {
                            canvas data-part="row" width="1" height="1" aria-hidden="true" {}
                            span.waiting aria-hidden="true" { "Ouvrir" }
                        }
                    }
                }
            }
        }
        (endings())
    };
    Page::confidential("Comparaison", body).with_text(text).with_script("compare.js")
}

/// In text: a table, in the order of `view.candidates`.
pub fn comparison_text(
    view: &Comparison,
    compared: &presentation::Comparison,
    display: &TextDisplay,
) -> Page {
    let address = paths::comparison(&view.committee_id, &view.dwelling_id);
    let limits = ["", "par mois", &compared.effort_limit, &compared.residual_limit];
    let body = html! {
        p.first { a.button href=(address) { "Affichage en pixels" } }
        (back(&paths::committee_text(&view.committee_id), &view.committee))
        (title(&view.dwelling, &view.lead))
        div.as-text data-display=(display.code) data-presence=(address) data-remaining=(display.remaining_ms) {
            (watermark::layer(&display.watermark))
            table.register.comparison {
                caption.unseen { "Candidats, dans l’ordre des rangs" }
                thead { tr {
                    th scope="col" { "Rang" } th scope="col" { "Candidat" }
                    @if let Some(first) = compared.candidates.first() {
                        @for (landmark, limit) in first.landmarks.iter().zip(limits) {
                            th scope="col" { (landmark.label) @if !limit.is_empty() { span.second { (limit) } } }
                        }
                    }
                    th scope="col" { "Priorité" } th scope="col" { "Avis du service" }
                } }
                tbody {
                    @for (candidate, compared) in view.candidates.iter().zip(&compared.candidates) {
                        (line(candidate, compared, limits))
                    }
                }
            }
            p.unseen { "Filigrane de cette page\u{a0}: " (display.watermark) }
        }
        (endings())
    };
    Page::confidential("Comparaison", body).with_script("text.js")
}

fn line(candidate: &Candidate, compared: &presentation::Candidate, limits: [&str; 4]) -> Markup {
    let applicant = &compared.applicant;
    html! {
        tr {
            td.rank data-label="Rang" { (rank_words(candidate.rank)) }
            th.name scope="row" {
                a href=(paths::sheet_text(&candidate.sheet_id)) {
                    @if !applicant.title.is_empty() { (applicant.title) " " }
                    (applicant.first_name) " " (applicant.last_name)
                }
                span.second { (nur_blocks(&applicant.number)) }
                span.second { (applicant.facts.join("\u{a0}· ")) }
            }
            @for (landmark, limit) in compared.landmarks.iter().zip(limits) { (cell(landmark, limit)) }
            td data-label="Priorité" { @for words in &compared.priorities { span.line { (words) } } }
            td data-label="Avis du service" {
                strong.verdict { (compared.opinion.verdict) } " " span.second { (compared.opinion.reason) }
            }
        }
    }
}

/// `limit` stands in the head of the column, which a phone does not show.
fn cell(landmark: &Landmark, limit: &str) -> Markup {
    html! {
        td data-label=(landmark.label) {
            strong { (landmark.figure) } @if !landmark.unit.is_empty() { " " (landmark.unit) }
            @if let Some(rule) = landmark.rule { (limit_rule(rule.value, rule.mark, rule.parts)) }
            @for note in &landmark.notes { span.second { (note) } }
            @if landmark.notes.is_empty() && !limit.is_empty() { span.second.limit { (limit) } }
        }
    }
}
