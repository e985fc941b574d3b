//! A generated graph: what it holds, and that it comes out the same whatever happens on the way.

use std::path::Path;
use std::process::Stdio;

use neo4rs::{Graph, query};
use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::support::{SeekaProcess, servers_folder};

/// The flags of a small graph. With few rows in a transaction, there are many moments to interrupt it.
const SMALL: [&str; 10] =
    ["--users", "200", "--episodes", "60", "--watched", "3000", "--comments", "400", "--batch", "150"];

/// A running Neo4j, and the way to generate into it.
struct Neo4j {
    uri: String,
    password: String,
    graph: Graph,
}

impl Neo4j {
    /// The one that works in a data folder.
    fn of(data: &str) -> Self {
        let homes = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
        let home = homes.into_iter().find(|path| path.join("conf/neo4j.conf").exists()).expect("a local Neo4j");
        let read = |name: &str| std::fs::read_to_string(Path::new(&home).join(name)).unwrap();
        let configuration = read("conf/neo4j.conf");
        let address = configuration.lines().find_map(|line| line.strip_prefix("server.bolt.listen_address="));
        let (uri, password) = (format!("bolt://{}", address.unwrap()), read("password").trim().to_owned());
        let graph = Graph::new(&uri, "neo4j", &password).expect("an address");
        Self { uri, password, graph }
    }

    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let patient = ["--neo4j-statement-timeout-ms", "60000"];
        [&["generate", "--neo4j-uri", &self.uri], &patient[..], &SMALL[..], more].concat()
    }

    /// Generates to the end: exit code and standard error.
    async fn generate(&self, more: &[&str]) -> (Option<i32>, String) {
        let variables = [("NEO4J_PASSWORD", self.password.as_str())];
        let (code, out, err) = SeekaProcess::run(&self.arguments(more), &variables).await;
        assert_eq!(out, "");
        (code, err)
    }

    /// Generates until the first part of what is watched is there, and then no further.
    async fn generate_until_killed(&self) {
        let mut command = SeekaProcess::command(&self.arguments(&[]));
        let mut child = command.env("NEO4J_PASSWORD", &self.password).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        while !lines.next_line().await.unwrap().expect("it comes so far").contains("phase=\"watched\"") {}
        child.kill().await.unwrap();
    }

    /// A number that a statement returns as `n`.
    async fn number(&self, statement: &str) -> i64 {
        let mut rows = self.graph.execute(query(statement)).await.unwrap();
        rows.next().await.unwrap().expect("a row").get("n").unwrap()
    }

    /// All nodes but what the server notes for itself, which is there again whenever it likes.
    async fn nodes(&self) -> i64 {
        self.number("MATCH (x) WHERE NOT x:Job AND NOT x:Queue RETURN count(x) AS n").await
    }

    async fn clear(&self) {
        self.graph.run(query("MATCH (x) DETACH DELETE x")).await.unwrap();
    }

    /// Everything that was generated, a line for each node and each relationship, in a fixed order.
    async fn contents(&self) -> Vec<String> {
        let statement = "MATCH (x) WHERE NOT x:Stranger AND NOT x:Job AND NOT x:Queue
            RETURN labels(x) + [key IN keys(x) | key + '=' + toString(x[key])] AS words
            UNION ALL
            MATCH (x)-[r]->(y)
            RETURN [x.id, type(r), y.id] + [key IN keys(r) | key + '=' + toString(r[key])] AS words";
        let mut rows = self.graph.execute(query(statement)).await.unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().await.unwrap() {
            let mut words: Vec<String> = row.get("words").unwrap();
            words.sort();
            lines.push(words.join(" "));
        }
        lines.sort();
        lines
    }
}

