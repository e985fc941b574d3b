//! The statements of `cypher/follows/` and their rows. No other file names them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::loaders::{FollowersPage, FollowingPage};
use crate::batch;
use crate::catalog::NodeId;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::graph::{map, number};
use crate::id::UserId;
use crate::scope::Scope;

/// One end of a follow, and since when it is there: its place in a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Follow<I> {
    pub(super) id: I,
    pub(super) since: DateTime<Utc>,
}

/// Pages of who follows things.
pub(super) async fn followers(
    scope: &Scope,
    keys: &[FollowersPage],
) -> Result<HashMap<FollowersPage, Vec<Follow<UserId>>>> {
    let key = |n: usize, key: &FollowersPage| key.page.key(n, key.of.to_string().into());
    batch::pages(scope, cypher!("follows/followers_by_ids"), keys, |key| &key.page, key).await
}

/// Pages of what users follow; what the viewer may not see is left out.
pub(super) async fn following(
    scope: &Scope,
    keys: &[FollowingPage],
) -> Result<HashMap<FollowingPage, Vec<Follow<NodeId>>>> {
    let entry = |n: usize, key: &FollowingPage| {
        let labels: Vec<&str> = key.types.iter().map(|kind| kind.label()).collect();
        map([
            ("n", number(n)),
            ("id", key.by.into()),
            ("labels", labels.into()),
            ("lower", key.page.lower()),
            ("upper", key.page.upper()),
        ])
    };
    let found: HashMap<_, Vec<Follow<String>>> =
        batch::pages(scope, cypher!("follows/following_by_users"), keys, |key| &key.page, entry).await?;
    let follow = |row: Follow<String>| Some(Follow { id: row.id.parse().ok()?, since: row.since });
    Ok(found.into_iter().map(|(key, rows)| (key, rows.into_iter().filter_map(follow).collect())).collect())
}

/// How something stands with those who follow.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Standing {
    pub(super) followers: i64,
    pub(super) viewer_follows: bool,
}

/// How things stand, all of a level in one statement.
pub(super) async fn standings(scope: &Scope, ids: &[NodeId]) -> Result<HashMap<NodeId, Standing>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        #[serde(flatten)]
        standing: Standing,
    }
    let mut of = HashMap::<_, Vec<String>>::new();
    for id in ids {
        let list = match id {
            NodeId::User(_) => "userIds",
            NodeId::Tag(_) => "tagIds",
            _ => "contentIds",
        };
        of.entry(list).or_default().push(id.to_string());
    }
    let mut statement = cypher!("follows/standings_by_ids");
    for list in ["userIds", "tagIds", "contentIds"] {
        statement = statement.bind(list, of.remove(list).unwrap_or_default());
    }
    let rows = scope.read::<Row>(statement).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id.parse().ok()?, row.standing))).collect())
}

/// What came of following something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Followed {
    /// Whether the viewer follows it now.
    pub(super) follows: bool,
}

/// Follows something that is there, unless the viewer follows too many already.
pub(super) async fn follow(scope: &Scope, id: NodeId, most: i64, event: NewEvent) -> Result<Option<Followed>> {
    let statement =
        cypher!("follows/follow").bind("followedId", id.to_string()).bind("most", most).bind("event", event);
    Ok(scope.write(statement).await?.pop())
}

/// Follows something no longer.
pub(super) async fn unfollow(scope: &Scope, id: NodeId, event: NewEvent) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "deleted")]
        _deleted: i64,
    }
    let statement = cypher!("follows/unfollow").bind("followedId", id.to_string()).bind("event", event);
    scope.write::<Row>(statement).await?;
    Ok(())
}
