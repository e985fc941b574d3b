use std::sync::Arc;

use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::live::revision;
use super::pages::{self, document, editors, page_id};
use super::planning::plan;
use super::releases::{Released, Wanted, begin};
use crate::cypher;
use crate::error::Result;
use crate::events::{EventType, NewEvent};
use crate::graph::{Graph, GraphError, Transaction, Work, map};
use crate::id::{ReleaseId, RevisionId, ScheduleId, TenantId};
use crate::pagination::Page;
use crate::publishing::document::{PageDocument, PageId};
use crate::publishing::plan::{Fate, Planned};
use crate::publishing::schedule::Schedule;
use crate::scope::{Editor, TenantScope, or_null};
use crate::time::Timestamp;

/// The most schedules of a tenant that wait for their time.
pub(in crate::publishing) const MAX_PENDING: i64 = 1_000;

/// What is to be published, and when.
#[derive(Debug, Clone)]
pub(in crate::publishing) struct NewSchedule {
    pub(in crate::publishing) ids: Vec<PageId>,
    pub(in crate::publishing) at: Timestamp,
    pub(in crate::publishing) note: Option<String>,
    pub(in crate::publishing) creation_key: Option<String>,
}

/// What came of a schedule that was wanted.
#[derive(Debug)]
pub(in crate::publishing) enum Scheduled {
    /// It was made, or had been made before with the same key.
    Done(ScheduleId),
    /// Too many wait already.
    TooMany,
    /// It could not be published now either.
    Not(Released),
}

#[derive(Deserialize)]
struct Id {
    id: ScheduleId,
}

/// Pins the drafts of pages, to be published at a moment.
pub(in crate::publishing) async fn schedule(
    scope: &TenantScope<Editor>,
    wanted: NewSchedule,
) -> Result<Scheduled, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new(wanted));
    let work: Arc<Work<Scheduled>> = Arc::new(move |transaction| {
        let (scope, wanted) = shared.clone();
        async move {
            let Some(begun) = begin(transaction, &scope, None).await? else {
                return Ok(Scheduled::Not(Released::NotAllowed));
            };
            if let Some(key) = &wanted.creation_key {
                let statement = cypher!("publishing/schedule_by_key").bind("creationKey", key.as_str());
                if let Some(before) = transaction.run::<Id>(scope.bound(statement)).await?.pop() {
                    return Ok(Scheduled::Done(before.id));
                }
            }
            let drafts = Wanted::Drafts(wanted.ids.clone());
            let (planned, problems) = match plan(transaction, &scope, &drafts, begun.limits).await? {
                Ok(plan) => plan,
                Err(reason) => {
                    transaction.undo();
                    return Ok(Scheduled::Not(reason));
                }
            };
            if problems.iter().any(|problem| problem.blocking) {
                transaction.undo();
                return Ok(Scheduled::Not(Released::Blocked(problems)));
            }
            pin(transaction, &scope, &planned, &wanted).await
        }
        .boxed()
    });
    scope.transaction("publishing/schedule", work).await
}

async fn pin(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: &[Planned],
    wanted: &NewSchedule,
) -> Result<Scheduled, GraphError> {
    let pages = planned.iter().map(|one| revision(one.page.id, RevisionId::generate(), &one.page.current()));
    let (id, request) = (ScheduleId::generate(), scope.request());
    let properties = map([
        ("id", id.into()),
        ("tenantId", scope.id().into()),
        ("state", "PENDING".into()),
        ("at", wanted.at.0.into()),
        ("dueAt", wanted.at.0.into()),
        ("note", or_null(wanted.note.clone())),
        ("pageIds", pages::strings(&planned.iter().map(|one| one.page.id).collect::<Vec<_>>()).into()),
        ("createdAt", request.now().into()),
        ("createdBy", or_null(request.viewer().signed_in().ok().map(|user| user.id))),
        ("creationKey", or_null(wanted.creation_key.clone())),
    ]);
    let payload = json!({"at": wanted.at, "pages": planned.len()});
    let event = request.event(EventType::PublishScheduled).about(id).within(scope.id()).with(&payload);
    let statement = cypher!("publishing/schedule")
        .bind("schedule", properties)
        .bind("pages", pages.collect::<Vec<BoltType>>())
        .bind("maxPending", MAX_PENDING)
        .bind("event", event);
    let made = transaction.run::<Id>(scope.bound(statement)).await?.pop();
    if made.is_none() {
        transaction.undo();
    }
    Ok(made.map_or(Scheduled::TooMany, |made| Scheduled::Done(made.id)))
}

