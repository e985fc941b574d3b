//! Connections of clients: how many, how slow they may be, and how they end.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
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
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tracing::{debug, info, warn};

use super::client::{Peer, is_trusted};
use super::holding::holding;

/// The most requests of one HTTP/2 connection that run at the same time.
const MAX_STREAMS: u32 = 100;
/// The largest head of a request, in bytes: address and headers.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How often a connection is looked at while it is idle or busy.
const POLL: Duration = Duration::from_secs(15);
/// How long the listener rests when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long an answer may be on its way while nothing else happens on its connection.
const SENDING_LIMIT: Duration = Duration::from_mins(5);
/// What is left of the grace period at least for sending the last answers.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How connections are limited.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// How many are open at the same time; those beyond wait to be accepted.
    pub connections: usize,
    /// How many of them one address may have; those beyond are closed at once.
    pub per_address: usize,
    /// The proxies that have no limit of their own.
    pub trusted_proxies: Vec<IpNet>,
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
    let addresses = Arc::<Addresses>::default();
    let (closing, close) = watch::channel(());
    let take = |(stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit)| {
        let address = peer.ip().to_canonical();
        let most = if is_trusted(address, &limits.trusted_proxies) { usize::MAX } else { limits.per_address };
        if let Some(counted) = addresses.enter(address, most) {
            connect(stream, peer, (place, counted), router.clone(), &limits, close.clone());
        }
    };
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            connection = accept(&listener, &places) => take(connection),
            () = &mut stop => break,
        }
    }
    info!(grace_ms = limits.grace.as_millis(), "stopping: no new requests, those in flight are finished");
    in_flight.stopping.store(true, Ordering::SeqCst);
    let end = Instant::now() + limits.grace;
    let mut overdue = pin!(tokio::time::sleep_until(end.into()));
    let on_time = loop {
        tokio::select! {
            biased;
            () = in_flight.finished() => break true,
            () = &mut overdue => break false,
            connection = accept(&listener, &places) => take(connection),
        }
    };
    drop(listener);
    // Nobody may be connected any more, and then nobody has to be told.
    let _ = closing.send(());
    // Each connection gives its place back when it ends.
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let end = end.max(Instant::now() + LAST_WORDS);
    let sent = on_time && tokio::time::timeout_at(end.into(), places.acquire_many(all)).await.is_ok();
    if !sent {
        warn!("requests in flight were cut off after the grace period");
    }
}

/// How many connections each address has.
#[derive(Default)]
struct Addresses(Mutex<HashMap<IpAddr, usize>>);

impl Addresses {
    /// Counts a connection until the guard is dropped; `None` if there are `most` already.
    fn enter(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        (*count < most).then(|| {
            *count += 1;
            Counted { addresses: Arc::clone(self), address }
        })
    }
}

/// A connection of an address.
struct Counted {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            // An address without connections is forgotten, so that there are never more of them than connections.
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
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
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {
                debug!(%error, "a client has gone before it was accepted");
            }
            Err(error) => {
                // There are no more sockets, which takes a moment to change.
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

    /// Notes that something happens.
    fn touch(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Returns when nothing has been in flight for this time, or something for very long.
    async fn idle(&self, limit: Duration) {
        loop {
            let rested = self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            let busy = self.requests.load(Ordering::SeqCst) > 0;
            let limit = if busy { limit.max(SENDING_LIMIT) } else { limit };
            if rested >= limit {
                return;
            }
            tokio::time::sleep(limit.saturating_sub(rested).min(POLL)).await;
        }
    }
}

/// A request that is in flight on a connection.
struct Busy(Arc<Activity>);

impl Busy {
    fn of(activity: &Arc<Activity>) -> Self {
        activity.requests.fetch_add(1, Ordering::SeqCst);
        activity.touch();
        Self(Arc::clone(activity))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.touch();
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    place: (OwnedSemaphorePermit, Counted),
    router: Router,
    limits: &ConnectionLimits,
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
            // Until it has been sent, an answer is in flight.
            answer.await.map(|answer| answer.map(|body| holding(busy, body)))
        }
    });
    let idle = limits.idle;
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
                () = activity.idle(idle) => {
                    if told {
                        break;
                    }
                    activity.touch();
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
