//! The text displays: the same bands, the same order, as HTML (RGAA 1.8, E12).

use maud::{Markup, html};

use super::committee::{Committee, Row, dwelling_head, rank_words, withdrawn};
use super::frame::{SheetFrame, around};
use super::{Display, endings, watermark};
use crate::page::chart::limit_rule;
use crate::page::form;
use crate::page::format::nur_blocks;
use crate::page::marks::mark;
use crate::page::table::{back, empty, title};
use crate::page::{Page, paths};
use crate::sheets::presentation::{Block, Landmark, ListLine, Opinion, Presentation, Row as Entry, Value};

/// One display of text: its code, its time left, and the words under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDisplay {
    /// The leak code, which the presence script sends back.
    pub code: String,
    /// Milliseconds until the page clears itself.
    pub remaining_ms: u64,
    /// « Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · K7QF3-2PM9X ».
    pub watermark: String,
}

/// `/fiches/{id}/texte`.
pub fn sheet(frame: &SheetFrame, display: &TextDisplay, sheet: &Presentation) -> Page {
    let body = html! {
        main.sheet.as-text data-display=(display.code) data-presence=(paths::sheet(&frame.id)) data-remaining=(display.remaining_ms) {
            div.paper {
                (watermark::layer(&display.watermark))
                article #fiche tabindex="-1" {
                    (bands(sheet))
                    p.unseen { "Filigrane de cette page\u{a0}: " (display.watermark) }
                }
            }
        }
    };
    Page::confidential("Fiche", around(frame, Display::Text, body)).with_own_header().with_script("text.js")
}

fn bands(sheet: &Presentation) -> Markup {
    let applicant = &sheet.applicant;
    html! {
        p.running {
            span { strong { "Fiche de synthèse" } @if !sheet.head.file.is_empty() { " · " (sheet.head.file) } }
            span { (sheet.head.committee) }
            span { (sheet.head.commune) }
        }
        div.band.who {
            div {
                h1 {
                    @if !applicant.title.is_empty() { span.title { (applicant.title) } " " }
                    (applicant.first_name) " " (applicant.last_name)
                }
                p.facts { (applicant.facts.join("\u{a0}· ")) }
                p.number { span.label { "Numéro unique" } " " span.figures { (nur_blocks(&applicant.number)) } }
            }
            p.rank {
                span.label { "Rang proposé" } " "
                strong { @match sheet.rank.rank { Some(rank) => (rank), None => "–" } }
                @if let Some(of) = sheet.rank.of { span { " sur " (of) } }
            }
        }
        section.band.dwelling aria-label="Logement proposé" {
            p.kind { strong { (sheet.dwelling.kind) } @if !sheet.dwelling.area.is_empty() { " " span { (sheet.dwelling.area) } } }
            div {
                h2 { (sheet.dwelling.address) }
                @for line in [&sheet.dwelling.place, &sheet.dwelling.features] { @if !line.is_empty() { p { (line) } } }
                @if !sheet.dwelling.reference.is_empty() { p.label { (sheet.dwelling.reference) } }
            }
            p.cost { span.label { "Coût net, APL déduite" } " " strong { (sheet.dwelling.net_cost) } " " span { "par mois" } }
        }
        dl.band.landmarks { @for landmark in &sheet.landmarks { (figure(landmark)) } }
        div.evidence {
            div { @for block in &sheet.left { (group(block)) } }
            div { @for block in &sheet.right { (group(block)) } }
        }
        (opinion(&sheet.opinion))
        p.foot { (sheet.foot) }
    }
}

fn figure(landmark: &Landmark) -> Markup {
    html! {
        div {
            dt { (landmark.label) }
            dd {
                p.figure { strong { (landmark.figure) } @if !landmark.unit.is_empty() { " " span { (landmark.unit) } } }
                @if let Some(rule) = landmark.rule { (limit_rule(rule.value, rule.mark, rule.parts)) }
                @for note in &landmark.notes { p { (note) } }
            }
        }
    }
}

