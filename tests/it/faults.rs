//! Faults between the server and Neo4j: every answer comes in time and with a stable code, and when
//! the fault is over the next request is answered, without a restart and without anything left behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use seeka::graph::{Graph, Statement};
use serde::Deserialize;
use serde_json::json;

use crate::support::{SeekaProcess, TestApp, Toxiproxy, connections_to, data_folder};

/// One statement, whose rows are some kilobytes.
const QUERY: &str = "{ episodes(first: 100) { nodes { id title synopsis } } }";
/// The limit of a statement in these tests.
const LIMIT: Duration = Duration::from_secs(5);
/// What an answer may take beyond the limit, on a busy machine.
const GRACE: Duration = Duration::from_secs(4);
/// Until when everything must be well again after a fault.
const RECOVERY: Duration = Duration::from_secs(10);
/// The most connections of the server, and of the graph beside it.
const POOL_SIZE: usize = 4;
/// How many ask at the same time.
const CLIENTS: usize = 8;
/// How many faults the server survives without leaving anything behind.
const FAULTS: usize = 1_000;

/// The server with a proxy between it and Neo4j, and a graph that takes the same way.
struct Faulty {
    server: SeekaProcess,
    graph: Graph,
    proxy: Toxiproxy,
}

impl Faulty {
    async fn start(app: &TestApp) -> Self {
        let proxy = Toxiproxy::start(app.neo4j_address()).await;
        let data = data_folder("faults");
        let (limit, size) = (LIMIT.as_millis().to_string(), POOL_SIZE.to_string());
        let mut flags = vec!["--data", &data, "--seed", "never", "--log", "off", "--neo4j-retry-ms", "0"];
        flags.extend(["--neo4j-statement-timeout-ms", &limit, "--neo4j-pool-size", &size]);
        flags.extend(["--neo4j-acquire-timeout-ms", &limit]);
        let uri = format!("bolt://{}", proxy.address);
        flags.extend(["--neo4j-uri", &uri, "--neo4j-password", app.neo4j_password()]);
        let server = SeekaProcess::start(&flags).await;
        let graph = app.own_graph(|settings| {
            settings.uri.clone_from(&uri);
            settings.pool_size = POOL_SIZE;
            settings.statement_timeout = LIMIT;
            settings.retry_window = Duration::ZERO;
        });
        let faulty = Self { server, graph, proxy };
        // At first the statement is planned, which takes its time beside other tests.
        faulty.recovers("the start", Duration::from_mins(1)).await;
        faulty
    }

    /// Many ask at the same time; each gets an answer in time, which is `expected` or data.
    async fn answers(&self, fault: &str, expected: Option<&str>) {
        let client = self.server.client();
        let asking = (0..CLIENTS).map(|_| async {
            let started = Instant::now();
            (client.query(QUERY).await, started.elapsed())
        });
        for (answer, took) in futures::future::join_all(asking).await {
            assert!(took < LIMIT + GRACE, "{fault}: {took:?}");
            let codes = answer.codes();
            match expected {
                Some(code) => assert_eq!(codes, [code], "{fault}: {:.500}", answer.body.to_string()),
                None => assert!(codes.is_empty(), "{fault}: {:.500}", answer.body.to_string()),
            }
        }
    }

    /// The fault ends, and soon after that requests are answered.
    async fn recovers(&self, fault: &str, limit: Duration) {
        self.proxy.heal().await;
        let (healed, client) = (Instant::now(), self.server.client());
        loop {
            let answer = client.query(QUERY).await;
            if answer.codes().is_empty() && self.graph.ping().await.is_ok() {
                break;
            }
            assert!(healed.elapsed() < limit, "{fault}: {:.500}", answer.body.to_string());
        }
        println!("after {fault}: well again in {:?}", healed.elapsed());
        self.answers(fault, None).await;
    }
}

#[tokio::test]
async fn faults_end_in_time_and_leave_nothing_behind() {
    let app = TestApp::get().await;
    let faulty = Faulty::start(app).await;
    let unavailable = Some("SERVICE_UNAVAILABLE");
    let poisons = [
        ("a slow answer", "latency", json!({"latency": 200}), None),
        ("an answer that is too slow", "latency", json!({"latency": 20_000}), unavailable),
        ("a reset", "reset_peer", json!({"timeout": 0}), unavailable),
        ("a late reset", "reset_peer", json!({"timeout": 500}), unavailable),
        ("a black hole", "timeout", json!({"timeout": 0}), unavailable),
        ("a slow close", "slow_close", json!({"delay": 2_000}), None),
        ("a cut in the middle of the rows", "limit_data", json!({"bytes": 3_000}), unavailable),
    ];
    for (fault, toxic, attributes, expected) in poisons {
        faulty.proxy.poison(toxic, attributes).await;
        faulty.answers(fault, expected).await;
        faulty.recovers(fault, RECOVERY).await;
    }
    faulty.proxy.go_down().await;
    faulty.answers("Neo4j is down", unavailable).await;
    faulty.recovers("Neo4j is down", RECOVERY).await;

    a_black_hole_is_noticed_early(app, &faulty.proxy).await;
    a_thousand_faults_leave_nothing_behind(app, &faulty).await;
}

