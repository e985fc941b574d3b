use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::Enum;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Scope;
use crate::auth::AccessTokenScope;
use crate::cypher;
use crate::error::{Error, Result};
use crate::graph::{GraphError, Statement, Work};
use crate::id::TenantId;

/// What a member may do in a tenant. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TenantRole {
    /// Belongs to it.
    Member,
    /// Sees its numbers.
    Analyst,
    /// Edits its catalogue.
    Editor,
    /// Invites and removes members, and sees the audit trail.
    Admin,
    /// Decides about it as a whole.
    Owner,
}

/// A role as a type: the least that a [`TenantScope`] was asked for.
pub trait AtLeast: Send + Sync + 'static {
    /// The role.
    const ROLE: TenantRole;
    /// What somebody with less reads.
    const REFUSAL: &'static str;
}

/// Declares the types of the roles.
macro_rules! roles {
    ($($name:ident: $refusal:literal),+ $(,)?) => {$(
        #[doc = concat!("See [`TenantRole::", stringify!($name), "`].")]
        pub struct $name;

        impl AtLeast for $name {
            const ROLE: TenantRole = TenantRole::$name;
            const REFUSAL: &'static str = $refusal;
        }
    )+};
}

roles! {
    Member: "only members of this tenant may do this",
    Analyst: "only analysts, editors, admins and owners of this tenant may do this",
    Editor: "only editors, admins and owners of this tenant may do this",
    Admin: "only admins and owners of this tenant may do this",
    Owner: "only owners of this tenant may do this",
}

/// What members of a suspended tenant read, whatever they want there.
pub(super) const SUSPENDED: Error = Error::Forbidden("this tenant is suspended; `viewer.memberships` says why");

/// The proof that the viewer has at least the role `R` in a tenant, and the only way to its unpublished side: what
/// only members may reach takes a `TenantScope`.
pub struct TenantScope<R> {
    scope: Scope,
    id: TenantId,
    slug: String,
    role: TenantRole,
    at_least: PhantomData<fn() -> R>,
}

impl<R> Clone for TenantScope<R> {
    fn clone(&self) -> Self {
        let Self { scope, id, slug, role, .. } = self;
        Self { scope: scope.clone(), id: *id, slug: slug.clone(), role: *role, at_least: PhantomData }
    }
}

impl<R: AtLeast> TenantScope<R> {
    /// The tenant that `named` or the request names, if the viewer may act in it. It costs one statement.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a user; `BAD_USER_INPUT` when no tenant is named, or two; `NOT_FOUND` when there is
    /// none that the viewer may see; `FORBIDDEN` when the role or the access token does not suffice, or the tenant is
    /// suspended.
    pub async fn of(scope: &Scope, named: Option<TenantId>) -> Result<Self> {
        let (found, suspended) = Self::found(scope, named).await?;
        // Only members get so far where it is suspended, and nothing else is of interest to them.
        if suspended { Err(SUSPENDED) } else { found }
    }

    /// As [`TenantScope::of`], also while the tenant is suspended: for members who leave it, or hand it over.
    ///
    /// # Errors
    /// As [`TenantScope::of`], but for the suspension.
    pub async fn even_suspended(scope: &Scope, named: Option<TenantId>) -> Result<Self> {
        Self::found(scope, named).await?.0
    }

