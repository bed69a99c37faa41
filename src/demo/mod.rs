//! `parvis demo`: an invented landlord, two communes, their committees and sheets, on loopback only.
//!
//! Everything goes by the program's own roads: conventions are signed, accounts made, a file is
//! imported twice, sheets are read in between, yesterday's committee is purged and certified. Only the
//! clock is helped along.

mod cast;
mod readers;
pub mod sheets;
mod team;

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;

use crate::conventions::{self, Commune, Signed};
use crate::identity::account::NewAccount;
use crate::identity::password::{self, Hash};
use crate::identity::{DemoAccount, Machine, Place, Role, settled};
use crate::opening_hours::{Zone, is_business_day};
use crate::platform::config::Settings;
use crate::platform::crypto::Secrets;
use crate::platform::id::Insee;
use crate::platform::{Clock, Error, Now, Result};
use crate::retention;
use crate::sheets::import::Format;
use crate::sheets::{permit, publish};
use readers::Reading;
use sheets::{DemoCommittee, DemoCommune, File, document};

/// Stands in the data folder of a demo, and tells it from everything else.
const MARK: &str = "demonstration";
const VALBOURG: (&str, &str) = ("99101", "Valbourg");
const MERIZEAU: (&str, &str) = ("99102", "Mérizeau");

/// Prepares an empty data folder. One that is not a demo's is left alone.
pub fn prepare(place: &Place, port: u16) -> Result<Settings> {
    let explain = |e: std::io::Error| Error::Internal(format!("{} : {e}", place.data.display()));
    if place.data.exists() {
        let empty = std::fs::read_dir(&place.data).map_err(explain)?.next().is_none();
        if !empty && !place.data.join(MARK).exists() {
            return Err(Error::Internal(format!(
                "{} n’est pas un dossier de démonstration ; rien n’a été touché.",
                place.data.display()
            )));
        }
        empty_but_for_its_mark(&place.data).map_err(explain)?;
    }
    std::fs::create_dir_all(&place.data).map_err(explain)?;
    std::fs::write(
        place.data.join(MARK),
        "Données inventées. Ce dossier est refait à chaque démonstration.\n",
    )
    .map_err(explain)?;
    Secrets::create(&place.keys())?;
    std::fs::write(place.data.join("parvis.toml"), settings_text(port)).map_err(explain)?;
    Settings::load(place).map_err(Error::internal)
}

/// The mark stays: a demo that is stopped here can be made again.
fn empty_but_for_its_mark(data: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(data)? {
        let path = entry?.path();
        if path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        } else if !path.ends_with(MARK) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn settings_text(port: u16) -> String {
    format!(
        r#"[server]
listen = "127.0.0.1:{port}"
public_url = "http://localhost:{port}"

[landlord]
name = "Habitat des Trois-Vals"
legal_form = "Office public de l’habitat (inventé)"
address = "12, quai des Tisserands, 99100 Valbourg"
phone = "00 99 00 00 10"
email = "contact@trois-vals.example"
publication_director = "Hélène Castan, directrice générale"
host = "Hébergement des Vals, 3, rue de l’Écluse, 99100 Valbourg"
dpo_name = "Judith Armand"
dpo_email = "dpo@trois-vals.example"
incident_phone = "00 99 00 00 18"
incident_email = "incidents@trois-vals.example"
access_contact = "Écrivez à habilitations@trois-vals.example ou appelez le 00 99 00 00 12"
legal_basis = "mission d’intérêt public, article 6.1.e du RGPD"
"#
    )
}

/// When the demo's clock starts: at `asked`, or now, or at the next opening if it is closed now.
pub fn starts_at(settings: &Settings, asked: Option<DateTime<Utc>>, now: Now) -> Result<DateTime<Utc>> {
    let schedule = permit::schedule(&settings.opening_hours)?;
    Ok(asked.unwrap_or_else(|| match schedule.state(now.utc()).is_open() {
        true => now.utc(),
        // Some hours into the day, when there is something to read.
        false => schedule.next_opening(now.utc()) + TimeDelta::minutes(92),
    }))
}

/// The business day `steps` after `day`; before it, for a negative number.
fn business_day(day: NaiveDate, steps: i64) -> NaiveDate {
    let step = TimeDelta::days(steps.signum());
    let mut day = day;
    let mut left = steps.abs();
    while left > 0 {
        day += step;
        if is_business_day(day, Zone::Ordinary) {
            left -= 1;
        }
    }
    day
}

/// An hour of a day in Paris; 24 h is the midnight at its end.
fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(hour * 60 + minute));
    Paris.from_local_datetime(&local).earliest().map_or(DateTime::UNIX_EPOCH, |local| local.to_utc())
}

