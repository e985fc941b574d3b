//! Whether the server runs, and whether it can answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::json;
use tokio::sync::Mutex;
use tracing::warn;

use super::Edge;

/// How long a server behind this one may take to show that it is ready; who asks waits as long.
const READY_LIMIT: Duration = Duration::from_secs(2);
/// How long a finding holds, so that asking often costs nothing.
const READY_HOLDS: Duration = Duration::from_secs(1);

/// What was found the last time, and when.
type Finding = Mutex<Option<(Instant, Readiness)>>;

#[derive(Debug, Clone, Copy)]
struct Readiness {
    neo4j: bool,
    s3: bool,
}

pub(super) fn routes() -> Router<Arc<Edge>> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .layer(Extension(Arc::new(Finding::default())))
}

/// The process runs.
async fn live() -> Response {
    Json(json!({"status": "live"})).into_response()
}

/// Neo4j and S3 answer. A load balancer sends nobody to a server that is not ready.
async fn ready(State(edge): State<Arc<Edge>>, Extension(finding): Extension<Arc<Finding>>) -> Response {
    let asking = Arc::clone(&edge);
    // In a task of its own, so that who hangs up leaves what was found to the next.
    let found = tokio::spawn(async move {
        // Locked while it asks, so that whoever comes meanwhile shares the finding.
        let mut finding = finding.lock().await;
        match *finding {
            Some((found, readiness)) if found.elapsed() < READY_HOLDS => readiness,
            _ => {
                let readiness = ask(&asking).await;
                *finding = Some((Instant::now(), readiness));
                readiness
            }
        }
    });
    // It fails only if it panicked, and then nothing is known to be ready.
    let readiness = found.await.unwrap_or(Readiness { neo4j: false, s3: false });
    let stopping = edge.in_flight.is_stopping();
    let is_ready = readiness.neo4j && readiness.s3 && !stopping;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |ready: bool| if ready { "ready" } else { "unavailable" };
    let overall = if stopping { "stopping" } else { word(is_ready) };
    let body = json!({"status": overall, "neo4j": word(readiness.neo4j), "s3": word(readiness.s3)});
    (status, Json(body)).into_response()
}

async fn ask(edge: &Edge) -> Readiness {
    let graph = tokio::time::timeout(READY_LIMIT, edge.graph.ping());
    let storage = tokio::time::timeout(READY_LIMIT, edge.storage.check());
    let (graph, storage) = tokio::join!(graph, storage);
    let late = || Some(format!("no answer within {} ms", READY_LIMIT.as_millis()));
    let found = |part: &str, failure: Option<String>| {
        if let Some(error) = &failure {
            warn!(part, error, "not ready");
        }
        failure.is_none()
    };
    Readiness {
        neo4j: found("neo4j", graph.map_or_else(|_| late(), |answer| answer.err().map(|error| error.to_string()))),
        s3: found("s3", storage.map_or_else(|_| late(), |answer| answer.err().map(|error| error.to_string()))),
    }
}
