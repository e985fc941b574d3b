use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::id::SessionId;
use crate::time::Timestamp;

/// A device or a browser where somebody has signed in.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    /// Identifies the session; give it to `revokeSession` to end it.
    pub(crate) id: SessionId,
    /// When they signed in.
    pub(crate) created_at: Timestamp,
    /// When it was refreshed last.
    pub(crate) last_used_at: Timestamp,
    /// When it ends, unless it is refreshed before.
    pub(crate) expires_at: Timestamp,
    /// The address that it was refreshed from last.
    pub(crate) address: String,
    /// What the program there calls itself.
    pub(crate) user_agent: Option<String>,
    /// Whether this request belongs to it.
    pub(crate) is_current: bool,
}
