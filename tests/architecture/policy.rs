//! The policy, pinned where it matters most; the whole of it is `docs/access-matrix.md`.

use parvis::identity::Role;
use parvis::identity::policy::{Act, Door, permits};

/// Whatever shows, finds or keeps a sheet on the screen.
const READING: &[Act] = &[
    Act::ReadCommittees,
    Act::ReadList,
    Act::OpenSheet,
    Act::SearchSheets,
    Act::CompareCandidates,
    Act::StayPresent,
];

#[test]
fn e04_no_role_of_the_landlord_reads_sheets() {
    for act in READING {
        for role in Role::ALL {
            assert_eq!(permits(*role, *act), role.is_town_hall(), "{role} {act:?}");
        }
    }
    assert!(!Role::Manager.is_town_hall() && !Role::Dpo.is_town_hall());
}

#[test]
fn e15_nobody_of_a_town_hall_manages() {
    for act in [
        Act::ManageCommittees,
        Act::ManageCommunes,
        Act::ManageMails,
        Act::ManageSingleSignOn,
        Act::GiveSecret,
        Act::ReplaceLostFactor,
    ] {
        for role in Role::ALL {
            assert_eq!(permits(*role, act), *role == Role::Manager, "{role} {act:?}");
        }
    }
}

#[test]
fn e20_every_step_of_signing_in_stands_before_everything_that_is_not_public() {
    let public: Vec<&Act> = Act::ALL.iter().filter(|act| act.door() == Door::Public).collect();
    assert_eq!(
        public,
        [
            &Act::FetchAsset,
            &Act::SeeHealth,
            &Act::ReadNotices,
            &Act::SignIn,
            &Act::TakeLink,
            &Act::SignOut,
            &Act::BlockOwnAccount
        ]
    );
    for act in READING {
        assert_eq!(act.door(), Door::SignedIn, "{act:?}");
    }
}
