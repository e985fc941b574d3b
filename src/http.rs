//! HTTP: `/graphql`, `GraphiQL`, the way to identity providers and back, the health checks and the metrics. Nothing of
//! the domain.
//!
//! `/graphql` follows GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).

mod answer;
mod caching;
mod client;
mod connections;
mod documents;
mod health;
mod holding;
mod jwks;
mod media;
mod request;
mod sign_in;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use futures::FutureExt;
use ipnet::IpNet;
use serde_json::json;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::{debug, warn};

pub use connections::{ConnectionLimits, InFlight, serve};
pub use documents::{Documents, ManifestError};
pub use turns::Turns;

use crate::accounts::IdentityProviders;
use crate::auth::Keys;
use crate::budget::Budgets;
use crate::config::{OperationLimits, Switch};
use crate::error::{self, Error};
use crate::graph::Graph;
use crate::operation::Prices;
use crate::publishing::Changeovers;
use crate::schema::Schema;
use crate::storage::Storage;
use crate::telemetry::{METRICS_CONTENT_TYPE, Observed, observe};
use answer::{Answered, Sender};
use client::Peer;
use holding::holding;
use request::{Asked, ReadLimits};

/// Asks for a preview of the tenant that the request is confined to (`true`), or holds the token of a link to one.
pub const PREVIEW_HEADER: HeaderName = HeaderName::from_static("x-seeka-preview");
/// Confines a request to a tenant, named by its slug.
pub const TENANT_HEADER: HeaderName = HeaderName::from_static("x-seeka-tenant");
/// With the value `statements`, asks for the Cypher statements that a request ran. Answered to
/// operators only.
pub const DEBUG_HEADER: HeaderName = HeaderName::from_static("seeka-debug");

/// What is said to a token that does not hold (RFC 6750, section 3).
const CHALLENGE: &str = r#"Bearer error="invalid_token""#;
/// How long a browser may keep what it learned about another origin.
const PREFLIGHT_AGE: Duration = Duration::from_mins(10);

/// What the handlers share.
pub struct Edge {
    /// What is executed.
    pub schema: Schema,
    /// What it costs.
    pub prices: Prices,
    /// The graph, without the log of a request.
    pub graph: Graph,
    /// The files.
    pub storage: Storage,
    /// The keys of the tokens.
    pub keys: Arc<Keys>,
    /// Others with whom people sign in.
    pub identity_providers: IdentityProviders,
    /// The releases that are about to take effect.
    pub changeovers: Changeovers,
    /// The documents that are known by their hash.
    pub documents: Documents,
    /// What viewers and addresses may spend.
    pub budgets: Option<Budgets>,
    /// The requests that may be executed at the same time.
    pub turns: Turns,
    /// The access tokens that may be looked up at the same time.
    pub lookup_turns: Turns,
    /// The requests in flight.
    pub in_flight: Arc<InFlight>,
    /// Whether everybody may ask for the schema.
    pub introspection: bool,
    /// What an operation may ask for.
    pub operation_limits: OperationLimits,
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// The most operations of a request.
    pub max_batch_size: usize,
    /// The most items of an answer.
    pub max_answer_items: u64,
    /// The most fields of an answer.
    pub max_answer_fields: u64,
    /// The limit of receiving a body.
    pub receive_limit: Duration,
    /// The limit of executing a request.
    pub execution_limit: Duration,
    /// The limit of what is about a whole catalogue.
    pub catalogue_limit: Duration,
    /// The proxies that are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether it has been said that another proxy is not.
    pub has_warned: AtomicBool,
    /// Who may read the metrics.
    pub metrics_networks: Vec<IpNet>,
}

/// The routes of the server. Pages of `cors_origins` may use it.
pub fn router(edge: Edge, cors_origins: &[String], graphiql: Switch) -> Router {
    let edge = Arc::new(edge);
    let cors = CorsLayer::new()
        .allow_origin(origins(cors_origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            CONTENT_TYPE,
            header::IF_NONE_MATCH,
            TENANT_HEADER,
            DEBUG_HEADER,
            PREVIEW_HEADER,
            HeaderName::from_static("traceparent"),
            HeaderName::from_static("tracestate"),
        ])
        .expose_headers([header::ETAG, RETRY_AFTER])
        .max_age(PREFLIGHT_AGE);
    let pages = match graphiql {
        Switch::On => crate::graphiql::routes(),
        Switch::Off => Router::new(),
    };
    // A request is observed even if it is refused because the server stops.
    let endpoint = get(graphql)
        .post(graphql)
        .layer(from_fn_with_state(Arc::clone(&edge.in_flight), while_running))
        .layer(from_fn_with_state(Arc::clone(edge.graph.metrics()), observe));
    Router::new()
        .route("/graphql", endpoint)
        .layer(cors)
        .merge(sign_in::routes(&edge))
        .merge(pages)
        .layer(CompressionLayer::new())
        .route("/metrics", get(metrics))
        .merge(health::routes())
        .merge(jwks::routes())
        .with_state(edge)
}

