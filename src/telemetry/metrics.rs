use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::graph::Connections;

/// The content type of [`Metrics::encode`]: the text format of `OpenMetrics`
/// (<https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>).
pub const METRICS_CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds for requests, in seconds, as the HTTP conventions advise
/// (<https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration>).
const REQUEST_SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Bounds for statements and for the wait for a connection, in seconds, as the database conventions advise
/// (<https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#metric-dbclientoperationduration>).
const STATEMENT_SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];
/// Bounds for attempts of functions, in seconds: up to minutes, where files are worked on.
const FUNCTION_SECONDS: [f64; 9] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0];
/// Bounds for the keys of a batch, up to the most that a batch may have.
const BATCH_KEYS: [f64; 9] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];

/// What the server counts, for a scraper.
///
/// Labels hold what the server chose (codes, names of files and loaders, kinds of operations), never what a
/// client wrote: such a label would have no end, and would show the client's text. The names are those of
/// the OpenTelemetry conventions in the spelling of Prometheus, and begin with `seeka_` where there is none.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    errors: Family<ErrorLabels, Counter>,
    statements: Family<StatementLabels, Histogram, fn() -> Histogram>,
    failures: Family<FailureLabels, Counter>,
    batches: Family<LoaderLabels, Histogram, fn() -> Histogram>,
    pool_max: Gauge,
    pool: Family<PoolLabels, Gauge>,
    pool_pending: Gauge,
    pool_wait: Histogram,
    mails: Family<MailLabels, Counter>,
    functions: Family<FunctionOutcomeLabels, Histogram, fn() -> Histogram>,
    functions_waiting: Family<FunctionLabels, Gauge>,
    functions_lag: Family<FunctionLabels, Gauge<f64, AtomicU64>>,
    functions_failed: Family<FunctionLabels, Gauge>,
}

/// What came of an attempt to send a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// It was sent.
    Sent,
    /// It failed, and is tried again.
    Delayed,
    /// It failed, and is not tried again.
    GivenUp,
}

/// What came of an attempt of a function on an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionOutcome {
    /// It is done.
    Done,
    /// It failed, and is attempted again.
    Delayed,
    /// It failed, and is not attempted again.
    GivenUp,
    /// The server stops, and another one does it.
    GivenBack,
    /// Another server does it meanwhile.
    Lost,
}

