//! A proof serves once: none of the three can be cloned.

use parvis::identity::{Allowed, acts};
use parvis::sheets::permit::Permit;
use parvis::traces::Recorded;

fn copy(permit: Permit, recorded: Recorded, allowed: Allowed<acts::OpenSheet>) {
    let _ = permit.clone();
    let _ = recorded.clone();
    let _ = allowed.clone();
}

fn main() {}
