//! Codes of six digits that change every half-minute or minute (TOTP, RFC 6238).
//!
//! The secret lies sealed under the master key, bound to its account.

use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::page::qr::Squares;
use crate::platform::crypto::Key;
use crate::platform::id::AccountId;
use crate::platform::{Error, Result};

/// How a device makes its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub sha256: bool,
    /// 30 or 60.
    pub seconds: u8,
    /// Codes of so many steps before or after are taken too: clocks differ.
    skew: u8,
}

impl Pace {
    /// What every authenticator application understands.
    const APP: Self = Self { sha256: false, seconds: 30, skew: 1 };

    /// A token's clock drifts for years and nobody sets it: two minutes at most either way.
    pub fn of_token(sha256: bool, seconds: u8) -> Self {
        Self { sha256, seconds, skew: if seconds == 60 { 2 } else { 4 } }
    }
}

/// A secret, open, for as long as one request needs it.
pub struct OpenSecret {
    seed: Zeroizing<Vec<u8>>,
    pace: Pace,
}

/// Shorter seeds can be guessed from codes (RFC 4226, 4: 128 bits at least).
const LEAST_SEED: usize = 16;
/// Longer is no seed of any token.
const LONGEST_SEED: usize = 64;

impl OpenSecret {
    pub fn fresh() -> Self {
        Self { seed: Zeroizing::new(Secret::generate().as_ref().to_vec()), pace: Pace::APP }
    }

    /// The seed that came with a hardware token, in base 32 or in hexadecimal, spaces and dashes
    /// allowed; `None`: neither, or of no sensible length.
    pub fn of_token(typed: &str, pace: Pace) -> Option<Self> {
        let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let plain = Zeroizing::new(plain.to_uppercase());
        // Hexadecimal first: no base 32 of twenty random bytes is without a letter after F.
        let hexadecimal = data_encoding::HEXUPPER.decode(plain.as_bytes()).ok();
        let base32 = || data_encoding::BASE32_NOPAD.decode(plain.trim_end_matches('=').as_bytes()).ok();
        let seed = Zeroizing::new(hexadecimal.or_else(base32)?);
        (LEAST_SEED..=LONGEST_SEED).contains(&seed.len()).then_some(Self { seed, pace })
    }

    pub fn seal(&self, master: &Key, account: &AccountId) -> Result<Vec<u8>> {
        let Pace { sha256, seconds, skew } = self.pace;
        let plain = Zeroizing::new([&[u8::from(sha256), seconds, skew][..], &self.seed].concat());
        master.derive("totp").seal(&plain, account.as_str().as_bytes())
    }

    pub fn open(sealed: &[u8], master: &Key, account: &AccountId) -> Result<Self> {
        let plain = master.derive("totp").open(sealed, account.as_str().as_bytes())?;
        let short = || Error::internal("a sealed second factor is too short");
        let ([sha256, seconds, skew], seed) = plain.split_first_chunk().ok_or_else(short)?;
        let pace = Pace { sha256: *sha256 == 1, seconds: *seconds, skew: *skew };
        Ok(Self { seed: Zeroizing::new(seed.to_vec()), pace })
    }

    fn totp(&self, landlord: &str, login: &str) -> Result<Totp> {
        // Authenticator applications split the label at a colon.
        let issuer = landlord.replace(':', " ");
        Builder::new()
            .with_secret(self.seed.to_vec())
            .with_algorithm(if self.pace.sha256 { Algorithm::SHA256 } else { Algorithm::SHA1 })
            .with_step_duration(u64::from(self.pace.seconds))
            .with_skew(u16::from(self.pace.skew))
            .with_issuer(Some(issuer))
            .with_account_name(login.replace(':', " "))
            .build()
            .map_err(Error::internal)
    }

    /// The step the code belongs to, if it belongs to one that is near.
    pub fn step_of(&self, code: &str, seconds: u64) -> Result<Option<i64>> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp("", "x")?.check(&digits, seconds);
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    /// The code of this moment: for the demo's login page alone.
    pub fn code_at(&self, seconds: u64) -> Result<String> {
        Ok(self.totp("", "x")?.generate(seconds).to_string())
    }

