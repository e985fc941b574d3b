//! The statements of `cypher/catalog/` and their rows. No other file names them.

use std::collections::HashMap;
use std::hash::Hash;

use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::captions::CaptionHit;
use super::loaders::{Lookup, PageOf, Relation, RelationKey};
use super::search::SearchText;
use super::types::{Content, Credit, Episode, Franchise, Node, NodeId, Person, SearchType, Series, Tag, Tenant};
use crate::accounts::User;
use crate::assets::Asset;
use crate::cypher;
use crate::error::Result;
use crate::graph::{Statement, map, number};
use crate::id::{PersonId, TagId, TenantId};
use crate::pagination::{Page, SortValue};
use crate::scope::{Scope, or_null};

/// The most assets of one piece of content that are looked at.
const MAX_ASSETS: i64 = 100;
/// The most hits of the index that a search ranks.
const MAX_SEARCH_CANDIDATES: i64 = 1_000;

/// A node of any kind, as statements return it: a map with one entry.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct AnyNode {
    tenant: Option<Tenant>,
    franchise: Option<Franchise>,
    series: Option<Series>,
    episode: Option<Episode>,
    tag: Option<Tag>,
    person: Option<Person>,
    user: Option<User>,
}

impl AnyNode {
    /// The node, whatever it is.
    pub(crate) fn node(self) -> Option<Node> {
        None.or(self.tenant.map(Node::Tenant))
            .or(self.franchise.map(Node::Franchise))
            .or(self.series.map(Node::Series))
            .or(self.episode.map(Node::Episode))
            .or(self.tag.map(Node::Tag))
            .or(self.person.map(Node::Person))
            .or(self.user.map(Node::User))
    }
}

/// The only row of a list.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// The items of the `n`-th key.
#[derive(Deserialize)]
struct ItemsOf<T> {
    n: usize,
    items: Vec<T>,
}

/// Nodes by their ids; a key without a visible node is absent.
pub(super) async fn nodes_by_ids(scope: &Scope, ids: &[NodeId]) -> Result<HashMap<NodeId, Node>> {
    #[derive(Deserialize)]
    struct Row {
        node: AnyNode,
    }
    let mut of = HashMap::<_, Vec<BoltType>>::new();
    for id in ids {
        let list = match id {
            NodeId::Tenant(_) => "tenantIds",
            NodeId::Franchise(_) => "franchiseIds",
            NodeId::Series(_) => "seriesIds",
            NodeId::Episode(_) => "episodeIds",
            NodeId::Tag(_) => "tagIds",
            NodeId::Person(_) => "personIds",
            NodeId::User(_) => "userIds",
        };
        of.entry(list).or_default().push(id.to_string().into());
    }
    let mut statement = cypher!("catalog/nodes_by_ids");
    for list in ["tenantIds", "franchiseIds", "seriesIds", "episodeIds", "tagIds", "personIds", "userIds"] {
        statement = statement.bind(list, of.remove(list).unwrap_or_default());
    }
    let rows = scope.read::<Row>(statement).await?;
    Ok(rows.into_iter().filter_map(|row| row.node.node()).map(|node| (node.node_id(), node)).collect())
}

/// Nodes by their slugs; a key without a visible node is absent.
pub(super) async fn nodes_by_slugs(scope: &Scope, lookups: &[Lookup]) -> Result<HashMap<Lookup, Node>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        node: AnyNode,
    }
    let mut of = HashMap::<_, Vec<BoltType>>::new();
    for (n, lookup) in lookups.iter().enumerate() {
        let (list, tenant, slug) = match lookup {
            Lookup::Tenant { slug } => ("tenants", "", slug),
            Lookup::TenantByDomain { domain } => ("domains", "", domain),
            Lookup::Franchise { tenant, slug } => ("franchises", tenant.as_str(), slug),
            Lookup::Series { tenant, slug } => ("series", tenant.as_str(), slug),
            Lookup::Episode { tenant, slug } => ("episodes", tenant.as_str(), slug),
            Lookup::Tag { slug } => ("tags", "", slug),
            Lookup::Person { slug } => ("people", "", slug),
        };
        let key = map([("n", number(n)), ("tenant", tenant.into()), ("slug", slug.as_str().into())]);
        of.entry(list).or_default().push(key);
    }
    let mut statement = cypher!("catalog/nodes_by_slugs");
    for list in ["tenants", "domains", "franchises", "series", "episodes", "tags", "people"] {
        statement = statement.bind(list, of.remove(list).unwrap_or_default());
    }
    let rows = scope.read::<Row>(statement).await?;
    let found = rows.into_iter().filter_map(|row| Some((lookups.get(row.n)?.clone(), row.node.node()?)));
    Ok(found.collect())
}

