//! The form that asks for a habilitation, and the one that reports a change of function.

use maud::{Markup, html};

use super::super::Holder;
use super::super::warnings::Warning;
use crate::identity::habilitation::Ground;
use crate::page::form::{self, Errors, Field, Kind};
use crate::page::table::{back, section, title};
use crate::page::{Page, format, paths};

/// Reasons that most requests have (E16).
pub const STANDARD_REASONS: [(&str, &str); 3] = [
    ("instruction", "Instruction des demandes de logement social"),
    ("commission", "Préparation et suivi de la commission d’attribution"),
    ("accompagnement", "Accompagnement social des demandeurs de la commune"),
];
/// A reason of one's own.
pub const OTHER_REASON: &str = "autre";

/// What was typed, kept after an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub job_title: String,
    pub employer: String,
    pub ground: String,
    pub reason: String,
    pub details: String,
    pub from: String,
    pub until: String,
    pub need: String,
    pub letter_on: String,
    pub letter_reference: String,
}

/// The form and what stands around it.
pub struct Asking<'a> {
    pub csrf: &'a str,
    pub action: &'a str,
    pub back: &'a str,
    pub back_to: &'a str,
    pub commune: &'a str,
    /// When every place is taken.
    pub quota: Option<i32>,
    /// Who is to be replaced.
    pub absent: Option<&'a str>,
    pub from_letter: bool,
    pub landlord: &'a str,
    pub typed: &'a Typed,
    pub errors: &'a Errors,
    pub warnings: &'a [Warning],
}

/// Wording 9, to the letter.
pub fn places_taken(quota: i32, commune: &str, landlord: &str) -> String {
    format!(
        "Les {quota} habilitations de {commune} sont attribuées. Vous pouvez signaler un départ, demander un remplacement temporaire, ou demander une habilitation de plus en précisant la nécessité de service. {landlord} vous répondra\u{a0}; votre saisie est conservée."
    )
}

pub fn page(view: &Asking<'_>) -> Page {
    let heading = match (view.absent, view.from_letter) {
        (Some(absent), _) => format!("Remplacer {absent} pendant son absence"),
        (None, true) => format!("Saisir une demande reçue par courrier pour {}", view.commune),
        (None, false) => format!("Demander une habilitation pour {}", view.commune),
    };
    let lead = match view.absent {
        Some(_) => {
            "Le remplacement a une fin et s’arrête de lui-même\u{a0}; l’accès de la personne absente est suspendu d’ici là, puis reprend."
        }
        None => {
            "Un compte par personne, qui ne se prête pas\u{a0}: seules celles qui instruisent les demandes de logement y ont droit."
        }
    };
    let body = html! {
        (back(view.back, view.back_to))
        (title(&heading, lead))
        @if let Some(quota) = view.quota { div { p.notice { (places_taken(quota, view.commune, view.landlord)) } } }
        @if !view.warnings.is_empty() {
            div { div.notice role="alert" {
                p { strong { "À vérifier avant d’envoyer" } }
                ul.plain-list { @for warning in view.warnings { li { (warning.in_french()) } } }
            } }
        }
        (form::post(view.action, view.csrf, view.errors, fields(view)))
    };
    Page::new("Demande d’habilitation", body)
}

