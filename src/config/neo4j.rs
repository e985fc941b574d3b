use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Secret;
use super::parsers::{choice, neo4j_uri, number, secret, secret_file, text};

/// The graph.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Neo4j")]
pub struct Neo4jConfig {
    /// Address of a running Neo4j (`bolt://`, `neo4j://`, each also with `+s` or `+ssc`). Without
    /// it, a local Neo4j is started.
    #[arg(long = "neo4j-uri", env = "NEO4J_URI", global = true, value_parser = neo4j_uri())]
    pub uri: Option<String>,
    /// User at `NEO4J_URI`.
    #[arg(long = "neo4j-user", env = "NEO4J_USER", global = true, default_value = "neo4j", value_parser = text())]
    pub user: String,
    /// Password at `NEO4J_URI`.
    #[arg(long = "neo4j-password", env = "NEO4J_PASSWORD", global = true, hide_env_values = true, value_parser = secret(1))]
    pub password: Option<Secret>,
    /// File that holds `NEO4J_PASSWORD`, in place of it.
    #[arg(long = "neo4j-password-file", env = "NEO4J_PASSWORD_FILE", global = true, conflicts_with = "password", value_parser = secret_file(1))]
    pub password_file: Option<Secret>,
    /// Name of the database.
    #[arg(long = "neo4j-database", env = "NEO4J_DATABASE", global = true, default_value = "neo4j", value_parser = text())]
    pub database: String,
    /// Which Neo4j is started locally: `auto` (by the Java that is found), `5` (the long-term line),
    /// `2026` (the current line).
    #[arg(long = "local-neo4j", env = "SEEKA_LOCAL_NEO4J", global = true, default_value = "auto", value_parser = choice::<LocalNeo4jLine>())]
    pub local_neo4j: LocalNeo4jLine,
    /// Where the programs of local servers are kept; by default a folder inside `SEEKA_DATA`.
    #[arg(long = "servers", env = "SEEKA_SERVERS", global = true)]
    pub servers: Option<PathBuf>,
    /// Heap of the local Neo4j, in MiB.
    #[arg(long = "local-neo4j-heap-mb", env = "SEEKA_LOCAL_NEO4J_HEAP_MB", global = true, default_value = "512", value_parser = number(256..=65_536))]
    pub local_heap_mb: u64,
    /// Page cache of the local Neo4j, in MiB.
    #[arg(long = "local-neo4j-page-cache-mb", env = "SEEKA_LOCAL_NEO4J_PAGE_CACHE_MB", global = true, default_value = "256", value_parser = number(16..=65_536))]
    pub local_page_cache_mb: u64,
    /// Further options of Java for the local Neo4j, with spaces between them; they come after the server's own.
    #[arg(
        long = "local-neo4j-java-options",
        env = "SEEKA_LOCAL_NEO4J_JAVA_OPTIONS",
        global = true,
        default_value = "",
        allow_hyphen_values = true
    )]
    pub local_java_options: String,
    /// The most connections to Neo4j.
    #[arg(long = "neo4j-pool-size", env = "SEEKA_NEO4J_POOL_SIZE", global = true, default_value = "32", value_parser = number(1..=1_000))]
    pub pool_size: u64,
    /// How many rows are fetched at a time.
    #[arg(long = "neo4j-fetch-size", env = "SEEKA_NEO4J_FETCH_SIZE", global = true, default_value = "1000", value_parser = number(1..=100_000))]
    pub fetch_size: u64,
    /// The limit of waiting for a free connection.
    #[arg(long = "neo4j-acquire-timeout-ms", env = "SEEKA_NEO4J_ACQUIRE_TIMEOUT_MS", global = true, default_value = "2000", value_parser = number(1..=60_000))]
    pub acquire_timeout_ms: u64,
    /// The limit of a statement, its retries included; Neo4j ends it then, too.
    #[arg(long = "neo4j-statement-timeout-ms", env = "SEEKA_NEO4J_STATEMENT_TIMEOUT_MS", global = true, default_value = "10000", value_parser = number(1..=600_000))]
    pub statement_timeout_ms: u64,
    /// The limit of a transaction of several statements, its retries included.
    #[arg(long = "neo4j-transaction-timeout-ms", env = "SEEKA_NEO4J_TRANSACTION_TIMEOUT_MS", global = true, default_value = "60000", value_parser = number(1..=600_000))]
    pub transaction_timeout_ms: u64,
    /// How long a statement that met a deadlock, a change of leader or a lost connection is tried again.
    #[arg(long = "neo4j-retry-ms", env = "SEEKA_NEO4J_RETRY_MS", global = true, default_value = "2000", value_parser = number(0..=60_000))]
    pub retry_ms: u64,
    /// How long a starting server waits for Neo4j.
    #[arg(long = "neo4j-startup-wait-ms", env = "SEEKA_NEO4J_STARTUP_WAIT_MS", global = true, default_value = "60000", value_parser = number(0..=3_600_000))]
    pub startup_wait_ms: u64,
}

impl Neo4jConfig {
    /// Password at `NEO4J_URI`.
    #[must_use]
    pub fn password(&self) -> Option<Secret> {
        self.password.clone().or_else(|| self.password_file.clone())
    }
}

/// Which Neo4j is started locally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LocalNeo4jLine {
    /// The newest that the Java on this machine can run.
    Auto,
    /// The long-term line 5.26.
    #[value(name = "5")]
    LongTerm,
    /// The current line 2026.
    #[value(name = "2026")]
    Current,
}

/// What the graph needs, once it is known whether Neo4j is local.
#[derive(Debug, Clone)]
pub struct GraphSettings {
    /// Bolt address.
    pub uri: String,
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Database name.
    pub database: String,
    /// The most connections.
    pub pool_size: usize,
    /// Rows per fetch.
    pub fetch_size: usize,
    /// The limit of waiting for a free connection.
    pub acquire_timeout: Duration,
    /// The limit of a statement, its retries included.
    pub statement_timeout: Duration,
    /// The limit of a transaction, its retries included.
    pub transaction_timeout: Duration,
    /// How long after its first failure something is tried again.
    pub retry_window: Duration,
    /// How long a starting server waits.
    pub startup_wait: Duration,
}

impl GraphSettings {
    /// The settings of `config` for the Neo4j at `uri`.
    #[must_use]
    pub fn new(config: &Neo4jConfig, uri: String, user: String, password: Secret) -> Self {
        Self {
            uri,
            user,
            password,
            database: config.database.clone(),
            pool_size: usize::try_from(config.pool_size).unwrap_or(1),
            fetch_size: usize::try_from(config.fetch_size).unwrap_or(1),
            acquire_timeout: Duration::from_millis(config.acquire_timeout_ms),
            statement_timeout: Duration::from_millis(config.statement_timeout_ms),
            transaction_timeout: Duration::from_millis(config.transaction_timeout_ms),
            retry_window: Duration::from_millis(config.retry_ms),
            startup_wait: Duration::from_millis(config.startup_wait_ms),
        }
    }
}