/// Fills the demo: two days before its start, as a landlord's days would have.
pub fn furnish(machine: Machine, place: &Place) -> Result<Machine> {
    let start = machine.clock().now();
    let today = start.today();
    let days = Days::around(today);
    // This morning's file; for a demo that begins in the night, it has just come.
    let updated = at(today, 6, 0).min(start.utc());

    machine.clock().set(at(days.before, 6, 0));
    sign_conventions(&machine, today)?;
    let accounts = people(&machine)?;
    let past = Dates { first: at(days.before, 6, 0), changed: updated };
    let held = committee("Nord", days.last, 9, 30, past, &[(VALBOURG, 3, 4), (MERIZEAU, 1, 2)]);
    publish_document(&machine, &[held], File::Second)?;

    let dates = Dates { first: at(days.last, 6, 0), changed: updated };
    let coming = [
        committee("Est", days.next, 9, 30, dates, &[(VALBOURG, 0, 12), (MERIZEAU, 0, 8)]),
        committee("Ouest", days.fortnight, 14, 0, dates, &[(VALBOURG, 3, 9), (MERIZEAU, 3, 6)]),
        committee("Centre", days.present, 9, 0, dates, &[(VALBOURG, 5, 3), (MERIZEAU, 2, 2)]),
    ];
    machine.clock().set(at(days.last, 6, 0));
    publish_document(&machine, &coming, File::First)?;
    machine.clock().set(at(days.last, 10, 15));
    readers::read(&machine, &readings(&accounts))?;
    machine.clock().set(at(days.last, 24, 0));
    let report = retention::purge(&machine)?;
    if !report.unfinished.is_empty() || report.purged.is_empty() {
        return Err(Error::internal("the past committee was not purged"));
    }
    machine.clock().set(updated);
    publish_document(&machine, &coming, File::Second)?;

    machine.clock().set(start.utc());
    keep_clock(&machine, place)?;
    let book = serde_json::to_string_pretty(&accounts).map_err(Error::internal)?;
    let file = place.data.join("accounts.json");
    std::fs::write(&file, book).map_err(|e| Error::Internal(format!("{} : {e}", file.display())))?;
    Ok(machine.with_demo_accounts(accounts))
}

/// The days of the demo's committees, around the day on which it begins.
struct Days {
    before: NaiveDate,
    last: NaiveDate,
    /// The demo's own day, or the first business day after it.
    present: NaiveDate,
    next: NaiveDate,
    fortnight: NaiveDate,
}

impl Days {
    fn around(today: NaiveDate) -> Self {
        Self {
            before: business_day(today, -2),
            last: business_day(today, -1),
            present: business_day(today - TimeDelta::days(1), 1),
            next: business_day(today, 1 + i64::from(!is_business_day(today, Zone::Ordinary))),
            fortnight: business_day(today + TimeDelta::days(13), 1),
        }
    }
}

/// Two of them have read what was published the day before; the others have not signed in yet.
fn readings(accounts: &[DemoAccount]) -> Vec<Reading<'_>> {
    let plan: [(&str, &[usize]); 2] = [("camille.moreau", &[4, 3, 6, 2]), ("yanis.ferreol", &[2, 2, 3, 0])];
    let of = |(login, sheets)| Some(Reading { reader: accounts.iter().find(|a| a.login == login)?, sheets });
    plan.into_iter().filter_map(of).collect()
}

