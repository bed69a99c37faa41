//! The sheet of a phone, or of a desk magnified twice: one column, the same bands in the same
//! order, the landmarks two by two, then the evidence with the money first.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::rows::{LandmarkRuling, Ruling, blocks_of_number, dotted, named};
use super::setting::{Style, bold, second_text, text};
use crate::sheets::presentation::{
    Applicant, Block, Dwelling, Landmark, Opinion, Presentation, Rank, RunningHead,
};

const LEFT: f32 = 16.0;
const INSET: f32 = 15.0;

const LANDMARK: LandmarkRuling = LandmarkRuling {
    label: 14.0,
    figure: 30.0,
    unit: 15.0,
    note: 14.0,
    label_at: 27.0,
    figure_at: 60.0,
    note_at: 81.0,
    note_step: 18.0,
    rule_at: 80.0,
    ruled_note_at: 108.0,
    rule_length: 150.0,
};

/// The column of one phone.
struct Column {
    drawing: Drawing,
    right: f32,
}

/// Lays the whole sheet out in one column of `width` css px, margins included.
pub(super) fn lay(sheet: &Presentation, width: f32) -> Drawing {
    let mut column = Column { drawing: Drawing::new(width), right: width - LEFT };
    let mut y = column.head(&sheet.head);
    y = column.thick(y);
    y = column.applicant(&sheet.applicant, &sheet.rank, y);
    y = column.line(y, 1.0, Ink::TEXT);
    y = column.dwelling(&sheet.dwelling, y);
    y = column.thick(y);
    y = column.landmarks(&sheet.landmarks, y);
    y = column.thick(y);
    y = column.evidence(sheet, y + 38.0);
    y = column.thick(y + 24.0);
    y = column.opinion(&sheet.opinion, y);
    let foot = second_text(13.0).lines(6).set(&sheet.foot, column.width());
    let end = foot.left(&mut column.drawing, LEFT, y + 32.0);
    column.drawing.height = end + 24.0;
    column.drawing
}

impl Column {
    fn width(&self) -> f32 {
        self.right - LEFT
    }

    fn line(&mut self, y: f32, height: f32, ink: Ink) -> f32 {
        let width = self.width();
        self.drawing.stroke(LEFT, y, width, height, ink);
        y + height
    }

    fn thick(&mut self, y: f32) -> f32 {
        self.line(y, 3.0, Ink::TEXT)
    }

    fn head(&mut self, head: &RunningHead) -> f32 {
        const BASELINE: f32 = 28.0;
        let kind = dotted(["Fiche", &head.file]);
        let kind = bold(13.0).lines(1).set(&kind, self.width() * 0.4);
        kind.left(&mut self.drawing, LEFT, BASELINE);
        let committee = dotted([head.committee_short.as_str(), &head.commune]);
        let room = self.width() - kind.width() - 12.0;
        let committee = second_text(13.0).set(&committee, room);
        committee.right(&mut self.drawing, self.right, BASELINE) + 13.5
    }

    fn applicant(&mut self, applicant: &Applicant, rank: &Rank, top: f32) -> f32 {
        let edge = self.right - 79.0;
        let width = edge - 12.0 - LEFT;
        let [title, first_name, last_name] =
            named(&applicant.title, &applicant.first_name, &applicant.last_name);
        let pieces = [
            (title.as_str(), Face::Regular),
            (first_name.as_str(), Face::Bold),
            (last_name.as_str(), Face::Bold),
        ];
        let name = bold(27.0).lines(8).leading(1.14).words_from(20.0, &pieces, width);
        let mut y = name.set_pieces(&pieces, width).left(&mut self.drawing, LEFT, top + 41.0);
        let facts = dotted(applicant.facts.iter().map(String::as_str));
        if !facts.is_empty() {
            let facts = text(15.0).leading(1.36).set(&facts, width);
            y = facts.left(&mut self.drawing, LEFT, y + 30.0);
        }
        let beside_rank = y.max(top + 104.0);
        self.rank(rank, edge, top, beside_rank + 10.0);
        y = beside_rank + 33.0;
        second_text(14.0).set("Numéro unique", self.width()).left(&mut self.drawing, LEFT, y);
        y += 26.0;
        Style::new(Face::Mono, 19.0, Ink::TEXT)
            .shrinking_to(13.0)
            .lines(2)
            .set(&blocks_of_number(&applicant.number), self.width())
            .left(&mut self.drawing, LEFT, y);
        y + 21.0
    }

