//! Operators suspend tenants, and decide how large they may become.

use serde_json::{Value, json};

use super::{codes, events, mutate, refused};
use crate::support::{Client, Member, Story, Studio, TestApp, episode, invitation_token, make_operator, series, slug_of};

const STANDING: &str = "standing { tenant { slug } suspendedAt suspensionReason plan maxMembers maxItems maxStorageBytes }";

async fn operator(app: &TestApp) -> Member {
    let mut operator = Member::register(&app.viewer(), "op").await;
    make_operator(app, &mut operator).await;
    operator
}

#[tokio::test]
async fn a_suspended_tenant_is_gone_for_viewers_and_clear_to_its_members() {
    let app = TestApp::get().await;
    let (operator, mut story) = (operator(app).await, Story::new("suspended"));
    let word = story.unique().to_owned();
    let franchise = story.franchise("f");
    franchise.title = format!("Franchise {word}");
    let mut entry = series("s");
    entry.episodes = vec![episode("s", 1, 1)];
    franchise.series = vec![entry];
    app.tell(&story).await;
    let (ada, slug) = (Member::confirmed(app, "ada").await, story.slug().to_owned());
    let query = format!(r#"{{ tenant(slug: "{slug}") {{ id }} }}"#);
    let id = app.viewer().query(&query).await.data()["tenant"]["id"].as_str().unwrap().to_owned();
    let join = seeka::graph::Statement::new(
        "tests/join",
        "MATCH (u:User {id: $user}) MATCH (t:Tenant {id: $tenant})
         CREATE (u)-[:MEMBER_OF {role: 'OWNER', since: datetime()}]->(t) RETURN u.id AS id",
    );
    let join = join.bind("user", ada.id.as_str()).bind("tenant", id.as_str());
    app.in_graph(|graph| async move { drop(graph.write::<Value>(join).await.unwrap()) }).await;

    let input = json!({"tenantId": id, "reason": "Somebody else's films."});
    for other in [&ada.client, &app.user()] {
        let codes = refused(other, "suspendTenant", STANDING, input.clone()).await;
        assert!(["FORBIDDEN", "UNAUTHENTICATED"].contains(&codes[0].as_str()), "{codes:?}");
    }
    assert_eq!(refused(&app.viewer(), "suspendTenant", STANDING, input.clone()).await, ["UNAUTHENTICATED"]);
    assert!(seen(&app.viewer(), &slug, &word).await.iter().all(|seen| *seen));

    let payload = mutate(&operator, "suspendTenant", STANDING, input.clone()).await;
    assert_eq!(payload["standing"]["suspensionReason"], "Somebody else's films.");
    assert_eq!(codes(&mutate(&operator, "suspendTenant", STANDING, input).await), ["NOT_ALLOWED"]);
    for client in [&app.viewer(), &ada.client] {
        assert!(seen(client, &slug, &word).await.iter().all(|seen| !seen));
    }
    // A fresh start loads the sample again, which does not end a suspension.
    app.tell(&story).await;
    assert!(seen(&app.viewer(), &slug, &word).await.iter().all(|seen| !seen));

    // Members learn what has happened, whatever they try.
    let inside = "query($id: ID) { administration(tenantId: $id) { role } }";
    let with_header = ada.client.in_tenant(&slug).query("{ tenants { nodes { id } } }").await;
    assert_eq!((with_header.status, with_header.codes()), (403, vec!["FORBIDDEN"]));
    let with_input = ada.client.send(inside, json!({"id": id})).await;
    assert_eq!(with_input.codes(), ["FORBIDDEN"]);
    for answer in [&with_header, &with_input] {
        assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("suspended"));
    }
    let update = json!({"tenantId": id, "expectedVersion": 1, "name": "X"});
    assert_eq!(refused(&ada.client, "updateTenant", "administration { role }", update).await, ["FORBIDDEN"]);
    let memberships = "{ viewer { memberships { nodes { tenant { slug } suspended suspensionReason } } } }";
    let own = json!([{"tenant": {"slug": slug}, "suspended": true, "suspensionReason": "Somebody else's films."}]);
    assert_eq!(ada.client.query(memberships).await.data()["viewer"]["memberships"]["nodes"], own);
    // To others, it is not there.
    let eve = Member::register(&app.viewer(), "eve").await;
    for client in [&eve.client, &operator.client] {
        assert_eq!(client.send(inside, json!({"id": id})).await.codes(), ["NOT_FOUND"]);
    }
    for client in [&eve.client, &app.viewer()] {
        assert_eq!(client.in_tenant(&slug).query("{ tenants { nodes { id } } }").await.status, 404);
    }

    assert_eq!(refused(&ada.client, "reinstateTenant", STANDING, json!({"tenantId": id})).await, ["FORBIDDEN"]);
    let payload = mutate(&operator, "reinstateTenant", STANDING, json!({"tenantId": id})).await;
    assert_eq!(payload["standing"]["suspendedAt"], json!(null));
    assert_eq!(codes(&mutate(&operator, "reinstateTenant", STANDING, json!({"tenantId": id})).await), ["NOT_ALLOWED"]);
    assert!(seen(&app.viewer(), &slug, &word).await.iter().all(|seen| *seen));
    assert_eq!(ada.client.send(inside, json!({"id": id})).await.data()["administration"]["role"], "OWNER");
    let kinds: Vec<_> = events(app, &id).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["TENANT_SUSPENDED", "TENANT_REINSTATED"]);
}

