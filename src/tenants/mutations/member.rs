use async_graphql::{Context, InputObject, Object};

use crate::error::Result;
use crate::events::EventType;
use crate::id::{TenantId, UserId};
use crate::mutation::{Outcome, Refused, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Admin, Member, Owner, Scope, TenantRole, TenantScope};
use crate::tenants::access;
use crate::tenants::store::{self, RoleChange, Verdict};
use crate::tenants::types::TenantMember;
use crate::time::Timestamp;

/// A role that a member shall have.
#[derive(InputObject)]
struct UpdateMemberRoleInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The member.
    user_id: UserId,
    /// What they may do from now on.
    role: TenantRole,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updateMemberRole`.
    UpdateMemberRolePayload {
        /// The member, with the new role.
        member: TenantMember
    }
}

/// A member who shall not be one any more.
#[derive(InputObject)]
#[expect(clippy::struct_field_names, reason = "inputs name things by their ids")]
struct RemoveMemberInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The member. Everybody may leave by themselves.
    user_id: UserId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `removeMember`.
    RemoveMemberPayload {
        /// The id of the user who is not a member any more.
        removed_user_id: UserId
    }
}

/// Who shall own a tenant.
#[derive(InputObject)]
#[expect(clippy::struct_field_names, reason = "inputs name things by their ids")]
struct TransferOwnershipInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The new owner, who is a member already.
    user_id: UserId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `transferOwnership`.
    TransferOwnershipPayload {
        /// The new owner.
        member: TenantMember
    }
}

#[derive(Default)]
pub(super) struct MemberMutations;

#[Object]
impl MemberMutations {
    /// Gives a member another role. Owners decide about all roles, admins about those below their own; admins may step
    /// down by themselves. The last owner stays one.
    async fn update_member_role(
        &self,
        ctx: &Context<'_>,
        input: UpdateMemberRoleInput,
    ) -> Result<UpdateMemberRolePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdateMemberRolePayload::of(change_role(ctx, input).await, client_mutation_id)
    }

    /// Takes a member out of a tenant: owners all of them, admins those below their own role, and everybody
    /// themselves, also while the tenant is suspended. The last owner stays. Programs with an access token remove no
    /// admins and no owners.
    async fn remove_member(&self, ctx: &Context<'_>, input: RemoveMemberInput) -> Result<RemoveMemberPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RemoveMemberPayload::of(remove(ctx, input).await, client_mutation_id)
    }

    /// Makes another member the owner in place of the viewer, who stays as an admin. For owners, also while the tenant
    /// is suspended.
    async fn transfer_ownership(
        &self,
        ctx: &Context<'_>,
        input: TransferOwnershipInput,
    ) -> Result<TransferOwnershipPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        TransferOwnershipPayload::of(transfer(ctx, input).await, client_mutation_id)
    }
}

async fn change_role(ctx: &Context<'_>, input: UpdateMemberRoleInput) -> Outcome<TenantMember> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let event = scope.request().event(EventType::MemberRoleChanged).about(input.user_id).within(scope.id());
    let change = RoleChange { user: input.user_id, role: input.role, event };
    let (verdict, since) = store::change_role(&scope, change).await?;
    member(verdict, input.user_id, input.role, since)
}

async fn remove(ctx: &Context<'_>, input: RemoveMemberInput) -> Outcome<UserId> {
    let request = ctx.data_unchecked::<Scope>();
    let leaves = request.viewer().signed_in()?.id == input.user_id;
    let event = |tenant: TenantId| request.event(EventType::MemberRemoved).about(input.user_id).within(tenant);
    let verdict = if leaves {
        let scope = TenantScope::<Member>::even_suspended(request, input.tenant_id).await?;
        if !access::may_unmake(request.viewer(), scope.role()) {
            return Err(access::REFUSAL.into());
        }
        store::remove_member(&scope, input.user_id, event(scope.id())).await?
    } else {
        let scope = TenantScope::<Admin>::of(request, input.tenant_id).await?;
        store::remove_member(&scope, input.user_id, event(scope.id())).await?
    };
    allowed(verdict)?;
    Ok(input.user_id)
}

async fn transfer(ctx: &Context<'_>, input: TransferOwnershipInput) -> Outcome<TenantMember> {
    let scope = TenantScope::<Owner>::even_suspended(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    if scope.request().viewer().signed_in()?.id == input.user_id {
        let message = "the tenant is yours already";
        return Err(UserError::of("input.userId", UserErrorCode::NotAllowed, message).into());
    }
    let event = scope.request().event(EventType::OwnershipTransferred).about(input.user_id).within(scope.id());
    let (verdict, since) = store::transfer_ownership(&scope, input.user_id, event).await?;
    member(verdict, input.user_id, TenantRole::Owner, since)
}

fn allowed(verdict: Verdict) -> Outcome<()> {
    match verdict {
        Verdict::Done => Ok(()),
        Verdict::Forbidden => Err(access::REFUSAL.into()),
        Verdict::NeedsSession => Err(access::NEEDS_SESSION.into()),
        Verdict::NotAMember => Err(no_member()),
        Verdict::LastOwner => {
            let message = "nobody else owns the tenant; make somebody else an owner first";
            Err(UserError::of("input.userId", UserErrorCode::NotAllowed, message).into())
        }
    }
}

fn member(verdict: Verdict, user_id: UserId, role: TenantRole, since: Option<Timestamp>) -> Outcome<TenantMember> {
    allowed(verdict)?;
    let since = since.ok_or_else(no_member)?;
    Ok(TenantMember { user_id, role, since })
}

fn no_member() -> Refused {
    UserError::of("input.userId", UserErrorCode::NotFound, "there is no such member").into()
}
