//! Sealing, keyed digests, signatures and the secrets they need.
//!
//! Two secrets exist: the master key, which wraps every other key, and the signing key of
//! certificates and seals. They come from files only the program may read, made by `parvis init`, or
//! both from the environment, for who keeps them in a vault.

use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::config;
use super::error::{Error, Result};

/// 256 bits that open or test something. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

const NONCE: usize = 24;

impl Key {
    /// A new key from the system's randomness.
    pub fn fresh() -> Result<Self> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// XChaCha20-Poly1305: a random nonce, then the sealed text, bound to `about`.
    pub fn seal(&self, plain: &[u8], about: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let sealed = XChaCha20Poly1305::new(self.0.as_slice().try_into().map_err(Error::internal)?)
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: about })
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Key::seal`] made with the same `about`; anything else is refused.
    pub fn open(&self, sealed: &[u8], about: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let unreadable = || Error::internal("a sealed value does not open: another key, or altered");
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(unreadable)?;
        XChaCha20Poly1305::new(self.0.as_slice().try_into().map_err(Error::internal)?)
            .decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: about })
            .map(Zeroizing::new)
            .map_err(|_| unreadable())
    }

    /// HMAC-SHA-256 over the parts, each preceded by its length so that no two lists look alike.
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// A key for one purpose, so that no key serves two.
    pub fn derive(&self, purpose: &str) -> Self {
        Self::from_bytes(self.digest(&[b"parvis", purpose.as_bytes()]))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Makes ring the provider of rustls for the whole process: rustls takes the one that is installed when
/// it is first asked. Asking twice changes nothing.
pub fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Bytes from the system's randomness.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// SHA-256, in lower-case hexadecimal.
pub fn sha256_hex(data: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(data))
}

/// Equal, in a time that does not tell where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    a.ct_eq(b).into()
}

/// The secrets of one installation.
#[derive(Clone)]
pub struct Secrets {
    master: Key,
    signing: SigningKey,
}

const MASTER_VARIABLE: &str = "PARVIS_MASTER_KEY";
const SIGNING_VARIABLE: &str = "PARVIS_SIGNING_KEY";
const MASTER_FILE: &str = "master.key";
const SIGNING_FILE: &str = "signing.key";
const PUBLIC_FILE: &str = "signing.pub";

impl Secrets {
    /// Makes both keys in `folder`, mode 600, and never overwrites one. The public half of the
    /// signing key lies beside them, for whoever verifies a certificate elsewhere.
    pub fn create(folder: &Path) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|e| explain(folder, &e))?;
        let secrets = Self { master: Key::fresh()?, signing: SigningKey::from_bytes(&random()?) };
        write_new(&folder.join(MASTER_FILE), &HEXLOWER.encode(secrets.master.bytes()), 0o600)?;
        write_new(&folder.join(SIGNING_FILE), &HEXLOWER.encode(&secrets.signing.to_bytes()), 0o600)?;
        write_new(&folder.join(PUBLIC_FILE), &secrets.public_key(), 0o644)?;
        Ok(secrets)
    }

    /// Reads both keys: from the environment if it names either, else from the files; a file that
    /// others may read is refused.
    pub fn load(folder: &Path) -> Result<Self> {
        let named = [MASTER_VARIABLE, SIGNING_VARIABLE].map(|name| (name, config::secret(name)));
        let [master, signing] = if named.iter().any(|(_, value)| value.is_some()) {
            let read = |(name, value): (&str, Option<Zeroizing<String>>)| {
                value.and_then(|value| decode_key(&value)).ok_or_else(|| {
                    Error::Installation(format!(
                        "{name}\u{a0}: une clé de 256 bits en hexadécimal est attendue"
                    ))
                })
            };
            let [master, signing] = named;
            [read(master)?, read(signing)?]
        } else {
            [read_key(&folder.join(MASTER_FILE))?, read_key(&folder.join(SIGNING_FILE))?]
        };
        Ok(Self { master: Key::from_bytes(*master), signing: SigningKey::from_bytes(&signing) })
    }

    pub fn exist(folder: &Path) -> bool {
        folder.join(MASTER_FILE).exists()
    }

    pub fn master(&self) -> &Key {
        &self.master
    }

    /// Ed25519 over the text, in hexadecimal.
    pub fn sign(&self, text: &str) -> String {
        HEXLOWER.encode(&self.signing.sign(text.as_bytes()).to_bytes())
    }

    /// The public half, in hexadecimal.
    pub fn public_key(&self) -> String {
        HEXLOWER.encode(self.signing.verifying_key().as_bytes())
    }

    /// Names the signing key: the first 64 bits of the digest of its public half.
    pub fn key_id(&self) -> String {
        key_id(&self.public_key())
    }
}

/// The name of a public key: the first 64 bits of its digest, in hexadecimal.
pub fn key_id(public_key: &str) -> String {
    sha256_hex(public_key.as_bytes())[..16].to_owned()
}

/// Whether `signature` is that of `public_key` over `text`. All in hexadecimal; malformed is false.
pub fn signature_holds(text: &str, signature: &str, public_key: &str) -> bool {
    let decode = |hex: &str| HEXLOWER.decode(hex.trim().as_bytes()).ok();
    let Some(public) = decode(public_key).and_then(|b| <[u8; 32]>::try_from(b).ok()) else { return false };
    let Some(signature) = decode(signature).and_then(|b| <[u8; 64]>::try_from(b).ok()) else { return false };
    VerifyingKey::from_bytes(&public).is_ok_and(|key| {
        key.verify_strict(text.as_bytes(), &ed25519_dalek::Signature::from_bytes(&signature)).is_ok()
    })
}

fn explain(path: &Path, cause: &std::io::Error) -> Error {
    Error::Installation(format!("{}\u{a0}: {cause}", path.display()))
}

fn write_new(path: &PathBuf, text: &str, mode: u32) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(|e| explain(path, &e))?;
    writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(|e| explain(path, &e))
}

/// What a file holds that only the program may read; one that others may read is refused.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<String>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_err(|e| explain(path, &e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Error::Installation(format!(
            "{}\u{a0}: d’autres comptes peuvent lire ce secret\u{a0}; chmod 600",
            path.display()
        )));
    }
    Ok(Zeroizing::new(std::fs::read_to_string(path).map_err(|e| explain(path, &e))?))
}

fn read_key(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let text = read_private(path)?;
    decode_key(&text).ok_or_else(|| {
        Error::Installation(format!(
            "{}\u{a0}: une clé de 256 bits en hexadécimal est attendue",
            path.display()
        ))
    })
}

fn decode_key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(HEXLOWER.decode(text.trim().as_bytes()).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_its_subject() {
        let key = Key::fresh().unwrap();
        let sealed = key.seal(b"secret", b"sheet 1").unwrap();
        assert_eq!(key.open(&sealed, b"sheet 1").unwrap().as_slice(), b"secret");
        assert!(key.open(&sealed, b"sheet 2").is_err());
        assert!(Key::fresh().unwrap().open(&sealed, b"sheet 1").is_err());
        for end in 0..sealed.len() {
            assert!(key.open(&sealed[..end], b"sheet 1").is_err());
        }
    }

    #[test]
    fn a_digest_does_not_confuse_two_ways_of_cutting_the_same_text() {
        let key = Key::fresh().unwrap();
        assert_ne!(key.digest(&[b"ab", b"c"]), key.digest(&[b"a", b"bc"]));
        assert_ne!(key.derive("a").digest(&[b"x"]), key.derive("b").digest(&[b"x"]));
    }

    #[test]
    fn a_signature_holds_for_its_text_and_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::create(folder.path()).unwrap();
        let signature = secrets.sign("text");
        let reloaded = Secrets::load(folder.path()).unwrap();
        assert!(signature_holds("text", &signature, &reloaded.public_key()));
        assert!(!signature_holds("texte", &signature, &secrets.public_key()));
        assert!(!signature_holds("text", "", &secrets.public_key()));
        assert!(!signature_holds("text", &signature, "zz"));
        assert!(Secrets::create(folder.path()).is_err(), "a key is never overwritten");
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Secrets::create(folder.path()).unwrap();
        std::fs::set_permissions(folder.path().join(MASTER_FILE), std::fs::Permissions::from_mode(0o644))
            .unwrap();
        assert!(Secrets::load(folder.path()).is_err());
    }
}
