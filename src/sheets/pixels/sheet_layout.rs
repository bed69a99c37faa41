//! The sheet of a desk: 1 240 css px, four columns that share their edges through all bands, so
//! that the eye finds the same thing at the same place forty sheets in a row.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::rows::{LandmarkRuling, Ruling, blocks_of_number, dotted, named};
use super::setting::{Style, bold, second_text, text};
use crate::sheets::presentation::{Applicant, Dwelling, Landmark, Opinion, Presentation, Rank, RunningHead};

/// Width of the drawing; narrower and wider desks show it scaled.
pub(super) const WIDTH: f32 = 1240.0;
const LEFT: f32 = 72.0;
const RIGHT: f32 = 1168.0;
/// The vertical lines between the four columns, in every band.
const EDGES: [f32; 3] = [346.0, 620.0, 894.0];
/// From a vertical line to the text at its right, and least room before the next.
const INSET: f32 = 26.0;
const SECOND: f32 = EDGES[0] + INSET;
const FOURTH: f32 = EDGES[2] + INSET;
const FOURTH_WIDTH: f32 = RIGHT - FOURTH;
/// The two columns of evidence.
const EVIDENCE_WIDTH: f32 = 524.0;
const MONEY: f32 = RIGHT - EVIDENCE_WIDTH;

const RULING: Ruling = Ruling {
    title: 21.0,
    text: 20.0,
    value_at: 250.0,
    title_drop: 13.0,
    line: 2.0,
    row: 38.0,
    baseline: 25.0,
    total: 4.0,
    next_title: 42.0,
};

const LANDMARK: LandmarkRuling = LandmarkRuling {
    label: 18.0,
    figure: 50.0,
    unit: 25.0,
    note: 18.0,
    label_at: 38.0,
    figure_at: 92.0,
    note_at: 121.0,
    note_step: 25.0,
    rule_at: 126.0,
    ruled_note_at: 158.0,
    rule_length: 216.0,
};

/// Lays the whole sheet out.
pub(super) fn lay(sheet: &Presentation) -> Drawing {
    let mut drawing = Drawing::new(WIDTH);
    let mut y = head(&mut drawing, &sheet.head);
    y = thick(&mut drawing, y);
    y = applicant(&mut drawing, &sheet.applicant, &sheet.rank, y);
    drawing.stroke(LEFT, y, RIGHT - LEFT, 2.0, Ink::TEXT);
    y = dwelling(&mut drawing, &sheet.dwelling, y + 2.0);
    y = thick(&mut drawing, y);
    y = landmarks(&mut drawing, &sheet.landmarks, y);
    y = thick(&mut drawing, y);
    let first_title = y + 46.0;
    let left = RULING.blocks(&mut drawing, &sheet.left, LEFT, first_title, EVIDENCE_WIDTH);
    let right = RULING.blocks(&mut drawing, &sheet.right, MONEY, first_title, EVIDENCE_WIDTH);
    y = thick(&mut drawing, left.max(right) + 28.0);
    y = opinion(&mut drawing, &sheet.opinion, y);
    let foot = second_text(17.0).set(&sheet.foot, RIGHT - LEFT);
    drawing.height = foot.left(&mut drawing, LEFT, y + 41.0) + 36.0;
    drawing
}

/// The 4 px line that opens and closes the landmarks; gives its lower edge.
fn thick(drawing: &mut Drawing, y: f32) -> f32 {
    drawing.stroke(LEFT, y, RIGHT - LEFT, 4.0, Ink::TEXT);
    y + 4.0
}

fn edge(drawing: &mut Drawing, x: f32, top: f32, bottom: f32) {
    drawing.stroke(x, top, 2.0, bottom - top, Ink::HAIR);
}

/// Which committee, which commune; gives the top of the line under it.
fn head(drawing: &mut Drawing, head: &RunningHead) -> f32 {
    const BASELINE: f32 = 66.0;
    let kind = bold(18.0).set("Fiche de synthèse", SECOND - LEFT);
    kind.left(drawing, LEFT, BASELINE);
    let mut start = LEFT + kind.width();
    if !head.file.is_empty() {
        let file = second_text(18.0).lines(1).set(&format!(" · {}", head.file), 260.0);
        file.left(drawing, start, BASELINE);
        start += file.width();
    }
    let commune = second_text(18.0).shrinking_to(14.0).lines(2).set(&head.commune, 300.0);
    let commune_end = commune.right(drawing, RIGHT, BASELINE);
    let start = (start + INSET).max(SECOND);
    let room = RIGHT - commune.width() - INSET - start;
    let committee = second_text(18.0).shrinking_to(15.0).set(&head.committee, room);
    committee.left(drawing, start, BASELINE).max(commune_end) + 19.0
}

