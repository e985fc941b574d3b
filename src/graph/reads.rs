use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};

use super::{GraphError, Statement, Transaction, deserialize};

/// How many statements wait for one another at the most.
const WAITING: usize = 64;

/// What somebody asks, and where the answer goes.
type Asked = (Statement, oneshot::Sender<Result<Vec<neo4rs::Row>, GraphError>>);

/// A way to read what is there within a transaction that is not committed. Statements run one after the other.
#[derive(Clone)]
pub struct InTransaction(mpsc::Sender<Asked>);

/// Answers those who read within a transaction.
pub struct Answering(mpsc::Receiver<Asked>);

impl InTransaction {
    /// Both ends.
    #[must_use]
    pub fn new() -> (Self, Answering) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), Answering(receiver))
    }

    /// Runs a statement within the transaction, and returns its rows.
    ///
    /// # Errors
    /// As [`Graph::read`](super::Graph::read); [`GraphError::Ended`] when the transaction has ended.
    pub async fn read<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        let name = statement.name();
        let (sender, receiver) = oneshot::channel();
        let ended = || GraphError::Ended { statement: name };
        self.0.send((statement, sender)).await.map_err(|_| ended())?;
        let rows = receiver.await.map_err(|_| ended())??;
        deserialize(name, &rows)
    }
}

impl Answering {
    /// Runs what is asked within `transaction`, until nobody can ask any more.
    pub async fn answer(mut self, transaction: &mut Transaction) {
        while let Some((statement, reply)) = self.0.recv().await {
            // Whoever does not wait any more needs no answer.
            let _ = reply.send(transaction.rows(statement).await);
        }
    }
}
