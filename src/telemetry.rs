//! What the server tells of itself: log lines, traces, metrics.
//!
//! [`Telemetry::start`] sets up the log and, when a collector is configured, the export of traces.
//! [`observe`] stands around the GraphQL route and makes an [`Observed`] of each request, which the route
//! tells what it learns; log line, trace and [`Metrics`] of the request come from it. Below it, the fields
//! of the document ([`FieldSpans`]), the batches of loaders and the statements are spans of the trace.
//!
//! Nothing here may hold what a client keeps to itself: no document, no variable, no token, no body. Spans for
//! the trace have the target [`TRACE`]; they are not part of log lines, and log lines are not part of traces.

mod export;
mod fields;
mod metrics;
mod request;
mod spans;

pub use export::{ExportFailure, Telemetry};
pub use fields::FieldSpans;
pub use metrics::{FunctionOutcome, METRICS_CONTENT_TYPE, MailOutcome, Metrics};
pub use request::{Observed, observe};
pub use spans::{Askers, exports_spans, statement_ended, statement_span};

/// The target of the spans that make up traces. They cost next to nothing while no collector is configured,
/// because then nobody asks for this target.
pub const TRACE: &str = "seeka::trace";
