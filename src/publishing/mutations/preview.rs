use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::auth::Keys;
use crate::error::Result;
use crate::id::TenantId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Editor, Scope, TenantScope};
use crate::time::Timestamp;

/// How long a link holds if nothing is said, in hours.
const HOURS: i32 = 24;
/// How long a link holds at the most, in hours.
const MAX_HOURS: i32 = 7 * 24;

/// A preview that is shared.
#[derive(InputObject)]
struct CreatePreviewLinkInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// How long the link holds, in hours: 1 to 168; 24 if nothing is said.
    hours: Option<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// What shows a preview to whoever has it.
#[derive(SimpleObject)]
pub(crate) struct PreviewLink {
    /// Send it in the header X-Seeka-Preview along with any query. A frontend puts it into the address that it shares.
    token: String,
    /// Until when it holds. It cannot be taken back before.
    expires_at: Timestamp,
}

payload! {
    /// The answer to `createPreviewLink`.
    CreatePreviewLinkPayload {
        /// The link.
        link: PreviewLink
    }
}

#[derive(Default)]
pub(super) struct PreviewMutations;

#[Object]
impl PreviewMutations {
    /// Shares the preview of a tenant: whoever has the token sees what viewers would see if everything that was edited were
    /// published. For editors, admins and owners.
    async fn create_preview_link(
        &self,
        ctx: &Context<'_>,
        input: CreatePreviewLinkInput,
    ) -> Result<CreatePreviewLinkPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CreatePreviewLinkPayload::of(Box::pin(create(ctx, &input)).await, client_mutation_id)
    }
}

async fn create(ctx: &Context<'_>, input: &CreatePreviewLinkInput) -> Outcome<PreviewLink> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let hours = input.hours.unwrap_or(HOURS);
    let hours = u32::try_from(hours).ok().filter(|_| (1..=MAX_HOURS).contains(&hours));
    let Some(hours) = hours else {
        let message = format!("it goes from 1 to {MAX_HOURS}");
        return Err(UserError::of("input.hours", UserErrorCode::Invalid, message).into());
    };
    let viewer = scope.request().viewer().signed_in()?.id;
    let lifetime = Duration::from_hours(hours.into());
    let issued = ctx.data_unchecked::<Arc<Keys>>().issue_preview(
        viewer,
        (scope.id(), scope.slug()),
        scope.request().now(),
        lifetime,
    )?;
    Ok(PreviewLink { token: issued.token, expires_at: Timestamp(issued.expires_at) })
}
