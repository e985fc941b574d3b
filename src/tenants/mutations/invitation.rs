use async_graphql::{Context, InputObject, Object};
use chrono::TimeDelta;

use crate::accounts::normalised_email;
use crate::attempts::{Act, attempts};
use crate::auth::{Opaque, hash_of};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::graph::map;
use crate::id::{InvitationId, TenantId};
use crate::mail::{Mail, Mailer, Page};
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Admin, Member, Scope, TenantRole, TenantScope};
use crate::tenants::access::{self, may_grant, role_payload, unverified};
use crate::tenants::store::{self, Accepted, Invited, NewInvitation, Revoked};
use crate::tenants::types::{Invitation, TenantAdministration};
use crate::time::Timestamp;

/// How long an invitation can be accepted.
const LIFETIME: TimeDelta = TimeDelta::days(7);
/// The most open invitations of a tenant.
const MAX_OPEN: i64 = 100;
/// The most invitations that a tenant sends on one day (UTC), those that replace others counted.
const MAX_DAILY: i64 = 200;
/// The most tenants that one user belongs to, because lists of them are read as a whole.
const MAX_MEMBERSHIPS: i64 = 500;
/// The longest token that is looked at, in bytes. Ours are shorter.
const MAX_TOKEN_BYTES: usize = 200;

/// Somebody who is wanted in a tenant.
#[derive(InputObject)]
struct InviteMemberInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The address that the invitation goes to, and that the account of whoever accepts it has to have.
    email: String,
    /// What they may do. Owners invite with any role, admins with those below their own; programs with an access token
    /// invite no admins and no owners.
    role: TenantRole,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `inviteMember`.
    InviteMemberPayload {
        /// The invitation. Its token is in the mail alone.
        invitation: Invitation
    }
}

/// An invitation that shall not hold any more.
#[derive(InputObject)]
struct RevokeInvitationInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The invitation.
    id: InvitationId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `revokeInvitation`.
    RevokeInvitationPayload {
        /// The id of the invitation that is gone.
        revoked_invitation_id: InvitationId
    }
}

/// An invitation that somebody accepts.
#[derive(InputObject)]
struct AcceptInvitationInput {
    /// The token in the mail.
    token: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `acceptInvitation`.
    AcceptInvitationPayload {
        /// The tenant that the viewer belongs to now.
        administration: TenantAdministration
    }
}

#[derive(Default)]
pub(super) struct InvitationMutations;

#[Object]
impl InvitationMutations {
    /// Invites somebody by mail. The invitation holds for seven days, while whoever sent it may grant its role; a second
    /// one to the same address replaces the first. For admins and owners; admins replace no invitation that only owners
    /// send.
    async fn invite_member(&self, ctx: &Context<'_>, input: InviteMemberInput) -> Result<InviteMemberPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        InviteMemberPayload::of(invite(ctx, input).await, client_mutation_id)
    }

    /// Takes an invitation back that nobody has accepted yet. Owners take back all of them, admins those with roles below
    /// their own.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        input: RevokeInvitationInput,
    ) -> Result<RevokeInvitationPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RevokeInvitationPayload::of(revoke(ctx, input).await, client_mutation_id)
    }

    /// Makes the viewer a member, as an invitation says. The account's address has to be the invited one, and
    /// confirmed.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        AcceptInvitationPayload::of(accept(ctx, &input.token).await, client_mutation_id)
    }
}

