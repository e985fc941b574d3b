use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use crate::accounts;
use crate::assets::Asset;
use crate::catalog::NodeId;
use crate::error::Result;
use crate::follows::{self, Followable, FollowableType};
use crate::id::UserId;
use crate::pagination::{Connection, PageArguments};
use crate::time::Timestamp;

/// Somebody with an account, as everybody sees them.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Identifies the user.
    pub id: UserId,
    /// Their name in addresses and mentions.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
    /// What they say about themselves.
    pub bio: Option<String>,
    /// When they joined.
    pub created_at: Timestamp,
    #[graphql(skip)]
    #[serde(default)]
    link_labels: Option<Vec<String>>,
    #[graphql(skip)]
    #[serde(default)]
    link_urls: Option<Vec<String>>,
}

/// A place on the web that a user names.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProfileLink {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

#[ComplexObject]
impl User {
    /// Where else they can be found, in their order; at most ten.
    async fn links(&self) -> Vec<ProfileLink> {
        let (labels, urls) = (self.link_labels.iter().flatten(), self.link_urls.iter().flatten());
        labels.zip(urls).map(|(label, url)| ProfileLink { label: label.clone(), url: url.clone() }).collect()
    }

    /// The picture of the user, if they have one.
    async fn avatar(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        accounts::loaders(ctx).avatar(self.id).await
    }

    /// Who follows the user, the newest follower first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<User>> {
        let page = PageArguments { first, after, last, before };
        follows::followers(ctx, NodeId::User(self.id), &page).await
    }

    /// Whom and what the user follows, what was followed last first.
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to show; everything if nothing is said.")] types: Option<Vec<FollowableType>>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Followable>> {
        let page = PageArguments { first, after, last, before };
        follows::following(ctx, self.id, types, &page).await
    }

    /// How many follow the user.
    async fn follower_count(&self, ctx: &Context<'_>) -> Result<i32> {
        follows::follower_count(ctx, NodeId::User(self.id)).await
    }

    /// Whether the viewer follows the user; null for somebody who has not signed in.
    #[graphql(cache_control(private))]
    async fn viewer_follows(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        follows::viewer_follows(ctx, NodeId::User(self.id)).await
    }
}
