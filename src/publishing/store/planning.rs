//! What becomes of each page of a release, with the pages locked.

use std::collections::{HashMap, HashSet};

use async_graphql::resolver_utils::enum_value;
use neo4rs::BoltType;
use serde::Deserialize;

use super::pages::{self, LockedPage, assets_of, document, page_id};
use super::releases::{MAX_PAGES, Released, Wanted};
use super::schedules;
use crate::cypher;
use crate::graph::{GraphError, Transaction, map, number};
use crate::id::{AssetId, PersonId, RevisionId, TagId};
use crate::publishing::document::{PageDocument, PageId};
use crate::publishing::limits::SetLimits;
use crate::publishing::plan::{self, Fate, Planned, PublishProblem};
use crate::scope::{Editor, TenantScope, or_null};

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

/// What a release would do, or why there is none.
pub(super) type Plan = Result<(Vec<Planned>, Vec<PublishProblem>), Released>;

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
    let statement = cypher!("publishing/draft_ids").bind("limit", number(MAX_PAGES + 1));
    let rows = transaction.run::<Row>(scope.bound(statement)).await?;
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
    let there: HashSet<_> = pages.iter().map(|page| page.id).collect();
    ids.iter().copied().find(|id| !there.contains(id))
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
        #[serde(deserialize_with = "optional_page_id")]
        page_id: Option<PageId>,
        before_id: Option<RevisionId>,
        after_id: Option<RevisionId>,
        #[serde(deserialize_with = "document")]
        before: Option<PageDocument>,
        /// How many pages that viewers saw before or afterwards the release had when it was made.
        included: Option<usize>,
    }
    let statement = cypher!("publishing/release_entries").bind("number", number);
    let entries = transaction.run::<Row>(scope.bound(statement)).await?;
    let Some(included) = entries.first().map(|entry| entry.included) else { return Ok(Err(Released::NoRelease)) };
    let ids: Vec<_> = entries.iter().filter_map(|entry| entry.page_id).collect();
    // Of a page that was released many times since, nobody knows any more what it showed then.
    if ids.len() < included.unwrap_or(1) {
        return Ok(Err(Released::Forgotten));
    }
    let pages = pages::lock(transaction, scope, &ids).await?;
    let mut pages: HashMap<_, _> = pages.into_iter().map(|page| (page.id, page)).collect();
    let mut planned = Vec::new();
    for entry in entries {
        let Some(id) = entry.page_id else { continue };
        let Some(page) = pages.remove(&id) else { return Ok(Err(Released::NoPage(id))) };
        if page.live_id != entry.after_id || page.release_number != Some(number) {
            return Ok(Err(Released::Overtaken(id)));
        }
        let fate = match (entry.before_id, entry.before) {
            (Some(revision), Some(document)) => Fate::Show(revision, Box::new(document)),
            (Some(_), None) => return Ok(Err(Released::Forgotten)),
            (None, _) => Fate::Hide { archived: false },
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
