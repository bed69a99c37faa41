//! Who may do what: one exhaustive match, printed as `docs/access-matrix.md`.
//!
//! The policy knows roles and actions. What depends on the person's commune, hours or convention is
//! decided by the permit (`sheets::permit`), on top of this.

use super::Role;

/// Something a route lets one do. Each is a type, so that a handler's signature names its permission.
pub trait Action: Send + Sync + 'static {
    const ACT: Act;
}

/// How far one must have come in signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Open to anybody, signed in or not.
    Public,
    /// Open at exactly this step of signing in.
    Step(Step),
    /// Open at this step, and again at will once every step is done.
    StepOrLater(Step),
    /// Open once every step is done.
    SignedIn,
}

/// What a person still has to do before reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Password accepted; the second factor's code is awaited.
    Code,
    /// The temporary secret must give way to a password of one's own (E20).
    NewPassword,
    /// A second factor must be set up.
    Enrolment,
    /// The commitment must be signed (E24).
    Charter,
    /// Idle too long: the password reopens the same page.
    Locked,
}

impl Step {
    /// The page of this step.
    pub fn path(self) -> &'static str {
        match self {
            Self::Code => "/connexion/code",
            Self::NewPassword => "/mot-de-passe",
            Self::Enrolment => "/double-facteur",
            Self::Charter => "/charte",
            Self::Locked => "/verrou",
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $door:expr;)*) => {
        /// Every action of the program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Act { $($(#[$doc])* $name),* }

        impl Act {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How far one must have come to be asked about one's role at all.
            pub fn door(self) -> Door {
                match self { $(Self::$name => $door),* }
            }
        }

        /// One type for each action.
        pub mod acts {
            $($(#[$doc])* pub struct $name;
            impl super::Action for $name {
                const ACT: super::Act = super::Act::$name;
            })*
        }
    };
}

actions! {
    /// Style sheet, scripts, icon.
    FetchAsset: Door::Public;
    /// `/sante`: nothing secret.
    SeeHealth: Door::Public;
    /// Notices, help, how to report a breach.
    ReadNotices: Door::Public;
    /// The login page and its form.
    SignIn: Door::Public;
    /// The link of a mail, in place of the password (E20).
    TakeLink: Door::Public;
    SignOut: Door::Public;
    /// Wording 10: block one's account from a session that another login has ended.
    BlockOwnAccount: Door::Public;
    GiveCode: Door::Step(Step::Code);
    /// At first login, and at will (E20, E22).
    ChoosePassword: Door::StepOrLater(Step::NewPassword);
    EnrolSecondFactor: Door::Step(Step::Enrolment);
    /// At first login and at each new version; read again at will (E24).
    SignCharter: Door::StepOrLater(Step::Charter);
    Unlock: Door::Step(Step::Locked);
    /// `/`: leads each role to its first page.
    Enter: Door::SignedIn;
    StayAwake: Door::SignedIn;
    SeeOwnAccount: Door::SignedIn;
    /// What one has been told.
    ReadMessages: Door::SignedIn;
    /// Name, add and revoke one's second factors; make recovery codes (E20).
    KeepOwnFactors: Door::SignedIn;
    /// « Ce n’était pas moi » (E19).
    DenyConnection: Door::SignedIn;
    ReadCommittees: Door::SignedIn;
    ReadList: Door::SignedIn;
    OpenSheet: Door::SignedIn;
    SearchSheets: Door::SignedIn;
    CompareCandidates: Door::SignedIn;
    /// The page on screen asks whether it may stay there.
    StayPresent: Door::SignedIn;
    SwitchCommune: Door::SignedIn;
    /// The account letter and the mailed link (E20).
    GiveSecret: Door::SignedIn;
    /// Revoke what is lost after an identity check; give a hardware token (E20).
    ReplaceLostFactor: Door::SignedIn;
    ManageCommittees: Door::SignedIn;
    ManageCommunes: Door::SignedIn;
    /// The outbox: which mails leave and arrive.
    ManageMails: Door::SignedIn;
    /// The list of accounts, and one of them (E11, E15, E19).
    ManageAccounts: Door::SignedIn;
    /// SIREN of communes, identities bound to accounts, other employers accepted.
    ManageSingleSignOn: Door::SignedIn;
    /// The three levers, and the end of a convention (E27, E33, E37).
    SuspendAccess: Door::SignedIn;
    /// `/equipe`: holders and requests of the contact's own communes.
    SeeTeam: Door::SignedIn;
    /// Requests, answers, changes of function (E16, E17, E23).
    AskHabilitation: Door::SignedIn;
    /// Departures (E23).
    ReportDeparture: Door::SignedIn;
    /// Grants, refuses, ends, undoes (E15, E17, E18).
    DecideHabilitation: Door::SignedIn;
    /// Contacts, from the mayor's letter (E16).
    DesignateContact: Door::SignedIn;
    /// Certificates of purge: no personal data in them (E7).
    SeeCertificates: Door::SignedIn;
}

