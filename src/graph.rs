//! The graph: statements from `cypher/`, typed rows, read and write transactions.
//!
//! Every statement is a file named by [`cypher!`](crate::cypher). A statement has a time limit that
//! includes its retries, and is counted in the [`StatementLog`] of the request that runs it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use neo4rs::{BoltMap, BoltString, BoltType, ConfigBuilder, Operation, Query, Row, Txn};
use rand::RngExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, info, info_span, warn};

use crate::config::GraphSettings;

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

/// A statement with its parameters, ready to run.
#[derive(Clone)]
pub struct Statement {
    name: &'static str,
    text: &'static str,
    parameters: BoltMap,
}

impl Statement {
    /// Called by [`cypher!`](crate::cypher): `name` is the file's path below `cypher/`.
    #[must_use]
    pub fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, parameters: BoltMap::default() }
    }

    /// Binds `$key`.
    #[must_use]
    pub fn bind(mut self, key: &str, value: impl Into<BoltType>) -> Self {
        self.parameters.put(key.into(), value.into());
        self
    }

    fn query(&self, limit: Duration, correlation_id: Option<&str>) -> Query {
        // Neo4j ends the transaction by itself at the limit, and SHOW TRANSACTIONS names its cause.
        let metadata =
            map([("statement", self.name.into()), ("correlationId", correlation_id.unwrap_or_default().into())]);
        let milliseconds = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
        Query::new(self.text.to_owned())
            .with_params(self.parameters.clone())
            .extra("tx_timeout", milliseconds)
            .extra("tx_metadata", metadata)
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters hold what people wrote; they stay out of logs.
        f.debug_struct("Statement").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A Cypher map, for parameters that are lists of keys.
#[must_use]
pub fn map<const N: usize>(entries: [(&str, BoltType); N]) -> BoltType {
    let mut map = BoltMap::default();
    for (key, value) in entries {
        map.put(BoltString::from(key), value);
    }
    BoltType::Map(map)
}

/// Why a statement gave no rows.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Neo4j, or the way to it, failed.
    #[error("{statement}: {source}")]
    Neo4j {
        /// The file's name.
        statement: &'static str,
        /// What the driver reports.
        source: neo4rs::Error,
    },
    /// The connection was lost while a transaction was committed: it may be done, or not.
    #[error("{statement}: the commit was not confirmed: {source}")]
    OutcomeOpen {
        /// The name of the transaction.
        statement: &'static str,
        /// What the driver reports.
        source: neo4rs::Error,
    },
    /// The limit for the statement and its retries has passed. What writes may be done, or not.
    #[error("{statement}: no answer within {} ms", limit.as_millis())]
    TimedOut {
        /// The file's name.
        statement: &'static str,
        /// How long it could have taken.
        limit: Duration,
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

impl GraphError {
    /// Whether Neo4j could not be reached or was too busy, so that the same request may work later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::OutcomeOpen { .. } => true,
            Self::Row { .. } => false,
            Self::Neo4j { source, .. } => is_connection(source) || is_transient(source) || is_terminated(source),
        }
    }
}

/// Neo4j says that nothing was done and that the same statement may succeed: a deadlock, a change
/// of leader, memory under pressure. <https://neo4j.com/docs/status-codes/current/errors/all-errors/>
fn is_transient(error: &neo4rs::Error) -> bool {
    use neo4rs::{Neo4jClientErrorKind as Client, Neo4jErrorKind as Kind, Neo4jSecurityErrorKind as Security};
    let neo4rs::Error::Neo4j(error) = error else { return false };
    matches!(
        error.kind(),
        Kind::Transient | Kind::Client(Client::SessionExpired | Client::Security(Security::AuthorizationExpired))
    )
}

/// Neo4j ended the transaction by itself: it is stopping, or the transaction took too long.
fn is_terminated(error: &neo4rs::Error) -> bool {
    let neo4rs::Error::Neo4j(error) = error else { return false };
    error.code().starts_with("Neo.ClientError.Transaction.Terminated")
        || error.code().starts_with("Neo.ClientError.Transaction.TransactionTimedOut")
}

