//! An app does the first part by itself.

use serde_json::json;

use super::world::{AppProof, DOWN, Kind, TEST, TOKEN, World, code_of, login, rows, somebody};

#[tokio::test]
async fn an_app_signs_up_and_then_signs_in() {
    let world = World::get().await;
    for provider in [TEST, TOKEN] {
        let ada = somebody("ada");
        let proof = world.app_proof(provider, &ada).await;
        let payload = world.login(&proof).await;
        let (id, client) = world.signed_in(&payload);
        assert_eq!(payload["signedIn"]["user"]["handle"], json!(ada));
        assert_eq!(client.query("{ viewer { user { id } } }").await.data()["viewer"]["user"]["id"], json!(id));
        assert_eq!(world.member(provider, &ada).await.0, id);
        // The provider takes a code once.
        assert_eq!(code_of(&world.login(&proof).await), "INVALID_TOKEN");
    }
}

#[tokio::test]
async fn what_does_not_belong_together_is_refused() {
    let world = World::get().await;
    let ada = somebody("ada");
    let other = AppProof::new(TEST);
    let proof = world.app_proof(TEST, &ada).await;
    let wrong_nonce = AppProof { nonce: other.nonce.clone(), ..proof };
    let trace = format!("{:032x}", rand::random::<u128>());
    let traced = world.viewer().with_header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    assert_eq!(code_of(&login(&traced, &wrong_nonce).await), "INVALID_TOKEN");
    let events = rows::<Kind>(
        "MATCH (e:Event {correlationId: $trace}) RETURN e.type AS kind, e.payload AS payload",
        vec![("trace", trace.into())],
    );
    let event = events.await.pop().expect("an event");
    let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
    assert_eq!(event.kind, "SIGN_IN_FAILED");
    assert_eq!(payload, json!({"provider": TEST, "code": "INVALID_TOKEN"}));
    let proof = world.app_proof(TEST, &ada).await;
    let wrong_verifier = AppProof { verifier: other.verifier.clone(), ..proof };
    assert_eq!(code_of(&world.login(&wrong_verifier).await), "INVALID_TOKEN");
    let proof = world.app_proof(TEST, &ada).await;
    let wrong_provider = AppProof { provider: TOKEN.to_owned(), ..proof };
    assert_eq!(code_of(&world.login(&wrong_provider).await), "INVALID_TOKEN");

    // These are refused before the provider is asked, so the proof still holds afterwards.
    let proof = world.app_proof(TEST, &ada).await;
    let of_the_browser = format!("{}/auth/test/callback", world.base);
    for (wrong, code) in [
        (AppProof { redirect_uri: of_the_browser, ..proof.clone() }, "INVALID"),
        (AppProof { redirect_uri: format!("{}/more", proof.redirect_uri), ..proof.clone() }, "INVALID"),
        (AppProof { verifier: "short".to_owned(), ..proof.clone() }, "INVALID"),
        (AppProof { nonce: String::new(), ..proof.clone() }, "BLANK"),
        (AppProof { provider: "nobody".to_owned(), ..proof.clone() }, "NOT_FOUND"),
        (AppProof { provider: DOWN.to_owned(), ..proof.clone() }, "PROVIDER_UNAVAILABLE"),
    ] {
        assert_eq!(code_of(&world.login(&wrong).await), code);
    }
    world.signed_in(&world.login(&proof).await);
}
