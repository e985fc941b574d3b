//! The configuration: one struct, filled from flags and environment variables.
//!
//! Every setting is a variable and a flag, with its default and its limits here. Durations are in
//! milliseconds unless the name says otherwise. A wrong value is one line that names the variable,
//! what it holds and what it should hold; see [`explain`].

mod accounts;
mod assets;
mod attempts;
mod deletion;
mod functions;
mod mail;
mod neo4j;
mod parsers;
mod providers;
mod publishing;
mod report;
mod sessions;
mod tenants;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use url::Url;

pub use accounts::AccountsConfig;
pub use assets::AssetsConfig;
pub use attempts::{AttemptsConfig, Rate};
pub use deletion::DeletionConfig;
pub use functions::FunctionsConfig;
pub use mail::MailConfig;
pub use neo4j::{GraphSettings, LocalNeo4jLine, Neo4jConfig};
use parsers::{address, bucket, choice, http_url, log_filter, network, number, origin, secret, secret_file, text};
pub use providers::{IdentityProvidersFile, ProviderConfig, ProvidersConfig};
pub use publishing::PublishingConfig;
pub use report::{describe, explain};
pub use sessions::SessionsConfig;
pub use tenants::TenantsConfig;

/// Everything that can be set.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct Config {
    /// Where the server listens.
    #[arg(long = "addr", env = "SEEKA_ADDR", global = true, default_value = "127.0.0.1:8000", value_parser = address())]
    pub addr: SocketAddr,
    /// The folder of the local servers: their data, programs and keys.
    #[arg(long = "data", env = "SEEKA_DATA", global = true, default_value = ".seeka")]
    pub data: PathBuf,
    /// When the sample catalogue is loaded: `auto` (into an empty local graph), `empty` (into any
    /// empty graph), `never`.
    #[arg(long = "seed", env = "SEEKA_SEED", global = true, default_value = "auto", value_parser = choice::<Seed>())]
    pub seed: Seed,
    /// Whether the usual queries are asked once after the start, so that Neo4j has planned them before somebody waits: `on` or
    /// `off`.
    #[arg(long = "warm-up", env = "SEEKA_WARM_UP", global = true, default_value = "on", value_parser = choice::<Switch>())]
    pub warm_up: Switch,
    /// What is logged, as levels and targets: `info`, `seeka=debug`.
    #[arg(long = "log", env = "SEEKA_LOG", global = true, default_value = "info,neo4rs=warn,rustls_platform_verifier=off,s3s=warn,s3s::ops=off,s3s_fs=warn", value_parser = log_filter())]
    pub log: String,
    /// How log lines are written: `text` or `json`.
    #[arg(long = "log-format", env = "SEEKA_LOG_FORMAT", global = true, default_value = "text", value_parser = choice::<LogFormat>())]
    pub log_format: LogFormat,
    /// How long a stopping server waits for requests in flight.
    #[arg(long = "shutdown-grace-ms", env = "SEEKA_SHUTDOWN_GRACE_MS", global = true, default_value = "20000", value_parser = number(0..=600_000))]
    pub shutdown_grace_ms: u64,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub neo4j: Neo4jConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub s3: S3Config,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub accounts: AccountsConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub sessions: SessionsConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub attempts: AttemptsConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub mail: MailConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub tenants: TenantsConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub providers: ProvidersConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub deletion: DeletionConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub functions: FunctionsConfig,
    #[command(flatten)]
    #[expect(missing_docs, reason = "see the type")]
    pub publishing: PublishingConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub assets: AssetsConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub edge: EdgeConfig,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub limits: Limits,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub operation: OperationLimits,
    #[expect(missing_docs, reason = "a group, described by its own type")]
    #[command(flatten)]
    pub export: ExportConfig,
}