fn group(block: &Block) -> Markup {
    html! {
        section.block.figures[block.figures] {
            h2 { (block.title) }
            dl { @for row in &block.rows { (entry(row)) } }
        }
    }
}

fn entry(row: &Entry) -> Markup {
    html! {
        div.total[row.total] {
            dt { (row.label) }
            dd {
                @match &row.value {
                    Value::Shown(value) => (value),
                    Value::NotShown => em { "information non affichée" },
                }
            }
        }
    }
}

fn opinion(opinion: &Opinion) -> Markup {
    html! {
        section.band.opinion {
            h2.label { "Avis du service" }
            p { strong { (opinion.verdict) } @if !opinion.reason.is_empty() { " " span { (opinion.reason) } } }
        }
    }
}

/// What was searched in the text list, and how many were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextSearch {
    /// Shown again in the field; sent by POST, never in an address.
    pub query: String,
    /// « 2 fiches sur 12 », empty before any search.
    pub found: String,
}

/// `/commissions/{id}/texte`. `names` holds one line per [`Row::Sheet`], in the order of the
/// document; rows without a name (a search hides them) are left out.
pub fn committee(
    view: &Committee,
    names: &[Option<ListLine>],
    search: &TextSearch,
    display: &TextDisplay,
) -> Page {
    let mut names = names.iter();
    let body = html! {
        p.first { a.button href=(paths::committee(&view.id)) { "Affichage en pixels" } }
        (back(paths::COMMITTEES, "Commissions"))
        (title(&view.title, &view.lead))
        form.search role="search" method="post" action=(paths::committee_text(&view.id)) autocomplete="off" {
            (form::csrf_field(&view.csrf))
            label for="q" { "Chercher un nom ou un numéro" }
            div {
                input type="search" id="q" name="q" value=(search.query) autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="80";
                button.button type="submit" { "Chercher" }
                @if !search.found.is_empty() { a.button href=(paths::committee_text(&view.id)) { "Tout montrer" } }
            }
            p.found role="status" { (search.found) }
        }
        @if view.groups.is_empty() {
            (empty("Aucune fiche pour l’instant", "Elles arrivent chaque jour\u{a0}: revenez demain."))
        }
        div.as-text data-display=(display.code) data-presence=(paths::committee(&view.id)) data-remaining=(display.remaining_ms) {
            (watermark::layer(&display.watermark))
            @for group in &view.groups {
                section.dwelling {
                    (dwelling_head(&view.id, group, Display::Text))
                    table.register.names {
                        caption.unseen { "Candidats, " (group.spoken()) }
                        thead { tr {
                            th scope="col" { "Rang" } th scope="col" { "Candidat" } th scope="col" { "Numéro unique" } th scope="col" { "Depuis votre lecture" }
                        } }
                        tbody {
                            @for row in &group.rows {
                                @match row {
                                    Row::Withdrawn { words } => (withdrawn(words)),
                                    Row::Sheet { .. } => @if let Some(Some(name)) = names.next() { (named(row, name)) },
                                }
                            }
                        }
                    }
                }
            }
            p.unseen { "Filigrane de cette page\u{a0}: " (display.watermark) }
        }
        (endings())
    };
    Page::confidential("Commission", body).with_script("text.js")
}

fn named(row: &Row, name: &ListLine) -> Markup {
    html! {
        @if let Row::Sheet { id, rank, mark: sign, words, just_left } = row {
            tr.just-left[*just_left] {
                th scope="row" { (rank_words(*rank)) }
                td.name {
                    a href=(paths::sheet_text(id)) aria-current=[just_left.then_some("true")] {
                        @if !name.title.is_empty() { (name.title) " " }
                        (name.first_name) " "
                        @if name.unread { strong { (name.last_name) } } @else { (name.last_name) }
                    }
                }
                td.number { (nur_blocks(&name.number)) }
                td.state { (mark(*sign, words)) }
            }
        }
    }
}
