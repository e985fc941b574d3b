use async_graphql::{Context, Object};

use super::handle::Handle;
use super::loaders::loaders;
use super::providers::IdentityProviders;
use super::store;
use super::types::{IdentityProvider, User, Viewer};
use crate::error::{Result, session_ended};
use crate::scope::Scope;

/// The root fields of accounts.
#[derive(Default)]
pub struct AccountsQueries;

#[Object]
impl AccountsQueries {
    /// The user who asks; null for somebody who has not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        let scope = ctx.data_unchecked::<Scope>();
        if scope.viewer().signed_in().is_err() {
            return Ok(None);
        }
        store::viewer(scope).await?.ok_or_else(session_ended).map(Some)
    }

    /// Others with whom people can sign in: a button for each.
    #[graphql(cache_control(max_age = 60))]
    async fn identity_providers(&self, ctx: &Context<'_>) -> Vec<IdentityProvider> {
        ctx.data_unchecked::<IdentityProviders>().list()
    }

    /// A user by their handle, in any spelling of upper and lower case. Null if there is none.
    #[graphql(cache_control(max_age = 60))]
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The handle.")] handle: String) -> Result<Option<User>> {
        let user = store::user_by_handle(ctx.data_unchecked::<Scope>(), &Handle::folded(&handle)).await?;
        if let Some(user) = &user {
            loaders(ctx).prime(user).await;
        }
        Ok(user)
    }
}
