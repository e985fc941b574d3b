//! What tenants ask to be featured, what operators grant, and what viewers see of it.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use futures::future::join_all;
use seeka::graph::Statement;
use seeka::id::{AnnouncementId, EpisodeId, TenantId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, Story, TestApp, codes, episode, series};

const REQUEST: &str = "id state text from until reason version content { id } tenant { id }";

fn at(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn days(count: i64) -> String {
    at(Utc::now() + Duration::days(count))
}

async fn send(client: &Client, name: &str, input: Value) -> Value {
    let selection = format!("request {{ {REQUEST} }} userErrors {{ field code message }}");
    let answer = client.mutate(name, &selection, input).await;
    match answer.codes().first() {
        Some(code) => json!({"code": code}),
        None => answer.data()[name].clone(),
    }
}

async fn run(app: &TestApp, text: &'static str, id: &str) -> i64 {
    #[derive(Deserialize)]
    struct Row {
        n: i64,
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let statement = Statement::new("tests/announcements", text).bind("id", id);
    app.in_graph(|graph| async move {
        let _ = sender.send(graph.write::<Row>(statement).await.unwrap().first().map_or(0, |row| row.n));
    })
    .await;
    receiver.await.unwrap()
}

/// A tenant with an episode that everybody sees, and one that is a draft.
struct Stage {
    owner: Member,
    tenant: String,
    slug: String,
    episode: String,
    draft: String,
}

impl Stage {
    async fn set(app: &TestApp) -> Self {
        let mut story = Story::new("marketing");
        let mut entry = series("s");
        entry.episodes = (1..=2).map(|number| episode("s", 1, number)).collect();
        entry.episodes[1].published_at = None;
        story.franchise("f").series = vec![entry];
        app.tell(&story).await;
        let slug = story.slug().to_owned();
        let owner = Member::confirmed(app, "creator").await.owns(app, &slug).await;
        let tenant = &story.catalogue.tenants[0];
        let id = |n: u32| EpisodeId::named(tenant.created_at, &format!("{slug}/f/s/s01e0{n}.webp")).to_string();
        let (episode, draft) = (id(1), id(2));
        Self { tenant: TenantId::named(tenant.created_at, &slug).to_string(), owner, slug, episode, draft }
    }

    fn input(&self, change: &Value) -> Value {
        let mut input = json!({
            "tenantId": self.tenant, "contentId": self.episode, "text": "New this week", "from": days(-1), "until": days(7),
        });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        input
    }

    async fn requests(&self) -> Value {
        let payload = send(&self.owner.client, "requestAnnouncement", self.input(&json!({}))).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["request"].clone()
    }

    /// Whether viewers see an announcement in the list of its tenant.
    async fn is_shown(&self, app: &TestApp, request: &Value) -> bool {
        let list = "{ announcements(first: 100) { nodes { id text from until content { id title } } } }";
        let answer = app.viewer().in_tenant(&self.slug).query(list).await;
        let nodes = answer.data()["announcements"]["nodes"].clone();
        let found = nodes.as_array().unwrap().iter().find(|it| it["id"] == request["id"]);
        found.is_some_and(|it| it["content"]["id"] == *self.episode)
    }
}

async fn decide(operator: &Member, request: &Value, version: i32, change: Value) -> Value {
    let mut input = json!({"id": request["id"], "expectedVersion": version, "grant": true});
    input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    send(&operator.client, "decideAnnouncement", input).await
}

#[tokio::test]
async fn a_tenant_asks_an_operator_grants_and_viewers_see_it_for_a_while() {
    let app = TestApp::get().await;
    let (stage, other, operator) = (Stage::set(app).await, Stage::set(app).await, Member::operator(app, "op").await);
    let request = stage.requests().await;
    assert_eq!((&request["state"], &request["version"]), (&json!("REQUESTED"), &json!(1)));
    assert_eq!((&request["content"]["id"], &request["tenant"]["id"]), (&json!(stage.episode), &json!(stage.tenant)));
    assert!(!stage.is_shown(app, &request).await);
    let list = "{ announcementRequests(state: REQUESTED, first: 100) { nodes { id } } }";
    let found = operator.client.query(list).await;
    let found = found.data()["announcementRequests"]["nodes"].as_array().unwrap().clone();
    assert!(found.contains(&json!({"id": request["id"]})), "{found:?}");
    assert_eq!(stage.owner.client.query(list).await.codes(), ["FORBIDDEN"]);

    let refused =
        decide(&operator, &request, 1, json!({"grant": false, "reason": "Too early."})).await["request"].clone();
    assert_eq!((&refused["state"], &refused["reason"]), (&json!("REFUSED"), &json!("Too early.")));
    assert_eq!(codes(&decide(&operator, &request, 1, json!({})).await), ["STALE_VERSION"]);
    assert_eq!(codes(&decide(&operator, &request, 2, json!({"until": days(-2)})).await), ["INVALID"]);
    assert_eq!(codes(&decide(&operator, &request, 2, json!({"until": days(100)})).await), ["INVALID"]);
    let granted = decide(&operator, &request, 2, json!({"until": days(3)})).await["request"].clone();
    assert_eq!(
        (&granted["state"], &granted["reason"], &granted["version"]),
        (&json!("GRANTED"), &json!(null), &json!(3))
    );
    assert!(stage.is_shown(app, &request).await);
    // In another tenant it is not there; on the whole platform it is.
    let all = "{ announcements(first: 100) { nodes { id } } }";
    assert_eq!(app.viewer().in_tenant(&other.slug).query(all).await.data()["announcements"]["nodes"], json!([]));
    let platform = app.viewer().query(all).await.data()["announcements"]["nodes"].clone();
    assert!(platform.as_array().unwrap().contains(&json!({"id": request["id"]})));

    // Before its period and after it, and while viewers do not see what it is about, it is not there.
    for (hide, show) in [
        (
            "MATCH (a:Announcement {id: $id}) SET a.from = datetime() + duration('PT1H') RETURN 1 AS n",
            "MATCH (a:Announcement {id: $id}) SET a.from = datetime() - duration('P1D') RETURN 1 AS n",
        ),
        (
            "MATCH (a:Announcement {id: $id}) SET a.until = datetime() RETURN 1 AS n",
            "MATCH (a:Announcement {id: $id}) SET a.until = datetime() + duration('P1D') RETURN 1 AS n",
        ),
        (
            "MATCH (:Announcement {id: $id})-->(e:Episode) SET e.active = false RETURN 1 AS n",
            "MATCH (:Announcement {id: $id})-->(e:Episode) SET e.active = true RETURN 1 AS n",
        ),
        (
            "MATCH (:Announcement {id: $id})-->(:Episode)<--(s:Series) SET s.active = false RETURN 1 AS n",
            "MATCH (:Announcement {id: $id})-->(:Episode)<--(s:Series) SET s.active = true RETURN 1 AS n",
        ),
    ] {
        let id = request["id"].as_str().unwrap();
        assert_eq!(run(app, hide, id).await, 1);
        assert!(!stage.is_shown(app, &request).await, "{hide}");
        run(app, show, id).await;
        assert!(stage.is_shown(app, &request).await, "{show}");
    }
    // The tenant takes it back, and nobody decides about it any more.
    let input = json!({"tenantId": stage.tenant, "id": request["id"], "expectedVersion": 2});
    assert_eq!(codes(&send(&stage.owner.client, "withdrawAnnouncement", input).await), ["STALE_VERSION"]);
    let input = json!({"tenantId": stage.tenant, "id": request["id"], "expectedVersion": 3});
    let withdrawn = send(&stage.owner.client, "withdrawAnnouncement", input).await;
    assert_eq!(withdrawn["request"]["state"], "WITHDRAWN");
    assert!(!stage.is_shown(app, &request).await);
    assert_eq!(codes(&decide(&operator, &request, 4, json!({})).await), ["NOT_ALLOWED"]);
    let told = "MATCH (e:Event {subjectId: $id}) WHERE e.tenantId IS NOT NULL RETURN count(e) AS n";
    assert_eq!(run(app, told, request["id"].as_str().unwrap()).await, 4);
}

#[tokio::test]
async fn only_what_viewers_see_of_the_own_tenant_is_announced() {
    let app = TestApp::get().await;
    let (stage, other, operator) = (Stage::set(app).await, Stage::set(app).await, Member::operator(app, "op").await);
    let ask = async |change: Value| send(&stage.owner.client, "requestAnnouncement", stage.input(&change)).await;
    for content in [&stage.draft, &other.episode, &EpisodeId::generate().to_string()] {
        assert_eq!(codes(&ask(json!({"contentId": content})).await), ["NOT_FOUND"]);
    }
    assert_eq!(ask(json!({"contentId": stage.tenant})).await, json!({"code": "BAD_USER_INPUT"}));
    for (change, code) in [
        (json!({"text": ""}), "BLANK"),
        (json!({"text": "x".repeat(201)}), "TOO_LONG"),
        (json!({"until": days(-1)}), "INVALID"),
        (json!({"from": days(8)}), "INVALID"),
        (json!({"until": days(100)}), "INVALID"),
    ] {
        assert_eq!(codes(&ask(change.clone()).await), [code], "{change}");
    }
    assert_eq!(ask(json!({"tenantId": other.tenant})).await, json!({"code": "FORBIDDEN"}));
    let request = stage.requests().await;
    // A tenant withdraws its own only.
    let input = json!({"tenantId": other.tenant, "id": request["id"], "expectedVersion": 1});
    assert_eq!(send(&other.owner.client, "withdrawAnnouncement", input).await, json!({"code": "NOT_FOUND"}));
    assert_eq!(decide(&stage.owner, &request, 1, json!({})).await, json!({"code": "FORBIDDEN"}));
    let never = json!({"id": AnnouncementId::generate()});
    assert_eq!(decide(&operator, &never, 1, json!({})).await, json!({"code": "NOT_FOUND"}));
    let list = |tenant: &str| {
        format!(r#"{{ administration(tenantId: "{tenant}") {{ announcements {{ nodes {{ id }} }} }} }}"#)
    };
    let own = stage.owner.client.query(&list(&stage.tenant)).await;
    assert_eq!(own.data()["administration"]["announcements"]["nodes"], json!([{"id": request["id"]}]));
    assert_eq!(stage.owner.client.query(&list(&other.tenant)).await.codes(), ["FORBIDDEN"]);
}

#[tokio::test]
async fn at_most_ten_requests_wait_however_many_come_at_once() {
    let app = TestApp::get().await;
    let (stage, operator) = (Stage::set(app).await, Member::operator(app, "op").await);
    let once = stage.input(&json!({"clientMutationId": "one"}));
    let same = join_all((0..4).map(|_| send(&stage.owner.client, "requestAnnouncement", once.clone()))).await;
    assert!(same.iter().all(|payload| payload["request"]["id"] == same[0]["request"]["id"]), "{same:?}");
    let asked =
        join_all((0..14).map(|_| send(&stage.owner.client, "requestAnnouncement", stage.input(&json!({}))))).await;
    let (fit, full): (Vec<_>, Vec<_>) = asked.iter().partition(|payload| codes(payload).is_empty());
    assert_eq!((fit.len(), full.len()), (9, 5));
    assert!(full.iter().all(|payload| codes(payload) == ["LIMIT_REACHED"]));
    decide(&operator, &same[0]["request"], 1, json!({"grant": false})).await;
    stage.requests().await;
}

#[tokio::test]
async fn what_is_announced_is_read_page_by_page_from_either_end() {
    let app = TestApp::get().await;
    let (stage, operator) = (Stage::set(app).await, Member::operator(app, "op").await);
    let from = days(-1);
    let mut ids = Vec::new();
    // Two of them begin at the same moment.
    for from in [&from, &from, &days(-2)] {
        let input = stage.input(&json!({"from": from}));
        let request = send(&stage.owner.client, "requestAnnouncement", input).await["request"].clone();
        assert_eq!(decide(&operator, &request, 1, json!({})).await["userErrors"], json!([]));
        ids.push(request["id"].clone());
    }
    ids[..2].sort_by(|one, other| other.as_str().cmp(&one.as_str()));
    let viewer = app.viewer().in_tenant(&stage.slug);
    let page = async |arguments: &str| {
        let query = format!(
            "{{ announcements({arguments}) {{ nodes {{ id }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }}"
        );
        viewer.query(&query).await.data()["announcements"].clone()
    };
    let found = |page: &Value| -> Vec<Value> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
    };
    let first = page("first: 1").await;
    assert_eq!((found(&first), &first["pageInfo"]["hasNextPage"]), (ids[..1].to_vec(), &json!(true)));
    let rest = page(&format!("first: 5, after: {}", first["pageInfo"]["endCursor"])).await;
    assert_eq!((found(&rest), &rest["pageInfo"]["hasNextPage"]), (ids[1..].to_vec(), &json!(false)));
    let last = page("last: 1").await;
    assert_eq!((found(&last), &last["pageInfo"]["hasPreviousPage"]), (ids[2..].to_vec(), &json!(true)));
    let before = page(&format!("last: 1, before: {}", last["pageInfo"]["startCursor"])).await;
    assert_eq!(found(&before), ids[1..2]);
}
