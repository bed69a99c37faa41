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

/// Letters and digits only, lower case, without accents; œ as most keyboards type it.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => folded.push('a'),
            'ç' => folded.push('c'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'î' | 'ï' | 'í' | 'ì' => folded.push('i'),
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' => folded.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => folded.push('u'),
            'ÿ' | 'ý' => folded.push('y'),
            'ñ' => folded.push('n'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            other if other.is_alphanumeric() => folded.push(other),
            _ => {}
        }
    }
    folded
}

/// What a search of accounts looks through: last name, first name, login, each folded.
pub fn search_name(last: &str, first: &str, login: &str) -> String {
    let words =
        [last, first, login].map(|part| part.split_whitespace().map(folded).collect::<Vec<_>>().concat());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_ignores_case_accents_and_spaces() {
        assert_eq!(folded("Solène QUENTIN-ALVÈS"), "solenequentinalves");
        assert_eq!(folded("099 03 22 004817 G0991"), "0990322004817g0991");
        assert_eq!(folded("BŒUFVERT"), folded("boeufvert"));
        assert_eq!(folded("  --  "), "");
        assert_eq!(
            search_name("d’Ormesson", "Anne-Sophie", "a.dormesson"),
            "dormesson annesophie adormesson"
        );
    }

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
