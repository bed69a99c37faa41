//! Every display, search and refusal, recorded before anything is shown (E9), six months at most (E10).
//!
//! This slice knows ids only. A [`Recorded`] exists only for what is committed: whoever holds one
//! can show that the trace is there, and what it says.

mod chain;
mod code;
mod refusals;
mod store;
mod writer;

use std::net::IpAddr;

use chrono::TimeDelta;

pub use chain::{Verdict, verify};
pub use code::DisplayId;
pub use refusals::{Due as RefusalsDue, Refusals};
pub use store::{
    SignIn, count_and_erase_before, displays_of_different_sheets, latest_sign_in, months_in_use, oldest,
    sign_ins,
};
pub use writer::{Health, Traces};

use crate::platform::id::{AccountId, CommitteeId, Insee, SheetId, SubjectId, text_enum};
use crate::platform::{Conn, Now, Result};

text_enum! {
    /// What was done, or refused.
    Kind {
        List = "list",
        Sheet = "sheet",
        Search = "search",
        Comparison = "comparison",
        Refusal = "refusal",
        Publication = "publication",
        SignIn = "sign_in",
    }
}

/// An applicant, as a trace may name one: a pseudonym, and the month whose key made it (E9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub id: SubjectId,
    pub month: String,
}

/// Who did it, from where. All `None` for a job or a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    pub account: Option<AccountId>,
    pub role: Option<String>,
    /// The first half of the session's hash: tells two sessions apart, opens none.
    pub session: Option<String>,
    pub network: Option<IpAddr>,
    /// « Firefox, Windows ».
    pub device: Option<String>,
}

/// One trace, before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Now,
    pub kind: Kind,
    pub author: Author,
    pub commune: Option<Insee>,
    pub committee: Option<CommitteeId>,
    pub sheet: Option<SheetId>,
    pub subject: Option<Subject>,
    /// The sheets a comparison shows side by side: each has a row of its own, in the same commit.
    pub compared: Vec<(SheetId, Subject)>,
    /// The code burned into what is shown; `None` for what shows nothing.
    pub display: Option<DisplayId>,
    /// Why it was refused, in one of our words.
    pub reason: Option<String>,
    /// Of a sign-in: « password », or the provider of single sign-on.
    pub method: Option<String>,
    /// 1, or more where refusals were too many to be written one by one.
    pub occurrences: i32,
}

impl Entry {
    /// An entry of one occurrence that names nothing yet.
    pub fn new(kind: Kind, author: Author, at: Now) -> Self {
        Self {
            at,
            kind,
            author,
            commune: None,
            committee: None,
            sheet: None,
            subject: None,
            compared: Vec::new(),
            display: None,
            reason: None,
            method: None,
            occurrences: 1,
        }
    }

    /// Whether both speak of the same display of the same thing to the same session. The instant
    /// differs when a display is drawn again, and so may the network of a telephone.
    fn is_same_display(&self, other: &Self) -> bool {
        let same_author =
            self.author.account == other.author.account && self.author.session == other.author.session;
        same_author
            && self.author.account.is_some()
            && self.kind == other.kind
            && self.display.is_some()
            && (&self.display, &self.commune, &self.committee, &self.sheet, &self.subject, &self.compared)
                == (
                    &other.display,
                    &other.commune,
                    &other.committee,
                    &other.sheet,
                    &other.subject,
                    &other.compared,
                )
    }
}

/// Proof that this entry is committed. Built here alone, used up where content is given out.
#[must_use = "a recorded display that shows nothing is a false trace"]
#[derive(Debug)]
pub struct Recorded {
    entry: Entry,
}

impl Recorded {
    /// Whether this proof is for exactly what `entry` says, or for a display that `entry` draws again.
    pub fn covers(&self, entry: &Entry) -> bool {
        self.entry == *entry || self.entry.is_same_display(entry)
    }

    /// The instant of the trace: what the watermark says.
    pub fn at(&self) -> Now {
        self.entry.at
    }
}

/// How long one display may be drawn again (zoom, resize) under the same trace.
pub const DISPLAY_LIFE: TimeDelta = TimeDelta::minutes(20);

/// The proof of a display that is being drawn again: its committed row, if `author`'s own session
/// made it no longer than [`DISPLAY_LIFE`] ago. Anything else is `None`: a new trace is needed.
pub fn recall(conn: &mut Conn, display: &DisplayId, author: &Author, now: Now) -> Result<Option<Recorded>> {
    let Some(entry) = store::find_display(conn, display)? else { return Ok(None) };
    let own = entry.author.account == author.account && entry.author.session == author.session;
    let age = now.utc() - entry.at.utc();
    let fresh = age >= TimeDelta::zero() && age < DISPLAY_LIFE;
    Ok((own && fresh && author.account.is_some()).then_some(Recorded { entry }))
}
