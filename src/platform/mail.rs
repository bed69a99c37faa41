//! The way to the mail server: SMTP, protected before anything is said. No domain here.
//!
//! One letter, one connection, on a blocking thread. What the server answers is told apart by the step at
//! which it answers: the same 550 means one thing of the sender and another of the recipient. Its words are
//! never kept: they quote addresses.

use std::error::Error as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};

use super::config::{Mail, Security};
use super::error::{Error, Result};
use super::id::text_enum;

/// Longest wait for one answer of the server.
const PATIENCE: Duration = Duration::from_secs(20);

text_enum! {
    /// Why the server has not taken a letter.
    Undelivered {
        /// Nobody answers, or the line broke.
        Unreachable = "unreachable",
        /// No protection, or a certificate that is not believed.
        Tls = "tls",
        /// Our name or password is refused.
        Login = "login",
        /// The server will not take letters from us: sender, relaying, or not now.
        Refused = "refused",
        /// The recipient's mailbox will not take it for the moment.
        Later = "later",
        /// There is no such recipient, now or ever.
        Recipient = "recipient",
        /// The letter itself is refused for good.
        Content = "content",
    }
}

impl Undelivered {
    /// Whether the next letter would meet the same: what is wrong is between the server and us.
    pub fn concerns_every_letter(self) -> bool {
        matches!(self, Self::Unreachable | Self::Tls | Self::Login | Self::Refused)
    }
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Letter {
    pub from_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Without its angle brackets; the same each time this letter is sent.
    pub message_id: String,
    pub at: DateTime<Utc>,
}

/// Hands a letter over; `Ok` means that the server has taken it upon itself.
pub fn send(settings: &Mail, letter: &Letter) -> Result<std::result::Result<(), Undelivered>> {
    let Ok(to) = letter.to.parse::<Address>() else { return Ok(Err(Undelivered::Recipient)) };
    if !to.to_string().is_ascii() {
        // Few servers take them; none would be told apart from one that does not exist.
        return Ok(Err(Undelivered::Recipient));
    }
    let from: Address = settings.from.parse().map_err(Error::internal)?;
    let written = write(letter, &from, &to)?;
    let mut line = match open(settings) {
        Ok(line) => line,
        Err(why) => return Ok(Err(why)),
    };
    let handed = hand_over(&mut line, from, to, &written);
    match handed {
        Ok(()) => drop(line.quit()),
        Err(_) => line.abort(),
    }
    Ok(handed)
}

/// Goes as far as a letter would, and leaves.
pub fn greet(settings: &Mail) -> std::result::Result<(), Undelivered> {
    let mut line = open(settings)?;
    drop(line.quit());
    Ok(())
}

fn write(letter: &Letter, from: &Address, to: &Address) -> Result<Vec<u8>> {
    let automatic =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let message = Message::builder()
        .from(Mailbox::new(Some(letter.from_name.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(letter.subject.clone())
        .date(letter.at.into())
        .message_id(Some(format!("<{}>", letter.message_id)))
        .raw_header(automatic)
        .envelope(Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(Error::internal)?)
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(Error::internal)?;
    Ok(message.formatted())
}

/// Connected, protected, signed in.
fn open(settings: &Mail) -> std::result::Result<SmtpConnection, Undelivered> {
    let at_once = |error: &smtp::Error| match is_about_tls(error) {
        true => Undelivered::Tls,
        false => Undelivered::Unreachable,
    };
    let name = ClientId::default();
    let place = (settings.server.as_str(), settings.port);
    let connect = |tls: Option<&TlsParameters>| {
        SmtpConnection::connect(place, Some(PATIENCE), &name, tls, None).map_err(|e| at_once(&e))
    };
    let mut line = match settings.security {
        Security::None => connect(None)?,
        Security::Tls => connect(Some(&tls(settings)?))?,
        Security::StartTls => {
            let tls = tls(settings)?;
            let mut line = connect(None)?;
            if !line.can_starttls() {
                line.abort();
                return Err(Undelivered::Tls);
            }
            line.starttls(&tls, &name).map_err(|error| match error.status() {
                Some(_) => Undelivered::Tls,
                None => at_once(&error),
            })?;
            line
        }
    };
    let password = settings.password().map_err(|fault| {
        tracing::error!(fault, "the password of the mail server cannot be read");
        Undelivered::Login
    })?;
    if let Some(password) = password {
        let credentials = Credentials::new(settings.user.clone(), password.to_string());
        let known = line.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        if let Err(error) = known {
            line.abort();
            // Asked to come back: the line, not the password, is at fault.
            return Err(if error.is_transient() { Undelivered::Unreachable } else { Undelivered::Login });
        }
    }
    Ok(line)
}

fn tls(settings: &Mail) -> std::result::Result<TlsParameters, Undelivered> {
    let unfit = |cause: &dyn std::fmt::Display| {
        tracing::error!(%cause, "the authority of the mail server cannot be read");
        Undelivered::Tls
    };
    let mut builder = TlsParametersBuilder::new(settings.server.clone());
    if let Some(file) = &settings.authority {
        let pem = std::fs::read(file).map_err(|e| unfit(&e))?;
        let authority = Certificate::from_pem(&pem).map_err(|e| unfit(&e))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(authority);
    }
    builder.build_rustls().map_err(|e| unfit(&e))
}

/// Sender, recipient, letter: each step has refusals of its own.
fn hand_over(
    line: &mut SmtpConnection,
    from: Address,
    to: Address,
    written: &[u8],
) -> std::result::Result<(), Undelivered> {
    let answered = |error: smtp::Error, answer: Undelivered| match error.status() {
        Some(_) => answer,
        None => Undelivered::Unreachable,
    };
    line.command(MailFrom::new(Some(from), Vec::new())).map_err(|e| answered(e, Undelivered::Refused))?;
    line.command(Rcpt::new(to, Vec::new())).map_err(|error| {
        let is_about_us = is_policy(&error);
        match (error.is_permanent(), is_about_us) {
            (true, true) => Undelivered::Refused,
            (true, false) => Undelivered::Recipient,
            (false, _) => answered(error, Undelivered::Later),
        }
    })?;
    line.command(Data).map_err(|e| answered(e, Undelivered::Refused))?;
    line.message(written).map(drop).map_err(|error| match error.is_permanent() {
        true => Undelivered::Content,
        false => answered(error, Undelivered::Later),
    })
}

/// Enhanced codes 5.7.*: the server will not relay for us, whoever the recipient is (RFC 3463).
fn is_policy(error: &smtp::Error) -> bool {
    error.to_string().contains("5.7.")
}

/// rustls speaks through the errors of the stream.
fn is_about_tls(error: &smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        let inside = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if one.is::<rustls::Error>() || inside.is_some_and(|inside| inside.is::<rustls::Error>()) {
            return true;
        }
        cause = one.source();
    }
    error.is_tls()
}