/// One story, because each of its parts would need a Neo4j of its own; it begins in an empty data folder. See `alone.rs`.
pub(crate) async fn a_graph_is_generated(data: &str) {
    let arguments = ["--data", data, "--local-neo4j-heap-mb", "256", "--warm-up=off"];
    // Nobody has asked this Neo4j before, and planning a query of five levels can take long beside other tests.
    let patient = ["--execution-timeout-ms", "60000", "--neo4j-statement-timeout-ms", "60000"];
    let server = SeekaProcess::start(&[&arguments[..], &patient].concat()).await;
    let neo4j = Neo4j::of(data);

    beside_the_sample(&neo4j).await;
    let whole = from_nothing(&neo4j).await;
    its_parts_fit(&neo4j).await;
    visible_to_viewers(&server).await;
    another_is_refused(&neo4j).await;
    goes_on_after_a_kill(&neo4j, &whole).await;
    never_beside_strangers(&neo4j, &whole).await;

    // Without an address, it starts the local Neo4j itself.
    server.signal(Signal::TERM);
    assert_eq!(server.end().await, Some(0));
    let servers = servers_folder();
    let local = [&["generate", "--servers", &servers], &arguments[..], &SMALL[..]].concat();
    let (code, _, err) = SeekaProcess::run(&local, &[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("it is all there already"), "{err}");
}

async fn beside_the_sample(neo4j: &Neo4j) {
    let sample = neo4j.nodes().await;
    assert!(sample > 300, "the server has loaded the sample");
    let (code, err) = neo4j.generate(&[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(neo4j.nodes().await > sample + 600);
    neo4j.clear().await;
}

/// Returns what the graph holds then.
async fn from_nothing(neo4j: &Neo4j) -> Vec<String> {
    let (code, err) = neo4j.generate(&[]).await;
    assert_eq!(code, Some(0), "{err}");
    let summary = err.lines().last().unwrap();
    for word in ["generated", "nodes", "relationships", " s: ", "relationships per second"] {
        assert!(summary.contains(word), "{summary}");
    }
    let whole = neo4j.contents().await;
    // Again: nothing is written, not even a second time.
    let (code, err) = neo4j.generate(&[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("it is all there already"), "{err}");
    assert!(neo4j.contents().await == whole);
    whole
}

async fn its_parts_fit(neo4j: &Neo4j) {
    let counts = [
        ("MATCH (x:User) RETURN count(x) AS n", 200),
        ("MATCH (:Tenant)-[:OWNS]->(:Franchise)-[:HAS_SERIES]->(:Series)-[:HAS_EPISODE]->(x) RETURN count(x) AS n", 60),
        ("MATCH (:User)-[x:WATCHED]->(:Episode) RETURN count(x) AS n", 3_000),
        (
            "MATCH (u:User)-[:WROTE]->(x:Comment)-[:ON]->(e:Episode) WHERE x.subjectId = e.id
            AND (u)-[:WATCHED]->(e) RETURN count(x) AS n",
            400,
        ),
        (
            "MATCH (:User)-[x:WATCHED]->(e:Episode) WHERE e.publishedAt <= x.firstAt <= x.lastAt
            AND x.positionMs <= e.durationMs AND 0 < x.completion <= 1 RETURN count(x) AS n",
            3_000,
        ),
        // Nobody rates or follows the same thing twice, or watches an episode twice in two relationships.
        (
            "MATCH (u:User)-[x:WATCHED|RATED|FOLLOWS]->(y) WITH u, type(x) AS kind, y, count(x) AS times
            WHERE times > 1 RETURN count(u) AS n",
            0,
        ),
        // The pages of those who follow are read from what the relationships repeat.
        ("MATCH (u:User)-[x:FOLLOWS]->(y) WHERE u.id <> x.followerId OR y.id <> x.followedId RETURN count(x) AS n", 0),
        ("MATCH (x:User) WHERE x.handleSkeleton IS NULL RETURN count(x) AS n", 0),
    ];
    for (statement, count) in counts {
        assert_eq!(neo4j.number(statement).await, count, "{statement}");
    }
    let replies = neo4j.number("MATCH (x:Comment) WHERE x.parentId IS NOT NULL RETURN count(x) AS n").await;
    let fitting = "MATCH (x:Comment)-[:REPLY_TO]->(y:Comment)
        WHERE x.parentId = y.id AND x.subjectId = y.subjectId AND y.createdAt < x.createdAt RETURN count(x) AS n";
    assert!(replies > 50);
    assert_eq!(neo4j.number(fitting).await, replies);
    for some in [
        "MATCH (:User)-[x:RATED]->(:Series) WHERE 1 <= x.stars <= 5 RETURN count(x) AS n",
        "MATCH (:User)-[x:FOLLOWS]->(:User) RETURN count(x) AS n",
        "MATCH (:User)-[x:FOLLOWS]->(:Series) RETURN count(x) AS n",
        "MATCH (:User)-[x:FOLLOWS]->(:Tag) RETURN count(x) AS n",
        "MATCH (:User)-[x:FOLLOWS]->(:Franchise) RETURN count(x) AS n",
    ] {
        assert!(neo4j.number(some).await > 30, "{some}");
    }
}

async fn visible_to_viewers(server: &SeekaProcess) {
    let client = server.client();
    let answer = client.query(
        "{ tenants(first: 20) { nodes { franchises(first: 20) { nodes { tags(first: 1) { nodes { name } }
            series(first: 20) { nodes { synopsis credits(first: 1) { nodes { role person { name } } }
              episodes(first: 30) { nodes { id title season number durationMs publishedAt } } } } } } } } }",
    );
    let answer = answer.await;
    let lists = |value: &serde_json::Value, field: &str| value[field]["nodes"].as_array().unwrap().clone();
    let tenants = lists(answer.data(), "tenants");
    let franchises: Vec<_> = tenants.iter().flat_map(|tenant| lists(tenant, "franchises")).collect();
    let series: Vec<_> = franchises.iter().flat_map(|franchise| lists(franchise, "series")).collect();
    assert!(series.iter().all(|series| lists(series, "credits").len() == 1));
    assert_eq!(series.iter().map(|series| lists(series, "episodes").len()).sum::<usize>(), 60);
}

