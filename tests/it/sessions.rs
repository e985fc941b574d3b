//! Sessions go on, are listed and end.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures::future::join_all;
use rustix::process::Signal;
use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, SeekaProcess, TestApp, data_folder};

const REFRESH: &str = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
    signedIn { user { id } tokens { accessToken refreshToken refreshTokenExpiresAt } }
    userErrors { field code message } clientMutationId
} }";
const SESSIONS: &str = "{ viewer { sessions {
    nodes { id createdAt lastUsedAt expiresAt address userAgent isCurrent } pageInfo { hasNextPage }
} } }";

async fn refresh(client: &Client, token: &str) -> Value {
    client.send(REFRESH, json!({"input": {"refreshToken": token}})).await.data()["refreshSession"].clone()
}

/// The next tokens of a session.
async fn refreshed(client: &Client, token: &str) -> (String, String) {
    let payload = refresh(client, token).await;
    tokens(&payload)
}

/// The tokens of a payload: one to ask with, and one to get the next with.
#[track_caller]
fn tokens(payload: &Value) -> (String, String) {
    assert_eq!(payload["userErrors"], json!([]));
    let token = |name: &str| payload["signedIn"]["tokens"][name].as_str().unwrap().to_owned();
    (token("accessToken"), token("refreshToken"))
}

#[track_caller]
fn code(payload: &Value) -> &str {
    assert_eq!(payload["userErrors"][0]["field"], json!(["input", "refreshToken"]), "{payload}");
    payload["userErrors"][0]["code"].as_str().unwrap()
}

/// Signs in once more: another session.
async fn sign_in(client: &Client, member: &Member) -> (String, String) {
    let login = "mutation($input: LoginInput!) { login(input: $input) {
        signedIn { tokens { accessToken refreshToken } } userErrors { code }
    } }";
    let answer = client.send(login, json!({"input": {"email": member.email, "password": PASSWORD}})).await;
    tokens(&answer.data()["login"])
}

/// The sessions of whoever asks.
async fn sessions(client: &Client) -> Vec<Value> {
    client.query(SESSIONS).await.data()["viewer"]["sessions"]["nodes"].as_array().unwrap().clone()
}

async fn is_signed_in(client: &Client) -> bool {
    let answer = client.query("{ viewer { email } }").await;
    if answer.codes() == ["UNAUTHENTICATED"] {
        return false;
    }
    answer.data()["viewer"]["email"].is_string()
}

/// Runs a statement on the graph itself: `$id` is the user.
async fn in_graph(app: &TestApp, statement: &'static str, member: &Member) -> i64 {
    #[derive(Deserialize)]
    struct Row {
        count: i64,
    }
    let statement = Statement::new("tests/sessions", statement).bind("id", member.id.as_str());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.in_graph(|graph| async move {
        let rows = graph.write::<Row>(statement).await.unwrap();
        sender.send(rows[0].count).unwrap();
    })
    .await;
    receiver.await.unwrap()
}

async fn kept_sessions(app: &TestApp, member: &Member) -> i64 {
    in_graph(app, "MATCH (:User {id: $id})-[:HAS_SESSION]->(s:Session) RETURN count(s) AS count", member).await
}

#[tokio::test]
async fn of_fifty_uses_of_a_token_one_wins_and_its_return_after_the_grace_ends_the_session() {
    let app = TestApp::get().await;
    // All wait for one lock, each with a connection, and the first to ask waits for the plan of the statement.
    let patient = app.sibling(&["--neo4j-acquire-timeout-ms=60000"]).await;
    let anybody = patient.viewer();
    let ada = Member::register(&app.viewer(), "ada").await;
    let payloads = join_all((0..50).map(|_| refresh(&anybody, &ada.refresh_token))).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| payload["signedIn"].is_object());
    assert_eq!((won.len(), lost.len()), (1, 49));
    for payload in lost {
        assert_eq!(code(payload), "TOKEN_ALREADY_USED");
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("the new one is with whoever used it"), "{message}");
    }
    // Nobody is signed out: neither who won, nor who still holds the first access token.
    let (access, next) = tokens(won[0]);
    assert!(is_signed_in(&app.viewer().with_token(&access)).await && is_signed_in(&ada.client).await);
    let (_, newest) = refreshed(&anybody, &next).await;
    let (newest_access, newest) = refreshed(&anybody, &newest).await;

    let elsewhere = sign_in(&anybody, &ada).await;
    let impatient = app.sibling(&["--refresh-grace-ms=300"]).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(code(&refresh(&impatient.viewer(), &ada.refresh_token).await), "INVALID_TOKEN");
    assert_eq!(code(&refresh(&anybody, &newest).await), "INVALID_TOKEN");
    assert!(!is_signed_in(&app.viewer().with_token(&newest_access)).await);
    let told = "MATCH (e:Event {type: 'SESSION_REVOKED_BY_REUSE', subjectId: $id}) RETURN count(e) AS count";
    assert_eq!(in_graph(app, told, &ada).await, 1);
    // Another session of the same user is another family.
    refreshed(&anybody, &elsewhere.1).await;
}