    /// The tenant, or why the viewer's role does not suffice, and whether it is suspended.
    async fn found(scope: &Scope, named: Option<TenantId>) -> Result<(Result<Self>, bool)> {
        #[derive(Deserialize)]
        struct Row {
            slug: String,
            active: bool,
            suspended: bool,
            role: Option<TenantRole>,
        }
        scope.viewer().signed_in()?.allows(AccessTokenScope::TenantRead)?;
        let active = scope.confined_to().map(|tenant| tenant.id);
        let id = match (named, active) {
            (Some(named), Some(active)) if named != active => {
                let message = "`tenantId` and the header X-Seeka-Tenant name different tenants".to_owned();
                return Err(Error::BadUserInput(message));
            }
            (Some(id), _) | (None, Some(id)) => id,
            (None, None) => {
                let message = "name the tenant: by `tenantId`, or by the header X-Seeka-Tenant".to_owned();
                return Err(Error::BadUserInput(message));
            }
        };
        let statement = scope.bound(cypher!("platform/membership"), Some(id));
        let row = Box::pin(scope.graph.read::<Row>(statement)).await?.pop();
        let not_found = || Error::NotFound("there is no such tenant".to_owned());
        let row = row.filter(|row| row.role.is_some() || (row.active && !row.suspended)).ok_or_else(not_found)?;
        let role = row.role.filter(|role| *role >= R::ROLE).ok_or(Error::Forbidden(R::REFUSAL));
        let found = role.map(|role| Self { scope: scope.clone(), id, slug: row.slug, role, at_least: PhantomData });
        Ok((found, row.suspended))
    }

    /// The tenant for what the server does there by itself, when its time has come. Nobody asks, so nobody's role is looked at.
    #[must_use]
    pub fn of_server(scope: Scope, id: TenantId) -> Self {
        Self { scope, id, slug: String::new(), role: R::ROLE, at_least: PhantomData }
    }

    /// The same tenant, for what takes a higher role.
    ///
    /// # Errors
    /// `FORBIDDEN` when the role does not suffice.
    pub fn raised<S: AtLeast>(&self) -> Result<TenantScope<S>> {
        if self.role < S::ROLE {
            return Err(Error::Forbidden(S::REFUSAL));
        }
        let Self { scope, id, slug, role, .. } = self;
        Ok(TenantScope { scope: scope.clone(), id: *id, slug: slug.clone(), role: *role, at_least: PhantomData })
    }

    /// The same tenant, for what every member may do.
    #[must_use]
    pub fn lowered(self) -> TenantScope<Member> {
        let Self { scope, id, slug, role, .. } = self;
        TenantScope { scope, id, slug, role, at_least: PhantomData }
    }

    /// The tenant.
    #[must_use]
    pub fn id(&self) -> TenantId {
        self.id
    }

    /// The tenant's slug.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// What the viewer is there.
    #[must_use]
    pub fn role(&self) -> TenantRole {
        self.role
    }

    /// The scope of the request.
    #[must_use]
    pub fn request(&self) -> &Scope {
        &self.scope
    }

    /// As [`Scope::read`], with `$tenantId` bound to this tenant.
    ///
    /// # Errors
    /// As [`Scope::read`].
    pub async fn read<T: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<T>> {
        Ok(Box::pin(self.scope.graph.read(self.scope.bound(statement, Some(self.id)))).await?)
    }

    /// As [`Graph::transaction`]; the statements of `work` are bound to this tenant by [`TenantScope::bound`].
    ///
    /// # Errors
    /// As [`Graph::transaction`].
    ///
    /// [`Graph::transaction`]: crate::graph::Graph::transaction
    pub async fn transaction<T: Send + 'static>(
        &self,
        name: &'static str,
        work: Arc<Work<T>>,
    ) -> Result<T, GraphError> {
        debug_assert!(self.scope.preview.is_none(), "{name} would wait for the locks of its own preview");
        Box::pin(self.scope.graph.transaction(name, work)).await
    }

    /// A statement of a transaction, with `$tenantId`, `$viewerId`, `$sessionId` and `$now` bound to this scope.
    #[must_use]
    pub fn bound(&self, statement: Statement) -> Statement {
        self.scope.bound(statement, Some(self.id))
    }

    /// As [`Scope::write`], with `$tenantId` bound to this tenant.
    ///
    /// # Errors
    /// As [`Scope::write`].
    pub async fn write<T: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<T>, GraphError> {
        Box::pin(self.scope.graph.write(self.scope.bound(statement, Some(self.id)))).await
    }
}
