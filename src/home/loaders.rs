//! What the resolvers of home pages ask for, and how it is batched.

use std::collections::HashMap;

use async_graphql::Context;
use futures::future::try_join_all;

use super::rails::{HomePageRails, MAX_RAIL_ITEMS, Rail, RailSource};
use super::store;
use crate::batch::{BatchLoad, Batched};
use crate::catalog::{CatalogLoaders, Content, Tenant};
use crate::error::Result;
use crate::id::TenantId;
use crate::scope::Scope;

/// Whose home page it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum PageOf {
    /// Of the platform.
    Platform,
    /// Of the tenant with this slug.
    Tenant(String),
}

/// A home page that is there: whose it is, and what it is made of.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The tenant; of the platform's, there is none.
    pub(super) tenant: Option<Tenant>,
    pub(super) rails: HomePageRails,
}

/// A rail whose items are wanted. Its title does not change them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RailKey {
    /// The tenant on whose page it stands.
    pub(super) tenant: Option<TenantId>,
    pub(super) source: RailSource,
    pub(super) limit: i32,
}

struct HomePages;

impl BatchLoad for HomePages {
    type Key = PageOf;
    type Value = Page;

    async fn load(scope: &Scope, keys: &[PageOf]) -> Result<HashMap<PageOf, Page>> {
        store::pages(scope, keys).await
    }
}

struct RailItems;

impl BatchLoad for RailItems {
    type Key = RailKey;
    type Value = Vec<Content>;

    fn items(key: &RailKey) -> usize {
        usize::try_from(key.limit).unwrap_or_default()
    }

    async fn load(scope: &Scope, keys: &[RailKey]) -> Result<HashMap<RailKey, Vec<Content>>> {
        store::items(scope, keys).await
    }
}

/// Home pages as one request sees them.
pub struct HomeLoaders {
    pages: Batched<HomePages>,
    items: Batched<RailItems>,
}

impl HomeLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self { pages: Batched::new(scope.clone()), items: Batched::new(scope.clone()) }
    }
}

fn loaders<'c>(ctx: &Context<'c>) -> &'c HomeLoaders {
    ctx.data_unchecked()
}

/// A home page; nothing if there is no such tenant, or the viewer may not see it.
pub(super) async fn page(ctx: &Context<'_>, of: PageOf) -> Result<Option<Page>> {
    loaders(ctx).pages.load(of).await
}

/// The items of rails, in the order of the rails. Those of a rail that is not for this viewer are none.
pub(super) async fn items(ctx: &Context<'_>, tenant: Option<TenantId>, rails: &[Rail]) -> Result<Vec<Vec<Content>>> {
    let items = try_join_all(rails.iter().map(|rail| items_of(ctx, tenant, rail))).await?;
    for content in &items {
        ctx.data_unchecked::<CatalogLoaders>().keep(content).await;
    }
    Ok(items)
}

async fn items_of(ctx: &Context<'_>, tenant: Option<TenantId>, rail: &Rail) -> Result<Vec<Content>> {
    if rail.source.is_personal() && ctx.data_unchecked::<Scope>().viewer().signed_in().is_err() {
        return Ok(Vec::new());
    }
    // What was stored has been checked, but not by this server.
    let limit = rail.limit.clamp(0, i32::try_from(MAX_RAIL_ITEMS).unwrap_or(i32::MAX));
    let key = RailKey { tenant, source: rail.source.clone(), limit };
    Ok(loaders(ctx).items.load(key).await?.unwrap_or_default())
}
