use async_graphql::{Context, ID, Object};

use super::loaders::Lookup;
use super::search::SearchText;
use super::types::{Episode, Franchise, Node, NodeId, Person, SearchResult, SearchType, Series, Tag, Tenant, loaders};
use crate::error::{Error, Result};
use crate::id::{EpisodeId, FranchiseId, PersonId, SeriesId, TagId, TenantId};
use crate::pagination::{Connection, PageArguments};
use crate::scope::Scope;
use crate::tenants::folded_domain;

/// The most ids of one call of `nodes`.
const MAX_NODES: usize = 100;

/// The root fields of the catalogue.
#[derive(Default)]
pub struct CatalogQueries;

#[Object]
impl CatalogQueries {
    /// Anything by its id. Null if it does not exist or may not be seen.
    #[graphql(cache_control(max_age = 60))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of any node.")] id: ID) -> Result<Option<Node>> {
        loaders(ctx).node(id.parse()?).await
    }

    /// Several things by their ids, in the order of the ids; at most 100. Null stands for what does
    /// not exist or may not be seen.
    #[graphql(cache_control(max_age = 60))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of any nodes.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(Error::BadUserInput(format!("`nodes` takes at most {MAX_NODES} ids at a time")));
        }
        let ids = ids.iter().map(|id| id.parse::<NodeId>()).collect::<Result<Vec<_>>>()?;
        futures::future::try_join_all(ids.into_iter().map(|id| loaders(ctx).node(id))).await
    }

    /// A tenant by its id, its slug, or a domain that is verified to be its own. Null if it does not exist.
    #[graphql(cache_control(max_age = 60))]
    async fn tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<TenantId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
        #[graphql(desc = "One of its domains, instead of the id.")] domain: Option<String>,
    ) -> Result<Option<Tenant>> {
        let loaders = loaders(ctx);
        if let (None, None, Some(domain)) = (id, &slug, &domain) {
            let Some(domain) = folded_domain(domain) else { return Ok(None) };
            let node = loaders.look_up(Lookup::TenantByDomain { domain }).await?;
            return Ok(node.and_then(|node| if let Node::Tenant(found) = node { Some(found) } else { None }));
        }
        if domain.is_some() {
            return Err(Error::BadUserInput("give either `id`, `slug` or `domain`".to_owned()));
        }
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Tenant(id)).await?,
            IdOrSlug::Slug(slug) => loaders.look_up(Lookup::Tenant { slug }).await?,
        };
        Ok(node.and_then(|node| if let Node::Tenant(found) = node { Some(found) } else { None }))
    }

    /// All tenants, by name.
    #[graphql(cache_control(max_age = 60))]
    async fn tenants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tenant>> {
        loaders(ctx).all_tenants(&PageArguments { first, after, last, before }).await
    }

    /// A franchise by its id, or by its slug and tenant. Null if it does not exist or may not be seen.
    #[graphql(cache_control(max_age = 60))]
    async fn franchise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<FranchiseId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
        #[graphql(desc = "The slug of its tenant; needed with `slug`, unless the request is confined to a tenant.")]
        tenant: Option<String>,
    ) -> Result<Option<Franchise>> {
        let loaders = loaders(ctx);
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Franchise(id)).await?,
            IdOrSlug::Slug(slug) => {
                let tenant = slug_of_tenant(ctx, tenant)?;
                loaders.look_up(Lookup::Franchise { tenant, slug }).await?
            }
        };
        Ok(node.and_then(|node| if let Node::Franchise(found) = node { Some(found) } else { None }))
    }

    /// All franchises, newest first.
    #[graphql(cache_control(max_age = 60))]
    async fn franchises(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Franchise>> {
        loaders(ctx).all_franchises(&PageArguments { first, after, last, before }).await
    }

    /// A series by its id, or by its slug and tenant. Null if it does not exist or may not be seen.
    #[graphql(cache_control(max_age = 60))]
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<SeriesId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
        #[graphql(desc = "The slug of its tenant; needed with `slug`, unless the request is confined to a tenant.")]
        tenant: Option<String>,
    ) -> Result<Option<Series>> {
        let loaders = loaders(ctx);
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Series(id)).await?,
            IdOrSlug::Slug(slug) => {
                let tenant = slug_of_tenant(ctx, tenant)?;
                loaders.look_up(Lookup::Series { tenant, slug }).await?
            }
        };
        Ok(node.and_then(|node| if let Node::Series(found) = node { Some(found) } else { None }))
    }

    /// All series, newest first.
    #[graphql(cache_control(max_age = 60))]
    async fn all_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Series>> {
        loaders(ctx).all_series(&PageArguments { first, after, last, before }).await
    }

    /// An episode by its id, or by its slug and tenant. Null if it does not exist or may not be seen.
    #[graphql(cache_control(max_age = 60))]
    async fn episode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<EpisodeId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
        #[graphql(desc = "The slug of its tenant; needed with `slug`, unless the request is confined to a tenant.")]
        tenant: Option<String>,
    ) -> Result<Option<Episode>> {
        let loaders = loaders(ctx);
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Episode(id)).await?,
            IdOrSlug::Slug(slug) => {
                let tenant = slug_of_tenant(ctx, tenant)?;
                loaders.look_up(Lookup::Episode { tenant, slug }).await?
            }
        };
        Ok(node.and_then(|node| if let Node::Episode(found) = node { Some(found) } else { None }))
    }

    /// All episodes, newest first.
    #[graphql(cache_control(max_age = 60))]
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Episode>> {
        loaders(ctx).all_episodes(&PageArguments { first, after, last, before }).await
    }

    /// A credited person by id or slug. Null if nobody of that name is credited for anything visible.
    #[graphql(cache_control(max_age = 60))]
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<PersonId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
    ) -> Result<Option<Person>> {
        let loaders = loaders(ctx);
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Person(id)).await?,
            IdOrSlug::Slug(slug) => loaders.look_up(Lookup::Person { slug }).await?,
        };
        Ok(node.and_then(|node| if let Node::Person(found) = node { Some(found) } else { None }))
    }

    /// A tag by its id or slug. Null if nothing visible carries it.
    #[graphql(cache_control(max_age = 60))]
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<TagId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
    ) -> Result<Option<Tag>> {
        let loaders = loaders(ctx);
        let node = match id_or_slug(id, slug)? {
            IdOrSlug::Id(id) => loaders.node(NodeId::Tag(id)).await?,
            IdOrSlug::Slug(slug) => loaders.look_up(Lookup::Tag { slug }).await?,
        };
        Ok(node.and_then(|node| if let Node::Tag(found) = node { Some(found) } else { None }))
    }

    /// The tags that something visible carries, by name.
    #[graphql(cache_control(max_age = 60))]
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        loaders(ctx).all_tags(&PageArguments { first, after, last, before }).await
    }

    /// Searches titles, texts and names. Small typing errors are forgiven, the last letters of a word
    /// may be missing, and the best matches come first. Of a very common word, the thousand closest hits
    /// are ranked.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are named in the query")]
    #[graphql(cache_control(max_age = 60))]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, in plain words; at most 200 characters.")] query: String,
        #[graphql(desc = "What to look among; everything if nothing is said.")] types: Option<Vec<SearchType>>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<SearchResult>> {
        let text = SearchText::parse(&query)?;
        let types = types.unwrap_or_else(|| SearchType::ALL.to_vec());
        loaders(ctx).search(&text, &types, &PageArguments { first, after, last, before }).await
    }
}

/// How one thing is named in a query.
enum IdOrSlug<I> {
    Id(I),
    Slug(String),
}

fn id_or_slug<I>(id: Option<I>, slug: Option<String>) -> Result<IdOrSlug<I>> {
    match (id, slug) {
        (Some(id), None) => Ok(IdOrSlug::Id(id)),
        (None, Some(slug)) => Ok(IdOrSlug::Slug(slug)),
        _ => Err(Error::BadUserInput("give either `id` or `slug`".to_owned())),
    }
}

/// The tenant that a slug belongs to: the argument, or else the tenant of the request.
fn slug_of_tenant(ctx: &Context<'_>, argument: Option<String>) -> Result<String> {
    let confined = ctx.data_unchecked::<Scope>().confined_to().map(|tenant| tenant.slug.clone());
    argument
        .or(confined)
        .ok_or_else(|| Error::BadUserInput("a slug is unique within its tenant only: give `tenant`, too".to_owned()))
}
