//! A browser goes to a provider and comes back.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::world::{DOWN, Kind, PAGE, TEST, TOKEN, World, challenge, code_of, is_page, rows, somebody};
use crate::support::{Browser, TestApp, parameter, redirect};

#[tokio::test]
async fn a_browser_signs_up_and_then_signs_in() {
    let world = World::get().await;
    for provider in [TEST, TOKEN] {
        let ada = somebody("ada");
        let page = world.to_page(&Browser::new(), provider, &ada).await;
        // The page keeps its own query and gets a code, and no token.
        assert_eq!(parameter(&page, "from").as_deref(), Some("test"));
        let code = parameter(&page, "login_code").expect("a code");
        assert_eq!(code.len(), 43);
        let payload = world.redeem(json!({"code": code})).await;
        let (id, client) = world.signed_in(&payload);
        let user = &payload["signedIn"]["user"];
        assert_eq!(user["handle"], json!(ada));
        assert_eq!(user["displayName"], json!(format!("{ada} of the tests")));
        let query = "{ viewer { email emailVerified identities { provider email emailVerified } } }";
        let email = format!("{ada}@example.org");
        let identities = json!([{"provider": provider, "email": email, "emailVerified": true}]);
        let viewer = json!({"email": email, "emailVerified": true, "identities": identities});
        assert_eq!(client.query(query).await.data()["viewer"], viewer);

        let page = world.to_page(&Browser::new(), provider, &ada).await;
        let payload = world.redeem(json!({"code": parameter(&page, "login_code")})).await;
        assert_eq!(world.signed_in(&payload).0, id, "another account");
        let events = rows::<Kind>(
            "MATCH (e:Event {subjectId: $id}) RETURN e.type AS kind, e.payload AS payload ORDER BY e.at, e.id",
            vec![("id", id.as_str().into())],
        );
        let payload = json!({"provider": provider}).to_string();
        let kinds = ["ACCOUNT_REGISTERED", "SIGNED_IN", "SIGNED_IN"];
        let expected: Vec<_> = kinds.map(|kind| Kind { kind: kind.to_owned(), payload: payload.clone() }).into();
        assert_eq!(events.await, expected);
    }
}

#[tokio::test]
async fn a_state_counts_once_and_in_the_browser_that_began() {
    let world = World::get().await;
    let browser = Browser::new();
    let callback = world.to_callback(&browser, TEST, &somebody("ada")).await;
    // Somebody else's browser is sent there: with no cookie, and with one of its own.
    let strange = Browser::new();
    assert_eq!(strange.open(callback.as_str()).await.status(), StatusCode::BAD_REQUEST);
    strange.open(&world.start_url(TEST, PAGE)).await;
    assert_eq!(strange.open(callback.as_str()).await.status(), StatusCode::BAD_REQUEST);
    // Nor does another provider take it.
    let other = callback.as_str().replace("/auth/test/", "/auth/token/");
    assert_eq!(browser.open(&other).await.status(), StatusCode::BAD_REQUEST);

    let back = browser.open(callback.as_str()).await;
    assert_eq!(back.status(), StatusCode::FOUND);
    assert!(redirect(&back).is_some_and(|page| parameter(&page, "login_code").is_some()));
    let again = browser.open(callback.as_str()).await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    assert!(redirect(&again).is_none());
    let body: Value = again.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], json!("BAD_USER_INPUT"));
    // A state that was never given out.
    let invented = format!("{}/auth/test/callback?code=a&state=b", world.base);
    assert_eq!(browser.open(&invented).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_state_that_is_too_old_is_refused() {
    let world = World::get().await;
    let browser = Browser::new();
    let callback = world.to_callback(&browser, TEST, &somebody("ada")).await;
    let state = parameter(&callback, "state").unwrap();
    let aged = rows::<Count>(
        "MATCH (a:SignInAttempt {stateHash: $hash}) SET a.expiresAt = datetime() - duration('PT1S')
         RETURN count(*) AS count",
        vec![("hash", challenge(&state).into())],
    );
    assert_eq!(aged.await[0].count, 1);
    assert_eq!(browser.open(callback.as_str()).await.status(), StatusCode::BAD_REQUEST);
}

#[derive(Deserialize)]
struct Count {
    count: i64,
}

#[tokio::test]
async fn two_tabs_of_a_browser_sign_in_at_the_same_time() {
    let world = World::get().await;
    let (browser, ada) = (Browser::new(), somebody("ada"));
    let first = world.to_callback(&browser, TEST, &ada).await;
    let second = world.to_callback(&browser, TEST, &ada).await;
    for callback in [first, second] {
        let page = redirect(&browser.open(callback.as_str()).await).expect("a page");
        assert!(parameter(&page, "login_code").is_some(), "{page}");
    }
}

#[tokio::test]
async fn a_login_code_counts_once_and_for_a_minute() {
    let world = World::get().await;
    let browser = Browser::new();
    let page = world.to_page(&browser, TEST, &somebody("ada")).await;
    let code = parameter(&page, "login_code").unwrap();
    let redeeming = (0..10).map(|_| world.redeem(json!({"code": code})));
    let payloads = futures::future::join_all(redeeming).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| payload["signedIn"] != json!(null));
    assert_eq!((won.len(), lost.len()), (1, 9));
    assert!(lost.iter().all(|payload| code_of(payload) == "INVALID_TOKEN"));

    let page = world.to_page(&browser, TEST, &somebody("ada")).await;
    let code = parameter(&page, "login_code").unwrap();
    let aged = rows::<Count>(
        "MATCH (c:LoginCode {hash: $hash}) SET c.expiresAt = c.expiresAt - duration('PT61S') RETURN count(*) AS count",
        vec![("hash", challenge(&code).into())],
    );
    assert_eq!(aged.await[0].count, 1);
    assert_eq!(code_of(&world.redeem(json!({"code": code})).await), "INVALID_TOKEN");
}

