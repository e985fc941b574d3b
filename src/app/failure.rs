use crate::auth::KeysFailure;
use crate::graph::GraphError;
use crate::http::ManifestError;
use crate::local::StartError;
use crate::mail::MailFailure;
use crate::seed::SeedError;
use crate::storage::StorageError;

/// Why the server did not start. Each is a line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// A local server did not start.
    #[error(transparent)]
    Local(#[from] StartError),
    /// The address of Neo4j cannot be used.
    #[error("NEO4J_URI is {uri:?}, which cannot be used: {source}")]
    GraphAddress {
        /// The address.
        uri: String,
        /// What the driver says.
        source: neo4rs::Error,
    },
    /// Neo4j did not answer in the time that `SEEKA_NEO4J_STARTUP_WAIT_MS` gives it.
    #[error("Neo4j at {uri} did not answer as {user} within {waited_ms} ms: {source}")]
    GraphUnreachable {
        /// The address.
        uri: String,
        /// The user.
        user: String,
        /// How long the server waited.
        waited_ms: u128,
        /// The last failure.
        source: Box<GraphError>,
    },
    /// The graph schema could not be applied.
    #[error("the graph's schema could not be applied: {0}")]
    Schema(#[source] GraphError),
    /// An index is not usable.
    #[error("the index {name} of the graph is {state}; see SHOW INDEXES in Neo4j")]
    Index {
        /// Its name.
        name: String,
        /// Its state as Neo4j calls it.
        state: String,
    },
    /// The S3 server or its bucket cannot be used.
    #[error("the bucket cannot be used: {0}")]
    Storage(#[from] StorageError),
    /// There are no credentials for the S3 server.
    #[error("{0} is not set, and the S3 server of S3_ENDPOINT or S3_BUCKET needs it")]
    NoCredentials(&'static str),
    /// A password is missing.
    #[error("NEO4J_PASSWORD is not set, and the Neo4j of NEO4J_URI needs it")]
    NoPassword,
    /// There is no key to sign tokens with.
    #[error("SEEKA_SIGNING_KEYS_FILE is not set; every server beside the same Neo4j and S3 needs the same keys")]
    NoSigningKeys,
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysFailure),
    /// Passwords cannot be hashed.
    #[error("passwords cannot be hashed with SEEKA_ARGON2_MEMORY_KIB and SEEKA_ARGON2_ITERATIONS as they are: {0}")]
    Passwords(#[source] crate::error::Error),
    /// The HTTP client for identity providers cannot be made.
    #[error("identity providers cannot be asked: {0}")]
    IdentityProviders(#[source] reqwest::Error),
    /// No mails can be sent.
    #[error(transparent)]
    Mail(#[from] MailFailure),
    /// The manifest of trusted documents cannot be used.
    #[error(transparent)]
    Documents(#[from] ManifestError),
    /// The sample catalogue could not be loaded.
    #[error("the sample catalogue could not be loaded: {0}")]
    Seed(#[from] SeedError),
}
