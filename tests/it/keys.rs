//! The keys of access tokens: what they publish, what they refuse, and how they change while a server runs.

use std::fs;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Utc;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use reqwest::Method;
use seeka::id::UserId;
use serde_json::{Value, json};

use crate::support::{Client, Member, SeekaProcess, TestApp, data_folder};

const JWKS: &str = "/.well-known/jwks.json";
const WHO: &str = "{ viewer { user { handle } } }";

async fn published(client: &Client) -> Value {
    client.get(JWKS).await.json().await.unwrap()
}

/// A token that would hold at the shared server, with changes of its header and its claims; `null` removes.
fn token(app: &TestApp, header: &Value, claims: &Value, sign: impl FnOnce(&str, &[u8]) -> String) -> String {
    let pem = fs::read_to_string(format!("{}/signing-keys.pem", app.data())).unwrap();
    let key = STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap();
    let kid = jsonwebtoken::decode_header(app.token()).unwrap().kid.unwrap();
    let now = Utc::now().timestamp();
    let part = |whole: Value, changes: &Value| {
        let mut whole = whole;
        for (name, value) in changes.as_object().unwrap() {
            whole[name] = value.clone();
        }
        whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        URL_SAFE_NO_PAD.encode(whole.to_string())
    };
    let header = part(json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid}), header);
    let usual =
        json!({"iss": "urn:seeka:local", "aud": "seeka", "sub": UserId::generate(), "iat": now, "exp": now + 900});
    let message = format!("{header}.{}", part(usual, claims));
    let signature = sign(&message, &key);
    format!("{message}.{signature}")
}

fn by_key(message: &str, key: &[u8]) -> String {
    jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_ed_der(key), Algorithm::EdDSA).unwrap()
}

fn by_secret(secret: Vec<u8>) -> impl FnOnce(&str, &[u8]) -> String {
    move |message, _| {
        jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(&secret), Algorithm::HS256).unwrap()
    }
}

