//! Who is asking, and what may they do.
//!
//! A handler receives [`Allowed`], which the guard alone makes: actor, scope, instant, database.
//! The timetable and the command line act as [`Machine`]. Nothing else reaches the database.

pub mod account;
mod actor;
pub mod connections;
pub mod contact;
pub mod cookies;
mod first_commune;
pub mod guard;
pub mod habilitation;
pub mod issuing;
mod machine;
pub mod names;
mod origin;
pub mod own_account;
pub mod own_factors;
mod part;
pub mod passkey_routes;
pub mod password;
pub mod places;
pub mod policy;
pub mod route;
pub mod routes;
pub mod second_factor;
pub mod session;
pub mod settled;
mod sign_in;
pub mod single_sign_on;
pub mod suspension;
mod throttle;
pub mod view;

pub use account::{Account, Role};
pub use actor::Actor;
pub use guard::{Allowed, Visit, furnish};
pub use machine::{DemoAccount, Machine, Place};
pub use part::{Part, Posted};
pub use policy::{Act, Action, acts};

/// Erases sessions, devices and failures that are past (E10). Returns how many.
pub fn erase_past_sign_ins(
    conn: &mut crate::platform::Conn,
    now: crate::platform::Now,
) -> crate::platform::Result<usize> {
    Ok(session::erase_past(conn, now)?
        + session::erase_past_devices(conn, now)?
        + throttle::erase_past(conn, now)?
        + second_factor::erase_past(conn, now)?
        + second_factor::passkeys::erase_past(conn, now)?
        + single_sign_on::erase_past(conn, now)?)
}
