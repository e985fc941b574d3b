//! What comes in over HTTP, right or wrong.

use serde_json::{Value, json};

use crate::support::{Member, Story, TestApp, episode, make_operator, series};

#[tokio::test]
async fn wrong_ids_and_arguments_are_bad_user_input() {
    let app = TestApp::get().await;
    for query in [
        r#"{ node(id: "") { id } }"#,
        r#"{ node(id: "ep_") { id } }"#,
        r#"{ node(id: "💥") { id } }"#,
        r#"{ node(id: "cm_01jd7s2zk4jd7s2zk4jd7s2zk4") { id } }"#,
        r#"{ node(id: 12) { id } }"#,
        r#"{ nodes(ids: ["ep_01jd7s2zk4jd7s2zk4jd7s2zk4", "nonsense"]) { id } }"#,
        r#"{ episode(id: "se_01jd7s2zk4jd7s2zk4jd7s2zk4") { id } }"#,
        r#"{ episode(id: "EP_01JD7S2ZK4JD7S2ZK4JD7S2ZK4") { id } }"#,
        r#"{ episode { id } }"#,
        r#"{ tag(id: "tg_01jd7s2zk4jd7s2zk4jd7s2zk4", slug: "both") { id } }"#,
        "{ episodes(first: -1) { nodes { id } } }",
        "{ episodes(first: 101) { nodes { id } } }",
        "{ episodes(first: 2147483648) { nodes { id } } }",
        "{ episodes(last: -2147483648) { nodes { id } } }",
        "{ episodes(first: 1, last: 1) { nodes { id } } }",
        r#"{ episodes(first: "1") { nodes { id } } }"#,
        r#"{ episodes(after: "") { nodes { id } } }"#,
        r#"{ episodes(after: "WyJmcmFuY2hpc2VzIixbXV0") { nodes { id } } }"#,
        r#"{ search(query: null) { nodes { __typename } } }"#,
        r#"{ search(query: "a", types: [NOTHING]) { nodes { __typename } } }"#,
        "{ nothing }",
        "{ tenants { nodes { ",
        "mutation { anything }",
        "subscription { anything }",
        "query A { __typename } query B { __typename }",
    ] {
        let answer = app.viewer().query(query).await;
        assert_eq!(answer.status, 200, "{query}: {:#}", answer.body);
        assert!(!answer.codes().is_empty(), "{query} was answered: {:#}", answer.body);
        assert!(answer.codes().iter().all(|code| *code == "BAD_USER_INPUT"), "{query}: {:#}", answer.body);
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = TestApp::get().await;
    let lists = ["tenants", "franchises", "allSeries", "episodes", "tags"];
    let mut cursors = Vec::new();
    for list in lists {
        let answer = app.viewer().query(&format!("{{ {list}(first: 1) {{ pageInfo {{ endCursor }} }} }}")).await;
        cursors.push(answer.data()[list]["pageInfo"]["endCursor"].as_str().unwrap().to_owned());
    }
    for (list, own) in lists.iter().zip(&cursors) {
        for cursor in &cursors {
            let answer =
                app.viewer().query(&format!(r#"{{ {list}(after: "{cursor}") {{ nodes {{ __typename }} }} }}"#)).await;
            let expected: &[&str] = if cursor == own { &[] } else { &["BAD_USER_INPUT"] };
            assert_eq!(answer.codes(), expected, "{list} after {cursor}");
        }
    }
}

#[tokio::test]
async fn a_forged_cursor_reaches_nothing_that_is_scheduled() {
    use base64::Engine;
    let app = TestApp::get().await;
    let mut story = Story::new("forged");
    let franchise = story.franchise("f");
    let mut entry = series("s");
    let mut tomorrow = episode("s", 1, 1);
    tomorrow.published_at = Some(chrono::Utc::now() + chrono::Duration::days(1));
    entry.episodes = vec![tomorrow, episode("s", 1, 2)];
    franchise.series = vec![entry];
    app.tell(&story).await;
    let position = json!(["episodes", [{"time": "2999-01-01T00:00:00Z"}, {"text": "~"}]]);
    let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(position.to_string());
    let query = format!(r#"{{ episodes(after: "{cursor}") {{ nodes {{ number }} }} }}"#);
    let answer = app.viewer().in_tenant(story.slug()).query(&query).await;
    assert_eq!(answer.data()["episodes"]["nodes"], json!([{"number": 2}]));
}

#[tokio::test]
async fn what_is_not_a_request_gets_a_clear_error() {
    let app = TestApp::get().await;
    let good = r#"{"query":"{ __typename }"}"#;
    let cases: [(&str, Vec<u8>, u16); 11] = [
        ("application/json", b"{}".to_vec(), 400),
        ("application/json", b"{\"query\": \" \"}".to_vec(), 400),
        ("application/json", b"{\"query\": ".to_vec(), 400),
        ("application/json", b"[]".to_vec(), 400),
        ("application/json", b"\"{ __typename }\"".to_vec(), 400),
        ("application/json", b"{\"query\": 7}".to_vec(), 400),
        ("application/json", vec![0xff, 0xfe], 400),
        ("application/json", vec![b' '; 1_048_577], 413),
        ("text/plain", good.into(), 415),
        ("application/x-www-form-urlencoded", b"query=%7B__typename%7D".to_vec(), 415),
        ("", good.into(), 415),
    ];
    for (content_type, body, status) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = app.viewer().post(content_type, body).await;
        assert_eq!((answer.status, answer.codes()), (status, vec!["BAD_USER_INPUT"]), "{content_type}: {shown}");
    }
    assert_eq!(app.viewer().post("application/json; charset=utf-8", good).await.data()["__typename"], "Query");
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_never_anonymous() {
    let app = TestApp::get().await;
    for header in ["Bearer nonsense", "Basic YTpi", "Bearer ", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c18xIn0."] {
        let answer = app.viewer().with_header("authorization", header).query("{ __typename }").await;
        assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED"]), "{header}");
        assert_eq!(answer.challenge.as_deref(), Some(r#"Bearer error="invalid_token""#));
    }
    app.user().query("{ __typename }").await.data();
}

#[tokio::test]
async fn every_answer_carries_a_correlation_id() {
    let app = TestApp::get().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let client = app.viewer().with_header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    let answer = client.query("{ nothing }").await;
    assert_eq!(answer.body["extensions"]["correlationId"], trace);
    assert_eq!(answer.body["errors"][0]["extensions"]["correlationId"], trace);
    let ids = [app.viewer().query("{ __typename }").await, app.viewer().query("{ __typename }").await]
        .map(|answer| answer.body["extensions"]["correlationId"].as_str().unwrap().to_owned());
    assert!(ids[0].len() == 32 && ids[0] != ids[1], "{ids:?}");
}

#[tokio::test]
async fn queries_that_are_too_deep_or_too_large_are_refused() {
    let app = TestApp::get().await;
    let deep = (0..7).fold("id".to_owned(), |inner, _| format!("series {{ episodes {{ nodes {{ {inner} }} }} }}"));
    let deep = format!("{{ episodes {{ nodes {{ {deep} }} }} }}");
    let mut wide = "{".to_owned();
    for n in 0..2_000 {
        wide.extend([" a", &n.to_string(), ": tags(first: 100) { nodes { items(first: 100) { nodes { id } } } }"]);
    }
    wide += " }";
    for query in [deep, wide] {
        let answer = app.viewer().query(&query).await;
        assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"]);
    }
}

#[tokio::test]
async fn brackets_without_end_do_not_reach_the_parser() {
    let app = TestApp::get().await;
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let value = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
        let answer = app.viewer().query(&format!("{{ search(query: {value}) {{ nodes {{ __typename }} }} }}")).await;
        assert_eq!((answer.status, answer.codes()), (200, vec!["QUERY_TOO_COMPLEX"]));
        let kind = format!("{}Int{}", "[".repeat(20_000), "]".repeat(20_000));
        let answer = app.viewer().query(&format!("query($a: {kind}) {{ __typename }}")).await;
        assert_eq!((answer.status, answer.codes()), (200, vec!["QUERY_TOO_COMPLEX"]));
    }
    // Just below the limit the parser and the validation run, and survive.
    let value = format!("{}1{}", "[".repeat(190), "]".repeat(190));
    let answer = app.viewer().query(&format!("{{ search(query: {value}) {{ nodes {{ __typename }} }} }}")).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn pages_within_pages_are_counted_before_they_are_read() {
    let app = TestApp::get().await;
    let nested =
        (0..4).fold("id".to_owned(), |inner, _| format!("series {{ episodes(first: 100) {{ nodes {{ {inner} }} }} }}"));
    let answer = app.viewer().query(&format!("{{ episodes(first: 100) {{ nodes {{ {nested} }} }} }}")).await;
    assert_eq!(answer.codes(), ["QUERY_TOO_COMPLEX"]);
    let empty = app.viewer().query("{ episodes(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }").await;
    assert_eq!(empty.data()["episodes"], json!({"nodes": [], "pageInfo": {"hasNextPage": true, "endCursor": null}}));
}

#[tokio::test]
async fn what_is_not_executed_has_no_data() {
    let app = TestApp::get().await;
    for query in ["{ nothing }", "{ tenants { nodes {", "mutation { anything }"] {
        assert!(app.viewer().query(query).await.body.get("data").is_none(), "{query}");
    }
    let executed = app.viewer().query(r#"{ node(id: "nonsense") { id } }"#).await;
    assert_eq!(executed.body["data"], json!({"node": null}));
}

#[tokio::test]
async fn the_deepest_query_that_is_allowed_is_answered() {
    let app = TestApp::get().await;
    let deep =
        (0..5).fold("id".to_owned(), |inner, _| format!("series {{ episodes(first: 1) {{ nodes {{ {inner} }} }} }}"));
    let query = format!("{{ episodes(first: 3) {{ nodes {{ {deep} }} }} }}");
    app.viewer().query(&query).await.data();
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    let app = TestApp::get().await;
    let live = app.viewer().get("/health/live").await;
    assert_eq!(live.status(), 200);
    let ready = app.viewer().get("/health/ready").await;
    assert_eq!(ready.status(), 200);
    let body: Value = ready.json().await.unwrap();
    assert_eq!(body, json!({"status": "ready", "neo4j": "ready", "s3": "ready"}));
}

#[tokio::test]
async fn graphiql_asks_no_other_host() {
    let app = TestApp::get().await;
    let page = app.viewer().get("/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(html.contains("Seeka") && !html.contains("://"), "{html}");
}

#[tokio::test]
async fn what_no_index_holds_is_not_found() {
    let app = TestApp::get().await;
    let mut operator = Member::register(&app.viewer(), "operator").await;
    make_operator(app, &mut operator).await;
    // An entry of an index has about eight kilobytes at the most.
    let long = "x".repeat(20_000);
    for (query, found) in [
        ("query($it: String!) { found: user(handle: $it) { id } }", json!(null)),
        ("query($it: String!) { found: tenant(slug: $it) { id } }", json!(null)),
        ("query($it: String!) { found: tenant(domain: $it) { id } }", json!(null)),
        ("query($it: String!) { found: tag(slug: $it) { id } }", json!(null)),
        ("query($it: String!) { found: episode(slug: $it, tenant: $it) { id } }", json!(null)),
        ("query($it: String!) { found: tenantStanding(slug: $it) { plan } }", json!(null)),
        ("query($it: ID!) { found: platformEvents(filter: {subjectId: $it}) { nodes { id } } }", json!({"nodes": []})),
    ] {
        let answer = operator.client.send(query, json!({"it": long})).await;
        assert_eq!(answer.data()["found"], found, "{query}");
    }
    for moment in ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2016-12-31T23:59:60.999999999Z"] {
        let query = "query($from: DateTime, $to: DateTime) {
            platformEvents(filter: {types: [ACCOUNT_DELETED], from: $from, to: $to}) { nodes { id } } }";
        for name in ["from", "to"] {
            operator.client.send(query, json!({name: moment})).await.data();
        }
    }
}
