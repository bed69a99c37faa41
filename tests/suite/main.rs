//! The integration suite: a real server, real HTTP, real SQLite and real PostgreSQL.
//!
//! Modules mirror features; names of tests are sentences, and those that prove a clause of the
//! convention begin with its id. PostgreSQL is the server of `PARVIS_TEST_POSTGRES`, which
//! `./scripts/test` starts; without it that half fails, so that nothing is passed over in silence.

mod accounts;
mod command_line;
mod databases;
mod demo;
mod gate;
mod habilitations;
mod harness;
mod import;
mod levers;
mod mail;
mod messages;
mod reading;
mod retention;
mod signing_in;
mod single_sign_on;
mod traces;
