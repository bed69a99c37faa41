//! Handlers of the landlord's communes and conventions.

use actix_web::{Either, HttpRequest, HttpResponse, http::header};
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use super::view::{self, ConventionState, ManagedCommune, ManagedCommunes, NewCommune};
use super::{Commune, Convention, Refusal, Signed, Standing};
use crate::identity::places::Places;
use crate::identity::{Allowed, Posted, acts, guard};
use crate::page::form::{self, Errors};
use crate::page::{Page, format, paths};
use crate::platform::Result;
use crate::platform::id::Insee;

/// Days before its end from which a convention is to be watched (E36).
const WATCHED_BEFORE: TimeDelta = TimeDelta::days(90);

pub async fn communes(who: Allowed<acts::ManageCommunes>, req: HttpRequest) -> Result<Page> {
    page(&who, &req, NewCommune::default(), Errors::none()).await
}

async fn page(
    who: &Allowed<acts::ManageCommunes>,
    req: &HttpRequest,
    new: NewCommune,
    errors: Errors,
) -> Result<Page> {
    let lines = who
        .read(|conn, who| {
            let today = who.now().today();
            let mut lines = Vec::new();
            for commune in super::communes(conn)? {
                let standing = super::standing(conn, &commune.insee, today)?;
                let latest = super::of(conn, &commune.insee)?.into_iter().next();
                let taken = Places::of_commune(conn, &commune.insee)?.taken_at(who.now().naive());
                let quota = super::quota(conn, &commune.insee, today)?;
                lines.push((line(&commune, latest.as_ref(), standing, (taken, quota), today), standing));
            }
            Ok(lines)
        })
        .await?;
    let in_force = lines.iter().filter(|(_, standing)| matches!(standing, Standing::InForce { .. })).count();
    let signed = format::count_in_words(lines.len(), "commune", "communes");
    let in_force = format::count_in_words(in_force, "convention en vigueur", "conventions en vigueur");
    let view = ManagedCommunes {
        csrf: guard::visit(req).map(|visit| visit.csrf).unwrap_or_default(),
        title: format!("{}, {in_force}", format::capitalized(&signed)),
        lead:
            "Une convention vaut un an à compter de son effet ; elle ouvre l’accès et le ferme d’elle-même."
                .replace(" ;", "\u{a0};"),
        communes: lines.into_iter().map(|(line, _)| line).collect(),
        new,
        errors,
    };
    Ok(view::communes(&view))
}

fn line(
    commune: &Commune,
    latest: Option<&Convention>,
    standing: Standing,
    (taken, quota): (usize, i32),
    today: NaiveDate,
) -> ManagedCommune {
    let (state, state_words) = match standing {
        Standing::InForce { until } if until - today <= WATCHED_BEFORE => {
            (ConventionState::ToWatch, format!("prend fin le {}", format::date_full(until)))
        }
        Standing::InForce { .. } => (ConventionState::InForce, "en vigueur".to_owned()),
        Standing::NotYet { from } => {
            (ConventionState::ToWatch, format!("prend effet le {}", format::date_full(from)))
        }
        Standing::Ended { on } => (ConventionState::Ended, format!("échue le {}", format::date_full(on))),
        Standing::Never => (ConventionState::Ended, "sans convention".to_owned()),
    };
    let (signed, dates) = match latest {
        Some(convention) => (
            format!(
                "signée le {} et le {}",
                format::date_medium(convention.signed_by_landlord_on),
                format::date_full(convention.signed_by_town_hall_on)
            ),
            format!(
                "du {} au {}",
                format::date_full(convention.in_force_from),
                format::date_full(convention.ends_on)
            ),
        ),
        None => (String::new(), String::new()),
    };
    ManagedCommune {
        name: commune.name.clone(),
        insee: commune.insee.to_string(),
        signed,
        dates,
        termination: latest
            .filter(|one| one.terminated_on.is_none() && today <= one.ends_on)
            .map(|one| paths::termination(one.id.as_str())),
        state,
        state_words,
        habilitations: if i64::try_from(taken).is_ok_and(|taken| taken <= i64::from(quota)) {
            format!("{taken} sur {quota}")
        } else {
            format!("{taken} pour {quota} prévues")
        },
    }
}

#[derive(Deserialize)]
pub struct SignedForm {
    #[serde(default)]
    insee: String,
    #[serde(default)]
    nom: String,
    #[serde(default)]
    signature_bailleur: String,
    #[serde(default)]
    signature_commune: String,
    #[serde(default)]
    effet: String,
}

fn read(typed: &SignedForm) -> Result<Signed, Errors> {
    let mut errors = Errors::none();
    let name = typed.nom.trim();
    if !super::is_name_of_a_commune(name) {
        errors.add(
            "nom",
            "Écrivez le nom de la commune\u{a0}: lettres, espaces, tirets et apostrophes, soixante caractères au plus.",
        );
    }
    let insee = typed.insee.trim().to_uppercase().parse::<Insee>();
    if insee.is_err() {
        errors.add("insee", "Un code INSEE compte cinq caractères, par exemple 99101 ou 2A004.");
    }
    let mut dates = Vec::new();
    for (field, day, of) in [
        ("signature_bailleur", &typed.signature_bailleur, "où le bailleur a signé"),
        ("signature_commune", &typed.signature_commune, "où la commune a signé"),
        ("effet", &typed.effet, "où la convention prend effet"),
    ] {
        match form::day(day, of) {
            Ok(day) => dates.push(day),
            Err(sentence) => errors.add(field, sentence),
        }
    }
    match (insee, dates.as_slice()) {
        (Ok(insee), &[by_landlord_on, by_town_hall_on, in_force_from]) if errors.is_empty() => Ok(Signed {
            commune: Commune {
                alsace_moselle: ["57", "67", "68"]
                    .iter()
                    .any(|department| insee.as_str().starts_with(department)),
                good_friday: false,
                name: name.to_owned(),
                insee,
            },
            by_landlord_on,
            by_town_hall_on,
            in_force_from,
        }),
        _ => Err(errors),
    }
}

pub async fn sign(
    who: Allowed<acts::ManageCommunes>,
    req: HttpRequest,
    form: Posted<SignedForm>,
) -> Result<Either<Page, HttpResponse>> {
    let form = form.0;
    let errors = match read(&form) {
        Ok(signed) => match who.write(move |conn, _| super::sign(conn, &signed)).await? {
            Ok(_) => {
                let back = HttpResponse::SeeOther()
                    .insert_header((header::LOCATION, paths::MANAGED_COMMUNES))
                    .finish();
                return Ok(Either::Right(back));
            }
            Err(Refusal::EffectBeforeSignature) => {
                Errors::one("effet", "L’effet ne peut précéder la dernière des deux signatures.")
            }
            Err(Refusal::AlreadyThere) => {
                Errors::one("effet", "Cette commune a déjà une convention qui couvre cette date.")
            }
            Err(Refusal::OtherName) => Errors::one("insee", "Ce code est déjà celui d’une autre commune."),
        },
        Err(errors) => errors,
    };
    let typed = NewCommune {
        insee: form.insee,
        name: form.nom,
        landlord_signed: form.signature_bailleur,
        commune_signed: form.signature_commune,
        effect: form.effet,
    };
    Ok(Either::Left(page(&who, &req, typed, errors).await?))
}
