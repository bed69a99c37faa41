//! Setting text in a width: one line if it fits, smaller if that helps, several lines if it must,
//! an ellipsis at the very last. Whatever the text, it stays inside its width.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::shaping::{Glyph, Kind, run};

/// How a text is set; lengths in css px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) face: Face,
    pub(super) size: f32,
    /// The size it may shrink to before it takes a second line.
    pub(super) least: f32,
    /// Lines it may take before it is cut.
    pub(super) most_lines: usize,
    /// From one baseline to the next, in em.
    pub(super) leading: f32,
    pub(super) ink: Ink,
}

/// Ordinary text.
pub(super) const fn text(size: f32) -> Style {
    Style::new(Face::Regular, size, Ink::TEXT)
}

/// Labels and what is read after the rest.
pub(super) const fn second_text(size: f32) -> Style {
    Style::new(Face::Regular, size, Ink::LABEL)
}

/// What the eye looks for.
pub(super) const fn bold(size: f32) -> Style {
    Style::new(Face::Bold, size, Ink::TEXT)
}

impl Style {
    /// Text of one size, which wraps onto four lines at most.
    pub(super) const fn new(face: Face, size: f32, ink: Ink) -> Self {
        Style { face, size, least: size, most_lines: 4, leading: 1.28, ink }
    }

    pub(super) const fn shrinking_to(self, least: f32) -> Self {
        Style { least, ..self }
    }

    pub(super) const fn lines(self, most_lines: usize) -> Self {
        Style { most_lines, ..self }
    }

    pub(super) const fn leading(self, leading: f32) -> Self {
        Style { leading, ..self }
    }

    /// `text` in this style, at most `width` wide.
    pub(super) fn set(self, text: &str, width: f32) -> Setting {
        self.set_glyphs(run(&[(text, self.face)]), width)
    }

    /// Several faces on one line of reading, such as a title before a bold name.
    pub(super) fn set_pieces(self, pieces: &[(&str, Face)], width: f32) -> Setting {
        self.set_glyphs(run(pieces), width)
    }

    /// The same style, smaller if a word would not hold in `width`, but never under `floor`.
    pub(super) fn words_from(self, floor: f32, pieces: &[(&str, Face)], width: f32) -> Self {
        let glyphs = run(pieces);
        let longest = glyphs
            .split_inclusive(|glyph| matches!(glyph.kind, Kind::Space | Kind::Hyphen))
            .map(|word| length(trimmed(word)))
            .fold(0.0, f32::max);
        let size = if longest * self.size > width {
            ((width / longest * 2.0).floor() / 2.0).max(floor)
        } else {
            self.size
        };
        Style { size, least: size, ..self }
    }

    fn set_glyphs(self, glyphs: Vec<Glyph>, width: f32) -> Setting {
        let natural = length(&glyphs) * self.size;
        let shrunk = if natural > width {
            // Half pixels, so that few sizes are ever rasterised.
            (self.size * width / natural * 2.0).floor() / 2.0
        } else {
            self.size
        };
        let (size, lines) = if shrunk >= self.least {
            (shrunk, vec![glyphs])
        } else {
            let measure = width / self.least.max(1.0);
            (self.least, balanced(&glyphs, measure, self))
        };
        Setting { size, lines, leading: size * self.leading, ink: self.ink }
    }
}

/// Text cut into lines, ready to be placed.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) size: f32,
    lines: Vec<Vec<Glyph>>,
    leading: f32,
    ink: Ink,
}

impl Setting {
    /// The longest line, in css px.
    pub(super) fn width(&self) -> f32 {
        self.lines.iter().map(|line| length(line) * self.size).fold(0.0, f32::max)
    }

    /// From the first baseline to the last.
    pub(super) fn drop(&self) -> f32 {
        self.lines.len().saturating_sub(1) as f32 * self.leading
    }

    /// Draws it from `x`, its first baseline on `y`; gives its last baseline.
    pub(super) fn left(&self, drawing: &mut Drawing, x: f32, y: f32) -> f32 {
        self.place(drawing, y, |_| x)
    }

    /// Draws it so that every line ends at `x`; gives its last baseline.
    pub(super) fn right(&self, drawing: &mut Drawing, x: f32, y: f32) -> f32 {
        self.place(drawing, y, |width| x - width)
    }

