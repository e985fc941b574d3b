//! The constraints and indexes of the graph.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::StartFailure;
use crate::cypher;
use crate::graph::{Graph, Statement};

/// How often a starting server asks whether the indexes are filled.
const INDEX_POLL: Duration = Duration::from_millis(100);

/// The files of `cypher/schema/`, each several statements.
const SCHEMA: [(&str, &str); 2] = [
    ("schema/constraints", include_str!("../../cypher/schema/constraints.cypher")),
    ("schema/indexes", include_str!("../../cypher/schema/indexes.cypher")),
];

/// Creates the constraints and indexes that are missing, and waits until they are filled, which may
/// take long on a large graph.
pub(super) async fn apply_schema(graph: &Graph, patience: Duration) -> Result<(), StartFailure> {
    #[derive(Deserialize)]
    struct Index {
        name: String,
        state: String,
    }
    #[derive(Deserialize)]
    struct Nothing {}
    let graph = graph.patient(patience);
    let mut names = Vec::new();
    for (name, file) in SCHEMA {
        for text in file.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            names.extend(declared(text));
            graph.write::<Nothing>(Statement::new(name, text)).await.map_err(StartFailure::Schema)?;
        }
    }
    let started = Instant::now();
    loop {
        let statement = cypher!("platform/offline_indexes").bind("names", names.clone());
        let offline = graph.read::<Index>(statement).await.map_err(StartFailure::Schema)?;
        let worst = offline.into_iter().max_by_key(|index| index.state == "FAILED");
        let Some(Index { name, state }) = worst else { return Ok(()) };
        if state == "FAILED" || started.elapsed() > patience {
            return Err(StartFailure::Index { name, state });
        }
        tokio::time::sleep(INDEX_POLL).await;
    }
}

/// The name of the constraint or index that a statement creates: `CREATE … name IF NOT EXISTS …`.
fn declared(statement: &str) -> Option<&str> {
    statement.split_once(" IF NOT EXISTS")?.0.split_whitespace().next_back()
}