/// A request that has begun; the gauge of requests in flight counts it until it is dropped.
#[derive(Debug)]
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    graphql_operation_type: &'static str,
    http_response_status_code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatementLabels {
    statement: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FailureLabels {
    statement: &'static str,
    error_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LoaderLabels {
    loader: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MailLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FunctionLabels {
    function: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FunctionOutcomeLabels {
    function: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolLabels {
    db_client_connection_state: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::new_with_constructor(|| Histogram::new(REQUEST_SECONDS)),
            in_flight: Gauge::default(),
            errors: Family::default(),
            statements: Family::new_with_constructor(|| Histogram::new(STATEMENT_SECONDS)),
            failures: Family::default(),
            batches: Family::new_with_constructor(|| Histogram::new(BATCH_KEYS)),
            pool_max: Gauge::default(),
            pool: Family::default(),
            pool_pending: Gauge::default(),
            pool_wait: Histogram::new(STATEMENT_SECONDS),
            mails: Family::default(),
            functions: Family::new_with_constructor(|| Histogram::new(FUNCTION_SECONDS)),
            functions_waiting: Family::default(),
            functions_lag: Family::default(),
            functions_failed: Family::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register_with_unit(
            "http_server_request_duration",
            "Duration of GraphQL requests, by operation type and HTTP status; status 0 for clients that left before the answer",
            Unit::Seconds,
            self.requests.clone(),
        );
        registry.register("http_server_active_requests", "GraphQL requests in flight", self.in_flight.clone());
        registry.register("seeka_graphql_errors", "Errors in answers, by extensions.code", self.errors.clone());
        registry.register_with_unit(
            "db_client_operation_duration",
            "Duration of statements with their retries, by file below cypher/",
            Unit::Seconds,
            self.statements.clone(),
        );
        registry.register(
            "seeka_statement_failures",
            "Statements that failed, by file and reason",
            self.failures.clone(),
        );
        registry.register("seeka_loader_batch_keys", "Keys of each batch, by loader", self.batches.clone());
        registry.register("db_client_connection_max", "The most connections to Neo4j", self.pool_max.clone());
        registry.register("db_client_connection_count", "Connections to Neo4j, by state", self.pool.clone());
        registry.register(
            "db_client_connection_pending_requests",
            "Statements that wait for a connection",
            self.pool_pending.clone(),
        );
        registry.register_with_unit(
            "db_client_connection_wait_time",
            "How long statements waited for a connection",
            Unit::Seconds,
            self.pool_wait.clone(),
        );
        registry.register("seeka_mails", "Attempts to send a mail, by what came of them", self.mails.clone());
        registry.register_with_unit(
            "seeka_function_duration",
            "Duration of attempts of functions on events, by function and what came of it",
            Unit::Seconds,
            self.functions.clone(),
        );
        registry.register(
            "seeka_function_backlog",
            "Events that wait for a function, on all servers together; counted up to 100,000",
            self.functions_waiting.clone(),
        );
        registry.register_with_unit(
            "seeka_function_lag",
            "Age of the event that has waited longest for a function, on all servers together",
            Unit::Seconds,
            self.functions_lag.clone(),
        );
        registry.register(
            "seeka_function_failed",
            "Events that a function was given up on, on all servers together; counted up to 100,000",
            self.functions_failed.clone(),
        );
        self
    }

    /// All metrics as text, in the format of [`METRICS_CONTENT_TYPE`].
    #[must_use]
    pub fn encode(&self) -> String {
        let mut encoded = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut encoded, &self.registry);
        encoded
    }

    /// Sets the gauges of the connections; to be called right before [`Metrics::encode`].
    pub fn set_connections(&self, connections: Connections, resting: usize) {
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.pool_max.set(gauge(connections.size));
        let state = |db_client_connection_state| PoolLabels { db_client_connection_state };
        self.pool.get_or_create(&state("used")).set(gauge(connections.in_use));
        self.pool.get_or_create(&state("idle")).set(gauge(resting));
        self.pool_pending.set(gauge(connections.waiting));
    }

    /// Notes how long a statement waited for a connection.
    pub fn waited(&self, wait: Duration) {
        self.pool_wait.observe(wait.as_secs_f64());
    }

    /// Counts an error of an answer by its `extensions.code`.
    pub fn error(&self, code: &'static str) {
        self.errors.get_or_create(&ErrorLabels { code }).inc();
    }

    /// Notes a statement that has ended, with the class of its error if it failed.
    pub fn statement(&self, statement: &'static str, took: Duration, failure: Option<&str>) {
        self.statements.get_or_create(&StatementLabels { statement }).observe(took.as_secs_f64());
        if let Some(failure) = failure {
            let labels = FailureLabels { statement, error_type: failure.to_owned() };
            self.failures.get_or_create(&labels).inc();
        }
    }

    /// Notes a batch of a loader.
    pub fn batch(&self, loader: &'static str, keys: usize) {
        let keys = u32::try_from(keys).unwrap_or(u32::MAX);
        self.batches.get_or_create(&LoaderLabels { loader }).observe(f64::from(keys));
    }

    /// Counts an attempt to send a mail.
    pub fn mail(&self, outcome: MailOutcome) {
        let outcome = match outcome {
            MailOutcome::Sent => "sent",
            MailOutcome::Delayed => "delayed",
            MailOutcome::GivenUp => "given_up",
        };
        self.mails.get_or_create(&MailLabels { outcome }).inc();
    }

    /// Notes an attempt of a function on an event.
    pub fn function(&self, function: &'static str, outcome: FunctionOutcome, took: Duration) {
        let outcome = match outcome {
            FunctionOutcome::Done => "done",
            FunctionOutcome::Delayed => "delayed",
            FunctionOutcome::GivenUp => "given_up",
            FunctionOutcome::GivenBack => "given_back",
            FunctionOutcome::Lost => "lost",
        };
        self.functions.get_or_create(&FunctionOutcomeLabels { function, outcome }).observe(took.as_secs_f64());
    }

    /// Sets what a function has before it: how much waits, how old the oldest of it is, how much was given up.
    pub fn function_backlog(&self, function: &'static str, waiting: i64, lag: Duration, failed: i64) {
        let labels = FunctionLabels { function };
        self.functions_waiting.get_or_create(&labels).set(waiting);
        self.functions_lag.get_or_create(&labels).set(lag.as_secs_f64());
        self.functions_failed.get_or_create(&labels).set(failed);
    }

    /// Notes a request that has been answered with this status, or that was left alone (0).
    pub(super) fn request(&self, operation_type: &'static str, status: u16, took: Duration) {
        let labels = RequestLabels { graphql_operation_type: operation_type, http_response_status_code: status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Counts a request as in flight until what is returned is dropped.
    pub(super) fn in_flight(self: &Arc<Self>) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_named_by_the_conventions() {
        let metrics = Arc::new(Metrics::default());
        metrics.request("query", 200, Duration::from_millis(30));
        metrics.error("NOT_FOUND");
        metrics.statement("platform/ping", Duration::from_micros(700), Some("timeout"));
        metrics.batch("NodesByIds", 7);
        metrics.set_connections(Connections { size: 32, in_use: 2, waiting: 1 }, 3);
        metrics.waited(Duration::from_millis(2));
        metrics.mail(MailOutcome::Delayed);
        metrics.function("standing-mail", FunctionOutcome::GivenUp, Duration::from_millis(30));
        metrics.function_backlog("standing-mail", 3, Duration::from_millis(1_500), 1);
        let flight = metrics.in_flight();
        let text = metrics.encode();
        for line in [
            r#"http_server_request_duration_seconds_count{graphql_operation_type="query",http_response_status_code="200"} 1"#,
            r#"http_server_request_duration_seconds_bucket{le="0.05",graphql_operation_type="query",http_response_status_code="200"} 1"#,
            "http_server_active_requests 1",
            r#"seeka_graphql_errors_total{code="NOT_FOUND"} 1"#,
            r#"db_client_operation_duration_seconds_bucket{le="0.001",statement="platform/ping"} 1"#,
            r#"seeka_statement_failures_total{statement="platform/ping",error_type="timeout"} 1"#,
            r#"seeka_loader_batch_keys_sum{loader="NodesByIds"} 7.0"#,
            "db_client_connection_max 32",
            r#"db_client_connection_count{db_client_connection_state="used"} 2"#,
            r#"db_client_connection_count{db_client_connection_state="idle"} 3"#,
            "db_client_connection_pending_requests 1",
            "db_client_connection_wait_time_seconds_count 1",
            r#"seeka_mails_total{outcome="delayed"} 1"#,
            r#"seeka_function_duration_seconds_count{function="standing-mail",outcome="given_up"} 1"#,
            r#"seeka_function_backlog{function="standing-mail"} 3"#,
            r#"seeka_function_lag_seconds{function="standing-mail"} 1.5"#,
            r#"seeka_function_failed{function="standing-mail"} 1"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
        drop(flight);
        assert!(metrics.encode().contains("http_server_active_requests 0"));
    }
}
