//! The statements of `cypher/home/` and their rows. No other file names them.

use std::collections::HashMap;

use chrono::TimeDelta;
use neo4rs::BoltType;
use serde::Deserialize;

use super::OF_PLATFORM;
use super::loaders::{Page, PageOf, RailKey};
use super::rails::{HomePageRails, RailContentType, RailSource, RecommendationStrategy};
use crate::catalog::{AnyNode, Content, Tenant};
use crate::cypher;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::graph::{map, number};
use crate::scope::{Scope, or_null};

/// How long a series trends after somebody has watched it.
const TRENDING_DAYS: i64 = 7;
/// Of what everybody has watched, as much is counted for a trend: what was watched last.
const MAX_TRENDING: i64 = 5_000;
/// Of what the viewer has watched, as much is looked at: what was watched last.
const MAX_HISTORY: i64 = 500;
/// From which completion on an episode counts as watched to its end: what is left are the credits.
const FINISHED: f64 = 0.9;
/// Of what the viewer follows, as much is looked at for tags.
const MAX_FOLLOWED: i64 = 200;
/// Of what carries a tag, as much is looked at: what was tagged last.
const MAX_TAGGED: i64 = 300;
/// Of a history, as many episodes are compared with those of others.
const MAX_ALIKE: i64 = 30;
/// As many viewers of an episode are looked at, and as many are taken for being like the viewer.
const MAX_VIEWERS: i64 = 50;

/// The lists of `home/items`, of which each kind of rail has one.
const LISTS: [&str; 13] = [
    "handPicked",
    "byTag",
    "newestFranchises",
    "newestSeries",
    "newestEpisodes",
    "newestFranchisesOfTenant",
    "newestSeriesOfTenant",
    "newestEpisodesOfTenant",
    "trending",
    "trendingOfTenant",
    "continueWatching",
    "popularWithYourTags",
    "similarViewers",
];

/// Home pages; a tenant that the viewer cannot see is absent.
pub(super) async fn pages(scope: &Scope, keys: &[PageOf]) -> Result<HashMap<PageOf, Page>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        tenant: Option<Tenant>,
        rails: Option<String>,
    }
    let (mut tenants, mut platform) = (Vec::<BoltType>::new(), Vec::<BoltType>::new());
    for (n, key) in keys.iter().enumerate() {
        match key {
            PageOf::Platform => platform.push(map([("n", number(n)), ("id", (*OF_PLATFORM).into())])),
            PageOf::Tenant(slug) => tenants.push(map([("n", number(n)), ("slug", slug.as_str().into())])),
        }
    }
    let statement = cypher!("home/pages").bind("tenants", tenants).bind("platform", platform);
    let mut found = HashMap::new();
    for row in scope.read::<Row>(statement).await? {
        let rails = row.rails.as_deref().map(HomePageRails::stored).transpose().map_err(Error::internal)?;
        let page = Page { tenant: row.tenant, rails: rails.unwrap_or_else(HomePageRails::usual) };
        found.extend(keys.get(row.n).map(|key| (key.clone(), page)));
    }
    Ok(found)
}

/// The list that a rail belongs to.
fn list(key: &RailKey) -> &'static str {
    let is_of_platform = key.tenant.is_none();
    match key.source {
        RailSource::HandPicked { .. } => "handPicked",
        RailSource::ByTag { .. } => "byTag",
        RailSource::Newest { content_type } => match (content_type, is_of_platform) {
            (RailContentType::Franchise, true) => "newestFranchises",
            (RailContentType::Series, true) => "newestSeries",
            (RailContentType::Episode, true) => "newestEpisodes",
            (RailContentType::Franchise, false) => "newestFranchisesOfTenant",
            (RailContentType::Series, false) => "newestSeriesOfTenant",
            (RailContentType::Episode, false) => "newestEpisodesOfTenant",
        },
        RailSource::Trending if is_of_platform => "trending",
        RailSource::Trending => "trendingOfTenant",
        RailSource::ContinueWatching => "continueWatching",
        RailSource::Recommended { strategy } => match strategy {
            RecommendationStrategy::PopularWithYourTags => "popularWithYourTags",
            RecommendationStrategy::SimilarViewers => "similarViewers",
        },
    }
}

