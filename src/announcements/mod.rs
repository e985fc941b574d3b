//! Announcements: "Marketing on Seeka". A tenant asks for something that viewers see to be featured for a while, and an
//! operator of the platform grants or refuses it.
//!
//! `(:Announcement)-[:ANNOUNCES]->(content)`. It is shown while it is granted, its period is on, and viewers see what it is
//! about. It holds nothing of a person: who has asked, and who has decided, stands in the events.

mod mutations;
mod queries;
mod store;
mod types;

pub use mutations::AnnouncementsMutations;
pub use queries::AnnouncementsQueries;

pub(crate) use queries::of_tenant;
pub(crate) use types::AnnouncementRequest;
