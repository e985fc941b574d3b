//! The constraints and indexes of the graph.

use std::collections::HashSet;
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

/// Creates the constraints and indexes that are missing, and waits until they are filled, which may take long on a large graph.
pub(super) async fn apply_schema(graph: &Graph, patience: Duration) -> Result<(), StartFailure> {
    #[derive(Deserialize)]
    struct Nothing {}
    let graph = graph.patient(patience);
    let declarations = SCHEMA.iter().flat_map(|(file, texts)| texts.split(';').map(|text| (*file, text.trim())));
    let declared: Vec<_> = declarations.filter_map(|(file, text)| Some((file, text, name_in(text)?))).collect();
    let names: Vec<_> = declared.iter().map(|(.., name)| *name).collect();
    // Nearly always all are there, and one statement says so.
    let mut found = indexes(&graph, &names).await?;
    let there: HashSet<_> = found.iter().map(|index| index.name.clone()).collect();
    for (file, text, _) in declared.iter().filter(|(.., name)| !there.contains(*name)) {
        graph.write::<Nothing>(Statement::new(file, text)).await.map_err(StartFailure::Schema)?;
    }
    if there.len() < names.len() {
        found = indexes(&graph, &names).await?;
    }
    let started = Instant::now();
    loop {
        let offline = found.into_iter().filter(|index| index.state != "ONLINE");
        let worst = offline.max_by_key(|index| index.state == "FAILED");
        let Some(Index { name, state }) = worst else { return Ok(()) };
        if state == "FAILED" || started.elapsed() > patience {
            return Err(StartFailure::Index { name, state });
        }
        tokio::time::sleep(INDEX_POLL).await;
        found = indexes(&graph, &names).await?;
    }
}

/// An index that is there.
#[derive(Deserialize)]
struct Index {
    name: String,
    state: String,
}

async fn indexes(graph: &Graph, names: &[&str]) -> Result<Vec<Index>, StartFailure> {
    graph.read(cypher!("platform/indexes").bind("names", names.to_vec())).await.map_err(StartFailure::Schema)
}

/// The name of the constraint or index that a statement creates: `CREATE … name IF NOT EXISTS …`.
fn name_in(statement: &str) -> Option<&str> {
    statement.split_once(" IF NOT EXISTS")?.0.split_whitespace().next_back()
}

#[cfg(test)]
mod tests {
    use super::{SCHEMA, name_in};

    #[test]
    fn whatever_is_declared_has_a_name() {
        for (file, texts) in SCHEMA {
            let texts: Vec<_> = texts.split(';').map(str::trim).filter(|text| !text.is_empty()).collect();
            assert!(texts.len() > 50, "{file}");
            for text in texts {
                assert!(name_in(text).is_some(), "{file}: {text}");
            }
        }
    }
}
