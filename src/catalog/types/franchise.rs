use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{ContentId, Link, NodeId, Series, Tag, Tenant, loaders, present};
use crate::accounts::User;
use crate::assets::{Asset, AssetRole};
use crate::error::Result;
use crate::follows;
use crate::id::{FranchiseId, TenantId};
use crate::pagination::{Connection, PageArguments};
use crate::time::{Date, Timestamp};

/// A world of stories that holds one or more series.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Franchise {
    /// Identifies the franchise.
    pub id: FranchiseId,
    /// The tenant that owns it.
    #[graphql(skip)]
    pub tenant_id: TenantId,
    /// Its name in addresses, unique among the franchises of its tenant.
    pub slug: String,
    /// What it holds.
    #[graphql(name = "type")]
    pub franchise_type: Option<FranchiseType>,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub synopsis: Option<String>,
    /// What it is about, at length.
    pub description: Option<String>,
    /// The language it is made in, as a BCP 47 tag.
    pub language: Option<String>,
    /// The day that it came out.
    pub release_date: Option<Date>,
    /// Since when viewers can see it.
    pub published_at: Timestamp,
    #[graphql(skip)]
    #[serde(default)]
    link_labels: Option<Vec<String>>,
    #[graphql(skip)]
    #[serde(default)]
    link_urls: Option<Vec<String>>,
}

/// What a franchise holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FranchiseType {
    /// Series with episodes.
    Series,
    /// Films, each an episode of its own.
    Films,
    /// A single work that belongs to nothing else.
    StandAlone,
}

#[ComplexObject]
impl Franchise {
    /// The tenant that owns the franchise.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        present(loaders(ctx).tenant(self.tenant_id).await?)
    }

    /// Places on the web that belong to it, in the order that the creators chose.
    async fn links(&self) -> Vec<Link> {
        Link::list(self.link_labels.as_deref(), self.link_urls.as_deref())
    }

    /// Its series, in the order that the creators chose.
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Series>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).series_of_franchise(self.id, &page).await
    }

    /// Its tags, by name.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).tags_of(ContentId::Franchise(self.id), &page).await
    }

    /// The upright picture that stands for the franchise.
    async fn poster(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        loaders(ctx).asset_of(ContentId::Franchise(self.id), AssetRole::Poster).await
    }

    /// All of its files.
    async fn assets(&self, ctx: &Context<'_>) -> Result<Vec<Asset>> {
        loaders(ctx).assets_of(ContentId::Franchise(self.id)).await
    }

    /// Who follows the franchise, the newest follower first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<User>> {
        let page = PageArguments { first, after, last, before };
        follows::followers(ctx, NodeId::Franchise(self.id), &page).await
    }

    /// How many follow the franchise.
    async fn follower_count(&self, ctx: &Context<'_>) -> Result<i32> {
        follows::follower_count(ctx, NodeId::Franchise(self.id)).await
    }

    /// Whether the viewer follows the franchise; null for somebody who has not signed in.
    #[graphql(cache_control(private))]
    async fn viewer_follows(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        follows::viewer_follows(ctx, NodeId::Franchise(self.id)).await
    }
}
