//! Functions on events: in order, at least once, by several servers, through failures and deaths.
//!
//! The functions are real ones, and what fails is what they work with: a mail server. A Neo4j of their own keeps other
//! servers from doing what these tests wait for, and one test at a time uses it.

use std::fs::File;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::support::{Client, Member, Mood, SeekaProcess, Smtp, TestApp, confirm_address, data_folder, make_operator};

static TURN: Mutex<()> = Mutex::const_new(());

/// How long a test waits for something.
const PATIENCE: Duration = Duration::from_secs(40);
/// Servers look often, and come back soon.
const QUICK: [&str; 2] = ["--functions-poll-ms=100", "--functions-retry-ms=50"];

const FAILED: &str = "{ failedFunctions(first: 100) { nodes {
    function attempts error failedAt event { id type subjectId tenantId } } } }";

async fn world() -> (&'static TestApp, MutexGuard<'static, ()>) {
    let turn = TURN.lock().await;
    (TestApp::apart().await, turn)
}

/// Somebody who owns a tenant, and somebody who can suspend it.
struct Scene {
    operator: Member,
}

struct Studio {
    owner: Member,
    tenant: String,
}

impl Scene {
    async fn set(app: &TestApp) -> Self {
        let mut operator = Member::register(&app.viewer(), "op").await;
        make_operator(app, &mut operator).await;
        Self { operator }
    }

    /// A tenant with an owner whose address has this name in it.
    async fn studio(&self, app: &TestApp, name: &str) -> Studio {
        let owner = Member::register(&app.viewer(), name).await;
        confirm_address(app, &owner).await;
        let tenant = owner.creates_tenant(&owner.handle.replace('_', "-")).await;
        Studio { owner, tenant }
    }

    async fn suspends(&self, at: &Client, studio: &Studio, reason: &str) {
        let mutation = "mutation($input: SuspendTenantInput!) { suspendTenant(input: $input) { userErrors { code } } }";
        let input = json!({"input": {"tenantId": studio.tenant, "reason": reason}});
        let answer = at.clone().with_token(&self.operator.access_token).send(mutation, input).await;
        assert_eq!(answer.data()["suspendTenant"]["userErrors"], json!([]));
    }

    async fn reinstates(&self, at: &Client, studio: &Studio) {
        let mutation =
            "mutation($input: ReinstateTenantInput!) { reinstateTenant(input: $input) { userErrors { code } } }";
        let input = json!({"input": {"tenantId": studio.tenant}});
        let answer = at.clone().with_token(&self.operator.access_token).send(mutation, input).await;
        assert_eq!(answer.data()["reinstateTenant"]["userErrors"], json!([]));
    }

    /// What was given up in a tenant.
    async fn failed(&self, studio: &Studio) -> Vec<Value> {
        let answer = self.operator.client.query(FAILED).await;
        let nodes = answer.data()["failedFunctions"]["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| node["event"]["tenantId"] == *studio.tenant).cloned().collect()
    }

    async fn failed_once(&self, studio: &Studio, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let failed = self.failed(studio).await;
            if failed.len() >= count {
                return failed;
            }
            assert!(Instant::now() < deadline, "{failed:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn retries(&self, by: &Client, failed: &Value) -> Value {
        let mutation = "mutation($input: RetryFunctionInput!) { retryFunction(input: $input) {
            retried userErrors { field code } } }";
        let input = json!({"input": {"eventId": failed["event"]["id"], "function": failed["function"]}});
        by.send(mutation, input).await.body.clone()
    }
}

/// A number of `/metrics`.
async fn metric(client: &Client, name: &str) -> Option<String> {
    let metrics = client.get("/metrics").await.text().await.unwrap();
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::to_owned)
}

