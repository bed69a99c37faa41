//! `/messages`: what is unread first, then what was read.

use maud::{Markup, html};

use crate::page::table::{empty, section, title};
use crate::page::{Page, form, paths};

#[derive(Debug, Clone)]
pub struct Messages {
    pub csrf: String,
    /// « Deux messages à lire ».
    pub title: String,
    pub unread: Vec<Line>,
    pub read: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// « lundi 23 novembre à 10 h 32 ».
    pub day: String,
    pub path: Option<&'static str>,
}

pub fn messages(view: &Messages) -> Page {
    let body = html! {
        (title(&view.title, "Ce qui concerne votre compte et vos accès. Un message s’efface avant six mois."))
        @if view.unread.is_empty() && view.read.is_empty() {
            (empty("Aucun message", "Ce qui arrivera à votre compte s’écrira ici, que vous ayez une adresse de courriel ou non."))
        }
        @if !view.unread.is_empty() {
            (section("À lire", "", html! {
                @for line in &view.unread { (message(line, Some(&view.csrf))) }
                @if view.unread.len() > 1 {
                    (form::post_button(paths::MESSAGES, &view.csrf, "Tout marquer comme lu", "button"))
                }
            }))
        }
        @if !view.read.is_empty() {
            (section("Déjà lus", "", html! { @for line in &view.read { (message(line, None)) } }))
        }
    };
    Page::new("Messages", body)
}

fn message(line: &Line, unread: Option<&str>) -> Markup {
    html! {
        article.message {
            h3 { (line.subject) }
            p.grey { (line.day) }
            @for paragraph in &line.paragraphs { p { (paragraph) } }
            @if line.path.is_some() || unread.is_some() {
                div.follow-up {
                    @if let Some(path) = line.path { a href=(path) { "Voir" span.unseen { ", " (line.subject) } } }
                    @if let Some(csrf) = unread {
                        form.single method="post" action=(paths::MESSAGES) {
                            (form::csrf_field(csrf))
                            input type="hidden" name="message" value=(line.id);
                            button.link type="submit" { "Marquer comme lu" span.unseen { ", " (line.subject) } }
                        }
                    }
                }
            }
        }
    }
}
