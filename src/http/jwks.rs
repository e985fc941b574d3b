//! The public keys of access tokens, for those who check them without asking (RFC 7517).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::Method;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tower_http::cors::{Any, CorsLayer};

use super::Edge;

/// Where everybody looks for the keys of an issuer.
const PATH: &str = "/.well-known/jwks.json";
/// The media type of a set of keys (RFC 7517, section 8.5.2).
const MEDIA_TYPE: &str = "application/jwk-set+json";
/// How long the keys may be kept. Whoever meets a token of a key that is not among them asks again, so this is no
/// longer than a rotation may take to be known to those who do not.
const MAX_AGE: Duration = Duration::from_mins(5);

pub(super) fn routes() -> Router<Arc<Edge>> {
    // What is public may be read by every page.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::GET, Method::HEAD]);
    Router::new().route(PATH, get(keys)).layer(cors)
}

async fn keys(State(edge): State<Arc<Edge>>) -> Response {
    let caching = format!("public, max-age={}", MAX_AGE.as_secs());
    let headers = [(CONTENT_TYPE, MEDIA_TYPE.to_owned()), (CACHE_CONTROL, caching)];
    (headers, Json(json!({"keys": edge.keys.public()})).into_response().into_body()).into_response()
}
