//! Puts the server together: local servers where none are configured, the graph with its schema, the
//! storage, the keys, the routes.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::Request;
use axum::Router;
use chrono::Utc;
use rust_embed::RustEmbed;
use serde::Deserialize;
use tokio::net::TcpListener;
use tracing::{debug, info};

use crate::accounts::{DeletionSettings, IdentityProviders, Passwords, SessionSettings, Sweeper};
use crate::assets::{AssetSweeper, Assets};
use crate::attempts::Attempts;
use crate::auth::{Keys, KeysFailure, PublicKey, Viewer};
use crate::budget::Budgets;
use crate::config::{Config, GraphSettings, LocalNeo4jLine, Secret, Seed, Switch};
use crate::cypher;
use crate::functions::{self, Dispatcher, FunctionSettings, Recurring, Runner};
use crate::graph::{Graph, GraphError, Statement};
use crate::http::{self, ConnectionLimits, Documents, Edge, InFlight, ManifestError, Turns};
use crate::local::{DataFolder, LocalNeo4j, LocalS3, Neo4jLine, Neo4jSettings, RunningNeo4j, StartError};
use crate::mail::{MailFailure, MailSettings, Mailer};
use crate::operation::Prices;
use crate::schema::{self, Schema, Services};
use crate::scope::Scope;
use crate::seed::{self, SeedError};
use crate::storage::{Storage, StorageError, StorageSettings};
use crate::tenants::Dns;

/// The bucket of the local S3 server.
const LOCAL_BUCKET: &str = "seeka";
/// The issuer of the tokens of a platform without a public address (RFC 8141).
const LOCAL_ISSUER: &str = "urn:seeka:local";
/// The file of the data folder that holds the keys of access tokens.
const LOCAL_KEYS_FILE: &str = "signing-keys.pem";
/// How long a local Neo4j may take until it answers.
const LOCAL_NEO4J_START: Duration = Duration::from_mins(2);
/// The limit of a statement of the warm-up. Giving one up would throw away the plan that it is there for.
const WARM_UP_LIMIT: Duration = Duration::from_mins(1);
/// How long a stopping server goes on sending mails when the last request has taken all of its grace period.
const LAST_MAILS: Duration = Duration::from_secs(1);
/// How often a starting server asks whether the indexes are filled.
const INDEX_POLL: Duration = Duration::from_millis(100);

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

