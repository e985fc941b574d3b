//! Connections of clients: how many, how slow they may be, and how they end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
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
    let (closing, close) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            (stream, peer, place) = accept(&listener, &places) => {
                connect(stream, peer, place, router.clone(), limits, close.clone());
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
                connect(stream, peer, place, router.clone(), limits, close.clone());
            }
        }
    };
    drop(listener);
    // Nobody may be connected any more, and then nobody has to be told.
    let _ = closing.send(());
    // Each connection gives its place back when it ends.
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let sent = on_time && tokio::time::timeout(LAST_WORDS, places.acquire_many(all)).await.is_ok();
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

/// What a connection does: whether requests are in flight, and since when there are none.
struct Activity {
    requests: AtomicUsize,
    last: Mutex<Instant>,
}

impl Activity {
    fn new() -> Self {
        Self { requests: AtomicUsize::new(0), last: Mutex::new(Instant::now()) }
    }

    /// Returns when nothing has been in flight for this time.
    async fn idle(&self, limit: Duration) {
        loop {
            let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let rested = if self.requests.load(Ordering::SeqCst) == 0 { last.elapsed() } else { Duration::ZERO };
            if rested >= limit {
                return;
            }
            tokio::time::sleep(limit.saturating_sub(rested)).await;
        }
    }
}

/// A request that is in flight on a connection.
struct Busy(Arc<Activity>);

impl Busy {
    fn of(activity: &Arc<Activity>) -> Self {
        activity.requests.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(activity))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    router: Router,
    limits: ConnectionLimits,
    mut close: watch::Receiver<()>,
) {
    // Answers are written whole, so waiting for more of them gains nothing.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection keeps its delay");
    }
    let mut stream = TimeoutStream::new(stream);
    // There is none for reading: it would end requests that take their time, whose clients have nothing to say.
    stream.set_write_timeout(Some(limits.idle));
    let activity = Arc::new(Activity::new());
    let requests = Arc::clone(&activity);
    let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        let (busy, answer) = (Busy::of(&requests), router.clone().oneshot(request.map(Body::new)));
        async move {
            let answer = answer.await;
            drop(busy);
            answer
        }
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
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        let mut told = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        debug!(error, "a connection ended early");
                    }
                    break;
                }
                // Told to close, it finishes what it does. One that is idle once more does nothing any more.
                () = activity.idle(limits.idle) => {
                    if told {
                        break;
                    }
                    *activity.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                }
                // The sender is dropped by the end of the server only.
                _ = close.changed(), if !told => {}
            }
            told = true;
            connection.as_mut().graceful_shutdown();
        }
        drop(place);
    });
}
