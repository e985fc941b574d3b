use std::sync::LazyLock;
use std::time::Duration;

use chrono::Utc;
use clap::{CommandFactory, FromArgMatches, Parser};
use neo4rs::{BoltMap, BoltType};
use seeka::app::App;
use seeka::auth::{Keys, PlatformRole, SignedIn, SignedInBy};
use seeka::config::{Config, GraphSettings, Secret};
use seeka::graph::Graph;
use seeka::id::UserId;
use seeka::storage::Storage;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::process::{data_folder, servers_folder};
use super::{Client, Story};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

/// The settings of the variables that may steer the tests from outside.
const STEERING: [&str; 1] = ["local_neo4j"];

/// What a machine that does other things, too, needs: the first plan of a statement may take long there. All
/// tests are one address, and some ask for much; the limits have tests of their own.
pub(crate) const PATIENT: &[&str] = &[
    "--local-neo4j-heap-mb=768",
    // What is not asked need not be planned.
    "--warm-up=off",
    "--budget-points=0",
    "--neo4j-acquire-timeout-ms=60000",
    "--neo4j-statement-timeout-ms=120000",
    "--execution-timeout-ms=120000",
    "--max-concurrent-per-client=1000",
    "--max-answer-items=10000000",
    "--max-answer-fields=10000000",
    "--argon2-memory-kib=64",
    "--argon2-iterations=1",
    "--passwords-per-account=0",
    "--passwords-per-account-anywhere=0",
    "--passwords-per-address=0",
    "--registrations-per-address=0",
    "--mails-per-account=0",
    "--mails-per-address=0",
    "--tokens-per-account=0",
    "--tokens-per-address=0",
    "--secrets-per-account=0",
];

/// A configuration of flags alone: no variable of the machine can point tests at a real graph.
fn config(flags: &[&str]) -> Config {
    let command = Cli::command().mut_args(|argument| {
        if STEERING.contains(&argument.get_id().as_str()) { argument } else { argument.env(None) }
    });
    let matches = command.get_matches_from([&["seeka"], flags].concat());
    Cli::from_arg_matches(&matches).expect("the flags of the tests are right").config
}

/// The server that all tests share.
pub(crate) struct TestApp {
    base: String,
    data: String,
    graph: Graph,
    storage: Storage,
    keys: Keys,
    driver: neo4rs::Graph,
    settings: GraphSettings,
    runtime: Handle,
    /// The flags that lead another server to the same Neo4j and S3.
    addresses: Vec<String>,
}

/// What Neo4j says about a statement without running it.
pub(crate) struct Plan {
    pub(crate) operators: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

static APP: LazyLock<TestApp> = LazyLock::new(|| launch("shared", &[]));
/// It does nothing because of events; the servers of the tests do.
static APART: LazyLock<TestApp> = LazyLock::new(|| launch("apart", &["--functions=off"]));

/// Starts a server with a Neo4j of its own and with these settings.
fn launch(name: &'static str, own: &'static [&'static str]) -> TestApp {
    let (ready, app) = std::sync::mpsc::channel();
    // The server outlives the runtime of every single test, so it has a thread of its own. It ends
    // with the process, and its Neo4j with it.
    std::thread::spawn(move || {
        // What goes wrong inside the server stands beside the test that it fails.
        let _ = tracing_subscriber::fmt().with_env_filter("error,s3s=off").with_writer(std::io::stderr).try_init();
        let runtime = seeka::app::runtime().expect("threads");
        runtime.block_on(async {
            let data = data_folder(name);
            let servers = servers_folder();
            let flags = [&["--data", &data, "--servers", &servers], PATIENT, own].concat();
            let config = config(&flags);
            let app = App::start(&config).await.unwrap_or_else(|failure| panic!("{failure}"));
            let keys = seeka::app::keys(&config).expect("keys");
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let base = format!("http://{}", listener.local_addr().expect("an address"));
            let neo4j = app.local.neo4j.as_ref().expect("a local Neo4j");
            let driver = neo4rs::Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).expect("an address");
            let password = Secret::from(neo4j.password().to_owned());
            let settings = GraphSettings::new(&config.neo4j, neo4j.uri(), neo4j.user().to_owned(), password);
            let runtime = Handle::current();
            let addresses = addresses(&app, &config);
            let (graph, storage) = (app.graph.clone(), app.storage.clone());
            let shared = TestApp { base, data, graph, storage, keys, driver, settings, runtime, addresses };
            ready.send(shared).expect("a test waits");
            app.serve(listener, std::future::pending()).await;
        });
    });
    app.recv().expect("the server starts")
}

fn addresses(app: &App, config: &Config) -> Vec<String> {
    let neo4j = app.local.neo4j.as_ref().expect("a local Neo4j");
    let s3 = app.local.s3.as_ref().expect("a local S3 server");
    vec![
        format!("--neo4j-uri={}", neo4j.uri()),
        format!("--neo4j-user={}", neo4j.user()),
        format!("--neo4j-password={}", neo4j.password()),
        format!("--s3-endpoint={}", s3.endpoint()),
        format!("--aws-access-key-id={}", s3.access_key()),
        format!("--aws-secret-access-key={}", s3.secret_key()),
        // Mails go to the same folder; nothing else is kept there beside servers that are given.
        format!("--data={}", config.data.display()),
        format!("--signing-keys-file={}", config.data.join("signing-keys.pem").display()),
        // The first server works on events, with settings that fit all tests.
        "--functions=off".to_owned(),
    ]
}

/// Another server beside the shared one.
pub(crate) struct Sibling {
    /// Where it listens.
    pub(crate) base: String,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Sibling {
    pub(crate) fn viewer(&self) -> Client {
        Client::new(&self.base)
    }

    /// Tells it to stop, without waiting for it.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop.take().expect("it is stopped once").send(()).expect("it runs");
    }

