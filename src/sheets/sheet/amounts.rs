//! Amounts as whole numbers of their smallest unit: no sum of a sheet ever passes through a float.

use serde::{Deserialize, Serialize};

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// From a count of the smallest unit.
            pub const fn new(units: i64) -> Self {
                Self(units)
            }

            /// The count of the smallest unit.
            pub const fn get(self) -> i64 {
                self.0
            }
        }
    };
}

amount! {
    /// Euros, in cents.
    Cents
}
amount! {
    /// A percentage in tenths: 224 is 22,4 %.
    Tenths
}
amount! {
    /// Square metres or consumption units, in hundredths.
    Hundredths
}

impl Cents {
    /// The sum, held at the bounds rather than wrapped: a sheet's amounts are bounded far below.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, which may be negative.
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::plus)
    }
}

/// Why a text is not an amount of the scale asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDecimal {
    /// Anything but digits, one sign and one decimal mark.
    NotNumber,
    /// More decimals than the unit has.
    TooPrecise,
    /// Beyond what any sheet can hold.
    TooLarge,
}

/// Reads « 398.20 » into 39 820 with two `decimals`, exactly; the mark is a point or a comma.
pub fn parse_decimal(text: &str, decimals: u32) -> Result<i64, NotDecimal> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once(['.', ',']) {
        Some((_, "")) => return Err(NotDecimal::NotNumber),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
        return Err(NotDecimal::NotNumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = u32::try_from(fraction.len())
        .ok()
        .and_then(|given| decimals.checked_sub(given))
        .ok_or(NotDecimal::TooPrecise)?;
    let scale = 10_i64.checked_pow(missing).ok_or(NotDecimal::TooLarge)?;
    let units = format!("{whole}{fraction}")
        .parse::<i64>()
        .ok()
        .and_then(|number| number.checked_mul(scale))
        .ok_or(NotDecimal::TooLarge)?;
    Ok(if negative { -units } else { units })
}

/// The quotient rounded to the nearest whole, halves away from zero; none by zero.
pub(super) fn rounded_quotient(dividend: i128, divisor: i128) -> Option<i64> {
    if divisor == 0 {
        return None;
    }
    let (top, bottom) = (dividend.unsigned_abs(), divisor.unsigned_abs());
    let rounded = i64::try_from((top + bottom / 2) / bottom).ok()?;
    Some(if (dividend < 0) == (divisor < 0) { rounded } else { -rounded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, decimals, expected) in [
            ("398.20", 2, Ok(39_820)),
            ("398,2", 2, Ok(39_820)),
            ("0.1", 2, Ok(10)),
            ("-12", 2, Ok(-1_200)),
            ("1.500", 1, Ok(15)),
            ("22.44", 1, Err(NotDecimal::TooPrecise)),
            ("", 2, Err(NotDecimal::NotNumber)),
            ("12.", 2, Err(NotDecimal::NotNumber)),
            (".5", 2, Err(NotDecimal::NotNumber)),
            ("1.2.3", 2, Err(NotDecimal::NotNumber)),
            ("1e5", 2, Err(NotDecimal::NotNumber)),
            ("99999999999999999999", 2, Err(NotDecimal::TooLarge)),
        ] {
            assert_eq!(parse_decimal(text, decimals), expected, "{text}");
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(rounded_quotient(5, 2), Some(3));
        assert_eq!(rounded_quotient(-5, 2), Some(-3));
        assert_eq!(rounded_quotient(4, 3), Some(1));
        assert_eq!(rounded_quotient(1, 0), None);
    }
}
