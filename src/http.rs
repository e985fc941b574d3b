//! HTTP: `/graphql`, `GraphiQL` and the health checks. Nothing of the domain.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ObjectType, Request, Response as GraphqlResponse, SubscriptionType, Value};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use chrono::Utc;
use futures::FutureExt;
use serde_json::json;
use tracing::{Instrument, Span, warn};

use crate::auth::{Keys, PlatformRole, Viewer};
use crate::document;
use crate::error::{self, Error};
use crate::graph::Graph;
use crate::schema::{self, Schema};
use crate::scope::Scope;
use crate::storage::Storage;
use crate::telemetry::{METRICS_CONTENT_TYPE, Observed, observe};

/// Confines a request to a tenant, named by its slug.
pub const TENANT_HEADER: HeaderName = HeaderName::from_static("seeka-tenant");
/// With the value `statements`, asks for the Cypher statements that a request ran. Answered to
/// operators only.
pub const DEBUG_HEADER: HeaderName = HeaderName::from_static("seeka-debug");

/// How long a server behind this one may take to show that it is ready; who asks waits as long.
const READY_LIMIT: Duration = Duration::from_secs(2);

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
        .route("/graphql", post(graphql).layer(from_fn_with_state(Arc::clone(edge.graph.metrics()), observe)))
        .route("/metrics", get(metrics))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .layer(DefaultBodyLimit::max(edge.max_body_bytes))
        .merge(crate::graphiql::routes())
        .with_state(Arc::new(edge))
}

/// The process runs.
async fn live() -> Response {
    Json(json!({"status": "live"})).into_response()
}

/// Neo4j and S3 answer. A load balancer sends nobody to a server that is not ready.
async fn ready(State(edge): State<Arc<Edge>>) -> Response {
    let graph = tokio::time::timeout(READY_LIMIT, edge.graph.ping());
    let storage = tokio::time::timeout(READY_LIMIT, edge.storage.check());
    let (graph, storage) = tokio::join!(graph, storage);
    let part = |name: &'static str, failure: Option<String>| match failure {
        None => (name, "ready"),
        Some(error) => {
            warn!(part = name, error, "not ready");
            (name, "unavailable")
        }
    };
    let late = || Some(format!("no answer within {} ms", READY_LIMIT.as_millis()));
    let neo4j = part("neo4j", graph.map_or_else(|_| late(), |answer| answer.err().map(|error| error.to_string())));
    let s3 = part("s3", storage.map_or_else(|_| late(), |answer| answer.err().map(|error| error.to_string())));
    let is_ready = neo4j.1 == "ready" && s3.1 == "ready";
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({"status": if is_ready { "ready" } else { "unavailable" }, neo4j.0: neo4j.1, s3.0: s3.1});
    (status, Json(body)).into_response()
}

/// What the server counts, for a scraper.
async fn metrics(State(edge): State<Arc<Edge>>) -> Response {
    ([(CONTENT_TYPE, METRICS_CONTENT_TYPE)], edge.graph.metrics().encode()).into_response()
}

/// A request that is not executed: why, and with which HTTP status.
struct Refusal {
    status: StatusCode,
    error: Error,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { status: error.status(), error }
    }
}

/// Answers one GraphQL request.
async fn graphql(
    State(edge): State<Arc<Edge>>,
    Extension(observed): Extension<Arc<Observed>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match answer(&edge, &headers, body, &observed).await {
        Ok(response) => response,
        Err(Refusal { status, error }) => {
            let response = GraphqlResponse::from_errors(vec![error::of_request(error)]);
            observed.errors(&response.errors);
            finish(response, status, observed.correlation_id())
        }
    }
}

/// The answer, or why the request never came to be executed.
async fn answer(
    edge: &Edge,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    observed: &Observed,
) -> Result<Response, Refusal> {
    let mut request = read_request(headers, body, edge.max_body_bytes)?;
    document::check(&request.query)?;
    let viewer = edge.keys.viewer(headers.get(AUTHORIZATION).map(HeaderValue::as_bytes))?;
    let wants_statements = headers.get(DEBUG_HEADER).is_some_and(|value| value == "statements");
    let shows_statements = wants_statements && viewer.has(PlatformRole::Operator);

    let scope = scope(edge.graph.logging_to(Arc::clone(observed.statements())), viewer, headers).await?;
    let chosen = request.operation_name.clone();
    // A document that cannot be parsed has no operation; the execution says what is wrong with it.
    let operation = request.parsed_query().map(|document| observed.operation(document, chosen.as_deref()));
    let execution = execute(&edge.schema, schema::within(scope, request), observed.correlation_id());
    let (mut response, status) = execution.instrument(operation.unwrap_or_else(|_| Span::current())).await;
    observed.errors(&response.errors);
    if shows_statements {
        let statements = observed.statements().records();
        let debug = async_graphql::to_value(json!({"statements": statements})).unwrap_or_default();
        response.extensions.insert("debug".to_owned(), debug);
    }
    Ok(finish(response, status, observed.correlation_id()))
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
fn read_request(headers: &HeaderMap, body: Result<Bytes, BytesRejection>, limit: usize) -> Result<Request, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let error = Error::BadUserInput("send the request as application/json".to_owned());
        return Err(Refusal { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, error });
    }
    let bytes = body.map_err(|rejection| {
        let status = rejection.status();
        let message = if status == StatusCode::PAYLOAD_TOO_LARGE {
            format!("a request has at most {limit} bytes")
        } else {
            "the body broke off".to_owned()
        };
        Refusal { status, error: Error::BadUserInput(message) }
    })?;
    // By way of a map, because a structure could be read from an array, too.
    let fields = serde_json::from_slice::<serde_json::Map<_, _>>(&bytes);
    let request = fields.and_then(|fields| serde_json::from_value::<Request>(fields.into()));
    let request =
        request.map_err(|error| Error::BadUserInput(format!("the body is not a GraphQL request in JSON: {error}")))?;
    if request.query.trim().is_empty() {
        return Err(Error::BadUserInput("`query` is missing".to_owned()).into());
    }
    Ok(request)
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
    // Unconstrained, because the scheduler would otherwise interrupt a wide level in the middle of its
    // resolvers, and a loader would take the first of them for all.
    let execution = tokio::task::unconstrained(AssertUnwindSafe(schema.execute(request)).catch_unwind());
    if let Ok(response) = execution.await {
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
    // Data that is null says that execution began; where it did not, there is no such entry
    // (https://spec.graphql.org/October2021/#sec-Data).
    let began = response.errors.is_empty() || response.errors.iter().any(|error| !error.path.is_empty());
    let mut answer = if began || response.data != Value::Null {
        Json(response).into_response()
    } else {
        Json(json!({"errors": response.errors, "extensions": response.extensions})).into_response()
    };
    *answer.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750, section 3.
        answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer error="invalid_token""#));
    }
    answer
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