/// The files.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "S3")]
pub struct S3Config {
    /// Address of an S3 server. Without it and without `S3_BUCKET`, a local one is started.
    #[arg(long = "s3-endpoint", env = "S3_ENDPOINT", global = true, value_parser = http_url())]
    pub endpoint: Option<Url>,
    /// Name of the bucket; alone, without `S3_ENDPOINT`, it means Amazon S3.
    #[arg(long = "s3-bucket", env = "S3_BUCKET", global = true, value_parser = bucket())]
    pub bucket: Option<String>,
    /// Region of the bucket.
    #[arg(long = "aws-region", env = "AWS_REGION", global = true, default_value = "us-east-1", value_parser = text())]
    pub aws_region: String,
    /// Access key id.
    #[arg(long = "aws-access-key-id", env = "AWS_ACCESS_KEY_ID", global = true, value_parser = text())]
    pub aws_access_key_id: Option<String>,
    /// File that holds `AWS_ACCESS_KEY_ID`, in place of it.
    #[arg(long = "aws-access-key-id-file", env = "AWS_ACCESS_KEY_ID_FILE", global = true, conflicts_with = "aws_access_key_id", value_parser = secret_file(1))]
    pub aws_access_key_id_file: Option<Secret>,
    /// Secret access key.
    #[arg(long = "aws-secret-access-key", env = "AWS_SECRET_ACCESS_KEY", global = true, hide_env_values = true, value_parser = secret(1))]
    pub aws_secret_access_key: Option<Secret>,
    /// File that holds `AWS_SECRET_ACCESS_KEY`, in place of it.
    #[arg(long = "aws-secret-access-key-file", env = "AWS_SECRET_ACCESS_KEY_FILE", global = true, conflicts_with = "aws_secret_access_key", value_parser = secret_file(1))]
    pub aws_secret_access_key_file: Option<Secret>,
    /// Session token of temporary credentials.
    #[arg(long = "aws-session-token", env = "AWS_SESSION_TOKEN", global = true, hide_env_values = true, value_parser = secret(1))]
    pub aws_session_token: Option<Secret>,
    /// File that holds `AWS_SESSION_TOKEN`, in place of it.
    #[arg(long = "aws-session-token-file", env = "AWS_SESSION_TOKEN_FILE", global = true, conflicts_with = "aws_session_token", value_parser = secret_file(1))]
    pub aws_session_token_file: Option<Secret>,
    /// The limit of one request to the S3 server, its retries included.
    #[arg(long = "s3-timeout-ms", env = "SEEKA_S3_TIMEOUT_MS", global = true, default_value = "10000", value_parser = number(100..=600_000))]
    pub s3_timeout_ms: u64,
    /// Lifetime of the address of an asset, in seconds.
    #[arg(long = "asset-url-seconds", env = "SEEKA_ASSET_URL_SECONDS", global = true, default_value = "3600", value_parser = number(1..=604_800))]
    pub asset_url_seconds: u64,
    /// Address of a content delivery network in front of the bucket; assets are then served from
    /// there, without a signature.
    #[arg(long = "cdn-url", env = "SEEKA_CDN_URL", global = true, value_parser = http_url())]
    pub cdn_url: Option<Url>,
}

// A secret, wherever it stands: the command line refuses to have it in two places.

impl S3Config {
    /// Access key id.
    #[must_use]
    pub fn access_key_id(&self) -> Option<String> {
        self.aws_access_key_id.clone().or_else(|| self.aws_access_key_id_file.as_ref().map(|id| id.expose().to_owned()))
    }

    /// Secret access key.
    #[must_use]
    pub fn secret_access_key(&self) -> Option<Secret> {
        self.aws_secret_access_key.clone().or_else(|| self.aws_secret_access_key_file.clone())
    }

    /// Session token of temporary credentials.
    #[must_use]
    pub fn session_token(&self) -> Option<Secret> {
        self.aws_session_token.clone().or_else(|| self.aws_session_token_file.clone())
    }
}

/// Who may use the server, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Edge")]
pub struct EdgeConfig {
    /// Origins whose pages may ask, separated by commas, such as `https://tv.example.org`; `*` for all.
    #[arg(long = "cors-origins", env = "SEEKA_CORS_ORIGINS", global = true, value_delimiter = ',', value_parser = origin())]
    pub cors_origins: Vec<String>,
    /// Whether `GraphiQL` is served at `/`: `on` or `off`.
    #[arg(long = "graphiql", env = "SEEKA_GRAPHIQL", global = true, default_value = "on", value_parser = choice::<Switch>())]
    pub graphiql: Switch,
    /// Whether the schema can be asked for: `on` or `off`; operators always can.
    #[arg(long = "introspection", env = "SEEKA_INTROSPECTION", global = true, default_value = "on", value_parser = choice::<Switch>())]
    pub introspection: Switch,
    /// A manifest of documents; with it, no other document is executed.
    #[arg(long = "trusted-documents", env = "SEEKA_TRUSTED_DOCUMENTS", global = true)]
    pub trusted_documents: Option<PathBuf>,
    /// Networks of the proxies in front of the server, separated by commas, such as `10.0.0.0/8`. Only they
    /// are believed which address a request comes from (`X-Forwarded-For`); behind a proxy that is not named
    /// here, all viewers without an account are one client with one budget.
    #[arg(long = "trusted-proxies", env = "SEEKA_TRUSTED_PROXIES", global = true, value_delimiter = ',', value_parser = network())]
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that may read `/metrics`, separated by commas.
    #[arg(long = "metrics-networks", env = "SEEKA_METRICS_NETWORKS", global = true, value_delimiter = ',', default_value = "127.0.0.0/8,::1/128", value_parser = network())]
    pub metrics_networks: Vec<IpNet>,
    /// The budget of a viewer or an address, in points: what can be spent at once. `0` means no limit.
    #[arg(long = "budget-points", env = "SEEKA_BUDGET_POINTS", global = true, default_value = "20000", value_parser = number(0..=1_000_000_000))]
    pub budget_points: u64,
    /// How many points of the budget come back in a second.
    #[arg(long = "budget-per-second", env = "SEEKA_BUDGET_PER_SECOND", global = true, default_value = "200", value_parser = number(1..=1_000_000_000))]
    pub budget_per_second: u64,
}