/// The connection was lost or could not be had.
fn is_connection(error: &neo4rs::Error) -> bool {
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
    )
}

/// One statement that a request ran.
#[derive(Debug, Clone, Serialize)]
pub struct StatementRecord {
    /// The file below `cypher/`.
    pub statement: &'static str,
    /// How many rows it returned.
    pub rows: usize,
    /// How long it took, retries included, in milliseconds.
    pub milliseconds: u64,
    /// Whether it ended in an error.
    pub failed: bool,
}

/// The statements of one request, in the order in which they ended.
#[derive(Debug, Default)]
pub struct StatementLog {
    correlation_id: String,
    records: Mutex<Vec<StatementRecord>>,
}

impl StatementLog {
    /// An empty log for the request with this correlation id.
    #[must_use]
    pub fn new(correlation_id: String) -> Self {
        Self { correlation_id, records: Mutex::default() }
    }

    /// What has run so far.
    #[must_use]
    pub fn records(&self) -> Vec<StatementRecord> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, record: StatementRecord) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }
}

/// The way to the graph. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Graph {
    driver: neo4rs::Graph,
    settings: Arc<GraphSettings>,
    log: Option<Arc<StatementLog>>,
}

/// The work of one transaction: called again from the start when Neo4j asks for a retry.
pub type Work<T> = dyn for<'t> Fn(&'t mut Transaction) -> BoxFuture<'t, Result<T, GraphError>> + Send + Sync;

