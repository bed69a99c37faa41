//! The gate, driven by the route table itself: who may pass, when, and what refusals look like.

mod matrix;
mod requests;
mod sweep;
