//! From what stands in the file to a typed value, or the reason why not.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Europe::Paris;

use super::fault::shortened;
use super::forbidden::{self, Shape};
use super::tree::Value;
use super::{Context, FaultKind, Format};
use crate::sheets::sheet::{NotDecimal, parse_decimal};

/// Why a value is not what its field awaits.
pub(super) struct Objected {
    pub found: String,
    pub accepted: String,
    pub kind: FaultKind,
}

pub(super) type Read<T> = Result<T, Objected>;

pub(super) fn objected<T>(kind: FaultKind, found: impl Into<String>, accepted: impl Into<String>) -> Read<T> {
    Err(Objected { found: found.into(), accepted: accepted.into(), kind })
}

fn wrong_type<T>(value: &Value, accepted: &str) -> Read<T> {
    objected(FaultKind::WrongType, value.nature(), accepted)
}

/// A text on one line, trimmed, all of whose characters can be drawn. It is never quoted.
pub(super) fn text(value: &Value, longest: usize, context: &dyn Context) -> Read<String> {
    let Value::Text(text) = value else {
        return wrong_type(value, "un texte");
    };
    plain(text, longest, context)
}

fn plain(text: &str, longest: usize, context: &dyn Context) -> Read<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length > longest {
        return objected(
            FaultKind::TooLong,
            format!("{length}\u{a0}caractères"),
            format!("{longest}\u{a0}caractères au plus"),
        );
    }
    for (position, character) in text.chars().enumerate() {
        let place = format!("en position {}", position + 1);
        if character.is_control() || is_invisible(character) {
            return objected(
                FaultKind::ControlCharacter,
                format!("U+{:04X} {place}", u32::from(character)),
                "un texte sur une ligne, sans caractère de contrôle",
            );
        }
        if matches!(character, '<' | '>') {
            return objected(
                FaultKind::Markup,
                format!("«\u{a0}{character}\u{a0}» {place}"),
                "un texte sans «\u{a0}<\u{a0}» ni «\u{a0}>\u{a0}»",
            );
        }
    }
    if let Some(shape) = forbidden::shape_in(text) {
        return match shape {
            Shape::SocialSecurity => objected(
                FaultKind::Forbidden,
                "la forme d’un numéro de sécurité sociale (valeur masquée)",
                "aucun numéro de sécurité sociale dans une fiche",
            ),
            Shape::Bank => objected(
                FaultKind::Forbidden,
                "la forme d’un compte bancaire (valeur masquée)",
                "aucune donnée bancaire dans une fiche",
            ),
        };
    }
    if let Some(missing) = context.missing_glyph(text) {
        let place = text.chars().position(|character| character == missing);
        return objected(
            FaultKind::MissingGlyph,
            match place {
                Some(place) => format!("U+{:04X} en position {}", u32::from(missing), place + 1),
                None => format!("U+{:04X}", u32::from(missing)),
            },
            "des caractères que l’affichage sait dessiner",
        );
    }
    Ok(text.to_owned())
}

/// Marks that change how a text reads without being seen.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A short code; a number is taken for its digits, as spreadsheets write them.
pub(super) fn code(value: &Value, context: &dyn Context) -> Read<String> {
    match value {
        Value::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            plain(digits, 24, context)
        }
        Value::Text(text) => plain(text, 24, context),
        _ => wrong_type(value, "un code"),
    }
}

/// A number of the landlord's, drawn as it is typed: the text of a CSV cell or a JSON number.
fn number<'a>(value: &'a Value, format: Format, accepted: &str) -> Read<std::borrow::Cow<'a, str>> {
    match (value, format) {
        (Value::Number(digits), _) => Ok(digits.as_str().into()),
        (Value::Text(text), Format::Csv) => Ok(text
            .chars()
            .filter(|character| !matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '€' | '%'))
            .collect::<String>()
            .into()),
        _ => wrong_type(value, accepted),
    }
}

/// A number with `decimals` at most, between bounds given in the smallest unit.
pub(super) fn decimal(
    value: &Value,
    format: Format,
    decimals: u32,
    bounds: std::ops::RangeInclusive<i64>,
    accepted: &str,
) -> Read<i64> {
    let digits = number(value, format, accepted)?;
    let quoted = shortened(&digits);
    // « 1.180 » in a cell may be a thousand or a little more than one: nobody guesses.
    let three_decimals = digits.split_once(['.', ',']).is_some_and(|(_, fraction)| fraction.len() > 2);
    let read = match value {
        Value::Text(_) if three_decimals => Err(NotDecimal::TooPrecise),
        _ => parse_decimal(&digits, decimals),
    };
    match read {
        Ok(units) if units < 0 && *bounds.start() == 0 => {
            objected(FaultKind::Negative, quoted, format!("{accepted}, positif ou nul"))
        }
        Ok(units) if bounds.contains(&units) => Ok(units),
        Ok(_) | Err(NotDecimal::TooLarge) => {
            let scale = 10_i64.pow(decimals);
            objected(
                FaultKind::OutOfRange,
                quoted,
                format!("{accepted}, de {} à {}", bounds.start() / scale, bounds.end() / scale),
            )
        }
        Err(NotDecimal::TooPrecise) => objected(
            FaultKind::OutOfRange,
            quoted,
            match decimals {
                0 => format!("{accepted}, sans décimale"),
                1 => format!("{accepted}, une décimale au plus"),
                _ => format!("{accepted}, deux décimales au plus"),
            },
        ),
        Err(NotDecimal::NotNumber) => objected(FaultKind::WrongType, quoted, accepted),
    }
}

