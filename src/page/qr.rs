//! A QR code, drawn from its squares: no ready-made markup is taken over.

use maud::{Markup, html};

/// The squares of a code, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    /// Squares in one line.
    pub side: usize,
    /// `side` × `side` squares; `true` is black.
    pub dark: Vec<bool>,
}

/// The code as one path, without style or script. The words that say the same stand beside it.
pub fn qr_code(squares: &Squares) -> Markup {
    use std::fmt::Write as _;
    let side = squares.side.max(1);
    let mut path = String::new();
    for (i, _) in squares.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{} {}h1v1h-1z", i % side, i / side);
    }
    html! {
        svg viewBox=(format!("0 0 {side} {side}")) width="220" height="220" shape-rendering="crispEdges" aria-hidden="true" {
            path d=(path) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_squares_alone_are_drawn() {
        let drawn = qr_code(&Squares { side: 2, dark: vec![true, false, false, true] }).into_string();
        assert!(drawn.contains(r#"viewBox="0 0 2 2""#), "{drawn}");
        assert!(drawn.contains(r#"d="M0 0h1v1h-1zM1 1h1v1h-1z""#), "{drawn}");
    }
}
