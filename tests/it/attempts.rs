//! How often secrets may be tried and given out.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, TestApp};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    signedIn { tokens { refreshToken } } userErrors { code }
} }";
/// Tests speak for many addresses, as a proxy does.
const PROXY: &str = "--trusted-proxies=127.0.0.0/8";
/// What a network that nobody has attacked has for itself.
const HOME: &str = "192.0.2.1";

fn from(client: Client, address: &str) -> Client {
    client.with_header("x-forwarded-for", address)
}

/// What an attempt comes to: a code, or `SIGNED_IN`. A refusal has to have the form that clients rely on.
async fn login(client: &Client, email: &str, password: &str) -> String {
    let answer = client.send(LOGIN, json!({"input": {"email": email, "password": password}})).await;
    if !answer.codes().is_empty() {
        assert_refused(&answer.body, answer.status);
        return answer.codes()[0].to_owned();
    }
    let payload = &answer.data()["login"];
    if payload["signedIn"].is_object() {
        return "SIGNED_IN".to_owned();
    }
    payload["userErrors"][0]["code"].as_str().unwrap().to_owned()
}

/// A mutation that was executed and met a limit: no data, one error that says how long to wait.
#[track_caller]
fn assert_refused(body: &Value, status: u16) {
    assert_eq!((status, &body["data"]), (200, &json!(null)), "{body:#}");
    let error = &body["errors"][0];
    let wait = error["extensions"]["retryAfter"].as_u64().unwrap_or_else(|| panic!("{body:#}"));
    assert!((1..=1_000).contains(&wait), "{body:#}");
    assert!(error["extensions"]["correlationId"].is_string(), "{body:#}");
}

#[tokio::test]
async fn passwords_of_an_account_are_tried_a_few_times() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--passwords-per-account=3/1000", PROXY]).await;
    let ada = Member::register(&from(server.viewer(), HOME), "ada").await;
    let attacker = from(server.viewer(), "198.51.100.1");
    for email in [&ada.email, "nobody.at.all@example.org"] {
        for _ in 0..3 {
            assert_eq!(login(&attacker, email, "not the password").await, "WRONG_CREDENTIALS");
        }
        // Whether the password is right, and whether there is such an account, is not told any more.
        for password in ["not the password", PASSWORD] {
            assert_eq!(login(&attacker, email, password).await, "RATE_LIMITED");
        }
    }
    // Another spelling of the address is the same account, and aliases of a field are as many attempts.
    assert_eq!(login(&attacker, &format!(" {}", ada.email.to_uppercase()), PASSWORD).await, "RATE_LIMITED");
    let attempt = r#"login(input: {email: "x@example.org", password: "y"}) { userErrors { code } }"#;
    let attempts: Vec<_> = (0..5).map(|n| format!("a{n}: {attempt}")).collect();
    let answer = attacker.query(&format!("mutation {{ {} }}", attempts.join(" "))).await;
    assert!(
        !answer.codes().is_empty() && answer.codes().iter().all(|code| *code == "RATE_LIMITED"),
        "{:#}",
        answer.body
    );
    assert_refused(&answer.body, answer.status);

    // Others try others, and the owner has not lost anything.
    let bob = Member::register(&from(server.viewer(), HOME), "bob").await;
    assert_eq!(login(&attacker, &bob.email, PASSWORD).await, "SIGNED_IN");
    assert_eq!(login(&from(server.viewer(), HOME), &ada.email, PASSWORD).await, "SIGNED_IN");
}

#[tokio::test]
async fn many_networks_that_guess_together_do_not_lock_the_owner_out() {
    let app = TestApp::get().await;
    let flags = ["--passwords-per-account=2/1000", "--passwords-per-account-anywhere=5/1000", PROXY];
    let server = app.sibling(&flags).await;
    let home = from(server.viewer(), HOME);
    let ada = Member::register(&home, "ada").await;
    let mut codes = Vec::new();
    for n in 1..=5 {
        let attacker = from(server.viewer(), &format!("198.51.100.{n}"));
        for _ in 0..2 {
            codes.push(login(&attacker, &ada.email, "not the password").await);
        }
    }
    let tried = codes.iter().filter(|code| *code == "WRONG_CREDENTIALS").count();
    assert_eq!((tried, codes.len()), (5, 10), "{codes:?}");
    // Where the password was right before, it can be given; elsewhere it waits. Sessions go on anywhere.
    assert_eq!(login(&from(server.viewer(), "203.0.113.1"), &ada.email, PASSWORD).await, "RATE_LIMITED");
    assert_eq!(login(&home, &ada.email, PASSWORD).await, "SIGNED_IN");
    refresh(&from(server.viewer(), "203.0.113.1"), &ada.refresh_token).await.expect("the session goes on");
}

