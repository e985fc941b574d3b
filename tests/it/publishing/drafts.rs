use serde_json::{Value, json};

use super::creator::{Creator, seen};
use crate::support::{TestApp, codes};

#[tokio::test]
async fn two_editors_on_one_page_see_both_sides() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("lantern").await;
    let version = creator.page(&shelf.franchise).await["version"].clone();
    let edit = |title: &str| json!({"id": shelf.franchise, "expectedVersion": version, "title": title});
    creator.changed("updateFranchise", edit("Hers")).await;
    let late = creator.change("updateFranchise", edit("His")).await;
    assert_eq!((codes(&late), &late["page"]), (vec!["STALE_VERSION"], &Value::Null));
    let conflict = &late["conflict"];
    assert_eq!(conflict["version"].as_i64(), version.as_i64().map(|version| version + 1));
    assert_eq!(conflict["yours"], json!([{"field": "title", "before": "Hers", "after": "His"}]));
    assert_eq!(conflict["theirs"], json!([{"field": "title", "before": "The Franchise lantern", "after": "Hers"}]));

    // Of many who edit one version, one wins.
    let version = creator.page(&shelf.series).await["version"].clone();
    let edits = (0..10).map(|n| {
        let input = json!({"id": shelf.series, "expectedVersion": version, "title": format!("Mine {n}")});
        creator.change("updateSeries", input)
    });
    let done = futures::future::join_all(edits).await;
    assert_eq!(done.iter().filter(|payload| payload["userErrors"] == json!([])).count(), 1);
    assert_eq!(done.iter().filter(|payload| codes(payload) == ["STALE_VERSION"]).count(), 9);
}

#[tokio::test]
async fn a_draft_that_is_thrown_away_leaves_nothing() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("fish").await;
    let discard = async |ids: &[&str]| {
        let text = "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) {
            discarded { count } userErrors { field code } } }";
        let input = json!({"tenantId": creator.tenant, "ids": ids});
        creator.editor.send(text, json!({"input": input})).await.data()["discardDraft"].clone()
    };
    creator.edits(&shelf.franchise, json!({"title": "Other", "slug": "fish-other"})).await;
    let fresh = creator.creates("Franchise", "fish-fresh", json!({})).await;
    assert_eq!(creator.pending().await["count"], 2);
    assert_eq!(discard(&[&shelf.franchise, &fresh]).await["discarded"]["count"], 2);
    assert_eq!(creator.pending().await["count"], 0);
    assert_eq!(creator.page(&shelf.franchise).await["state"], "PUBLISHED");
    let query = "query($id: ID!) { page(id: $id) { id } }";
    assert_eq!(creator.editor.send(query, json!({"id": fresh})).await.codes(), ["NOT_FOUND"]);
    // Their slugs are free again.
    creator.creates("Franchise", "fish-fresh", json!({})).await;
    creator.creates("Franchise", "fish-other", json!({})).await;
    // What viewers do not see any more has nothing but its draft.
    creator.released("unpublish", json!({"ids": [shelf.episodes[2]]})).await;
    assert_eq!(codes(&discard(&[&shelf.episodes[2]]).await), ["NOT_ALLOWED"]);
    // Whoever writes what is there already has changed nothing.
    creator.edits(&shelf.series, json!({"title": "Other"})).await;
    let page = creator.edits(&shelf.series, json!({"title": "The Series fish-series"})).await;
    assert_eq!((&page["state"], &page["changes"]), (&json!("PUBLISHED"), &json!([])));
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_is_written() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("amber").await;
    let other = Creator::new(app).await;
    let foreign = other.opens("amber").await;
    let page = creator.page(&shelf.episodes[0]).await;
    let picture = page["fields"]["assets"].as_array().unwrap().iter().find(|it| it["role"] == "THUMBNAIL").unwrap();
    let picture = picture["assetId"].clone();
    let theirs = other.page(&foreign.episodes[0]).await["fields"]["assets"][0]["assetId"].clone();
    for (change, field, code) in [
        (json!({"title": " "}), json!(["input", "title"]), "BLANK"),
        (json!({"slug": "No Slug"}), json!(["input", "slug"]), "INVALID"),
        (json!({"slug": "amber-2"}), json!(["input", "slug"]), "TAKEN"),
        (json!({"number": 0}), json!(["input", "number"]), "INVALID"),
        (json!({"seriesId": foreign.series}), json!(["input", "seriesId"]), "NOT_FOUND"),
        (
            json!({"fields": {"shortDescription": "é".repeat(201)}}),
            json!(["input", "fields", "shortDescription"]),
            "TOO_LONG",
        ),
        (
            json!({"fields": {"longDescription": "é".repeat(381)}}),
            json!(["input", "fields", "longDescription"]),
            "TOO_LONG",
        ),
        (json!({"fields": {"language": "klingon!"}}), json!(["input", "fields", "language"]), "INVALID"),
        (
            json!({"fields": {"links": [{"label": "x", "url": "javascript:alert(1)"}]}}),
            json!(["input", "fields", "links", "0", "url"]),
            "INVALID",
        ),
        (
            json!({"fields": {"assets": [{"role": "VIDEO", "assetId": picture}]}}),
            json!(["input", "fields", "assets", "0", "assetId"]),
            "WRONG_CONTENT_TYPE",
        ),
        (
            json!({"fields": {"assets": [{"role": "VIDEO", "assetId": theirs}]}}),
            json!(["input", "fields", "assets", "0", "assetId"]),
            "NOT_FOUND",
        ),
        (
            json!({"fields": {"tagIds": ["tg_01jd7s2zk40000000000000000"]}}),
            json!(["input", "fields", "tagIds", "0"]),
            "NOT_FOUND",
        ),
    ] {
        let mut input = json!({"id": shelf.episodes[0], "expectedVersion": page["version"]});
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let payload = creator.change("updateEpisode", input).await;
        let error = &payload["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{change}: {payload}");
    }
    assert_eq!(creator.page(&shelf.episodes[0]).await["version"], page["version"]);
    assert_eq!(creator.pending().await["count"], 0);
    // Two hundred characters as people count them are allowed.
    let family = "👩‍👩‍👧‍👦".repeat(200);
    let page = creator.edits(&shelf.episodes[0], json!({"fields": {"shortDescription": family}})).await;
    assert_eq!(page["textCounts"][0]["remaining"], 0);
    // What one tenant has, another does not see.
    let query = "query($id: ID!) { page(id: $id) { id } }";
    assert_eq!(other.editor.send(query, json!({"id": shelf.franchise})).await.codes(), ["NOT_FOUND"]);
    let foreign = other.release("publish", json!({"ids": [shelf.episodes[0]]})).await;
    assert_eq!(codes(&foreign), ["NOT_FOUND"]);
    assert_eq!(seen(&app.viewer(), &shelf).await[2], "The Episode amber-1");
}

