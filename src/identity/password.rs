//! Passwords: hashed with Argon2id, long enough, hard to guess (E20, E21).

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use zeroize::Zeroizing;

use crate::platform::crypto::random;
use crate::platform::{Error, Result};

/// A hash in PHC form.
#[derive(Debug, Clone)]
pub struct Hash(String);

/// Longer is refused: nobody types it, and hashing it would cost the others.
const LONGEST: usize = 256;
/// zxcvbn's scale goes from 0 to 4.
const LEAST_SCORE: u8 = 3;
/// Words anybody would try first here.
const PLACE_WORDS: [&str; 8] =
    ["parvis", "mairie", "logement", "commission", "bailleur", "extranet", "caleol", "fiche"];
/// What French leaks are full of and zxcvbn, whose lists are English, does not know.
const COMMON_WORDS: [&str; 10] = [
    "motdepasse",
    "mdp",
    "azerty",
    "azertyuiop",
    "bonjour",
    "bienvenue",
    "soleil",
    "doudou",
    "chouchou",
    "france",
];

impl Hash {
    /// Hashes; tens of milliseconds of one core and 19 MB: on a blocking thread only.
    pub fn make(password: &str) -> Result<Self> {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| Self(hash.to_string()))
            .map_err(Error::internal)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the password is that of `stored`. With `None`, an unknown account, as much work is done
/// and the answer is no: the time tells nothing.
pub fn matches(password: &str, stored: Option<&str>) -> bool {
    static NOBODY: LazyLock<Option<Hash>> = LazyLock::new(|| Hash::make("nobody has this password").ok());
    let known = stored.is_some();
    let Some(text) = stored.or(NOBODY.as_ref().map(Hash::as_str)) else { return false };
    // The same bound for all: a long text costs nothing before it is refused.
    let bounded = if password.len() > LONGEST { "" } else { password };
    let Ok(hash) = PasswordHash::new(text) else { return false };
    let same = Argon2::default().verify_password(bounded.as_bytes(), &hash).is_ok();
    same && known && password.len() <= LONGEST
}

/// Why a password is not accepted, as the person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    Short { least: usize, given: usize },
    Long,
    NoSpecialCharacter,
    Guessable { contains_own_words: bool },
}

impl Weakness {
    pub fn in_french(&self) -> String {
        match self {
            Self::Short { least, given } => format!(
                "Il compte {given} caractère{}, il en faut {least} au moins.",
                if *given > 1 { "s" } else { "" }
            ),
            Self::Long => format!("Il dépasse {LONGEST} caractères."),
            Self::NoSpecialCharacter => {
                "Ajoutez un caractère spécial, par exemple un point d’exclamation, un tiret ou une virgule.".to_owned()
            }
            Self::Guessable { contains_own_words: true } => {
                "Il est facile à deviner pour qui vous connaît\u{a0}: évitez votre nom, votre commune et les mots du métier. Quatre mots sans rapport conviennent.".to_owned()
            }
            Self::Guessable { contains_own_words: false } => {
                "Il est facile à deviner. Quatre mots sans rapport entre eux conviennent, par exemple séparés par des tirets.".to_owned()
            }
        }
    }
}

/// The first weakness of a new password, if any. `own_words`: login, names, commune, landlord.
pub fn weakness(password: &str, least: usize, own_words: &[&str]) -> Option<Weakness> {
    let given = password.chars().count();
    if given < least {
        return Some(Weakness::Short { least, given });
    }
    if password.len() > LONGEST {
        return Some(Weakness::Long);
    }
    if password.chars().all(char::is_alphanumeric) {
        return Some(Weakness::NoSpecialCharacter);
    }
    let words: Vec<&str> = own_words
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= 3)
        .chain(PLACE_WORDS)
        .chain(COMMON_WORDS)
        .collect();
    // Beyond a hundred characters zxcvbn's search grows long and can only say yes.
    let start: String = password.chars().take(100).collect();
    let is_strong = |text: &str, words: &[&str]| u8::from(zxcvbn::zxcvbn(text, words).score()) >= LEAST_SCORE;
    // Two known words in a row look strong to zxcvbn, whichever they are: what is left must be so too.
    if is_strong(&start, &words) && is_strong(&without(&start, &words), &[]) {
        return None;
    }
    Some(Weakness::Guessable { contains_own_words: is_strong(&start, &COMMON_WORDS) })
}

/// The text in lower case without these words.
fn without(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""))
}

/// A temporary secret to be dictated or typed: five blocks of four, 100 random bits.
pub fn temporary_secret() -> Result<Zeroizing<String>> {
    readable(20)
}

/// Random letters and figures in blocks of four, five bits each, none of which reads as another.
pub fn readable(length: usize) -> Result<Zeroizing<String>> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
    const READABLE: usize = 31;
    let mut secret = Zeroizing::new(String::with_capacity(length + length / 4));
    while secret.chars().filter(|c| *c != '-').count() < length {
        let [byte] = random::<1>()?;
        // 248 = 8 × 31: above it a letter would come up more often than the others.
        if byte >= 248 {
            continue;
        }
        if !secret.is_empty()
            && secret.chars().filter(|c| *c != '-').count() % 4 == 0
            && !secret.ends_with('-')
        {
            secret.push('-');
        }
        secret.push(char::from(LETTERS.get(usize::from(byte) % READABLE).copied().unwrap_or(b'a')));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_known_account_matches() {
        let hash = Hash::make("neuf-lunes-bleues!").unwrap();
        assert!(matches("neuf-lunes-bleues!", Some(hash.as_str())));
        assert!(!matches("neuf-lunes-bleues", Some(hash.as_str())));
        assert!(!matches("nobody has this password", None));
        assert!(!matches("", Some("not a hash")));
        assert!(!matches(&"x".repeat(100_000), Some(hash.as_str())));
    }

    #[test]
    fn e21_a_password_is_long_has_a_special_character_and_is_hard_to_guess() {
        let own = ["camille.moreau", "Valbourg"];
        let cases = [
            ("court!", Some(Weakness::Short { least: 12, given: 6 })),
            ("motdepasse123", Some(Weakness::NoSpecialCharacter)),
            ("Moreau-Valbourg", Some(Weakness::Guessable { contains_own_words: true })),
            ("Bonjour-Valbourg!", Some(Weakness::Guessable { contains_own_words: true })),
            ("valbourg-nacre-soupente-girafe", None),
            ("motdepasse-1234", Some(Weakness::Guessable { contains_own_words: false })),
            ("motdepasse123!", Some(Weakness::Guessable { contains_own_words: false })),
            ("aaaaaaaaaaaa!", Some(Weakness::Guessable { contains_own_words: false })),
            ("girafe-nacre-soupente-vif", None),
        ];
        for (password, expected) in cases {
            assert_eq!(weakness(password, 12, &own), expected, "{password}");
        }
        assert!(weakness("Camille.Moreau-Valbourg", 12, &own).is_some());
        assert_eq!(weakness(&"!".repeat(300), 12, &own), Some(Weakness::Long));
        assert_eq!(weakness("", 8, &[]), Some(Weakness::Short { least: 8, given: 0 }));
    }

    #[test]
    fn a_temporary_secret_is_readable_and_never_the_same() {
        let one = temporary_secret().unwrap();
        assert_eq!(one.len(), 24);
        assert!(!one.contains(['o', 'l', 'i', '0', '1']));
        assert_ne!(*one, *temporary_secret().unwrap());
        assert_eq!(weakness(&one, 16, &[]), None);
    }
}
