//! What does not grow for ever.

use serde_json::{Value, json};

use super::creator::Creator;
use crate::support::{TestApp, codes};

/// As if a page had been released many times before the last two releases of it.
const RELEASED_OFTEN: &str = "MATCH (p:Page {id: $id, tenantId: $tenant})-[:HAS_REVISION]->(r:Revision {state: 'PAST'})
    WITH p, max(r.publishedAt) AS at
    UNWIND range(1, 100) AS n
    CREATE (p)-[:HAS_REVISION]->(:Revision {id: $id + ' ' + n, tenantId: $tenant, pageId: $id, state: 'PAST',
        document: '{}', createdAt: at, changedAt: at, publishedAt: at + duration({milliseconds: 1})})
    RETURN count(*) AS n";
const PAST: &str = "MATCH (:Page {id: $id})-[:HAS_REVISION]->(r:Revision {state: 'PAST'}) RETURN count(r) AS n";
/// As if a tenant had added as much as it may.
const ADDED_ALL: &str = "MATCH (t:Tenant {id: $id}) SET t.tagsMade = 1000, t.peopleMade = 20000 RETURN 1 AS n";

#[tokio::test]
async fn of_what_a_page_showed_the_last_hundred_versions_are_kept() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("cellar").await;
    let push = async |title: &str| {
        creator.edits(&shelf.franchise, json!({"title": title})).await;
        creator.released("publish", json!({"all": true})).await
    };
    push("Second").await;
    push("Third").await;
    assert_eq!(creator.desk.count(RELEASED_OFTEN, &shelf.franchise).await, 100);
    let last = push("Fourth").await;
    assert_eq!(creator.desk.count(PAST, &shelf.franchise).await, 100);
    // The last release can be undone as ever, but one whose pages are not all known any more cannot, not even in part.
    for number in [1, 2] {
        let refused = creator.release("revertRelease", json!({"number": number})).await;
        assert_eq!(codes(&refused), ["NOT_ALLOWED"]);
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("too often"), "{refused}");
    }
    creator.released("revertRelease", json!({"number": last})).await;
    assert_eq!(creator.page(&shelf.franchise).await["live"]["title"], "Third");
}

#[tokio::test]
async fn a_release_with_a_page_that_nobody_saw_can_be_undone() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("attic").await;
    let unseen = creator.creates("Franchise", "attic-unseen", json!({})).await;
    let version = creator.page(&unseen).await["version"].clone();
    creator.changed("archivePage", json!({"id": unseen, "expectedVersion": version})).await;
    creator.edits(&shelf.franchise, json!({"title": "Second"})).await;
    let number = creator.released("publish", json!({"all": true})).await;
    creator.released("revertRelease", json!({"number": number})).await;
    assert_eq!(creator.page(&shelf.franchise).await["live"]["title"], "The Franchise attic");
}

#[tokio::test]
async fn what_is_about_a_catalogue_has_a_limit_of_its_own() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("belfry").await;
    // A release is announced for a second, so it cannot be done in less.
    let text = "mutation($input: PublishInput!) { publish(input: $input) { release { number } } }";
    let input = json!({"input": {"tenantId": creator.tenant, "all": true}});
    let patient = app.sibling(&["--execution-timeout-ms=900"]).await;
    creator.edits(&shelf.franchise, json!({"title": "Second"})).await;
    let answer = creator.editor.at(&patient.base).send(text, input.clone()).await;
    assert_eq!(answer.data()["publish"]["release"]["number"], 2);
    let hasty = app.sibling(&["--execution-timeout-ms=900", "--catalogue-timeout-ms=1"]).await;
    creator.edits(&shelf.franchise, json!({"title": "Third"})).await;
    assert_eq!(creator.editor.at(&hasty.base).send(text, input).await.codes(), ["TIMED_OUT"]);
    hasty.stopped().await;
    patient.stopped().await;
}

#[tokio::test]
async fn a_tenant_adds_a_limited_number_of_words() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let add = async |mutation: &str, slug: &str| -> Value {
        let slug = format!("{slug}-{}", creator.slug);
        let input = json!({"tenantId": creator.tenant, "slug": slug, "name": "A word"});
        creator.editor.mutate(mutation, "userErrors { code message }", input).await.data()[mutation].clone()
    };
    assert_eq!(codes(&add("createTag", "one").await), [""; 0]);
    assert_eq!(codes(&add("createPerson", "one").await), [""; 0]);
    creator.desk.count(ADDED_ALL, &creator.tenant).await;
    assert_eq!(codes(&add("createTag", "two").await), ["LIMIT_REACHED"]);
    assert_eq!(codes(&add("createPerson", "two").await), ["LIMIT_REACHED"]);
    assert_eq!(codes(&add("createTag", "one").await), [""; 0], "it is there already");
}
