//! The candidates for one dwelling, a row for each, of equal height in a table: the same figure stands
//! under the same figure, and the limit of a rate is one tall tick repeated down its column, so that the
//! eye compares without reading. The order is the rank's; nothing is graded.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::rows::{LandmarkRuling, blocks_of_number, dotted, named};
use super::setting::{Style, bold, second_text, text};
use super::watermark::Pattern;
use super::{Format, Picture, Watermark};
use crate::sheets::presentation::{Candidate, Comparison, Landmark};

/// Widths a comparison is drawn at, in css px: those of a sheet, less the margins of a page.
const WIDTHS: [u32; 7] = [288, 328, 358, 448, 600, 900, 1120];
/// From this width candidates are lines of a table; below, cards.
const TABLE: u32 = 900;
/// Most candidates drawn: no dwelling comes near it.
const MOST_ROWS: usize = 200;
/// Ends of the columns of a table, in 1120ths: rank, candidate, four landmarks, priority, opinion.
const COLUMNS: [f32; 8] = [0.0, 56.0, 294.0, 432.0, 570.0, 704.0, 838.0, 976.0];
const GAP: f32 = 20.0;
/// Heights of rows are multiples of this, so that each is a whole number of device pixels.
const STEP: f32 = 8.0;
/// White under a row.
const UNDER: f32 = 22.0;

/// In a table the label is the column's.
const LANDMARK: LandmarkRuling = LandmarkRuling {
    label: 14.0,
    figure: 24.0,
    unit: 15.0,
    note: 14.0,
    label_at: 0.0,
    figure_at: 40.0,
    note_at: 63.0,
    note_step: 19.0,
    rule_at: 61.0,
    ruled_note_at: 85.0,
    rule_length: 114.0,
};

const CARD_LANDMARK: LandmarkRuling = LandmarkRuling {
    label_at: 20.0,
    figure_at: 48.0,
    note_at: 70.0,
    rule_at: 67.0,
    ruled_note_at: 92.0,
    rule_length: 150.0,
    ..LANDMARK
};

/// Painted candidates and where to cut them; lengths in device pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedStrip {
    pub picture: Picture,
    /// Width on the page, in css px.
    pub css_width: u32,
    /// One for each candidate: the rows stand one under the other.
    pub row_heights: Vec<u32>,
    /// The heads of the columns stand under the last row; cards bear their own labels.
    pub head_height: u32,
    /// Where each candidate's name stands in its row: the rule of the link is drawn under it.
    pub name_left: u32,
    pub name_baseline: u32,
    pub name_widths: Vec<u32>,
}

/// What drawing one candidate leaves behind, in css px.
struct Drawn {
    /// Its last baseline.
    end: f32,
    name_width: f32,
}

/// Draws the candidates of one dwelling (E6), watermark included (E12).
pub fn comparison(comparison: &Comparison, mark: &Watermark, width_css: u32, ratio: f32) -> ComparedStrip {
    let [smallest, ..] = WIDTHS;
    let width = WIDTHS.into_iter().rfind(|step| *step <= width_css).unwrap_or(smallest);
    let density = Format::fit(smallest, ratio).ratio();
    let layout = Layout { width: width as f32, table: width >= TABLE };
    let candidates = comparison.candidates.get(..MOST_ROWS).unwrap_or(&comparison.candidates);
    let rows = layout.heights(candidates, comparison);
    let mut drawing = Drawing::new(layout.width);
    let mut names = Vec::with_capacity(candidates.len());
    let mut head_top = 0.0;
    for (candidate, height) in candidates.iter().zip(&rows) {
        names.push(layout.candidate(&mut drawing, candidate, comparison, head_top).name_width);
        head_top += height;
    }
    let head = if layout.table { layout.head(&mut drawing, comparison, head_top) } else { 0.0 };
    drawing.height = head_top + head;
    let scale = drawing.whole_rows(density, STEP);
    let pattern = if layout.table { Pattern::TABLE } else { Pattern::NARROW };
    let picture = drawing.print(mark, pattern, scale);
    let device = |length: f32| (length * scale).round() as u32;
    let row_heights: Vec<u32> = rows.into_iter().map(device).collect();
    ComparedStrip {
        css_width: width,
        head_height: picture.height.saturating_sub(row_heights.iter().sum()),
        row_heights,
        name_left: device(layout.name_left()),
        name_baseline: device(layout.first_baseline()),
        name_widths: names.into_iter().map(device).collect(),
        picture,
    }
}

