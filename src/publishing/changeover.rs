//! How a release takes effect for viewers all at once.
//!
//! Neo4j reads what is committed, statement by statement, so a query that is answered while a release is committed could show
//! one page as it was and another as it will be. So a release is announced first: a node says that it is coming, and for
//! a while nothing happens, until every server that reads the same graph has seen the node. While something is
//! announced, a query that has been answered asks once more: it waits for the lock that the release holds while it
//! writes, and is answered again if a release ended since it began. When nothing is announced, which is nearly always, that costs
//! a query nothing; each server looks out for announcements by itself. A request that is confined to a tenant is concerned
//! with that tenant's releases alone.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tracing::{Instrument, info, warn};

use super::store::{self, ChangeoverRow, NewRelease, Released};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::id::{EventId, TenantId};
use crate::repeating::Repeating;
use crate::scope::{Editor, TenantScope};

/// How often a server looks for announcements, as a part of the notice.
const LOOKS_PER_NOTICE: u32 = 4;
/// The limit of the statement that waits for a release to end.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many tenants' releases are waited for at the same time, about.
const LANES: usize = 16;
/// How often a query is answered before its answer is given as it is, though releases take effect all the time.
pub const MAX_ANSWERS: usize = 5;

/// What a server knows of releases. Cheap to clone; all clones know the same.
#[derive(Clone)]
pub struct Changeovers {
    graph: Graph,
    notice: Duration,
    seen: Arc<RwLock<Arc<Seen>>>,
    /// Held by whoever looks.
    looking: Arc<Mutex<()>>,
    /// Held by whoever waits for releases, so that a long one of a tenant does not hold up the viewers of others.
    lanes: Arc<[Mutex<Settled>; LANES]>,
}

/// When somebody last began to wait for releases, and for whose.
type Settled = Option<(Instant, Option<TenantId>)>;

/// What was there when a server last looked, with whose it is.
#[derive(Debug, Default, Clone)]
struct Seen {
    looked_at: Option<Instant>,
    /// Announced, and not known to be there as a whole.
    open: HashMap<String, TenantId>,
    /// Done, and not forgotten yet.
    done: HashMap<String, TenantId>,
}

impl Seen {
    /// The announcements that concern a request.
    fn open_to(&self, confined_to: Option<TenantId>) -> Vec<String> {
        let concerns = |tenant: &TenantId| confined_to.is_none_or(|own| own == *tenant);
        self.open.iter().filter(|(_, tenant)| concerns(tenant)).map(|(id, _)| id.clone()).collect()
    }
}

/// What a query that begins knows of releases.
#[derive(Debug)]
pub struct Before(Arc<Seen>);

impl Changeovers {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(graph: &Graph, notice: Duration) -> Self {
        Self { graph: graph.clone(), notice, seen: Arc::default(), looking: Arc::default(), lanes: Arc::default() }
    }

    /// Looks for announcements from now on.
    pub fn watch(&self) -> Repeating {
        let (changeovers, failing) = (self.clone(), Arc::new(AtomicBool::new(false)));
        Repeating::start(self.notice / LOOKS_PER_NOTICE, move || {
            let (changeovers, failing) = (changeovers.clone(), Arc::clone(&failing));
            async move {
                // It looks several times a second, and says once what that comes to.
                match changeovers.look(Instant::now()).await {
                    Ok(_) if failing.swap(false, Ordering::Relaxed) => info!("releases can be looked for again"),
                    Err(error) if !failing.swap(true, Ordering::Relaxed) => {
                        warn!(%error, "cannot look for releases that are about to take effect");
                    }
                    _ => {}
                }
            }
        })
    }

    /// What a query that begins now knows. If that is old, the query may be answered once more than it has to be.
    #[must_use]
    pub fn before(&self) -> Before {
        Before(self.known())
    }

    /// Whether no release took effect since `before`, for a query that has read everything by now: none of the tenant that
    /// it is confined to, or of any.
    ///
    /// # Errors
    /// When the graph does not answer.
    pub async fn is_unchanged_since(&self, before: &Before, confined_to: Option<TenantId>) -> Result<bool> {
        let now = Instant::now();
        let mut seen = self.recent(now).await?;
        if !seen.open_to(confined_to).is_empty() {
            seen = self.settle(confined_to, now).await?;
        }
        let concerns = |tenant: &TenantId| confined_to.is_none_or(|own| own == *tenant);
        Ok(seen.done.iter().all(|(id, tenant)| before.0.done.contains_key(id) || !concerns(tenant)))
    }

