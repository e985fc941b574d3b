use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use super::creator::{Creator, seen};
use crate::support::{Client, TestApp, codes};

/// How many schedules two servers share.
const SCHEDULES: usize = 100;

async fn schedule(editor: &Client, tenant: &str, ids: &[String], ahead: Duration, key: &str) -> Value {
    let text = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
        schedule { id state at pageIds } problems { code } userErrors { field code message } } }";
    let at = (Utc::now() + ahead).to_rfc3339_opts(SecondsFormat::Millis, true);
    let input = json!({"tenantId": tenant, "ids": ids, "at": at, "note": key, "clientMutationId": key});
    editor.send(text, json!({"input": input})).await.data()["schedulePublish"].clone()
}

async fn listed(creator: &Creator, states: &str) -> Vec<Value> {
    let query = format!(
        r#"{{ schedules(tenantId: "{}", states: [{states}], first: 100) {{ nodes {{ id state failure releaseId }} }} }}"#,
        creator.tenant
    );
    creator.editor.query(&query).await.data()["schedules"]["nodes"].as_array().unwrap().clone()
}

async fn until<F: Future<Output = bool>>(what: &str, ready: impl Fn() -> F) {
    for _ in 0..600 {
        if ready().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{what} did not happen");
}

#[tokio::test]
async fn what_is_scheduled_is_published_as_it_was_then() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("clock").await;
    let viewer = app.viewer();
    let (first, second) = (&shelf.episodes[0], &shelf.episodes[1]);
    creator.edits(first, json!({"title": "As it was then"})).await;
    creator.edits(second, json!({"title": "Called off"})).await;
    let soon = Duration::from_secs(4);
    let made = schedule(&creator.editor, &creator.tenant, std::slice::from_ref(first), soon, "one").await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let again = schedule(&creator.editor, &creator.tenant, std::slice::from_ref(first), soon, "one").await;
    assert_eq!(again["schedule"]["id"], made["schedule"]["id"], "the same key is the same schedule");
    let off = schedule(&creator.editor, &creator.tenant, std::slice::from_ref(second), soon, "two").await;
    // What is edited later is not published along, and stays.
    creator.edits(first, json!({"title": "Later"})).await;
    let cancel = "mutation($input: CancelScheduledPublishInput!) { cancelScheduledPublish(input: $input) {
        schedule { state } userErrors { code } } }";
    let input = json!({"input": {"tenantId": creator.tenant, "id": off["schedule"]["id"]}});
    let cancelled = creator.editor.send(cancel, input.clone()).await.data()["cancelScheduledPublish"].clone();
    assert_eq!(cancelled["schedule"]["state"], "CANCELLED", "{cancelled}");
    let cancelled = creator.editor.send(cancel, input).await.data()["cancelScheduledPublish"].clone();
    assert_eq!(codes(&cancelled), ["NOT_ALLOWED"]);
    assert_eq!(seen(&viewer, &shelf).await[2], "The Episode clock-1");
    until("the release", async || seen(&viewer, &shelf).await[2] == "As it was then").await;
    assert_eq!(seen(&viewer, &shelf).await[3], "The Episode clock-2");
    let page = creator.page(first).await;
    assert_eq!((&page["state"], &page["fields"]["title"]), (&json!("CHANGED"), &json!("Later")));
    assert_eq!(listed(&creator, "PENDING").await.len(), 0);
    assert_eq!(listed(&creator, "FIRED, CANCELLED").await.len(), 2);
    let query = format!(r#"{{ releases(tenantId: "{}", first: 1) {{ nodes {{ note }} }} }}"#, creator.tenant);
    assert_eq!(creator.editor.query(&query).await.data()["releases"]["nodes"], json!([{"note": "one"}]));

    // What cannot be published any more when the time has come says why.
    creator.edits(first, json!({"title": "Never"})).await;
    schedule(&creator.editor, &creator.tenant, std::slice::from_ref(first), Duration::from_secs(2), "three").await;
    creator.released("unpublish", json!({"ids": [shelf.series]})).await;
    until("the failure", async || listed(&creator, "FAILED").await.len() == 1).await;
    let failed = listed(&creator, "FAILED").await;
    assert!(failed[0]["failure"].as_str().unwrap().contains("not published"), "{failed:?}");
    // And what makes no sense is refused.
    let past = "2020-01-01T00:00:00.000Z";
    let text =
        "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) { userErrors { field code } } }";
    let input = json!({"input": {"tenantId": creator.tenant, "ids": [first], "at": past}});
    let refused = creator.editor.send(text, input).await.data()["schedulePublish"].clone();
    assert_eq!(refused["userErrors"], json!([{"field": ["input", "at"], "code": "INVALID"}]));
}

