// A proof invented inside the crate, in another slice.
include!("../../src/lib.rs");

mod thief {
    use crate::identity::{Allowed, acts};
    use crate::platform::{Clock, Now};
    use crate::sheets::permit::{Facts, Permit};
    use crate::traces::Recorded;

    pub fn recorded() -> Recorded {
        Recorded { entry: loop {} }
    }

    pub fn permit(found: Permit) -> Permit {
        Permit { entry: loop {}, ..found }
    }

    pub fn facts(found: Facts) -> Facts {
        Facts { second_factor: true, ..found }
    }

    pub fn allowed() -> Allowed<acts::OpenSheet> {
        Allowed { inner: loop {}, action: std::marker::PhantomData }
    }

    pub fn now() -> Now {
        Now { instant: loop {} }
    }

    pub fn clock(found: Clock) -> Clock {
        Clock { shift_micros: Default::default(), ..found }
    }
}

fn main() {}
