//! Questions to tenants and to the platform: who asks, who answers, and who learns nothing of it.

use std::time::Duration;

use futures::future::join_all;
use seeka::graph::Statement;
use seeka::id::TicketId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, Studio, TestApp, codes};

const TICKET: &str = "id subject state version forPlatform tenant { id } opener { id }
    messages { nodes { body bySupport author { id } } }";

async fn send(client: &Client, name: &str, input: Value) -> Value {
    let selection = format!("ticket {{ {TICKET} }} userErrors {{ field code message }}");
    let answer = client.mutate(name, &selection, input).await;
    match answer.codes().first() {
        Some(code) => json!({"code": code}),
        None => answer.data()[name].clone(),
    }
}

async fn open(client: &Client, tenant: Option<&str>, subject: &str) -> Value {
    let input = json!({"tenantId": tenant, "subject": subject, "body": "Where is the third season?"});
    let payload = send(client, "openTicket", input).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    payload["ticket"].clone()
}

async fn answer(client: &Client, ticket: &Value, body: &str) -> Value {
    send(client, "answerTicket", json!({"ticketId": ticket["id"], "body": body})).await
}

async fn set_state(client: &Client, ticket: &Value, version: i32, state: &str) -> Value {
    let input = json!({"ticketId": ticket["id"], "expectedVersion": version, "state": state});
    send(client, "setTicketState", input).await
}

/// The ticket, or the code of the error.
async fn seen(client: &Client, ticket: &Value) -> Value {
    let query = format!("query($id: ID!) {{ ticket(id: $id) {{ {TICKET} }} }}");
    let answer = client.send(&query, json!({"id": ticket["id"]})).await;
    match answer.codes().first() {
        Some(code) => json!(code),
        None => answer.data()["ticket"].clone(),
    }
}

/// The subjects of a list of tickets.
fn subjects(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().unwrap().iter().map(|ticket| ticket["subject"].as_str().unwrap()).collect()
}

