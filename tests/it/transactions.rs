//! What the graph layer promises of writing: all or nothing, deadlocks are retried, nothing is left
//! in the middle. No mutation exists yet, so these tests ask the graph itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use seeka::graph::{Graph, GraphError, Statement, Work};
use seeka::id::EpisodeId;
use serde::Deserialize;
use tokio::sync::Notify;

use crate::support::TestApp;

#[derive(Deserialize)]
struct Count {
    count: i64,
}

/// Adds one to the counter of a node of its own kind, which is made if it is not there.
fn add(id: &str) -> Statement {
    let text = "MERGE (s:Scratch {id: $id}) SET s.count = coalesce(s.count, 0) + 1 RETURN s.count AS count";
    Statement::new("tests/add", text).bind("id", id)
}

async fn count(graph: &Graph, id: &str) -> i64 {
    let text = "OPTIONAL MATCH (s:Scratch {id: $id}) RETURN coalesce(s.count, 0) AS count";
    let rows = graph.read::<Count>(Statement::new("tests/count", text).bind("id", id)).await.unwrap();
    rows[0].count
}

/// Adds to the one node, says so, takes its time, and adds to the other.
fn add_to_both(one: &str, other: &str, half_done: &Arc<Notify>) -> Arc<Work<()>> {
    let (one, other, half_done) = (one.to_owned(), other.to_owned(), Arc::clone(half_done));
    Arc::new(move |transaction| {
        let (one, other, half_done) = (one.clone(), other.clone(), Arc::clone(&half_done));
        async move {
            transaction.run::<Count>(add(&one)).await?;
            half_done.notify_one();
            tokio::time::sleep(Duration::from_millis(500)).await;
            transaction.run::<Count>(add(&other)).await?;
            Ok(())
        }
        .boxed()
    })
}

#[tokio::test]
async fn two_transactions_in_a_deadlock_are_both_done() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        let (a, b) = (EpisodeId::generate().to_string(), EpisodeId::generate().to_string());
        for id in [&a, &b] {
            graph.write::<Count>(add(id)).await.unwrap();
        }
        let any = Arc::new(Notify::new());
        let (one, other) = tokio::join!(
            graph.transaction("tests", add_to_both(&a, &b, &any)),
            graph.transaction("tests", add_to_both(&b, &a, &any)),
        );
        one.unwrap();
        other.unwrap();
        assert_eq!((count(&graph, &a).await, count(&graph, &b).await), (3, 3));
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_fails_writes_nothing() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        let id = EpisodeId::generate().to_string();
        let work: Arc<Work<()>> = Arc::new({
            let id = id.clone();
            move |transaction| {
                let first = add(&id);
                async move {
                    transaction.run::<Count>(first).await?;
                    transaction.run::<Count>(Statement::new("tests/wrong", "THIS IS NOT CYPHER")).await?;
                    Ok(())
                }
                .boxed()
            }
        });
        let error = graph.transaction("tests", work).await.unwrap_err();
        assert!(
            matches!(&error, GraphError::Neo4j { statement: "tests/wrong", .. }) && !error.is_unavailable(),
            "{error}"
        );
        assert_eq!(count(&graph, &id).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_any_more_comes_to_its_end() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        let (a, b) = (EpisodeId::generate().to_string(), EpisodeId::generate().to_string());
        for id in [&a, &b] {
            graph.write::<Count>(add(id)).await.unwrap();
        }
        let half_done = Arc::new(Notify::new());
        tokio::select! {
            _ = graph.transaction("tests", add_to_both(&a, &b, &half_done)) => panic!("it takes longer than its first half"),
            () = half_done.notified() => {}
        }
        // Its lock is not kept: this write waits for the commit and then succeeds.
        graph.write::<Count>(add(&a)).await.unwrap();
        assert_eq!((count(&graph, &a).await, count(&graph, &b).await), (3, 2));
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_reads_cannot_write() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        let id = EpisodeId::generate().to_string();
        assert!(graph.read::<Count>(add(&id)).await.is_err());
        assert_eq!(count(&graph, &id).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_replaced_while_it_is_read_reads_whole() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        let id = EpisodeId::generate().to_string();
        let text = "MERGE (s:Scratch {id: $id}) WITH s OPTIONAL MATCH (s)-[old:SCRATCHED]->() DELETE old \
                    WITH s, count(old) AS count UNWIND range(1, 300) AS n CREATE (s)-[:SCRATCHED {n: n}]->(s) \
                    RETURN count(s) AS count";
        let replace = || graph.write::<Count>(Statement::new("tests/replace", text).bind("id", id.as_str()));
        replace().await.unwrap();
        let stop = AtomicBool::new(false);
        let writing = async {
            while !stop.load(Ordering::Relaxed) {
                replace().await.unwrap();
                // Readers need a moment of peace: who is disturbed each time gives up in the end.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let reading = async {
            let text =
                "MATCH (s:Scratch {id: $id})-[old:SCRATCHED]->() WITH old ORDER BY id(old) RETURN old.n AS count";
            for _ in 0..100 {
                let read = Statement::new("tests/read", text).bind("id", id.as_str());
                assert!(!graph.read::<Count>(read).await.unwrap().is_empty());
            }
            stop.store(true, Ordering::Relaxed);
        };
        tokio::join!(writing, reading);
    })
    .await;
}
