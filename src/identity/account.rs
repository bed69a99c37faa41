//! Named accounts (E19): one person, one account.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::names::{is_name_of_a_person, search_name};
use super::password::Hash;
use super::suspension::{self, Suspension};
use crate::opening_hours::Zone;
use crate::platform::id::{AccountId, HabilitationId, Insee, text_enum};
use crate::platform::schema::{accounts, communes, habilitations};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// What a person is to the program.
    Role {
        /// Reads the sheets of their commune.
        Instructor = "instructor",
        /// The town hall's referent; reads only if habilitated.
        Contact = "contact",
        /// The landlord's admin.
        Manager = "manager",
        /// Advises, keeps the registers, sees the evidence.
        Dpo = "dpo",
    }
}

impl Role {
    /// Whether opening hours and habilitations bind this role.
    pub fn is_town_hall(self) -> bool {
        matches!(self, Self::Instructor | Self::Contact)
    }

    /// As the interface says it.
    pub fn in_french(self) -> &'static str {
        match self {
            Self::Instructor => "instructeur",
            Self::Contact => "référent",
            Self::Manager => "gestionnaire",
            Self::Dpo => "délégué à la protection des données",
        }
    }
}

/// One account, as stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub role: Role,
    pub first_name: String,
    pub last_name: String,
    pub job_title: String,
    pub(super) password_hash: String,
    /// A secret made by somebody else: to be changed at first login (E20).
    pub password_temporary: bool,
    pub password_expires_at: Option<NaiveDateTime>,
    pub password_set_at: NaiveDateTime,
    /// An incident demands a new one, chosen by whoever knows the present one (E33).
    pub password_change_asked_at: Option<NaiveDateTime>,
    /// 0 before the first commitment (E24).
    pub charter_version: i32,
    pub charter_signed_at: Option<NaiveDateTime>,
    /// The one date of E11.
    pub last_login_at: Option<NaiveDateTime>,
    pub reads_text: bool,
    pub created_at: NaiveDateTime,
    /// Where mails go; nobody needs one.
    pub email: Option<String>,
    pub(super) search_name: String,
}

impl Account {
    /// « Camille Moreau ».
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub login: String,
    pub role: Role,
    pub first_name: String,
    pub last_name: String,
    pub job_title: String,
    /// Communes a town-hall user is habilitated for, from a day on.
    pub communes: Vec<Insee>,
    pub from: NaiveDate,
}

/// Why an account cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("l’identifiant «\u{a0}{0}\u{a0}» existe déjà")]
    LoginTaken(String),
    #[error("l’identifiant se compose de 3 à 64 lettres sans accent, chiffres, points, tirets ou arobases")]
    LoginShape,
    #[error("la commune {0} est inconnue")]
    UnknownCommune(Insee),
    #[error("un compte de mairie demande au moins une commune\u{a0}; un compte du bailleur n’en a pas")]
    Communes,
    #[error("le prénom, le nom et la fonction sont demandés (E16)")]
    Empty,
    #[error(
        "le prénom et le nom se composent de lettres (accents du français et des langues voisines compris), d’espaces, de traits d’union, d’apostrophes et de points, 60 signes au plus\u{a0}: le filigrane les porte (E12)"
    )]
    Name,
    #[error("la fonction tient sur une ligne, de 100 signes au plus")]
    JobTitle,
}

/// Makes the account and its habilitations, with a temporary secret that dies unused after `life`.
pub fn create(
    conn: &mut Conn,
    new: NewAccount,
    secret: &Hash,
    life: TimeDelta,
    now: Now,
) -> Result<Result<AccountId, Refusal>> {
    let login = normalized_login(&new.login);
    let shape = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '@');
    if !(3..=64).contains(&login.len()) || !login.chars().all(shape) {
        return Ok(Err(Refusal::LoginShape));
    }
    if [&new.first_name, &new.last_name, &new.job_title].iter().any(|text| text.trim().is_empty()) {
        return Ok(Err(Refusal::Empty));
    }
    if ![&new.first_name, &new.last_name].iter().all(|name| is_name_of_a_person(name.trim())) {
        return Ok(Err(Refusal::Name));
    }
    let title = new.job_title.trim();
    if title.chars().count() > 100 || title.chars().any(char::is_control) {
        return Ok(Err(Refusal::JobTitle));
    }
    if new.role.is_town_hall() == new.communes.is_empty() {
        return Ok(Err(Refusal::Communes));
    }
    for insee in &new.communes {
        let known: i64 = communes::table.filter(communes::insee.eq(insee)).count().get_result(conn)?;
        if known == 0 {
            return Ok(Err(Refusal::UnknownCommune(insee.clone())));
        }
    }
    if find_by_login(conn, &login)?.is_some() {
        return Ok(Err(Refusal::LoginTaken(login)));
    }
    let account = Account {
        id: AccountId::fresh(),
        login: login.clone(),
        role: new.role,
        first_name: new.first_name.trim().to_owned(),
        last_name: new.last_name.trim().to_owned(),
        job_title: new.job_title.trim().to_owned(),
        password_hash: secret.as_str().to_owned(),
        password_temporary: true,
        password_expires_at: Some(now.naive() + life),
        password_set_at: now.naive(),
        password_change_asked_at: None,
        charter_version: 0,
        charter_signed_at: None,
        last_login_at: None,
        reads_text: false,
        created_at: now.naive(),
        email: None,
        search_name: search_name(new.last_name.trim(), new.first_name.trim(), &login),
    };
    diesel::insert_into(accounts::table).values(&account).execute(conn)?;
    for insee in &new.communes {
        diesel::insert_into(habilitations::table)
            .values((
                habilitations::id.eq(HabilitationId::fresh()),
                habilitations::account_id.eq(&account.id),
                habilitations::commune.eq(insee),
                habilitations::space.eq("sheets"),
                habilitations::starts_on.eq(new.from),
            ))
            .execute(conn)?;
    }
    Ok(Ok(account.id))
}