    /// Waits until it has stopped, having told it to unless that was done.
    pub(crate) async fn stopped(self) {
        drop(self.stop);
        self.serving.await.expect("serving does not panic");
    }
}

impl TestApp {
    /// Starts another server on the same Neo4j and S3, with settings of its own. It ends when the sibling
    /// is dropped.
    pub(crate) async fn sibling(&self, flags: &[&str]) -> Sibling {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        self.sibling_on(listener, flags).await
    }

    /// The same, on a port that is known beforehand.
    pub(crate) async fn sibling_on(&self, listener: std::net::TcpListener, flags: &[&str]) -> Sibling {
        let all = self.addresses.iter().map(String::as_str).chain(PATIENT.iter().copied());
        // Of a flag that is given twice, neither counts.
        let name = |flag: &str| flag.split('=').next().unwrap_or_default().to_owned();
        let all = all.filter(|flag| !flags.iter().any(|own| name(own) == name(flag)));
        let all: Vec<_> = all.chain(flags.iter().copied()).collect();
        let config = config(&all);
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, base) = oneshot::channel();
        let serving = self.runtime.spawn(async move {
            let app = App::start(&config).await.unwrap_or_else(|failure| panic!("{failure}"));
            listener.set_nonblocking(true).expect("a listener");
            let listener = TcpListener::from_std(listener).expect("a listener");
            ready.send(format!("http://{}", listener.local_addr().expect("an address"))).expect("a test waits");
            app.serve(listener, async { drop(stopped.await) }).await;
        });
        Sibling { base: base.await.expect("the server starts"), stop: Some(stop), serving }
    }

