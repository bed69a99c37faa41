//! The landlord's pages on committees (E7, E8).

pub mod routes;
pub mod view;
