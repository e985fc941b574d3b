use std::collections::{HashMap, HashSet};

use neo4rs::BoltType;
use serde::{Deserialize, Deserializer, de};

use crate::assets::{AssetKind, AssetRole};
use crate::catalog::{CreditRole, FranchiseType};
use crate::cypher;
use crate::error::Result;
use crate::graph::{GraphError, Transaction};
use crate::home::{HomePageRails, Rail};
use crate::id::{AssetId, FranchiseId, PersonId, RevisionId, SeriesId, TagId, UserId};
use crate::publishing::document::{PageAsset, PageCredit, PageDocument, PageId, PageLink};
use crate::scope::{AtLeast, Editor, TenantRole, TenantScope, or_null};
use crate::tenants;
use crate::time::{Date, Timestamp};

/// A page whose lock is held.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::publishing) struct LockedPage {
    #[serde(deserialize_with = "page_id")]
    pub(in crate::publishing) id: PageId,
    pub(in crate::publishing) version: i32,
    pub(in crate::publishing) draft_id: Option<RevisionId>,
    #[serde(deserialize_with = "document")]
    pub(in crate::publishing) draft: Option<PageDocument>,
    /// The last release that changed it.
    pub(in crate::publishing) release_number: Option<i64>,
    /// Whether viewers see it, or have seen it.
    pub(in crate::publishing) was_shown: bool,
    /// The revision that viewers see, once there was a release of it.
    pub(in crate::publishing) live_id: Option<RevisionId>,
    /// What viewers see.
    #[serde(deserialize_with = "live")]
    pub(in crate::publishing) live: Option<PageDocument>,
}

impl LockedPage {
    /// What an editor sees: the draft, or what viewers see.
    pub(in crate::publishing) fn current(&self) -> PageDocument {
        self.draft.clone().or_else(|| self.live.clone()).unwrap_or_default()
    }
}

/// A page as its editors see it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::publishing) struct PageRecord {
    #[serde(deserialize_with = "page_id")]
    pub(in crate::publishing) id: PageId,
    pub(in crate::publishing) version: i32,
    pub(in crate::publishing) created_at: Timestamp,
    pub(in crate::publishing) published_at: Option<Timestamp>,
    #[serde(deserialize_with = "document")]
    pub(in crate::publishing) draft: Option<PageDocument>,
    pub(in crate::publishing) changed_at: Option<Timestamp>,
    pub(in crate::publishing) changed_by: Option<UserId>,
    #[serde(deserialize_with = "live")]
    pub(in crate::publishing) live: Option<PageDocument>,
}

/// The page of an id that a statement returns.
pub(super) fn page_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PageId, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

/// The document of a revision.
pub(super) fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PageDocument>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(de::Error::custom)
}

/// What viewers see of a page, as the statements read it from its node.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Live {
    slug: String,
    title: String,
    short_description: Option<String>,
    long_description: Option<String>,
    language: Option<String>,
    active: bool,
    franchise_type: Option<FranchiseType>,
    franchise_id: Option<FranchiseId>,
    position: Option<i32>,
    series_id: Option<SeriesId>,
    season: Option<i32>,
    number: Option<i32>,
    duration_ms: Option<i32>,
    release_date: Option<Date>,
    link_labels: Option<Vec<String>>,
    link_urls: Option<Vec<String>>,
    tag_ids: Vec<TagId>,
    credits: Vec<LiveCredit>,
    assets: Vec<LiveAsset>,
    answer: Option<String>,
    #[serde(deserialize_with = "rails")]
    rails: Option<Vec<Rail>>,
}