/// How many attempts have come to an outcome.
async fn ended(client: &Client, outcome: &str) -> usize {
    let labels = format!("function=\"standing-mail\",outcome=\"{outcome}\"");
    let count = metric(client, &format!("seeka_function_duration_seconds_count{{{labels}}}")).await;
    count.map_or(0, |count| count.parse().unwrap())
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "it never comes to {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[derive(Debug, Deserialize)]
struct Counted {
    count: i64,
}

/// The first row of a statement on the graph itself.
async fn count(app: &TestApp, text: &'static str, id: &str) -> i64 {
    let statement = Statement::new("tests/functions", text).bind("id", id);
    let (send, receive) = tokio::sync::oneshot::channel();
    app.in_graph(|graph| async move {
        let rows = graph.write::<Counted>(statement).await.unwrap();
        send.send(rows[0].count).unwrap();
    })
    .await;
    receive.await.unwrap()
}

/// How many deliveries there are of a tenant, given up or not.
async fn deliveries(app: &TestApp, studio: &Studio) -> i64 {
    let text = "MATCH (d:Delivery) MATCH (e:Event {id: d.eventId}) WHERE e.tenantId = $id RETURN count(d) AS count";
    count(app, text, &studio.tenant).await
}

#[tokio::test]
async fn owners_learn_of_a_suspension_and_of_its_end_at_once() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    // Nobody would look for so long: the server that writes an event wakes itself.
    let server = app.sibling(&["--functions=on", "--functions-poll-ms=60000", smtp.flag()]).await;
    let ada = scene.studio(app, "ada").await;
    scene.suspends(&server.viewer(), &ada, "Somebody else's films.").await;
    smtp.taken_once(&ada.owner.email, 1).await;
    scene.reinstates(&server.viewer(), &ada).await;
    let mails = smtp.taken_once(&ada.owner.email, 2).await;
    assert!(mails[0].subject.ends_with("is suspended") && mails[1].subject.ends_with("is open again"), "{mails:?}");
    assert!(mails[0].text.contains("Somebody else's films."), "{mails:?}");
    // What is done leaves nothing behind, and what nobody listens to has left nothing at all.
    until("no deliveries", async || deliveries(app, &ada).await == 0).await;
    let marked = "MATCH (e:Event) WHERE e.tenantId = $id AND (e.dueAt IS NOT NULL OR e.functions IS NOT NULL)
                  RETURN count(e) AS count";
    assert_eq!(count(app, marked, &ada.tenant).await, 0);
    assert_eq!((ended(&server.viewer(), "done").await, ended(&server.viewer(), "delayed").await), (2, 0));
}

#[tokio::test]
async fn what_fails_keeps_the_order_of_its_subject_and_holds_up_no_other() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let (ada, bob) = (scene.studio(app, "ada").await, scene.studio(app, "bob").await);
    smtp.treat(&ada.owner.email, Mood::Delays);
    let flags = [&QUICK[..], &["--functions=on", "--functions-attempts=100", smtp.flag()]].concat();
    let server = app.sibling(&flags).await;
    scene.suspends(&app.viewer(), &ada, "One.").await;
    scene.reinstates(&app.viewer(), &ada).await;
    scene.suspends(&app.viewer(), &ada, "Two.").await;
    smtp.attempted(&ada.owner.email, 3).await;
    scene.suspends(&app.viewer(), &bob, "Three.").await;
    smtp.taken_once(&bob.owner.email, 1).await;
    assert_eq!(smtp.taken(&ada.owner.email).len(), 0);
    // Metrics say that something waits, and for how long.
    let (backlog, lag) = (
        r#"seeka_function_backlog{function="standing-mail"}"#,
        r#"seeka_function_lag_seconds{function="standing-mail"}"#,
    );
    until("a backlog of three", async || metric(&server.viewer(), backlog).await.as_deref() == Some("3")).await;
    let lag: f64 = metric(&server.viewer(), lag).await.unwrap().parse().unwrap();
    assert!(lag > 0.0);
    smtp.treat(&ada.owner.email, Mood::Takes);
    let mails = smtp.taken_once(&ada.owner.email, 3).await;
    assert!(mails[0].text.contains("One.") && mails[2].text.contains("Two."), "{mails:?}");
    assert!(mails[1].subject.ends_with("is open again"), "{mails:?}");
    until("no backlog", async || metric(&server.viewer(), backlog).await.as_deref() == Some("0")).await;
    assert_eq!(smtp.taken(&ada.owner.email).len(), 3);
}

