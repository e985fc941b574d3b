use async_graphql::{Enum, Union};

use crate::accounts::User;
use crate::catalog::{Franchise, Node, NodeId, Series, Tag};

/// Whom or what somebody can follow.
#[derive(Debug, Clone, Union)]
pub enum Followable {
    /// See [`User`].
    User(User),
    /// See [`Franchise`].
    Franchise(Franchise),
    /// See [`Series`].
    Series(Series),
    /// See [`Tag`].
    Tag(Tag),
}

impl TryFrom<Node> for Followable {
    type Error = Node;

    fn try_from(node: Node) -> Result<Self, Node> {
        match node {
            Node::User(user) => Ok(Self::User(user)),
            Node::Franchise(franchise) => Ok(Self::Franchise(franchise)),
            Node::Series(series) => Ok(Self::Series(series)),
            Node::Tag(tag) => Ok(Self::Tag(tag)),
            Node::Tenant(_) | Node::Episode(_) | Node::Person(_) => Err(node),
        }
    }
}

/// A kind of what can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Enum)]
pub enum FollowableType {
    /// Users.
    User,
    /// Franchises.
    Franchise,
    /// Series.
    Series,
    /// Tags.
    Tag,
}

impl FollowableType {
    /// Everything that can be followed.
    pub const ALL: [Self; 4] = [Self::User, Self::Franchise, Self::Series, Self::Tag];

    /// The label of its nodes.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Franchise => "Franchise",
            Self::Series => "Series",
            Self::Tag => "Tag",
        }
    }
}

impl Followable {
    /// Identifies it.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        match self {
            Self::User(user) => NodeId::User(user.id),
            Self::Franchise(franchise) => NodeId::Franchise(franchise.id),
            Self::Series(series) => NodeId::Series(series.id),
            Self::Tag(tag) => NodeId::Tag(tag.id),
        }
    }
}
