//! Identifiers: type-prefixed, time-ordered, URL-safe, and the same string in the graph, in tokens,
//! in S3 keys and in logs.
//!
//! An id is a prefix, an underscore and a ULID in lower case (`ep_01jd7s2zk4…`); see
//! <https://github.com/ulid/spec>. Each kind of node has a type of its own, parsed at the edge, so
//! that an episode's id can never be asked for as a series.

use std::fmt;
use std::str::FromStr;

use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, parser::types::Field};
use async_graphql::{ID, InputType, InputValueError, InputValueResult, Value};
use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// Why a string is not the id that was asked for.
#[derive(Debug, Clone, thiserror::Error)]
#[error("an id here looks like \"{expected}_01jd7s2zk4…\", not {found:?}")]
pub struct IdError {
    expected: &'static str,
    found: String,
}

/// The longest id that is echoed back in an error message, in characters.
pub(crate) const ECHOED_CHARACTERS: usize = 60;

impl IdError {
    fn new(expected: &'static str, found: &str) -> Self {
        let found = found.chars().take(ECHOED_CHARACTERS).collect();
        Self { expected, found }
    }
}

/// Reads the ULID behind `prefix` and refuses every spelling but the canonical one, because the
/// graph compares ids as strings.
fn parse(prefix: &'static str, text: &str) -> Result<Ulid, IdError> {
    let refused = || IdError::new(prefix, text);
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(refused)?;
    let ulid = Ulid::from_string(digits).map_err(|_| refused())?;
    if ulid.to_string().to_lowercase() == digits { Ok(ulid) } else { Err(refused()) }
}

/// A ULID that is always the same for the same name: how the sample catalogue is loaded twice
/// without doubling. The time part is `created_at` (1970 for what is never created, such as the words
/// of the vocabulary), the rest a SHA-256 of the name.
fn named(created_at: DateTime<Utc>, name: &str) -> Ulid {
    let digest = Sha256::digest(name.as_bytes());
    let mut random = [0_u8; 16];
    random[6..].copy_from_slice(&digest[..10]);
    let milliseconds = u64::try_from(created_at.timestamp_millis()).unwrap_or(0);
    Ulid::from_parts(milliseconds, u128::from_be_bytes(random))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh id, later than every earlier one to the millisecond.
            #[must_use]
            pub fn generate() -> Self {
                Self(Ulid::new())
            }

            /// The id that belongs to `name`, for data that is loaded again and again.
            #[must_use]
            pub fn named(created_at: DateTime<Utc>, name: &str) -> Self {
                Self(named(created_at, &format!("{}:{name}", Self::PREFIX)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0.to_string().to_lowercase())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(Self::PREFIX, text).map(Self)
            }
        }

        impl From<$name> for BoltType {
            fn from(id: $name) -> Self {
                id.to_string().into()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        // In the schema every id is the built-in scalar `ID`; only the Rust types differ.
        impl InputType for $name {
            type RawValueType = Self;

            fn type_name() -> std::borrow::Cow<'static, str> {
                <ID as InputType>::type_name()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                <ID as InputType>::create_type_info(registry)
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                let id = ID::parse(value).map_err(InputValueError::propagate)?;
                id.parse().map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                Value::String(self.to_string())
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                <ID as OutputType>::type_name()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                <ID as OutputType>::create_type_info(registry)
            }

            async fn resolve(
                &self,
                _: &ContextSelectionSet<'_>,
                _: &Positioned<Field>,
            ) -> ServerResult<Value> {
                Ok(Value::String(self.to_string()))
            }
        }
    )+};
}

ids! {
    /// A community with a catalogue of its own.
    TenantId = "tn";
    /// A world that holds series.
    FranchiseId = "fr";
    /// A run of episodes.
    SeriesId = "se";
    /// One episode.
    EpisodeId = "ep";
    /// A tag of the shared vocabulary.
    TagId = "tg";
    /// Somebody credited for a series or an episode.
    PersonId = "pe";
    /// A file: a picture, a video, captions.
    AssetId = "as";
    /// Somebody with an account.
    UserId = "us";
    /// What somebody wrote about an episode or in answer to a comment.
    CommentId = "cm";
    /// A way in: the password of an account.
    CredentialId = "cr";
    /// A way in: somebody as an identity provider knows them.
    IdentityId = "id";
    /// A signed-in device or browser.
    SessionId = "ss";
    /// A token that a program signs in with.
    AccessTokenId = "at";
    /// Where a user gets parcels.
    AddressId = "ad";
    /// Who a user is before the law.
    LegalPersonId = "lp";
    /// What the graph holds on a user, as a file.
    ExportId = "ex";
    /// A version of a page.
    RevisionId = "rv";
    /// What was pushed to production together.
    ReleaseId = "rl";
    /// What will be pushed to production at a moment.
    ScheduleId = "sc";
    /// Something that happened.
    EventId = "ev";
    /// Somebody who is wanted in a tenant.
    InvitationId = "in";
    /// A domain of a tenant.
    DomainId = "dm";
    /// The home page of a tenant, or of the platform.
    HomePageId = "home";
    /// A question that many ask, with its answer.
    FaqEntryId = "faq";
    /// A question to a tenant or to the platform.
    TicketId = "tk";
    /// What somebody wrote in a ticket.
    TicketMessageId = "tm";
    /// Something that is featured, or shall be.
    AnnouncementId = "an";
    /// A graph that was generated.
    GenerationId = "gn";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_own_text_only() {
        let id = EpisodeId::generate();
        assert_eq!(id.to_string().parse::<EpisodeId>().ok(), Some(id));
        for wrong in [
            id.to_string().to_uppercase(),
            id.to_string().replace("ep_", "se_"),
            format!("{id}0"),
            "ep_".to_owned(),
            "ep_💥".to_owned(),
            // The ULID alphabet has no "u", and reads "i" and "l" as 1 and "o" as 0.
            "ep_01jd7s2zk4oooooooooooooooo".to_owned(),
        ] {
            assert!(wrong.parse::<EpisodeId>().is_err(), "{wrong} was accepted");
        }
    }

    #[test]
    fn a_named_id_is_stable_and_differs_between_kinds() {
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(SeriesId::named(at, "a"), SeriesId::named(at, "a"));
        assert_ne!(SeriesId::named(at, "a"), SeriesId::named(at, "b"));
        assert_ne!(SeriesId::named(at, "a").0, EpisodeId::named(at, "a").0);
    }
}