#[tokio::test]
async fn pages_are_put_in_order_and_made_once() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("order").await;
    let reorder = async |ids: Vec<&String>, season: i32| {
        let text = "mutation($input: ReorderPagesInput!) { reorderPages(input: $input) {
            pages { id fields { number } } userErrors { field code } } }";
        let input = json!({"id": shelf.series, "season": season, "ids": ids});
        creator.editor.send(text, json!({"input": input})).await.data()["reorderPages"].clone()
    };
    let payload = reorder(shelf.episodes.iter().rev().collect(), 1).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    let numbers: Vec<_> = payload["pages"].as_array().unwrap().iter().map(|page| &page["fields"]["number"]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(creator.pending().await["count"], 2, "the one in the middle stays");
    assert_eq!(codes(&reorder(vec![&shelf.franchise], 1).await), ["NOT_FOUND"]);
    assert_eq!(codes(&reorder(vec![&shelf.episodes[0]], 2).await), ["NOT_FOUND"]);
    creator.released("publish", json!({"all": true})).await;

    let input = json!({"tenantId": creator.tenant, "slug": "order-once", "title": "Once", "clientMutationId": "once"});
    let first = creator.changed("createFranchise", input.clone()).await["id"].clone();
    assert_eq!(creator.changed("createFranchise", input).await["id"], first);
}

#[tokio::test]
async fn limits_of_descriptions_belong_to_the_tenant() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("limits").await;
    creator.edits(&shelf.franchise, json!({"fields": {"shortDescription": "Twelve chars"}})).await;
    let text = "mutation($input: SetTextLimitsInput!) { setTextLimits(input: $input) {
        limits { shortDescription longDescription } userErrors { code } } }";
    let input = json!({"input": {"tenantId": creator.tenant, "shortDescription": 5, "longDescription": 10}});
    assert_eq!(creator.editor.send(text, input.clone()).await.codes(), ["FORBIDDEN"]);
    let limits = creator.desk.owner.send(text, input).await.data()["setTextLimits"]["limits"].clone();
    assert_eq!(limits, json!({"shortDescription": 5, "longDescription": 10}));
    let page = creator.page(&shelf.franchise).await;
    assert_eq!(page["textCounts"][0]["remaining"], -7);
    // Other fields can be edited, and publishing says what is too long.
    creator.edits(&shelf.franchise, json!({"title": "Still here"})).await;
    assert_eq!(creator.preflight(None).await["problems"][0]["code"], "TEXT_TOO_LONG");
}
