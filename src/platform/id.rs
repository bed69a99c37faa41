//! Identifiers as types: one cannot be passed for another, and none reaches SQL unread.

use std::fmt;
use std::str::FromStr;

/// The text is no identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

/// Declares newtypes over TEXT. `uuid` ones are version 7, made here; `hex` ones are derived.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $form:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_written_as::$form(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }

        ids!(@fresh $name $form);
    )*};
    (@fresh $name:ident uuid) => {
        impl $name {
            /// A new identifier, ordered by time.
            pub fn fresh() -> Self {
                Self(uuid::Uuid::now_v7().to_string())
            }
        }
    };
    (@fresh $name:ident hex) => {
        impl $name {
            /// From the first 128 bits of a keyed digest.
            pub fn from_digest(digest: &[u8; 32]) -> Self {
                Self(data_encoding::HEXLOWER.encode(&digest[..16]))
            }
        }
    };
    (@fresh $name:ident insee) => {};
}

mod is_written_as {
    pub fn uuid(text: &str) -> bool {
        text.len() == 36
            && text.bytes().enumerate().all(|(i, b)| match i {
                8 | 13 | 18 | 23 => b == b'-',
                _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            })
    }
    pub fn hex(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }
    /// Two digits, or 2A, 2B, then three digits (domain: COG).
    pub fn insee(text: &str) -> bool {
        let b = text.as_bytes();
        b.len() == 5
            && b[0].is_ascii_digit()
            && (b[1].is_ascii_digit() || (b[0] == b'2' && matches!(b[1], b'A' | b'B')))
            && b[2..].iter().all(u8::is_ascii_digit)
    }
}

ids! {
    AccountId: uuid;
    HabilitationId: uuid;
    /// What has closed a habilitation, and may be undone.
    EndingId: uuid;
    /// One designation of a town hall's contact.
    ContactId: uuid;
    /// A request for a habilitation.
    RequestId: uuid;
    RequestMessageId: uuid;
    ConventionId: uuid;
    SuspensionId: uuid;
    MessageId: uuid;
    BindingId: uuid;
    ExceptionId: uuid;
    AuthenticatorId: uuid;
    SecretGivenId: uuid;
    IdentityCheckId: uuid;
    /// What two of the landlord's managers decide together (E27, E37).
    DecisionId: uuid;
    CommitteeId: uuid;
    /// One state of one committee's sheets, under a key of its own.
    GenerationId: uuid;
    ImportId: uuid;
    CertificateId: uuid;
    /// One run of the program: traces are chained per instance.
    InstanceId: uuid;
    /// HMAC of committee, number and dwelling under the committee's key: stable from one import to the next.
    SheetId: hex;
    /// HMAC of an applicant's number under the key of the month (E9, E40).
    SubjectId: hex;
    /// HMAC of a dwelling's reference under the committee's key.
    DwellingId: hex;
    /// A commune's five characters in the official code.
    Insee: insee;
}

/// Declares an enum stored as TEXT, with its CHECK in the migrations and its list here.
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::platform::id::NotAnId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::platform::id::NotAnId) }
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_are_read_as_identifiers() {
        assert!(CommitteeId::fresh().as_str().parse::<CommitteeId>().is_ok());
        for bad in ["", "../..", "x", "00000000-0000-0000-0000-00000000000\0", "É"] {
            assert!(bad.parse::<CommitteeId>().is_err());
            assert!(bad.parse::<SheetId>().is_err());
        }
        for (text, good) in
            [("45272", true), ("2A004", true), ("2C004", false), ("1A004", false), ("4527", false)]
        {
            assert_eq!(text.parse::<Insee>().is_ok(), good, "{text}");
        }
    }
}
