//! The painted names of a list: one strip, one row of equal height for each line, which the client
//! cuts into one canvas for each name and each number.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::rows::{blocks_of_number, named};
use super::setting::Style;
use super::watermark::Pattern;
use super::{Format, Picture, Watermark};
use crate::sheets::presentation::ListLine;

/// Longest strip, in rows: no committee comes near it.
const MOST_ROWS: usize = 1000;

/// A strip of painted names, and where to cut it; lengths in device pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    pub picture: Picture,
    /// Width of the strip on the page, in css px: with the picture's own width, its density.
    pub css_width: u32,
    /// Height of one row; row `i` begins at `i * row_height`.
    pub row_height: u32,
    /// The name stands in the top `name_height` pixels of its row, from the left edge.
    pub name_height: u32,
    /// Width of each name, in the order of the lines: the link and its underline are this wide.
    pub name_widths: Vec<u32>,
    /// The number stands at this place of its row, `number_width` × `number_height`.
    pub number_left: u32,
    pub number_top: u32,
    pub number_width: u32,
    pub number_height: u32,
}

/// Measures of a strip, in css px.
struct Cut {
    width: f32,
    row: f32,
    name: Style,
    name_width: f32,
    name_height: f32,
    name_baseline: f32,
    number: Style,
    number_left: f32,
    number_top: f32,
    number_height: f32,
    number_baseline: f32,
}

impl Cut {
    /// Name and number side by side, as wide as their two columns and as high as a row of the table,
    /// so that the watermark runs on from row to row.
    const WIDE: Cut = Cut {
        width: 800.0,
        row: 53.0,
        name: Style::new(Face::Regular, 18.0, Ink::TEXT),
        name_width: 404.0,
        name_height: 53.0,
        name_baseline: 33.0,
        number: Style::new(Face::Mono, 15.0, Ink::LABEL),
        number_left: 420.0,
        number_top: 0.0,
        number_height: 53.0,
        number_baseline: 33.0,
    };

    /// Number under the name; the client keeps 32 px at the left for the rank.
    fn narrow(css_width: u32) -> Cut {
        let width = (css_width as f32 - 64.0).clamp(240.0, 480.0);
        Cut {
            width,
            row: 64.0,
            name: Style::new(Face::Regular, 18.0, Ink::TEXT),
            name_width: width,
            name_height: 36.0,
            name_baseline: 24.0,
            number: Style::new(Face::Mono, 15.0, Ink::LABEL),
            number_left: 0.0,
            number_top: 36.0,
            number_height: 28.0,
            number_baseline: 55.0,
        }
    }
}

/// Paints the names and numbers of a list, watermark included.
///
/// A name too long for its column is drawn smaller, then cut with « … »: its number, beside it,
/// still tells it apart. The surname is bold while the sheet is unread.
pub fn names(lines: &[ListLine], mark: &Watermark, format: Format) -> Strip {
    let cut = if format.narrow() { Cut::narrow(format.css_width()) } else { Cut::WIDE };
    let lines = lines.get(..MOST_ROWS).unwrap_or(lines);
    let mut drawing = Drawing::new(cut.width);
    drawing.height = cut.row * lines.len().max(1) as f32;
    let mut widths = Vec::with_capacity(lines.len());
    for (number, line) in lines.iter().enumerate() {
        let top = cut.row * number as f32;
        let [title, first_name, last_name] = named(&line.title, &line.first_name, &line.last_name);
        let surname = if line.unread { Face::Bold } else { Face::Regular };
        let name = cut.name.shrinking_to(13.0).lines(1).set_pieces(
            &[(&title, Face::Regular), (&first_name, Face::Regular), (&last_name, surname)],
            cut.name_width,
        );
        name.left(&mut drawing, 0.0, top + cut.name_baseline);
        widths.push(name.width());
        cut.number
            .shrinking_to(11.0)
            .lines(1)
            .set(&blocks_of_number(&line.number), cut.width - cut.number_left)
            .left(&mut drawing, cut.number_left, top + cut.number_baseline);
    }
    // Every row must be a whole number of pixels, or the cuts would drift down the strip.
    let scale = drawing.whole_rows(format.ratio(), cut.row);
    let picture = drawing.print(mark, Pattern::LIST, scale);
    let device = |length: f32| (length * scale).round() as u32;
    Strip {
        css_width: cut.width as u32,
        row_height: device(cut.row),
        name_height: device(cut.name_height),
        name_widths: widths
            .into_iter()
            .map(|width| ((width * scale).ceil() as u32).clamp(1, device(cut.name_width)))
            .collect(),
        number_left: device(cut.number_left),
        number_top: device(cut.number_top),
        number_width: device(cut.width - cut.number_left),
        number_height: device(cut.number_height),
        picture,
    }
}
