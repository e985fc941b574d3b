//! What matters for security is written down, and is read by those whom it concerns.

use seeka::graph::{Statement, map};
use seeka::id::{EventId, TenantId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, TestApp};

const EVENT: &str = "id type at actorId subjectId tenantId correlationId";

#[derive(Deserialize)]
struct Done {
    #[serde(rename = "done")]
    _done: i64,
}

/// Writes to the graph itself.
async fn write(app: &TestApp, statement: &'static str, parameters: Vec<(&'static str, String)>) {
    app.in_graph(|graph| async move {
        let statement = Statement::new("tests/write", statement);
        let bind = |statement: Statement, (name, value): (&'static str, String)| statement.bind(name, value);
        graph.write::<Done>(parameters.into_iter().fold(statement, bind)).await.unwrap();
    })
    .await;
}

/// A tenant with one member of each of the roles; its id.
async fn tenant(app: &TestApp, members: &[(&Member, &str)]) -> TenantId {
    let id = TenantId::generate();
    let parameters = vec![("id", id.to_string()), ("slug", format!("audited-{id}"))];
    write(
        app,
        "CREATE (:Tenant {id: $id, slug: $slug, name: $slug, active: true, createdAt: datetime()}) RETURN 1 AS done",
        parameters,
    )
    .await;
    for (member, role) in members {
        let parameters = vec![("id", id.to_string()), ("user", member.id.clone()), ("role", (*role).to_owned())];
        let join = "MATCH (t:Tenant {id: $id}), (u:User {id: $user})
            CREATE (u)-[:MEMBER_OF {role: $role, since: datetime()}]->(t) RETURN 1 AS done";
        write(app, join, parameters).await;
    }
    id
}

/// Events of a tenant, one a minute, in turns of the types, subjects and actors; newest last.
async fn happen(
    app: &TestApp,
    tenant: TenantId,
    count: usize,
    types: &[&str],
    subjects: &[String],
    actors: &[String],
) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..count {
        let id = EventId::generate().to_string();
        let parameters = vec![
            ("id", id.clone()),
            ("tenant", tenant.to_string()),
            ("type", types[n % types.len()].to_owned()),
            ("subject", subjects[n % subjects.len()].clone()),
            ("actor", actors[n / 2 % actors.len()].clone()),
            // Two at the same moment, now and then.
            ("at", format!("2026-01-01T00:{:02}:00Z", n - usize::from(n % 5 == 4))),
        ];
        let create = "CREATE (:Event {id: $id, tenantId: $tenant, type: $type, subjectId: $subject, actorId: $actor,
            at: datetime($at), correlationId: 'c0ffee', payload: '{\"role\":\"EDITOR\",\"of\":[1,2]}'}) RETURN 1 AS done";
        write(app, create, parameters).await;
        ids.push(id);
    }
    ids
}

async fn page(client: &Client, list: &str, arguments: &str) -> (Vec<String>, Value) {
    let query = format!(
        "{{ {list}({arguments}) {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let page = client.query(&query).await.data()[list].clone();
    let ids = page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned());
    (ids.collect(), page["pageInfo"].clone())
}