/// One of the two ways to lay a candidate out.
#[derive(Clone, Copy)]
struct Layout {
    width: f32,
    table: bool,
}

impl Layout {
    fn first_baseline(self) -> f32 {
        if self.table { LANDMARK.figure_at } else { 34.0 }
    }

    fn name_left(self) -> f32 {
        if self.table { self.column(1).0 } else { 40.0 }
    }

    /// Where a column of the table begins, and how wide it is.
    fn column(self, number: usize) -> (f32, f32) {
        let at = |number: usize| COLUMNS.get(number).copied().unwrap_or(1120.0) * self.width / 1120.0;
        let start = at(number).round();
        let gap = if number + 1 < COLUMNS.len() { GAP } else { 0.0 };
        (start, at(number + 1) - gap - start)
    }

    /// Lines of a table are as high as the highest; a card is as high as it is.
    fn heights(self, candidates: &[Candidate], all: &Comparison) -> Vec<f32> {
        let heights = candidates.iter().map(|candidate| {
            let end = self.candidate(&mut Drawing::default(), candidate, all, 0.0).end;
            ((end.max(88.0) + UNDER) / STEP).ceil() * STEP
        });
        let heights: Vec<f32> = heights.collect();
        let highest = heights.iter().copied().fold(0.0, f32::max);
        if self.table { vec![highest; heights.len()] } else { heights }
    }

    fn candidate(self, drawing: &mut Drawing, candidate: &Candidate, all: &Comparison, top: f32) -> Drawn {
        if self.table { self.line(drawing, candidate, top) } else { self.card(drawing, candidate, all, top) }
    }

    /// The heads of the columns; gives their height.
    fn head(self, drawing: &mut Drawing, comparison: &Comparison, top: f32) -> f32 {
        let landmarks = comparison.candidates.first().map(|candidate| &candidate.landmarks);
        let label = |number: usize| {
            landmarks.and_then(|all| all.get(number)).map_or("", |landmark| landmark.label.as_str())
        };
        let heads = [
            ("Rang", ""),
            ("Candidat", ""),
            (label(0), ""),
            (label(1), "par mois"),
            (label(2), &comparison.effort_limit),
            (label(3), &comparison.residual_limit),
            ("Priorité", ""),
            ("Avis du service", ""),
        ];
        let mut last = top;
        for (number, (name, limit)) in heads.into_iter().enumerate() {
            let (x, width) = self.column(number);
            text(15.0).shrinking_to(13.0).lines(2).set(name, width).left(drawing, x, top + 20.0);
            let end = second_text(13.0).lines(2).set(limit, width).left(drawing, x, top + 40.0);
            last = last.max(end);
        }
        last + 14.0 - top
    }

    /// One line of the table: every first baseline is the same.
    fn line(self, drawing: &mut Drawing, candidate: &Candidate, top: f32) -> Drawn {
        let baseline = top + self.first_baseline();
        let (x, width) = self.column(0);
        rank(candidate.rank, 32.0)
            .lines(1)
            .set(&rank_words(candidate.rank), width)
            .left(drawing, x, baseline);
        let (x, width) = self.column(1);
        let (name_width, mut end) = self.person(drawing, candidate, x, baseline, width);
        for (number, landmark) in candidate.landmarks.iter().enumerate() {
            let (x, width) = self.column(number + 2);
            let unlabelled = Landmark { label: String::new(), ..landmark.clone() };
            end = end.max(LANDMARK.landmark(drawing, &unlabelled, x, top, width));
        }
        let (x, width) = self.column(6);
        end = end.max(paragraphs(drawing, &candidate.priorities, x, baseline, width));
        let (x, width) = self.column(7);
        end = end.max(opinion(drawing, candidate, x, baseline, width));
        Drawn { end, name_width }
    }