#[tokio::test]
async fn a_code_is_for_the_page_that_began() {
    let world = World::get().await;
    let (browser, secret) = (Browser::new(), "the secret of this page");
    let unbound = format!("{}/auth/{TEST}/start?return_to={PAGE}", world.base);
    assert_eq!(browser.open(&unbound).await.status(), StatusCode::BAD_REQUEST);
    let start = format!("{unbound}&challenge={}", challenge(secret));
    for (verifier, holds) in [("", false), ("another secret", false), (secret, true)] {
        let page = browser.go(&start, &somebody("ada"), is_page).await;
        let code = parameter(&page, "login_code").unwrap();
        let payload = world.redeem(json!({"code": code, "verifier": verifier})).await;
        assert_eq!(payload["signedIn"] != json!(null), holds, "{payload}");
    }
    // Without a verifier there is nothing to ask.
    let redeem = r#"mutation { redeemLoginCode(input: {code: "a"}) { userErrors { code } } }"#;
    assert_eq!(world.viewer().query(redeem).await.codes(), ["BAD_USER_INPUT"]);
    let wrong = format!("{unbound}&challenge=short");
    assert_eq!(browser.open(&wrong).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_browser_is_sent_back_to_pages_of_the_platform_only() {
    let world = World::get().await;
    let browser = Browser::new();
    for elsewhere in [
        "https://example.com/",
        "https://tv.example.org.example.com/",
        "https://tv.example.org@example.com/",
        "https://ada@tv.example.org/",
        "http://tv.example.org/",
        // Its pages may ask; that is another matter.
        "https://asks.example.org/",
        "https://tv.example.org:444/",
        "//example.com/",
        "/home",
        "\\\\example.com",
        "javascript:alert(1)",
        "*",
        "",
        &format!("https://tv.example.org/{}", "a".repeat(3_000)),
    ] {
        let response = browser.open(&world.start_url(TEST, elsewhere)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{elsewhere}");
        assert!(redirect(&response).is_none(), "{elsewhere}");
    }
    for here in [PAGE, &format!("{}/graphiql", world.base)] {
        assert_eq!(browser.open(&world.start_url(TEST, here)).await.status(), StatusCode::FOUND, "{here}");
    }
    let nowhere = format!("{}/auth/test/start?challenge={}", world.base, challenge("a secret"));
    assert_eq!(browser.open(&nowhere).await.status(), StatusCode::FOUND);
    let twice = format!("{}&return_to=https://example.com/", world.start_url(TEST, PAGE));
    assert_eq!(browser.open(&twice).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_a_browser_is_told_is_kept_by_nobody() {
    let world = World::get().await;
    let response = Browser::new().open(&world.start_url(TEST, PAGE)).await;
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"));
    let cookie = header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("seeka_sign_in="));
    for part in ["; Path=/", "; Max-Age=600", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let there = redirect(&response).unwrap();
    assert!(there.as_str().starts_with(world.issuer(TEST)));
    assert_eq!(parameter(&there, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(parameter(&there, "redirect_uri"), Some(format!("{}/auth/test/callback", world.base)));
    for name in ["state", "nonce", "code_challenge"] {
        assert!(parameter(&there, name).is_some_and(|value| value.len() == 43), "{name}");
    }
    let missing = Browser::new().open(&format!("{}/auth/test/callback?state=a", world.base)).await;
    assert_eq!(missing.headers()["cache-control"], "no-store");

    // Behind https, the cookie belongs to this host and to nobody else.
    let file = format!("--identity-providers={}", world.data.join("providers.json").display());
    let data = format!("--data={}", world.data.display());
    let app = TestApp::get().await;
    let secure = app.sibling(&["--public-url=https://seeka.example.org/", &file, &data]).await;
    let start = format!("{}/auth/test/start?challenge={}", secure.base, challenge("a secret"));
    let response = Browser::new().open(&start).await;
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-seeka_sign_in=") && cookie.ends_with("; Secure"), "{cookie}");
    let redirect_uri = parameter(&redirect(&response).unwrap(), "redirect_uri");
    assert_eq!(redirect_uri.as_deref(), Some("https://seeka.example.org/auth/test/callback"));
}

#[tokio::test]
async fn a_provider_that_is_unknown_or_down_stops_nothing_else() {
    let world = World::get().await;
    let browser = Browser::new();
    for path in ["start", "callback?state=a&code=b"] {
        let response = browser.open(&format!("{}/auth/nobody/{path}", world.base)).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
    let response = browser.open(&world.start_url(DOWN, PAGE)).await;
    let page = redirect(&response).expect("a page");
    assert!(is_page(&page));
    assert_eq!(parameter(&page, "login_error").as_deref(), Some("PROVIDER_UNAVAILABLE"));
    let answer = world.viewer().query("{ identityProviders { name displayName startUrl } }").await;
    let shown = |name: &str| {
        let start = format!("{}/auth/{name}/start", world.base);
        json!({"name": name, "displayName": format!("The {name} provider"), "startUrl": start})
    };
    assert_eq!(answer.data()["identityProviders"], json!([shown(TEST), shown(TOKEN), shown(DOWN)]));
}

#[tokio::test]
async fn who_says_no_at_the_provider_comes_back_with_that() {
    let world = World::get().await;
    let page = Browser::new().cancel(&world.start_url(TEST, PAGE), is_page).await;
    assert_eq!(parameter(&page, "login_error").as_deref(), Some("ACCESS_DENIED"));
    assert_eq!(parameter(&page, "login_code"), None);
}

#[tokio::test]
async fn an_address_can_begin_so_many_sign_ins() {
    let world = World::get().await;
    let file = format!("--identity-providers={}", world.data.join("providers.json").display());
    let data = format!("--data={}", world.data.display());
    let app = TestApp::get().await;
    let server =
        app.sibling(&[&file, &data, "--trusted-proxies=127.0.0.1", "--max-open-sign-ins=3", "--graphiql=off"]).await;
    let start = |address: &'static str| {
        let client = server.viewer().with_header("x-forwarded-for", address);
        async move {
            let path = format!("/auth/test/start?challenge={}", challenge("a secret"));
            let request = client.request(reqwest::Method::GET, &path).build().unwrap();
            let unfollowed = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            unfollowed.execute(request).await.unwrap()
        }
    };
    for _ in 0..3 {
        assert_eq!(start("192.0.2.77").await.status(), StatusCode::FOUND);
    }
    let refused = start("192.0.2.77").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(start("192.0.2.78").await.status(), StatusCode::FOUND);

    // What has expired does not count, and goes with the next start.
    rows::<Count>(
        "MATCH (a:SignInAttempt) WHERE a.address IN ['192.0.2.77', '192.0.2.78']
         SET a.expiresAt = datetime() - duration('PT5M') RETURN count(*) AS count",
        vec![],
    )
    .await;
    assert_eq!(start("192.0.2.77").await.status(), StatusCode::FOUND);
    let left = rows::<Count>(
        "MATCH (a:SignInAttempt) WHERE a.address IN ['192.0.2.77', '192.0.2.78'] RETURN count(*) AS count",
        vec![],
    );
    assert_eq!(left.await[0].count, 1);
}
