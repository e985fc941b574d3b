//! The only file that asks the graph about generations, and that writes them.

use std::sync::Arc;

use futures::FutureExt;
use serde::Deserialize;
use serde::de::{Error as _, Unexpected};

use super::batches::{Batch, Position, Write};
use super::parameters::Parameters;
use super::words::TAGS;
use crate::cypher;
use crate::graph::{Graph, GraphError, Work};
use crate::id::GenerationId;
use crate::seed::Catalogue;

/// What the graph says about a generation.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Marker {
    pub(super) id: GenerationId,
    pub(super) flags: String,
    pub(super) phase: String,
    pub(super) done: i64,
    /// What it has written so far; tags, which it may share with the sample, are not counted.
    pub(super) nodes: u64,
    pub(super) relationships: u64,
    version: i64,
}

/// What became of a batch.
pub(super) enum Written {
    /// It is in the graph.
    Here,
    /// Another program has gone on with the generation meanwhile; nothing was written.
    Elsewhere,
}

/// Everything that has been generated into the graph.
pub(super) async fn markers(graph: &Graph) -> Result<Vec<Marker>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        generation: Marker,
    }
    let rows = graph.read::<Row>(cypher!("generate/generations")).await?;
    Ok(rows.into_iter().map(|row| row.generation).collect())
}

/// How many nodes of the graph are neither of the sample catalogue nor of a generation.
pub(super) async fn foreign_nodes(graph: &Graph, sample: &Catalogue, markers: &[Marker]) -> Result<u64, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        nodes: u64,
        sample: u64,
    }
    let slugs = |slugs: &mut dyn Iterator<Item = &str>| {
        let mut slugs: Vec<String> = slugs.map(str::to_owned).collect();
        slugs.sort_unstable();
        slugs.dedup();
        slugs
    };
    let statement = cypher!("generate/holdings")
        .bind("tenants", slugs(&mut sample.tenants.iter().map(|tenant| tenant.slug.as_str())))
        .bind("tags", slugs(&mut sample.tags.iter().map(|tag| tag.slug.as_str()).chain(TAGS)))
        .bind("people", slugs(&mut sample.people.iter().map(|person| person.slug.as_str())));
    let generated: u64 = markers.iter().map(|marker| 1 + marker.nodes).sum();
    let rows = graph.read::<Row>(statement).await?;
    Ok(rows.iter().map(|row| row.nodes.saturating_sub(row.sample + generated)).sum())
}

/// Notes that a generation begins.
pub(super) async fn begin(graph: &Graph, parameters: &Parameters) -> Result<Marker, GraphError> {
    let (id, flags, start) = (parameters.id(), parameters.flags(), Position::START);
    let statement = cypher!("generate/begin")
        .bind("id", id)
        .bind("flags", flags.as_str())
        .bind("phase", start.phase.name())
        .bind("until", parameters.until);
    graph.write::<Version>(statement).await?;
    let phase = start.phase.name().to_owned();
    Ok(Marker { id, flags, phase, done: 0, nodes: 0, relationships: 0, version: 0 })
}

/// Writes a batch and notes it in `marker`, both or neither: a generation that is interrupted at any moment
/// goes on exactly where it was.
pub(super) async fn write(graph: &Graph, marker: &mut Marker, batch: Batch) -> Result<Written, GraphError> {
    let after = Marker {
        phase: batch.to.phase.name().to_owned(),
        done: batch.to.done.into(),
        nodes: marker.nodes + batch.nodes,
        relationships: marker.relationships + batch.relationships,
        version: marker.version + 1,
        ..marker.clone()
    };
    let advance = cypher!("generate/advance")
        .bind("id", marker.id)
        .bind("version", marker.version)
        .bind("phase", batch.to.phase.name())
        .bind("done", batch.to.done)
        .bind("nodes", signed(after.nodes))
        .bind("relationships", signed(after.relationships));
    let writes = Arc::new(batch.writes);
    let work: Arc<Work<Written>> = Arc::new(move |transaction| {
        let (advance, writes) = (advance.clone(), writes.clone());
        async move {
            if transaction.run::<Version>(advance).await?.is_empty() {
                return Ok(Written::Elsewhere);
            }
            for Write { statement, rows } in writes.iter().filter(|write| !write.rows.is_empty()) {
                let name = statement.name();
                let answer = transaction.run::<Loaded>(statement.clone().bind("rows", rows.clone())).await?;
                let loaded: u64 = answer.iter().map(|row| row.loaded).sum();
                // Something that the rows refer to is not there. As an error it undoes the batch.
                if loaded != rows.len() as u64 {
                    let expected = format!("{} rows", rows.len());
                    let source = neo4rs::DeError::invalid_value(Unexpected::Unsigned(loaded), &expected.as_str());
                    return Err(GraphError::Row { statement: name, source });
                }
            }
            Ok(Written::Here)
        }
        .boxed()
    });
    let written = graph.transaction("generate", work).await?;
    if matches!(written, Written::Here) {
        *marker = after;
    }
    Ok(written)
}

/// Neo4j's integers are signed.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The row of the statements that note something.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "version")]
    _version: i64,
}

/// The row of the statements that write.
#[derive(Deserialize)]
struct Loaded {
    loaded: u64,
}
