//! The code lists of the housing applications, as data with their version: the lists change with
//! each form and each decree, the program does not. A code that is not listed is kept and shown as
//! « code X »; none is ever a reason to refuse a sheet.

/// A list of codes, of one version.
#[derive(Debug)]
pub struct CodeList {
    /// The import field whose values these are.
    pub field: &'static str,
    /// Where the list comes from and of which year, for the documentation.
    pub version: &'static str,
    pub codes: &'static [Code],
}

/// A code and its French words, in lower case as they stand in a sheet.
#[derive(Debug)]
pub struct Code {
    pub code: &'static str,
    /// Words for a woman, or for anybody where the words do not vary.
    pub label: &'static str,
    /// Words for a man where they differ.
    pub masculine: Option<&'static str>,
    /// Reveals health, violence or destitution: dropped at import.
    pub withheld: bool,
}

const fn code(code: &'static str, label: &'static str) -> Code {
    Code { code, label, masculine: None, withheld: false }
}

const fn gendered(code: &'static str, label: &'static str, masculine: &'static str) -> Code {
    Code { code, label, masculine: Some(masculine), withheld: false }
}

const fn withheld(code: &'static str, label: &'static str) -> Code {
    Code { code, label, masculine: None, withheld: true }
}

/// Whose words are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    Feminine,
    Masculine,
    Unknown,
}

impl CodeList {
    /// The entry of a code, if the list knows it.
    pub fn find(&self, code: &str) -> Option<&'static Code> {
        self.codes.iter().find(|entry| entry.code == code)
    }

    /// The French words of a code, or « code X ».
    pub fn label(&self, code: &str, gender: Gender) -> String {
        match self.find(code) {
            None => format!("code {code}"),
            Some(entry) => match (entry.masculine, gender) {
                (Some(masculine), Gender::Masculine) => masculine.to_owned(),
                (Some(masculine), Gender::Unknown) => {
                    format!("{masculine} ou {}", entry.label)
                }
                _ => entry.label.to_owned(),
            },
        }
    }

    /// Whether the import drops this code.
    pub fn withholds(&self, code: &str) -> bool {
        self.find(code).is_some_and(|entry| entry.withheld)
    }
}

const SNE: &str = "listes du système national d’enregistrement, 2012 à 2018";
const RPLS: &str = "répertoire des logements locatifs, arrêté du 5 janvier 2010";
const PARVIS: &str = "Parvis, 2026";

pub const TITLES: CodeList =
    CodeList { field: "title", version: SNE, codes: &[code("1", "M."), code("2", "Mme"), code("3", "Mme")] };

pub const MARITAL_STATUSES: CodeList = CodeList {
    field: "marital_status",
    version: SNE,
    codes: &[
        code("C", "célibataire"),
        gendered("M", "mariée", "marié"),
        gendered("D", "divorcée", "divorcé"),
        gendered("S", "séparée", "séparé"),
        gendered("P", "pacsée", "pacsé"),
        code("U", "en concubinage"),
        gendered("V", "veuve", "veuf"),
    ],
};

pub const CO_APPLICANT_LINKS: CodeList = CodeList {
    field: "co_applicant_link",
    version: SNE,
    codes: &[
        gendered("M", "conjointe", "conjoint"),
        code("P", "partenaire de pacs"),
        gendered("C", "concubine", "concubin"),
        code("L", "colocataire"),
    ],
};

pub const EMPLOYMENT_STATUSES: CodeList = CodeList {
    field: "employment_status",
    version: SNE,
    codes: &[
        code("CDI", "CDI"),
        code("CDD", "CDD, stage ou intérim"),
        code("ART", "artisanat, commerce ou profession libérale"),
        code("CHO", "en recherche d’emploi"),
        code("APP", "en apprentissage"),
        gendered("ETU", "étudiante", "étudiant"),
        gendered("RET", "retraitée", "retraité"),
        code("AUT", "autre situation"),
    ],
};

/// The code under which the import adds up every benefit: shown apart, some reveal an illness or a
/// handicap, and what is left of the others would betray them.
pub const BENEFITS: &str = "PRESTATIONS";

pub const INCOMES: CodeList = CodeList {
    field: "monthly_income",
    version: SNE,
    codes: &[
        code("SAL", "Salaire"),
        code("RET", "Retraite"),
        code("CHO", "Allocation de chômage"),
        code("PAR", "Pension alimentaire reçue"),
        code("BE", "Bourse"),
        code(BENEFITS, "Prestations"),
        code("AUT", "Autres ressources"),
        withheld("PINV", "Prestations"),
        withheld("AF", "Prestations"),
        withheld("AAH", "Prestations"),
        withheld("AEEH", "Prestations"),
        withheld("AJPP", "Prestations"),
        withheld("RSA", "Prestations"),
        withheld("AMV", "Prestations"),
        withheld("PAJE", "Prestations"),
    ],
};

pub const HOUSING_MODES: CodeList = CodeList {
    field: "current_housing_modes",
    version: SNE,
    codes: &[
        code("HLM", "locataire, parc social"),
        code("LP", "locataire, parc privé"),
        code("RS", "résidence sociale ou foyer"),
        code("RHVS", "résidence hôtelière à vocation sociale"),
        code("RE", "résidence étudiante"),
        code("SLHT", "en sous-location ou logement temporaire"),
        withheld("SH", "structure d’hébergement"),
        withheld("CDEFCM", "centre départemental de l’enfance"),
        code("CPE", "chez ses parents ou enfants"),
        code("CP", "chez un particulier"),
        code("LTG", "à titre gratuit"),
        code("FONC", "logement de fonction"),
        code("POCC", "propriétaire occupant"),
        code("CAMCAR", "camping ou caravaning"),
        code("HOT", "hôtel"),
        withheld("SD", "sans abri"),
        withheld("SQUAT", "squat"),
    ],
};