impl Graph {
    /// Prepares the connections; nothing is sent before the first statement.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(settings: GraphSettings) -> Result<Self, neo4rs::Error> {
        let config = ConfigBuilder::default()
            .uri(&settings.uri)
            .user(&settings.user)
            .password(settings.password.expose())
            .db(settings.database.as_str())
            .max_connections(settings.pool_size)
            .fetch_size(settings.fetch_size)
            // The driver bounds every read by this, too; the shorter limits are kept here.
            .connection_timeout(settings.statement_timeout.max(settings.transaction_timeout).max(settings.startup_wait))
            // The driver uses this value as the limit of waiting for a free connection.
            .max_lifetime(Some(settings.acquire_timeout))
            .build()?;
        let driver = neo4rs::Graph::connect(config)?;
        Ok(Self { driver, settings: Arc::new(settings), log: None })
    }

    /// The same graph, for statements that may take longer than those of requests.
    #[must_use]
    pub fn patient(&self, limit: Duration) -> Self {
        let settings = GraphSettings { statement_timeout: limit, ..GraphSettings::clone(&self.settings) };
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The same graph, with its statements counted in `log`.
    #[must_use]
    pub fn logging_to(&self, log: Arc<StatementLog>) -> Self {
        Self { log: Some(log), ..self.clone() }
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
        self.run(Operation::Read, statement).await
    }

    /// Runs one statement that writes, as a transaction of its own, and returns its rows.
    ///
    /// A lost connection is not retried, because the write may have been done.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub async fn write<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        self.run(Operation::Write, statement).await
    }

    async fn run<R: DeserializeOwned>(&self, operation: Operation, statement: Statement) -> Result<Vec<R>, GraphError> {
        let reading = operation.is_read();
        let name = statement.name;
        let limit = self.settings.statement_timeout;
        let correlation_id = self.log.as_ref().map(|log| log.correlation_id.as_str());
        let retryable =
            |error: &neo4rs::Error| is_transient(error) || (reading && (is_connection(error) || is_terminated(error)));
        let attempts = self.retrying(name, limit, retryable, |left| {
            let query = statement.query(left, correlation_id);
            async move {
                let database = self.settings.database.as_str();
                let mut stream = self.driver.execute_on(operation, database, query).await?;
                let mut rows = Vec::new();
                while let Some(row) = stream.next().await? {
                    rows.push(row);
                }
                Ok(rows)
            }
        });
        let started = Instant::now();
        let span = statement_span(name);
        let result = attempts.instrument(span.clone()).await;
        self.record(&span, name, result.as_ref().map(Vec::len).ok(), started);
        deserialize(name, &result?)
    }

    /// Runs `work` in one transaction: all of its statements are written, or none.
    ///
    /// Deadlocks, changes of leader and connections lost before the commit start it again. Once begun,
    /// the transaction is brought to its end even if nobody waits for it any more, because one that is
    /// left in the middle would keep its locks.
    ///
    /// # Errors
    /// As [`Graph::read`], and nothing is written then; but after [`GraphError::OutcomeOpen`] and
    /// [`GraphError::TimedOut`] it may be.
    pub async fn transaction<T: Send + 'static>(
        &self,
        name: &'static str,
        work: Arc<Work<T>>,
    ) -> Result<T, GraphError> {
        let limit = self.settings.transaction_timeout;
        let graph = self.clone();
        let to_its_end = async move { graph.attempts(name, Instant::now() + limit, &*work).await };
        match tokio::time::timeout(limit, tokio::spawn(to_its_end.in_current_span())).await {
            Ok(Ok(result)) => result,
            Ok(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
            Err(_) => Err(GraphError::TimedOut { statement: name, limit }),
        }
    }

    async fn attempts<T>(&self, name: &'static str, deadline: Instant, work: &Work<T>) -> Result<T, GraphError> {
        let mut retries = Retries::new(self.settings.retry_window);
        loop {
            let error = match self.attempt(name, deadline, work).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let again = match &error {
                GraphError::Neo4j { source, .. } => is_transient(source) || is_connection(source),
                _ => false,
            };
            let Some(pause) = retries.next().filter(|pause| again && Instant::now() + *pause < deadline) else {
                return Err(error);
            };
            warn!(transaction = name, %error, "the transaction starts again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt<T>(&self, name: &'static str, deadline: Instant, work: &Work<T>) -> Result<T, GraphError> {
        let failed = |source| GraphError::Neo4j { statement: name, source };
        let inner = self.driver.start_txn_on(self.settings.database.as_str()).await.map_err(failed)?;
        let mut transaction = Transaction { inner, graph: self.clone(), name, deadline };
        let done = work(&mut transaction).await.and_then(|value| transaction.in_time().map(|()| value));
        match done {
            Ok(value) => match transaction.inner.commit().await {
                Ok(_) => Ok(value),
                Err(source) if is_connection(&source) => Err(GraphError::OutcomeOpen { statement: name, source }),
                Err(source) => Err(failed(source)),
            },
            Err(error) => {
                // A rollback that fails changes nothing: the server rolls back with the connection.
                if let Err(rollback) = transaction.inner.rollback().await {
                    debug!(transaction = name, error = %rollback, "the rollback was not confirmed");
                }
                Err(error)
            }
        }
    }

    /// Attempts a statement until it succeeds, fails for good or has taken `limit`.
    ///
    /// The driver itself repeats what Neo4j calls transient at once; only what fails later, while rows
    /// arrive, comes back here. `limit` bounds both.
    async fn retrying<F, Attempt>(
        &self,
        name: &'static str,
        limit: Duration,
        retryable: impl Fn(&neo4rs::Error) -> bool,
        attempt: F,
    ) -> Result<Vec<Row>, GraphError>
    where
        F: Fn(Duration) -> Attempt,
        Attempt: Future<Output = Result<Vec<Row>, neo4rs::Error>>,
    {
        let started = Instant::now();
        let mut retries = Retries::new(self.settings.retry_window);
        let attempts = async {
            loop {
                let error = match attempt(limit.saturating_sub(started.elapsed())).await {
                    Ok(rows) => return Ok(rows),
                    Err(error) => error,
                };
                let Some(pause) = retries.next().filter(|_| retryable(&error)) else {
                    return Err(GraphError::Neo4j { statement: name, source: error });
                };
                debug!(statement = name, %error, "the statement starts again");
                tokio::time::sleep(pause).await;
            }
        };
        tokio::time::timeout(limit, attempts).await.unwrap_or(Err(GraphError::TimedOut { statement: name, limit }))
    }

    /// Notes a statement that ended; without rows, it failed.
    fn record(&self, span: &Span, statement: &'static str, rows: Option<usize>, started: Instant) {
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (rows, failed) = (rows.unwrap_or_default(), rows.is_none());
        span.record("rows", rows).record("milliseconds", milliseconds).record("failed", failed);
        span.in_scope(|| debug!("the statement has ended"));
        if let Some(log) = &self.log {
            log.push(StatementRecord { statement, rows, milliseconds, failed });
        }
    }
}

/// A transaction in progress; see [`Graph::transaction`].
pub struct Transaction {
    inner: Txn,
    graph: Graph,
    name: &'static str,
    deadline: Instant,
}

impl Transaction {
    /// Whether there is still time; otherwise nothing is begun any more.
    fn in_time(&self) -> Result<(), GraphError> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        Err(GraphError::TimedOut { statement: self.name, limit: self.graph.settings.transaction_timeout })
    }

    /// Runs one statement inside the transaction and returns its rows.
    ///
    /// # Errors
    /// As [`Graph::read`]; the transaction cannot be used any more then.
    pub async fn run<R: DeserializeOwned>(&mut self, statement: Statement) -> Result<Vec<R>, GraphError> {
        self.in_time()?;
        let name = statement.name;
        let started = Instant::now();
        let query = Query::new(statement.text.to_owned()).with_params(statement.parameters);
        let work = async {
            let mut stream = self.inner.execute(query).await?;
            let mut rows = Vec::new();
            while let Some(row) = stream.next(self.inner.handle()).await? {
                rows.push(row);
            }
            Ok(rows)
        };
        let span = statement_span(name);
        let result = work.instrument(span.clone()).await;
        self.graph.record(&span, name, result.as_ref().map(Vec::len).ok(), started);
        let rows = result.map_err(|source| GraphError::Neo4j { statement: name, source })?;
        deserialize(name, &rows)
    }
}

fn deserialize<R: DeserializeOwned>(statement: &'static str, rows: &[Row]) -> Result<Vec<R>, GraphError> {
    rows.iter().map(|row| row.to::<R>().map_err(|source| GraphError::Row { statement, source })).collect()
}

fn statement_span(statement: &'static str) -> Span {
    info_span!("cypher", statement, rows = Empty, milliseconds = Empty, failed = Empty)
}

/// The pause before the first retry of a statement.
const RETRY_FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two attempts.
const RETRY_LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Pauses that double up to a limit, each shortened by chance so that clients do not return together.
struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, longest }
    }

    fn next(&mut self) -> Duration {
        let pause = self.next.mul_f64(rand::rng().random_range(0.5..=1.0));
        self.next = (self.next * 2).min(self.longest);
        pause
    }
}

/// The pauses of a work that is tried again, until a time after its first failure.
struct Retries {
    backoff: Backoff,
    window: Duration,
    first_failure: Option<Instant>,
}

impl Retries {
    fn new(window: Duration) -> Self {
        Self { backoff: Backoff::new(RETRY_FIRST_PAUSE, RETRY_LONGEST_PAUSE), window, first_failure: None }
    }

    /// The pause after a failure, or `None` when it was the last.
    fn next(&mut self) -> Option<Duration> {
        let since = *self.first_failure.get_or_insert_with(Instant::now);
        let pause = self.backoff.next();
        (since.elapsed() + pause <= self.window).then_some(pause)
    }
}

/// The row of `platform/ping.cypher`.
#[derive(serde::Deserialize)]
struct Pong {
    #[serde(rename = "pong")]
    _pong: i64,
}
