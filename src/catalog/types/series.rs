use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{ContentId, Credit, Episode, Franchise, Link, NodeId, Tag, Tenant, loaders, present};
use crate::accounts::User;
use crate::assets::{Asset, AssetRole};
use crate::error::Result;
use crate::follows;
use crate::id::{FranchiseId, SeriesId, TenantId};
use crate::pagination::{Connection, PageArguments};
use crate::time::{Date, Timestamp};

/// A run of episodes within a franchise.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Identifies the series.
    pub id: SeriesId,
    /// The tenant that owns it.
    #[graphql(skip)]
    pub tenant_id: TenantId,
    /// The franchise that it is part of.
    #[graphql(skip)]
    pub franchise_id: FranchiseId,
    /// Its place within the franchise, where the statement knows it.
    #[graphql(skip)]
    #[serde(default)]
    pub position: i64,
    /// Its name in addresses, unique among the series of its tenant.
    pub slug: String,
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

#[ComplexObject]
impl Series {
    /// The tenant that owns the series.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        present(loaders(ctx).tenant(self.tenant_id).await?)
    }

    /// The franchise that the series is part of.
    async fn franchise(&self, ctx: &Context<'_>) -> Result<Franchise> {
        present(loaders(ctx).franchise(self.franchise_id).await?)
    }

    /// Its episodes, by season and number.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Episode>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).episodes_of_series(self.id, &page).await
    }

    /// Places on the web that belong to it, in the order that the creators chose.
    async fn links(&self) -> Vec<Link> {
        Link::list(self.link_labels.as_deref(), self.link_urls.as_deref())
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
        loaders(ctx).tags_of(ContentId::Series(self.id), &page).await
    }

    /// Who made the series, in the order that the creators chose.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).credits_of(ContentId::Series(self.id), &page).await
    }

    /// The upright picture that stands for the series.
    async fn poster(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        loaders(ctx).asset_of(ContentId::Series(self.id), AssetRole::Poster).await
    }

    /// All of its files.
    async fn assets(&self, ctx: &Context<'_>) -> Result<Vec<Asset>> {
        loaders(ctx).assets_of(ContentId::Series(self.id)).await
    }

    /// Who follows the series, the newest follower first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<User>> {
        let page = PageArguments { first, after, last, before };
        follows::followers(ctx, NodeId::Series(self.id), &page).await
    }

    /// How many follow the series.
    async fn follower_count(&self, ctx: &Context<'_>) -> Result<i32> {
        follows::follower_count(ctx, NodeId::Series(self.id)).await
    }

    /// Whether the viewer follows the series; null for somebody who has not signed in.
    #[graphql(cache_control(private))]
    async fn viewer_follows(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        follows::viewer_follows(ctx, NodeId::Series(self.id)).await
    }
}
