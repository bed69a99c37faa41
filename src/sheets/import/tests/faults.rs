use serde_json::{Value, json};

use super::*;

#[test]
fn every_wrong_value_has_its_own_answer() {
    use FaultKind::{
        ControlCharacter, Date, Figure, Forbidden, Markup, Missing, MissingGlyph, Negative, NoConvention,
        NotAccepted, Nur, OutOfRange, TooLarge, TooLong, WrongType,
    };
    for (field, value, kind, found, accepted) in [
        ("nur", json!("0990322004817G099"), Nur, "17\u{a0}caractères", "18\u{a0}chiffres"),
        ("nur", json!("0990322004817g0991"), Nur, "une minuscule en position 14", "majuscules"),
        ("nur", json!("099 0322004817G991"), Nur, "une espace en position 4", "majuscules"),
        ("nur", json!(990322004817u64), Nur, "un nombre", "un texte de 18"),
        ("nur", json!(null), Missing, "rien", "renseigné"),
        ("last_name", json!("  "), Missing, "rien", "renseigné"),
        ("base_rent", json!(-398.20), Negative, "-398.2", "positif ou nul"),
        ("base_rent", json!("398.20"), WrongType, "un texte", "un montant"),
        ("base_rent", json!(398.205), OutOfRange, "398.205", "deux décimales"),
        ("base_rent", json!(1e15), OutOfRange, "1000000000000000", "de 0 à 10000000"),
        ("score", json!(14.5), OutOfRange, "14.5", "sans décimale"),
        ("proposed_rank", json!(0), OutOfRange, "0", "de 1 à 999"),
        ("last_name", json!("<script>alert(1)</script>"), Markup, "«\u{a0}<\u{a0}»", "sans"),
        ("last_name", json!("VAREN\u{7}NES"), ControlCharacter, "U+0007 en position 6", "une ligne"),
        ("last_name", json!("VAREN\u{202e}NES"), ControlCharacter, "U+202E", "une ligne"),
        ("last_name", json!("山田"), MissingGlyph, "U+5C71 en position 1", "dessiner"),
        ("last_name", json!("V".repeat(81)), TooLong, "81\u{a0}caractères", "80\u{a0}caractères"),
        ("last_name", json!(12), WrongType, "un nombre", "un texte"),
        ("part_time", json!("oui"), WrongType, "un texte", "true ou false"),
        ("commune_insee", json!("9910"), NotAccepted, "9910", "INSEE"),
        ("commune_insee", json!("45272"), NoConvention, "45272", "sous convention"),
        ("birth_date", json!("2027-02-30"), Date, "une date illisible", "AAAA-MM-JJ"),
        ("birth_date", json!("2031-02-03"), Date, "dans l’avenir", "passée"),
        ("birth_date", json!("1900-02-03"), Date, "120", "vraisemblable"),
        ("available_from", json!("04/01/2027"), Date, "04/01/2027", "AAAA-MM-JJ"),
        ("expected_birth_date", json!("2029-01-01"), Date, "dix mois", "attendue"),
        ("published_at", json!("hier"), Date, "hier", "THH:MM"),
        ("job", json!("1 85 05 99 123 456 78"), Forbidden, "masquée", "sécurité sociale"),
        ("job", json!("FR14 2004 1010 0505 0001 3M02 606"), Forbidden, "masquée", "bancaire"),
        ("nir", json!("1850599123456"), Forbidden, "masquée", "sécurité sociale"),
        ("iban", json!("x"), Forbidden, "masquée", "bancaire"),
        ("handicap", json!({"moteur": "MS"}), Forbidden, "masquée", "santé"),
        ("comments", json!("x"), Forbidden, "masquée", "texte libre"),
        ("children", json!("2"), WrongType, "un texte", "une liste"),
        ("address", json!(14), WrongType, "un nombre", "un objet"),
        ("wanted_types", json!(vec!["T3"; 11]), TooLarge, "11", "10"),
        ("effort_rate", json!(22.6), Figure, "22,6\u{a0}%", "22,4\u{a0}%"),
        ("residual_income", json!(25.00), Figure, "25,00", "24,07"),
        ("net_housing_cost", json!(519.60), Figure, "519,60", "332,60"),
        ("seniority_months", json!(12), Figure, "12", "56"),
        ("priority_l441_1", json!("z"), NotAccepted, "masquée", "true, false"),
    ] {
        let fault = fault_of(field, value);
        assert_eq!(fault.kind, kind, "{field}: {fault}");
        assert!(fault.found.contains(found), "{field}: {fault}");
        assert!(fault.accepted.contains(accepted), "{field}: {fault}");
        assert_eq!(fault.field, format!("committees[0].sheets[0].{field}"));
    }
}

#[test]
fn no_fault_quotes_a_name_or_a_number() {
    for (field, value) in [
        ("last_name", json!("VARENNES<")),
        ("first_name", json!("Solène\u{0}x")),
        ("nur", json!("0990322004817G099")),
        ("nur", json!("0990322004817g0991")),
        ("birth_date", json!("1988-02-31")),
        ("employer", json!("VARENNES 1850599123456")),
    ] {
        let words = fault_of(field, value).to_string();
        for private in ["VARENNES", "Solène", "0990322", "1988", "18505"] {
            assert!(!words.contains(private), "{words}");
        }
    }
}

