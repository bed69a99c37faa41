//! A drawing before it becomes pixels: glyphs and lines at their places in css px.
//!
//! Layout comes first and decides the height; only then is there a page to ink. It also lets the
//! tests ask where things stand instead of looking at pixels.

use std::cell::RefCell;

use super::glyphs::{GlyphCache, GlyphKey};
use super::ink::{Ink, Page};
use super::shaping::Glyph;
use super::watermark::{self, Pattern, Watermark, quarter};
use super::{MOST_PIXELS, Picture};

/// Lines and letters of a page, in css px from its top left corner.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) letters: Vec<Letter>,
    pub(super) strokes: Vec<Stroke>,
}

/// A glyph at its place; `y` is its baseline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) glyph: Glyph,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) ink: Ink,
}

/// A straight line, as the rectangle it fills.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) ink: Ink,
}

impl Drawing {
    pub(super) fn new(width: f32) -> Self {
        Drawing { width, ..Drawing::default() }
    }

    /// Draws a horizontal or vertical line whose top left corner is `x`, `y`.
    pub(super) fn stroke(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.strokes.push(Stroke { x, y, width, height, ink });
    }

    /// Sets glyphs on a baseline from `x`, and gives the place where the pen stops.
    pub(super) fn letters(&mut self, glyphs: &[Glyph], x: f32, baseline: f32, size: f32, ink: Ink) -> f32 {
        let mut pen = x;
        for glyph in glyphs {
            self.letters.push(Letter { glyph: *glyph, x: pen, y: baseline, size, ink });
            pen += glyph.advance * size;
        }
        pen
    }

    /// Device pixels per css px: `ratio`, or less where the page would hold more than
    /// `MOST_PIXELS`, so that a monstrous sheet costs no more memory than the largest honest one.
    fn scale(&self, ratio: f32) -> f32 {
        let area = self.width.max(1.0) * self.height.max(1.0);
        ratio.min((MOST_PIXELS as f32 / area).sqrt())
    }

    /// The scale at which rows of `row` css px are whole numbers of device pixels, one at least.
    pub(super) fn whole_rows(&self, ratio: f32, row: f32) -> f32 {
        let scale = self.scale(ratio);
        (row * scale).floor().max(1.0) / row
    }

    /// Inks the drawing over its watermark, at `ratio` device pixels per css px or fewer if it
    /// would hold more than `MOST_PIXELS`.
    pub(super) fn print(&self, mark: &Watermark, pattern: Pattern, ratio: f32) -> Picture {
        let scale = self.scale(ratio);
        // A hair more than the product, so that 960 does not become 959 by rounding.
        let pixels = |length: f32| ((length * scale + 0.01).floor() as usize).max(1);
        PRESS.with_borrow_mut(|press| {
            press.page.blank(pixels(self.width), pixels(self.height));
            watermark::lay(&mut press.page, &mut press.cache, mark, pattern, scale);
            for stroke in &self.strokes {
                press.stroke(stroke, scale);
            }
            for letter in &self.letters {
                press.letter(letter, scale);
            }
            Picture {
                png: press.page.png(),
                width: u32::try_from(press.page.width()).unwrap_or(u32::MAX),
                height: u32::try_from(press.page.height()).unwrap_or(u32::MAX),
            }
        })
    }
}

thread_local! {
    static PRESS: RefCell<Press> = RefCell::new(Press {
        page: Page::default(),
        cache: GlyphCache::new(watermark::LEAN),
    });
}

/// What one thread keeps between two pages: the plane of pixels and the glyph masks.
struct Press {
    page: Page,
    cache: GlyphCache,
}

impl Press {
    /// Lines begin and end on whole pixels, and never vanish: a grey edge would blur the page.
    fn stroke(&mut self, stroke: &Stroke, scale: f32) {
        let whole = |from: f32, length: f32| {
            let start = (from * scale).round() as i64;
            let end = ((from + length) * scale).round() as i64;
            (start, usize::try_from(end - start).unwrap_or(0).max(1))
        };
        let thick = |length: f32| ((length * scale).round() as usize).max(1);
        let (x, mut width) = whole(stroke.x, stroke.width);
        let (y, mut height) = whole(stroke.y, stroke.height);
        // Equal lines look equal wherever they fall between two pixels.
        if stroke.width < stroke.height {
            width = thick(stroke.width);
        } else {
            height = thick(stroke.height);
        }
        self.page.fill(x, y, width, height, stroke.ink);
    }

    fn letter(&mut self, letter: &Letter, scale: f32) {
        let size = letter.size * scale;
        let glyph = &letter.glyph;
        let baseline = (letter.y * scale).round() as i64;
        let Some(id) = glyph.id else {
            self.missing(letter, size, scale, baseline);
            return;
        };
        if id == 0 {
            return;
        }
        let (x, right) = quarter(letter.x * scale + glyph.right * size);
        let rise = (glyph.up * size).round() as i64;
        let mask = self.cache.mask(GlyphKey {
            face: glyph.face,
            id,
            size: (size * glyph.scale * 64.0) as u32,
            right,
            up: 0,
            leaning: false,
        });
        self.page.glyph(mask, x, baseline - rise, letter.ink);
    }

    /// The visible box of a character no font draws.
    fn missing(&mut self, letter: &Letter, size: f32, scale: f32, baseline: i64) {
        let line = ((size / 14.0).round() as usize).max(1);
        let width = ((size * 0.5).round() as usize).max(3 * line);
        let height = ((size * 0.72).round() as usize).max(3 * line);
        let left = (letter.x * scale + size * 0.06).round() as i64;
        let top = baseline - i64::try_from(height).unwrap_or(0);
        let far = |length: usize| i64::try_from(length - line).unwrap_or(0);
        self.page.fill(left, top, width, line, letter.ink);
        self.page.fill(left, top + far(height), width, line, letter.ink);
        self.page.fill(left, top, line, height, letter.ink);
        self.page.fill(left + far(width), top, line, height, letter.ink);
    }
}