/// Who, and at which rank; gives the top of the line under the band.
fn applicant(drawing: &mut Drawing, applicant: &Applicant, rank: &Rank, top: f32) -> f32 {
    let width = EDGES[2] - INSET - LEFT;
    let [title, first_name, last_name] = named(&applicant.title, &applicant.first_name, &applicant.last_name);
    let pieces = [
        (title.as_str(), Face::Regular),
        (first_name.as_str(), Face::Bold),
        (last_name.as_str(), Face::Bold),
    ];
    let name = text(46.0).lines(6).shrinking_to(34.0).leading(1.15).set_pieces(&pieces, width);
    let mut y = name.left(drawing, LEFT, top + 65.0);
    let facts = dotted(applicant.facts.iter().map(String::as_str));
    y = text(22.0).set(&facts, width).left(drawing, LEFT, y + 40.0);
    let label = second_text(18.0).set("Numéro unique", 200.0);
    y += 50.0;
    label.left(drawing, LEFT, y);
    let number_at = LEFT + label.width() + 18.0;
    Style::new(Face::Mono, 27.0, Ink::TEXT)
        .shrinking_to(16.0)
        .lines(1)
        .set(&blocks_of_number(&applicant.number), EDGES[2] - INSET - number_at)
        .left(drawing, number_at, y);
    let bottom = (y + 34.0).max(top + 190.0);
    edge(drawing, EDGES[2], top + 25.0, bottom - 24.0);
    rank_alone(drawing, rank, top);
    bottom
}

/// The rank stands alone, top right: it is what is discussed aloud.
fn rank_alone(drawing: &mut Drawing, rank: &Rank, top: f32) {
    const BASELINE: f32 = 145.0;
    second_text(18.0).set("Rang proposé", FOURTH_WIDTH).left(drawing, FOURTH, top + 42.0);
    let Some(place) = rank.rank else {
        Style::new(Face::Italic, 20.0, Ink::LABEL).set("information non affichée", FOURTH_WIDTH).left(
            drawing,
            FOURTH,
            top + 78.0,
        );
        return;
    };
    let of = rank.of.map_or(String::new(), |of| format!("sur {of}"));
    let of = text(26.0).lines(1).set(&of, FOURTH_WIDTH / 2.0);
    let gap = if of.width() > 0.0 { 18.0 } else { 0.0 };
    let figure =
        bold(116.0).shrinking_to(20.0).lines(1).set(&place.to_string(), FOURTH_WIDTH - of.width() - gap);
    // So large a figure carries its own margin: it is drawn back to the edge of its column.
    figure.left(drawing, FOURTH - 5.0, top + BASELINE);
    of.left(drawing, FOURTH + figure.width() + gap, top + BASELINE);
}

/// The dwelling, constant within a group, and what it would cost; gives the top of the line under.
fn dwelling(drawing: &mut Drawing, dwelling: &Dwelling, top: f32) -> f32 {
    let first = EDGES[0] - INSET - LEFT;
    bold(66.0).shrinking_to(24.0).lines(1).set(&dwelling.kind, first).left(drawing, LEFT, top + 78.0);
    let area =
        bold(25.0).shrinking_to(18.0).lines(1).set(&dwelling.area, first).left(drawing, LEFT, top + 118.0);

    let width = EDGES[2] - INSET - SECOND;
    let mut y = top + 46.0 - 30.0;
    for (words, style) in [
        (&dwelling.address, bold(25.0).shrinking_to(21.0)),
        (&dwelling.place, text(21.0)),
        (&dwelling.features, text(21.0)),
        (&dwelling.reference, second_text(18.0)),
    ] {
        if !words.is_empty() {
            y = style.set(words, width).left(drawing, SECOND, y + 30.0);
        }
    }

    second_text(18.0).set("Coût net, APL déduite", FOURTH_WIDTH).left(drawing, FOURTH, top + 44.0);
    bold(38.0).shrinking_to(20.0).lines(1).set(&dwelling.net_cost, FOURTH_WIDTH).left(
        drawing,
        FOURTH,
        top + 87.0,
    );
    second_text(18.0).set("par mois", FOURTH_WIDTH).left(drawing, FOURTH, top + 120.0);
    let bottom = (y.max(area) + 29.0).max(top + 166.0);
    for x in [EDGES[0], EDGES[2]] {
        edge(drawing, x, top + 22.0, bottom - 24.0);
    }
    bottom
}

/// The four figures read at a glance; gives the top of the line that closes them.
fn landmarks(drawing: &mut Drawing, landmarks: &[Landmark; 4], top: f32) -> f32 {
    let starts = [LEFT, SECOND, EDGES[1] + INSET, FOURTH];
    let ends = [EDGES[0], EDGES[1], EDGES[2], RIGHT + INSET];
    let mut last = top;
    for ((landmark, start), end) in landmarks.iter().zip(starts).zip(ends) {
        let width = end - INSET - start;
        last = last.max(LANDMARK.landmark(drawing, landmark, start, top, width));
    }
    let bottom = (last + 23.0).max(top + 181.0);
    for x in EDGES {
        edge(drawing, x, top + 16.0, bottom - 16.0);
    }
    bottom
}

/// The opinion of the service; gives its last baseline. No decision stands on a sheet.
fn opinion(drawing: &mut Drawing, opinion: &Opinion, top: f32) -> f32 {
    let y = top + 40.0;
    let label = second_text(18.0).set("Avis du service", 240.0);
    label.left(drawing, LEFT, y);
    let mut x = LEFT + label.width() + 20.0;
    let verdict = bold(25.0).shrinking_to(18.0).set(&opinion.verdict, 400.0);
    let verdict_end = verdict.left(drawing, x, y);
    x += verdict.width() + 20.0;
    let reason = text(21.0).lines(10).set(&opinion.reason, RIGHT - x);
    reason.left(drawing, x, y).max(verdict_end)
}
