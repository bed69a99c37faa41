//! What the import does with each field of a sheet, and why: the table the documentation prints
//! (E6, minimisation), and the reasons given when a field is refused.

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Stored, sealed, shown.
    Kept,
    /// Only what the town hall needs of it is stored.
    Reduced,
    /// Some of its codes are dropped and shown as « information non affichée ».
    Masked,
    /// Compared with our own calculation, then forgotten.
    Checked,
    /// Accepted, so that a file need not be rewritten, and not stored.
    Ignored,
    /// The file is refused.
    Refused,
}

impl Treatment {
    /// The treatment in French.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kept => "conservé",
            Self::Reduced => "réduit",
            Self::Masked => "masqué en partie",
            Self::Checked => "vérifié, non conservé",
            Self::Ignored => "accepté, non conservé",
            Self::Refused => "refusé",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct FieldTreatment {
    /// Names of fields sharing a treatment and a reason.
    pub fields: &'static [&'static str],
    pub treatment: Treatment,
    /// Why, in French.
    pub why: &'static str,
}

const fn row(treatment: Treatment, fields: &'static [&'static str], why: &'static str) -> FieldTreatment {
    FieldTreatment { fields, treatment, why }
}

const HEALTH: &str = "donnée de santé, hors d’une fiche destinée à la mairie";
const CONTACT: &str = "la mairie n’a pas à joindre le demandeur par l’extranet";
const BANK: &str = "aucune donnée bancaire dans une fiche";
const IDENTITY: &str = "aucun numéro de sécurité sociale dans une fiche";
const NATIONALITY: &str = "seul residence_right_checked dit que le séjour régulier a été vérifié";
const OPEN_TEXT: &str = "aucun texte libre sur la personne ou son comportement";
const SCANS: &str = "aucune pièce justificative dans une fiche";
const NAMES: &str =
    "les noms du demandeur se donnent par last_name, birth_name et first_name\u{a0}; aucun nom d’enfant";

/// The table.
pub const TREATMENTS: &[FieldTreatment] = {
    use Treatment::{Checked, Ignored, Kept, Masked, Reduced, Refused};
    &[
        row(Kept, &["commune_insee"], "isolation des communes (E4)"),
        row(Kept, &["agenda_order", "proposed_rank", "rank"], "ordre d’examen du dossier"),
        row(Kept, &["published_at"], "date de mise à jour portée au pied de la fiche"),
        row(
            Kept,
            &["nur", "title", "last_name", "birth_name", "first_name", "co_applicant", "co_applicant_link"],
            "identification des titulaires de la demande",
        ),
        row(Reduced, &["birth_date"], "seul l’âge au jour de la commission est conservé"),
        row(Kept, &["age"], "âge, quand la date de naissance n’est pas transmise"),
        row(Kept, &["residence_right_checked"], "condition d’accès au logement social"),
        row(
            Ignored,
            &["nationality_group"],
            "la nationalité est écartée\u{a0}; la déduire du séjour régulier la révélerait",
        ),
        row(
            Kept,
            &["initial_filing_date", "renewed_on", "application_kind", "abnormally_long_wait"],
            "ancienneté et nature de la demande",
        ),
        row(Checked, &["seniority_months"], "calculée d’après la date de dépôt"),
        row(Ignored, &["registration_desk_code"], "figure déjà dans le numéro unique"),
        row(
            Kept,
            &["wanted_types", "wanted_category", "wanted_communes", "extended_search"],
            "adéquation du logement à la demande",
        ),
        row(Kept, &["score", "score_max"], "cotation de la demande"),
        row(Kept, &["past_offers", "past_refusals"], "historique des propositions"),
        row(
            Masked,
            &["application_reasons"],
            "les motifs 06, 07 et 08 (violences, handicap, santé) ne sont pas affichés",
        ),
        row(
            Kept,
            &["marital_status", "employment_status", "part_time", "job", "employer", "work_commune"],
            "situation familiale et professionnelle (R. 441-2-2, c et d)",
        ),
        row(
            Kept,
            &[
                "adults_count",
                "dependants_count",
                "children",
                "alternating_custody_count",
                "unborn_count",
                "expected_birth_date",
                "household_size",
                "other_occupants",
                "uc",
            ],
            "personnes à loger\u{a0}: âge, sexe et lien, jamais de nom",
        ),
        row(
            Kept,
            &[
                "rfr_n2",
                "rfr_n1",
                "income_ceiling",
                "ceiling_ratio",
                "ceiling_category",
                "monthly_income_total",
                "alimony_paid",
                "first_quartile",
            ],
            "ressources et plafonds (R. 441-2-2, e)",
        ),
        row(
            Reduced,
            &["monthly_income"],
            "les prestations sont additionnées\u{a0}: certaines révèlent la santé ou le handicap",
        ),
        row(
            Masked,
            &["current_housing_modes"],
            "hébergement, centre maternel, rue et squat ne sont pas affichés",
        ),
        row(
            Kept,
            &[
                "current_rent",
                "current_type",
                "current_category",
                "current_surface",
                "current_occupants",
                "is_owner",
            ],
            "logement actuel (R. 441-2-2, f)",
        ),
        row(
            Reduced,
            &["priority_l441_1"],
            "«\u{a0}public prioritaire\u{a0}: oui ou non\u{a0}»\u{a0}; la lettre révélerait santé ou violences",
        ),
        row(
            Kept,
            &[
                "dalo_status",
                "collective_agreement",
                "siao_referral",
                "transfer",
                "urban_renewal_rehousing",
                "employee_category",
            ],
            "priorités examinées par la commission",
        ),
        row(Kept, &["accessible_housing_needed"], "besoin d’un logement accessible, sans détail médical"),
        row(
            Kept,
            &[
                "dwelling_ref",
                "address",
                "program",
                "building",
                "stair",
                "floor",
                "door",
                "building_kind",
                "type",
                "living_area",
                "has_lift",
                "accessible",
                "parking",
                "annexes",
                "dpe_energy",
                "funding",
                "available_from",
                "quota_holder",
                "dwelling_in_qpv",
            ],
            "désignation du logement proposé",
        ),
        row(
            Ignored,
            &["rpls_id", "usable_area", "dpe_ghg", "apl_agreement"],
            "sans utilité pour l’examen par la mairie",
        ),
        row(
            Kept,
            &[
                "base_rent",
                "ancillary_rent",
                "charges",
                "energy_contribution",
                "utilities_allowance",
                "estimated_apl",
                "estimated_apl_on",
            ],
            "coût du logement proposé",
        ),
        row(
            Checked,
            &["net_housing_cost", "effort_rate", "residual_income"],
            "recalculés\u{a0}: un lecteur peut refaire le calcul à haute voix",
        ),
        row(
            Kept,
            &["fit", "landlord_opinion", "landlord_opinion_reason"],
            "avis du service instructeur du bailleur",
        ),
        row(Refused, &["nir", "social_security_number", "numero_securite_sociale", "num_secu"], IDENTITY),
        row(Refused, &["iban", "bic", "rib", "bank_account", "bank_details"], BANK),
        row(
            Refused,
            &[
                "health",
                "medical",
                "medical_detail",
                "medical_details",
                "medical_certificate",
                "disability",
                "disability_rate",
                "handicap",
                "handicap_type",
                "pathology",
            ],
            HEALTH,
        ),
        row(Refused, &["nationality", "birth_country", "birth_place", "residence_permit"], NATIONALITY),
        row(
            Refused,
            &["phone", "telephone", "mobile", "email", "applicant_address", "postal_address"],
            CONTACT,
        ),
        row(Refused, &["name", "last_name", "first_name", "birth_name", "children_names"], NAMES),
        row(
            Refused,
            &["comment", "comments", "observations", "remarks", "behaviour", "note", "notes"],
            OPEN_TEXT,
        ),
        row(Refused, &["documents", "scan", "scans", "attachments", "photo"], SCANS),
    ]
};

