//! Exports: everything that the graph holds on a user, as a file of JSON that they download.
//!
//! It is read list by list and page by page (`cypher/exports/`), and written to S3 part by part, so the memory of an
//! export does not grow with what somebody has done. Each statement names the properties that it gives away, so no
//! hash of a password or a token can be among them.

mod document;
mod mutations;
mod store;

pub use mutations::ExportsMutations;
pub(crate) use store::{expired, forget};

use crate::id::UserId;

/// Below which key the exports of a user lie.
pub(crate) fn folder(user: UserId) -> String {
    format!("exports/{user}/")
}
