//! Why nothing is shown, and what to do next. Calm, never accusing; the exact sentences are the
//! house's wording.
//!
//! Conditions of the reader come first and have each their page. Everything that concerns a sheet
//! itself (unknown, foreign, past, purged, withdrawn) is one and the same [`not_found`] (E4).

use maud::{Markup, html};

use super::committees::{CommuneChoice, switcher};
use crate::notices::{Landlord, telephone};
use crate::page::{Page, format, paths};

fn refusal(title: &str, fact: &str, body: Markup) -> Page {
    let main = html! {
        div.plain {
            h1 { (fact) }
            (body)
        }
    };
    Page::new(title, main)
}

fn to_committees() -> Markup {
    html! { div.actions { a.button.filled href="/" { "Retour à mes commissions" } } }
}

/// Outside hours (wording 1, E28). `next_opening`: « lundi 16 novembre à 8 h ».
pub fn closed(landlord: &Landlord, next_opening: &str) -> Page {
    refusal(
        "Extranet fermé",
        "L’extranet est fermé.",
        html! {
            p.lead {
                "Il ouvre du lundi au vendredi, de 8\u{a0}h à 19\u{a0}h (heure de Paris), sauf jours fériés et fermetures annoncées. Prochaine ouverture\u{a0}: "
                strong { (next_opening) } "."
            }
            p {
                "Une violation de données ou un incident\u{a0}? Signalez-le à toute heure\u{a0}: "
                a href=(paths::REPORT) { "comment signaler" } ", " (telephone(&landlord.incident_phone)) "."
            }
        },
    )
}

/// Somebody's access, or a whole commune's, is suspended (wording 3, E27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// « 12 novembre 2026 ».
    pub date: String,
    /// « 16 h 40 ».
    pub time: String,
    /// The landlord's reason, without a final full stop.
    pub reason: String,
}

/// Since when, why, and whom to answer.
impl Suspended {
    /// In the words of the page.
    pub fn of(since: chrono::NaiveDateTime, reason: &str) -> Self {
        let since = since.and_utc();
        Self {
            date: format::date_full(format::paris_date(since)),
            time: format::time(since),
            reason: reason.trim_end_matches('.').to_owned(),
        }
    }
}

pub fn suspended(view: &Suspended, landlord: &Landlord) -> Page {
    refusal(
        "Accès suspendu",
        "Votre accès est suspendu",
        html! {
            p.lead { "Votre accès est suspendu depuis le " (view.date) " à " (view.time) ". Motif\u{a0}: " (view.reason) ". Décision de " (landlord.name) "." }
            p { "Pour répondre ou demander le rétablissement\u{a0}: " (landlord.access_contact) "." }
            p { "Vous pouvez toujours " a href=(paths::REPORT) { "signaler un incident" } "." }
        },
    )
}

/// The commune's convention is over (wording 4, E35).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConventionEnded {
    pub commune: String,
    /// « 31 octobre 2026 ».
    pub date: String,
    /// The town hall's contact, if one is designated.
    pub contact: Option<String>,
}

/// Since when, and who may follow the renewal.
pub fn convention_ended(view: &ConventionEnded, landlord: &Landlord) -> Page {
    refusal(
        "Convention échue",
        "La convention a pris fin",
        html! {
            p.lead { "La convention de " (view.commune) " a pris fin le " (view.date) ". Aucune fiche ne peut être affichée sans convention en vigueur. Votre compte est conservé." }
            @match &view.contact {
                Some(name) => p { "Votre référent, " (name) ", peut suivre le renouvellement avec " (landlord.name) "." },
                None => p { "Le référent de votre mairie peut suivre le renouvellement avec " (landlord.name) "." },
            }
            p { "Le secret professionnel continue de s’appliquer." }
        },
    )
}

/// The convention is signed and has not begun (E36). `from`: « 1er janvier 2027 ».
pub fn convention_to_come(commune: &str, from: &str, landlord: &Landlord) -> Page {
    refusal(
        "Convention à venir",
        "La convention n’a pas encore pris effet",
        html! {
            p.lead { "La convention de " (commune) " prend effet le " (from) ". Les fiches seront consultables à partir de ce jour." }
            p { "Pour toute question\u{a0}: " (landlord.access_contact) "." }
        },
    )
}

