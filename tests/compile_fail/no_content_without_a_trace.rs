//! No trace, no sheet; no permit, no sheet (E9).

use parvis::platform::Clock;
use parvis::platform::keyring::Keyring;
use parvis::sheets::permit::{Permit, content};
use parvis::traces::Recorded;

fn untraced(permit: Permit, clock: &Clock, keyring: &Keyring) {
    let _ = content(permit, (), clock, keyring);
}

fn unpermitted(recorded: Recorded, clock: &Clock, keyring: &Keyring) {
    let _ = content((), recorded, clock, keyring);
}

fn main() {}
