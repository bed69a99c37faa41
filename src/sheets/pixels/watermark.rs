//! The watermark: who reads, where, when, and the code that leads back to this display (E12). It
//! is the paper the sheet is printed on, so that every band carries it and no ink removes it.

use super::fonts::Face;
use super::glyphs::{GlyphCache, GlyphKey, STEPS};
use super::ink::{Ink, Page};
use super::shaping::{Glyph, run};

/// Slope of the lines, in degrees, rising to the right.
pub(super) const LEAN: f32 = 24.0;
/// Longest watermark kept whole: « name · town hall · date · code » is far below.
const LONGEST: usize = 160;
/// What of a longer one is kept of its end, where the code stands.
const KEPT_END: usize = 40;

/// « Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · K7QF3-2PM9X ».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    /// Reader, town hall, Paris date and time of the trace, and code, final.
    pub text: String,
}

/// Sizes of the pattern in css px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    pub(super) size: f32,
    /// Between two lines, across the slope.
    pub(super) pitch: f32,
    /// Between two occurrences on a line; every other line is shifted by half of it.
    pub(super) step: f32,
}

impl Pattern {
    /// The pattern of a full-width sheet.
    pub(super) const WIDE: Pattern = Pattern { size: 17.0, pitch: 132.0, step: 640.0 };
    /// The pattern of a phone.
    pub(super) const NARROW: Pattern = Pattern { size: 11.0, pitch: 85.0, step: 414.0 };
    /// The pattern of a table of candidates.
    pub(super) const TABLE: Pattern = Pattern { size: 13.0, pitch: 92.0, step: 490.0 };
    /// The pattern of a list, closer, because each name is cut out on its own.
    pub(super) const LIST: Pattern = Pattern { size: 11.0, pitch: 60.0, step: 414.0 };
}

/// One leaning line of text, as rows of paper greys.
struct Line {
    rows: Vec<LineRow>,
    /// From the start of the text to the first row.
    top: i64,
    greys: Vec<u8>,
}

struct LineRow {
    left: i64,
    first: usize,
    count: usize,
}

/// Tiles the watermark over the whole page; `scale` is device pixels per css px.
pub(super) fn lay(page: &mut Page, cache: &mut GlyphCache, mark: &Watermark, pattern: Pattern, scale: f32) {
    let glyphs = run(&[(&shortened(&mark.text), Face::Regular)]);
    let length = glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * pattern.size;
    if length <= 0.0 {
        return;
    }
    let line = leaning_line(cache, &glyphs, pattern.size * scale);
    let step = f64::from(pattern.step.max(length + 2.0 * pattern.size) * scale).max(1.0);
    let pitch = f64::from(pattern.pitch * scale).max(1.0);
    let (sin, cos) = f64::from(LEAN).to_radians().sin_cos();
    let (width, height) = (page.width() as f64, page.height() as f64);
    // The plane is filled before it leans: in its own axes the page spans this much, and a tall
    // phone sheet loses no tile at the bottom.
    let mut row = -1_i64;
    while (row as f64) * pitch <= width * sin + height * cos + pitch {
        let across = row as f64 * pitch;
        let shift = if row.rem_euclid(2) == 1 { step / 2.0 } else { 0.0 };
        let mut along = ((-height * sin - shift) / step).floor() * step + shift - step;
        while along <= width * cos {
            line.lay_at(
                page,
                (along * cos + across * sin).round() as i64,
                (across * cos - along * sin).round() as i64,
            );
            along += step;
        }
        row += 1;
    }
}

fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_owned();
    }
    let start = text.chars().take(LONGEST - KEPT_END);
    let end = text.chars().skip(count - KEPT_END);
    start.chain("…".chars()).chain(end).collect()
}

/// The text drawn once, leaning, from the origin.
fn leaning_line(cache: &mut GlyphCache, glyphs: &[Glyph], size: f32) -> Line {
    let (sin, cos) = LEAN.to_radians().sin_cos();
    let mut placed = Vec::with_capacity(glyphs.len());
    let mut pen = 0.0;
    for glyph in glyphs {
        let along = (pen + glyph.right) * size;
        let above = glyph.up * size;
        pen += glyph.advance;
        // A character no font draws leaves a gap here: the code, which is what leads back, has none.
        let Some(id) = glyph.id.filter(|id| *id != 0) else {
            continue;
        };
        let (x, right) = quarter(along * cos - above * sin);
        let (y, up) = quarter(along * sin + above * cos);
        let key = GlyphKey {
            face: glyph.face,
            id,
            size: (size * glyph.scale * 64.0) as u32,
            right,
            up,
            leaning: true,
        };
        placed.push((key, x, y));
    }
    let mut bounds: Option<(i64, i64, i64, i64)> = None;
    for (key, x, y) in &placed {
        let mask = cache.mask(*key);
        let Some(rows) = mask.coverage.len().checked_div(mask.width) else {
            continue;
        };
        let left = x + i64::from(mask.left);
        let top = -y - i64::from(mask.top);
        let right = left + i64::try_from(mask.width).unwrap_or(0);
        let bottom = top + i64::try_from(rows).unwrap_or(0);
        bounds = Some(bounds.map_or((left, top, right, bottom), |(l, t, r, b)| {
            (l.min(left), t.min(top), r.max(right), b.max(bottom))
        }));
    }
    let (left, top, right, bottom) = bounds.unwrap_or_default();
    let mut sketch = Page::default();
    sketch.blank(usize::try_from(right - left).unwrap_or(0), usize::try_from(bottom - top).unwrap_or(0));
    for (key, x, y) in placed {
        sketch.glyph(cache.mask(key), x - left, -y - top, Ink::WATERMARK);
    }
    trimmed(&sketch, left, top)
}

/// Keeps of each row only what is inked: a leaning line is mostly paper.
fn trimmed(sketch: &Page, left: i64, top: i64) -> Line {
    let mut line = Line { rows: Vec::with_capacity(sketch.height()), top, greys: Vec::new() };
    for greys in sketch.greys().chunks_exact(sketch.width().max(1)) {
        let inked = |grey: &u8| *grey < u8::MAX;
        let start = greys.iter().position(inked).unwrap_or(0);
        let end = greys.iter().rposition(inked).map_or(0, |last| last + 1);
        let kept = greys.get(start..end).unwrap_or_default();
        line.rows.push(LineRow {
            left: left + i64::try_from(start).unwrap_or(0),
            first: line.greys.len(),
            count: kept.len(),
        });
        line.greys.extend_from_slice(kept);
    }
    line
}

impl Line {
    fn lay_at(&self, page: &mut Page, x: i64, y: i64) {
        for (top, row) in (y + self.top..).zip(&self.rows) {
            if let Some(greys) = self.greys.get(row.first..row.first + row.count) {
                page.darken(x + row.left, top, greys);
            }
        }
    }
}

/// A length as whole pixels and quarters of one.
pub(super) fn quarter(length: f32) -> (i64, u8) {
    let quarters = (length * STEPS).round() as i64;
    let part = u8::try_from(quarters.rem_euclid(STEPS as i64)).unwrap_or(0);
    (quarters.div_euclid(STEPS as i64), part)
}