    fn place(&self, drawing: &mut Drawing, y: f32, start: impl Fn(f32) -> f32) -> f32 {
        let mut baseline = y;
        for (number, line) in self.lines.iter().enumerate() {
            baseline = y + number as f32 * self.leading;
            let x = start(length(line) * self.size);
            drawing.letters(line, x, baseline, self.size, self.ink);
        }
        baseline
    }
}

/// Length of a run, in em.
fn length(glyphs: &[Glyph]) -> f32 {
    glyphs.iter().map(|glyph| glyph.advance).sum()
}

/// As [`wrapped`], but a short text takes its lines as even as they go, so that no word is left
/// alone on the last.
fn balanced(glyphs: &[Glyph], measure: f32, style: Style) -> Vec<Vec<Glyph>> {
    let mut lines = wrapped(glyphs, measure, style);
    let total = length(glyphs);
    // At the most lines allowed the text may have been cut: a narrower measure would cut more.
    // Facts joined by dots already break where they should.
    if !(2..=3).contains(&lines.len())
        || lines.len() >= style.most_lines
        || glyphs.iter().any(|glyph| glyph.kind == Kind::Dot)
    {
        return lines;
    }
    let (mut least, mut most) = (total / lines.len() as f32, measure);
    for _ in 0..5 {
        let tried = f32::midpoint(least, most);
        let even = wrapped(glyphs, tried, style);
        if even.len() == lines.len() && even.iter().all(|line| length(line) <= tried) {
            lines = even;
            most = tried;
        } else {
            least = tried;
        }
    }
    lines
}

/// Cuts a run into lines of at most `measure` em, and the last of the lines allowed with « … ».
fn wrapped(glyphs: &[Glyph], measure: f32, style: Style) -> Vec<Vec<Glyph>> {
    let mut lines = Vec::new();
    let mut rest = glyphs;
    loop {
        let (line, next) = first_line(rest, measure);
        if next.is_empty() {
            lines.push(line.to_vec());
            return lines;
        }
        if lines.len() + 1 >= style.most_lines {
            lines.push(ellipsised(rest, measure, style.face));
            return lines;
        }
        lines.push(trimmed(line).to_vec());
        rest = next;
    }
}

/// The glyphs of the first line, and what is left for the next.
fn first_line(glyphs: &[Glyph], measure: f32) -> (&[Glyph], &[Glyph]) {
    let mut pen = 0.0;
    let mut fitting = 0;
    let mut word = None;
    let mut fact = None;
    let mut glue = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        if glyph.kind == Kind::Space {
            word = Some((at, at + 1));
            // Facts joined by dots are kept whole, unless that would leave a line half empty.
            if pen > measure / 2.0 && at > 0 && is_dot(glyphs.get(at - 1)) {
                fact = word;
            }
        }
        if glyph.kind == Kind::Glue && at > 0 {
            glue = Some((at, at + 1));
        }
        if glyph.starts {
            fitting = at;
        }
        pen += glyph.advance;
        if pen > measure && glyph.kind != Kind::Space && at > 0 {
            // Where only a no-break space is left, it breaks before a word does. A word longer than
            // the line is cut where it must; one glyph at least is taken.
            let (end, start) = fact.or(word).or(glue).filter(|(end, _)| *end > 0).unwrap_or({
                let cut = fitting.max(1);
                (cut, cut)
            });
            return (glyphs.get(..end).unwrap_or_default(), glyphs.get(start..).unwrap_or_default());
        }
        if glyph.kind == Kind::Hyphen {
            word = Some((at + 1, at + 1));
        }
    }
    (glyphs, &[])
}

fn is_dot(glyph: Option<&Glyph>) -> bool {
    glyph.is_some_and(|glyph| glyph.kind == Kind::Dot)
}

fn trimmed(mut line: &[Glyph]) -> &[Glyph] {
    while let [rest @ .., last] = line
        && matches!(last.kind, Kind::Space | Kind::Glue | Kind::Dot)
    {
        line = rest;
    }
    line
}

fn ellipsised(glyphs: &[Glyph], measure: f32, face: Face) -> Vec<Glyph> {
    let ellipsis = run(&[("…", face)]);
    let room = measure - length(&ellipsis);
    let mut pen = 0.0;
    let mut kept = 0;
    for (at, glyph) in glyphs.iter().enumerate() {
        if glyph.starts {
            kept = at;
        }
        pen += glyph.advance;
        if pen > room {
            break;
        }
    }
    let mut line = trimmed(glyphs.get(..kept).unwrap_or_default()).to_vec();
    line.extend(ellipsis);
    line
}
