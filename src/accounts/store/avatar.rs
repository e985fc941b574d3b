use std::collections::HashMap;

use neo4rs::BoltType;
use serde::Deserialize;

use crate::assets::Asset;
use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::NewEvent;
use crate::id::{AssetId, UserId};
use crate::scope::Scope;

/// The pictures of users; a key without a picture is absent.
pub(in crate::accounts) async fn avatars_by_users(scope: &Scope, ids: &[UserId]) -> Result<HashMap<UserId, Asset>> {
    #[derive(Deserialize)]
    struct Row {
        user: UserId,
        avatar: Asset,
    }
    let ids: Vec<BoltType> = ids.iter().map(|id| (*id).into()).collect();
    let rows = scope.read::<Row>(cypher!("accounts/avatars_by_users").bind("ids", ids)).await?;
    Ok(rows.into_iter().map(|row| (row.user, row.avatar)).collect())
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

/// Begins an upload of the viewer's picture, and returns the keys of those that were begun before.
pub(in crate::accounts) async fn begin_avatar(
    scope: &Scope,
    id: AssetId,
    key: &str,
    content_type: &str,
) -> Result<Vec<String>> {
    let statement = cypher!("accounts/begin_avatar").bind("id", id).bind("key", key).bind("contentType", content_type);
    let row = scope.write::<Keys>(statement).await?.pop();
    Ok(row.ok_or_else(session_ended)?.keys)
}

/// An upload that was begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::accounts) struct PendingAvatar {
    pub(in crate::accounts) key: String,
    pub(in crate::accounts) content_type: String,
}

/// An upload that the viewer has begun.
pub(in crate::accounts) async fn pending_avatar(scope: &Scope, id: AssetId) -> Result<Option<PendingAvatar>> {
    Ok(scope.read(cypher!("accounts/pending_avatar").bind("id", id)).await?.pop())
}

/// A picture that was looked at.
pub(in crate::accounts) struct Avatar<'a> {
    pub(in crate::accounts) id: AssetId,
    pub(in crate::accounts) key: &'a str,
    pub(in crate::accounts) bytes: i64,
    pub(in crate::accounts) checksum: &'a str,
}

/// Shows a picture, and returns the keys of those that it takes the place of.
pub(in crate::accounts) async fn complete_avatar(
    scope: &Scope,
    avatar: &Avatar<'_>,
    event: NewEvent,
) -> Result<Option<Vec<String>>> {
    let statement = cypher!("accounts/complete_avatar")
        .bind("id", avatar.id)
        .bind("key", avatar.key)
        .bind("bytes", avatar.bytes)
        .bind("checksum", avatar.checksum)
        .bind("event", event);
    Ok(scope.write::<Keys>(statement).await?.pop().map(|row| row.keys))
}

/// Removes the viewer's picture, and what was begun; returns the keys of the files.
pub(in crate::accounts) async fn remove_avatar(scope: &Scope, event: NewEvent) -> Result<Vec<String>> {
    let rows = scope.write::<Keys>(cypher!("accounts/remove_avatar").bind("event", event)).await?;
    Ok(rows.into_iter().flat_map(|row| row.keys).collect())
}
