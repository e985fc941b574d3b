//! The home page of the platform, which operators edit. There is one in a graph, so one test tells all of it.

use super::*;

const PAGE: &str = "version draft { title kind limit contentIds tagId contentType strategy } live { title }";

async fn read(client: &Client) -> Value {
    client.query(&format!("{{ platformHomePage {{ {PAGE} }} }}")).await.data()["platformHomePage"].clone()
}

async fn update(client: &Client, version: &Value, rails: Value) -> Value {
    let update = format!(
        "mutation($input: UpdatePlatformHomePageInput!) {{ updatePlatformHomePage(input: $input) {{
             page {{ {PAGE} }} userErrors {{ field code }} }} }}"
    );
    let answer = client.send(&update, json!({"input": {"expectedVersion": version, "rails": rails}})).await;
    answer.data()["updatePlatformHomePage"].clone()
}

async fn publish(client: &Client, version: &Value) -> Value {
    let publish = format!(
        "mutation($input: PublishPlatformHomePageInput!) {{ publishPlatformHomePage(input: $input) {{
             page {{ {PAGE} }} userErrors {{ field code }} }} }}"
    );
    let answer = client.send(&publish, json!({"input": {"expectedVersion": version}})).await;
    answer.data()["publishPlatformHomePage"].clone()
}

fn refused(code: &str, field: &Value) -> Value {
    json!({"page": null, "userErrors": [{"field": field, "code": code}]})
}

#[tokio::test]
async fn operators_write_a_draft_and_publish_it() {
    let app = TestApp::get().await;
    let mut story = studio();
    let word = story.unique().to_owned();
    story.tenant().franchises[0].series[0].title = format!("Series {word}");
    app.tell(&story).await;
    let slug = story.slug();
    let found = app.viewer().query(&format!(r#"{{ series(slug: "one", tenant: "{slug}") {{ id }} }}"#)).await;
    let series = found.data()["series"]["id"].clone();
    let operator = Member::operator(app, "operator").await;
    let stale = refused("STALE_VERSION", &json!(["input", "expectedVersion"]));
    assert_eq!(publish(&operator.client, &json!(-1)).await, stale);

    // Other tests try odd versions on the same page, so this one begins where they do not come.
    let rails = json!([{"title": "First", "kind": "TRENDING"}]);
    let begun = read(&operator.client).await;
    let first = update(&operator.client, &begun["version"], rails.clone()).await;
    assert_eq!(first["userErrors"], json!([]));
    assert_eq!(first["page"]["version"].as_i64(), begun["version"].as_i64().map(|version| version + 1));
    app.in_graph(|graph| async move {
        #[derive(Deserialize)]
        struct Row {}
        let jump = "MATCH (h:HomePage) WHERE h.tenantId IS NULL AND h.version < 5000 SET h.version = 5000";
        graph.write::<Row>(Statement::new("tests/jump", jump)).await.unwrap();
    })
    .await;
    let version = read(&operator.client).await["version"].clone();
    assert!(version.as_i64() >= Some(5_000));

    let rails = json!([
        {"title": format!("Picked {word}"), "kind": "HAND_PICKED", "contentIds": [series], "limit": 3},
        {"title": "Nothing", "kind": "BY_TAG", "tagId": seeka::id::TagId::generate()},
        {"title": "New", "kind": "NEWEST", "contentType": "EPISODE", "limit": 1},
    ]);
    let drafted = update(&operator.client, &version, rails.clone()).await;
    let next = |version: &Value| json!(version.as_i64().unwrap() + 1);
    assert_eq!(drafted["userErrors"], json!([]));
    assert_eq!(drafted["page"]["version"], next(&version));
    assert_eq!(drafted["page"]["draft"].as_array().unwrap().len(), 3);
    let own = json!({"title": format!("Picked {word}"), "kind": "HAND_PICKED", "limit": 3, "contentIds": [series],
                     "tagId": null, "contentType": null, "strategy": null});
    assert_eq!(drafted["page"]["draft"][0], own);
    assert_eq!(drafted["page"]["draft"][1]["limit"], 20);
    assert_eq!(read(&operator.client).await, drafted["page"]);
    let viewers = "{ home { tenant { slug } rails { title items { slug } } } }";
    assert!(!app.viewer().query(viewers).await.data().to_string().contains(&word), "a draft is nobody's business");

    assert_eq!(update(&operator.client, &version, rails.clone()).await, stale);
    assert_eq!(publish(&operator.client, &version).await, stale);
    let published = publish(&operator.client, &drafted["page"]["version"]).await;
    assert_eq!(published["userErrors"], json!([]));
    assert_eq!(published["page"]["draft"], Value::Null);
    assert_eq!(published["page"]["live"].as_array().unwrap().len(), 3);
    let version = &published["page"]["version"];
    assert_eq!(version, &next(&drafted["page"]["version"]));
    assert_eq!(publish(&operator.client, version).await, refused("NOT_ALLOWED", &Value::Null));
    let shown = app.viewer().query(viewers).await;
    let shown = &shown.data()["home"];
    assert_eq!(shown["tenant"], Value::Null);
    assert_eq!(shown["rails"][0], json!({"title": format!("Picked {word}"), "items": [{"slug": "one"}]}));
    assert_eq!(shown["rails"][1]["items"].as_array().unwrap().len(), 1, "the one without items is not there");

    // The errors name their places, and nothing was written.
    let wrong = json!([{"title": "", "kind": "NEWEST"}, {"title": "A", "kind": "TRENDING", "limit": 51}]);
    let told = update(&operator.client, version, wrong).await;
    assert_eq!(
        told["userErrors"],
        json!([
            {"field": ["input", "rails", "0", "title"], "code": "BLANK"},
            {"field": ["input", "rails", "0", "contentType"], "code": "BLANK"},
            {"field": ["input", "rails", "1", "limit"], "code": "INVALID"},
        ])
    );
    let many = vec![json!({"title": "A", "kind": "TRENDING"}); 21];
    let told = update(&operator.client, version, json!(many)).await;
    assert_eq!(told, refused("TOO_LONG", &json!(["input", "rails"])));
    assert_eq!(&read(&operator.client).await["version"], version);
    let events = "query($actor: ID!) { platformEvents(filter: {actorId: $actor, types: [PLATFORM_HOME_PAGE_UPDATED,
        PLATFORM_HOME_PAGE_PUBLISHED]}) { nodes { type } } }";
    let events = operator.client.send(events, json!({"actor": operator.id})).await;
    let own = events.data()["platformEvents"]["nodes"].as_array().unwrap();
    let own: Vec<_> = own.iter().map(|event| &event["type"]).collect();
    assert_eq!(own, ["PLATFORM_HOME_PAGE_PUBLISHED", "PLATFORM_HOME_PAGE_UPDATED", "PLATFORM_HOME_PAGE_UPDATED"]);
    // The queries of other tests find something at every place.
    assert_eq!(update(&operator.client, version, rails).await["userErrors"], json!([]));
}
