//! The list of a user's access tokens; see [`crate::auth::PresentedToken`] for how one signs in.

use async_graphql::Context;

use super::store;
use super::types::AccessToken;
use crate::error::Result;
use crate::pagination::{Column, Connection, Order, PageArguments, SortValue};
use crate::scope::Scope;

const ACCESS_TOKENS: Order = Order { list: "accessTokens", descending: true, columns: &[Column::Time, Column::Text] };

/// A page of the viewer's access tokens.
pub(super) async fn of_viewer(ctx: &Context<'_>, arguments: &PageArguments) -> Result<Connection<AccessToken>> {
    let page = arguments.page(&ACCESS_TOKENS)?;
    let tokens = store::access_tokens(ctx.data_unchecked::<Scope>(), &page).await?;
    Ok(page.connection(&ACCESS_TOKENS, tokens, |token| {
        vec![SortValue::Time(token.created_at.0), SortValue::text(&token.id)]
    }))
}
