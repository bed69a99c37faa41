//! What one has been told, on a page of one's own: nothing depends on a mail that arrives.

pub mod routes;
pub mod view;
