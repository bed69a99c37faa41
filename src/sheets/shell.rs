//! What the pages around sheets say: dates, counts, places, marks; never a person.

use chrono::NaiveDate;

use super::outline::{self, Outlined};
use super::permit::{Asked, Permit, Reads};
use super::presentation::{Comparison, Presentation};
use super::presenting::{self, CommitteeFacts, DwellingHead};
use super::reading::{self, Displayed, ReadingState, day_past};
use super::sheet::{Cents, Tenths};
use super::store;
use super::view::committee::{Committee as ListView, Group, Row, spoken};
use super::view::committees::{CommitteeLine, Committees, CommuneChoice, DwellingLine as DwellingCount};
use super::view::compare;
use super::view::frame::SheetFrame;
use crate::committees::Committee;
use crate::conventions;
use crate::identity::Allowed;
use crate::page::chart::{SheetRule, SheetRuleGroup};
use crate::page::format;
use crate::page::marks::Mark;
use crate::platform::clock::to_paris;
use crate::platform::id::{CommitteeId, DwellingId, SheetId};
use crate::platform::{Error, Result};

/// « Commission du jeudi 26 novembre 2026, 9 h 30 ».
pub fn title(committee: &Committee) -> String {
    let day = format::date_long(committee.held_on);
    match committee.starts_at() {
        Some(time) => format!("Commission du {day}, {}", format::time_of_day(time)),
        None => format!("Commission du {day}"),
    }
}

/// « jeudi 26 novembre », without the year.
fn day_of(date: NaiveDate) -> String {
    let long = format::date_long(date);
    long.rsplit_once([' ', '\u{a0}']).map_or(long.clone(), |(day, _)| day.to_owned())
}

/// The day after the last: what a reader is told of the removal.
fn removed_on(committee: &Committee) -> String {
    committee.ends_on.succ_opt().map_or_else(String::new, format::date_medium)
}

/// My committees, soonest first, with what is new in each.
pub async fn committees<A: Reads>(who: &Allowed<A>, csrf: String, commune: &str) -> Result<Committees> {
    let actor = who.actor()?;
    let reading = actor.session.commune.clone().ok_or(Error::NotFound)?;
    let scope = reading.clone();
    let all = who.read(move |conn, who| store::committees_of(conn, &scope, who.now())).await?;
    let mut lines = Vec::new();
    for committee in &all {
        lines.push(line(who, committee).await?);
    }
    let coming = format::count_in_words(lines.len(), "commission à venir", "commissions à venir");
    let last = match actor.session.previous_login_at {
        Some(at) => format!("Dernière connexion\u{a0}: {}. ", format::day_and_time(at.and_utc())),
        None => "C’est votre première connexion. ".to_owned(),
    };
    Ok(Committees {
        csrf,
        title: format!("{} à {commune}", format::capitalized(&coming)),
        lead: format!("{last}Les fiches d’une commission disparaissent le lendemain de sa tenue."),
        communes: actor
            .habilitations
            .iter()
            .map(|h| CommuneChoice {
                insee: h.commune.to_string(),
                name: h.commune_name.clone(),
                current: h.commune == reading,
            })
            .collect(),
        committees: lines,
        empty: (
            format!("Aucune commission à venir à {commune}"),
            "Les fiches arrivent avec le fichier que le bailleur publie chaque jour, et disparaissent le lendemain de la commission.".to_owned(),
        ),
        text_display: actor.account.reads_text,
    })
}

async fn line<A: Reads>(who: &Allowed<A>, committee: &Committee) -> Result<CommitteeLine> {
    let permit = reading::permitted(who, Asked::List(committee.id.clone())).await?;
    let (permit, outlined) = outlined(who, permit).await?;
    let state = ReadingState::load(who, &permit.committee().id).await?;
    let today = who.now().today();
    let count = |mark: Mark| outlined.iter().filter(|row| state.mark(&row.about) == mark).count();
    let mut marks = Vec::new();
    for (mark, n, one, many) in [
        (Mark::New, count(Mark::New), "nouvelle", "nouvelles"),
        (Mark::Changed, count(Mark::Changed), "modifiée", "modifiées"),
        (Mark::Withdrawn, state.departed.len(), "retirée", "retirées"),
    ] {
        if n > 0 {
            marks.push((mark, counted(n, one, many)));
        }
    }
    let when = match committee.starts_at() {
        Some(time) => format!("{} · {}", format::time_of_day(time), committee.reference),
        None => committee.reference.clone(),
    };
    let dwellings = outline::arrange(&outlined)
        .iter()
        .filter_map(|group| {
            let dwelling = dwelling_of(&outlined, group)?;
            Some(DwellingCount {
                kind: dwelling.kind,
                address: dwelling.address,
                sheets: counted(group.rows.len(), "fiche", "fiches"),
            })
        })
        .collect();
    Ok(CommitteeLine {
        id: committee.id.to_string(),
        day: format::capitalized(&day_of(committee.held_on)),
        facts: vec![
            when,
            format!(
                "{} · {}",
                format::relative_day(committee.held_on, today),
                counted(outlined.len(), "fiche", "fiches")
            ),
        ],
        dwellings,
        marks,
        nothing: if outlined.is_empty() {
            "Aucune fiche pour l’instant.".to_owned()
        } else {
            String::new()
        },
    })
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format::count(i64::try_from(n).unwrap_or(i64::MAX), one, many)
}

