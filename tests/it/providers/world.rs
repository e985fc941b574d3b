use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use neo4rs::BoltType;
use seeka::graph::Statement;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use url::Url;

use crate::support::{
    APP_REDIRECT_URI, Browser, CLIENT_ID, CLIENT_SECRET, Client, IdentityProvider, TestApp, data_folder, parameter,
};

/// A page of the frontend, with a query of its own.
pub(super) const PAGE: &str = "https://tv.example.org/home?from=test";
/// The provider that tells the address by the user info.
pub(super) const TEST: &str = "test";
/// The provider that tells it by the ID token.
pub(super) const TOKEN: &str = "token";
/// The provider that does not answer.
pub(super) const DOWN: &str = "down";

/// What a page of the tests keeps, and shows with the code that it gets.
const PAGE_SECRET: &str = "a secret of the page";

/// How long a test waits for a mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server with providers, started once for all tests here.
pub(super) struct World {
    pub(super) base: String,
    pub(super) data: PathBuf,
    providers: HashMap<&'static str, IdentityProvider>,
}

static WORLD: OnceCell<World> = OnceCell::const_new();

impl World {
    pub(super) async fn get() -> &'static Self {
        WORLD.get_or_init(Self::start).await
    }

    async fn start() -> Self {
        let providers = tokio::task::spawn_blocking(|| {
            let test = IdentityProvider::start(TEST, false);
            HashMap::from([(TEST, test), (TOKEN, IdentityProvider::start(TOKEN, true))])
        });
        let providers = providers.await.expect("the providers start");
        let data = PathBuf::from(data_folder("providers"));
        let file = configuration(&data, |name| providers.get(name).map(|provider| provider.issuer.clone()));
        let (base, flags) = (format!("--data={}", data.display()), format!("--identity-providers={}", file.display()));
        let base = start_server(&[
            &base,
            &flags,
            "--cors-origins=https://asks.example.org,*",
            "--return-origins=https://tv.example.org",
        ])
        .await;
        Self { base, data, providers }
    }

    /// Somebody who has not signed in.
    pub(super) fn viewer(&self) -> Client {
        Client::new(&self.base)
    }

    pub(super) fn issuer(&self, provider: &str) -> &str {
        &self.providers[provider].issuer
    }

    /// Where a browser begins that comes back to `return_to`.
    pub(super) fn start_url(&self, provider: &str, return_to: &str) -> String {
        let mut url = Url::parse(&format!("{}/auth/{provider}/start", self.base)).unwrap();
        url.query_pairs_mut().append_pair("return_to", return_to).append_pair("challenge", &challenge(PAGE_SECRET));
        url.into()
    }

    /// Signs in with a browser as far as the page, whose address is returned.
    pub(super) async fn to_page(&self, browser: &Browser, provider: &str, login: &str) -> Url {
        browser.go(&self.start_url(provider, PAGE), login, is_page).await
    }

    /// Signs in with a browser as far as the way back to the server.
    pub(super) async fn to_callback(&self, browser: &Browser, provider: &str, login: &str) -> Url {
        browser.go(&self.start_url(provider, PAGE), login, |url| url.path().ends_with("/callback")).await
    }

    /// Has an app send somebody to a provider.
    pub(super) async fn app_proof(&self, provider: &str, login: &str) -> AppProof {
        let proof = AppProof::new(provider);
        let mut url = Url::parse(&format!("{}/auth", self.issuer(provider))).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("redirect_uri", APP_REDIRECT_URI),
            ("nonce", &proof.nonce),
            ("state", "of the app"),
            ("code_challenge", &challenge(&proof.verifier)),
            ("code_challenge_method", "S256"),
        ]);
        let back = Browser::new().go(url.as_str(), login, |url| url.as_str().starts_with(APP_REDIRECT_URI)).await;
        AppProof { code: parameter(&back, "code").expect("a code"), ..proof }
    }

    /// Signs in from an app.
    pub(super) async fn login(&self, proof: &AppProof) -> Value {
        login(&self.viewer(), proof).await
    }

    /// Signs in from an app as somebody who can; returns who they are, signed in.
    pub(super) async fn member(&self, provider: &str, login: &str) -> (String, Client) {
        let payload = self.login(&self.app_proof(provider, login).await).await;
        self.signed_in(&payload)
    }

    /// Whom a payload has signed in.
    pub(super) fn signed_in(&self, payload: &Value) -> (String, Client) {
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        let token = payload["signedIn"]["tokens"]["accessToken"].as_str().expect("a token");
        let id = payload["signedIn"]["user"]["id"].as_str().expect("a user");
        (id.to_owned(), self.viewer().with_token(token))
    }

    /// Exchanges the code in the address of a page.
    pub(super) async fn redeem(&self, mut input: Value) -> Value {
        input.as_object_mut().unwrap().entry("verifier").or_insert_with(|| json!(PAGE_SECRET));
        let answer = self.viewer().send(REDEEM, json!({"input": input})).await;
        answer.data()["redeemLoginCode"].clone()
    }

    /// Waits for a mail with this subject to somebody.
    pub(super) async fn mail(&self, subject: &str, to: &str) {
        let deadline = Instant::now() + PATIENCE;
        let headers = [format!("Subject: {subject}\r\n"), format!("To: {to}\r\n")];
        let is_it = |mail: &String| headers.iter().all(|header| mail.contains(header));
        while !self.each_mail().any(|mail| is_it(&mail)) {
            assert!(Instant::now() < deadline, "no mail {subject:?} to {to}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// All mails that were written.
    pub(super) fn mails(&self) -> String {
        self.each_mail().collect()
    }

    fn each_mail(&self) -> impl Iterator<Item = String> {
        let mails = std::fs::read_dir(self.data.join("mail")).unwrap();
        mails.map(|mail| std::fs::read_to_string(mail.unwrap().path()).unwrap_or_default())
    }
}

/// An event, as far as tests look at it.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Kind {
    pub(super) kind: String,
    pub(super) payload: String,
}

/// What an app brings back from a provider.
#[derive(Clone)]
pub(super) struct AppProof {
    pub(super) provider: String,
    pub(super) code: String,
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
    pub(super) nonce: String,
}

impl AppProof {
    pub(super) fn new(provider: &str) -> Self {
        let random = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        Self {
            provider: provider.to_owned(),
            code: String::new(),
            verifier: random(),
            redirect_uri: APP_REDIRECT_URI.to_owned(),
            nonce: random(),
        }
    }

    pub(super) fn input(&self) -> Value {
        json!({"input": {
            "provider": self.provider, "code": self.code, "verifier": self.verifier,
            "redirectUri": self.redirect_uri, "nonce": self.nonce,
        }})
    }
}

const LOGIN: &str = "mutation($input: LoginWithProviderInput!) { loginWithProvider(input: $input) {
    signedIn { user { id handle displayName } tokens { accessToken refreshToken } } userErrors { field code }
} }";
const REDEEM: &str = "mutation($input: RedeemLoginCodeInput!) { redeemLoginCode(input: $input) {
    signedIn { user { id handle displayName } tokens { accessToken refreshToken } } userErrors { field code }
} }";