async fn run(app: &TestApp, text: &'static str, id: &str) -> i64 {
    #[derive(Deserialize)]
    struct Row {
        n: i64,
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let statement = Statement::new("tests/tickets", text).bind("id", id);
    app.in_graph(|graph| async move {
        let _ = sender.send(graph.write::<Row>(statement).await.unwrap().first().map_or(0, |row| row.n));
    })
    .await;
    receiver.await.unwrap()
}

#[tokio::test]
async fn a_viewer_asks_a_tenant_and_is_answered() {
    let app = TestApp::get().await;
    let (studio, viewer) = (Studio::open(app).await, Member::confirmed(app, "curious").await);
    let ticket = open(&viewer.client, Some(&studio.tenant), "The third season").await;
    assert_eq!(
        (&ticket["state"], &ticket["version"], &ticket["forPlatform"]),
        (&json!("OPEN"), &json!(1), &json!(false))
    );
    assert_eq!((&ticket["tenant"]["id"], &ticket["opener"]["id"]), (&json!(studio.tenant), &json!(viewer.id)));
    let first = json!([{"body": "Where is the third season?", "bySupport": false, "author": {"id": viewer.id}}]);
    assert_eq!(ticket["messages"]["nodes"], first);
    // Owners and admins get a mail, which says what it is about and no more.
    for member in [&studio.owner, &studio.admin] {
        let mail = app.mails_to(&member.email, "has a question to", 1).await;
        assert!(mail[0].text.contains("The third season") && !mail[0].text.contains("Where is"), "{}", mail[0].text);
    }
    // All members see it, and those who edit answer.
    for (_, member) in studio.everybody() {
        assert_eq!(seen(&member.client, &ticket).await, ticket);
    }
    for member in [&studio.member, &studio.analyst] {
        assert_eq!(answer(&member.client, &ticket, "Soon.").await, json!({"code": "FORBIDDEN"}));
        assert_eq!(set_state(&member.client, &ticket, 1, "CLOSED").await, json!({"code": "FORBIDDEN"}));
    }
    let answered = answer(&studio.editor.client, &ticket, "In spring.").await["ticket"].clone();
    assert_eq!((&answered["state"], &answered["version"]), (&json!("ANSWERED"), &json!(2)));
    let second = &answered["messages"]["nodes"][1];
    assert_eq!(*second, json!({"body": "In spring.", "bySupport": true, "author": {"id": studio.editor.id}}));
    let mail = app.mails_to(&viewer.email, "has answered your question", 1).await;
    assert!(mail[0].text.contains("The third season") && !mail[0].text.contains("In spring"), "{}", mail[0].text);
    // Whoever has asked goes on, and it waits for an answer again; nobody writes a mail to themselves.
    let again = answer(&viewer.client, &ticket, "Which spring?").await["ticket"].clone();
    assert_eq!((&again["state"], &again["version"]), (&json!("OPEN"), &json!(3)));

    // It is closed and opened again.
    assert_eq!(codes(&set_state(&viewer.client, &ticket, 1, "CLOSED").await), ["STALE_VERSION"]);
    assert_eq!(set_state(&viewer.client, &ticket, 3, "ANSWERED").await, json!({"code": "FORBIDDEN"}));
    assert_eq!(set_state(&viewer.client, &ticket, 3, "CLOSED").await["ticket"]["state"], "CLOSED");
    assert_eq!(codes(&answer(&studio.editor.client, &ticket, "The next.").await), ["NOT_ALLOWED"]);
    assert_eq!(set_state(&studio.admin.client, &ticket, 4, "OPEN").await["ticket"]["version"], 5);
    assert_eq!(answer(&studio.owner.client, &ticket, "The next.").await["ticket"]["state"], "ANSWERED");
    // What is so already stays as it is.
    assert_eq!(set_state(&studio.owner.client, &ticket, 6, "ANSWERED").await["ticket"]["version"], 6);
    let told = "MATCH (e:Event {subjectId: $id}) WHERE e.type STARTS WITH 'TICKET' RETURN count(e) AS n";
    assert_eq!(run(app, told, ticket["id"].as_str().unwrap()).await, 6);
    // From where somebody asks is not told to the tenant.
    let traced = "MATCH (e:Event {subjectId: $id}) WHERE e.tenantId IS NOT NULL AND e.type STARTS WITH 'TICKET'
                  MATCH (k:Ticket {id: $id}) WHERE e.actorId = k.openerId RETURN count(e) AS n";
    assert_eq!(run(app, traced, ticket["id"].as_str().unwrap()).await, 0);
}

#[tokio::test]
async fn nobody_else_learns_of_a_ticket() {
    let app = TestApp::get().await;
    let (studio, other) = (Studio::open(app).await, Studio::open(app).await);
    let viewer = Member::confirmed(app, "curious").await;
    let operator = Member::operator(app, "op").await;
    let ticket = open(&viewer.client, Some(&studio.tenant), "Private").await;
    let platform = open(&viewer.client, None, "Private, too").await;
    let never = json!({"id": TicketId::generate()});
    let strangers = [other.owner.client.clone(), Member::confirmed(app, "stranger").await.client];
    for client in strangers.iter().chain([&studio.owner.client.in_tenant(&other.slug)]) {
        for ticket in [&ticket, &platform, &never] {
            assert_eq!(seen(client, ticket).await, json!("NOT_FOUND"));
            assert_eq!(answer(client, ticket, "Hello?").await, json!({"code": "NOT_FOUND"}));
            assert_eq!(answer(client, ticket, "").await, json!({"code": "NOT_FOUND"}));
            assert_eq!(set_state(client, ticket, 1, "CLOSED").await, json!({"code": "NOT_FOUND"}));
        }
    }
    // What is asked of a tenant is not the platform's, and the other way round.
    assert_eq!(seen(&operator.client, &ticket).await, json!("NOT_FOUND"));
    assert_eq!(seen(&studio.owner.client, &platform).await, json!("NOT_FOUND"));
    assert_eq!(seen(&app.viewer(), &ticket).await, json!("UNAUTHENTICATED"));
    assert_eq!(seen(&viewer.client.in_tenant(&studio.slug), &platform).await, json!("NOT_FOUND"));
    // Whoever leaves the tenant sees it no longer, and neither does anybody while it is suspended.
    let leave = "MATCH (:User {id: $id})-[m:MEMBER_OF]->() DELETE m RETURN 1 AS n";
    run(app, leave, &studio.editor.id).await;
    assert_eq!(seen(&studio.editor.client, &ticket).await, json!("NOT_FOUND"));
    assert_eq!(answer(&studio.editor.client, &ticket, "Hello?").await, json!({"code": "NOT_FOUND"}));
    let suspend = "MATCH (t:Tenant {id: $id}) SET t.active = false, t.suspendedAt = datetime() RETURN 1 AS n";
    run(app, suspend, &studio.tenant).await;
    assert_eq!(seen(&studio.owner.client, &ticket).await, json!("NOT_FOUND"));
    assert_eq!(answer(&studio.owner.client, &ticket, "Hello?").await, json!({"code": "NOT_FOUND"}));
    assert_eq!(seen(&viewer.client, &ticket).await["tenant"], Value::Null);
    // What nobody sees cannot be asked.
    let input = json!({"tenantId": studio.tenant, "subject": "Hello", "body": "Hello?"});
    assert_eq!(send(&viewer.client, "openTicket", input).await, json!({"code": "NOT_FOUND"}));
}

#[tokio::test]
async fn operators_answer_for_the_platform() {
    let app = TestApp::get().await;
    let (viewer, operator) = (Member::confirmed(app, "curious").await, Member::operator(app, "op").await);
    let ticket = open(&viewer.client, None, "A bug").await;
    assert_eq!((&ticket["forPlatform"], &ticket["tenant"]), (&json!(true), &Value::Null));
    let list = "{ platformTickets(state: OPEN, first: 100) { nodes { id subject } } }";
    let found = operator.client.query(list).await.data()["platformTickets"].clone();
    assert!(found["nodes"].as_array().unwrap().iter().any(|one| one["id"] == ticket["id"]), "{found}");
    assert_eq!(viewer.client.query(list).await.codes(), ["FORBIDDEN"]);
    assert_eq!(answer(&operator.client, &ticket, "Thank you.").await["ticket"]["state"], "ANSWERED");
    app.mails_to(&viewer.email, "Seeka has answered your question", 1).await;
    assert_eq!(set_state(&operator.client, &ticket, 2, "CLOSED").await["ticket"]["state"], "CLOSED");
    // Who is no operator any more does not answer, whatever their token says.
    run(app, "MATCH (u:User {id: $id}) SET u.platformRoles = [] RETURN 1 AS n", &operator.id).await;
    assert_eq!(seen(&operator.client, &ticket).await, json!("NOT_FOUND"));
    assert_eq!(set_state(&operator.client, &ticket, 3, "OPEN").await, json!({"code": "NOT_FOUND"}));
}

#[tokio::test]
async fn tickets_are_listed_and_limited() {
    let app = TestApp::get().await;
    let (studio, viewer) = (Studio::open(app).await, Member::confirmed(app, "curious").await);
    let input = json!({"tenantId": studio.tenant, "subject": "Once", "body": "Once?", "clientMutationId": "one"});
    let opened = join_all((0..4).map(|_| send(&viewer.client, "openTicket", input.clone()))).await;
    assert!(opened.iter().all(|payload| payload["ticket"]["id"] == opened[0]["ticket"]["id"]), "{opened:?}");
    let ticket = &opened[0]["ticket"];
    let twice = json!({"ticketId": ticket["id"], "body": "Twice?", "clientMutationId": "two"});
    for _ in 0..2 {
        let payload = send(&viewer.client, "answerTicket", twice.clone()).await;
        assert_eq!(payload["ticket"]["messages"]["nodes"].as_array().unwrap().len(), 2, "{payload}");
    }
    // At most twenty are open, however many are opened at once.
    let many: Vec<_> =
        (0..25).map(|n| json!({"tenantId": studio.tenant, "subject": format!("{n}"), "body": "?"})).collect();
    let opened = join_all(many.into_iter().map(|input| send(&viewer.client, "openTicket", input))).await;
    let (fit, full): (Vec<_>, Vec<_>) = opened.iter().partition(|payload| codes(payload).is_empty());
    assert_eq!((fit.len(), full.len()), (19, 6));
    assert!(full.iter().all(|payload| codes(payload) == ["LIMIT_REACHED"]));
    set_state(&viewer.client, ticket, 2, "CLOSED").await;
    open(&viewer.client, None, "There is room").await;

    let own = viewer.client.query("{ viewer { tickets(first: 100) { nodes { subject } } } }").await;
    assert_eq!(subjects(&own.data()["viewer"]["tickets"]).len(), 21);
    let of_tenant = async |arguments: &str| {
        let query = format!(
            r#"{{ administration(tenantId: "{}") {{ tickets({arguments}) {{ nodes {{ subject }} }} }} }}"#,
            studio.tenant
        );
        studio.member.client.query(&query).await.data()["administration"]["tickets"].clone()
    };
    assert_eq!(subjects(&of_tenant("first: 100").await).len(), 20);
    assert_eq!(subjects(&of_tenant("first: 100, state: OPEN").await).len(), 19);
    assert_eq!(subjects(&of_tenant("state: CLOSED").await), ["Once"]);
    assert_eq!(subjects(&of_tenant("state: ANSWERED").await), [""; 0]);
    let confined =
        viewer.client.in_tenant(&studio.slug).query("{ viewer { tickets(first: 100) { nodes { subject } } } }").await;
    assert_eq!(subjects(&confined.data()["viewer"]["tickets"]).len(), 20);

    // However many are closed, no more than forty are opened within a day.
    let close = "MATCH (k:Ticket {openerId: $id}) SET k.state = 'CLOSED' WITH count(k) AS n RETURN n";
    assert_eq!(run(app, close, &viewer.id).await, 21);
    let again = join_all((0..21).map(|n| {
        let input = json!({"tenantId": studio.tenant, "subject": format!("{n}"), "body": "?"});
        send(&viewer.client, "openTicket", input)
    }));
    assert_eq!(again.await.iter().filter(|payload| codes(payload).is_empty()).count(), 19);

    // A ticket has at most so many messages, and a message so many characters.
    let crowd = "MATCH (k:Ticket {id: $id}) UNWIND range(1, 198) AS n
                CREATE (k)-[:HAS_MESSAGE]->(:TicketMessage {id: k.id + n, ticketId: k.id, body: 'x', bySupport: false,
                                                            createdAt: datetime()})
                WITH k, count(n) AS n SET k.state = 'OPEN' RETURN n";
    assert_eq!(run(app, crowd, ticket["id"].as_str().unwrap()).await, 198);
    assert_eq!(codes(&answer(&viewer.client, ticket, "One more?").await), ["LIMIT_REACHED"]);
    for (subject, body, code) in [
        ("", "?", "BLANK"),
        ("a\nb", "?", "INVALID"),
        (&*"x".repeat(151), "?", "TOO_LONG"),
        ("x", " ", "BLANK"),
        ("x", &*"x".repeat(5_001), "TOO_LONG"),
    ] {
        let payload = send(&viewer.client, "openTicket", json!({"subject": subject, "body": body})).await;
        assert_eq!(codes(&payload), [code], "{payload}");
    }
}

#[tokio::test]
async fn a_ticket_is_in_the_export_and_goes_with_its_account() {
    let app = TestApp::get().await;
    let (studio, viewer) = (Studio::open(app).await, Member::confirmed(app, "leaving").await);
    let ticket = open(&viewer.client, Some(&studio.tenant), "I am leaving").await;
    answer(&studio.editor.client, &ticket, "A pity.").await;
    let export = async |member: &Member| {
        let answer = member.client.query("mutation { exportMyData(input: {}) { export { url } } }").await;
        let url = answer.data()["exportMyData"]["export"]["url"].as_str().unwrap().to_owned();
        reqwest::get(url).await.unwrap().json::<Value>().await.unwrap()
    };
    let data = export(&viewer).await;
    assert_eq!(data["tickets"][0]["subject"], "I am leaving");
    let said: Vec<_> = data["tickets"][0]["messages"].as_array().unwrap().iter().map(|it| &it["body"]).collect();
    assert_eq!(said, [&json!("Where is the third season?"), &json!("A pity.")]);
    assert_eq!(data["ticketAnswers"], json!([]));
    let data = export(&studio.editor).await;
    assert_eq!((&data["tickets"], &data["ticketAnswers"][0]["body"]), (&json!([]), &json!("A pity.")));

    // Who has answered, and goes, leaves the answer without a name.
    let go = "MATCH (u:User {id: $id})
              SET u.deletedAt = datetime(), u.deleteAfter = datetime() - duration('PT1S') RETURN 1 AS n";
    let gone = "MATCH (u:User {id: $id}) RETURN count(u) AS n";
    let server = app.sibling(&["--deletion-sweep-seconds=1"]).await;
    let erase = async |member: &Member| {
        run(app, go, &member.id).await;
        for _ in 0..300 {
            if run(app, gone, &member.id).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("nobody erases the account");
    };
    erase(&studio.editor).await;
    let left = seen(&viewer.client, &ticket).await;
    assert_eq!(left["messages"]["nodes"][1], json!({"body": "A pity.", "bySupport": true, "author": null}));
    // With whoever has asked, all of it goes.
    erase(&viewer).await;
    drop(server);
    assert_eq!(seen(&studio.owner.client, &ticket).await, json!("NOT_FOUND"));
    let left = "MATCH (x:Ticket|TicketMessage) WHERE $id IN [x.id, x.ticketId] RETURN count(x) AS n";
    assert_eq!(run(app, left, ticket["id"].as_str().unwrap()).await, 0);
}
