//! The display as a whole: it decodes, it never fails, its watermark is everywhere.

use super::drawing::Drawing;
use super::*;
use crate::identity::names::is_sign_of_a_name;
use crate::sheets::presentation::{
    Applicant, Block, Dwelling, Landmark, ListLine, Opinion, Rank, Row, Rule, RunningHead, Value,
};

fn mark() -> Watermark {
    Watermark { text: "Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · K7QF3-2PM9X".into() }
}

/// A sheet whose every text is `text`, with `rows` rows in each of two blocks on either side.
fn filled(text: &str, rows: usize, rule: Rule) -> Presentation {
    let owned = || text.to_owned();
    let block = |figures| Block {
        title: owned(),
        rows: (0..rows)
            .map(|number| Row {
                label: owned(),
                value: if number % 5 == 3 { Value::NotShown } else { Value::Shown(owned()) },
                total: number % 7 == 2,
            })
            .collect(),
        figures,
        narrow_order: u8::from(figures),
    };
    let landmark = |rule| Landmark {
        label: owned(),
        figure: owned(),
        unit: owned(),
        notes: vec![owned(), owned()],
        rule,
    };
    Presentation {
        head: RunningHead { file: owned(), committee: owned(), committee_short: owned(), commune: owned() },
        applicant: Applicant {
            title: owned(),
            first_name: owned(),
            last_name: owned(),
            facts: vec![owned(), owned()],
            number: owned(),
        },
        rank: Rank { rank: (rows > 0).then_some(u32::MAX), of: Some(u32::MAX) },
        dwelling: Dwelling {
            kind: owned(),
            area: owned(),
            address: owned(),
            place: owned(),
            features: owned(),
            features_short: owned(),
            reference: owned(),
            net_cost: owned(),
        },
        landmarks: [landmark(None), landmark(None), landmark(Some(rule)), landmark(Some(rule))],
        left: vec![block(false), block(true)],
        right: vec![block(true), block(false)],
        opinion: Opinion { verdict: owned(), reason: owned() },
        foot: owned(),
    }
}

/// A sheet of ordinary lengths.
fn ordinary() -> Presentation {
    let mut sheet = filled("Valbourg", 9, rule(0.45, 0.66));
    sheet.head.committee = "Commission du jeudi 26 novembre 2026, 9 h 30 · Est 2026-47".into();
    sheet.applicant.title = "Mme".into();
    sheet.applicant.first_name = "Solène".into();
    sheet.applicant.last_name = "VARENNES".into();
    sheet.applicant.number = "0990322004817G0991".into();
    sheet.rank = Rank { rank: Some(12), of: Some(14) };
    sheet.dwelling.reference = "Réf. 0117-02-0043 · libre le 4 janvier 2027".into();
    for landmark in &mut sheet.landmarks {
        landmark.figure = "22,4\u{A0}%".into();
        landmark.unit = String::new();
        landmark.notes = vec!["repère d’alerte\u{A0}: 33\u{A0}%".into()];
    }
    sheet
}

fn rule(value: f32, mark: f32) -> Rule {
    Rule { value, mark, parts: 5 }
}

/// The greys of a picture, one byte for each pixel, as a browser would decode them.
fn decoded(picture: &Picture) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&picture.png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("the picture is a PNG");
    let mut greys = vec![0; reader.output_buffer_size().expect("the picture has a size")];
    let frame = reader.next_frame(&mut greys).expect("the picture is whole");
    assert_eq!((frame.width, frame.height), (picture.width, picture.height));
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    greys
}

#[test]
fn every_french_sign_has_a_glyph_in_every_face() {
    let french = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\
        ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆàâäçéèêëîïôöùûüÿœæ«»’‘“”–—…·•°€²³½÷×±%&@/()[]#!?:;,.'\"+-=<>_*";
    for character in french.chars() {
        for face in fonts::Face::ALL {
            let lacking =
                shaping::run(&[(&character.to_string(), face)]).iter().any(|glyph| glyph.id.is_none());
            assert!(!lacking, "{character} has no glyph for {face:?}");
        }
    }
    for face in fonts::Face::ALL {
        for character in ' '..='~' {
            assert!(fonts::covers(face, character), "{character} in {face:?}");
        }
    }
    assert_eq!(missing_glyph("2\u{1D49} étage, 1\u{202F}488\u{A0}€, \u{2212}3"), None);
}

#[test]
fn e06_the_first_character_no_font_draws_is_named() {
    assert_eq!(missing_glyph("Dupont 漢字"), Some('漢'));
    assert_eq!(missing_glyph("e\u{301}te\u{301}"), None);
    assert_eq!(missing_glyph("שלום"), Some('ש'));
    // A direction mark would let a name read otherwise than it is written.
    assert_eq!(missing_glyph("a\u{202E}b"), Some('\u{202E}'));
    assert_eq!(missing_glyph(""), None);
}

#[test]
fn e12_the_watermark_can_draw_every_name_a_commune_may_bear() {
    let letters: String = ('A'..='Z').chain('a'..='z').collect();
    assert_eq!(missing_glyph(&letters), None);
    assert_eq!(missing_glyph(crate::conventions::SIGNS_OF_NAMES), None);
}

