use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::id::UserId;
use crate::time::Timestamp;

/// Somebody with an account, as everybody sees them.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    /// Identifies the user.
    pub(crate) id: UserId,
    /// Their name in addresses and mentions.
    pub(crate) handle: String,
    /// The name that is shown.
    pub(crate) display_name: String,
    /// When they joined.
    pub(crate) created_at: Timestamp,
}