    /// The server; the first caller starts it.
    pub(crate) async fn get() -> &'static Self {
        tokio::task::spawn_blocking(|| &*APP).await.expect("the server starts")
    }

    /// A server with another Neo4j, for the few tests that would be disturbed by the others. It leaves events to the servers
    /// of the tests.
    pub(crate) async fn apart() -> &'static Self {
        tokio::task::spawn_blocking(|| &*APART).await.expect("the server starts")
    }

    /// The keys that sign its access tokens.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The server's data folder.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }

    /// The variables for another server on the same Neo4j.
    pub(crate) fn neo4j(&self) -> [(&'static str, &str); 3] {
        let GraphSettings { uri, user, password, .. } = &self.settings;
        [("NEO4J_URI", uri), ("NEO4J_USER", user), ("NEO4J_PASSWORD", password.expose())]
    }

    /// Another way to the graph of the server, with connections and limits of its own.
    pub(crate) fn own_graph(&self, change: impl FnOnce(&mut GraphSettings)) -> Graph {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Graph::new(settings).expect("an address")
    }

    /// Where its Neo4j answers, as a host with a port.
    pub(crate) fn neo4j_address(&self) -> &str {
        self.settings.uri.trim_start_matches("bolt://")
    }

    /// The password of its Neo4j.
    pub(crate) fn neo4j_password(&self) -> &str {
        self.settings.password.expose()
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Somebody who has not signed in.
    pub(crate) fn viewer(&self) -> Client {
        Client::new(&self.base)
    }

    /// Somebody who runs the platform.
    pub(crate) fn operator(&self) -> Client {
        self.signed_in(self.viewer(), vec![PlatformRole::Operator])
    }

    /// The same, at another server.
    pub(crate) fn operator_of(&self, server: &Sibling) -> Client {
        self.signed_in(server.viewer(), vec![PlatformRole::Operator])
    }

    /// Somebody with an account and no role.
    pub(crate) fn user(&self) -> Client {
        self.signed_in(self.viewer(), vec![])
    }

    /// The same, at another server.
    pub(crate) fn user_of(&self, server: &Sibling) -> Client {
        self.signed_in(server.viewer(), vec![])
    }

    /// A token of somebody with an account and no role.
    pub(crate) fn token(&self) -> String {
        self.token_with(vec![])
    }

    fn signed_in(&self, client: Client, roles: Vec<PlatformRole>) -> Client {
        client.with_token(&self.token_with(roles))
    }

    fn token_with(&self, roles: Vec<PlatformRole>) -> String {
        let user = SignedIn { id: UserId::generate(), by: SignedInBy::CommandLine, roles };
        self.keys.issue(&user, Utc::now(), Duration::from_mins(10)).expect("a token").token
    }

    /// Loads the catalogue of a story.
    pub(crate) async fn tell(&self, story: &Story) {
        let (graph, storage, catalogue) = (self.graph.clone(), self.storage.clone(), story.catalogue.clone());
        // Connections belong to the runtime that opened them, and a test's own runtime ends with the test.
        let loading = self.runtime.spawn(async move { seeka::seed::load(&graph, &storage, &catalogue).await });
        loading.await.expect("loading does not panic").expect("the story loads");
    }

    /// Works with the graph itself, on the server's own runtime, which its connections belong to.
    pub(crate) async fn in_graph<F>(&self, work: impl FnOnce(Graph) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let working = self.runtime.spawn(work(self.graph.clone()));
        working.await.unwrap_or_else(fail);
    }

    /// Works with the bucket itself, on the server's own runtime, which its connections belong to.
    pub(crate) async fn in_storage<F>(&self, work: impl FnOnce(Storage) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let working = self.runtime.spawn(work(self.storage.clone()));
        working.await.unwrap_or_else(fail);
    }

    /// The flags that lead another server to the same Neo4j and S3, with the patience of the tests.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        self.bare_addresses().into_iter().chain(PATIENT.iter().copied()).collect()
    }

    /// The same, for a server with limits of its own.
    pub(crate) fn bare_addresses(&self) -> Vec<&str> {
        self.addresses.iter().map(String::as_str).collect()
    }

    /// Asks Neo4j how it would run a statement. Parameters may be missing.
    pub(crate) async fn plan(&self, statement: &str) -> Plan {
        let driver = self.driver.clone();
        let query = seeka::graph::query(&format!("EXPLAIN {statement}"), BoltMap::default());
        // Only a statement whose rows are asked for reports its plan.
        let explain = async move || {
            let mut stream = driver.execute(query.clone()).await?;
            while stream.next().await?.is_some() {}
            stream.finish().await
        };
        let explaining = self.runtime.spawn(async move {
            // A connection that a busy Neo4j does not take in time is tried for once more.
            match explain().await {
                Err(_) => explain().await,
                explained => explained,
            }
        });
        let summary = explaining.await.expect("explaining does not panic");
        let summary = summary.unwrap_or_else(|error| panic!("{error}\n{statement}"));
        let warnings = summary.notifications().iter().filter_map(|notification| {
            let code = notification.code.clone().unwrap_or_default();
            let known = code.ends_with("ParameterNotProvided");
            (!known).then(|| format!("{code}: {}", notification.description.clone().unwrap_or_default()))
        });
        let warnings = warnings.collect();
        // The driver keeps the plan to itself, but for its debug output.
        let shown = format!("{summary:?}");
        let operators = shown.split("\"operatorType\": String(\"").skip(1);
        let name = |rest: &str| rest.split(['@', '"']).next().unwrap_or_default().to_owned();
        Plan { operators: operators.map(name).collect(), warnings }
    }

    /// How often Neo4j looks into the graph for a statement, which is sent as the server sends it, and its plan.
    pub(crate) async fn db_hits<const N: usize>(
        &self,
        statement: &str,
        parameters: [(&str, BoltType); N],
    ) -> (i64, String) {
        let driver = self.driver.clone();
        let parameters = BoltMap { value: parameters.map(|(key, value)| (key.into(), value)).into() };
        let query = seeka::graph::query(&format!("PROFILE {statement}"), parameters);
        let profiling = self.runtime.spawn(async move {
            let mut stream = driver.execute(query).await?;
            while stream.next().await?.is_some() {}
            stream.finish().await
        });
        let summary = profiling.await.expect("profiling does not panic").unwrap_or_else(|error| panic!("{error}"));
        // As with a plan, the driver shows it in its debug output only.
        let shown = format!("{summary:?}");
        let hits = shown.split("\"dbHits\": Integer(").skip(1);
        let hits = hits.map(|rest| rest.split(')').next().unwrap_or_default().parse::<i64>().expect("a number")).sum();
        (hits, shown)
    }
}

/// Fails as the task did. It panicked on a thread of the server, whose output no test shows, so it is said once more.
fn fail(panicked: tokio::task::JoinError) {
    let what = panicked.into_panic();
    let text = what.downcast_ref::<String>().map(String::as_str).or(what.downcast_ref::<&str>().copied());
    panic!("{}", text.unwrap_or("a task of the test panicked"));
}
