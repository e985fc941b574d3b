use std::sync::Arc;
use std::time::Instant;

use futures::future::BoxFuture;
use neo4rs::{Row, Txn};
use serde::de::DeserializeOwned;
use tracing::{Instrument, debug, warn};

use super::connections::Permit;
use super::error::{is_connection, is_transient};
use super::retries::Retries;
use super::{Graph, GraphError, Statement, deserialize};

/// The work of one transaction: called again from the start when Neo4j asks for a retry.
pub type Work<T> = dyn for<'t> Fn(&'t mut Transaction) -> BoxFuture<'t, Result<T, GraphError>> + Send + Sync;

impl Graph {
    /// Runs `work` in one transaction: all of its statements are written, or none.
    ///
    /// Deadlocks, changes of leader and connections lost before the commit start it again. Once begun,
    /// the transaction is brought to its end even if nobody waits for it any more, because a caller that
    /// leaves says nothing about what it wanted. At its limit it is closed, and Neo4j undoes it.
    ///
    /// # Errors
    /// As [`Graph::read`], and nothing is written then; but after [`GraphError::OutcomeOpen`] and
    /// [`GraphError::TimedOut`] it may be.
    pub async fn transaction<T: Send + 'static>(
        &self,
        name: &'static str,
        work: Arc<Work<T>>,
    ) -> Result<T, GraphError> {
        let limit = self.limit(self.settings.transaction_timeout);
        if limit.is_zero() {
            return Err(GraphError::TimedOut { statement: name, limit });
        }
        let deadline = Instant::now() + limit;
        let permit = self.pool.permit(name, self.settings.acquire_timeout.min(limit)).await?;
        let graph = self.clone();
        let to_its_end = async move {
            let attempts = graph.transaction_attempts(&permit, name, deadline, &*work);
            let in_time = tokio::time::timeout_at(deadline.into(), attempts).await;
            in_time.unwrap_or(Err(GraphError::TimedOut { statement: name, limit }))
        };
        match tokio::spawn(to_its_end.in_current_span()).await {
            Ok(result) => result,
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            // The runtime ends, and everything in it.
            Err(_) => Err(GraphError::TimedOut { statement: name, limit }),
        }
    }

    async fn transaction_attempts<T>(
        &self,
        permit: &Permit,
        name: &'static str,
        deadline: Instant,
        work: &Work<T>,
    ) -> Result<T, GraphError> {
        let mut retries = Retries::new(self.settings.retry_window);
        loop {
            let error = match self.transaction_attempt(permit, name, work).await {
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

    async fn transaction_attempt<T>(
        &self,
        permit: &Permit,
        name: &'static str,
        work: &Work<T>,
    ) -> Result<T, GraphError> {
        let failed = |source| GraphError::Neo4j { statement: name, source };
        let connection = permit.connect().await.map_err(failed)?;
        let inner = connection.driver().start_txn_on(self.settings.database.as_str()).await.map_err(failed)?;
        let mut transaction = Transaction { inner, graph: self.clone(), marks: false, undone: false };
        match work(&mut transaction).await {
            Ok(value) if transaction.undone => {
                transaction.inner.rollback().await.map_err(failed)?;
                connection.keep();
                Ok(value)
            }
            Ok(value) => {
                let marks = transaction.marks;
                match transaction.inner.commit().await {
                    Ok(_) => {
                        connection.keep();
                        if marks {
                            self.marked.notify_one();
                        }
                        Ok(value)
                    }
                    Err(source) if is_connection(&source) => Err(GraphError::OutcomeOpen { statement: name, source }),
                    Err(source) => Err(failed(source)),
                }
            }
            Err(error) => {
                match transaction.inner.rollback().await {
                    Ok(()) => connection.keep(),
                    // After a statement that failed there is nothing to roll back; Neo4j has done that.
                    Err(rollback) => debug!(transaction = name, error = %rollback, "the rollback was not confirmed"),
                }
                Err(error)
            }
        }
    }
}

/// A transaction in progress; see [`Graph::transaction`].
pub struct Transaction {
    inner: Txn,
    graph: Graph,
    /// Whether it writes an event that functions listen to.
    marks: bool,
    /// Whether it ends without having written anything.
    undone: bool,
}

impl Transaction {
    /// Has the transaction undone at its end, whatever it comes to: what it found out is of use, and nothing is written.
    pub fn undo(&mut self) {
        self.undone = true;
    }

    /// Runs one statement inside the transaction and returns its rows.
    ///
    /// # Errors
    /// As [`Graph::read`]; the transaction cannot be used any more then.
    pub async fn run<R: DeserializeOwned>(&mut self, statement: Statement) -> Result<Vec<R>, GraphError> {
        let name = statement.name;
        deserialize(name, &self.rows(statement).await?)
    }

    /// The same, for rows that somebody else makes something of.
    pub(super) async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>, GraphError> {
        let name = statement.name;
        self.marks |= statement.marks;
        let started = Instant::now();
        let query = statement.into_query();
        let work = async {
            let mut stream = self.inner.execute(query).await?;
            let mut rows = Vec::new();
            while let Some(row) = stream.next(self.inner.handle()).await? {
                rows.push(row);
            }
            Ok(rows)
        };
        let span = self.graph.span(name, "write");
        let result = work.instrument(span.clone()).await;
        let result = result.map_err(|source| GraphError::Neo4j { statement: name, source });
        self.graph.record(&span, name, &result, started);
        result
    }
}