/// Why the server did not start. Each is a line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// A local server did not start.
    #[error(transparent)]
    Local(#[from] StartError),
    /// The address of Neo4j cannot be used.
    #[error("NEO4J_URI is {uri:?}, which cannot be used: {source}")]
    GraphAddress {
        /// The address.
        uri: String,
        /// What the driver says.
        source: neo4rs::Error,
    },
    /// Neo4j did not answer in the time that `SEEKA_NEO4J_STARTUP_WAIT_MS` gives it.
    #[error("Neo4j at {uri} did not answer as {user} within {waited_ms} ms: {source}")]
    GraphUnreachable {
        /// The address.
        uri: String,
        /// The user.
        user: String,
        /// How long the server waited.
        waited_ms: u128,
        /// The last failure.
        source: Box<GraphError>,
    },
    /// The graph schema could not be applied.
    #[error("the graph's schema could not be applied: {0}")]
    Schema(#[source] GraphError),
    /// An index is not usable.
    #[error("the index {name} of the graph is {state}; see SHOW INDEXES in Neo4j")]
    Index {
        /// Its name.
        name: String,
        /// Its state as Neo4j calls it.
        state: String,
    },
    /// The S3 server or its bucket cannot be used.
    #[error("the bucket cannot be used: {0}")]
    Storage(#[from] StorageError),
    /// There are no credentials for the S3 server.
    #[error("{0} is not set, and the S3 server of S3_ENDPOINT or S3_BUCKET needs it")]
    NoCredentials(&'static str),
    /// A password is missing.
    #[error("NEO4J_PASSWORD is not set, and the Neo4j of NEO4J_URI needs it")]
    NoPassword,
    /// There is no key to sign tokens with.
    #[error("SEEKA_SIGNING_KEYS_FILE is not set; every server beside the same Neo4j and S3 needs the same keys")]
    NoSigningKeys,
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysFailure),
    /// Passwords cannot be hashed.
    #[error("passwords cannot be hashed with SEEKA_ARGON2_MEMORY_KIB and SEEKA_ARGON2_ITERATIONS as they are: {0}")]
    Passwords(#[source] crate::error::Error),
    /// The HTTP client for identity providers cannot be made.
    #[error("identity providers cannot be asked: {0}")]
    IdentityProviders(#[source] reqwest::Error),
    /// No mails can be sent.
    #[error(transparent)]
    Mail(#[from] MailFailure),
    /// The manifest of trusted documents cannot be used.
    #[error(transparent)]
    Documents(#[from] ManifestError),
    /// The sample catalogue could not be loaded.
    #[error("the sample catalogue could not be loaded: {0}")]
    Seed(#[from] SeedError),
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
    _background: (Sweeper, AssetSweeper, Option<Runner>),
}

/// The servers that run because none were configured.
#[derive(Default)]
pub struct Local {
    /// Neo4j.
    pub neo4j: Option<LocalNeo4j>,
    /// S3.
    pub s3: Option<LocalS3>,
    // Last, so that the folder is free only when nothing works in it any more.
    data: Option<DataFolder>,
}

impl Local {
    /// Stops what runs, in the order in which it is needed.
    pub async fn stop(self) {
        if let Some(neo4j) = self.neo4j {
            neo4j.stop().await;
        }
        if let Some(s3) = self.s3 {
            s3.stop().await;
        }
    }
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
        if wanted && seed::is_empty(&graph).await.map_err(SeedError::from)? {
            load_sample(&graph, &storage).await?;
        }
        let sessions = SessionSettings::new(&config.accounts, &config.sessions, Arc::clone(&keys));
        let assets = Assets::new(&graph, storage.clone(), &config.assets);
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
        };
        let schema = schema::build(services);
        let sweep_every = Duration::from_secs(config.deletion.deletion_sweep_seconds);
        let sweeper = Sweeper::start(&graph, storage.clone(), sweep_every);
        let (dispatcher, jobs) = functions(config, &graph, &storage, &mailer).unzip();
        let asset_sweeper = AssetSweeper::start(assets);
        tokio::spawn(warm_up(schema.clone(), graph.clone()));
        let in_flight = Arc::<InFlight>::default();
        let parts = (schema, graph.clone(), storage.clone(), keys, identity_providers);
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
            _background: (sweeper, asset_sweeper, jobs),
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
fn functions(config: &Config, graph: &Graph, storage: &Storage, mailer: &Mailer) -> Option<(Dispatcher, Runner)> {
    if config.functions.functions == Switch::Off {
        return None;
    }
    let (graph, storage, mailer) = (graph.clone(), storage.clone(), mailer.clone());
    let services = functions::Services { graph, storage, mailer, config: Arc::new(config.clone()) };
    let jobs = Runner::start(&services, vec![Recurring::forgetting(&config.functions)]);
    Some((Dispatcher::start(services, FunctionSettings::new(&config.functions)), jobs))
}

fn edge(
    config: &Config,
    documents: Documents,
    (schema, graph, storage, keys, identity_providers): (Schema, Graph, Storage, Arc<Keys>, IdentityProviders),
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

/// Starts or reaches Neo4j alone, for commands that need no files, and applies the graph schema.
///
/// # Errors
/// The first thing that failed.
pub async fn open_graph(config: &Config) -> Result<(Local, Graph), StartFailure> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut local = Local::default();
    if wants_local_neo4j(config) {
        let data = DataFolder::open(&config.data)?;
        local.neo4j = Some(LocalNeo4j::start(&data, &neo4j_settings(config, &data)).await?);
        local.data = Some(data);
    }
    let graph = graph(config, local.neo4j.as_ref()).await?;
    apply_schema(&graph, Duration::from_millis(config.neo4j.startup_wait_ms)).await?;
    Ok((local, graph))
}

/// As [`open_graph`]; but where a running server has the data folder, the graph is reached beside it.
///
/// # Errors
/// The first thing that failed.
pub async fn join_graph(config: &Config) -> Result<(Local, Graph), StartFailure> {
    match Box::pin(open_graph(config)).await {
        Err(StartFailure::Local(in_use @ StartError::InUse { .. })) => {
            let running = RunningNeo4j::find(&config.data).await.ok_or(in_use)?;
            let password = Secret::from(running.password);
            let settings = GraphSettings::new(&config.neo4j, running.uri, RunningNeo4j::USER.to_owned(), password);
            // The server has applied the graph's schema.
            Ok((Local::default(), ready(settings).await?))
        }
        opened => opened,
    }
}

/// The keys that sign access tokens.
///
/// # Errors
/// When none are configured and none can be kept in the data folder.
pub fn keys(config: &Config) -> Result<Keys, StartFailure> {
    let issuer = config.accounts.public_url.as_ref().map_or(LOCAL_ISSUER, |url| url.as_str().trim_end_matches('/'));
    let file = keys_file(config)?;
    match config.accounts.signing_keys_file {
        Some(_) => Ok(Keys::read(&file, issuer)?),
        None => Ok(Keys::read_or_make(&file, issuer)?),
    }
}

/// Puts a fresh key in front of those that sign access tokens; see [`Keys::rotate`].
///
/// # Errors
/// When there is no file of keys that can be written.
pub fn rotate_keys(config: &Config) -> Result<Vec<PublicKey>, StartFailure> {
    let file = keys_file(config)?;
    if config.accounts.signing_keys_file.is_none() {
        // Makes the data folder, too.
        keys(config)?;
    }
    Ok(Keys::rotate(&file)?)
}

/// Where the keys are.
fn keys_file(config: &Config) -> Result<PathBuf, StartFailure> {
    if let Some(file) = &config.accounts.signing_keys_file {
        return Ok(file.clone());
    }
    // Beside servers that others may share, keys of this machine alone would part the replicas.
    if !wants_local_neo4j(config) && !wants_local_s3(config) {
        return Err(StartFailure::NoSigningKeys);
    }
    Ok(config.data.join(LOCAL_KEYS_FILE))
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

fn wants_local_neo4j(config: &Config) -> bool {
    config.neo4j.uri.is_none()
}

fn wants_local_s3(config: &Config) -> bool {
    config.s3.endpoint.is_none() && config.s3.bucket.is_none()
}

async fn load_sample(graph: &Graph, storage: &Storage) -> Result<(), StartFailure> {
    let started = Instant::now();
    Box::pin(seed::load(graph, storage, &seed::sample()?)).await?;
    info!(milliseconds = started.elapsed().as_millis(), "loaded the sample catalogue");
    Ok(())
}

/// Starts or reaches Neo4j and S3.
async fn connect(config: &Config) -> Result<(Local, Graph, Storage), StartFailure> {
    let mut local = Local::default();
    if wants_local_neo4j(config) || wants_local_s3(config) {
        let data = DataFolder::open(&config.data)?;
        if wants_local_neo4j(config) {
            local.neo4j = Some(LocalNeo4j::start(&data, &neo4j_settings(config, &data)).await?);
        }
        if wants_local_s3(config) {
            local.s3 = Some(LocalS3::start(&data).await?);
        }
        local.data = Some(data);
    }
    let storage = Storage::new(storage_settings(config, local.s3.as_ref())?);
    if local.s3.is_some() {
        storage.ensure_bucket().await?;
    } else {
        storage.check().await?;
    }
    let graph = graph(config, local.neo4j.as_ref()).await?;
    Ok((local, graph, storage))
}

fn neo4j_settings(config: &Config, data: &DataFolder) -> Neo4jSettings {
    let neo4j = &config.neo4j;
    Neo4jSettings {
        line: match neo4j.local_neo4j {
            LocalNeo4jLine::Auto => None,
            LocalNeo4jLine::LongTerm => Some(Neo4jLine::LongTerm),
            LocalNeo4jLine::Current => Some(Neo4jLine::Current),
        },
        heap_mb: u32::try_from(neo4j.local_heap_mb).unwrap_or(u32::MAX),
        page_cache_mb: u32::try_from(neo4j.local_page_cache_mb).unwrap_or(u32::MAX),
        servers: neo4j.servers.clone().unwrap_or_else(|| data.path().join("servers")),
        start_timeout: LOCAL_NEO4J_START,
    }
}

async fn graph(config: &Config, local: Option<&LocalNeo4j>) -> Result<Graph, StartFailure> {
    let settings = match (&config.neo4j.uri, local) {
        (Some(uri), _) => {
            let password = config.neo4j.password().ok_or(StartFailure::NoPassword)?;
            GraphSettings::new(&config.neo4j, uri.clone(), config.neo4j.user.clone(), password)
        }
        (None, local) => {
            let uri = local.map(LocalNeo4j::uri).unwrap_or_default();
            let user = local.map(LocalNeo4j::user).unwrap_or_default().to_owned();
            let password = local.map(LocalNeo4j::password).unwrap_or_default().to_owned();
            GraphSettings::new(&config.neo4j, uri, user, Secret::from(password))
        }
    };
    ready(settings).await
}

/// The graph at an address, once it answers.
async fn ready(settings: GraphSettings) -> Result<Graph, StartFailure> {
    let (uri, user) = (settings.uri.clone(), settings.user.clone());
    let graph = Graph::new(settings).map_err(|source| StartFailure::GraphAddress { uri: uri.clone(), source })?;
    let started = Instant::now();
    graph.wait_until_ready().await.map_err(|source| StartFailure::GraphUnreachable {
        uri,
        user,
        waited_ms: started.elapsed().as_millis(),
        source: Box::new(source),
    })?;
    Ok(graph)
}

fn storage_settings(config: &Config, local: Option<&LocalS3>) -> Result<StorageSettings, StartFailure> {
    let s3 = &config.s3;
    let settings = |endpoint, bucket, credentials| StorageSettings {
        endpoint,
        bucket,
        region: s3.aws_region.clone(),
        credentials,
        session_token: s3.session_token(),
        timeout: Duration::from_millis(s3.s3_timeout_ms),
        url_lifetime: Duration::from_secs(s3.asset_url_seconds),
        cdn: s3.cdn_url.clone(),
    };
    if let Some(local) = local {
        let credentials = (local.access_key().to_owned(), Secret::from(local.secret_key().to_owned()));
        return Ok(settings(Some(local.endpoint()), LOCAL_BUCKET.to_owned(), credentials));
    }
    let key_id = s3.access_key_id().ok_or(StartFailure::NoCredentials("AWS_ACCESS_KEY_ID"))?;
    let secret = s3.secret_access_key().ok_or(StartFailure::NoCredentials("AWS_SECRET_ACCESS_KEY"))?;
    let endpoint = s3.endpoint.as_ref().map(|endpoint| endpoint.as_str().trim_end_matches('/').to_owned());
    let bucket = s3.bucket.clone().unwrap_or_else(|| LOCAL_BUCKET.to_owned());
    Ok(settings(endpoint, bucket, (key_id, secret)))
}

/// The files of `cypher/schema/`, each several statements.
const SCHEMA: [(&str, &str); 2] = [
    ("schema/constraints", include_str!("../cypher/schema/constraints.cypher")),
    ("schema/indexes", include_str!("../cypher/schema/indexes.cypher")),
];

/// Creates the constraints and indexes that are missing, and waits until they are filled, which may
/// take long on a large graph.
async fn apply_schema(graph: &Graph, patience: Duration) -> Result<(), StartFailure> {
    #[derive(Deserialize)]
    struct Index {
        name: String,
        state: String,
    }
    #[derive(Deserialize)]
    struct Nothing {}
    let graph = graph.patient(patience);
    let mut names = Vec::new();
    for (name, file) in SCHEMA {
        for text in file.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            names.extend(declared(text));
            graph.write::<Nothing>(Statement::new(name, text)).await.map_err(StartFailure::Schema)?;
        }
    }
    let started = Instant::now();
    loop {
        let statement = cypher!("platform/offline_indexes").bind("names", names.clone());
        let offline = graph.read::<Index>(statement).await.map_err(StartFailure::Schema)?;
        let worst = offline.into_iter().max_by_key(|index| index.state == "FAILED");
        let Some(Index { name, state }) = worst else { return Ok(()) };
        if state == "FAILED" || started.elapsed() > patience {
            return Err(StartFailure::Index { name, state });
        }
        tokio::time::sleep(INDEX_POLL).await;
    }
}

/// The name of the constraint or index that a statement creates: `CREATE … name IF NOT EXISTS …`.
fn declared(statement: &str) -> Option<&str> {
    statement.split_once(" IF NOT EXISTS")?.0.split_whitespace().next_back()
}