/// What one request may take.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits of requests")]
pub struct Limits {
    /// The largest body of a request, in bytes.
    #[arg(long = "max-body-bytes", env = "SEEKA_MAX_BODY_BYTES", global = true, default_value = "1048576", value_parser = number(1_024..=16_777_216))]
    pub max_body_bytes: u64,
    /// The most operations of one request.
    #[arg(long = "max-batch-size", env = "SEEKA_MAX_BATCH_SIZE", global = true, default_value = "10", value_parser = number(1..=1_000))]
    pub max_batch_size: u64,
    /// The limit of executing a request; what runs past it is ended, in Neo4j, too.
    #[arg(long = "execution-timeout-ms", env = "SEEKA_EXECUTION_TIMEOUT_MS", global = true, default_value = "15000", value_parser = number(1..=600_000))]
    pub execution_timeout_ms: u64,
    /// The limit of what imports, exports or publishes a whole catalogue; that of a transaction holds, too.
    #[arg(long = "catalogue-timeout-ms", env = "SEEKA_CATALOGUE_TIMEOUT_MS", global = true, default_value = "60000", value_parser = number(1..=600_000))]
    pub catalogue_timeout_ms: u64,
    /// The most items that the lists of an answer come to, counted at full pages while it grows.
    #[arg(long = "max-answer-items", env = "SEEKA_MAX_ANSWER_ITEMS", global = true, default_value = "100000", value_parser = number(1..=100_000_000))]
    pub max_answer_items: u64,
    /// The most fields of an answer.
    #[arg(long = "max-answer-fields", env = "SEEKA_MAX_ANSWER_FIELDS", global = true, default_value = "250000", value_parser = number(1..=100_000_000))]
    pub max_answer_fields: u64,
    /// The most requests that are executed at the same time.
    #[arg(long = "max-concurrent-requests", env = "SEEKA_MAX_CONCURRENT_REQUESTS", global = true, default_value = "256", value_parser = number(1..=100_000))]
    pub max_concurrent_requests: u64,
    /// The most requests of one viewer, or one address without one, that are executed at the same time; more
    /// of them wait.
    #[arg(long = "max-concurrent-per-client", env = "SEEKA_MAX_CONCURRENT_PER_CLIENT", global = true, default_value = "8", value_parser = number(1..=100_000))]
    pub max_concurrent_per_client: u64,
    /// The most open connections of clients.
    #[arg(long = "max-connections", env = "SEEKA_MAX_CONNECTIONS", global = true, default_value = "10000", value_parser = number(1..=1_000_000))]
    pub max_connections: u64,
    /// The most of them from one address; trusted proxies have no limit.
    #[arg(long = "max-connections-per-address", env = "SEEKA_MAX_CONNECTIONS_PER_ADDRESS", global = true, default_value = "2000", value_parser = number(1..=1_000_000))]
    pub max_connections_per_address: u64,
    /// The limit of receiving the head of a request, and its body, each.
    #[arg(long = "receive-timeout-ms", env = "SEEKA_RECEIVE_TIMEOUT_MS", global = true, default_value = "10000", value_parser = number(1..=600_000))]
    pub receive_timeout_ms: u64,
    /// How long a connection may be silent, or may not take what is sent, before it is closed.
    #[arg(long = "idle-timeout-ms", env = "SEEKA_IDLE_TIMEOUT_MS", global = true, default_value = "75000", value_parser = number(1_000..=3_600_000))]
    pub idle_timeout_ms: u64,
}

