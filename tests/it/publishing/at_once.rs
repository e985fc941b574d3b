use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::audience::{Audience, titles};
use super::creator::{Creator, Shelf};
use crate::support::{SeekaProcess, TestApp};

/// How often a server is killed.
const KILLS: u64 = 20;
/// How often five pages are pushed while viewers look.
const PUSHES: usize = 8;

/// Whether titles are all of one push: they end with the same word.
fn are_of_one_push(titles: &[String]) -> bool {
    let push = |title: &String| title.rsplit(' ').next().unwrap().to_owned();
    titles.len() == 5 && titles.iter().all(|title| push(title) == push(&titles[0]))
}

async fn edit_all(creator: &Creator, shelf: &Shelf, push: &str) {
    for id in shelf.all() {
        creator.edits(&id, json!({"title": format!("Of push {push}")})).await;
    }
}

#[tokio::test]
async fn whoever_looks_sees_all_of_a_release_or_nothing_of_it() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = Arc::new(creator.opens("curtain").await);
    edit_all(&creator, &shelf, "0").await;
    creator.released("publish", json!({"all": true})).await;
    // Viewers look at two servers, of which one publishes.
    let other = app.sibling(&[]).await;
    let viewers = [app.viewer(), other.viewer(), other.viewer().in_tenant(&creator.slug)];
    let viewers = viewers.map(|viewer| Audience::of(viewer, &shelf));
    for push in 1..=PUSHES {
        edit_all(&creator, &shelf, &push.to_string()).await;
        let number = creator.released("publish", json!({"all": true})).await;
        if push % 4 == 0 {
            creator.released("revertRelease", json!({"number": number})).await;
        }
    }
    for viewer in viewers {
        let seen = viewer.leaves();
        assert!(seen.iter().all(|titles| are_of_one_push(titles)), "{seen:?}");
        assert!(seen.len() > 1, "it has seen what was pushed: {seen:?}");
    }
    other.stopped().await;
}

#[tokio::test]
async fn a_server_that_is_killed_publishes_all_or_nothing() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("candle").await;
    edit_all(&creator, &shelf, "0").await;
    creator.released("publish", json!({"all": true})).await;
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_128);
    let (mut done, mut undone) = (0, 0);
    for kill in 1..=KILLS {
        let before = titles(&app.viewer(), &shelf).await;
        let server = SeekaProcess::start_with(&app.addresses(), &[], Stdio::null()).await;
        let there = creator.editor.at(&server.base);
        edit_all(&creator, &shelf, &kill.to_string()).await;
        let text = "mutation($tenant: ID!) { publish(input: {tenantId: $tenant, all: true}) { release { number } } }";
        let tenant = creator.tenant.clone();
        let publishing = tokio::spawn(async move {
            let body = json!({"query": text, "variables": {"tenant": tenant}}).to_string();
            let request = there.request(reqwest::Method::POST, "/graphql");
            let response = request.header("content-type", "application/json").body(body).send().await.ok()?;
            response.json::<Value>().await.ok()
        });
        tokio::time::sleep(Duration::from_millis(rng.random_range(400..2_000))).await;
        server.signal(Signal::KILL);
        server.end().await;
        let acknowledged = publishing.await.unwrap().is_some_and(|body| body["data"]["publish"]["release"].is_object());
        let after = titles(&app.viewer(), &shelf).await;
        assert!(are_of_one_push(&after), "half of a release: {after:?}");
        let is_done = after != before;
        assert!(is_done || !acknowledged, "what was acknowledged is there");
        // No edit is lost, whether it was published or not.
        for id in shelf.all() {
            assert_eq!(creator.page(&id).await["fields"]["title"], format!("Of push {kill}"));
        }
        assert_eq!(creator.pending().await["count"], if is_done { 0 } else { 5 });
        if is_done { done += 1 } else { undone += 1 }
    }
    println!("published before the kill: {done}, not: {undone}");
    assert!(done > 0 && undone > 0, "the server was killed in the middle: {done} and {undone}");
}
