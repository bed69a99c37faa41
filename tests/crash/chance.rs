//! Chance that can be had again: one seed a run, one row of numbers a test.

use std::sync::LazyLock;
use std::time::Duration;

use parvis::platform::crypto::{random, sha256_hex};

#[expect(clippy::disallowed_methods, reason = "switches of the tests, not settings of the program")]
fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// `PARVIS_CRASH_SEED`, or a fresh one.
static SEED: LazyLock<u64> = LazyLock::new(|| {
    from_environment("PARVIS_CRASH_SEED").unwrap_or_else(|| u64::from_le_bytes(random().expect("randomness")))
});

/// How often a test kills, of the fifty of the suite; `PARVIS_CRASH_ROUNDS` asks for more in all.
pub fn rounds(of_fifty: u64) -> u64 {
    from_environment("PARVIS_CRASH_ROUNDS").unwrap_or(50) * of_fifty / 50
}

/// Numbers that look random and depend on the seed and the name of the test alone.
pub struct Chance(u64);

impl Chance {
    pub fn of(test: &str) -> Self {
        eprintln!("{test}: PARVIS_CRASH_SEED={}", *SEED);
        let name = sha256_hex(test.as_bytes());
        Self(*SEED ^ u64::from_str_radix(&name[..16], 16).expect("hexadecimal"))
    }

    /// A number below `end` (splitmix64).
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    pub fn within(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(longest.as_micros()).expect("a short while")))
    }
}
