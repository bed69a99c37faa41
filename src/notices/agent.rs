//! The notice due to an agent whose account is made by others (E39; articles 13 and 14 of the GDPR): the
//! essential, to be read on paper before any page is opened.

use maud::{Markup, html};

use super::Landlord;

/// In one column, without links: it is printed.
pub fn notice(landlord: &Landlord) -> Markup {
    html! {
        p { strong { "Qui en répond. " } (landlord.name) " et votre mairie, responsables conjoints\u{a0}: le bailleur tient l’espace et les traces, la mairie désigne les agents et leur en donne les raisons." }
        p { strong { "Pourquoi. " } "Ouvrir aux seuls agents habilités les fiches de synthèse avant une commission d’attribution, et vérifier que la convention est respectée\u{a0}: rien d’autre, et rien qui mesure votre travail. Base légale\u{a0}: " (landlord.legal_basis) "." }
        p { strong { "Quoi, et d’où. " } "Vos nom, prénom, fonction, commune et habilitation viennent de votre mairie. L’espace y ajoute ce que vous y faites\u{a0}: connexions, consultations et refus, avec l’heure, l’adresse du réseau, l’appareil et le code de chaque affichage." }
        p { strong { "Combien de temps. " } "Les traces, six mois au plus. Le compte, tant que dure votre habilitation." }
        p { strong { "Qui les voit. " } "Les gestionnaires habilités de " (landlord.name) ", son délégué à la protection des données et, pour sa commune, votre mairie. Aucun transfert hors de l’Union européenne." }
        p { strong { "Vos droits. " } "Accès, rectification, effacement, limitation, opposition, auprès de " (landlord.dpo_name) ", " (landlord.dpo_email) ", ou du délégué à la protection des données de votre mairie. Réclamation\u{a0}: CNIL, 3, place de Fontenoy, TSA\u{a0}80715, 75334\u{a0}Paris Cedex\u{a0}07, cnil.fr. La notice complète est à l’adresse /mentions de l’espace." }
    }
}
