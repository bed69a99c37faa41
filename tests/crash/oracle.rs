//! What must be true of an installation at any instant, whatever was killed; asked from outside.

use parvis::committees;
use parvis::identity::Machine;
use parvis::platform::keyring::KeyName;
use parvis::retention;
use parvis::traces::Verdict;

use crate::installation::{count, texts};

/// Everything that is wrong, in sentences; nothing is the answer one wants.
pub fn faults(machine: &Machine) -> Vec<String> {
    let mut faults = Vec::new();
    half_committees(machine, &mut faults);
    lying_certificates(machine, &mut faults);
    stray_keys(machine, &mut faults);
    if let broken @ Verdict::Broken { .. } = retention::verify_traces(machine).expect("a verdict") {
        faults.push(format!("the chain of traces: {broken:?}"));
    }
    faults
}

#[track_caller]
pub fn is_sound(machine: &Machine, when: &str) {
    assert_eq!(faults(machine), Vec::<String>::new(), "{when}");
}

/// What can be seen of a committee is whole, and opens.
fn half_committees(machine: &Machine, faults: &mut Vec<String>) {
    let now = machine.clock().now();
    for committee in machine.db().read(committees::not_purged).expect("committees") {
        let Some(generation) = committee.generation_id.clone().filter(|_| committee.is_readable(now.today()))
        else {
            continue;
        };
        let announced = texts(
            machine,
            &format!(
                "SELECT cast(sheets AS TEXT) AS text FROM generations \
                 WHERE id = '{generation}' AND committee_id = '{}'",
                committee.id
            ),
        );
        let present = count(machine, &format!("sheets WHERE generation_id = '{generation}'"));
        if announced != [present.to_string()] {
            faults
                .push(format!("{}: {announced:?} sheets announced, {present} present", committee.reference));
        }
        let key = machine.keyring().get(&KeyName::Generation(generation)).expect("a keyring");
        if key.is_none() {
            faults.push(format!("{}: published, and its key is gone", committee.reference));
        }
    }
}

/// A certificate exists if and only if everything of its committee is gone, and says how much it was.
fn lying_certificates(machine: &Machine, faults: &mut Vec<String>) {
    let public = machine.secrets().public_key();
    let mut certified = Vec::new();
    for (_, certificate) in machine.db().read(retention::all_certificates).expect("certificates") {
        let payload = match retention::verify(&certificate, &public) {
            Ok(payload) => payload,
            Err(why) => {
                faults.push(format!("a certificate does not verify: {why}"));
                continue;
            }
        };
        let reference = payload.committee.clone();
        if payload.sheets_before != payload.sheets_deleted || payload.sheets_left + payload.keys_left != 0 {
            faults.push(format!("{reference}: the certificate does not add up: {payload:?}"));
        }
        if certified.contains(&reference) {
            faults.push(format!("{reference}: two certificates"));
        }
        let id =
            texts(machine, &format!("SELECT id AS text FROM committees WHERE reference = '{reference}'"));
        for table in ["sheets", "generations", "readings", "withdrawals"] {
            let left = count(machine, &format!("{table} WHERE committee_id = '{}'", id[0]));
            if left > 0 {
                faults.push(format!("{reference}: certified, and {left} rows of {table} are left"));
            }
        }
        if machine.keyring().names("committee").expect("keys").contains(&id[0]) {
            faults.push(format!("{reference}: certified, and its committee's key is there"));
        }
        certified.push(reference);
    }
    for reference in texts(machine, "SELECT reference AS text FROM committees WHERE purged_at IS NOT NULL") {
        if !certified.contains(&reference) {
            faults.push(format!("{reference}: purged without a certificate"));
        }
    }
}

/// No key without the generation or the committee it is for.
fn stray_keys(machine: &Machine, faults: &mut Vec<String>) {
    for (kind, table) in [("generation", "generations"), ("committee", "committees")] {
        let known = texts(machine, &format!("SELECT id AS text FROM {table}"));
        for key in machine.keyring().names(kind).expect("keys") {
            if !known.contains(&key) {
                faults.push(format!("a key of {kind} {key}, which does not exist"));
            }
        }
    }
}