async fn invite(ctx: &Context<'_>, input: InviteMemberInput) -> Outcome<Invitation> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    if !may_grant(scope.request().viewer(), scope.role(), input.role) {
        return Err(access::REFUSAL.into());
    }
    let viewer = scope.request().viewer().signed_in()?;
    if input.role >= TenantRole::Admin && viewer.access_token().is_some() {
        return Err(access::NEEDS_SESSION.into());
    }
    let email = normalised_email("input.email", &input.email)?;
    attempts(ctx).take(Act::InviteMember, Some(&email))?;
    let place = ctx.data_unchecked::<Mailer>().place()?;
    let (request, token) = (scope.request(), Opaque::generate()?);
    let invitation = Invitation {
        id: InvitationId::generate(),
        email,
        role: input.role,
        created_at: Timestamp(request.now()),
        expires_at: Timestamp(request.now() + LIFETIME),
        invited_by: viewer.id,
    };
    let event = request.event(EventType::MemberInvited).about(invitation.id).within(scope.id());
    let new = NewInvitation {
        email: &invitation.email,
        properties: map([
            ("id", invitation.id.into()),
            ("tenantId", scope.id().into()),
            ("email", invitation.email.as_str().into()),
            ("role", access::name(input.role).into()),
            ("hash", token.hash().into()),
            ("createdAt", invitation.created_at.0.into()),
            ("expiresAt", invitation.expires_at.0.into()),
            ("invitedBy", invitation.invited_by.into()),
        ]),
        max_open: MAX_OPEN,
        max_daily: MAX_DAILY,
        event: event.with(&role_payload(input.role)),
    };
    let limit = |message: String| Err(UserError::general(UserErrorCode::LimitReached, message).into());
    match store::invite(&scope, new).await? {
        Invited::Done(tenant) => {
            place.prepare(mail(ctx.data_unchecked::<Mailer>(), &invitation, &tenant, &token))?.send();
            Ok(invitation)
        }
        Invited::Forbidden => Err(access::REFUSAL.into()),
        Invited::Full(most) => limit(format!("the tenant may have {most} members, those who are invited counted")),
        Invited::TooManyOpen => limit(format!("at most {MAX_OPEN} invitations can be open; revoke some of them")),
        Invited::TooManyToday => limit(format!("at most {MAX_DAILY} invitations are sent on one day")),
    }
}

fn mail(mailer: &Mailer, invitation: &Invitation, tenant: &str, token: &Opaque) -> Mail {
    let link = mailer.link(Page::AcceptInvitation, token);
    Mail {
        to: invitation.email.clone(),
        subject: format!("You are invited to {tenant}"),
        text: format!(
            "You are invited to join {tenant} on Seeka.\n\nSign in with this address, and accept here:\n\n{link}\n\n\
             Or give this token to the app that asks for it: {}\n\n\
             It holds for seven days. If you do not know why you got this,\nignore this mail.\n",
            token.expose()
        ),
    }
}

async fn revoke(ctx: &Context<'_>, input: RevokeInvitationInput) -> Outcome<InvitationId> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let event = scope.request().event(EventType::InvitationRevoked).about(input.id).within(scope.id());
    match store::revoke(&scope, input.id, event).await? {
        Revoked::Done => Ok(input.id),
        Revoked::Forbidden => Err(access::REFUSAL.into()),
        Revoked::Gone => Err(Error::NotFound("there is no such invitation".to_owned()).into()),
    }
}

async fn accept(ctx: &Context<'_>, token: &str) -> Outcome<TenantAdministration> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let wrong = || {
        let message = "this invitation was never sent, has been accepted or taken back, or is too old";
        UserError::of("input.token", UserErrorCode::InvalidToken, message)
    };
    attempts(ctx).take(Act::UseMailedToken, None)?;
    let token = token.trim();
    if token.len() > MAX_TOKEN_BYTES {
        return Err(wrong().into());
    }
    let hash = hash_of(token);
    let tenant = store::tenant_of_invitation(scope, &hash).await?.ok_or_else(wrong)?;
    let event = scope.event(EventType::MemberJoined).about(viewer).within(tenant);
    let refused = |code, message: &str| Err(UserError::general(code, message).into());
    match store::accept(scope, (tenant, &hash), MAX_MEMBERSHIPS, event).await? {
        Accepted::Done => {
            let scope = TenantScope::<Member>::of(scope, Some(tenant)).await?;
            Ok(TenantAdministration::of(scope))
        }
        Accepted::Gone | Accepted::Expired => Err(wrong().into()),
        Accepted::Unverified => Err(unverified().into()),
        Accepted::OtherAddress => {
            refused(UserErrorCode::NotAllowed, "the invitation went to another address than that of this account")
        }
        Accepted::Suspended => refused(UserErrorCode::NotAllowed, "this tenant is suspended"),
        Accepted::AlreadyAMember => refused(UserErrorCode::NotAllowed, "you are a member already"),
        Accepted::TooMany => refused(UserErrorCode::LimitReached, "you belong to too many tenants already"),
        Accepted::Full => refused(UserErrorCode::LimitReached, "the tenant has as many members as its plan allows"),
    }
}