/// When a committee's sheets were first updated, and when those that changed were.
#[derive(Clone, Copy)]
struct Dates {
    first: DateTime<Utc>,
    changed: DateTime<Utc>,
}

fn committee(
    sector: &str,
    held_on: NaiveDate,
    hour: u32,
    minute: u32,
    dates: Dates,
    communes: &[((&str, &str), usize, usize)],
) -> DemoCommittee {
    let in_paris = |instant: DateTime<Utc>| instant.with_timezone(&Paris).naive_local();
    DemoCommittee {
        reference: format!("{sector} {}-{:02}", held_on.iso_week().year(), held_on.iso_week().week()),
        held_on,
        starts_at: NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN),
        published_at: in_paris(dates.first),
        changed_at: in_paris(dates.changed),
        communes: communes
            .iter()
            .map(|((insee, _), first_home, sheets)| DemoCommune {
                insee: (*insee).to_owned(),
                first_home: *first_home,
                sheets: *sheets,
            })
            .collect(),
    }
}

fn sign_conventions(machine: &Machine, today: NaiveDate) -> Result<()> {
    for (insee, name) in [VALBOURG, MERIZEAU] {
        let signed = Signed {
            commune: Commune {
                insee: insee.parse().map_err(Error::internal)?,
                name: name.to_owned(),
                alsace_moselle: false,
                good_friday: false,
            },
            by_landlord_on: today - TimeDelta::days(120),
            by_town_hall_on: today - TimeDelta::days(110),
            in_force_from: today - TimeDelta::days(100),
        };
        let entered = machine.db().write(|conn| conventions::sign(conn, &signed))?;
        entered.map_err(|refusal| Error::Internal(format!("convention of {name}: {refusal:?}")))?;
    }
    Ok(())
}

fn publish_document(machine: &Machine, committees: &[DemoCommittee], file: File) -> Result<()> {
    let text = serde_json::to_vec(&document(committees, file)).map_err(Error::internal)?;
    let outcome =
        publish::publish(machine, text.as_slice(), "demonstration.json", Format::Json, false, &mut |_| {})?;
    if outcome.report.is_valid() {
        Ok(())
    } else {
        Err(Error::Internal(format!("the demo's own file was refused:\n{}", outcome.report.faults)))
    }
}

/// One of each role, one of two communes, one who has not signed in yet.
fn people(machine: &Machine) -> Result<Vec<DemoAccount>> {
    let valbourg: &[(&str, &str)] = &[VALBOURG];
    let (merizeau, both): (&[_], &[_]) = (&[MERIZEAU], &[MERIZEAU, VALBOURG]);
    let table = [
        (
            "camille.moreau",
            Role::Instructor,
            "Camille",
            "Moreau",
            "instructrice logement",
            valbourg,
            "nacre-et-girouette-44",
        ),
        (
            "yanis.ferreol",
            Role::Instructor,
            "Yanis",
            "Ferréol",
            "instructeur CCAS",
            merizeau,
            "ancre-et-tournesol-27",
        ),
        (
            "ines.bastien",
            Role::Instructor,
            "Inès",
            "Bastien",
            "service commun",
            both,
            "lilas-et-passerelle-63",
        ),
        (
            "paul.garnier",
            Role::Contact,
            "Paul",
            "Garnier",
            "directeur des solidarités",
            valbourg,
            "cumin-et-locomotive-58",
        ),
        (
            "theo.lanquetin",
            Role::Manager,
            "Théo",
            "Lanquetin",
            "responsable des attributions",
            &[],
            "brume-et-chardonneret-91",
        ),
        (
            "judith.armand",
            Role::Dpo,
            "Judith",
            "Armand",
            "déléguée à la protection des données",
            &[],
            "cèdre-et-métronome-amont",
        ),
    ];
    let mut accounts = Vec::new();
    let from = machine.clock().now().today();
    let new = |login: &str,
               role,
               first: &str,
               last: &str,
               job: &str,
               communes: &[(&str, &str)]|
     -> Result<NewAccount> {
        let communes: Vec<Insee> = communes
            .iter()
            .map(|(insee, _)| insee.parse())
            .collect::<std::result::Result<_, _>>()
            .map_err(Error::internal)?;
        // The contact asks and reports; only who is habilitated reads.
        let (contact_for, communes) = match role {
            Role::Contact => (communes, Vec::new()),
            _ => (Vec::new(), communes),
        };
        Ok(NewAccount {
            login: login.to_owned(),
            role,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            job_title: job.to_owned(),
            communes,
            contact_for,
            from,
        })
    };
    let named = |communes: &[(&str, &str)]| -> Option<String> {
        let names: Vec<&str> = communes.iter().map(|(_, name)| *name).collect();
        (!names.is_empty()).then(|| crate::page::format::list_and(&names))
    };
    for (login, role, first, last, job, communes, secret) in table {
        let made = settled::account(machine, new(login, role, first, last, job, communes)?, secret)?
            .map_err(Error::internal)?;
        accounts.push(DemoAccount {
            login: login.to_owned(),
            password: secret.to_owned(),
            totp_secret: made.totp_secret,
            role,
            commune: named(communes),
            first_login_done: true,
        });
    }
    let secret = password::temporary_secret()?;
    let hash = Hash::make(&secret)?;
    let nora = new("nora.vasseur", Role::Instructor, "Nora", "Vasseur", "instructrice logement", valbourg)?;
    team::grant_beyond_the_quota(machine, &nora, &hash)?;
    team::ask(machine)?;
    accounts.push(DemoAccount {
        login: "nora.vasseur".to_owned(),
        password: secret.to_string(),
        totp_secret: String::new(),
        role: Role::Instructor,
        commune: named(valbourg),
        first_login_done: false,
    });
    Ok(accounts)
}