/// One page of what hangs on a piece of content: one of the lists is filled.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(super) struct Related {
    pub(super) series: Vec<Series>,
    pub(super) episodes: Vec<Episode>,
    pub(super) tags: Vec<Tag>,
    pub(super) credits: Vec<Credit>,
    pub(super) assets: Vec<Asset>,
}

/// All relations that a level of a query asks for, in one statement.
pub(super) async fn relations_by_content(scope: &Scope, keys: &[RelationKey]) -> Result<HashMap<RelationKey, Related>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        page: Related,
    }
    let mut of = HashMap::<_, Vec<BoltType>>::new();
    for (n, key) in keys.iter().enumerate() {
        let id = || BoltType::from(key.of.to_string());
        let (list, key) = match &key.relation {
            Relation::Series(page) => ("series", page.key(n, id())),
            Relation::Episodes(page) => ("episodes", page.key(n, id())),
            Relation::Tags(page) => ("tags", page.key(n, id())),
            Relation::Credits(page) => ("credits", page.key(n, id())),
            Relation::Assets => ("assets", map([("n", number(n)), ("id", id())])),
        };
        of.entry(list).or_default().push(key);
    }
    let mut statement = cypher!("catalog/relations_by_content").bind("maxAssets", MAX_ASSETS);
    for list in ["series", "episodes", "tags", "credits", "assets"] {
        statement = statement.bind(list, of.remove(list).unwrap_or_default());
    }
    let rows = scope.read::<Row>(statement).await?;
    Ok(rows.into_iter().filter_map(|row| Some((keys.get(row.n)?.clone(), row.page))).collect())
}

/// What every statement returns that reads a page for each key.
type Pages<I, T> = Result<HashMap<PageOf<I>, Vec<T>>>;

/// Pages of the franchises of tenants.
pub(super) async fn franchises_by_tenants(scope: &Scope, keys: &[PageOf<TenantId>]) -> Pages<TenantId, Franchise> {
    pages(scope, both_ways(cypher!("catalog/franchises_by_tenants"), keys), keys).await
}

/// Pages of the series of tenants.
pub(super) async fn series_by_tenants(scope: &Scope, keys: &[PageOf<TenantId>]) -> Pages<TenantId, Series> {
    pages(scope, both_ways(cypher!("catalog/series_by_tenants"), keys), keys).await
}

/// Pages of the episodes of tenants.
pub(super) async fn episodes_by_tenants(scope: &Scope, keys: &[PageOf<TenantId>]) -> Pages<TenantId, Episode> {
    pages(scope, both_ways(cypher!("catalog/episodes_by_tenants"), keys), keys).await
}

/// Something that carries a tag.
#[derive(Clone)]
pub(super) struct Tagged {
    /// When it was tagged: its place in the list.
    pub(super) at: chrono::DateTime<chrono::Utc>,
    pub(super) content: Content,
}

/// Pages of what carries tags.
pub(super) async fn content_by_tags(scope: &Scope, keys: &[PageOf<TagId>]) -> Pages<TagId, Tagged> {
    #[derive(Deserialize)]
    struct Row {
        at: chrono::DateTime<chrono::Utc>,
        node: AnyNode,
    }
    let found = pages::<_, Row>(scope, both_ways(cypher!("catalog/content_by_tags"), keys), keys).await?;
    let tagged = |row: Row| Some(Tagged { at: row.at, content: row.node.node()?.try_into().ok()? });
    Ok(found.into_iter().map(|(key, rows)| (key, rows.into_iter().filter_map(tagged).collect())).collect())
}

/// Pages of what people are credited for.
pub(super) async fn credits_by_people(scope: &Scope, keys: &[PageOf<PersonId>]) -> Pages<PersonId, Credit> {
    let all = keys.iter().enumerate().map(|(n, key)| key.page.key(n, key.of.into()));
    let statement = cypher!("catalog/credits_by_people").bind("keys", all.collect::<Vec<BoltType>>());
    pages(scope, statement, keys).await
}

/// Binds the keys of a statement that reads an index from either end.
fn both_ways<I: Copy + Into<BoltType>>(statement: Statement, keys: &[PageOf<I>]) -> Statement {
    let towards = |backward: bool| -> Vec<BoltType> {
        let keys = keys.iter().enumerate().filter(|(_, key)| key.page.backward == backward);
        keys.map(|(n, key)| key.page.key(n, key.of.into())).collect()
    };
    let limit = keys.iter().map(|key| key.page.limit()).max().unwrap_or_default();
    statement.bind("forward", towards(false)).bind("backward", towards(true)).bind("limit", limit)
}