/// Below a refusal that concerns the commune being read: the others this person reads for.
pub fn other_communes(csrf: &str, others: &[CommuneChoice]) -> Markup {
    html! { div.plain { (switcher(csrf, "Lire une autre commune", others)) } }
}

/// The one text of every 404 (wording 5, E4).
pub fn not_found() -> Page {
    refusal(
        "Aucune fiche",
        "Aucune fiche consultable à cette adresse.",
        html! {
            p.lead { "Les fiches sont supprimées dès le lendemain de la commission et vous ne voyez que celles de votre commune." }
            (to_committees())
        },
    )
}

/// Signed in, but habilitated for no commune, or not yet, or no longer.
pub fn no_habilitation(landlord: &Landlord) -> Page {
    refusal(
        "Aucune habilitation",
        "Votre compte n’a pas d’habilitation en vigueur.",
        html! {
            p.lead { "Une habilitation est accordée par " (landlord.name) " à la demande de votre mairie, pour une commune et des dates." }
            p { "Votre référent peut la demander, ou vérifier sa date. Pour toute question\u{a0}: " (landlord.access_contact) "." }
            div.actions { a.button href=(paths::ACCOUNT) { "Voir mes habilitations" } }
        },
    )
}

/// Too many displays in a short time (E25). `again_at`: « 10 h 47 ».
pub fn rate_limited(again_at: &str, landlord: &Landlord) -> Page {
    refusal(
        "Une pause",
        "Une courte pause est nécessaire.",
        html! {
            p.lead { "Beaucoup d’affichages ont été demandés en peu de temps. La lecture reprend à " strong { (again_at) } ", sans rien faire de votre côté." }
            p { "Vous avez besoin de lire à ce rythme\u{a0}? Dites-le-nous, nous l’ajusterons\u{a0}: " (landlord.access_contact) "." }
            (to_committees())
        },
    )
}

/// The trace could not be written: fail closed (E9).
pub fn unavailable() -> Page {
    refusal(
        "Affichage impossible",
        "Cette page ne peut pas être affichée pour le moment.",
        html! {
            p.lead { "Chaque affichage est enregistré avant de paraître, et l’enregistrement est momentanément indisponible. Rien n’a été affiché." }
            p { "Réessayez dans quelques minutes. Si cela dure, prévenez le bailleur." }
            (to_committees())
        },
    )
}

/// A page that exists, for another role.
pub fn forbidden() -> Page {
    refusal(
        "Page réservée",
        "Cette page est réservée à un autre rôle.",
        html! {
            p.lead { "Votre compte n’y a pas accès. Rien n’est à corriger de votre côté." }
            div.actions { a.button href="/" { "Revenir à l’accueil" } }
        },
    )
}

/// What the request stood on has changed: a newer publication, another display.
pub fn stale() -> Page {
    refusal(
        "Page à rouvrir",
        "Cette page a changé entre-temps.",
        html! {
            p.lead { "Une publication plus récente l’a remplacée, ou cet affichage a pris fin. Rouvrez-la\u{a0}: rien n’est perdu." }
            (to_committees())
        },
    )
}

/// The form's token no longer matches: it was opened too long ago, or before another login.
/// `back`: the local path of the form.
pub fn csrf_expired(back: &str) -> Page {
    refusal(
        "Formulaire expiré",
        "Ce formulaire a expiré. Rien n’est perdu, rien n’a été fait.",
        html! {
            p.lead { "Il était ouvert depuis longtemps, ou depuis une autre connexion. Revenez-y et envoyez-le de nouveau." }
            div.actions { a.button.filled href=(back) { "Revenir au formulaire" } }
        },
    )
}

/// What went wrong is ours. `reference` finds it in the log; it says nothing else.
pub fn error(reference: &str, landlord: &Landlord) -> Page {
    refusal(
        "Erreur",
        "Une erreur est survenue de notre côté.",
        html! {
            p.lead { "Rien n’a été enregistré. Réessayez dans quelques minutes." }
            p { "Si cela dure, donnez cette référence à " (landlord.name) ", " (telephone(&landlord.phone)) "\u{a0}: " code { (reference) } "." }
            div.actions { a.button href="/" { "Revenir à l’accueil" } }
        },
    )
}
