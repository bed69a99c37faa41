//! Shapes no text of a sheet may have: a social security number or bank details typed in the wrong
//! column are refused, whatever the column.

/// What a text seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Thirteen or fifteen digits built like a social security number.
    SocialSecurity,
    /// An IBAN.
    Bank,
}

/// The forbidden shape found in this text, if any.
pub(super) fn shape_in(text: &str) -> Option<Shape> {
    if holds_social_security_number(text) {
        Some(Shape::SocialSecurity)
    } else if holds_iban(text) {
        Some(Shape::Bank)
    } else {
        None
    }
}

/// Letters and digits in a row, in upper case, over single blanks, points and hyphens.
fn runs(text: &str) -> Vec<Vec<u8>> {
    let mut runs = vec![Vec::new()];
    let mut separators = 0;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            if let Some(run) = runs.last_mut() {
                run.push(character.to_ascii_uppercase() as u8);
            }
            separators = 0;
        } else {
            let joins = matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '.' | '-');
            separators += 1;
            if !joins || separators > 1 {
                runs.push(Vec::new());
            }
        }
    }
    runs
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn holds_social_security_number(text: &str) -> bool {
    let digit_at = |run: &[u8], at: usize| run.get(at).is_some_and(u8::is_ascii_digit);
    runs(text).iter().any(|run| {
        (0..run.len()).filter(|start| *start == 0 || !digit_at(run, start - 1)).any(|start| {
            [13, 15].into_iter().any(|length| {
                !digit_at(run, start + length)
                    && run.get(start..start + length).is_some_and(is_social_security_number)
            })
        })
    })
}

fn is_social_security_number(part: &[u8]) -> bool {
    let Some((&sex, rest)) = part.split_first() else {
        return false;
    };
    let (Some(year), Some(month), Some(department), Some(tail)) =
        (rest.get(..2), rest.get(2..4), rest.get(4..6), rest.get(6..))
    else {
        return false;
    };
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    matches!(sex, b'1'..=b'4' | b'7' | b'8')
        && digits(year)
        && digits(month)
        && matches!(number(month), Some(1..=12 | 20..=42 | 50..=99))
        && (digits(department) || matches!(department, b"2A" | b"2B"))
        && digits(tail)
}

/// Lengths by country, of the accounts a French household may hold.
const IBAN_LENGTHS: [(&[u8], usize); 12] = [
    (b"FR", 27),
    (b"MC", 27),
    (b"DE", 22),
    (b"BE", 16),
    (b"ES", 24),
    (b"IT", 27),
    (b"PT", 25),
    (b"LU", 20),
    (b"NL", 18),
    (b"CH", 21),
    (b"GB", 22),
    (b"IE", 22),
];

fn holds_iban(text: &str) -> bool {
    runs(text).iter().any(|run| {
        run.windows(4).enumerate().any(|(at, head)| {
            let [first, second, keys @ ..] = head else {
                return false;
            };
            keys.iter().all(u8::is_ascii_digit)
                && IBAN_LENGTHS
                    .iter()
                    .find(|(country, _)| country == &[*first, *second])
                    .and_then(|(_, length)| run.get(at..at + length))
                    .is_some_and(is_iban)
        })
    })
}

fn is_iban(account: &[u8]) -> bool {
    let (head, tail) = account.split_at(4.min(account.len()));
    let mut rest: u32 = 0;
    for byte in tail.iter().chain(head) {
        rest = match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            b'A'..=b'Z' => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
            _ => return false,
        };
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn social_security_numbers_and_accounts_are_recognised() {
        for (text, expected) in [
            ("1 85 05 99 123 456", Some(Shape::SocialSecurity)),
            ("185059912345678", Some(Shape::SocialSecurity)),
            ("NIR\u{a0}: 2850599123456", Some(Shape::SocialSecurity)),
            ("2 85 05 2A 123 456 78", Some(Shape::SocialSecurity)),
            ("la 1850599123456 est à elle", Some(Shape::SocialSecurity)),
            ("FR14 2004 1010 0505 0001 3M02 606", Some(Shape::Bank)),
            ("compte FR1420041010050500013M02606", Some(Shape::Bank)),
            ("FR14 2004 1010 0505 0001 3M02 607", None),
            ("0990322004817G0991", None),
            ("0117-02-0043", None),
            ("1234567890", None),
            ("14 bis, rue du 8 Mai 1945", None),
        ] {
            assert_eq!(shape_in(text), expected, "{text}");
        }
    }
}
