//! From text to glyphs, in fractions of an em: the size comes later, when the line is set.

use std::cell::RefCell;

use harfrust::{Buffer, ShapeOptions, ShaperFont, shape, unicode};

use super::fonts::{DIRECTION, Face, SCRIPT, covers, typeface};

/// Longest text that is shaped; far above what any place of the sheet can show.
const LONGEST: usize = 1200;
const NO_BREAK_SPACE: f32 = 0.28;
const THIN_SPACE: f32 = 0.22;
/// The ordinal « e » of « 2ᵉ »: the fonts lack U+1D49.
const RAISED_SCALE: f32 = 0.62;
const RAISED_BY: f32 = 0.34;
/// Advance of the box that stands for a character no font draws.
const BOX_ADVANCE: f32 = 0.62;

/// What the fonts are asked for, one written character at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// A character at least one face draws.
    Drawn(char),
    /// A space that never breaks, as wide as this many em.
    Fixed(f32),
    /// A small raised letter.
    Raised(char),
    /// No face draws it: a box stands in its place.
    Missing(char),
}

/// The characters of `text` as they will be drawn: accents composed, invisible ones dropped.
pub(super) fn signs(text: &str) -> impl Iterator<Item = Sign> + '_ {
    let mut rest = text.chars().filter(|character| !is_invisible(*character)).peekable();
    std::iter::from_fn(move || {
        let mut character = rest.next()?;
        while let Some(whole) = rest
            .peek()
            .and_then(|mark| unicode::compose(u32::from(character), u32::from(*mark)))
            .and_then(char::from_u32)
        {
            character = whole;
            rest.next();
        }
        Some(sign(character))
    })
}

/// Soft hyphens, joiners and byte order marks take no room and say nothing.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

fn sign(character: char) -> Sign {
    match character {
        ' '..='~' => Sign::Drawn(character),
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Sign::Drawn(' '),
        '\u{A0}' => Sign::Fixed(NO_BREAK_SPACE),
        '\u{202F}' | '\u{2009}' => Sign::Fixed(THIN_SPACE),
        '\u{1D49}' => Sign::Raised('e'),
        // « 1ᵉʳ » beside « 2ᵉ ».
        '\u{2B3}' => Sign::Raised('r'),
        '\u{2011}' => Sign::Drawn('-'),
        _ if Face::ALL.iter().any(|face| covers(*face, character)) => Sign::Drawn(character),
        '\u{2212}' => Sign::Drawn('\u{2013}'),
        '\u{2019}' => Sign::Drawn('\''),
        _ => Sign::Missing(character),
    }
}

/// What a glyph means for the breaking of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Letter,
    /// A line may end after it.
    Hyphen,
    /// A line may end at it.
    Space,
    /// A space that stays with its neighbours.
    Glue,
    /// The middle dot between two facts: dropped where a line ends.
    Dot,
}

/// One glyph at its place in a run; lengths in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub(super) face: Face,
    /// `None` is the box of a missing character.
    pub(super) id: Option<u16>,
    pub(super) advance: f32,
    /// Offset from the pen, to the right and upwards.
    pub(super) right: f32,
    pub(super) up: f32,
    pub(super) scale: f32,
    pub(super) kind: Kind,
    /// Whether the glyph begins a cluster: a line is never cut inside one.
    pub(super) starts: bool,
}

/// Shapes several pieces of text, each in its face, into one run.
pub(super) fn run(pieces: &[(&str, Face)]) -> Vec<Glyph> {
    SHAPER.with_borrow_mut(|shaper| {
        let mut glyphs = Vec::new();
        for (text, face) in pieces {
            shaper.piece(text, *face, &mut glyphs);
        }
        // A dot never opens a line, so the space before it does not break.
        for next in 1..glyphs.len() {
            let opens_a_line = glyphs.get(next).is_some_and(|glyph| glyph.kind == Kind::Dot);
            if let Some(before) = glyphs.get_mut(next - 1)
                && opens_a_line
                && before.kind == Kind::Space
            {
                before.kind = Kind::Glue;
            }
        }
        glyphs
    })
}

thread_local! {
    static SHAPER: RefCell<Shaper> = RefCell::new(Shaper::new());
}

struct Shaper {
    fonts: [ShaperFont<'static, 'static>; 4],
    /// Reused from one run to the next.
    buffer: Buffer,
    /// The characters waiting to be shaped together.
    waiting: String,
}

impl Shaper {
    fn new() -> Self {
        Shaper {
            fonts: Face::ALL.map(|face| ShaperFont::new(&typeface(face).font)),
            buffer: Buffer::new(),
            waiting: String::new(),
        }
    }

