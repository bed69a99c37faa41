//! The account, the lock, and the two ways a session ends.

use maud::{Markup, html};

use super::factors::{self, Line, passkey_part};
use crate::identity::single_sign_on::view::{self as single_sign_on, Button};
use crate::notices::Landlord;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::marks::{Mark, mark};
use crate::page::table::{entries, section, title};
use crate::page::{Page, paths};

/// `/verrou`.
#[derive(Debug, Clone)]
pub struct Lock {
    pub csrf: String,
    /// On `mot_de_passe`.
    pub errors: Errors,
    /// Who locked; also the hint of password managers.
    pub identifier: String,
    /// Which page opens again: « la fiche que vous lisiez ». Never a name.
    pub returns_to: String,
    /// Whether this site can hold passkeys.
    pub passkeys: bool,
    /// Of single sign-on, if it has opened the session.
    pub providers: Vec<Button>,
}

/// The screen after twenty idle minutes: the password alone reopens it.
pub fn lock(view: &Lock) -> Page {
    let lead = format!("Votre session est gardée. Votre mot de passe rouvre {}.", view.returns_to);
    let body = html! {
        div.narrow {
            (title("Écran verrouillé", &lead))
            (single_sign_on::buttons(&view.csrf, &view.providers, "ou avec le mot de passe de ce compte"))
            (form::post(paths::LOCK, &view.csrf, &view.errors, html! {
                (form::username_hint(&view.identifier))
                (form::field(&Field { name: "mot_de_passe", label: "Mot de passe", help: "", value: "", kind: Kind::CurrentPassword }, &view.errors))
                (form::submit("Déverrouiller"))
            }))
            @if view.passkeys {
                (passkey_part(paths::LOCK_PASSKEY_CHALLENGE, paths::LOCK_PASSKEY, "Déverrouiller avec une clé d’accès"))
            }
            (form::post_button(paths::SIGN_OUT, &view.csrf, "Ce n’est pas vous\u{a0}? Se déconnecter", "link"))
        }
    };
    let page = Page::new("Écran verrouillé", body);
    if view.passkeys { page.with_script("passkey.js") } else { page }
}

/// `/compte`.
#[derive(Debug, Clone)]
pub struct Account {
    pub csrf: String,
    pub name: String,
    pub login: String,
    /// « instructrice », « référente », « gestionnaire ».
    pub role: String,
    /// « vendredi 20 novembre à 16 h 12 » (E11).
    pub last_connection: String,
    pub habilitations: Vec<Habilitation>,
    pub factors: Vec<Line>,
    /// « 9 codes restants sur 10… ».
    pub recovery: String,
    /// Whether this site can hold passkeys.
    pub passkeys: bool,
    /// The remembered display.
    pub text_display: bool,
    /// « changé le 3 novembre 2026 ».
    pub password_changed: String,
    /// « Engagé le 3 novembre 2026, version 1 ».
    pub charter: String,
    /// The only live session (E19).
    pub session: Session,
}

/// What an account may read, for one commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habilitation {
    pub commune: String,
    /// « du 1er septembre 2026 au 31 août 2027 ».
    pub dates: String,
    /// « en vigueur », « suspendue depuis le 12 novembre ».
    pub state: String,
    pub in_force: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// « Firefox, Windows ».
    pub device: String,
    /// « ouverte à 9 h 58 ».
    pub opened: String,
}

