//! Puts the server together: local servers where none are configured, the graph with its schema, the
//! storage, the keys, the routes.

mod failure;
mod graph_schema;
mod servers;
mod signing_keys;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::Request;
use axum::Router;
use chrono::Utc;
use rust_embed::RustEmbed;
use tokio::net::TcpListener;
use tracing::{debug, info};

pub use failure::StartFailure;
pub use servers::{Local, join_graph, open_graph};
pub use signing_keys::{keys, rotate_keys};

use graph_schema::apply_schema;
use servers::connect;

use crate::accounts::{self, DeletionSettings, IdentityProviders, Passwords, SessionSettings};
use crate::assets::{self, Assets};
use crate::attempts::Attempts;
use crate::auth::{Keys, Viewer};
use crate::budget::Budgets;
use crate::config::{Config, Seed, Switch};
use crate::functions::{self, Dispatcher, FunctionSettings, Recurring, Runner};
use crate::graph::Graph;
use crate::http::{self, ConnectionLimits, Documents, Edge, InFlight, Turns};
use crate::mail::{MailSettings, Mailer};
use crate::operation::Prices;
use crate::publishing::{Changeovers, publishing_schedules};
use crate::repeating::Repeating;
use crate::schema::{self, Schema, Services};
use crate::scope::Scope;
use crate::seed::{self, SeedError};
use crate::storage::Storage;
use crate::tenants::Dns;

/// The limit of a statement of the warm-up. Giving one up would throw away the plan that it is there for.
const WARM_UP_LIMIT: Duration = Duration::from_mins(1);
/// How long a stopping server goes on sending mails when the last request has taken all of its grace period.
const LAST_MAILS: Duration = Duration::from_secs(1);

/// The stack of a worker thread. The levels of a query nest on it, and a query of the greatest depth
/// must fit in a debug build, too; memory that is not touched costs nothing.
const WORKER_STACK_BYTES: usize = 32 * 1024 * 1024;

/// The threads that the server runs on.
///
/// # Errors
/// When the operating system gives none.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(WORKER_STACK_BYTES).build()
}

/// A server that is ready to answer.
pub struct App {
    /// The routes.
    pub router: Router,
    /// The graph.
    pub graph: Graph,
    /// The files.
    pub storage: Storage,
    /// The local servers, for as long as the app runs.
    pub local: Local,
    mailer: Mailer,
    in_flight: Arc<InFlight>,
    connections: ConnectionLimits,
    dispatcher: Option<Dispatcher>,
    /// Work for as long as the app runs.
    _background: ([Repeating; 3], Option<Runner>),
}