    /// In base 32, for whoever types it.
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(Secret::from(self.seed.to_vec()).to_base32())
    }

    /// From base 32, for the demo's book of accounts.
    pub fn from_base32(text: &str) -> Result<Self> {
        let secret = Secret::try_from_base32(text).map_err(|_| Error::internal("not a secret in base 32"))?;
        Ok(Self { seed: Zeroizing::new(secret.as_ref().to_vec()), pace: Pace::APP })
    }

    /// What the application scans.
    pub fn qr(&self, landlord: &str, login: &str) -> Result<Squares> {
        let url = Zeroizing::new(self.totp(landlord, login)?.to_url().map_err(Error::internal)?);
        let code = qrcode::QrCode::new(url.as_bytes()).map_err(Error::internal)?;
        let dark = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
        Ok(Squares { side: code.width(), dark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_to_its_step_and_its_neighbours_only() {
        let secret = OpenSecret::fresh();
        let at = 1_800_000_000;
        let code = secret.code_at(at).unwrap();
        let step = i64::try_from(at / 30).unwrap();
        assert_eq!(secret.step_of(&code, at).unwrap(), Some(step));
        assert_eq!(secret.step_of(&format!("{} {}", &code[..3], &code[3..]), at + 30).unwrap(), Some(step));
        assert_eq!(secret.step_of(&code, at + 120).unwrap(), None);
        for bad in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(secret.step_of(bad, at).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn a_sealed_secret_belongs_to_its_account() {
        let (master, one, other) = (Key::fresh().unwrap(), AccountId::fresh(), AccountId::fresh());
        let sealed = OpenSecret::fresh().seal(&master, &one).unwrap();
        assert!(OpenSecret::open(&sealed, &master, &one).is_ok());
        assert!(OpenSecret::open(&sealed, &master, &other).is_err());
    }

    #[test]
    fn e20_a_tokens_seed_is_read_in_base_32_and_in_hexadecimal() {
        // RFC 6238, appendix B: the codes at 59 seconds, of eight digits there, of their last six here.
        let sha1 = "3132333435363738393031323334353637383930";
        let sha256 = "3132333435363738393031323334353637383930313233343536373839303132";
        for (typed, pace, code) in [
            (sha1, Pace::of_token(false, 30), "287082"),
            ("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", Pace::of_token(false, 30), "287082"),
            ("gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq", Pace::of_token(false, 30), "287082"),
            (sha256, Pace::of_token(true, 30), "119246"),
        ] {
            let secret = OpenSecret::of_token(typed, pace).unwrap();
            assert_eq!(secret.code_at(59).unwrap(), code, "{typed}");
            let (master, account) = (Key::fresh().unwrap(), AccountId::fresh());
            let again =
                OpenSecret::open(&secret.seal(&master, &account).unwrap(), &master, &account).unwrap();
            assert_eq!((again.pace, again.code_at(59).unwrap().as_str()), (pace, code));
        }
        let minute = OpenSecret::of_token(sha1, Pace::of_token(false, 60)).unwrap();
        assert_eq!(minute.code_at(0).unwrap(), minute.code_at(59).unwrap());
        for bad in ["", "GEZDGNBV", "0189", "!", &"A".repeat(200)] {
            assert!(OpenSecret::of_token(bad, Pace::of_token(false, 30)).is_none(), "{bad}");
        }
    }

    #[test]
    fn e20_a_tokens_clock_may_be_two_minutes_off() {
        let at = 1_800_000_000;
        for seconds in [30, 60] {
            let seed = "3132333435363738393031323334353637383930";
            let secret = OpenSecret::of_token(seed, Pace::of_token(false, seconds)).unwrap();
            let code = secret.code_at(at).unwrap();
            assert!(secret.step_of(&code, at + 120).unwrap().is_some(), "{seconds}");
            assert!(secret.step_of(&code, at - 120).unwrap().is_some(), "{seconds}");
            assert!(secret.step_of(&code, at + 240).unwrap().is_none(), "{seconds}");
        }
    }
}
