//! What the landlord does to somebody's access (E27, E33, E37).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Words;
use crate::notices::Landlord;
use crate::page::{format, paths};

/// News of access that was closed or given back. The reason stands in the space alone: a mail may be
/// read by others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessNews {
    Suspended,
    Restored,
    HabilitationsEnded,
    NewPasswordAsked,
    /// The convention of a commune will end on this day.
    Terminated {
        commune: String,
        on: NaiveDate,
    },
    /// To the other managers: two are needed.
    SecondManagerNeeded,
    /// To the DPO and the other managers: one has acted alone.
    ActedAlone,
}

impl AccessNews {
    pub(super) fn words(&self, landlord: &Landlord) -> Words {
        let name = &landlord.name;
        let contact = format!("Pour répondre\u{a0}: {}.", landlord.access_contact);
        match self {
            Self::Suspended => Words {
                subject: "Votre accès est suspendu".to_owned(),
                paragraphs: vec![
                    format!("{name} a suspendu votre accès. Le motif s’affiche quand vous vous connectez."),
                    "Vous pouvez toujours signaler un incident.".to_owned(),
                    contact,
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::Restored => Words {
                subject: "Votre accès est rétabli".to_owned(),
                paragraphs: vec![format!("{name} a levé la suspension de votre accès. Vos habilitations s’exercent comme avant.")],
                path: Some("/"),
                link: None,
            },
            Self::HabilitationsEnded => Words {
                subject: "Votre habilitation a pris fin".to_owned(),
                paragraphs: vec![
                    format!("{name} a mis fin à votre habilitation. Votre compte est conservé\u{a0}; le secret professionnel continue de s’appliquer."),
                    contact,
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::NewPasswordAsked => Words {
                subject: "Un nouveau mot de passe vous est demandé".to_owned(),
                paragraphs: vec![
                    "Par précaution, choisissez un nouveau mot de passe à votre prochaine action. Ne reprenez aucun mot de passe qui serve ailleurs.".to_owned(),
                    contact,
                ],
                path: Some(paths::PASSWORD),
                link: None,
            },
            Self::Terminated { commune, on } => Words {
                subject: format!("La convention de {commune} prend fin le {}", format::date_full(*on)),
                paragraphs: vec![
                    format!("Aucune fiche ne sera affichée à partir du {}. Votre compte est conservé.", format::date_full(*on)),
                    "Le secret professionnel continue de s’appliquer.".to_owned(),
                ],
                path: None,
                link: None,
            },
            Self::SecondManagerNeeded => Words {
                subject: "Une décision attend un second gestionnaire".to_owned(),
                paragraphs: vec!["Elle concerne toutes les mairies, ou la fin d’une convention\u{a0}: une autre personne doit la confirmer.".to_owned()],
                path: Some(paths::LEVERS),
                link: None,
            },
            Self::ActedAlone => Words {
                subject: "Une décision a été prise sans second gestionnaire".to_owned(),
                paragraphs: vec!["L’urgence a été invoquée. Le motif et l’auteur se lisent sur la page des accès.".to_owned()],
                path: Some(paths::LEVERS),
                link: None,
            },
        }
    }
}