/// What one operation may ask for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits of operations")]
pub struct OperationLimits {
    /// The largest document, and the most text in its variables, in bytes.
    #[arg(long = "max-document-bytes", env = "SEEKA_MAX_DOCUMENT_BYTES", global = true, default_value = "131072", value_parser = number(256..=16_777_216))]
    pub max_document_bytes: u64,
    /// The most tokens of a document.
    #[arg(long = "max-tokens", env = "SEEKA_MAX_TOKENS", global = true, default_value = "5000", value_parser = number(1..=20_000))]
    pub max_tokens: u64,
    /// The most values of the variables of an operation, those in lists and objects counted.
    #[arg(long = "max-variable-values", env = "SEEKA_MAX_VARIABLE_VALUES", global = true, default_value = "5000", value_parser = number(1..=1_000_000))]
    pub max_variable_values: u64,
    /// The deepest nesting of fields.
    #[arg(long = "max-depth", env = "SEEKA_MAX_DEPTH", global = true, default_value = "20", value_parser = number(1..=30))]
    pub max_depth: u64,
    /// The deepest nesting of fields that ask for the schema.
    #[arg(long = "max-introspection-depth", env = "SEEKA_MAX_INTROSPECTION_DEPTH", global = true, default_value = "20", value_parser = number(1..=30))]
    pub max_introspection_depth: u64,
    /// The most fields and fragments of a document once all fragments are expanded.
    #[arg(long = "max-selections", env = "SEEKA_MAX_SELECTIONS", global = true, default_value = "5000", value_parser = number(1..=100_000))]
    pub max_selections: u64,
    /// The most aliases of a document.
    #[arg(long = "max-aliases", env = "SEEKA_MAX_ALIASES", global = true, default_value = "100", value_parser = number(0..=100_000))]
    pub max_aliases: u64,
    /// The most fields at the root of an operation.
    #[arg(long = "max-root-fields", env = "SEEKA_MAX_ROOT_FIELDS", global = true, default_value = "50", value_parser = number(1..=10_000))]
    pub max_root_fields: u64,
    /// The most directives of a document.
    #[arg(long = "max-directives", env = "SEEKA_MAX_DIRECTIVES", global = true, default_value = "100", value_parser = number(0..=100_000))]
    pub max_directives: u64,
    /// The most fields that an answer may come to, if every list fills its pages.
    #[arg(long = "max-complexity", env = "SEEKA_MAX_COMPLEXITY", global = true, default_value = "25000000", value_parser = number(1..=1_000_000_000))]
    pub max_complexity: u64,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// Where traces go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Traces")]
pub struct ExportConfig {
    /// Address of an `OpenTelemetry` collector that takes OTLP over HTTP; without it, no traces are
    /// exported. They go to `/v1/traces` below it.
    #[arg(long = "otel-exporter-otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_parser = http_url())]
    pub otlp_endpoint: Option<Url>,
    /// The name of this server in traces.
    #[arg(long = "otel-service-name", env = "OTEL_SERVICE_NAME", global = true, default_value = "seeka", value_parser = text())]
    pub service_name: String,
}

/// When the sample catalogue is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Seed {
    /// Into an empty graph, if it is the local one.
    Auto,
    /// Into an empty graph, wherever it is.
    Empty,
    /// Never.
    Never,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Stands for a secret wherever the configuration is shown.
const MASK: &str = "********";

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::report::is_secret;
    use super::*;

    #[test]
    fn every_setting_is_a_variable_and_a_flag_of_the_same_name() {
        let command = Config::augment_args(Command::new("seeka"));
        let mut count = 0;
        for argument in command.get_arguments() {
            let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let flag = variable.trim_start_matches("SEEKA_").to_lowercase().replace('_', "-");
            assert_eq!(argument.get_long(), Some(flag.as_str()), "{variable}");
            assert!(argument.get_help().is_some(), "{variable} is not explained");
            count += 1;
        }
        assert!(count > 20);
    }

    #[test]
    fn every_secret_can_stand_in_a_file() {
        let command = Config::augment_args(Command::new("seeka"));
        let variables: Vec<_> = command.get_arguments().filter_map(Arg::get_env).collect();
        let secrets: Vec<_> = command.get_arguments().filter(|argument| is_secret(argument)).collect();
        assert!(secrets.len() > 3);
        for secret in secrets {
            let file = format!("{}_FILE", secret.get_env().unwrap_or_default().to_string_lossy());
            assert!(variables.iter().any(|variable| **variable == *file), "{file} is missing");
        }
    }
}