#[test]
fn e12_the_watermark_can_draw_every_name_a_person_may_bear() {
    let signs: Vec<char> = ('\0'..=char::MAX).filter(|sign| is_sign_of_a_name(*sign)).collect();
    assert!(signs.contains(&'é') && signs.contains(&'Œ'), "{signs:?}");
    let missing: String =
        signs.into_iter().filter(|sign| missing_glyph(&sign.to_string()).is_some()).collect();
    assert_eq!(missing, "");
}

#[test]
fn no_text_however_odd_makes_the_display_fail() {
    let long = "Anne-Sophie ".repeat(400);
    let unbroken = "W".repeat(5000);
    let nested = format!("a{}", "\u{301}".repeat(300));
    let odd = [
        "",
        " ",
        "·",
        " · · · ",
        "\u{A0}",
        "\u{0}\u{7F}\t\n\r",
        "-",
        "שלום עולם مرحبا",
        "漢字 🏠 👩‍👧‍👦",
        "\u{202E}abc\u{202C}",
        "ﬁ ffi e\u{301}\u{302} \u{301}",
        "999999999999999999999999,99\u{A0}€",
        &long,
        &unbroken,
        &nested,
    ];
    let rules = [
        rule(0.0, 1.0),
        rule(f32::NAN, f32::INFINITY),
        Rule { value: -7.0, mark: 9.0, parts: 0 },
        Rule { value: 1.0, mark: 0.0, parts: 255 },
    ];
    // A small generator, so that the same odd sheets are drawn on every run.
    let mut seed = 20_261_126_u64;
    let mut any = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap_or(0) % bound
    };
    for turn in 0..odd.len() * 2 {
        let text = format!("{}{}", odd[turn % odd.len()], odd[any(odd.len())]);
        let sheet_of = filled(&text, [0, 1, 3, 60][any(4)], rules[any(4)]);
        let width = [0, 320, 391, 640, 1000, 1240][any(6)];
        let ratio = [f32::NAN, 0.0, -1.0, 1.0][any(4)];
        let mark = Watermark { text: text.clone() };
        let picture = sheet(&sheet_of, &mark, Format::fit(width, ratio));
        assert!(picture.width > 0 && picture.height > 0);
        assert!(picture.width * picture.height <= MOST_PIXELS);
        missing_glyph(&text);
        let line = ListLine {
            title: text.clone(),
            first_name: text.clone(),
            last_name: text.clone(),
            number: text,
            unread: turn % 2 == 0,
        };
        let strip = names(&vec![line; any(4)], &mark, Format::fit(width, ratio));
        assert!(strip.number_left + strip.number_width <= strip.picture.width);
    }
}

#[test]
fn a_picture_decodes_to_the_size_it_announces() {
    for (width, ratio) in [(1240, 1.0), (1240, 2.0), (390, 1.5), (390, 3.0), (361, 1.0)] {
        let format = Format::fit(width, ratio);
        let picture = sheet(&ordinary(), &mark(), format);
        let greys = decoded(&picture);
        assert_eq!(greys.len(), (picture.width * picture.height) as usize);
        assert_eq!(picture.width, format.width());
    }
}

#[test]
fn a_format_is_one_of_eight_widths_and_four_densities() {
    assert_eq!(Format::fit(0, 1.0).css_width(), 320);
    assert_eq!(Format::fit(389, 1.0).css_width(), 360);
    assert_eq!(Format::fit(u32::MAX, 1.0).css_width(), 1600);
    assert!(Format::fit(959, 1.0).narrow() && !Format::fit(960, 1.0).narrow());
    for (asked, given) in
        [(f32::NAN, 1.0), (f32::NEG_INFINITY, 1.0), (1.1, 1.0), (1.25, 1.5), (1.9, 2.0), (f32::INFINITY, 3.0)]
    {
        assert_eq!(Format::fit(390, asked).ratio(), given);
    }
    assert_eq!(Format::fit(1240, 3.0).width(), 2480);
    for width in [320, 390, 640, 960, 1240, 1600] {
        for ratio in [1.0, 1.5, 2.0, 3.0] {
            let picture = sheet(&ordinary(), &mark(), Format::fit(width, ratio));
            assert!(picture.width * picture.height <= MOST_PIXELS);
        }
    }
}

#[test]
fn e12_every_part_of_a_sheet_bears_the_watermark() {
    let unmarked = Watermark { text: String::new() };
    for (format, tile) in [
        (Format::fit(1240, 1.0), (640, 132)),
        (Format::fit(390, 1.0), (390, 132)),
        (Format::fit(390, 2.0), (640, 264)),
    ] {
        let marked = sheet(&ordinary(), &mark(), format);
        let plain = sheet(&ordinary(), &unmarked, format);
        let (with, without) = (decoded(&marked), decoded(&plain));
        let row = marked.width as usize;
        for (index, (seen, ink)) in with.iter().zip(&without).enumerate() {
            assert!(seen <= ink, "the watermark lightened pixel {index}");
        }
        let (across, down) = tile;
        for top in (0..=marked.height as usize - down).step_by(down / 3) {
            for left in (0..=row - across).step_by(across / 4) {
                let differing = (top..top + down)
                    .flat_map(|y| (left..left + across).map(move |x| y * row + x))
                    .filter(|at| with[*at] < without[*at])
                    .count();
                assert!(differing > 300, "{differing} at {left}, {top}");
            }
        }
    }
}

