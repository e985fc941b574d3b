//! Whose account it is.

use serde::Deserialize;
use serde_json::json;

use super::world::{PAGE, TEST, TOKEN, World, code_of, rows, somebody};
use crate::support::{Browser, Member, parameter};

#[derive(Deserialize)]
struct Count {
    count: i64,
}

/// As if the owner of an account had confirmed its address.
async fn confirm(email: &str) {
    let confirmed = rows::<Count>(
        "MATCH (u:User {email: $email}) SET u.emailVerifiedAt = datetime() RETURN count(*) AS count",
        vec![("email", email.into())],
    );
    assert_eq!(confirmed.await[0].count, 1);
}

#[tokio::test]
async fn an_account_is_not_taken_over_by_its_address() {
    let world = World::get().await;
    // Whoever registered has not confirmed the address: the account could be a trap for its owner.
    let ada = Member::register(&world.viewer(), "ada").await;
    let payload = world.login(&world.app_proof(TEST, &ada.handle).await).await;
    assert_eq!(code_of(&payload), "EMAIL_NOT_VERIFIED");
    let page = world.to_page(&Browser::new(), TEST, &ada.handle).await;
    assert_eq!(parameter(&page, "login_error").as_deref(), Some("EMAIL_NOT_VERIFIED"));
    assert!(page.as_str().starts_with(PAGE) && parameter(&page, "login_code").is_none());

    // The provider has not confirmed the address: anybody may have told it.
    let bob = Member::register(&world.viewer(), "unverified").await;
    confirm(&bob.email).await;
    for provider in [TEST, TOKEN] {
        let payload = world.login(&world.app_proof(provider, &bob.handle).await).await;
        assert_eq!(code_of(&payload), "EMAIL_NOT_VERIFIED");
    }
    for member in [&ada, &bob] {
        let answer = member.client.query("{ viewer { identities { id } } }").await;
        assert_eq!(answer.data()["viewer"]["identities"], json!([]));
    }
}

#[tokio::test]
async fn an_account_is_linked_when_both_sides_have_confirmed_the_address() {
    let world = World::get().await;
    let ada = Member::register(&world.viewer(), "ada").await;
    confirm(&ada.email).await;
    assert_eq!(world.member(TEST, &ada.handle).await.0, ada.id);
    assert_eq!(world.member(TOKEN, &ada.handle).await.0, ada.id);
    world.mail("Another way to sign in", &ada.email).await;
    let answer = ada.client.query("{ viewer { identities { provider } } }").await;
    let identities = json!([{"provider": TEST}, {"provider": TOKEN}]);
    assert_eq!(answer.data()["viewer"]["identities"], identities);
    let events = rows::<Count>(
        "MATCH (e:Event {subjectId: $id, type: 'IDENTITY_LINKED'}) RETURN count(*) AS count",
        vec![("id", ada.id.as_str().into())],
    );
    assert_eq!(events.await[0].count, 2);
}

#[tokio::test]
async fn somebody_whose_address_is_not_confirmed_is_asked_to_confirm_it() {
    let world = World::get().await;
    let bob = somebody("unverified");
    let (_, client) = world.member(TEST, &bob).await;
    let answer = client.query("{ viewer { email emailVerified } }").await;
    let email = format!("{bob}@example.org");
    assert_eq!(answer.data()["viewer"], json!({"email": email, "emailVerified": false}));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !world.mails().contains(&email) {
        assert!(std::time::Instant::now() < deadline, "no mail");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_account_needs_an_address() {
    let world = World::get().await;
    let nobody = somebody("addressless");
    assert_eq!(code_of(&world.login(&world.app_proof(TEST, &nobody).await).await), "EMAIL_MISSING");
    let page = world.to_page(&Browser::new(), TOKEN, &nobody).await;
    assert_eq!(parameter(&page, "login_error").as_deref(), Some("EMAIL_MISSING"));
}

#[tokio::test]
async fn a_handle_that_is_taken_gets_digits() {
    let world = World::get().await;
    let handle = somebody("ada");
    let input = json!({"input": {
        "email": format!("other_{handle}@example.org"), "handle": handle, "password": crate::support::PASSWORD,
    }});
    let register = "mutation($input: RegisterInput!) { register(input: $input) { userErrors { code } } }";
    assert_eq!(world.viewer().send(register, input).await.data()["register"]["userErrors"], json!([]));
    let payload = world.login(&world.app_proof(TEST, &handle).await).await;
    world.signed_in(&payload);
    let given = payload["signedIn"]["user"]["handle"].as_str().unwrap();
    assert!(given != handle && given.starts_with("ada_p"), "{given}");
}

#[tokio::test]
async fn many_first_sign_ins_at_once_make_one_account() {
    let world = World::get().await;
    let ada = somebody("ada");
    let proofs = (0..6).map(|_| world.app_proof(TEST, &ada));
    let proofs = futures::future::join_all(proofs).await;
    let payloads = futures::future::join_all(proofs.iter().map(|proof| world.login(proof))).await;
    let mut ids: Vec<_> = payloads.iter().map(|payload| world.signed_in(payload).0).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let (email, pattern) = (format!("{ada}@example.org"), ada.as_str());
    let accounts = rows::<Count>(
        "MATCH (u:User {email: $email})-[:HAS_IDENTITY]->(i:Identity {provider: 'test', subject: $subject})
         RETURN count(*) AS count",
        vec![("email", email.into()), ("subject", pattern.into())],
    );
    assert_eq!(accounts.await[0].count, 1);
    let registered = rows::<Count>(
        "MATCH (e:Event {subjectId: $id, type: 'ACCOUNT_REGISTERED'}) RETURN count(*) AS count",
        vec![("id", ids[0].as_str().into())],
    );
    assert_eq!(registered.await[0].count, 1);
}
