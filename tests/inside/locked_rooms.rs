// Rooms that no other slice may enter: the house behind the guard, the stores, the writer.
include!("../../src/lib.rs");

mod thief {
    use crate::identity::guard::House;
    use crate::identity::guard::ExpectedToken;
    use crate::sheets::store;
    use crate::traces::store as rows;
    use crate::traces::writer;
    use crate::traces::chain;
}

fn main() {}
