use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter as OtlpExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::{Subscriber, info, warn};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use super::TRACE;
use super::spans::export_spans;
use crate::config::{Config, ExportConfig, LogFormat};

/// How long a stopping server waits for the last traces to be exported.
const FLUSH_LIMIT: Duration = Duration::from_secs(3);

/// The log and the export of traces, for as long as the program runs.
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

/// The export of traces cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be exported to OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
pub struct ExportFailure(#[from] opentelemetry_otlp::ExporterBuildError);

impl Telemetry {
    /// Sets up what the process logs and exports. To be called once, outside of the runtime.
    ///
    /// # Errors
    /// When the exporter refuses its settings or finds no certificates for https.
    pub fn start(config: &Config) -> Result<Self, ExportFailure> {
        let provider = provider(&config.export)?;
        let only_traces = filter_fn(|metadata| metadata.is_span() && metadata.target() == TRACE);
        let only_traces = only_traces.with_max_level_hint(LevelFilter::INFO);
        let traces = provider.as_ref().map(|provider| {
            let tracer = provider.tracer("seeka");
            tracing_opentelemetry::layer()
                .with_tracer(tracer)
                .with_context_activation(false)
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_level(false)
                .with_tracked_inactivity(false)
                // Log lines stay in the log: causes of errors may quote what a client has sent.
                .with_filter(only_traces)
        });
        if traces.is_some() {
            export_spans();
        }
        Registry::default().with(traces).with(log(config)).init();
        Ok(Self { provider })
    }

    /// Exports what is left, within a limit.
    pub fn stop(self) {
        if let Some(provider) = self.provider
            && let Err(error) = provider.shutdown_with_timeout(FLUSH_LIMIT)
        {
            warn!(%error, "the last traces were not exported");
        }
    }
}

/// The log on standard error. The spans of traces are not part of its lines.
fn log<S: Subscriber + for<'s> LookupSpan<'s>>(config: &Config) -> impl Layer<S> {
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log_format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let no_traces = filter_fn(|metadata| metadata.target() != TRACE).with_max_level_hint(LevelFilter::TRACE);
    lines.with_filter(EnvFilter::new(&config.log).and(no_traces))
}

/// What exports traces in batches on a thread of its own, if a collector is configured. Its queue is bounded:
/// when it is full, spans are dropped.
fn provider(config: &ExportConfig) -> Result<Option<SdkTracerProvider>, ExportFailure> {
    let Some(endpoint) = &config.otlp_endpoint else { return Ok(None) };
    // The exporter's client asks for the provider of TLS when it is made, which is before the server starts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The path of the signal is added to that of the collector
    // (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
    let address = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
    let exporter = OtlpExporter::builder().with_http().with_endpoint(address).build()?;
    let resource = Resource::builder()
        .with_service_name(config.service_name.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let watched = Watched { exporter, failing: AtomicBool::new(false) };
    Ok(Some(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(watched).build()))
}

/// An exporter that logs when the collector stops to answer and when it answers again, not each time.
#[derive(Debug)]
struct Watched {
    exporter: OtlpExporter,
    failing: AtomicBool,
}

impl SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let result = self.exporter.export(batch).await;
        let failed_before = self.failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !failed_before => warn!(%error, "the collector takes no traces; they are lost meanwhile"),
            Ok(()) if failed_before => info!("the collector takes traces again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
