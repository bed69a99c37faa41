//! `[mail]`: the server that takes mails. Without one nothing is sent, and everything works.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::secret;
use crate::platform::crypto::read_private;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server's name as its certificate bears it; empty without a server.
    pub server: String,
    pub port: u16,
    pub security: Security,
    /// Empty for a server that asks nobody who they are.
    pub user: String,
    /// A file of mode 600; the environment variable `PARVIS_MAIL_PASSWORD` wins over it.
    pub password_file: Option<PathBuf>,
    /// The address mails come from, and to which servers return them.
    pub from: String,
    /// PEM file of the only authority believed, in place of the public ones.
    pub authority: Option<PathBuf>,
}

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// In clear until `STARTTLS`, which the server must offer: nothing is said before.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// A relay on this machine.
    None,
}

const PASSWORD_VARIABLE: &str = "PARVIS_MAIL_PASSWORD";

impl Mail {
    /// Whether there is a server at all.
    pub fn is_set(&self) -> bool {
        !self.server.is_empty()
    }

    /// The password of [`Mail::user`], or what is wrong with where it should be. `None` without a user.
    pub fn password(&self) -> Result<Option<Zeroizing<String>>, String> {
        if self.user.is_empty() {
            return Ok(None);
        }
        if let Some(password) = secret(PASSWORD_VARIABLE) {
            return Ok(Some(password));
        }
        let Some(file) = &self.password_file else {
            return Err(format!(
                "mail.password_file\u{a0}: donnez ce fichier, ou la variable {PASSWORD_VARIABLE}"
            ));
        };
        let text = read_private(file).map_err(|fault| format!("mail.password_file\u{a0}: {fault}"))?;
        Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.is_set() {
            return faults;
        }
        if self.from.parse::<lettre::Address>().is_err() {
            faults.push("mail.from\u{a0}: l’adresse d’où partent les courriels".to_owned());
        }
        if self.port == 0 {
            faults.push("mail.port\u{a0}: 587 d’ordinaire, 465 pour tls".to_owned());
        }
        if self.security == Security::None && !self.is_on_this_machine() {
            faults.push(
                "mail.security\u{a0}: none pour un relais de cette machine seulement\u{a0}; starttls ou tls ailleurs (E14)"
                    .to_owned(),
            );
        }
        if let Some(file) = self.authority.as_ref().filter(|file| !file.exists()) {
            faults.push(format!("mail.authority\u{a0}: {}\u{a0}: ce fichier n’existe pas", file.display()));
        }
        faults.extend(self.password().err());
        faults
    }

    fn is_on_this_machine(&self) -> bool {
        self.server == "localhost" || self.server.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            server: "relais.example".to_owned(),
            port: 587,
            security: Security::StartTls,
            user: String::new(),
            password_file: None,
            from: "extranet@trois-vals.example".to_owned(),
            authority: None,
        }
    }

    #[test]
    fn e14_mails_leave_the_machine_under_tls_alone() {
        assert_eq!(mail().faults(), Vec::<String>::new());
        let bare = |server: &str| Mail { server: server.to_owned(), security: Security::None, ..mail() };
        for server in ["relais.example", "192.0.2.7", "127.0.0.1.example"] {
            assert_eq!(bare(server).faults().len(), 1, "{server}");
        }
        for server in ["localhost", "127.0.0.1", "::1", ""] {
            assert_eq!(bare(server).faults(), Vec::<String>::new(), "{server}");
        }
    }

    #[test]
    fn every_fault_of_the_mail_is_told_at_once() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mot-de-passe");
        std::fs::write(&file, "nacre\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let wrong = Mail {
            from: "extranet".to_owned(),
            port: 0,
            user: "parvis".to_owned(),
            password_file: Some(file.clone()),
            authority: Some(folder.path().join("absente.pem")),
            ..mail()
        };
        assert_eq!(wrong.faults().len(), 4, "{:?}", wrong.faults());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(wrong.password().unwrap().unwrap().as_str(), "nacre");
        assert!(Mail { password_file: None, ..wrong }.password().is_err());
    }
}