/// Long before the limit of a statement, if that is a long one.
async fn a_black_hole_is_noticed_early(app: &TestApp, proxy: &Toxiproxy) {
    let graph = app.own_graph(|settings| {
        settings.uri = format!("bolt://{}", proxy.address);
        settings.statement_timeout = Duration::from_mins(2);
        settings.retry_window = Duration::from_secs(1);
    });
    graph.ping().await.unwrap();
    // A connection that was used just now is trusted.
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.poison("timeout", json!({"timeout": 0})).await;
    for connection in ["one that rested", "a new one"] {
        let started = Instant::now();
        let error = graph.ping().await.unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        println!("a black hole on {connection} is noticed after {:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(20), "{connection}: {:?}", started.elapsed());
    }
    proxy.heal().await;
    graph.ping().await.unwrap();
}

#[derive(Deserialize)]
struct Count {
    count: usize,
}

async fn a_thousand_faults_leave_nothing_behind(app: &TestApp, faulty: &Faulty) {
    let Faulty { server, graph, proxy } = faulty;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let tasks_before = tasks();
    let count = AtomicUsize::new(0);
    let enough = || count.load(Ordering::Relaxed) >= FAULTS;
    let started = Instant::now();
    let by_http = (0..CLIENTS / 2).map(|_| async {
        let client = server.client();
        while !enough() {
            let answer = client.query(QUERY).await;
            assert!(answer.codes().iter().all(|code| *code == "SERVICE_UNAVAILABLE"), "{:#}", answer.body);
            count.fetch_add(answer.codes().len(), Ordering::Relaxed);
        }
    });
    let by_graph = (0..CLIENTS / 2).map(|_| async {
        while !enough() {
            if let Err(error) = graph.ping().await {
                assert!(error.is_unavailable(), "{error}");
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let breaking = async {
        for round in 0.. {
            match round % 3 {
                0 => proxy.poison("reset_peer", json!({"timeout": 0})).await,
                1 => proxy.poison("limit_data", json!({"bytes": 3_000})).await,
                _ => proxy.go_down().await,
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            proxy.heal().await;
            if enough() {
                break;
            }
            assert!(started.elapsed() < Duration::from_mins(2), "{} faults", count.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (by_http, by_graph) = (futures::future::join_all(by_http), futures::future::join_all(by_graph));
    tokio::join!(by_http, by_graph, breaking);
    println!("{} faults in {:?}", count.load(Ordering::Relaxed), started.elapsed());
    faulty.recovers("a thousand faults", RECOVERY).await;

    let used = graph.connections();
    assert_eq!((used.in_use, used.waiting), (0, 0));
    // Each HTTP connection of the clients has a task, and nothing else may be left.
    assert!(tasks() <= tasks_before + 4 * CLIENTS, "{tasks_before} tasks before, {} now", tasks());
    let (of_server, of_graph) =
        (connections_to(server.id(), &proxy.address), connections_to(std::process::id(), &proxy.address));
    println!("connections: {of_server} of the server, {of_graph} of the graph");
    assert!((1..=POOL_SIZE).contains(&of_server), "{of_server}");
    assert!((1..=POOL_SIZE).contains(&of_graph), "{of_graph}");
    // The proxy needs a moment to close the other halves of connections that were closed.
    let at_neo4j = async || connections_to(proxy.id(), app.neo4j_address());
    while at_neo4j().await > of_server + of_graph {
        assert!(started.elapsed() < Duration::from_mins(3), "{} connections are left at Neo4j", at_neo4j().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let text =
        "SHOW TRANSACTIONS YIELD metaData WHERE metaData.statement = 'catalog/episodes' RETURN count(*) AS count";
    let observer = app.own_graph(|_| ());
    // Other tests ask for episodes, too, but never for long.
    while observer.read::<Count>(Statement::new("tests/left", text)).await.unwrap()[0].count > 0 {
        assert!(started.elapsed() < Duration::from_mins(3), "transactions are left at Neo4j");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
