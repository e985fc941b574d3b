use async_graphql::{ComplexObject, SimpleObject};
use serde::{Deserialize, Deserializer, de};

use super::document::PageDocument;
use crate::id::RevisionId;
use crate::time::Timestamp;

/// A version of a page that viewers see or have seen.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revision {
    /// Identifies the version.
    pub id: RevisionId,
    /// Since when viewers have seen it.
    pub published_at: Timestamp,
    #[graphql(skip)]
    state: String,
    /// What the page said.
    #[serde(rename = "document", deserialize_with = "document")]
    pub fields: PageDocument,
}

#[ComplexObject]
impl Revision {
    /// Whether viewers see this version now.
    async fn live(&self) -> bool {
        self.state == "LIVE"
    }
}

fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PageDocument, D::Error> {
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}
