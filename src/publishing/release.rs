use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::Deserialize;

use crate::accounts::{self, User};
use crate::error::Result;
use crate::id::{ReleaseId, UserId};
use crate::time::Timestamp;

/// What a release did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReleaseKind {
    /// It pushed drafts to production.
    Publish,
    /// It took pages from viewers.
    Unpublish,
    /// It brought back what production had shown before another release.
    Revert,
}

/// A change of what viewers see: all of its pages changed at once.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// Identifies the release.
    pub id: ReleaseId,
    /// Its number within the tenant, counted from 1.
    pub number: i32,
    /// What it did.
    pub kind: ReleaseKind,
    /// What whoever made it wrote about it.
    pub note: Option<String>,
    /// The number of the release that it undid.
    pub reverts: Option<i32>,
    /// How many pages it changed.
    #[graphql(name = "pageCount")]
    pub pages: i32,
    /// When it was made.
    pub created_at: Timestamp,
    #[graphql(skip)]
    #[serde(default)]
    created_by: Option<UserId>,
}

#[ComplexObject]
impl Release {
    /// Who made it. Null if they are not there any more, or if the server made it when its time had come.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        accounts::user(ctx, self.created_by).await
    }
}
