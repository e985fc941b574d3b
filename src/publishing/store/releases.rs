use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::resolver_utils::enum_value;
use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, LockedPage, assets_of, document, editors_of, page_id, strings};
use super::schedules;
use crate::cypher;
use crate::events::EventType;
use crate::graph::{GraphError, Transaction, Work, map};
use crate::id::{AssetId, PersonId, ReleaseId, RevisionId, ScheduleId, TagId};
use crate::publishing::document::{PageDocument, PageId};
use crate::publishing::limits::SetLimits;
use crate::publishing::plan::{self, Fate, Planned, PublishProblem, PublishProblemCode};
use crate::publishing::release::ReleaseKind;
use crate::scope::{Editor, TenantScope, or_null};

/// The most pages of one release, so that it stays a matter of seconds.
pub(in crate::publishing) const MAX_PAGES: usize = 1_000;

/// What is around a page that is about to be published.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "a row of answers to as many questions")]
pub(in crate::publishing) struct Surroundings {
    #[serde(deserialize_with = "page_id")]
    id: PageId,
    pub(in crate::publishing) parent_is_there: bool,
    pub(in crate::publishing) parent_is_published: bool,
    pub(in crate::publishing) slug_is_taken: bool,
    #[serde(deserialize_with = "optional_page_id")]
    pub(in crate::publishing) place_is_taken_by: Option<PageId>,
    pub(in crate::publishing) tags: HashSet<TagId>,
    pub(in crate::publishing) people: HashSet<PersonId>,
    pub(in crate::publishing) assets: HashSet<AssetId>,
    pub(in crate::publishing) has_children: bool,
}

fn optional_page_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PageId>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    id.map(|id| id.parse()).transpose().map_err(serde::de::Error::custom)
}

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
    /// This speaks against it.
    Blocked(Vec<PublishProblem>),
}

/// What a release would do, or why there is none.
pub(super) type Plan = Result<(Vec<Planned>, Vec<PublishProblem>), Released>;
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
    change_live(transaction, scope, &planned).await?;
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

/// Plans a release, with its pages locked.
pub(super) async fn plan(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    wanted: &Wanted,
    limits: SetLimits,
) -> Result<Plan, GraphError> {
    let planned = match wanted {
        Wanted::Drafts(ids) => drafts(transaction, scope, ids, true).await?,
        Wanted::AllDrafts => {
            let ids = draft_ids(transaction, scope).await?;
            drafts(transaction, scope, &ids, false).await?
        }
        Wanted::Unpublished(ids) => unpublished(transaction, scope, ids).await?,
        Wanted::Reverted(number) => reverted(transaction, scope, *number).await?,
        Wanted::Scheduled(id) => schedules::pinned(transaction, scope, *id).await?,
    };
    let planned = match planned {
        Ok(planned) if planned.is_empty() => return Ok(Err(Released::Nothing)),
        Ok(planned) if planned.len() > MAX_PAGES => return Ok(Err(Released::TooMany)),
        Ok(planned) => planned,
        Err(reason) => return Ok(Err(reason)),
    };
    let around = surroundings(transaction, scope, &planned).await?;
    let problems = plan::problems(&planned, &around, limits.into());
    Ok(Ok((planned, problems)))
}

async fn draft_ids(transaction: &mut Transaction, scope: &TenantScope<Editor>) -> Result<Vec<PageId>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(deserialize_with = "page_id")]
        id: PageId,
    }
    let limit = i64::try_from(MAX_PAGES + 1).unwrap_or(i64::MAX);
    let rows = transaction.run::<Row>(scope.bound(cypher!("publishing/draft_ids").bind("limit", limit))).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The fate of pages by their drafts. One without a draft has nothing to publish; it is passed over if it is there.