#[test]
fn an_income_total_is_the_sum_with_or_without_the_alimony() {
    for (total, sound) in [(1488, true), (1368, true), (1400, false)] {
        let mut sheet = varennes();
        sheet["alimony_paid"] = json!(120);
        sheet["monthly_income_total"] = json!(total);
        for claimed in ["effort_rate", "residual_income"] {
            sheet[claimed] = Value::Null;
        }
        let (report, _) = of(&document(&[sheet]));
        assert_eq!(report.is_valid(), sound, "{total}: {}", report.faults);
    }
}

#[test]
fn an_unknown_field_names_its_neighbour() {
    let fault = fault_of("base_rnet", json!(1));
    assert_eq!(fault.kind, FaultKind::UnknownField);
    assert_eq!(fault.accepted, "les champs du format, dont «\u{a0}base_rent\u{a0}»");
}

#[test]
fn a_child_has_no_name() {
    let mut sheet = varennes();
    sheet["children"] = json!([{"age": 8, "first_name": "X"}, {"age": 5}]);
    let (report, _) = of(&document(&[sheet]));
    let fault = &report.faults.listed()[0];
    assert_eq!(fault.kind, FaultKind::Forbidden);
    assert_eq!(fault.field, "committees[0].sheets[0].children[0].first_name");
    assert!(fault.accepted.contains("aucun nom d’enfant"));
}

#[test]
fn a_field_twice_is_told_whatever_its_name() {
    let text = r#"{"version":1,"committees":[{"reference":"R","held_on":"2026-11-26","sheets":[
        {"commune_insee":"99101","nur":"0990322004817G0991","last_name":"A","dwelling_ref":"X",
         "last_name":"B","rank":1,
         "proposed_rank":2}]}]}"#;
    let (report, _) = reading(text.as_bytes(), Format::Json);
    let found: Vec<(u64, &str)> = report
        .faults
        .listed()
        .iter()
        .filter(|fault| fault.kind == FaultKind::DuplicateField)
        .map(|fault| (fault.line, fault.field.as_str()))
        .collect();
    assert_eq!(
        found,
        [(4, "committees[0].sheets[0].proposed_rank"), (3, "committees[0].sheets[0].last_name")]
    );
}

#[test]
fn doubles_within_a_committee_are_told() {
    let mut second = varennes();
    second["proposed_rank"] = json!(2);
    let mut third = varennes();
    third["nur"] = json!("0990922006125G0994");
    let (report, _) = of(&document(&[varennes(), second, third]));
    let kinds: Vec<FaultKind> = report.faults.listed().iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::DuplicateSheet, FaultKind::DuplicateRank]);
}

#[test]
fn a_filing_after_the_committee_is_absurd() {
    let mut sheet = varennes();
    sheet["initial_filing_date"] = json!("2026-11-27");
    sheet["seniority_months"] = Value::Null;
    let (report, _) = of(&document(&[sheet]));
    assert_eq!(report.faults.listed()[0].kind, FaultKind::Date);
}

#[test]
fn a_committees_own_faults_are_told() {
    for (field, value, kind) in [
        ("held_on", json!("2036-11-26"), FaultKind::Date),
        ("held_on", json!(null), FaultKind::Missing),
        ("ends_on", json!("2026-11-25"), FaultKind::Date),
        ("ends_on", json!("2026-12-01"), FaultKind::Date),
        ("starts_at", json!("matin"), FaultKind::Date),
        ("status", json!("peut-être"), FaultKind::NotAccepted),
        ("reference", json!(""), FaultKind::Missing),
        ("sheet", json!([]), FaultKind::UnknownField),
    ] {
        let mut document = document(&[]);
        document["committees"][0][field] = value;
        let (report, sink) = of(&document);
        assert_eq!(report.faults.listed()[0].kind, kind, "{}", report.faults);
        assert_eq!(report.faults.listed()[0].field, format!("committees[0].{field}"));
        assert!(sink.committees.is_empty());
    }
    let mut double = document(&[]);
    let committee = double["committees"][0].clone();
    double["committees"] = json!([committee, committee]);
    let (report, _) = of(&double);
    assert_eq!(report.faults.listed()[0].kind, FaultKind::DuplicateCommittee);
}

#[test]
fn a_committee_without_a_list_is_a_fault_unless_cancelled() {
    for (status, sound) in [("planned", false), ("cancelled", true)] {
        let mut document = document(&[]);
        document["committees"][0]["status"] = json!(status);
        document["committees"][0].as_object_mut().expect("an object").remove("sheets");
        assert_eq!(of(&document).0.is_valid(), sound);
    }
}

#[test]
fn ten_thousand_faults_give_a_summary() {
    let sheets: Vec<Value> = (0..2_500)
        .map(|number| {
            let mut sheet = varennes();
            sheet["nur"] = json!(format!("{number}"));
            sheet["proposed_rank"] = json!(number + 1_000);
            sheet["last_name"] = json!("<b>");
            sheet["base_rnet"] = json!(1);
            sheet
        })
        .collect();
    // As many as a committee takes, and no more.
    let mut whole = document(&[]);
    let header = whole["committees"][0].clone();
    let committees = sheets.chunks(500).enumerate().map(|(number, sheets)| {
        let mut committee = header.clone();
        committee["reference"] = json!(format!("Est 2026-{number}"));
        committee["sheets"] = json!(sheets);
        committee
    });
    whole["committees"] = committees.collect();
    let (report, sink) = of(&whole);
    assert_eq!(report.faults.total(), 10_000);
    assert_eq!(report.faults.listed().len(), 200);
    assert_eq!(report.faults.summary().len(), 4);
    assert!(report.faults.to_string().contains("10000\u{a0}anomalies en tout"));
    assert!(sink.sheets.is_empty());
}