#[tokio::test]
async fn many_uses_in_a_row_are_remembered_for_the_grace() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let lenient = app.sibling(&["--refresh-grace-ms=600000"]).await;
    let anybody = lenient.viewer();
    let mut used = vec![ada.refresh_token.clone()];
    for _ in 0..8 {
        let (_, next) = refreshed(&anybody, used.last().unwrap()).await;
        used.push(next);
    }
    for token in &used[..8] {
        assert_eq!(code(&refresh(&anybody, token).await), "TOKEN_ALREADY_USED");
    }
    // What is older than the grace is forgotten with the next use.
    let impatient = app.sibling(&["--refresh-grace-ms=50"]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    refreshed(&impatient.viewer(), &used[8]).await;
    let past = "MATCH (:User {id: $id})-[:HAS_SESSION]->(s) RETURN size(s.pastHashes) + size(s.pastAt) AS count";
    assert_eq!(in_graph(app, past, &ada).await, 2);
}

#[tokio::test]
async fn a_token_that_is_none_ends_nothing() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let bob = Member::register(&app.viewer(), "bob").await;
    let part = |member: &Member, n: usize| member.refresh_token.split('.').nth(n).unwrap().to_owned();
    let (session, family, rotation) = (part(&ada, 0), part(&ada, 1), part(&ada, 2));
    let garbage = [
        String::new(),
        "..".to_owned(),
        session.clone(),
        format!("{session}..{rotation}"),
        format!("{session}.{rotation}.{family}"),
        format!("{session}.{}.{rotation}", part(&bob, 1)),
        format!("{}.{family}.{rotation}", part(&bob, 0)),
        format!("{session}.{family}.{rotation}.x"),
        format!("{}.{family}.{rotation}", session.to_uppercase()),
        format!("{session}.{family}.{}", "x".repeat(5_000)),
        "💥".repeat(100),
    ];
    for token in &garbage {
        assert_eq!(code(&refresh(&app.viewer(), token).await), "INVALID_TOKEN", "{token}");
    }
    refreshed(&app.viewer(), &ada.refresh_token).await;
    refreshed(&app.viewer(), &bob.refresh_token).await;

    // Sessions end by themselves, and with the account.
    let cleo = Member::register(&app.viewer(), "cleo").await;
    let expire = "MATCH (:User {id: $id})-[:HAS_SESSION]->(s)
        SET s.expiresAt = datetime() - duration('PT1S') RETURN count(s) AS count";
    in_graph(app, expire, &cleo).await;
    assert_eq!(code(&refresh(&app.viewer(), &cleo.refresh_token).await), "INVALID_TOKEN");
    assert!(!is_signed_in(&cleo.client).await);
    let dan = Member::register(&app.viewer(), "dan").await;
    in_graph(app, "MATCH (u:User {id: $id}) SET u.deletedAt = datetime() RETURN count(u) AS count", &dan).await;
    assert_eq!(code(&refresh(&app.viewer(), &dan.refresh_token).await), "INVALID_TOKEN");
}

#[tokio::test]
async fn a_refreshed_session_has_the_roles_and_the_place_of_now() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer().with_header("user-agent", "Old television"), "ada").await;
    let before = sessions(&ada.client).await[0].clone();
    assert_eq!((&before["userAgent"], &before["address"]), (&json!("Old television"), &json!("127.0.0.1")));
    let promote = "MATCH (u:User {id: $id}) SET u.platformRoles = ['OPERATOR'] RETURN count(u) AS count";
    in_graph(app, promote, &ada).await;
    // Only an operator learns of statements, and the roles stand in the token.
    let debugged = async |client: Client| {
        let answer = client.with_header("seeka-debug", "statements").query("{ __typename }").await;
        answer.body["extensions"]["debug"].is_object()
    };
    assert!(!debugged(ada.client.clone()).await);
    let telephone = app.viewer().with_header("user-agent", "New telephone");
    let (access, _) = refreshed(&telephone, &ada.refresh_token).await;
    let promoted = app.viewer().with_token(&access);
    assert!(debugged(promoted.clone()).await);
    let after = sessions(&promoted).await[0].clone();
    let text = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
    assert_eq!(text(&after, "userAgent"), "New telephone");
    assert_eq!((&after["id"], &after["createdAt"]), (&before["id"], &before["createdAt"]));
    for moved in ["lastUsedAt", "expiresAt"] {
        assert!(text(&after, moved) > text(&before, moved), "{moved}: {before} {after}");
    }
}

