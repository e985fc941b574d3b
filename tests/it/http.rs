//! GraphQL over HTTP: methods, media types, statuses, caches, documents by hash, other sites.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::TestApp;

const GRAPHQL: &str = "application/graphql-response+json";

async fn get(app: &TestApp, parameters: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
    let mut request = app.viewer().request(Method::GET, "/graphql").query(parameters);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("the server answers")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The hash of a document, as clients send it.
fn hex(document: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(document).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a text grows");
        hex
    })
}

#[tokio::test]
async fn the_status_of_a_document_that_does_not_run_depends_on_the_media_type() {
    let app = TestApp::get().await;
    for (query, strict) in [
        ("{ __typename }", 200),
        ("{ tenants { nodes {", 400),
        ("{ nothing }", 400),
        ("query($id: ID!) { node(id: $id) { id } }", 400),
        ("mutation { anything }", 400),
        ("{ a: __typename ...F } fragment F on Query { ...F }", 400),
    ] {
        for (accept, expected, media_type) in [
            (None, 200, "application/json; charset=utf-8"),
            (Some("*/*"), 200, "application/json; charset=utf-8"),
            (Some("application/json"), 200, "application/json; charset=utf-8"),
            (Some(GRAPHQL), strict, "application/graphql-response+json; charset=utf-8"),
        ] {
            let mut request = app.viewer().request(Method::POST, "/graphql").header("content-type", "application/json");
            if let Some(accept) = accept {
                request = request.header("accept", accept);
            }
            let response = request.body(json!({"query": query}).to_string()).send().await.unwrap();
            assert_eq!(
                (response.status().as_u16(), header(&response, "content-type")),
                (expected, media_type),
                "{query}"
            );
        }
    }
    let response = get(app, &[("query", "{ __typename }")], &[("accept", "text/html")]).await;
    assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn queries_come_by_get_and_nothing_else_does() {
    let app = TestApp::get().await;
    let query = "query A($n: Int!) { tenants(first: $n) { nodes { slug } } } query B { nothing: __typename }";
    let parameters = [("query", query), ("operationName", "A"), ("variables", r#"{"n": 1}"#), ("extensions", "")];
    let response = get(app, &parameters, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["data"]["tenants"]["nodes"].as_array().map(Vec::len), Some(1), "{body:#}");

    for accept in ["application/json", GRAPHQL] {
        let response = get(app, &[("query", "mutation { anything }")], &[("accept", accept)]).await;
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "POST"), "{accept}");
    }
    for wrong in [[("variables", "[1]")], [("variables", "{")], [("extensions", "7")], [("query", " ")]] {
        let parameters = [&[("query", "{ __typename }")][usize::from(wrong[0].0 == "query")..], &wrong].concat();
        assert_eq!(get(app, &parameters, &[]).await.status(), StatusCode::BAD_REQUEST, "{wrong:?}");
    }
    // The head of a GET; a body is not looked at, so nothing in it is executed either.
    let head =
        app.viewer().request(Method::HEAD, "/graphql").query(&[("query", "{ __typename }")]).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    for query in ["mutation { anything }", ""] {
        let head = app.viewer().request(Method::HEAD, "/graphql").query(&[("query", query)]);
        let head = head.json(&json!({"query": "{ __typename }"})).send().await.unwrap();
        assert!(head.status().is_client_error(), "{query}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = app.viewer().request(method, "/graphql").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_page_of_another_site_executes_nothing() {
    let app = TestApp::get().await;
    let operation = json!({"query": "{ __typename }"}).to_string();
    let form = "query=%7B__typename%7D".to_owned();
    let multipart =
        format!("--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{operation}\r\n--b--\r\n");
    for (content_type, body) in [
        ("text/plain", operation.clone()),
        ("text/plain;charset=utf-8", operation.clone()),
        ("application/x-www-form-urlencoded", form),
        ("application/x-www-form-urlencoded", operation.clone()),
        ("multipart/form-data; boundary=b", multipart),
        ("application/graphql", "{ __typename }".to_owned()),
    ] {
        let answer = app.viewer().with_header("origin", "https://evil.example").post(content_type, body).await;
        assert_eq!(answer.status, 415, "{content_type}");
        assert!(answer.body.get("data").is_none(), "{content_type}: {:#}", answer.body);
    }
    let response = get(app, &[("query", "mutation { __typename }")], &[("origin", "https://evil.example")]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn other_origins_are_allowed_as_configured() {
    let app = TestApp::get().await;
    let friend = "https://tv.example.org";
    let listed = app.sibling(&["--cors-origins=https://tv.example.org,http://localhost:5173"]).await;
    let open = app.sibling(&["--cors-origins=*"]).await;
    let closed = app.viewer();
    let cases = [
        (&closed, friend, ""),
        (&listed.viewer(), friend, friend),
        (&listed.viewer(), "http://localhost:5173", "http://localhost:5173"),
        (&listed.viewer(), "http://localhost:5174", ""),
        (&listed.viewer(), "https://tv.example.org.evil.example", ""),
        (&listed.viewer(), "null", ""),
        (&open.viewer(), "https://anywhere.example", "*"),
    ];
    for (client, origin, allowed) in cases {
        let preflight = client
            .request(Method::OPTIONS, "/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,authorization,x-seeka-tenant")
            .send();
        let preflight = preflight.await.unwrap();
        assert_eq!(header(&preflight, "access-control-allow-origin"), allowed, "{origin}");
        let actual = client.request(Method::POST, "/graphql").header("origin", origin);
        let actual = actual.header("content-type", "application/json").body(r#"{"query":"{ __typename }"}"#);
        let actual = actual.send().await.unwrap();
        assert_eq!(header(&actual, "access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(header(&actual, "access-control-allow-credentials"), "");
        if !allowed.is_empty() {
            assert_eq!(header(&preflight, "access-control-allow-methods"), "GET,POST");
            let names = header(&preflight, "access-control-allow-headers");
            for name in ["authorization", "content-type", "x-seeka-tenant", "traceparent"] {
                assert!(names.contains(name), "{names}");
            }
        }
    }
}

#[tokio::test]
async fn public_answers_are_kept_and_others_are_not() {
    let app = TestApp::get().await;
    let public = [("query", "{ tenants(first: 2) { nodes { id name } } }")];
    let first = get(app, &public, &[]).await;
    assert_eq!(header(&first, "cache-control"), "public, max-age=60");
    let vary: Vec<_> =
        first.headers().get_all("vary").iter().map(|value| value.to_str().unwrap().to_lowercase()).collect();
    for name in ["accept", "authorization", "x-seeka-tenant"] {
        assert!(vary.iter().any(|value| value.contains(name)), "{vary:?}");
    }
    let tag = header(&first, "etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let body: Value = first.json().await.unwrap();
    assert!(body["extensions"]["cost"]["remaining"].is_null(), "a shared answer names somebody's budget: {body:#}");

    let again = get(app, &public, &[("if-none-match", &format!("\"other\", {tag}"))]).await;
    assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, &*tag));
    assert_eq!(again.bytes().await.unwrap().len(), 0);
    assert_eq!(get(app, &public, &[("if-none-match", "\"other\"")]).await.status(), StatusCode::OK);

    // What depends on the viewer, what failed, what is not public and what is not a GET.
    let own = app.user().request(Method::GET, "/graphql").query(&public).header("if-none-match", &tag);
    let own = own.send().await.unwrap();
    assert_eq!((own.status().as_u16(), header(&own, "cache-control")), (200, "private, no-store"));
    for private in ["{ __typename }", "{ node(id: \"nonsense\") { id } }", "{ nothing }"] {
        let response = get(app, &[("query", private)], &[]).await;
        assert_eq!(
            (header(&response, "cache-control"), header(&response, "etag")),
            ("private, no-store", ""),
            "{private}"
        );
    }
    let posted = app.viewer().request(Method::POST, "/graphql").json(&json!({"query": public[0].1}));
    assert_eq!(header(&posted.send().await.unwrap(), "cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_document_is_sent_once_and_named_by_its_hash_then() {
    let app = TestApp::get().await;
    let document = format!("{{ persisted_{}: __typename }}", crate::support::Story::new("p").unique());
    let hash = hex(&document);
    let named = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    let post = |body: Value| async move { app.viewer().post("application/json", body.to_string()).await };

    let unknown = post(json!({"extensions": named})).await;
    assert_eq!((unknown.status, unknown.codes()), (200, vec!["PERSISTED_QUERY_NOT_FOUND"]));
    assert_eq!(unknown.body["errors"][0]["message"], "PersistedQueryNotFound");
    let wrong = post(json!({"query": "{ __typename }", "extensions": named})).await;
    assert_eq!((wrong.status, wrong.codes()), (400, vec!["BAD_USER_INPUT"]));
    let unknown = post(json!({"extensions": named})).await;
    assert_eq!(unknown.codes(), ["PERSISTED_QUERY_NOT_FOUND"], "a document of another hash was kept");

    assert!(post(json!({"query": document, "extensions": named})).await.body["errors"].is_null());
    assert!(post(json!({"extensions": named})).await.body["errors"].is_null());
    assert!(post(json!({"documentId": format!("sha256:{hash}")})).await.body["errors"].is_null());
    let by_get = get(app, &[("extensions", &named.to_string())], &[]).await;
    assert_eq!(by_get.status(), StatusCode::OK);
    for malformed in ["sha256:12", "md5:00", &hash, ""] {
        let answer = post(json!({"documentId": malformed})).await;
        assert_eq!((answer.status, answer.codes()), (400, vec!["BAD_USER_INPUT"]), "{malformed}");
    }
}

#[tokio::test]
async fn a_strict_server_executes_trusted_documents_only() {
    let app = TestApp::get().await;
    let trusted = "query Trusted { tenants(first: 1) { nodes { slug } } }";
    let hash = hex(trusted);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let operations = json!([{"id": hash, "name": "Trusted", "type": "query", "body": trusted}]);
    let apollo = json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations});
    for (name, manifest) in [("apollo", apollo), ("relay", json!({format!("sha256:{hash}"): trusted}))] {
        let path = folder.join(format!("trusted {name}.json"));
        std::fs::write(&path, manifest.to_string()).unwrap();
        let strict = app.sibling(&[&format!("--trusted-documents={}", path.display())]).await;
        let post = |body: Value| {
            let client = strict.viewer();
            async move { client.post("application/json", body.to_string()).await }
        };
        post(json!({"documentId": format!("sha256:{hash}")})).await.data();
        post(json!({"query": trusted})).await.data();
        for untrusted in
            ["{ __typename }", "{ __schema { types { name } } }", "query Trusted { tenants { nodes { id } } }"]
        {
            let answer = post(json!({"query": untrusted})).await;
            assert_eq!(answer.codes(), ["DOCUMENT_NOT_TRUSTED"], "{untrusted}");
            assert!(answer.body.get("data").is_none());
        }
        let answer = post(json!({"documentId": format!("sha256:{}", "0".repeat(64))})).await;
        assert_eq!(answer.codes(), ["PERSISTED_QUERY_NOT_FOUND"]);
    }
}

#[tokio::test]
async fn several_operations_come_in_one_request() {
    let app = TestApp::get().await;
    let good = json!({"query": "{ tenants(first: 1) { nodes { id } } }"});
    let bad = json!({"query": "{ nothing }"});
    let answer = app.viewer().post("application/json", json!([good, bad, good]).to_string()).await;
    assert_eq!(answer.status, 200);
    let answers = answer.body.as_array().expect("an array");
    assert_eq!(answers.iter().map(|answer| answer["errors"].is_null()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(answers[0]["data"], answers[2]["data"]);
    for (wrong, code) in [
        (json!([]), "BAD_USER_INPUT"),
        (json!([[]]), "BAD_USER_INPUT"),
        (json!([good, {}]), "BAD_USER_INPUT"),
        (Value::Array(vec![good.clone(); 11]), "QUERY_TOO_COMPLEX"),
    ] {
        let answer = app.viewer().post("application/json", wrong.to_string()).await;
        assert_eq!((answer.status, answer.codes()), (400, vec![code]), "{wrong}");
    }
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_who_wants_it() {
    let app = TestApp::get().await;
    let query = [("query", "{ episodes(first: 50) { nodes { id title synopsis } } }")];
    for coding in ["gzip", "br"] {
        let response = get(app, &query, &[("accept-encoding", coding)]).await;
        assert_eq!(header(&response, "content-encoding"), coding);
    }
    assert_eq!(header(&get(app, &query, &[]).await, "content-encoding"), "");
}
