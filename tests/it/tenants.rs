//! Tenants: who belongs to them, and who may do what there.

mod authority;
mod domains;
mod making;
mod members;
mod scope;
mod standing;

use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Member, TestApp, codes};

/// Sends a mutation with one input, and returns its payload.
async fn mutate(member: &Member, field: &str, selection: &str, input: Value) -> Value {
    let selection = format!("{selection} userErrors {{ field code }}");
    member.client.mutate(field, &selection, input).await.data()[field].clone()
}

/// The codes of a mutation that the server refuses.
async fn refused(client: &crate::support::Client, field: &str, selection: &str, input: Value) -> Vec<String> {
    let selection = format!("{selection} userErrors {{ field code }}");
    let answer = client.mutate(field, &selection, input).await;
    answer.codes().into_iter().map(str::to_owned).collect()
}

/// The handles and roles of the members of a tenant, as the API shows them.
async fn roles(member: &Member, tenant: &str) -> Vec<(String, String)> {
    let query =
        "query($id: ID) { administration(tenantId: $id) { members(first: 100) { nodes { role user { handle } } } } }";
    let answer = member.client.send(query, json!({"id": tenant})).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = answer.data()["administration"]["members"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| (text(&node["user"]["handle"]), text(&node["role"]))).collect()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    kind: String,
    subject_id: Option<String>,
    actor_id: Option<String>,
    payload: Option<String>,
}

/// The events of a tenant, in order.
async fn events(app: &TestApp, tenant: &str) -> Vec<Told> {
    let text = "MATCH (e:Event) WHERE e.tenantId = $id
        RETURN e.type AS kind, e.subjectId AS subjectId, e.actorId AS actorId, e.payload AS payload ORDER BY e.at, e.id";
    let statement = Statement::new("tests/events", text).bind("id", tenant);
    let (tell, told) = tokio::sync::oneshot::channel();
    app.in_graph(|graph| async move { tell.send(graph.read::<Told>(statement).await.unwrap()).unwrap() }).await;
    told.await.unwrap()
}

/// Changes a property in the graph.
async fn in_the_graph(app: &TestApp, text: &'static str, id: &str) {
    #[derive(Deserialize)]
    struct Done {
        #[serde(rename = "done")]
        _done: bool,
    }
    let statement = Statement::new("tests/change", text).bind("id", id);
    app.in_graph(|graph| async move { assert_eq!(graph.write::<Done>(statement).await.unwrap().len(), 1) }).await;
}