#[tokio::test]
async fn tokens_that_were_given_out_outlive_a_crash() {
    let app = TestApp::get().await;
    let data = data_folder("crashed sessions");
    let flags = ["--data", data.as_str(), "--refresh-grace-ms=600000", "--neo4j-statement-timeout-ms=60000"];
    let variables = app.neo4j();
    let start = || SeekaProcess::start_with(&flags, &variables, Stdio::inherit());
    let server = start().await;
    let ada = Member::register(&server.client(), "ada").await;
    let (access, next) = refreshed(&server.client(), &ada.refresh_token).await;
    server.signal(Signal::KILL);
    server.end().await;

    let server = start().await;
    assert!(is_signed_in(&server.client().with_token(&access)).await);
    assert_eq!(code(&refresh(&server.client(), &ada.refresh_token).await), "TOKEN_ALREADY_USED");
    refreshed(&server.client(), &next).await;
}

const LOGOUT: &str = "mutation($input: LogoutInput!) { logout(input: $input) { sessionId userErrors { field code } } }";

/// Everybody's part of the platform can be seen, and nothing else, and nothing can be done.
async fn assert_signed_out(access: &str, app: &TestApp) {
    let client = app.viewer().with_token(access);
    assert!(!is_signed_in(&client).await);
    assert!(client.query("{ tenants(first: 1) { nodes { name } } }").await.data()["tenants"]["nodes"][0].is_object());
    let answer = client.query("mutation { logoutEverywhere(input: {}) { sessionCount } }").await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let (kept, _) = sign_in(&app.viewer(), &ada).await;
    let session = ada.refresh_token.split('.').next().unwrap();
    let answer = ada.client.send(LOGOUT, json!({"input": {}})).await;
    assert_eq!(answer.data()["logout"], json!({"sessionId": session, "userErrors": []}));
    assert_signed_out(&ada.access_token, app).await;
    assert_eq!(code(&refresh(&app.viewer(), &ada.refresh_token).await), "INVALID_TOKEN");
    assert!(is_signed_in(&app.viewer().with_token(&kept)).await);

    // A client whose access token has run out has its refresh token, and if it is not the newest.
    let (access, old) = sign_in(&app.viewer(), &ada).await;
    let (_, new) = refreshed(&app.viewer(), &old).await;
    let answers =
        join_all((0..10).map(|_| async { app.viewer().send(LOGOUT, json!({"input": {"refreshToken": old}})).await }));
    let payloads: Vec<_> = answers.await.iter().map(|answer| answer.data()["logout"].clone()).collect();
    let (out, refused): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| payload["sessionId"].is_string());
    assert_eq!((out.len(), refused.len()), (1, 9), "{payloads:?}");
    assert!(refused.iter().all(|payload| code(payload) == "INVALID_TOKEN"), "{payloads:?}");
    assert_signed_out(&access, app).await;
    assert_eq!(code(&refresh(&app.viewer(), &new).await), "INVALID_TOKEN");
    let told = "MATCH (e:Event {type: 'SIGNED_OUT', subjectId: $id}) RETURN count(e) AS count";
    assert_eq!(in_graph(app, told, &ada).await, 2);

    assert_eq!(app.viewer().send(LOGOUT, json!({"input": {}})).await.codes(), ["UNAUTHENTICATED"]);
    assert!(is_signed_in(&app.viewer().with_token(&kept)).await);
}

#[tokio::test]
async fn who_signs_out_everywhere_is_out_everywhere() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let bob = Member::register(&app.viewer(), "bob").await;
    let others = [sign_in(&app.viewer(), &ada).await, sign_in(&app.viewer(), &ada).await];
    let everywhere = "mutation { logoutEverywhere(input: {clientMutationId: \"out\"}) {
        sessionCount userErrors { code } clientMutationId
    } }";
    let answer = ada.client.query(everywhere).await;
    let expected = json!({"sessionCount": 3, "userErrors": [], "clientMutationId": "out"});
    assert_eq!(answer.data()["logoutEverywhere"], expected);
    for access in [&ada.access_token, &others[0].0, &others[1].0] {
        assert_signed_out(access, app).await;
    }
    for token in [&ada.refresh_token, &others[0].1, &others[1].1] {
        assert_eq!(code(&refresh(&app.viewer(), token).await), "INVALID_TOKEN");
    }
    let told = "MATCH (e:Event {type: 'SIGNED_OUT_EVERYWHERE', subjectId: $id, actorId: $id}) RETURN count(e) AS count";
    assert_eq!((in_graph(app, told, &ada).await, kept_sessions(app, &ada).await), (1, 0));
    assert!(is_signed_in(&bob.client).await);
    sign_in(&app.viewer(), &ada).await;
}

