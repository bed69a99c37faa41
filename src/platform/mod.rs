//! What every slice stands on: settings, time, errors, database, keys, jobs. No domain here.

pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod error;
pub mod id;
pub mod jobs;
pub mod keyring;
pub mod mail;
pub mod schema;
pub mod token;

pub use clock::{Clock, Now};
pub use db::{Conn, Db};
pub use error::{Error, Result};