#[tokio::test]
async fn what_is_given_up_is_shown_to_operators_who_have_it_tried_again() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let ada = scene.studio(app, "ada").await;
    smtp.treat(&ada.owner.email, Mood::Delays);
    let flags = [&QUICK[..], &["--functions=on", "--functions-attempts=3", smtp.flag()]].concat();
    let server = app.sibling(&flags).await;
    scene.suspends(&server.viewer(), &ada, "Films.").await;
    let failed = scene.failed_once(&ada, 1).await;
    assert_eq!(smtp.attempts(&ada.owner.email), 3);
    assert_eq!((&failed[0]["function"], &failed[0]["attempts"]), (&json!("standing-mail"), &json!(3)));
    assert_eq!(
        (&failed[0]["event"]["type"], &failed[0]["event"]["subjectId"]),
        (&json!("TENANT_SUSPENDED"), &json!(ada.tenant))
    );
    let error = failed[0]["error"].as_str().unwrap();
    assert!(error.contains("450") && !error.contains('@'), "{error}");
    assert_eq!(ended(&server.viewer(), "given_up").await, 1);
    let metric_of_failed = r#"seeka_function_failed{function="standing-mail"}"#;
    until("a failure in the metrics", async || {
        metric(&server.viewer(), metric_of_failed).await.is_some_and(|count| count != "0")
    })
    .await;
    // What is kept of it names nobody.
    let personal = "MATCH (d:Delivery) MATCH (e:Event {id: d.eventId}) WHERE e.tenantId = $id AND NOT
        all(name IN keys(d) WHERE name IN ['eventId', 'function', 'attempts', 'eventAt', 'createdAt', 'lockedAt', 'failedAt',
        'error']) RETURN count(d) AS count";
    assert_eq!(count(app, personal, &ada.tenant).await, 0);

    // It holds up nothing that comes later.
    smtp.treat(&ada.owner.email, Mood::Takes);
    scene.reinstates(&server.viewer(), &ada).await;
    assert!(smtp.taken_once(&ada.owner.email, 1).await[0].subject.ends_with("is open again"));

    for other in [&ada.owner.client, &app.viewer()] {
        let codes = other.query(FAILED).await;
        assert!(["FORBIDDEN", "UNAUTHENTICATED"].contains(&codes.codes()[0]), "{codes:?}");
        let body = scene.retries(other, &failed[0]).await;
        assert!(body["data"].is_null(), "{body}");
    }
    let retried = scene.retries(&scene.operator.client, &failed[0]).await;
    assert_eq!(retried["data"]["retryFunction"], json!({"retried": true, "userErrors": []}));
    let mails = smtp.taken_once(&ada.owner.email, 2).await;
    assert!(mails[1].subject.ends_with("is suspended"), "{mails:?}");
    until("an empty list", async || scene.failed(&ada).await.is_empty()).await;
    let again = scene.retries(&scene.operator.client, &failed[0]).await;
    let told = json!([{"field": ["input", "eventId"], "code": "NOT_FOUND"}]);
    assert_eq!(again["data"]["retryFunction"], json!({"retried": null, "userErrors": told}));
    let trail = "{ platformEvents(filter: {types: [FUNCTION_RETRIED]}, first: 1) { nodes { subjectId actorId } } }";
    let trail = scene.operator.client.query(trail).await;
    let expected = json!([{"subjectId": failed[0]["event"]["id"], "actorId": scene.operator.id}]);
    assert_eq!(trail.data()["platformEvents"]["nodes"], expected);

    // A mailbox that does not exist is not tried again.
    let bob = scene.studio(app, "bob").await;
    smtp.treat(&bob.owner.email, Mood::Refuses);
    scene.suspends(&server.viewer(), &bob, "Films.").await;
    assert_eq!(scene.failed_once(&bob, 1).await[0]["attempts"], 1);
    assert_eq!(smtp.attempts(&bob.owner.email), 1);
}

