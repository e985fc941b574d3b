use serde_json::{Value, json};

use super::creator::Creator;
use crate::support::{TestApp, codes};

#[tokio::test]
async fn old_slugs_lead_to_the_page() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("river").await;
    let find = async |slug: &str| {
        let query = "query($tenant: String!, $slug: String!) { episode(tenant: $tenant, slug: $slug) { id slug } }";
        let answer = app.viewer().send(query, json!({"tenant": creator.slug, "slug": slug})).await;
        answer.data()["episode"].clone()
    };
    let episode = &shelf.episodes[0];
    creator.edits(episode, json!({"slug": "river-pilot"})).await;
    assert_eq!(find("river-pilot").await, Value::Null, "it is not there before it is published");
    assert_eq!(find("river-1").await["slug"], "river-1");
    creator.released("publish", json!({"all": true})).await;
    let now = json!({"id": episode, "slug": "river-pilot"});
    assert_eq!((find("river-pilot").await, find("river-1").await), (now.clone(), now));
    // Nobody else gets the old one; but the page may have it back.
    let input = json!({"seriesId": shelf.series, "season": 2, "number": 1, "slug": "river-1", "title": "Another",
        "tenantId": creator.tenant});
    assert_eq!(codes(&creator.change("createEpisode", input).await), ["TAKEN"]);
    creator.edits(episode, json!({"slug": "river-1"})).await;
    creator.released("publish", json!({"all": true})).await;
    assert_eq!(find("river-pilot").await["slug"], "river-1");

    // One that was only wanted is free again.
    creator.edits(episode, json!({"slug": "river-wish"})).await;
    creator.edits(episode, json!({"slug": "river-other-wish"})).await;
    let input = json!({"seriesId": shelf.series, "season": 2, "number": 1, "slug": "river-wish", "title": "Another",
        "tenantId": creator.tenant});
    assert_eq!(creator.change("createEpisode", input).await["userErrors"], json!([]));

    // Of twenty who want one slug at the same time, one gets it.
    let wishes = (0..20).map(|n| {
        let input = json!({"seriesId": shelf.series, "season": 3, "number": n + 1, "slug": "river-mine", "title": "Mine",
            "tenantId": creator.tenant});
        creator.change("createEpisode", input)
    });
    let done = futures::future::join_all(wishes).await;
    assert_eq!(done.iter().filter(|payload| payload["userErrors"] == json!([])).count(), 1);
    assert_eq!(done.iter().filter(|payload| codes(payload) == ["TAKEN"]).count(), 19);
}
