// The control: the crate, included this way, has no error of its own, and what may be named is
// named. The one error is the theft from a vault planted here, in the last phase the thieves need.
include!("../../src/lib.rs");

mod vault {
    pub struct Treasure {
        gold: u8,
    }
    impl Treasure {
        pub fn weight(&self) -> u8 {
            self.gold
        }
    }
}

mod thief {
    use crate::identity::Actor;
    use crate::sheets::permit::{Facts, Permit};
    use crate::traces::Recorded;

    pub fn honest(permit: &Permit, facts: &Facts, recorded: &Recorded, actor: &Actor) -> bool {
        let _ = (facts.refused_entry(recorded.at()), actor.author());
        recorded.covers(permit.entry())
    }

    pub fn treasure() -> crate::vault::Treasure {
        crate::vault::Treasure { gold: 1 }
    }
}

fn main() {}
