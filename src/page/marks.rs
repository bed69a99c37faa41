//! Signs with their word: shape first, then the word, then the colour. In greys nothing is lost.

use maud::{Markup, html};

/// What a sign says. The word always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Published since the reader last looked.
    New,
    /// Changed since the reader opened it.
    Changed,
    Read,
    Withdrawn,
    /// Known but not yet opened: words alone, without a sign.
    Unread,
    Held,
    ToDo,
    Gap,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Mark::New => "mark new",
            Mark::Changed => "mark changed",
            Mark::Read => "mark read",
            Mark::Withdrawn => "mark withdrawn",
            Mark::Unread => "mark unread",
            Mark::Held => "mark held",
            Mark::ToDo => "mark to-do",
            Mark::Gap => "mark gap",
        }
    }
}

/// The sign and its words, on one line.
pub fn mark(mark: Mark, words: &str) -> Markup {
    html! {
        span class=(mark.class()) {
            @if mark != Mark::Unread { (sign(mark)) }
            span { (words) }
        }
    }
}

/// The sign alone, 11 px wide, hidden from assistive tools.
pub fn sign(mark: Mark) -> Markup {
    html! {
        svg.sign width="11" height="11" viewBox="0 0 11 11" aria-hidden="true" focusable="false" {
            (strokes(mark))
        }
    }
}

/// The drawing of a sign in an 11 by 11 square, for a chart that places it itself.
pub fn strokes(mark: Mark) -> Markup {
    html! {
        @match mark {
            Mark::New => circle cx="5.5" cy="5.5" r="5.1" fill="currentColor" {},
            Mark::Changed => {
                circle cx="5.5" cy="5.5" r="4.5" fill="none" stroke="currentColor" stroke-width="1.4" {}
                path d="M5.5 1a4.5 4.5 0 0 1 0 9z" fill="currentColor" {}
            }
            Mark::Read => path d="M1 6l3.1 3.4L10 1.9" fill="none" stroke="currentColor" stroke-width="1.5" {},
            Mark::Held => path d="M1 6l3.1 3.4L10 1.9" fill="none" stroke="currentColor" stroke-width="2" {},
            Mark::Withdrawn => path d="M0 5.5h11" fill="none" stroke="currentColor" stroke-width="1.6" {},
            Mark::Unread => path d="M5.5 1v9" fill="none" stroke="currentColor" stroke-width="1.6" {},
            Mark::ToDo => path d="M5.5 .4L11 10.6H0z" fill="currentColor" {},
            Mark::Gap => path d="M3.2 0h4.6L11 3.2v4.6L7.8 11H3.2L0 7.8V3.2z" fill="currentColor" {},
        }
    }
}
