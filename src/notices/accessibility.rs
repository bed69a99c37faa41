//! `/accessibilite`: the declaration required by law 2005-102, article 47.

use maud::html;

use super::{Landlord, mail, telephone};
use crate::page::Page;
use crate::page::layout::ACCESSIBILITY_MENTION;
use crate::page::table::{section, title};

/// The declaration of accessibility.
pub fn declaration(landlord: &Landlord) -> Page {
    let body = html! {
        (title(
            ACCESSIBILITY_MENTION,
            "Chacun doit pouvoir lire une fiche. Cette page dit ce qui a été vérifié, ce qui manque, et à qui le dire.",
        ))
        (section("État", "RGAA\u{a0}4.1", html! {
            p { (landlord.name) " s’engage à rendre cet extranet accessible, conformément à l’article\u{a0}47 de la loi n°\u{a0}2005-102 du 11\u{a0}février 2005. L’extranet est déclaré non conforme au référentiel général d’amélioration de l’accessibilité\u{a0}: aucun audit de conformité n’a encore été fait, et sans audit en cours de validité la loi ne connaît pas d’autre état." }
            p { "Ce n’est pas dire qu’il est inaccessible. Ce qui a été vérifié et ce qui manque sont énumérés ci-dessous." }
        }))
        (section("Ce qui n’est pas accessible", "et ce qui le remplace", html! {
            ul {
                li { "L’affichage en pixels d’une fiche, et les noms peints dans une liste, ne sont pas lisibles par une aide technique. Mécanisme de remplacement\u{a0}: l’affichage en texte, ouvert à tous, en un clic, premier lien rencontré sur chaque fiche et sur chaque liste, et réglable une fois pour toutes dans votre compte." }
                li { "Les couleurs et les polices d’une fiche en pixels ne peuvent pas être changées par le lecteur. L’affichage en texte suit les réglages de votre navigateur." }
                li { "L’impression est vide par convention, y compris vers une imprimante braille. Les plages braille lisent l’affichage en texte." }
            }
        }))
        (section("Ce qui a été vérifié", "par ceux qui l’ont fait, non par un auditeur", html! {
            ul {
                li { "Chaque page a été contrôlée par un outil automatique (axe-core) dans un navigateur Chromium, sur grand et sur petit écran, en clair et en sombre, sans qu’il trouve d’écart. Un tel outil ne voit qu’une partie des critères." }
                li { "Toutes les pages se parcourent au clavier, avec un focus visible." }
                li { "Elles restent lisibles agrandies à 400\u{a0}%, en contrastes imposés et en thème sombre." }
                li { "Aucune information ne tient à la seule couleur." }
                li { "La connexion accepte le collage et les gestionnaires de mots de passe\u{a0}; elle ne pose pas d’énigme." }
                li { "Le verrouillage de l’écran prévient deux minutes avant\u{a0}; une touche suffit à prolonger." }
            }
        }))
        (section("Ce qui n’a pas été vérifié", "", html! {
            ul {
                li { "Aucun essai n’a été conduit avec des lecteurs d’écran (NVDA, VoiceOver), ni par des personnes qui s’en servent." }
                li { "Le taux de conformité n’a pas été calculé." }
            }
        }))
        (section("Technologies", "", html! {
            p { "HTML, CSS, SVG, JavaScript. Les pages en texte et les formulaires fonctionnent sans JavaScript." }
        }))
        (section("Nous écrire", "réponse sous une semaine", html! {
            p { "Si vous ne pouvez pas accéder à un contenu ou à un service, écrivez à " (mail(&landlord.email)) " ou appelez le " (telephone(&landlord.phone)) "\u{a0}: nous vous donnerons l’information sous une autre forme." }
        }))
        (section("Voies de recours", "si nous n’avons pas répondu", html! {
            p { "Vous pouvez écrire au Défenseur des droits\u{a0}: " a href="https://formulaire.defenseurdesdroits.fr/" rel="noreferrer" { "formulaire en ligne" } ", ou par courrier gratuit, sans timbre, Défenseur des droits, Libre réponse 71120, 75342\u{a0}Paris Cedex\u{a0}07, ou par l’intermédiaire de son délégué dans votre région." }
        }))
    };
    Page::new("Accessibilité", body)
}
