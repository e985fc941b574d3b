//! The graph: statements from `cypher/`, typed rows, read and write transactions.
//!
//! Every statement is a file named by [`cypher!`](crate::cypher). A statement has a time limit that
//! includes its retries, and is counted in the [`StatementLog`] of the request that runs it. A statement
//! that takes too long, or that nobody waits for any more, ends in Neo4j, too.

mod connections;
mod error;
mod log;
mod reads;
mod retries;
mod statement;
mod transaction;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use connections::Connections;
pub use error::GraphError;
pub use log::{StatementLog, StatementRecord};
pub use reads::{Answering, InTransaction};
pub use statement::{Statement, map, number, query};
pub use transaction::{Transaction, Work};

use connections::{Permit, Pool};
use error::{is_connection, is_gone, is_terminated, is_transient};
use futures::future::BoxFuture;
use neo4rs::{Operation, Row};
use retries::{Backoff, Retries};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tracing::{Instrument, Span, debug, info};

use crate::config::GraphSettings;
use crate::telemetry::{self, Metrics};

/// Names a statement by its file under `cypher/`, without the ending.
///
/// The text is compiled into the binary, so a misspelt name does not compile.
#[macro_export]
macro_rules! cypher {
    ($name:literal) => {
        $crate::graph::Statement::new(
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cypher/", $name, ".cypher")),
        )
    };
}

/// Whether a statement whose outcome is not known may be run once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It changes nothing then that it has not changed before.
    Safe,
    /// It might be done twice.
    Open,
}

/// How often rows that do not fit are read again, before the code is held to be wrong about them.
const MAX_REREADS: usize = 4;

/// The way to the graph. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Graph {
    pool: Arc<Pool>,
    settings: Arc<GraphSettings>,
    log: Option<Arc<StatementLog>>,
    deadline: Option<Instant>,
    metrics: Arc<Metrics>,
    /// Woken when an event was written that functions listen to.
    marked: Arc<Notify>,
}

