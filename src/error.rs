//! One error for everything that a request can run into: stable codes, and what a client may see.
//!
//! Resolvers return [`Error`]; the library keeps it as the source of its own error, and [`expose`]
//! turns it into the answer once, in one place. Causes are logged there and never sent.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, ServerError};
use axum::http::StatusCode;

use crate::graph::GraphError;

/// What a resolver returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a request. `Display` is what the client reads, except for the last two.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The request itself is at fault, and its author can mend it.
    #[error("{0}")]
    BadUserInput(String),
    /// The query asks for more than the server allows.
    #[error("{0}")]
    TooComplex(String),
    /// The token is malformed, forged or expired. Never raised for a request without a token.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The viewer is known and may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// What was asked for does not exist, or may not be seen, which is the same to the viewer.
    #[error("{0}")]
    NotFound(String),
    /// A document that a client names by its hash is not known.
    #[error("PersistedQueryNotFound")]
    PersistedQueryNotFound,
    /// The server executes the documents of its manifest only.
    #[error("this server executes trusted documents only, and this is none of them")]
    DocumentNotTrusted,
    /// The viewer or the address asks for too much, as the text says, and may come back after this time.
    #[error("{why}; try again in {wait} s", why = .0, wait = seconds(.1))]
    RateLimited(&'static str, Duration),
    /// The request ran into the limit of its execution.
    #[error("the request was ended, because it took longer than {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The server has no place for another request; there may be one after this time.
    #[error("the server is too busy, or about to stop; try again in a moment")]
    Busy(Duration),
    /// The graph or the storage does not answer; trying again later may work.
    #[error("unavailable: {0}")]
    Unavailable(Arc<dyn std::error::Error + Send + Sync>),
    /// A fault of this server.
    #[error("internal: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

/// The codes of `extensions.code`. They never change their meaning.
pub mod code {
    /// The request is malformed or asks for something impossible.
    pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// The token does not hold.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// The viewer may not do this.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// It does not exist, as far as this viewer is concerned.
    pub const NOT_FOUND: &str = "NOT_FOUND";
    /// The query is deeper or more expensive than the server allows.
    pub const QUERY_TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
    /// The document of this hash is not known; send it along.
    pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
    /// The document is none of those that the server executes.
    pub const DOCUMENT_NOT_TRUSTED: &str = "DOCUMENT_NOT_TRUSTED";
    /// The budget is spent; `extensions.retryAfter` says for how many seconds.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// The request took too long and was ended.
    pub const TIMED_OUT: &str = "TIMED_OUT";
    /// The server, or one behind it, cannot answer right now.
    pub const SERVICE_UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
    /// A fault of this server.
    pub const INTERNAL: &str = "INTERNAL";
}

impl Error {
    /// Wraps a cause that the client never sees.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(cause))
    }

    /// The value of `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUserInput(_) => code::BAD_USER_INPUT,
            Self::TooComplex(_) => code::QUERY_TOO_COMPLEX,
            Self::Unauthenticated(_) => code::UNAUTHENTICATED,
            Self::Forbidden(_) => code::FORBIDDEN,
            Self::NotFound(_) => code::NOT_FOUND,
            Self::PersistedQueryNotFound => code::PERSISTED_QUERY_NOT_FOUND,
            Self::DocumentNotTrusted => code::DOCUMENT_NOT_TRUSTED,
            Self::RateLimited(..) => code::RATE_LIMITED,
            Self::TimedOut(_) => code::TIMED_OUT,
            Self::Busy(_) | Self::Unavailable(_) => code::SERVICE_UNAVAILABLE,
            Self::Internal(_) => code::INTERNAL,
        }
    }

    /// The HTTP status of a request that failed as a whole.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadUserInput(_) | Self::TooComplex(_) | Self::PersistedQueryNotFound | Self::DocumentNotTrusted => {
                StatusCode::BAD_REQUEST
            }
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::RateLimited(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Busy(_) | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds the same request may work.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(_, wait) | Self::Busy(wait) => Some(seconds(wait)),
            _ => None,
        }
    }

    /// What the client reads. Causes stay here.
    #[must_use]
    pub fn client_message(&self) -> String {
        match self {
            Self::Unavailable(_) => UNAVAILABLE_MESSAGE.to_owned(),
            Self::Internal(_) => INTERNAL_MESSAGE.to_owned(),
            told => told.to_string(),
        }
    }
}

