//! `/gestion/courriels`: whether mails leave and arrive, and what each of them says.

use maud::{Markup, html};

use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, entries, section, title};
use crate::page::{Page, form, paths};

#[derive(Debug, Clone)]
pub struct Outbox {
    pub csrf: String,
    pub has_server: bool,
    /// Whether the reader has an address for a mail of trial.
    pub has_address: bool,
    /// « Deux courriels ne sont pas partis ».
    pub title: String,
    pub tabs: Vec<Tab>,
    pub mails: Vec<Line>,
    /// Where the list goes on.
    pub next: Option<String>,
}

/// One list, with how many stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub current: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub href: String,
    pub subject: String,
    /// The name of the account it is for.
    pub to: String,
    pub told: String,
    pub is_fault: bool,
    pub state: String,
}

pub fn outbox(view: &Outbox) -> Page {
    let lead = if view.has_server {
        "Chaque message est aussi écrit dans l’espace de son destinataire\u{a0}: un courriel perdu ne prive personne d’un accès."
    } else {
        "Rien n’est envoyé, et tout fonctionne\u{a0}: chaque message est écrit dans l’espace de son destinataire. Le serveur se règle dans la section [mail] du fichier de réglages."
    };
    let body = html! {
        (title(&view.title, lead))
        (section("Courriels", "effacés avant six mois", html! {
            nav aria-label="État des courriels" {
                ul.tabs { @for tab in &view.tabs {
                    li { a href=(tab.href) aria-current=[tab.current.then_some("true")] { (tab.label) } }
                } }
            }
            @if view.mails.is_empty() {
                (empty("Aucun courriel dans cet état", ""))
            } @else {
                (list(&view.mails))
            }
            @if let Some(next) = &view.next { p { a href=(next) { "Courriels plus anciens" } } }
        }))
        @if view.has_server {
            (section("Essai", "", html! {
                @if view.has_address {
                    p { "Un courriel vous est adressé dans la minute\u{a0}; son état s’affiche ci-dessus." }
                    (form::post_button(paths::MAILS, &view.csrf, "M’envoyer un courriel d’essai", "button"))
                } @else {
                    p { "Votre compte n’a pas d’adresse de courriel." }
                }
            }))
        }
    };
    Page::new("Courriels", body)
}

fn list(mails: &[Line]) -> Markup {
    html! {
        table.register {
            thead { tr {
                th scope="col" { "Courriel" } th scope="col" { "Destinataire" } th scope="col" { "État" }
            } }
            tbody { @for mail in mails {
                tr {
                    th scope="row" { a href=(mail.href) { (mail.subject) } span.second { (mail.told) } }
                    td data-label="Destinataire" { (mail.to) }
                    td { (mark(if mail.is_fault { Mark::Gap } else { Mark::Unread }, &mail.state)) }
                }
            } }
        }
    }
}

/// One mail, with « `[lien]` » in place of what opens something.
#[derive(Debug, Clone)]
pub struct Preview {
    pub csrf: String,
    pub again: String,
    pub subject: String,
    pub to: String,
    pub told: String,
    pub state: String,
    /// A new sending makes a new link, and the last one void.
    pub has_link: bool,
    pub may_be_sent: bool,
    pub text: String,
}

pub fn preview(view: &Preview) -> Page {
    let body = html! {
        (back(paths::MAILS, "Courriels"))
        (title(&view.subject, &format!("Pour {}, {}.", view.to, view.told)))
        (section("État", "", html! {
            (entries(&[("Courriel", html! { (view.state) })]))
            @if view.may_be_sent {
                @if view.has_link { p { "Un nouvel envoi porte un nouveau lien\u{a0}; le précédent ne vaut plus rien." } }
                (form::post_button(&view.again, &view.csrf, "Envoyer de nouveau", "button filled"))
            }
        }))
        (section("Texte", "tel qu’il est envoyé, sans son lien", html! { p.letter { (view.text) } }))
    };
    Page::new("Courriel", body)
}
