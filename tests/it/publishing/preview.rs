use std::time::Duration;

use seeka::id::UserId;
use serde_json::{Value, json};

use super::creator::{Creator, seen};
use crate::support::{Client, TestApp};

const SEEN: &str = "query($ids: [ID!]!, $text: String!) {
    nodes(ids: $ids) { ... on Content { title } }
    franchises { nodes { title } }
    search(query: $text, types: [FRANCHISE]) { nodes { ... on Franchise { title } } }
}";

/// What a preview shows: titles by id, in a list, and by a search.
async fn previewed(client: &Client, ids: &[String], text: &str) -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    let answer = client.send(SEEN, json!({"ids": ids, "text": text})).await;
    let titles = |list: &Value| list.as_array().unwrap().iter().map(|node| node["title"].clone()).collect::<Vec<_>>();
    let data = answer.data();
    (titles(&data["nodes"]), titles(&data["franchises"]["nodes"]), titles(&data["search"]["nodes"]))
}

#[tokio::test]
async fn a_preview_shows_what_publishing_would() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("window").await;
    creator.edits(&shelf.franchise, json!({"title": "A Quokka on the sill"})).await;
    let fresh = creator.creates("Franchise", "window-fresh", json!({"title": "A Quokka in the yard"})).await;
    let series = creator.creates("Series", "window-fresh-series", json!({"franchiseId": fresh})).await;
    let ids = [shelf.franchise.clone(), fresh.clone(), series.clone()];
    let old = previewed(&app.viewer().in_tenant(&creator.slug), &ids, "quokka").await;
    assert_eq!((old.0[1].clone(), old.2.len()), (Value::Null, 0));

    let desk = creator.editor.in_tenant(&creator.slug);
    let preview = desk.clone().with_header("x-seeka-preview", "true");
    let new = previewed(&preview, &ids, "quokka").await;
    assert_eq!(new.0, ["A Quokka on the sill", "A Quokka in the yard", "The Series window-fresh-series"]);
    assert_eq!(new.1, ["A Quokka in the yard", "A Quokka on the sill"]);
    assert_eq!(new.2.len(), 2, "{new:?}");
    // The same by the body of the request, for every level of a query.
    let query = "query($id: ID!) { franchise(id: $id) { series { nodes { title franchise { title } } } } }";
    let body = json!({"query": query, "variables": {"id": fresh}, "extensions": {"preview": true}});
    let answer = desk.post("application/json", body.to_string()).await;
    let found = &answer.data()["franchise"]["series"]["nodes"][0];
    assert_eq!(
        *found,
        json!({"title": "The Series window-fresh-series", "franchise": {"title": "A Quokka in the yard"}})
    );
    // It leaves nothing, and nobody keeps it.
    assert_eq!(previewed(&app.viewer().in_tenant(&creator.slug), &ids, "quokka").await, old);
    assert_eq!(creator.pending().await["count"], 3);
    // What takes the locks that it holds is refused, and does not wait for them.
    let query = "query($tenant: ID!) { publishPreflight(tenantId: $tenant) { ready } }";
    assert_eq!(preview.send(query, json!({"tenant": creator.tenant})).await.codes(), ["BAD_USER_INPUT"]);
    let request = preview.request(reqwest::Method::POST, "/graphql").header("content-type", "application/json");
    let response =
        request.body(json!({"query": "{ franchises { nodes { title } } }"}).to_string()).send().await.unwrap();
    let cached = response.headers()["cache-control"].to_str().unwrap().to_owned();
    assert!(cached.contains("no-store"), "{cached}");

    // Many at once, and a release beside them.
    let previews = (0..6).map(|_| previewed(&preview, &ids, "quokka"));
    let publishing = creator.released("publish", json!({"ids": [shelf.franchise]}));
    let (previews, _) = tokio::join!(futures::future::join_all(previews), publishing);
    assert!(previews.iter().all(|preview| *preview == new), "{previews:?}");
    assert_eq!(seen(&app.viewer(), &shelf).await[0], "A Quokka on the sill");
}

