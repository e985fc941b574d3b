use std::sync::Arc;
use std::time::Instant;

use futures::future::BoxFuture;
use neo4rs::{Query, Txn};
use serde::de::DeserializeOwned;
use tracing::{Instrument, debug, warn};

use super::error::{is_connection, is_transient};
use super::retries::Retries;
use super::{Graph, GraphError, Statement, deserialize};

/// The work of one transaction: called again from the start when Neo4j asks for a retry.
pub type Work<T> = dyn for<'t> Fn(&'t mut Transaction) -> BoxFuture<'t, Result<T, GraphError>> + Send + Sync;

impl Graph {
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
        let span = self.graph.span(name, "write");
        let result = work.instrument(span.clone()).await;
        let result = result.map_err(|source| GraphError::Neo4j { statement: name, source });
        self.graph.record(&span, name, &result, started);
        deserialize(name, &result?)
    }
}
