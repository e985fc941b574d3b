//! The statements of `cypher/publishing/` and their rows. No other file names them.

mod changeovers;
mod edits;
mod imports;
mod live;
mod pages;
mod planning;
mod releases;
mod schedules;
mod vocabulary;

use std::sync::Arc;

use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) use changeovers::{ChangeoverRow, announce, await_changeovers, changeovers, forget_changeover};
pub(super) use edits::{Edited, NewPage, Reordered, create, edit, reorder, rewrite};
pub(super) use imports::{Imported, Names, NewImport, Progress, import, names};
pub(super) use pages::{LockedPage, PageRecord, References, pages};
pub(super) use planning::Surroundings;
pub(super) use releases::{MAX_PAGES, NewRelease, Released, Wanted, rehearse, release, show_drafts};

pub(super) use schedules::{
    Cancelled, NewSchedule, Scheduled, cancel, delay, due, end_failed, schedule, schedule_by_id, schedules,
};
pub(super) use vocabulary::{Added, PersonChange, create_person, create_tag, update_person};

use self::pages::{lock, page_id};
use super::document::{PageDocument, PageId, PageKind};
use super::limits::SetLimits;
use super::release::Release;
use super::revision::Revision;
use crate::cypher;
use crate::error::Result;
use crate::events::{EventType, NewEvent};
use crate::graph::{GraphError, Statement, Transaction, Work, map};
use crate::id::{ReleaseId, RevisionId, TenantId};
use crate::pagination::Page;
use crate::scope::{Admin, AtLeast, Editor, Scope, TenantRole, TenantScope};
use crate::tenants;
use crate::time::Timestamp;

/// The tenant of a page, if the viewer belongs to it.
pub(super) async fn tenant_of(scope: &Scope, id: PageId) -> Result<Option<TenantId>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        tenant_id: TenantId,
    }
    let rows = scope.read::<Row>(cypher!("publishing/tenant_of").bind("id", id.to_string())).await?;
    Ok(rows.first().map(|row| row.tenant_id))
}

/// What became of throwing drafts away.
#[derive(Debug)]
pub(super) enum Discarded {
    Done(usize),
    /// A page is not there, or the viewer may not edit it any more.
    NotFound(PageId),
    /// Viewers do not see the page any more, so that its draft is all there is of it.
    OnlyDraft(PageId),
}

/// Throws the drafts of pages away.
pub(super) async fn discard(scope: &TenantScope<Editor>, ids: Vec<PageId>) -> Result<Discarded, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new(ids));
    let work: Arc<Work<Discarded>> = Arc::new(move |transaction| {
        let (scope, ids) = shared.clone();
        async move {
            let pages = lock(transaction, &scope, &ids).await?;
            if let Some(missing) = ids.iter().find(|id| pages.iter().all(|page| page.id != **id)) {
                return Ok(Discarded::NotFound(*missing));
            }
            let drafted: Vec<_> = pages.iter().filter(|page| page.draft.is_some()).collect();
            if let Some(only) = drafted.iter().find(|page| page.live.is_none() && page.was_shown) {
                return Ok(Discarded::OnlyDraft(only.id));
            }
            drop_drafts(transaction, &scope, &drafted).await?;
            Ok(Discarded::Done(drafted.len()))
        }
        .boxed()
    });
    scope.transaction("publishing/discard", work).await
}

/// Forgets the drafts of pages whose locks are held.
async fn drop_drafts(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    pages: &[&LockedPage],
) -> Result<(), GraphError> {
    #[derive(Deserialize)]
    struct Row {}
    let rows = pages.iter().map(|page| {
        let event = scope.request().event(EventType::DraftDiscarded);
        let event = event.about(page.id.to_string()).within(scope.id());
        map([("id", page.id.to_string().into()), ("event", event.into())])
    });
    let statement = cypher!("publishing/drop_drafts").bind("pages", rows.collect::<Vec<BoltType>>());
    transaction.run::<Row>(scope.bound(statement)).await.map(drop)
}

/// A version of a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevisionRow {
    #[serde(deserialize_with = "page_id")]
    pub(super) page_id: PageId,
    #[serde(deserialize_with = "pages::document")]
    document: Option<PageDocument>,
}

impl RevisionRow {
    pub(super) fn document(self) -> PageDocument {
        self.document.unwrap_or_default()
    }
}

/// A version of a page, by its id.
pub(super) async fn revision(scope: &TenantScope<Editor>, id: RevisionId) -> Result<Option<RevisionRow>> {
    Ok(scope.read(cypher!("publishing/revision").bind("id", id)).await?.pop())
}