/// True or false; in CSV also oui, non, 1, 0.
pub(super) fn flag(value: &Value, format: Format) -> Read<bool> {
    match (value, format) {
        (Value::Flag(flag), _) => Ok(*flag),
        (Value::Text(text), Format::Csv) => match text.trim().to_lowercase().as_str() {
            "oui" | "true" | "vrai" | "1" | "o" => Ok(true),
            "non" | "false" | "faux" | "0" | "n" => Ok(false),
            _ => objected(FaultKind::NotAccepted, shortened(text), "oui ou non"),
        },
        _ => wrong_type(value, "true ou false"),
    }
}

/// A day; `private` ones are not quoted.
pub(super) fn date(value: &Value, format: Format, private: bool) -> Read<NaiveDate> {
    let accepted = match format {
        Format::Json => "une date AAAA-MM-JJ",
        Format::Csv => "une date AAAA-MM-JJ ou JJ/MM/AAAA",
    };
    let Value::Text(text) = value else {
        return wrong_type(value, accepted);
    };
    let text = text.trim();
    let iso = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d"));
    let date = match (iso, format) {
        (Some(Ok(date)), _) => Some(date),
        (Some(Err(_)), Format::Csv) => NaiveDate::parse_from_str(text, "%d/%m/%Y").ok(),
        _ => None,
    };
    let first = NaiveDate::from_ymd_opt(1900, 1, 1);
    let last = NaiveDate::from_ymd_opt(2100, 1, 1);
    match date {
        Some(date) if Some(date) >= first && Some(date) < last => Ok(date),
        _ => objected(
            FaultKind::Date,
            if private { "une date illisible".to_owned() } else { shortened(text) },
            accepted,
        ),
    }
}

/// A day and an hour in Paris; one with an offset is brought there.
pub(super) fn moment(value: &Value) -> Read<NaiveDateTime> {
    const ACCEPTED: &str = "une date et une heure AAAA-MM-JJTHH:MM";
    let Value::Text(text) = value else {
        return wrong_type(value, ACCEPTED);
    };
    let text = text.trim();
    if let Ok(instant) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Paris).naive_local());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map_or_else(|| objected(FaultKind::Date, shortened(text), ACCEPTED), Ok)
}

/// An hour of the day.
pub(super) fn hour(value: &Value) -> Read<NaiveTime> {
    const ACCEPTED: &str = "une heure HH:MM";
    let Value::Text(text) = value else {
        return wrong_type(value, ACCEPTED);
    };
    let text = text.trim();
    ["%H:%M", "%H:%M:%S"]
        .into_iter()
        .find_map(|form| NaiveTime::parse_from_str(text, form).ok())
        .map_or_else(|| objected(FaultKind::Date, shortened(text), ACCEPTED), Ok)
}

/// The eighteen characters of an application. It is never quoted.
pub(super) fn application_number(value: &Value) -> Read<String> {
    const ACCEPTED: &str = "18\u{a0}chiffres ou lettres majuscules";
    let Value::Text(text) = value else {
        return objected(FaultKind::Nur, value.nature(), format!("un texte de {ACCEPTED}"));
    };
    let text = text.trim();
    let length = text.chars().count();
    if length != 18 {
        return objected(FaultKind::Nur, format!("{length}\u{a0}caractères"), ACCEPTED);
    }
    for (position, character) in text.chars().enumerate() {
        let what = match character {
            '0'..='9' | 'A'..='Z' => continue,
            'a'..='z' => "une minuscule",
            ' ' | '\u{a0}' | '\u{202f}' => "une espace",
            _ => "un caractère interdit",
        };
        return objected(FaultKind::Nur, format!("{what} en position {}", position + 1), ACCEPTED);
    }
    Ok(text.to_owned())
}

/// An official commune code: five characters, the second of which is A or B in Corsica.
pub(super) fn commune(value: &Value) -> Read<String> {
    const ACCEPTED: &str = "un code INSEE de 5\u{a0}caractères";
    let Value::Text(text) = value else {
        return wrong_type(value, ACCEPTED);
    };
    let text = text.trim();
    let well_formed = text.len() == 5
        && text
            .bytes()
            .enumerate()
            .all(|(position, byte)| byte.is_ascii_digit() || (position == 1 && matches!(byte, b'A' | b'B')));
    if well_formed {
        Ok(text.to_owned())
    } else {
        objected(FaultKind::NotAccepted, shortened(text), ACCEPTED)
    }
}
