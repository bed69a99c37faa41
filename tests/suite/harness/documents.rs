//! The landlord's files, in a few words: `committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 5)`.

use serde_json::{Value, json};

/// Surnames that stand nowhere else, so that finding one is finding a sheet.
const PEOPLE: [(&str, &str); 12] = [
    ("Solène", "VARENNES"),
    ("Émile", "CHARRONDIER"),
    ("Rosa", "QUENTIN-ALVES"),
    ("Gwenaël", "LE TREUT"),
    ("Côme", "BŒUFVERT"),
    ("Maïmouna", "SYLLART"),
    ("Piotr", "WOJNOWSKI"),
    ("Clémence", "D’AUBERTIN"),
    ("Mamadou", "KOUROUSSA"),
    ("Odette", "GRANDPRÉ"),
    ("Ivan", "KERVELLA"),
    ("Hélène", "MÉRIADOC"),
];

/// One sheet before it is written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub commune: String,
    pub first_name: String,
    pub last_name: String,
    pub number: String,
    pub value: Value,
}

/// One committee before it is written.
#[derive(Debug, Clone)]
pub struct Committee {
    reference: String,
    held_on: String,
    ends_on: String,
    status: &'static str,
    drafts: Vec<Draft>,
}

/// A committee of one day, planned for Thursday 26 November 2026 unless `on` says otherwise.
pub fn committee(reference: &str) -> Committee {
    Committee {
        reference: reference.to_owned(),
        held_on: "2026-11-26".to_owned(),
        ends_on: "2026-11-26".to_owned(),
        status: "planned",
        drafts: Vec::new(),
    }
}

impl Committee {
    pub fn on(mut self, day: &str) -> Self {
        day.clone_into(&mut self.held_on);
        day.clone_into(&mut self.ends_on);
        self
    }

    pub fn until(mut self, day: &str) -> Self {
        day.clone_into(&mut self.ends_on);
        self
    }

    pub fn cancelled(mut self) -> Self {
        self.status = "cancelled";
        self
    }

    /// So many sheets of a commune, for one dwelling after the other, three candidates each.
    pub fn sheets(mut self, commune: &str, count: usize) -> Self {
        for _ in 0..count {
            let place = self.drafts.len();
            self.drafts.push(draft(commune, place));
        }
        self
    }

    /// Changes one field of one sheet, counted from 0.
    pub fn with(mut self, place: usize, field: &str, value: Value) -> Self {
        self.drafts[place].value[field] = value;
        self
    }

    /// Takes one sheet out of the file.
    pub fn without(mut self, place: usize) -> Self {
        self.drafts.remove(place);
        self
    }

    pub fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    fn value(&self) -> Value {
        json!({
            "reference": self.reference, "held_on": self.held_on, "ends_on": self.ends_on,
            "starts_at": "09:30", "status": self.status,
            "sheets": self.drafts.iter().map(|draft| draft.value.clone()).collect::<Vec<_>>(),
        })
    }
}

/// The file of these committees, as a landlord sends it.
pub fn file(committees: &[Committee]) -> Value {
    json!({"version": 1, "committees": committees.iter().map(Committee::value).collect::<Vec<_>>()})
}

fn draft(commune: &str, place: usize) -> Draft {
    let (first_name, last_name) = PEOPLE[place % PEOPLE.len()];
    // Beyond the dozen the number alone tells one from the other.
    let number = format!("0990322{:06}G0991", 4_817 + place);
    let value = json!({
        "commune_insee": commune,
        "nur": number, "title": 2, "last_name": last_name, "first_name": first_name,
        "proposed_rank": place % 3 + 1,
        "birth_date": "1988-02-14", "residence_right_checked": true,
        "marital_status": "D", "employment_status": "CDI",
        "initial_filing_date": "2022-03-12", "application_reasons": ["13"], "wanted_types": ["T3"],
        "adults_count": 1, "children": [{"age": 8}, {"age": 5}], "unborn_count": 0,
        "monthly_income": {"SAL": 1180, "AF": 148}, "rfr_n2": 15840,
        "current_housing_modes": ["LP"], "current_type": "T2", "current_rent": 640,
        "dalo_status": "NON", "priority_l441_1": true, "accessible_housing_needed": false,
        "dwelling_ref": format!("{commune}-{:04}", place / 3),
        "type": "T3", "living_area": 64.50,
        "address": {"number": format!("{}", place / 3 + 1), "street_type": "rue", "street": "des Tanneurs"},
        "floor": 2, "has_lift": true, "funding": "PLUS", "available_from": "2027-01-04",
        "base_rent": 398.20, "ancillary_rent": 25.00, "charges": 96.40, "energy_contribution": 0,
        "estimated_apl": 187.00, "estimated_apl_on": "2026-11-20", "landlord_opinion": "favorable",
    });
    Draft {
        commune: commune.to_owned(),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        number,
        value,
    }
}
