//! The import document as a type, from which its JSON Schema is generated. The reading itself goes
//! through [`super::read`], which tells every fault; this type is the documentation of the format.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// Fichier d’import de Parvis : l’état complet des commissions qu’il nomme.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportDocument {
    /// Version du format.
    #[schemars(range(min = 1, max = 1))]
    pub version: u8,
    /// Les commissions ; chacune remplace ce qui en était publié.
    pub committees: Vec<CommitteeDocument>,
}

/// Une commission d’attribution (CALEOL) et ses fiches.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitteeDocument {
    /// Référence propre au bailleur, unique dans le fichier : « Est 2026-47 ».
    #[schemars(length(max = 60))]
    pub reference: String,
    /// Secteur, s’il ne figure pas dans la référence.
    pub sector: Option<String>,
    /// Premier jour, AAAA-MM-JJ.
    #[schemars(extend("format" = "date"))]
    pub held_on: String,
    /// Dernier jour ; le premier s’il est absent. Les fiches sont supprimées le lendemain.
    #[schemars(extend("format" = "date"))]
    pub ends_on: Option<String>,
    /// Heure de la séance à Paris, HH:MM.
    pub starts_at: Option<String>,
    /// `planned` (par défaut), `postponed`, `extended` ou `cancelled`.
    #[schemars(extend("enum" = ["planned", "scheduled", "postponed", "extended", "cancelled"]))]
    pub status: Option<String>,
    /// Toutes les fiches de la commission ; facultatif si elle est annulée.
    #[serde(default)]
    pub sheets: Vec<SheetDocument>,
}

/// Montant en euros, deux décimales au plus.
#[derive(JsonSchema)]
#[serde(transparent)]
pub struct Euros(#[schemars(range(min = 0, max = 10_000_000))] pub f64);

/// Date AAAA-MM-JJ.
#[derive(JsonSchema)]
#[serde(transparent)]
pub struct Day(#[schemars(extend("format" = "date"))] pub String);

/// Code d’une liste de référence, texte ou nombre ; un code inconnu est affiché « code X ».
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum CodeDocument {
    Text(String),
    Number(u32),
}

/// Adresse en parties, ou en une ligne de texte.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum AddressDocument {
    Line(String),
    Parts(AddressParts),
}

/// Parties d’une adresse.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressParts {
    /// Numéro dans la voie.
    pub number: Option<CodeDocument>,
    /// Indice : bis, ter.
    pub suffix: Option<String>,
    /// Type de voie.
    pub street_type: Option<String>,
    /// Voie.
    pub street: Option<String>,
    /// Code postal.
    pub postcode: Option<CodeDocument>,
    /// Nom de la commune.
    pub commune: Option<String>,
}

/// Co-demandeur.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoApplicantDocument {
    /// Civilité : 1 Monsieur, 2 Madame.
    pub title: Option<CodeDocument>,
    /// Nom d’usage.
    pub last_name: Option<String>,
    /// Nom de naissance.
    pub birth_name: Option<String>,
    /// Prénom.
    pub first_name: Option<String>,
    /// Date de naissance ; seul l’âge est conservé.
    pub birth_date: Option<Day>,
    /// Âge, sans date de naissance.
    pub age: Option<u32>,
    /// Situation professionnelle.
    pub employment_status: Option<CodeDocument>,
    /// Temps partiel.
    pub part_time: Option<bool>,
    /// Profession.
    pub job: Option<String>,
}

/// Personne à charge, sans nom.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildDocument {
    /// Âge en années révolues.
    pub age: Option<u32>,
    /// M ou F.
    pub sex: Option<String>,
    /// E enfant (par défaut), P parent, A autre.
    pub link: Option<String>,
}

/// Priorité de l’article L. 441-1 : oui ou non, ou une lettre, qui n’est pas conservée.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum PriorityDocument {
    Flag(bool),
    Letter(String),
}

