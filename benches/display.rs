//! What a sheet in pixels costs, as a ratio to a limit measured in the same run: the encoding of a
//! white page of the same size, below which no picture can be made.
//!
//! `cargo bench --bench display`. Medians of many rounds, the two in turn, so that the ratio holds
//! when the machine's speed drifts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveTime};
use parvis::demo::sheets::{DemoCommittee, DemoCommune, File, document};
use parvis::sheets::import::{
    self, CommitteeHeader, Contents, Context, Format as FileFormat, Limits, Objection, Sink,
};
use parvis::sheets::pixels::{self, Format, Watermark};
use parvis::sheets::presentation::Presentation;
use parvis::sheets::presenting::{CommitteeFacts, present};
use parvis::sheets::sheet::{Cents, Sheet, Tenths};

const ROUNDS: usize = 60;

struct World(NaiveDate);

impl Context for World {
    fn today(&self) -> NaiveDate {
        self.0
    }
    fn missing_glyph(&self, text: &str) -> Option<char> {
        pixels::missing_glyph(text)
    }
}

#[derive(Default)]
struct Collected(Vec<Sheet>);

impl Sink for Collected {
    type Error = std::convert::Infallible;
    fn committee(&mut self, _: &CommitteeHeader, _: &Contents) -> Result<Vec<Objection>, Self::Error> {
        Ok(Vec::new())
    }
    fn sheet(&mut self, _: &CommitteeHeader, sheet: Sheet) -> Result<Vec<Objection>, Self::Error> {
        self.0.push(sheet);
        Ok(Vec::new())
    }
    fn finish(&mut self, _: bool) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The demo's sheets, in words.
fn presentations() -> Vec<Presentation> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 26).expect("a day");
    let updated =
        NaiveDate::from_ymd_opt(2026, 11, 20).and_then(|d| d.and_hms_opt(6, 0, 0)).expect("an instant");
    let committee = DemoCommittee {
        reference: "Est 2026-48".to_owned(),
        held_on: day,
        starts_at: NaiveTime::from_hms_opt(9, 30, 0).expect("an hour"),
        published_at: updated,
        changed_at: updated,
        communes: vec![DemoCommune { insee: "99101".to_owned(), first_home: 0, sheets: 12 }],
    };
    let text = serde_json::to_vec(&document(&[committee], File::Second)).expect("JSON");
    let mut collected = Collected::default();
    let world = World(NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"));
    let report =
        match import::read(text.as_slice(), FileFormat::Json, Limits::default(), &world, &mut collected) {
            Ok(report) => report,
            Err(never) => match never {},
        };
    assert!(report.is_valid(), "{}", report.faults);
    let facts = CommitteeFacts {
        reference: "Est 2026-48".to_owned(),
        sector: None,
        held_on: day,
        ends_on: day,
        starts_at: None,
        communes: vec![("99101".to_owned(), "Valbourg".to_owned())],
        imported_at: None,
        effort_alert: Tenths::new(330),
        residual_threshold: Cents::new(1200),
    };
    collected.0.iter().map(|sheet| present(sheet, &facts, 5)).collect()
}

fn white_page(width: u32, height: u32) -> usize {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&vec![0xff; (width.div_ceil(2) * height) as usize]).expect("a page");
    drop(writer);
    out.len()
}

fn timed<T>(f: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(f());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1000.0
}

fn main() {
    let sheets = presentations();
    let mark = Watermark {
        text: "Camille Moreau · Mairie de Valbourg · 23/11/2026 10:32 · K7QF3-2PM9X".to_owned(),
    };
    println!("display                 median ms   white page ms   ratio");
    for (name, width, ratio) in
        [("1240 at ratio 1", 1240, 1.0), ("1240 at ratio 2", 1240, 2.0), ("390 at ratio 2", 390, 2.0)]
    {
        let format = Format::fit(width, ratio);
        let first = sheets.first().expect("a sheet");
        let picture = pixels::sheet(first, &mark, format);
        let (mut drawn, mut limit) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let sheet = sheets.get(round % sheets.len()).expect("a sheet");
            drawn.push(timed(|| pixels::sheet(sheet, &mark, format)));
            limit.push(timed(|| white_page(picture.width, picture.height)));
        }
        let (drawn, limit) = (median(drawn), median(limit));
        println!("{name:<22} {drawn:>10.2} {limit:>15.2} {:>7.1}", drawn / limit);
    }
}