impl App {
    /// Starts everything that `config` asks for, and waits until it can answer.
    ///
    /// # Errors
    /// The first thing that failed.
    pub async fn start(config: &Config) -> Result<Self, StartFailure> {
        // A second start in one process finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let documents = Documents::new(config.edge.trusted_documents.as_deref())?;
        let keys = Arc::new(keys(config)?);
        let passwords = Passwords::new(&config.accounts).map_err(StartFailure::Passwords)?;
        let mail = MailSettings::new(&config.mail, &home(config), config.data.join("mail"))?;
        let (local, graph, storage) = Box::pin(connect(config)).await?;
        let mailer = Mailer::new(mail, Arc::clone(graph.metrics()));
        let identity_providers =
            IdentityProviders::new(config, mailer.clone()).map_err(StartFailure::IdentityProviders)?;
        apply_schema(&graph, Duration::from_millis(config.neo4j.startup_wait_ms)).await?;
        let wanted = match config.seed {
            Seed::Auto => local.neo4j.is_some(),
            Seed::Empty => true,
            Seed::Never => false,
        };
        // The first statement on a cold graph waits for what is read from the disk, and nobody waits for the answer.
        let patient = graph.patient(Duration::from_millis(config.neo4j.startup_wait_ms));
        if wanted && seed::is_empty(&patient).await.map_err(SeedError::from)? {
            load_sample(&graph, &storage).await?;
        }
        let sessions = SessionSettings::new(&config.accounts, &config.sessions, Arc::clone(&keys));
        let assets = Assets::new(&graph, storage.clone(), &config.assets);
        let notice = Duration::from_millis(config.publishing.publishing_notice_ms);
        let changeovers = Changeovers::new(&graph, notice);
        let services = Services {
            storage: storage.clone(),
            assets: assets.clone(),
            mailer: mailer.clone(),
            passwords,
            deletion: DeletionSettings::new(&config.deletion),
            sessions,
            attempts: Attempts::new(&config.attempts),
            dns: Dns::new(config.tenants.dns_server),
            identity_providers: identity_providers.clone(),
            keys: Arc::clone(&keys),
            changeovers: changeovers.clone(),
        };
        let schema = schema::build(services);
        let sweep_every = Duration::from_secs(config.deletion.deletion_sweep_seconds);
        let accounts_sweeper = accounts::start_sweeper(&graph, storage.clone(), sweep_every);
        let schedules = publishing_schedules(changeovers.clone());
        let (dispatcher, jobs) = functions(config, (&graph, &storage, &mailer), schedules).unzip();
        let repeating = [accounts_sweeper, assets::start_sweeper(assets), changeovers.watch()];
        if config.warm_up == Switch::On {
            tokio::spawn(warm_up(schema.clone(), graph.clone()));
        }
        let in_flight = Arc::<InFlight>::default();
        let parts = (schema, graph.clone(), storage.clone(), keys, identity_providers, changeovers);
        let edge = edge(config, documents, parts, Arc::clone(&in_flight));
        let router = http::router(edge, &config.edge.cors_origins, config.edge.graphiql);
        let connections = connection_limits(config);
        Ok(Self {
            router,
            graph,
            storage,
            local,
            mailer,
            in_flight,
            connections,
            dispatcher,
            _background: (repeating, jobs),
        })
    }

    /// Answers requests until `stop`, then finishes those in flight, refuses new ones, sends the mails that wait,
    /// and stops the local servers.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let (grace, stopping) = (self.connections.grace, OnceLock::new());
        let stop = async {
            stop.await;
            let _ = stopping.set(Instant::now());
            if let Some(dispatcher) = &self.dispatcher {
                dispatcher.begin_to_stop();
            }
        };
        http::serve(listener, self.router, self.in_flight, self.connections, stop).await;
        let left = grace.saturating_sub(stopping.get().map(Instant::elapsed).unwrap_or_default());
        let functions = async {
            if let Some(dispatcher) = self.dispatcher {
                dispatcher.stop(left).await;
            }
        };
        tokio::join!(self.mailer.drain(left.max(LAST_MAILS)), functions);
        self.local.stop().await;
        info!("stopped");
    }
}

/// What works on events, and on what recurs, unless the settings leave that to other servers.
fn functions(
    config: &Config,
    (graph, storage, mailer): (&Graph, &Storage, &Mailer),
    schedules: Recurring,
) -> Option<(Dispatcher, Runner)> {
    if config.functions.functions == Switch::Off {
        return None;
    }
    let (graph, storage, mailer) = (graph.clone(), storage.clone(), mailer.clone());
    let services = functions::Services { graph, storage, mailer, config: Arc::new(config.clone()) };
    let jobs = Runner::start(&services, vec![Recurring::forgetting(&config.functions), schedules]);
    Some((Dispatcher::start(services, FunctionSettings::new(&config.functions)), jobs))
}

/// What the edge shares with the rest of the server.
type EdgeParts = (Schema, Graph, Storage, Arc<Keys>, IdentityProviders, Changeovers);