/// « 2 fiches sur 12 », « Aucune fiche ne correspond ».
pub fn found(found: usize, of: usize) -> String {
    if found == 0 {
        "Aucune fiche ne correspond dans cette commission.".to_owned()
    } else {
        format!("{} sur {of}.", counted(found, "fiche", "fiches"))
    }
}

/// The rows of a permit without their persons; opening them is work for a blocking thread.
async fn outlined<A: Reads>(who: &Allowed<A>, permit: Permit) -> Result<(Permit, Vec<Outlined>)> {
    who.compute(move |who| {
        let rows = permit.outline(who.keyring())?;
        Ok((permit, rows))
    })
    .await
}

fn dwelling_of(rows: &[Outlined], group: &outline::Group) -> Option<DwellingHead> {
    group.rows.first().and_then(|place| rows.get(*place)).map(|row| row.dwelling.clone())
}

/// The list of one committee.
pub async fn list<A: Reads>(
    who: &Allowed<A>,
    permit: Permit,
    csrf: String,
    just_left: Option<SheetId>,
) -> Result<ListView> {
    let commune = who.actor()?.commune_name().unwrap_or_default().to_owned();
    let (permit, rows) = outlined(who, permit).await?;
    let committee = permit.committee();
    let state = ReadingState::load(who, &committee.id).await?;
    let today = who.now().today();
    let mut departed = state.departed.clone();
    let mut groups = Vec::new();
    for group in outline::arrange(&rows) {
        let Some(dwelling) = dwelling_of(&rows, &group) else { continue };
        let mut lines: Vec<Row> = group
            .rows
            .iter()
            .filter_map(|place| rows.get(*place))
            .map(|row| Row::Sheet {
                id: row.about.sheet.to_string(),
                rank: row.rank,
                mark: state.mark(&row.about),
                words: state.words(&row.about),
                just_left: just_left.as_ref() == Some(&row.about.sheet),
            })
            .collect();
        departed.retain(|gone| {
            let here = gone.dwelling == group.dwelling;
            if here {
                lines.push(withdrawn(gone, today));
            }
            !here
        });
        groups.push(Group {
            dwelling_id: group.dwelling.to_string(),
            kind: dwelling.kind,
            address: dwelling.address,
            details: dwelling.details,
            rent: dwelling.rent,
            rows: lines,
        });
    }
    if !departed.is_empty() {
        groups.push(Group {
            dwelling_id: String::new(),
            kind: String::new(),
            address: "Logements retirés de la séance".to_owned(),
            details: String::new(),
            rent: String::new(),
            rows: departed.iter().map(|gone| withdrawn(gone, today)).collect(),
        });
    }
    let read = rows.iter().filter(|row| state.mark(&row.about) == Mark::Read).count();
    let dwellings = outline::arrange(&rows).len();
    Ok(ListView {
        id: committee.id.to_string(),
        csrf,
        generation: permit.generation().map(ToString::to_string).unwrap_or_default(),
        title: title(committee),
        lead: format!(
            "{commune} · {} · {}, {}, {}. Supprimées le {} à 0\u{a0}h.",
            committee.reference,
            counted(dwellings, "logement", "logements"),
            counted(rows.len(), "fiche", "fiches"),
            if read == 0 { "aucune lue".to_owned() } else { counted(read, "lue", "lues") },
            removed_on(committee),
        ),
        groups,
    })
}

fn withdrawn(gone: &store::Departed, today: NaiveDate) -> Row {
    let day = format::paris_date(gone.since.and_utc());
    Row::Withdrawn { words: format!("retirée {}", day_past(day, today)) }
}

