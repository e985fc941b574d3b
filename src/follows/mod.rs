//! Follows: users follow one another, and what they want to hear of: franchises, series and tags.
//!
//! `(:User)-[:FOLLOWS {followerId, followedId, since}]->(…)` repeats both ids, because its indexes page through the
//! followers of what is popular without going through all of them, and because nobody follows a thing twice.

mod loaders;
mod mutations;
mod store;
mod types;

pub use loaders::FollowsLoaders;
pub(crate) use loaders::{follower_count, followers, following, viewer_follows};
pub use mutations::FollowsMutations;
pub use types::{Followable, FollowableType};
