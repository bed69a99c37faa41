//! Signing in, staying, leaving (E11, E13, E19, E20, E21, E24, E39).

mod bursts;
mod communes;
mod factors;
mod first_login;
mod guessing;
mod held;
mod issuing;
mod sessions;