/// Where a running demo says how far its clock is ahead.
const CLOCK: &str = "clock";

fn keep_clock(machine: &Machine, place: &Place) -> Result<()> {
    let file = place.data.join(CLOCK);
    let shift = machine.clock().shift().num_seconds().to_string();
    std::fs::write(&file, shift).map_err(|e| Error::Internal(format!("{} : {e}", file.display())))
}

/// The clock of a command on this data: a demo's own beside a demo, the system's everywhere else.
pub fn clock_of(place: &Place) -> Clock {
    let shift =
        std::fs::read_to_string(place.data.join(CLOCK)).ok().filter(|_| place.data.join(MARK).exists());
    match shift.and_then(|seconds| seconds.trim().parse().ok()).and_then(TimeDelta::try_seconds) {
        Some(shift) => Clock::ahead_by(shift),
        None => Clock::system(),
    }
}

/// What the terminal says once the demo runs.
pub fn welcome(machine: &Machine, port: u16) -> String {
    let now = machine.clock().now();
    let mut text = format!(
        "\n  Parvis, démonstration : http://localhost:{port}/\n  Horloge : {}. Tout est inventé. Ctrl-C pour arrêter.\n\n",
        crate::page::format::instant(now.utc())
    );
    let _ = writeln!(
        text,
        "  {:<16} {:<26} {:<36} {:<22} première connexion",
        "identifiant", "mot de passe", "rôle", "commune"
    );
    for account in machine.demo_accounts() {
        let _ = writeln!(
            text,
            "  {:<16} {:<26} {:<36} {:<22} {}",
            account.login,
            account.password,
            account.role.in_french(),
            account.commune.as_deref().unwrap_or("–"),
            if account.first_login_done { "faite" } else { "à faire" }
        );
    }
    text.push_str("\n  Les codes à six chiffres sont sur la page de connexion.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committees_stand_on_business_days_around_whatever_day_the_demo_begins() {
        let first: NaiveDate = "2026-11-01".parse().unwrap();
        for today in first.iter_days().take(90) {
            let days = Days::around(today);
            let all = [days.before, days.last, days.present, days.next, days.fortnight];
            assert!(all.is_sorted_by(|a, b| a < b), "{today}: {all:?}");
            assert!(all.iter().all(|day| is_business_day(*day, Zone::Ordinary)), "{today}: {all:?}");
            assert!(days.last < today && today <= days.present, "{today}: {all:?}");
        }
    }
}