/// How long the descriptions of a tenant's pages may be.
pub(super) async fn text_limits<R: AtLeast>(scope: &TenantScope<R>) -> Result<SetLimits> {
    Ok(scope.read(cypher!("publishing/text_limits")).await?.pop().unwrap_or_default())
}

/// The same within a transaction.
pub(super) async fn text_limits_within(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
) -> Result<SetLimits, GraphError> {
    Ok(transaction.run(scope.bound(cypher!("publishing/text_limits"))).await?.pop().unwrap_or_default())
}

/// Sets how long the descriptions of a tenant's pages may be; `None` when the viewer may not any more.
pub(super) async fn set_text_limits(
    scope: &TenantScope<Admin>,
    (short, long): (i32, i32),
    event: NewEvent,
) -> Result<Option<SetLimits>, GraphError> {
    let statement = cypher!("publishing/set_text_limits")
        .bind("roles", tenants::at_least(TenantRole::Admin))
        .bind("shortDescription", i64::from(short))
        .bind("longDescription", i64::from(long))
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}

/// The only row of a list.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

async fn list<T: DeserializeOwned>(
    scope: &TenantScope<Editor>,
    statement: Statement,
    (key, page): (BoltType, &Page),
) -> Result<Vec<T>> {
    Ok(scope.read::<Items<T>>(page.bind(statement, vec![key])).await?.into_iter().flat_map(|row| row.items).collect())
}

/// A page with a draft, by its place in the list of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pending {
    #[serde(deserialize_with = "page_id")]
    pub(super) id: PageId,
    pub(super) revision_id: RevisionId,
    pub(super) changed_at: Timestamp,
}

/// A page of the list of drafts.
pub(super) async fn pending(scope: &TenantScope<Editor>, page: &Page) -> Result<Vec<Pending>> {
    let key = map([("lower", page.lower()), ("upper", page.upper())]);
    list(scope, cypher!("publishing/pending"), (key, page)).await
}

/// How many drafts there are.
pub(super) async fn pending_count(scope: &TenantScope<Editor>) -> Result<i32> {
    #[derive(Deserialize)]
    struct Row {
        count: i32,
    }
    Ok(scope.read::<Row>(cypher!("publishing/pending_count")).await?.pop().map_or(0, |row| row.count))
}

/// A page by its slug.
#[derive(Deserialize)]
pub(super) struct Listed {
    #[serde(deserialize_with = "page_id")]
    pub(super) id: PageId,
    pub(super) slug: String,
}

/// A page of the list of all pages of a kind.
pub(super) async fn pages_of_kind(
    scope: &TenantScope<Editor>,
    (kind, archived): (PageKind, bool),
    page: &Page,
) -> Result<Vec<Listed>> {
    let statement = match kind {
        PageKind::Franchise => cypher!("publishing/franchises"),
        PageKind::Series => cypher!("publishing/series"),
        PageKind::Episode => cypher!("publishing/episodes"),
        PageKind::HomePage => cypher!("publishing/home_pages"),
        PageKind::FaqEntry => cypher!("publishing/faq_entries"),
    };
    let key = map([("lower", page.lower()), ("upper", page.upper())]);
    list(scope, statement.bind("archived", archived), (key, page)).await
}

/// A page of the list of releases.
pub(super) async fn releases(scope: &TenantScope<Editor>, page: &Page) -> Result<Vec<Release>> {
    let key = map([("lower", page.lower()), ("upper", page.upper())]);
    list(scope, cypher!("publishing/releases"), (key, page)).await
}

/// A release by its id.
pub(super) async fn release_by_id(scope: &TenantScope<Editor>, id: ReleaseId) -> Result<Option<Release>> {
    #[derive(Deserialize)]
    struct Row {
        release: Release,
    }
    let rows = scope.read::<Row>(cypher!("publishing/release_by_id").bind("id", id)).await?;
    Ok(rows.into_iter().next().map(|row| row.release))
}

/// A page of the versions of a page.
pub(super) async fn revisions(scope: &TenantScope<Editor>, id: PageId, page: &Page) -> Result<Vec<Revision>> {
    let statement = cypher!("publishing/revisions")
        .bind("pageId", id.to_string())
        .bind("lower", page.lower())
        .bind("upper", page.upper())
        .bind("limit", page.limit())
        .bind("backward", page.backward);
    Ok(scope.read::<Items<Revision>>(statement).await?.into_iter().flat_map(|row| row.items).collect())
}
