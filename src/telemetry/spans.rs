use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tracing::field::Empty;
use tracing::span::Id;
use tracing::{Span, info_span};

use super::TRACE;

/// Whether a collector takes traces. Asking the subscriber instead (`span_enabled!`) leaves the answer of its filters
/// behind on the thread, and the next line of the log there is then taken for what was asked about, and lost.
static EXPORTS: AtomicBool = AtomicBool::new(false);

/// Whether traces are exported.
#[must_use]
pub fn exports_spans() -> bool {
    EXPORTS.load(Ordering::Relaxed)
}

/// Notes that they are.
pub(super) fn export_spans() {
    EXPORTS.store(true, Ordering::Relaxed);
}

/// The current span, if it is part of a trace.
fn in_trace() -> Option<Span> {
    Some(Span::current()).filter(|span| span.metadata().is_some_and(|metadata| metadata.target() == TRACE))
}

/// Which fields ask a loader for which keys, as long as traces are exported.
///
/// A batch runs within the field that comes back to it first. The others that wait for it are links of its span,
/// so that each of them leads to the statement that it caused.
pub struct Askers<K> {
    fields: Mutex<HashMap<K, HashSet<Id>>>,
}

impl<K> Default for Askers<K> {
    fn default() -> Self {
        Self { fields: Mutex::default() }
    }
}

impl<K: Clone + Eq + Hash> Askers<K> {
    /// Notes that the current field asks for `key`.
    pub fn note(&self, key: &K) {
        if exports_spans()
            && let Some(field) = Span::current().id()
        {
            let mut fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
            fields.entry(key.clone()).or_default().insert(field);
        }
    }

    /// The span of the batch that loads `keys`.
    #[must_use]
    pub fn batch_span(&self, loader: &'static str, keys: &[K]) -> Span {
        let Some(here) = in_trace() else { return Span::none() };
        let span = info_span!(
            target: TRACE,
            "loader",
            otel.name = loader,
            seeka.loader.name = loader,
            seeka.loader.keys = number(keys.len()),
        );
        let mut fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked: HashSet<Id> = keys.iter().filter_map(|key| fields.remove(key)).flatten().collect();
        if let Some(here) = here.id() {
            asked.remove(&here);
        }
        for field in asked {
            span.follows_from(field);
        }
        span
    }
}

/// The span of a statement, named by its file below `cypher/`
/// (<https://opentelemetry.io/docs/specs/semconv/db/database-spans/>).
///
/// The text of the statement stands in the repository, and its parameters are the client's: neither is here.
/// What no request has caused, such as health checks, has no span.
#[must_use]
pub fn statement_span(statement: &'static str, database: &str, operation: &'static str) -> Span {
    if in_trace().is_none() {
        return Span::none();
    }
    info_span!(
        target: TRACE,
        "statement",
        otel.name = statement,
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = "neo4j",
        db.namespace = database,
        db.operation.name = operation,
        db.query.summary = statement,
        db.response.returned_rows = Empty,
        db.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// Completes the span of a statement with its rows or the class of its error.
///
/// That is Neo4j's status code, or a word for what failed before Neo4j said anything. The message of an error
/// may quote a parameter, so it is not here.
pub fn statement_ended(span: &Span, outcome: &Result<usize, Cow<'_, str>>) {
    match outcome {
        Ok(rows) => {
            span.record("db.response.returned_rows", number(*rows));
        }
        Err(class) => {
            span.record("otel.status_code", "ERROR").record("error.type", &**class);
            if class.starts_with("Neo.") {
                span.record("db.response.status_code", &**class);
            }
        }
    }
}

/// A number as traces know them; an unsigned one would become a text.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