/// The frame of one sheet: its place in the committee, its neighbours, how long it may be read.
pub async fn sheet<A: Reads>(who: &Allowed<A>, id: SheetId, csrf: String) -> Result<SheetFrame> {
    let permit = reading::permitted(who, Asked::Sheet(id.clone())).await?;
    let list = reading::permitted(who, Asked::List(permit.committee().id.clone())).await?;
    let (list, rows) = outlined(who, list).await?;
    let committee = list.committee();
    let state = ReadingState::load(who, &committee.id).await?;
    let groups = outline::arrange(&rows);
    let order: Vec<&Outlined> =
        groups.iter().flat_map(|g| &g.rows).filter_map(|place| rows.get(*place)).collect();
    let at = order.iter().position(|row| row.about.sheet == id).ok_or(Error::NotFound)?;
    let neighbour =
        |at: Option<usize>| at.and_then(|at| order.get(at)).map(|row| row.about.sheet.to_string());
    let rule = SheetRule {
        groups: groups
            .iter()
            .map(|group| SheetRuleGroup {
                kind: dwelling_of(&rows, group).map(|dwelling| dwelling.kind).unwrap_or_default(),
                marks: group
                    .rows
                    .iter()
                    .filter_map(|place| rows.get(*place))
                    .map(|row| state.mark(&row.about))
                    .collect(),
            })
            .collect(),
        current: Some(at),
    };
    let until = format::time(list.ends_at(who.now()));
    let weekday = format::date_long(committee.held_on);
    let weekday = weekday.split(' ').next().unwrap_or_default();
    let when = match committee.starts_at() {
        Some(time) => format!("{weekday}, {}", format::time_of_day(time)),
        None => weekday.to_owned(),
    };
    Ok(SheetFrame {
        id: id.to_string(),
        csrf,
        committee_id: committee.id.to_string(),
        committee: format!("Commission du {}", format::date_medium(committee.held_on)),
        committee_short: format::date_medium(committee.held_on),
        commune: who.actor()?.commune_name().unwrap_or_default().to_owned(),
        when,
        until: format!("Affichage ouvert jusqu’à {until}"),
        until_short: format!("jusqu’à {until}"),
        space: format!("espace jusqu’à {}", format::time(list.closes_at())),
        previous: neighbour(at.checked_sub(1)),
        next: neighbour(at.checked_add(1)),
        position: u32::try_from(at + 1).unwrap_or(u32::MAX),
        total: u32::try_from(order.len()).unwrap_or(u32::MAX),
        rule,
    })
}

/// The sheet of a display in the words both displays draw.
pub async fn present<A: Reads>(who: &Allowed<A>, shown: &Displayed) -> Result<Presentation> {
    let (about, sheet) = reading::one_sheet(&shown.opened)?;
    let facts = facts(who, &shown.committee, Some(&about)).await?;
    let (generation, dwelling) = (about.generation, about.dwelling);
    let candidates = who.read(move |conn, _| store::candidates(conn, &generation, &dwelling)).await?;
    Ok(presenting::present(&sheet, &facts, candidates))
}

/// The candidates of a display, in the order of the page that names their sheets.
pub async fn compare<A: Reads>(who: &Allowed<A>, shown: &Displayed) -> Result<Comparison> {
    let facts = facts(who, &shown.committee, None).await?;
    Ok(presenting::compare(&reading::sheets_in_order(&shown.opened)?, &facts))
}

/// What a sheet does not say itself.
async fn facts<A: Reads>(
    who: &Allowed<A>,
    committee: &Committee,
    about: Option<&store::About>,
) -> Result<CommitteeFacts> {
    let settings = &who.settings().sheets;
    let communes = who.read(|conn, _| conventions::communes(conn)).await?;
    Ok(CommitteeFacts {
        reference: committee.reference.clone(),
        sector: Some(committee.sector.clone()).filter(|sector| !sector.is_empty()),
        held_on: committee.held_on,
        ends_on: committee.ends_on,
        starts_at: committee.starts_at(),
        communes: communes.into_iter().map(|commune| (commune.insee.to_string(), commune.name)).collect(),
        imported_at: about.map(|about| to_paris(about.changed_at).naive_local()),
        effort_alert: Tenths::new(i64::from(settings.effort_rate_alert)),
        residual_threshold: Cents::new(i64::from(settings.residual_income_threshold)),
    })
}

/// The frame of a comparison: the dwelling, and which sheets are set side by side.
pub async fn comparison<A: Reads>(
    who: &Allowed<A>,
    id: CommitteeId,
    dwelling: DwellingId,
) -> Result<compare::Comparison> {
    let permit = reading::permitted(who, Asked::Comparison(id.clone(), dwelling.clone())).await?;
    let list = reading::permitted(who, Asked::List(id)).await?;
    let (list, rows) = outlined(who, list).await?;
    let group = outline::arrange(&rows)
        .into_iter()
        .find(|group| group.dwelling == dwelling)
        .ok_or(Error::NotFound)?;
    let head = dwelling_of(&rows, &group).ok_or(Error::NotFound)?;
    let committee = list.committee();
    let lead = [counted(group.rows.len(), "candidat", "candidats"), head.details, head.rent];
    let lead: Vec<String> = lead.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(compare::Comparison {
        committee_id: committee.id.to_string(),
        dwelling_id: dwelling.to_string(),
        generation: permit.generation().map(ToString::to_string).unwrap_or_default(),
        committee: format!("Commission du {}", format::date_medium(committee.held_on)),
        dwelling: spoken(&head.kind, &head.address),
        lead: lead.join(" · "),
        candidates: group
            .rows
            .iter()
            .filter_map(|place| rows.get(*place))
            .map(|row| compare::Candidate { sheet_id: row.about.sheet.to_string(), rank: row.rank })
            .collect(),
    })
}
