use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{Content, loaders};
use crate::error::Result;
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
}
