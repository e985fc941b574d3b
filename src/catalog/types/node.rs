use std::fmt;
use std::str::FromStr;

use async_graphql::{Enum, ID, Interface, Union};

use super::{Episode, Franchise, Person, Series, Tag, Tenant};
use crate::accounts::User;
use crate::error::Error;
use crate::id::{ECHOED_CHARACTERS, EpisodeId, FranchiseId, PersonId, SeriesId, TagId, TenantId, UserId};

/// What `node` finds by its id.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifies the node among all nodes."))]
pub enum Node {
    /// See [`Tenant`].
    Tenant(Tenant),
    /// See [`Franchise`].
    Franchise(Franchise),
    /// See [`Series`].
    Series(Series),
    /// See [`Episode`].
    Episode(Episode),
    /// See [`Tag`].
    Tag(Tag),
    /// See [`Person`].
    Person(Person),
    /// See [`User`].
    User(User),
}

/// The id of any node, told apart by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeId {
    /// Of a tenant.
    Tenant(TenantId),
    /// Of a franchise.
    Franchise(FranchiseId),
    /// Of a series.
    Series(SeriesId),
    /// Of an episode.
    Episode(EpisodeId),
    /// Of a tag.
    Tag(TagId),
    /// Of a person.
    Person(PersonId),
    /// Of a user.
    User(UserId),
}

impl FromStr for NodeId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |error: crate::id::IdError| Error::BadUserInput(error.to_string());
        match text.split('_').next().unwrap_or_default() {
            TenantId::PREFIX => text.parse().map(Self::Tenant).map_err(wrong),
            FranchiseId::PREFIX => text.parse().map(Self::Franchise).map_err(wrong),
            SeriesId::PREFIX => text.parse().map(Self::Series).map_err(wrong),
            EpisodeId::PREFIX => text.parse().map(Self::Episode).map_err(wrong),
            TagId::PREFIX => text.parse().map(Self::Tag).map_err(wrong),
            PersonId::PREFIX => text.parse().map(Self::Person).map_err(wrong),
            UserId::PREFIX => text.parse().map(Self::User).map_err(wrong),
            _ => {
                let found: String = text.chars().take(ECHOED_CHARACTERS).collect();
                Err(Error::BadUserInput(format!("{found:?} is not the id of anything that can be looked up")))
            }
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(id) => id.fmt(f),
            Self::Franchise(id) => id.fmt(f),
            Self::Series(id) => id.fmt(f),
            Self::Episode(id) => id.fmt(f),
            Self::Tag(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
        }
    }
}

impl Node {
    /// The node's id.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        match self {
            Self::Tenant(tenant) => NodeId::Tenant(tenant.id),
            Self::Franchise(franchise) => NodeId::Franchise(franchise.id),
            Self::Series(series) => NodeId::Series(series.id),
            Self::Episode(episode) => NodeId::Episode(episode.id),
            Self::Tag(tag) => NodeId::Tag(tag.id),
            Self::Person(person) => NodeId::Person(person.id),
            Self::User(user) => NodeId::User(user.id),
        }
    }
}

/// Something that a search found.
#[derive(Debug, Clone, Union)]
pub enum SearchResult {
    /// See [`Franchise`].
    Franchise(Franchise),
    /// See [`Series`].
    Series(Series),
    /// See [`Episode`].
    Episode(Episode),
    /// See [`Person`].
    Person(Person),
    /// See [`Tag`].
    Tag(Tag),
}

impl TryFrom<Node> for SearchResult {
    type Error = Node;

    fn try_from(node: Node) -> Result<Self, Node> {
        match node {
            Node::Franchise(franchise) => Ok(Self::Franchise(franchise)),
            Node::Series(series) => Ok(Self::Series(series)),
            Node::Episode(episode) => Ok(Self::Episode(episode)),
            Node::Person(person) => Ok(Self::Person(person)),
            Node::Tag(tag) => Ok(Self::Tag(tag)),
            Node::Tenant(_) | Node::User(_) => Err(node),
        }
    }
}

impl SearchResult {
    /// Identifies what was found.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        match self {
            Self::Franchise(franchise) => NodeId::Franchise(franchise.id),
            Self::Series(series) => NodeId::Series(series.id),
            Self::Episode(episode) => NodeId::Episode(episode.id),
            Self::Person(person) => NodeId::Person(person.id),
            Self::Tag(tag) => NodeId::Tag(tag.id),
        }
    }
}

/// What a search looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SearchType {
    /// Franchises, by title, synopsis and description.
    Franchise,
    /// Series, by title, synopsis and description.
    Series,
    /// Episodes, by title and synopsis.
    Episode,
    /// Credited people, by name.
    Person,
    /// Tags, by name.
    Tag,
}

impl SearchType {
    /// Everything that can be searched for.
    pub const ALL: [Self; 5] = [Self::Franchise, Self::Series, Self::Episode, Self::Person, Self::Tag];
}
