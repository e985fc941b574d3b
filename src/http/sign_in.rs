//! The way of a browser to an identity provider and back: two redirects.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::answer::{self, STATEMENT_MARGIN, Sender};
use super::{Edge, Refusal, client_address, media, refuse, while_running};
use crate::accounts::{Arrival, Departure, Sent};
use crate::auth::Viewer;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::telemetry::{Observed, observe};

/// What a request costs, in points: it has the server ask somebody else, and write.
const COST: u32 = 20;
/// The longest query, in bytes; a code of a provider can have some thousands.
const MAX_QUERY_BYTES: usize = 16 * 1024;

/// The routes. No page of another origin reads what they answer, so they take no part in CORS.
pub(super) fn routes(edge: &Arc<Edge>) -> Router<Arc<Edge>> {
    Router::new()
        .route("/auth/{provider}/start", get(start))
        .route("/auth/{provider}/callback", get(callback))
        .layer(from_fn_with_state(Arc::clone(&edge.in_flight), while_running))
        .layer(from_fn_with_state(Arc::clone(edge.graph.metrics()), observe))
}

async fn start(
    State(edge): State<Arc<Edge>>,
    Extension(observed): Extension<Arc<Observed>>,
    Path(provider): Path<String>,
    request: Request,
) -> Response {
    let work = async |scope: Scope, parts: &Parts| {
        let query = Parameters::of(parts)?;
        let departure = Departure {
            provider: &provider,
            return_to: query.get("return_to"),
            challenge: query.get("challenge"),
            ticket: query.get("ticket"),
            browser: cookie(&parts.headers, edge.identity_providers.cookie_name()),
        };
        edge.identity_providers.start(&scope, departure).await
    };
    answered(&edge, &observed, request, work).await
}

async fn callback(
    State(edge): State<Arc<Edge>>,
    Extension(observed): Extension<Arc<Observed>>,
    Path(provider): Path<String>,
    request: Request,
) -> Response {
    let work = async |scope: Scope, parts: &Parts| {
        let query = Parameters::of(parts)?;
        let arrival = Arrival {
            provider: &provider,
            state: query.get("state"),
            code: query.get("code"),
            error: query.get("error"),
            issuer: query.get("iss"),
            browser: cookie(&parts.headers, edge.identity_providers.cookie_name()),
        };
        edge.identity_providers.finish(&scope, arrival).await
    };
    answered(&edge, &observed, request, work).await
}

/// Works within the limits that every request has, and redirects.
async fn answered(
    edge: &Edge,
    observed: &Observed,
    request: Request,
    work: impl AsyncFnOnce(Scope, &Parts) -> Result<Sent>,
) -> Response {
    let (parts, _) = request.into_parts();
    let redirected = within_limits(edge, observed, &parts, work).await.and_then(|sent| Ok(redirect(sent)?));
    let mut response = redirected.unwrap_or_else(|refusal| refuse(refusal, media::Answer::Json, observed));
    // Addresses here hold codes: nothing keeps them, and no other page learns them.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn within_limits(
    edge: &Edge,
    observed: &Observed,
    parts: &Parts,
    work: impl AsyncFnOnce(Scope, &Parts) -> Result<Sent>,
) -> std::result::Result<Sent, Refusal> {
    let (viewer, address) = (Viewer::Anonymous, client_address(edge, parts));
    answer::spend(edge, &viewer, address, COST)?;
    observed.cost(COST);
    let _turn = edge.turns.of_client(&viewer, address, edge.execution_limit).await?;
    let _place = edge.turns.of_all()?;
    let graph = edge.graph.logging_to(Arc::clone(observed.statements()));
    let graph = graph.until(Instant::now() + edge.execution_limit + STATEMENT_MARGIN);
    let sender = Sender { parts, viewer, address, observed };
    let working = async { work(answer::scope(graph, &sender).await?, parts).await };
    let in_time = tokio::time::timeout(edge.execution_limit, working).await;
    Ok(in_time.unwrap_or(Err(Error::TimedOut(edge.execution_limit)))?)
}

fn redirect(sent: Sent) -> Result<Response> {
    let header = |text: String| HeaderValue::try_from(text).map_err(Error::internal);
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, header(sent.location)?);
    if let Some(cookie) = sent.cookie {
        headers.insert(SET_COOKIE, header(cookie)?);
    }
    Ok((StatusCode::FOUND, headers).into_response())
}

/// The parameters of an address.
struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Reads them; none may stand there twice (RFC 6749, section 3.1).
    fn of(parts: &Parts) -> Result<Self> {
        let wrong = |problem: &str| Error::BadUserInput(format!("the query of this address {problem}"));
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(wrong("is too long"));
        }
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(wrong("says one thing twice"));
            }
        }
        Ok(Self(parameters))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The value of a cookie (RFC 6265, section 4.2.1).
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    pairs.flat_map(|header| header.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