#[tokio::test]
async fn a_session_that_is_refreshed_while_all_end_does_not_come_back() {
    let app = TestApp::get().await;
    for _ in 0..5 {
        let ada = Member::register(&app.viewer(), "ada").await;
        let uses = join_all((0..5).map(async |_| {
            // Neither answer is wrong; a fault of the server would be.
            app.viewer().send(REFRESH, json!({"input": {"refreshToken": ada.refresh_token}})).await.data();
        }));
        let out = ada.client.query("mutation { logoutEverywhere(input: {}) { sessionCount } }");
        let (_, out) = tokio::join!(uses, out);
        out.data();
        assert_eq!(kept_sessions(app, &ada).await, 0);
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let second = sign_in(&app.viewer(), &ada).await;
    let third = sign_in(&app.viewer(), &ada).await;
    let id = |token: &str| token.split('.').next().unwrap().to_owned();
    let newest_first = [id(&third.1), id(&second.1), id(&ada.refresh_token)];
    let listed = sessions(&ada.client).await;
    let ids = |sessions: &[Value]| -> Vec<String> {
        sessions.iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&listed), newest_first);
    let current: Vec<_> = listed.iter().map(|session| session["isCurrent"].as_bool().unwrap()).collect();
    assert_eq!(current, [false, false, true]);

    // Page by page, from either end.
    for (size, cursor, ways) in [
        ("first", "after", newest_first.to_vec()),
        ("last", "before", {
            let mut oldest_first = newest_first.to_vec();
            oldest_first.reverse();
            oldest_first
        }),
    ] {
        let mut arguments = format!("{size}: 1");
        for expected in ways {
            let query = format!("{{ viewer {{ sessions({arguments}) {{ edges {{ cursor node {{ id }} }} }} }} }}");
            let answer = ada.client.query(&query).await;
            let edges = answer.data()["viewer"]["sessions"]["edges"].as_array().unwrap();
            assert_eq!((edges.len(), edges[0]["node"]["id"].as_str()), (1, Some(&*expected)), "{arguments}");
            arguments = format!("{size}: 1, {cursor}: {}", edges[0]["cursor"]);
        }
    }

    let revoke = "mutation($input: RevokeSessionInput!) { revokeSession(input: $input) {
        sessionId userErrors { code } clientMutationId
    } }";
    let ask = async |client: &Client, id: &str| client.send(revoke, json!({"input": {"id": id}})).await;
    let bob = Member::register(&app.viewer(), "bob").await;
    // What is somebody else's is not there.
    let refused = ask(&bob.client, &id(&second.1)).await;
    let unknown = ask(&bob.client, &seeka::id::SessionId::generate().to_string()).await;
    assert_eq!((refused.codes(), unknown.codes()), (vec!["NOT_FOUND"], vec!["NOT_FOUND"]));
    assert_eq!(refused.body["errors"][0]["message"], unknown.body["errors"][0]["message"]);
    assert_eq!(ask(&bob.client, &ada.id).await.codes(), ["BAD_USER_INPUT"]);

    let answer = ask(&ada.client, &id(&second.1)).await;
    let expected = json!({"sessionId": id(&second.1), "userErrors": [], "clientMutationId": null});
    assert_eq!(answer.data()["revokeSession"], expected);
    assert_signed_out(&second.0, app).await;
    assert_eq!(ask(&ada.client, &id(&second.1)).await.codes(), ["NOT_FOUND"]);
    let left = [id(&third.1), id(&ada.refresh_token)];
    assert_eq!(ids(&sessions(&ada.client).await), left);
    let told = "MATCH (e:Event {type: 'SESSION_REVOKED', subjectId: $id}) RETURN count(e) AS count";
    assert_eq!(in_graph(app, told, &ada).await, 1);
}