/// Fiche de synthèse : une demande au regard d’un logement. Un champ absent ou nul est affiché
/// « information non affichée ».
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetDocument {
    /// Code INSEE de la commune concernée.
    #[schemars(regex(pattern = r"^[0-9][0-9AB][0-9]{3}$"))]
    pub commune_insee: String,
    /// Numéro d’ordre du dossier.
    #[schemars(range(min = 1))]
    pub agenda_order: Option<u32>,
    /// Rang proposé pour le logement.
    #[schemars(range(min = 1))]
    pub proposed_rank: Option<u32>,
    /// Autre nom de `proposed_rank`.
    #[schemars(range(min = 1))]
    pub rank: Option<u32>,
    /// Date et heure de mise à jour ; à Paris sans décalage écrit.
    pub published_at: Option<String>,
    /// Numéro unique de la demande.
    #[schemars(regex(pattern = r"^[0-9A-Z]{18}$"))]
    pub nur: String,
    /// Civilité : 1 Monsieur, 2 Madame.
    pub title: Option<CodeDocument>,
    /// Nom d’usage.
    #[schemars(length(max = 80))]
    pub last_name: String,
    /// Nom de naissance.
    #[schemars(length(max = 80))]
    pub birth_name: Option<String>,
    /// Prénom.
    #[schemars(length(max = 80))]
    pub first_name: Option<String>,
    /// Date de naissance ; seul l’âge au jour de la commission est conservé.
    pub birth_date: Option<Day>,
    /// Âge, sans date de naissance.
    #[schemars(range(max = 120))]
    pub age: Option<u32>,
    /// Groupe de nationalité : accepté, non conservé.
    pub nationality_group: Option<CodeDocument>,
    /// Séjour régulier vérifié.
    pub residence_right_checked: Option<bool>,
    /// Situation familiale : C, M, D, S, P, U, V.
    pub marital_status: Option<CodeDocument>,
    /// Lien du co-demandeur : M, P, C, L.
    pub co_applicant_link: Option<CodeDocument>,
    /// Co-demandeur.
    pub co_applicant: Option<CoApplicantDocument>,
    /// Situation professionnelle : CDI, CDD, ART, CHO, APP, ETU, RET, AUT.
    pub employment_status: Option<CodeDocument>,
    /// Temps partiel.
    pub part_time: Option<bool>,
    /// Profession.
    pub job: Option<String>,
    /// Employeur.
    pub employer: Option<String>,
    /// Commune de travail, code INSEE.
    pub work_commune: Option<String>,
    /// Date de dépôt initial de la demande.
    pub initial_filing_date: Option<Day>,
    /// Ancienneté en mois ; vérifiée, à un mois près.
    pub seniority_months: Option<u32>,
    /// Dernier renouvellement.
    pub renewed_on: Option<Day>,
    /// Guichet enregistreur : accepté, non conservé.
    pub registration_desk_code: Option<CodeDocument>,
    /// `external` première demande, `transfer` mutation.
    pub application_kind: Option<CodeDocument>,
    /// Types souhaités : C, T1 à T5, T6P.
    pub wanted_types: Option<Vec<CodeDocument>>,
    /// A appartement, M maison, I indifférent.
    pub wanted_category: Option<CodeDocument>,
    /// Communes souhaitées, codes INSEE.
    pub wanted_communes: Option<Vec<String>>,
    /// Demande élargie.
    pub extended_search: Option<bool>,
    /// Cotation, en points.
    pub score: Option<u32>,
    /// Cotation maximale.
    pub score_max: Option<u32>,
    /// Délai anormalement long.
    pub abnormally_long_wait: Option<bool>,
    /// Propositions antérieures.
    pub past_offers: Option<u32>,
    /// Refus antérieurs.
    pub past_refusals: Option<u32>,
    /// Motifs de la demande, le principal d’abord ; 06, 07 et 08 ne sont pas affichés.
    pub application_reasons: Option<Vec<CodeDocument>>,
    /// Adultes à loger.
    pub adults_count: Option<u32>,
    /// Personnes à charge.
    pub dependants_count: Option<u32>,
    /// Personnes à charge, une à une.
    pub children: Option<Vec<ChildDocument>>,
    /// Enfants en garde alternée.
    pub alternating_custody_count: Option<u32>,
    /// Enfants à naître.
    pub unborn_count: Option<u32>,
    /// Naissance attendue.
    pub expected_birth_date: Option<Day>,
    /// Personnes à loger ; calculé sinon.
    pub household_size: Option<u32>,
    /// Autres occupants.
    pub other_occupants: Option<u32>,
    /// Unités de consommation selon le bailleur ; calculées sinon.
    pub uc: Option<f64>,
    /// Revenu fiscal de référence de l’année N-2.
    pub rfr_n2: Option<Euros>,
    /// Revenu fiscal de référence de l’année N-1.
    pub rfr_n1: Option<Euros>,
    /// Plafond de ressources applicable.
    pub income_ceiling: Option<Euros>,
    /// Part du plafond, en %, une décimale.
    pub ceiling_ratio: Option<f64>,
    /// Catégorie de ménage du plafond.
    #[schemars(range(min = 1, max = 9))]
    pub ceiling_category: Option<u32>,
    /// Ressources mensuelles par code : SAL, RET, CHO, PAR, BE, AUT ; les prestations (AF, AAH,
    /// AEEH, AJPP, PINV, RSA, AMV, PAJE) sont additionnées.
    pub monthly_income: Option<BTreeMap<String, Euros>>,
    /// Pension alimentaire versée.
    pub alimony_paid: Option<Euros>,
    /// Total des ressources, pension versée déduite ou non ; vérifié, à 1 € près.
    pub monthly_income_total: Option<Euros>,
    /// Premier quartile.
    pub first_quartile: Option<bool>,
    /// Modes de logement actuel ; SH, CDEFCM, SD et SQUAT ne sont pas affichés.
    pub current_housing_modes: Option<Vec<CodeDocument>>,
    /// Loyer actuel.
    pub current_rent: Option<Euros>,
    /// Type du logement actuel.
    pub current_type: Option<CodeDocument>,
    /// Catégorie du logement actuel : A ou M.
    pub current_category: Option<CodeDocument>,
    /// Surface du logement actuel, en m².
    pub current_surface: Option<f64>,
    /// Occupants du logement actuel.
    pub current_occupants: Option<u32>,
    /// Propriétaire d’un logement.
    pub is_owner: Option<bool>,
    /// DALO : NON, ACTIF, CADUC, ACTREL.
    pub dalo_status: Option<CodeDocument>,
    /// Accord collectif : ACD, ACI, AUCUN, NONDOC.
    pub collective_agreement: Option<CodeDocument>,
    /// Public prioritaire de l’article L. 441-1.
    pub priority_l441_1: Option<PriorityDocument>,
    /// Orientation par le SIAO.
    pub siao_referral: Option<bool>,
    /// Logement situé en quartier prioritaire.
    pub dwelling_in_qpv: Option<bool>,
    /// Mutation.
    pub transfer: Option<bool>,
    /// Relogement dans une opération de renouvellement urbain.
    pub urban_renewal_rehousing: Option<bool>,
    /// Salarié d’Action Logement, fonctionnaire, travailleur essentiel.
    pub employee_category: Option<String>,
    /// Besoin d’un logement accessible, sans détail.
    pub accessible_housing_needed: Option<bool>,
    /// Référence du logement.
    #[schemars(length(max = 40))]
    pub dwelling_ref: String,
    /// Identifiant RPLS : accepté, non conservé.
    pub rpls_id: Option<CodeDocument>,
    /// Adresse du logement proposé.
    pub address: Option<AddressDocument>,
    /// Programme ou résidence.
    pub program: Option<String>,
    /// Bâtiment.
    pub building: Option<String>,
    /// Escalier.
    pub stair: Option<String>,
    /// Étage, 0 au rez-de-chaussée.
    #[schemars(range(min = -9, max = 99))]
    pub floor: Option<i32>,
    /// Porte.
    pub door: Option<String>,
    /// C collectif, I individuel.
    pub building_kind: Option<CodeDocument>,
    /// Type : T1 à T6, T6P, C, ou un nom local.
    #[serde(rename = "type")]
    pub kind: Option<CodeDocument>,
    /// Surface habitable, en m².
    pub living_area: Option<f64>,
    /// Surface utile : acceptée, non conservée.
    pub usable_area: Option<f64>,
    /// Ascenseur.
    pub has_lift: Option<bool>,
    /// Accessible aux personnes à mobilité réduite.
    pub accessible: Option<bool>,
    /// Stationnement.
    pub parking: Option<bool>,
    /// Annexes : jardin, cave.
    pub annexes: Option<String>,
    /// Étiquette énergie, A à G.
    pub dpe_energy: Option<CodeDocument>,
    /// Étiquette gaz à effet de serre : acceptée, non conservée.
    pub dpe_ghg: Option<CodeDocument>,
    /// Financement : PLAI, PLUS, PLS.
    pub funding: Option<CodeDocument>,
    /// Convention APL : acceptée, non conservée.
    pub apl_agreement: Option<PriorityDocument>,
    /// Loyer principal, hors charges.
    pub base_rent: Option<Euros>,
    /// Loyers accessoires.
    pub ancillary_rent: Option<Euros>,
    /// Charges.
    pub charges: Option<Euros>,
    /// Contribution aux travaux d’énergie.
    pub energy_contribution: Option<Euros>,
    /// Forfait pour l’eau et le chauffage individuels.
    pub utilities_allowance: Option<Euros>,
    /// APL ou AL estimée.
    pub estimated_apl: Option<Euros>,
    /// Date de l’estimation.
    pub estimated_apl_on: Option<Day>,
    /// Coût net : vérifié.
    pub net_housing_cost: Option<Euros>,
    /// Date de disponibilité.
    pub available_from: Option<Day>,
    /// Réservataire, code du SNE ou du RPLS.
    pub quota_holder: Option<CodeDocument>,
    /// Taux d’effort en %, une décimale : vérifié, à 0,1 près.
    pub effort_rate: Option<f64>,
    /// Reste à vivre par jour et par unité de consommation : vérifié, à 0,05 € près.
    pub residual_income: Option<f64>,
    /// Adéquation du logement au foyer.
    #[schemars(length(max = 240))]
    pub fit: Option<String>,
    /// Avis du service : favorable, réservé, défavorable.
    pub landlord_opinion: Option<CodeDocument>,
    /// Motif de l’avis, sans propos sur la personne.
    #[schemars(length(max = 240))]
    pub landlord_opinion_reason: Option<String>,
}

/// The JSON Schema of the import document.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(ImportDocument).into()
}