/// Why a field left over is refused, if it is one a sheet must never hold. A name known elsewhere,
/// such as `first_name`, is left over only where it is not awaited: on a child.
pub(super) fn refusal(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    TREATMENTS
        .iter()
        .filter(|row| row.treatment == Treatment::Refused)
        .find(|row| row.fields.contains(&name.as_str()))
        .map(|row| row.why)
}

/// The names of the fields of a sheet that the format accepts.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    TREATMENTS
        .iter()
        .filter(|row| row.treatment != Treatment::Refused)
        .flat_map(|row| row.fields.iter().copied())
}

/// A name from the file, made short and tame.
pub(super) fn tame(name: &str) -> String {
    name.chars().take(24).map(|c| if c.is_alphanumeric() || c == '_' { c } else { '?' }).collect()
}

/// The known name a mistyped one most resembles, within three letters.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > 40 {
        return None;
    }
    let name = name.to_lowercase();
    known
        .iter()
        .map(|candidate| (distance(&name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 3 && *distance * 2 < candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters to add, remove or change between two names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        if let Some(first) = row.first_mut() {
            *first = previous;
        }
        for (cell, b) in row.iter_mut().skip(1).zip(right.chars()) {
            let best = (diagonal + usize::from(a != b)).min(*cell + 1).min(previous + 1);
            diagonal = *cell;
            *cell = best;
            previous = best;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        let known = ["base_rent", "charges", "nur"];
        assert_eq!(nearest("base_rnet", &known), Some("base_rent"));
        assert_eq!(nearest("charge", &known), Some("charges"));
        assert_eq!(nearest("favourite_colour", &known), None);
        assert_eq!(nearest("x", &known), None);
    }

    #[test]
    fn what_is_refused_has_its_reason() {
        assert_eq!(refusal("NIR"), Some(IDENTITY));
        assert_eq!(refusal("iban"), Some(BANK));
        assert_eq!(refusal("base_rent"), None);
    }
}
