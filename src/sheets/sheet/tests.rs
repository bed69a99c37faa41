use super::*;

/// The invented sheet of the pictures: Solène VARENNES, first in rank for a T3 at Valbourg.
pub(crate) fn varennes() -> Sheet {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    let text = |text: &str| Some(text.to_owned());
    Sheet {
        version: SHEET_VERSION,
        commune_insee: "99101".to_owned(),
        agenda_order: Some(4),
        proposed_rank: Some(1),
        published_at: day(2026, 11, 23).and_then(|date| date.and_hms_opt(6, 0, 0)),
        identification: Identification {
            nur: "0990322004817G0991".to_owned(),
            title: text("2"),
            last_name: "VARENNES".to_owned(),
            first_name: text("Solène"),
            age: Some(38),
            residence_right_checked: Some(true),
            initial_filing_date: day(2022, 3, 12),
            application_reasons: vec![text("13"), text("09")],
            wanted_types: vec!["T3".to_owned(), "T4".to_owned()],
            past_offers: Some(1),
            past_refusals: Some(0),
            score: Some(145),
            score_max: Some(200),
            dalo_status: text("NON"),
            priority: Some(true),
            accessible_housing_needed: Some(false),
            landlord_opinion: text("favorable"),
            landlord_opinion_reason: text("adéquation foyer et logement : 3 personnes, 3 pièces"),
            ..Identification::default()
        },
        family: Family {
            marital_status: text("D"),
            employment_status: text("CDI"),
            part_time: Some(true),
            work_commune: text("99101"),
            adults_count: Some(1),
            children: Some(vec![child(8), child(5)]),
            alternating_custody_count: Some(1),
            unborn_count: Some(0),
            current_housing_modes: vec!["LP".to_owned()],
            current_rent: Some(Cents::new(64_000)),
            current_type: text("T2"),
            current_surface: Some(Hundredths::new(4_100)),
            current_occupants: Some(3),
            ..Family::default()
        },
        resources: Resources {
            rfr_n2: Some(Cents::new(1_584_000)),
            ceiling_ratio: Some(Tenths::new(425)),
            ceiling_category: Some(3),
            monthly_income: BTreeMap::from([
                ("SAL".to_owned(), Cents::new(118_000)),
                ("PAR".to_owned(), Cents::new(16_000)),
                ("PRESTATIONS".to_owned(), Cents::new(14_800)),
            ]),
            monthly_income_total: Some(Cents::new(148_800)),
            first_quartile: Some(false),
            base_rent: Some(Cents::new(39_820)),
            ancillary_rent: Some(Cents::new(2_500)),
            charges: Some(Cents::new(9_640)),
            energy_contribution: Some(Cents::new(0)),
            estimated_apl: Some(Cents::new(18_700)),
            estimated_apl_on: day(2026, 11, 20),
            ..Resources::default()
        },
        dwelling: Dwelling {
            dwelling_ref: "0117-02-0043".to_owned(),
            address: Some(Address {
                number: text("14"),
                street_type: text("rue"),
                street: text("des Tanneurs"),
                ..Address::default()
            }),
            program: text("Les Lavandières"),
            building: text("B"),
            floor: Some(2),
            door: text("204"),
            kind: text("T3"),
            living_area: Some(Hundredths::new(6_450)),
            has_lift: Some(true),
            parking: Some(true),
            dpe_energy: text("C"),
            funding: text("PLUS"),
            available_from: day(2027, 1, 4),
            ..Dwelling::default()
        },
    }
}

fn child(age: u32) -> Child {
    Child { age: Some(age), ..Child::default() }
}

#[test]
fn a_sheet_comes_back_from_its_bytes() {
    let sheet = varennes();
    assert_eq!(Sheet::from_bytes(&sheet.to_bytes()), Ok(sheet));
}

#[test]
fn what_is_absent_takes_no_room() {
    let bytes = Sheet { version: SHEET_VERSION, ..Sheet::default() }.to_bytes();
    assert_eq!(bytes, br#"{"version":1}"#);
}

#[test]
fn bytes_of_another_kind_or_of_a_later_version_are_refused() {
    assert_eq!(Sheet::from_bytes(b"{}"), Err(Unreadable::Malformed));
    assert_eq!(Sheet::from_bytes(b"\xff"), Err(Unreadable::Malformed));
    assert_eq!(Sheet::from_bytes(br#"{"version":2}"#), Err(Unreadable::Newer(2)));
}

#[test]
fn the_figures_are_those_of_the_picture() {
    let figures = varennes().figures();
    assert_eq!(figures.household_size, Some(3));
    assert_eq!(figures.consumption_units, Some(Hundredths::new(160)));
    assert_eq!(figures.income, Some(Cents::new(148_800)));
    assert_eq!(figures.net_cost, Some(Cents::new(33_260)));
    assert_eq!(figures.effort_rate, Some(Tenths::new(224)));
    assert_eq!(figures.residual_income, Some(Cents::new(2_407)));
}

#[test]
fn without_income_a_rate_is_not_calculable() {
    let mut sheet = varennes();
    sheet.resources.monthly_income.clear();
    sheet.resources.monthly_income_total = Some(Cents::new(0));
    assert_eq!(sheet.figures().effort_rate, None);
    assert_eq!(sheet.figures().residual_income, None);
}

#[test]
fn a_benefit_above_the_rent_leaves_no_negative_cost() {
    let mut sheet = varennes();
    sheet.resources.estimated_apl = Some(Cents::new(90_000));
    assert_eq!(sheet.figures().net_cost, Some(Cents::new(0)));
}

#[test]
fn an_unknown_age_leaves_the_units_unknown() {
    let mut sheet = varennes();
    sheet.family.children = Some(vec![child(8), Child::default()]);
    assert_eq!(sheet.figures().consumption_units, None);
    sheet.family.children = Some(vec![child(8), child(14)]);
    assert_eq!(sheet.figures().consumption_units, Some(Hundredths::new(180)));
}

#[test]
fn the_fingerprint_ignores_the_date_of_publication_only() {
    let sheet = varennes();
    let mut later = sheet.clone();
    later.published_at = None;
    assert_eq!(later.fingerprint_input(), sheet.fingerprint_input());
    later.proposed_rank = Some(2);
    assert_ne!(later.fingerprint_input(), sheet.fingerprint_input());
}

#[test]
fn a_list_entry_holds_both_rents_and_comes_back() {
    let entry = ListEntry::of(&varennes());
    assert_eq!(entry.rent, Some(Cents::new(42_320)));
    assert_eq!(entry.address, "14, rue des Tanneurs");
    assert_eq!(ListEntry::from_bytes(&entry.to_bytes()), Ok(entry));
}
