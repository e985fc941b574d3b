//! What is secret stands in no log and not in the graph.

use std::fs::File;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;

use super::world::{PAGE, TEST, World, challenge, configuration, is_page, login, rows, somebody};
use crate::support::{Browser, CLIENT_SECRET, SeekaProcess, TestApp, data_folder, parameter, redirect};

/// Where the server believes to be; its port is free to choose only when it has started.
const BELIEVED: &str = "http://127.0.0.1:4711";

#[derive(Deserialize)]
struct Properties {
    properties: String,
}

#[tokio::test]
async fn no_secret_is_logged_or_kept() {
    let world = World::get().await;
    let app = TestApp::get().await;
    let data = PathBuf::from(data_folder("secretive"));
    let file = configuration(&data, |name| (name == TEST).then(|| world.issuer(TEST).to_owned()));
    let log = data.join("log");
    let arguments = [
        "--data",
        data.to_str().unwrap(),
        "--log",
        "debug,h2=info,neo4rs=warn",
        "--public-url",
        BELIEVED,
        "--identity-providers",
        file.to_str().unwrap(),
        "--return-origins",
        "https://tv.example.org",
        "--argon2-memory-kib",
        "64",
        "--argon2-iterations",
        "1",
    ];
    let process = SeekaProcess::start_with(&arguments, &app.neo4j(), File::create(&log).unwrap()).await;

    let (browser, ada) = (Browser::new(), somebody("ada"));
    let verifier = "the secret of the page";
    let start = format!("{}/auth/test/start?return_to={PAGE}&challenge={}", process.base, challenge(verifier));
    let start = browser.open(&start).await;
    let cookie = start.headers()["set-cookie"].to_str().unwrap().to_owned();
    let cookie = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let there = redirect(&start).unwrap();
    let callback = browser.go(there.as_str(), &ada, |url| url.path().ends_with("/callback")).await;
    let here = callback.as_str().replace(BELIEVED, &process.base);
    let page = redirect(&browser.open(&here).await).unwrap();
    assert!(is_page(&page), "{page}");
    let login_code = parameter(&page, "login_code").expect("a code");
    let redeem = "mutation($input: RedeemLoginCodeInput!) { redeemLoginCode(input: $input) {
        signedIn { user { id } tokens { accessToken refreshToken } } } }";
    let input = json!({"input": {"code": login_code, "verifier": verifier}});
    let answer = process.client().send(redeem, input).await;
    let tokens = answer.data()["redeemLoginCode"]["signedIn"]["tokens"].clone();
    let proof = world.app_proof(TEST, &ada).await;
    let signed_in = login(&process.client(), &proof).await;
    assert_eq!(signed_in["userErrors"], json!([]));
    // What is refused is logged, too.
    login(&process.client(), &proof).await;

    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let secrets = [
        ("the state", parameter(&there, "state").unwrap()),
        ("the nonce", parameter(&there, "nonce").unwrap()),
        ("the cookie", cookie),
        ("the provider's code", parameter(&callback, "code").unwrap()),
        ("the login code", login_code),
        ("the secret of the page", verifier.to_owned()),
        ("the access token", text(&tokens["accessToken"])),
        ("the refresh token", text(&tokens["refreshToken"]).rsplit('.').next().unwrap().to_owned()),
        ("the app's code", proof.code),
        ("the app's verifier", proof.verifier),
        ("the app's nonce", proof.nonce),
        ("the client's secret", CLIENT_SECRET.to_owned()),
        ("the address", format!("{ada}@example.org")),
    ];
    let lines = std::fs::read_to_string(&log).unwrap();
    assert!(lines.contains("a provider took no code"), "{lines}");
    let answered = lines.lines().filter(|line| line.contains("answered")).count();
    assert_eq!(answered, 5, "a line for each request: {lines}");
    for (name, secret) in &secrets {
        assert!(secret.len() > 8, "{name}");
        assert!(!lines.contains(secret.as_str()), "{name} is in the log");
    }
    let unkept = secrets.iter().filter(|(name, _)| *name != "the address").map(|(_, secret)| secret.clone());
    // Other tests leave events by the thousand, so only those are returned that tell too much.
    let kept = rows::<Properties>(
        "MATCH (n:SignInAttempt|LoginCode|Identity|Event|Session)
         WITH reduce(text = '', key IN keys(n) | text + ' ' + CASE
             WHEN valueType(n[key]) STARTS WITH 'LIST'
               THEN reduce(items = '', item IN toStringList(n[key]) | items + ' ' + item)
             ELSE toString(n[key])
           END) AS properties
         WHERE any(secret IN $secrets WHERE properties CONTAINS secret)
         RETURN properties
         LIMIT 5",
        vec![("secrets", unkept.collect::<Vec<_>>().into())],
    );
    let kept: Vec<_> = kept.await.into_iter().map(|row| row.properties).collect();
    assert_eq!(kept, Vec::<String>::new(), "a secret is in the graph");
}
