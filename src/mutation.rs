//! What all mutations have in common: what a user can mend is told in the payload, beside the result.

use std::fmt::Display;

use async_graphql::{Enum, SimpleObject};
use serde::Deserialize;

use crate::auth::hash_of;
use crate::error::{Error, Result};

/// The longest `clientMutationId` that something is made by, in bytes.
const MAX_KEY_BYTES: usize = 200;

/// Something that has to be mended before a mutation can be done. Nothing was written.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// The way to the value at fault, from `input` on; null when no single value is.
    pub field: Option<Vec<String>>,
    /// What is wrong, for programs.
    pub code: UserErrorCode,
    /// What is wrong, for people.
    pub message: String,
}

/// What can be wrong with the input of a mutation. More may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserErrorCode {
    /// It must not be empty.
    Blank,
    /// It is shorter than allowed.
    TooShort,
    /// It is longer than allowed.
    TooLong,
    /// It does not have the form that is asked for.
    Invalid,
    /// Somebody else has it already.
    Taken,
    /// It is so common that it would be guessed.
    TooCommon,
    /// Email address and password do not belong together.
    WrongCredentials,
    /// The identity provider gives no email address, and an account needs one.
    EmailMissing,
    /// There is an account with this address, and it is not confirmed on both sides that both are the same person.
    EmailNotVerified,
    /// The identity provider does not answer; try again later.
    ProviderUnavailable,
    /// The token was never given out, has been used, or is too old.
    InvalidToken,
    /// The token has just been used, and the new one is with whoever used it.
    TokenAlreadyUsed,
    /// Somebody has changed it meanwhile; read it again.
    StaleVersion,
    /// There is no such thing, or the viewer may not see it.
    NotFound,
    /// A limit is reached, such as that of a plan.
    LimitReached,
    /// It cannot be done in the present state.
    NotAllowed,
    /// Something about it has to be mended before it can be published.
    NotReady,
    /// Something uses it, so it cannot be deleted.
    InUse,
    /// The file has another size than was announced.
    WrongSize,
    /// The file has other bytes than was announced.
    WrongChecksum,
    /// The file is not of the type that was announced, or of one that cannot be shown.
    WrongContentType,
    /// The file was uploaded in other parts than it should have been.
    WrongParts,
    /// The picture has too many pixels.
    DimensionsTooLarge,
    /// The file cannot be read: it is damaged, or was cut off.
    DamagedFile,
    /// The file holds what could harm those who see it, such as a script.
    UnsafeFile,
}

/// The user errors of a mutation.
pub type UserErrors = Vec<UserError>;

impl UserError {
    /// An error of one value, by its name in the input.
    #[must_use]
    pub fn of(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { field: Some(field.split('.').map(str::to_owned).collect()), code, message: message.into() }
    }

    /// The error of an edit that was made for another version than the one that is there.
    #[must_use]
    pub fn stale(what: &str, version: i32) -> Self {
        let message = format!("somebody has changed {what} meanwhile; its version is {version} now");
        Self::of("input.expectedVersion", UserErrorCode::StaleVersion, message)
    }

    /// An error of no single value.
    #[must_use]
    pub fn general(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { field: None, code, message: message.into() }
    }
}

/// Why a mutation was not done.
#[derive(Debug)]
pub enum Refused {
    /// The user can mend it; told in the payload.
    User(UserErrors),
    /// The request is wrong, or the server fails.
    Request(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Request(error.into())
    }
}

impl From<UserError> for Refused {
    fn from(error: UserError) -> Self {
        Self::User(vec![error])
    }
}

/// What the work of a mutation comes to.
pub type Outcome<T> = std::result::Result<T, Refused>;

/// Splits an outcome into the result, if there is one, and what the user has to mend.
///
/// # Errors
/// When the request is wrong, or the server fails.
pub fn told<T>(outcome: Outcome<T>) -> Result<(Option<T>, UserErrors)> {
    match outcome {
        Ok(result) => Ok((Some(result), Vec::new())),
        Err(Refused::User(errors)) => Ok((None, errors)),
        Err(Refused::Request(error)) => Err(error),
    }
}

/// What two attempts to make the same thing have in common: the `clientMutationId`, of whoever it is and for whatever it is,
/// which `who` says.
///
/// # Errors
/// When the `clientMutationId` is too long.
pub(crate) fn creation_key(who: impl Display, key: Option<&str>) -> std::result::Result<Option<String>, UserError> {
    let Some(key) = key else { return Ok(None) };
    if key.len() > MAX_KEY_BYTES {
        let message = format!("it may have at most {MAX_KEY_BYTES} bytes");
        return Err(UserError::of("input.clientMutationId", UserErrorCode::TooLong, message));
    }
    Ok(Some(hash_of(&format!("{who}:{key}"))))
}

/// Collects the values of an input, or everything that is wrong with them.
#[derive(Default)]
pub struct Checked(UserErrors);

impl Checked {
    /// Notes what is wrong with a value; an invalid one becomes its type's default, which is never used.
    pub fn value<T: Default>(&mut self, value: std::result::Result<T, UserError>) -> T {
        value.unwrap_or_else(|error| {
            self.0.push(error);
            T::default()
        })
    }

    /// Whether nothing was wrong.
    ///
    /// # Errors
    /// Everything that was.
    pub fn finish(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Refused::User(self.0)) }
    }
}

/// Defines the payload of a mutation: its result, the user errors, and the client's own id of the call.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty $(,)? }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_doc])*
            pub(crate) $field: Option<$type>,
            /// What has to be mended; empty if it was done.
            pub(crate) user_errors: Vec<$crate::mutation::UserError>,
            /// The `clientMutationId` of the input.
            pub(crate) client_mutation_id: Option<String>,
        }

        impl $name {
            /// The payload of an outcome.
            pub(crate) fn of(
                outcome: $crate::mutation::Outcome<$type>,
                client_mutation_id: Option<String>,
            ) -> $crate::error::Result<Self> {
                let ($field, user_errors) = $crate::mutation::told(outcome)?;
                Ok(Self { $field, user_errors, client_mutation_id })
            }
        }
    };
}
