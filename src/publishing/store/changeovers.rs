use serde::Deserialize;

use crate::cypher;
use crate::error::Result;
use crate::graph::{Graph, GraphError, Transaction};
use crate::id::TenantId;
use crate::scope::{Editor, TenantScope};

/// A change of what viewers see that was announced.
#[derive(Debug, Deserialize)]
pub(in crate::publishing) struct ChangeoverRow {
    pub(in crate::publishing) id: String,
    pub(in crate::publishing) tenant: TenantId,
    /// Whether it is done; while nobody has waited for it, others may see a part of it.
    pub(in crate::publishing) done: bool,
}

#[derive(Deserialize)]
struct Row {}

/// Announces a change of a tenant's pages.
pub(in crate::publishing) async fn announce(
    graph: &Graph,
    id: &str,
    scope: &TenantScope<Editor>,
) -> Result<(), GraphError> {
    let statement = cypher!("publishing/announce").bind("id", id).bind("tenantId", scope.id());
    let statement = statement.bind("now", scope.request().now());
    graph.write::<Row>(statement).await.map(drop)
}

/// Takes the lock of an announcement; false when it does not stand any more.
pub(super) async fn begin(transaction: &mut Transaction, id: &str) -> Result<bool, GraphError> {
    Ok(!transaction.run::<Row>(cypher!("publishing/begin_changeover").bind("id", id)).await?.is_empty())
}

/// Takes an announcement back.
pub(in crate::publishing) async fn forget_changeover(graph: &Graph, id: &str) -> Result<(), GraphError> {
    graph.write_again::<Row>(cypher!("publishing/forget_changeover").bind("id", id)).await.map(drop)
}

/// What is announced, and what is done.
pub(in crate::publishing) async fn changeovers(graph: &Graph) -> Result<Vec<ChangeoverRow>> {
    Ok(graph.read(cypher!("publishing/changeovers")).await?)
}

/// The same of these, once nobody is writing.
pub(in crate::publishing) async fn await_changeovers(
    graph: &Graph,
    mut ids: Vec<String>,
) -> Result<Vec<ChangeoverRow>> {
    ids.sort_unstable();
    Ok(graph.write_again(cypher!("publishing/await_changeovers").bind("ids", ids)).await?)
}
