//! `/commissions`: what comes, when, and what is new in it.

use maud::{Markup, html};

use crate::page::form;
use crate::page::marks::{Mark, mark};
use crate::page::table::{empty, title};
use crate::page::{Page, paths};

/// What the page of committees shows; no applicant is named in it.
#[derive(Debug, Clone)]
pub struct Committees {
    pub csrf: String,
    /// « Trois commissions à venir à Valbourg ».
    pub title: String,
    /// Last connection, and what becomes of the sheets.
    pub lead: String,
    /// The communes one may read; shown from two on.
    pub communes: Vec<CommuneChoice>,
    pub committees: Vec<CommitteeLine>,
    /// When there is none: the fact, and why and when.
    pub empty: (String, String),
    /// Links lead to the text display for who has chosen it.
    pub text_display: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneChoice {
    pub insee: String,
    pub name: String,
    pub current: bool,
}

#[derive(Debug, Clone)]
pub struct CommitteeLine {
    pub id: String,
    /// « Jeudi 26 novembre ».
    pub day: String,
    /// « 9 h 30 · Est 2026-47 », then « dans 3 jours · 12 fiches ».
    pub facts: Vec<String>,
    pub dwellings: Vec<DwellingLine>,
    /// « 2 nouvelles », « 1 modifiée », « 1 retirée ».
    pub marks: Vec<(Mark, String)>,
    /// « Aucune fiche pour l’instant. Elles arrivent chaque jour à 6 h. »
    pub nothing: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DwellingLine {
    /// « T3 ».
    pub kind: String,
    /// « 14, rue des Tanneurs ».
    pub address: String,
    /// « 5 fiches ».
    pub sheets: String,
}

/// One row per committee.
pub fn committees(view: &Committees) -> Page {
    let body = html! {
        (title(&view.title, &view.lead))
        @if view.communes.len() > 1 { (switcher(&view.csrf, "Commune lue", &view.communes)) }
        @if view.committees.is_empty() {
            (empty(&view.empty.0, &view.empty.1))
        } @else {
            ol.committees {
                @for committee in &view.committees { (line(committee, view.text_display)) }
            }
        }
    };
    Page::new("Commissions", body)
}

/// One button per commune.
pub(super) fn switcher(csrf: &str, legend: &str, communes: &[CommuneChoice]) -> Markup {
    html! {
        form.switcher method="post" action=(paths::COMMUNE) {
            (form::csrf_field(csrf))
            fieldset {
                legend { (legend) }
                @for commune in communes {
                    button type="submit" name="commune" value=(commune.insee) aria-pressed=(commune.current) { (commune.name) }
                }
            }
        }
    }
}

fn line(committee: &CommitteeLine, text_display: bool) -> Markup {
    let href =
        if text_display { paths::committee_text(&committee.id) } else { paths::committee(&committee.id) };
    html! {
        li.committee {
            div.when {
                h2 { a href=(href) { (committee.day) } }
                @for fact in &committee.facts { p { (fact) } }
            }
            @if committee.dwellings.is_empty() {
                p.nothing { (committee.nothing) }
            } @else {
                ul.dwellings {
                    @for dwelling in &committee.dwellings {
                        li {
                            strong { (dwelling.kind) } " "
                            span { (dwelling.address) } " "
                            span.count { (dwelling.sheets) }
                        }
                    }
                }
                @if !committee.marks.is_empty() {
                    ul.marks {
                        @for (sign, words) in &committee.marks { li { (mark(*sign, words)) } }
                    }
                }
            }
        }
    }
}
