//! Lifelike invented sheets, as the import document a landlord would send: the demonstration goes
//! through the real import. Everything is fictitious: département 099, Valbourg and Mérizeau.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value, json};

use super::cast::{Home, MERIZEAU, PEOPLE, PICTURED_NUMBERS, VALBOURG};

/// A committee to fill with sheets.
#[derive(Debug, Clone)]
pub struct DemoCommittee {
    /// « Est 2026-47 ».
    pub reference: String,
    pub held_on: NaiveDate,
    pub starts_at: NaiveTime,
    /// When the landlord first updated the sheets, Paris time: before the demonstration's own now.
    pub published_at: NaiveDateTime,
    /// When it updated what is new or has changed in the second file.
    pub changed_at: NaiveDateTime,
    pub communes: Vec<DemoCommune>,
}

/// The sheets of one commune in a committee.
#[derive(Debug, Clone)]
pub struct DemoCommune {
    /// Official code, `99101` or `99102`.
    pub insee: String,
    /// How many of its homes are proposed elsewhere: each is proposed once.
    pub first_home: usize,
    pub sheets: usize,
}

/// Which of a landlord's two files: between them some sheets come, some change, some go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    First,
    Second,
}

/// Households whose sheet the first file does not hold yet.
const LATECOMERS: [usize; 5] = [2, 10, 16, 27, 33];
/// Households of whom the second file says something else.
const CHANGED: [usize; 4] = [4, 13, 21, 29];
/// Stands for one dwelling of the first committee, in the first file alone.
const LEAVER: usize = 60;
const TANNEURS: &str = "0117-02-0043";

/// Invented sheets for these committees, drawn in order from the same forty households; equal
/// arguments give an equal document.
pub fn document(committees: &[DemoCommittee], file: File) -> Value {
    let mut drawn = 0;
    let committees: Vec<Value> = committees
        .iter()
        .enumerate()
        .map(|(index, committee)| {
            let mut sheets = Vec::new();
            let mut order = 0;
            for commune in &committee.communes {
                let homes: &[Home] = if commune.insee == "99102" { &MERIZEAU } else { &VALBOURG };
                let places = homes
                    .iter()
                    .skip(commune.first_home)
                    .flat_map(|home| (1..=home.candidates).map(move |rank| (home, rank)));
                for (home, rank) in places.take(commune.sheets) {
                    order += 1;
                    if file == File::Second || !LATECOMERS.contains(&drawn) {
                        sheets.push(sheet(drawn, home, &commune.insee, rank, order, committee, file));
                    }
                    drawn += 1;
                    let goes = index == 0 && rank == home.candidates;
                    if file == File::First && goes && home.reference == TANNEURS {
                        sheets.push(sheet(LEAVER, home, &commune.insee, rank + 1, LEAVER, committee, file));
                    }
                }
            }
            json!({
                "reference": committee.reference,
                "held_on": committee.held_on.to_string(),
                "ends_on": committee.held_on.to_string(),
                "starts_at": committee.starts_at.format("%H:%M").to_string(),
                "status": "planned",
                "sheets": sheets,
            })
        })
        .collect();
    json!({"version": 1, "committees": committees})
}

fn sheet(
    drawn: usize,
    home: &Home,
    commune: &str,
    rank: usize,
    order: usize,
    committee: &DemoCommittee,
    file: File,
) -> Value {
    let draw = drawn % PEOPLE.len();
    let second = file == File::Second;
    let (came, changed) = (second && LATECOMERS.contains(&drawn), second && CHANGED.contains(&drawn));
    let published_at = if came || changed { committee.changed_at } else { committee.published_at };
    let mut sheet = Map::new();
    let mut add = |part: Value| {
        if let Value::Object(entries) = part {
            sheet.extend(entries);
        }
    };
    add(json!({
        "commune_insee": commune,
        "agenda_order": order,
        "proposed_rank": rank,
        "published_at": published_at.format("%Y-%m-%dT%H:%M").to_string(),
    }));
    add(dwelling(home, committee));
    add(applicant(draw, drawn / PEOPLE.len()));
    add(if draw == 3 { varennes(committee) } else { household(draw, home, committee) });
    if changed {
        // One more offer, refused since.
        add(json!({"past_offers": 3, "past_refusals": 1}));
    }
    Value::Object(sheet)
}