/// The rails of a home page, as its node keeps them.
fn rails<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Rail>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let rails = text.map(|text| HomePageRails::stored(&text)).transpose().map_err(de::Error::custom)?;
    Ok(rails.map(|rails| rails.0))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LiveCredit {
    person_id: PersonId,
    role: CreditRole,
    character: Option<String>,
    position: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LiveAsset {
    role: AssetRole,
    asset_id: AssetId,
}

fn live<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PageDocument>, D::Error> {
    Ok(Option::<Live>::deserialize(deserializer)?.map(PageDocument::from))
}

impl From<Live> for PageDocument {
    fn from(mut live: Live) -> Self {
        // The graph has no order among relationships, and two readings of one page have to be equal.
        live.credits.sort_by_key(|credit| credit.position);
        live.tag_ids.sort_unstable();
        let links = live.link_labels.into_iter().flatten().zip(live.link_urls.into_iter().flatten());
        let credits = live.credits.into_iter().map(|credit| PageCredit {
            person_id: credit.person_id,
            role: credit.role,
            character: credit.character,
        });
        let assets = live.assets.into_iter().map(|asset| PageAsset { role: asset.role, asset_id: asset.asset_id });
        let mut assets: Vec<_> = assets.collect();
        assets.sort_by_key(PageAsset::rank);
        Self {
            slug: live.slug,
            title: live.title,
            short_description: live.short_description,
            long_description: live.long_description,
            language: live.language,
            active: live.active,
            archived: false,
            franchise_type: live.franchise_type,
            franchise_id: live.franchise_id,
            position: live.position,
            series_id: live.series_id,
            season: live.season,
            number: live.number,
            duration_ms: live.duration_ms,
            release_date: live.release_date,
            links: links.map(|(label, url)| PageLink { label, url }).collect(),
            tag_ids: live.tag_ids,
            credits: credits.collect(),
            assets,
            answer: live.answer,
            rails: live.rails,
        }
    }
}

/// The roles of those who edit, for statements.
pub(super) fn editors() -> Vec<BoltType> {
    tenants::at_least(TenantRole::Editor)
}

/// The same, or nothing where it is the server that acts.
pub(super) fn editors_of<R: AtLeast>(scope: &TenantScope<R>) -> BoltType {
    let somebody = scope.request().viewer().signed_in().is_ok();
    or_null(somebody.then(editors))
}

/// Pages as their editors see them; one that is not there is absent.
pub(in crate::publishing) async fn pages<R: AtLeast>(
    scope: &TenantScope<R>,
    ids: &[PageId],
) -> Result<HashMap<PageId, PageRecord>> {
    let rows = scope.read::<PageRecord>(cypher!("publishing/pages").bind("ids", strings(ids))).await?;
    Ok(rows.into_iter().map(|page| (page.id, page)).collect())
}

/// Locks pages, and reads them. Those that are not there, or that the viewer may not edit any more, are absent.
pub(in crate::publishing) async fn lock(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    ids: &[PageId],
) -> Result<Vec<LockedPage>, GraphError> {
    let mut ids = ids.to_vec();
    // Whoever locks several pages does it in this order, so that two never wait for one another.
    ids.sort_unstable();
    ids.dedup();
    let statement = cypher!("publishing/lock_pages").bind("ids", strings(&ids)).bind("roles", editors_of(scope));
    transaction.run(scope.bound(statement)).await
}

/// What is there of the things that a page refers to.
pub(in crate::publishing) struct References {
    pub(in crate::publishing) parents: HashSet<String>,
    pub(in crate::publishing) tags: HashSet<TagId>,
    pub(in crate::publishing) people: HashSet<PersonId>,
    pub(in crate::publishing) assets: HashMap<AssetId, AssetKind>,
}

/// Looks for what pages refer to, and locks their files.
pub(in crate::publishing) async fn references(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    pages: &[&PageDocument],
) -> Result<References, GraphError> {
    #[derive(Deserialize)]
    struct File {
        id: AssetId,
        kind: AssetKind,
    }
    #[derive(Deserialize)]
    struct Row {
        parents: Vec<String>,
        tags: Vec<TagId>,
        people: Vec<PersonId>,
    }
    fn distinct<T: ToString>(values: impl Iterator<Item = T>) -> Vec<BoltType> {
        let texts: std::collections::BTreeSet<_> = values.map(|value| value.to_string()).collect();
        texts.into_iter().map(Into::into).collect()
    }
    let statement = cypher!("publishing/references")
        .bind("parentIds", distinct(pages.iter().filter_map(|page| page.parent())))
        .bind("tagIds", distinct(pages.iter().flat_map(|page| page.tag_ids.iter())))
        .bind("personIds", distinct(pages.iter().flat_map(|page| page.credits.iter().map(|credit| credit.person_id))));
    let row = transaction.run::<Row>(scope.bound(statement)).await?.pop();
    let row = row.unwrap_or(Row { parents: vec![], tags: vec![], people: vec![] });
    // In the order of their ids, for the same reason as pages.
    let assets = distinct(pages.iter().flat_map(|page| page.assets.iter().map(|asset| asset.asset_id)));
    let assets = if assets.is_empty() {
        Vec::new()
    } else {
        transaction.run::<File>(scope.bound(cypher!("publishing/lock_assets").bind("assetIds", assets))).await?
    };
    Ok(References {
        parents: row.parents.into_iter().collect(),
        tags: row.tags.into_iter().collect(),
        people: row.people.into_iter().collect(),
        assets: assets.into_iter().map(|file| (file.id, file.kind)).collect(),
    })
}

pub(super) fn strings(ids: &[PageId]) -> Vec<BoltType> {
    ids.iter().map(|id| id.to_string().into()).collect()
}

pub(super) fn assets_of(page: &PageDocument) -> Vec<BoltType> {
    page.assets.iter().map(|asset| asset.asset_id.into()).collect()
}
