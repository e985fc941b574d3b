use std::fmt;
use std::str::FromStr;

use async_graphql::{ID, Interface};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Episode, Franchise, Node, NodeId, Series};
use crate::error::Error;
use crate::id::{EpisodeId, FranchiseId, SeriesId};
use crate::time::Timestamp;

/// A franchise, a series or an episode: what can be published, tagged and talked about.
#[derive(Debug, Clone, Interface)]
#[expect(clippy::duplicated_attributes, reason = "two fields can have the same type")]
#[graphql(
    field(name = "id", ty = "ID", desc = "Identifies the item among all nodes."),
    field(name = "slug", ty = "&String", desc = "Its name in addresses, unique within its kind and tenant."),
    field(name = "title", ty = "&String", desc = "Its title."),
    field(name = "synopsis", ty = "&Option<String>", desc = "What it is about, in a sentence or two."),
    field(name = "language", ty = "&Option<String>", desc = "The language it is made in, as a BCP 47 tag."),
    field(name = "published_at", ty = "&Timestamp", desc = "Since when viewers can see it.")
)]
pub enum Content {
    /// See [`Franchise`].
    Franchise(Franchise),
    /// See [`Series`].
    Series(Series),
    /// See [`Episode`].
    Episode(Episode),
}

impl TryFrom<Node> for Content {
    type Error = Node;

    fn try_from(node: Node) -> Result<Self, Node> {
        match node {
            Node::Franchise(franchise) => Ok(Self::Franchise(franchise)),
            Node::Series(series) => Ok(Self::Series(series)),
            Node::Episode(episode) => Ok(Self::Episode(episode)),
            other => Err(other),
        }
    }
}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        match content {
            Content::Franchise(franchise) => Self::Franchise(franchise),
            Content::Series(series) => Self::Series(series),
            Content::Episode(episode) => Self::Episode(episode),
        }
    }
}

impl Content {
    /// The item's id.
    #[must_use]
    pub fn content_id(&self) -> ContentId {
        match self {
            Self::Franchise(franchise) => ContentId::Franchise(franchise.id),
            Self::Series(series) => ContentId::Series(series.id),
            Self::Episode(episode) => ContentId::Episode(episode.id),
        }
    }
}

/// The id of a franchise, a series or an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentId {
    /// Of a franchise.
    Franchise(FranchiseId),
    /// Of a series.
    Series(SeriesId),
    /// Of an episode.
    Episode(EpisodeId),
}

impl From<ContentId> for NodeId {
    fn from(id: ContentId) -> Self {
        match id {
            ContentId::Franchise(id) => Self::Franchise(id),
            ContentId::Series(id) => Self::Series(id),
            ContentId::Episode(id) => Self::Episode(id),
        }
    }
}

impl FromStr for ContentId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse()? {
            NodeId::Franchise(id) => Ok(Self::Franchise(id)),
            NodeId::Series(id) => Ok(Self::Series(id)),
            NodeId::Episode(id) => Ok(Self::Episode(id)),
            other => Err(Error::BadUserInput(format!("{other} is not the id of a franchise, a series or an episode"))),
        }
    }
}

impl Serialize for ContentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NodeId::from(*self).fmt(f)
    }
}
