//! HTTP: `/graphql`, `GraphiQL` and the health checks. Nothing of the domain.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::{ObjectType, Request, Response as GraphqlResponse, SubscriptionType};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::Utc;
use futures::FutureExt;
use serde_json::json;
use tracing::{Instrument, info, info_span, warn};

use crate::auth::{Keys, PlatformRole, Viewer};
use crate::correlation::correlation_id;
use crate::error::{self, Error};
use crate::graph::{Graph, StatementLog};
use crate::schema::{self, Schema};
use crate::scope::Scope;
use crate::storage::Storage;

/// Confines a request to a tenant, named by its slug.
pub const TENANT_HEADER: HeaderName = HeaderName::from_static("seeka-tenant");
/// With the value `statements`, asks for the Cypher statements that a request ran. Answered to
/// operators only.
pub const DEBUG_HEADER: HeaderName = HeaderName::from_static("seeka-debug");

/// What the handlers share.
pub struct Edge {
    /// What is executed.
    pub schema: Schema,
    /// The graph, without the log of a request.
    pub graph: Graph,
    /// The files.
    pub storage: Storage,
    /// The keys of the tokens.
    pub keys: Keys,
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
}

/// The routes of the server.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .route("/graphql", post(graphql))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .merge(crate::graphiql::routes())
        .with_state(Arc::new(edge))
}

/// The process runs.
async fn live() -> Response {
    Json(json!({"status": "live"})).into_response()
}

/// Neo4j and S3 answer. A load balancer sends nobody to a server that is not ready.
async fn ready(State(edge): State<Arc<Edge>>) -> Response {
    let (graph, storage) = tokio::join!(edge.graph.ping(), edge.storage.check());
    let part = |name: &'static str, failure: Option<String>| match failure {
        None => (name, "ready"),
        Some(error) => {
            warn!(part = name, error, "not ready");
            (name, "unavailable")
        }
    };
    let neo4j = part("neo4j", graph.err().map(|error| error.to_string()));
    let s3 = part("s3", storage.err().map(|error| error.to_string()));
    let is_ready = neo4j.1 == "ready" && s3.1 == "ready";
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({"status": if is_ready { "ready" } else { "unavailable" }, neo4j.0: neo4j.1, s3.0: s3.1});
    (status, Json(body)).into_response()
}

/// Answers one GraphQL request.
async fn graphql(State(edge): State<Arc<Edge>>, headers: HeaderMap, body: Body) -> Response {
    let correlation_id = correlation_id(&headers);
    let span = info_span!("graphql", correlation_id);
    async {
        match answer(&edge, &headers, body, &correlation_id).await {
            Ok(response) => response,
            Err((status, error)) => {
                let response = GraphqlResponse::from_errors(vec![error::of_request(error)]);
                finish(response, status, &correlation_id)
            }
        }
    }
    .instrument(span)
    .await
}

/// The answer, or why the request never came to be executed, with its HTTP status.
async fn answer(
    edge: &Edge,
    headers: &HeaderMap,
    body: Body,
    correlation_id: &str,
) -> Result<Response, (StatusCode, Error)> {
    let request = read_request(headers, body, edge.max_body_bytes).await?;
    let authorization = headers.get(AUTHORIZATION).map(axum::http::HeaderValue::as_bytes);
    let viewer = edge.keys.viewer(authorization).map_err(|error| (StatusCode::UNAUTHORIZED, error))?;
    let wants_statements = headers.get(DEBUG_HEADER).is_some_and(|value| value == "statements");
    let shows_statements = wants_statements && viewer.has(PlatformRole::Operator);

    let log = Arc::new(StatementLog::new(correlation_id.to_owned()));
    let scope = scope(edge.graph.logging_to(Arc::clone(&log)), viewer, headers).await.map_err(|error| {
        let status = match &error {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::BadUserInput(_) => StatusCode::BAD_REQUEST,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, error)
    })?;
    let operation = request.operation_name.clone();
    let request = schema::within(scope, request);
    let started = std::time::Instant::now();
    let (mut response, status) = execute(&edge.schema, request, correlation_id).await;
    let statements = log.records();
    info!(
        operation,
        statements = statements.len(),
        rows = statements.iter().map(|record| record.rows).sum::<usize>(),
        errors = response.errors.len(),
        milliseconds = started.elapsed().as_millis(),
        "answered"
    );
    if shows_statements {
        let debug = async_graphql::to_value(json!({"statements": statements})).unwrap_or_default();
        response.extensions.insert("debug".to_owned(), debug);
    }
    Ok(finish(response, status, correlation_id))
}

