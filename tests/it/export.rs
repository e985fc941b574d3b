//! People take with them what the platform holds on them.

use std::time::Duration;

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
    assert_eq!(data["watched"][0].get("title"), None, "it may be hidden by now");
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

async fn file(client: &Client) -> String {
    let exported = export(client).await;
    reqwest::get(exported["export"]["url"].as_str().unwrap()).await.unwrap().text().await.unwrap()
}

fn types(events: &Value) -> Vec<&str> {
    events.as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_export_does_not_tell_which_address_has_an_account() {
    let app = TestApp::get().await;
    let (ada, bob, cyd) = (
        Member::register(&app.viewer(), "ada").await,
        Member::register(&app.viewer(), "bob").await,
        Member::register(&app.viewer(), "cyd").await,
    );
    let follow = "mutation($id: ID!) { follow(input: {id: $id}) { userErrors { code } } }";
    bob.client.send(follow, json!({"id": cyd.id})).await.data();
    cyd.client.send(follow, json!({"id": ada.id})).await.data();
    // Bob tries what he can while he is signed in.
    assert_eq!(bob.client.send(LOGIN, json!({"email": ada.email})).await.data()["login"]["signedIn"], json!(null));
    let reset = "mutation($email: String!) { requestPasswordReset(input: {email: $email}) { requested } }";
    bob.client.send(reset, json!({"email": ada.email})).await.data();
    // As such events were written before.
    let (id, actor) = (ada.id.clone(), bob.id.clone());
    app.in_graph(|graph| async move {
        let text = "CREATE (:Event {id: 'ev_by_' + reverse($actor), type: 'SIGN_IN_FAILED', at: datetime(), subjectId: $id, actorId: $actor})";
        let statement = Statement::new("tests/before", text).bind("id", id).bind("actor", actor);
        graph.write::<Row>(statement).await.unwrap();
    })
    .await;

    let text = file(&bob.client).await;
    assert!(!text.contains(&ada.id), "{text}");
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(types(&data["events"]), ["ACCOUNT_REGISTERED", "FOLLOWED", "SIGN_IN_FAILED"]);
    assert_eq!(data["events"][1]["subjectId"], json!(cyd.id), "what he named himself");
    assert_eq!(data["events"][2]["subjectId"], json!(null));
    // Ada learns of it, and not who follows her: that is theirs, and can be very much.
    let text = file(&ada.client).await;
    assert!(!text.contains(&bob.id) && !text.contains(&cyd.id), "{text}");
    let data: Value = serde_json::from_str(&text).unwrap();
    let about = types(&data["eventsAbout"]);
    assert_eq!(about, ["SIGN_IN_FAILED", "PASSWORD_RESET_REQUESTED", "SIGN_IN_FAILED"]);
}

const LOGIN: &str = "mutation($email: String!) { login(input: {email: $email, password: \"not the password\"}) {
    signedIn { user { id } } } }";

#[tokio::test]
async fn a_page_of_events_costs_a_page() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    // Many at the same moment, of two types that count and of one that does not.
    prepare(
        app,
        &ada.id,
        "UNWIND range(1, 6000) AS n
         WITH n, right(toString(100000 + n), 5) AS no, datetime('2026-01-01T00:00:00Z') + duration({seconds: n / 100}) AS at
         CREATE (:Event {id: 'ev_a' + no + $id, type: 'SIGN_IN_FAILED', at: at, subjectId: $id})
         CREATE (:Event {id: 'ev_b' + no + $id, type: 'PASSWORD_RESET_REQUESTED', at: at, subjectId: $id})
         CREATE (:Event {id: 'ev_c' + no + $id, type: 'FOLLOWED', at: at, subjectId: $id, actorId: 'us_other'})
         CREATE (:Event {id: 'ev_d' + no + $id, type: 'SIGNED_OUT', at: at, subjectId: $id, actorId: $id})",
    )
    .await;
    let data: Value = serde_json::from_str(&file(&ada.client).await).unwrap();
    for (list, count) in [("eventsAbout", 12_000), ("events", 6_001)] {
        let mut ids: Vec<_> =
            data[list].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{list}");
    }
    for (text, types) in [
        (include_str!("../../cypher/exports/events.cypher"), vec!["FOLLOWED"]),
        (include_str!("../../cypher/exports/events_about.cypher"), vec!["SIGN_IN_FAILED", "PASSWORD_RESET_REQUESTED"]),
    ] {
        let parameters = [
            ("viewerId", ada.id.as_str().into()),
            ("after", format!("2026-01-01T00:00:30Z ev_b00000{}", ada.id).into()),
            ("limit", 10.into()),
            ("told", types.clone().into()),
            ("types", types.into()),
        ];
        let hits = app.db_hits(text, parameters).await;
        assert!((10..2_000).contains(&hits.0), "{hits:?}: {text}");
    }
}

#[tokio::test]
async fn nothing_stays_of_an_upload_that_is_dropped() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let folder = std::path::Path::new(app.data()).join("s3");
    let mark = ada.id.clone();
    let parts = move || {
        let all = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let of_ada = all
            .filter(|path| path.is_file())
            .filter(|path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(mark.as_bytes())));
        of_ada.count()
    };
    let (counted, text) = (parts.clone(), ada.id.repeat(200_000));
    app.in_storage(|storage| async move {
        let mut upload = storage.begin_upload("exports/none/none.json", "application/json").await.unwrap();
        upload.write(text.into_bytes()).await.unwrap();
        assert_eq!(counted(), 1);
    })
    .await;
    for _ in 0..240 {
        if parts() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("the part is still there");
}
