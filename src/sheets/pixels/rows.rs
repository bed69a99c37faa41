//! What both widths share: titled blocks of labelled entries, and the four landmarks.

use super::drawing::Drawing;
use super::fonts::Face;
use super::ink::Ink;
use super::setting::Style;
use crate::sheets::presentation::{Block, Landmark, Row, Rule, Value};

/// Shown for a field that is withheld or was not given (E6).
const NOT_SHOWN: &str = "information non affichée";

/// Measures of a block, in css px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruling {
    pub(super) title: f32,
    pub(super) text: f32,
    /// From the left edge of a block to its values, where these are words.
    pub(super) value_at: f32,
    /// From the baseline of the title to the line under it, and the thickness of that line.
    pub(super) title_drop: f32,
    pub(super) line: f32,
    /// Height of a row of one line, and the place of its baseline.
    pub(super) row: f32,
    pub(super) baseline: f32,
    /// What a total adds above its baseline, and below when a row follows.
    pub(super) total: f32,
    /// From the end of a block to the baseline of the next title.
    pub(super) next_title: f32,
}

/// Least room between a label and the figure at the end of its row.
const LABEL_GAP: f32 = 20.0;

impl Ruling {
    /// Draws blocks one under the other from the baseline of the first title; gives the end of the
    /// last.
    pub(super) fn blocks<'a>(
        &self,
        drawing: &mut Drawing,
        blocks: impl IntoIterator<Item = &'a Block>,
        x: f32,
        y: f32,
        width: f32,
    ) -> f32 {
        let mut title = y;
        let mut end = y;
        for block in blocks {
            end = self.block(drawing, block, x, title, width);
            title = end + self.next_title;
        }
        end
    }

    fn block(&self, drawing: &mut Drawing, block: &Block, x: f32, y: f32, width: f32) -> f32 {
        let title = Style::new(Face::Bold, self.title, Ink::TEXT).lines(2);
        let baseline = title.set(&block.title, width).left(drawing, x, y);
        drawing.stroke(x, baseline + self.title_drop, width, self.line, Ink::TEXT);
        let mut top = baseline + self.title_drop + self.line;
        let mut rows = block.rows.iter().peekable();
        while let Some(row) = rows.next() {
            let next = rows.peek();
            top = self.row(drawing, row, block.figures, x, top, width);
            if row.total && next.is_some() {
                top += self.total * 2.0;
            }
            match next {
                // The line of a total takes the place of the hairline above it.
                Some(next) if next.total => {
                    drawing.stroke(x, top - 1.0, width, self.line, Ink::TEXT);
                }
                Some(_) => drawing.stroke(x, top - 1.0, width, 1.0, Ink::HAIR),
                None if !row.total => drawing.stroke(x, top - 1.0, width, 1.0, Ink::HAIR),
                None => {}
            }
        }
        top
    }

    /// Draws one row under `top`, and gives its lower edge.
    fn row(&self, drawing: &mut Drawing, row: &Row, figures: bool, x: f32, top: f32, width: f32) -> f32 {
        let (value, face, ink) = match &row.value {
            Value::Shown(text) if row.total => (text.as_str(), Face::Bold, Ink::TEXT),
            Value::Shown(text) => (text.as_str(), Face::Regular, Ink::TEXT),
            Value::NotShown => (NOT_SHOWN, Face::Italic, Ink::LABEL),
        };
        let (label_face, label_ink) =
            if row.total { (Face::Bold, Ink::TEXT) } else { (Face::Regular, Ink::LABEL) };
        let label = Style::new(label_face, self.text, label_ink);
        let words = Style::new(face, self.text, ink).lines(12);
        let lead = if row.total { self.total } else { 0.0 };
        let baseline = top + self.baseline + lead;
        let (label, value) = if figures {
            let value = words.set(value, width * 0.6);
            let room = width - value.width() - LABEL_GAP;
            value.right(drawing, x + width, baseline);
            (label.set(&row.label, room), value)
        } else {
            let value = words.set(value, width - self.value_at);
            value.left(drawing, x + self.value_at, baseline);
            (label.set(&row.label, self.value_at - 8.0), value)
        };
        label.left(drawing, x, baseline);
        top + self.row + lead + label.drop().max(value.drop())
    }
}

/// Measures of a landmark, in css px; heights count from the top of its band.
#[derive(Debug, Clone, Copy)]
pub(super) struct LandmarkRuling {
    pub(super) label: f32,
    pub(super) figure: f32,
    pub(super) unit: f32,
    pub(super) note: f32,
    pub(super) label_at: f32,
    pub(super) figure_at: f32,
    pub(super) note_at: f32,
    /// From one note to the next.
    pub(super) note_step: f32,
    /// Middle of the graduated rule, and the first note under it.
    pub(super) rule_at: f32,
    pub(super) ruled_note_at: f32,
    /// Longest a graduated rule is drawn.
    pub(super) rule_length: f32,
}