pub(super) async fn login(anybody: &Client, proof: &AppProof) -> Value {
    anybody.send(LOGIN, proof.input()).await.data()["loginWithProvider"].clone()
}

/// The only user error of a payload.
#[track_caller]
pub(super) fn code_of(payload: &Value) -> &str {
    let errors = payload["userErrors"].as_array().expect("user errors");
    assert_eq!(errors.len(), 1, "{payload}");
    errors[0]["code"].as_str().unwrap()
}

/// The S256 challenge of a PKCE verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

pub(super) fn is_page(url: &Url) -> bool {
    url.as_str().starts_with(PAGE)
}

/// A name that no other test has; it is the start of an address of `example.org`.
pub(super) fn somebody(name: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("{name}_p{:x}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Writes the file of the providers: those that `issuer` knows, and one that does not answer.
pub(super) fn configuration(folder: &Path, issuer: impl Fn(&str) -> Option<String>) -> PathBuf {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let entry = |name: &str| {
        let issuer = if name == DOWN { Some(format!("http://{free}")) } else { issuer(name) };
        issuer.map(|issuer| {
            json!({
                "name": name, "displayName": format!("The {name} provider"), "issuer": issuer, "clientId": CLIENT_ID,
                "clientSecretFile": "client-secret", "mobileRedirectUris": [APP_REDIRECT_URI],
            })
        })
    };
    let entries: Vec<_> = [TEST, TOKEN, "rogue", DOWN].into_iter().filter_map(entry).collect();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("client-secret"), format!("{CLIENT_SECRET}\n")).unwrap();
    let file = folder.join("providers.json");
    std::fs::write(&file, json!(entries).to_string()).unwrap();
    file
}

/// Starts a server that knows its own address, which lasts as long as the tests.
pub(super) async fn start_server(flags: &[&str]) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let public = format!("--public-url={base}");
    let flags = [flags, &[&public]].concat();
    let sibling = TestApp::get().await.sibling_on(listener, &flags).await;
    assert_eq!(sibling.base, base);
    // It ends when it is dropped.
    std::mem::forget(sibling);
    base
}

/// The rows of a statement of a test.
pub(super) async fn rows<R: DeserializeOwned + Send + 'static>(
    text: &'static str,
    parameters: Vec<(&'static str, BoltType)>,
) -> Vec<R> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let statement = parameters
        .into_iter()
        .fold(Statement::new("tests/providers", text), |statement, (name, value)| statement.bind(name, value));
    let run = |graph: seeka::graph::Graph| async move {
        let _ = sender.send(graph.write::<R>(statement).await.unwrap());
    };
    TestApp::get().await.in_graph(run).await;
    receiver.await.unwrap()
}
