//! Identities come to an account and go.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::world::{AppProof, PAGE, TEST, TOKEN, World, code_of, is_page, somebody};
use crate::support::{Browser, Client, Member, PASSWORD, parameter, redirect};

const LINK: &str = "mutation($input: LinkIdentityInput!) { linkIdentity(input: $input) {
    identity { id provider email } userErrors { field code }
} }";
const BEGIN: &str = "mutation($input: BeginLinkIdentityInput!) { beginLinkIdentity(input: $input) {
    url userErrors { field code }
} }";
const FINISH: &str = "mutation($input: FinishLinkIdentityInput!) { finishLinkIdentity(input: $input) {
    identity { id provider email } userErrors { field code }
} }";
const UNLINK: &str = "mutation($input: UnlinkIdentityInput!) { unlinkIdentity(input: $input) {
    unlinkedId userErrors { field code }
} }";

/// What an app sends to link, with the password of the account, if it has one.
fn with_password(proof: &AppProof, password: Option<&str>) -> Value {
    let mut input = proof.input();
    input["input"]["password"] = json!(password);
    input
}

async fn do_it(client: &Client, mutation: &str, field: &str, variables: Value) -> Value {
    client.send(mutation, variables).await.data()[field].clone()
}

async fn identities(client: &Client) -> Vec<String> {
    let answer = client.query("{ viewer { identities { id } } }").await;
    let identities = answer.data()["viewer"]["identities"].as_array().unwrap();
    identities.iter().map(|identity| identity["id"].as_str().unwrap().to_owned()).collect()
}

async fn unlink(client: &Client, id: &str) -> Value {
    do_it(client, UNLINK, "unlinkIdentity", json!({"input": {"id": id}})).await
}

#[tokio::test]
async fn who_is_signed_in_links_an_identity_with_another_address() {
    let world = World::get().await;
    let ada = Member::register(&world.viewer(), "ada").await;
    let elsewhere = somebody("elsewhere");
    let proof = world.app_proof(TEST, &elsewhere).await;
    let anonymous = world.viewer().send(LINK, proof.input()).await;
    assert_eq!(anonymous.codes(), ["UNAUTHENTICATED"]);

    // A session alone, which somebody may have stolen, is not enough. The provider is not asked, so the proof still holds.
    for (password, code) in [(None, "BLANK"), (Some("not the password"), "WRONG_CREDENTIALS")] {
        let payload = do_it(&ada.client, LINK, "linkIdentity", with_password(&proof, password)).await;
        assert_eq!(code_of(&payload), code);
    }
    let payload = do_it(&ada.client, LINK, "linkIdentity", with_password(&proof, Some(PASSWORD))).await;
    assert_eq!(payload["userErrors"], json!([]));
    world.mail("Another way to sign in", &ada.email).await;
    assert_eq!(payload["identity"]["email"], json!(format!("{elsewhere}@example.org")));
    let id = payload["identity"]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.member(TEST, &elsewhere).await.0, ada.id);
    // The same again is no other.
    let proof = world.app_proof(TEST, &elsewhere).await;
    let again = do_it(&ada.client, LINK, "linkIdentity", with_password(&proof, Some(PASSWORD))).await;
    assert_eq!(again["identity"]["id"], json!(id));
    // Somebody else cannot have it, nor take it away.
    let bob = Member::register(&world.viewer(), "bob").await;
    let proof = world.app_proof(TEST, &elsewhere).await;
    assert_eq!(
        code_of(&do_it(&bob.client, LINK, "linkIdentity", with_password(&proof, Some(PASSWORD))).await),
        "TAKEN"
    );
    assert_eq!(code_of(&unlink(&bob.client, &id).await), "NOT_FOUND");
    assert_eq!(identities(&ada.client).await, std::slice::from_ref(&id));
    assert_eq!(identities(&bob.client).await, [""; 0]);

    // With a password there is another way in.
    assert_eq!(unlink(&ada.client, &id).await, json!({"unlinkedId": id, "userErrors": []}));
    assert_eq!(code_of(&unlink(&ada.client, &id).await), "NOT_FOUND");
    assert_ne!(world.member(TEST, &elsewhere).await.0, ada.id);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let world = World::get().await;
    let ada = somebody("ada");
    let (_, client) = world.member(TEST, &ada).await;
    let first = identities(&client).await.remove(0);
    assert_eq!(code_of(&unlink(&client, &first).await), "NOT_ALLOWED");
    let proof = world.app_proof(TOKEN, &somebody("elsewhere")).await;
    let payload = do_it(&client, LINK, "linkIdentity", proof.input()).await;
    let second = payload["identity"]["id"].as_str().unwrap().to_owned();
    assert_eq!(identities(&client).await, [first.clone(), second.clone()]);
    // Both at once: one has to stay.
    let (one, other) = tokio::join!(unlink(&client, &first), unlink(&client, &second));
    let refused = [&one, &other].into_iter().filter(|payload| payload["unlinkedId"] == json!(null));
    assert_eq!(refused.map(code_of).collect::<Vec<_>>(), ["NOT_ALLOWED"]);
    assert_eq!(identities(&client).await.len(), 1);
}

