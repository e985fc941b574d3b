//! Tenants are made and changed.

use serde_json::json;

use super::{codes, events, mutate, refused};
use crate::support::{Member, Studio, TestApp, slug_of};

const CREATED: &str = "administration { tenant { id slug name description } version role plan }";

#[tokio::test]
async fn who_makes_a_tenant_owns_it() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let slug = slug_of(&ada);
    let input = json!({"slug": slug, "name": " Kettle & Crow ", "description": "", "clientMutationId": "1"});
    let payload = mutate(&ada, "createTenant", CREATED, input.clone()).await;
    assert_eq!((codes(&payload), &payload["administration"]), (vec!["NOT_ALLOWED"], &json!(null)));

    crate::support::confirm_address(app, &ada).await;
    let payload = mutate(&ada, "createTenant", CREATED, input).await;
    let made = &payload["administration"];
    let id = made["tenant"]["id"].as_str().unwrap();
    let tenant = json!({"id": id, "slug": slug, "name": "Kettle & Crow", "description": null});
    assert_eq!(made, &json!({"tenant": tenant, "version": 1, "role": "OWNER", "plan": "FREE"}));
    // Everybody sees it at once.
    let seen = app.viewer().query(&format!(r#"{{ tenant(slug: "{slug}") {{ id name }} }}"#)).await;
    assert_eq!(seen.data()["tenant"], json!({"id": id, "name": "Kettle & Crow"}));

    // The same key makes no second one, whatever else is said.
    let again = json!({"slug": format!("{slug}-2"), "name": "Again", "clientMutationId": "1"});
    assert_eq!(mutate(&ada, "createTenant", CREATED, again).await["administration"], *made);
    let events = events(app, id).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].kind.as_str(), events[0].actor_id.as_deref()), ("TENANT_CREATED", Some(&*ada.id)));
    assert_eq!(events[0].subject_id.as_deref(), Some(id));
    let payload: serde_json::Value = serde_json::from_str(events[0].payload.as_deref().unwrap()).unwrap();
    assert_eq!(payload, json!({"slug": slug, "name": "Kettle & Crow"}));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_tenant_is_told_at_once() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let input = json!({"slug": "A!", "name": "", "description": "\u{7}"});
    let payload = mutate(&ada, "createTenant", CREATED, input).await;
    let error = |field: &str, code: &str| json!({"field": ["input", field], "code": code});
    let errors = [error("slug", "TOO_SHORT"), error("name", "BLANK"), error("description", "INVALID")];
    assert_eq!(payload, json!({"administration": null, "userErrors": errors}));
    let anonymous = refused(&app.viewer(), "createTenant", CREATED, json!({"slug": slug_of(&ada), "name": "A"})).await;
    assert_eq!(anonymous, ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn a_slug_that_looks_like_another_is_taken() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "bob").await);
    let slug = format!("{}-10", slug_of(&ada));
    ada.creates_tenant(&slug).await;
    for taken in [slug.clone(), format!("{}-lo", slug_of(&ada)), "adrnin".to_owned()] {
        let payload = mutate(&bob, "createTenant", CREATED, json!({"slug": taken, "name": "B"})).await;
        assert_eq!(payload["userErrors"], json!([{"field": ["input", "slug"], "code": "TAKEN"}]), "{taken}");
    }
}

#[tokio::test]
async fn of_many_who_want_one_slug_one_gets_it() {
    let app = TestApp::get().await;
    let mut members = Vec::new();
    for _ in 0..8 {
        members.push(Member::confirmed(app, "ada").await);
    }
    let slug = slug_of(&members[0]);
    let all = members.iter().map(|ada| mutate(ada, "createTenant", CREATED, json!({"slug": slug, "name": "A"})));
    let payloads = futures::future::join_all(all).await;
    let made = payloads.iter().filter(|payload| codes(payload).is_empty()).count();
    let taken = payloads.iter().filter(|payload| codes(payload) == ["TAKEN"]).count();
    assert_eq!((made, taken), (1, 7));
}