#[tokio::test]
async fn a_user_has_few_sessions_and_none_that_have_expired() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--max-sessions=3"]).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    let (_, second) = sign_in(&server.viewer(), &ada).await;
    let (_, third) = sign_in(&server.viewer(), &ada).await;
    // The first is used, so the second was unused the longest.
    let (access, first) = refreshed(&server.viewer(), &ada.refresh_token).await;
    let (_, fourth) = sign_in(&server.viewer(), &ada).await;
    assert_eq!(code(&refresh(&server.viewer(), &second).await), "INVALID_TOKEN");
    let id = |token: &str| json!(token.split('.').next().unwrap());
    let listed = sessions(&server.viewer().with_token(&access)).await;
    let ids: Vec<_> = listed.iter().map(|session| session["id"].clone()).collect();
    assert_eq!(ids, [id(&fourth), id(&third), id(&first)]);
    let anybody = server.viewer();
    join_all((0..10).map(|_| sign_in(&anybody, &ada))).await;
    assert_eq!(kept_sessions(app, &ada).await, 3);

    // Those that have expired go when the user signs in, and when another session is refreshed.
    let expire_all_but_one = "MATCH (:User {id: $id})-[:HAS_SESSION]->(s)
        WITH s ORDER BY s.createdAt SKIP 1
        SET s.expiresAt = datetime() - duration('PT1S') RETURN count(s) AS count";
    let bob = Member::register(&app.viewer(), "bob").await;
    sign_in(&app.viewer(), &bob).await;
    in_graph(app, expire_all_but_one, &bob).await;
    let (_, kept) = sign_in(&app.viewer(), &bob).await;
    assert_eq!(kept_sessions(app, &bob).await, 2);
    in_graph(
        app,
        "MATCH (:User {id: $id})-[:HAS_SESSION]->(s) WITH s ORDER BY s.createdAt LIMIT 1
        SET s.expiresAt = datetime() - duration('PT1S') RETURN count(s) AS count",
        &bob,
    )
    .await;
    refreshed(&app.viewer(), &kept).await;
    assert_eq!(kept_sessions(app, &bob).await, 1);
}

#[test]
fn every_statement_that_begins_a_session_keeps_their_number() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cypher/accounts");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let readme = read(&folder.join("README.md"));
    let fragment = readme.split("```cypher\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(fragment.contains("DETACH DELETE ended"));
    let mut beginning = BTreeSet::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = read(&path);
        let begins = text.lines().any(|line| line.trim_start().starts_with("CREATE") && line.contains("HAS_SESSION"));
        if path.extension().is_none_or(|ending| ending != "cypher") || !begins {
            continue;
        }
        let is_first = text.contains("CREATE (u:User {");
        assert!(is_first || text.contains(fragment), "{}: see cypher/accounts/README.md", path.display());
        beginning.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    assert!(beginning.contains("register") && beginning.contains("sign_in"), "{beginning:?}");
}

#[tokio::test]
async fn what_a_request_goes_on_with_ends_with_its_session() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    // The fields of a mutation run one after the other, and whoever sent it was confirmed before the first.
    let parts = [
        "ended: logoutEverywhere(input: {}) { clientMutationId }",
        "a: updateProfile(input: {bio: \"Still here\"}) { clientMutationId }",
        "b: updateAddress(input: {}) { clientMutationId }",
        "c: updateLegalPerson(input: {}) { clientMutationId }",
        "d: beginAvatarUpload(input: {contentType: \"image/png\", bytes: 9}) { clientMutationId }",
        "e: exportMyData(input: {}) { clientMutationId }",
    ];
    for part in &parts[1..] {
        let answer = ada.client.query(&format!("mutation {{ {part} }}")).await;
        assert!(answer.body["errors"].is_null(), "{part} is right: {:#}", answer.body);
    }
    for part in &parts[1..] {
        let login = "mutation($input: LoginInput!) { login(input: $input) { signedIn { tokens { accessToken } } } }";
        let answer = app.viewer().send(login, json!({"input": {"email": ada.email, "password": PASSWORD}})).await;
        let token = answer.data()["login"]["signedIn"]["tokens"]["accessToken"].as_str().unwrap();
        let answer = app.viewer().with_token(token).query(&format!("mutation {{ {} {part} }}", parts[0])).await;
        let refused = answer.codes();
        assert!(["UNAUTHENTICATED", "NOT_FOUND"].contains(&&*refused[0]) && refused.len() == 1, "{part}: {refused:?}");
    }
    let deleted =
        format!("mutation {{ {} deleteAccount(input: {{password: {PASSWORD:?}}}) {{ clientMutationId }} }}", parts[0]);
    let again = "mutation($input: LoginInput!) { login(input: $input) { signedIn { tokens { accessToken } } } }";
    let answer = app.viewer().send(again, json!({"input": {"email": ada.email, "password": PASSWORD}})).await;
    let token = answer.data()["login"]["signedIn"]["tokens"]["accessToken"].as_str().unwrap();
    let answer = app.viewer().with_token(token).query(&deleted).await;
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{:#}", answer.body);
}
