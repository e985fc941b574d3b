use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use async_graphql::ServerError;
use async_graphql::parser::types::OperationType;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::field::Empty;
use tracing::{Instrument, Span, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::metrics::{InFlight, Metrics};
use super::{TRACE, exports_spans};
use crate::correlation::{TraceParent, correlation_id};
use crate::error::{self, code};
use crate::graph::StatementLog;

/// The most of an operation's name that is logged, in characters.
const LOGGED_NAME_CHARACTERS: usize = 100;
/// The status of a request whose client left before the answer.
const LEFT: u16 = 0;

/// A request as telemetry sees it. The route finds it in the extensions of the request and tells it what it
/// learns; when the answer is there, or when nobody waits for it any more, one line is logged and the metrics
/// are counted.
pub struct Observed {
    metrics: Arc<Metrics>,
    span: Span,
    statements: Arc<StatementLog>,
    operation: OnceLock<Operation>,
    cost: OnceLock<u32>,
    errors: AtomicUsize,
}

/// The operation of a document that is executed.
struct Operation {
    kind: &'static str,
    name: Option<String>,
    span: Span,
}

/// A layer for the GraphQL route: gives each request its [`Observed`], with the span of the server
/// (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span>) and the correlation id.
///
/// To be used as `axum::middleware::from_fn_with_state(metrics, observe)`.
pub async fn observe(State(metrics): State<Arc<Metrics>>, mut request: Request, next: Next) -> Response {
    let log_span = info_span!("request", correlation_id = Empty);
    let server_span = log_span.in_scope(|| server_span(&request));
    let observed = Arc::new(Observed::new(metrics, server_span, request.headers()));
    log_span.record("correlation_id", observed.correlation_id());
    request.extensions_mut().insert(Arc::clone(&observed));
    let span = observed.span.clone();
    async {
        let mut end = End::of(observed);
        let response = next.run(request).await;
        end.status = response.status().as_u16();
        response
    }
    .instrument(span)
    .instrument(log_span)
    .await
}

impl Observed {
    /// A request that arrives with these headers. `span` is its span in the trace; it becomes a child of the
    /// caller's span if the headers name one.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, span: Span, headers: &HeaderMap) -> Self {
        let id = if exports_spans() { trace_id(&span, headers) } else { None };
        let statements = Arc::new(StatementLog::new(id.unwrap_or_else(|| correlation_id(headers))));
        let (operation, cost) = (OnceLock::new(), OnceLock::new());
        Self { metrics, span, statements, operation, cost, errors: AtomicUsize::new(0) }
    }

    /// The correlation id, which is the id of the trace: 32 hexadecimal digits.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        self.statements.correlation_id()
    }

    /// Where the graph notes the statements of this request.
    #[must_use]
    pub fn statements(&self) -> &Arc<StatementLog> {
        &self.statements
    }

    /// Says which operation is executed; the first one of a batch stands for all. Its execution is to be
    /// instrumented with the span that is returned
    /// (<https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/>).
    pub fn operation(&self, kind: OperationType, name: Option<&str>) -> Span {
        self.operation.get_or_init(|| Operation::new(kind, name)).span.clone()
    }

    /// Says what the operations of the request cost together, in points.
    pub fn cost(&self, cost: u32) {
        // It is known once.
        let _ = self.cost.set(cost);
    }

    /// Counts the errors of an operation's answer; to be called before [`error::expose`] hides their causes.
    pub fn errors(&self, errors: &[ServerError]) {
        self.errors.fetch_add(errors.len(), Ordering::Relaxed);
        let codes: Vec<_> = errors.iter().map(error::code_of).collect();
        for code in &codes {
            self.metrics.error(code);
        }
        // What the client got wrong is no failure of the server.
        let fault =
            codes.iter().find(|code| matches!(**code, code::INTERNAL | code::SERVICE_UNAVAILABLE | code::TIMED_OUT));
        if let (Some(code), Some(operation)) = (fault, self.operation.get()) {
            operation.span.record("otel.status_code", "ERROR").record("error.type", code);
        }
    }

    /// The one line of a request.
    fn log(&self, status: u16, milliseconds: u64) {
        let operation = self.operation.get();
        let statements = self.statements.records();
        info!(
            operation = operation.and_then(|operation| operation.name.as_deref()),
            operation_type = operation.map(|operation| operation.kind),
            cost = self.cost.get(),
            statements = statements.len(),
            rows = statements.iter().map(|record| record.rows).sum::<usize>(),
            errors = self.errors.load(Ordering::Relaxed),
            status,
            milliseconds,
            "{}",
            if status == LEFT { "left before the answer" } else { "answered" }
        );
    }
}

impl Operation {
    fn new(kind: OperationType, name: Option<&str>) -> Self {
        let kind = match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let name: Option<String> = name.map(|name| name.chars().take(LOGGED_NAME_CHARACTERS).collect());
        let span = info_span!(
            target: TRACE,
            "operation",
            // Not with the client's name, as the convention says: there is no end to those.
            otel.name = kind,
            otel.kind = "server",
            otel.status_code = Empty,
            graphql.operation.name = name,
            graphql.operation.type = kind,
            "error.type" = Empty,
        );
        Self { kind, name, span }
    }
}

/// The type of operation of a request without one.
const NONE: &str = "none";

/// Tells the end of a request, in whatever way it comes.
struct End {
    observed: Arc<Observed>,
    started: Instant,
    status: u16,
    _in_flight: InFlight,
}

impl End {
    fn of(observed: Arc<Observed>) -> Self {
        let in_flight = observed.metrics.in_flight();
        Self { observed, started: Instant::now(), status: LEFT, _in_flight: in_flight }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let Self { observed, status, .. } = self;
        let (took, status) = (self.started.elapsed(), *status);
        let kind = observed.operation.get().map_or(NONE, |operation| operation.kind);
        observed.metrics.request(kind, status, took);
        let span = &observed.span;
        if status == LEFT {
            span.record("error.type", "cancelled");
        } else {
            span.record("http.response.status_code", i64::from(status));
        }
        // Below 500 it is not the server that failed.
        if StatusCode::from_u16(status).is_ok_and(|status| status.is_server_error()) {
            span.record("otel.status_code", "ERROR").record("error.type", status.to_string());
        }
        observed.log(status, u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }
}

fn server_span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = match *request.method() {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::HEAD => "HEAD",
        _ => "_OTHER",
    };
    let version = match request.version() {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    };
    info_span!(
        target: TRACE,
        "server",
        otel.name = format!("{} {route}", if method == "_OTHER" { "HTTP" } else { method }),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        network.protocol.version = version,
        url.path = request.uri().path(),
        url.scheme = "http",
        "error.type" = Empty,
    )
}

/// Puts the span below that of the caller and returns the id of its trace.
fn trace_id(span: &Span, headers: &HeaderMap) -> Option<String> {
    if let Some(caller) = caller(headers) {
        // This fails only for a span that is not exported, and then there is nothing to do.
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(caller));
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

fn caller(headers: &HeaderMap) -> Option<SpanContext> {
    let parent = TraceParent::of(headers)?;
    let states: Vec<_> = headers.get_all("tracestate").iter().filter_map(|value| value.to_str().ok()).collect();
    Some(SpanContext::new(
        TraceId::from_hex(parent.trace).ok()?,
        SpanId::from_hex(parent.span).ok()?,
        TraceFlags::new(u8::from_str_radix(parent.flags, 16).ok()?),
        true,
        // Section 3.3 of the recommendation: a state that cannot be read is as if it were not there.
        TraceState::from_str(&states.join(",")).unwrap_or_default(),
    ))
}
