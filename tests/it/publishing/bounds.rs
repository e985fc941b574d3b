//! What does not grow for ever.

use serde_json::{Value, json};

use super::creator::{Creator, codes};
use crate::support::TestApp;

/// As if a page had been released many times.
const RELEASED_OFTEN: &str = "MATCH (p:Page {id: $id, tenantId: $tenant})
    UNWIND range(1, 150) AS n
    CREATE (p)-[:HAS_REVISION]->(:Revision {id: $id + ' ' + n, tenantId: $tenant, pageId: $id, state: 'PAST',
        document: '{}', createdAt: datetime(), changedAt: datetime(), publishedAt: datetime()})
    RETURN count(*) AS n";
const PAST: &str = "MATCH (:Page {id: $id})-[:HAS_REVISION]->(r:Revision {state: 'PAST'}) RETURN count(r) AS n";
/// As if a tenant had added as much as it may.
const ADDED_ALL: &str = "MATCH (t:Tenant {id: $id}) SET t.tagsMade = 1000, t.peopleMade = 20000 RETURN 1 AS n";

#[tokio::test]
async fn of_what_a_page_showed_the_last_hundred_versions_are_kept() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("cellar").await;
    assert_eq!(creator.desk.count(RELEASED_OFTEN, &shelf.franchise).await, 150);
    for title in ["Second", "Third"] {
        creator.edits(&shelf.franchise, json!({"title": title})).await;
        creator.released("publish", json!({"all": true})).await;
        assert_eq!(creator.desk.count(PAST, &shelf.franchise).await, 100);
    }
    // The last release can be undone as ever, but one whose pages are not all known any more cannot, not even in part.
    let refused = creator.release("revertRelease", json!({"number": 1})).await;
    assert_eq!(codes(&refused), ["NOT_ALLOWED"]);
    assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("too often"), "{refused}");
    creator.released("revertRelease", json!({"number": 3})).await;
    assert_eq!(creator.page(&shelf.franchise).await["live"]["title"], "Second");
}

#[tokio::test]
async fn a_tenant_adds_a_limited_number_of_words() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let add = async |mutation: &str, kind: &str, slug: &str| -> Value {
        let text = format!(
            "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
        );
        let slug = format!("{slug}-{}", creator.slug);
        let input = json!({"tenantId": creator.tenant, "slug": slug, "name": "A word"});
        creator.editor.send(&text, json!({"input": input})).await.data()[mutation].clone()
    };
    assert_eq!(codes(&add("createTag", "CreateTag", "one").await), [""; 0]);
    assert_eq!(codes(&add("createPerson", "CreatePerson", "one").await), [""; 0]);
    creator.desk.count(ADDED_ALL, &creator.tenant).await;
    assert_eq!(codes(&add("createTag", "CreateTag", "two").await), ["LIMIT_REACHED"]);
    assert_eq!(codes(&add("createPerson", "CreatePerson", "two").await), ["LIMIT_REACHED"]);
    assert_eq!(codes(&add("createTag", "CreateTag", "one").await), [""; 0], "it is there already");
}
