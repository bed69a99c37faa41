//! Content takes both proofs away: neither opens a second display.

use parvis::platform::Clock;
use parvis::platform::keyring::Keyring;
use parvis::sheets::permit::{Permit, content};
use parvis::traces::Recorded;

fn twice_on_one_permit(permit: Permit, one: Recorded, two: Recorded, clock: &Clock, keyring: &Keyring) {
    let _ = content(permit, one, clock, keyring);
    let _ = content(permit, two, clock, keyring);
}

fn twice_on_one_trace(one: Permit, two: Permit, recorded: Recorded, clock: &Clock, keyring: &Keyring) {
    let _ = content(one, recorded, clock, keyring);
    let _ = content(two, recorded, clock, keyring);
}

fn main() {}