#[tokio::test]
async fn two_servers_share_the_work_and_do_nothing_twice() {
    const TENANTS: usize = 12;
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let mut studios = Vec::new();
    for _ in 0..TENANTS {
        studios.push(scene.studio(app, "many").await);
    }
    let flags = [&QUICK[..], &["--functions=on", "--functions-at-once=2", smtp.flag()]].concat();
    let servers = [app.sibling(&flags).await, app.sibling(&flags).await];
    for round in 0..3 {
        for studio in &studios {
            scene.suspends(&app.viewer(), studio, &format!("Round {round}.")).await;
            scene.reinstates(&app.viewer(), studio).await;
        }
    }
    let expected = TENANTS * 6;
    smtp.taken_once("many", expected).await;
    until("the end", async || {
        let done = [ended(&servers[0].viewer(), "done").await, ended(&servers[1].viewer(), "done").await];
        done.iter().sum::<usize>() >= expected
    })
    .await;
    for server in &servers {
        let (done, lost) = (ended(&server.viewer(), "done").await, ended(&server.viewer(), "lost").await);
        println!("{done} done, {lost} lost");
        assert!(done > 0, "one server has done everything");
        assert_eq!(lost, 0);
    }
    let all = smtp.taken("many");
    let ids: std::collections::HashSet<_> = all.iter().map(|mail| &mail.message_id).collect();
    assert_eq!((all.len(), ids.len()), (expected, expected));
    println!("{} mails at once at the most", smtp.most_at_once());
    assert!(smtp.most_at_once() <= 4, "{}", smtp.most_at_once());
    for studio in &studios {
        let mails = smtp.taken(&studio.owner.email);
        for (round, pair) in mails.chunks(2).enumerate() {
            assert!(pair[0].text.contains(&format!("Round {round}.")), "{mails:?}");
            assert!(pair[1].subject.ends_with("is open again"), "{mails:?}");
        }
    }
}

#[tokio::test]
async fn the_work_of_a_killed_server_is_taken_over_and_that_of_a_frozen_one_is_not_its_own_any_more() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let (ada, bob) = (scene.studio(app, "ada").await, scene.studio(app, "bob").await);
    smtp.treat("@", Mood::Hangs);
    let lease = "--functions-lease-ms=2000";
    let start = async |name: &str| {
        let data = data_folder(name);
        std::fs::create_dir_all(&data).unwrap();
        let log = File::create(format!("{data}/log")).unwrap();
        let own = ["--data", &data, "--seed", "never", "--metrics-networks", "127.0.0.0/8", smtp.flag(), lease];
        let own = [&own[..], &QUICK].concat();
        SeekaProcess::start_with(&own, &app.neo4j(), log).await
    };
    let killed = start("functions killed").await;
    scene.suspends(&app.viewer(), &ada, "Films.").await;
    smtp.attempted(&ada.owner.email, 1).await;
    // It works for longer than a lease, and nobody interferes.
    let frozen = start("functions frozen").await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(smtp.attempts(&ada.owner.email), 1);
    killed.signal(Signal::KILL);
    assert_eq!(killed.end().await, None);
    smtp.attempted(&ada.owner.email, 2).await;
    scene.suspends(&app.viewer(), &bob, "Films.").await;
    smtp.attempted(&bob.owner.email, 1).await;
    frozen.signal(Signal::STOP);

    smtp.treat("@", Mood::Takes);
    let flags = [&QUICK[..], &["--functions=on", lease, smtp.flag()]].concat();
    let heir = app.sibling(&flags).await;
    for studio in [&ada, &bob] {
        assert!(smtp.taken_once(&studio.owner.email, 1).await[0].subject.ends_with("is suspended"));
    }
    until("two done", async || ended(&heir.viewer(), "done").await >= 2).await;
    frozen.signal(Signal::CONT);
    until("two lost", async || ended(&frozen.client(), "lost").await >= 2).await;
    assert_eq!(ended(&frozen.client(), "done").await, 0);
    assert_eq!((deliveries(app, &ada).await, deliveries(app, &bob).await), (0, 0));
    assert_eq!((smtp.taken(&ada.owner.email).len(), smtp.taken(&bob.owner.email).len()), (1, 1));
}