#[tokio::test]
async fn everybody_can_check_a_token_with_the_published_keys() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let response = app.viewer().with_header("origin", "https://anywhere.example").get(JWKS).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/jwk-set+json"));
    assert_eq!(header("cache-control").as_deref(), Some("public, max-age=300"));
    assert_eq!(header("access-control-allow-origin").as_deref(), Some("*"));
    let body: Value = response.json().await.unwrap();
    let keys = body["keys"].as_array().unwrap();
    assert!((1..=2).contains(&keys.len()));
    for key in keys {
        // Public members and no others.
        let names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
        assert_eq!([&key["kty"], &key["crv"], &key["alg"], &key["use"]], ["OKP", "Ed25519", "EdDSA", "sig"]);
    }
    let set: JwkSet = serde_json::from_value(body).unwrap();
    let kid = jsonwebtoken::decode_header(&ada.access_token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(set.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["seeka"]);
    validation.set_issuer(&["urn:seeka:local"]);
    let claims = jsonwebtoken::decode::<Value>(&ada.access_token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], ada.id);

    let head = app.viewer().request(Method::HEAD, JWKS).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), head.headers()["cache-control"].to_str().unwrap()),
        (200, "public, max-age=300")
    );
    assert!(head.text().await.unwrap().is_empty());
    assert_eq!(app.viewer().request(Method::POST, JWKS).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn a_forged_token_is_refused_and_never_anonymous() {
    let app = TestApp::get().await;
    let now = Utc::now().timestamp();
    let (none, same) = (json!({}), json!({}));
    let x = published(&app.viewer()).await["keys"][0]["x"].as_str().unwrap().to_owned();
    let raw = URL_SAFE_NO_PAD.decode(&x).unwrap();
    let spki = STANDARD.encode([&[48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0], &*raw].concat());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
    let hs256 = json!({"alg": "HS256"});
    let another = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    let whole = token(app, &same, &same, by_key);
    let forgeries = [
        ("no algorithm", token(app, &json!({"alg": "none"}), &none, |_, _| String::new())),
        ("no algorithm, but a signature", token(app, &json!({"alg": "none"}), &none, by_key)),
        ("the raw public key as a secret", token(app, &hs256, &none, by_secret(raw.clone()))),
        ("its base 64 as a secret", token(app, &hs256, &none, by_secret(x.into_bytes()))),
        ("its PEM as a secret", token(app, &hs256, &none, by_secret(pem.into_bytes()))),
        ("a secret and no key id", token(app, &json!({"alg": "HS256", "kid": null}), &none, by_secret(raw))),
        ("no key id", token(app, &json!({"kid": null}), &none, by_key)),
        ("an unknown key id", token(app, &json!({"kid": "unknown"}), &none, by_key)),
        ("another key", token(app, &none, &none, |message, _| by_key(message, another.as_ref()))),
        ("another type", token(app, &json!({"typ": "JWT"}), &none, by_key)),
        ("something critical", token(app, &json!({"crit": ["exp"]}), &none, by_key)),
        ("another audience", token(app, &none, &json!({"aud": "another"}), by_key)),
        ("no audience", token(app, &none, &json!({"aud": null}), by_key)),
        ("another issuer", token(app, &none, &json!({"iss": "https://evil.example"}), by_key)),
        ("no issuer", token(app, &none, &json!({"iss": null}), by_key)),
        ("expired", token(app, &none, &json!({"exp": now - 60}), by_key)),
        ("no end", token(app, &none, &json!({"exp": null}), by_key)),
        ("not yet valid", token(app, &none, &json!({"nbf": now + 60}), by_key)),
        ("no user", token(app, &none, &json!({"sub": null}), by_key)),
        ("no user's id", token(app, &none, &json!({"sub": "admin"}), by_key)),
        ("cut off", whole[..whole.len() - 1].to_owned()),
        ("without its signature", whole[..=whole.rfind('.').unwrap()].to_owned()),
        ("two of them", format!("{whole} {whole}")),
        ("garbage", "\u{e9}".to_owned()),
        ("dots", "..".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, forged) in forgeries {
        for scheme in ["Bearer", "bearer"] {
            let client = app.viewer().with_header("authorization", &format!("{scheme} {forged}"));
            let answer = client.query("{ __typename }").await;
            assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED"]), "{what}: {:#}", answer.body);
            assert_eq!(answer.challenge.as_deref(), Some(r#"Bearer error="invalid_token""#), "{what}");
            assert!(answer.body.get("data").is_none(), "{what}");
        }
    }
    // What they all differ from, in each spelling of the scheme (RFC 9110, section 11.1).
    for scheme in ["Bearer", "bearer", "BEARER"] {
        app.viewer().with_header("authorization", &format!("{scheme} {whole}")).query("{ __typename }").await.data();
    }
}

/// Waits until the server has taken up its keys.
async fn wait_for(client: &Client, kids: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let keys = published(client).await;
        let found: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        if found == kids {
            return;
        }
        assert!(Instant::now() < deadline, "{found:?} instead of {kids:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The ids that `seeka keys` printed, the one that signs first.
fn kids(out: &str) -> Vec<&str> {
    out.lines().map(|line| line.split_whitespace().next().unwrap()).collect()
}

#[tokio::test]
async fn keys_are_rotated_while_the_server_runs() {
    let app = TestApp::get().await;
    let folder = data_folder("rotated keys");
    fs::create_dir_all(&folder).unwrap();
    let file = format!("{folder}/keys.pem");
    let keys = async |command: &str| SeekaProcess::run(&["keys", command, "--signing-keys-file", &file], &[]).await;

    // Without a file, the first rotation makes one.
    let (code, first, err) = keys("rotate").await;
    assert_eq!((code, err.as_str(), first.lines().count()), (Some(0), "", 1));
    let server = app.sibling(&[&format!("--signing-keys-file={file}")]).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    let handle = json!({"user": {"handle": ada.handle}});
    wait_for(&server.viewer(), &kids(&first)).await;

    let (code, second, err) = keys("rotate").await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(second.lines().next().unwrap().ends_with("signs from now on"), "{second}");
    let ids = kids(&second);
    assert_eq!((ids.len(), ids[1]), (2, kids(&first)[0]));
    let (_, listed, _) = keys("list").await;
    assert_eq!(listed, format!("{}  signs\n{}  checks\n", ids[0], ids[1]));
    wait_for(&server.viewer(), &ids).await;
    // The tokens of the key before go on holding, and new ones are signed by the new key.
    assert_eq!(ada.client.query(WHO).await.data()["viewer"], handle);
    let bob = Member::register(&server.viewer(), "bob").await;
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!((kid(&ada.access_token).as_str(), kid(&bob.access_token).as_str()), (ids[1], ids[0]));

    let (_, third, _) = keys("rotate").await;
    assert_eq!(kids(&third)[1], ids[0]);
    wait_for(&server.viewer(), &kids(&third)).await;
    assert_eq!(bob.client.query(WHO).await.data()["viewer"]["user"]["handle"], bob.handle);
    let answer = ada.client.query(WHO).await;
    assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED"]));

    // A file that is broken leaves the server as it is.
    fs::write(&file, "nonsense").unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bob.client.query(WHO).await.data()["viewer"]["user"]["handle"], bob.handle);
    wait_for(&server.viewer(), &kids(&third)).await;
    let (code, out, err) = keys("rotate").await;
    assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1));
    assert!(err.contains(&file) && err.contains("no Ed25519 private key"), "{err}");
}

#[tokio::test]
async fn keys_that_cannot_be_written_are_one_line() {
    let folder = data_folder("unwritable keys");
    fs::create_dir_all(&folder).unwrap();
    let file = format!("{folder}/nowhere/keys.pem");
    let (code, out, err) = SeekaProcess::run(&["keys", "rotate", "--signing-keys-file", &file], &[]).await;
    assert_eq!((code, out.as_str(), err.lines().count()), (Some(1), "", 1));
    assert!(err.contains(&file) && err.contains("cannot be written"), "{err}");
    let (code, _, err) = SeekaProcess::run(&["keys", "list", "--signing-keys-file", &file], &[]).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1));
    assert!(err.contains(&file) && err.contains("cannot be read"), "{err}");
    // Beside servers that others may share, there are no keys of this machine alone.
    let variables = [("NEO4J_URI", "bolt://127.0.0.1:1"), ("NEO4J_PASSWORD", "x"), ("S3_BUCKET", "somewhere")];
    let (code, _, err) = SeekaProcess::run(&["keys", "rotate", "--data", &folder], &variables).await;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("SEEKA_SIGNING_KEYS_FILE is not set"), "{err}");
}

#[tokio::test]
async fn the_keys_of_a_data_folder_are_rotated_without_their_secrets() {
    let data = data_folder("own keys");
    let (code, first, err) = SeekaProcess::run(&["keys", "list", "--data", &data], &[]).await;
    assert_eq!((code, err.as_str(), first.lines().count()), (Some(0), "", 1));
    let (_, second, _) = SeekaProcess::run(&["keys", "rotate", "--data", &data], &[]).await;
    assert_eq!(kids(&second)[1..], kids(&first));
    let pem = fs::read_to_string(format!("{data}/signing-keys.pem")).unwrap();
    let secrets: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(secrets.len(), 2);
    assert!(secrets.iter().all(|secret| !first.contains(secret) && !second.contains(secret)));
}
