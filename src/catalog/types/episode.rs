use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{ContentId, Credit, Link, Series, Tag, Tenant, loaders, present};
use crate::assets::{Asset, AssetRole};
use crate::error::Result;
use crate::id::{EpisodeId, SeriesId, TenantId};
use crate::pagination::{Connection, PageArguments};
use crate::time::{Date, Timestamp};

/// One episode of a series.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Episode {
    /// Identifies the episode.
    pub id: EpisodeId,
    /// The tenant that owns it.
    #[graphql(skip)]
    pub tenant_id: TenantId,
    /// The series that it is part of.
    #[graphql(skip)]
    pub series_id: SeriesId,
    /// Its name in addresses, unique among the episodes of its tenant.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What happens, in a sentence or two.
    pub synopsis: Option<String>,
    /// The language it is made in, as a BCP 47 tag.
    pub language: Option<String>,
    /// Its season, counted from 1.
    pub season: i32,
    /// Its number within the season, counted from 1.
    pub number: i32,
    /// How long it runs, in milliseconds.
    pub duration_ms: Option<i32>,
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
impl Episode {
    /// The tenant that owns the episode.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        present(loaders(ctx).tenant(self.tenant_id).await?)
    }

    /// The series that the episode is part of.
    async fn series(&self, ctx: &Context<'_>) -> Result<Series> {
        present(loaders(ctx).series(self.series_id).await?)
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
        loaders(ctx).tags_of(ContentId::Episode(self.id), &page).await
    }

    /// Who made the episode, in the order that the creators chose.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).credits_of(ContentId::Episode(self.id), &page).await
    }

    /// The wide picture that stands for the episode.
    async fn thumbnail(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        loaders(ctx).asset_of(ContentId::Episode(self.id), AssetRole::Thumbnail).await
    }

    /// What is played.
    async fn video(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        loaders(ctx).asset_of(ContentId::Episode(self.id), AssetRole::Video).await
    }

    /// The captions of the video, one file for each language.
    async fn captions(&self, ctx: &Context<'_>) -> Result<Vec<Asset>> {
        let assets = loaders(ctx).assets_of(ContentId::Episode(self.id)).await?;
        Ok(assets.into_iter().filter(|asset| asset.role == AssetRole::Captions).collect())
    }

    /// All of its files.
    async fn assets(&self, ctx: &Context<'_>) -> Result<Vec<Asset>> {
        loaders(ctx).assets_of(ContentId::Episode(self.id)).await
    }
}