fn edge(
    config: &Config,
    documents: Documents,
    (schema, graph, storage, keys, identity_providers, changeovers): EdgeParts,
    in_flight: Arc<InFlight>,
) -> Edge {
    let (edge, limits) = (&config.edge, &config.limits);
    Edge {
        schema,
        prices: Prices::of::<schema::Query, schema::Mutation>(),
        graph,
        storage,
        keys,
        identity_providers,
        changeovers,
        documents,
        budgets: Budgets::new(edge.budget_points, edge.budget_per_second),
        turns: Turns::new(size(limits.max_concurrent_requests), size(limits.max_concurrent_per_client)),
        lookup_turns: Turns::new(size(limits.max_concurrent_requests), size(limits.max_concurrent_per_client)),
        in_flight,
        introspection: edge.introspection == Switch::On,
        operation_limits: config.operation.clone(),
        max_body_bytes: size(limits.max_body_bytes),
        max_batch_size: size(limits.max_batch_size),
        max_answer_items: limits.max_answer_items,
        max_answer_fields: limits.max_answer_fields,
        receive_limit: Duration::from_millis(limits.receive_timeout_ms),
        execution_limit: Duration::from_millis(limits.execution_timeout_ms),
        catalogue_limit: Duration::from_millis(limits.catalogue_timeout_ms),
        trusted_proxies: edge.trusted_proxies.clone(),
        metrics_networks: edge.metrics_networks.clone(),
        has_warned: AtomicBool::new(false),
    }
}

fn connection_limits(config: &Config) -> ConnectionLimits {
    ConnectionLimits {
        connections: size(config.limits.max_connections),
        per_address: size(config.limits.max_connections_per_address),
        trusted_proxies: config.edge.trusted_proxies.clone(),
        head: Duration::from_millis(config.limits.receive_timeout_ms),
        idle: Duration::from_millis(config.limits.idle_timeout_ms),
        grace: Duration::from_millis(config.shutdown_grace_ms),
    }
}

fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// The queries of `GraphiQL`'s tabs.
#[derive(RustEmbed)]
#[folder = "web/examples/"]
struct Examples;

/// Asks the examples once, so that Neo4j has planned the usual statements before somebody waits for
/// them: planning one for the first time takes seconds on a small machine.
async fn warm_up(schema: Schema, graph: Graph) {
    let started = Instant::now();
    for example in Examples::iter().filter_map(|path| Examples::get(&path)) {
        let query = String::from_utf8_lossy(&example.data).into_owned();
        let scope = Scope::platform(graph.patient(WARM_UP_LIMIT), Viewer::Anonymous, Utc::now());
        // An answer with errors has warmed up as much as it could; whoever asks next learns of them.
        let _ = schema.execute(schema::within(scope, Request::new(query))).await;
    }
    debug!(milliseconds = started.elapsed().as_millis(), "warmed up");
}

/// Loads the sample catalogue into the configured graph, whether it is empty or not.
///
/// # Errors
/// The first thing that failed.
pub async fn seed_only(config: &Config) -> Result<(), StartFailure> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (local, graph, storage) = Box::pin(connect(config)).await?;
    apply_schema(&graph, Duration::from_millis(config.neo4j.startup_wait_ms)).await?;
    load_sample(&graph, &storage).await?;
    local.stop().await;
    Ok(())
}

/// What links begin with unless the settings say otherwise: the platform's address, or this server's own.
fn home(config: &Config) -> String {
    let (address, port) = (config.addr, config.addr.port());
    match &config.accounts.public_url {
        Some(url) => url.to_string(),
        // Where the server listens on all of its addresses, this is the one that a browser on the machine reaches.
        None if address.ip().is_unspecified() => format!("http://localhost:{port}"),
        None => format!("http://{address}"),
    }
}

async fn load_sample(graph: &Graph, storage: &Storage) -> Result<(), StartFailure> {
    let started = Instant::now();
    Box::pin(seed::load(graph, storage, &seed::sample()?)).await?;
    info!(milliseconds = started.elapsed().as_millis(), "loaded the sample catalogue");
    Ok(())
}