pub const REASONS: CodeList = CodeList {
    field: "application_reasons",
    version: "formulaire de demande, liste de 2012",
    codes: &[
        code("01", "sans logement ou hébergement temporaire"),
        code("02", "logement voué à la démolition"),
        code("03", "logement non décent"),
        code("04", "logement repris ou mis en vente"),
        code("05", "procédure d’expulsion"),
        withheld("06", "violences familiales"),
        withheld("07", "handicap"),
        withheld("08", "raisons de santé"),
        code("09", "logement trop cher"),
        code("10", "logement trop grand"),
        code("11", "divorce ou séparation"),
        code("12", "décohabitation"),
        code("13", "logement trop petit"),
        code("14", "futur mariage, concubinage ou pacs"),
        code("15", "regroupement familial"),
        code("16", "métier d’assistance maternelle ou familiale"),
        code("17", "environnement ou voisinage"),
        code("18", "mutation professionnelle"),
        code("19", "rapprochement du travail"),
        code("20", "rapprochement des services"),
        code("21", "rapprochement de la famille"),
        code("22", "accession à la propriété en difficulté"),
        code("23", "autre motif"),
    ],
};

pub const APPLICATION_KINDS: CodeList = CodeList {
    field: "application_kind",
    version: PARVIS,
    codes: &[code("external", "première demande"), code("transfer", "mutation")],
};

pub const WANTED_CATEGORIES: CodeList = CodeList {
    field: "wanted_category",
    version: SNE,
    codes: &[code("A", "appartement"), code("M", "maison"), code("I", "appartement ou maison")],
};

pub const DALO_STATUSES: CodeList = CodeList {
    field: "dalo_status",
    version: SNE,
    codes: &[
        code("NON", "non"),
        code("ACTIF", "oui"),
        code("CADUC", "caduc"),
        code("ACTREL", "oui, déjà relogé"),
    ],
};

pub const COLLECTIVE_AGREEMENTS: CodeList = CodeList {
    field: "collective_agreement",
    version: SNE,
    codes: &[
        code("ACD", "départemental"),
        code("ACI", "intercommunal"),
        code("AUCUN", "aucun"),
        code("NONDOC", "non documenté"),
    ],
};

pub const BUILDING_KINDS: CodeList =
    CodeList { field: "building_kind", version: RPLS, codes: &[code("C", "immeuble"), code("I", "maison")] };

pub const QUOTA_HOLDERS: CodeList = CodeList {
    field: "quota_holder",
    version: "listes du système national d’enregistrement et du répertoire des logements locatifs",
    codes: &[
        code("COLTER", "collectivités"),
        code("COLACT", "employeurs, Action Logement"),
        code("PPRIOR", "préfet, prioritaires"),
        code("PFONCT", "préfet, agents de l’État"),
        code("AUTRES", "autre réservataire"),
        code("AUCUN", "hors contingent"),
        code("1", "préfet, agents de l’État"),
        code("2", "préfet, prioritaires"),
        code("3", "employeurs, Action Logement"),
        code("4", "collectivités"),
        code("5", "réservations conventionnelles de l’État"),
        code("6", "autre réservataire"),
        code("7", "hors contingent"),
    ],
};

pub const OPINIONS: CodeList = CodeList {
    field: "landlord_opinion",
    version: PARVIS,
    codes: &[code("favorable", "Favorable"), code("réservé", "Réservé"), code("défavorable", "Défavorable")],
};

pub const DWELLING_TYPES: CodeList = CodeList {
    field: "type",
    version: SNE,
    codes: &[
        code("C", "chambre"),
        code("T1", "T1"),
        code("T2", "T2"),
        code("T3", "T3"),
        code("T4", "T4"),
        code("T5", "T5"),
        code("T6", "T6"),
        code("T6P", "T6 et plus"),
    ],
};

/// Every list, for the documentation.
pub const LISTS: [&CodeList; 15] = [
    &TITLES,
    &MARITAL_STATUSES,
    &CO_APPLICANT_LINKS,
    &EMPLOYMENT_STATUSES,
    &INCOMES,
    &HOUSING_MODES,
    &REASONS,
    &APPLICATION_KINDS,
    &WANTED_CATEGORIES,
    &DALO_STATUSES,
    &COLLECTIVE_AGREEMENTS,
    &BUILDING_KINDS,
    &QUOTA_HOLDERS,
    &OPINIONS,
    &DWELLING_TYPES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_shown_as_such() {
        assert_eq!(REASONS.label("41", Gender::Unknown), "code 41");
        assert!(!REASONS.withholds("41"));
    }

    #[test]
    fn words_follow_the_person() {
        assert_eq!(MARITAL_STATUSES.label("D", Gender::Feminine), "divorcée");
        assert_eq!(MARITAL_STATUSES.label("D", Gender::Masculine), "divorcé");
        assert_eq!(MARITAL_STATUSES.label("D", Gender::Unknown), "divorcé ou divorcée");
    }

    #[test]
    fn no_list_holds_a_code_twice() {
        for list in LISTS {
            for (index, entry) in list.codes.iter().enumerate() {
                let again = list.codes.iter().skip(index + 1);
                assert!(
                    !again.map(|other| other.code).any(|code| code == entry.code),
                    "{} {}",
                    list.field,
                    entry.code
                );
            }
        }
    }
}
