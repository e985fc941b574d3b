//! What the resolvers of accounts ask for, and how it is batched.

use std::collections::HashMap;

use async_graphql::Context;

use super::store;
use super::types::{Identity, Session, User};
use crate::assets::Asset;
use crate::batch::{BatchLoad, Batched};
use crate::error::{Error, Result};
use crate::id::UserId;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::Scope;

const SESSIONS: Order = Order { list: "sessions", descending: true, columns: &[Column::Time, Column::Text] };

struct UsersByIds;

impl BatchLoad for UsersByIds {
    type Key = UserId;
    type Value = User;

    async fn load(scope: &Scope, keys: &[UserId]) -> Result<HashMap<UserId, User>> {
        store::users_by_ids(scope, keys).await
    }
}

struct SessionsOfViewer;

impl BatchLoad for SessionsOfViewer {
    type Key = Page;
    type Value = Vec<Session>;

    fn items(key: &Page) -> usize {
        key.size
    }

    async fn load(scope: &Scope, keys: &[Page]) -> Result<HashMap<Page, Vec<Session>>> {
        store::sessions_of_viewer(scope, keys).await
    }
}

struct IdentitiesByUsers;

impl BatchLoad for IdentitiesByUsers {
    type Key = UserId;
    type Value = Vec<Identity>;

    async fn load(scope: &Scope, keys: &[UserId]) -> Result<HashMap<UserId, Vec<Identity>>> {
        store::identities_by_users(scope, keys).await
    }
}

struct AvatarsByUsers;

impl BatchLoad for AvatarsByUsers {
    type Key = UserId;
    type Value = Asset;

    async fn load(scope: &Scope, keys: &[UserId]) -> Result<HashMap<UserId, Asset>> {
        store::avatars_by_users(scope, keys).await
    }
}

/// Accounts as one request sees them.
pub struct AccountsLoaders {
    sessions: Batched<SessionsOfViewer>,
    users: Batched<UsersByIds>,
    identities: Batched<IdentitiesByUsers>,
    avatars: Batched<AvatarsByUsers>,
}

impl AccountsLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self {
            sessions: Batched::new(scope.clone()),
            users: Batched::new(scope.clone()),
            identities: Batched::new(scope.clone()),
            avatars: Batched::new(scope.clone()),
        }
    }

    /// A user, if the account is there.
    ///
    /// # Errors
    /// When the statement failed.
    pub(crate) async fn user(&self, id: UserId) -> Result<Option<User>> {
        self.users.load(id).await
    }

    /// A page of the sessions of the viewer.
    ///
    /// # Errors
    /// When the arguments ask for no page, or the statement failed.
    pub(super) async fn sessions_of_viewer(&self, arguments: &PageArguments) -> Result<Connection<Session>> {
        let page = arguments.page(&SESSIONS)?;
        let sessions = self.sessions.load(page.clone()).await?.unwrap_or_default();
        let position = |session: &Session| vec![SortValue::Time(session.created_at.0), SortValue::text(&session.id)];
        Ok(page.connection(&SESSIONS, sessions, position))
    }

    /// The identities of a user, the oldest first; for nobody but themselves.
    ///
    /// # Errors
    /// When the statement failed.
    pub(crate) async fn identities(&self, user: UserId) -> Result<Vec<Identity>> {
        Ok(self.identities.load(user).await?.unwrap_or_default())
    }

    /// Forgets a user who was changed by this request.
    pub(crate) async fn forget(&self, id: UserId) {
        self.users.forget(id).await;
        self.avatars.forget(id).await;
    }

    /// The picture of a user, if there is one.
    ///
    /// # Errors
    /// When the statement failed.
    pub(crate) async fn avatar(&self, of: UserId) -> Result<Option<Asset>> {
        self.avatars.load(of).await
    }

    /// Keeps a user that came along with something else.
    pub(crate) async fn prime(&self, user: &User) {
        self.users.prime(user.id, user.clone()).await;
    }
}

/// The loaders of the request.
pub(crate) fn loaders<'c>(ctx: &Context<'c>) -> &'c AccountsLoaders {
    ctx.data_unchecked::<AccountsLoaders>()
}

/// A user who must be there, such as the one who has just signed in.
pub(crate) async fn present_user(ctx: &Context<'_>, id: UserId) -> Result<User> {
    let gone = || Error::NotFound("the account is gone".to_owned());
    loaders(ctx).user(id).await?.ok_or_else(gone)
}
