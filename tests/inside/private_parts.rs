// Fields and methods of a proof, read or called from another slice.
include!("../../src/lib.rs");

mod thief {
    use crate::identity::{Allowed, Machine, acts};
    use crate::platform::Now;
    use crate::platform::keyring::Keyring;
    use crate::sheets::permit::{Facts, Permit};
    use crate::traces::Recorded;

    pub fn fields(now: Now, machine: Machine, permit: Permit, recorded: Recorded, facts: &mut Facts) {
        let _ = now.instant;
        let _ = machine.db;
        let _ = permit.sealed;
        let _ = recorded.entry;
        facts.second_factor = true;
    }

    pub fn methods(allowed: &Allowed<acts::OpenSheet>, permit: &Permit, keyring: &Keyring) {
        let _ = allowed.again();
        let _ = allowed.machine();
        let _ = permit.outline(keyring);
    }
}

fn main() {}
