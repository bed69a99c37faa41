//! One's own second factors: the list, one of them, one more, the recovery codes.

use maud::{Markup, html};
use zeroize::Zeroizing;

use super::steps::enrol_block;
use crate::notices::Landlord;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::qr::Squares;
use crate::page::table::{back, entries, section, title};
use crate::page::{Page, paths};

/// One authenticator, in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub name: String,
    /// « application d’authentification ».
    pub kind: String,
    /// « le 3 novembre ».
    pub added: String,
    /// « le 20 novembre », « pas encore ».
    pub used: String,
}

/// The section of « Mon compte ».
pub fn list(lines: &[Line], recovery: &str, passkeys: bool) -> Markup {
    html! {
        table.register {
            thead { tr {
                th scope="col" { "Nom" } th scope="col" { "Genre" } th scope="col" { "Ajouté" } th scope="col" { "Utilisé" }
                th scope="col" { span.unseen { "Action" } }
            } }
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.name) }
                        td data-label="Genre" { (line.kind) }
                        td data-label="Ajouté" { (line.added) }
                        td data-label="Utilisé" { (line.used) }
                        td.action { a href=(paths::own_factor(&line.id)) { "Gérer" span.unseen { " " (line.name) } } }
                    }
                }
            }
        }
        p { "Codes de secours\u{a0}: " (recovery) ". " a href=(paths::RECOVERY_CODES) { "Codes de secours" } }
        div.actions {
            a.button href=(paths::NEW_APP) { "Ajouter une application" }
            @if passkeys { a.button href=(paths::NEW_PASSKEY) { "Ajouter une clé d’accès" } }
        }
    }
}

/// `/compte/second-facteur/{id}`.
#[derive(Debug, Clone)]
pub struct One {
    pub csrf: String,
    pub login: String,
    pub line: Line,
    /// The name as typed, kept after an error.
    pub typed: String,
    /// There is no other: it cannot be revoked.
    pub only: bool,
    /// On `nom`, `mot_de_passe`.
    pub errors: Errors,
}

