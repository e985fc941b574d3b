use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{Content, NodeId, loaders};
use crate::accounts::User;
use crate::error::Result;
use crate::follows;
use crate::id::TagId;
use crate::pagination::{Connection, PageArguments};

/// A word that links what belongs together, across franchises and tenants.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
pub struct Tag {
    /// Identifies the tag.
    pub id: TagId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

#[ComplexObject]
impl Tag {
    /// What carries the tag, last tagged first.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Content>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).tagged_with(self.id, &page).await
    }

    /// Who follows the tag, the newest follower first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<User>> {
        let page = PageArguments { first, after, last, before };
        follows::followers(ctx, NodeId::Tag(self.id), &page).await
    }

    /// How many follow the tag.
    async fn follower_count(&self, ctx: &Context<'_>) -> Result<i32> {
        follows::follower_count(ctx, NodeId::Tag(self.id)).await
    }

    /// Whether the viewer follows the tag; null for somebody who has not signed in.
    #[graphql(cache_control(private))]
    async fn viewer_follows(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        follows::viewer_follows(ctx, NodeId::Tag(self.id)).await
    }
}
