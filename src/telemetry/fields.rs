use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo};
use async_graphql::{QueryPathNode, QueryPathSegment, Response, ServerResult, Value};
use opentelemetry::trace::TraceContextExt;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::TRACE;
use crate::error;

/// The most fields of one operation that get a span; what lies below others belongs to the nearest field above.
const MAX_FIELD_SPANS: usize = 500;
/// The longest path that is an attribute, in bytes. Names in it come from the document.
const MAX_PATH_BYTES: usize = 1_024;

/// Makes the fields of a document spans of the trace.
///
/// A field has one span, whatever the number of objects it is resolved for: a list of a thousand items does
/// not make a thousand spans. It lasts from the first of these to the end of the last. A field without fields
/// of its own has one only if it waits for something, since most are mere properties.
pub struct FieldSpans;

impl ExtensionFactory for FieldSpans {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(OfOperation::default())
    }
}

/// The spans of one operation by their paths. They end with the operation, at the time when each was last left.
#[derive(Default)]
struct OfOperation {
    /// Whether the trace is recorded; one that the sampler left out needs no fields.
    recorded: AtomicBool,
    spans: Mutex<HashMap<String, Arc<FieldSpan>>>,
}

struct FieldSpan {
    span: Span,
    /// An attribute that is recorded again would stand there twice.
    failed: AtomicBool,
}

#[async_graphql::async_trait::async_trait]
impl Extension for OfOperation {
    async fn execute(&self, ctx: &ExtensionContext<'_>, name: Option<&str>, next: NextExecute<'_>) -> Response {
        self.recorded.store(Span::current().context().span().is_recording(), Ordering::Relaxed);
        next.run(ctx, name).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // The items of a list are part of their list.
        let is_item = matches!(info.path_node.segment, QueryPathSegment::Index(_));
        if is_item || info.is_for_introspection || !self.recorded.load(Ordering::Relaxed) {
            return next.run(ctx, info).await;
        }
        let (path, parent_type, name) = (info.path_node, info.parent_type, info.name);
        let is_leaf = info.field.selection_set.node.items.is_empty();
        // Boxed, because levels nest on the stack.
        let mut resolving = Box::pin(next.run(ctx, info));
        if is_leaf && let Poll::Ready(result) = futures::poll!(resolving.as_mut()) {
            return result;
        }
        let Some(field) = self.span(path, parent_type, name) else { return resolving.await };
        let result = resolving.instrument(field.span.clone()).await;
        if let Err(error) = &result
            && !field.failed.swap(true, Ordering::Relaxed)
        {
            field.span.record("otel.status_code", "ERROR").record("error.type", error::code_of(error));
        }
        result
    }
}

impl OfOperation {
    /// The span of a field, which the first object it is resolved for makes.
    fn span(&self, node: &QueryPathNode<'_>, parent_type: &str, name: &str) -> Option<Arc<FieldSpan>> {
        let path = path(node);
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(field) = spans.get(&path) {
            return Some(Arc::clone(field));
        }
        if spans.len() >= MAX_FIELD_SPANS {
            return None;
        }
        let shown = path.get(..path.floor_char_boundary(MAX_PATH_BYTES)).unwrap_or_default();
        let field = format!("{parent_type}.{name}");
        let span = info_span!(
            target: TRACE,
            "field",
            otel.name = field,
            otel.status_code = Empty,
            seeka.graphql.field.path = shown,
            "error.type" = Empty,
        );
        let field = Arc::new(FieldSpan { span, failed: AtomicBool::new(false) });
        spans.insert(path, Arc::clone(&field));
        Some(field)
    }
}

/// The path of a field in the answer, without the positions in lists: `tenant.franchises.nodes.title`.
fn path(node: &QueryPathNode<'_>) -> String {
    let mut names: Vec<&str> = std::iter::once(node)
        .chain(node.parents())
        .filter_map(|node| match node.segment {
            QueryPathSegment::Name(name) => Some(name),
            QueryPathSegment::Index(_) => None,
        })
        .collect();
    names.reverse();
    names.join(".")
}
