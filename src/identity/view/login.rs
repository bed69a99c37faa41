//! `/connexion`: the form, the week, the rights.

use maud::{Markup, html};

use super::factors::passkey_part;
use crate::identity::single_sign_on::view::{self as single_sign_on, Button};
use crate::notices::{Landlord, rights, telephone};
use crate::page::chart::{WeekDay, week};
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::{Page, paths};

/// What the login page shows.
#[derive(Debug, Clone)]
pub struct Login {
    /// A token before any session (a double-submitted cookie).
    pub csrf: String,
    /// What was typed, kept after an error.
    pub identifier: String,
    /// On `identifiant` and `mot_de_passe`. A wrong pair is one sentence, never which of the two.
    pub errors: Errors,
    /// « Ouvert jusqu’à 19 h », « Fermé jusqu’à lundi 8 h ».
    pub headline: String,
    /// « encore 8 h 28 », or empty.
    pub remaining: String,
    pub week: Vec<WeekDay>,
    /// Holidays, closures and maintenance in words, ending with « Heure de Paris. ».
    pub week_note: String,
    /// Whether this site can hold passkeys.
    pub passkeys: bool,
    /// Accounts of the demonstration; empty in production.
    pub demo: Vec<DemoAccount>,
    /// Of single sign-on; none where the settings name none.
    pub providers: Vec<Button>,
}

/// An invented account that a button fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    pub login: String,
    pub password: String,
    /// The six digits of this half-minute; empty before the second factor is enrolled.
    pub code: String,
    /// « instructrice, Valbourg ».
    pub about: String,
}

/// The login page.
pub fn login(view: &Login, landlord: &Landlord) -> Page {
    let body = html! {
        div.halves {
            section.sign-in aria-labelledby="titre" {
                h1 #titre { "Connexion" }
                p.lead { "Accès personnel, réservé aux agents habilités." }
                (single_sign_on::buttons(&view.csrf, &view.providers, "ou avec un mot de passe"))
                (form::post(paths::LOGIN, &view.csrf, &view.errors, fields(view)))
                @if view.passkeys {
                    (passkey_part(paths::LOGIN_PASSKEY_CHALLENGE, paths::LOGIN_PASSKEY, "Se connecter avec une clé d’accès"))
                }
                p.grey { "Mot de passe oublié\u{a0}? " (landlord.access_contact) "." }
            }
            div {
                section.opening aria-label="Horaires" {
                    p.headline { (view.headline) @if !view.remaining.is_empty() { span.grey { (view.remaining) } } }
                    (week(&view.week))
                    p.grey { (view.week_note) }
                }
                section.report {
                    h2 { "Une violation de données, un incident\u{a0}?" }
                    p { "Signalez-le à toute heure, même sans compte\u{a0}: " a href=(paths::REPORT) { "comment signaler" } " ou " strong { (telephone(&landlord.incident_phone)) } "." }
                }
            }
        }
        @if !view.demo.is_empty() { (demo(&view.demo)) }
        (rights::login_notice(landlord))
    };
    let page = Page::new("Connexion", body);
    let page = if view.passkeys { page.with_script("passkey.js") } else { page };
    if view.demo.is_empty() { page } else { page.with_script("demo.js") }
}

fn fields(view: &Login) -> Markup {
    html! {
        (form::field(&Field { name: "identifiant", label: "Identifiant", help: "", value: &view.identifier, kind: Kind::Username }, &view.errors))
        (form::field(&Field { name: "mot_de_passe", label: "Mot de passe", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
        (form::submit("Continuer"))
    }
}

fn demo(accounts: &[DemoAccount]) -> Markup {
    html! {
        section.demo aria-labelledby="demo" {
            h2 #demo { "Démonstration" }
            p.grey { "Tout est inventé. Choisissez un compte\u{a0}: le formulaire se remplit. Le code est celui de cet instant." }
            table.register {
                thead { tr {
                    th scope="col" { "Identifiant" } th scope="col" { "Rôle" } th scope="col" { "Mot de passe" } th scope="col" { "Code" }
                    th scope="col" { span.unseen { "Action" } }
                } }
                tbody {
                    @for account in accounts {
                        tr {
                            th scope="row" { (account.login) }
                            td { (account.about) }
                            td data-label="Mot de passe" { code { (account.password) } }
                            td data-label="Code" { @if account.code.is_empty() { span.grey { "à créer" } } @else { code { (account.code) } } }
                            td.action {
                                button.button.small type="button" hidden data-login=(account.login) data-password=(account.password) {
                                    "Remplir" span.unseen { " avec " (account.login) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
