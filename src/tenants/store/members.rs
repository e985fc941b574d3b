use serde::Deserialize;

use super::Items;
use crate::cypher;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::graph::{Graph, GraphError, Statement};
use crate::id::{TenantId, UserId};
use crate::pagination::Page;
use crate::scope::{AtLeast, Owner, Scope, TenantRole, TenantScope, or_null};
use crate::tenants::access;
use crate::tenants::types::{Membership, TenantMember};
use crate::time::Timestamp;

/// The tenants that the viewer belongs to.
pub(in crate::tenants) async fn memberships(scope: &Scope, page: &Page) -> Result<Vec<Membership>> {
    let statement = cypher!("tenants/memberships").bind("key", page.key(0, or_null(None::<&str>)));
    Ok(scope.read::<Items<Membership>>(statement).await?.pop().map(|row| row.items).unwrap_or_default())
}

/// The members of a tenant.
pub(in crate::tenants) async fn members<R: AtLeast>(scope: &TenantScope<R>, page: &Page) -> Result<Vec<TenantMember>> {
    let statement = cypher!("tenants/members").bind("key", page.key(0, or_null(None::<&str>)));
    Ok(scope.read::<Items<TenantMember>>(statement).await?.pop().map(|row| row.items).unwrap_or_default())
}

/// What came of changing who may do what.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::tenants) enum Verdict {
    Done,
    /// The roles of the viewer, or of whom it is about, are others than it takes.
    Forbidden,
    NotAMember,
    /// A program with an access token may not, because they are an admin or an owner.
    NeedsSession,
    /// Nobody else owns the tenant.
    LastOwner,
}

/// A role that a member shall have.
pub(in crate::tenants) struct RoleChange {
    pub(in crate::tenants) user: UserId,
    pub(in crate::tenants) role: TenantRole,
    pub(in crate::tenants) event: NewEvent,
}

/// Gives a member another role; returns since when they belong to the tenant.
pub(in crate::tenants) async fn change_role<R: AtLeast>(
    scope: &TenantScope<R>,
    change: RoleChange,
) -> Result<(Verdict, Option<Timestamp>)> {
    let role = access::name(change.role);
    let statement = cypher!("tenants/change_role")
        .bind("userId", change.user)
        .bind("role", role.as_str())
        .bind("grants", access::grants_by_role(scope.request().viewer()))
        .bind("payloads", access::payloads(|former| serde_json::json!({"role": role, "from": former})))
        .bind("event", change.event);
    verdict(scope, statement).await
}

/// Takes a member out of a tenant.
pub(in crate::tenants) async fn remove_member<R: AtLeast>(
    scope: &TenantScope<R>,
    user: UserId,
    event: NewEvent,
) -> Result<Verdict> {
    let by_program = scope.request().viewer().signed_in()?.access_token().is_some();
    let statement = cypher!("tenants/remove_member")
        .bind("byProgram", by_program)
        .bind("userId", user)
        .bind("grants", access::grants_by_role(scope.request().viewer()))
        .bind("payloads", access::payloads(|former| serde_json::json!({"role": former})))
        .bind("event", event);
    Ok(verdict(scope, statement).await?.0)
}

/// Makes another member the owner in place of the viewer.
pub(in crate::tenants) async fn transfer_ownership(
    scope: &TenantScope<Owner>,
    user: UserId,
    event: NewEvent,
) -> Result<(Verdict, Option<Timestamp>)> {
    let statement = cypher!("tenants/transfer_ownership")
        .bind("userId", user)
        .bind("payloads", access::payloads(|former| serde_json::json!({"role": "OWNER", "from": former})))
        .bind("event", event);
    verdict(scope, statement).await
}

async fn verdict<R: AtLeast>(scope: &TenantScope<R>, statement: Statement) -> Result<(Verdict, Option<Timestamp>)> {
    #[derive(Deserialize)]
    struct Row {
        verdict: Verdict,
        since: Option<Timestamp>,
    }
    // Without a row, the viewer has been removed since the scope was made.
    let row = scope.write::<Row>(statement).await.map_err(Error::from)?.pop();
    Ok(row.map_or((Verdict::Forbidden, None), |row| (row.verdict, row.since)))
}

/// An owner of a tenant, to write to.
#[derive(Deserialize)]
pub(in crate::tenants) struct OwnerAddress {
    pub(in crate::tenants) id: UserId,
    pub(in crate::tenants) email: String,
    /// Of the tenant.
    pub(in crate::tenants) name: String,
    /// Of the tenant.
    pub(in crate::tenants) slug: String,
}

/// The owners of a tenant, whoever asks: for the server itself.
pub(in crate::tenants) async fn owners(graph: &Graph, tenant: TenantId) -> Result<Vec<OwnerAddress>, GraphError> {
    graph.read(cypher!("tenants/owners").bind("tenantId", tenant)).await
}