/// Runs a statement that returns a page for each of `keys`.
async fn pages<I, T>(scope: &Scope, statement: Statement, keys: &[PageOf<I>]) -> Pages<I, T>
where
    I: Copy + Eq + Hash,
    T: DeserializeOwned,
{
    let rows = scope.read::<ItemsOf<T>>(statement).await?;
    let mut found: HashMap<_, _> = keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    for row in rows {
        if let Some(key) = keys.get(row.n) {
            found.insert(key.clone(), row.items);
        }
    }
    Ok(found)
}

/// A page of all franchises of the platform.
pub(super) async fn franchises(scope: &Scope, page: &Page) -> Result<Vec<Franchise>> {
    list(scope, cypher!("catalog/franchises"), page).await
}

/// A page of all series of the platform.
pub(super) async fn series(scope: &Scope, page: &Page) -> Result<Vec<Series>> {
    list(scope, cypher!("catalog/series"), page).await
}

/// A page of all episodes of the platform.
pub(super) async fn episodes(scope: &Scope, page: &Page) -> Result<Vec<Episode>> {
    list(scope, cypher!("catalog/episodes"), page).await
}

/// A page of all tenants.
pub(super) async fn tenants(scope: &Scope, page: &Page) -> Result<Vec<Tenant>> {
    list(scope, cypher!("catalog/tenants"), page).await
}

/// A page of all tags.
pub(super) async fn tags(scope: &Scope, page: &Page) -> Result<Vec<Tag>> {
    list(scope, cypher!("catalog/tags"), page).await
}

/// Runs a statement that returns one page of a list, as one row.
async fn list<T: DeserializeOwned>(scope: &Scope, statement: Statement, page: &Page) -> Result<Vec<T>> {
    let key = map([("lower", page.lower()), ("upper", page.upper())]);
    let rows = scope.read::<Items<T>>(page.bind(statement, vec![key])).await?;
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}

/// Something that a search found.
pub(super) struct Hit {
    /// Its place in the list.
    pub(super) position: Vec<SortValue>,
    pub(super) node: Node,
}

/// A page of what a search finds.
pub(super) async fn search(scope: &Scope, text: &SearchText, types: &[SearchType], page: &Page) -> Result<Vec<Hit>> {
    #[derive(Deserialize)]
    struct Row {
        title: String,
        rank: i64,
        node: AnyNode,
    }
    let labels = types.iter().map(|kind| match kind {
        SearchType::Franchise => "FRANCHISE",
        SearchType::Series => "SERIES",
        SearchType::Episode => "EPISODE",
        SearchType::Person => "PERSON",
        SearchType::Tag => "TAG",
    });
    let tenant = scope.confined_to().map(|tenant| tenant.id);
    let content_queries = vec![
        map([("text", text.title_query(tenant).into()), ("inTitle", 1.into())]),
        map([("text", text.content_query(tenant).into()), ("inTitle", 0.into())]),
    ];
    let statement = cypher!("catalog/search")
        .bind("contentQueries", content_queries)
        .bind("nameQueries", vec![text.name_query()])
        .bind("types", labels.collect::<Vec<_>>())
        .bind("phrase", text.phrase())
        .bind("words", text.words().to_vec())
        .bind("candidates", MAX_SEARCH_CANDIDATES)
        .bind("lower", page.lower())
        .bind("upper", page.upper())
        .bind("limit", page.limit())
        .bind("backward", page.backward);
    let rows = scope.read::<Items<Row>>(statement).await?;
    let hit = |row: Row| {
        let node = row.node.node()?;
        let position = vec![SortValue::Number(row.rank), SortValue::Text(row.title), SortValue::text(&node.node_id())];
        Some(Hit { position, node })
    };
    Ok(rows.into_iter().flat_map(|row| row.items).filter_map(hit).collect())
}

/// A page of what is said in episodes: those of the tenant with a slug, in captions of a language.
pub(super) async fn captions(
    scope: &Scope,
    text: &SearchText,
    (tenant, language): (Option<&str>, Option<&str>),
    page: &Page,
) -> Result<Vec<CaptionHit>> {
    let statement = cypher!("catalog/search_captions")
        .bind("words", text.caption_query())
        .bind("phrase", text.phrase())
        .bind("single", text.words().to_vec())
        .bind("tenantSlug", or_null(tenant))
        .bind("language", or_null(language))
        .bind("candidates", MAX_SEARCH_CANDIDATES)
        .bind("lower", page.lower())
        .bind("upper", page.upper())
        .bind("limit", page.limit())
        .bind("backward", page.backward);
    let rows = scope.read::<Items<CaptionHit>>(statement).await?;
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}
