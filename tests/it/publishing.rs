//! The creators' desk: pages are edited in drafts and pushed to production together.

mod at_once;
mod audience;
mod bounds;
mod bulk;
pub(crate) mod creator;
mod drafts;
mod others;
mod preview;
mod schedules;
mod slugs;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::assets::desk::File;
use crate::assets::multipart::{IN_PARTS, PART, uploads_with_a_break};
use crate::support::{TestApp, codes};
use audience::Audience;
use creator::{Creator, seen};

fn texts(titles: &[Value]) -> Vec<String> {
    titles.iter().map(|title| title.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_creator_edits_five_pages_and_pushes_them() {
    let app = TestApp::get().await;
    let server = app.sibling(&IN_PARTS).await;
    let creator = Creator::new(app).await.at(&server);
    let shelf = Arc::new(creator.opens("kettle").await);
    let viewer = app.viewer();
    let old = seen(&viewer, &shelf).await;
    assert_eq!(old[0], "The Franchise kettle");
    assert!(old.iter().all(Value::is_string), "{old:?}");
    let mut audience = Audience::of(viewer.in_tenant(&creator.slug), &shelf);
    audience.sees(&texts(&old)).await;

    // Five edits, which viewers do not see.
    for (n, id) in shelf.all().iter().enumerate() {
        let page =
            creator.edits(id, json!({"title": format!("New {n}"), "fields": {"shortDescription": "Soon."}})).await;
        assert_eq!((&page["state"], &page["fields"]["title"]), (&json!("CHANGED"), &json!(format!("New {n}"))));
        let count = &page["textCounts"][0];
        assert_eq!((&count["used"], &count["limit"], &count["remaining"]), (&json!(5), &json!(200), &json!(195)));
    }
    assert_eq!(seen(&viewer, &shelf).await, old);
    let pending = creator.pending().await;
    assert_eq!(pending["count"], 5);
    let changes = &pending["pages"]["nodes"][0]["changes"];
    assert_eq!(changes[0], json!({"field": "shortDescription", "before": null, "after": "Soon."}));
    assert_eq!(changes[1]["field"], "title");
    let none = json!({"assets": []});
    creator.edits(&shelf.series, json!({"fields": none})).await;
    let preflight = creator.preflight(None).await;
    assert_eq!((&preflight["ready"], &preflight["pageCount"]), (&json!(false), &json!(5)));
    let problem = &preflight["problems"][0];
    assert_eq!((&problem["pageId"], &problem["code"]), (&json!(shelf.series), &json!("POSTER_MISSING")));
    let refused = creator.release("publish", json!({"all": true})).await;
    assert_eq!((codes(&refused), &refused["problems"][0]["code"]), (vec!["NOT_READY"], &json!("POSTER_MISSING")));
    assert_eq!(seen(&viewer, &shelf).await, old, "nothing is published by half");

    let poster = uploads_with_a_break(&creator.desk, &File::heavy_picture(PART + 1_000)).await;
    let poster = json!({"fields": {"assets": [{"role": "POSTER", "assetId": poster}]}});
    creator.edits(&shelf.series, poster).await;
    assert_eq!(creator.preflight(None).await["ready"], true);
    let key = json!({"all": true, "note": "Five at once.", "clientMutationId": "the push"});
    let number = creator.released("publish", key.clone()).await;
    let new: Vec<_> = (0..5).map(|n| json!(format!("New {n}"))).collect();
    assert_eq!(seen(&viewer, &shelf).await, new);
    audience.sees(&texts(&new)).await;
    assert_eq!(creator.pending().await["count"], 0);
    assert_eq!(creator.released("publish", key).await, number, "the same key is the same release");

    let reverted = creator.release("revertRelease", json!({"number": number})).await;
    assert_eq!(reverted["userErrors"], json!([]), "{reverted}");
    assert_eq!((&reverted["release"]["kind"], &reverted["release"]["reverts"]), (&json!("REVERT"), &json!(number)));
    assert_eq!(seen(&viewer, &shelf).await, old);
    let again = creator.release("revertRelease", json!({"number": number})).await;
    assert_eq!(codes(&again), ["NOT_ALLOWED"], "it is undone already");
    // Whoever looked all the while has seen all of the old, then all of the new, and the old again.
    audience.sees(&texts(&old)).await;
    assert_eq!(audience.leaves(), [texts(&old), texts(&new), texts(&old)]);
    // What was undone can be brought back, page by page.
    let query = "query($id: ID!) { page(id: $id) { version revisions { nodes { id live fields { title } } } } }";
    let answer = creator.editor.send(query, json!({"id": shelf.franchise})).await;
    let page = &answer.data()["page"];
    let revisions = page["revisions"]["nodes"].as_array().unwrap();
    assert_eq!(revisions.iter().filter(|revision| revision["live"] == true).count(), 1);
    let new = revisions.iter().find(|revision| revision["fields"]["title"] == "New 0").unwrap();
    let input = json!({"id": shelf.franchise, "expectedVersion": page["version"], "revisionId": new["id"]});
    assert_eq!(creator.changed("restoreRevision", input).await["fields"]["title"], "New 0");
    let query = "query($tenant: ID!) { releases(tenantId: $tenant) { nodes { number kind pageCount note } } }";
    let answer = creator.editor.send(query, json!({"tenant": creator.tenant})).await;
    let numbers: Vec<_> = answer.data()["releases"]["nodes"].as_array().unwrap().iter().map(|r| &r["number"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    server.stopped().await;
}

#[tokio::test]
async fn what_is_taken_from_viewers_stays_for_editors() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("crow").await;
    let viewer = app.viewer();
    let last = shelf.episodes[2].clone();
    creator.released("unpublish", json!({"ids": [last]})).await;
    assert_eq!(seen(&viewer, &shelf).await[4], Value::Null);
    let page = creator.page(&last).await;
    assert_eq!((&page["state"], &page["fields"]["title"]), (&json!("DRAFT"), &json!("The Episode crow-3")));
    // It waits until somebody wants it, and is not pushed along with others.
    assert_eq!(creator.pending().await["count"], 0);
    assert_eq!(codes(&creator.release("publish", json!({"all": true})).await), ["NOT_ALLOWED"]);
    creator.released("publish", json!({"ids": [last]})).await;
    assert_eq!(seen(&viewer, &shelf).await[4], "The Episode crow-3");

    // What is put away goes with the next push, and what lies below it with it.
    let version = creator.page(&shelf.series).await["version"].clone();
    let page = creator.changed("archivePage", json!({"id": shelf.series, "expectedVersion": version})).await;
    assert_eq!(page["fields"]["archived"], true);
    assert_eq!(seen(&viewer, &shelf).await[1], "The Series crow-series");
    let preflight = creator.preflight(None).await;
    assert_eq!((&preflight["ready"], &preflight["problems"][0]["code"]), (&json!(true), &json!("HIDES_PAGES")));
    creator.released("publish", json!({"all": true})).await;
    let titles = seen(&viewer, &shelf).await;
    assert_eq!((&titles[0], &titles[1..]), (&json!("The Franchise crow"), &*vec![Value::Null; 4]));
    let series = async |archived: bool| {
        let query = "query($tenant: ID!, $archived: Boolean!) {
            pages(tenantId: $tenant, kind: SERIES, archived: $archived) { nodes { id } } }";
        let answer = creator.editor.send(query, json!({"tenant": creator.tenant, "archived": archived})).await;
        answer.data()["pages"]["nodes"].clone()
    };
    assert_eq!((series(false).await, series(true).await), (json!([]), json!([{"id": shelf.series}])));
    let version = creator.page(&shelf.series).await["version"].clone();
    creator.changed("restorePage", json!({"id": shelf.series, "expectedVersion": version})).await;
    creator.released("publish", json!({"all": true})).await;
    assert!(seen(&viewer, &shelf).await.iter().all(Value::is_string));
}

#[tokio::test]
async fn preflight_names_what_would_break() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("moth").await;
    let franchise = creator.creates("Franchise", "moth-two", json!({})).await;
    let series = creator.creates("Series", "moth-two-series", json!({"franchiseId": franchise})).await;
    let own = json!({"seriesId": shelf.series, "season": 1, "number": 2});
    let episode = creator.creates("Episode", "moth-twin", own).await;
    let found = creator.preflight(Some(&[series.clone(), episode.clone()])).await;
    let mut problems: Vec<_> = found["problems"].as_array().unwrap().iter().collect();
    problems.sort_by_key(|problem| (problem["pageId"].to_string(), problem["code"].to_string()));
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem["pageId"].as_str().unwrap(), problem["code"].as_str().unwrap(), &problem["blocking"]))
        .collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(
        told,
        [
            (episode.as_str(), "PLACE_TAKEN", &yes),
            (&episode, "THUMBNAIL_MISSING", &no),
            (&episode, "VIDEO_MISSING", &yes),
            (&series, "PARENT_NOT_PUBLISHED", &yes),
            (&series, "POSTER_MISSING", &yes),
        ]
    );
    // Two may change places in one release.
    creator.edits(&shelf.episodes[0], json!({"number": 2})).await;
    creator.edits(&shelf.episodes[1], json!({"number": 1})).await;
    let swapped = [shelf.episodes[0].clone(), shelf.episodes[1].clone()];
    assert_eq!(creator.preflight(Some(&swapped[..1])).await["problems"][0]["code"], "PLACE_TAKEN");
    assert_eq!(creator.preflight(Some(&swapped)).await["ready"], true);
    creator.released("publish", json!({"ids": swapped})).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Series { episodes { nodes { title number } } } } }";
    let answer = app.viewer().send(query, json!({"id": shelf.series})).await;
    let first = &answer.data()["node"]["episodes"]["nodes"][0];
    assert_eq!(*first, json!({"title": "The Episode moth-2", "number": 1}));
}
