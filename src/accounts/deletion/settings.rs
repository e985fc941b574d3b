use chrono::TimeDelta;

use crate::config::DeletionConfig;

/// How accounts are deleted.
#[derive(Debug, Clone)]
pub struct DeletionSettings {
    /// How long an account can be had back.
    pub(super) patience: TimeDelta,
}

impl DeletionSettings {
    /// Deletes as `config` says.
    #[must_use]
    pub fn new(config: &DeletionConfig) -> Self {
        let days = i64::try_from(config.deletion_days).unwrap_or(i64::MAX);
        Self { patience: TimeDelta::try_days(days).unwrap_or(TimeDelta::MAX) }
    }
}
