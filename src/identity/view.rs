//! Pages of identity: signing in, its steps, the account, the lock.

pub mod account;
mod blocked;
pub mod connections;
pub mod factors;
pub mod login;
pub mod steps;

pub use account::{account, ended_elsewhere, lock, signed_out};
pub use blocked::blocked;
pub use login::login;
pub use steps::{charter, code, password, second_factor};
