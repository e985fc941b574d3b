use crate::error::Error;
use crate::graph::GraphError;

/// The most characters of what operators read of a failure.
const MAX_CHARACTERS: usize = 500;

/// Why a function failed on an event. Operators read it, and it is kept: it says nothing of a person but ids.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FunctionError {
    /// Another attempt may succeed.
    #[error("{0}")]
    Retryable(String),
    /// Another attempt would fail in the same way, so it is given up at once.
    #[error("{0}")]
    Permanent(String),
}

impl FunctionError {
    /// A failure that may pass.
    pub fn retryable(why: impl Into<String>) -> Self {
        Self::Retryable(why.into())
    }

    /// A failure that stays.
    pub fn permanent(why: impl Into<String>) -> Self {
        Self::Permanent(why.into())
    }

    /// What is kept of it.
    pub(super) fn told(&self) -> String {
        self.to_string().chars().take(MAX_CHARACTERS).collect()
    }
}

impl From<Error> for FunctionError {
    fn from(error: Error) -> Self {
        Self::retryable(error.to_string())
    }
}

impl From<GraphError> for FunctionError {
    fn from(error: GraphError) -> Self {
        Self::retryable(error.to_string())
    }
}
