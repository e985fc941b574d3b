use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};

use crate::accounts::loaders::present_user;
use crate::accounts::platform_roles;
use crate::accounts::store::{Revoked, RoleHolderRow};
use crate::accounts::types::User;
use crate::auth::PlatformRole;
use crate::error::Result;
use crate::id::UserId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// Who gets a role on the platform.
#[derive(InputObject)]
struct GrantPlatformRoleInput {
    /// The user's handle.
    handle: String,
    /// The role.
    role: PlatformRole,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Who loses a role on the platform.
#[derive(InputObject)]
struct RevokePlatformRoleInput {
    /// The user's handle.
    handle: String,
    /// The role.
    role: PlatformRole,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A user and what they may do on the platform as a whole.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct PlatformRoleHolder {
    #[graphql(skip)]
    id: UserId,
    /// All roles of the user on the platform as a whole.
    roles: Vec<PlatformRole>,
}

#[ComplexObject]
impl PlatformRoleHolder {
    /// The user.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.id).await
    }
}

impl From<RoleHolderRow> for PlatformRoleHolder {
    fn from(row: RoleHolderRow) -> Self {
        Self { id: row.user, roles: row.roles }
    }
}

payload! {
    /// The answer to `grantPlatformRole`.
    GrantPlatformRolePayload {
        /// The user, with the role.
        holder: PlatformRoleHolder
    }
}

payload! {
    /// The answer to `revokePlatformRole`.
    RevokePlatformRolePayload {
        /// The user, without the role.
        holder: PlatformRoleHolder
    }
}

#[derive(Default)]
pub(super) struct PlatformRolesMutations;

#[Object]
impl PlatformRolesMutations {
    /// Gives somebody a role on the platform as a whole. Only operators may. What the user may read changes with their
    /// next access token, what they may do at once.
    async fn grant_platform_role(
        &self,
        ctx: &Context<'_>,
        input: GrantPlatformRoleInput,
    ) -> Result<GrantPlatformRolePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        GrantPlatformRolePayload::of(grant(ctx, input).await, client_mutation_id)
    }

    /// Takes a role on the platform as a whole from somebody. Only operators may, and the last of them stays one. What
    /// the user may read changes with their next access token, what they may do at once.
    async fn revoke_platform_role(
        &self,
        ctx: &Context<'_>,
        input: RevokePlatformRoleInput,
    ) -> Result<RevokePlatformRolePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RevokePlatformRolePayload::of(revoke(ctx, input).await, client_mutation_id)
    }
}

async fn grant(ctx: &Context<'_>, input: GrantPlatformRoleInput) -> Outcome<PlatformRoleHolder> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let holder = platform_roles::grant(scope, &input.handle, input.role).await?;
    Ok(holder.ok_or_else(unknown)?.into())
}

async fn revoke(ctx: &Context<'_>, input: RevokePlatformRoleInput) -> Outcome<PlatformRoleHolder> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let keeps_one = input.role == PlatformRole::Operator;
    match platform_roles::revoke(scope, &input.handle, input.role, keeps_one).await? {
        Revoked::Done(holder) => Ok(holder.into()),
        Revoked::Unknown => Err(unknown().into()),
        Revoked::IsLast => {
            let message = "this is the last operator; make somebody else one first";
            Err(UserError::of("input.handle", UserErrorCode::NotAllowed, message).into())
        }
    }
}

fn unknown() -> UserError {
    UserError::of("input.handle", UserErrorCode::NotFound, "there is no user with this handle")
}