#[tokio::test]
async fn people_see_what_happened_to_their_account() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let grace = Member::register(&app.viewer(), "grace").await;
    let login = "mutation($input: LoginInput!) { login(input: $input) { userErrors { code } } }";
    let stranger = app.viewer().with_header("user-agent", "a stranger's browser");
    let guess = json!({"input": {"email": ada.email, "password": "not the password"}});
    let refused = stranger.send(login, guess).await;
    assert_eq!(refused.data()["login"]["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    let right = json!({"input": {"email": ada.email, "password": PASSWORD}});
    app.viewer().send(login, right).await.data();

    let query = format!(
        "{{ viewer {{ securityEvents {{ nodes {{ {EVENT} address userAgent accessTokenId actor {{ handle }} payload {{ name value }} }} }} }} }}"
    );
    let events = ada.client.query(&query).await.data()["viewer"]["securityEvents"]["nodes"].as_array().unwrap().clone();
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["SIGNED_IN", "SIGN_IN_FAILED", "ACCOUNT_REGISTERED"], "newest first");
    assert!(events.iter().all(|event| event["subjectId"] == ada.id));
    let failed = &events[1];
    assert_eq!((&failed["actorId"], &failed["actor"]), (&json!(null), &json!(null)), "nobody knows who that was");
    assert_eq!((&failed["userAgent"], &failed["address"]), (&json!("a stranger's browser"), &json!("127.0.0.1")));
    assert_eq!(failed["correlationId"], refused.body["extensions"]["correlationId"]);
    assert_eq!(events[0]["actor"]["handle"], ada.handle);

    // Only these, and only to her.
    let of =
        |types: &str| format!("{{ viewer {{ securityEvents(filter: {{types: [{types}]}}) {{ nodes {{ type }} }} }} }}");
    let answer = ada.client.query(&of("SIGN_IN_FAILED, SIGN_IN_FAILED")).await;
    assert_eq!(answer.data()["viewer"]["securityEvents"]["nodes"], json!([{"type": "SIGN_IN_FAILED"}]));
    assert_eq!(grace.client.query(&of("SIGN_IN_FAILED")).await.data()["viewer"]["securityEvents"]["nodes"], json!([]));
    assert_eq!(app.viewer().query(&query).await.data()["viewer"], json!(null));
}

