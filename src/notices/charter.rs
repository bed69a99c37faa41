//! The charter: what a user undertakes before the first sheet (E12, E13, E14, E24).

use maud::{Markup, html};

use super::Landlord;

/// The version that is shown. A new one is engaged anew by everyone.
pub const VERSION: u32 = 1;

/// Wording 7: the commitment itself, in one sentence.
pub fn engagement() -> String {
    format!(
        "J’ai lu la charte (version\u{a0}{VERSION}) et je m’engage à la respecter\u{a0}: mon accès est personnel\u{a0}; je n’imprime, ne photographie ni n’enregistre aucune fiche\u{a0}; je n’en montre rien à une personne non habilitée\u{a0}; je garde le secret, même après mon départ."
    )
}

/// Wording 7: what the commitment is not.
pub const NOTE: &str =
    "Vos consultations sont tracées, six mois au plus. Il s’agit d’une information, non d’un consentement.";

/// The whole text.
pub fn text(landlord: &Landlord) -> Markup {
    html! {
        ol.articles {
            li {
                h3 { "À quoi sert cet espace" }
                p { (landlord.name) " met à la disposition des services instructeurs de la commune les fiches de synthèse issues de l’instruction des demandes de logement, pour un logement donné, sur la commune concernée. Les fiches ne servent à rien d’autre." }
            }
            li {
                h3 { "Un accès personnel" }
                p { "Votre identifiant, votre mot de passe et votre second facteur ne se prêtent pas, même à un collègue habilité, même pour dépanner. Si quelqu’un d’autre a pu les connaître, changez-les et signalez-le aussitôt." }
            }
            li {
                h3 { "Ni impression, ni copie, ni image" }
                p { "Les fiches se consultent à l’écran. Elles ne sont ni imprimables ni téléchargeables. Vous n’en extrayez aucune, ni par capture d’écran, ni par photographie, ni par vidéo, ni par enregistrement, ni par recopie d’ensemble. La mairie veille à ce que ses agents s’y tiennent, et en répond." }
                p { "Chaque fiche porte votre nom et un code qui renvoie à l’affichage. Cela dissuade et permet de remonter à l’origine d’une fuite\u{a0}; cela ne rend pas la photographie impossible." }
                p { "L’affichage en texte est ouvert à qui en a besoin, sans demande ni justification, aux mêmes conditions." }
            }
            li {
                h3 { "Aucune communication, aucun usage commercial" }
                p { "Vous ne faites aucun usage commercial de ces informations et ne les communiquez ni ne les divulguez à des tiers, par quelque moyen que ce soit\u{a0}: ni aux candidats, ni à des élus ou agents non habilités, ni à une autre commune." }
            }
            li {
                h3 { "Un poste et un lieu sûrs" }
                p { "Vous consultez par un navigateur à jour et une connexion sécurisée, sur un équipement protégé et verrouillé quand vous vous éloignez. Jamais par un réseau wifi ouvert, jamais dans un lieu public, jamais sous le regard d’une personne non habilitée. La plus stricte discrétion est de règle." }
                p { (landlord.name) " et la mairie maintiennent chacun leur environnement technique et protègent les données contre l’accès non autorisé, l’altération, la destruction, le vol et la perte." }
            }
            li {
                h3 { "Le secret" }
                p { "Vous êtes tenu au secret professionnel sur tout ce que vous lisez ici, pendant vos fonctions et après leur fin. Si vous changez de fonction ou quittez la mairie, votre référent le signale sans délai\u{a0}; votre accès prend fin." }
            }
            li {
                h3 { "Le signalement" }
                p { "Toute violation de données et tout incident de sécurité se signalent dès que vous en avez connaissance, à toute heure, sans crainte de s’être trompé." }
            }
            li {
                h3 { "Ce qui est conservé" }
                p { "Chaque affichage et chaque refus sont tracés, six mois au plus, pour vérifier le respect de la convention et pour rien d’autre. Personne ne mesure ici votre travail." }
            }
        }
    }
}