fn fields(view: &Asking<'_>) -> Markup {
    let (typed, errors) = (view.typed, view.errors);
    let text =
        |name, label, help, value: &str, kind| form::field(&Field { name, label, help, value, kind }, errors);
    let employer = if typed.employer.is_empty() && typed.last_name.is_empty() {
        format!("mairie de {}", view.commune)
    } else {
        typed.employer.clone()
    };
    let grounds: Vec<(&str, &str)> = std::iter::once(("", "Choisir"))
        .chain(Ground::ALL.iter().map(|ground| (ground.as_str(), ground.in_french())))
        .collect();
    let reasons: Vec<(&str, &str)> = std::iter::once(("", "Choisir"))
        .chain(STANDARD_REASONS)
        .chain([(OTHER_REASON, "Autre, précisé ci-dessous")])
        .collect();
    let until = Field {
        name: "fin",
        label: "Dernier jour",
        help: "Exemple\u{a0}: 31/12/2026",
        value: &typed.until,
        kind: Kind::Day,
    };
    html! {
        (section("La personne", "telle que la mairie la désigne", html! {
            div.grid {
                (text("prenom", "Prénom", "", &typed.first_name, Kind::Text))
                (text("nom", "Nom", "", &typed.last_name, Kind::Text))
                (text("fonction", "Fonction", "Par exemple\u{a0}: instructrice logement", &typed.job_title, Kind::Text))
                (form::optional(&Field { name: "courriel", label: "Adresse électronique", help: "Nominative", value: &typed.email, kind: Kind::Email }, errors))
            }
        }))
        (section("À quel titre", "elle relève de la mairie", html! {
            div.grid {
                (form::select(&Field { name: "cadre", label: "Rattachement", help: "", value: &typed.ground, kind: Kind::Text }, &grounds, errors))
                (text("employeur", "Employeur", "", &employer, Kind::Text))
            }
            (form::select(&Field { name: "motif", label: "Motif", help: "", value: &typed.reason, kind: Kind::Text }, &reasons, errors))
            (form::long_text(&Field { name: "precisions", label: "Précisions", help: "Demandées pour un autre motif, ou pour une personne élue. Rien sur un demandeur de logement.", value: &typed.details, kind: Kind::Text }, errors, false))
        }))
        (section("Dates", "", html! {
            div.grid {
                (form::optional(&Field { name: "debut", label: "Premier jour", help: "Sans date\u{a0}: dès la décision", value: &typed.from, kind: Kind::Day }, errors))
                @if view.absent.is_some() { (form::field(&until, errors)) } @else { (form::optional(&until, errors)) }
            }
            @if view.quota.is_some() || !typed.need.is_empty() {
                (form::long_text(&Field { name: "necessite", label: "Nécessité de service", help: "Pourquoi une habilitation de plus\u{a0}; ce motif reste visible.", value: &typed.need, kind: Kind::Text }, errors, true))
            } @else if errors.concern("necessite") {
                (form::long_text(&Field { name: "necessite", label: "Nécessité de service", help: "Pourquoi une habilitation de plus\u{a0}; ce motif reste visible.", value: "", kind: Kind::Text }, errors, true))
            }
        }))
        @if view.from_letter {
            (section("Le courrier", "de la mairie", html! {
                div.grid {
                    (text("courrier_date", "Date du courrier", "Exemple\u{a0}: 30/11/2026", &typed.letter_on, Kind::Day))
                    (text("courrier_reference", "Référence", "", &typed.letter_reference, Kind::Text))
                }
            }))
        }
        @if view.warnings.is_empty() {
            (form::submit(if view.from_letter { "Enregistrer la demande" } else { "Envoyer la demande" }))
        } @else {
            input type="hidden" name="confirme" value="oui";
            (form::submit("Envoyer après vérification"))
        }
    }
}

/// A change of function, which the landlord looks at again (E23).
pub fn function(
    holder: &Holder,
    commune: &str,
    (title_typed, note): (&str, &str),
    errors: &Errors,
    csrf: &str,
    landlord: &str,
) -> Page {
    let lead = format!(
        "{landlord} réexaminera l’habilitation pour {commune}\u{a0}: la maintenir, ou y mettre fin. D’ici là, l’accès continue."
    );
    let body = html! {
        div.narrow {
            (back(paths::TEAM, "Équipe"))
            (title(&format!("{} change de fonction", holder.name()), &lead))
            (form::post(&paths::function_change(holder.id.as_str()), csrf, errors, html! {
                (form::field(&Field { name: "fonction", label: "Nouvelle fonction", help: &format!("Aujourd’hui\u{a0}: {}", holder.job_title), value: title_typed, kind: Kind::Text }, errors))
                (form::long_text(&Field { name: "motif", label: "Ce qui change", help: "Service, depuis quand, lien avec le logement.", value: note, kind: Kind::Text }, errors, true))
                (form::submit("Signaler le changement"))
            }))
        }
    };
    Page::new(format::capitalized("changement de fonction"), body)
}