/// The fate of the pages of a schedule whose time has come.
pub(super) async fn pinned(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    id: ScheduleId,
) -> Result<Result<Vec<Planned>, Released>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        #[serde(deserialize_with = "page_id")]
        page_id: PageId,
        revision_id: RevisionId,
        #[serde(deserialize_with = "document")]
        document: Option<PageDocument>,
    }
    let rows = transaction.run::<Row>(scope.bound(cypher!("publishing/fire_schedule").bind("id", id))).await?;
    if rows.is_empty() {
        return Ok(Err(Released::Nothing));
    }
    let ids: Vec<_> = rows.iter().map(|row| row.page_id).collect();
    let pages = pages::lock(transaction, scope, &ids).await?;
    let mut planned = Vec::new();
    for row in rows {
        let Some(page) = pages.iter().find(|page| page.id == row.page_id).cloned() else {
            return Ok(Err(Released::NoPage(row.page_id)));
        };
        let document = row.document.unwrap_or_default();
        let fate = if document.archived {
            Fate::Hide { archived: true }
        } else {
            Fate::Show(row.revision_id, Box::new(document))
        };
        planned.push(Planned { page, fate });
    }
    Ok(Ok(planned))
}

/// Writes down that a schedule was carried out, in the transaction that does it.
pub(super) async fn fired(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    id: ScheduleId,
    release: ReleaseId,
) -> Result<(), GraphError> {
    let event = scope.request().event(EventType::ScheduleFired).about(id).within(scope.id());
    let statement = cypher!("publishing/end_schedule")
        .bind("id", id)
        .bind("state", "FIRED")
        .bind("failure", or_null(None::<String>))
        .bind("releaseId", release)
        .bind("event", event.with(&json!({"releaseId": release})));
    transaction.run::<Id>(scope.bound(statement)).await.map(drop)
}

/// Writes down that a schedule could not be carried out.
pub(in crate::publishing) async fn end_failed(
    scope: &TenantScope<Editor>,
    id: ScheduleId,
    why: &str,
) -> Result<(), GraphError> {
    let event = scope.request().event(EventType::ScheduleFailed).about(id).within(scope.id());
    let statement = cypher!("publishing/end_schedule")
        .bind("id", id)
        .bind("state", "FAILED")
        .bind("failure", why)
        .bind("releaseId", or_null(None::<String>))
        .bind("event", event.with(&json!({"failure": why})));
    scope.write::<Id>(statement).await.map(drop)
}

/// What came of calling a schedule off.
#[derive(Debug)]
pub(in crate::publishing) enum Cancelled {
    Done,
    /// It has ended already.
    TooLate,
    /// There is no such schedule, or the viewer may not any more.
    NotFound,
}

/// Calls a schedule off.
pub(in crate::publishing) async fn cancel(
    scope: &TenantScope<Editor>,
    id: ScheduleId,
    event: NewEvent,
) -> Result<Cancelled, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        cancelled: bool,
    }
    let statement = cypher!("publishing/cancel_schedule").bind("id", id).bind("roles", editors()).bind("event", event);
    Ok(match scope.write::<Row>(statement).await?.pop() {
        Some(Row { cancelled: true }) => Cancelled::Done,
        Some(Row { cancelled: false }) => Cancelled::TooLate,
        None => Cancelled::NotFound,
    })
}

/// A schedule whose time has come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::publishing) struct Due {
    pub(in crate::publishing) id: ScheduleId,
    pub(in crate::publishing) tenant_id: TenantId,
    pub(in crate::publishing) note: Option<String>,
}

/// Notes that a schedule failed; returns since when it does, unless it has ended.
pub(in crate::publishing) async fn delay(
    scope: &TenantScope<Editor>,
    id: ScheduleId,
) -> Result<Option<Timestamp>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        since: Timestamp,
    }
    let rows = scope.write::<Row>(cypher!("publishing/delay_schedule").bind("id", id)).await?;
    Ok(rows.first().map(|row| row.since))
}

/// The schedules of all tenants whose time has come, the oldest first.
pub(in crate::publishing) async fn due(graph: &Graph, limit: i64) -> Result<Vec<Due>, GraphError> {
    graph.read(cypher!("publishing/due_schedules").bind("limit", limit)).await
}

/// A page of the schedules of a tenant in these states.
pub(in crate::publishing) async fn schedules(
    scope: &TenantScope<Editor>,
    states: Vec<String>,
    page: &Page,
) -> Result<Vec<Schedule>> {
    #[derive(Deserialize)]
    struct Row {
        items: Vec<Schedule>,
    }
    let key = |state: String| map([("state", state.into()), ("lower", page.lower()), ("upper", page.upper())]);
    let keys: Vec<_> = states.into_iter().map(key).collect();
    let rows = scope.read::<Row>(page.bind(cypher!("publishing/schedules"), keys)).await?;
    let mut items: Vec<_> = rows.into_iter().flat_map(|row| row.items).collect();
    // Each state brings a page of its own.
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    if page.backward {
        items.drain(..items.len().saturating_sub(limit));
    } else {
        items.truncate(limit);
    }
    Ok(items)
}

/// A schedule by its id.
pub(in crate::publishing) async fn schedule_by_id(
    scope: &TenantScope<Editor>,
    id: ScheduleId,
) -> Result<Option<Schedule>> {
    #[derive(Deserialize)]
    struct Row {
        schedule: Schedule,
    }
    let rows = scope.read::<Row>(cypher!("publishing/schedule_by_id").bind("id", id)).await?;
    Ok(rows.into_iter().next().map(|row| row.schedule))
}
