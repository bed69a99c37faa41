//! What somebody has not read yet, above everything else on their first page: all works without mail.

use maud::{Markup, html};

use super::Received;
use crate::notices::Landlord;
use crate::page::{Page, format, paths};

/// Unread messages shown on a first page; the others are one click away.
pub const SHOWN_FIRST: i64 = 3;

/// The page with its reader's unread messages above the rest; the page itself without any.
pub fn led_by(unread: &[Received], landlord: &Landlord, page: Page) -> Page {
    if unread.is_empty() {
        return page;
    }
    Page { main: html! { (first(unread, landlord)) (page.main) }, ..page }
}

fn first(unread: &[Received], landlord: &Landlord) -> Markup {
    html! {
        section.margined.told aria-label="Messages à lire" {
            div.margin { p { strong { "Messages" } } p { "à lire" } }
            div.body {
                ul {
                    @for received in unread {
                        li {
                            strong { (received.message.words(landlord).subject) } " "
                            span.grey { (format::day_and_time(received.created_at.and_utc())) }
                        }
                    }
                }
                p { a href=(paths::MESSAGES) { "Lire les messages" } }
            }
        }
    }
}
