//! What happens to one's own account (E19, E20, E22).

use serde::{Deserialize, Serialize};

use super::Words;
use crate::notices::Landlord;
use crate::page::paths;

/// News of one's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountNews {
    /// Too many failures: nobody signs in for a while.
    Locked,
    /// The owner does not know a connection and has blocked the account (wording 10).
    Blocked,
    /// To the landlord's managers: a person has blocked their own account.
    SomebodyBlocked,
}

impl AccountNews {
    pub(super) fn words(&self, landlord: &Landlord) -> Words {
        match self {
            Self::Locked => Words {
                subject: "Votre compte est verrouillé pour un moment".to_owned(),
                paragraphs: vec![
                    "Plusieurs mots de passe inexacts ont été saisis pour votre compte. Personne ne peut s’y connecter depuis un nouvel appareil avant quelque temps\u{a0}; un appareil que vous avez déjà utilisé n’est pas concerné.".to_owned(),
                    format!("Ce n’était pas vous\u{a0}? Changez votre mot de passe et prévenez {}.", landlord.name),
                ],
                path: Some(paths::ACCOUNT),
            },
            Self::Blocked => Words {
                subject: "Votre compte est bloqué, comme vous l’avez demandé".to_owned(),
                paragraphs: vec![format!(
                    "Vous ne reconnaissez pas une connexion. {} est prévenu et vous rendra l’accès avec un nouveau mot de passe provisoire.",
                    landlord.name
                )],
                path: None,
            },
            Self::SomebodyBlocked => Words {
                subject: "Une personne a bloqué son compte".to_owned(),
                paragraphs: vec![
                    "Elle ne reconnaît pas une connexion. Joignez-la par un moyen que vous connaissez déjà avant de lui rendre l’accès.".to_owned(),
                ],
                path: None,
            },
        }
    }
}