async fn drafts(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    ids: &[PageId],
    all_there: bool,
) -> Result<Result<Vec<Planned>, Released>, GraphError> {
    if ids.len() > MAX_PAGES {
        return Ok(Err(Released::TooMany));
    }
    let pages = pages::lock(transaction, scope, ids).await?;
    if let Some(missing) = absent(ids, &pages).filter(|_| all_there) {
        return Ok(Err(Released::NoPage(missing)));
    }
    let planned = pages.into_iter().filter_map(|page| {
        let (revision, document) = (page.draft_id?, page.draft.clone()?);
        let fate =
            if document.archived { Fate::Hide { archived: true } } else { Fate::Show(revision, Box::new(document)) };
        Some(Planned { page, fate })
    });
    Ok(Ok(planned.collect()))
}

fn absent(ids: &[PageId], pages: &[LockedPage]) -> Option<PageId> {
    ids.iter().copied().find(|id| pages.iter().all(|page| page.id != *id))
}

async fn unpublished(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    ids: &[PageId],
) -> Result<Result<Vec<Planned>, Released>, GraphError> {
    let pages = pages::lock(transaction, scope, ids).await?;
    if let Some(missing) = absent(ids, &pages) {
        return Ok(Err(Released::NoPage(missing)));
    }
    let published = pages.into_iter().filter(|page| page.live.is_some());
    Ok(Ok(published.map(|page| Planned { page, fate: Fate::Hide { archived: false } }).collect()))
}

/// The fate of the pages of a release that is undone. Each must still be as the release left it.
async fn reverted(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    number: i64,
) -> Result<Result<Vec<Planned>, Released>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        #[serde(deserialize_with = "page_id")]
        page_id: PageId,
        before_id: Option<RevisionId>,
        after_id: Option<RevisionId>,
        #[serde(deserialize_with = "document")]
        before: Option<PageDocument>,
    }
    let statement = cypher!("publishing/release_entries").bind("number", number);
    let entries = transaction.run::<Row>(scope.bound(statement)).await?;
    if entries.is_empty() {
        return Ok(Err(Released::NoRelease));
    }
    let ids: Vec<_> = entries.iter().map(|entry| entry.page_id).collect();
    let pages = pages::lock(transaction, scope, &ids).await?;
    let mut pages: HashMap<_, _> = pages.into_iter().map(|page| (page.id, page)).collect();
    let mut planned = Vec::new();
    for entry in entries {
        let Some(page) = pages.remove(&entry.page_id) else { return Ok(Err(Released::NoPage(entry.page_id))) };
        if page.live_id != entry.after_id || page.release_number != Some(number) {
            return Ok(Err(Released::Overtaken(entry.page_id)));
        }
        let fate = match (entry.before_id, entry.before) {
            (Some(revision), Some(document)) => Fate::Show(revision, Box::new(document)),
            _ => Fate::Hide { archived: false },
        };
        planned.push(Planned { page, fate });
    }
    Ok(Ok(planned))
}