    /// The rank, beside the name, as tall as it.
    fn rank(&mut self, rank: &Rank, edge: f32, top: f32, bottom: f32) {
        let drawing = &mut self.drawing;
        drawing.stroke(edge, top + 16.0, 1.0, bottom - top - 16.0, Ink::HAIR);
        let x = edge + INSET;
        let width = self.right - x;
        second_text(14.0).set("Rang", width).left(drawing, x, top + 30.0);
        let Some(place) = rank.rank else {
            Style::new(Face::Italic, 14.0, Ink::LABEL).set("non affiché", width).left(drawing, x, top + 54.0);
            return;
        };
        bold(62.0).shrinking_to(12.0).lines(1).set(&place.to_string(), width).left(
            drawing,
            x - 3.0,
            top + 82.0,
        );
        if let Some(of) = rank.of {
            text(15.0).shrinking_to(12.0).lines(1).set(&format!("sur {of}"), width).left(
                drawing,
                x,
                top + 106.0,
            );
        }
    }

    fn dwelling(&mut self, dwelling: &Dwelling, top: f32) -> f32 {
        let kind = bold(41.0).shrinking_to(16.0).lines(1).set(&dwelling.kind, self.width() * 0.3);
        let kind_end = kind.left(&mut self.drawing, LEFT, top + 47.0);
        let edge = LEFT + kind.width().max(46.0) + 26.0;
        let x = edge + INSET;
        let mut y = top + 30.0 - 21.5;
        for (words, style) in [
            (&dwelling.area, bold(15.0)),
            (&dwelling.address, text(15.0)),
            (&dwelling.place, text(15.0)),
            (&dwelling.features_short, text(15.0)),
            (&dwelling.reference, second_text(13.0)),
        ] {
            let whole = style.set(words, self.right - x);
            // What does not stand on one line is broken where its parts meet, not within one.
            let parts: Vec<&str> =
                if whole.drop() > 0.0 { words.split(" · ").collect() } else { vec![words.as_str()] };
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                y = style.set(part, self.right - x).left(&mut self.drawing, x, y + 21.5);
            }
        }
        y = y.max(kind_end);
        self.drawing.stroke(edge, top + 15.0, 1.0, y + 9.0 - top - 15.0, Ink::HAIR);
        y += 46.0;
        let label = second_text(14.0).set("Coût net par mois, APL déduite", self.width());
        let cost = bold(26.0).shrinking_to(14.0).lines(1).set(&dwelling.net_cost, self.width());
        // A figure too long to stand beside its label stands under it.
        let label_end = label.left(&mut self.drawing, LEFT, y);
        if label.width() + cost.width() + INSET > self.width() {
            y = label_end + 30.0;
        }
        cost.right(&mut self.drawing, self.right, y) + 22.0
    }

    /// The four landmarks, two by two.
    fn landmarks(&mut self, landmarks: &[Landmark; 4], top: f32) -> f32 {
        let middle = LEFT + (self.width() / 2.0).round();
        let mut y = top;
        for (number, pair) in landmarks.chunks(2).enumerate() {
            if number > 0 {
                y = self.line(y, 1.0, Ink::HAIR);
            }
            let mut last = y;
            for (landmark, x) in pair.iter().zip([LEFT, middle + INSET]) {
                let width = middle - INSET - LEFT;
                let end = LANDMARK.landmark(&mut self.drawing, landmark, x, y, width);
                last = last.max(end);
            }
            y = last + 19.0;
        }
        self.drawing.stroke(middle, top, 1.0, y - top, Ink::HAIR);
        y
    }

    /// All the blocks in the order of a phone.
    fn evidence(&mut self, sheet: &Presentation, y: f32) -> f32 {
        let ruling = Ruling {
            title: 16.0,
            text: 15.0,
            value_at: (self.width() * 0.534).min(280.0),
            title_drop: 10.0,
            line: 2.0,
            row: 33.0,
            baseline: 22.0,
            total: 3.0,
            next_title: 38.0,
        };
        let mut blocks: Vec<&Block> = sheet.left.iter().chain(&sheet.right).collect();
        blocks.sort_by_key(|block| block.narrow_order);
        let width = self.width();
        ruling.blocks(&mut self.drawing, blocks, LEFT, y, width)
    }

    fn opinion(&mut self, opinion: &Opinion, top: f32) -> f32 {
        let label = second_text(14.0).set("Avis du service", self.width());
        label.left(&mut self.drawing, LEFT, top + 30.0);
        let verdict = bold(19.0).set(&opinion.verdict, self.width());
        let mut y = verdict.left(&mut self.drawing, LEFT, top + 56.0);
        if !opinion.reason.is_empty() {
            let reason = text(15.0).lines(20).set(&opinion.reason, self.width());
            y = reason.left(&mut self.drawing, LEFT, y + 25.0);
        }
        y
    }
}
