//! The watermark of the text displays: the reader's name, commune, time and code, under every line.

use maud::{Markup, html};

/// Advance of one character at 13 px, rounded up so that two tiles never touch.
const ADVANCE: usize = 8;
const ROW: usize = 104;

/// A pattern that fills whatever stands above it, however long. It is hidden from assistive tools,
/// which would read it at each tile; the reader's page says once that it is there.
pub fn layer(words: &str) -> Markup {
    let width = words.chars().count() * ADVANCE + 48;
    let half = width / 2;
    html! {
        div.watermark aria-hidden="true" {
            svg width="100%" height="100%" focusable="false" {
                defs {
                    pattern #filigrane width=(width) height=(ROW * 2) patternUnits="userSpaceOnUse" patternTransform="rotate(-24)" {
                        text x="12" y="20" { (words) }
                        text x=(half + 12) y=(ROW + 20) { (words) }
                        text x=(12_i64 - half as i64) y=(ROW + 20) { (words) }
                    }
                }
                rect width="100%" height="100%" fill="url(#filigrane)" {}
            }
        }
    }
}