#[tokio::test]
async fn a_list_goes_on_in_the_next_preview() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    for n in 1..=3 {
        creator.creates("Franchise", &format!("row-{n}"), json!({})).await;
    }
    let preview = creator.editor.in_tenant(&creator.slug).with_header("x-seeka-preview", "true");
    let query = "query($after: String) {
        franchises(first: 1, after: $after) { nodes { slug } pageInfo { endCursor hasNextPage } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    for n in 1..=3 {
        let answer = preview.send(query, json!({"after": after})).await;
        let list = &answer.data()["franchises"];
        assert_eq!(list["pageInfo"]["hasNextPage"], n < 3);
        seen.push(list["nodes"][0]["slug"].clone());
        after = list["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["row-3", "row-2", "row-1"]);
}

#[tokio::test]
async fn a_preview_is_for_editors_and_whoever_has_the_link() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("door").await;
    creator.edits(&shelf.franchise, json!({"title": "Ajar"})).await;
    let query = "query($id: ID!) { franchise(id: $id) { title } }";
    let ask = async |client: Client, value: &str| {
        client.with_header("x-seeka-preview", value).send(query, json!({"id": shelf.franchise})).await
    };
    let here = |client: &Client| client.in_tenant(&creator.slug);
    assert_eq!(ask(here(&creator.editor), "true").await.data()["franchise"]["title"], "Ajar");
    assert_eq!(ask(here(&app.viewer()), "true").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(ask(here(&creator.desk.member), "true").await.codes(), ["FORBIDDEN"]);
    assert_eq!(ask(creator.editor.clone(), "true").await.codes(), ["BAD_USER_INPUT"]);
    let other = Creator::new(app).await;
    assert_eq!(ask(here(&other.editor), "true").await.codes(), ["FORBIDDEN"]);
    assert_eq!(ask(other.editor.in_tenant(&other.slug), "true").await.data()["franchise"], Value::Null);
    let mutation = "mutation { logout(input: {}) { userErrors { code } } }";
    let answer = here(&creator.editor).with_header("x-seeka-preview", "true").query(mutation).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);

    let text = "mutation($input: CreatePreviewLinkInput!) { createPreviewLink(input: $input) {
        link { token expiresAt } userErrors { field code } } }";
    let input = json!({"input": {"tenantId": creator.tenant, "hours": 0}});
    let refused = creator.editor.send(text, input).await.data()["createPreviewLink"].clone();
    assert_eq!(refused["userErrors"], json!([{"field": ["input", "hours"], "code": "INVALID"}]));
    let answer = creator.editor.send(text, json!({"input": {"tenantId": creator.tenant}})).await;
    let token = answer.data()["createPreviewLink"]["link"]["token"].as_str().unwrap().to_owned();
    assert_eq!(ask(app.viewer(), &token).await.data()["franchise"]["title"], "Ajar");
    assert_eq!(ask(other.editor.clone(), &token).await.data()["franchise"]["title"], "Ajar");
    assert_eq!(ask(app.viewer().in_tenant(&other.slug), &token).await.codes(), ["BAD_USER_INPUT"]);
    // It shows nothing but what viewers would see.
    let desk = "query($tenant: ID!) { pendingChanges(tenantId: $tenant) { count } }";
    let answer =
        app.viewer().with_header("x-seeka-preview", &token).send(desk, json!({"tenant": creator.tenant})).await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    // It signs nobody in, no other token is one, and it ends.
    assert_eq!(app.viewer().with_token(&token).query("{ viewer { roles } }").await.codes(), ["UNAUTHENTICATED"]);
    let long_ago = chrono::Utc::now() - chrono::TimeDelta::hours(2);
    let expired = app
        .keys()
        .issue_preview(
            UserId::generate(),
            (creator.tenant.parse().unwrap(), &creator.slug),
            long_ago,
            Duration::from_hours(1),
        )
        .unwrap();
    for wrong in [expired.token.as_str(), "nonsense", &token[..token.len() - 4]] {
        assert_eq!(ask(app.viewer(), wrong).await.codes(), ["UNAUTHENTICATED"], "{wrong}");
    }
}
