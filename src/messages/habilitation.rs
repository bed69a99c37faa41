//! What happens around habilitations and contacts (E15–E18, E23).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Words;
use crate::notices::Landlord;
use crate::page::{format, paths};

/// News of habilitations. They name communes and days; who is concerned is on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HabilitationNews {
    /// To the managers: the town hall asks.
    Asked { commune: String },
    /// To the managers: the town hall has answered a question.
    Answered { commune: String },
    /// To the managers: the town hall no longer asks.
    Withdrawn { commune: String },
    /// To the managers: a change of function is to be looked at.
    FunctionChanged { commune: String },
    /// To the managers: a departure, at once without a day, or after it.
    Departed { commune: String, after: Option<NaiveDate> },
    /// To the contacts: the landlord asks something.
    Question { commune: String },
    /// To the contacts: a request is granted.
    Accepted { commune: String },
    /// To the contacts: a request is refused, with a reason.
    Refused { commune: String },
    /// To the contacts: the landlord has ended a habilitation, with a reason.
    EndedByLandlord { commune: String },
    /// To the contacts: the landlord has undone an ending.
    Reopened { commune: String },
    /// To the person: they may read.
    Granted { commune: String, from: NaiveDate, until: Option<NaiveDate> },
    /// To the person: they may no longer read for this commune.
    Ended { commune: String, after: Option<NaiveDate> },
    /// To the person: they may read again.
    GivenBack { commune: String },
    /// To the person: somebody replaces them meanwhile.
    Absent { commune: String, from: NaiveDate, until: NaiveDate },
    /// To the person: they are the town hall's contact.
    Designated { commune: String },
    /// To the person: they no longer are.
    DesignationEnded { commune: String },
}

impl HabilitationNews {
    pub(super) fn words(&self, landlord: &Landlord) -> Words {
        let landlord = &landlord.name;
        match self {
            Self::Asked { commune } => desk(
                format!("{commune} demande une habilitation"),
                "La demande attend votre décision, à côté du quota et des personnes habilitées.",
            ),
            Self::Answered { commune } => desk(
                format!("{commune} a répondu à votre question"),
                "La demande d’habilitation attend votre décision.",
            ),
            Self::Withdrawn { commune } => desk(
                format!("{commune} a retiré une demande d’habilitation"),
                "Il n’y a plus rien à décider pour cette demande.",
            ),
            Self::FunctionChanged { commune } => desk(
                format!("Un changement de fonction est signalé à {commune}"),
                "L’habilitation est à réexaminer\u{a0}: la maintenir, ou y mettre fin avec un motif.",
            ),
            Self::Departed { commune, after: None } => desk(
                format!("Un départ est signalé à {commune}"),
                "L’accès s’est fermé aussitôt. Vous seul pouvez annuler ce départ.",
            ),
            Self::Departed { commune, after: Some(day) } => desk(
                format!("Un départ est annoncé à {commune}"),
                &format!("L’accès se fermera après le {}.", format::date_full(*day)),
            ),
            Self::Question { commune } => team(
                format!("{landlord} vous pose une question"),
                &format!(
                    "Elle porte sur une demande d’habilitation pour {commune}. Répondez sur la page de la demande."
                ),
            ),
            Self::Accepted { commune } => team(
                format!("Une habilitation est accordée pour {commune}"),
                "La personne reçoit de quoi se connecter la première fois\u{a0}; les dates sont sur la page de votre équipe.",
            ),
            Self::Refused { commune } => team(
                format!("Une demande n’est pas accordée pour {commune}"),
                "Le motif est sur la page de la demande.",
            ),
            Self::EndedByLandlord { commune } => team(
                format!("{landlord} a mis fin à une habilitation de {commune}"),
                "Le motif est sur la page de votre équipe.",
            ),
            Self::Reopened { commune } => team(
                format!("{landlord} a rétabli une habilitation de {commune}"),
                "Les dates sont sur la page de votre équipe.",
            ),
            Self::Granted { commune, from, until } => own(
                format!("Vous êtes habilité à lire les fiches de {commune}"),
                match until {
                    Some(until) => {
                        format!("Du {} au {} inclus.", format::date_full(*from), format::date_full(*until))
                    }
                    None => format!("À partir du {}.", format::date_full(*from)),
                },
            ),
            Self::Ended { commune, after } => own(
                format!("Votre habilitation pour {commune} prend fin"),
                match after {
                    Some(day) => format!(
                        "Votre mairie ou {landlord} y a mis fin\u{a0}: vous lisez jusqu’au {} inclus. Le secret professionnel continue de s’appliquer.",
                        format::date_full(*day)
                    ),
                    None => format!(
                        "Votre mairie ou {landlord} y a mis fin. Le secret professionnel continue de s’appliquer."
                    ),
                },
            ),
            Self::GivenBack { commune } => own(
                format!("Votre habilitation pour {commune} est rétablie"),
                "Ses dates sont sur la page de votre compte.".to_owned(),
            ),
            Self::Absent { commune, from, until } => own(
                format!("Vous êtes remplacé à {commune}"),
                format!(
                    "Du {} au {} inclus, votre accès pour cette commune est suspendu\u{a0}; il reprend ensuite de lui-même.",
                    format::date_full(*from),
                    format::date_full(*until)
                ),
            ),
            Self::Designated { commune } => team(
                format!("Vous êtes le référent de {commune}"),
                "Vous demandez les habilitations, signalez les départs et les changements de fonction. Pour lire, il faut aussi être habilité.",
            ),
            Self::DesignationEnded { commune } => own(
                format!("Vous n’êtes plus le référent de {commune}"),
                format!("Pour toute question, écrivez à {landlord}."),
            ),
        }
    }
}

fn desk(subject: String, says: &str) -> Words {
    Words { subject, paragraphs: vec![says.to_owned()], path: Some(paths::MANAGED_HABILITATIONS), link: None }
}

fn team(subject: String, says: &str) -> Words {
    Words { subject, paragraphs: vec![says.to_owned()], path: Some(paths::TEAM), link: None }
}

fn own(subject: String, says: String) -> Words {
    Words { subject, paragraphs: vec![says], path: Some(paths::ACCOUNT), link: None }
}
