use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::auth::AccessTokenScope;
use crate::id::AccessTokenId;
use crate::time::Timestamp;

/// A token that a program signs in with in your name. Its text is shown once, when it is made.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessToken {
    /// Identifies the token.
    pub(crate) id: AccessTokenId,
    /// What you called it.
    pub(crate) name: String,
    /// What it may be used for.
    pub(crate) scopes: Vec<AccessTokenScope>,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it was last used, to the hour; null if it never was.
    pub(crate) last_used_at: Option<Timestamp>,
    /// Until when it holds.
    pub(crate) expires_at: Timestamp,
}
