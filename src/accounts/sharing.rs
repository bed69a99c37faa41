//! Signs that an access may be shared, as facts for the manager (E19): never a sanction by itself, never
//! a word that accuses. They are read from the traces of six months, for one account at a time.

use chrono::{NaiveDateTime, TimeDelta};

use crate::page::format;
use crate::platform::id::AccountId;
use crate::platform::{Conn, Now, Result};
use crate::traces::{self, SignIn};

/// How far back the facts go.
pub const WINDOW: TimeDelta = TimeDelta::days(30);
/// Two connections from different devices within this time are one fact.
const CLOSE: TimeDelta = TimeDelta::minutes(15);
/// Sign-ins looked at.
const MOST: i64 = 500;

/// What the sign-ins of some weeks show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    pub sign_ins: usize,
    pub devices: usize,
    pub networks: usize,
    /// Times at which two devices followed one another within a quarter of an hour.
    pub close_pairs: usize,
    pub last_close_pair: Option<NaiveDateTime>,
}

/// The facts of one account.
pub fn facts(conn: &mut Conn, of: &AccountId, now: Now) -> Result<Facts> {
    Ok(read(&traces::sign_ins(conn, of, Some(now.naive() - WINDOW), MOST)?))
}

fn read(latest_first: &[SignIn]) -> Facts {
    let distinct = |of: fn(&SignIn) -> Option<&String>| {
        latest_first.iter().filter_map(of).collect::<std::collections::BTreeSet<_>>().len()
    };
    let close = |pair: &&[SignIn]| match pair {
        [later, earlier] => later.device != earlier.device && later.at - earlier.at < CLOSE,
        _ => false,
    };
    let close: Vec<&[SignIn]> = latest_first.windows(2).filter(close).collect();
    Facts {
        sign_ins: latest_first.len(),
        devices: distinct(|one| one.device.as_ref()),
        networks: distinct(|one| one.network.as_ref()),
        close_pairs: close.len(),
        last_close_pair: close.first().and_then(|pair| pair.first()).map(|one| one.at),
    }
}

impl Facts {
    /// In French, one fact a line.
    pub fn lines(&self) -> Vec<String> {
        let n = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let mut lines = vec![format!(
            "{} depuis {} et {}.",
            format::count(n(self.sign_ins), "connexion", "connexions"),
            format::count(n(self.devices), "appareil", "appareils"),
            format::count(n(self.networks), "réseau", "réseaux"),
        )];
        if let Some(last) = self.last_close_pair {
            lines.push(format!(
                "{} deux appareils différents se sont suivis à moins d’un quart d’heure, la dernière le {}.",
                match self.close_pairs {
                    1 => "Une fois,".to_owned(),
                    many => format!("{many} fois,"),
                },
                format::moment(last.and_utc()),
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(minute: i64, device: &str) -> SignIn {
        let first = NaiveDateTime::parse_from_str("2026-11-23 09:00:00", "%Y-%m-%d %H:%M:%S").unwrap();
        SignIn {
            at: first + TimeDelta::minutes(minute),
            device: Some(device.to_owned()),
            network: Some("192.0.2.7".to_owned()),
            session: None,
        }
    }

    #[test]
    fn e19_two_devices_one_after_the_other_are_a_fact_and_one_device_is_none() {
        let alone = read(&[sign_in(60, "Firefox, Windows"), sign_in(0, "Firefox, Windows")]);
        assert_eq!((alone.devices, alone.close_pairs), (1, 0));
        let words = |facts: &Facts| facts.lines().join(" ").replace('\u{a0}', " ");
        assert_eq!(words(&alone), "2 connexions depuis 1 appareil et 1 réseau.");
        let far = read(&[sign_in(60, "Chrome, Android"), sign_in(0, "Firefox, Windows")]);
        assert_eq!((far.devices, far.close_pairs), (2, 0));
        let close = read(&[
            sign_in(70, "Firefox, Windows"),
            sign_in(60, "Chrome, Android"),
            sign_in(0, "Firefox, Windows"),
        ]);
        assert_eq!((close.devices, close.close_pairs), (2, 1));
        assert_eq!(
            words(&close),
            "3 connexions depuis 2 appareils et 1 réseau. Une fois, deux appareils différents se sont suivis à \
             moins d’un quart d’heure, la dernière le 23 novembre 2026 à 11 h 10."
        );
    }
}
