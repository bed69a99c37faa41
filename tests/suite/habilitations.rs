//! Habilitations: requests, contacts, quota, departures (E15–E18, E23).

mod properties;
