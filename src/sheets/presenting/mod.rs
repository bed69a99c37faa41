//! From a [`Sheet`] to the words a person reads (E6): every string of a display is made here, once,
//! for the pixels and for the text.

mod blocks;
mod comparison;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

pub use comparison::compare;

use super::presentation::{
    Applicant, Dwelling, Landmark, ListLine, Opinion, Presentation, Rank, Rule, RunningHead,
};
use super::reference_codes::{
    DWELLING_TYPES, EMPLOYMENT_STATUSES, Gender, MARITAL_STATUSES, OPINIONS, TITLES,
};
use super::sheet::{self, Cents, Figures, Hundredths, ListEntry, Sheet, Tenths};
use crate::page::format::{
    area, count, date_long, date_medium, date_short, money, money_round, rate, time_of_day,
};

const NBSP: char = '\u{a0}';
/// What stands for a field withheld or not given, where a figure is awaited.
const NOT_SHOWN: &str = "information non affichée";
const NOT_CALCULABLE: &str = "non calculable";

/// What a sheet does not say itself: its committee, the names of communes, the landlord's limits.
#[derive(Debug, Clone, PartialEq)]
pub struct CommitteeFacts {
    /// « Est 2026-47 ».
    pub reference: String,
    /// « Est », where the reference does not say it.
    pub sector: Option<String>,
    pub held_on: NaiveDate,
    /// The last day: the sheet goes at the midnight that ends it (E7).
    pub ends_on: NaiveDate,
    pub starts_at: Option<NaiveTime>,
    /// Official code and name of each commune known.
    pub communes: Vec<(String, String)>,
    /// When the sheet was last imported, Paris time: serves when the sheet bears no date.
    pub imported_at: Option<NaiveDateTime>,
    /// The rate above which the effort is « au-dessus du repère »: 33 %.
    pub effort_alert: Tenths,
    /// The landlord's threshold of residual income, by day and consumption unit.
    pub residual_threshold: Cents,
}

impl CommitteeFacts {
    /// The name of a commune, or « code X ».
    fn commune(&self, insee: &str) -> String {
        self.communes
            .iter()
            .find(|(code, _)| code == insee)
            .map_or_else(|| format!("code {insee}"), |(_, name)| name.clone())
    }
}

/// The whole sheet in words; `candidates` is how many stand for the same dwelling.
pub fn present(sheet: &Sheet, about: &CommitteeFacts, candidates: u32) -> Presentation {
    let figures = sheet.figures();
    Presentation {
        head: head(sheet, about),
        applicant: applicant(sheet),
        rank: Rank { rank: sheet.proposed_rank, of: (candidates > 0).then_some(candidates) },
        dwelling: dwelling(sheet, &figures),
        landmarks: [
            household(sheet, &figures),
            income(&figures),
            effort(&figures, about),
            residual(&figures, about),
        ],
        left: blocks::person(sheet, &figures, about),
        right: blocks::money(sheet, &figures, about),
        opinion: opinion(sheet),
        foot: foot(sheet, about),
    }
}

/// A line of the committee's list.
pub fn list_line(entry: &ListEntry, unread: bool) -> ListLine {
    ListLine {
        title: title(entry.title.as_deref()),
        first_name: entry.first_name.clone().unwrap_or_default(),
        last_name: entry.last_name.clone(),
        number: entry.nur.clone(),
        unread,
    }
}

/// The head of a group of candidates: the dwelling they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DwellingHead {
    /// « T3 ».
    pub kind: String,
    /// « 14, rue des Tanneurs ».
    pub address: String,
    /// « 64,50 m², 2ᵉ étage, ascenseur ».
    pub details: String,
    /// « 423,20 € + 96,40 € de charges ».
    pub rent: String,
}

