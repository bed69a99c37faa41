//! Handlers of the pages anybody may read: notices, help, how to report a breach.

use crate::identity::{Allowed, acts};
use crate::notices;
use crate::page::Page;
use crate::platform::{Error, Result};

pub async fn legal_notice(who: Allowed<acts::ReadNotices>) -> Result<Page> {
    Ok(notices::rights::legal_notice(&who.landlord()))
}

pub async fn accessibility(who: Allowed<acts::ReadNotices>) -> Result<Page> {
    Ok(notices::accessibility::declaration(&who.landlord()))
}

pub async fn help(who: Allowed<acts::ReadNotices>) -> Result<Page> {
    Ok(notices::help(&who.landlord()))
}

pub async fn report(who: Allowed<acts::ReadNotices>) -> Result<Page> {
    Ok(notices::report(&who.landlord()))
}

/// An address that no other row knows.
pub async fn unknown(_: Allowed<acts::ReadNotices>) -> Result<Page> {
    Err(Error::NotFound)
}
