//! What the forms hold, as typed and as read.

use serde::Deserialize;

use crate::habilitations::Refusal;
use crate::habilitations::requests::{Letter, Wanted};
use crate::habilitations::view::asking::{OTHER_REASON, STANDARD_REASONS, Typed};
use crate::identity::habilitation::Ground;
use crate::page::form::{self, Errors};
use crate::platform::Now;
use crate::platform::id::HabilitationId;

/// A request, as the contact or a manager types it.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub struct AskForm {
    prenom: String,
    nom: String,
    courriel: String,
    fonction: String,
    employeur: String,
    cadre: String,
    motif: String,
    precisions: String,
    debut: String,
    fin: String,
    necessite: String,
    courrier_date: String,
    courrier_reference: String,
    confirme: String,
}

impl AskForm {
    pub fn typed(&self) -> Typed {
        Typed {
            first_name: self.prenom.clone(),
            last_name: self.nom.clone(),
            email: self.courriel.clone(),
            job_title: self.fonction.clone(),
            employer: self.employeur.clone(),
            ground: self.cadre.clone(),
            reason: self.motif.clone(),
            details: self.precisions.clone(),
            from: self.debut.clone(),
            until: self.fin.clone(),
            need: self.necessite.clone(),
            letter_on: self.courrier_date.clone(),
            letter_reference: self.courrier_reference.clone(),
        }
    }

    /// Whether the warnings have been read.
    pub fn is_confirmed(&self) -> bool {
        self.confirme == "oui"
    }

    pub fn wanted(&self, replaces: Option<HabilitationId>, now: Now) -> Result<Wanted, Errors> {
        let mut errors = Errors::none();
        let filled = |text: &str| !text.trim().is_empty();
        for (field, text, sentence) in [
            ("prenom", &self.prenom, "Écrivez le prénom."),
            ("nom", &self.nom, "Écrivez le nom."),
            ("fonction", &self.fonction, "Écrivez la fonction exercée."),
            ("employeur", &self.employeur, "Écrivez l’employeur."),
        ] {
            if !filled(text) {
                errors.add(field, sentence);
            }
        }
        let ground = self.cadre.parse::<Ground>().ok();
        if ground.is_none() {
            errors.add("cadre", "Choisissez à quel titre la personne relève de la mairie.");
        }
        let reason = self.reason(ground, &mut errors);
        let starts_on = match self.debut.trim() {
            "" => Some(now.today()),
            typed => form::day(typed, "du début").map_err(|says| errors.add("debut", says)).ok(),
        };
        let ends_on = match self.fin.trim() {
            "" => None,
            typed => form::day(typed, "de la fin").map_err(|says| errors.add("fin", says)).ok(),
        };
        let need = filled(&self.necessite).then(|| form::reason(&self.necessite));
        if let Some(Err(says)) = &need {
            errors.add("necessite", says.clone());
        }
        match (ground, reason, starts_on) {
            (Some(ground), Some(reason), Some(starts_on)) if errors.is_empty() => Ok(Wanted {
                first_name: self.prenom.trim().to_owned(),
                last_name: self.nom.trim().to_owned(),
                email: filled(&self.courriel).then(|| self.courriel.trim().to_owned()),
                job_title: self.fonction.trim().to_owned(),
                employer: self.employeur.trim().to_owned(),
                ground,
                reason,
                starts_on,
                ends_on,
                replaces,
                over_quota_reason: need.and_then(Result::ok),
            }),
            _ => Err(errors),
        }
    }

    /// The standard reason, and what is added to it; an elected person always says on what ground.
    fn reason(&self, ground: Option<Ground>, errors: &mut Errors) -> Option<String> {
        let standard =
            STANDARD_REASONS.iter().find(|(value, _)| *value == self.motif).map(|(_, words)| *words);
        if standard.is_none() && self.motif != OTHER_REASON {
            errors.add("motif", "Choisissez le motif, ou « autre » en le précisant.");
            return None;
        }
        let details = self.precisions.trim();
        if details.is_empty() && (standard.is_none() || ground == Some(Ground::Elected)) {
            errors.add("precisions", "Précisez pourquoi cette personne doit lire les fiches.");
            return None;
        }
        let whole = match (standard, details) {
            (Some(standard), "") => standard.to_owned(),
            (Some(standard), details) => format!("{standard}. {details}"),
            (None, details) => details.to_owned(),
        };
        form::reason(&whole).map_err(|says| errors.add("precisions", says)).ok()
    }

    pub fn letter(&self, now: Now) -> Result<Letter, Errors> {
        let mut errors = Errors::none();
        let on = form::day(&self.courrier_date, "du courrier").and_then(|day| {
            if day <= now.today() {
                Ok(day)
            } else {
                Err("Le courrier ne peut dater d’un jour à venir.".to_owned())
            }
        });
        if let Err(says) = &on {
            errors.add("courrier_date", says.clone());
        }
        let reference = self.courrier_reference.trim().to_owned();
        if !(1..=100).contains(&reference.chars().count()) || reference.chars().any(char::is_control) {
            errors.add("courrier_reference", "Écrivez la référence du courrier, cent signes au plus.");
        }
        match on {
            Ok(on) if errors.is_empty() => Ok(Letter { on, reference }),
            _ => Err(errors),
        }
    }
}

/// A refusal of the slice's, beside the field that can repair it.
pub fn explain(refusal: &Refusal) -> Errors {
    let (field, says) = match refusal {
        Refusal::Person(why) => ("nom", format!("{}.", crate::page::format::capitalized(&why.to_string()))),
        Refusal::Employer => ("employeur", "Écrivez l’employeur, cent signes au plus.".to_owned()),
        Refusal::Email => ("courriel", "Écrivez une adresse comme prenom.nom@mairie.fr, ou rien.".to_owned()),
        Refusal::Reason => ("motif", "Écrivez le motif\u{a0}: il reste avec la décision.".to_owned()),
        Refusal::Past => {
            ("debut", "Ce jour est passé\u{a0}: choisissez aujourd’hui ou un jour à venir.".to_owned())
        }
        Refusal::EndsBeforeItStarts => ("fin", "La fin ne peut précéder le début.".to_owned()),
        Refusal::ReplacementWithoutEnd => {
            ("fin", "Un remplacement a une fin\u{a0}: écrivez le dernier jour.".to_owned())
        }
        Refusal::NobodyToReplace => (
            "debut",
            "La personne absente n’est pas habilitée à cette date\u{a0}: il n’y a personne à remplacer."
                .to_owned(),
        ),
        Refusal::OverQuota { quota } => (
            "necessite",
            format!(
                "Les {quota} habilitations prévues sont attribuées sur ces dates\u{a0}: précisez la nécessité de service."
            ),
        ),
        Refusal::AlreadyHolds => ("compte", "Cette personne l’est déjà, pour cette commune.".to_owned()),
        Refusal::AlreadyAsked => {
            ("fonction", "Un changement de fonction est déjà à l’examen pour cette personne.".to_owned())
        }
        Refusal::UnknownAccount => ("compte", "Choisissez un compte de la liste.".to_owned()),
    };
    Errors::one(field, says)
}
