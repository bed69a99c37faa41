//! Legal texts and help, written from the landlord's settings. All of them print.

pub mod accessibility;
pub mod agent;
pub mod charter;
pub mod rights;

use maud::{Markup, html};

pub use crate::platform::config::Landlord;

use crate::page::Page;
use crate::page::table::{entries, section, title};

/// A link that writes to an address.
pub fn mail(address: &str) -> Markup {
    html! { a href={ "mailto:" (address) } { (address) } }
}

/// A telephone number: a link on a phone, the figures everywhere.
pub fn telephone(number: &str) -> Markup {
    let dialled: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! { a.phone href={ "tel:" (dialled) } { (number) } }
}

/// `/signalement`: how to report a breach or an incident, by whoever knows of one (E30).
pub fn report(landlord: &Landlord) -> Page {
    let body = html! {
        (title(
            "Signaler une violation ou un incident",
            "Dès que vous en avez connaissance, à toute heure, avec ou sans compte. Un doute suffit\u{a0}: nous vérifierons avec vous.",
        ))
        (section("Nous joindre", "le plus rapide d’abord", html! {
            (entries(&[
                ("Téléphone", html! { strong.large { (telephone(&landlord.incident_phone)) } span.grey { " à toute heure" } }),
                ("Courriel", mail(&landlord.incident_email)),
                ("Adresse", html! { (landlord.name) ", " (landlord.address) }),
                ("Déléguée ou délégué à la protection des données", html! { (landlord.dpo_name) ", " (mail(&landlord.dpo_email)) }),
            ]))
        }))
        (section("Ce qu’il faut dire", "ce que vous savez suffit", html! {
            ul {
                li { "Ce qui s’est passé, et quand vous l’avez appris." }
                li { "La commune et la commission concernées." }
                li { "Le code inscrit en filigrane sur la fiche, s’il est visible\u{a0}: il désigne un seul affichage." }
                li { "Votre nom et un numéro où vous rappeler." }
            }
            p { "N’envoyez ni photo ni copie d’une fiche\u{a0}: décrivez-la. Nous vous dirons comment transmettre les pièces utiles." }
        }))
        (section("Des exemples", "", html! {
            ul {
                li { "Une fiche photographiée, ou lue par une personne non habilitée." }
                li { "Un mot de passe communiqué, volé ou deviné." }
                li { "Un ordinateur ou un téléphone perdu, une session restée ouverte dans un lieu public." }
                li { "Une fiche d’une autre commune affichée par erreur." }
            }
        }))
        (section("Et ensuite", "", html! {
            p { (landlord.name) " enregistre votre signalement, peut suspendre des accès aussitôt, et apprécie s’il faut notifier la CNIL et informer les personnes. Prévenez aussi le délégué à la protection des données de votre mairie." }
        }))
    };
    Page::new("Signaler une violation ou un incident", body)
}

/// `/aide`: how the space works, in the order in which one needs it.
pub fn help(landlord: &Landlord) -> Page {
    let body = html! {
        (title("Aide", "Ce que vous pouvez faire ici, et qui appeler quand cela ne va pas."))
        (section("Horaires", "", html! {
            p { "L’extranet ouvre du lundi au vendredi, de 8\u{a0}h à 19\u{a0}h (heure de Paris), sauf jours fériés et fermetures annoncées. À 19\u{a0}h une fiche ouverte s’efface\u{a0}; vous la retrouvez le lendemain." }
        }))
        (section("Lire une fiche", "à l’écran seulement", html! {
            p { "Une fiche s’affiche en pixels pendant vingt minutes au plus\u{a0}: rouvrez-la pour la lire plus longtemps. Votre nom, votre commune, l’heure et un code y figurent en filigrane." }
            (entries(&[
                ("Flèches ← et →", html! { "fiche précédente, fiche suivante" }),
                ("+ et −", html! { "agrandir, réduire, quand la fiche est sélectionnée" }),
                ("0", html! { "revenir à la taille normale" }),
                ("T", html! { "affichage en texte" }),
            ]))
        }))
        (section("Affichage en texte", "pour tous, sans demande", html! {
            p { "Si vous utilisez un lecteur d’écran, une plage braille, un fort agrandissement ou vos propres couleurs, choisissez «\u{a0}Affichage en texte\u{a0}» sur la fiche, ou une fois pour toutes dans " a href="/compte" { "Mon compte" } ". Les informations sont les mêmes." }
        }))
        (section("Ni impression ni copie", "", html! {
            p { "La convention signée avec votre mairie prévoit une consultation à l’écran. L’impression donne une page sans donnée\u{a0}; captures, photos et enregistrements sont interdits." }
            p { "Les fiches d’une commission sont supprimées dès le lendemain de sa tenue." }
        }))
        (section("Les signes de la liste", "vous seul les voyez", html! {
            (entries(&[
                ("nouvelle", html! { "publiée depuis votre dernière lecture" }),
                ("modifiée", html! { "changée depuis que vous l’avez ouverte" }),
                ("lue", html! { "ouverte, inchangée depuis" }),
                ("retirée", html! { "retirée par " (landlord.name) }),
            ]))
        }))
        (section("Connexion", "", html! {
            p { "Votre compte est personnel. Il demande un mot de passe et un code à six chiffres, donné par une application sur votre téléphone ou votre ordinateur. Après vingt minutes sans action, l’écran prévient puis se verrouille\u{a0}; le mot de passe suffit à le rouvrir." }
            p { "Mot de passe oublié, téléphone changé, accès refusé\u{a0}? " (landlord.access_contact) "." }
        }))
        (section("Nous joindre", "", html! {
            p { (landlord.name) ", " (telephone(&landlord.phone)) ", " (mail(&landlord.email)) "." }
            p { "Une violation de données ou un incident\u{a0}? " a href="/signalement" { "Signalez-le à toute heure" } "." }
        }))
    };
    Page::new("Aide", body)
}
