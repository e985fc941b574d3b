//! People join and sign in.

use futures::future::join_all;
use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Member, PASSWORD, TestApp};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    signedIn { user { handle } tokens { accessToken } } userErrors { field code } clientMutationId
} }";

#[tokio::test]
async fn who_registers_is_signed_in_and_can_sign_in_again() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let query = "{ viewer { user { id handle displayName } email emailVerified roles } }";
    let viewer = json!({
        "user": {"id": ada.id, "handle": ada.handle, "displayName": ada.handle},
        "email": ada.email, "emailVerified": false, "roles": [],
    });
    assert_eq!(ada.client.query(query).await.data()["viewer"], viewer);
    assert_eq!(app.viewer().query(query).await.data()["viewer"], json!(null));

    let input = json!({"input": {"email": ada.email.to_uppercase(), "password": PASSWORD, "clientMutationId": "1"}});
    let answer = app.viewer().send(LOGIN, input).await;
    let payload = &answer.data()["login"];
    assert_eq!((&payload["userErrors"], &payload["clientMutationId"]), (&json!([]), &json!("1")));
    let token = payload["signedIn"]["tokens"]["accessToken"].as_str().unwrap();
    assert_eq!(app.viewer().with_token(token).query(query).await.data()["viewer"], viewer);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let mut answers = Vec::new();
    for (email, password) in [(&*ada.email, "not the password"), ("nobody@example.org", PASSWORD), ("nobody", PASSWORD)]
    {
        let input = json!({"input": {"email": email, "password": password}});
        answers.push(app.viewer().send(LOGIN, input).await.data()["login"].clone());
    }
    let refused = json!({
        "signedIn": null, "userErrors": [{"field": null, "code": "WRONG_CREDENTIALS"}], "clientMutationId": null,
    });
    assert!(answers.iter().all(|answer| *answer == refused), "{answers:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_registration_is_told_at_once() {
    let app = TestApp::get().await;
    let register = "mutation($input: RegisterInput!) { register(input: $input) {
        signedIn { user { id } } userErrors { field code }
    } }";
    let input = json!({"input": {"email": "ada", "handle": "a", "displayName": "\u{7}", "password": "short"}});
    let answer = app.viewer().send(register, input).await;
    let error = |field: &str, code: &str| json!({"field": ["input", field], "code": code});
    let errors = json!([
        error("email", "INVALID"),
        error("handle", "TOO_SHORT"),
        error("displayName", "INVALID"),
        error("password", "TOO_SHORT"),
    ]);
    assert_eq!(answer.data()["register"], json!({"signedIn": null, "userErrors": errors}));
    let ada = Member::register(&app.viewer(), "ada").await;
    let input = json!({"input": {"email": ada.email, "handle": ada.handle.to_uppercase(), "password": PASSWORD}});
    let answer = app.viewer().send(register, input).await;
    let errors = json!([error("email", "TAKEN"), error("handle", "TAKEN")]);
    assert_eq!(answer.data()["register"], json!({"signedIn": null, "userErrors": errors}));
}

/// What the graph holds of a crowd.
#[derive(Deserialize)]
struct Left {
    users: i64,
    belongings: i64,
}

/// How many people want the same thing at once.
const CROWD: usize = 100;

/// Registers everybody of `inputs` at once; returns the codes of those who were refused.
async fn register_all(app: &TestApp, inputs: impl Iterator<Item = Value>) -> Vec<Value> {
    let register = "mutation($input: RegisterInput!) { register(input: $input) {
        signedIn { user { id } } userErrors { field code }
    } }";
    let client = &app.viewer();
    let sent = inputs.map(|input| async move {
        let answer = client.send(register, json!({"input": input})).await;
        answer.data()["register"].clone()
    });
    let (let_in, refused): (Vec<_>, Vec<_>) =
        join_all(sent).await.into_iter().partition(|payload| payload["userErrors"] == json!([]));
    assert_eq!(let_in.len(), 1, "{let_in:?}");
    assert!(let_in[0]["signedIn"]["user"]["id"].is_string());
    refused.into_iter().map(|payload| payload["userErrors"].clone()).collect()
}

#[tokio::test]
async fn one_of_a_hundred_gets_a_handle_and_one_an_address() {
    let app = TestApp::get().await;
    let name = format!("crowd_{:x}", std::process::id());
    let person = |email: &str, handle: &str| json!({"email": email, "handle": handle, "password": PASSWORD});

    // The same handle to a reader: other letters, other case.
    let spellings = [name.clone(), name.to_uppercase(), name.replace('o', "0"), name.replace("cr", "Cr")];
    let same_handle = (0..CROWD).map(|n| person(&format!("{name}-{n}@example.org"), &spellings[n % spellings.len()]));
    let refused = register_all(app, same_handle).await;
    assert_eq!(refused, vec![json!([{"field": ["input", "handle"], "code": "TAKEN"}]); CROWD - 1]);

    // The same mailbox.
    let addresses =
        [format!("{name}@example.org"), format!("{name}@EXAMPLE.ORG"), format!("{}@example.org", name.to_uppercase())];
    let same_address = (0..CROWD).map(|n| person(&addresses[n % addresses.len()], &format!("{name}_{n}")));
    let refused = register_all(app, same_address).await;
    assert_eq!(refused, vec![json!([{"field": ["input", "email"], "code": "TAKEN"}]); CROWD - 1]);

    // Nothing is left of those who were refused.
    let text = "MATCH (u:User) WHERE u.email STARTS WITH $name
        RETURN count(u) AS users, sum(COUNT { (u)-[:HAS_SESSION|HAS_CREDENTIAL|HAS_PROOF]->() }) AS belongings";
    let statement = Statement::new("tests/crowd", text).bind("name", name.as_str());
    app.in_graph(|graph| async move {
        let left = graph.read::<Left>(statement).await.unwrap();
        assert_eq!((left[0].users, left[0].belongings), (2, 6));
    })
    .await;
}
