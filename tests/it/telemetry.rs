//! What the server tells of itself: traces, metrics, log lines, and what none of them may hold.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::Utc;
use rustix::process::Signal;
use seeka::auth::{Keys, PlatformRole, SignedIn, SignedInBy};
use seeka::id::UserId;
use serde_json::{Value, json};

use crate::support::{
    Client, Collector, SeekaProcess, Story, TestApp, Trace, attribute, credit, data_folder, episode, series,
};

/// A server of its own on the Neo4j that all tests share, with its log in a file.
struct Watched {
    process: SeekaProcess,
    data: PathBuf,
    log: PathBuf,
}

impl Watched {
    async fn start(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        // Where nobody releases anything: a query would be answered again.
        let app = TestApp::apart().await;
        let data = data_folder(name);
        std::fs::create_dir_all(&data).unwrap();
        let log = PathBuf::from(&data).join("log");
        let folder = PathBuf::from(&data);
        let variables = [&app.neo4j()[..], variables].concat();
        // What is counted is counted to the statement, and functions look for work whenever they like.
        let arguments = [&["--data", &data, "--log", "info,seeka=debug", "--functions", "off"], arguments].concat();
        let file = File::create(&log).unwrap();
        let watched = Self { process: SeekaProcess::start_with(&arguments, &variables, file).await, data: folder, log };
        // The first questions are the server's own.
        watched.wait_for_line("warmed up").await;
        watched
    }