async fn surroundings(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: &[Planned],
) -> Result<HashMap<PageId, Surroundings>, GraphError> {
    let texts = |texts: Vec<String>| texts.into_iter().map(BoltType::from).collect::<Vec<_>>();
    let pages = planned.iter().map(|planned| {
        let page = planned.shown().cloned().unwrap_or_else(|| planned.page.current());
        map([
            ("id", planned.page.id.to_string().into()),
            ("kind", enum_value(planned.page.id.kind()).to_string().into()),
            ("slug", page.slug.as_str().into()),
            ("parentId", or_null(page.parent().map(|parent| parent.to_string()))),
            ("season", or_null(page.season.map(i64::from))),
            ("number", or_null(page.number.map(i64::from))),
            ("tagIds", texts(page.tag_ids.iter().map(ToString::to_string).collect()).into()),
            ("personIds", texts(page.credits.iter().map(|credit| credit.person_id.to_string()).collect()).into()),
            ("assetIds", assets_of(&page).into()),
        ])
    });
    let statement = cypher!("publishing/surroundings").bind("pages", pages.collect::<Vec<_>>());
    let rows = transaction.run::<Surroundings>(scope.bound(statement)).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The row of a statement that changes pages.
#[derive(Deserialize)]
struct Counted {}

/// Changes what viewers see of the pages of a plan.
async fn change_live(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: &[Planned],
) -> Result<(), GraphError> {
    let shown: Vec<_> = planned.iter().filter_map(|one| Some(shown(one.page.id, one.shown()?))).collect();
    if !shown.is_empty() {
        transaction.run::<Counted>(scope.bound(cypher!("publishing/show").bind("pages", shown))).await?;
    }
    let hidden: Vec<_> = planned.iter().filter(|one| one.shown().is_none()).collect();
    if !hidden.is_empty() {
        let archived = hidden.iter().filter(|one| matches!(one.fate, Fate::Hide { archived: true }));
        let archived: Vec<_> = archived.map(|one| one.page.id).collect();
        let hidden: Vec<_> = hidden.iter().map(|one| one.page.id).collect();
        let statement = cypher!("publishing/hide").bind("ids", strings(&hidden));
        transaction.run::<Counted>(scope.bound(statement.bind("archivedIds", strings(&archived)))).await?;
    }
    Ok(())
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
    change_live(transaction, scope, &planned).await?;
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
    record(transaction, scope, entries, (number, release)).await
}

async fn record(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    entries: Vec<BoltType>,
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
    Ok(rows.first().map_or(id, |row| row.id))
}

fn revision(page: PageId, id: RevisionId, document: &PageDocument) -> BoltType {
    map([
        ("id", page.to_string().into()),
        ("revisionId", id.into()),
        ("document", document.to_json().into()),
        ("assetIds", assets_of(document).into()),
    ])
}

/// A page as the statement that shows it takes it.
fn shown(id: PageId, page: &PageDocument) -> BoltType {
    let (labels, urls): (Vec<_>, Vec<_>) = page.links.iter().map(|link| (link.label.clone(), link.url.clone())).unzip();
    let texts = |texts: Vec<String>| or_null(Some(texts).filter(|texts| !texts.is_empty()));
    let properties = map([
        ("slug", page.slug.as_str().into()),
        ("title", page.title.as_str().into()),
        ("synopsis", or_null(page.short_description.clone())),
        ("description", or_null(page.long_description.clone())),
        ("language", or_null(page.language.clone())),
        ("active", page.active.into()),
        ("franchiseType", or_null(page.franchise_type.map(|kind| enum_value(kind).to_string()))),
        ("durationMs", or_null(page.duration_ms.map(i64::from))),
        ("releaseDate", or_null(page.release_date.map(|date| date.0))),
        ("linkLabels", texts(labels)),
        ("linkUrls", texts(urls)),
    ]);
    let credits = (1_i64..).zip(&page.credits).map(|(position, credit)| {
        map([
            ("personId", credit.person_id.into()),
            ("role", enum_value(credit.role).to_string().into()),
            ("character", or_null(credit.character.clone())),
            ("position", position.into()),
        ])
    });
    let assets = page
        .assets
        .iter()
        .map(|asset| map([("assetId", asset.asset_id.into()), ("role", enum_value(asset.role).to_string().into())]));
    map([
        ("id", id.to_string().into()),
        ("kind", enum_value(id.kind()).to_string().into()),
        ("properties", properties),
        ("parentId", or_null(page.parent().map(|parent| parent.to_string()))),
        ("position", or_null(page.position.map(i64::from))),
        ("season", or_null(page.season.map(i64::from))),
        ("number", or_null(page.number.map(i64::from))),
        ("tagIds", page.tag_ids.iter().map(|tag| BoltType::from(*tag)).collect::<Vec<_>>().into()),
        ("credits", credits.collect::<Vec<_>>().into()),
        ("assets", assets.collect::<Vec<_>>().into()),
    ])
}
