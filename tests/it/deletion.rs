//! People leave, and come back in time, or are gone.

use std::time::Duration;

use seeka::graph::Statement;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, Story, TestApp};

const DELETE: &str = "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) {
    erasedAfter userErrors { field code message }
} }";
const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    signedIn { user { handle } tokens { accessToken } } userErrors { code }
} }";

async fn delete(client: &Client, input: Value) -> Value {
    client.send(DELETE, json!({"input": input})).await.data()["deleteAccount"].clone()
}

async fn login(anybody: &Client, member: &Member) -> Value {
    let input = json!({"input": {"email": member.email, "password": PASSWORD}});
    anybody.send(LOGIN, input).await.data()["login"].clone()
}

#[derive(serde::Deserialize)]
struct Row {}

#[derive(serde::Deserialize)]
struct Number {
    n: i64,
}

async fn prepare(app: &TestApp, text: &'static str, id: &str, other: &str) {
    let (id, other) = (id.to_owned(), other.to_owned());
    app.in_graph(|graph| async move {
        graph.write::<Row>(Statement::new("tests/prepare", text).bind("id", id).bind("other", other)).await.unwrap();
    })
    .await;
}

async fn number(app: &TestApp, text: &'static str, id: &str) -> i64 {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let id = id.to_owned();
    app.in_graph(|graph| async move {
        let rows = graph.read::<Number>(Statement::new("tests/number", text).bind("id", id)).await.unwrap();
        sender.send(rows[0].n).unwrap();
    })
    .await;
    receiver.await.unwrap()
}

/// The types of the events about somebody, in their order.
async fn events(app: &TestApp, kind: &'static str, id: &str) -> i64 {
    let text = match kind {
        "requested" => "MATCH (e:Event {subjectId: $id, type: 'ACCOUNT_DELETION_REQUESTED'}) RETURN count(e) AS n",
        "cancelled" => "MATCH (e:Event {subjectId: $id, type: 'ACCOUNT_DELETION_CANCELLED'}) RETURN count(e) AS n",
        _ => "MATCH (e:Event {subjectId: $id, type: 'ACCOUNT_DELETED'}) RETURN count(e) AS n",
    };
    number(app, text, id).await
}

#[tokio::test]
async fn whoever_comes_back_in_time_has_everything_back() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let follow = "mutation($id: ID!) { follow(input: {id: $id}) { userErrors { code } } }";
    ada.client.send(follow, json!({"id": bob.id})).await.data();
    for (input, code) in [(json!({}), "BLANK"), (json!({"password": "not the password"}), "WRONG_CREDENTIALS")] {
        let refused = delete(&ada.client, input).await;
        assert_eq!(refused["userErrors"][0]["code"], code);
    }
    let deleted = delete(&ada.client, json!({"password": PASSWORD})).await;
    assert_eq!(deleted["userErrors"], json!([]));
    let erased_after: chrono::DateTime<chrono::Utc> = deleted["erasedAfter"].as_str().unwrap().parse().unwrap();
    assert_eq!((erased_after - chrono::Utc::now()).num_hours(), 30 * 24 - 1);

    // Gone at once, for others and for the sessions that were open.
    let query = format!(
        r#"{{ user(handle: "{}") {{ id }} node(id: "{}") {{ id }} bob: user(handle: "{}") {{ followers {{ nodes {{ id }} }} }} }}"#,
        ada.handle, ada.id, bob.handle
    );
    let hidden = json!({"user": null, "node": null, "bob": {"followers": {"nodes": []}}});
    assert_eq!(*app.viewer().query(&query).await.data(), hidden);
    assert_eq!(ada.client.query("{ viewer { email } }").await.codes(), ["UNAUTHENTICATED"]);
    let update = "mutation { updateProfile(input: {}) { userErrors { code } } }";
    assert_eq!(ada.client.query(update).await.codes(), ["UNAUTHENTICATED"]);
    // Whoever guesses at the password learns nothing, and nobody else gets the name.
    let input = json!({"input": {"email": ada.email, "password": "not the password"}});
    let wrong = app.viewer().send(LOGIN, input).await.data()["login"].clone();
    assert_eq!(wrong["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!((events(app, "requested", &ada.id).await, events(app, "cancelled", &ada.id).await), (1, 0));

    let back = login(&app.viewer(), &ada).await;
    assert_eq!(back["signedIn"]["user"]["handle"], json!(ada.handle));
    let shown = app.viewer().query(&query).await.data().clone();
    assert_eq!((&shown["user"]["id"], &shown["bob"]["followers"]["nodes"][0]["id"]), (&json!(ada.id), &json!(ada.id)));
    assert_eq!(events(app, "cancelled", &ada.id).await, 1);
    assert_eq!(login(&app.viewer(), &ada).await["userErrors"], json!([]));
    assert_eq!(events(app, "cancelled", &ada.id).await, 1, "once");
}

#[tokio::test]
async fn the_last_owner_of_a_tenant_stays() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let carol = Member::register(&app.viewer(), "carol").await;
    let story = Story::new("owned");
    app.tell(&story).await;
    let own = "MATCH (u:User {id: $id}) MATCH (t:Tenant {slug: $other}) CREATE (u)-[:MEMBER_OF {role: 'OWNER', since: datetime()}]->(t)";
    let edit = "MATCH (u:User {id: $id}) MATCH (t:Tenant {slug: $other}) CREATE (u)-[:MEMBER_OF {role: 'EDITOR', since: datetime()}]->(t)";
    prepare(app, own, &ada.id, story.slug()).await;
    prepare(app, edit, &carol.id, story.slug()).await;
    let refused = delete(&ada.client, json!({"password": PASSWORD})).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
    assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains(story.slug()), "{refused}");
    assert_eq!(ada.client.query("{ viewer { email } }").await.data()["viewer"]["email"], json!(ada.email));
    prepare(app, own, &bob.id, story.slug()).await;
    // Of two owners who go at once, one stays.
    let both = [delete(&ada.client, json!({"password": PASSWORD})), delete(&bob.client, json!({"password": PASSWORD}))];
    let both = futures::future::join_all(both).await;
    assert_eq!(both.iter().filter(|payload| payload["userErrors"] == json!([])).count(), 1, "{both:?}");
}