    fn lines(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    async fn wait_for_line(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_mins(3);
        while !self.lines().contains(text) {
            assert!(Instant::now() < deadline, "{text} is not in\n{}", self.lines());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn operator(&self) -> (Client, String) {
        let keys = Keys::read(&self.data.join("signing-keys.pem"), "urn:seeka:local").unwrap();
        let roles = vec![PlatformRole::Operator];
        let user = SignedIn { id: UserId::generate(), by: SignedInBy::CommandLine, roles };
        let token = keys.issue(&user, Utc::now(), Duration::from_mins(10)).unwrap().token;
        (self.process.client().with_token(&token).with_header("seeka-debug", "statements"), token)
    }
}

/// Two franchises with two series each, and three episodes in each of those.
fn shelf() -> Story {
    let mut story = Story::new("traced");
    let person = story.person("Ada");
    for f in 0..2 {
        let serieses = (0..2).map(|s| {
            let slug = format!("f{f}s{s}");
            let mut entry = series(&slug);
            entry.episodes = (1..=3).map(|number| episode(&slug, 1, number)).collect();
            for episode in &mut entry.episodes {
                episode.credits = vec![credit(&person, "DIRECTOR")];
            }
            entry
        });
        let serieses = serieses.collect();
        story.franchise(&format!("f{f}")).series = serieses;
    }
    story
}

const NESTED: &str = "
    query Shelf($slug: String!, $word: String!) { # a remark of the client
      mine: tenant(slug: $slug) { ...Shelf }
      search(query: $word) { nodes { __typename } }
    }
    fragment Shelf on Tenant { name all: franchises { nodes { ...Titled
      series { nodes { title
        first: episodes(first: 2) { nodes { title credits { nodes { role person { name } } } } }
        last: episodes(last: 1) { nodes { ... on Node { ... on Episode { thumbnail { url } series { title } } } } }
      } } } } }
    fragment Titled on Content { title ... on Franchise { id } }";

fn statements(answer: &Value) -> Vec<&str> {
    let statements = answer["extensions"]["debug"]["statements"].as_array().expect("an operator asks");
    statements.iter().map(|statement| statement["statement"].as_str().unwrap()).collect()
}

/// Where each statement stands in a trace: its file and the names or paths above it.
fn placed(trace: &Trace) -> Vec<(String, Vec<String>)> {
    let statements = trace.spans.iter().filter(|span| attribute(span, "db.system.name").is_some());
    statements.map(|span| (span.name.clone(), trace.above(span))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_can_be_followed_down_to_its_statements() {
    let app = TestApp::apart().await;
    let story = shelf();
    app.tell(&story).await;
    let collector = Collector::start().await;
    let flags = ["--log-format", "json", "--otel-exporter-otlp-endpoint", &collector.endpoint];
    let server = Watched::start("traced", &flags, &[("OTEL_BSP_SCHEDULE_DELAY", "50")]).await;
    let (operator, token) = server.operator();

    let before = scrape(&server).await;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let caller = operator
        .clone()
        .with_header("traceparent", &format!("00-{trace_id}-00f067aa0ba902b7-01"))
        .with_header("tracestate", "vendor=opaque");
    let word = format!("hush {}", story.unique());
    let answer = caller.send(NESTED, json!({"slug": story.slug(), "word": word})).await;
    assert_eq!(answer.data()["mine"]["all"]["nodes"].as_array().unwrap().len(), 2);
    let mut expected = statements(&answer.body);
    let trace = collector.trace(trace_id).await;

    // HTTP, then the operation, then fields by their path, then the loader, then the statement.
    let server_span = trace.span("POST /graphql");
    assert_eq!(server_span.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
    assert_eq!(server_span.trace_state, "vendor=opaque");
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("url.path", "/graphql"),
        ("http.response.status_code", "200"),
        ("network.protocol.version", "1.1"),
    ] {
        assert_eq!(attribute(server_span, key).as_deref(), Some(value), "{key}");
    }
    let operation = trace.span("query");
    assert_eq!(attribute(operation, "graphql.operation.name").as_deref(), Some("Shelf"));
    assert_eq!(attribute(operation, "graphql.operation.type").as_deref(), Some("query"));
    let slugs = trace.span("catalog/nodes_by_slugs");
    assert_eq!(attribute(slugs, "db.query.summary").as_deref(), Some("catalog/nodes_by_slugs"));
    assert_eq!(attribute(slugs, "db.namespace").as_deref(), Some("neo4j"));
    assert_eq!(attribute(slugs, "db.response.returned_rows").as_deref(), Some("1"));

    let start = ["POST /graphql", "query"];
    let series = ["mine", "mine.all", "mine.all.nodes", "mine.all.nodes.series"];
    let first = ["mine.all.nodes.series.nodes", "mine.all.nodes.series.nodes.first"];
    let mut placed = placed(&trace);
    let mut found: Vec<_> = placed.iter().map(|(name, _)| name.as_str()).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "each statement of the debug extension is a span");
    placed.sort_by_key(|(name, above)| (name.clone(), above.len()));
    // The last statement is for two fields; which of them runs it is a matter of chance.
    let last = ["first.nodes", "first.nodes.credits", "last", "last.nodes", "last.nodes.thumbnail"];
    let last = last.map(|path| format!("mine.all.nodes.series.nodes.{path}"));
    let credits = [first[1], &last[0], &last[1]];
    let thumbnail = [&*last[2], &last[3], &last[4]];
    let (under, linked) = if placed[4].1.contains(&last[1]) { (credits, thumbnail) } else { (thumbnail, credits) };
    let expected: [(&str, Vec<&str>); 6] = [
        ("catalog/franchises_by_tenants", [&start[..], &series[..2], &["FranchisesByTenants"]].concat()),
        ("catalog/nodes_by_slugs", [&start[..], &series[..1], &["NodesBySlugs"]].concat()),
        ("catalog/relations_by_content", [&start[..], &series, &["RelationsByContent"]].concat()),
        ("catalog/relations_by_content", [&start[..], &series, &first, &["RelationsByContent"]].concat()),
        ("catalog/relations_by_content", [&start[..], &series, &first[..1], &under, &["RelationsByContent"]].concat()),
        ("catalog/search", [&start[..], &["search"]].concat()),
    ];
    let placed: Vec<(&str, Vec<&str>)> =
        placed.iter().map(|(name, above)| (name.as_str(), above.iter().map(String::as_str).collect())).collect();
    assert_eq!(placed, expected);
    let mut links: Vec<_> =
        trace.spans.iter().map(|span| trace.linked(span)).filter(|links| !links.is_empty()).collect();
    links.sort_unstable();
    let mut expected = [vec!["mine.all.nodes.series.nodes.last"], vec![linked[2]]];
    expected.sort_unstable();
    assert_eq!(links, expected);

    // A field has one span for all objects, within that of the field above.
    let mut paths: Vec<_> =
        trace.spans.iter().filter_map(|span| Some((attribute(span, "seeka.graphql.field.path")?, span))).collect();
    paths.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(paths.windows(2).all(|pair| pair[0].0 != pair[1].0), "a path twice");
    for (path, span) in &paths {
        let above = trace.above(span).pop().unwrap();
        let expected = path.rsplit_once('.').map_or("query", |(above, _)| above);
        assert_eq!(above, expected, "{path}");
        assert!(span.end_time_unix_nano <= operation.end_time_unix_nano && span.events.is_empty(), "{path}");
    }
    assert_eq!(trace.span("Franchise.series").name, "Franchise.series");

    what_was_asked_is_not_told(&server, &collector, &operator, &story, &token, &word).await;
    metrics_count_what_was_done(&server, &operator, &story, before).await;
    the_deepest_query_is_answered_while_it_is_traced(&operator).await;

    server.process.signal(Signal::TERM);
    assert_eq!(server.process.end().await, Some(0));
}

/// The trace id is the correlation id without a caller, too; and nothing that a client sent is exported or logged.
async fn what_was_asked_is_not_told(
    server: &Watched,
    collector: &Collector,
    operator: &Client,
    story: &Story,
    token: &str,
    word: &str,
) {
    let answer = operator.send("{ tenants(first: 1) { nodes { id } } }", json!({})).await;
    let id = answer.body["extensions"]["correlationId"].as_str().unwrap();
    let trace = collector.trace(id).await;
    assert!(trace.span("POST /graphql").parent_span_id.is_empty(), "nobody called");
    assert_eq!(placed(&trace)[0].1, ["POST /graphql", "query", "tenants"]);

    // What goes wrong is told without its words, either.
    let refused = [
        operator.send("{ nothing } # hush", json!({})).await,
        operator.send("{ node(id: \"hush\") { id } }", json!({})).await,
        operator.clone().with_header("x-seeka-tenant", "hush").query("{ __typename }").await,
        server.process.client().with_token("hush.hush.hush").query("{ __typename }").await,
        operator.post("application/json", r#"{"query": "hush"#).await,
        operator.post("application/json", r#"{"query": "{ __typename }", "operationName": "hush"}"#).await,
    ];
    for answer in refused {
        let id = answer.body["extensions"]["correlationId"].as_str().unwrap();
        collector.trace(id).await;
        server.wait_for_line(id).await;
    }
    let (exported, logged) = (collector.everything(), server.lines());
    for secret in [token, story.slug(), word, "hush", "a remark of the client", "fragment"] {
        assert!(!exported.contains(secret), "{secret} is exported");
        assert!(!logged.contains(secret), "{secret} is logged");
    }

    // One line for each request, with everything that can be said of it.
    let lines: Vec<Value> = logged.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let line = |id: &str| {
        let of_request =
            |line: &&Value| line["span"]["correlation_id"] == id && line["fields"]["message"] == "answered";
        let mut found = lines.iter().filter(of_request);
        let only = found.next().unwrap_or_else(|| panic!("no line for {id} in\n{logged}"));
        assert!(found.next().is_none(), "several lines for {id}");
        only["fields"].clone()
    };
    let line = line("4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!((&line["operation"], &line["operation_type"]), (&json!("Shelf"), &json!("query")));
    assert_eq!((&line["statements"], &line["errors"], &line["status"]), (&json!(6), &json!(0), &json!(200)));
    assert!(line["rows"].as_u64() > Some(5) && line["milliseconds"].is_u64(), "{line}");
}

/// The counters, by name with labels.
async fn scrape(server: &Watched) -> BTreeMap<String, f64> {
    let response = server.process.client().get("/metrics").await;
    assert_eq!(response.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = response.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"));
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let samples = text.lines().filter(|line| {
        let comment = line.strip_prefix("# ");
        assert!(
            comment.is_none_or(|comment| {
                comment == "EOF"
                    || ["HELP ", "TYPE ", "UNIT "].iter().any(|kind| {
                        comment.strip_prefix(kind).and_then(|rest| rest.split(' ').next()).is_some_and(is_name)
                    })
            }),
            "{line}"
        );
        comment.is_none()
    });
    let samples = samples.map(|line| {
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert!(is_name(name), "{line}");
        let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let (name, value) = label.split_once('=').unwrap_or_else(|| panic!("{line}"));
            assert!(is_name(name) && value.starts_with('"') && value.ends_with('"') && value.len() > 2, "{line}");
        }
        (series.to_owned(), value.parse::<f64>().unwrap_or_else(|_| panic!("{line}")))
    });
    samples.collect()
}

async fn metrics_count_what_was_done(
    server: &Watched,
    operator: &Client,
    story: &Story,
    at_first: BTreeMap<String, f64>,
) {
    let before = scrape(server).await;
    let answer = operator.send(NESTED, json!({"slug": story.slug(), "word": "nothing like it"})).await;
    let twice = operator.send(NESTED, json!({"slug": story.slug(), "word": "nothing like it"})).await;
    assert_eq!(statements(&answer.body).len(), statements(&twice.body).len());
    let id = seeka::id::EpisodeId::generate();
    let failing = format!("{{ node(id: \"{id}\") {{ id }} a: node(id: \"x\") {{ id }} b: node(id: \"y\") {{ id }} }}");
    assert_eq!(operator.query(&failing).await.codes(), ["BAD_USER_INPUT", "BAD_USER_INPUT"]);
    operator.query("{ tenants { nodes {").await;
    server.process.client().with_token("wrong").query("{ __typename }").await;
    operator.post("text/plain", "{}").await;

    let after = scrape(server).await;
    let grown = |name: &str| after.get(name).unwrap_or(&0.0) - before.get(name).unwrap_or(&0.0);
    let mut expected: BTreeMap<String, f64> = BTreeMap::new();
    let mut expect = |name: String, count: f64| {
        *expected.entry(name).or_default() += count;
    };
    for statement in statements(&answer.body) {
        expect(format!(r#"db_client_operation_duration_seconds_count{{statement="{statement}"}}"#), 2.0);
    }
    expect(r#"db_client_operation_duration_seconds_count{statement="catalog/nodes_by_ids"}"#.to_owned(), 1.0);
    // What the server does by itself, such as looking for releases, it does whenever it likes, and not in the catalogue.
    let (mut by_itself, of_requests) = (0.0, r#"{statement="catalog/"#);
    for name in after.keys().filter(|name| name.starts_with("db_client_operation_duration_seconds_count")) {
        if !name.contains(of_requests) {
            expect(name.clone(), grown(name));
            by_itself += grown(name);
        }
    }
    // Each of them waited for a connection, if only for a moment.
    let run = 2.0 * f64::from(u32::try_from(statements(&answer.body).len()).unwrap()) + 1.0 + by_itself;
    for (kind, status, count) in [("query", 200, 3.0), ("none", 200, 1.0), ("none", 401, 1.0), ("none", 415, 1.0)] {
        let labels = format!(r#"graphql_operation_type="{kind}",http_response_status_code="{status}""#);
        expect(format!("http_server_request_duration_seconds_count{{{labels}}}"), count);
    }
    expect(r#"seeka_graphql_errors_total{code="BAD_USER_INPUT"}"#.to_owned(), 4.0);
    expect(r#"seeka_graphql_errors_total{code="UNAUTHENTICATED"}"#.to_owned(), 1.0);
    for (loader, batches, keys) in [
        ("NodesBySlugs", 2.0, 2.0),
        ("FranchisesByTenants", 2.0, 2.0),
        ("NodesByIds", 1.0, 1.0),
        // The series of two franchises, two pages of each of four series, and what hangs on the episodes.
        ("RelationsByContent", 6.0, 2.0 * (2.0 + 8.0 + 12.0)),
    ] {
        expect(format!(r#"seeka_loader_batch_keys_count{{loader="{loader}"}}"#), batches);
        expect(format!(r#"seeka_loader_batch_keys_sum{{loader="{loader}"}}"#), keys);
    }
    let counters = after.keys().filter(|name| {
        let name = name.split('{').next().unwrap_or_default();
        name.ends_with("_total") || name.ends_with("_count") && name != "db_client_connection_count"
    });
    // What the server does by itself may have waited, and not be counted as a statement yet, at either of the two moments.
    let waits = "db_client_connection_wait_time_seconds_count";
    assert!((grown(waits) - run).abs() < 3.5, "{waits} grew by {}, not by {run}", grown(waits));
    expect(waits.to_owned(), grown(waits));
    for name in counters.chain(["seeka_loader_batch_keys_sum{loader=\"RelationsByContent\"}".to_owned()].iter()) {
        assert!((grown(name) - expected.get(name).unwrap_or(&0.0)).abs() < 0.1, "{name} grew by {}", grown(name));
    }
    for name in expected.keys() {
        assert!(after.contains_key(name), "{name} is missing");
    }
    assert!((after["http_server_active_requests"]).abs() < 0.1, "nothing is in flight");
    // Whatever was asked, no label holds it: the names are those that were there before, and the server's own.
    for name in after.keys().chain(at_first.keys()) {
        assert!(!["hush", story.unique(), "Shelf", "mine", "wrong"].iter().any(|text| name.contains(text)), "{name}");
    }
}

async fn the_deepest_query_is_answered_while_it_is_traced(client: &Client) {
    let deep =
        (0..5).fold("id".to_owned(), |inner, _| format!("series {{ episodes(first: 1) {{ nodes {{ {inner} }} }} }}"));
    client.query(&format!("{{ episodes(first: 3) {{ nodes {{ {deep} }} }} }}")).await.data();
}

#[tokio::test]
async fn a_collector_that_does_not_answer_delays_nobody() {
    // Connections to it are taken and never answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "64"),
    ];
    let server = Watched::start("untraced", &[], &variables).await;
    let client = server.process.client();
    let query = "{ tenants(first: 2) { nodes { franchises(first: 2) { nodes { title } } } } }";
    // Neo4j plans the statements the first time.
    client.query(query).await.data();
    let mut slowest = Duration::ZERO;
    for _ in 0..60 {
        let started = Instant::now();
        client.query(query).await.data();
        slowest = slowest.max(started.elapsed());
    }
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let log = server.lines();
    assert_eq!(log.matches("the collector takes no traces").count(), 1, "{log}");
    let stopping = Instant::now();
    server.process.signal(Signal::TERM);
    assert_eq!(server.process.end().await, Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(8), "{:?}", stopping.elapsed());
}
