//! How a page is laid out: titles, ruled sections, label and value lists, empty states.

use maud::{Markup, html};

/// The title of a page: a sentence that answers the visitor, and one grey paragraph.
pub fn title(title: &str, lead: &str) -> Markup {
    html! {
        h1 { (title) }
        @if !lead.is_empty() { p.lead { (lead) } }
    }
}

/// Where one comes from, above the title.
pub fn back(href: &str, label: &str) -> Markup {
    html! { p.back { a href=(href) { (label) } } }
}

/// A ruled section: the margin names, the body says.
pub fn section(name: &str, about: &str, body: Markup) -> Markup {
    html! {
        section.margined {
            div.margin {
                h2 { (name) }
                @if !about.is_empty() { p { (about) } }
            }
            div.body { (body) }
        }
    }
}

/// A label and value list, on hairlines.
pub fn entries(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.entries {
            @for (label, value) in rows {
                div { dt { (label) } dd { (value) } }
            }
        }
    }
}

/// Nothing to show: a bold sentence, and a grey one that says why and when.
pub fn empty(fact: &str, why: &str) -> Markup {
    html! {
        div.empty {
            p { strong { (fact) } }
            @if !why.is_empty() { p.grey { (why) } }
        }
    }
}