/// The head of the group this entry belongs to.
pub fn dwelling_head(entry: &ListEntry) -> DwellingHead {
    let house = entry.building_kind.as_deref() == Some("I");
    let mut details: Vec<String> = entry.living_area.map(surface).into_iter().collect();
    if house {
        details.push("maison".to_owned());
    } else if let Some(number) = entry.floor {
        details.push(match entry.accessible {
            Some(true) => format!("{} accessible", floor(number)),
            _ => floor(number),
        });
    }
    if entry.has_lift == Some(true) {
        details.push("ascenseur".to_owned());
    }
    details.extend(entry.annexes.clone());
    DwellingHead {
        kind: dwelling_type(entry.kind.as_deref()),
        address: entry.address.clone(),
        details: details.join(", "),
        rent: match (entry.rent, entry.charges) {
            (Some(rent), Some(charges)) => {
                format!("{} + {} de charges", money(rent.get()), money(charges.get()))
            }
            (Some(rent), None) => money(rent.get()),
            _ => String::new(),
        },
    }
}

fn title(code: Option<&str>) -> String {
    code.map(|code| TITLES.label(code, Gender::Unknown)).unwrap_or_default()
}

fn gender(title: Option<&str>) -> Gender {
    match title {
        Some("1") => Gender::Masculine,
        Some("2" | "3") => Gender::Feminine,
        _ => Gender::Unknown,
    }
}

fn surface(area_given: Hundredths) -> String {
    area(u32::try_from(area_given.get()).unwrap_or_default())
}

fn floor(number: i32) -> String {
    match number {
        ..0 => format!("sous-sol {}", number.unsigned_abs()),
        0 => "rez-de-chaussée".to_owned(),
        1 => "1er étage".to_owned(),
        _ => format!("{number}\u{1d49} étage"),
    }
}

/// A known type by its words; a local one, such as « T1 bis », as it stands.
fn dwelling_type(kind: Option<&str>) -> String {
    match kind {
        None => NOT_SHOWN.to_owned(),
        Some(kind) => DWELLING_TYPES.find(kind).map_or(kind, |entry| entry.label).to_owned(),
    }
}

/// « 12 mars 2022 ».
fn day_of_year(date: NaiveDate) -> String {
    format!("{} {}", date_medium(date), date.year())
}

fn head(sheet: &Sheet, about: &CommitteeFacts) -> RunningHead {
    let hour = about.starts_at.map(|hour| format!(", {}", time_of_day(hour))).unwrap_or_default();
    let reference = match &about.sector {
        Some(sector) if !about.reference.starts_with(sector.as_str()) => {
            format!("{sector} {}", about.reference)
        }
        _ => about.reference.clone(),
    };
    RunningHead {
        file: sheet.agenda_order.map(|order| format!("dossier{NBSP}{order}")).unwrap_or_default(),
        committee: format!("Commission du {}{hour} · {reference}", date_long(about.held_on)),
        committee_short: format!("{}{hour}", date_short(about.held_on)),
        commune: about.commune(&sheet.commune_insee),
    }
}

