mod faults;
mod files;
mod masks;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::*;

/// Keeps what it is given; objects to one reference and to one dwelling.
#[derive(Default)]
pub(super) struct Kept {
    pub committees: Vec<(CommitteeHeader, Contents)>,
    pub sheets: Vec<Sheet>,
    pub spoiled: bool,
    pub verdict: Option<bool>,
    pub fails: bool,
}

impl Sink for Kept {
    type Error = &'static str;

    fn committee(
        &mut self,
        committee: &CommitteeHeader,
        contents: &Contents,
    ) -> Result<Vec<Objection>, Self::Error> {
        if self.fails {
            return Err("base injoignable");
        }
        self.committees.push((committee.clone(), *contents));
        Ok(match committee.reference.as_str() {
            "Tenue" => vec![Objection {
                field: "reference",
                found: "une commission tenue".to_owned(),
                accepted: "une commission à venir".to_owned(),
                kind: FaultKind::CommitteeHeld,
            }],
            _ => Vec::new(),
        })
    }

    fn sheet(&mut self, _: &CommitteeHeader, sheet: Sheet) -> Result<Vec<Objection>, Self::Error> {
        let refused = sheet.dwelling.dwelling_ref == "REFUS";
        self.sheets.push(sheet);
        Ok(refused
            .then(|| Objection {
                field: "dwelling_ref",
                found: "un logement retiré".to_owned(),
                accepted: "un autre logement".to_owned(),
                kind: FaultKind::Refused,
            })
            .into_iter()
            .collect())
    }

    fn spoiled(&mut self) {
        self.spoiled = true;
    }

    fn finish(&mut self, valid: bool) -> Result<(), Self::Error> {
        self.verdict = Some(valid);
        Ok(())
    }
}

pub(super) struct World;

impl Context for World {
    fn today(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day")
    }

    fn missing_glyph(&self, text: &str) -> Option<char> {
        text.chars().find(|character| u32::from(*character) > 0x3000)
    }

    fn commune_objection(&self, insee: &str) -> Option<Objection> {
        (!insee.starts_with("991")).then(|| Objection {
            field: "commune_insee",
            found: insee.to_owned(),
            accepted: "une commune sous convention".to_owned(),
            kind: FaultKind::NoConvention,
        })
    }
}

pub(super) fn reading(bytes: &[u8], format: Format) -> (Report, Kept) {
    let mut sink = Kept::default();
    let report = read(bytes, format, Limits::default(), &World, &mut sink).expect("a sound sink");
    assert_eq!(sink.verdict, Some(report.is_valid()));
    assert_eq!(sink.spoiled, !report.is_valid());
    (report, sink)
}

/// The sheet of the pictures, as a landlord writes it.
pub(super) fn varennes() -> Value {
    serde_json::from_str(
        r#"{
        "commune_insee": "99101", "agenda_order": 4, "proposed_rank": 1,
        "published_at": "2026-11-23T06:00",
        "nur": "0990322004817G0991", "title": 2, "last_name": "VARENNES", "first_name": "Solène",
        "birth_date": "1988-02-14", "residence_right_checked": true, "nationality_group": "1",
        "marital_status": "D", "employment_status": "CDI", "part_time": true,
        "work_commune": "99101", "initial_filing_date": "2022-03-12", "seniority_months": 56,
        "application_reasons": ["13", "09"], "wanted_types": ["T3", "T4"],
        "past_offers": 1, "past_refusals": 0, "score": 145, "score_max": 200,
        "adults_count": 1, "children": [{"age": 8}, {"age": 5}], "alternating_custody_count": 1,
        "unborn_count": 0,
        "monthly_income": {"SAL": 1180, "PAR": 160, "AF": 100, "AEEH": 48},
        "monthly_income_total": 1488, "rfr_n2": 15840, "ceiling_ratio": 42.5,
        "ceiling_category": 3, "first_quartile": false,
        "current_housing_modes": ["LP"], "current_type": "T2", "current_surface": 41,
        "current_occupants": 3, "current_rent": 640,
        "dalo_status": "NON", "priority_l441_1": "j", "accessible_housing_needed": false,
        "dwelling_ref": "0117-02-0043", "type": "T3", "living_area": 64.50,
        "address": {"number": "14", "street_type": "rue", "street": "des Tanneurs"},
        "program": "Les Lavandières", "building": "B", "door": "204", "floor": 2, "has_lift": true,
        "parking": true, "dpe_energy": "C", "funding": "PLUS", "available_from": "2027-01-04",
        "base_rent": 398.20, "ancillary_rent": 25.00, "charges": 96.40, "energy_contribution": 0,
        "estimated_apl": 187.00, "estimated_apl_on": "2026-11-20", "net_housing_cost": 332.60,
        "effort_rate": 22.4, "residual_income": 24.07,
        "landlord_opinion": "favorable",
        "landlord_opinion_reason": "adéquation foyer et logement : 3 personnes, 3 pièces"}"#,
    )
    .expect("JSON")
}

