//! What many ask a tenant, with the answers, as viewers see it. It is written and published at the creators' desk, as pages of a
//! kind of their own (`src/publishing/mutations/faq.rs`).

mod loaders;
mod store;

use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::id::FaqEntryId;

pub use loaders::FaqLoaders;
pub(crate) use loaders::entries_of;

/// A question that many ask, with its answer.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
pub(crate) struct FaqEntry {
    /// Identifies the question.
    pub(crate) id: FaqEntryId,
    /// Its name in addresses.
    pub(crate) slug: String,
    /// The question.
    pub(crate) question: String,
    /// The answer.
    pub(crate) answer: String,
    /// Its place among the questions of its tenant.
    #[graphql(skip)]
    pub(crate) position: i64,
}
