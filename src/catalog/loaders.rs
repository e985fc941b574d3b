//! What the resolvers of the catalogue ask for, and how it is batched.

use std::collections::HashMap;

use super::search::SearchText;
use super::store::{self, Related, Tagged};
use super::types::{
    Content, ContentId, Credit, Episode, Franchise, Node, NodeId, SearchResult, SearchType, Series, Tag, Tenant,
};
use crate::assets::{Asset, AssetRole};
use crate::batch::{BatchLoad, Batched};
use crate::error::Result;
use crate::id::{FranchiseId, PersonId, SeriesId, TagId, TenantId};
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::Scope;

const TENANTS: Order = Order { list: "tenants", descending: false, columns: &[Column::Text, Column::Text] };
const FRANCHISES: Order = Order { list: "franchises", descending: true, columns: &[Column::Time, Column::Text] };
const SERIES: Order = Order { list: "series", descending: true, columns: &[Column::Time, Column::Text] };
const EPISODES: Order = Order { list: "episodes", descending: true, columns: &[Column::Time, Column::Text] };
const SERIES_OF_FRANCHISE: Order =
    Order { list: "seriesOfFranchise", descending: false, columns: &[Column::Number, Column::Text] };
const EPISODES_OF_SERIES: Order =
    Order { list: "episodesOfSeries", descending: false, columns: &[Column::Number, Column::Number, Column::Text] };
const TAGS: Order = Order { list: "tags", descending: false, columns: &[Column::Text, Column::Text] };
const TAGGED: Order = Order { list: "tagged", descending: true, columns: &[Column::Time, Column::Text] };
const CREDITS: Order = Order { list: "credits", descending: false, columns: &[Column::Number, Column::Text] };
const CREDITS_OF_PERSON: Order =
    Order { list: "creditsOfPerson", descending: true, columns: &[Column::Time, Column::Text, Column::Number] };
const SEARCH: Order =
    Order { list: "search", descending: false, columns: &[Column::Number, Column::Text, Column::Text] };

/// A slug that something is looked up by; the tenant is a slug, too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lookup {
    Tenant {
        slug: String,
    },
    /// By a verified domain.
    TenantByDomain {
        domain: String,
    },
    Franchise {
        tenant: String,
        slug: String,
    },
    Series {
        tenant: String,
        slug: String,
    },
    Episode {
        tenant: String,
        slug: String,
    },
    Tag {
        slug: String,
    },
    Person {
        slug: String,
    },
}

/// A relation of a piece of content, with the page of it that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Relation {
    Series(Page),
    Episodes(Page),
    Tags(Page),
    Credits(Page),
    Assets,
}

impl Relation {
    /// How many items it has at the most.
    fn items(&self) -> usize {
        match self {
            Self::Series(page) | Self::Episodes(page) | Self::Tags(page) | Self::Credits(page) => page.size,
            Self::Assets => USUAL_ASSETS,
        }
    }
}

/// How many assets a piece of content is taken for, where an answer is measured.
const USUAL_ASSETS: usize = 10;

/// The key of everything that hangs on content, so that a level costs one statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RelationKey {
    pub(super) of: ContentId,
    pub(super) relation: Relation,
}

/// A page of a list that something has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PageOf<I> {
    pub(super) of: I,
    pub(super) page: Page,
}

/// Defines a loader as a call of a function of the store.
macro_rules! batch {
    ($name:ident: $key:ty => $value:ty = $function:path) => {
        batch!($name: $key => $value = $function, |_| 1);
    };
    ($name:ident: $key:ty => $value:ty = $function:path, $items:expr) => {
        struct $name;

        impl BatchLoad for $name {
            type Key = $key;
            type Value = $value;

            fn items(key: &$key) -> usize {
                let items: fn(&$key) -> usize = $items;
                items(key)
            }

            async fn load(scope: &Scope, keys: &[$key]) -> Result<HashMap<$key, $value>> {
                $function(scope, keys).await
            }
        }
    };
}

