//! The public audit of GraphQL over HTTP: every requirement of <https://graphql.github.io/graphql-over-http/draft/> that
//! the authors of its reference implementation test, with their own program.

use serde::Deserialize;

use crate::support::{TestApp, npm};

/// What the server does not do on purpose, by the requirement's id, with the reason. A MUST cannot stand here.
const DECLINED: [(&str, &str); 0] = [];

/// A requirement and whether it is met, as `tests/audit/audit.mjs` prints it.
#[derive(Deserialize)]
struct Requirement {
    id: String,
    name: String,
    status: String,
    reason: Option<String>,
}

#[tokio::test]
async fn the_server_passes_the_public_audit_of_graphql_over_http() {
    let app = TestApp::get().await;
    let folder = tokio::task::spawn_blocking(|| npm::install("audit", "audit.mjs")).await.expect("npm installs it");
    let url = format!("http://{}/graphql", app.address());
    let auditing = tokio::task::spawn_blocking(move || npm::run("node", &["audit.mjs", &url], &folder));
    let output = auditing.await.expect("the audit runs");
    let lines = String::from_utf8(output.stdout).expect("the audit prints text");
    let requirements: Vec<Requirement> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a requirement")).collect();
    assert!(requirements.len() > 50, "the audit was cut short:\n{lines}");

    let failing: Vec<_> = requirements.iter().filter(|requirement| requirement.status != "ok").collect();
    for Requirement { id, name, reason, .. } in &failing {
        println!("{id} {name}: {}", reason.as_deref().unwrap_or_default());
    }
    println!("{} of {} requirements are met", requirements.len() - failing.len(), requirements.len());

    let declined = |id: &str| DECLINED.iter().any(|(declined, _)| *declined == id);
    let missed = failing.iter().filter(|requirement| requirement.status == "error" || !declined(&requirement.id));
    let missed: Vec<_> = missed.map(|requirement| (&requirement.id, &requirement.name)).collect();
    assert!(missed.is_empty(), "not met: {missed:#?}");
    for (id, reason) in DECLINED {
        assert!(failing.iter().any(|requirement| requirement.id == id), "{id} is met, although {reason}");
    }
}
