use super::*;
use crate::sheets::presentation::{Block, Value};
use crate::sheets::sheet::tests::varennes;

fn facts() -> CommitteeFacts {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    CommitteeFacts {
        reference: "Est 2026-47".to_owned(),
        sector: None,
        held_on: day(2026, 11, 26),
        ends_on: day(2026, 11, 26),
        starts_at: NaiveTime::from_hms_opt(9, 30, 0),
        communes: vec![("99101".to_owned(), "Valbourg".to_owned())],
        imported_at: None,
        effort_alert: Tenths::new(330),
        residual_threshold: Cents::new(1_200),
    }
}

/// Non-breaking spaces read as plain ones: what is compared here is the words of the picture.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

fn lines(blocks: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    for block in blocks {
        lines.push(format!("# {}", block.title));
        for row in &block.rows {
            let value = match &row.value {
                Value::Shown(value) => value.as_str(),
                Value::NotShown => "(non affichée)",
            };
            let total = if row.total { " (total)" } else { "" };
            lines.push(plain(&format!("{} | {value}{total}", row.label)));
        }
    }
    lines
}

#[test]
fn e6_the_sheet_reads_as_the_picture() {
    let shown = present(&varennes(), &facts(), 5);
    assert_eq!(plain(&shown.head.file), "dossier 4");
    assert_eq!(plain(&shown.head.committee), "Commission du jeudi 26 novembre 2026, 9 h 30 · Est 2026-47");
    assert_eq!(plain(&shown.head.committee_short), "26 nov. 2026, 9 h 30");
    assert_eq!(shown.head.commune, "Valbourg");
    let facts: Vec<String> = shown.applicant.facts.iter().map(|fact| plain(fact)).collect();
    assert_eq!(facts, ["38 ans", "divorcée", "2 enfants", "CDI, temps partiel"]);
    assert_eq!(shown.applicant.title, "Mme");
    assert_eq!((shown.rank.rank, shown.rank.of), (Some(1), Some(5)));
    let home = &shown.dwelling;
    assert_eq!(
        [&home.kind, &home.area, &home.address, &home.place, &home.features, &home.reference, &home.net_cost]
            .map(|text| plain(text)),
        [
            "T3",
            "64,50 m²",
            "14, rue des Tanneurs",
            "Les Lavandières, bâtiment B, porte 204",
            "2\u{1d49} étage avec ascenseur · PLUS · DPE C",
            "Réf. 0117-02-0043 · libre le 4 janvier 2027",
            "332,60 €",
        ]
    );
    let landmarks: Vec<String> = shown
        .landmarks
        .iter()
        .map(|mark| {
            plain(&format!("{} | {} {} | {}", mark.label, mark.figure, mark.unit, mark.notes.join(" / ")))
        })
        .collect();
    assert_eq!(
        landmarks,
        [
            "Foyer | 3 personnes | 1 adulte, 2 enfants / dont 1 en garde alternée",
            "Ressources | 1 488 €  | par mois / 42,5 % du plafond",
            "Taux d’effort | 22,4 %  | repère d’alerte : 33 %",
            "Reste à vivre | 24,07 €  | par jour et UC, seuil 12 €",
        ]
    );
    assert_eq!(shown.landmarks[2].rule, Some(Rule { value: 0.448, mark: 0.66, parts: 5 }));
    assert_eq!(shown.landmarks[3].rule, Some(Rule { value: 0.601_75, mark: 0.3, parts: 4 }));
    assert_eq!(
        lines(&shown.left),
        [
            "# Foyer",
            "Personnes à loger | 1 adulte, 2 enfants",
            "Enfants | 8 ans, 5 ans",
            "Garde alternée | 1 enfant",
            "Naissance attendue | non",
            "Unités de consommation | 1,6",
            "# Situation",
            "Situation familiale | divorcée",
            "Emploi | CDI, temps partiel",
            "Lieu de travail | Valbourg",
            "Employeur | (non affichée)",
            "Séjour régulier | vérifié",
            "# Logement actuel",
            "Type | T2, 41 m², 3 occupants",
            "Statut | locataire, parc privé",
            "Loyer actuel | 640,00 €",
            "# Demande",
            "Dépôt | 12 mars 2022",
            "Ancienneté | 4 ans 8 mois",
            "Motif principal | logement trop petit",
            "Second motif | logement trop cher",
            "Types souhaités | T3, T4",
            "Propositions, refus | 1 proposition, 0 refus",
        ]
    );
    assert_eq!(
        lines(&shown.right),
        [
            "# Ressources",
            "Salaire | 1 180 €",
            "Pension alimentaire reçue | 160 €",
            "Prestations | 148 €",
            "Ressources mensuelles | 1 488 € (total)",
            "Revenu fiscal de référence 2024 | 15 840 €",
            "Part du plafond PLUS, catégorie 3 | 42,5 %",
            "Premier quartile | non",
            "# Coût du logement proposé",
            "Loyer principal | 398,20 €",
            "Stationnement | 25,00 €",
            "Charges | 96,40 €",
            "Contribution énergie | 0,00 €",
            "APL estimée le 20/11/2026 | \u{2212} 187,00 €",
            "Coût net mensuel | 332,60 € (total)",
            "# Calcul",
            "332,60 ÷ 1 488 = taux d’effort | 22,4 %",
            "(1 488 \u{2212} 332,60) ÷ 30 ÷ 1,6 = reste | 24,07 €",
            "# Priorités",
            "Public prioritaire | oui",
            "DALO | non",
            "Cotation | 145 sur 200",
            "Logement accessible | sans besoin",
        ]
    );
    assert_eq!(shown.opinion.verdict, "Favorable");
    assert_eq!(
        plain(&shown.foot),
        "Mise à jour le 23 novembre 2026 à 6 h · supprimée le 27 novembre à 0 h · aucune décision n’y figure"
    );
}

