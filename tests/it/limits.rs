//! What a request may take: time, size, a budget, a connection.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Member, Story, TestApp, episode, series};

#[tokio::test]
async fn a_budget_is_spent_and_refills() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--budget-points=10", "--budget-per-second=1", "--trusted-proxies=127.0.0.0/8"]).await;
    let from = |address: &str| server.viewer().with_header("x-forwarded-for", address);
    let cheap = "{ __typename }";
    let first = from("192.0.2.1").query(cheap).await;
    let cost = &first.body["extensions"]["cost"];
    assert_eq!(
        (cost["requested"].as_u64(), cost["actual"].as_u64(), cost["remaining"].as_u64()),
        (Some(1), Some(1), Some(9))
    );
    chrono::DateTime::parse_from_rfc3339(cost["resetAt"].as_str().unwrap()).expect("a moment");

    let dear = "{ tags(first: 100) { nodes { items(first: 5) { nodes { __typename } } } } }";
    let second = from("192.0.2.1").query(dear).await;
    assert_eq!(second.body["extensions"]["cost"]["requested"], 2, "{:#}", second.body);

    // All at once, so that a slow machine does not refill the budget meanwhile.
    let spender = from("192.0.2.1");
    let answers = futures::future::join_all((0..40).map(|_| spender.query(cheap))).await;
    let limited = answers.iter().find(|answer| answer.status == 429).expect("the budget is not endless");
    assert_eq!(limited.codes(), ["RATE_LIMITED"]);
    let wait = limited.body["errors"][0]["extensions"]["retryAfter"].as_u64().expect("a time to wait");
    assert_eq!((limited.retry_after, (1..=10).contains(&wait)), (Some(wait), true));

    // Another address, and who has signed in, have budgets of their own; a broken document costs, too.
    from("192.0.2.2").query(cheap).await.data();
    app.user_of(&server).with_header("x-forwarded-for", "192.0.2.1").query(cheap).await.data();
    let broken = from("192.0.2.3");
    let answers = futures::future::join_all((0..40).map(|_| broken.query("{"))).await;
    assert!(answers.iter().any(|answer| answer.status == 429));

    tokio::time::sleep(Duration::from_secs(wait + 1)).await;
    from("192.0.2.1").query(cheap).await.data();
    let never = "{ tags(first: 100) { nodes { items(first: 100) { nodes { ... on Episode { series { id } } } } } } }";
    assert_eq!(from("192.0.2.4").query(never).await.codes(), ["QUERY_TOO_COMPLEX"]);

    // Whatever a request is refused for, it has cost something.
    let nothing = from("192.0.2.5");
    let refused = futures::future::join_all((0..40).map(|_| nothing.post("text/plain", "{}"))).await;
    assert!(refused.iter().all(|answer| [415, 429].contains(&answer.status)));
    assert_eq!(nothing.query(cheap).await.status, 429);

    // Fields count, too.
    let fields = "a ".repeat(50).replace('a', "id");
    let wide = format!(
        "{{ episodes(first: 100) {{ nodes {{ {fields} series {{ {fields} {fields} {fields} {fields} }} }} }} }}"
    );
    let wide = from("192.0.2.6").query(&wide).await;
    assert_eq!(wide.body["extensions"]["cost"]["requested"], 4, "{:#}", wide.body["extensions"]);
    assert_eq!(server.viewer().get("/health/live").await.status(), 200);
}

#[tokio::test]
async fn an_address_is_believed_from_trusted_proxies_only() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--budget-points=3", "--budget-per-second=1"]).await;
    let clients = (0..40).map(|n| server.viewer().with_header("x-forwarded-for", &format!("192.0.2.{n}")));
    let clients: Vec<_> = clients.collect();
    let answers = futures::future::join_all(clients.iter().map(|client| client.query("{ __typename }"))).await;
    assert!(answers.iter().any(|answer| answer.status == 429));
}

#[tokio::test]
async fn an_answer_that_grows_too_large_is_given_up() {
    let app = TestApp::get().await;
    let mut story = Story::new("large");
    let franchise = story.franchise("f");
    let mut entry = series("s");
    entry.episodes = (1..=40).map(|number| episode("s", 1, number)).collect();
    franchise.series = vec![entry];
    app.tell(&story).await;
    let query =
        "{ episodes(first: 100) { nodes { id title number series { episodes(first: 100) { nodes { id } } } } } }";
    for flag in ["--max-answer-items=200", "--max-answer-fields=100"] {
        let server = app.sibling(&[flag]).await;
        let answer = server.viewer().in_tenant(story.slug()).query(query).await;
        assert_eq!((answer.status, answer.codes()), (200, vec!["QUERY_TOO_COMPLEX"]), "{flag}: {:#}", answer.body);
        assert!(answer.body.get("data").is_none());
        let small = server.viewer().in_tenant(story.slug()).query("{ episodes(first: 3) { nodes { id } } }").await;
        assert_eq!(small.data()["episodes"]["nodes"].as_array().map(Vec::len), Some(3));
    }
    app.viewer().in_tenant(story.slug()).query(query).await.data();
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--execution-timeout-ms=1"]).await;
    let query = "{ episodes(first: 100) { nodes { tags { nodes { items { nodes { __typename } } } } } } }";
    let answer = server.viewer().query(query).await;
    assert_eq!((answer.status, answer.codes()), (504, vec!["TIMED_OUT"]), "{:#}", answer.body);
}

