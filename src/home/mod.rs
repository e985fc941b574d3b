//! Home pages: of the platform, and of each tenant. A page is a list of rails (`rails.rs`), of which some are the same
//! for everybody and some are the viewer's own; here they are resolved for the viewer. The page of a tenant is edited
//! and published with the rest of its catalogue; that of the platform is edited here, by operators.

mod loaders;
mod mutations;
mod queries;
mod rails;
mod store;
mod types;

pub use loaders::HomeLoaders;
pub use mutations::HomeMutations;
pub use queries::HomeQueries;
pub use rails::{
    HomePageRailInput, HomePageRails, MAX_RAIL_ITEMS, MAX_RAILS, Rail, RailContentType, RailKind, RailSource,
    RecommendationStrategy, USUAL_RAIL_ITEMS,
};

use std::sync::LazyLock;

use chrono::DateTime;

use crate::id::HomePageId;

/// The home page of the platform, which has the same id in every graph.
static OF_PLATFORM: LazyLock<HomePageId> = LazyLock::new(|| HomePageId::named(DateTime::UNIX_EPOCH, "platform"));
