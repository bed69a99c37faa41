//! `parvis account`: named accounts, before any page makes them (E15, E19, E20).

use chrono::{DateTime, TimeDelta, Utc};

use super::arguments::AccountCommand;
use super::{Done, Failure, counted, open, say};
use crate::identity::account::{self, NewAccount};
use crate::identity::issuing::{self, Decision, Lost, Manner, Way};
use crate::identity::password::{self, Hash};
use crate::identity::{Place, second_factor};
use crate::page::format;

pub(super) fn run(place: &Place, command: AccountCommand) -> Done {
    let machine = open(place)?;
    let life = TimeDelta::days(i64::from(machine.settings().accounts.temporary_secret_days));
    let now = machine.clock().now();
    match command {
        AccountCommand::Add { login, role, first_name, last_name, job_title, commune } => {
            let secret = password::temporary_secret()?;
            let hash = Hash::make(&secret)?;
            let new = NewAccount {
                login,
                role,
                first_name,
                last_name,
                job_title,
                communes: commune,
                from: now.today(),
            };
            machine
                .db()
                .write(|conn| account::create(conn, new, &hash, life, now))?
                .map_err(|refusal| Failure::Refused(refusal.to_string()))?;
            tell_secret(&secret, now.utc() + life);
            Ok(())
        }
        AccountCommand::Reset { login, second_factor: check } => {
            let secret = password::temporary_secret()?;
            let hash = Hash::make(&secret)?;
            let known = machine.db().write(|conn| {
                let Some(known) = account::find_by_login(conn, &account::normalized_login(&login))? else {
                    return Ok(false);
                };
                let by_operator = |reason: &str| Decision { by: None, reason: reason.to_owned() };
                let (way, why, until) = (Way::Terminal, by_operator(""), now.naive() + life);
                issuing::give_secret(conn, &known.id, &hash, way, &why, until, now)?;
                if let Some(note) = &check {
                    let manner = Manner::Operator;
                    issuing::revoke_lost(conn, &known.id, &Lost::All, manner, &by_operator(note), now)?;
                }
                Ok(true)
            })?;
            if !known {
                return Err(Failure::Refused(format!("L’identifiant «\u{a0}{login}\u{a0}» est inconnu.")));
            }
            tell_secret(&secret, now.utc() + life);
            Ok(())
        }
        AccountCommand::List => {
            let all = machine.db().read(|conn| {
                let mut all = Vec::new();
                for one in account::list(conn)? {
                    all.push((second_factor::live(conn, &one.id)?.len(), one));
                }
                Ok(all)
            })?;
            for (factors, one) in all {
                let last = one.last_login_at.map_or_else(
                    || "jamais connecté".to_owned(),
                    |at| format!("vu le {}", format::day_and_time(at.and_utc())),
                );
                let factors = counted(factors, "second facteur", "seconds facteurs");
                say(&format!("{}\t{}\t{}\t{last}\t{factors}", one.login, one.role.in_french(), one.name()));
            }
            Ok(())
        }
    }
}

fn tell_secret(secret: &str, until: DateTime<Utc>) {
    say(&format!(
        "Mot de passe provisoire\u{a0}: {secret}\nIl sert une fois, jusqu’au {}. Il ne sera plus montré.",
        format::day_and_time(until)
    ));
}