#[test]
fn above_the_alert_the_words_replace_the_caption() {
    let mut sheet = varennes();
    sheet.resources.monthly_income_total = Some(Cents::new(90_000));
    let effort = &present(&sheet, &facts(), 5).landmarks[2];
    assert_eq!(effort.notes, ["au-dessus du repère"]);
    assert_eq!(plain(&effort.figure), "37 %");
}

#[test]
fn without_income_no_rule_is_drawn() {
    let mut sheet = varennes();
    sheet.resources.monthly_income.clear();
    sheet.resources.monthly_income_total = Some(Cents::new(0));
    let shown = present(&sheet, &facts(), 5);
    for landmark in &shown.landmarks[2..] {
        assert_eq!(landmark.figure, "non calculable");
        assert_eq!(landmark.rule, None);
    }
    assert_eq!(plain(&shown.landmarks[1].figure), "0 €");
    assert!(lines(&shown.right).contains(&"Taux d’effort | non calculable".to_owned()));
}

#[test]
fn an_empty_sheet_has_no_blank() {
    let shown = present(&Sheet::default(), &facts(), 0);
    for block in shown.left.iter().chain(&shown.right) {
        for row in &block.rows {
            assert!(!row.label.is_empty());
            assert_ne!(row.value, Value::Shown(String::new()), "{}", row.label);
        }
    }
    assert_eq!(shown.opinion.verdict, "Non communiqué");
    assert!(shown.foot.starts_with("Supprimée le"));
}

#[test]
fn an_unknown_code_is_shown_as_such() {
    let mut sheet = varennes();
    sheet.family.current_housing_modes = vec!["PENICHE".to_owned()];
    sheet.resources.monthly_income.insert("XYZ".to_owned(), Cents::new(100));
    let shown = present(&sheet, &facts(), 5);
    assert!(lines(&shown.left).contains(&"Statut | code PENICHE".to_owned()));
    assert!(lines(&shown.right).contains(&"code XYZ | 1 €".to_owned()));
}

#[test]
fn a_list_groups_under_its_dwelling() {
    let entry = ListEntry::of(&varennes());
    let head = dwelling_head(&entry);
    assert_eq!(plain(&head.details), "64,50 m², 2\u{1d49} étage, ascenseur");
    assert_eq!(plain(&head.rent), "423,20 € + 96,40 € de charges");
    assert!(list_line(&entry, true).unread);
}
