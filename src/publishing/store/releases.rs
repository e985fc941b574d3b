use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::resolver_utils::enum_value;
use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::live::{Audience, Counted, change_live, revision};
use super::pages::editors_of;
use super::planning::plan;
use super::schedules;
use crate::cypher;
use crate::events::EventType;
use crate::graph::{GraphError, Transaction, Work, map, number as number_of};
use crate::id::{ReleaseId, RevisionId, ScheduleId};
use crate::publishing::document::PageId;
use crate::publishing::limits::SetLimits;
use crate::publishing::plan::{Fate, Planned, PublishProblem, PublishProblemCode};
use crate::publishing::release::ReleaseKind;
use crate::scope::{Editor, TenantScope, or_null};

/// The most pages of one release, so that it stays a matter of seconds.
pub(in crate::publishing) const MAX_PAGES: usize = 1_000;

/// How many versions of a page that viewers have seen are kept beside the one that they see.
const KEPT_REVISIONS: i64 = 100;

/// How many older ones a release deletes of a page at the most, because viewers wait meanwhile. It adds one.
const FORGOTTEN_AT_ONCE: i64 = 10;

/// Which pages a release is about.
#[derive(Debug, Clone)]
pub(in crate::publishing) enum Wanted {
    /// The drafts of these pages.
    Drafts(Vec<PageId>),
    /// All drafts of the tenant.
    AllDrafts,
    /// These pages, which viewers shall see no longer.
    Unpublished(Vec<PageId>),
    /// The pages of this release, which shall be again what they were before.
    Reverted(i64),
    /// What this schedule pins.
    Scheduled(ScheduleId),
}

impl Wanted {
    /// What tells the kinds apart: a key that is used again for another is another key.
    pub(in crate::publishing) fn name(&self) -> &'static str {
        match self {
            Self::Drafts(_) | Self::AllDrafts => "publish",
            Self::Unpublished(_) => "unpublish",
            Self::Reverted(_) => "revert",
            Self::Scheduled(_) => "schedule",
        }
    }
}

/// A release that is wanted.
#[derive(Debug, Clone)]
pub(in crate::publishing) struct NewRelease {
    pub(in crate::publishing) wanted: Wanted,
    pub(in crate::publishing) note: Option<String>,
    pub(in crate::publishing) creation_key: Option<String>,
}

/// What came of a release.
#[derive(Debug)]
pub(in crate::publishing) enum Released {
    /// It was made, or had been made before with the same key.
    Done(ReleaseId),
    /// The viewer may not do it any more.
    NotAllowed,
    /// A page is not there.
    NoPage(PageId),
    /// There is no such release.
    NoRelease,
    /// It was announced too long ago.
    Late,
    /// There is nothing to do.
    Nothing,
    /// There are more pages than a release takes.
    TooMany,
    /// A page has been released again since.
    Overtaken(PageId),
    /// A page has been released so often since that it is not known any more what it showed.
    Forgotten,
    /// This speaks against it.
    Blocked(Vec<PublishProblem>),
}

/// How many pages a release would change, and what speaks against it; or why there is none.
pub(in crate::publishing) type Rehearsal = Result<(usize, Vec<PublishProblem>), Released>;

/// Says what a release would come to, and writes nothing.
pub(in crate::publishing) async fn rehearse(
    scope: &TenantScope<Editor>,
    wanted: Wanted,
    creation_key: Option<String>,
) -> Result<Rehearsal, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new((wanted, creation_key)));
    let work: Arc<Work<Rehearsal>> = Arc::new(move |transaction| {
        let (scope, wanted) = shared.clone();
        async move {
            let (wanted, creation_key) = &*wanted;
            transaction.undo();
            let Some(begun) = begin(transaction, &scope, creation_key.as_deref()).await? else {
                return Ok(Err(Released::NotAllowed));
            };
            if let Some(before) = begun.before {
                return Ok(Err(Released::Done(before)));
            }
            let plan = plan(transaction, &scope, wanted, begun.limits).await?;
            Ok(plan.map(|(planned, problems)| (planned.len(), problems)))
        }
        .boxed()
    });
    scope.transaction("publishing/rehearse", work).await
}

