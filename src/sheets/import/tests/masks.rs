use serde_json::{Value, json};

use super::*;

fn masked(changes: &[(&str, Value)]) -> Sheet {
    let mut sheet = varennes();
    for (field, value) in changes {
        sheet[*field] = value.clone();
    }
    let (report, mut sink) = of(&document(&[sheet]));
    assert!(report.is_valid(), "{}", report.faults);
    sink.sheets.remove(0)
}

#[test]
fn benefits_are_added_up_and_their_codes_forgotten() {
    let sheet = masked(&[
        ("monthly_income", json!({"SAL": 500, "AAH": 400, "RSA": 100, "XYZ": 12})),
        ("monthly_income_total", Value::Null),
        ("effort_rate", Value::Null),
        ("residual_income", Value::Null),
    ]);
    let codes: Vec<(&str, i64)> =
        sheet.resources.monthly_income.iter().map(|(code, amount)| (code.as_str(), amount.get())).collect();
    assert_eq!(codes, [("PRESTATIONS", 50_000), ("SAL", 50_000), ("XYZ", 1_200)]);
}

#[test]
fn sensitive_reasons_keep_their_place_and_lose_their_code() {
    let sheet = masked(&[("application_reasons", json!(["06", "13", 8, "41"]))]);
    assert_eq!(
        sheet.identification.application_reasons,
        [None, Some("13".to_owned()), None, Some("41".to_owned())]
    );
}

#[test]
fn stigmatising_housing_leaves_no_mark() {
    let sheet = masked(&[("current_housing_modes", json!(["SD", "CP"]))]);
    assert_eq!(sheet.family.current_housing_modes, ["CP"]);
    let hidden = masked(&[("current_housing_modes", json!(["SQUAT"]))]);
    let absent = masked(&[("current_housing_modes", Value::Null)]);
    assert_eq!(hidden.to_bytes(), absent.to_bytes());
}

#[test]
fn nothing_withheld_is_in_the_bytes_to_seal() {
    let sheet = masked(&[
        ("application_reasons", json!(["06", "07", "08"])),
        ("current_housing_modes", json!(["SH", "CDEFCM", "SD", "SQUAT"])),
        ("monthly_income", json!({"AAH": 900, "AEEH": 88, "PINV": 200, "AJPP": 300})),
        ("monthly_income_total", Value::Null),
        ("effort_rate", Value::Null),
        ("residual_income", Value::Null),
        ("priority_l441_1", json!("g bis")),
        ("nationality_group", json!(3)),
    ]);
    let bytes = String::from_utf8(sheet.to_bytes()).expect("JSON");
    for withheld in [
        "\"06\"",
        "\"07\"",
        "\"08\"",
        "SH",
        "CDEFCM",
        "\"SD\"",
        "SQUAT",
        "AAH",
        "AEEH",
        "PINV",
        "AJPP",
        "bis",
        "nationality",
        "1988",
    ] {
        assert!(!bytes.contains(withheld), "{withheld} in {bytes}");
    }
    // The positive control: what is kept can be found.
    assert!(bytes.contains("VARENNES"));
    assert_eq!(sheet.identification.priority, Some(true));
}

#[test]
fn an_unknown_code_is_kept() {
    let sheet = masked(&[("marital_status", json!("Z"))]);
    assert_eq!(sheet.family.marital_status.as_deref(), Some("Z"));
}

#[test]
fn only_the_age_is_left_of_a_birth() {
    assert_eq!(masked(&[("birth_date", json!("1988-11-26"))]).identification.age, Some(38));
    assert_eq!(masked(&[("birth_date", json!("1988-11-27"))]).identification.age, Some(37));
}
