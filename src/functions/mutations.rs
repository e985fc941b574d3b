use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::store;
use crate::error::Result;
use crate::events::EventType;
use crate::id::EventId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// What shall be attempted once more.
#[derive(InputObject)]
struct RetryFunctionInput {
    /// The event.
    event_id: EventId,
    /// The name of the function that was given up on it.
    function: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `retryFunction`.
    RetryFunctionPayload {
        /// Whether it will be attempted once more.
        retried: bool
    }
}

/// What can be done about functions.
#[derive(Default)]
pub struct FunctionsMutations;

#[Object]
impl FunctionsMutations {
    /// Has a function attempted once more on an event that it was given up on, as often as on a new one, after what waits
    /// for the same subject already. For operators of the platform.
    async fn retry_function(&self, ctx: &Context<'_>, input: RetryFunctionInput) -> Result<RetryFunctionPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RetryFunctionPayload::of(retry(ctx, input).await, client_mutation_id)
    }
}

async fn retry(ctx: &Context<'_>, input: RetryFunctionInput) -> Outcome<bool> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let event = scope.event(EventType::FunctionRetried).about(input.event_id);
    let event = event.with(&json!({"function": input.function}));
    if store::retry(scope, input.event_id, &input.function, event).await? {
        return Ok(true);
    }
    let message = "no function of this name was given up on this event";
    Err(UserError::of("input.eventId", UserErrorCode::NotFound, message).into())
}