fn dwelling(home: &Home, committee: &DemoCommittee) -> Value {
    let (number, suffix) = match home.number.split_once(' ') {
        Some((number, suffix)) => (number, Some(suffix)),
        None => (home.number, None),
    };
    let free_on = committee.held_on + Days::new(39);
    let estimated_on = committee.published_at.date() - Days::new(3);
    json!({
        "dwelling_ref": home.reference,
        "address": {
            "number": number, "suffix": suffix,
            "street_type": home.street_type, "street": home.street,
        },
        "program": home.program,
        "building": if home.house { None } else { Some("B") },
        "door": if home.house { None } else { Some(format!("{}04", home.floor)) },
        "floor": home.floor,
        "has_lift": home.lift,
        "accessible": home.floor == 0 && !home.house,
        "building_kind": if home.house { "I" } else { "C" },
        "annexes": home.house.then_some("jardin"),
        "type": home.kind,
        "living_area": home.area,
        "parking": home.parking > 0.0,
        "dpe_energy": "C",
        "funding": "PLUS",
        "available_from": free_on.to_string(),
        "base_rent": home.rent,
        "ancillary_rent": home.parking,
        "charges": home.charges,
        "energy_contribution": 0,
        "estimated_apl_on": estimated_on.to_string(),
    })
}

/// Who applies. A second round of the same forty bears other numbers.
fn applicant(draw: usize, round: usize) -> Value {
    let Some((first_name, last_name, title)) = PEOPLE.get(draw) else {
        return Value::Null;
    };
    let filed = filing_date(draw);
    let number = match PICTURED_NUMBERS.get(draw) {
        Some(number) if round == 0 => (*number).to_owned(),
        _ => format!(
            "099{:02}{:02}{:06}{}",
            filed.month(),
            filed.year() % 100,
            (draw * 613 + round * 7_919 + 118) % 1_000_000,
            if draw % 4 == 1 { "GDPUB" } else { "G0991" },
        ),
    };
    json!({
        "nur": number,
        "title": title,
        "first_name": first_name,
        "last_name": last_name,
        "initial_filing_date": filed.to_string(),
        "residence_right_checked": true,
        "dalo_status": if draw % 13 == 6 { "ACTIF" } else { "NON" },
        "priority_l441_1": draw.is_multiple_of(3),
        "score": 60 + (draw * 17) % 110,
        "score_max": 200,
        "past_offers": draw % 3,
        "past_refusals": draw % 2 * (draw % 3) / 2,
        "accessible_housing_needed": draw % 11 == 8,
    })
}

/// The month and the year are those of the number, as they are in life.
fn filing_date(draw: usize) -> NaiveDate {
    let digits = |number: &str, from: usize| -> Option<u32> {
        number.get(from..from + 2).and_then(|part| part.parse().ok())
    };
    let day = 1 + u32::try_from(draw * 7 % 27).unwrap_or_default();
    let pictured = PICTURED_NUMBERS.get(draw).and_then(|number| {
        let year = i32::try_from(digits(number, 5)?).ok()?;
        NaiveDate::from_ymd_opt(2000 + year, digits(number, 3)?, day)
    });
    let month = 1 + u32::try_from(draw * 5 % 12).unwrap_or_default();
    let year = 2019 + i32::try_from(draw % 7).unwrap_or_default();
    pictured.or_else(|| NaiveDate::from_ymd_opt(year, month, day)).unwrap_or_default()
}

/// The household of the pictures, to the cent.
fn varennes(committee: &DemoCommittee) -> Value {
    json!({
        "birth_date": birth(38, committee),
        "initial_filing_date": "2022-03-12",
        "marital_status": "D", "employment_status": "CDI", "part_time": true,
        "work_commune": "99101",
        "adults_count": 1, "children": [{"age": 8}, {"age": 5}], "alternating_custody_count": 1,
        "unborn_count": 0,
        "monthly_income": {"SAL": 1180, "PAR": 160, "AF": 148},
        "monthly_income_total": 1488,
        "rfr_n2": 15840, "ceiling_ratio": 42.5, "ceiling_category": 3, "first_quartile": false,
        "current_housing_modes": ["LP"], "current_type": "T2", "current_surface": 41,
        "current_occupants": 3, "current_rent": 640,
        "application_reasons": ["13", "09"], "wanted_types": ["T3", "T4"],
        "past_offers": 1, "past_refusals": 0, "score": 145, "priority_l441_1": true,
        "dalo_status": "NON", "accessible_housing_needed": false,
        "estimated_apl": 187,
        "landlord_opinion": "favorable",
        "landlord_opinion_reason": "adéquation foyer et logement\u{a0}: 3\u{a0}personnes, 3\u{a0}pièces",
    })
}

