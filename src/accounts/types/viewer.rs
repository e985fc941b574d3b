use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{Session, User};
use crate::accounts::loaders::{loaders, present_user};
use crate::auth::PlatformRole;
use crate::error::Result;
use crate::id::UserId;
use crate::pagination::{Connection, PageArguments};

/// The user who asks: what only they may see of their account.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Viewer {
    #[graphql(skip)]
    pub(crate) id: UserId,
    /// The address that mails go to.
    pub(crate) email: String,
    /// Whether the address has been confirmed.
    pub(crate) email_verified: bool,
    /// What they may do on the platform as a whole.
    pub(crate) roles: Vec<PlatformRole>,
}

#[ComplexObject]
impl Viewer {
    /// What everybody sees of them.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.id).await
    }

    /// Where they are signed in, the newest session first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Session>> {
        loaders(ctx).sessions_of_viewer(&PageArguments { first, after, last, before }).await
    }
}
