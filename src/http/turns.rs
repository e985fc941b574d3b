//! Whose turn it is: how many requests are executed at the same time, and how many of one client.
//!
//! Without the latter, one client with a hundred slow queries would have everybody else wait.

use std::hash::RandomState;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::auth::Viewer;
use crate::budget::identity;
use crate::error::{Error, Result};
use crate::waiting::Waiting;

/// How many clients are kept apart; beyond that number some share their turns by chance.
const MAX_CLIENTS: usize = 1 << 14;
/// How many requests of one client may wait.
const MAX_WAITING: usize = 128;
/// When a client that was refused may come back.
const COME_BACK: Duration = Duration::from_secs(1);

/// The turns of all clients.
pub struct Turns {
    all: Semaphore,
    clients: Vec<Client>,
    hasher: RandomState,
}

struct Client {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Turns {
    /// At most `all` requests at the same time, and `per_client` of each client.
    #[must_use]
    pub fn new(all: usize, per_client: usize) -> Self {
        let client = || Client { turns: Arc::new(Semaphore::new(per_client)), waiting: AtomicUsize::new(0) };
        let clients = std::iter::repeat_with(client).take(MAX_CLIENTS).collect();
        Self { all: Semaphore::new(all), clients, hasher: RandomState::new() }
    }

    /// Waits until fewer requests of this client run than may. Taken before the body is read, so that what
    /// waits takes no memory.
    ///
    /// # Errors
    /// `RATE_LIMITED` when too many wait already, `SERVICE_UNAVAILABLE` when it lasts longer than `limit`.
    pub(super) async fn of_client(
        &self,
        viewer: &Viewer,
        address: IpAddr,
        limit: Duration,
    ) -> Result<OwnedSemaphorePermit> {
        let slot = usize::try_from(identity(&self.hasher, viewer, address)).unwrap_or(usize::MAX) % self.clients.len();
        let client = &self.clients[slot];
        let waiting = Waiting::new(&client.waiting);
        if waiting.before >= MAX_WAITING {
            return Err(Error::RateLimited("too many requests wait already", COME_BACK));
        }
        match tokio::time::timeout(limit, Arc::clone(&client.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(Error::Busy(COME_BACK)),
        }
    }

    /// A place among all requests, if there is one.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` when there is none.
    pub(super) fn of_all(&self) -> Result<SemaphorePermit<'_>> {
        self.all.try_acquire().map_err(|_| Error::Busy(COME_BACK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_waits_for_itself_and_nobody_else() {
        let turns = Turns::new(3, 2);
        let soon = Duration::from_millis(20);
        let (greedy, modest) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = turns.of_client(&Viewer::Anonymous, greedy, soon).await;
        let second = turns.of_client(&Viewer::Anonymous, greedy, soon).await;
        assert!(first.is_ok() && second.is_ok());
        assert!(matches!(turns.of_client(&Viewer::Anonymous, greedy, soon).await, Err(Error::Busy(_))));
        assert!(turns.of_client(&Viewer::Anonymous, modest, soon).await.is_ok());
        drop(first);
        assert!(turns.of_client(&Viewer::Anonymous, greedy, soon).await.is_ok());
        let all: Vec<_> = (0..3).map_while(|_| turns.of_all().ok()).collect();
        assert!(all.len() == 3 && turns.of_all().is_err());
    }

    #[tokio::test]
    async fn a_queue_has_an_end() {
        let turns = Turns::new(1, 1);
        let address = IpAddr::from([192, 0, 2, 1]);
        let wait = || turns.of_client(&Viewer::Anonymous, address, Duration::from_millis(50));
        let _running = wait().await;
        let waiting = futures::future::join_all((0..MAX_WAITING + 5).map(|_| wait())).await;
        let refused = waiting.iter().filter(|turn| matches!(turn, Err(Error::RateLimited(..)))).count();
        assert_eq!(refused, 5);
    }
}