#[tokio::test]
async fn two_attempts_with_one_key_make_one_tenant() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let attempts = (0..6).map(|n| {
        let input = json!({"slug": format!("{}-{n}", slug_of(&ada)), "name": "A", "clientMutationId": "the key"});
        mutate(&ada, "createTenant", CREATED, input)
    });
    let payloads = futures::future::join_all(attempts).await;
    let first = &payloads[0]["administration"]["tenant"]["id"];
    assert!(first.is_string() && payloads.iter().all(|payload| payload["administration"]["tenant"]["id"] == *first));
    // The same key of somebody else is another key.
    let bob = Member::confirmed(app, "bob").await;
    let input = json!({"slug": slug_of(&bob), "name": "B", "clientMutationId": "the key"});
    assert_ne!(mutate(&bob, "createTenant", CREATED, input).await["administration"]["tenant"]["id"], *first);
}

#[tokio::test]
async fn nobody_owns_more_than_ten_tenants() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let wanted = (0..14).map(|n| {
        let input = json!({"slug": format!("{}-{n}", slug_of(&ada)), "name": format!("Tenant {n}")});
        mutate(&ada, "createTenant", CREATED, input)
    });
    let payloads = futures::future::join_all(wanted).await;
    let made = payloads.iter().filter(|payload| codes(payload).is_empty()).count();
    let refused = payloads.iter().filter(|payload| codes(payload) == ["LIMIT_REACHED"]).count();
    assert_eq!((made, refused), (10, 4));
    let query = "{ viewer { memberships(first: 4) { nodes { role suspended } pageInfo { hasNextPage endCursor } } } }";
    let answer = ada.client.query(query).await;
    let page = &answer.data()["viewer"]["memberships"];
    assert_eq!(page["nodes"], json!(vec![json!({"role": "OWNER", "suspended": false}); 4]));
    let rest = format!(
        r#"{{ viewer {{ memberships(first: 100, after: {}) {{ nodes {{ since }} pageInfo {{ hasNextPage }} }} }} }}"#,
        page["pageInfo"]["endCursor"]
    );
    let answer = ada.client.query(&rest).await;
    let page = &answer.data()["viewer"]["memberships"];
    assert_eq!((page["nodes"].as_array().unwrap().len(), &page["pageInfo"]["hasNextPage"]), (6, &json!(false)));
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_refused() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let slug = slug_of(&ada);
    let id = ada.creates_tenant(&slug).await;
    let edit = |version: i32, changes: serde_json::Value| {
        let mut input = json!({"tenantId": id, "expectedVersion": version});
        input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        mutate(&ada, "updateTenant", CREATED, input)
    };
    let (one, other) = tokio::join!(
        edit(1, json!({"name": "One", "description": "A studio."})),
        edit(1, json!({"name": "Other", "description": "A studio."})),
    );
    let mut errors = [codes(&one), codes(&other)].concat();
    assert_eq!(errors.pop(), Some("STALE_VERSION"));
    assert!(errors.is_empty());
    let text = format!(
        r#"mutation {{ updateTenant(input: {{tenantId: "{id}", expectedVersion: 1, name: "X"}}) {{ userErrors {{ message }} }} }}"#
    );
    let told = ada.client.query(&text).await.data()["updateTenant"]["userErrors"][0]["message"].to_string();
    assert!(told.contains("version is 2"), "{told}");

    let made = edit(2, json!({"description": null, "slug": format!("{slug}-new")})).await["administration"].clone();
    assert_eq!((&made["version"], &made["tenant"]["description"]), (&json!(3), &json!(null)));
    let old = format!(r#"{{ old: tenant(slug: "{slug}") {{ id }} new: tenant(slug: "{slug}-new") {{ id }} }}"#);
    assert_eq!(app.viewer().query(&old).await.data(), &json!({"old": null, "new": {"id": id}}));
    // The look of the old slug is free again.
    ada.creates_tenant(&slug).await;
    assert_eq!(codes(&edit(3, json!({"slug": slug})).await), ["TAKEN"]);
    let kinds: Vec<_> = events(app, &id).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["TENANT_CREATED", "TENANT_UPDATED", "TENANT_UPDATED"]);
}

#[tokio::test]
async fn admins_edit_a_tenant_and_editors_do_not() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    for (role, member) in studio.everybody() {
        let input = json!({"tenantId": studio.tenant, "expectedVersion": 0, "name": "X"});
        let text = format!("{CREATED} ");
        if ["OWNER", "ADMIN"].contains(&role) {
            assert_eq!(codes(&mutate(member, "updateTenant", &text, input).await), ["STALE_VERSION"], "{role}");
        } else {
            assert_eq!(refused(&member.client, "updateTenant", &text, input).await, ["FORBIDDEN"], "{role}");
        }
    }
}
