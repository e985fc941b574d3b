use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use crate::error::Result;
use crate::events::EventType;
use crate::id::TenantId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::publishing::bounds::{MAX_LONG_DESCRIPTION, MAX_SHORT_DESCRIPTION};
use crate::publishing::limits::TextLimits;
use crate::publishing::store;
use crate::scope::{Admin, Scope, TenantScope};
use crate::tenants::no_tenant;

/// How long the descriptions of pages may be.
#[derive(InputObject)]
struct SetTextLimitsInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The most characters of a short description: 1 to 1,000.
    short_description: i32,
    /// The most characters of a long description: 1 to 5,000.
    long_description: i32,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `setTextLimits`.
    SetTextLimitsPayload {
        /// The limits, as they are now.
        limits: TextLimits
    }
}

#[derive(Default)]
pub(super) struct SettingsMutations;

#[Object]
impl SettingsMutations {
    /// Sets how long the descriptions of a tenant's pages may be. Those that are longer stay until they are edited. For
    /// admins and owners.
    async fn set_text_limits(&self, ctx: &Context<'_>, input: SetTextLimitsInput) -> Result<SetTextLimitsPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        SetTextLimitsPayload::of(Box::pin(set(ctx, input)).await, client_mutation_id)
    }
}

async fn set(ctx: &Context<'_>, input: SetTextLimitsInput) -> Outcome<TextLimits> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let mut checked = Checked::default();
    let short = checked.value(limit("input.shortDescription", input.short_description, MAX_SHORT_DESCRIPTION));
    let long = checked.value(limit("input.longDescription", input.long_description, MAX_LONG_DESCRIPTION));
    checked.finish()?;
    let payload = json!({"shortDescription": short, "longDescription": long});
    let event = scope.request().event(EventType::TextLimitsChanged).about(scope.id()).within(scope.id());
    let set = store::set_text_limits(&scope, (short, long), event.with(&payload)).await?;
    Ok(set.ok_or_else(no_tenant)?.into())
}

fn limit(field: &str, limit: i32, most: usize) -> Result<i32, UserError> {
    let wrong = || UserError::of(field, UserErrorCode::Invalid, format!("it goes from 1 to {most}"));
    Some(limit).filter(|limit| usize::try_from(*limit).is_ok_and(|limit| (1..=most).contains(&limit))).ok_or_else(wrong)
}
