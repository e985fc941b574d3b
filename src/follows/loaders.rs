//! What the resolvers of follows ask for, and how it is batched.

use std::collections::HashMap;

use async_graphql::Context;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::store::{self, Follow, Standing};
use super::{Followable, FollowableType};
use crate::accounts::{self, User};
use crate::batch::{BatchLoad, Batched};
use crate::catalog::{CatalogLoaders, NodeId};
use crate::error::Result;
use crate::id::UserId;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, Position, SortValue};
use crate::scope::Scope;

const FOLLOWERS: Order = Order { list: "followers", descending: true, columns: &[Column::Time, Column::Text] };
const FOLLOWING: Order = Order { list: "following", descending: true, columns: &[Column::Time, Column::Text] };

/// A page of the followers of something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FollowersPage {
    pub(super) of: NodeId,
    pub(super) page: Page,
}

/// A page of what somebody follows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FollowingPage {
    pub(super) by: UserId,
    pub(super) types: Vec<FollowableType>,
    pub(super) page: Page,
}

struct Followers;

impl BatchLoad for Followers {
    type Key = FollowersPage;
    type Value = Vec<Follow<UserId>>;

    fn items(key: &FollowersPage) -> usize {
        key.page.size
    }

    async fn load(scope: &Scope, keys: &[FollowersPage]) -> Result<HashMap<FollowersPage, Vec<Follow<UserId>>>> {
        store::followers(scope, keys).await
    }
}

struct Following;

impl BatchLoad for Following {
    type Key = FollowingPage;
    type Value = Vec<Follow<NodeId>>;

    fn items(key: &FollowingPage) -> usize {
        key.page.size
    }

    async fn load(scope: &Scope, keys: &[FollowingPage]) -> Result<HashMap<FollowingPage, Vec<Follow<NodeId>>>> {
        store::following(scope, keys).await
    }
}

struct Standings;

impl BatchLoad for Standings {
    type Key = NodeId;
    type Value = Standing;

    async fn load(scope: &Scope, keys: &[NodeId]) -> Result<HashMap<NodeId, Standing>> {
        store::standings(scope, keys).await
    }
}

/// Follows as one request sees them.
pub struct FollowsLoaders {
    followers: Batched<Followers>,
    following: Batched<Following>,
    standings: Batched<Standings>,
}

impl FollowsLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self {
            followers: Batched::new(scope.clone()),
            following: Batched::new(scope.clone()),
            standings: Batched::new(scope.clone()),
        }
    }

    /// Forgets how something stands, because this request has changed it.
    pub(super) async fn forget(&self, id: NodeId) {
        self.standings.forget(id).await;
    }
}

fn loaders<'c>(ctx: &Context<'c>) -> &'c FollowsLoaders {
    ctx.data_unchecked()
}

/// A page of the followers of something that the viewer sees.
pub(crate) async fn followers(ctx: &Context<'_>, of: NodeId, arguments: &PageArguments) -> Result<Connection<User>> {
    let page = arguments.page(&FOLLOWERS)?;
    let found = loaders(ctx).followers.load(FollowersPage { of, page: page.clone() }).await?.unwrap_or_default();
    let users = try_join_all(found.iter().map(|follow| accounts::loaders(ctx).user(follow.id))).await?;
    let since: HashMap<_, _> = found.into_iter().map(|follow| (follow.id, follow.since)).collect();
    // Who is gone meanwhile is left out.
    let users = users.into_iter().flatten().collect();
    Ok(page.connection(&FOLLOWERS, users, |user: &User| position(&since, user.id)))
}

/// A page of what somebody follows.
pub(crate) async fn following(
    ctx: &Context<'_>,
    by: UserId,
    types: Option<Vec<FollowableType>>,
    arguments: &PageArguments,
) -> Result<Connection<Followable>> {
    let page = arguments.page(&FOLLOWING)?;
    let mut types = types.unwrap_or_else(|| FollowableType::ALL.to_vec());
    types.sort_unstable();
    types.dedup();
    let key = FollowingPage { by, types, page: page.clone() };
    let found = loaders(ctx).following.load(key).await?.unwrap_or_default();
    let catalog = ctx.data_unchecked::<CatalogLoaders>();
    let nodes = try_join_all(found.iter().map(|follow| catalog.node(follow.id))).await?;
    let since: HashMap<_, _> = found.into_iter().map(|follow| (follow.id, follow.since)).collect();
    let followed = nodes.into_iter().flatten().filter_map(|node| Followable::try_from(node).ok()).collect();
    Ok(page.connection(&FOLLOWING, followed, |followed: &Followable| position(&since, followed.node_id())))
}

fn position<I: Copy + Eq + std::hash::Hash + ToString>(since: &HashMap<I, DateTime<Utc>>, id: I) -> Position {
    since.get(&id).map(|since| vec![SortValue::Time(*since), SortValue::text(&id)]).unwrap_or_default()
}

/// How many follow something.
pub(crate) async fn follower_count(ctx: &Context<'_>, id: NodeId) -> Result<i32> {
    let standing = loaders(ctx).standings.load(id).await?.unwrap_or_default();
    Ok(i32::try_from(standing.followers).unwrap_or(i32::MAX))
}

/// Whether the viewer follows something; `None` for somebody who has not signed in.
pub(crate) async fn viewer_follows(ctx: &Context<'_>, id: NodeId) -> Result<Option<bool>> {
    if ctx.data_unchecked::<Scope>().viewer().signed_in().is_err() {
        return Ok(None);
    }
    Ok(Some(loaders(ctx).standings.load(id).await?.unwrap_or_default().viewer_follows))
}