#[tokio::test]
async fn what_is_due_is_erased_and_comments_stay() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--deletion-days=0", "--deletion-sweep-seconds=1"]).await;
    let all = [Member::register(&server.viewer(), "ada").await, Member::register(&server.viewer(), "bob").await];
    let [ada, bob] = &all;
    let write = "mutation($id: ID!) {
        updateAddress(input: {address: {name: \"Ada\", lines: [\"1\"], locality: \"Paris\", country: \"FR\"}}) { userErrors { code } }
        follow(input: {id: $id}) { userErrors { code } }
        exportMyData(input: {}) { export { url } } }";
    let written = ada.client.send(write, json!({"id": bob.id})).await;
    let url = written.data()["exportMyData"]["export"]["url"].as_str().unwrap().to_owned();
    let follow = "mutation($id: ID!) { follow(input: {id: $id}) { userErrors { code } } }";
    bob.client.send(follow, json!({"id": ada.id})).await.data();
    let grown = "MATCH (u:User {id: $id})
        MATCH (e:Episode) WHERE e.active WITH u, e ORDER BY e.id LIMIT 3
        CREATE (u)-[:WATCHED {positionMs: 5, completion: 0.5, plays: 1, firstAt: datetime(), lastAt: datetime()}]->(e)
        CREATE (u)-[:WROTE]->(:Comment {id: 'cm_' + $other + e.id, subjectId: $other, body: 'I said so.', status: 'VISIBLE',
          createdAt: datetime()})-[:ON]->(e)";
    prepare(app, grown, &ada.id, &ada.id).await;
    let around = "MATCH (u:User {id: $id})
        CREATE (:Invitation {id: 'in_' + $id, tenantId: $id, email: u.email, hash: $id, expiresAt: datetime() + duration('P1D')})
        CREATE (:Event {id: 'ev_nobody' + $id, type: 'SIGN_IN_FAILED', at: datetime(), subjectId: $id, address: '192.0.2.1'})
        CREATE (:Event {id: 'ev_other' + $id, type: 'PLATFORM_ROLE_GRANTED', at: datetime(), subjectId: $id, actorId: $other,
          address: '192.0.2.2', userAgent: 'theirs'})";
    prepare(app, around, &ada.id, &bob.id).await;
    // A server was killed in the middle: something is erased already, and its claim has grown old.
    let killed = "MATCH (u:User {id: $id}) SET u.erasingSince = datetime() - duration('PT11M')
        WITH u MATCH (u)-[:HAS_CREDENTIAL]->(c:Credential) WHERE $other = u.id DETACH DELETE c";
    assert_eq!(delete(&ada.client, json!({"password": PASSWORD})).await["userErrors"], json!([]));
    prepare(app, killed, &ada.id, &ada.id).await;
    let there = "MATCH (u:User) WHERE u.id = $id RETURN count(u) AS n";
    for _ in 0..240 {
        if number(app, there, &ada.id).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(number(app, there, &ada.id).await, 0, "the account is gone");
    for (what, text, count) in [
        (
            "comments",
            "MATCH (c:Comment {subjectId: $id}) WHERE NOT EXISTS { (c)<-[:WROTE]-() } RETURN count(c) AS n",
            3,
        ),
        (
            "addresses",
            "MATCH (a:Address {name: 'Ada', locality: 'Paris'}) WHERE NOT EXISTS { (a)<-[:HAS_ADDRESS]-() } RETURN count(a) AS n",
            0,
        ),
        ("exports", "MATCH (x:Export) WHERE x.key CONTAINS $id RETURN count(x) AS n", 0),
        (
            "personal events",
            "MATCH (e:Event) WHERE e.actorId = $id AND (e.address IS NOT NULL OR e.userAgent IS NOT NULL) AND e.type <> 'ACCOUNT_DELETED' RETURN count(e) AS n",
            0,
        ),
        ("invitations", "MATCH (i:Invitation {tenantId: $id}) RETURN count(i) AS n", 0),
        ("events of nobody", "MATCH (e:Event {subjectId: $id, address: '192.0.2.1'}) RETURN count(e) AS n", 0),
        (
            "events of others",
            "MATCH (e:Event {subjectId: $id, address: '192.0.2.2', userAgent: 'theirs'}) RETURN count(e) AS n",
            1,
        ),
        (
            "follows",
            "MATCH (:User)-[f:FOLLOWS]->() WHERE f.followedId = $id OR f.followerId = $id RETURN count(f) AS n",
            0,
        ),
    ] {
        assert_eq!(number(app, text, &ada.id).await, count, "{what}");
    }
    let kept = "MATCH (e:Event {actorId: $id, type: 'FOLLOWED'}) RETURN count(e) AS n";
    assert_eq!((number(app, kept, &ada.id).await, events(app, "deleted", &ada.id).await), (1, 1));
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 404, "the file is gone");
    assert_eq!(login(&app.viewer(), ada).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    // Handle and address are free.
    let register = "mutation($input: RegisterInput!) { register(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"email": ada.email, "handle": ada.handle, "password": PASSWORD}});
    assert_eq!(app.viewer().send(register, input).await.data()["register"]["userErrors"], json!([]));
}
