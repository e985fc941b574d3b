//! A provider whose tokens are wrong in all ways: a small one of the tests, since no real one would make them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::world::{AppProof, code_of, configuration, login, somebody, start_server};
use crate::support::{CLIENT_ID, CLIENT_SECRET, Client, TestApp, data_folder};

/// The key of the provider, and one that it does not tell of.
static KEYS: LazyLock<[Ed25519KeyPair; 2]> =
    LazyLock::new(|| [Ed25519KeyPair::generate().unwrap(), Ed25519KeyPair::generate().unwrap()]);

struct Rogue {
    issuer: String,
    nonce: String,
    subject: String,
    /// How often it was asked for an answer that does not come.
    asked_slowly: AtomicUsize,
}

fn public(key: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(key.public_key().as_ref())
}

fn private(key: &Ed25519KeyPair) -> EncodingKey {
    EncodingKey::from_ed_der(key.to_pkcs8v1().unwrap().as_ref())
}

/// The answer to a code: what is wrong with it.
async fn token(State(rogue): State<Arc<Rogue>>, form: String) -> Json<Value> {
    let access_token = "an-access-token";
    // The digest that belongs to EdDSA with Ed25519.
    let at_hash = |token: &str| URL_SAFE_NO_PAD.encode(&Sha512::digest(token)[..32]);
    let mut claims = json!({
        "iss": rogue.issuer, "aud": CLIENT_ID, "sub": rogue.subject, "nonce": rogue.nonce,
        "iat": Utc::now().timestamp(), "exp": Utc::now().timestamp() + 300,
        "email": format!("{}@example.org", rogue.subject), "email_verified": true, "at_hash": at_hash(access_token),
    });
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some("1".to_owned());
    let mut key = private(&KEYS[0]);
    let form: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).collect();
    match &*form["code"] {
        "good" => {}
        "issuer" => claims["iss"] = json!("https://example.com"),
        "audience" => claims["aud"] = json!("another client"),
        "audiences" => claims["aud"] = json!([CLIENT_ID, "another client"]),
        "expired" => claims["exp"] = json!(Utc::now().timestamp() - 300),
        "nonce" => claims["nonce"] = json!("another nonce"),
        "no nonce" => _ = claims.as_object_mut().unwrap().remove("nonce"),
        "access token" => claims["at_hash"] = json!(at_hash("another-access-token")),
        "key" => key = private(&KEYS[1]),
        // With the client's secret, and with the public key, which everybody knows.
        "hmac" => (header.alg, key) = (Algorithm::HS256, EncodingKey::from_secret(CLIENT_SECRET.as_bytes())),
        "public hmac" => (header.alg, key) = (Algorithm::HS256, EncodingKey::from_secret(public(&KEYS[0]).as_bytes())),
        "none" => {
            let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let token = format!("{}.{}.", part(json!({"alg": "none"})), part(claims));
            return Json(json!({"access_token": access_token, "token_type": "Bearer", "id_token": token}));
        }
        "no token" => return Json(json!({"access_token": access_token, "token_type": "Bearer"})),
        "long" => return Json(json!({"access_token": "a".repeat(2_000_000), "token_type": "Bearer"})),
        "slow" => {
            rogue.asked_slowly.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        other => panic!("{other}"),
    }
    let token = jsonwebtoken::encode(&header, &claims, &key).unwrap();
    Json(json!({"access_token": access_token, "token_type": "Bearer", "id_token": token}))
}

async fn discovery(State(rogue): State<Arc<Rogue>>) -> Json<Value> {
    let at = |path: &str| format!("{}/{path}", rogue.issuer);
    Json(json!({
        "issuer": rogue.issuer, "authorization_endpoint": at("auth"), "token_endpoint": at("token"),
        "jwks_uri": at("jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        // It says that it signs in ways that nobody should believe.
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

async fn jwks() -> Json<Value> {
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "1", "x": public(&KEYS[0])}]}))
}

/// Starts the provider, and a server that knows it.
async fn start(name: &str, proof: &AppProof, subject: &str) -> (Client, Arc<Rogue>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let (nonce, subject) = (proof.nonce.clone(), subject.to_owned());
    let rogue = Arc::new(Rogue { issuer: issuer.clone(), nonce, subject, asked_slowly: AtomicUsize::new(0) });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .with_state(Arc::clone(&rogue));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let data = data_folder(name);
    let file = configuration(data.as_ref(), |name| (name == "rogue").then(|| issuer.clone()));
    let flags = [format!("--data={data}"), format!("--identity-providers={}", file.display())];
    let base =
        start_server(&[&flags[0], &flags[1], "--provider-timeout-ms=1000", "--max-concurrent-per-client=64"]).await;
    (Client::new(&base), rogue)
}

#[tokio::test]
async fn so_many_wait_for_a_slow_provider_and_no_more() {
    TestApp::get().await;
    let (proof, subject) = (AppProof::new("rogue"), somebody("rogue"));
    let (client, rogue) = start("slow provider", &proof, &subject).await;
    let with = |code: &str| AppProof { code: code.to_owned(), ..proof.clone() };
    let (slow, good) = (with("slow"), with("good"));
    // The provider is known before so many come at once.
    assert_eq!(login(&client, &good).await["userErrors"], json!([]));
    let payloads = join_all((0..40).map(|_| login(&client, &slow))).await;
    assert!(payloads.iter().all(|payload| code_of(payload) == "PROVIDER_UNAVAILABLE"));
    assert_eq!(rogue.asked_slowly.load(Ordering::Relaxed), 16);
    assert_eq!(login(&client, &good).await["userErrors"], json!([]));
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused() {
    TestApp::get().await;
    let (proof, subject) = (AppProof::new("rogue"), somebody("rogue"));
    let (client, _) = start("rogue provider", &proof, &subject).await;
    let with = |code: &str| AppProof { code: code.to_owned(), ..proof.clone() };
    for flaw in [
        "issuer",
        "audience",
        "audiences",
        "expired",
        "nonce",
        "no nonce",
        "access token",
        "key",
        "hmac",
        "public hmac",
        "none",
        "no token",
    ] {
        let payload = login(&client, &with(flaw)).await;
        assert_eq!(payload["signedIn"], json!(null), "{flaw}");
        assert!(["INVALID_TOKEN", "PROVIDER_UNAVAILABLE"].contains(&code_of(&payload)), "{flaw}: {payload}");
    }
    for flaw in ["long", "slow"] {
        assert_eq!(code_of(&login(&client, &with(flaw)).await), "PROVIDER_UNAVAILABLE", "{flaw}");
    }
    // Nothing but the flaws was wrong.
    let payload = login(&client, &with("good")).await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["signedIn"]["user"]["handle"], json!(subject));
}