/// The items of all rails that are asked for, in one statement.
pub(super) async fn items(scope: &Scope, keys: &[RailKey]) -> Result<HashMap<RailKey, Vec<Content>>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        items: Vec<AnyNode>,
    }
    let mut of = HashMap::<_, Vec<BoltType>>::new();
    for (n, key) in keys.iter().enumerate() {
        let [n, tenant] = [("n", number(n)), ("tenantId", or_null(key.tenant))];
        let limit = ("limit", i64::from(key.limit).into());
        let entry = match &key.source {
            RailSource::HandPicked { content_ids } => {
                let ids: Vec<BoltType> = content_ids.iter().map(|id| id.to_string().into()).collect();
                map([n, tenant, limit, ("ids", ids.into())])
            }
            RailSource::ByTag { tag_id } => map([n, tenant, limit, ("tagId", (*tag_id).into())]),
            _ => map([n, tenant, limit]),
        };
        of.entry(list(key)).or_default().push(entry);
    }
    let limit = keys.iter().map(|key| i64::from(key.limit)).max().unwrap_or_default();
    let mut statement = cypher!("home/items")
        .bind("trendingSince", scope.now() - TimeDelta::days(TRENDING_DAYS))
        .bind("maxTrending", MAX_TRENDING)
        .bind("maxHistory", MAX_HISTORY)
        .bind("finished", FINISHED)
        .bind("maxFollowed", MAX_FOLLOWED)
        .bind("maxTagged", MAX_TAGGED)
        .bind("maxAlike", MAX_ALIKE)
        .bind("maxViewers", MAX_VIEWERS)
        .bind("limit", limit);
    for list in LISTS {
        statement = statement.bind(list, of.remove(list).unwrap_or_default());
    }
    let content = |node: AnyNode| Content::try_from(node.node()?).ok();
    let rows = scope.read::<Row>(statement).await?;
    let found = rows.into_iter().filter_map(|row| {
        let items = row.items.into_iter().filter_map(content).collect();
        Some((keys.get(row.n)?.clone(), items))
    });
    Ok(found.collect())
}

/// The home page of the platform as operators see it: its version, and its rails as text.
#[derive(Deserialize)]
pub(super) struct PlatformRow {
    pub(super) version: i32,
    pub(super) draft: Option<String>,
    pub(super) live: Option<String>,
}

/// The home page of the platform, if somebody has made one.
pub(super) async fn platform_page(scope: &Scope) -> Result<Option<PlatformRow>> {
    Ok(scope.read(cypher!("home/platform_page").bind("id", *OF_PLATFORM)).await?.pop())
}

/// What came of writing the draft.
#[derive(Deserialize)]
pub(super) struct Written {
    /// Whether the version was the one that was expected.
    pub(super) fits: bool,
    /// The version that it had.
    pub(super) version: i32,
}

/// Writes the draft of the platform's home page; nothing comes back if the viewer is no operator any more.
pub(super) async fn update_platform_page(
    scope: &Scope,
    expected_version: i32,
    draft: &str,
    event: NewEvent,
) -> Result<Option<Written>> {
    let statement = cypher!("home/platform_update")
        .bind("id", *OF_PLATFORM)
        .bind("expectedVersion", expected_version)
        .bind("draft", draft)
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}

/// What came of publishing the draft.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published {
    #[serde(flatten)]
    pub(super) written: Written,
    /// Whether there was a draft.
    pub(super) has_draft: bool,
}

/// Shows the draft of the platform's home page to viewers; nothing comes back if there is no page, or the viewer is no
/// operator any more.
pub(super) async fn publish_platform_page(
    scope: &Scope,
    expected_version: i32,
    event: NewEvent,
) -> Result<Option<Published>> {
    let statement = cypher!("home/platform_publish")
        .bind("id", *OF_PLATFORM)
        .bind("expectedVersion", expected_version)
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}
