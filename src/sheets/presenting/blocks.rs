//! The evidence: labelled entries in blocks, the person to the left, the money to the right.
//!
//! A row of the picture is always there, « information non affichée » if need be; a row that the
//! picture has not comes at the end of its block and only when there is something to say.

use chrono::Datelike;

use super::{
    CommitteeFacts, NBSP, NOT_CALCULABLE, composition, day_of_year, dwelling_type, employment, gender,
    surface, title, whole_or_exact,
};
use crate::page::format::{count, date_numeric, money as euros, rate, seniority};
use crate::sheets::presentation::{Block, Row, Value};
use crate::sheets::reference_codes::{
    APPLICATION_KINDS, BENEFITS, CO_APPLICANT_LINKS, COLLECTIVE_AGREEMENTS, DALO_STATUSES, Gender,
    HOUSING_MODES, INCOMES, MARITAL_STATUSES, QUOTA_HOLDERS, REASONS, WANTED_CATEGORIES,
};
use crate::sheets::sheet::{Cents, Figures, Hundredths, Sheet};

fn row(label: impl Into<String>, value: Option<String>) -> Row {
    Row { label: label.into(), value: value.map_or(Value::NotShown, Value::Shown), total: false }
}

/// A row only where there is something to say.
fn extra(label: &str, value: Option<String>) -> Option<Row> {
    value.map(|value| row(label, Some(value)))
}

fn yes(label: &str, flag: Option<bool>) -> Option<Row> {
    extra(label, (flag == Some(true)).then(|| "oui".to_owned()))
}

fn yes_or_no(flag: bool) -> String {
    if flag { "oui" } else { "non" }.to_owned()
}

/// The household, its situation, its present housing, the application.
pub(super) fn person(sheet: &Sheet, figures: &Figures, about: &CommitteeFacts) -> Vec<Block> {
    vec![
        block("Foyer", false, 0, household(sheet, figures)),
        block("Situation", false, 4, situation(sheet, about)),
        block("Logement actuel", false, 5, present_housing(sheet)),
        block("Demande", false, 6, application(sheet, about)),
    ]
}

/// Income, cost, calculation, priorities.
pub(super) fn money(sheet: &Sheet, figures: &Figures, about: &CommitteeFacts) -> Vec<Block> {
    vec![
        block("Ressources", true, 1, income(sheet, figures, about)),
        block("Coût du logement proposé", true, 2, cost(sheet, figures)),
        block("Calcul", true, 3, calculation(figures)),
        block("Priorités", false, 7, priorities(sheet)),
    ]
}

fn block(title: &str, figures: bool, narrow_order: u8, rows: Vec<Row>) -> Block {
    Block { title: title.to_owned(), rows, figures, narrow_order }
}

fn household(sheet: &Sheet, figures: &Figures) -> Vec<Row> {
    let family = &sheet.family;
    let ages = match (family.dependants(), &family.children) {
        (Some(0), _) => Some("aucun".to_owned()),
        (_, Some(children)) => {
            let ages: Vec<String> = children.iter().filter_map(|child| child.age).map(age).collect();
            (ages.len() == children.len()).then(|| ages.join(", "))
        }
        _ => None,
    };
    let birth = family.unborn_count.map(|unborn| match unborn {
        0 => "non".to_owned(),
        _ => {
            let children = count(i64::from(unborn), "enfant", "enfants");
            match family.expected_birth_date {
                Some(date) => format!("{children}, vers le {}", day_of_year(date)),
                None => children,
            }
        }
    });
    let custody = family.alternating_custody_count.map(|shared| match shared {
        0 => "non".to_owned(),
        _ => count(i64::from(shared), "enfant", "enfants"),
    });
    let mut rows = vec![
        row("Personnes à loger", composition(sheet)),
        row("Enfants", ages),
        row("Garde alternée", custody),
        row("Naissance attendue", birth),
        row("Unités de consommation", figures.consumption_units.map(units)),
    ];
    let others = family.other_occupants.filter(|others| *others > 0);
    rows.extend(extra("Autres occupants", others.map(|others| others.to_string())));
    rows
}

