//! The landlord's page on committees: what is published, what is over, what proves it is gone.

use maud::{Markup, html};

use crate::page::form;
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, title};
use crate::page::{Page, paths};

/// `/gestion/commissions`.
#[derive(Debug, Clone)]
pub struct ManagedCommittees {
    /// A sentence that answers: « Deux commissions à venir, tout est purgé. »
    pub title: String,
    pub lead: String,
    pub committees: Vec<ManagedCommittee>,
}

#[derive(Debug, Clone)]
pub struct ManagedCommittee {
    pub id: String,
    /// « jeudi 26 novembre 2026 ».
    pub date: String,
    /// « 9 h 30 · Est 2026-47 ».
    pub reference: String,
    /// « Valbourg, Mérizeau », or « – » once purged.
    pub communes: String,
    /// « 12 », or « – » once purged.
    pub sheets: String,
    pub state: ManagedState,
    /// « à venir », « séance levée à 11 h 20 », « purgée le 27 novembre à 0 h 00 ».
    pub state_words: String,
    /// Whether it may be declared over today.
    pub in_session: bool,
    /// « n° 27 » and where it is read, once the purge is certified.
    pub certificate: Option<Certificate>,
    /// While there is none: « pas encore », « attendu le 24 novembre à 0 h ».
    pub awaited: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub label: String,
    /// `None` while the certificate has no page.
    pub href: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagedState {
    /// Readable until the day after.
    /// Published, for a day that has not come.
    ToCome,
    Published,
    /// Closed by the manager; its sheets are unreadable and will be purged at midnight (E7).
    Held,
    /// Purged, and certified.
    Purged,
    /// The purge is late, or its certificate is missing: an alarm.
    Late,
    /// Cancelled or postponed (E8).
    Cancelled,
}

/// All committees the landlord has announced.
pub fn committees(view: &ManagedCommittees) -> Page {
    let body = html! {
        (title(&view.title, &view.lead))
        @if view.committees.is_empty() {
            (empty("Aucune commission connue", "Les commissions arrivent avec l’import du jour."))
        } @else {
            div.wide { table.register {
                thead { tr {
                    th scope="col" { "Commission" }
                    th scope="col" { "Communes" }
                    th.figure scope="col" { "Fiches" }
                    th scope="col" { "État" }
                    th scope="col" { "Certificat de purge" }
                    th scope="col" { span.unseen { "Action" } }
                } }
                tbody { @for committee in &view.committees { (row(committee)) } }
            } }
        }
    };
    Page::new("Commissions", body)
}

fn row(committee: &ManagedCommittee) -> Markup {
    let sign = match committee.state {
        ManagedState::ToCome | ManagedState::Published => Mark::Unread,
        ManagedState::Held => Mark::Read,
        ManagedState::Purged => Mark::Held,
        ManagedState::Late => Mark::Gap,
        ManagedState::Cancelled => Mark::Withdrawn,
    };
    html! {
        tr {
            th scope="row" { (committee.date) span.second { (committee.reference) } }
            td data-label="Communes" { (committee.communes) }
            td.figure data-label="Fiches" { (committee.sheets) }
            td { (mark(sign, &committee.state_words)) }
            td data-label="Certificat" {
                @match &committee.certificate {
                    Some(Certificate { label, href: Some(href) }) => a href=(href) { (label) },
                    Some(Certificate { label, href: None }) => (label),
                    None => span.grey { (committee.awaited) },
                }
            }
            td.action {
                @if committee.in_session {
                    a.button.small href=(paths::committee_held(&committee.id)) {
                        "Séance levée" span.unseen { ", commission du " (committee.date) }
                    }
                }
            }
        }
    }
}

/// The page that confirms « séance levée ».
#[derive(Debug, Clone)]
pub struct HeldConfirmation {
    pub csrf: String,
    pub id: String,
    /// « jeudi 26 novembre 2026, 9 h 30 ».
    pub date: String,
    pub reference: String,
    pub communes: String,
    /// « 12 fiches ».
    pub sheets: String,
    /// « le 27 novembre à 0 h ».
    pub purged_on: String,
}

/// What will happen, and the button that does it (E7).
pub fn confirm_held(view: &HeldConfirmation) -> Page {
    let body = html! {
        div.plain {
            (back(paths::MANAGED_COMMITTEES, "Commissions"))
            (title("Lever la séance\u{a0}?", &format!("Commission du {} · {} · {}", view.date, view.reference, view.communes)))
            p { strong { (view.sheets) } " ne pourront plus être lues, dès maintenant, par aucune commune." }
            p { "Elles seront détruites " (view.purged_on) ", et un certificat le prouvera. La séance levée ne se rouvre pas." }
            div.actions {
                (form::post_button(&paths::committee_held(&view.id), &view.csrf, "Lever la séance", "button filled"))
                a.button href=(paths::MANAGED_COMMITTEES) { "Revenir" }
            }
        }
    };
    Page::new("Lever la séance", body)
}
