use std::time::Duration;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{TimeDelta, Utc};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::changeover::Changeovers;
use super::store::{self, NewRelease, Released, Wanted};
use crate::accounts::{self, User};
use crate::error::{Error, Result};
use crate::functions::{FunctionError, Recurring, Services};
use crate::id::{ReleaseId, ScheduleId, UserId};
use crate::scope::{Editor, Scope, TenantScope};
use crate::time::Timestamp;

/// How often it is looked whether the time of a schedule has come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The most schedules that are taken up at once.
const AT_ONCE: usize = 16;
/// The most schedules of one look.
const MAX_DUE: i64 = 200;
/// For how long it is tried to carry a schedule out once that has failed.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(1);
/// Why a schedule was given up.
const GIVEN_UP: &str = "the server tried to publish it for a day, and failed";

/// How a schedule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScheduleState {
    /// Its time has not come yet.
    Pending,
    /// It was published.
    Fired,
    /// It was called off.
    Cancelled,
    /// It could not be published when its time had come.
    Failed,
}

/// Pages that will be published at a moment, as they were when that was decided.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// Identifies the schedule.
    pub id: ScheduleId,
    /// When the pages are published.
    pub at: Timestamp,
    /// How it stands.
    pub state: ScheduleState,
    /// What there is to say about it.
    pub note: Option<String>,
    /// Why it could not be published.
    pub failure: Option<String>,
    /// The release that came of it.
    pub release_id: Option<ReleaseId>,
    /// When it was made.
    pub created_at: Timestamp,
    #[graphql(skip)]
    created_by: Option<UserId>,
    #[graphql(skip)]
    page_ids: Vec<String>,
}

#[ComplexObject]
impl Schedule {
    /// The ids of the pages.
    async fn page_ids(&self) -> Vec<ID> {
        self.page_ids.iter().map(|id| id.as_str().into()).collect()
    }

    /// Who made it; null if they are not there any more.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        accounts::user(ctx, self.created_by).await
    }
}

/// Publishes what is scheduled, when its time has come.
#[must_use]
pub fn publishing_schedules(changeovers: Changeovers) -> Recurring {
    Recurring::new("publish-schedules", LOOK_EVERY, move |services| {
        let changeovers = changeovers.clone();
        Box::pin(async move { fire_due(services, &changeovers).await })
    })
}

async fn fire_due(services: Services, changeovers: &Changeovers) -> Result<(), FunctionError> {
    let due = store::due(&services.graph, MAX_DUE).await?;
    let fired = futures::stream::iter(due).for_each_concurrent(AT_ONCE, |due| {
        let scope = TenantScope::<Editor>::of_server(Scope::of_server(&services.graph, Utc::now()), due.tenant_id);
        async move {
            // What fails for another reason than the pages themselves is tried again at the next look.
            let Err(error) = fire(&scope, (due.id, due.note), changeovers).await else { return };
            warn!(schedule = %due.id, %error, "a schedule was not carried out");
            if let Err(error) = delay(&scope, due.id).await {
                warn!(schedule = %due.id, %error, "nor could it be noted since when it fails");
            }
        }
    });
    fired.await;
    Ok(())
}

/// Gives a schedule up that has failed for long.
async fn delay(scope: &TenantScope<Editor>, id: ScheduleId) -> Result<()> {
    let since = store::delay(scope, id).await?;
    if since.is_some_and(|since| Utc::now() - since.0 > GIVE_UP_AFTER) {
        store::end_failed(scope, id, GIVEN_UP).await?;
    }
    Ok(())
}

async fn fire(
    scope: &TenantScope<Editor>,
    (id, note): (ScheduleId, Option<String>),
    changeovers: &Changeovers,
) -> Result<()> {
    let release = NewRelease { wanted: Wanted::Scheduled(id), note, creation_key: None };
    let failure = match changeovers.release(scope.clone(), release).await? {
        // Nothing is left to do when another server has done it.
        Released::Done(_) | Released::Nothing => return Ok(()),
        Released::Late => return Err(Error::Busy(LOOK_EVERY)),
        Released::Blocked(problems) => {
            let blocking = problems.into_iter().filter(|problem| problem.blocking);
            blocking.map(|problem| format!("{}: {}", problem.title, problem.message)).collect::<Vec<_>>().join("; ")
        }
        reason => super::not_released(&reason).to_string(),
    };
    Ok(store::end_failed(scope, id, &failure).await?)
}
