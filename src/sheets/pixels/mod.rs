//! The default display of a sheet: pixels drawn by the server, watermark burned in, so that the
//! text of a sheet never reaches the browser (E12).
//!
//! Text is shaped, then laid out in css px as a drawing; the page starts as its watermark, ink is
//! multiplied onto it, and sixteen greys are packed into a PNG. All of it is pure: the same sheet,
//! mark and format give the same bytes, on any thread.

mod comparison;
mod drawing;
mod fonts;
mod glyphs;
mod ink;
mod names;
mod narrow_layout;
mod rows;
mod setting;
mod shaping;
mod sheet_layout;
mod watermark;

#[cfg(test)]
mod tests;

pub use comparison::{ComparedStrip, comparison};
pub use fonts::missing_glyph;
pub use names::{Strip, names};
pub use watermark::Watermark;

use crate::sheets::presentation::Presentation;
use watermark::Pattern;

/// Widths a sheet is drawn at, in css px. Few, so that the exact size of a reader's window does
/// not identify a device.
const WIDTHS: [u32; 8] = [320, 360, 390, 480, 640, 960, 1240, 1600];
/// From this width the sheet has its four columns.
const FOUR_COLUMNS: u32 = 960;
/// Device pixels per css px.
const RATIOS: [f32; 4] = [1.0, 1.5, 2.0, 3.0];
/// Most pixels one picture may hold: a sheet 2 400 css px high is still exact at density 2.
const MOST_PIXELS: u32 = 12_000_000;
/// Height of an ordinary sheet: A4 on a desk, in css px of the drawing; on a phone, as it is.
const DESK_HEIGHT: f32 = 1754.0;
const PHONE_HEIGHT: f32 = 2040.0;

/// The size a sheet is drawn at: one of eight widths, one of four densities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    css_width: u32,
    ratio: f32,
}

impl Format {
    /// The largest width that is not above `width_css`, and the density nearest to `ratio`, lowered
    /// until an ordinary sheet holds at most `MOST_PIXELS`. Any values are accepted.
    pub fn fit(width_css: u32, ratio: f32) -> Format {
        let [smallest, ..] = WIDTHS;
        let css_width = WIDTHS.into_iter().rfind(|step| *step <= width_css).unwrap_or(smallest);
        let width = css_width as f32;
        let height =
            if css_width < FOUR_COLUMNS { PHONE_HEIGHT } else { DESK_HEIGHT * width / sheet_layout::WIDTH };
        let asked = if ratio.is_nan() { 1.0 } else { ratio };
        // Between two densities the nearer one, by proportion: 1.25 is drawn at 1.5.
        let ratio = RATIOS
            .into_iter()
            .filter(|step| step * step * width * height <= MOST_PIXELS as f32)
            .rfind(|step| *step <= asked * 1.2)
            .unwrap_or(1.0);
        Format { css_width, ratio }
    }

    /// Whether the sheet is drawn in one column.
    pub fn narrow(&self) -> bool {
        self.css_width < FOUR_COLUMNS
    }

    /// Width of the picture on the page, in css px.
    pub fn css_width(&self) -> u32 {
        self.css_width
    }

    /// Device pixels per css px.
    pub fn ratio(&self) -> f32 {
        self.ratio
    }

    /// Width of an ordinary sheet's picture, in device pixels; an extraordinarily long one may be
    /// drawn with fewer (see [`Picture::width`]).
    pub fn width(&self) -> u32 {
        (self.css_width as f32 * self.ratio) as u32
    }
}

/// A page of sixteen greys, in device pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub png: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Draws a whole sheet with its watermark (E12). The height follows the content.
pub fn sheet(sheet: &Presentation, mark: &Watermark, format: Format) -> Picture {
    let width = format.css_width as f32;
    if format.narrow() {
        narrow_layout::lay(sheet, width).print(mark, Pattern::NARROW, format.ratio)
    } else {
        let ratio = format.ratio * width / sheet_layout::WIDTH;
        sheet_layout::lay(sheet).print(mark, Pattern::WIDE, ratio)
    }
}
