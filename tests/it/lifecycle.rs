//! Starting, stopping, dying and coming back, with the program itself.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{Client, SeekaProcess};

const TITLES: &str = "{ episodes(first: 100) { nodes { id title } } tenants { nodes { name } } }";

/// How many episodes `seeka generate` has made.
const EPISODES: usize = 60;

/// The process id of the Neo4j that works in a data folder.
fn neo4j_process(data: &str) -> Pid {
    let folders = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path().join("process-id"));
    let file = folders.into_iter().find(|path| path.exists()).expect("Neo4j runs");
    let id: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
    Pid::from_raw(id).unwrap()
}

async fn is_ready(client: &Client) -> bool {
    client.get("/health/ready").await.status() == 200
}

async fn wait_until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(4);
    while !condition().await {
        assert!(Instant::now() < deadline, "{what} took too long");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Kills a server that has a Neo4j of its own, and returns the next one, which has patience for neither Neo4j nor clients. See
/// `alone.rs`.
pub(crate) async fn a_killed_server_comes_back_with_everything(
    server: SeekaProcess,
    arguments: &[&str],
    data: &str,
) -> SeekaProcess {
    let before = server.client().query(TITLES).await.data().clone();
    assert_eq!(before["episodes"]["nodes"].as_array().unwrap().len(), EPISODES);

    // The folder belongs to this server alone.
    let (code, _, err) = SeekaProcess::run(&[&["--addr", "127.0.0.1:0"], arguments].concat(), &[]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("in use by another process"), "{err}");

    let neo4j = neo4j_process(data);
    server.signal(Signal::KILL);
    assert_eq!(server.end().await, None);

    // Started again at once, it waits for the Neo4j of the killed one to end, and loses nothing.
    let flags = [
        "--warm-up=off",
        "--data",
        data,
        "--local-neo4j-heap-mb",
        "256",
        "--neo4j-statement-timeout-ms",
        "2000",
        // All of the load below is one client.
        "--max-concurrent-per-client",
        "100",
        "--neo4j-retry-ms",
        "500",
        "--log",
        "off",
    ];
    let server = SeekaProcess::start(&flags).await;
    assert!(rustix::process::test_kill_process(neo4j).is_err(), "the old Neo4j has ended");
    let client = server.client();
    assert!(is_ready(&client).await);
    wait_until("the first plans", async || client.query(TITLES).await.codes().is_empty()).await;
    assert_eq!(client.query(TITLES).await.data(), &before);
    server
}

pub(crate) async fn a_server_survives_its_neo4j(server: SeekaProcess, data: &str) {
    let client = server.client();

    // Frozen under load: every request ends within the limit, with a code and without a cause.
    kill_process(neo4j_process(data), Signal::STOP).unwrap();
    let started = Instant::now();
    let load = (0..40).map(|_| client.query(TITLES));
    for answer in futures::future::join_all(load).await {
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE", "{:#}", answer.body);
        assert!(!answer.body.to_string().contains("catalog/"), "{:#}", answer.body);
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let ready = client.get("/health/ready").await;
    assert_eq!(ready.status(), 503);
    let body: Value = ready.json().await.unwrap();
    assert_eq!((&body["neo4j"], &body["s3"]), (&"unavailable".into(), &"ready".into()));
    assert_eq!(client.get("/health/live").await.status(), 200);
    kill_process(neo4j_process(data), Signal::CONT).unwrap();
    // Neo4j first gives up what had piled up.
    wait_until("thawing", async || client.query(TITLES).await.codes().is_empty()).await;
    wait_until("being ready again", async || is_ready(&client).await).await;

    // Killed under load: it is started again, and the server recovers by itself.
    let old = neo4j_process(data);
    kill_process(old, Signal::KILL).unwrap();
    let load = (0..40).map(|_| client.query(TITLES));
    for answer in futures::future::join_all(load).await {
        assert!(answer.codes().iter().all(|code| *code == "SERVICE_UNAVAILABLE"), "{:#}", answer.body);
    }
    wait_until("the restart", async || client.query(TITLES).await.codes().is_empty()).await;
    wait_until("being ready once more", async || is_ready(&client).await).await;
    let neo4j = neo4j_process(data);
    assert_ne!(neo4j, old);

    server.signal(Signal::INT);
    assert_eq!(server.end().await, Some(0));
    assert!(rustix::process::test_kill_process(neo4j).is_err(), "Neo4j has ended with its server");
}
