//! A sheet as a person reads it: French words, in the order of reading (E6).
//!
//! The two displays, pixels and text, draw this same value, so that neither can show what the
//! other hides. Nothing here computes: every string is final.

/// One summary sheet, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Presentation {
    pub head: RunningHead,
    pub applicant: Applicant,
    pub rank: Rank,
    pub dwelling: Dwelling,
    /// Household, income, effort rate, residual income: always these four, always in this order.
    pub landmarks: [Landmark; 4],
    /// The person: household, situation, present housing, application.
    pub left: Vec<Block>,
    /// The money: income, cost, calculation, priorities.
    pub right: Vec<Block>,
    /// « Favorable », with its reason.
    pub opinion: Opinion,
    /// « Mise à jour le 23 novembre 2026 à 6 h · supprimée le 27 novembre à 0 h · aucune décision n’y figure ».
    pub foot: String,
}

/// Which committee, which commune: the error to exclude first.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningHead {
    /// « dossier 4 », or empty when the file gives no order.
    pub file: String,
    /// « Commission du jeudi 26 novembre 2026, 9 h 30 · Est 2026-47 ».
    pub committee: String,
    /// « 26 nov. 2026, 9 h 30 », for a phone.
    pub committee_short: String,
    pub commune: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Applicant {
    /// « Mme », « M. », or empty.
    pub title: String,
    pub first_name: String,
    pub last_name: String,
    /// « 38 ans », « divorcée », « 2 enfants », « CDI, temps partiel »: joined by a middle dot.
    pub facts: Vec<String>,
    /// The 18 characters, unbroken; drawn in blocks of 3 2 2 6 5.
    pub number: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rank {
    pub rank: Option<u32>,
    /// How many candidates stand for this dwelling.
    pub of: Option<u32>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Dwelling {
    /// « T3 ».
    pub kind: String,
    /// « 64,50 m² », or empty.
    pub area: String,
    /// « 14, rue des Tanneurs ».
    pub address: String,
    /// « Les Lavandières, bâtiment B, porte 204 ».
    pub place: String,
    /// « 2e étage avec ascenseur · PLUS · DPE C »; the ordinal « e » is written U+1D49.
    pub features: String,
    /// The same on a phone: « 2e étage, asc. · PLUS · DPE C ».
    pub features_short: String,
    /// « Réf. 0117-02-0043 · libre le 4 janvier 2027 ».
    pub reference: String,
    /// « 332,60 € ».
    pub net_cost: String,
}

/// One of the four figures read at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmark {
    /// « Taux d’effort ».
    pub label: String,
    /// « 22,4 % », or « non calculable ».
    pub figure: String,
    /// « personnes », drawn smaller beside the figure; empty where the figure bears its unit.
    pub unit: String,
    /// At most two short lines under the figure.
    pub notes: Vec<String>,
    /// A rate means nothing without its limit: the rule shows both. Absent where not calculable.
    pub rule: Option<Rule>,
}

/// A graduated rule, in fractions of its length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Where the bold line ends, 0 to 1.
    pub value: f32,
    /// Where the tall tick stands, 0 to 1.
    pub mark: f32,
    /// How many equal parts the ticks make.
    pub parts: u8,
}

/// A titled group of labelled entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub title: String,
    pub rows: Vec<Row>,
    /// Figures are set to the right, words to the left.
    pub figures: bool,
    /// Place in the single column of a phone, where money comes first.
    pub narrow_order: u8,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub label: String,
    pub value: Value,
    /// A total: bold, under a line of its own.
    pub total: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Shown(String),
    /// « information non affichée »: the field exists and is withheld, or was not given (E6).
    NotShown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// « Favorable », « Réservé », « Défavorable », or « Non communiqué ».
    pub verdict: String,
    pub reason: String,
}

/// The candidates for one dwelling side by side, in the order of the ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// « repère : 33 % »: the same for all, so said once.
    pub effort_limit: String,
    /// « par jour et UC, seuil 12 € ».
    pub residual_limit: String,
    pub candidates: Vec<Candidate>,
}

/// What of a sheet is compared. The rest is on the sheet, one link away.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub applicant: Applicant,
    pub rank: Option<u32>,
    /// The four of the sheet; their notes leave out the limits, which stand above all.
    pub landmarks: [Landmark; 4],
    /// « public prioritaire », « cotation 145/200 ».
    pub priorities: Vec<String>,
    pub opinion: Opinion,
}

/// One line of a committee's list: what a reader needs to choose, painted like the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct ListLine {
    pub title: String,
    pub first_name: String,
    pub last_name: String,
    pub number: String,
    /// The surname is bold while the sheet is new, changed or unread.
    pub unread: bool,
}
