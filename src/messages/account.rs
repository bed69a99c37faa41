//! What happens to one's own account (E19, E20, E22).

use serde::{Deserialize, Serialize};

use super::Words;
use super::links::Purpose;
use crate::notices::Landlord;
use crate::page::paths;

/// News of one's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountNews {
    /// A first access: the mail's link leads to the choice of a password (E20).
    Invitation,
    /// A new secret, asked by whoever lost theirs: the mail's link leads to its choice.
    NewSecret,
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
            Self::Invitation => Words {
                subject: "Votre accès à l’extranet des communes".to_owned(),
                paragraphs: vec![
                    format!(
                        "{} vous ouvre un accès à son extranet\u{a0}: on y lit, avant chaque commission d’attribution, les fiches de synthèse des candidats.",
                        landlord.name
                    ),
                    "Choisissez votre mot de passe, puis installez un second facteur. L’accès est personnel\u{a0}: ne transmettez ce message à personne.".to_owned(),
                ],
                path: None,
                link: Some(Purpose::FirstSecret),
            },
            Self::NewSecret => Words {
                subject: "Choisissez un nouveau mot de passe".to_owned(),
                paragraphs: vec![
                    "Un nouveau mot de passe a été demandé pour votre compte. Tant que vous n’en avez pas choisi un autre, rien ne change.".to_owned(),
                    format!("Ce n’était pas vous\u{a0}? N’ouvrez pas le lien et prévenez {}.", landlord.name),
                ],
                path: None,
                link: Some(Purpose::NewSecret),
            },
            Self::Locked => Words {
                subject: "Votre compte est verrouillé pour un moment".to_owned(),
                paragraphs: vec![
                    "Plusieurs mots de passe inexacts ont été saisis pour votre compte. Personne ne peut s’y connecter depuis un nouvel appareil avant quelque temps\u{a0}; un appareil que vous avez déjà utilisé n’est pas concerné.".to_owned(),
                    format!("Ce n’était pas vous\u{a0}? Changez votre mot de passe et prévenez {}.", landlord.name),
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::Blocked => Words {
                subject: "Votre compte est bloqué, comme vous l’avez demandé".to_owned(),
                paragraphs: vec![format!(
                    "Vous ne reconnaissez pas une connexion. {} est prévenu et vous rendra l’accès avec un nouveau mot de passe provisoire.",
                    landlord.name
                )],
                path: None,
                link: None,
            },
            Self::SomebodyBlocked => Words {
                subject: "Une personne a bloqué son compte".to_owned(),
                paragraphs: vec![
                    "Elle ne reconnaît pas une connexion. Joignez-la par un moyen que vous connaissez déjà avant de lui rendre l’accès.".to_owned(),
                ],
                path: None,
                link: None,
            },
        }
    }
}