    /// What is known and young enough: a release that was announced later than that has not begun.
    async fn recent(&self, now: Instant) -> Result<Arc<Seen>> {
        let young = |at: Instant| now.saturating_duration_since(at) < self.notice / 2;
        let seen = self.known();
        if seen.looked_at.is_some_and(young) { Ok(seen) } else { self.look(now).await }
    }

    /// Looks, unless somebody else has begun to look after `asked`. Who asks at the same time looks once.
    async fn look(&self, asked: Instant) -> Result<Arc<Seen>> {
        let _looking = self.looking.lock().await;
        let seen = self.known();
        if seen.looked_at.is_some_and(|at| at >= asked) {
            return Ok(seen);
        }
        let looked_at = Instant::now();
        let rows = store::changeovers(&self.graph).await?;
        Ok(self.learn(|seen| {
            // What is done may still be about to be seen by others as a whole, until somebody has waited for it.
            let (done, open) = rows.into_iter().partition::<Vec<_>, _>(|row| seen.done.contains_key(&row.id));
            let with_tenants = |rows: Vec<ChangeoverRow>| rows.into_iter().map(|row| (row.id, row.tenant)).collect();
            *seen = Seen { looked_at: Some(looked_at), open: with_tenants(open), done: with_tenants(done) };
        }))
    }

    /// Waits until nobody writes what concerns a request, unless somebody else has begun to wait for it after `asked`.
    async fn settle(&self, confined_to: Option<TenantId>, asked: Instant) -> Result<Arc<Seen>> {
        let lane = self.lane(confined_to);
        let mut settled = lane.lock().await;
        let open = self.known().open_to(confined_to);
        let covers = |(at, whose): &(Instant, Option<TenantId>)| *at >= asked && *whose == confined_to;
        if open.is_empty() || settled.as_ref().is_some_and(covers) {
            return Ok(self.known());
        }
        let began = Instant::now();
        let ended = store::await_changeovers(&self.graph.patient(PATIENCE), open).await?;
        let seen = self.learn(|seen| {
            for id in ended.into_iter().filter(|row| row.done).map(|row| row.id) {
                if let Some(tenant) = seen.open.remove(&id) {
                    seen.done.insert(id, tenant);
                }
            }
        });
        *settled = Some((began, confined_to));
        Ok(seen)
    }

    /// Where those wait who may wait for the same.
    fn lane(&self, confined_to: Option<TenantId>) -> &Mutex<Settled> {
        let lane = confined_to.map_or(0, |tenant| {
            let mut hasher = DefaultHasher::new();
            tenant.hash(&mut hasher);
            hasher.finish()
        });
        &self.lanes[usize::try_from(lane % LANES as u64).unwrap_or_default()]
    }

    /// Changes what is known, and returns it.
    fn learn(&self, change: impl FnOnce(&mut Seen)) -> Arc<Seen> {
        let mut known = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let mut seen = Seen::clone(&known);
        change(&mut seen);
        *known = Arc::new(seen);
        Arc::clone(&known)
    }

    /// What was found at the last look. Every query asks for it, so it is shared.
    fn known(&self) -> Arc<Seen> {
        Arc::clone(&self.seen.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a release, once every server knows that it is coming. It is brought to its end even if nobody waits for it any
    /// more.
    ///
    /// # Errors
    /// When the graph does not answer.
    pub(super) async fn release(&self, scope: TenantScope<Editor>, release: NewRelease) -> Result<Released> {
        let changeovers = self.clone();
        let to_its_end = async move {
            let id = EventId::generate().to_string();
            store::announce(&changeovers.graph, &id, &scope).await?;
            tokio::time::sleep(changeovers.notice).await;
            let released = store::release(&scope, release, &id).await;
            if !matches!(released, Ok(Released::Done(_))) {
                // It would be forgotten by itself, and cost every query a statement until then.
                if let Err(error) = store::forget_changeover(&changeovers.graph, &id).await {
                    warn!(%error, "an announcement stays until its time is over");
                }
            }
            Ok(released?)
        };
        tokio::spawn(to_its_end.in_current_span()).await.map_err(Error::internal)?
    }
}
