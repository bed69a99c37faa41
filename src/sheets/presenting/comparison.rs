//! The candidates for one dwelling: of each sheet, what a committee sets side by side (E6).

use super::{
    ABOVE, CommitteeFacts, NBSP, NOT_SHOWN, applicant, effort, household, income, opinion, residual,
    residual_limit,
};
use crate::page::format::{count, rate};
use crate::sheets::presentation::{Candidate, Comparison};
use crate::sheets::reference_codes::{DALO_STATUSES, Gender};
use crate::sheets::sheet::Sheet;

/// The sheets of one dwelling, in the order given.
pub fn compare(sheets: &[Sheet], about: &CommitteeFacts) -> Comparison {
    Comparison {
        effort_limit: format!("repère{NBSP}: {}", rate(about.effort_alert.get())),
        residual_limit: residual_limit(about),
        candidates: sheets.iter().map(|sheet| candidate(sheet, about)).collect(),
    }
}

fn candidate(sheet: &Sheet, about: &CommitteeFacts) -> Candidate {
    let figures = sheet.figures();
    let mut landmarks =
        [household(sheet, &figures), income(&figures), effort(&figures, about), residual(&figures, about)];
    let [_, income, effort, residual] = &mut landmarks;
    // What the head of the column says of all is not said again of each.
    income.notes.retain(|note| note != "par mois");
    effort.notes.retain(|note| note == ABOVE);
    residual.notes.clear();
    Candidate {
        applicant: applicant(sheet),
        rank: sheet.proposed_rank,
        landmarks,
        priorities: priorities(sheet),
        opinion: opinion(sheet),
    }
}

/// What is recognised, then the score; said too when there is nothing, so that no cell is blank.
fn priorities(sheet: &Sheet) -> Vec<String> {
    let person = &sheet.identification;
    let dalo = person.dalo_status.as_deref().filter(|status| *status != "NON");
    let recognised: Vec<String> = [
        (person.priority == Some(true)).then(|| "public prioritaire".to_owned()),
        dalo.map(|status| format!("DALO{NBSP}: {}", DALO_STATUSES.label(status, Gender::Unknown))),
        (person.siao_referral == Some(true)).then(|| "orientation par le SIAO".to_owned()),
        (person.transfer == Some(true)).then(|| "mutation".to_owned()),
        (person.urban_renewal_rehousing == Some(true))
            .then(|| "relogement, renouvellement urbain".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let known = person.priority.is_some() || person.dalo_status.is_some();
    let mut words = match (recognised.is_empty(), known) {
        (false, _) => recognised,
        (true, true) => vec!["aucune".to_owned()],
        (true, false) => vec![NOT_SHOWN.to_owned()],
    };
    match (person.score, person.score_max) {
        (Some(score), Some(most)) => words.push(format!("cotation {score}/{most}")),
        (Some(score), None) => words.push(count(i64::from(score), "point", "points")),
        _ => {}
    }
    words
}