impl Graph {
    /// Prepares the connections; nothing is sent before the first statement.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(settings: GraphSettings) -> Result<Self, neo4rs::Error> {
        let pool = Arc::new(Pool::new(&settings)?);
        Ok(Self {
            pool,
            settings: Arc::new(settings),
            log: None,
            deadline: None,
            metrics: Arc::default(),
            marked: Arc::default(),
        })
    }

    /// The use of the connections at this moment.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.pool.connections()
    }

    /// How many connections are open and rest.
    #[must_use]
    pub fn resting_connections(&self) -> usize {
        self.pool.resting_now()
    }

    /// The metrics of the process: statements and loaders count into them, the edge shows them.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Waits until this process has written an event that functions listen to. One who waits is enough; what was
    /// written before is not missed.
    pub async fn has_marked(&self) {
        self.marked.notified().await;
    }

    /// The same graph, for statements and transactions that may take longer than those of requests.
    #[must_use]
    pub fn patient(&self, limit: Duration) -> Self {
        let transaction_timeout = self.settings.transaction_timeout.max(limit);
        let own = GraphSettings::clone(&self.settings);
        let settings = GraphSettings { statement_timeout: limit, transaction_timeout, ..own };
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The same graph, for a request that has to be answered by `deadline`: every statement and every
    /// transaction, with its retries, fits into what is left.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self.clone() }
    }

    /// The limit of what usually has `usual`.
    fn limit(&self, usual: Duration) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(usual, |left| usual.min(left))
    }

    /// The same graph, with its statements counted in `log`.
    #[must_use]
    pub fn logging_to(&self, log: Arc<StatementLog>) -> Self {
        Self { log: Some(log), ..self.clone() }
    }

    /// The correlation id of the request that the statements are for; empty outside of one.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        self.log.as_ref().map(|log| log.correlation_id()).unwrap_or_default()
    }

    /// Waits until Neo4j answers, for the configured time.
    ///
    /// # Errors
    /// The last failure, once the time has passed. A refused password is not waited for.
    pub async fn wait_until_ready(&self) -> Result<(), GraphError> {
        let started = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        loop {
            let error = match self.ping().await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let pause = backoff.next();
            if !error.is_unavailable() || started.elapsed() + pause > self.settings.startup_wait {
                return Err(error);
            }
            info!(uri = %self.settings.uri, %error, "Neo4j does not answer yet");
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks Neo4j for a sign of life.
    ///
    /// # Errors
    /// When there is none within the limit of a statement.
    pub async fn ping(&self) -> Result<(), GraphError> {
        self.read::<Pong>(cypher!("platform/ping")).await.map(drop)
    }

    /// Runs a statement that only reads, and returns its rows.
    ///
    /// Read mode is enforced by Neo4j: a write in such a statement fails.
    ///
    /// # Errors
    /// When Neo4j refuses it, does not answer in time, or a row does not fit `R`.
    pub async fn read<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        self.run(Operation::Read, Again::Safe, statement).await
    }

    /// Runs one statement that writes, as a transaction of its own, and returns its rows.
    ///
    /// A lost connection is not retried, because the write may have been done.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub async fn write<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        self.run(Operation::Write, Again::Open, statement).await
    }

    /// The same for a statement that may as well be run twice: whatever a read is repeated after, it is, too.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub async fn write_again<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        self.run(Operation::Write, Again::Safe, statement).await
    }

    async fn run<R: DeserializeOwned>(
        &self,
        operation: Operation,
        again: Again,
        statement: Statement,
    ) -> Result<Vec<R>, GraphError> {
        let (name, marks) = (statement.name, statement.marks);
        let limit = self.limit(self.settings.statement_timeout);
        if limit.is_zero() {
            return Err(GraphError::TimedOut { statement: name, limit });
        }
        let started = Instant::now();
        let span = self.span(name, if operation.is_read() { "read" } else { "write" });
        let rows = async {
            let permit = self.pool.permit(name, self.settings.acquire_timeout).await?;
            self.metrics.waited(started.elapsed());
            self.attempts(&permit, (operation, again), &statement, started + limit).await
        };
        // Dropping what is not done in time closes its connection.
        let result = tokio::time::timeout(limit, Box::pin(rows.instrument(span.clone()))).await;
        let result = result.unwrap_or(Err(GraphError::TimedOut { statement: name, limit }));
        self.record(&span, name, &result, started);
        if marks && result.is_ok() {
            self.marked.notify_one();
        }
        result
    }

    /// Attempts a statement until it succeeds or fails for good.
    ///
    /// The driver itself repeats what Neo4j calls transient at once; only what fails later, while rows
    /// arrive, comes back here. The caller bounds both.
    async fn attempts<R: DeserializeOwned>(
        &self,
        permit: &Permit,
        (operation, again): (Operation, Again),
        statement: &Statement,
        deadline: Instant,
    ) -> Result<Vec<R>, GraphError> {
        let name = statement.name;
        let safe = again == Again::Safe;
        let mut retries = Retries::new(self.settings.retry_window);
        let mut rereads = 0..MAX_REREADS;
        loop {
            // Boxed without its type, because the driver's futures are deep, and those of resolvers contain them.
            let attempt: BoxFuture<'_, _> = Box::pin(self.attempt(permit, operation, statement, deadline));
            let rows = attempt.await.map_err(|source| GraphError::Neo4j { statement: name, source });
            let error = match rows.and_then(|rows| deserialize(name, &rows)) {
                Ok(rows) => return Ok(rows),
                Err(error) => error,
            };
            let again = match &error {
                GraphError::Neo4j { source, .. } => {
                    is_transient(source)
                        || (safe && (is_connection(source) || is_terminated(source) || is_gone(source)))
                }
                // What is deleted while it is looked at reads as null.
                GraphError::Row { .. } => safe && rereads.next().is_some(),
                _ => false,
            };
            let Some(pause) = retries.next().filter(|_| again) else { return Err(error) };
            debug!(statement = name, %error, "the statement starts again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        permit: &Permit,
        operation: Operation,
        statement: &Statement,
        deadline: Instant,
    ) -> Result<Vec<Row>, neo4rs::Error> {
        let connection = permit.connect().await?;
        let left = deadline.saturating_duration_since(Instant::now());
        let query = statement.query(left, self.log.as_ref().map(|log| log.correlation_id()));
        let database = self.settings.database.as_str();
        let mut stream = connection.driver().execute_on(operation, database, query).await?;
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await? {
            rows.push(row);
        }
        drop(stream);
        connection.keep();
        Ok(rows)
    }

    fn span(&self, statement: &'static str, operation: &'static str) -> Span {
        telemetry::statement_span(statement, &self.settings.database, operation)
    }

    /// Notes a statement that ended.
    fn record<R>(&self, span: &Span, statement: &'static str, result: &Result<Vec<R>, GraphError>, started: Instant) {
        let took = started.elapsed();
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let outcome = result.as_ref().map(Vec::len).map_err(GraphError::class);
        let (rows, failed) = (*outcome.as_ref().unwrap_or(&0), outcome.is_err());
        telemetry::statement_ended(span, &outcome);
        self.metrics.statement(statement, took, outcome.as_ref().err().map(AsRef::as_ref));
        debug!(statement, rows, milliseconds, failed, "the statement has ended");
        if let Some(log) = &self.log {
            log.push(StatementRecord { statement, rows, milliseconds, failed });
        }
    }
}

fn deserialize<R: DeserializeOwned>(statement: &'static str, rows: &[Row]) -> Result<Vec<R>, GraphError> {
    rows.iter().map(|row| row.to::<R>().map_err(|source| GraphError::Row { statement, source })).collect()
}

/// The row of `platform/ping.cypher`.
#[derive(serde::Deserialize)]
struct Pong {
    #[serde(rename = "pong")]
    _pong: i64,
}