impl LandmarkRuling {
    /// Draws one landmark from the top of its band, and gives its last baseline.
    pub(super) fn landmark(
        &self,
        drawing: &mut Drawing,
        landmark: &Landmark,
        x: f32,
        top: f32,
        width: f32,
    ) -> f32 {
        let label = Style::new(Face::Regular, self.label, Ink::LABEL).shrinking_to(self.label * 0.8).lines(1);
        label.set(&landmark.label, width).left(drawing, x, top + self.label_at);
        let mut notes: Vec<&str> = landmark.notes.iter().map(String::as_str).collect();
        let figure = Style::new(Face::Bold, self.figure, Ink::TEXT)
            .shrinking_to(self.figure * 0.4)
            .lines(1)
            .set(&landmark.figure, width);
        let baseline = top + self.figure_at;
        figure.left(drawing, x, baseline);
        if !landmark.unit.is_empty() {
            let unit_style = Style::new(Face::Regular, self.unit, Ink::TEXT).lines(1);
            let gap = self.unit * 0.72;
            let room = width - figure.width() - gap;
            let unit = unit_style.set(&landmark.unit, f32::INFINITY);
            if unit.width() <= room {
                unit.left(drawing, x + figure.width() + gap, baseline);
            } else {
                // A unit that finds no room beside its figure opens the notes under it.
                notes.insert(0, &landmark.unit);
            }
        }
        let mut baseline = if landmark.rule.is_some() { self.ruled_note_at } else { self.note_at } + top;
        if let Some(rule) = landmark.rule {
            self.rule(drawing, rule, x, top + self.rule_at, width);
        }
        let note = Style::new(Face::Regular, self.note, Ink::TEXT)
            .shrinking_to(self.note * 0.9)
            .leading(self.note_step / self.note)
            .lines(2);
        let mut last = top + self.figure_at;
        for text in notes {
            last = note.set(text, width).left(drawing, x, baseline);
            baseline = last + self.note_step;
        }
        last.max(if landmark.rule.is_some() { top + self.rule_at } else { last })
    }

    /// A graduated rule centred on `y`: what is reached in bold, the limit as a tall tick.
    fn rule(&self, drawing: &mut Drawing, rule: Rule, x: f32, y: f32, width: f32) {
        let share = |part: f32| {
            if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
        };
        let length = width.min(self.rule_length);
        let unit = self.note / 18.0;
        drawing.stroke(x, y - unit, length, 2.0 * unit, Ink::TICK);
        let parts = rule.parts.min(40);
        for part in 0..=parts {
            let at = length * f32::from(part) / f32::from(parts.max(1));
            let left = (x + at - unit).clamp(x, x + length - 2.0 * unit);
            drawing.stroke(left, y - 5.0 * unit, 2.0 * unit, 10.0 * unit, Ink::TICK);
        }
        let reached = share(rule.value) * length;
        if reached > 0.0 {
            drawing.stroke(x, y - 4.0 * unit, reached, 8.0 * unit, Ink::TEXT);
        }
        let mark = x + share(rule.mark) * length;
        drawing.stroke(mark - 1.5 * unit, y - 11.0 * unit, 3.0 * unit, 22.0 * unit, Ink::TEXT);
    }
}

/// The eighteen characters of a national number in their blocks of 3 2 2 6 5, which are read aloud
/// one by one; whatever has another length stays as it is.
pub(super) fn blocks_of_number(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    if characters.len() != 18 {
        return number.to_owned();
    }
    let mut spaced = String::with_capacity(22);
    for (at, character) in characters.into_iter().enumerate() {
        if matches!(at, 3 | 5 | 7 | 13) {
            spaced.push(' ');
        }
        spaced.push(character);
    }
    spaced
}

/// Parts that are not empty, joined by a middle dot.
pub(super) fn dotted<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for part in parts.into_iter().filter(|part| !part.trim().is_empty()) {
        if !joined.is_empty() {
            joined.push_str(" · ");
        }
        joined.push_str(part);
    }
    joined
}

/// Title, first name and surname with their spaces: « Mme » « Solène » « VARENNES ».
pub(super) fn named(title: &str, first_name: &str, last_name: &str) -> [String; 3] {
    let spaced = |text: &str| {
        if text.is_empty() { String::new() } else { format!("{text} ") }
    };
    [spaced(title), spaced(first_name), last_name.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_blocks_of_3_2_2_6_5() {
        assert_eq!(blocks_of_number("099032200481700991"), "099 03 22 004817 00991");
        assert_eq!(blocks_of_number("inconnu"), "inconnu");
    }

    #[test]
    fn empty_facts_leave_no_dot() {
        assert_eq!(dotted(["38 ans", "", " ", "divorcée"]), "38 ans · divorcée");
    }
}
