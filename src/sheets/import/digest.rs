//! Telling an unchanged publication from a changed one.

use sha2::{Digest, Sha256};

use super::CommitteeHeader;
use crate::sheets::sheet::Sheet;

/// The digest of a committee and its sheets. The order of the sheets in the file does not count.
pub(super) fn of_committee<'a>(
    header: &CommitteeHeader,
    sheets: impl Iterator<Item = &'a Sheet>,
) -> [u8; 32] {
    let mut leaves: Vec<[u8; 32]> = sheets.map(|sheet| Sha256::digest(sheet.to_bytes()).into()).collect();
    leaves.sort_unstable();
    let header = serde_json::to_vec(header).expect("a header holds only plain values");
    let mut digest = Sha256::new();
    digest.update(b"parvis committee 1");
    digest.update(Sha256::digest(header));
    for leaf in leaves {
        digest.update(leaf);
    }
    digest.finalize().into()
}