fn age(years: u32) -> String {
    match years {
        0 => "moins d’un an".to_owned(),
        _ => count(i64::from(years), "an", "ans"),
    }
}

/// « 1,6 », « 2 », « 1,65 ».
fn units(units: Hundredths) -> String {
    let (whole, rest) = (units.get() / 100, units.get() % 100);
    match (rest, rest % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole},{}", rest / 10),
        _ => format!("{whole},{rest:02}"),
    }
}

fn situation(sheet: &Sheet, about: &CommitteeFacts) -> Vec<Row> {
    let (person, family) = (&sheet.identification, &sheet.family);
    let gender_of_applicant = gender(person.title.as_deref());
    let mut rows = vec![
        row(
            "Situation familiale",
            family
                .marital_status
                .as_deref()
                .map(|status| MARITAL_STATUSES.label(status, gender_of_applicant)),
        ),
        row(
            "Emploi",
            employment(
                family.employment_status.as_deref(),
                family.part_time,
                family.job.as_deref(),
                gender_of_applicant,
            ),
        ),
        row("Lieu de travail", family.work_commune.as_deref().map(|insee| about.commune(insee))),
        row("Employeur", family.employer.clone()),
        row(
            "Séjour régulier",
            person
                .residence_right_checked
                .map(|checked| if checked { "vérifié" } else { "non vérifié" }.to_owned()),
        ),
    ];
    rows.extend(extra("Nom de naissance", person.birth_name.clone()));
    if let Some(other) = &person.co_applicant {
        let their = gender(other.title.as_deref());
        let names: Vec<String> = [
            Some(title(other.title.as_deref())).filter(|title| !title.is_empty()),
            other.first_name.clone(),
            other.last_name.clone(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let link = person.co_applicant_link.as_deref().map(|link| CO_APPLICANT_LINKS.label(link, their));
        let words: Vec<String> = [Some(names.join(" ")), other.age.map(age), link]
            .into_iter()
            .flatten()
            .filter(|words| !words.is_empty())
            .collect();
        rows.push(row("Co-demandeur", (!words.is_empty()).then(|| words.join(", "))));
        rows.push(row(
            "Son emploi",
            employment(other.employment_status.as_deref(), other.part_time, other.job.as_deref(), their),
        ));
    }
    rows
}

fn present_housing(sheet: &Sheet) -> Vec<Row> {
    let family = &sheet.family;
    let parts: Vec<String> = [
        family.current_type.as_deref().map(|kind| dwelling_type(Some(kind))),
        family.current_surface.map(surface),
        family.current_occupants.map(|occupants| count(i64::from(occupants), "occupant", "occupants")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let modes: Vec<String> =
        family.current_housing_modes.iter().map(|mode| HOUSING_MODES.label(mode, Gender::Unknown)).collect();
    let mut rows = vec![
        row("Type", (!parts.is_empty()).then(|| parts.join(", "))),
        row("Statut", (!modes.is_empty()).then(|| modes.join("\u{a0}; "))),
        row("Loyer actuel", family.current_rent.map(|rent| euros(rent.get()))),
    ];
    rows.extend(extra(
        "Catégorie",
        family.current_category.as_deref().map(|category| WANTED_CATEGORIES.label(category, Gender::Unknown)),
    ));
    rows.extend(yes("Propriétaire d’un logement", family.is_owner));
    rows
}

fn application(sheet: &Sheet, about: &CommitteeFacts) -> Vec<Row> {
    let person = &sheet.identification;
    let reason = |position: usize| match person.application_reasons.get(position) {
        Some(reason) => reason.as_deref().map(|code| REASONS.label(code, Gender::Unknown)),
        None if person.application_reasons.is_empty() => None,
        None => Some("aucun".to_owned()),
    };
    let types: Vec<String> = person.wanted_types.iter().map(|kind| dwelling_type(Some(kind))).collect();
    let past = person.past_offers.zip(person.past_refusals).map(|(offers, refusals)| {
        format!(
            "{}, {}",
            count(i64::from(offers), "proposition", "propositions"),
            count(i64::from(refusals), "refus", "refus")
        )
    });
    let mut rows = vec![
        row("Dépôt", person.initial_filing_date.map(day_of_year)),
        row("Ancienneté", person.initial_filing_date.map(|filed| seniority(filed, about.held_on))),
        row("Motif principal", reason(0)),
        row("Second motif", reason(1)),
        row("Types souhaités", (!types.is_empty()).then(|| types.join(", "))),
        row("Propositions, refus", past),
    ];
    if person.application_reasons.len() > 2 {
        rows.push(row("Troisième motif", reason(2)));
    }
    let communes: Vec<String> = person.wanted_communes.iter().map(|insee| about.commune(insee)).collect();
    let label = |list: &crate::sheets::reference_codes::CodeList, code: &Option<String>| {
        code.as_deref().map(|code| list.label(code, Gender::Unknown))
    };
    rows.extend(
        [
            extra("Nature", label(&APPLICATION_KINDS, &person.application_kind)),
            extra("Catégorie souhaitée", label(&WANTED_CATEGORIES, &person.wanted_category)),
            extra("Communes souhaitées", (!communes.is_empty()).then(|| communes.join(", "))),
            yes("Demande élargie", person.extended_search),
            extra("Renouvellement", person.renewed_on.map(day_of_year)),
            yes("Délai anormalement long", person.abnormally_long_wait),
        ]
        .into_iter()
        .flatten(),
    );
    rows
}

/// A deduction: « − 187,00 € ».
fn less(amount: Cents, words: fn(Cents) -> String) -> String {
    if amount.get() == 0 { words(amount) } else { format!("\u{2212}{NBSP}{}", words(amount)) }
}

fn exact(amount: Cents) -> String {
    euros(amount.get())
}

fn total(label: &str, value: Option<String>) -> Row {
    Row { total: true, ..row(label, value) }
}

fn income(sheet: &Sheet, figures: &Figures, about: &CommitteeFacts) -> Vec<Row> {
    let resources = &sheet.resources;
    let mut rows: Vec<Row> = Vec::new();
    // In the order of the list, benefits before what remains; unknown codes last.
    for code in INCOMES.codes {
        if let Some(amount) = resources.monthly_income.get(code.code) {
            rows.push(row(code.label, Some(whole_or_exact(*amount))));
        }
    }
    for (code, amount) in &resources.monthly_income {
        if INCOMES.find(code).is_none() && code != BENEFITS {
            rows.push(row(format!("code {code}"), Some(whole_or_exact(*amount))));
        }
    }
    let alimony = resources.alimony_paid.filter(|paid| paid.get() > 0);
    let deducted = resources.listed_income() > figures.income;
    let paid = alimony.map(|paid| {
        let words = if deducted { less(paid, whole_or_exact) } else { whole_or_exact(paid) };
        row("Pension alimentaire versée", Some(words))
    });
    if deducted {
        rows.extend(paid.clone());
    }
    rows.push(total("Ressources mensuelles", figures.income.map(whole_or_exact)));
    if !deducted {
        rows.extend(paid);
    }
    let year = about.held_on.year();
    rows.push(row(format!("Revenu fiscal de référence {}", year - 2), resources.rfr_n2.map(whole_or_exact)));
    if let Some(latest) = resources.rfr_n1 {
        rows.push(row(format!("Revenu fiscal de référence {}", year - 1), Some(whole_or_exact(latest))));
    }
    let funding = sheet.dwelling.funding.as_deref().map(|funding| format!(" {funding}"));
    let category = resources.ceiling_category.map(|category| format!(", catégorie{NBSP}{category}"));
    rows.push(row(
        format!("Part du plafond{}{}", funding.unwrap_or_default(), category.unwrap_or_default()),
        figures.ceiling_ratio.map(|ratio| rate(ratio.get())),
    ));
    rows.push(row("Premier quartile", resources.first_quartile.map(yes_or_no)));
    rows
}

fn cost(sheet: &Sheet, figures: &Figures) -> Vec<Row> {
    let resources = &sheet.resources;
    let ancillary = if sheet.dwelling.parking == Some(true) { "Stationnement" } else { "Loyers accessoires" };
    let benefit = match resources.estimated_apl_on {
        Some(date) => format!("APL estimée le {}", date_numeric(date)),
        None => "APL estimée".to_owned(),
    };
    let mut rows = vec![
        row("Loyer principal", resources.base_rent.map(exact)),
        row(ancillary, resources.ancillary_rent.map(exact)),
        row("Charges", resources.charges.map(exact)),
        row("Contribution énergie", resources.energy_contribution.map(exact)),
    ];
    rows.extend(extra("Forfait eau et chauffage", resources.utilities_allowance.map(exact)));
    rows.push(row(benefit, resources.estimated_apl.map(|apl| less(apl, exact))));
    rows.push(total("Coût net mensuel", figures.net_cost.map(exact)));
    rows
}

/// An amount without its sign, as it enters a calculation.
fn bare(amount: String) -> String {
    amount.trim_end_matches(['€', NBSP]).to_owned()
}

/// The calculation written out, so that a reader can check it aloud.
fn calculation(figures: &Figures) -> Vec<Row> {
    let cost = figures.net_cost.map(|cost| bare(exact(cost)));
    let income = figures.income.map(|income| bare(whole_or_exact(income)));
    let effort = figures.effort_rate.map(|effort| rate(effort.get()));
    let left = figures.residual_income.map(exact);
    let not_calculable = || Some(NOT_CALCULABLE.to_owned());
    vec![
        match (&effort, &cost, &income) {
            (Some(_), Some(cost), Some(income)) => row(format!("{cost} ÷ {income} = taux d’effort"), effort),
            _ => row("Taux d’effort", not_calculable()),
        },
        match (&left, cost, income, figures.consumption_units) {
            (Some(_), Some(cost), Some(income), Some(count)) => {
                row(format!("({income} \u{2212} {cost}) ÷ 30 ÷ {} = reste", units(count)), left)
            }
            _ => row("Reste à vivre", not_calculable()),
        },
    ]
}

fn priorities(sheet: &Sheet) -> Vec<Row> {
    let person = &sheet.identification;
    let score = match (person.score, person.score_max) {
        (Some(score), Some(most)) => Some(format!("{score} sur {most}")),
        (Some(score), None) => Some(count(i64::from(score), "point", "points")),
        _ => None,
    };
    let mut rows = vec![
        row("Public prioritaire", person.priority.map(yes_or_no)),
        row("DALO", person.dalo_status.as_deref().map(|status| DALO_STATUSES.label(status, Gender::Unknown))),
        row("Cotation", score),
        row(
            "Logement accessible",
            person
                .accessible_housing_needed
                .map(|needed| if needed { "nécessaire" } else { "sans besoin" }.to_owned()),
        ),
    ];
    rows.extend(
        [
            extra(
                "Accord collectif",
                person
                    .collective_agreement
                    .as_deref()
                    .map(|code| COLLECTIVE_AGREEMENTS.label(code, Gender::Unknown)),
            ),
            yes("Orientation par le SIAO", person.siao_referral),
            yes("Mutation", person.transfer),
            yes("Relogement, renouvellement urbain", person.urban_renewal_rehousing),
            extra("Catégorie professionnelle", person.employee_category.clone()),
            extra(
                "Contingent",
                sheet.dwelling.quota_holder.as_deref().map(|code| QUOTA_HOLDERS.label(code, Gender::Unknown)),
            ),
        ]
        .into_iter()
        .flatten(),
    );
    rows
}
