//! The GraphQL objects of the catalogue, a file each. They are also the rows of the statements.

mod content;
mod credit;
mod episode;
mod franchise;
mod link;
mod node;
mod series;
mod tag;
mod tenant;

pub use content::{Content, ContentId};
pub use credit::{Credit, CreditRole, Person};
pub use episode::Episode;
pub use franchise::{Franchise, FranchiseType};
pub use link::Link;
pub use node::{Node, NodeId, SearchResult, SearchType};
pub use series::Series;
pub use tag::Tag;
pub use tenant::Tenant;

use async_graphql::Context;

use super::CatalogLoaders;
use crate::error::{Error, Result};

/// The loaders of the request.
pub(super) fn loaders<'c>(ctx: &Context<'c>) -> &'c CatalogLoaders {
    ctx.data_unchecked()
}

/// What something visible belongs to is visible, too; if it is gone, that happened meanwhile.
fn present<T>(found: Option<T>) -> Result<T> {
    found.ok_or_else(|| Error::NotFound("it is not there any more".to_owned()))
}