    fn piece(&mut self, text: &str, face: Face, glyphs: &mut Vec<Glyph>) {
        let mut current = face;
        for sign in signs(text).take(LONGEST) {
            match sign {
                Sign::Drawn(character) => {
                    let suited = suited_face(face, character);
                    if suited != current {
                        self.flush(current, glyphs);
                        current = suited;
                    }
                    self.waiting.push(character);
                }
                Sign::Fixed(advance) => {
                    self.flush(current, glyphs);
                    glyphs.push(blank(face, advance));
                }
                Sign::Raised(letter) => {
                    self.flush(current, glyphs);
                    let first = glyphs.len();
                    self.waiting.push(letter);
                    self.flush(face, glyphs);
                    for glyph in glyphs.iter_mut().skip(first) {
                        glyph.scale = RAISED_SCALE;
                        glyph.advance *= RAISED_SCALE;
                        glyph.up = RAISED_BY;
                    }
                }
                Sign::Missing(_) => {
                    self.flush(current, glyphs);
                    glyphs.push(Glyph { id: None, kind: Kind::Letter, ..blank(face, BOX_ADVANCE) });
                }
            }
        }
        self.flush(current, glyphs);
    }

    /// Shapes what waits, in `face`, and adds it to `glyphs`.
    fn flush(&mut self, face: Face, glyphs: &mut Vec<Glyph>) {
        if self.waiting.is_empty() {
            return;
        }
        let typeface = typeface(face);
        let [regular, bold, italic, mono] = &self.fonts;
        let font = match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Italic => italic,
            Face::Mono => mono,
        };
        self.buffer.reset();
        self.buffer.set_direction(DIRECTION);
        self.buffer.set_script(SCRIPT);
        self.buffer.push_str(&self.waiting);
        let shaped = shape(font, &mut self.buffer, ShapeOptions::new().plan(Some(&typeface.plan)));
        if shaped.is_ok() {
            let mut last_cluster = None;
            let infos = self.buffer.glyph_infos();
            for (info, place) in infos.iter().zip(self.buffer.glyph_positions()) {
                let cluster = usize::try_from(info.cluster).unwrap_or(usize::MAX);
                glyphs.push(Glyph {
                    face,
                    id: u16::try_from(info.glyph_id).ok().filter(|id| *id != 0),
                    advance: place.x_advance as f32 / typeface.units,
                    right: place.x_offset as f32 / typeface.units,
                    up: place.y_offset as f32 / typeface.units,
                    scale: 1.0,
                    kind: kind_at(&self.waiting, cluster),
                    starts: last_cluster != Some(cluster),
                });
                last_cluster = Some(cluster);
            }
        }
        self.waiting.clear();
    }
}

fn blank(face: Face, advance: f32) -> Glyph {
    Glyph { face, id: Some(0), advance, right: 0.0, up: 0.0, scale: 1.0, kind: Kind::Glue, starts: true }
}

fn suited_face(wanted: Face, character: char) -> Face {
    if matches!(character, ' '..='~') || covers(wanted, character) {
        return wanted;
    }
    Face::ALL.into_iter().find(|face| covers(*face, character)).unwrap_or(wanted)
}

fn kind_at(text: &str, at: usize) -> Kind {
    let (before, after) = text.split_at_checked(at).unwrap_or(("", ""));
    match after.chars().next() {
        Some(' ') => Kind::Space,
        Some('·') => Kind::Dot,
        // « QUENTIN-ALVES » may be cut there, « 2026-47 » and « −187 » may not.
        Some('-') if before.ends_with(char::is_alphabetic) => Kind::Hyphen,
        _ => Kind::Letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decomposed_accent_is_the_same_glyph_as_the_composed_letter() {
        assert_eq!(run(&[("e\u{301}", Face::Bold)]), run(&[("é", Face::Bold)]));
    }

    #[test]
    fn no_break_spaces_are_advances_of_the_rule_whatever_the_font_says() {
        let narrow = run(&[("1\u{202F}4", Face::Regular)]);
        let wide = run(&[("1\u{A0}4", Face::Regular)]);
        assert_eq!(narrow.get(1).map(|glyph| glyph.advance), Some(0.22));
        assert_eq!(wide.get(1).map(|glyph| glyph.advance), Some(0.28));
    }

    #[test]
    fn the_ordinal_is_a_small_raised_e() {
        let ordinal = run(&[("2\u{1D49}", Face::Regular)]);
        let letter = run(&[("e", Face::Regular)]);
        let (Some(raised), Some(plain)) = (ordinal.get(1), letter.first()) else {
            panic!("two glyphs and one were expected");
        };
        assert_eq!(raised.id, plain.id);
        assert_eq!((raised.scale, raised.up), (0.62, 0.34));
    }

    #[test]
    fn what_no_font_holds_becomes_a_box() {
        let glyphs = run(&[("a漢b", Face::Regular)]);
        assert_eq!(glyphs.get(1).map(|glyph| glyph.id), Some(None));
    }
}
