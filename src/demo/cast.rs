//! Who applies, and for which homes: invented, in the order in which the sheets draw them.

/// A home and what it costs.
pub(super) struct Home {
    pub(super) reference: &'static str,
    pub(super) number: &'static str,
    pub(super) street_type: &'static str,
    pub(super) street: &'static str,
    pub(super) program: &'static str,
    pub(super) kind: &'static str,
    pub(super) area: f64,
    pub(super) floor: u32,
    pub(super) lift: bool,
    pub(super) house: bool,
    pub(super) rent: f64,
    pub(super) parking: f64,
    pub(super) charges: f64,
    /// How many candidates stand for it.
    pub(super) candidates: usize,
}

#[rustfmt::skip]
pub(super) const VALBOURG: [Home; 6] = [
    Home { reference: "0117-01-0006", number: "3", street_type: "place", street: "du Lavoir", program: "Le Vieux Lavoir", kind: "T2", area: 48.10, floor: 0, lift: false, house: false, rent: 318.40, parking: 0.0, charges: 71.0, candidates: 3 },
    Home { reference: "0117-02-0043", number: "14", street_type: "rue", street: "des Tanneurs", program: "Les Lavandières", kind: "T3", area: 64.50, floor: 2, lift: true, house: false, rent: 398.20, parking: 25.0, charges: 96.40, candidates: 5 },
    Home { reference: "0131-00-0002", number: "27", street_type: "chemin", street: "des Noyers", program: "Les Noyers", kind: "T4", area: 82.30, floor: 0, lift: false, house: true, rent: 486.10, parking: 0.0, charges: 58.0, candidates: 4 },
    Home { reference: "0122-03-0118", number: "8 bis", street_type: "avenue", street: "de la Gare", program: "Résidence du Rail", kind: "T1", area: 31.75, floor: 3, lift: false, house: false, rent: 241.30, parking: 0.0, charges: 52.60, candidates: 6 },
    Home { reference: "0122-05-0207", number: "41", street_type: "boulevard", street: "des Charmes", program: "Les Charmes", kind: "T5", area: 98.20, floor: 1, lift: true, house: false, rent: 561.75, parking: 30.0, charges: 134.20, candidates: 3 },
    Home { reference: "0117-04-0019", number: "9", street_type: "quai", street: "des Teinturiers", program: "Les Teinturiers", kind: "T3", area: 61.80, floor: 1, lift: true, house: false, rent: 391.60, parking: 0.0, charges: 92.75, candidates: 3 },
];

#[rustfmt::skip]
pub(super) const MERIZEAU: [Home; 4] = [
    Home { reference: "0204-01-0011", number: "5", street_type: "rue", street: "du Moulin", program: "Le Moulin", kind: "T3", area: 66.90, floor: 1, lift: false, house: false, rent: 377.60, parking: 20.0, charges: 88.30, candidates: 4 },
    Home { reference: "0204-02-0035", number: "19", street_type: "rue", street: "de l’Églantine", program: "L’Églantine", kind: "T2", area: 45.40, floor: 2, lift: true, house: false, rent: 302.90, parking: 0.0, charges: 79.90, candidates: 5 },
    Home { reference: "0210-00-0004", number: "2", street_type: "impasse", street: "des Merises", program: "Les Merises", kind: "T4", area: 85.60, floor: 0, lift: false, house: true, rent: 498.30, parking: 0.0, charges: 44.10, candidates: 3 },
    Home { reference: "0204-04-0052", number: "33", street_type: "allée", street: "du Bief", program: "Le Bief", kind: "T3", area: 61.25, floor: 4, lift: true, house: false, rent: 389.45, parking: 25.0, charges: 101.15, candidates: 6 },
];

/// First name, surname, 1 for a man and 2 for a woman. The first twelve are those of the pictures.
#[rustfmt::skip]
pub(super) const PEOPLE: [(&str, &str, u8); 40] = [
    ("Aurélien", "BASTIDE", 1), ("Rosa", "QUENTIN-ALVES", 2), ("Ilona", "FERRAND", 2),
    ("Solène", "VARENNES", 2), ("Bakary", "DESROCHES", 1), ("Maud", "OLLIVIER", 2),
    ("Théodore", "LESAGE", 1), ("Nour", "SAUVAGEOT", 2), ("Émile", "CHARRONDIER", 1),
    ("Awa", "LIMOUSIN", 2), ("Judith", "PRADEL", 2), ("Ivan", "KERVELLA", 1),
    ("Fatoumata", "DIARRASSOUBA", 2), ("Gwenaël", "LE TREUT", 1), ("Mei", "CHANTERAINE", 2),
    ("Youssef", "BELKADIR", 1), ("Anne-Charlotte", "DE MONTFERRIER-LACOMBE-SAINT-AUBIN", 2),
    ("Piotr", "WOJNOWSKI", 1), ("Inês", "FIGUEIRAS", 2), ("Mamadou", "KOUROUSSA", 1),
    ("Lucienne", "HAUTERIVE", 2), ("Raphaël", "ZIMMERLIN", 1), ("Samira", "OUAZZARI", 2),
    ("Côme", "BŒUFVERT", 1), ("Thi Lan", "NGUYEN-PERRIN", 2), ("Ömer", "YILDIRAN", 1),
    ("Clémence", "D’AUBERTIN", 2), ("Joaquim", "MAGALHANES", 1), ("Odette", "GRANDPRÉ", 2),
    ("Sékou", "TRAORET", 1), ("Élodie", "VAUQUELIN", 2), ("Dragan", "PETROVEC", 1),
    ("Maïmouna", "SYLLART", 2), ("Loïc", "KERGUÉNEC", 1), ("Hélène", "MÉRIADOC", 2),
    ("Tarik", "HADJERES", 1), ("Noémie", "FONTVIEILLE", 2), ("Giuseppe", "TAVERNINI", 1),
    ("Aïssata", "CAMARAULT", 2), ("Bertrand", "QUÉMENEUR", 1),
];

#[rustfmt::skip]
pub(super) const PICTURED_NUMBERS: [&str; 12] = [
    "0990523001942G0991", "0991121003308GDPUB", "0990224000716G0991", "0990322004817G0991",
    "0990922006125G0994", "0990723002250G0991", "0990125000084GDPUB", "0991024004402G0991",
    "0990620000391G0991", "0991221005570G0992", "0990423001128G0991", "0990824003947GDPUB",
];
