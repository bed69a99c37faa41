//! A secret that is carried, in a cookie or in the address of a mail's link; only its hash is stored.

use data_encoding::HEXLOWER;

use super::crypto::{random, sha256_hex};
use super::error::Result;

/// 256 random bits. Not `Debug`: it would open what it names.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub fn fresh() -> Result<Self> {
        Ok(Self(HEXLOWER.encode(&random::<32>()?)))
    }

    /// What somebody brings, if it can be one of ours.
    pub fn read(value: &str) -> Option<Self> {
        let ours =
            value.len() == 64 && value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        ours.then(|| Self(value.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }
}
