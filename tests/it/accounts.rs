//! People join and sign in.

use serde_json::json;

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