#[test]
fn every_painted_name_bears_some_of_the_watermark() {
    let line = ListLine {
        title: "Mme".into(),
        first_name: "Solène".into(),
        last_name: "VARENNES".into(),
        number: "0990322004817G0991".into(),
        unread: true,
    };
    let unmarked = Watermark { text: String::new() };
    let lines = vec![line; 20];
    let strip = names(&lines, &mark(), Format::fit(1240, 1.0));
    let plain = names(&lines, &unmarked, Format::fit(1240, 1.0));
    let (with, without) = (decoded(&strip.picture), decoded(&plain.picture));
    let row = strip.picture.width as usize;
    for (index, name) in strip.name_widths.iter().enumerate() {
        let top = index * strip.row_height as usize;
        let marked = (top..top + strip.name_height as usize)
            .flat_map(|y| (0..*name as usize).map(move |x| y * row + x))
            .any(|at| with[at] < without[at]);
        assert!(marked, "name {index}");
    }
}

#[test]
fn the_four_landmarks_end_above_640_px() {
    let drawing = sheet_layout::lay(&ordinary());
    let thick: Vec<f32> = drawing
        .strokes
        .iter()
        .filter(|stroke| stroke.height == 4.0 && stroke.width > 1000.0)
        .map(|stroke| stroke.y + stroke.height)
        .collect();
    assert_eq!(thick.len(), 4);
    assert!(thick[2] < 640.0, "the landmarks end at {}", thick[2]);
}

#[test]
fn long_text_stays_inside_the_page_and_its_column() {
    for text in ["Anne-Sophie de la ".repeat(30), "W".repeat(600)] {
        let sheet = filled(&text, 4, rule(0.5, 0.5));
        for drawing in
            [sheet_layout::lay(&sheet), narrow_layout::lay(&sheet, 320.0), narrow_layout::lay(&sheet, 640.0)]
        {
            assert_inside(&drawing);
        }
        // The name, top left, never reaches the rank.
        let drawing = sheet_layout::lay(&sheet);
        let crossing = drawing.letters.iter().any(|letter| {
            let end = letter.x + letter.glyph.advance * letter.size;
            letter.size >= 30.0 && letter.x < 894.0 && end > 894.0
        });
        assert!(!crossing);
    }
}

fn assert_inside(drawing: &Drawing) {
    for letter in &drawing.letters {
        let end = letter.x + letter.glyph.advance * letter.size;
        assert!(letter.x >= 0.0 && end <= drawing.width + 1.0, "{letter:?}");
        assert!(letter.y < drawing.height);
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes_on_any_thread() {
    let here = sheet(&ordinary(), &mark(), Format::fit(1240, 1.0));
    let there = std::thread::spawn(|| sheet(&ordinary(), &mark(), Format::fit(1240, 1.0)));
    assert_eq!(Ok(here), there.join().map_err(|_| ()));
}

#[test]
fn e12_every_compared_candidate_stands_in_a_row_of_equal_height_with_its_watermark() {
    let one = ordinary();
    let candidate = crate::sheets::presentation::Candidate {
        applicant: one.applicant,
        rank: Some(1),
        landmarks: one.landmarks,
        priorities: vec!["public prioritaire".into(), "cotation 145/200".into()],
        opinion: one.opinion,
    };
    let compared = crate::sheets::presentation::Comparison {
        effort_limit: "repère\u{a0}: 33\u{a0}%".into(),
        residual_limit: "par jour et UC, seuil 12\u{a0}€".into(),
        candidates: vec![candidate; 6],
    };
    let unmarked = Watermark { text: String::new() };
    for (width, ratio) in [(0, 1.0), (358, 2.0), (600, 1.5), (900, 1.0), (1120, 2.0), (u32::MAX, f32::NAN)] {
        let strip = comparison(&compared, &mark(), width, ratio);
        let plain = comparison(&compared, &unmarked, width, ratio);
        assert_eq!(strip.row_heights.len(), 6);
        assert_eq!(strip.row_heights.iter().sum::<u32>() + strip.head_height, strip.picture.height);
        assert_eq!(strip.name_widths.len(), 6);
        let (with, without) = (decoded(&strip.picture), decoded(&plain.picture));
        let row = strip.row_heights.first().map_or(0, |height| (height * strip.picture.width) as usize);
        for (number, (seen, ink)) in with.chunks(row).zip(without.chunks(row)).take(6).enumerate() {
            let marked = seen.iter().zip(ink).filter(|(seen, ink)| seen < ink).count();
            assert!(marked > 300, "candidate {number} at {width}");
        }
    }
}