#[tokio::test]
async fn a_browser_links_for_the_user_who_began() {
    let world = World::get().await;
    let ada = Member::register(&world.viewer(), "ada").await;
    let bob = Member::register(&world.viewer(), "bob").await;
    let input = json!({"input": {"provider": TEST, "returnTo": PAGE, "password": PASSWORD}});
    assert_eq!(world.viewer().send(BEGIN, input.clone()).await.codes(), ["UNAUTHENTICATED"]);
    for (wrong, code) in [
        (json!({"provider": "nobody", "returnTo": PAGE, "password": PASSWORD}), "NOT_FOUND"),
        (json!({"provider": TEST, "returnTo": PAGE}), "BLANK"),
        (json!({"provider": TEST, "returnTo": "https://example.com/", "password": PASSWORD}), "INVALID"),
    ] {
        let payload = do_it(&ada.client, BEGIN, "beginLinkIdentity", json!({"input": wrong})).await;
        assert_eq!(code_of(&payload), code);
    }

    let payload = do_it(&ada.client, BEGIN, "beginLinkIdentity", input).await;
    let url = payload["url"].as_str().expect("an address").to_owned();
    let (browser, elsewhere) = (Browser::new(), somebody("elsewhere"));
    let page = browser.go(&url, &elsewhere, is_page).await;
    assert_eq!(parameter(&page, "login_code"), None);
    let code = parameter(&page, "link_code").expect("a code");
    // The address opens once.
    let again = browser.open(&url).await;
    assert_eq!((again.status(), redirect(&again)), (StatusCode::BAD_REQUEST, None));
    // Nobody can be made to give their identity to the account of somebody else, who began.
    let finish = json!({"input": {"code": code}});
    assert_eq!(world.viewer().send(FINISH, finish.clone()).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(code_of(&do_it(&bob.client, FINISH, "finishLinkIdentity", finish.clone()).await), "INVALID_TOKEN");
    assert_eq!(identities(&ada.client).await, [""; 0]);
    // It is no login code either.
    assert_eq!(code_of(&world.redeem(json!({"code": code})).await), "INVALID_TOKEN");

    let payload = do_it(&ada.client, FINISH, "finishLinkIdentity", finish.clone()).await;
    assert_eq!(payload["identity"]["provider"], json!(TEST));
    assert_eq!(code_of(&do_it(&ada.client, FINISH, "finishLinkIdentity", finish).await), "INVALID_TOKEN");
    assert_eq!(world.member(TEST, &elsewhere).await.0, ada.id);
}

#[tokio::test]
async fn a_link_ends_with_the_session_that_began_it() {
    let world = World::get().await;
    let ada = Member::register(&world.viewer(), "ada").await;
    let input = json!({"input": {"provider": TEST, "returnTo": PAGE, "password": PASSWORD}});
    let payload = do_it(&ada.client, BEGIN, "beginLinkIdentity", input).await;
    let url = payload["url"].as_str().expect("an address").to_owned();
    let everywhere = "mutation { logoutEverywhere(input: {}) { userErrors { code } } }";
    assert_eq!(ada.client.query(everywhere).await.data()["logoutEverywhere"]["userErrors"], json!([]));
    let page = Browser::new().go(&url, &somebody("elsewhere"), is_page).await;
    assert_eq!(parameter(&page, "link_code"), None);
    assert_eq!(parameter(&page, "login_error").as_deref(), Some("UNAUTHENTICATED"));
}