/// One's own account.
pub fn account(view: &Account) -> Page {
    let body = html! {
        (title("Mon compte", &format!("Dernière connexion\u{a0}: {}.", view.last_connection)))
        (section("Vous", "", entries(&[
            ("Nom", html! { (view.name) }),
            ("Identifiant", html! { (view.login) }),
            ("Rôle", html! { (view.role) }),
            ("Charte", html! { (view.charter) " · " a href=(paths::CHARTER) { "relire" } }),
        ])))
        @if !view.habilitations.is_empty() {
            (section("Habilitations", "accordées par le bailleur, commune par commune", habilitations(&view.habilitations)))
        }
        (section("Affichage", "retenu pour toutes les fiches", display(view)))
        (section("Mot de passe", "", html! {
            p { (view.password_changed) "." }
            p { a.button href=(paths::PASSWORD) { "Changer de mot de passe" } }
        }))
        (section("Second facteur", "ce qui prouve que c’est vous, en plus du mot de passe", factors::list(&view.factors, &view.recovery, view.passkeys)))
        (section("Connexion en cours", "une seule à la fois", html! {
            table.register {
                thead { tr { th scope="col" { "Appareil" } th scope="col" { "Depuis" } th scope="col" { "État" } } }
                tbody {
                    tr {
                        th scope="row" { (view.session.device) }
                        td { (view.session.opened) }
                        td { (mark(Mark::Held, "celle-ci")) }
                    }
                }
            }
            p { a href=(paths::CONNECTIONS) { "Toutes mes connexions" } }
        }))
    };
    Page::new("Mon compte", body)
}

fn habilitations(habilitations: &[Habilitation]) -> Markup {
    html! {
        table.register {
            thead { tr { th scope="col" { "Commune" } th scope="col" { "Dates" } th scope="col" { "État" } } }
            tbody {
                @for habilitation in habilitations {
                    tr {
                        th scope="row" { (habilitation.commune) }
                        td { (habilitation.dates) }
                        td { (mark(if habilitation.in_force { Mark::Held } else { Mark::ToDo }, &habilitation.state)) }
                    }
                }
            }
        }
    }
}

fn display(view: &Account) -> Markup {
    html! {
        form.fields method="post" action=(paths::DISPLAY_PREFERENCE) {
            (form::csrf_field(&view.csrf))
            fieldset.choices {
                legend.unseen { "Affichage des fiches" }
                label {
                    input type="radio" name="affichage" value="pixels" checked[!view.text_display];
                    span { strong { "En pixels" } span.grey { "La fiche comme une page de papier." } }
                }
                label {
                    input type="radio" name="affichage" value="texte" checked[view.text_display];
                    span { strong { "En texte" } span.grey { "Pour un lecteur d’écran, une plage braille, un fort agrandissement ou vos couleurs. Les informations sont les mêmes." } }
                }
            }
            button.button type="submit" { "Retenir ce choix" }
        }
    }
}

/// The session that another connection has ended (wording 10, E19).
#[derive(Debug, Clone)]
pub struct EndedElsewhere {
    /// A token that still allows one thing: blocking the account.
    pub csrf: String,
    /// « 10 h 42 ».
    pub at: String,
    /// « Firefox, Windows ».
    pub device: String,
}

/// Another device has opened the account.
pub fn ended_elsewhere(view: &EndedElsewhere, landlord: &Landlord) -> Page {
    let body = html! {
        div.plain {
            h1 { "Votre session a pris fin à " (view.at) }
            p.lead { "Votre compte a été ouvert sur un autre appareil (" (view.device) ")." }
            p { strong { "C’était vous\u{a0}?" } " Reconnectez-vous\u{a0}; l’autre session se fermera." }
            p { strong { "Ce n’était pas vous\u{a0}?" } " Bloquez votre compte maintenant\u{a0}: " (landlord.name) " sera prévenu." }
            div.actions {
                a.button.filled href={ (paths::LOGIN) "?encore" } { "Se reconnecter" }
                (form::post_button(paths::BLOCK_ACCOUNT, &view.csrf, "Bloquer mon compte", "button ink"))
            }
        }
    };
    Page::new("Session terminée", body)
}

/// After `/deconnexion`.
pub fn signed_out() -> Page {
    let body = html! {
        div.plain {
            (title("Votre session est fermée", "Aucune fiche n’est conservée sur cet appareil. Vous pouvez fermer cette fenêtre."))
            p.grey { "Un cookie y fait reconnaître l’appareil pendant 150\u{a0}jours\u{a0}: il n’ouvre rien, et évite que des essais venus d’ailleurs ne bloquent votre compte." }
            div.actions { a.button href=(paths::LOGIN) { "Se reconnecter" } }
        }
    };
    Page::new("Déconnexion", body)
}
