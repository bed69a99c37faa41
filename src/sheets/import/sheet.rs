//! One sheet of the file into a [`Sheet`]: read, masked, checked against its own figures.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::fields::{Lines, Object};
use super::tree::Value;
use super::values::{self, Read, objected};
use super::{FaultKind, Format};
use crate::page::format::{money, rate};
use crate::sheets::reference_codes::{BENEFITS, HOUSING_MODES, INCOMES, REASONS};
use crate::sheets::sheet::{
    Address, Cents, Child, CoApplicant, Dwelling, Family, Identification, Resources, SHEET_VERSION, Sheet,
    Tenths,
};

const NAME: usize = 80;
const WORDS: usize = 120;
const SENTENCE: usize = 240;

/// A sheet as read, before the committee's own date is known.
#[derive(Default)]
pub(super) struct Draft {
    pub sheet: Sheet,
    pub birth_date: Option<NaiveDate>,
    pub co_birth_date: Option<NaiveDate>,
    /// The seniority the file claims, in months.
    pub seniority: Option<u32>,
    pub lines: Lines,
    pub line: u64,
    pub path: String,
    /// Whether it may be handed over.
    pub sound: bool,
}

/// Reads every field of a sheet. Faults are laid on the object's desk.
pub(super) fn read(object: &mut Object<'_, '_>) -> Draft {
    object.rename("rank", "proposed_rank");
    object.require(&["commune_insee", "nur", "last_name", "dwelling_ref"]);
    let mut draft = Draft::default();
    draft.sheet.version = SHEET_VERSION;
    draft.sheet.commune_insee = object.commune("commune_insee").unwrap_or_default();
    draft.sheet.agenda_order = object.count("agenda_order", 1, 9_999);
    draft.sheet.proposed_rank = object.count("proposed_rank", 1, 999);
    draft.sheet.published_at = object.moment("published_at");
    draft.birth_date = object.private_date("birth_date");
    draft.seniority = object.count("seniority_months", 0, 1_200);
    draft.sheet.identification = identification(object, &mut draft.co_birth_date);
    draft.sheet.family = family(object);
    draft.sheet.resources = resources(object);
    draft.sheet.dwelling = dwelling(object);
    for ignored in
        ["nationality_group", "registration_desk_code", "rpls_id", "usable_area", "dpe_ghg", "apl_agreement"]
    {
        object.take(ignored);
    }
    check_figures(object, &draft.sheet);
    draft
}

fn identification(object: &mut Object<'_, '_>, co_birth_date: &mut Option<NaiveDate>) -> Identification {
    Identification {
        nur: object.application_number("nur").unwrap_or_default(),
        title: object.code("title"),
        last_name: object.text("last_name", NAME).unwrap_or_default(),
        birth_name: object.text("birth_name", NAME),
        first_name: object.text("first_name", NAME),
        age: object.count("age", 0, 120),
        co_applicant: object.object("co_applicant", |person| {
            *co_birth_date = person.private_date("birth_date");
            CoApplicant {
                title: person.code("title"),
                last_name: person.text("last_name", NAME),
                birth_name: person.text("birth_name", NAME),
                first_name: person.text("first_name", NAME),
                age: person.count("age", 0, 120),
                employment_status: person.code("employment_status"),
                part_time: person.flag("part_time"),
                job: person.text("job", WORDS),
            }
        }),
        co_applicant_link: object.code("co_applicant_link"),
        residence_right_checked: object.flag("residence_right_checked"),
        initial_filing_date: object.date("initial_filing_date"),
        renewed_on: object.date("renewed_on"),
        application_kind: object.code("application_kind"),
        application_reasons: reasons(object),
        wanted_types: object.codes("wanted_types", 10),
        wanted_category: object.code("wanted_category"),
        wanted_communes: object.list("wanted_communes", 20, |value, _| values::commune(value)),
        extended_search: object.flag("extended_search"),
        past_offers: object.count("past_offers", 0, 999),
        past_refusals: object.count("past_refusals", 0, 999),
        abnormally_long_wait: object.flag("abnormally_long_wait"),
        score: object.count("score", 0, 99_999),
        score_max: object.count("score_max", 1, 99_999),
        dalo_status: object.code("dalo_status"),
        collective_agreement: object.code("collective_agreement"),
        priority: object.read("priority_l441_1", |value, desk| priority(value, desk.format)),
        siao_referral: object.flag("siao_referral"),
        transfer: object.flag("transfer"),
        urban_renewal_rehousing: object.flag("urban_renewal_rehousing"),
        employee_category: object.text("employee_category", WORDS),
        accessible_housing_needed: object.flag("accessible_housing_needed"),
        landlord_opinion: object.read("landlord_opinion", |value, desk| {
            values::code(value, desk.context).map(|opinion| opinion_code(&opinion))
        }),
        landlord_opinion_reason: {
            let fit = object.text("fit", SENTENCE);
            object.text("landlord_opinion_reason", SENTENCE).or(fit)
        },
    }
}

