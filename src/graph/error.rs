use std::borrow::Cow;
use std::time::Duration;

/// Why a statement gave no rows.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Neo4j, or the way to it, failed.
    #[error("{statement}: {}", told(source))]
    Neo4j {
        /// The file's name.
        statement: &'static str,
        /// What the driver reports.
        source: neo4rs::Error,
    },
    /// The connection was lost while a transaction was committed: it may be done, or not.
    #[error("{statement}: the commit was not confirmed: {}", told(source))]
    OutcomeOpen {
        /// The name of the transaction.
        statement: &'static str,
        /// What the driver reports.
        source: neo4rs::Error,
    },
    /// All connections were in use for the whole time that one may be waited for, or too many waited.
    #[error("{statement}: no connection became free within {} ms", limit.as_millis())]
    Busy {
        /// The file's name.
        statement: &'static str,
        /// The limit of waiting.
        limit: Duration,
    },
    /// The limit for the statement and its retries has passed. What writes may be done, or not.
    #[error("{statement}: no answer within {} ms", limit.as_millis())]
    TimedOut {
        /// The file's name.
        statement: &'static str,
        /// How long it could have taken.
        limit: Duration,
    },
    /// The transaction that the statement was for has ended.
    #[error("{statement}: its transaction has ended")]
    Ended {
        /// The file's name.
        statement: &'static str,
    },
    /// A row is not what the code expects: the file and its Rust type differ.
    #[error("{statement}: a row does not fit: {source}")]
    Row {
        /// The file's name.
        statement: &'static str,
        /// Which column or type.
        source: neo4rs::DeError,
    },
}

/// An error of the driver as it may be logged. Neo4j's messages quote values (of a property that is not
/// unique, of an argument that does not fit), and values stay out of logs; the code says what happened.
fn told(error: &neo4rs::Error) -> String {
    match error {
        neo4rs::Error::Neo4j(error) => error.code().to_owned(),
        other => other.to_string(),
    }
}

impl GraphError {
    /// Whether Neo4j could not be reached or was too busy, so that the same request may work later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::TimedOut { .. } | Self::OutcomeOpen { .. } | Self::Ended { .. } => true,
            Self::Row { .. } => false,
            Self::Neo4j { source, .. } => is_connection(source) || is_transient(source) || is_terminated(source),
        }
    }

    /// Whether something is there already that must be unique; nothing was written.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        let Self::Neo4j { source: neo4rs::Error::Neo4j(error), .. } = self else { return false };
        error.code() == "Neo.ClientError.Schema.ConstraintValidationFailed"
    }

    /// Whether what the statement was about to change was deleted meanwhile; nothing was written.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Neo4j { source, .. } if is_gone(source))
    }
}

impl GraphError {
    /// What kind of failure it is: Neo4j's status code, or a word where Neo4j has said nothing.
    pub(super) fn class(&self) -> Cow<'_, str> {
        match self {
            Self::Neo4j { source: neo4rs::Error::Neo4j(error), .. } => Cow::Borrowed(error.code()),
            Self::Neo4j { source, .. } if is_connection(source) => Cow::Borrowed("connection"),
            Self::Neo4j { .. } => Cow::Borrowed("driver"),
            Self::OutcomeOpen { .. } => Cow::Borrowed("outcome_open"),
            Self::Busy { .. } => Cow::Borrowed("busy"),
            Self::TimedOut { .. } => Cow::Borrowed("timeout"),
            Self::Ended { .. } => Cow::Borrowed("ended"),
            Self::Row { .. } => Cow::Borrowed("row"),
        }
    }
}

/// Neo4j says that nothing was done and that the same statement may succeed: a deadlock, a change
/// of leader, memory under pressure. <https://neo4j.com/docs/status-codes/current/errors/all-errors/>
pub(super) fn is_transient(error: &neo4rs::Error) -> bool {
    use neo4rs::{Neo4jClientErrorKind as Client, Neo4jErrorKind as Kind, Neo4jSecurityErrorKind as Security};
    let neo4rs::Error::Neo4j(error) = error else { return false };
    matches!(
        error.kind(),
        Kind::Transient | Kind::Client(Client::SessionExpired | Client::Security(Security::AuthorizationExpired))
    )
}

/// Neo4j ended the transaction by itself: it is stopping, or the transaction took too long.
pub(super) fn is_terminated(error: &neo4rs::Error) -> bool {
    let neo4rs::Error::Neo4j(error) = error else { return false };
    error.code().starts_with("Neo.ClientError.Transaction.Terminated")
        || error.code().starts_with("Neo.ClientError.Transaction.TransactionTimedOut")
}

/// What a statement had found was deleted before it was looked at. Neo4j reads whatever is committed, so a
/// statement that only reads starts again and sees what is there now.
pub(super) fn is_gone(error: &neo4rs::Error) -> bool {
    let neo4rs::Error::Neo4j(error) = error else { return false };
    error.code() == "Neo.ClientError.Statement.EntityNotFound"
}

/// The connection was lost or could not be had.
pub(super) fn is_connection(error: &neo4rs::Error) -> bool {
    use neo4rs::Error as E;
    matches!(
        error,
        E::IOError { .. }
            | E::ConnectionError
            | E::ConnectionClosed(_)
            | E::ConnectionTimedOut
            | E::IncompleteBoltExchange
            | E::ServerUnavailableError(_)
            | E::RoutingTableError(_)
            | E::RoutingTableRefreshFailed(_)
            | E::RequestIgnoredError
            | E::Ignored(_)
            | E::ParseError(_)
            | E::ProtocolMismatch(_)
            | E::UnexpectedMessage(_)
            | E::UnknownMessage(_)
    )
}
