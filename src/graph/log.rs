use std::sync::{Mutex, PoisonError};

use serde::Serialize;

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

    /// The correlation id of the request.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        &self.correlation_id
    }

    /// What has run so far.
    #[must_use]
    pub fn records(&self) -> Vec<StatementRecord> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many have run so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none has run so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all but the first `count`, because what the others found out is not used.
    pub fn truncate(&self, count: usize) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).truncate(count);
    }

    pub(super) fn push(&self, record: StatementRecord) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }
}
