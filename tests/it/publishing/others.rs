//! Home pages and questions are pages like any other: drafts, pushed to production together.

use serde_json::{Value, json};

use super::creator::Creator;
use crate::support::{Client, TestApp, codes};

/// The titles of the rails of a tenant's home page.
async fn rails(viewer: &Client, slug: &str) -> Vec<String> {
    let query = format!(r#"{{ home(tenantSlug: "{slug}") {{ rails {{ title }} }} }}"#);
    let answer = viewer.query(&query).await;
    let rails = answer.data()["home"]["rails"].as_array().unwrap().iter();
    rails.map(|rail| rail["title"].as_str().unwrap().to_owned()).collect()
}

/// The questions of a tenant, of those with these words.
async fn questions(viewer: &Client, slug: &str, words: &str) -> Vec<String> {
    let query =
        "query($slug: String!, $words: String!) { tenant(slug: $slug) { faq(query: $words) { nodes { question } } } }";
    let answer = viewer.send(query, json!({"slug": slug, "words": words})).await;
    let nodes = answer.data()["tenant"]["faq"]["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["question"].as_str().unwrap().to_owned()).collect()
}

fn newest(title: &str) -> Value {
    json!([{"title": title, "kind": "NEWEST", "contentType": "SERIES"}])
}

#[tokio::test]
async fn a_home_page_is_written_in_drafts_and_published_with_the_rest() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    creator.opens("porch").await;
    let viewer = app.viewer();
    let usual = rails(&viewer, &creator.slug).await;
    assert!(!usual.contains(&"Ours".to_owned()), "{usual:?}");
    let page = creator.changed("createHomePage", json!({"tenantId": creator.tenant, "rails": newest("Ours")})).await;
    let id = page["id"].as_str().unwrap().to_owned();
    assert_eq!((&page["kind"], &page["state"]), (&json!("HOME_PAGE"), &json!("DRAFT")));
    assert_eq!(rails(&viewer, &creator.slug).await, usual);
    assert_eq!(creator.pending().await["count"], 1);
    let preview = creator.editor.in_tenant(&creator.slug).with_header("x-seeka-preview", "true");
    assert_eq!(rails(&preview, &creator.slug).await, ["Ours"]);
    let number = creator.released("publish", json!({"all": true})).await;
    assert_eq!(rails(&viewer, &creator.slug).await, ["Ours"]);

    // The next draft changes nothing for viewers, and a release can be undone.
    let input =
        json!({"id": id, "expectedVersion": creator.page(&id).await["version"], "rails": newest("Ours, again")});
    let changed = creator.changed("updateHomePage", input.clone()).await;
    assert_eq!(changed["changes"][0]["field"], "rails");
    assert_eq!(rails(&viewer, &creator.slug).await, ["Ours"]);
    assert_eq!(codes(&creator.change("updateHomePage", input).await), ["STALE_VERSION"]);
    let second = creator.released("publish", json!({"ids": [id]})).await;
    assert_eq!(rails(&viewer, &creator.slug).await, ["Ours, again"]);
    creator.released("revertRelease", json!({"number": second})).await;
    assert_eq!(rails(&viewer, &creator.slug).await, ["Ours"]);
    assert!(second > number);
    creator.released("unpublish", json!({"ids": [id]})).await;
    assert_eq!(rails(&viewer, &creator.slug).await, usual);

    // There is one, and what is wrong with its rails is told.
    let second = creator.change("createHomePage", json!({"tenantId": creator.tenant, "rails": []})).await;
    assert_eq!(codes(&second), ["TAKEN"]);
    let wrong = json!([{"title": "", "kind": "BY_TAG"}]);
    let wrong = creator.change("createHomePage", json!({"tenantId": creator.tenant, "rails": wrong})).await;
    assert!(!codes(&wrong).is_empty());
    let list = format!(r#"{{ pages(tenantId: "{}", kind: HOME_PAGE) {{ nodes {{ id }} }} }}"#, creator.tenant);
    assert_eq!(creator.editor.query(&list).await.data()["pages"]["nodes"], json!([{"id": id}]));
}

#[tokio::test]
async fn questions_are_found_once_they_are_published() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let (viewer, slug) = (app.viewer(), creator.slug.as_str());
    let entry = |slug: &str, question: &str, answer: &str, position: i32| json!({"tenantId": creator.tenant, "slug": slug, "question": question, "answer": answer, "position": position});
    let first = creator.changed("createFaqEntry", entry("when", "When is it on?", "At night, LATE.", 2)).await;
    creator.changed("createFaqEntry", entry("where", "Where is it on?", "Here.", 1)).await;
    assert_eq!(questions(&viewer, slug, "").await, Vec::<String>::new());
    assert_eq!(creator.pending().await["count"], 2);
    creator.released("publish", json!({"all": true})).await;
    assert_eq!(questions(&viewer, slug, "").await, ["Where is it on?", "When is it on?"]);
    assert_eq!(questions(&viewer, slug, "late WHEN").await, ["When is it on?"]);
    assert_eq!(questions(&viewer, slug, "late where").await, Vec::<String>::new());

    let id = first["id"].as_str().unwrap();
    let edit = json!({"id": id, "expectedVersion": creator.page(id).await["version"], "answer": "At noon."});
    creator.changed("updateFaqEntry", edit).await;
    assert_eq!(questions(&viewer, slug, "late").await, ["When is it on?"]);
    creator.released("publish", json!({"ids": [id]})).await;
    assert_eq!(questions(&viewer, slug, "late").await, Vec::<String>::new());
    assert_eq!(questions(&viewer, slug, "noon").await, ["When is it on?"]);
    assert_eq!(codes(&creator.change("createFaqEntry", entry("when", "Again?", "No.", 1)).await), ["TAKEN"]);
    assert_eq!(
        codes(&creator.change("createFaqEntry", entry("empty", "", "", 0)).await),
        ["BLANK", "BLANK", "INVALID"]
    );
    creator.released("unpublish", json!({"ids": [id]})).await;
    assert_eq!(questions(&viewer, slug, "").await, ["Where is it on?"]);

    // Those of many tenants are one statement.
    let query = "{ tenants(first: 20) { nodes { faq { nodes { question answer } } } } }";
    let (answer, statements) = app.operator().explain(query).await;
    answer.data();
    assert_eq!(statements, ["catalog/tenants", "faq/entries_by_tenants"]);
}