/// One authenticator: its name, and the way to do without it.
pub fn one(view: &One) -> Page {
    let address = paths::own_factor(&view.line.id);
    let body = html! {
        (back(paths::ACCOUNT, "Mon compte"))
        (title(&view.line.name, &format!("Votre {}, qui sert de second facteur.", view.line.kind)))
        (section("Dates", "", entries(&[
            ("Ajouté", html! { (view.line.added) }),
            ("Dernière utilisation", html! { (view.line.used) }),
        ])))
        (section("Nom", "pour vous y retrouver", html! {
            (form::post(&format!("{address}/nom"), &view.csrf, &view.errors, html! {
                (form::field(&Field { name: "nom", label: "Nom", help: "Par exemple l’appareil, ou l’endroit où il est rangé", value: &view.typed, kind: Kind::Text }, &view.errors))
                button.button type="submit" { "Renommer" }
            }))
        }))
        (section("Révoquer", "perdu, volé, remplacé", html! {
            @if view.only {
                p { strong { "C’est votre seul second facteur." } " Ajoutez-en un autre avant de révoquer celui-ci\u{a0}: sans lui, votre mot de passe ne suffirait plus à prouver que c’est vous." }
                p { a href=(paths::ACCOUNT) { "Ajouter un second facteur" } }
            } @else {
                p { "Il ne servira plus, dès maintenant. Vos autres connexions prennent fin\u{a0}; celle-ci continue." }
                (form::post(&format!("{address}/revocation"), &view.csrf, &view.errors, html! {
                    (form::username_hint(&view.login))
                    (form::field(&Field { name: "mot_de_passe", label: "Votre mot de passe", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
                    (form::submit("Révoquer"))
                }))
            }
        }))
    };
    Page::new("Second facteur", body)
}

/// `/compte/application`.
#[derive(Debug, Clone)]
pub struct NewApp {
    pub csrf: String,
    /// On `nom`, `code`, `mot_de_passe`.
    pub errors: Errors,
    pub login: String,
    /// As typed.
    pub name: String,
    pub qr: Squares,
    pub secret: String,
    /// In the demonstration, the code of this half-minute.
    pub demo_code: Option<String>,
}

/// One more application.
pub fn new_app(view: &NewApp) -> Page {
    let body = html! {
        (back(paths::ACCOUNT, "Mon compte"))
        (title("Une application de plus", "Celle que vous avez déjà continue de servir. Vous pourrez la révoquer ensuite."))
        (section("1. Enregistrer", "dans une application d’authentification, sur votre téléphone ou votre ordinateur", enrol_block(&view.qr, &view.secret)))
        (section("2. Vérifier", "", html! {
            (form::post(paths::NEW_APP, &view.csrf, &view.errors, html! {
                (form::field(&Field { name: "nom", label: "Nom", help: "Par exemple «\u{a0}téléphone du service\u{a0}»", value: &view.name, kind: Kind::Text }, &view.errors))
                (form::field(&Field { name: "code", label: "Code à six chiffres", help: "Affiché par la nouvelle application", value: "", kind: Kind::OneTimeCode }, &view.errors))
                (form::username_hint(&view.login))
                (form::field(&Field { name: "mot_de_passe", label: "Votre mot de passe", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
                (form::submit("Vérifier et ajouter"))
            }))
            @if let Some(code) = &view.demo_code { p.grey { "Démonstration\u{a0}: le code de cet instant est " code { (code) } "." } }
        }))
    };
    Page::new("Une application de plus", body)
}

/// `/compte/codes-de-secours`, before they are made.
#[derive(Debug, Clone)]
pub struct Recovery {
    pub csrf: String,
    /// On `mot_de_passe`.
    pub errors: Errors,
    pub login: String,
    /// « 9 codes restants sur 10, faits le 3 novembre 2026 ».
    pub state: String,
    /// There were never any.
    pub first: bool,
    pub asks_password: bool,
}

/// What recovery codes are, how many are left, and the button that makes ten.
pub fn recovery(view: &Recovery) -> Page {
    let (button, lead) = if view.first {
        (
            "Faire mes codes de secours",
            "Le jour où votre téléphone manque, un de ces codes le remplace, une fois. Faites-les maintenant\u{a0}: ce jour-là il sera trop tard.",
        )
    } else {
        (
            "Faire dix nouveaux codes",
            "Chacun remplace votre second facteur pour une connexion. Il y faut toujours votre mot de passe.",
        )
    };
    let body = html! {
        (back(paths::ACCOUNT, "Mon compte"))
        (title("Codes de secours", lead))
        div.narrow {
            p { strong { (view.state) "." } }
            @if !view.first { p { "En faire dix nouveaux annule ceux qui restent." } }
            (form::post(paths::RECOVERY_CODES, &view.csrf, &view.errors, html! {
                @if view.asks_password {
                    (form::username_hint(&view.login))
                    (form::field(&Field { name: "mot_de_passe", label: "Votre mot de passe", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
                }
                (form::submit(button))
            }))
            @if view.first { p { a href="/" { "Plus tard" } } }
        }
    };
    Page::new("Codes de secours", body)
}

/// The codes, shown once; the page prints.
pub fn recovery_codes(codes: &[Zeroizing<String>], login: &str, made: &str, landlord: &Landlord) -> Page {
    let body = html! {
        (title("Vos dix codes de secours", "Ils ne seront plus montrés. Imprimez cette page, ou recopiez-les, et rangez-les sous clé, loin de votre ordinateur."))
        ol.codes { @for code in codes { li { code { (**code) } } } }
        (section("Pour", "", entries(&[
            ("Espace", html! { (landlord.name) }),
            ("Identifiant", html! { (login) }),
            ("Faits le", html! { (made) }),
        ])))
        (section("Leur emploi", "", html! {
            p { "À la connexion, après votre mot de passe, choisissez «\u{a0}Utiliser un code de secours\u{a0}». Chaque code sert une fois, à vous seul. Vous en serez averti." }
            p { "Perdus, ou vus par quelqu’un\u{a0}? Faites-en dix nouveaux dans «\u{a0}Mon compte\u{a0}»\u{a0}: les anciens ne valent plus rien." }
            p.only-screen { a.button href="/" { "Continuer" } }
        }))
    };
    Page::new("Codes de secours", body)
}

/// `/connexion/secours`.
pub fn recover(csrf: &str, errors: &Errors, landlord: &Landlord) -> Page {
    let body = html! {
        div.narrow {
            (back(paths::LOGIN_CODE, "Code à six chiffres"))
            (title("Code de secours", "Un des dix que vous avez gardés. Il remplace votre second facteur pour cette connexion, et ne servira plus."))
            (form::post(paths::RECOVER, csrf, errors, html! {
                (form::field(&Field { name: "code_de_secours", label: "Code de secours", help: "Douze lettres et chiffres\u{a0}; les tirets sont facultatifs", value: "", kind: Kind::Text }, errors))
                (form::submit("Se connecter"))
            }))
            p.grey { "Plus de code\u{a0}? " (landlord.access_contact) "\u{a0}: votre identité sera vérifiée, puis vous en ferez d’autres." }
        }
    };
    Page::new("Code de secours", body)
}
