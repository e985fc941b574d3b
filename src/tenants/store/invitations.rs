use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::Items;
use crate::cypher;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::id::{InvitationId, TenantId};
use crate::pagination::Page;
use crate::scope::{Admin, Scope, TenantScope, or_null};
use crate::tenants::access;
use crate::tenants::plans::TenantPlan;
use crate::tenants::types::Invitation;

/// The open invitations of a tenant.
pub(in crate::tenants) async fn invitations(scope: &TenantScope<Admin>, page: &Page) -> Result<Vec<Invitation>> {
    let statement = cypher!("tenants/invitations").bind("key", page.key(0, or_null(None::<&str>)));
    Ok(scope.read::<Items<Invitation>>(statement).await?.pop().map(|row| row.items).unwrap_or_default())
}

/// An invitation that is about to be sent.
pub(in crate::tenants) struct NewInvitation<'a> {
    pub(in crate::tenants) email: &'a str,
    pub(in crate::tenants) properties: BoltType,
    pub(in crate::tenants) max_open: i64,
    pub(in crate::tenants) max_daily: i64,
    pub(in crate::tenants) event: NewEvent,
}

/// What came of an invitation.
pub(in crate::tenants) enum Invited {
    /// Into the tenant of this name.
    Done(String),
    Forbidden,
    /// The tenant may have this many members, and those who are invited are counted.
    Full(i64),
    TooManyOpen,
    TooManyToday,
}

/// Notes an invitation.
pub(in crate::tenants) async fn invite(scope: &TenantScope<Admin>, invitation: NewInvitation<'_>) -> Result<Invited> {
    #[derive(Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Verdict {
        Done,
        Forbidden,
        Full,
        TooManyOpen,
        TooManyToday,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        verdict: Verdict,
        limit: i64,
        tenant_name: String,
    }
    let statement = cypher!("tenants/invite")
        .bind("email", invitation.email)
        .bind("invitation", invitation.properties)
        .bind("grants", access::grants_by_role(scope.request().viewer()))
        .bind("plan", TenantPlan::default().name())
        .bind("maxMembers", TenantPlan::max_members())
        .bind("maxOpen", invitation.max_open)
        .bind("maxDaily", invitation.max_daily)
        .bind("event", invitation.event);
    // Without a row, the viewer has been removed since the scope was made.
    let Some(row) = scope.write::<Row>(statement).await?.pop() else { return Ok(Invited::Forbidden) };
    Ok(match row.verdict {
        Verdict::Done => Invited::Done(row.tenant_name),
        Verdict::Forbidden => Invited::Forbidden,
        Verdict::Full => Invited::Full(row.limit),
        Verdict::TooManyOpen => Invited::TooManyOpen,
        Verdict::TooManyToday => Invited::TooManyToday,
    })
}

/// What came of taking an invitation back.
pub(in crate::tenants) enum Revoked {
    Done,
    /// The viewer may not grant its role.
    Forbidden,
    /// It is not there.
    Gone,
}

/// Takes an invitation back.
pub(in crate::tenants) async fn revoke(
    scope: &TenantScope<Admin>,
    id: InvitationId,
    event: NewEvent,
) -> Result<Revoked> {
    #[derive(Deserialize)]
    struct Row {
        allowed: bool,
    }
    let statement = cypher!("tenants/revoke_invitation")
        .bind("id", id)
        .bind("grants", access::grants_by_role(scope.request().viewer()))
        .bind("event", event);
    Ok(match scope.write::<Row>(statement).await?.pop() {
        Some(Row { allowed: true }) => Revoked::Done,
        Some(Row { allowed: false }) => Revoked::Forbidden,
        None => Revoked::Gone,
    })
}

/// The tenant that the token of a hash invites to.
pub(in crate::tenants) async fn tenant_of_invitation(scope: &Scope, hash: &str) -> Result<Option<TenantId>> {
    #[derive(Deserialize)]
    struct Row {
        tenant: TenantId,
    }
    let statement = cypher!("tenants/invitation_by_hash").bind("hash", hash);
    Ok(scope.read::<Row>(statement).await?.pop().map(|row| row.tenant))
}

/// What came of accepting an invitation.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::tenants) enum Accepted {
    Done,
    /// It has been accepted, revoked or replaced meanwhile, or whoever sent it may not grant its role any more.
    Gone,
    Expired,
    OtherAddress,
    Unverified,
    Suspended,
    AlreadyAMember,
    TooMany,
    Full,
}

/// Makes the viewer a member of a tenant that they are invited to.
pub(in crate::tenants) async fn accept(
    scope: &Scope,
    (tenant, hash): (TenantId, &str),
    max_memberships: i64,
    event: NewEvent,
) -> Result<Accepted> {
    #[derive(Deserialize)]
    struct Row {
        verdict: Accepted,
    }
    let statement = cypher!("tenants/accept_invitation")
        .bind("tenant", tenant)
        .bind("hash", hash)
        .bind("grants", access::grants_by_role(scope.viewer()))
        .bind("plan", TenantPlan::default().name())
        .bind("maxMembers", TenantPlan::max_members())
        .bind("maxMemberships", max_memberships)
        .bind("payloads", access::payloads(|role| json!({"role": role})))
        .bind("event", event);
    let row = scope.write::<Row>(statement).await.map_err(Error::from)?.pop();
    Ok(row.map_or(Accepted::Gone, |row| row.verdict))
}
