//! Catalogues in files: the sample of `seed/`, and what tests make up.
//!
//! Loading is idempotent: ids are derived from names, files are written before the graph, and the
//! graph is written in one transaction, so that an interrupted load leaves an empty graph.

mod entries;
mod rows;

use std::sync::Arc;

use futures::{FutureExt, TryStreamExt};
use rust_embed::RustEmbed;
use serde::Deserialize;

pub use entries::{
    Catalogue, CreditEntry, EpisodeEntry, FranchiseEntry, LinkEntry, PersonEntry, QuestionEntry, RailEntry,
    RailSourceEntry, SeriesEntry, TagEntry, TenantEntry,
};
use rows::{Rows, Upload};

use crate::cypher;
use crate::graph::{Graph, GraphError, Work};
use crate::storage::{Storage, StorageError};

/// How many files are uploaded at a time.
const UPLOADS_AT_A_TIME: usize = 8;

/// Why a catalogue was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file of the sample is malformed.
    #[error("seed/{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Neo4j refused it.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// S3 refused it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The files of the sample are not where this program was built.
    #[error("the sample catalogue is not there: a debug build reads it from seed/ of its source, which has moved")]
    Empty,
    /// A slug stands for nothing.
    #[error("{used_in} names {slug}, which is not in the list of tags or of people")]
    Unknown {
        /// The slug.
        slug: String,
        /// The id of what names it.
        used_in: String,
    },
    /// A value has no counterpart in the graph.
    #[error("a value of the catalogue does not fit the graph: {0}")]
    Value(neo4rs::Error),
}

/// The folder `seed/`.
#[derive(RustEmbed)]
#[folder = "seed/"]
#[include = "*.json"]
#[include = "media/*"]
struct Files;

/// The folder of pictures and videos within the sample.
const MEDIA: &str = "media/";
/// The one video of the sample, and its captions.
const VIDEO: &str = "pilot.mp4";
const CAPTIONS: &str = "pilot.en.vtt";

/// The sample catalogue.
///
/// # Errors
/// When a file of it is malformed.
pub fn sample() -> Result<Catalogue, SeedError> {
    let mut catalogue = Catalogue::default();
    for path in Files::iter() {
        let Some(file) = Files::get(&path) else { continue };
        let malformed = |source| SeedError::File { path: path.to_string(), source };
        if let Some(name) = path.strip_prefix(MEDIA) {
            catalogue.media.insert(name.to_owned(), file.data.into_owned());
        } else if path.starts_with("tenants/") {
            catalogue.tenants.push(serde_json::from_slice(&file.data).map_err(malformed)?);
        } else if path == "tags.json" {
            catalogue.tags = serde_json::from_slice(&file.data).map_err(malformed)?;
        } else if path == "people.json" {
            catalogue.people = serde_json::from_slice(&file.data).map_err(malformed)?;
        }
    }
    if catalogue.tenants.is_empty() {
        return Err(SeedError::Empty);
    }
    Ok(catalogue)
}

/// Whether the graph holds no tenant yet.
///
/// # Errors
/// When Neo4j does not answer.
pub async fn is_empty(graph: &Graph) -> Result<bool, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        empty: bool,
    }
    let rows = graph.read::<Row>(cypher!("seed/is_empty")).await?;
    Ok(rows.iter().all(|row| row.empty))
}

/// Loads a catalogue, or brings what is there up to date with it. Credits become those of the
/// catalogue; apart from them, nothing is ever removed.
///
/// # Errors
/// When Neo4j or S3 refuses something; the graph is as before then.
pub async fn load(graph: &Graph, storage: &Storage, catalogue: &Catalogue) -> Result<(), SeedError> {
    let mut rows = Rows::default();
    rows.vocabulary(catalogue);
    for tenant in &catalogue.tenants {
        rows.tenant(tenant, &catalogue.media);
    }
    if let Some((slug, used_in)) = rows.unknown.take() {
        return Err(SeedError::Unknown { slug, used_in });
    }
    let uploads = std::mem::take(&mut rows.uploads);
    futures::stream::iter(uploads.into_iter().map(Ok))
        .try_for_each_concurrent(UPLOADS_AT_A_TIME, |upload: Upload| async move {
            storage.put(&upload.key, upload.content_type, upload.bytes).await
        })
        .await?;
    let statements = rows.statements().map_err(SeedError::Value)?;
    let work: Arc<Work<()>> = Arc::new(move |transaction| {
        let statements = statements.clone();
        async move {
            for statement in statements {
                transaction.run::<Loaded>(statement).await?;
            }
            Ok(())
        }
        .boxed()
    });
    Ok(graph.transaction("seed", work).await?)
}

/// The row of every statement of `cypher/seed/`.
#[derive(Deserialize)]
struct Loaded {
    #[serde(rename = "loaded")]
    _loaded: i64,
}