fn birth(age: u32, committee: &DemoCommittee) -> String {
    (committee.held_on - Months::new(12 * age + 4)).to_string()
}

/// Everything else, varied by the draw: ages, ties, work, income from nothing to comfortable.
fn household(draw: usize, home: &Home, committee: &DemoCommittee) -> Value {
    let rooms = home.kind.trim_start_matches('T').parse().unwrap_or(2_usize);
    let couple = rooms > 2 && draw.is_multiple_of(2);
    let children: Vec<Value> = (0..rooms.saturating_sub(2).min(4))
        .map(|child| json!({"age": (draw * 3 + child * 4) % 17}))
        .collect();
    // 20 and 28: two retired women; 7, 19, 33: no income; 14: an unknown code.
    let retired = matches!(draw, 20 | 28);
    let age = if retired { 71 } else { 23 + draw * 7 % 36 };
    let salary = match draw {
        7 | 19 | 33 => 0,
        _ => 780 + draw * 97 % 900 + if couple { 620 } else { 0 },
    };
    let mut income = Map::new();
    income.insert(if retired { "RET" } else { "SAL" }.to_owned(), json!(salary));
    if children.len() > 1 && salary > 0 {
        income.insert("AF".to_owned(), json!(148));
    }
    if draw == 14 {
        income.insert("RVX".to_owned(), json!(85));
    }
    let benefit = if salary < 1_400 { 120 + draw * 11 % 90 } else { 0 };
    let expecting = draw == 10;
    let transfer = draw.is_multiple_of(9);
    let modes: &[&str] = match draw % 6 {
        _ if transfer => &["HLM"],
        0 | 1 => &["LP"],
        2 => &["CPE"],
        3 => &["CP"],
        // Withheld at import: « information non affichée ».
        4 => &["SH"],
        _ => &["SLHT"],
    };
    let reasons: &[&str] = match draw % 5 {
        0 => &["13", "17"],
        1 => &["09"],
        2 => &["12", "19"],
        3 => &["08", "13"],
        _ => &["11", "09"],
    };
    let current_type = ["T1", "T2", "T3"][draw % 3];
    let opinion = ["favorable", "favorable", "réservé"][draw % 3];
    let work_commune = ["99101", "99102"][draw % 2];
    let alone = ["C", "D", "S"][draw % 3];
    let work = ["CDI", "CDD", "CDI", "ART"][draw % 4];
    let birth_due = committee.held_on + Months::new(3);
    let mut household = json!({
        "birth_date": birth(u32::try_from(age).unwrap_or(40), committee),
        "marital_status": if couple { "M" } else if retired { "V" } else { alone },
        "employment_status": match draw {
            _ if retired => "RET",
            _ if salary == 0 => "CHO",
            _ => work,
        },
        "work_commune": (salary > 0 && !retired).then_some(work_commune),
        "adults_count": if couple { 2 } else { 1 },
        "children": children,
        "alternating_custody_count": u8::from(!couple && !children.is_empty() && draw % 4 == 1),
        "unborn_count": u8::from(expecting),
        "expected_birth_date": expecting.then(|| birth_due.to_string()),
        "monthly_income": income,
        "rfr_n2": salary * 10,
        "income_ceiling": 30_984,
        "first_quartile": salary < 1_000,
        "current_housing_modes": modes,
        "current_type": current_type,
        "current_surface": 24 + draw % 3 * 17,
        "current_occupants": 1 + rooms,
        "current_rent": (modes == ["LP"] || transfer).then_some(380 + draw * 13 % 260),
        "application_kind": if transfer { "transfer" } else { "external" },
        "transfer": transfer,
        "application_reasons": reasons,
        "wanted_types": [home.kind],
        "estimated_apl": benefit,
        "landlord_opinion": opinion,
    });
    if couple && let Some(entries) = household.as_object_mut() {
        let title = if PEOPLE.get(draw).is_some_and(|person| person.2 == 1) { 2 } else { 1 };
        let spouse = json!({
            "title": title, "age": age + 1, "employment_status": "CDD",
            "last_name": PEOPLE.get(draw).map(|person| person.1),
            "first_name": if title == 2 { "Camille" } else { "Dominique" },
        });
        entries.insert("co_applicant".to_owned(), spouse);
        entries.insert("co_applicant_link".to_owned(), json!("M"));
    }
    household
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::import::{CommitteeHeader, Contents, Context, Format, Limits, Objection, Sink, read};
    use crate::sheets::sheet::{Cents, Sheet, Tenths};

    struct World;

    impl Context for World {
        fn today(&self) -> NaiveDate {
            NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")
        }

        fn missing_glyph(&self, _: &str) -> Option<char> {
            None
        }
    }

    struct Kept(Vec<Sheet>);

    impl Sink for Kept {
        type Error = std::convert::Infallible;

        fn committee(&mut self, _: &CommitteeHeader, _: &Contents) -> Result<Vec<Objection>, Self::Error> {
            Ok(Vec::new())
        }

        fn sheet(&mut self, _: &CommitteeHeader, sheet: Sheet) -> Result<Vec<Objection>, Self::Error> {
            self.0.push(sheet);
            Ok(Vec::new())
        }

        fn finish(&mut self, _: bool) -> Result<(), Self::Error> {
            Ok(())
        }
    }

    fn committee(reference: &str, day: u32, communes: &[(&str, usize)]) -> DemoCommittee {
        let on = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        DemoCommittee {
            reference: reference.to_owned(),
            held_on: on(day),
            starts_at: NaiveTime::from_hms_opt(9, 30, 0).expect("an hour"),
            published_at: on(20).and_hms_opt(6, 0, 0).expect("an hour"),
            changed_at: on(23).and_hms_opt(6, 0, 0).expect("an hour"),
            communes: communes
                .iter()
                .map(|(insee, sheets)| DemoCommune {
                    insee: (*insee).to_owned(),
                    first_home: 0,
                    sheets: *sheets,
                })
                .collect(),
        }
    }

    #[test]
    fn the_document_passes_the_real_import_and_is_varied() {
        let committees = [
            committee("Est 2026-47", 26, &[("99101", 12), ("99102", 8)]),
            committee("Est 2026-48", 30, &[("99101", 8), ("99102", 12)]),
        ];
        let imported = |file| {
            let written = document(&committees, file);
            assert_eq!(written, document(&committees, file));
            let (text, mut kept) = (written.to_string(), Kept(Vec::new()));
            let report = read(text.as_bytes(), Format::Json, Limits::default(), &World, &mut kept)
                .expect("a sound sink");
            assert!(report.is_valid(), "{}", report.faults);
            kept
        };
        let (first, kept) = (imported(File::First), imported(File::Second));
        assert_eq!(first.0.len(), 40 - LATECOMERS.len() + 1);
        assert_eq!(kept.0.len(), 40);
        let solene = &kept.0[3];
        assert_eq!(solene.identification.last_name, "VARENNES");
        assert_eq!(solene.agenda_order, Some(4));
        assert_eq!(solene.proposed_rank, Some(1));
        let figures = solene.figures();
        assert_eq!(figures.effort_rate, Some(Tenths::new(224)));
        assert_eq!(figures.residual_income, Some(Cents::new(2_407)));
        let efforts: Vec<Option<Tenths>> = kept.0.iter().map(|sheet| sheet.figures().effort_rate).collect();
        assert!(efforts.contains(&None));
        let alert = Tenths::new(330);
        assert!(efforts.iter().flatten().filter(|effort| **effort > alert).count() > 2);
        assert!(efforts.iter().flatten().filter(|effort| **effort < alert).count() > 10);
        assert!(kept.0.iter().any(|sheet| sheet.family.unborn_count == Some(1)));
        assert!(kept.0.iter().any(|sheet| sheet.family.current_housing_modes.is_empty()));
        assert!(kept.0.iter().any(|sheet| sheet.resources.monthly_income.contains_key("RVX")));
    }
}