#[tokio::test]
async fn the_schema_and_its_page_can_be_hidden() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--introspection=off", "--graphiql=off"]).await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ ...F } fragment F on Query { __schema { types { name } } }",
    ] {
        assert_eq!(server.viewer().query(query).await.codes(), ["BAD_USER_INPUT"], "{query}");
    }
    server.viewer().query("{ __typename }").await.data();
    app.operator_of(&server).query("{ __schema { types { name } } }").await.data();
    assert_eq!(server.viewer().get("/").await.status(), 404);
}

#[tokio::test]
async fn slow_clients_are_not_waited_for() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--receive-timeout-ms=300", "--idle-timeout-ms=1000"]).await;
    let address = server.base.trim_start_matches("http://");
    let slow_body =
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    for (sent, expected) in [("POST /graphql HTTP/1.1\r\nHost: a\r\n", ""), (slow_body, "HTTP/1.1 408 "), ("", "")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await;
        // A connection that is reset has been closed as well.
        assert!(read.is_ok(), "{sent:?} is waited for");
        assert!(answer.starts_with(expected), "{sent:?}: {answer}");
    }
    let announced = server.viewer().request(Method::POST, "/graphql").header("content-type", "application/json");
    let answer = announced.body(vec![b' '; 12 * 1024 * 1024]).send().await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 413));
}

#[tokio::test]
async fn a_full_server_makes_connections_wait() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--max-connections=2", "--idle-timeout-ms=1000"]).await;
    let address = server.base.trim_start_matches("http://");
    let idle = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
    // The idle ones are closed after a second, and whoever waits is served then.
    server.viewer().query("{ __typename }").await.data();
    drop(idle);
}

#[tokio::test]
async fn variables_have_a_size() {
    let app = TestApp::get().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let many = app.viewer().send(query, json!({"ids": vec!["tg_1"; 5_001]})).await;
    let long = app.viewer().send(query, json!({"ids": ["a".repeat(200_000)]})).await;
    let nested = app.viewer().send(query, json!({"ids": [], "more": vec![vec![json!({"a": 1}); 100]; 40]})).await;
    for answer in [many, long, nested] {
        assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"], "{:#}", answer.body);
    }
    // What does not fit is not repeated, because it may be a secret.
    let secret =
        app.viewer().post("application/json", json!({"query": "{ a }", "variables": "s3cret"}).to_string()).await;
    assert_eq!((secret.status, secret.codes()), (400, vec!["BAD_USER_INPUT"]));
    assert!(!secret.body.to_string().contains("s3cret"), "{:#}", secret.body);
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--max-connections-per-address=3", "--idle-timeout-ms=60000"]).await;
    let address = server.base.trim_start_matches("http://");
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(TcpStream::connect(address).await.unwrap());
    }
    let mut refused = TcpStream::connect(address).await.unwrap();
    let mut nothing = [0; 1];
    let closed = tokio::time::timeout(Duration::from_secs(20), refused.read(&mut nothing)).await.expect("it is closed");
    assert!(closed.is_err() || closed.is_ok_and(|count| count == 0));
    drop(open);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while server.viewer().request(Method::GET, "/health/live").send().await.is_err() {
        assert!(std::time::Instant::now() < deadline, "the places are not given back");
    }
}

#[tokio::test]
async fn a_large_answer_is_sent_to_its_end_by_a_stopping_server() {
    let app = TestApp::get().await;
    let mut server = app.sibling(&["--shutdown-grace-ms=30000", "--max-root-fields=100"]).await;
    let address = server.base.trim_start_matches("http://").to_owned();
    let fields =
        (0..60).map(|n| format!("a{n}: __schema {{ types {{ name description fields {{ name description }} }} }}"));
    let fields = fields.collect::<Vec<_>>().join(" ");
    let body = json!({"query": format!("{{ {fields} }}")}).to_string();
    let head =
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ";
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
    let mut answer = vec![0; 1_000];
    stream.read_exact(&mut answer).await.unwrap();
    server.begin_to_stop();
    // Longer than the last words of a server that has nothing left to send.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    assert_eq!(length, Some(body.len()), "{head}");
    server.stopped().await;
}

#[tokio::test]
async fn a_stopping_server_finishes_what_it_began_and_refuses_the_rest() {
    let app = TestApp::get().await;
    let mut server = app.sibling(&["--shutdown-grace-ms=30000"]).await;
    let address = server.base.trim_start_matches("http://").to_owned();
    // A request whose body is on its way keeps the server from ending.
    let body = json!({"query": "{ tenants(first: 1) { nodes { id } } }"}).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut begun = TcpStream::connect(&address).await.unwrap();
    begun.write_all(head.as_bytes()).await.unwrap();
    begun.write_all(&body.as_bytes()[..5]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.begin_to_stop();
    let refused = loop {
        let answer = server.viewer().query("{ __typename }").await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.codes()), (503, vec!["SERVICE_UNAVAILABLE"]));
    assert_eq!(server.viewer().get("/health/ready").await.status(), 503);
    begun.write_all(&body.as_bytes()[5..]).await.unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"nodes\":[{"), "{answer}");
    server.stopped().await;
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn each_mutation_of_a_request_costs_ten_points_more() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let rename =
        |name: &str| format!("{name}: updateProfile(input: {{displayName: \"{name}\"}}) {{ clientMutationId }}");
    for (count, names) in [(1, vec!["ada"]), (3, vec!["ada", "bea", "cleo"])] {
        let all: String = names.into_iter().map(rename).collect();
        let answer = ada.client.query(&format!("mutation {{ {all} }}")).await;
        answer.data();
        assert_eq!(answer.body["extensions"]["cost"]["requested"], 1 + 10 * count, "{:#}", answer.body);
    }
}
