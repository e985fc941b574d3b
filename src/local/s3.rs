//! An S3 endpoint in this process, for when none is configured.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::http::{Method, header};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use serde::{Deserialize, Serialize};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tower_http::cors::{Any, Cors};

use super::{
    DataFolder, StartError,
    data_folder::{create_folder, new_secret, read_if_there, write_secret},
};

/// How long a client may take to send the head of a request.
const HEADER_LIMIT: Duration = Duration::from_secs(10);

/// How long requests that are under way may go on when the endpoint stops.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long to rest when no connection can be accepted, which happens when all descriptors are in use.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a browser may remember that it may send its requests here.
const PREFLIGHT_AGE: Duration = Duration::from_hours(1);

/// The keys of the endpoint, as they are kept in the data folder.
#[derive(Serialize, Deserialize)]
struct Keys {
    access_key: String,
    secret_key: String,
}

/// A running S3 endpoint on a free port of this machine, with its files in `s3/` of the data folder.
///
/// The keys are generated at the first start and kept beside the served files. The port may be another one at
/// each start, so addresses of files must not be stored. Buckets are addressed by path, any region is accepted.
/// The spans of `s3s` carry key ids, and it calls each request that it refuses an error, so a log filter should
/// have `s3s=warn,s3s::ops=off,s3s_fs=warn`.
///
/// The files lie under the names of their keys. A key can therefore not be both a file and a folder of other keys,
/// and is refused with an internal error when it is longer than about 150 bytes.
pub struct LocalS3 {
    address: SocketAddr,
    access_key: String,
    secret_key: String,
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl LocalS3 {
    /// Starts the endpoint.
    ///
    /// # Errors
    ///
    /// [`StartError::File`] if the folder cannot be used, [`StartError::Port`] if there is no free port.
    pub async fn start(data: &DataFolder) -> Result<Self, StartError> {
        let keys = keys(data)?;
        let root = data.path().join("s3");
        create_folder(&root)?;
        let files = FileSystem::new(&root)
            .map_err(|error| StartError::Files { path: root.clone(), reason: format!("{error:?}") })?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(keys.access_key.clone(), keys.secret_key.clone()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(StartError::Port)?;
        let address = listener.local_addr().map_err(StartError::Port)?;
        let (stop, stopped) = watch::channel(());
        let server = tokio::spawn(serve(listener, service.build(), stopped));
        Ok(Self { address, access_key: keys.access_key, secret_key: keys.secret_key, stop, server })
    }

    /// Returns the address for S3 clients, which must use paths and not host names for buckets.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the id of the one key pair that is accepted.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Returns the secret of the key pair.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// Accepts nothing more, lets the requests under way finish within a limit, and returns.
    pub async fn stop(mut self) {
        // The server may have ended already; then there is nobody to tell.
        let _ = self.stop.send(());
        let _ = (&mut self.server).await;
    }
}

impl Drop for LocalS3 {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Returns the kept keys, or makes new ones at the first start.
fn keys(data: &DataFolder) -> Result<Keys, StartError> {
    let path = data.path().join("s3-keys.json");
    let unusable = |error: serde_json::Error| StartError::Files { path: path.clone(), reason: error.to_string() };
    if let Some(text) = read_if_there(&path)? {
        return serde_json::from_str(&text).map_err(unusable);
    }
    let keys = Keys { access_key: new_secret(), secret_key: new_secret() };
    write_secret(&path, &serde_json::to_string_pretty(&keys).map_err(unusable)?)?;
    Ok(keys)
}

/// Serves connections until it is told to stop.
async fn serve(listener: TcpListener, service: S3Service, mut stopped: watch::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve_connection(stream, service.clone(), &connections),
                Err(error) => {
                    tracing::warn!(%error, "the S3 endpoint could not accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    if timeout(STOP_LIMIT, connections.shutdown()).await.is_err() {
        tracing::warn!("the S3 endpoint stopped before all its requests were finished");
    }
}

/// Serves the requests of one connection in a task of its own.
fn serve_connection(stream: TcpStream, service: S3Service, connections: &GracefulShutdown) {
    let service = Cors::new(service)
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::PUT, Method::POST])
        .allow_headers(Any)
        .expose_headers([header::ETAG])
        .max_age(PREFLIGHT_AGE);
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to the S3 endpoint ended early");
        }
    });
}
