//! The landlord's pages of accounts.

use maud::{Markup, html};

use super::sharing::Facts;
use crate::conventions::Commune;
use crate::identity::account::Account;
use crate::identity::habilitation::Habilitation;
use crate::identity::suspension::Suspension;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, entries, section, title};
use crate::page::{Page, format, paths};
use crate::platform::Now;

/// One account with what its line says.
pub struct Line {
    pub account: Account,
    pub habilitations: Vec<Habilitation>,
    pub suspension: Option<Suspension>,
}

/// What was asked for, kept in the form.
pub struct Asked {
    pub csrf: String,
    pub role: String,
    pub standing: String,
    pub commune: String,
    pub order: String,
    pub words: String,
}

impl Asked {
    /// The address of the next page: without a name.
    fn after(&self, last: &Account) -> String {
        format!(
            "{}?role={}&etat={}&commune={}&tri={}&apres={}",
            paths::MANAGED_ACCOUNTS,
            self.role,
            self.standing,
            self.commune,
            self.order,
            last.id
        )
    }
}

const ROLES: [(&str, &str); 5] = [
    ("", "Tous les rôles"),
    ("instructor", "Instructeurs"),
    ("contact", "Référents"),
    ("manager", "Gestionnaires"),
    ("dpo", "Délégués à la protection des données"),
];

const STANDINGS: [(&str, &str); 4] = [
    ("", "Tous les états"),
    ("suspendu", "Suspendus"),
    ("jamais", "Jamais connectés"),
    ("sans", "Sans habilitation en cours"),
];

const ORDERS: [(&str, &str); 2] = [("", "Par nom"), ("absence", "Absents depuis longtemps d’abord")];

/// `/gestion/comptes`.
pub fn list(lines: &[Line], more: bool, found: i64, communes: &[Commune], asked: &Asked, now: Now) -> Page {
    let heading = format::capitalized(&format::count(found, "compte", "comptes"));
    let body = html! {
        (title(&heading, "Une personne, un compte. La mairie demande, vous décidez\u{a0}; la dernière connexion est la seule date gardée."))
        (section("Chercher", "par nom, prénom ou identifiant", search(asked, communes)))
        (section("Comptes", order_words(asked), html! {
            @if lines.is_empty() {
                (empty("Aucun compte ne répond", "Essayez une partie du nom, ou levez un filtre. Les comptes des mairies naissent d’une demande d’habilitation."))
            } @else {
                (table(lines, now))
                @if more {
                    @if asked.words.is_empty() {
                        @if let Some(last) = lines.last() {
                            p { a.button href=(asked.after(&last.account)) { "Comptes suivants" } }
                        }
                    } @else {
                        p.grey { "D’autres comptes répondent\u{a0}: ajoutez un mot pour préciser." }
                    }
                }
            }
        }))
    };
    Page::new("Comptes", body)
}

fn order_words(asked: &Asked) -> &'static str {
    if asked.order == "absence" { "absents depuis longtemps d’abord" } else { "par nom" }
}

fn search(asked: &Asked, communes: &[Commune]) -> Markup {
    let none = Errors::none();
    let mut of_communes = vec![("", "Toutes les communes")];
    of_communes.extend(communes.iter().map(|one| (one.insee.as_str(), one.name.as_str())));
    let plain = |name, label, value| Field { name, label, help: "", value, kind: Kind::Text };
    form::post(
        paths::MANAGED_ACCOUNTS,
        &asked.csrf,
        &none,
        html! {
            (form::optional(&plain("q", "Nom, prénom ou identifiant", &asked.words), &none))
            div.grid {
                (form::select(&plain("role", "Rôle", &asked.role), &ROLES, &none))
                (form::select(&plain("etat", "État", &asked.standing), &STANDINGS, &none))
                (form::select(&plain("commune", "Commune", &asked.commune), &of_communes, &none))
                (form::select(&plain("tri", "Ordre", &asked.order), &ORDERS, &none))
            }
            (form::submit("Chercher"))
        },
    )
}

fn table(lines: &[Line], now: Now) -> Markup {
    html! {
        table.register {
            thead { tr { th scope="col" { "Personne" } th scope="col" { "Communes" } th scope="col" { "Dernière connexion" } th scope="col" { "État" } } }
            tbody { @for line in lines {
                tr {
                    th scope="row" {
                        a href=(paths::managed_account(line.account.id.as_str())) { (line.account.last_name) " " (line.account.first_name) }
                        span.second { (line.account.role.in_french()) ", " (line.account.login) }
                    }
                    td data-label="Communes" { (communes(line, now)) }
                    td data-label="Dernière connexion" { (last_connection(&line.account)) }
                    td data-label="État" { (state(line)) }
                }
            } }
        }
    }
}

fn communes(line: &Line, now: Now) -> String {
    let held: Vec<&str> =
        line.habilitations.iter().filter(|h| h.is_current(now)).map(|h| h.commune_name.as_str()).collect();
    match (held.is_empty(), line.account.role.is_town_hall()) {
        (false, _) => format::list_and(&held),
        (true, true) => "aucune en cours".to_owned(),
        (true, false) => "–".to_owned(),
    }
}