/// Whole seconds, so that nobody comes back too early.
fn seconds(wait: &Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The message of a `SERVICE_UNAVAILABLE` answer where a server behind this one is the cause.
const UNAVAILABLE_MESSAGE: &str = "a part of the platform does not answer right now; try again in a moment";
/// The message of every `INTERNAL` answer.
const INTERNAL_MESSAGE: &str = "something went wrong on our side; the correlation id helps us to find it";

impl From<GraphError> for Error {
    fn from(error: GraphError) -> Self {
        if error.is_unavailable() { Self::Unavailable(Arc::new(error)) } else { Self::Internal(Arc::new(error)) }
    }
}

/// Logs the causes that are not shown, each once: a failed statement fails every resolver that
/// waited for it.
pub fn log_causes(errors: &[ServerError]) {
    let mut logged = Vec::new();
    for error in errors {
        let Some(Error::Internal(cause) | Error::Unavailable(cause)) = error.source::<Error>() else { continue };
        if !logged.iter().any(|other| Arc::ptr_eq(other, cause)) {
            tracing::error!(path = ?error.path, %cause, "a resolver failed");
            logged.push(Arc::clone(cause));
        }
    }
}

/// The code of an error of the GraphQL library, before [`expose`] writes it down.
///
/// An error without a source of ours comes from parsing, validation or argument conversion: the
/// document is at fault.
#[must_use]
pub fn code_of(error: &ServerError) -> &'static str {
    error.source::<Error>().map_or(code::BAD_USER_INPUT, Error::code)
}

/// Gives an error of the GraphQL library its code and correlation id, and hides what is internal.
pub fn expose(error: &mut ServerError, correlation_id: &str) {
    let code = code_of(error);
    let mut retry_after = None;
    if let Some(source) = error.source::<Error>() {
        retry_after = source.retry_after();
        error.message = source.client_message();
    } else {
        withhold_value(&mut error.message);
    }
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code);
    extensions.set("correlationId", correlation_id);
    if let Some(seconds) = retry_after {
        extensions.set("retryAfter", seconds);
    }
}

/// Takes the value out of what the library says about one of the wrong type: it may be an address or a password that
/// somebody put in the wrong place, and messages end up in logs of other people's programs.
fn withhold_value(message: &mut String) {
    if message.starts_with(WRONG_TYPE)
        && let Some(end) = message.find(FOUND)
    {
        message.truncate(end + 1);
    }
}

/// How the library begins to speak of a value of the wrong type.
const WRONG_TYPE: &str = "Expected input type \"";
/// What stands between the type, which is no word of the client, and the value.
const FOUND: &str = "\", found ";

/// The HTTP status of an operation that was not executed, by the first of its errors.
#[must_use]
pub fn status(errors: &[ServerError]) -> StatusCode {
    let source = errors.first().and_then(|error| error.source::<Error>());
    source.map_or(StatusCode::BAD_REQUEST, Error::status)
}

/// A statement that writes has always something to say, unless it and the code differ.
#[derive(Debug, thiserror::Error)]
#[error("a statement that writes gave no row")]
struct NoRow;

/// The error of a statement without the row that it must have.
#[must_use]
pub fn no_row() -> Error {
    Error::internal(NoRow)
}

/// The error of somebody whose session has ended, or whose account is gone, while they were about to do something.
#[must_use]
pub fn session_ended() -> Error {
    Error::Unauthenticated("the session has ended or the account is gone; sign in again")
}

/// What the panic hook has already logged.
#[derive(Debug, thiserror::Error)]
#[error("a resolver panicked")]
struct Panicked;

/// The error of a request that ended by a panic.
#[must_use]
pub fn panicked() -> ServerError {
    of_request(Error::internal(Panicked))
}

/// An error of the whole request rather than of one of its fields.
#[must_use]
pub fn of_request(error: Error) -> ServerError {
    let mut shown = ServerError::new(error.client_message(), None);
    shown.source = Some(Arc::new(error));
    shown
}

#[cfg(test)]
mod tests {
    use async_graphql::{InputValueError, Value};

    use super::*;

    #[test]
    fn a_value_of_the_wrong_type_is_not_repeated() {
        let value = Value::from("a secret\", found \"once more");
        let mut error = InputValueError::<bool>::expected_type(value).into_server_error(async_graphql::Pos::default());
        assert!(error.message.contains("a secret"), "the library has learnt it: {}", error.message);
        expose(&mut error, "1");
        assert_eq!(error.message, "Expected input type \"Boolean\"");
    }
}