async fn scope(graph: Graph, viewer: Viewer, headers: &HeaderMap) -> error::Result<Scope> {
    let now = Utc::now();
    match headers.get(TENANT_HEADER) {
        None => Ok(Scope::platform(graph, viewer, now)),
        Some(slug) => {
            let slug = slug.to_str().map_err(|_| Error::BadUserInput("Seeka-Tenant holds a slug".to_owned()))?;
            Scope::tenant(graph, viewer, now, slug).await
        }
    }
}

/// Reads a GraphQL request from a JSON body.
async fn read_request(headers: &HeaderMap, body: Body, limit: usize) -> Result<Request, (StatusCode, Error)> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = "send the request as application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, Error::BadUserInput(message)));
    }
    let bytes = axum::body::to_bytes(body, limit).await.map_err(|_| {
        let message = format!("a request has at most {limit} bytes");
        (StatusCode::PAYLOAD_TOO_LARGE, Error::BadUserInput(message))
    })?;
    // By way of a map, because a structure could be read from an array, too.
    let fields = serde_json::from_slice::<serde_json::Map<_, _>>(&bytes);
    fields.and_then(|fields| serde_json::from_value(fields.into())).map_err(|error| {
        let message = format!("the body is not a GraphQL request in JSON: {error}");
        (StatusCode::BAD_REQUEST, Error::BadUserInput(message))
    })
}

/// Executes a request. A panic in a resolver ends this request and nothing else.
async fn execute<Q, M, S>(
    schema: &async_graphql::Schema<Q, M, S>,
    request: Request,
    correlation_id: &str,
) -> (GraphqlResponse, StatusCode)
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    if let Ok(response) = AssertUnwindSafe(schema.execute(request)).catch_unwind().await {
        return (response, StatusCode::OK);
    }
    tracing::error!(correlation_id, "a resolver panicked");
    let response = GraphqlResponse::from_errors(vec![error::panicked()]);
    (response, StatusCode::INTERNAL_SERVER_ERROR)
}

/// Gives every error its code, and the answer its correlation id.
fn finish(mut response: GraphqlResponse, status: StatusCode, correlation_id: &str) -> Response {
    error::log_causes(&response.errors);
    for error in &mut response.errors {
        error::expose(error, correlation_id);
    }
    response.extensions.insert("correlationId".to_owned(), correlation_id.into());
    (status, Json(response)).into_response()
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};

    use super::*;

    struct Panicking;

    #[Object]
    impl Panicking {
        async fn panics(&self) -> i32 {
            let nothing: Vec<i32> = Vec::new();
            nothing[0]
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_of_its_request() {
        let schema = Schema::build(Panicking, EmptyMutation, EmptySubscription).finish();
        let (response, status) = execute(&schema, Request::new("{ panics }"), "c0ffee").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        let response = finish(response, status, "c0ffee");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap_or_default();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        assert_eq!(body["errors"][0]["extensions"], json!({"code": "INTERNAL", "correlationId": "c0ffee"}));
        assert!(!body.to_string().contains("index out of bounds"));
        let (again, _) = execute(&schema, Request::new("{ __typename }"), "c0ffee").await;
        assert!(again.errors.is_empty());
    }
}
