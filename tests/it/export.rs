//! People take with them what the platform holds on them.

use seeka::graph::Statement;
use serde_json::{Value, json};

use crate::support::{Client, Member, TestApp};

const EXPORT: &str = "mutation { exportMyData(input: {}) {
    export { url urlExpiresAt bytes complete } userErrors { code }
} }";

#[derive(serde::Deserialize)]
struct Row {}

/// Runs a statement that prepares what no mutation can make yet.
async fn prepare(app: &TestApp, id: &str, text: &'static str) {
    let id = id.to_owned();
    app.in_graph(|graph| async move {
        graph.write::<Row>(Statement::new("tests/prepare", text).bind("id", id)).await.unwrap();
    })
    .await;
}

async fn export(client: &Client) -> Value {
    client.query(EXPORT).await.data()["exportMyData"].clone()
}

#[tokio::test]
async fn an_export_holds_everything_but_secrets() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let update = "mutation($id: ID!) {
        updateProfile(input: {bio: \"Writes.\", links: [{label: \"Home\", url: \"https://ada.example\"}]}) { userErrors { code } }
        updateAddress(input: {address: {name: \"Ada\", lines: [\"1\"], locality: \"Paris\", country: \"FR\"}}) { userErrors { code } }
        updateLegalPerson(input: {legalPerson: {legalName: \"Ada King\", dateOfBirth: \"1990-12-10\", nationality: \"FR\",
            countryOfResidence: \"FR\"}}) { userErrors { code } }
        follow(input: {id: $id}) { userErrors { code } } }";
    ada.client.send(update, json!({"id": bob.id})).await.data();
    prepare(
        app,
        &ada.id,
        "MATCH (u:User {id: $id})
         MATCH (e:Episode) WHERE e.active
         WITH u, e ORDER BY e.id LIMIT 3
         CREATE (u)-[:WATCHED {positionMs: 5, completion: 0.5, plays: 1, firstAt: datetime(), lastAt: datetime()}]->(e)
         CREATE (u)-[:WROTE]->(:Comment {id: 'cm_' + right(u.id, 20) + e.id, subjectId: e.id, body: 'I said so.',
           status: 'VISIBLE', createdAt: datetime()})-[:ON]->(e)",
    )
    .await;
    let exported = export(&ada.client).await;
    assert_eq!((&exported["userErrors"], &exported["export"]["complete"]), (&json!([]), &json!(true)), "{exported}");
    let url = exported["export"]["url"].as_str().unwrap();
    let file = reqwest::get(url).await.unwrap();
    assert_eq!(file.status(), 200);
    let disposition = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let text = file.text().await.unwrap();
    assert_eq!(exported["export"]["bytes"].as_f64(), json!(text.len()).as_f64());
    let data: Value = serde_json::from_str(&text).unwrap();

    let account = &data["account"][0];
    assert_eq!((&account["email"], &account["bio"]), (&json!(ada.email), &json!("Writes.")));
    assert_eq!(account["linkUrls"], json!(["https://ada.example/"]));
    assert_eq!(account["address"]["locality"], "Paris");
    assert_eq!(account["legalPerson"]["dateOfBirth"], "1990-12-10");
    assert_eq!(data["follows"][0]["id"], json!(bob.id));
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    assert_eq!((data["watched"].as_array().unwrap().len(), data["comments"].as_array().unwrap().len()), (3, 3));
    assert_eq!((&data["watched"][0]["completion"], &data["comments"][0]["body"]), (&json!(0.5), &json!("I said so.")));
    let types: Vec<_> =
        data["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert!(types.contains(&"ACCOUNT_REGISTERED") && types.contains(&"FOLLOWED"), "{types:?}");
    assert_eq!(data["cut"], json!([]));

    // No property of the credentials, and no hash under any name.
    let words = ["hash", "Hash", "argon2", "verification", "secret", "password", "tokenHash", "familyHash"];
    assert_eq!(words.iter().filter(|word| text.contains(**word)).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(!text.contains(&ada.access_token) && !text.contains(ada.refresh_token.rsplit('.').next().unwrap()));
    assert!(!text.contains(&bob.email), "nothing of others");
}

#[tokio::test]
async fn the_file_before_is_deleted_and_there_are_five_within_a_day() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let first = export(&ada.client).await;
    for _ in 0..4 {
        assert_eq!(export(&ada.client).await["userErrors"], json!([]));
    }
    let refused = export(&ada.client).await;
    assert_eq!((&refused["export"], &refused["userErrors"][0]["code"]), (&json!(null), &json!("LIMIT_REACHED")));
    assert_eq!(reqwest::get(first["export"]["url"].as_str().unwrap()).await.unwrap().status(), 404);
    assert_eq!(app.viewer().query(EXPORT).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn one_export_is_made_at_a_time() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    prepare(
        app,
        &ada.id,
        "MATCH (u:User {id: $id}) CREATE (u)-[:HAS_EXPORT]->(:Export {id: 'ex_' + right(u.id, 26), state: 'RUNNING',
           key: 'exports/' + u.id + '/none.json', createdAt: datetime(), expiresAt: datetime() + duration('PT1H')})",
    )
    .await;
    assert_eq!(export(&ada.client).await["userErrors"][0]["code"], "NOT_ALLOWED");
    // Its server was killed.
    let late = "MATCH (:User {id: $id})-[:HAS_EXPORT]->(x:Export) SET x.createdAt = datetime() - duration('PT11M')";
    prepare(app, &ada.id, late).await;
    assert_eq!(export(&ada.client).await["userErrors"], json!([]));
}

#[tokio::test]
async fn what_is_long_is_read_page_by_page() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    // More than two pages, and more than one part of the file.
    prepare(
        app,
        &ada.id,
        "MATCH (u:User {id: $id})
         UNWIND range(1, 10001) AS n
         CREATE (u)-[:WROTE]->(:Comment {id: 'cm_' + right(u.id, 20) + right('00000' + toString(n), 6), subjectId: u.id,
           body: reduce(text = '', x IN range(1, 50) | text + 'a long remark '), status: 'VISIBLE', createdAt: datetime()})",
    )
    .await;
    let exported = export(&ada.client).await;
    let text = reqwest::get(exported["export"]["url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    let mut ids: Vec<_> =
        data["comments"].as_array().unwrap().iter().map(|comment| comment["id"].as_str().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 10_001);
    assert!(text.len() > 7_000_000);
}