/// Reasons keep their order; a sensitive one keeps its place and loses its code.
fn reasons(object: &mut Object<'_, '_>) -> Vec<Option<String>> {
    object
        .codes("application_reasons", 5)
        .into_iter()
        .map(|code| {
            // A spreadsheet writes 9 for 09.
            let code = if code.len() == 1 { format!("0{code}") } else { code };
            (!REASONS.withholds(&code)).then_some(code)
        })
        .collect()
}

/// Whether there is a priority; the letter of the ground is read and forgotten.
fn priority(value: &Value, format: Format) -> Read<bool> {
    match value {
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "oui" | "true" | "vrai" | "1" if format == Format::Csv => Ok(true),
            "non" | "false" | "faux" | "0" if format == Format::Csv => Ok(false),
            "a" | "b" | "c" | "d" | "e" | "f" | "g" | "g bis" | "h" | "i" | "j" | "k" | "l" | "m" => Ok(true),
            _ => objected(
                FaultKind::NotAccepted,
                "une autre valeur (masquée)",
                "true, false ou la lettre de l’article L. 441-1",
            ),
        },
        _ => values::flag(value, format),
    }
}

fn opinion_code(opinion: &str) -> String {
    match opinion.to_lowercase().as_str() {
        "reserve" | "réserve" | "reservé" | "réservé" => "réservé".to_owned(),
        "defavorable" | "défavorable" => "défavorable".to_owned(),
        "favorable" => "favorable".to_owned(),
        _ => opinion.to_owned(),
    }
}

fn family(object: &mut Object<'_, '_>) -> Family {
    Family {
        marital_status: object.code("marital_status"),
        employment_status: object.code("employment_status"),
        part_time: object.flag("part_time"),
        job: object.text("job", WORDS),
        employer: object.text("employer", WORDS),
        work_commune: object.commune("work_commune"),
        adults_count: object.count("adults_count", 0, 30),
        dependants_count: object.count("dependants_count", 0, 30),
        children: object.objects("children", 30, |child| Child {
            age: child.count("age", 0, 120),
            sex: child.code("sex"),
            link: child.code("link"),
        }),
        alternating_custody_count: object.count("alternating_custody_count", 0, 30),
        unborn_count: object.count("unborn_count", 0, 9),
        expected_birth_date: object.date("expected_birth_date"),
        household_size: object.count("household_size", 1, 40),
        other_occupants: object.count("other_occupants", 0, 40),
        consumption_units: object.hundredths("uc", 40).filter(|units| units.get() > 0),
        current_housing_modes: {
            let mut modes = object.codes("current_housing_modes", 17);
            modes.retain(|mode| !HOUSING_MODES.withholds(mode));
            modes
        },
        current_rent: object.money("current_rent"),
        current_type: object.code("current_type"),
        current_category: object.code("current_category"),
        current_surface: object.hundredths("current_surface", 2_000),
        current_occupants: object.count("current_occupants", 0, 99),
        is_owner: object.flag("is_owner"),
    }
}