/// Logins are told apart without regard to case or surrounding space.
pub fn normalized_login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

pub fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>> {
    Ok(accounts::table.filter(accounts::login.eq(login)).first(conn).optional()?)
}

pub fn find(conn: &mut Conn, id: &AccountId) -> Result<Option<Account>> {
    Ok(accounts::table.find(id).first(conn).optional()?)
}

/// All accounts, by login, for `parvis account list`.
pub fn list(conn: &mut Conn) -> Result<Vec<Account>> {
    Ok(accounts::table.order(accounts::login).load(conn)?)
}

/// A password of one's own in place of the one that was seen (E20, E22). False if another has taken its
/// place meanwhile: a form that was held back changes nothing.
pub fn replace_password(conn: &mut Conn, of: &Account, hash: &Hash, now: Now) -> Result<bool> {
    let seen: i64 = accounts::table
        .filter(accounts::id.eq(&of.id).and(accounts::password_hash.eq(&of.password_hash)))
        .count()
        .get_result(conn)?;
    if seen == 1 {
        set_password(conn, &of.id, hash, None, now)?;
    }
    Ok(seen == 1)
}

/// A password of one's own, or a temporary one that expires.
pub fn set_password(
    conn: &mut Conn,
    id: &AccountId,
    hash: &Hash,
    expires_at: Option<NaiveDateTime>,
    now: Now,
) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((
            accounts::password_hash.eq(hash.as_str()),
            accounts::password_temporary.eq(expires_at.is_some()),
            accounts::password_expires_at.eq(expires_at),
            accounts::password_set_at.eq(now.naive()),
            accounts::password_change_asked_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// The commitment (E24): which version, when.
pub fn sign_charter(conn: &mut Conn, id: &AccountId, version: i32, now: Now) -> Result<()> {
    diesel::update(accounts::table.find(id))
        .set((accounts::charter_version.eq(version), accounts::charter_signed_at.eq(Some(now.naive()))))
        .execute(conn)?;
    Ok(())
}

/// Text or pixels: remembered, asked of nobody.
pub fn remember_display(conn: &mut Conn, id: &AccountId, text: bool) -> Result<()> {
    diesel::update(accounts::table.find(id)).set(accounts::reads_text.eq(text)).execute(conn)?;
    Ok(())
}

/// A habilitation to read, as « Mon compte » shows it.
#[derive(Debug, Clone)]
pub struct Habilitation {
    pub id: HabilitationId,
    pub commune: Insee,
    pub commune_name: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// Which public holidays close the commune (E28).
    pub zone: Zone,
    /// Of this habilitation alone.
    pub suspension: Option<Suspension>,
}

impl Habilitation {
    pub fn is_current(&self, today: NaiveDate) -> bool {
        self.starts_on <= today && self.ends_on.is_none_or(|end| today <= end)
    }
}

/// The name of a commune's contact (E16), if one is designated.
pub fn contact_of(conn: &mut Conn, commune: &Insee, today: NaiveDate) -> Result<Option<String>> {
    let name: Option<(String, String)> = accounts::table
        .inner_join(habilitations::table.on(habilitations::account_id.eq(accounts::id)))
        .filter(accounts::role.eq(Role::Contact).and(habilitations::commune.eq(commune)))
        .filter(habilitations::starts_on.le(today))
        .filter(habilitations::ends_on.is_null().or(habilitations::ends_on.ge(today)))
        .order(accounts::created_at)
        .select((accounts::first_name, accounts::last_name))
        .first(conn)
        .optional()?;
    Ok(name.map(|(first, last)| format!("{first} {last}")))
}

/// All habilitations of a person, by commune name.
pub fn habilitations(conn: &mut Conn, id: &AccountId, now: Now) -> Result<Vec<Habilitation>> {
    type Row = (HabilitationId, Insee, String, NaiveDate, Option<NaiveDate>, bool, bool);
    let rows: Vec<Row> = habilitations::table
        .inner_join(communes::table.on(communes::insee.eq(habilitations::commune)))
        .filter(habilitations::account_id.eq(id).and(habilitations::space.eq("sheets")))
        .select((
            habilitations::id,
            habilitations::commune,
            communes::name,
            habilitations::starts_on,
            habilitations::ends_on,
            communes::alsace_moselle,
            communes::good_friday,
        ))
        .load(conn)?;
    let suspended = suspension::of_habilitations(conn, id, now)?;
    let whole = |(id, commune, commune_name, starts_on, ends_on, alsace_moselle, good_friday): Row| {
        let suspension = suspended.iter().find(|(of, _)| *of == id).map(|(_, found)| found.clone());
        let zone = Zone::of(alsace_moselle, good_friday);
        Habilitation { id, commune, commune_name, starts_on, ends_on, zone, suspension }
    };
    let mut all: Vec<Habilitation> = rows.into_iter().map(whole).collect();
    all.sort_by(|a, b| a.commune_name.cmp(&b.commune_name).then(a.starts_on.cmp(&b.starts_on)));
    Ok(all)
}
