use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

type Received = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// What takes traces over OTLP, as a collector does.
pub(crate) struct Collector {
    /// Its address, as a setting.
    pub(crate) endpoint: String,
    received: Received,
}

/// The spans of one trace.
pub(crate) struct Trace {
    pub(crate) spans: Vec<Span>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let received = Received::default();
        let take = async |State(received): State<Received>, body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
            received.lock().unwrap().push(request);
            ([(CONTENT_TYPE, "application/x-protobuf")], Bytes::new())
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&received));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { endpoint, received }
    }

    /// Everything that has come in, as text.
    pub(crate) fn everything(&self) -> String {
        format!("{:?}", self.received.lock().unwrap())
    }

    /// The spans of the trace, once its first one has come, which ends last.
    pub(crate) async fn trace(&self, id: &str) -> Trace {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let spans = self.spans_of(id);
            if spans.iter().any(|span| span.name == "POST /graphql") {
                return Trace { spans };
            }
            let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
            assert!(Instant::now() < deadline, "trace {id} is not complete: {names:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn spans_of(&self, id: &str) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let resources = received.iter().flat_map(|request| &request.resource_spans);
        let spans = resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
        let id = u128::from_str_radix(id, 16).expect("hexadecimal digits").to_be_bytes();
        spans.filter(|span| span.trace_id == id).cloned().collect()
    }
}

impl Trace {
    /// The only span of this name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> &Span {
        let mut spans = self.spans.iter().filter(|span| span.name == name);
        let only = spans.next().unwrap_or_else(|| panic!("no span {name}"));
        assert!(spans.next().is_none(), "several spans {name}");
        only
    }

    /// The names or paths of the spans above, from the first to the nearest; fields by their path.
    pub(crate) fn above(&self, span: &Span) -> Vec<String> {
        let mut above = Vec::new();
        let mut parent = self.find(&span.parent_span_id);
        while let Some(span) = parent {
            above.push(name(span));
            parent = self.find(&span.parent_span_id);
        }
        above.reverse();
        above
    }

    /// The names or paths of the spans that are linked to a span, in their order.
    pub(crate) fn linked(&self, span: &Span) -> Vec<String> {
        let links = span.links.iter().map(|link| name(self.find(&link.span_id).expect("a span of the trace")));
        let mut links: Vec<_> = links.collect();
        links.sort_unstable();
        links
    }

    fn find(&self, id: &[u8]) -> Option<&Span> {
        self.spans.iter().find(|span| span.span_id == id)
    }
}

fn name(span: &Span) -> String {
    attribute(span, "seeka.graphql.field.path").unwrap_or_else(|| span.name.clone())
}

/// An attribute as text.
pub(crate) fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}
