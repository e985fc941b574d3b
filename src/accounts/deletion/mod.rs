//! The end of an account: hidden at once, erased when its days are over.
//!
//! `deletedAt` says since when the account is hidden: every statement that shows users leaves it out then. `deleteAfter`
//! says when it will be erased; until then, signing in brings everything back. The [sweeper](start_sweeper) erases what is due. Tenants
//! that the account belongs to are told each time.

mod events;
mod mutations;
mod settings;
mod store;
mod sweeper;

pub(super) use events::BackEvents;
pub(super) use mutations::{DeletionMutations, kept};
pub use settings::DeletionSettings;
pub use sweeper::start_sweeper;