/// Whether a role may do this, once signed in. Exhaustive on both sides: a new action does not
/// compile before somebody has decided.
pub fn permits(role: Role, act: Act) -> bool {
    match act {
        Act::FetchAsset
        | Act::SeeHealth
        | Act::ReadNotices
        | Act::SignIn
        | Act::TakeLink
        | Act::SignOut
        | Act::BlockOwnAccount => true,
        Act::GiveCode | Act::ChoosePassword | Act::EnrolSecondFactor | Act::SignCharter | Act::Unlock => true,
        Act::Enter
        | Act::StayAwake
        | Act::SeeOwnAccount
        | Act::ReadMessages
        | Act::KeepOwnFactors
        | Act::DenyConnection => true,
        Act::ReadCommittees
        | Act::ReadList
        | Act::OpenSheet
        | Act::SearchSheets
        | Act::CompareCandidates
        | Act::StayPresent
        | Act::SwitchCommune => match role {
            Role::Instructor | Role::Contact => true,
            Role::Manager | Role::Dpo => false,
        },
        Act::SeeCertificates => match role {
            Role::Manager | Role::Dpo => true,
            Role::Instructor | Role::Contact => false,
        },
        Act::SeeTeam | Act::AskHabilitation | Act::ReportDeparture => match role {
            Role::Contact => true,
            Role::Instructor | Role::Manager | Role::Dpo => false,
        },
        Act::ManageCommittees
        | Act::ManageCommunes
        | Act::ManageMails
        | Act::ManageAccounts
        | Act::ManageSingleSignOn
        | Act::SuspendAccess
        | Act::GiveSecret
        | Act::ReplaceLostFactor
        | Act::DecideHabilitation
        | Act::DesignateContact => match role {
            Role::Manager => true,
            Role::Instructor | Role::Contact | Role::Dpo => false,
        },
    }
}

/// What a suspended person may still do: see that they are, keep their secrets, leave (wording 3).
pub fn open_to_suspended(act: Act) -> bool {
    matches!(
        act,
        Act::Enter
            | Act::StayAwake
            | Act::SeeOwnAccount
            | Act::ReadMessages
            | Act::KeepOwnFactors
            | Act::DenyConnection
            | Act::ChoosePassword
            | Act::SignCharter
    )
}

/// Whether a request of this kind is a sign that somebody sits there. A page that asks every half
/// minute whether it may stay is none.
pub fn counts_as_activity(act: Act) -> bool {
    !matches!(act, Act::StayPresent | Act::FetchAsset | Act::SeeHealth | Act::Unlock)
}

/// The table a DPO reads.
pub fn matrix() -> String {
    use std::fmt::Write as _;
    let mut table = String::from("| action | door |");
    for role in Role::ALL {
        let _ = write!(table, " {role} |");
    }
    table.push_str("\n| --- | --- |");
    table.push_str(&" :-: |".repeat(Role::ALL.len()));
    for act in Act::ALL {
        let door = match act.door() {
            Door::Public => "anybody".to_owned(),
            Door::Step(step) => format!("step {}", step.path()),
            Door::StepOrLater(step) => format!("step {}, or signed in", step.path()),
            Door::SignedIn => "signed in".to_owned(),
        };
        let _ = write!(table, "\n| {act:?} | {door} |");
        for role in Role::ALL {
            let _ = write!(table, " {} |", if permits(*role, *act) { "yes" } else { "–" });
        }
    }
    table.push('\n');
    table
}
