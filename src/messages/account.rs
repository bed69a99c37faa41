//! What happens to one's own account (E19, E20, E22).

use serde::{Deserialize, Serialize};

use super::Words;
use crate::notices::Landlord;
use crate::page::paths;
use crate::platform::id::AccountId;

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
    /// The account is now bound to an identity of this service.
    Bound { provider: String },
    /// A manager has removed the identities bound to the account.
    Unbound,
    /// To the landlord's managers: another identity has claimed a bound account.
    OtherSubject { account: AccountId, provider: String },
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
            Self::Bound { provider } => Words {
                subject: format!("Votre compte est lié à votre identité chez {provider}"),
                paragraphs: vec![
                    format!("Vous pouvez désormais vous connecter avec {provider}, et avec cette identité seulement."),
                    format!("Ce n’était pas vous\u{a0}? Prévenez {} aussitôt.", landlord.name),
                ],
                path: Some(paths::ACCOUNT),
            },
            Self::Unbound => Words {
                subject: "Votre compte n’est plus lié à une identité".to_owned(),
                paragraphs: vec![format!(
                    "{} a retiré ce lien. Votre prochaine identification en fera un nouveau.",
                    landlord.name
                )],
                path: Some(paths::ACCOUNT),
            },
            Self::OtherSubject { provider, .. } => Words {
                subject: "Une autre identité s’est présentée pour un compte".to_owned(),
                paragraphs: vec![
                    format!("Quelqu’un s’est identifié avec {provider} sous l’adresse d’un compte déjà lié à une autre identité\u{a0}: un nouvel arrivant à la même adresse, ou une usurpation. L’accès est refusé."),
                    "Joignez la personne par un moyen que vous connaissez déjà\u{a0}; si c’est bien elle, retirez l’ancien lien.".to_owned(),
                ],
                path: Some(paths::MANAGED_SINGLE_SIGN_ON),
            },
        }
    }
}
