//! The réglette: a graduated rule whose ticks are real units. Bold is what has elapsed; the tall
//! tick is now, or the limit.
//!
//! Every rule is drawn in percentages of its width, so that it follows the page without a script or
//! an inline style. It is hidden from assistive tools: the same fact stands beside it in words.

use maud::{Markup, html};

use super::marks::{Mark, strokes};

/// The opening day, 8 h to 19 h: eleven hours (E28).
const HOURS: u8 = 11;

fn percent(fraction: f32) -> String {
    format!("{:.3}%", fraction.clamp(0.0, 1.0) * 100.0)
}

fn hour(n: u8) -> f32 {
    f32::from(n) / f32::from(HOURS)
}

/// The day under the header: how much of it is gone, and what time it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRule {
    /// From 0 at 8 h to 1 at 19 h; `None` while closed.
    pub elapsed: Option<f32>,
    /// « 10 h 32 », or « fermé ».
    pub now: String,
    /// From 18:45 on, and while closed.
    pub attention: bool,
}

/// Draws the lower edge of the header.
pub fn day_rule(day: &DayRule) -> Markup {
    let at = day.elapsed.map(|elapsed| elapsed.clamp(0.0, 1.0));
    // The moving label wins over an hour it would cover.
    let free = |hour: f32| at.is_none_or(|at| at > hour + 0.05 || at < hour - 0.12);
    html! {
        svg.day-rule.attention[day.attention] width="100%" height="38" aria-hidden="true" focusable="false" {
            line.axis x1="0" x2="100%" y1="36.5" y2="36.5" {}
            @for n in 0..=HOURS {
                @let end = n == 0 || n == HOURS;
                line.axis x1=(percent(hour(n))) x2=(percent(hour(n))) y1=(if end { "24" } else { "31" }) y2="37" {}
            }
            @if at.is_none_or(|at| at > 0.05) { text x="0" dx="7" y="29" { "8\u{a0}h" } }
            @for (n, label) in [(4, "12\u{a0}h"), (8, "16\u{a0}h")] {
                @if free(hour(n)) { text.middle x=(percent(hour(n))) y="29" { (label) } }
            }
            @if at.is_none_or(|at| at < 0.86) { text.end x="100%" dx="-7" y="29" { "19\u{a0}h" } }
            @match at {
                Some(at) => {
                    line.elapsed x1="0" x2=(percent(at)) y1="36.5" y2="36.5" {}
                    line.now x1=(percent(at)) x2=(percent(at)) y1="20" y2="38" {}
                    @if at < 0.86 { text.now x=(percent(at)) dx="9" y="29" { (day.now) } }
                    @else { text.now.end x=(percent(at)) dx="-9" y="29" { (day.now) } }
                }
                None => text.now.middle x="50%" y="29" { (day.now) },
            }
        }
    }
}

/// One day of the week on the login page.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekDay {
    /// « lundi 23 ».
    pub label: String,
    /// The same fact in words, for whoever does not see the rule: « ouvert de 8 h à 17 h 30 ».
    pub words: String,
    pub today: bool,
    /// When the day opens and closes, 0 at 8 h to 1 at 19 h; `None` for a day that stays closed.
    pub open: Option<(f32, f32)>,
    /// How much of today is gone, on the same scale.
    pub elapsed: Option<f32>,
    /// « fermé », « 11 novembre », when the day is not a full one; otherwise empty.
    pub exception: String,
}

/// The five working days, each a rule of eleven hours.
pub fn week(days: &[WeekDay]) -> Markup {
    html! {
        div.week {
            svg.hours width="100%" height="20" aria-hidden="true" focusable="false" {
                text x="0" y="14" { "8\u{a0}h" }
                text.middle x=(percent(hour(4))) y="14" { "12\u{a0}h" }
                text.middle x=(percent(hour(8))) y="14" { "16\u{a0}h" }
                text.end x="100%" y="14" { "19\u{a0}h" }
            }
            dl {
                @for day in days {
                    div.today[day.today] {
                        dt { (day.label) }
                        dd { span.unseen { (day.words) } (week_day(day)) }
                    }
                }
            }
        }
    }
}

