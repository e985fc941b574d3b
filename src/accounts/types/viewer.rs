use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{Identity, User};
use crate::accounts::loaders::{loaders, present_user};
use crate::auth::PlatformRole;
use crate::error::Result;
use crate::id::UserId;

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

    /// The identity providers with which they sign in, the oldest first; at most 20.
    async fn identities(&self, ctx: &Context<'_>) -> Result<Vec<Identity>> {
        loaders(ctx).identities(self.id).await
    }
}
