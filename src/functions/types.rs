use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::events::AuditEvent;
use crate::time::Timestamp;

/// A function that was given up on an event, because every attempt has failed.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailedFunction {
    /// The name of the function.
    pub(super) function: String,
    /// What happened.
    pub(super) event: AuditEvent,
    /// How often it was attempted.
    attempts: i32,
    /// When it was given up.
    pub(super) failed_at: Timestamp,
    /// Why the last attempt failed.
    error: String,
}
