//! One error type. It knows HTTP meanings and nothing of the domain; `frame` draws it as a page.

use maud::Markup;

/// What stops a request, a job or a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One and the same answer for what is unknown, foreign, past, purged or withdrawn (E4).
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, or no longer.
    #[error("nobody is signed in")]
    SignIn,
    /// Another page comes first: the next step of signing in, the lock.
    #[error("the way leads to {0} first")]
    First(&'static str),
    /// The role may know of this and may not do it.
    #[error("this role may not do this")]
    Forbidden,
    /// The account, or the space, is suspended (E27).
    #[error("suspended")]
    Suspended { since: chrono::NaiveDateTime, reason: String },
    /// Outside opening hours (E28).
    #[error("the space is closed")]
    Closed,
    /// The form's token is missing or of another session.
    #[error("the form's token is missing or wrong")]
    Token { missing: bool },
    #[error("the request cannot be read: {0}")]
    Unreadable(&'static str),
    #[error("the request is larger than this route accepts")]
    TooLarge,
    /// The state this request stood on has changed meanwhile.
    #[error("the state changed meanwhile")]
    Stale,
    /// The trace cannot be written, the database cannot be reached: nothing is shown.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// A refusal with a page of its own.
    #[error("refused: {}", .0.name)]
    Refused(Box<Refused>),
    /// The installation is not fit: a key, a file or a database is missing or foreign. In French, for
    /// whoever operates it; goes to the terminal or the log, never to a page.
    #[error("{0}")]
    Installation(String),
    /// A fault of ours. The text goes to the log, never to the page.
    #[error("{0}")]
    Internal(String),
}

/// A refusal that explains itself: what happened and what to do.
#[derive(Debug)]
pub struct Refused {
    /// For the log and for tests; says nothing personal.
    pub name: &'static str,
    pub status: u16,
    pub title: String,
    pub main: Markup,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An internal error from anything that explains itself.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// The HTTP status this error answers with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignIn | Self::First(_) => 303,
            Self::Forbidden | Self::Closed | Self::Suspended { .. } => 403,
            Self::Token { missing: false } => 403,
            Self::Token { missing: true } | Self::Unreadable(_) => 400,
            Self::TooLarge => 413,
            Self::Stale => 409,
            Self::Unavailable(_) => 503,
            Self::Refused(refused) => refused.status,
            Self::Installation(_) | Self::Internal(_) => 500,
        }
    }
}

impl actix_web::ResponseError for Error {
    fn status_code(&self) -> actix_web::http::StatusCode {
        let internal = actix_web::http::StatusCode::INTERNAL_SERVER_ERROR;
        actix_web::http::StatusCode::from_u16(self.status()).unwrap_or(internal)
    }

    /// Bare: `frame` draws the page, with the request in hand.
    fn error_response(&self) -> actix_web::HttpResponse {
        actix_web::HttpResponse::new(self.status_code())
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
                Self::Unavailable("database connection closed")
            }
            Diesel::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => {
                Self::Unavailable(DISK_READ_ONLY)
            }
            Diesel::DatabaseError(_, ref told) if told.message().contains("disk is full") => {
                Self::Unavailable(DISK_FULL)
            }
            Diesel::DatabaseError(_, ref told) if told.message().contains("readonly database") => {
                Self::Unavailable(DISK_READ_ONLY)
            }
            Diesel::DatabaseError(_, ref told) if told.message().contains("disk I/O error") => {
                Self::Unavailable(DISK_FAILING)
            }
            other => Self::internal(other),
        }
    }
}

const DISK_FULL: &str = "the disk is full";
const DISK_READ_ONLY: &str = "the database is read only";
const DISK_FAILING: &str = "the disk does not read or write";

impl Error {
    /// What the operator of a command is told of a fault of the machine it runs on: in French, with what
    /// to do. `None` for what is no such fault.
    pub fn advice(&self) -> Option<&'static str> {
        let told = self.to_string();
        let says = |words: &[&str]| words.iter().any(|words| told.contains(words));
        if says(&[DISK_FULL, "disk is full", "No space left"]) {
            Some(
                "Le disque est plein. Libérez de la place et relancez la commande\u{a0}; ce qui était publié le reste.",
            )
        } else if says(&[
            DISK_READ_ONLY,
            "readonly database",
            "Read-only",
            "Permission denied",
            "unable to open database file",
        ]) {
            Some("Le dossier des données ne se laisse pas écrire, ou pas par ce compte. Rien n’a été changé.")
        } else if says(&[DISK_FAILING, "disk I/O error"]) {
            Some(
                "Le disque refuse de lire ou d’écrire. Rien de plus n’a été publié ni certifié\u{a0}; voyez le journal du système.",
            )
        } else if says(&[
            "no database connection",
            "connection closed",
            "closed the connection",
            "could not connect",
            "Connection refused",
        ]) {
            Some(
                "La base de données ne répond plus\u{a0}; le dernier pas est peut-être fait. Relancez la commande quand elle répond\u{a0}: elle reprend où il faut.",
            )
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_status() {
        let table = [
            (Error::NotFound, 404),
            (Error::SignIn, 303),
            (Error::First("/verrou"), 303),
            (Error::Forbidden, 403),
            (Error::Closed, 403),
            (Error::Token { missing: true }, 400),
            (Error::Token { missing: false }, 403),
            (Error::Unreadable("x"), 400),
            (Error::TooLarge, 413),
            (Error::Stale, 409),
            (Error::Unavailable("x"), 503),
            (Error::internal("x"), 500),
        ];
        for (error, status) in table {
            assert_eq!(error.status(), status, "{error}");
        }
    }
}