fn last_connection(account: &Account) -> String {
    account
        .last_login_at
        .map_or_else(|| "jamais".to_owned(), |at| format::date_full(format::paris_date(at.and_utc())))
}

fn state(line: &Line) -> Markup {
    match (&line.suspension, line.account.last_login_at) {
        (Some(_), _) => mark(Mark::Gap, "suspendu"),
        (None, None) => mark(Mark::ToDo, "première connexion attendue"),
        (None, Some(_)) => mark(Mark::Held, "actif"),
    }
}

/// `/gestion/comptes/{id}`.
pub fn one(line: &Line, factors: usize, facts: &Facts, own: bool, now: Now) -> Page {
    let account = &line.account;
    let id = account.id.as_str();
    let factors = i64::try_from(factors).unwrap_or(i64::MAX);
    let body = html! {
        (back(paths::MANAGED_ACCOUNTS, "Comptes"))
        (title(&account.name(), &format!("{}, {}.", format::capitalized(&account.job_title), account.role.in_french())))
        (section("Compte", "", entries(&[
            ("État", state(line)),
            ("Identifiant", html! { (account.login) }),
            ("Courriel", html! { (account.email.as_deref().unwrap_or("aucun\u{a0}: les messages restent dans l’espace")) }),
            ("Créé le", html! { (format::date_full(format::paris_date(account.created_at.and_utc()))) }),
            ("Dernière connexion", html! { (last_connection(account)) }),
            ("Charte", html! { (account.charter_signed_at.map_or_else(
                || "pas encore signée".to_owned(),
                |at| format!("engagement du {}", format::date_full(format::paris_date(at.and_utc()))),
            )) }),
        ])))
        @if let Some(suspension) = &line.suspension {
            (section("Suspendu", "", html! {
                p { "Depuis le " (format::moment(suspension.since.and_utc())) ". " strong { "Motif\u{a0}: " } (suspension.reason) }
                p { a.button href=(paths::LEVERS) { "Voir et rétablir" } }
            }))
        }
        @if account.role.is_town_hall() {
            (section("Habilitations", "commune par commune", habilitations(line, now)))
        }
        @if own {
            (section("Accès", "", html! { p { "C’est votre compte\u{a0}: vos secrets se gèrent dans " a href=(paths::ACCOUNT) { "Mon compte" } "." } }))
        } @else {
            (section("Accès", "chaque geste reste écrit, avec son motif", html! {
                ul.to-do {
                    li { div { strong { "Mot de passe provisoire" } p.grey { "Une lettre à imprimer, ou un lien par courriel. Le second facteur n’est pas touché." } } a.button href=(paths::account_secret(id)) { "Donner" } }
                    li { div { strong { "Second facteur" } p.grey { (format::count(factors, "enregistré", "enregistrés")) ". Perdu\u{a0}? Après une vérification d’identité." } } a.button href=(paths::lost_factor(id)) { "Révoquer" } }
                    li { div { strong { "Jeton matériel" } p.grey { "Pour qui n’a pas de téléphone de travail." } } a.button href=(paths::token(id)) { "Enregistrer" } }
                    li { div { strong { "Connexion unique" } p.grey { "ProConnect ou le service de la mairie\u{a0}: ce qui est lié, un autre employeur admis." } } a.button href=(paths::account_single_sign_on(id)) { "Voir" } }
                    li { div { strong { "Suspendre, retirer, faire changer le mot de passe" } p.grey { "Effet à la prochaine action." } } a.button href={ (paths::LEVERS) "?personne=" (id) } { "Agir" } }
                }
            }))
        }
        (section("Usage", "trente derniers jours", html! {
            @for fact in facts.lines() { p { (fact) } }
            p.grey { "Ce sont des faits, qui ont bien des raisons\u{a0}: un second poste, un télétravail, un remplacement. Ils n’établissent rien à eux seuls et n’entraînent rien d’eux-mêmes\u{a0}; parlez-en d’abord avec la personne." }
        }))
    };
    Page::new("Compte", body)
}

fn habilitations(line: &Line, now: Now) -> Markup {
    html! {
        @if line.habilitations.is_empty() {
            (empty("Aucune habilitation", "La mairie la demande, vous l’accordez."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Commune" } th scope="col" { "Dates" } th scope="col" { "État" } } }
                tbody { @for one in &line.habilitations {
                    tr {
                        th scope="row" { (one.commune_name) }
                        td data-label="Dates" {
                            "depuis le " (format::date_full(one.starts_on))
                            @if let Some(end) = one.ends_on { ", jusqu’au " (format::date_full(end)) }
                        }
                        td data-label="État" {
                            @match (one.is_current(now), &one.suspension) {
                                (true, None) => (mark(Mark::Held, "en vigueur")),
                                (true, Some(_)) => (mark(Mark::Gap, "suspendue")),
                                (false, _) => (mark(Mark::Withdrawn, "pas en vigueur")),
                            }
                        }
                    }
                } }
            }
        }
        p { a href=(paths::MANAGED_HABILITATIONS) { "Toutes les habilitations" } }
    }
}
