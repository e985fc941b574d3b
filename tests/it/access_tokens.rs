//! Programs sign in with access tokens, and do no more than those are for.

use futures::StreamExt;
use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, TestApp};

const CREATE: &str = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) {
    created { token accessToken { id name scopes createdAt lastUsedAt expiresAt } }
    userErrors { field code message } clientMutationId
} }";
const REVOKE: &str = "mutation($input: RevokeAccessTokenInput!) { revokeAccessToken(input: $input) {
    revokedId userErrors { field code }
} }";
/// How many requests are on their way at once.
const AT_ONCE: usize = 6;
const LIST: &str = "{ viewer { accessTokens { nodes { id name scopes lastUsedAt expiresAt } } } }";

/// Asks for a token, with the password.
async fn ask(client: &Client, mut input: Value) -> Value {
    input.as_object_mut().unwrap().entry("password").or_insert_with(|| json!(PASSWORD));
    client.send(CREATE, json!({"input": input})).await.data()["createAccessToken"].clone()
}

/// A token with these scopes: its text and its id.
async fn create(member: &Member, scopes: &[&str]) -> (String, String) {
    let payload = ask(&member.client, json!({"name": "script", "scopes": scopes, "expiresInDays": 30})).await;
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{payload}")).to_owned();
    (text(&payload["created"]["token"]), text(&payload["created"]["accessToken"]["id"]))
}

async fn tokens(client: &Client) -> Vec<Value> {
    client.query(LIST).await.data()["viewer"]["accessTokens"]["nodes"].as_array().unwrap().clone()
}

#[derive(Deserialize)]
struct Count {
    count: i64,
}

