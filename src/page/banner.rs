//! One banner at a time, under the header: a sign, a fact, what to do.

use maud::{Markup, html};

use super::form::csrf_field;
use super::marks::{Mark, sign};

/// How much the fact weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done as asked.
    Good,
    /// A limit is near.
    Attention,
    /// Data or access is about to go, or has gone.
    Grave,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    pub tone: Tone,
    /// The fact, one bold sentence.
    pub fact: String,
    /// What to do about it, or empty.
    pub detail: String,
    pub action: Option<BannerAction>,
}

/// The only button a banner may bear; always a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BannerAction {
    pub label: String,
    pub action: String,
}

/// The live region under the header, with its banner if there is one.
///
/// The region is in every page from the start: assistive tools announce only what is put into a
/// region they already know. The templates let a script say one more thing in the same manner.
pub fn region(banner: Option<&Banner>, csrf: Option<&str>) -> Markup {
    html! {
        div #banner role="status" {
            @if let Some(banner) = banner { (render(banner, csrf)) }
        }
        template #warning { (render(&scripted(Tone::Attention), None)) }
    }
}

fn scripted(tone: Tone) -> Banner {
    Banner { tone, fact: String::new(), detail: String::new(), action: None }
}

fn render(banner: &Banner, csrf: Option<&str>) -> Markup {
    let (class, mark) = match banner.tone {
        Tone::Good => ("banner good", Mark::Held),
        Tone::Attention => ("banner attention", Mark::ToDo),
        Tone::Grave => ("banner grave", Mark::Gap),
    };
    html! {
        div class=(class) {
            (sign(mark))
            p {
                strong { (banner.fact) }
                @if !banner.detail.is_empty() { " " (banner.detail) }
            }
            @if let (Some(action), Some(csrf)) = (&banner.action, csrf) {
                form method="post" action=(action.action) {
                    (csrf_field(csrf))
                    button.button.ink type="submit" { (action.label) }
                }
            }
        }
    }
}