fn week_day(day: &WeekDay) -> Markup {
    html! {
        svg width="100%" height="38" aria-hidden="true" focusable="false" {
            @if let Some((from, to)) = day.open {
                line.axis x1=(percent(from)) x2=(percent(to)) y1="19" y2="19" {}
                @for n in 0..=HOURS {
                    @if hour(n) >= from && hour(n) <= to {
                        line.axis x1=(percent(hour(n))) x2=(percent(hour(n))) y1="14" y2="24" {}
                    }
                }
                @if to < 1.0 { line.limit x1=(percent(to)) x2=(percent(to)) y1="11" y2="27" {} }
                @if let Some(elapsed) = day.elapsed {
                    line.elapsed x1=(percent(from)) x2=(percent(elapsed.min(to))) y1="19" y2="19" {}
                    line.now x1=(percent(elapsed)) x2=(percent(elapsed)) y1="5" y2="28" {}
                }
            }
            @if !day.exception.is_empty() {
                @if day.open.is_some() { text.limit.end x="100%" y="24" { (day.exception) } }
                @else { text.limit x="0" y="24" { (day.exception) } }
            }
        }
    }
}

/// The sheets of one committee, a tick each, grouped by dwelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRule {
    pub groups: Vec<SheetRuleGroup>,
    /// Which sheet is being read, counted from 0 through all groups.
    pub current: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRuleGroup {
    /// « T3 ».
    pub kind: String,
    /// The reader's own marks, in the order of the list.
    pub marks: Vec<Mark>,
}

/// Draws where the reader stands in the committee. Above sixty sheets the signs would touch each
/// other: ticks remain, and the kinds of dwellings that have room.
pub fn sheet_rule(rule: &SheetRule) -> Markup {
    const GAP: f32 = 0.33;
    let count: usize = rule.groups.iter().map(|group| group.marks.len()).sum();
    let gaps = rule.groups.len().saturating_sub(1);
    let span = (count as f32 + gaps as f32 * GAP).max(1.0);
    let dense = count > 60;
    let mut start = 0.0_f32;
    let mut first = 0_usize;
    let mut placed = Vec::with_capacity(rule.groups.len());
    for group in &rule.groups {
        placed.push((group, start, first));
        start += group.marks.len() as f32 + GAP;
        first += group.marks.len();
    }
    html! {
        svg.sheet-rule width="100%" height="38" aria-hidden="true" focusable="false" {
            @for (group, start, first) in placed {
                @let size = group.marks.len() as f32;
                @if !dense || size / span > 0.04 { text x=(percent(start / span)) y="12" { (group.kind) } }
                line.axis x1=(percent(start / span)) x2=(percent((start + size) / span)) y1="27" y2="27" {}
                @for (n, mark) in group.marks.iter().enumerate() {
                    @let left = start + n as f32;
                    @if rule.current == Some(first + n) {
                        rect.current x=(percent((left + 0.04) / span)) y="23" width=(percent(0.92 / span)) height="8" {}
                    } @else {
                        svg.(tick_class(*mark)) x=(percent((left + 0.5) / span)) y="27" overflow="visible" {
                            @match mark {
                                Mark::New | Mark::Changed | Mark::Read if !dense => g transform="translate(-5.5 -5.5)" { (strokes(*mark)) },
                                Mark::Withdrawn => path d="M-4 0h8" {},
                                _ => path d="M0 -5v10" {},
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tick_class(mark: Mark) -> &'static str {
    match mark {
        Mark::New | Mark::Changed => "fresh",
        Mark::Read | Mark::Withdrawn | Mark::Unread | Mark::Held | Mark::ToDo | Mark::Gap => "tick",
    }
}

/// A figure against its limit: the bold line is the figure, the tall tick the limit.
pub fn limit_rule(value: f32, limit: f32, parts: u8) -> Markup {
    html! {
        svg.limit-rule width="100%" height="24" aria-hidden="true" focusable="false" {
            line.axis x1="0" x2="100%" y1="12" y2="12" {}
            @for n in 0..=parts.max(1) {
                @let x = percent(f32::from(n) / f32::from(parts.max(1)));
                line.axis x1=(x) x2=(x) y1="7" y2="17" {}
            }
            line.value x1="0" x2=(percent(value)) y1="12" y2="12" {}
            line.mark x1=(percent(limit)) x2=(percent(limit)) y1="2" y2="22" {}
        }
    }
}