async fn another_is_refused(neo4j: &Neo4j) {
    let before = neo4j.contents().await;
    let (code, err) = neo4j.generate(&["--rng-seed", "2", "--log", "off"]).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    assert!(err.contains("another generation") && err.contains("--rng-seed 1"), "{err}");
    assert!(neo4j.contents().await == before);
    neo4j.clear().await;
}

async fn goes_on_after_a_kill(neo4j: &Neo4j, whole: &[String]) {
    neo4j.generate_until_killed().await;
    let watched = neo4j.number("MATCH (:User)-[x:WATCHED]->(:Episode) RETURN count(x) AS n").await;
    assert!((1..3_000).contains(&watched), "{watched} when it was killed");

    let before = neo4j.nodes().await;
    let (code, err) = neo4j.generate(&["--rng-seed", "2", "--log", "off"]).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    assert!(err.contains("not finished") && err.contains("--users 200 --episodes 60"), "{err}");
    assert_eq!(neo4j.nodes().await, before);

    let (code, err) = neo4j.generate(&[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("going on with the interrupted generation"), "{err}");
    assert!(neo4j.contents().await == whole, "it has become another graph");
    neo4j.clear().await;
}

async fn never_beside_strangers(neo4j: &Neo4j, whole: &[String]) {
    neo4j.graph.run(query("CREATE (:Stranger {id: 'somebody'})")).await.unwrap();
    let (code, err) = neo4j.generate(&["--log", "off"]).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    assert!(err.contains("other data") && err.contains("--force"), "{err}");
    assert_eq!(neo4j.nodes().await, 1);

    let (code, err) = neo4j.generate(&["--force"]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(neo4j.contents().await == whole);
}