fn resources(object: &mut Object<'_, '_>) -> Resources {
    let mut monthly_income: BTreeMap<String, Cents> = BTreeMap::new();
    for (code, amount) in object.amounts("monthly_income") {
        let shown = if INCOMES.withholds(&code) { BENEFITS.to_owned() } else { code };
        let sum = monthly_income.entry(shown).or_default();
        *sum = sum.plus(amount);
    }
    let mut resources = Resources {
        rfr_n2: object.money("rfr_n2"),
        rfr_n1: object.money("rfr_n1"),
        income_ceiling: object.money("income_ceiling"),
        ceiling_ratio: object.rate("ceiling_ratio"),
        ceiling_category: object.count("ceiling_category", 1, 9),
        monthly_income,
        alimony_paid: object.money("alimony_paid"),
        monthly_income_total: None,
        first_quartile: object.flag("first_quartile"),
        base_rent: object.money("base_rent"),
        ancillary_rent: object.money("ancillary_rent"),
        charges: object.money("charges"),
        energy_contribution: object.money("energy_contribution"),
        utilities_allowance: object.money("utilities_allowance"),
        estimated_apl: object.money("estimated_apl"),
        estimated_apl_on: object.date("estimated_apl_on"),
    };
    let claimed = object.money("monthly_income_total");
    let listed = resources.listed_income();
    resources.monthly_income_total = claimed.or(listed);
    if let (Some(claimed), Some(listed)) = (claimed, listed) {
        let paid = resources.alimony_paid.unwrap_or_default();
        let near = |total: Cents| claimed.minus(total).get().abs() <= 100;
        if !near(listed) && !near(listed.minus(paid)) {
            object.fault_at(
                object.line_of("monthly_income_total"),
                "monthly_income_total",
                FaultKind::Figure,
                money(claimed.get()),
                format!("{}, somme des ressources, à 1\u{a0}€ près", money(listed.get())),
            );
        }
    }
    resources
}

fn dwelling(object: &mut Object<'_, '_>) -> Dwelling {
    Dwelling {
        dwelling_ref: object.text("dwelling_ref", 40).unwrap_or_default(),
        address: address(object),
        program: object.text("program", WORDS),
        building: object.text("building", 40),
        stair: object.text("stair", 40),
        floor: object.floor("floor"),
        door: object.text("door", 40),
        building_kind: object.read("building_kind", |value, desk| {
            values::code(value, desk.context).map(|kind| match kind.to_lowercase().as_str() {
                "c" | "collectif" => "C".to_owned(),
                "i" | "individuel" => "I".to_owned(),
                _ => kind,
            })
        }),
        kind: object.code("type"),
        living_area: object.hundredths("living_area", 2_000),
        has_lift: object.flag("has_lift"),
        accessible: object.flag("accessible"),
        parking: object.flag("parking"),
        annexes: object.text("annexes", WORDS),
        dpe_energy: object.code("dpe_energy"),
        funding: object.code("funding"),
        available_from: object.date("available_from"),
        quota_holder: object.code("quota_holder"),
        in_priority_district: object.flag("dwelling_in_qpv"),
    }
}

/// An address in its parts, or a line of text.
fn address(object: &mut Object<'_, '_>) -> Option<Address> {
    if object.holds_text("address") {
        let street = object.text("address", WORDS);
        return street.is_some().then(|| Address { street, ..Address::default() });
    }
    object.object("address", |part| Address {
        number: part.code("number"),
        suffix: part.code("suffix"),
        street_type: part.text("street_type", 40),
        street: part.text("street", WORDS),
        postcode: part.code("postcode"),
        commune: part.text("commune", NAME),
    })
}

/// The figures the file gives must be those its data lead to.
fn check_figures(object: &mut Object<'_, '_>, sheet: &Sheet) {
    let figures = sheet.figures();
    let cost = object.money("net_housing_cost").map(Cents::get);
    check(object, "net_housing_cost", cost, figures.net_cost.map(Cents::get), 1, money);
    let effort = object.rate("effort_rate").map(Tenths::get);
    check(object, "effort_rate", effort, figures.effort_rate.map(Tenths::get), 1, rate);
    let residual = object.balance("residual_income").map(Cents::get);
    check(object, "residual_income", residual, figures.residual_income.map(Cents::get), 5, money);
}

/// `tolerance` is in the smallest unit, as are the figures.
fn check(
    object: &mut Object<'_, '_>,
    name: &'static str,
    claimed: Option<i64>,
    calculated: Option<i64>,
    tolerance: i64,
    words: fn(i64) -> String,
) {
    let Some(claimed) = claimed else { return };
    // What follows from another fault would only be noise.
    if !object.is_sound() {
        return;
    }
    let accepted = match calculated {
        Some(figure) if (claimed - figure).abs() <= tolerance => return,
        Some(figure) => format!(
            "{} d’après les données de la fiche, à {} près, ou un champ absent",
            words(figure),
            words(tolerance)
        ),
        None => "un champ absent\u{a0}: les données de la fiche ne permettent pas ce calcul".to_owned(),
    };
    let line = object.line_of(name);
    object.fault_at(line, name, FaultKind::Figure, words(claimed), accepted);
}
