//! Summary sheets: their model, their publication, the permit to read one, and its two displays.
//!
//! `sheet` is what a landlord publishes, `import` reads a file of them, `publish` makes it readable;
//! `permit` alone decides who reads; `pixels` and `text` draw the same `presentation`.

pub mod comparison;
pub mod destroy;
pub mod import;
mod outline;
pub mod permit;
pub mod pixels;
pub mod presentation;
pub mod presenting;
pub mod publish;
pub mod published;
mod reading;
pub mod reference_codes;
pub mod routes;
pub mod sheet;
mod shell;
mod store;
pub mod view;
