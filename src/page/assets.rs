//! Style sheets, scripts and icon, part of the binary, under an address that names their content.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "fonts/*"]
struct Static;

/// One fingerprint for the whole folder: scripts import each other by relative addresses, so they
/// all stay under the folder of the same version.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for name in Static::iter() {
        digest.update(name.as_bytes());
        if let Some(file) = Static::get(&name) {
            digest.update(file.metadata.sha256_hash());
        }
    }
    let fingerprint = HEXLOWER.encode(&digest.finalize());
    fingerprint.get(..16).unwrap_or_default().to_owned()
});

/// The folder's fingerprint: sixteen hexadecimal characters.
pub fn version() -> &'static str {
    &VERSION
}

/// The content of a static file, if there is one of this name.
pub fn content(name: &str) -> Option<Vec<u8>> {
    Static::get(name).map(|file| file.data.into_owned())
}

/// The address of a static file.
pub fn asset(name: &str) -> String {
    format!("/static/{}/{name}", version())
}
