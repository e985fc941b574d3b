//! Connections of clients: how many, how slow they may be, and how they end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tracing::{debug, info, warn};

use super::client::Peer;

/// The most requests of one HTTP/2 connection that run at the same time.
const MAX_STREAMS: u32 = 100;
/// The largest head of a request, in bytes: address and headers.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long the listener rests when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What is left of the grace period at least for sending the last answers.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How connections are limited.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// How many are open at the same time; those beyond wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long a connection may be silent, or not take what is sent.
    pub idle: Duration,
    /// How long a stopping server waits for requests in flight.
    pub grace: Duration,
}

/// The requests in flight of a server, and whether it still takes new ones.
#[derive(Debug, Default)]
pub struct InFlight {
    stopping: AtomicBool,
    count: AtomicUsize,
    idle: Notify,
}

impl InFlight {
    /// Whether the server stops.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Counts a request until the guard is dropped; `None` when no more are taken.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Guard> {
        // Counted first: a stop that comes between the two lines waits for this one.
        let guard = Guard(Arc::clone(self));
        self.count.fetch_add(1, Ordering::SeqCst);
        (!self.is_stopping()).then_some(guard)
    }

    async fn finished(&self) {
        loop {
            let idle = self.idle.notified();
            if self.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// One request in flight.
pub(super) struct Guard(Arc<InFlight>);

impl Drop for Guard {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

/// Answers requests until `stop`. Then requests in flight are finished within the grace period, new ones
/// get 503, and the listener closes when none is left.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    in_flight: Arc<InFlight>,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            (stream, peer, place) = accept(&listener, &places) => {
                connect(stream, peer, place, router.clone(), limits, &graceful);
            }
            () = &mut stop => break,
        }
    }
    info!(grace_ms = limits.grace.as_millis(), "stopping: no new requests, those in flight are finished");
    in_flight.stopping.store(true, Ordering::SeqCst);
    let mut overdue = pin!(tokio::time::sleep(limits.grace));
    let on_time = loop {
        tokio::select! {
            biased;
            () = in_flight.finished() => break true,
            () = &mut overdue => break false,
            (stream, peer, place) = accept(&listener, &places) => {
                connect(stream, peer, place, router.clone(), limits, &graceful);
            }
        }
    };
    drop(listener);
    let sent = on_time && tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await.is_ok();
    if !sent {
        warn!("requests in flight were cut off after the grace period");
    }
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    // The semaphore is never closed.
    let place = loop {
        if let Ok(place) = Arc::clone(places).acquire_owned().await {
            break place;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                // The client has gone, or there are no more sockets; the latter takes a moment to change.
                debug!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    router: Router,
    limits: ConnectionLimits,
    graceful: &GracefulShutdown,
) {
    // Answers are written whole, so waiting for more of them gains nothing.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection keeps its delay");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(limits.idle));
    stream.set_write_timeout(Some(limits.idle));
    let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX));
    let connection =
        builder.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service)).into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            debug!(error, "a connection ended early");
        }
        drop(place);
    });
}