fn origins(configured: &[String]) -> AllowOrigin {
    if configured.iter().any(|origin| origin == "*") {
        return AllowOrigin::any();
    }
    AllowOrigin::list(configured.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
}

/// Counts a request that is in flight; a server that stops takes no more.
async fn while_running(
    State(in_flight): State<Arc<InFlight>>,
    Extension(observed): Extension<Arc<Observed>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(_guard) = in_flight.enter() else {
        let media = media::Answer::negotiated(request.headers()).unwrap_or(media::Answer::Json);
        let mut response = refuse(Error::Busy(Duration::from_secs(1)).into(), media, &observed);
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        return response;
    };
    next.run(request).await
}

/// A request that is not executed: why, and with which HTTP status.
struct Refusal {
    status: StatusCode,
    error: Error,
}

impl Refusal {
    fn with_status(status: StatusCode, error: Error) -> Self {
        Self { status, error }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { status: error.status(), error }
    }
}

/// What the server counts, for a scraper; for everybody else there is nothing here.
async fn metrics(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let address = client_address(&edge, &parts);
    if !edge.metrics_networks.iter().any(|network| network.contains(&address)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let metrics = edge.graph.metrics();
    metrics.set_connections(edge.graph.connections(), edge.graph.resting_connections());
    ([(CONTENT_TYPE, METRICS_CONTENT_TYPE)], metrics.encode()).into_response()
}

/// Answers a GraphQL request.
async fn graphql(
    State(edge): State<Arc<Edge>>,
    Extension(observed): Extension<Arc<Observed>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media) = media::Answer::negotiated(&parts.headers) else {
        let error = "accept application/graphql-response+json or application/json".to_owned();
        let refusal = Refusal::with_status(StatusCode::NOT_ACCEPTABLE, Error::BadUserInput(error));
        return refuse(refusal, media::Answer::Json, &observed);
    };
    // Boxed, because the types of the layers around it would grow beyond what the compiler follows.
    let answered = answer(&edge, &parts, body, media, &observed).boxed().await;
    answered.unwrap_or_else(|refusal| refuse(refusal, media, &observed))
}

/// The answer, or why the request never came to be executed.
async fn answer(
    edge: &Edge,
    parts: &Parts,
    body: Body,
    media: media::Answer,
    observed: &Observed,
) -> Result<Response, Refusal> {
    let limits =
        ReadLimits { body_bytes: edge.max_body_bytes, body_time: edge.receive_limit, batch_size: edge.max_batch_size };
    let address = client_address(edge, parts);
    let viewer = answer::viewer(edge, parts, address, observed).await?;
    let arrival = answer::charge_arrival(edge, &viewer, address)?;
    let turn = edge.turns.of_client(&viewer, address, edge.execution_limit).await?;
    let asked = request::read(parts, body, &limits).await?;
    let sender = Sender { parts, viewer, address, observed };
    let (asked, is_batch) = match asked {
        Asked::One(parameters) => (vec![parameters], false),
        Asked::Batch(all) => (all, true),
    };
    let mut answers = answer::all(edge, &sender, asked, arrival).await?;
    let response = match answers.pop() {
        Some(only) if !is_batch => single(&sender, media, &only),
        last => {
            answers.extend(last);
            let bodies: Vec<_> = answers.iter().map(|answer| &answer.body).collect();
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            (headers, Json(bodies).into_response().into_body()).into_response()
        }
    };
    // Somebody who takes no answers shall not have the next ones made.
    Ok(response.map(|body| holding(turn, body)))
}

fn single(sender: &Sender<'_>, media: media::Answer, answer: &Answered) -> Response {
    let mut headers = HeaderMap::new();
    if caching::apply(sender.parts, answer, &mut headers) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    let status = match (media, answer.rejected) {
        (media::Answer::GraphqlResponse, Some(status)) => status,
        // The document is not at fault: the server is, or the tenant that the request names does not exist or is
        // suspended.
        (media::Answer::Json, Some(status))
            if status.is_server_error() || [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status) =>
        {
            status
        }
        _ => StatusCode::OK,
    };
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    }
    (status, headers, Json(&answer.body).into_response().into_body()).into_response()
}

/// The address of the client of a request.
fn client_address(edge: &Edge, parts: &Parts) -> std::net::IpAddr {
    // Every connection notes its peer; without one, all share a budget.
    let peer = parts.extensions.get::<Peer>().map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0);
    if parts.headers.contains_key("x-forwarded-for")
        && !client::is_trusted(peer.to_canonical(), &edge.trusted_proxies)
        && !edge.has_warned.swap(true, Ordering::Relaxed)
    {
        warn!(%peer, "X-Forwarded-For is not believed; if this is a proxy of yours, name it in SEEKA_TRUSTED_PROXIES");
    }
    client::address(peer, &parts.headers, &edge.trusted_proxies)
}

/// The answer to a request that is refused as a whole.
fn refuse(refusal: Refusal, media: media::Answer, observed: &Observed) -> Response {
    let Refusal { status, error } = refusal;
    debug!(code = error.code(), "refused");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(wait) = error.retry_after() {
        headers.insert(RETRY_AFTER, wait.into());
    }
    match status {
        StatusCode::UNAUTHORIZED => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        // Nobody wants the rest of such a body.
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    let mut response = GraphqlResponse::from_errors(vec![error::of_request(error)]);
    observed.errors(&response.errors);
    error::log_causes(&response.errors);
    response.errors.iter_mut().for_each(|error| error::expose(error, observed.correlation_id()));
    let body = json!({"errors": response.errors, "extensions": {"correlationId": observed.correlation_id()}});
    (status, headers, Json(body).into_response().into_body()).into_response()
}