/// As if it had been tried for two days to publish what cannot be read.
const LONG_DUE: &str = "MATCH (s:Schedule {id: $id, tenantId: $tenant})-[:PINS]->(r:Revision)
    SET r.document = 'not to be read', s.dueAt = datetime() - duration('P2D'), s.failingSince = datetime() - duration('P2D')
    RETURN count(*) AS n";
/// As if it was to be published two days ago, when no server ran.
const LATE: &str = "MATCH (s:Schedule {id: $id, tenantId: $tenant})-[:PINS]->(r:Revision)
    SET r.document = 'not to be read', s.dueAt = datetime() - duration('P2D') RETURN count(*) AS n";

#[tokio::test]
async fn a_schedule_that_fails_for_a_day_is_given_up() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("rust").await;
    let ahead = Duration::from_hours(1);
    creator.edits(&shelf.episodes[0], json!({"title": "Never"})).await;
    for (key, state) in [("late", LATE), ("one", LONG_DUE)] {
        let made = schedule(&creator.editor, &creator.tenant, &shelf.episodes[..1], ahead, key).await;
        assert_eq!(made["userErrors"], json!([]), "{made}");
        assert_eq!(creator.desk.count(state, made["schedule"]["id"].as_str().unwrap()).await, 1);
    }
    until("the end", async || listed(&creator, "FAILED").await.len() == 1).await;
    assert_eq!(listed(&creator, "PENDING").await.len(), 1, "it is tried again");
    assert!(listed(&creator, "FAILED").await[0]["failure"].as_str().unwrap().contains("for a day"));
}

#[tokio::test]
async fn two_servers_publish_a_hundred_schedules_once_each() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("bells").await;
    let servers = [app.sibling(&["--functions=on"]).await, app.sibling(&["--functions=on"]).await];
    let ahead = Duration::from_secs(20);
    for n in 0..SCHEDULES {
        let episode = &shelf.episodes[n % 3];
        creator.edits(episode, json!({"title": format!("Ring {n}")})).await;
        let made =
            schedule(&creator.editor, &creator.tenant, std::slice::from_ref(episode), ahead, &format!("{n}")).await;
        assert_eq!(made["userErrors"], json!([]), "{made}");
    }
    until("all releases", async || listed(&creator, "PENDING").await.is_empty()).await;
    let fired = listed(&creator, "FIRED").await;
    assert_eq!((fired.len(), listed(&creator, "FAILED").await.len()), (SCHEDULES, 0));
    let releases: std::collections::BTreeSet<_> = fired.iter().map(|it| it["releaseId"].to_string()).collect();
    assert_eq!(releases.len(), SCHEDULES, "each has a release of its own");
    // One release opened the shelf, and no other was made.
    let query = format!(r#"{{ releases(tenantId: "{}", first: 1) {{ nodes {{ number }} }} }}"#, creator.tenant);
    let last = creator.editor.query(&query).await.data()["releases"]["nodes"][0]["number"].clone();
    assert_eq!(last, SCHEDULES + 1);
    for server in servers {
        server.stopped().await;
    }
}
