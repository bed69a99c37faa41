//! What happens to one's own account (E19, E20, E22).

use serde::{Deserialize, Serialize};

use super::Words;
use super::links::Purpose;
use crate::notices::Landlord;
use crate::page::paths;
use crate::platform::id::AccountId;

/// News of one's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountNews {
    /// A first access: the mail's link leads to the choice of a password (E20).
    Invitation,
    /// A new secret, asked by whoever lost theirs: the mail's link leads to its choice.
    NewSecret,
    /// A manager tries whether mails arrive.
    TestMail,
    /// Too many failures: nobody signs in for a while.
    Locked,
    /// The owner does not know a connection and has blocked the account (wording 10).
    Blocked,
    /// A second factor was added (E20).
    FactorAdded,
    /// Its owner has revoked a second factor.
    FactorRevoked,
    /// Ten recovery codes were made; those before serve no more.
    RecoveryCodesMade,
    /// A recovery code has taken the place of the second factor.
    RecoveryCodeUsed { left: i64 },
    /// The landlord has given a temporary secret (E20).
    SecretGiven,
    /// Lost second factors were revoked, after an identity check.
    FactorsReset,
    /// The landlord has given a hardware token.
    TokenGiven,
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
            Self::Invitation => Words {
                subject: "Votre accès à l’extranet des communes".to_owned(),
                paragraphs: vec![
                    format!(
                        "{} vous ouvre un accès à son extranet\u{a0}: on y lit, avant chaque commission d’attribution, les fiches de synthèse des candidats.",
                        landlord.name
                    ),
                    "Vous choisirez un mot de passe, puis vous installerez un second facteur. L’accès est personnel\u{a0}: ne transmettez ce message à personne.".to_owned(),
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
            Self::TestMail => Words {
                subject: "Essai de courriel".to_owned(),
                paragraphs: vec![
                    "Vous avez demandé un courriel d’essai. S’il vous parvient, les autres partent aussi.".to_owned(),
                ],
                path: Some(paths::MAILS),
                link: None,
            },
            Self::Locked => Words {
                subject: "Votre compte est verrouillé pour un moment".to_owned(),
                paragraphs: vec![
                    "Plusieurs mots de passe ou codes inexacts ont été saisis pour votre compte. Les essais sont arrêtés pour un moment\u{a0}; un appareil d’où vous vous êtes déjà connecté garde les siens.".to_owned(),
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
            Self::FactorAdded => Words {
                subject: "Un second facteur a été ajouté à votre compte".to_owned(),
                paragraphs: vec![not_you(landlord)],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::FactorRevoked => Words {
                subject: "Un second facteur de votre compte a été révoqué".to_owned(),
                paragraphs: vec![
                    "Il ne sert plus. Vos autres connexions ont pris fin.".to_owned(),
                    not_you(landlord),
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::RecoveryCodesMade => Words {
                subject: "Dix codes de secours ont été faits pour votre compte".to_owned(),
                paragraphs: vec!["Ceux d’avant ne valent plus rien.".to_owned(), not_you(landlord)],
                path: Some(paths::RECOVERY_CODES),
                link: None,
            },
            Self::RecoveryCodeUsed { left } => Words {
                subject: "Un code de secours a ouvert votre compte".to_owned(),
                paragraphs: vec![
                    format!(
                        "Il a remplacé votre second facteur, et ne servira plus. Il vous en reste {left}. Si l’appareil est perdu, révoquez-le et ajoutez-en un autre."
                    ),
                    not_you(landlord),
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::SecretGiven => Words {
                subject: "Un mot de passe provisoire vous est donné".to_owned(),
                paragraphs: vec![
                    "Le précédent ne fonctionne plus et vos connexions ont pris fin. Votre second facteur n’a pas changé.".to_owned(),
                    format!("Vous ne l’avez pas demandé\u{a0}? Appelez {} au {}.", landlord.name, landlord.phone),
                ],
                path: None,
                link: None,
            },
            Self::FactorsReset => Words {
                subject: "Un second facteur perdu a été révoqué".to_owned(),
                paragraphs: vec![
                    format!("{} l’a fait après avoir vérifié votre identité. Votre prochaine connexion demandera votre mot de passe, puis un second facteur.", landlord.name),
                    format!("Vous n’avez rien perdu\u{a0}? Appelez {} au {}.", landlord.name, landlord.phone),
                ],
                path: None,
                link: None,
            },
            Self::TokenGiven => Words {
                subject: "Un jeton matériel est enregistré pour vous".to_owned(),
                paragraphs: vec![not_you(landlord)],
                path: Some(paths::ACCOUNT),
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
            Self::Bound { provider } => Words {
                subject: format!("Votre compte est lié à votre identité chez {provider}"),
                paragraphs: vec![
                    format!("Vous pouvez désormais vous connecter avec {provider}, et avec cette identité seulement."),
                    format!("Ce n’était pas vous\u{a0}? Prévenez {} aussitôt.", landlord.name),
                ],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::Unbound => Words {
                subject: "Votre compte n’est plus lié à une identité".to_owned(),
                paragraphs: vec![format!(
                    "{} a retiré ce lien. Votre prochaine identification en fera un nouveau.",
                    landlord.name
                )],
                path: Some(paths::ACCOUNT),
                link: None,
            },
            Self::OtherSubject { provider, .. } => Words {
                subject: "Une autre identité s’est présentée pour un compte".to_owned(),
                paragraphs: vec![
                    format!("Quelqu’un s’est identifié avec {provider} sous l’adresse d’un compte déjà lié à une autre identité\u{a0}: un nouvel arrivant à la même adresse, ou une usurpation. L’accès est refusé."),
                    "Joignez la personne par un moyen que vous connaissez déjà\u{a0}; si c’est bien elle, retirez l’ancien lien.".to_owned(),
                ],
                path: Some(paths::MANAGED_SINGLE_SIGN_ON),
                link: None,
            },
        }
    }
}

/// What to do about a change that one has not made.
fn not_you(landlord: &Landlord) -> String {
    format!(
        "Ce n’était pas vous\u{a0}? Changez votre mot de passe et appelez {} au {}.",
        landlord.name, landlord.phone
    )
}
