use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{Content, NodeId, loaders, present};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::pagination::{Connection, PageArguments};
use crate::time::Timestamp;

/// Somebody who took part in making something.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
pub struct Person {
    /// Identifies the person.
    pub id: PersonId,
    /// The person's name in addresses.
    pub slug: String,
    /// The name as it is credited.
    pub name: String,
    /// Who this is, in a sentence or two.
    pub biography: Option<String>,
}

#[ComplexObject]
impl Person {
    /// What the person is credited for, newest first.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).credits_of_person(self.id, &page).await
    }
}

/// What a person did for a series or an episode.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Credit {
    /// What the person did.
    pub role: CreditRole,
    /// The character, if the person plays one.
    pub character: Option<String>,
    /// Who it is.
    pub person: Person,
    /// The place within the credits.
    #[graphql(skip)]
    pub position: i64,
    /// What the credit is for.
    #[graphql(skip)]
    pub content_id: String,
    /// When what it is for was published.
    #[graphql(skip)]
    pub published_at: Timestamp,
}

#[ComplexObject]
impl Credit {
    /// What the credit is for: a series or an episode.
    async fn content(&self, ctx: &Context<'_>) -> Result<Content> {
        let id = self.content_id.parse::<NodeId>()?;
        let node = present(loaders(ctx).node(id).await?)?;
        Content::try_from(node).map_err(|_| Error::NotFound("it is not there any more".to_owned()))
    }
}

/// What somebody did for a series or an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CreditRole {
    /// Had the idea.
    Creator,
    /// Wrote it.
    Writer,
    /// Directed it.
    Director,
    /// Made it possible.
    Producer,
    /// Played in it.
    Actor,
    /// Wrote its music.
    Composer,
    /// Cut it.
    Editor,
    /// Was behind the camera.
    Cinematographer,
}