/// Runs a statement that changes one token, or the account that it belongs to.
async fn change(app: &TestApp, statement: &'static str, id: &str) {
    let id = id.to_owned();
    app.in_graph(|graph| async move {
        let statement = Statement::new("tests/change", statement).bind("id", id);
        let changed = graph.write::<Count>(statement).await.unwrap();
        assert_eq!(changed[0].count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_signs_in() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let input = json!({
        "name": " nightly import ", "scopes": ["TENANT_READ", "PROFILE_READ", "TENANT_READ"], "expiresInDays": 365,
        "clientMutationId": "7",
    });
    let payload = ask(&ada.client, input).await;
    assert_eq!((&payload["userErrors"], &payload["clientMutationId"]), (&json!([]), &json!("7")));
    let token = payload["created"]["token"].as_str().unwrap();
    assert!(token.starts_with("skp_") && token.len() == 47, "{token}");
    let shown = &payload["created"]["accessToken"];
    assert_eq!(shown["name"], "nightly import");
    assert_eq!(shown["scopes"], json!(["PROFILE_READ", "TENANT_READ"]));
    assert_eq!(shown["lastUsedAt"], json!(null));
    let day = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
    assert_eq!((day(&shown["expiresAt"]) - day(&shown["createdAt"])).num_days(), 365);

    let program = app.viewer().with_token(token);
    let answer = program.query("{ viewer { user { id } email } }").await;
    assert_eq!(answer.data()["viewer"], json!({"user": {"id": ada.id}, "email": ada.email}));
    // Nothing that anybody can read holds it, or what is kept of it.
    let listed = program.query("{ viewer { accessTokens { nodes { id name } } securityEvents { nodes { type payload { name value } } } } }").await;
    let listed = listed.data().to_string();
    let hash = seeka::auth::hash_of(token);
    assert!(listed.contains(shown["id"].as_str().unwrap()) && listed.contains("ACCESS_TOKEN_CREATED"), "{listed}");
    assert!(!listed.contains(&token[4..]) && !listed.contains(&hash), "{listed}");
    let secrets = vec![token.to_owned(), hash];
    app.in_graph(|graph| async move {
        let holding =
            "MATCH (e:Event) WHERE any(secret IN $secrets WHERE e.payload CONTAINS secret) RETURN count(e) AS count";
        let holding = Statement::new("tests/holding", holding).bind("secrets", secrets);
        assert_eq!(graph.read::<Count>(holding).await.unwrap()[0].count, 0);
    })
    .await;
}

#[tokio::test]
async fn an_access_token_costs_one_statement_and_a_json_web_token_none() {
    let app = TestApp::get().await;
    let ada = Member::operator(app, "ada").await;
    let (token, _) = create(&ada, &["PROFILE_READ", "PLATFORM_READ"]).await;
    let program = app.viewer().with_token(&token);
    let (_, statements) = ada.client.explain("{ tenants(first: 1) { nodes { id } } }").await;
    assert_eq!(statements, ["catalog/tenants"]);
    let (_, statements) = program.explain("{ tenants(first: 1) { nodes { id } } }").await;
    assert_eq!(statements, ["platform/access_token", "catalog/tenants"]);
    let (_, statements) = program.explain("{ __typename }").await;
    assert_eq!(statements, ["platform/access_token"]);

    let id = seeka::id::AccessTokenId::generate();
    let mutation = format!(r#"mutation {{ revokeAccessToken(input: {{id: "{id}"}}) {{ userErrors {{ code }} }} }}"#);
    let (answer, statements) = ada.client.explain(&mutation).await;
    assert_eq!(answer.data()["revokeAccessToken"]["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(statements, ["platform/viewer", "accounts/revoke_access_token"]);
    // What a token is not for is refused before anything else is asked.
    let (answer, statements) = program.explain(&mutation).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(statements, ["platform/access_token"]);
}

#[tokio::test]
async fn whatever_a_token_has_no_scope_for_is_refused() {
    let app = TestApp::get().await;
    let ada = Member::operator(app, "ada").await;
    let (profile, _) = create(&ada, &["PROFILE_READ"]).await;
    let (tenant, _) = create(&ada, &["TENANT_WRITE"]).await;
    let (profile, tenant) = (app.viewer().with_token(&profile), app.viewer().with_token(&tenant));
    let missing = seeka::id::TenantId::generate();
    let audit = format!(r#"{{ auditEvents(tenantId: "{missing}") {{ nodes {{ id }} }} }}"#);
    let cases = [
        (&profile, "{ viewer { email } tenants(first: 1) { nodes { id } } }", None),
        (&tenant, "{ tenants(first: 1) { nodes { id } } __schema { queryType { name } } }", None),
        (&tenant, "{ viewer { email } }", Some("PROFILE_READ")),
        (
            &tenant,
            "query A { tenants(first: 1) { nodes { id } } ...B } fragment B on Query { ... { viewer { email } } }",
            Some("PROFILE_READ"),
        ),
        (&tenant, "{ viewer @skip(if: true) { email } }", Some("PROFILE_READ")),
        (&tenant, "{ email: viewer { email } }", Some("PROFILE_READ")),
        (&profile, &audit, Some("TENANT_READ")),
        (&profile, "{ platformEvents { nodes { id } } }", Some("PLATFORM_READ")),
    ];
    for (client, query, scope) in cases {
        let answer = client.query(query).await;
        let Some(scope) = scope else {
            let _ = answer.data();
            continue;
        };
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{query}");
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(scope), "{query}: {message}");
        assert!(answer.body.get("data").is_none(), "{query}");
    }
    // With the scope, it is the role in the tenant that counts.
    assert_eq!(tenant.query(&audit).await.codes(), ["NOT_FOUND"]);
    // Of the account's role on the platform, this token has nothing.
    let answer = profile.clone().with_header("seeka-debug", "statements").query("{ __typename }").await;
    assert!(answer.body["extensions"].get("debug").is_none());
}

#[tokio::test]
async fn acts_of_security_are_closed_to_every_token() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let (token, id) = create(&ada, &["PROFILE_WRITE", "TENANT_WRITE", "PLATFORM_READ"]).await;
    let program = app.viewer().with_token(&token);
    let more = json!({"input": {"name": "more", "scopes": ["PROFILE_READ"], "expiresInDays": 1}});
    assert_eq!(program.send(CREATE, more).await.codes(), ["FORBIDDEN"]);
    assert_eq!(program.send(REVOKE, json!({"input": {"id": id}})).await.codes(), ["FORBIDDEN"]);
    // Each mutation of the schema, asked for by a name of its own: none of these is the token's.
    let answer = program.query("{ __schema { mutationType { fields { name } } } }").await;
    let all = answer.data()["__schema"]["mutationType"]["fields"].as_array().unwrap();
    let words = [
        "token",
        "session",
        "password",
        "identity",
        "login",
        "logout",
        "register",
        "account",
        "exportmydata",
        "ownership",
        "role",
    ];
    let of_security = all.iter().map(|field| field["name"].as_str().unwrap()).filter(|name| {
        let name = name.to_lowercase();
        words.iter().any(|word| name.contains(word)) && !name.contains("memberrole")
    });
    let of_security: Vec<_> = of_security.collect();
    assert!(of_security.len() >= 4, "{of_security:?}");
    for name in of_security {
        let answer = program.query(&format!("mutation {{ it: {name} {{ __typename }} }}")).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{name}");
    }
    assert_eq!(tokens(&ada.client).await.len(), 1);
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let refused = async |token: &str| {
        let answer = app.viewer().with_token(token).query("{ __typename }").await;
        assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED"]), "{}", answer.body);
        assert!(answer.challenge.is_some_and(|challenge| challenge.starts_with("Bearer")));
    };
    // Made up: in a form that tokens have, and in others.
    let (good, id) = create(&ada, &["PROFILE_READ"]).await;
    let (other, _) = create(&ada, &["PROFILE_READ"]).await;
    let made_up = format!("{}{}", &good[..20], &other[20..]);
    for token in [&*made_up, "skp_", "skp_short", &format!("{good}A"), &good.to_uppercase()] {
        refused(token).await;
    }
    // Expired.
    change(app, "MATCH (t:AccessToken {id: $id}) SET t.expiresAt = datetime() RETURN count(t) AS count", &id).await;
    refused(&good).await;
    assert_eq!(tokens(&ada.client).await.len(), 2, "its owner still sees it");
    // Revoked.
    let (revoked, id) = create(&ada, &["PROFILE_READ"]).await;
    let grace = Member::register(&app.viewer(), "grace").await;
    let input = json!({"input": {"id": id}});
    let answer = grace.client.send(REVOKE, input.clone()).await;
    let not_found = json!({"revokedId": null, "userErrors": [{"field": ["input", "id"], "code": "NOT_FOUND"}]});
    assert_eq!(answer.data()["revokeAccessToken"], not_found, "somebody else's");
    app.viewer().with_token(&revoked).query("{ __typename }").await.data();
    let answer = ada.client.send(REVOKE, input.clone()).await;
    assert_eq!(answer.data()["revokeAccessToken"], json!({"revokedId": id, "userErrors": []}));
    refused(&revoked).await;
    assert_eq!(ada.client.send(REVOKE, input).await.data()["revokeAccessToken"], not_found);
    // Of an account that is gone.
    let (orphaned, _) = create(&ada, &["PROFILE_READ"]).await;
    change(app, "MATCH (u:User {id: $id}) SET u.deletedAt = datetime() RETURN count(u) AS count", &ada.id).await;
    refused(&orphaned).await;
}

#[tokio::test]
async fn the_last_use_is_known_to_the_hour() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let (token, id) = create(&ada, &["PROFILE_READ"]).await;
    let program = app.viewer().with_token(&token);
    let last_use = async || tokens(&ada.client).await[0]["lastUsedAt"].clone();
    assert_eq!(last_use().await, json!(null));
    program.query("{ __typename }").await.data();
    let first = last_use().await;
    assert!(first.is_string());
    program.query("{ __typename }").await.data();
    assert_eq!(last_use().await, first, "not written again");
    let earlier =
        "MATCH (t:AccessToken {id: $id}) SET t.lastUsedAt = datetime('2026-01-01T00:00Z') RETURN count(t) AS count";
    change(app, earlier, &id).await;
    program.query("{ __typename }").await.data();
    assert!(last_use().await.as_str() >= first.as_str(), "an hour has passed");
}

#[tokio::test]
async fn what_is_wrong_with_a_wanted_token_is_told_at_once() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let errors = async |input: Value| {
        let payload = ask(&ada.client, input).await;
        assert_eq!(payload["created"], json!(null));
        let errors = payload["userErrors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| format!("{} {}", error["field"][1].as_str().unwrap_or("-"), error["code"]))
            .collect::<Vec<_>>()
    };
    let found = errors(json!({"name": " ", "scopes": [], "expiresInDays": 0})).await;
    assert_eq!(found, [r#"name "BLANK""#, r#"scopes "BLANK""#, r#"expiresInDays "INVALID""#]);
    let found = errors(json!({"name": "a".repeat(81), "scopes": ["PROFILE_READ"], "expiresInDays": 366})).await;
    assert_eq!(found, [r#"name "TOO_LONG""#, r#"expiresInDays "INVALID""#]);
    let anonymous = json!({"input": {"name": "a", "scopes": ["PROFILE_READ"], "expiresInDays": 1}});
    assert_eq!(app.viewer().send(CREATE, anonymous).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn a_call_that_is_repeated_leaves_one_token() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let wanted = |name: &str, key: &str| json!({"name": name, "scopes": ["PROFILE_READ"], "expiresInDays": 1, "clientMutationId": key});
    let text = |payload: &Value| payload["created"]["token"].as_str().unwrap_or_else(|| panic!("{payload}")).to_owned();
    let works = async |token: &str| app.viewer().with_token(token).query("{ __typename }").await.status == 200;
    // The first answer was lost, so the text is known to nobody.
    let lost = text(&ask(&ada.client, wanted("import", "a")).await);
    let found = text(&ask(&ada.client, wanted("import", "a")).await);
    assert_ne!(lost, found);
    assert!(!works(&lost).await && works(&found).await);
    assert_eq!(tokens(&ada.client).await.len(), 1);
    // It is in use now, and nobody takes it away by repeating the call; nor for another wish.
    for name in ["import", "export"] {
        let payload = ask(&ada.client, wanted(name, "a")).await;
        assert_eq!(payload["created"], json!(null));
        let error = &payload["userErrors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(["input", "clientMutationId"]), &json!("NOT_ALLOWED")));
    }
    assert!(works(&found).await);
    // Another call, and the same one by somebody else, make tokens of their own.
    ask(&ada.client, wanted("import", "b")).await;
    let grace = Member::register(&app.viewer(), "grace").await;
    assert!(works(&text(&ask(&grace.client, wanted("import", "a")).await)).await);
    assert_eq!(tokens(&ada.client).await.len(), 2);
}

#[tokio::test]
async fn fifty_tokens_are_enough_however_fast_they_are_asked_for() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let one = json!({"name": "one of many", "scopes": ["PROFILE_READ"], "expiresInDays": 1});
    // Some at a time: all of them wait for one lock, and connections are waited for only so long.
    let asked = futures::stream::iter(0..60).map(|_| ask(&ada.client, one.clone()));
    let payloads: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
    let made: Vec<_> = payloads.iter().filter(|payload| payload["created"].is_object()).collect();
    assert_eq!(made.len(), 50);
    for payload in payloads.iter().filter(|payload| payload["created"].is_null()) {
        assert_eq!(payload["userErrors"][0]["code"], "LIMIT_REACHED");
    }
    // An expired one makes place, and goes.
    let id = made[0]["created"]["accessToken"]["id"].as_str().unwrap();
    change(app, "MATCH (t:AccessToken {id: $id}) SET t.expiresAt = datetime() RETURN count(t) AS count", id).await;
    assert!(ask(&ada.client, one).await["created"].is_object());

    // The list is read page by page, from either end.
    let page = async |arguments: &str| {
        let query = format!(
            "{{ viewer {{ accessTokens({arguments}) {{ nodes {{ id }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }} }}"
        );
        let page = ada.client.query(&query).await.data()["viewer"]["accessTokens"].clone();
        let ids = page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), page["pageInfo"].clone())
    };
    let (all, info) = page("first: 100").await;
    assert_eq!((all.len(), &info["hasNextPage"]), (50, &json!(false)));
    let (head, info) = page("first: 30").await;
    let (tail, end) = page(&format!("first: 30, after: {}", info["endCursor"])).await;
    assert_eq!([head, tail].concat(), all);
    assert_eq!(end["hasNextPage"], json!(false));
    let (last, info) = page("last: 7").await;
    assert_eq!((last.as_slice(), &info["hasPreviousPage"]), (&all[43..], &json!(true)));
    let (before, _) = page(&format!("last: 7, before: {}", info["startCursor"])).await;
    assert_eq!(before, all[36..43]);
}

#[tokio::test]
async fn a_flood_of_made_up_tokens_is_charged_to_the_address() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let (token, _) = create(&ada, &["PROFILE_READ"]).await;
    let small = app.sibling(&["--budget-points=3", "--budget-per-second=1", "--trusted-proxies=127.0.0.0/8"]).await;
    let from = |address: &str| small.viewer().with_header("x-forwarded-for", address);
    let flood = futures::stream::iter(0..40).map(|_| async {
        let made_up = seeka::auth::NewAccessToken::generate().unwrap().expose();
        from("192.0.2.1").with_token(&made_up).query("{ __typename }").await.codes()[0].to_owned()
    });
    let codes: Vec<_> = flood.buffer_unordered(AT_ONCE).collect().await;
    let count = |wanted: &str| codes.iter().filter(|code| *code == wanted).count();
    assert_eq!(count("UNAUTHENTICATED") + count("RATE_LIMITED"), 40, "{codes:?}");
    // A point comes back each second, and those are few that this takes.
    assert!(count("UNAUTHENTICATED") >= 3 && count("RATE_LIMITED") > 3, "{codes:?}");
    // What cannot be a token is refused without being looked up, whatever the budget.
    assert_eq!(from("192.0.2.1").with_token("skp_no").query("{ __typename }").await.codes(), ["UNAUTHENTICATED"]);
    // Elsewhere, a token that holds is answered.
    assert_eq!(from("192.0.2.2").with_token(&token).query("{ __typename }").await.status, 200);
}

#[tokio::test]
async fn what_a_token_may_change_costs_no_other_statement_to_sign_in() {
    let app = TestApp::get().await;
    let ada = Member::operator(app, "ada").await;
    let (writes, _) = create(&ada, &["TENANT_WRITE", "PLATFORM_READ"]).await;
    let (reads, _) = create(&ada, &["TENANT_READ", "PLATFORM_READ"]).await;
    let verified = "MATCH (u:User {id: $id}) SET u.emailVerifiedAt = datetime() RETURN count(u) AS count";
    change(app, verified, &ada.id).await;
    let slug = format!("by-token-{:x}", std::process::id());
    let create = format!(
        r#"mutation {{ createTenant(input: {{slug: "{slug}", name: "By token"}}) {{ userErrors {{ code }} }} }}"#
    );
    let (answer, statements) = app.viewer().with_token(&reads).explain(&create).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("TENANT_WRITE"));
    assert_eq!(statements, ["platform/access_token"]);
    let (answer, statements) = app.viewer().with_token(&writes).explain(&create).await;
    assert_eq!(answer.data()["createTenant"]["userErrors"], json!([]));
    assert_eq!((&*statements[0], &*statements[1]), ("platform/access_token", "tenants/create"));
    assert!(!statements.iter().any(|name| name == "platform/viewer"), "{statements:?}");
}

#[tokio::test]
async fn a_token_takes_the_password_and_a_mail_tells_of_it() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    for (password, code) in [(json!(null), "BLANK"), (json!("not the password"), "WRONG_CREDENTIALS")] {
        let input = json!({"name": "a", "scopes": ["PROFILE_READ"], "expiresInDays": 1, "password": password});
        let payload = ask(&ada.client, input).await;
        let error = &payload["userErrors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(["input", "password"]), &json!(code)));
        assert_eq!(payload["created"], json!(null));
    }
    create(&ada, &["PROFILE_READ"]).await;
    assert_eq!(app.mails_to(&ada.email, "An access token was made", 1).await.len(), 1);
}

#[tokio::test]
async fn a_changed_password_ends_all_tokens() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let bob = Member::register(&app.viewer(), "bob").await;
    let ((hers, _), (his, _)) = (create(&ada, &["PROFILE_READ"]).await, create(&bob, &["PROFILE_READ"]).await);
    let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"currentPassword": PASSWORD, "newPassword": "quite another horse"}});
    assert_eq!(ada.client.send(change, input).await.data()["changePassword"]["userErrors"], json!([]));
    assert_eq!(app.viewer().with_token(&hers).query("{ __typename }").await.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(app.viewer().with_token(&his).query("{ __typename }").await.status, 200);
}
