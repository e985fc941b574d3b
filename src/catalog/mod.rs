//! The catalogue: tenants own franchises, franchises hold series, series hold episodes; tags and
//! credited people cut across them. Here is the side that viewers read. What is inactive or not yet
//! published, or lies below something that is, does not exist for them.

mod captions;
mod loaders;
mod queries;
mod search;
mod store;
mod types;

pub use captions::CaptionsQueries;
pub use loaders::CatalogLoaders;
pub use queries::CatalogQueries;
pub(crate) use search::SearchText;
pub(crate) use store::AnyNode;
pub use types::{
    Content, ContentId, Credit, CreditRole, Episode, Franchise, FranchiseType, Link, Node, NodeId, Person,
    SearchResult, SearchType, Series, Tag, Tenant,
};