/// Shows all drafts of a tenant within a transaction that is undone. What cannot be shown beside the others is left out.
pub(in crate::publishing) async fn show_drafts(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
) -> Result<Result<(), Released>, GraphError> {
    let Some(begun) = begin(transaction, scope, None).await? else {
        return Ok(Err(Released::NotAllowed));
    };
    let (mut planned, problems) = match plan(transaction, scope, &Wanted::AllDrafts, begun.limits).await? {
        Ok(plan) => plan,
        Err(Released::Nothing) => return Ok(Ok(())),
        Err(reason) => return Ok(Err(reason)),
    };
    let clash = |problem: &&PublishProblem| {
        matches!(problem.code, PublishProblemCode::SlugTaken | PublishProblemCode::ParentGone)
    };
    let clashing: HashSet<_> = problems.iter().filter(clash).map(|problem| problem.page_id.clone()).collect();
    planned.retain(|one| !clashing.contains(&one.page.id.to_string()));
    change_live(transaction, scope, &planned, Audience::Preview).await?;
    Ok(Ok(()))
}

/// Makes a release that was announced: all of its pages change for viewers, or none.
pub(in crate::publishing) async fn release(
    scope: &TenantScope<Editor>,
    release: NewRelease,
    changeover: &str,
) -> Result<Released, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new(release), Arc::new(changeover.to_owned()));
    let work: Arc<Work<Released>> = Arc::new(move |transaction| {
        let (scope, release, changeover) = shared.clone();
        async move {
            let Some(begun) = begin(transaction, &scope, release.creation_key.as_deref()).await? else {
                transaction.undo();
                return Ok(Released::NotAllowed);
            };
            if let Some(before) = begun.before {
                return Ok(Released::Done(before));
            }
            let (planned, problems) = match plan(transaction, &scope, &release.wanted, begun.limits).await? {
                Ok(plan) => plan,
                Err(reason) => {
                    transaction.undo();
                    return Ok(reason);
                }
            };
            if problems.iter().any(|problem| problem.blocking) {
                transaction.undo();
                return Ok(Released::Blocked(problems));
            }
            // Every viewer waits for this lock, so it is taken when there is nothing left to wait for.
            if !super::changeovers::begin(transaction, &changeover).await? {
                transaction.undo();
                return Ok(Released::Late);
            }
            let id = carry_out(transaction, &scope, planned, (begun.number, &release)).await?;
            if let Wanted::Scheduled(schedule) = release.wanted {
                schedules::fired(transaction, &scope, schedule, id).await?;
            }
            Ok(Released::Done(id))
        }
        .boxed()
    });
    scope.transaction("publishing/release", work).await
}

/// A release whose tenant is locked.
pub(super) struct Begun {
    pub(super) number: i64,
    pub(super) before: Option<ReleaseId>,
    pub(super) limits: SetLimits,
}

/// Locks the tenant for a release, if the viewer may make one.
pub(super) async fn begin(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    creation_key: Option<&str>,
) -> Result<Option<Begun>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        number: i64,
        before: Option<ReleaseId>,
        max_short_description: Option<i32>,
        max_long_description: Option<i32>,
    }
    let statement =
        cypher!("publishing/begin_release").bind("roles", editors_of(scope)).bind("creationKey", or_null(creation_key));
    let row = transaction.run::<Row>(scope.bound(statement)).await?.pop();
    Ok(row.map(|row| Begun {
        number: row.number,
        before: row.before,
        limits: SetLimits { short_description: row.max_short_description, long_description: row.max_long_description },
    }))
}