/// Through which doors the catalogue of a tenant is seen.
async fn seen(client: &Client, slug: &str, word: &str) -> Vec<bool> {
    let mut seen = Vec::new();
    for door in [
        format!(r#"{{ tenant(slug: "{slug}") {{ slug }} }}"#),
        format!(r#"{{ franchise(slug: "f", tenant: "{slug}") {{ slug }} }}"#),
        format!(r#"{{ series(slug: "s", tenant: "{slug}") {{ slug }} }}"#),
        format!(r#"{{ episode(slug: "s-s1e1", tenant: "{slug}") {{ slug }} }}"#),
        format!(r#"{{ search(query: "{word}") {{ nodes {{ ... on Franchise {{ slug }} }} }} }}"#),
    ] {
        seen.push(client.query(&door).await.data().to_string().contains("\"slug\""));
    }
    seen
}

#[tokio::test]
async fn a_tenant_that_was_not_active_is_not_active_afterwards() {
    let app = TestApp::get().await;
    let (operator, ada) = (operator(app).await, Member::confirmed(app, "ada").await);
    let id = ada.creates_tenant(&slug_of(&ada)).await;
    let hide = "MATCH (t:Tenant {id: $id}) SET t.active = false RETURN true AS done";
    super::in_the_graph(app, hide, &id).await;
    mutate(&operator, "suspendTenant", STANDING, json!({"tenantId": id, "reason": "A test."})).await;
    mutate(&operator, "reinstateTenant", STANDING, json!({"tenantId": id})).await;
    let query = format!(r#"{{ tenant(id: "{id}") {{ id }} }}"#);
    assert_eq!(app.viewer().query(&query).await.data()["tenant"], json!(null));
}

#[tokio::test]
async fn operators_know_how_a_tenant_stands_and_others_do_not() {
    let app = TestApp::get().await;
    let (operator, ada) = (operator(app).await, Member::confirmed(app, "ada").await);
    let (slug, query) = (slug_of(&ada), "query($id: ID, $slug: String) { tenantStanding(id: $id, slug: $slug) { plan maxMembers tenant { id } } }");
    let id = ada.creates_tenant(&slug).await;
    let standing = json!({"plan": "FREE", "maxMembers": 5, "tenant": {"id": id}});
    for variables in [json!({"id": id}), json!({"slug": slug})] {
        assert_eq!(operator.client.send(query, variables.clone()).await.data()["tenantStanding"], standing);
        assert_eq!(ada.client.send(query, variables.clone()).await.codes(), ["FORBIDDEN"]);
        assert_eq!(app.viewer().send(query, variables).await.codes(), ["UNAUTHENTICATED"]);
    }
    let nowhere = json!({"slug": "nobody-has-this-slug"});
    assert_eq!(operator.client.send(query, nowhere).await.data()["tenantStanding"], json!(null));
    assert_eq!(operator.client.send(query, json!({})).await.codes(), ["BAD_USER_INPUT"]);
    let gone = json!({"tenantId": seeka::id::TenantId::generate().to_string(), "reason": "A test."});
    assert_eq!(refused(&operator.client, "suspendTenant", STANDING, gone).await, ["NOT_FOUND"]);
}

#[tokio::test]
async fn a_plan_limits_members_and_an_operator_can_set_other_limits() {
    let app = TestApp::get().await;
    let (operator, studio) = (operator(app).await, Studio::open(app).await);
    let query = "query($id: ID) { administration(tenantId: $id) { plan limits {
        members { used limit } items { used limit } storageBytes { used limit } } } }";
    let limits = studio.member.client.send(query, json!({"id": studio.tenant})).await;
    let administration = json!({"plan": "FREE", "limits": {
        "members": {"used": 5.0, "limit": 5.0}, "items": {"used": 0.0, "limit": 500.0},
        "storageBytes": {"used": 0.0, "limit": 5_368_709_120.0},
    }});
    assert_eq!(limits.data()["administration"], administration);
    assert_eq!(codes(&studio.owner.invites(&studio.tenant, "a@example.org", "MEMBER").await), ["LIMIT_REACHED"]);

    let set = |more: Value| {
        let mut input = json!({"tenantId": studio.tenant, "plan": "STUDIO"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    assert_eq!(refused(&studio.owner.client, "setTenantPlan", STANDING, set(json!({}))).await, ["FORBIDDEN"]);
    assert_eq!(refused(&app.viewer(), "setTenantPlan", STANDING, set(json!({}))).await, ["UNAUTHENTICATED"]);
    let wrong = json!({"maxMembers": 0, "maxItems": -1, "maxStorageBytes": 1.5});
    let payload = mutate(&operator, "setTenantPlan", STANDING, set(wrong)).await;
    assert_eq!(codes(&payload), ["INVALID"; 3]);
    let payload = mutate(&operator, "setTenantPlan", STANDING, set(json!({"maxStorageBytes": 1e12}))).await;
    let standing = &payload["standing"];
    assert_eq!((&standing["plan"], &standing["maxMembers"]), (&json!("STUDIO"), &json!(50)));
    assert_eq!(standing["maxStorageBytes"].as_f64(), Some(1e12));

    // There is room for two more, who are told so; then the operator leaves room for one.
    let mut invited = Vec::new();
    for _ in 0..4 {
        let member = Member::confirmed(app, "bob").await;
        assert_eq!(codes(&studio.admin.invites(&studio.tenant, &member.email, "MEMBER").await), Vec::<&str>::new());
        let token = invitation_token(app, &member.email, 1).await;
        invited.push((member, token));
    }
    mutate(&operator, "setTenantPlan", STANDING, set(json!({"maxMembers": 7}))).await;
    let accepting = invited.iter().map(|(member, token)| member.accepts(token));
    let payloads = futures::future::join_all(accepting).await;
    assert_eq!(payloads.iter().filter(|payload| codes(payload).is_empty()).count(), 2);
    assert_eq!(payloads.iter().filter(|payload| codes(payload) == ["LIMIT_REACHED"]).count(), 2);
    let told = events(app, &studio.tenant).await;
    let plans: Vec<Value> = told
        .iter()
        .filter(|event| event.kind == "PLAN_CHANGED")
        .map(|event| serde_json::from_str(event.payload.as_deref().unwrap()).unwrap())
        .collect();
    assert_eq!((&plans[0]["from"], &plans[0]["plan"]), (&json!("FREE"), &json!("STUDIO")));
    assert_eq!((&plans[1]["from"], &plans[1]["maxMembers"]), (&json!("STUDIO"), &json!(7)));
}

#[tokio::test]
async fn what_a_tenant_holds_is_counted_drafts_too() {
    let app = TestApp::get().await;
    let (operator, mut story) = (operator(app).await, Story::new("counted"));
    let franchise = story.franchise("f");
    let mut entry = series("s");
    entry.episodes = (1..=3).map(|number| episode("s", 1, number)).collect();
    entry.episodes[2].published_at = None;
    franchise.series = vec![entry];
    app.tell(&story).await;
    let query = format!(r#"{{ tenant(slug: "{}") {{ id }} }}"#, story.slug());
    let id = app.viewer().query(&query).await.data()["tenant"]["id"].as_str().unwrap().to_owned();
    let join = seeka::graph::Statement::new(
        "tests/join",
        "MATCH (u:User {id: $user}) MATCH (t:Tenant {id: $tenant})
         CREATE (u)-[:MEMBER_OF {role: 'ANALYST', since: datetime()}]->(t) RETURN u.id AS id",
    );
    let join = join.bind("user", operator.id.as_str()).bind("tenant", id.as_str());
    app.in_graph(|graph| async move { drop(graph.write::<Value>(join).await.unwrap()) }).await;
    let limits = "query($id: ID) { administration(tenantId: $id) { limits { items { used } members { used } } } }";
    let answer = operator.client.send(limits, json!({"id": id})).await;
    let expected = json!({"items": {"used": 5.0}, "members": {"used": 1.0}});
    assert_eq!(answer.data()["administration"]["limits"], expected);
}