pub(super) fn document(sheets: &[Value]) -> Value {
    json!({"version": 1, "committees": [{
        "reference": "Est 2026-47", "held_on": "2026-11-26", "starts_at": "09:30",
        "status": "planned", "sheets": sheets,
    }]})
}

pub(super) fn of(document: &Value) -> (Report, Kept) {
    reading(document.to_string().as_bytes(), Format::Json)
}

/// The only fault of a sheet changed in one field.
pub(super) fn fault_of(field: &str, value: Value) -> Fault {
    let mut sheet = varennes();
    sheet[field] = value;
    let (report, sink) = of(&document(&[sheet]));
    assert_eq!(report.faults.total(), 1, "{field}: {}", report.faults);
    assert!(sink.sheets.is_empty() || report.faults.listed()[0].kind == FaultKind::Refused);
    report.faults.listed()[0].clone()
}

#[test]
fn the_sheet_of_the_pictures_is_read_as_it_is_shown() {
    let (report, sink) = of(&document(&[varennes()]));
    assert!(report.is_valid(), "{}", report.faults);
    let mut expected = crate::sheets::sheet::tests::varennes();
    expected.identification.landlord_opinion_reason =
        sink.sheets[0].identification.landlord_opinion_reason.clone();
    assert_eq!(sink.sheets, [expected]);
    let header = &sink.committees[0].0;
    assert_eq!((report.committees, report.sheets), (1, 1));
    assert_eq!(header.ends_on, header.held_on);
    assert_eq!(header.status, CommitteeStatus::Planned);
}

#[test]
fn the_digest_ignores_the_order_of_the_sheets_and_nothing_else() {
    let mut second = varennes();
    second["nur"] = json!("0990922006125G0994");
    second["proposed_rank"] = json!(2);
    let digest = |sheets: &[Value]| of(&document(sheets)).1.committees[0].1.digest;
    let first = digest(&[varennes(), second.clone()]);
    assert_eq!(first, digest(&[second.clone(), varennes()]));
    second["base_rent"] = json!(398.21);
    for claimed in ["net_housing_cost", "effort_rate", "residual_income"] {
        second[claimed] = Value::Null;
    }
    assert_ne!(first, digest(&[second, varennes()]));
}

#[test]
fn the_callers_objections_stand_at_their_line() {
    let text = r#"{"version": 1, "committees": [
      {"reference": "Tenue", "held_on": "2026-11-26", "sheets": [
        {"commune_insee": "99101", "nur": "0990322004817G0991", "last_name": "A",
         "dwelling_ref": "REFUS"},
        {"nur": "0990322004818G0991", "last_name": "A", "dwelling_ref": "X", "base_rent": -1,
         "commune_insee": "45272"}]}]}"#;
    let (report, _) = reading(text.as_bytes(), Format::Json);
    let found: Vec<(u64, &str, FaultKind)> =
        report.faults.listed().iter().map(|fault| (fault.line, fault.field.as_str(), fault.kind)).collect();
    assert_eq!(
        found,
        [
            (5, "committees[0].sheets[1].base_rent", FaultKind::Negative),
            (6, "committees[0].sheets[1].commune_insee", FaultKind::NoConvention),
            (2, "committees[0].reference", FaultKind::CommitteeHeld),
            (4, "committees[0].sheets[0].dwelling_ref", FaultKind::Refused),
        ]
    );
}

#[test]
fn a_failing_sink_ends_the_reading_with_its_own_error() {
    let mut sink = Kept { fails: true, ..Kept::default() };
    let text = document(&[varennes()]).to_string();
    let outcome = read(text.as_bytes(), Format::Json, Limits::default(), &World, &mut sink);
    assert_eq!(outcome.err(), Some("base injoignable"));
    assert_eq!(sink.verdict, None);
}

#[test]
fn the_schema_the_table_and_the_reading_name_the_same_fields() {
    let schema = json_schema();
    let mut described: Vec<&str> = schema["$defs"]["SheetDocument"]["properties"]
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let mut listed: Vec<&str> = treatments::known().collect();
    let mut context = fields::Desk { faults: Faults::keeping(10), context: &World, format: Format::Json };
    let node = tree::Node { line: 1, value: tree::Value::Object(Vec::new()) };
    let mut object = fields::Object::open(&mut context, String::new(), node).expect("an object");
    super::sheet::read(&mut object);
    let mut read = object.asked().to_vec();
    for names in [&mut described, &mut listed, &mut read] {
        names.sort_unstable();
    }
    assert_eq!(described, listed);
    read.dedup();
    assert_eq!(read, listed);
}
