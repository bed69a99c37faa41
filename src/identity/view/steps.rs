//! The steps between a password and the first page: code, own password, second factor, charter.

use maud::{Markup, html};

use super::factors::passkey_part;
use super::login::DemoAccount;
use crate::notices::{Landlord, charter as text};
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::qr::{Squares, qr_code};
use crate::page::table::{section, title};
use crate::page::{Page, paths};

/// `/connexion/code`.
#[derive(Debug, Clone)]
pub struct Code {
    pub csrf: String,
    /// On `code`.
    pub errors: Errors,
    /// Whether this site can hold passkeys.
    pub passkeys: bool,
    /// In the demonstration, the code of this half-minute.
    pub demo: Option<DemoAccount>,
}

/// Asks for the six digits.
pub fn code(view: &Code, landlord: &Landlord) -> Page {
    let body = html! {
        div.narrow {
            (title("Code à six chiffres", "Il prouve que c’est bien vous. Votre application d’authentification l’affiche, ou votre jeton."))
            (form::post(paths::LOGIN_CODE, &view.csrf, &view.errors, html! {
                (form::field(&Field { name: "code", label: "Code", help: "Six chiffres, qui changent chaque demi-minute ou chaque minute", value: "", kind: Kind::OneTimeCode }, &view.errors))
                (form::submit("Se connecter"))
            }))
            @if view.passkeys {
                (passkey_part(paths::CODE_PASSKEY_CHALLENGE, paths::CODE_PASSKEY, "Utiliser une clé d’accès"))
            }
            @if let Some(demo) = &view.demo {
                p.grey { "Démonstration\u{a0}: le code de " (demo.login) " est " code { (demo.code) } "." }
            }
            p.grey { "Téléphone perdu ou changé\u{a0}? " a href=(paths::RECOVER) { "Utiliser un code de secours" } ". " (landlord.access_contact) ". " a href=(paths::LOGIN) { "Revenir à la connexion" } "." }
        }
    };
    let page = Page::new("Code à six chiffres", body);
    if view.passkeys { page.with_script("passkey.js") } else { page }
}

/// `/mot-de-passe`.
#[derive(Debug, Clone)]
pub struct Password {
    pub csrf: String,
    /// On `actuel`, `nouveau`, `confirmation`.
    pub errors: Errors,
    /// The login name, for password managers.
    pub identifier: String,
    /// The first connection replaces a temporary password (wording 6, E20).
    pub first: bool,
    /// An incident demands a new one (E33).
    pub asked: bool,
    /// 12 for town halls, 16 for the landlord.
    pub min_length: u32,
}

/// Chooses a password, at first login or at will (E20, E21, E22).
pub fn password(view: &Password, landlord: &Landlord) -> Page {
    let rule = format!("{} caractères au moins, dont un caractère spécial (! ? - …)", view.min_length);
    let fields = html! {
        (form::username_hint(&view.identifier))
        @if !view.first {
            (form::field(&Field { name: "actuel", label: "Mot de passe actuel", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
        }
        (form::field(&Field { name: "nouveau", label: "Nouveau mot de passe", help: &rule, value: "", kind: Kind::NewPassword }, &view.errors))
        (form::field(&Field { name: "confirmation", label: "Le même, une seconde fois", help: "", value: "", kind: Kind::NewPassword }, &view.errors))
        (form::submit("Enregistrer le mot de passe"))
    };
    let body = html! {
        div.narrow {
            @if view.first {
                h1 { "Bienvenue" }
                p.lead {
                    "Choisissez votre mot de passe personnel\u{a0}: " (rule) ". Le mot de passe provisoire ne fonctionnera plus. Ne le communiquez à personne, pas même à " (landlord.name) " ni à votre mairie."
                }
            } @else if view.asked {
                (title("Un nouveau mot de passe vous est demandé", &format!("{} le demande à la suite d’un incident. Le mot de passe actuel ouvre cette page une dernière fois.", landlord.name)))
            } @else {
                (title("Changer de mot de passe", ""))
            }
            (form::post(paths::PASSWORD, &view.csrf, &view.errors, fields))
            p.grey { "Une phrase de plusieurs mots se retient mieux et résiste mieux. Le collage et les gestionnaires de mots de passe sont acceptés." }
        }
    };
    Page::new(if view.first { "Bienvenue" } else { "Changer de mot de passe" }, body)
}

/// `/double-facteur`.
#[derive(Debug, Clone)]
pub struct SecondFactor {
    pub csrf: String,
    /// On `code`.
    pub errors: Errors,
    /// What the application scans.
    pub qr: Squares,
    /// The base32 secret, unbroken; shown in blocks of four.
    pub secret: String,
    /// In the demonstration, the code of this half-minute.
    pub demo_code: Option<String>,
}

/// Enrols the second factor.
pub fn second_factor(view: &SecondFactor) -> Page {
    let body = html! {
        (title("Votre second facteur", "Le mot de passe ne suffit pas\u{a0}: un code, renouvelé toutes les trente secondes, prouve que c’est bien vous."))
        (section("1. Enregistrer", "dans une application d’authentification, sur votre téléphone ou votre ordinateur", html! {
            (enrol_block(&view.qr, &view.secret))
        }))
        (section("2. Vérifier", "", html! {
            div.narrow {
                (form::post(paths::SECOND_FACTOR, &view.csrf, &view.errors, html! {
                    (form::field(&Field { name: "code", label: "Code à six chiffres", help: "Affiché par votre application", value: "", kind: Kind::OneTimeCode }, &view.errors))
                    (form::submit("Vérifier et continuer"))
                }))
                @if let Some(code) = &view.demo_code { p.grey { "Démonstration\u{a0}: le code de cet instant est " code { (code) } "." } }
            }
        }))
    };
    Page::new("Votre second facteur", body)
}

/// What an application scans, and the same to be typed.
pub(super) fn enrol_block(qr: &Squares, secret: &str) -> Markup {
    html! {
        div.enrol {
            div.qr role="img" aria-label="Code QR à lire avec l’application. La clé qui suit dit la même chose." { (qr_code(qr)) }
            div {
                p { "Lisez ce code QR avec l’application, ou tapez cette clé\u{a0}:" }
                p.secret { (blocks_of_four(secret)) }
                p.grey { "Gardez-la pour vous. Elle ne sera plus montrée." }
            }
        }
    }
}

fn blocks_of_four(secret: &str) -> Markup {
    let characters: Vec<char> = secret.chars().collect();
    html! {
        @for block in characters.chunks(4) { span { (block.iter().collect::<String>()) } " " }
    }
}

/// `/charte`.
#[derive(Debug, Clone)]
pub struct Charter {
    pub csrf: String,
    /// « Votre engagement date du 3 novembre 2026. » once it is done; the button then goes.
    pub engaged: Option<String>,
}

/// The charter and its commitment (wording 7, E24).
pub fn charter(view: &Charter, landlord: &Landlord) -> Page {
    let body = html! {
        (title("La charte", "Huit articles, à lire une fois. Ils disent ce que la convention attend de chacun."))
        (section("Texte", &format!("version\u{a0}{}", text::VERSION), text::text(landlord)))
        (section("Votre engagement", "", html! {
            p.engagement { (text::engagement()) }
            p.grey { (text::NOTE) }
            @match &view.engaged {
                Some(when) => p { (when) },
                None => (form::post_button(paths::CHARTER, &view.csrf, "Je m’engage", "button filled")),
            }
        }))
    };
    Page::new("La charte", body)
}
