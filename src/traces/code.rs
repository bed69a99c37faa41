//! The leak code: what a watermark bears and a trace answers for six months (E12).

use std::fmt;
use std::str::FromStr;

use crate::platform::crypto::random;
use crate::platform::id::NotAnId;
use crate::platform::{Error, Result};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 10;

/// One display: nine random characters and a check, `XXXXX-XXXXX`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DisplayId([u8; LENGTH]);

impl DisplayId {
    /// 45 random bits and their check.
    pub fn fresh() -> Result<Self> {
        let noise: [u8; LENGTH - 1] = random()?;
        let mut values = [0; LENGTH];
        for (value, byte) in values.iter_mut().zip(noise) {
            *value = byte & 31;
        }
        values[LENGTH - 1] = check(&values[..LENGTH - 1]);
        Ok(Self(values))
    }
}

/// A weighted sum in GF(32): every wrong character and every exchange of two neighbours is seen.
fn check(values: &[u8]) -> u8 {
    values.iter().rev().fold(0, |sum, value| double(sum ^ value))
}

/// Multiplies by x modulo x⁵ + x² + 1, a primitive polynomial.
fn double(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { (shifted ^ 0b10_0101) & 31 }
}

impl fmt::Display for DisplayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.0.iter().enumerate() {
            if i == LENGTH / 2 {
                f.write_str("-")?;
            }
            let letter = ALPHABET.get(usize::from(*value)).copied().unwrap_or(b'?');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

/// Reads what a person copied from a photograph: case, spaces, hyphens, and O I L for 0 1 1.
impl FromStr for DisplayId {
    type Err = NotAnId;

    fn from_str(text: &str) -> std::result::Result<Self, NotAnId> {
        let mut values = [0; LENGTH];
        let mut letters = text.chars().filter(|c| !matches!(c, '-' | ' '));
        for value in &mut values {
            let letter = match letters.next().ok_or(NotAnId)?.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let at = ALPHABET.iter().position(|a| char::from(*a) == letter).ok_or(NotAnId)?;
            *value = u8::try_from(at).map_err(|_| NotAnId)?;
        }
        let complete = letters.next().is_none() && check(&values[..LENGTH - 1]) == values[LENGTH - 1];
        if complete { Ok(Self(values)) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for DisplayId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse().map_err(|_| Error::internal("a stored display code does not read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_was_copied() {
        let code = DisplayId::fresh().unwrap();
        let text = code.to_string();
        assert_eq!(text.len(), 11);
        assert_eq!(text.parse(), Ok(code.clone()));
        assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(code.clone()));
        assert_eq!(text.replace('0', "o").replace('1', "l").parse(), Ok(code));
    }

    #[test]
    fn one_wrong_character_or_two_exchanged_neighbours_are_seen() {
        let code = DisplayId::fresh().unwrap().to_string().replace('-', "");
        let letters: Vec<char> = code.chars().collect();
        for at in 0..letters.len() {
            for other in ALPHABET.iter().map(|a| char::from(*a)).filter(|a| *a != letters[at]) {
                let mut wrong = letters.clone();
                wrong[at] = other;
                assert!(wrong.iter().collect::<String>().parse::<DisplayId>().is_err());
            }
            if at + 1 < letters.len() && letters[at] != letters[at + 1] {
                let mut wrong = letters.clone();
                wrong.swap(at, at + 1);
                assert!(wrong.iter().collect::<String>().parse::<DisplayId>().is_err());
            }
        }
        for bad in ["", "É", "K7QF3", "K7QF3-2PM9X-1"] {
            assert!(bad.parse::<DisplayId>().is_err());
        }
    }
}
