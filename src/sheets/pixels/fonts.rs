//! The embedded typefaces: B612, drawn for cockpit screens, so that 0 and O, 1 and l, 5 and S stay
//! apart on a sheet that decides about a home. Their licence stands beside the files.

use std::sync::LazyLock;

use harfrust::unicode::{self, Decomposed};
use harfrust::{Direction, Font, Script, ShapePlan};
use swash::FontRef;

use super::shaping::{self, Sign};

/// One of the four embedded typefaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Face {
    Regular,
    Bold,
    Italic,
    /// For the eighteen characters of a number only: its comma opens too wide for money.
    Mono,
}

impl Face {
    pub(super) const ALL: [Face; 4] = [Face::Regular, Face::Bold, Face::Italic, Face::Mono];

    fn bytes(self) -> &'static [u8] {
        match self {
            Face::Regular => include_bytes!("../../../static/fonts/B612-Regular.otf"),
            Face::Bold => include_bytes!("../../../static/fonts/B612-Bold.otf"),
            Face::Italic => include_bytes!("../../../static/fonts/B612-Italic.otf"),
            Face::Mono => include_bytes!("../../../static/fonts/B612Mono-Regular.otf"),
        }
    }
}

/// A typeface ready to be shaped and rasterised.
pub(super) struct Typeface {
    pub(super) font: Font,
    pub(super) plan: ShapePlan,
    pub(super) outlines: FontRef<'static>,
    /// Font units in one em.
    pub(super) units: f32,
}

/// Every run is Latin, left to right: the faces hold no other script, and a character they lack is
/// a box wherever it stands.
pub(super) const DIRECTION: Direction = Direction::LeftToRight;
pub(super) const SCRIPT: Option<Script> = Some(Script::LATIN);

static TYPEFACES: LazyLock<[Typeface; 4]> = LazyLock::new(|| Face::ALL.map(load));

fn load(face: Face) -> Typeface {
    let bytes = face.bytes();
    let font =
        Font::new(bytes, 0).expect("an embedded font is part of the program and was read by the tests");
    let outlines = FontRef::from_index(bytes, 0)
        .expect("an embedded font is part of the program and was read by the tests");
    let plan = ShapePlan::new(&font, DIRECTION, SCRIPT, None, &[]);
    let units = f32::from(font.units_per_em()).max(1.0);
    Typeface { font, plan, outlines, units }
}

/// The loaded typeface of `face`; fonts are read once for the whole process.
pub(super) fn typeface(face: Face) -> &'static Typeface {
    let [regular, bold, italic, mono] = &*TYPEFACES;
    match face {
        Face::Regular => regular,
        Face::Bold => bold,
        Face::Italic => italic,
        Face::Mono => mono,
    }
}

/// Whether `face` draws `character`, by its own glyph or by a letter and its accents.
pub(super) fn covers(face: Face, character: char) -> bool {
    covers_code(face, u32::from(character))
}

fn covers_code(face: Face, code: u32) -> bool {
    if typeface(face).outlines.charmap().map(code) != 0 {
        return true;
    }
    match unicode::decompose(code) {
        Some(Decomposed::Singleton(same)) => covers_code(face, same),
        Some(Decomposed::Pair(letter, accent)) => covers_code(face, letter) && covers_code(face, accent),
        None => false,
    }
}

/// The first character of `text` that no embedded font can draw: publication refuses such a sheet
/// and names the character (E6), because a box in a surname would be a wrong name.
///
/// Letters followed by combining accents are judged as the letter they compose; U+00A0, U+202F,
/// U+1D49 and U+2212 are drawn whatever the fonts hold.
pub fn missing_glyph(text: &str) -> Option<char> {
    shaping::signs(text).find_map(|sign| match sign {
        Sign::Missing(character) => Some(character),
        _ => None,
    })
}
