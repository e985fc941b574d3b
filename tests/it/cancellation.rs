//! What is given up ends in Neo4j, too: its work, its locks, its place in the list of transactions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use seeka::graph::{Connections, Graph, GraphError, Statement, Work};
use serde::Deserialize;

use crate::support::TestApp;

/// Until when what was given up must have ended. The limits of Neo4j itself are much later.
const SOON: Duration = Duration::from_secs(3);
/// A limit that no test reaches.
const LATE: Duration = Duration::from_mins(2);

#[derive(Deserialize)]
struct Count {
    #[serde(rename = "count")]
    _count: i64,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

/// A statement that would run for minutes, with a mark to know it by.
macro_rules! endless {
    ($mark:literal) => {
        Statement::new(
            concat!("tests/", $mark),
            concat!(
                "/* ",
                $mark,
                " */ UNWIND range(1, 2000000000) AS x WITH x WHERE x % 3 = 0 RETURN count(x) AS count"
            ),
        )
    };
}

/// The ids of the transactions that run a statement with a mark.
async fn running(graph: &Graph, mark: &str) -> Vec<String> {
    let text = "SHOW TRANSACTIONS YIELD transactionId, currentQuery, metaData
                WHERE currentQuery CONTAINS $mark AND NOT currentQuery STARTS WITH 'SHOW' OR metaData.correlationId = $mark
                RETURN transactionId AS id";
    let rows = graph.read::<Listed>(Statement::new("tests/running", text).bind("mark", mark)).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

/// How many of these transactions Neo4j still knows, in whatever state.
async fn listed(graph: &Graph, ids: &[String]) -> usize {
    let text = "SHOW TRANSACTIONS YIELD transactionId WHERE transactionId IN $ids RETURN transactionId AS id";
    let statement = Statement::new("tests/listed", text).bind("ids", ids.to_vec());
    graph.read::<Listed>(statement).await.unwrap().len()
}

/// Waits until so many transactions with a mark run, and returns their ids.
async fn wait_for(graph: &Graph, mark: &str, count: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let ids = running(graph, mark).await;
        if ids.len() >= count {
            return ids;
        }
        assert!(Instant::now() < deadline, "{} of {count} run", ids.len());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[track_caller]
fn assert_soon(given_up: Instant) {
    assert!(given_up.elapsed() < SOON, "it took {:?}", given_up.elapsed());
}

async fn assert_ended(graph: &Graph, ids: &[String], given_up: Instant) {
    while listed(graph, ids).await > 0 {
        assert_soon(given_up);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("{} transactions ended {:?} after they were given up", ids.len(), given_up.elapsed());
}

/// One after the other, because each keeps Neo4j busy.
#[tokio::test]
async fn what_is_given_up_ends() {
    let app = TestApp::get().await;
    a_statement_that_nobody_waits_for_ends(app, "bolt").await;
    // With a routing table, the driver has more connections to close.
    a_statement_that_nobody_waits_for_ends(app, "neo4j").await;
    a_statement_ends_at_its_limit(app).await;
    a_transaction_ends_at_its_limit_and_lets_go_of_its_locks(app).await;
    hundreds_that_are_given_up_at_once_leave_room_for_the_next(app).await;
    waiting_for_a_connection_is_counted_and_has_a_limit(app).await;
    a_deadline_bounds_statements_and_transactions(app).await;
    a_request_whose_client_hangs_up_ends(app).await;
}

/// Connections of the test itself, with limits that are not in the way.
fn patient(app: &TestApp, pool_size: usize) -> Graph {
    app.own_graph(|settings| {
        settings.pool_size = pool_size;
        settings.statement_timeout = LATE;
    })
}

async fn a_statement_that_nobody_waits_for_ends(app: &TestApp, scheme: &str) {
    let observer = patient(app, 1);
    let graph = app.own_graph(|settings| {
        settings.uri = format!("{scheme}://{}", app.neo4j_address());
        settings.pool_size = 1;
        settings.statement_timeout = LATE;
    });
    let ids = tokio::select! {
        result = graph.read::<Count>(endless!("given up")) => panic!("{:?}", result.err()),
        ids = wait_for(&observer, "given up", 1) => ids,
    };
    let given_up = Instant::now();
    assert_eq!(graph.connections(), Connections { size: 1, in_use: 0, waiting: 0 });
    assert_ended(&observer, &ids, given_up).await;
    // The only connection is there again.
    graph.ping().await.unwrap();
}

async fn a_statement_ends_at_its_limit(app: &TestApp) {
    let observer = patient(app, 1);
    let graph = app.own_graph(|settings| settings.statement_timeout = Duration::from_secs(2));
    let started = Instant::now();
    let (error, ids) = tokio::join!(graph.read::<Count>(endless!("limited")), wait_for(&observer, "limited", 1));
    let error = error.err().unwrap();
    assert!(error.is_unavailable(), "{error}");
    assert_ended(&observer, &ids, started + Duration::from_secs(2)).await;
}

async fn a_transaction_ends_at_its_limit_and_lets_go_of_its_locks(app: &TestApp) {
    let observer = patient(app, 1);
    let graph = app.own_graph(|settings| settings.transaction_timeout = Duration::from_secs(3));
    let touch = || Statement::new("tests/touch", "MERGE (s:Scratch {id: 'limited'}) SET s.count = 1 RETURN 1 AS count");
    let work: Arc<Work<()>> = Arc::new(move |transaction| {
        async move {
            transaction.run::<Count>(touch()).await?;
            transaction.run::<Count>(endless!("limited transaction")).await?;
            Ok(())
        }
        .boxed()
    });
    let started = Instant::now();
    let (error, ids) = tokio::join!(graph.transaction("tests", work), wait_for(&observer, "limited transaction", 1));
    assert!(matches!(error, Err(GraphError::TimedOut { .. })), "{error:?}");
    let given_up = started + Duration::from_secs(3);
    assert_soon(given_up);
    let gone = "OPTIONAL MATCH (s:Scratch {id: 'limited'}) RETURN count(s) AS count";
    observer.write::<Count>(touch()).await.unwrap();
    assert_ended(&observer, &ids, given_up).await;
    observer.write::<Count>(Statement::new("tests/gone", gone)).await.unwrap();
    assert_eq!(graph.connections().in_use, 0);
}

async fn hundreds_that_are_given_up_at_once_leave_room_for_the_next(app: &TestApp) {
    let (graph, observer) = (patient(app, 4), patient(app, 1));
    let load = futures::future::join_all((0..300).map(|_| graph.read::<Count>(endless!("a crowd"))));
    let ids = tokio::select! {
        results = load => panic!("{} came to an end", results.len()),
        ids = wait_for(&observer, "a crowd", 4) => ids,
    };
    let given_up = Instant::now();
    assert_eq!(graph.connections(), Connections { size: 4, in_use: 0, waiting: 0 });
    graph.ping().await.unwrap();
    assert_soon(given_up);
    assert_ended(&observer, &ids, given_up).await;
    assert!(running(&observer, "a crowd").await.is_empty());
}

async fn waiting_for_a_connection_is_counted_and_has_a_limit(app: &TestApp) {
    let graph = app.own_graph(|settings| {
        settings.pool_size = 1;
        settings.statement_timeout = LATE;
        settings.acquire_timeout = Duration::from_millis(300);
    });
    let observer = patient(app, 1);
    let waits = async {
        let ids = wait_for(&observer, "the only one", 1).await;
        let work: Arc<Work<()>> = Arc::new(|_| async { Ok(()) }.boxed());
        let both = futures::future::join(graph.ping(), graph.transaction("tests", work));
        let counted = async { graph.connections() };
        // Polled in this order, so both wait when they are counted.
        let ((statement, transaction), counted) = futures::future::join(both, counted).await;
        (ids, statement, transaction, counted)
    };
    let (ids, statement, transaction, counted) = tokio::select! {
        result = graph.read::<Count>(endless!("the only one")) => panic!("{:?}", result.err()),
        waited = waits => waited,
    };
    assert_eq!(counted, Connections { size: 1, in_use: 1, waiting: 2 });
    for error in [statement.unwrap_err(), transaction.unwrap_err()] {
        assert!(matches!(error, GraphError::Busy { .. }) && error.is_unavailable(), "{error}");
    }
    assert_ended(&observer, &ids, Instant::now()).await;
    graph.ping().await.unwrap();
    assert_eq!(graph.connections(), Connections { size: 1, in_use: 0, waiting: 0 });
}

async fn a_deadline_bounds_statements_and_transactions(app: &TestApp) {
    let observer = patient(app, 1);
    let graph = patient(app, 2);
    let deadline = Instant::now() + Duration::from_secs(2);
    let hurried = graph.until(deadline);
    let (error, ids) = tokio::join!(hurried.read::<Count>(endless!("hurried")), wait_for(&observer, "hurried", 1));
    assert!(error.err().unwrap().is_unavailable());
    assert_ended(&observer, &ids, deadline).await;
    // Nothing is begun any more.
    let work: Arc<Work<()>> = Arc::new(|_| async { panic!("begun") }.boxed());
    assert!(hurried.transaction("tests", work).await.unwrap_err().is_unavailable());
    assert!(hurried.ping().await.unwrap_err().is_unavailable());
    assert!(graph.ping().await.is_ok());
}

/// A page of series, each with its episodes a hundred times over.
fn heavy_query() -> String {
    let page = |n| format!("e{n}: episodes(first: {n}) {{ nodes {{ id title }} }}");
    let pages = (1..=100).map(page).collect::<Vec<_>>().join(" ");
    format!("{{ allSeries(first: 100) {{ nodes {{ {pages} }} }} }}")
}

async fn a_request_whose_client_hangs_up_ends(app: &TestApp) {
    let observer = patient(app, 1);
    let trace = format!("{:032x}", rand::random::<u128>());
    let client = app.viewer().with_header("traceparent", &format!("00-{trace}-00000000000000a1-01"));
    let query = heavy_query();
    let seen = async {
        loop {
            let ids = wait_for(&observer, &trace, 1).await;
            // The first statements are over in no time; the one to be caught lasts.
            tokio::time::sleep(Duration::from_millis(100)).await;
            if listed(&observer, &ids).await > 0 {
                return ids;
            }
        }
    };
    let ids = tokio::select! {
        answer = client.query(&query) => panic!("answered: {:.300}", answer.body.to_string()),
        ids = seen => ids,
    };
    assert_ended(&observer, &ids, Instant::now()).await;
    // Nothing of the request comes after it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(running(&observer, &trace).await.is_empty());
}
