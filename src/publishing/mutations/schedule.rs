use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::Duration;

use super::release::{NotReleased, note};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::id::{ScheduleId, TenantId};
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode, creation_key, told};
use crate::payload;
use crate::publishing::plan::PublishProblem;
use crate::publishing::queries::parsed;
use crate::publishing::schedule::Schedule;
use crate::publishing::store::{self, Cancelled, NewSchedule, Scheduled};
use crate::scope::{Editor, Scope, TenantScope};
use crate::time::Timestamp;

/// How far ahead something is scheduled at the most, in days.
const MAX_DAYS: i64 = 730;

/// What shall be published at a moment.
#[derive(InputObject)]
struct SchedulePublishInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The pages, at most 1,000. They are published as they are now, whatever is edited later.
    ids: Vec<ID>,
    /// The moment; at most two years ahead.
    at: Timestamp,
    /// What there is to say about it, in at most 500 characters.
    note: Option<String>,
    /// Comes back in the payload. The same one makes no second schedule: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// The answer to `schedulePublish`.
#[derive(SimpleObject)]
pub(crate) struct SchedulePublishPayload {
    /// What will be done.
    schedule: Option<Schedule>,
    /// What is wrong with the pages, if that keeps them from being published.
    problems: Vec<PublishProblem>,
    /// What has to be mended; empty if it was done.
    user_errors: Vec<UserError>,
    /// The `clientMutationId` of the input.
    client_mutation_id: Option<String>,
}

/// A schedule that is called off.
#[derive(InputObject)]
struct CancelScheduledPublishInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The schedule.
    id: ScheduleId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `cancelScheduledPublish`.
    CancelScheduledPublishPayload {
        /// The schedule, as it is now.
        schedule: Schedule
    }
}

#[derive(Default)]
pub(super) struct ScheduleMutations;

#[Object]
impl ScheduleMutations {
    /// Has drafts published at a moment, as they are now. For editors, admins and owners.
    async fn schedule_publish(&self, ctx: &Context<'_>, input: SchedulePublishInput) -> Result<SchedulePublishPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        let (outcome, problems): (Outcome<Schedule>, _) = match Box::pin(schedule(ctx, input)).await {
            Ok(schedule) => (Ok(schedule), Vec::new()),
            Err(NotReleased { refused, problems }) => (Err(refused), problems),
        };
        let (schedule, user_errors) = told(outcome)?;
        Ok(SchedulePublishPayload { schedule, problems, user_errors, client_mutation_id })
    }

    /// Calls off what was to be published at a moment. For editors, admins and owners.
    async fn cancel_scheduled_publish(
        &self,
        ctx: &Context<'_>,
        input: CancelScheduledPublishInput,
    ) -> Result<CancelScheduledPublishPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CancelScheduledPublishPayload::of(Box::pin(cancel(ctx, &input)).await, client_mutation_id)
    }
}

fn no_schedule() -> Error {
    Error::NotFound("there is no such schedule".to_owned())
}

async fn schedule(ctx: &Context<'_>, input: SchedulePublishInput) -> Result<Schedule, NotReleased> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let ids = parsed(&input.ids)?;
    let now = scope.request().now();
    let viewer = scope.request().viewer().signed_in()?.id;
    let mut checked = Checked::default();
    if input.at.0 <= now || input.at.0 > now + Duration::days(MAX_DAYS) {
        let message = format!("it is in the future, and at most {MAX_DAYS} days ahead");
        checked.value::<()>(Err(UserError::of("input.at", UserErrorCode::Invalid, message)));
    }
    let note = checked.value(note(input.note.as_deref()));
    let who = format!("{viewer}:{}", scope.id());
    let creation_key = checked.value(creation_key(who, input.client_mutation_id.as_deref()));
    checked.finish()?;
    let wanted = NewSchedule { ids, at: input.at, note, creation_key };
    match store::schedule(&scope, wanted).await.map_err(Error::from)? {
        Scheduled::Done(id) => Ok(store::schedule_by_id(&scope, id).await?.ok_or_else(no_schedule)?),
        Scheduled::TooMany => {
            Err(UserError::general(UserErrorCode::LimitReached, "too many schedules wait already").into())
        }
        Scheduled::Not(reason) => Err(NotReleased::because(reason)),
    }
}

async fn cancel(ctx: &Context<'_>, input: &CancelScheduledPublishInput) -> Outcome<Schedule> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let event = scope.request().event(EventType::ScheduleCancelled).about(input.id).within(scope.id());
    match store::cancel(&scope, input.id, event).await? {
        Cancelled::Done => Ok(store::schedule_by_id(&scope, input.id).await?.ok_or_else(no_schedule)?),
        Cancelled::TooLate => Err(UserError::of("input.id", UserErrorCode::NotAllowed, "it has ended already").into()),
        Cancelled::NotFound => {
            Err(UserError::of("input.id", UserErrorCode::NotFound, "there is no such schedule").into())
        }
    }
}
