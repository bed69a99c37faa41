//! What came out of the printer: a PDF, read by poppler and looked at point by point.

use std::path::PathBuf;
use std::process::Command;

use data_encoding::BASE64;
use serde_json::json;
use tempfile::TempDir;

use crate::chromium::Chromium;
use crate::desk::one_space;

/// Dots per inch of the raster.
const DENSITY: f64 = 50.0;
/// Points between the letters of a word and the edge of the box poppler gives them.
const MARGIN: f64 = 4.0;

pub struct Paper {
    folder: TempDir,
    pdf: PathBuf,
}

/// How the page is printed: with the browser's own line of title and address or without.
impl Paper {
    pub fn of(chromium: &Chromium, headed: bool) -> Self {
        let asked = json!({"printBackground": true, "displayHeaderFooter": headed});
        let printed = chromium.cdp("Page.printToPDF", &asked);
        let data = printed["data"].as_str().expect("a PDF");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pdf = folder.path().join("page.pdf");
        std::fs::write(&pdf, BASE64.decode(data.as_bytes()).expect("base 64")).expect("a written file");
        Self { folder, pdf }
    }

    /// Every word on it, one space between.
    pub fn words(&self) -> String {
        one_space(&self.poppler("pdftotext", &["-layout"], &["-"]))
    }

    pub fn pages(&self) -> usize {
        self.rasters().len()
    }

    /// Pictures inside the file, whatever they show.
    pub fn pictures(&self) -> usize {
        // Two lines of heading.
        self.poppler("pdfimages", &["-list"], &[]).lines().count().saturating_sub(2)
    }

    /// Points that are not white outside the boxes of the words: pictures, lines, a watermark.
    pub fn ink_beside_the_words(&self) -> usize {
        let boxes = self.boxes();
        let mut ink = 0;
        for (page, raster) in self.rasters().iter().enumerate() {
            for (at, grey) in raster.points.iter().enumerate() {
                let point = |n: usize| (n as f64 + 0.5) * 72.0 / DENSITY;
                let (x, y) = (point(at % raster.width), point(at / raster.width));
                let of_a_word = |word: &WordBox| {
                    word.page == page
                        && (word.left - MARGIN..=word.right + MARGIN).contains(&x)
                        && (word.top - MARGIN..=word.bottom + MARGIN).contains(&y)
                };
                if *grey < 250 && !boxes.iter().any(of_a_word) {
                    ink += 1;
                }
            }
        }
        ink
    }

    fn boxes(&self) -> Vec<WordBox> {
        let mut page = 0_usize;
        let mut boxes = Vec::new();
        for line in self.poppler("pdftotext", &["-bbox"], &["-"]).lines() {
            if line.trim_start().starts_with("<page ") {
                page += 1;
            }
            let side = |name: &str| -> Option<f64> {
                let (_, rest) = line.split_once(&format!("{name}=\""))?;
                rest.split_once('"')?.0.parse().ok()
            };
            if let (Some(left), Some(top), Some(right), Some(bottom)) =
                (side("xMin"), side("yMin"), side("xMax"), side("yMax"))
            {
                boxes.push(WordBox { page: page - 1, left, top, right, bottom });
            }
        }
        boxes
    }

    fn rasters(&self) -> Vec<Raster> {
        let density = DENSITY.to_string();
        let root = self.folder.path().join("raster");
        self.poppler("pdftoppm", &["-gray", "-r", &density], &[root.to_str().expect("a path in UTF-8")]);
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "pgm"))
            .collect();
        files.sort();
        assert!(!files.is_empty(), "no page at all");
        files.iter().map(|file| Raster::read(&std::fs::read(file).expect("a raster"))).collect()
    }

    fn poppler(&self, program: &str, before: &[&str], after: &[&str]) -> String {
        let ran = Command::new(program)
            .args(before)
            .arg(&self.pdf)
            .args(after)
            .output()
            .unwrap_or_else(|e| panic!("{program}: {e}: apt-get install poppler-utils"));
        assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("UTF-8")
    }
}

struct WordBox {
    page: usize,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// A page in greys.
struct Raster {
    width: usize,
    points: Vec<u8>,
}

impl Raster {
    /// `P5 width height 255`, then a byte a point.
    fn read(file: &[u8]) -> Self {
        let heading: Vec<&[u8]> = file.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
        let [kind, width, height, rest] = heading[..] else { panic!("a PGM file") };
        assert_eq!(kind, b"P5");
        let number = |text: &[u8]| -> usize {
            std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).expect("a number")
        };
        let points = rest.strip_prefix(b"255\n").expect("256 greys").to_vec();
        let width = number(width);
        assert_eq!(points.len(), width * number(height));
        Self { width, points }
    }
}