/// Carries a plan out, and writes it down as a release.
async fn carry_out(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: Vec<Planned>,
    (number, release): (i64, &NewRelease),
) -> Result<ReleaseId, GraphError> {
    // What production showed before there were releases of it becomes a revision, so that it can come back.
    let mut live_ids: HashMap<PageId, RevisionId> = HashMap::new();
    let mut kept = Vec::new();
    for Planned { page, .. } in &planned {
        match (page.live_id, &page.live) {
            (Some(id), _) => drop(live_ids.insert(page.id, id)),
            (None, Some(live)) => {
                let id = RevisionId::generate();
                live_ids.insert(page.id, id);
                kept.push(revision(page.id, id, live));
            }
            (None, None) => {}
        }
    }
    if !kept.is_empty() {
        transaction.run::<Counted>(scope.bound(cypher!("publishing/keep_live").bind("pages", kept))).await?;
    }
    change_live(transaction, scope, &planned, Audience::Viewers).await?;
    // Whoever takes a page from viewers goes on with what it said.
    let drafts = planned.iter().filter(|one| one.shown().is_none() && one.page.draft.is_none());
    let drafts = drafts.filter_map(|one| Some(revision(one.page.id, RevisionId::generate(), one.page.live.as_ref()?)));
    let drafts: Vec<_> = drafts.collect();
    if !drafts.is_empty() {
        transaction.run::<Counted>(scope.bound(cypher!("publishing/make_drafts").bind("pages", drafts))).await?;
    }
    let entries = planned.iter().map(|one| {
        let after = match one.fate {
            Fate::Show(id, _) => Some(id),
            Fate::Hide { .. } => None,
        };
        // What its editors see changes along if there is no draft of it.
        let renews = one.page.draft.is_none() && one.shown().is_some_and(|shown| Some(shown) != one.page.live.as_ref());
        map([
            ("renews", renews.into()),
            ("pageId", one.page.id.to_string().into()),
            ("beforeId", or_null(live_ids.get(&one.page.id).copied())),
            ("afterId", or_null(after)),
        ])
    });
    let entries: Vec<_> = entries.collect();
    // A draft that says what is shown now, as a copy of it was pinned, is no change any more.
    let same = |one: &&Planned| one.page.draft_id.is_some() && one.page.draft.as_ref() == one.shown();
    let pinned = |one: &&Planned| matches!(one.fate, Fate::Show(id, _) if Some(id) != one.page.draft_id);
    let dropped: Vec<_> = planned.iter().filter(same).filter(pinned).map(|one| &one.page).collect();
    if !dropped.is_empty() {
        super::drop_drafts(transaction, scope, &dropped).await?;
    }
    let page_ids: Vec<_> = planned.iter().map(|one| BoltType::from(one.page.id.to_string())).collect();
    let is_included = |one: &&Planned| live_ids.contains_key(&one.page.id) || one.shown().is_some();
    let included = number_of(planned.iter().filter(is_included).count());
    record(transaction, scope, (page_ids, entries, included), (number, release)).await
}

async fn record(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    (page_ids, entries, included): (Vec<BoltType>, Vec<BoltType>, BoltType),
    (number, release): (i64, &NewRelease),
) -> Result<ReleaseId, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        id: ReleaseId,
    }
    let (id, request) = (ReleaseId::generate(), scope.request());
    let (kind, event) = match release.wanted {
        Wanted::Drafts(_) | Wanted::AllDrafts | Wanted::Scheduled(_) => {
            (ReleaseKind::Publish, EventType::ReleasePublished)
        }
        Wanted::Unpublished(_) => (ReleaseKind::Unpublish, EventType::PagesUnpublished),
        Wanted::Reverted(_) => (ReleaseKind::Revert, EventType::ReleaseReverted),
    };
    let reverts = match release.wanted {
        Wanted::Reverted(number) => Some(number),
        _ => None,
    };
    let pages = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let properties = map([
        ("id", id.into()),
        ("tenantId", scope.id().into()),
        ("number", number.into()),
        ("kind", enum_value(kind).to_string().into()),
        ("reverts", or_null(reverts)),
        ("note", or_null(release.note.clone())),
        ("pages", pages.into()),
        // Those that nobody saw, before or afterwards, leave nothing to bring back.
        ("included", included),
        ("createdAt", request.now().into()),
        ("createdBy", or_null(request.viewer().signed_in().ok().map(|user| user.id))),
        ("creationKey", or_null(release.creation_key.clone())),
    ]);
    let payload = json!({"number": number, "pages": pages, "note": release.note, "reverts": reverts});
    let statement = cypher!("publishing/record_release")
        .bind("release", properties)
        .bind("entries", entries)
        .bind("event", request.event(event).about(id).within(scope.id()).with(&payload));
    let rows = transaction.run::<Row>(scope.bound(statement)).await?;
    let statement = cypher!("publishing/forget_revisions")
        .bind("most", FORGOTTEN_AT_ONCE)
        .bind("pageIds", page_ids)
        .bind("keep", KEPT_REVISIONS);
    transaction.run::<Counted>(scope.bound(statement)).await?;
    Ok(rows.first().map_or(id, |row| row.id))
}
