use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

/// Somebody who sends requests.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    http: reqwest::Client,
    headers: Vec<(&'static str, String)>,
}

/// The answer to a GraphQL request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Value,
    /// What the server asks for to sign in.
    pub(crate) challenge: Option<String>,
    /// How many seconds the client shall wait.
    pub(crate) retry_after: Option<u64>,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        // A client asks which TLS there is, even for plain HTTP, and a test may be the first to have one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The server ends connections that are silent for ten seconds, and a test that works meanwhile does not notice.
        // Nothing here is asked by TLS, and to read the certificates of the machine takes a while.
        let http = reqwest::Client::builder().tls_certs_only([]).pool_idle_timeout(Duration::from_secs(4));
        let http = http.build().expect("a client");
        Self { base: base.to_owned(), http, headers: Vec::new() }
    }

    pub(crate) fn with_token(self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// The same, at another server.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Confined to a tenant.
    pub(crate) fn in_tenant(&self, slug: &str) -> Self {
        self.clone().with_header("x-seeka-tenant", slug)
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(reqwest::Method::GET, path).send().await.expect("the server answers")
    }

    /// Posts a body of any kind to `/graphql`.
    pub(crate) async fn post(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(reqwest::Method::POST, "/graphql").header("content-type", content_type).body(body);
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
        let text = response.text().await.expect("the answer is text");
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Answer { status, body, challenge, retry_after }
    }

    pub(crate) async fn send(&self, query: &str, variables: Value) -> Answer {
        let body = json!({"query": query, "variables": variables});
        self.post("application/json", body.to_string()).await
    }

    /// Sends a mutation, and asks its payload for `selection`.
    pub(crate) async fn mutate(&self, name: &str, selection: &str, input: Value) -> Answer {
        let kind = input_type(name);
        let query = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} }} }}");
        self.send(&query, json!({"input": input})).await
    }

    pub(crate) async fn query(&self, query: &str) -> Answer {
        self.send(query, json!({})).await
    }

    /// The answer and the Cypher files that it cost, in order. Only an operator learns them.
    pub(crate) async fn explain(&self, query: &str) -> (Answer, Vec<String>) {
        let answer = self.clone().with_header("seeka-debug", "statements").query(query).await;
        let statements = answer.body["extensions"]["debug"]["statements"].as_array().expect("an operator asks");
        let names = statements.iter().map(|statement| statement["statement"].as_str().unwrap().to_owned());
        let names = names.collect();
        (answer, names)
    }
}

/// The codes of the user errors of a payload.
pub(crate) fn codes(payload: &Value) -> Vec<&str> {
    payload["userErrors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}

/// What the type of a mutation's input is called.
pub(crate) fn input_type(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    format!("{}{rest}Input", first.to_uppercase())
}

impl Answer {
    /// The data, which must be complete.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "errors: {:#}", self.body);
        assert_eq!(self.status, 200);
        &self.body["data"]
    }

    /// The codes of all errors.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("none")).collect()
    }
}