    /// One card of a phone: the person, the landmarks two by two, then words.
    fn card(self, drawing: &mut Drawing, candidate: &Candidate, all: &Comparison, top: f32) -> Drawn {
        let baseline = top + self.first_baseline();
        rank(candidate.rank, 28.0)
            .lines(1)
            .set(&rank_words(candidate.rank), 34.0)
            .left(drawing, 0.0, baseline);
        let left = self.name_left();
        let (name_width, end) = self.person(drawing, candidate, left, baseline, self.width - left);
        let half = ((self.width - left - GAP) / 2.0).floor();
        let columns = [left, left + half + GAP];
        let mut y = end + 14.0;
        for (pair, limits) in candidate
            .landmarks
            .chunks(2)
            .zip([["", ""], [all.effort_limit.as_str(), all.residual_limit.as_str()]])
        {
            let mut last = y;
            for ((landmark, limit), x) in pair.iter().zip(limits).zip(columns) {
                let mut landmark = landmark.clone();
                if landmark.notes.is_empty() && !limit.is_empty() {
                    landmark.notes.push(limit.to_owned());
                }
                last = last.max(CARD_LANDMARK.landmark(drawing, &landmark, x, y, half));
            }
            y = last + 12.0;
        }
        let label = second_text(14.0).lines(1);
        let mut last = y;
        for ((name, words), x) in [("Priorité", true), ("Avis du service", false)].into_iter().zip(columns) {
            label.set(name, half).left(drawing, x, y + 20.0);
            let end = if words {
                paragraphs(drawing, &candidate.priorities, x, y + 42.0, half)
            } else {
                opinion(drawing, candidate, x, y + 42.0, half)
            };
            last = last.max(end);
        }
        Drawn { end: last, name_width }
    }

    /// Name, number and facts; gives the width of the name and the last baseline.
    fn person(
        self,
        drawing: &mut Drawing,
        candidate: &Candidate,
        x: f32,
        baseline: f32,
        width: f32,
    ) -> (f32, f32) {
        let applicant = &candidate.applicant;
        let [title, first_name, last_name] =
            named(&applicant.title, &applicant.first_name, &applicant.last_name);
        let pieces = [
            (title.as_str(), Face::Regular),
            (first_name.as_str(), Face::Bold),
            (last_name.as_str(), Face::Bold),
        ];
        let name = text(19.0).shrinking_to(13.0).lines(1).set_pieces(&pieces, width);
        let mut y = name.left(drawing, x, baseline);
        y = Style::new(Face::Mono, 15.0, Ink::LABEL)
            .shrinking_to(11.0)
            .lines(1)
            .set(&blocks_of_number(&applicant.number), width)
            .left(drawing, x, y + 25.0);
        let facts = dotted(applicant.facts.iter().map(String::as_str));
        if !facts.is_empty() {
            y = second_text(14.0).leading(1.36).set(&facts, width).left(drawing, x, y + 22.0);
        }
        (name.width(), y)
    }
}

fn rank_words(rank: Option<u32>) -> String {
    rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string())
}

fn rank(rank: Option<u32>, size: f32) -> Style {
    if rank.is_some() { bold(size).shrinking_to(12.0) } else { second_text(size * 0.6) }
}

/// Words one under the other; gives the last baseline.
fn paragraphs(drawing: &mut Drawing, words: &[String], x: f32, baseline: f32, width: f32) -> f32 {
    let mut y = baseline - 20.0;
    for words in words {
        y = text(14.0).shrinking_to(13.0).leading(1.36).set(words, width).left(drawing, x, y + 20.0);
    }
    y
}

fn opinion(drawing: &mut Drawing, candidate: &Candidate, x: f32, baseline: f32, width: f32) -> f32 {
    let verdict = bold(16.0).shrinking_to(13.0).set(&candidate.opinion.verdict, width);
    let y = verdict.left(drawing, x, baseline);
    if candidate.opinion.reason.is_empty() {
        return y;
    }
    second_text(14.0).leading(1.36).lines(6).set(&candidate.opinion.reason, width).left(drawing, x, y + 21.0)
}