#[tokio::test]
async fn a_network_tries_the_passwords_of_few() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--passwords-per-address=4/1000", PROXY]).await;
    let ada = Member::register(&from(server.viewer(), HOME), "ada").await;
    let mut codes = Vec::new();
    for n in 0..6 {
        let address = format!("2001:db8:0:1::{n}");
        codes.push(login(&from(server.viewer(), &address), &format!("user{n}@example.org"), "a password").await);
    }
    assert_eq!(codes[..4], ["WRONG_CREDENTIALS"; 4]);
    assert_eq!(codes[4..], ["RATE_LIMITED"; 2]);
    assert_eq!(login(&from(server.viewer(), "2001:db8:0:1::99"), "no address", "x").await, "RATE_LIMITED");
    assert_eq!(login(&from(server.viewer(), "2001:db8:0:2::1"), &ada.email, PASSWORD).await, "SIGNED_IN");
}

#[tokio::test]
async fn a_limit_passes() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--passwords-per-account=1/2"]).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    let client = server.viewer();
    let answers = join_all((0..5).map(|_| login(&client, &ada.email, PASSWORD))).await;
    assert!(answers.iter().any(|code| code == "RATE_LIMITED"), "{answers:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(login(&server.viewer(), &ada.email, PASSWORD).await, "SIGNED_IN");
}

#[tokio::test]
async fn a_network_registers_a_few() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--registrations-per-address=2/1000", PROXY]).await;
    let home = from(server.viewer(), HOME);
    let register = "mutation($input: RegisterInput!) { register(input: $input) {
        signedIn { user { id } } userErrors { code }
    } }";
    // What cannot be an account counts for nothing.
    for _ in 0..3 {
        let input = json!({"input": {"email": "nowhere", "handle": "x", "password": "short"}});
        assert!(home.send(register, input).await.data()["register"]["signedIn"].is_null());
    }
    let ada = Member::register(&home, "ada").await;
    // What is taken counts, because others learn by it who is there.
    let again = json!({"input": {"email": ada.email, "handle": ada.handle, "password": PASSWORD}});
    assert_eq!(home.send(register, again.clone()).await.data()["register"]["userErrors"][0]["code"], "TAKEN");
    let answer = home.send(register, again).await;
    assert_eq!(answer.codes(), ["RATE_LIMITED"]);
    assert_refused(&answer.body, answer.status);
    Member::register(&from(server.viewer(), "192.0.2.2"), "bob").await;
}

/// Uses a refresh token: the next one, or a code.
async fn refresh(client: &Client, token: &str) -> Result<String, String> {
    let refresh = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
        signedIn { tokens { refreshToken } } userErrors { code }
    } }";
    let answer = client.send(refresh, json!({"input": {"refreshToken": token}})).await;
    if let Some(code) = answer.codes().first() {
        assert_refused(&answer.body, answer.status);
        return Err((*code).to_owned());
    }
    let payload = &answer.data()["refreshSession"];
    let next = payload["signedIn"]["tokens"]["refreshToken"].as_str();
    next.map(str::to_owned).ok_or_else(|| payload["userErrors"][0]["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_session_is_refreshed_a_few_times_and_only_its_owner_spends_them() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--tokens-per-account=2/1000"]).await;
    let anybody = server.viewer();
    let (ada, bob) = (Member::register(&anybody, "ada").await, Member::register(&anybody, "bob").await);
    // Who only knows which session it is spends nothing of it.
    let named = format!("{}.x.y", ada.refresh_token.split('.').next().unwrap());
    for code in ["INVALID_TOKEN", "INVALID_TOKEN", "RATE_LIMITED"] {
        assert_eq!(refresh(&anybody, &named).await, Err(code.to_owned()));
    }
    let next = refresh(&anybody, &ada.refresh_token).await.expect("the first use");
    let next = refresh(&anybody, &next).await.expect("the second use");
    assert_eq!(refresh(&anybody, &next).await, Err("RATE_LIMITED".to_owned()));
    refresh(&anybody, &bob.refresh_token).await.expect("another session");
    // Nothing has happened to the token that was refused.
    refresh(&app.viewer(), &next).await.expect("another server");

    let server = app.sibling(&["--tokens-per-address=3/1000", PROXY]).await;
    let attacker = from(server.viewer(), "198.51.100.1");
    for n in 0..3 {
        assert_eq!(refresh(&attacker, &format!("nonsense {n}")).await, Err("INVALID_TOKEN".to_owned()));
    }
    assert_eq!(refresh(&attacker, "nonsense").await, Err("RATE_LIMITED".to_owned()));
    let logout = r#"mutation { logout(input: {refreshToken: "nonsense"}) { sessionId } }"#;
    assert_eq!(attacker.query(logout).await.codes(), ["RATE_LIMITED"]);
}

#[tokio::test]
async fn who_finds_too_many_passwords_waiting_is_turned_away() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let slow = ["--argon2-memory-kib=65536", "--argon2-iterations=4"];
    let server = app.sibling(&[&["--max-concurrent-hashes=1", "--max-waiting-hashes=2"], &slow[..]].concat()).await;
    let client = server.viewer();
    let codes = join_all((0..24).map(|_| login(&client, "nobody@example.org", "a password"))).await;
    let count = |code: &str| codes.iter().filter(|other| *other == code).count();
    let (answered, away) = (count("WRONG_CREDENTIALS"), count("SERVICE_UNAVAILABLE"));
    assert!(answered >= 3 && away >= 1 && answered + away == 24, "{codes:?}");
    assert_eq!(login(&client, &ada.email, PASSWORD).await, "SIGNED_IN");
}
