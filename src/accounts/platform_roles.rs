//! Roles on the platform as a whole, as `seeka role` and operators give and take them.
//!
//! Whoever may run `seeka role` on a graph may make the first operator; nobody stands in its events as their actor.

use chrono::Utc;
use serde_json::json;

use super::handle::Handle;
use super::store::{self, Revoked, RoleHolderRow};
use crate::auth::PlatformRole;
use crate::error::{Error, Result};
use crate::events::{EventType, NewEvent};
use crate::graph::Graph;
use crate::scope::Scope;

/// Roles on the platform, for somebody at the command line.
pub struct PlatformRoles {
    scope: Scope,
}

impl PlatformRoles {
    /// The roles in a graph.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        // All that one command does belongs together, as what one request does.
        Self { scope: Scope::of_server(graph, Utc::now()) }
    }

    /// Gives a role to the user with a handle, and returns the roles that the user has now.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such user.
    pub async fn grant(&self, handle: &str, role: PlatformRole) -> Result<Vec<PlatformRole>> {
        Ok(grant(&self.scope, handle, role).await?.ok_or_else(|| unknown(handle))?.roles)
    }

    /// Takes a role from the user with a handle, even the last who has it, and returns the roles that are left.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such user.
    pub async fn revoke(&self, handle: &str, role: PlatformRole) -> Result<Vec<PlatformRole>> {
        match revoke(&self.scope, handle, role, false).await? {
            Revoked::Done(holder) => Ok(holder.roles),
            Revoked::IsLast | Revoked::Unknown => Err(unknown(handle)),
        }
    }

    /// The handles of all who have roles, with these roles.
    ///
    /// # Errors
    /// When the statement failed.
    pub async fn list(&self) -> Result<Vec<(String, Vec<PlatformRole>)>> {
        store::platform_roles(&self.scope).await
    }
}

fn unknown(handle: &str) -> Error {
    Error::NotFound(format!("there is no user with the handle {handle:?}"))
}

/// Gives a user a role; nothing if there is no such user.
pub(super) async fn grant(scope: &Scope, handle: &str, role: PlatformRole) -> Result<Option<RoleHolderRow>> {
    let event = event(scope, EventType::PlatformRoleGranted, role);
    store::grant_platform_role(scope, &Handle::folded(handle), role, event).await
}

/// Takes a role from a user. With `keeps_one`, the last who has it keeps it.
pub(super) async fn revoke(scope: &Scope, handle: &str, role: PlatformRole, keeps_one: bool) -> Result<Revoked> {
    let event = event(scope, EventType::PlatformRoleRevoked, role);
    store::revoke_platform_role(scope, &Handle::folded(handle), role, keeps_one, event).await
}

fn event(scope: &Scope, kind: EventType, role: PlatformRole) -> NewEvent {
    scope.event(kind).with(&json!({"role": role}))
}