/// « CDI, temps partiel », with the job where it is given.
fn employment(
    status: Option<&str>,
    part_time: Option<bool>,
    job: Option<&str>,
    gender: Gender,
) -> Option<String> {
    let words: Vec<String> = [
        status.map(|status| EMPLOYMENT_STATUSES.label(status, gender)),
        (part_time == Some(true)).then(|| "temps partiel".to_owned()),
        job.map(str::to_owned),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn children(sheet: &Sheet) -> i64 {
    let children = sheet.family.children.as_deref().unwrap_or_default();
    let count = children.iter().filter(|child| !matches!(child.link.as_deref(), Some("P" | "A"))).count();
    i64::try_from(count).unwrap_or_default()
}

fn applicant(sheet: &Sheet) -> Applicant {
    let (person, family) = (&sheet.identification, &sheet.family);
    let gender = gender(person.title.as_deref());
    let children = children(sheet);
    let facts = [
        person.age.map(|age| count(i64::from(age), "an", "ans")),
        family.marital_status.as_deref().map(|status| MARITAL_STATUSES.label(status, gender)),
        (children > 0).then(|| count(children, "enfant", "enfants")),
        employment(family.employment_status.as_deref(), family.part_time, None, gender),
    ];
    Applicant {
        title: title(person.title.as_deref()),
        first_name: person.first_name.clone().unwrap_or_default(),
        last_name: person.last_name.clone(),
        facts: facts.into_iter().flatten().collect(),
        number: person.nur.clone(),
    }
}

fn dwelling(sheet: &Sheet, figures: &Figures) -> Dwelling {
    let home = &sheet.dwelling;
    let address = home.address.as_ref().map(sheet::Address::line);
    let place = [
        home.program.clone(),
        home.building.as_ref().map(|name| format!("bâtiment{NBSP}{name}")),
        home.stair.as_ref().map(|name| format!("escalier{NBSP}{name}")),
        home.door.as_ref().map(|name| format!("porte{NBSP}{name}")),
    ];
    let storey = |with: &str, without: &str| {
        let number = home.floor?;
        let lift = match home.has_lift {
            Some(true) => with,
            Some(false) if number > 0 => without,
            _ => "",
        };
        let accessible = if home.accessible == Some(true) { " accessible" } else { "" };
        Some(format!("{}{accessible}{lift}", floor(number)))
    };
    let features = |storey| {
        [
            (home.building_kind.as_deref() == Some("I")).then(|| "maison".to_owned()),
            storey,
            home.annexes.clone(),
            home.funding.clone(),
            home.dpe_energy.as_ref().map(|class| format!("DPE{NBSP}{class}")),
            (home.in_priority_district == Some(true)).then(|| "quartier prioritaire".to_owned()),
        ]
    };
    let reference = [
        Some(format!("Réf.{NBSP}{}", home.dwelling_ref)),
        home.available_from.map(|date| format!("libre le {}", day_of_year(date))),
    ];
    Dwelling {
        kind: dwelling_type(home.kind.as_deref()),
        area: home.living_area.map(surface).unwrap_or_default(),
        address: address.unwrap_or_else(|| NOT_SHOWN.to_owned()),
        place: joined(place, ", "),
        features: joined(features(storey(" avec ascenseur", " sans ascenseur")), " · "),
        features_short: joined(features(storey(", asc.", ", sans asc.")), " · "),
        reference: joined(reference, " · "),
        net_cost: figures.net_cost.map_or_else(|| NOT_SHOWN.to_owned(), |cost| money(cost.get())),
    }
}

fn joined<const N: usize>(parts: [Option<String>; N], separator: &str) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(separator)
}

/// « 1 adulte, 2 enfants ».
fn composition(sheet: &Sheet) -> Option<String> {
    let adults = i64::from(sheet.family.adults_count?);
    let dependants = i64::from(sheet.family.dependants().unwrap_or_default());
    let children = children(sheet);
    let others = (dependants - children).max(0);
    Some(joined(
        [
            Some(count(adults, "adulte", "adultes")),
            (children > 0).then(|| count(children, "enfant", "enfants")),
            (others > 0).then(|| count(others, "personne à charge", "personnes à charge")),
        ],
        ", ",
    ))
}

fn household(sheet: &Sheet, figures: &Figures) -> Landmark {
    let shared = sheet.family.alternating_custody_count.filter(|count| *count > 0);
    let size = figures.household_size;
    Landmark {
        label: "Foyer".to_owned(),
        figure: size.map_or_else(|| NOT_SHOWN.to_owned(), |size| size.to_string()),
        unit: match size {
            None => String::new(),
            Some(0 | 1) => "personne".to_owned(),
            Some(_) => "personnes".to_owned(),
        },
        notes: [composition(sheet), shared.map(|shared| format!("dont{NBSP}{shared} en garde alternée"))]
            .into_iter()
            .flatten()
            .collect(),
        rule: None,
    }
}

fn income(figures: &Figures) -> Landmark {
    let notes = figures.income.map(|_| "par mois".to_owned());
    let ratio = figures.ceiling_ratio.map(|ratio| format!("{} du plafond", rate(ratio.get())));
    Landmark {
        label: "Ressources".to_owned(),
        figure: figures.income.map_or_else(|| NOT_SHOWN.to_owned(), whole_or_exact),
        unit: String::new(),
        notes: notes.into_iter().chain(ratio).collect(),
        rule: None,
    }
}

/// « 1 488 € », with its cents where there are some.
fn whole_or_exact(amount: Cents) -> String {
    if amount.get() % 100 == 0 { money_round(amount.get()) } else { money(amount.get()) }
}

/// A fraction of a rule. The rule is a drawing: a float is enough.
fn fraction(value: i64, length: i64) -> f32 {
    (value as f64 / length as f64).clamp(0.0, 1.0) as f32
}

/// In place of the limit where a rate is above it: a word, no verdict.
const ABOVE: &str = "au-dessus du repère";

/// « repère d’alerte : 33 % ».
fn effort_limit(about: &CommitteeFacts) -> String {
    format!("repère d’alerte{NBSP}: {}", rate(about.effort_alert.get()))
}

/// « par jour et UC, seuil 12 € ».
fn residual_limit(about: &CommitteeFacts) -> String {
    format!("par jour et UC, seuil {}", whole_or_exact(about.residual_threshold))
}

/// The rule of the effort rate ends at 50 %, a tick each 10 %.
fn effort(figures: &Figures, about: &CommitteeFacts) -> Landmark {
    const END: i64 = 500;
    let alert = about.effort_alert;
    let above = figures.effort_rate.is_some_and(|effort| effort > alert);
    Landmark {
        label: "Taux d’effort".to_owned(),
        figure: figures.effort_rate.map_or_else(|| NOT_CALCULABLE.to_owned(), |effort| rate(effort.get())),
        unit: String::new(),
        notes: vec![if above { ABOVE.to_owned() } else { effort_limit(about) }],
        rule: figures.effort_rate.map(|effort| Rule {
            value: fraction(effort.get(), END),
            mark: fraction(alert.get(), END),
            parts: 5,
        }),
    }
}

/// The rule of the residual income ends at 40 €, a tick each 10 €.
fn residual(figures: &Figures, about: &CommitteeFacts) -> Landmark {
    const END: i64 = 4_000;
    let threshold = about.residual_threshold;
    Landmark {
        label: "Reste à vivre".to_owned(),
        figure: figures.residual_income.map_or_else(|| NOT_CALCULABLE.to_owned(), |left| money(left.get())),
        unit: String::new(),
        notes: vec![residual_limit(about)],
        rule: figures.residual_income.map(|left| Rule {
            value: fraction(left.get(), END),
            mark: fraction(threshold.get(), END),
            parts: 4,
        }),
    }
}

fn opinion(sheet: &Sheet) -> Opinion {
    let person = &sheet.identification;
    Opinion {
        verdict: person
            .landlord_opinion
            .as_deref()
            .map_or_else(|| "Non communiqué".to_owned(), |opinion| OPINIONS.label(opinion, Gender::Unknown)),
        reason: person.landlord_opinion_reason.clone().unwrap_or_default(),
    }
}

fn foot(sheet: &Sheet, about: &CommitteeFacts) -> String {
    let updated = sheet
        .published_at
        .or(about.imported_at)
        .map(|at| format!("Mise à jour le {} à {} · ", day_of_year(at.date()), time_of_day(at.time())));
    let gone = about.ends_on + TimeDelta::days(1);
    let removal = format!("supprimée le {} à 0{NBSP}h · aucune décision n’y figure", date_medium(gone));
    match updated {
        Some(updated) => updated + &removal,
        None => removal.replacen('s', "S", 1),
    }
}

#[cfg(test)]
mod tests;