batch!(NodesByIds: NodeId => Node = store::nodes_by_ids);
batch!(NodesBySlugs: Lookup => Node = store::nodes_by_slugs);
batch!(RelationsByContent: RelationKey => Related = store::relations_by_content, |key| key.relation.items());
batch!(FranchisesByTenants: PageOf<TenantId> => Vec<Franchise> = store::franchises_by_tenants, |key| key.page.size);
batch!(SeriesByTenants: PageOf<TenantId> => Vec<Series> = store::series_by_tenants, |key| key.page.size);
batch!(EpisodesByTenants: PageOf<TenantId> => Vec<Episode> = store::episodes_by_tenants, |key| key.page.size);
batch!(ContentByTags: PageOf<TagId> => Vec<Tagged> = store::content_by_tags, |key| key.page.size);
batch!(CreditsByPeople: PageOf<PersonId> => Vec<Credit> = store::credits_by_people, |key| key.page.size);

/// The catalogue as one request sees it.
pub struct CatalogLoaders {
    scope: Scope,
    nodes: Batched<NodesByIds>,
    slugs: Batched<NodesBySlugs>,
    relations: Batched<RelationsByContent>,
    franchises: Batched<FranchisesByTenants>,
    series: Batched<SeriesByTenants>,
    episodes: Batched<EpisodesByTenants>,
    tagged: Batched<ContentByTags>,
    credits: Batched<CreditsByPeople>,
}

