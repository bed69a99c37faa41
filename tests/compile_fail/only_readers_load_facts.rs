//! Being let in for anything else does not load the facts of a sheet.

use parvis::identity::{Allowed, acts};
use parvis::platform::Conn;
use parvis::sheets::permit::{Asked, Facts};

fn curious(conn: &mut Conn, manager: &Allowed<acts::ManageCommittees>) {
    let _ = Facts::load(conn, manager, Asked::Committees);
}

fn main() {}
