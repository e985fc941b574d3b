//! Connections to Neo4j: how many there are, who waits for one, and when one is closed.
//!
//! A connection serves one statement or one transaction at a time. It is kept for the next one only if
//! all went well; otherwise it is closed, also when nobody waits for its answer any more. Neo4j then
//! ends what was running on it and lets go of its locks at once. A statement that is only forgotten
//! would run on until its own limit, and one that is ended by `TERMINATE TRANSACTIONS` stays listed
//! until its connection is reset.
//!
//! The driver closes a connection only together with its pool, so each has a pool of its own here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use neo4rs::{Config, ConfigBuilder, Error, Operation};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::GraphError;
use crate::config::GraphSettings;
use crate::cypher;
use crate::waiting::Waiting;

/// How many may wait for a connection; whoever comes then is refused at once.
const MAX_WAITING: usize = 1_024;
/// The limit of opening a connection, or of finding out whether one that has rested still works.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// How long the other end of an open connection may be silent when it is taken up again, before
/// another one is opened instead.
const SILENCE_LIMIT: Duration = Duration::from_secs(1);
/// How long a connection may rest without being asked for a sign of life before its next use.
const REST_LIMIT: Duration = Duration::from_secs(2);

/// The use of the connections to Neo4j at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Connections {
    /// The most that there may be (`SEEKA_NEO4J_POOL_SIZE`).
    pub size: usize,
    /// How many statements and transactions have one, or are opening one.
    pub in_use: usize,
    /// How many statements and transactions wait for one.
    pub waiting: usize,
}

/// All connections to one Neo4j.
pub(super) struct Pool {
    /// Of a driver with a single connection.
    config: Config,
    database: String,
    size: usize,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Those that rest; the last one was used last, and is used next.
    resting: Mutex<Vec<Resting>>,
}

struct Resting {
    driver: neo4rs::Graph,
    since: Instant,
}

impl Pool {
    /// Opens nothing yet.
    pub(super) fn new(settings: &GraphSettings) -> Result<Self, Error> {
        let config = ConfigBuilder::default()
            .uri(&settings.uri)
            .user(&settings.user)
            .password(settings.password.expose())
            .db(settings.database.as_str())
            .max_connections(1)
            .fetch_size(settings.fetch_size)
            // The driver bounds every read by this, too; the shorter limits are kept here.
            .connection_timeout(settings.statement_timeout.max(settings.transaction_timeout).max(settings.startup_wait))
            // The driver uses this value as the limit of the RESET before each use.
            .idle_timeout(Some(SILENCE_LIMIT))
            .build()?;
        // An address that cannot be used is known before the first statement.
        neo4rs::Graph::connect(config.clone())?;
        Ok(Self {
            config,
            database: settings.database.clone(),
            size: settings.pool_size,
            permits: Arc::new(Semaphore::new(settings.pool_size)),
            waiting: AtomicUsize::new(0),
            resting: Mutex::default(),
        })
    }

    pub(super) fn connections(&self) -> Connections {
        let in_use = self.size.saturating_sub(self.permits.available_permits());
        Connections { size: self.size, in_use, waiting: self.waiting.load(Ordering::Relaxed) }
    }

    /// How many connections are open and rest.
    pub(super) fn resting_now(&self) -> usize {
        self.resting().len()
    }

    /// Waits for the permission to have a connection; who comes first is served first.
    pub(super) async fn permit(self: &Arc<Self>, name: &'static str, limit: Duration) -> Result<Permit, GraphError> {
        let busy = || GraphError::Busy { statement: name, limit };
        let waiting = Waiting::new(&self.waiting);
        if waiting.before >= MAX_WAITING && self.permits.available_permits() == 0 {
            return Err(busy());
        }
        match timeout(limit, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Permit { pool: Arc::clone(self), _permit: permit }),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The permission to have one connection at a time.
pub(super) struct Permit {
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Permit {
    /// A connection that rests and works, or a new one.
    pub(super) async fn connect(&self) -> Result<Connection<'_>, Error> {
        let pool = &*self.pool;
        let rested = pool.resting().pop();
        let driver = match rested {
            Some(Resting { driver, since }) if since.elapsed() < REST_LIMIT => return Ok(Connection { driver, pool }),
            Some(Resting { driver, .. }) => driver,
            None => neo4rs::Graph::connect(pool.config.clone())?,
        };
        // The driver opens a connection with the first statement only, whose own limit may be much longer.
        let Ok(sign_of_life) = timeout(CONNECT_LIMIT, Box::pin(ping(&driver, &pool.database))).await else {
            // What rests leads to the same place; nobody else shall try one after the other.
            pool.resting().clear();
            return Err(Error::ConnectionTimedOut);
        };
        sign_of_life.map(|()| Connection { driver, pool })
    }
}

async fn ping(driver: &neo4rs::Graph, database: &str) -> Result<(), Error> {
    let query = cypher!("platform/ping").query(CONNECT_LIMIT, None);
    let mut rows = driver.execute_on(Operation::Read, database, query).await?;
    while rows.next().await?.is_some() {}
    Ok(())
}

/// A connection in use. It is closed when it is dropped, and what runs on it ends.
pub(super) struct Connection<'a> {
    driver: neo4rs::Graph,
    pool: &'a Pool,
}

impl Connection<'_> {
    pub(super) fn driver(&self) -> &neo4rs::Graph {
        &self.driver
    }

    /// Keeps it for the next statement, because nothing is left on it.
    pub(super) fn keep(self) {
        self.pool.resting().push(Resting { driver: self.driver, since: Instant::now() });
    }
}
