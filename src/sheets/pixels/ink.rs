//! The page: a plane of greys on which ink only ever darkens, so that nothing can erase the
//! watermark it starts with.

use super::glyphs::Mask;

/// A grey of the sheet; 255 would be paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink(u8);

impl Ink {
    /// Text: 18.9 to 1 on paper.
    pub(super) const TEXT: Ink = Ink(0x11);
    /// Labels and second text: 9.7 to 1, 6.1 over the watermark.
    pub(super) const LABEL: Ink = Ink(0x44);
    /// Ticks of a graduated rule.
    pub(super) const TICK: Ink = Ink(0x88);
    /// Hairlines between rows.
    pub(super) const HAIR: Ink = Ink(0xBB);
    /// The watermark: the step 12 of 15.
    pub(super) const WATERMARK: Ink = Ink(0xCC);

    /// The grey this ink leaves on white paper where it covers `coverage` of 255.
    pub(super) fn on_paper(self, coverage: u8) -> u8 {
        255 - divided(u16::from(coverage) * u16::from(255 - self.0))
    }
}

/// `grey` seen through a filter that lets `kept` of 255 pass: never lighter than either.
fn multiplied(grey: u8, kept: u8) -> u8 {
    divided(u16::from(grey) * u16::from(kept))
}

/// A product of two bytes divided by 255, rounded to nearest: sums and shifts, which the compiler
/// does for many pixels at once, give the exact quotient.
fn divided(product: u16) -> u8 {
    let rounded = u32::from(product) + 128;
    ((rounded + (rounded >> 8)) >> 8) as u8
}

/// A page of 8-bit greys.
#[derive(Debug, Default)]
pub(super) struct Page {
    width: usize,
    height: usize,
    greys: Vec<u8>,
    packed: Vec<u8>,
}

impl Page {
    /// Makes the page white and `width` × `height` device pixels, reusing its memory.
    pub(super) fn blank(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.greys.clear();
        self.greys.resize(width * height, u8::MAX);
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    pub(super) fn greys(&self) -> &[u8] {
        &self.greys
    }

    /// The pixels of row `y` from column `x`, at most `width` of them, with the number of columns
    /// that fall off the left edge; nothing where the row is off the page.
    fn row(&mut self, x: i64, y: i64, width: usize) -> Option<(usize, &mut [u8])> {
        let y = usize::try_from(y).ok().filter(|y| *y < self.height)?;
        let hidden = usize::try_from((-x).max(0)).ok()?;
        let first = usize::try_from(x.max(0)).ok()?.min(self.width);
        let count = width.saturating_sub(hidden).min(self.width - first);
        let start = y * self.width + first;
        let pixels = self.greys.get_mut(start..start + count)?;
        (!pixels.is_empty()).then_some((hidden, pixels))
    }

    /// Inks a glyph whose pen stands at device pixel `x`, `baseline`.
    pub(super) fn glyph(&mut self, mask: &Mask, x: i64, baseline: i64, ink: Ink) {
        if mask.width == 0 {
            return;
        }
        let left = x + i64::from(mask.left);
        let top = baseline - i64::from(mask.top);
        for (y, line) in (top..).zip(mask.coverage.chunks_exact(mask.width)) {
            if let Some((hidden, pixels)) = self.row(left, y, mask.width) {
                for (grey, coverage) in pixels.iter_mut().zip(line.get(hidden..).unwrap_or(&[])) {
                    *grey = multiplied(*grey, ink.on_paper(*coverage));
                }
            }
        }
    }

    /// Inks a rectangle of device pixels.
    pub(super) fn fill(&mut self, x: i64, y: i64, width: usize, height: usize, ink: Ink) {
        for line in 0..i64::try_from(height).unwrap_or(0) {
            if let Some((_, pixels)) = self.row(x, y + line, width) {
                for grey in pixels {
                    *grey = multiplied(*grey, ink.0);
                }
            }
        }
    }

    /// Lays a row of paper greys over the page: the darker of the two stays.
    pub(super) fn darken(&mut self, x: i64, y: i64, greys: &[u8]) {
        if let Some((hidden, pixels)) = self.row(x, y, greys.len()) {
            for (grey, laid) in pixels.iter_mut().zip(greys.get(hidden..).unwrap_or(&[])) {
                *grey = (*grey).min(*laid);
            }
        }
    }

    /// The page as a PNG of sixteen greys.
    pub(super) fn png(&mut self) -> Vec<u8> {
        self.pack();
        let mut bytes = Vec::with_capacity(self.packed.len() / 4 + 1024);
        let mut encoder = png::Encoder::new(
            &mut bytes,
            u32::try_from(self.width).unwrap_or(u32::MAX),
            u32::try_from(self.height).unwrap_or(u32::MAX),
        );
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_compression(png::Compression::Fast);
        encoder
            .write_header()
            .and_then(|mut writer| {
                writer.write_image_data(&self.packed)?;
                writer.finish()
            })
            .expect("memory takes every byte, and the page has the size it announces");
        bytes
    }

    /// Two pixels in each byte, each row on its own, rounded to the nearest of sixteen greys.
    fn pack(&mut self) {
        // Every byte is written below: the length alone matters here.
        let stride = self.width.div_ceil(2).max(1);
        self.packed.resize(stride * self.height, 0);
        let lines = self.greys.chunks_exact(self.width.max(1));
        for (line, bytes) in lines.zip(self.packed.chunks_exact_mut(stride)) {
            let (pairs, odd) = line.as_chunks::<2>();
            for (byte, [left, right]) in bytes.iter_mut().zip(pairs) {
                *byte = nibble(*left) << 4 | nibble(*right);
            }
            if let (Some(byte), [left]) = (bytes.last_mut(), odd) {
                *byte = nibble(*left) << 4;
            }
        }
    }
}

/// The nearest of the sixteen greys of a picture.
fn nibble(grey: u8) -> u8 {
    ((u16::from(grey) * 15 + 135) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_never_lightens() {
        for grey in 0..=u8::MAX {
            for kept in 0..=u8::MAX {
                let seen = multiplied(grey, kept);
                assert!(seen <= grey && seen <= kept);
            }
        }
    }

    #[test]
    fn the_five_inks_are_steps_of_sixteen_greys() {
        for (ink, step) in
            [(Ink::TEXT, 1), (Ink::LABEL, 4), (Ink::TICK, 8), (Ink::HAIR, 11), (Ink::WATERMARK, 12)]
        {
            assert_eq!(ink.on_paper(255), ink.0);
            assert_eq!(nibble(ink.0), step);
        }
    }

    #[test]
    fn nothing_is_drawn_outside_the_page() {
        let mut page = Page::default();
        page.blank(7, 5);
        page.fill(-3, -3, 5, 5, Ink::TEXT);
        page.fill(5, 4, 90, 90, Ink::TEXT);
        page.fill(900, 900, 4, 4, Ink::TEXT);
        page.darken(-2, 1, &[0, 0, 0, 0]);
        let inked = page.greys().iter().filter(|grey| **grey < 255).count();
        assert_eq!(inked, 4 + 2);
    }
}