#[tokio::test]
async fn what_a_program_did_names_its_token() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let create = format!(
        r#"mutation {{ createAccessToken(input: {{
            name: "import", scopes: [PROFILE_READ], expiresInDays: 1, password: "{PASSWORD}"
        }}) {{ created {{ token accessToken {{ id }} }} }} }}"#
    );
    let created = ada.client.query(&create).await.data()["createAccessToken"]["created"].clone();
    let id = created["accessToken"]["id"].as_str().unwrap();
    let revoke = format!(r#"mutation {{ revokeAccessToken(input: {{id: "{id}"}}) {{ revokedId }} }}"#);
    ada.client.query(&revoke).await.data();
    let query = "{ viewer { securityEvents(first: 2) { nodes { type accessTokenId actor { handle } payload { name value } } } } }";
    let events = ada.client.query(query).await.data()["viewer"]["securityEvents"]["nodes"].clone();
    assert_eq!(events[0]["type"], "ACCESS_TOKEN_REVOKED");
    assert_eq!(events[0]["payload"], json!([{"name": "accessTokenId", "value": id}]));
    assert_eq!(events[1]["type"], "ACCESS_TOKEN_CREATED");
    let payload = events[1]["payload"].as_array().unwrap();
    let names: Vec<_> = payload.iter().map(|detail| detail["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["accessTokenId", "expiresAt", "name", "scopes"]);
    assert_eq!((&payload[2]["value"], &payload[3]["value"]), (&json!("import"), &json!(r#"["PROFILE_READ"]"#)));
    // She has signed in herself.
    assert_eq!(events[1]["accessTokenId"], json!(null));
}

#[tokio::test]
async fn a_tenants_trail_is_for_its_admins_and_owners() {
    let app = TestApp::get().await;
    let [ada, bea, cleo, dora] =
        ["ada", "bea", "cleo", "dora"].map(|name| async { Member::register(&app.viewer(), name).await });
    let (ada, bea, cleo, dora) = (ada.await, bea.await, cleo.await, dora.await);
    let one = tenant(app, &[(&ada, "OWNER"), (&bea, "ADMIN"), (&cleo, "EDITOR")]).await;
    let other = tenant(app, &[(&dora, "OWNER")]).await;
    let (subjects, actors) = ([cleo.id.clone()], [ada.id.clone()]);
    let mut ids = happen(app, one, 3, &["SIGNED_IN"], &subjects, &actors).await;
    ids.reverse();
    happen(app, other, 2, &["SIGNED_IN"], &subjects, &actors).await;
    let arguments = format!(r#"tenantId: "{one}""#);
    for client in [&ada.client, &bea.client] {
        assert_eq!(page(client, "auditEvents", &arguments).await.0, ids);
    }
    let confined = ada.client.in_tenant(&format!("audited-{one}"));
    assert_eq!(page(&confined, "auditEvents", "first: 5").await.0, ids, "the header names the tenant as well");
    let query =
        format!("{{ auditEvents({arguments}) {{ nodes {{ {EVENT} actor {{ handle }} payload {{ name value }} }} }} }}");
    let event = ada.client.query(&query).await.data()["auditEvents"]["nodes"][0].clone();
    assert_eq!(event["actor"]["handle"], ada.handle);
    assert_eq!(event["payload"], json!([{"name": "of", "value": "[1,2]"}, {"name": "role", "value": "EDITOR"}]));
    // Whoever the tenant is closed to learns no more of it than of one that does not exist.
    let strange = format!(r#"{{ auditEvents(tenantId: "{}") {{ nodes {{ id }} }} }}"#, TenantId::generate());
    let cases = [
        (&cleo.client, &query, "FORBIDDEN"),
        (&dora.client, &query, "FORBIDDEN"),
        (&dora.client, &strange, "NOT_FOUND"),
        (&app.viewer(), &query, "UNAUTHENTICATED"),
    ];
    for (client, query, code) in cases {
        assert_eq!(client.query(query).await.codes(), [code], "{query}");
    }
    // What belongs to another tenant is not found by any filter.
    let filter = format!(r#"tenantId: "{one}", filter: {{subjectId: "{}", actorId: "{}"}}"#, cleo.id, ada.id);
    assert_eq!(page(&ada.client, "auditEvents", &filter).await.0, ids);
}

#[tokio::test]
async fn every_filter_finds_what_it_says_from_either_end() {
    let app = TestApp::get().await;
    let owner = Member::operator(app, "owner").await;
    let tenant = tenant(app, &[(&owner, "OWNER")]).await;
    let someone = || UserId::generate().to_string();
    let (subjects, actors) = ([someone(), someone(), someone()], [someone(), someone()]);
    let types = ["SIGNED_IN", "SIGN_IN_FAILED", "ACCESS_TOKEN_CREATED", "ACCESS_TOKEN_REVOKED"];
    let count = 40;
    let written = happen(app, tenant, count, &types, &subjects, &actors).await;
    // Newest first: by the minute, and by the id where that is the same.
    let minute = |n: usize| n - usize::from(n % 5 == 4);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|n| std::cmp::Reverse((minute(*n), written[*n].clone())));
    let expected = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
        order.iter().filter(|n| wanted(**n)).map(|n| written[*n].clone()).collect()
    };
    let (subject, actor) = (&subjects[1], &actors[0]);
    let is_subject = |n: usize| n % 3 == 1;
    let is_actor = |n: usize| (n / 2).is_multiple_of(2);
    let cases: Vec<(String, Vec<String>)> = vec![
        (String::new(), expected(&|_| true)),
        ("types: []".to_owned(), Vec::new()),
        ("types: [SIGNED_IN]".to_owned(), expected(&|n| n % 4 == 0)),
        ("types: [ACCESS_TOKEN_CREATED, SIGN_IN_FAILED]".to_owned(), expected(&|n| n % 4 == 1 || n % 4 == 2)),
        (format!(r#"actorId: "{actor}""#), expected(&is_actor)),
        (format!(r#"subjectId: "{subject}""#), expected(&is_subject)),
        (format!(r#"subjectId: "{subject}", actorId: "{actor}""#), expected(&|n| is_subject(n) && is_actor(n))),
        (
            format!(r#"subjectId: "{subject}", types: [SIGNED_IN, SIGN_IN_FAILED]"#),
            expected(&|n| is_subject(n) && n % 4 < 2),
        ),
        (
            r#"from: "2026-01-01T00:10:00Z", to: "2026-01-01T00:33:00Z""#.to_owned(),
            expected(&|n| (10..33).contains(&minute(n))),
        ),
        (
            format!(r#"from: "2026-01-01T00:08:00Z", actorId: "{actor}", types: [SIGNED_IN]"#),
            expected(&|n| minute(n) >= 8 && is_actor(n) && n % 4 == 0),
        ),
        (r#"from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z""#.to_owned(), Vec::new()),
    ];
    for (filter, expected) in cases {
        let arguments = format!(r#"tenantId: "{tenant}", filter: {{{filter}}}"#);
        for list in ["auditEvents", "platformEvents"] {
            let client = &owner.client;
            assert_eq!(page(client, list, &format!("{arguments}, first: 100")).await.0, expected, "{list} {filter}");
            assert_eq!(page(client, list, &format!("{arguments}, last: 100")).await.0, expected, "{list} {filter}");
            // From the beginning, seven at a time; and from the end.
            let (mut forward, mut backward): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
            let mut more = String::new();
            loop {
                let (ids, info) = page(client, list, &format!("{arguments}, first: 7{more}")).await;
                forward.extend(ids);
                more = format!(", after: {}", info["endCursor"]);
                if info["hasNextPage"] == json!(false) {
                    break;
                }
            }
            more.clear();
            loop {
                let (mut ids, info) = page(client, list, &format!("{arguments}, last: 7{more}")).await;
                ids.append(&mut backward);
                backward = ids;
                more = format!(", before: {}", info["startCursor"]);
                if info["hasPreviousPage"] == json!(false) {
                    break;
                }
            }
            assert_eq!((&forward, &backward), (&expected, &expected), "{list} {filter}");
        }
    }
}

#[tokio::test]
async fn the_platforms_trail_is_for_operators() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let query = "{ platformEvents { nodes { id } } }";
    assert_eq!(app.viewer().query(query).await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(ada.client.query(query).await.codes(), ["FORBIDDEN"]);
    let operator = Member::operator(app, "operator").await;
    let of =
        |filter: &str| format!("{{ platformEvents(filter: {{{filter}}}) {{ nodes {{ type subjectId tenantId }} }} }}");
    for filter in [format!(r#"subjectId: "{}""#, ada.id), format!(r#"actorId: "{}""#, ada.id)] {
        let answer = operator.client.query(&of(&filter)).await;
        let events = json!([{"type": "ACCOUNT_REGISTERED", "subjectId": ada.id, "tenantId": null}]);
        assert_eq!(answer.data()["platformEvents"]["nodes"], events, "{filter}");
    }
    let answer = operator.client.query(&of("types: [ACCOUNT_REGISTERED]")).await;
    let events = answer.data()["platformEvents"]["nodes"].as_array().unwrap();
    assert!(events.len() >= 2 && events.iter().all(|event| event["type"] == "ACCOUNT_REGISTERED"));
}

#[tokio::test]
async fn a_page_and_its_actors_are_a_statement_each() {
    let app = TestApp::get().await;
    let owner = Member::operator(app, "owner").await;
    let tenant = tenant(app, &[(&owner, "OWNER")]).await;
    let other = Member::register(&app.viewer(), "other").await;
    happen(app, tenant, 6, &["SIGNED_IN"], std::slice::from_ref(&owner.id), &[owner.id.clone(), other.id.clone()])
        .await;
    let query = format!(r#"{{ auditEvents(tenantId: "{tenant}", first: 5) {{ nodes {{ actor {{ handle }} }} }} }}"#);
    let (answer, statements) = owner.client.explain(&query).await;
    assert_eq!(answer.data()["auditEvents"]["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(statements, ["platform/membership", "events/of_tenant", "accounts/users_by_ids"]);
    let query = "{ viewer { securityEvents { nodes { actor { handle } } } } }";
    let (_, statements) = owner.client.explain(query).await;
    assert_eq!(statements, ["accounts/viewer", "events/by_subject", "accounts/users_by_ids"]);
    let (_, statements) = owner.client.explain("{ platformEvents { nodes { id } } }").await;
    assert_eq!(statements, ["platform/viewer", "events/of_platform"], "operators are those of now");
}

#[tokio::test]
async fn a_page_costs_the_same_however_much_else_has_happened() {
    // Twenty-one events, a handful of looks each.
    const LIMIT: i64 = 250;
    let app = TestApp::get().await;
    let (tenant, subject, actor) = (TenantId::generate(), UserId::generate(), UserId::generate());
    let happen = async |kind: &str, at: &str, count: usize| {
        let ids: Vec<neo4rs::BoltType> = (0..count).map(|_| EventId::generate().into()).collect();
        let (kind, at) = (kind.to_owned(), at.to_owned());
        app.in_graph(|graph| async move {
            let many = "UNWIND range(0, size($ids) - 1) AS n
                CREATE (:Event {id: $ids[n], tenantId: $tenant, subjectId: $subject, actorId: $actor, type: $type,
                                at: datetime($at) + duration({seconds: n})})
                RETURN count(*) AS done";
            let statement = Statement::new("tests/many", many)
                .bind("ids", ids)
                .bind("tenant", tenant)
                .bind("subject", subject)
                .bind("actor", actor)
                .bind("type", kind)
                .bind("at", at);
            graph.write::<Done>(statement).await.unwrap();
        })
        .await;
    };
    let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let bound = |text: &str, id: &str| vec![moment(text).into(), neo4rs::BoltType::from(id)];
    let key = || {
        map([
            ("tenantId", tenant.into()),
            ("subjectId", subject.into()),
            ("actorId", actor.into()),
            ("type", "SIGNED_IN".into()),
            ("lower", bound("2026-02-01T00:00:00Z", "").into()),
            ("upper", bound("2026-03-01T00:00:00Z", "").into()),
        ])
    };
    let texts = [
        include_str!("../../cypher/events/of_tenant.cypher"),
        include_str!("../../cypher/events/of_tenant_by_subject.cypher"),
        include_str!("../../cypher/events/of_tenant_by_actor.cypher"),
        include_str!("../../cypher/events/by_subject.cypher"),
        include_str!("../../cypher/events/by_actor.cypher"),
        include_str!("../../cypher/events/of_platform.cypher"),
    ];
    let costs = async || {
        let mut costs = Vec::new();
        for text in texts {
            for backward in [false, true] {
                let (full, empty) = (vec![key()], Vec::<neo4rs::BoltType>::new());
                let (forward, backward) = if backward { (empty, full) } else { (full, empty) };
                let parameters = [("forward", forward.into()), ("backward", backward.into()), ("limit", 21.into())];
                // The least of three: what was written a moment ago may be looked at more than once.
                let mut least = app.db_hits(text, parameters.clone()).await;
                for _ in 0..2 {
                    let again = app.db_hits(text, parameters.clone()).await;
                    least = if again.0 < least.0 { again } else { least };
                }
                costs.push(least);
            }
        }
        costs
    };
    happen("SIGNED_IN", "2026-02-10T00:00:00Z", 50).await;
    let before = costs().await;
    assert!(before.iter().all(|(hits, _)| (20..LIMIT).contains(hits)), "{before:#?}");
    // At other times, and of other types.
    happen("SIGNED_IN", "2025-01-01T00:00:00Z", 2_000).await;
    happen("SIGNED_IN", "2026-06-01T00:00:00Z", 2_000).await;
    happen("SIGN_IN_FAILED", "2026-02-10T00:00:00Z", 2_000).await;
    let after = costs().await;
    // Without a bound it would be thousands.
    let dear: Vec<_> = after.iter().filter(|(hits, _)| *hits >= LIMIT).collect();
    assert!(dear.is_empty(), "{dear:#?}");
}

#[tokio::test]
async fn what_others_did_to_an_account_does_not_tell_where_they_did_it_from() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let operator = Member::operator(app, "operator").await;
    let follow = format!(r#"mutation {{ follow(input: {{id: "{}"}}) {{ userErrors {{ code }} }} }}"#, ada.id);
    assert_eq!(bob.client.query(&follow).await.data()["follow"]["userErrors"], json!([]));
    let grant = format!(
        r#"mutation {{ grantPlatformRole(input: {{handle: "{}", role: DATA_SCIENTIST}}) {{ userErrors {{ code }} }} }}"#,
        ada.handle
    );
    assert_eq!(operator.client.query(&grant).await.data()["grantPlatformRole"]["userErrors"], json!([]));
    let query = "{ viewer { securityEvents { nodes { type address userAgent correlationId actor { handle } } } } }";
    let events = ada.client.query(query).await.data()["viewer"]["securityEvents"]["nodes"].clone();
    let hidden = json!({
        "type": "PLATFORM_ROLE_GRANTED", "address": null, "userAgent": null, "correlationId": null,
        "actor": {"handle": operator.handle},
    });
    assert_eq!(events[0], hidden, "who follows an account is no matter of its security");
    assert_eq!((&events[1]["type"], &events[1]["address"]), (&json!("ACCOUNT_REGISTERED"), &json!("127.0.0.1")));
}