impl CatalogLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            nodes: Batched::new(scope.clone()),
            slugs: Batched::new(scope.clone()),
            relations: Batched::new(scope.clone()),
            franchises: Batched::new(scope.clone()),
            series: Batched::new(scope.clone()),
            episodes: Batched::new(scope.clone()),
            tagged: Batched::new(scope.clone()),
            credits: Batched::new(scope.clone()),
        }
    }

    /// Whatever has the id, if the viewer may see it.
    pub(crate) async fn node(&self, id: NodeId) -> Result<Option<Node>> {
        self.nodes.load(id).await
    }

    /// Keeps what a list of another capability brought along, so that the way up from it is free.
    pub(crate) async fn keep(&self, content: &[Content]) {
        self.prime(content, Node::from).await;
    }

    pub(super) async fn look_up(&self, lookup: Lookup) -> Result<Option<Node>> {
        let node = self.slugs.load(lookup).await?;
        if let Some(node) = &node {
            self.nodes.prime(node.node_id(), node.clone()).await;
        }
        Ok(node)
    }

    pub(super) async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        let node = self.node(NodeId::Tenant(id)).await?;
        Ok(node.and_then(|node| if let Node::Tenant(tenant) = node { Some(tenant) } else { None }))
    }

    pub(super) async fn franchise(&self, id: FranchiseId) -> Result<Option<Franchise>> {
        let node = self.node(NodeId::Franchise(id)).await?;
        Ok(node.and_then(|node| if let Node::Franchise(franchise) = node { Some(franchise) } else { None }))
    }

    pub(super) async fn series(&self, id: SeriesId) -> Result<Option<Series>> {
        let node = self.node(NodeId::Series(id)).await?;
        Ok(node.and_then(|node| if let Node::Series(series) = node { Some(series) } else { None }))
    }

    // Lists of the platform, or of the one tenant that the request is confined to.

    pub(super) async fn all_tenants(&self, arguments: &PageArguments) -> Result<Connection<Tenant>> {
        let page = arguments.page(&TENANTS)?;
        let tenants = store::tenants(&self.scope, &page).await?;
        self.prime(&tenants, Node::Tenant).await;
        Ok(page
            .connection(&TENANTS, tenants, |tenant| vec![SortValue::text(&tenant.name), SortValue::text(&tenant.id)]))
    }

    pub(super) async fn all_franchises(&self, arguments: &PageArguments) -> Result<Connection<Franchise>> {
        if let Some(tenant) = self.scope.confined_to() {
            return self.franchises_of(tenant.id, arguments).await;
        }
        let page = arguments.page(&FRANCHISES)?;
        let franchises = store::franchises(&self.scope, &page).await?;
        self.prime(&franchises, Node::Franchise).await;
        Ok(page.connection(&FRANCHISES, franchises, |item| newest(item.published_at.0, &item.id)))
    }

    pub(super) async fn all_series(&self, arguments: &PageArguments) -> Result<Connection<Series>> {
        if let Some(tenant) = self.scope.confined_to() {
            return self.series_of_tenant(tenant.id, arguments).await;
        }
        let page = arguments.page(&SERIES)?;
        let series = store::series(&self.scope, &page).await?;
        self.prime(&series, Node::Series).await;
        Ok(page.connection(&SERIES, series, |item| newest(item.published_at.0, &item.id)))
    }

    pub(super) async fn all_episodes(&self, arguments: &PageArguments) -> Result<Connection<Episode>> {
        if let Some(tenant) = self.scope.confined_to() {
            return self.episodes_of_tenant(tenant.id, arguments).await;
        }
        let page = arguments.page(&EPISODES)?;
        let episodes = store::episodes(&self.scope, &page).await?;
        self.prime(&episodes, Node::Episode).await;
        Ok(page.connection(&EPISODES, episodes, |item| newest(item.published_at.0, &item.id)))
    }

    pub(super) async fn all_tags(&self, arguments: &PageArguments) -> Result<Connection<Tag>> {
        let page = arguments.page(&TAGS)?;
        let tags = store::tags(&self.scope, &page).await?;
        Ok(page.connection(&TAGS, tags, by_name))
    }

    pub(super) async fn search(
        &self,
        text: &SearchText,
        types: &[SearchType],
        arguments: &PageArguments,
    ) -> Result<Connection<SearchResult>> {
        let page = arguments.page(&SEARCH)?;
        let hits = if text.is_empty() { Vec::new() } else { store::search(&self.scope, text, types, &page).await? };
        let mut positions = HashMap::new();
        let mut results = Vec::new();
        for hit in hits {
            let id = hit.node.node_id();
            self.nodes.prime(id, hit.node.clone()).await;
            if let Ok(result) = SearchResult::try_from(hit.node) {
                positions.insert(id, hit.position);
                results.push(result);
            }
        }
        Ok(page.connection(&SEARCH, results, |result| positions.get(&result.node_id()).cloned().unwrap_or_default()))
    }

    /// Keeps episodes that a list has found, for whoever asks for them by their ids.
    pub(super) async fn know(&self, episodes: impl Iterator<Item = &Episode>) {
        for episode in episodes {
            self.nodes.prime(NodeId::Episode(episode.id), Node::Episode(episode.clone())).await;
        }
    }

    // Lists of a tenant.

    pub(super) async fn franchises_of(
        &self,
        tenant: TenantId,
        arguments: &PageArguments,
    ) -> Result<Connection<Franchise>> {
        let page = arguments.page(&FRANCHISES)?;
        let franchises = self.franchises.load(PageOf { of: tenant, page: page.clone() }).await?.unwrap_or_default();
        self.prime(&franchises, Node::Franchise).await;
        Ok(page.connection(&FRANCHISES, franchises, |item| newest(item.published_at.0, &item.id)))
    }

    pub(super) async fn series_of_tenant(
        &self,
        tenant: TenantId,
        arguments: &PageArguments,
    ) -> Result<Connection<Series>> {
        let page = arguments.page(&SERIES)?;
        let series = self.series.load(PageOf { of: tenant, page: page.clone() }).await?.unwrap_or_default();
        self.prime(&series, Node::Series).await;
        Ok(page.connection(&SERIES, series, |item| newest(item.published_at.0, &item.id)))
    }

    pub(super) async fn episodes_of_tenant(
        &self,
        tenant: TenantId,
        arguments: &PageArguments,
    ) -> Result<Connection<Episode>> {
        let page = arguments.page(&EPISODES)?;
        let episodes = self.episodes.load(PageOf { of: tenant, page: page.clone() }).await?.unwrap_or_default();
        self.prime(&episodes, Node::Episode).await;
        Ok(page.connection(&EPISODES, episodes, |item| newest(item.published_at.0, &item.id)))
    }

    // What hangs on a piece of content.

    pub(super) async fn series_of_franchise(
        &self,
        franchise: FranchiseId,
        arguments: &PageArguments,
    ) -> Result<Connection<Series>> {
        let page = arguments.page(&SERIES_OF_FRANCHISE)?;
        let related = self.related(ContentId::Franchise(franchise), Relation::Series(page.clone())).await?;
        self.prime(&related.series, Node::Series).await;
        Ok(page.connection(&SERIES_OF_FRANCHISE, related.series, |series| {
            vec![SortValue::Number(series.position), SortValue::text(&series.id)]
        }))
    }

    pub(super) async fn episodes_of_series(
        &self,
        series: SeriesId,
        arguments: &PageArguments,
    ) -> Result<Connection<Episode>> {
        let page = arguments.page(&EPISODES_OF_SERIES)?;
        let related = self.related(ContentId::Series(series), Relation::Episodes(page.clone())).await?;
        self.prime(&related.episodes, Node::Episode).await;
        Ok(page.connection(&EPISODES_OF_SERIES, related.episodes, |episode| {
            vec![
                SortValue::Number(episode.season.into()),
                SortValue::Number(episode.number.into()),
                SortValue::text(&episode.id),
            ]
        }))
    }

    pub(super) async fn tags_of(&self, content: ContentId, arguments: &PageArguments) -> Result<Connection<Tag>> {
        let page = arguments.page(&TAGS)?;
        let related = self.related(content, Relation::Tags(page.clone())).await?;
        Ok(page.connection(&TAGS, related.tags, by_name))
    }

    pub(super) async fn credits_of(&self, content: ContentId, arguments: &PageArguments) -> Result<Connection<Credit>> {
        let page = arguments.page(&CREDITS)?;
        let related = self.related(content, Relation::Credits(page.clone())).await?;
        Ok(page.connection(&CREDITS, related.credits, |credit| {
            vec![SortValue::Number(credit.position), SortValue::text(&credit.person.id)]
        }))
    }

    pub(super) async fn assets_of(&self, content: ContentId) -> Result<Vec<Asset>> {
        Ok(self.related(content, Relation::Assets).await?.assets)
    }

    pub(super) async fn asset_of(&self, content: ContentId, role: AssetRole) -> Result<Option<Asset>> {
        Ok(self.assets_of(content).await?.into_iter().find(|asset| asset.role == role))
    }

    async fn related(&self, of: ContentId, relation: Relation) -> Result<Related> {
        Ok(self.relations.load(RelationKey { of, relation }).await?.unwrap_or_default())
    }

    // Lists across the catalogue.

    pub(super) async fn tagged_with(&self, tag: TagId, arguments: &PageArguments) -> Result<Connection<Content>> {
        let page = arguments.page(&TAGGED)?;
        let tagged = self.tagged.load(PageOf { of: tag, page: page.clone() }).await?.unwrap_or_default();
        let times: HashMap<_, _> = tagged.iter().map(|tagged| (tagged.content.content_id(), tagged.at)).collect();
        let content: Vec<_> = tagged.into_iter().map(|tagged| tagged.content).collect();
        Ok(page.connection(&TAGGED, content, |content| {
            let id = content.content_id();
            times.get(&id).map(|at| newest(*at, &id)).unwrap_or_default()
        }))
    }

    pub(super) async fn credits_of_person(
        &self,
        person: PersonId,
        arguments: &PageArguments,
    ) -> Result<Connection<Credit>> {
        let page = arguments.page(&CREDITS_OF_PERSON)?;
        let credits = self.credits.load(PageOf { of: person, page: page.clone() }).await?.unwrap_or_default();
        Ok(page.connection(&CREDITS_OF_PERSON, credits, |credit| {
            vec![
                SortValue::Time(credit.published_at.0),
                SortValue::text(&credit.content_id),
                SortValue::Number(credit.position),
            ]
        }))
    }

    /// Keeps what a list brought along, so that the way back up (episode to series) is free.
    async fn prime<T: Clone>(&self, items: &[T], node: fn(T) -> Node) {
        for item in items {
            let node = node(item.clone());
            self.nodes.prime(node.node_id(), node).await;
        }
    }
}

fn newest(at: chrono::DateTime<chrono::Utc>, id: &impl ToString) -> Vec<SortValue> {
    vec![SortValue::Time(at), SortValue::text(id)]
}

fn by_name(tag: &Tag) -> Vec<SortValue> {
    vec![SortValue::text(&tag.name), SortValue::text(&tag.id)]
}