#[tokio::test]
async fn a_server_that_stops_gives_back_what_it_has_not_finished() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let ada = scene.studio(app, "ada").await;
    smtp.treat(&ada.owner.email, Mood::Hangs);
    // Its lease would last for minutes.
    let common = [&QUICK[..], &["--functions=on", "--functions-lease-ms=600000", smtp.flag()]].concat();
    let mut server = app.sibling(&[&common[..], &["--shutdown-grace-ms=300"]].concat()).await;
    scene.suspends(&server.viewer(), &ada, "Films.").await;
    smtp.attempted(&ada.owner.email, 1).await;
    server.begin_to_stop();
    server.stopped().await;
    let attempts = "MATCH (d:Delivery) MATCH (e:Event {id: d.eventId}) WHERE e.tenantId = $id
                    RETURN sum(d.attempts) AS count";
    assert_eq!(count(app, attempts, &ada.tenant).await, 0);
    smtp.treat(&ada.owner.email, Mood::Takes);
    let heir = app.sibling(&common).await;
    smtp.taken_once(&ada.owner.email, 1).await;
    until("it is done", async || ended(&heir.viewer(), "done").await >= 1).await;

    // One that has the time finishes.
    smtp.treat(&ada.owner.email, Mood::Hangs);
    let (bob, mut server) = (scene.studio(app, "bob").await, heir);
    scene.suspends(&server.viewer(), &bob, "Films.").await;
    server.begin_to_stop();
    server.stopped().await;
    let other = app.sibling(&common).await;
    smtp.taken_once(&bob.owner.email, 1).await;
    until("nothing is left", async || deliveries(app, &bob).await == 0).await;
    assert_eq!(smtp.taken(&bob.owner.email).len(), 1);
    drop(other);
}

#[tokio::test]
async fn an_event_that_is_committed_late_is_not_passed_over() {
    let (app, _turn) = world().await;
    let (scene, smtp) = (Scene::set(app).await, Smtp::start().await);
    let (ada, bob) = (scene.studio(app, "ada").await, scene.studio(app, "bob").await);
    let flags = [&QUICK[..], &["--functions=on", smtp.flag()]].concat();
    let server = app.sibling(&flags).await;
    scene.suspends(&server.viewer(), &bob, "Films.").await;
    smtp.taken_once(&bob.owner.email, 1).await;
    // It happened before what is done already.
    let late = "MATCH (t:Tenant {id: $id})
        CREATE (e:Event {id: 'ev_00000000000000000000000001', type: 'TENANT_SUSPENDED', at: datetime('2020-01-01'),
          dueAt: datetime('2020-01-01'), functions: ['standing-mail'], correlationId: 'late', tenantId: t.id,
          subjectId: t.id, payload: '{\"reason\": \"Late.\"}'})
        RETURN 1 AS count";
    count(app, late, &ada.tenant).await;
    assert!(smtp.taken_once(&ada.owner.email, 1).await[0].text.contains("Late."));
}

#[tokio::test]
async fn a_job_runs_on_one_server_at_a_time_and_forgets_what_is_old() {
    let (app, _turn) = world().await;
    let old = "CREATE (:Delivery {eventId: 'ev_1', function: 'standing-mail', failedAt: datetime() - duration('P8D')})
        CREATE (:Delivery {eventId: 'ev_2', function: 'standing-mail', failedAt: datetime() - duration('P6D')})
        RETURN 1 AS count";
    count(app, old, "").await;
    let flags = ["--functions=on", "--functions-failed-days=7", "--functions-cleanup-seconds=2"];
    let servers = [app.sibling(&flags).await, app.sibling(&flags).await, app.sibling(&flags).await];
    let runs = "MATCH (j:Job {name: 'forget-failed-functions'}) RETURN sum(j.runs) AS count";
    let left = "MATCH (d:Delivery) WHERE d.eventId IN ['ev_1', 'ev_2'] RETURN count(d) AS count";
    until("one left", async || count(app, left, "").await == 1).await;
    let (started, before) = (Instant::now(), count(app, runs, "").await);
    until("three runs", async || count(app, runs, "").await >= before + 3).await;
    // Each of the three would have run as often.
    let (took, now) = (started.elapsed().as_secs(), count(app, runs, "").await);
    let most = i64::try_from(took / 2).unwrap() + 2;
    assert!(now - before <= most, "{} runs in {took} s", now - before);
    drop(servers);
    let gone = "MATCH (d:Delivery {eventId: 'ev_2'}) DELETE d RETURN count(d) AS count";
    count(app, gone, "").await;
}
