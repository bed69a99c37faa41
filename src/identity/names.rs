//! Names of people: what an account may bear, and every watermark then draws (E12).

/// Signs a person's name may bear besides A to Z and the letters of Latin-1: the fonts of the watermark
/// draw no others.
const OTHER_SIGNS: &str = "ŒœŸŠš -'’.";

/// Whether this can be a first or last name: it reads as it is written, and the fonts of the watermark
/// draw every sign of it, which a test of the drawings watches.
pub fn is_name_of_a_person(name: &str) -> bool {
    let fits = (1..=60).contains(&name.chars().count()) && name.chars().any(char::is_alphabetic);
    fits && name.chars().all(is_sign_of_a_name)
}

/// One sign of such a name.
pub fn is_sign_of_a_name(sign: char) -> bool {
    let accented = ('À'..='ÿ').contains(&sign) && !matches!(sign, '×' | '÷');
    sign.is_ascii_alphabetic() || accented || OTHER_SIGNS.contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_person_is_made_of_letters() {
        for good in ["Camille", "Anne-Sophie", "d’Ormesson", "D'Arc", "Muñoz", "Œuvrard", "J. P."] {
            assert!(is_name_of_a_person(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "--",
            "漢字",
            "Łukasz",
            "Ca\nmille",
            "a\u{202e}b",
            "a\u{0}",
            "<b>",
            "R2",
            "a\u{a0}b",
            &"a".repeat(61),
        ] {
            assert!(!is_name_of_a_person(bad), "{bad:?}");
        }
    }
}
