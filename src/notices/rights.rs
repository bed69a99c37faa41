//! `/mentions`: who publishes, and what becomes of the users' data (E39).

use maud::{Markup, html};

use super::{Landlord, mail, telephone};
use crate::page::table::{entries, section, title};
use crate::page::{Page, paths};

/// The short notice of the login page, in three parts (E39).
pub fn login_notice(landlord: &Landlord) -> Markup {
    html! {
        section.rights {
            h2 { "Vos droits" }
            div.thirds {
                div {
                    h3 { "Ce qui est conservé" }
                    p { "Vos connexions et vos consultations, l’adresse et l’appareil utilisés, le code de chaque affichage\u{a0}: six mois au plus, pour vérifier le respect de la convention, et pour rien d’autre." }
                }
                div {
                    h3 { "Qui en répond" }
                    p { (landlord.name) " et votre mairie, responsables conjoints. Délégués\u{a0}: " (mail(&landlord.dpo_email)) " et celui de votre mairie." }
                }
                div {
                    h3 { "Ce que vous pouvez demander" }
                    p { "Accès, rectification, effacement, limitation, opposition. " a href=(paths::LEGAL_NOTICE) { "Lire la notice complète" } ", ou saisir la " a href="https://www.cnil.fr/fr/plaintes" rel="noreferrer" { "CNIL" } "." }
                }
            }
        }
    }
}

/// The whole notice.
pub fn legal_notice(landlord: &Landlord) -> Page {
    let body = html! {
        (title("Mentions et droits", "Qui publie cet espace, ce qu’il conserve de vous, et ce que vous pouvez demander."))
        (section("Éditeur", "", entries(&[
            ("Éditeur", html! { (landlord.name) ", " (landlord.legal_form) }),
            ("Adresse", html! { (landlord.address) }),
            ("Téléphone", telephone(&landlord.phone)),
            ("Courriel", mail(&landlord.email)),
            ("Direction de la publication", html! { (landlord.publication_director) }),
            ("Hébergement", html! { (landlord.host) }),
        ])))
        (section("Finalité", "pourquoi cet espace existe", html! {
            p { "Mettre à la disposition des services instructeurs de la commune les fiches de synthèse issues de l’instruction des demandes de logement, pour un logement donné, sur la commune concernée, avant la commission d’attribution." }
            p { "Base légale\u{a0}: " (landlord.legal_basis) "." }
        }))
        (section("Responsables", "ensemble, chacun pour sa part", html! {
            p { (landlord.name) " et votre mairie sont responsables conjoints du traitement (article\u{a0}26 du RGPD). " (landlord.name) " publie les fiches, tient l’espace et les traces, répond aux demandes des personnes. La mairie désigne les agents, veille à leurs usages et transmet les demandes qu’elle reçoit. Vous pouvez exercer vos droits auprès de l’un comme de l’autre." }
        }))
        (section("Vos données d’agent", "ce qui est conservé de vous", html! {
            (entries(&[
                ("Compte", html! { "nom, prénom, fonction, identifiant, rôle, communes, habilitations et leurs dates, empreinte du mot de passe, nom, dates et secret chiffré de chaque second facteur, empreintes des codes de secours, accès provisoires donnés et vérifications d’identité avec leur motif, date d’engagement à la charte, date de dernière connexion, affichage retenu, suspensions et leur motif\u{a0}: tant que le compte existe" }),
                ("Appareils reconnus", html! { "l’empreinte d’un cookie et la date du dernier passage\u{a0}: 150\u{a0}jours" }),
                ("Sessions et essais manqués", html! { "heures et appareil de chaque session\u{a0}; nombre d’essais manqués par identifiant, par appareil et par réseau, sous forme d’empreintes\u{a0}: trois jours au plus" }),
                ("Traces", html! { "chaque connexion, chaque affichage et chaque refus, avec l’heure, l’adresse du réseau, l’appareil et le code de l’affichage\u{a0}: six mois au plus" }),
                ("État de lecture", html! { "fiches nouvelles, modifiées ou lues\u{a0}: vous seul le voyez, il disparaît avec la commission" }),
            ]))
            p { "Les traces servent à vérifier le respect de la convention, et à rien d’autre. Elles ne mesurent pas votre travail." }
            p { "Destinataires\u{a0}: les gestionnaires habilités de " (landlord.name) ", sa déléguée ou son délégué à la protection des données et, pour leur commune, votre mairie. Aucun transfert hors de l’Union européenne." }
            p { "Trois cookies, tous nécessaires. Celui de la session protège aussi les formulaires\u{a0}; il change à chaque connexion et disparaît avec la fermeture du navigateur. Celui du retour garde l’adresse de la page demandée, le temps de vous connecter ou de déverrouiller l’écran. Celui de l’appareil reste 150\u{a0}jours\u{a0}: il n’ouvre rien, et évite que des essais venus d’ailleurs ne bloquent votre compte. Il n’y a ni mesure d’audience ni service tiers." }
        }))
        (section("Les demandeurs de logement", "s’ils vous interrogent", html! {
            p { "Leurs données viennent de leur demande et de son instruction. Elles sont supprimées dès le lendemain de la commission. Transmettez leurs demandes sans délai à " (mail(&landlord.dpo_email)) "\u{a0}: la réponse est due dans le mois qui suit la réception par la mairie ou par " (landlord.name) "." }
        }))
        (section("Vos droits", "", html! {
            p { "Vous pouvez demander l’accès à vos données, leur rectification, leur effacement, la limitation de leur traitement, et vous y opposer pour des raisons tenant à votre situation." }
            (entries(&[
                ("Pour le bailleur", html! { (landlord.name) "\u{a0}: " (landlord.dpo_name) ", " (mail(&landlord.dpo_email)) }),
                ("Pour votre mairie", html! { "son délégué à la protection des données, dont votre référent vous donne les coordonnées" }),
                ("Réclamation", html! { "Commission nationale de l’informatique et des libertés, 3, place de Fontenoy, TSA\u{a0}80715, 75334\u{a0}Paris Cedex\u{a0}07, " a href="https://www.cnil.fr/fr/plaintes" rel="noreferrer" { "cnil.fr" } }),
            ]))
        }))
    };
    Page::new("Mentions et droits", body)
}
