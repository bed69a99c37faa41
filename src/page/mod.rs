//! maud components: the frame of every page and the pieces pages are made of. No domain here.
//!
//! A view takes finished words and gives a [`Page`]; [`document`] puts the frame around it. Nothing
//! is inline: the content security policy allows neither a script nor a style in a page.

pub mod assets;
pub mod banner;
pub mod chart;
pub mod form;
pub mod format;
pub mod layout;
pub mod marks;
pub mod paths;
pub mod qr;
pub mod table;

pub use assets::asset;
pub use layout::{Chrome, Page, document};
