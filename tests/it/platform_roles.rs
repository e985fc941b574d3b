//! Roles on the platform as a whole: who gives and takes them, at the command line and in GraphQL.

use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Member, PASSWORD, SeekaProcess, TestApp};

const GRANT: &str = "mutation($input: GrantPlatformRoleInput!) { change: grantPlatformRole(input: $input) {
    holder { user { handle } roles } userErrors { field code } clientMutationId
} }";
const REVOKE: &str = "mutation($input: RevokePlatformRoleInput!) { change: revokePlatformRole(input: $input) {
    holder { user { handle } roles } userErrors { field code } clientMutationId
} }";

async fn change(client: &Client, mutation: &str, handle: &str, role: &str) -> Answer {
    client.send(mutation, json!({"input": {"handle": handle, "role": role}})).await
}

fn refused(field: &str, code: &str) -> Value {
    json!({"holder": null, "userErrors": [{"field": ["input", field], "code": code}], "clientMutationId": null})
}

/// Signs in anew, for a token with the roles of now.
async fn sign_in(anybody: &Client, member: &Member) -> Client {
    let login = "mutation($input: LoginInput!) { login(input: $input) { signedIn { tokens { accessToken } } } }";
    let answer = anybody.send(login, json!({"input": {"email": member.email, "password": PASSWORD}})).await;
    anybody.clone().with_token(answer.data()["login"]["signedIn"]["tokens"]["accessToken"].as_str().unwrap())
}

/// Runs `seeka role` beside the shared server, which has the data folder.
async fn role(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String, String) {
    SeekaProcess::run(&[&["role", "--data", app.data(), "--log", "warn"], arguments].concat(), &[]).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    kind: String,
    actor: Option<String>,
    payload: String,
    has_correlation: bool,
}

/// The events about a user, oldest first.
async fn events(app: &TestApp, user: &str) -> Vec<(String, Option<String>, Value)> {
    let (send, receive) = tokio::sync::oneshot::channel();
    let user = user.to_owned();
    app.in_graph(|graph| async move {
        let text = "MATCH (e:Event {subjectId: $user}) WHERE e.type STARTS WITH 'PLATFORM_ROLE'
            RETURN e.type AS kind, e.actorId AS actor, e.payload AS payload, size(e.correlationId) = 32 AS hasCorrelation
            ORDER BY e.at, e.id";
        let rows = graph.read::<Written>(Statement::new("tests/events", text).bind("user", user)).await.unwrap();
        assert!(rows.iter().all(|row| row.has_correlation));
        assert!(send.send(rows).is_ok());
    })
    .await;
    let rows = receive.await.unwrap().into_iter();
    rows.map(|row| (row.kind, row.actor, serde_json::from_str(&row.payload).unwrap())).collect()
}

#[tokio::test]
async fn an_operator_gives_and_takes_roles() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let bob = Member::register(&app.viewer(), "bob").await;
    // The first operator comes from the command line, in any spelling of the handle.
    let (code, out, err) = role(app, &["grant", &ada.handle.to_uppercase(), "operator"]).await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.ends_with("  operator\n"), "{out}");

    // What one may do changes at once, what one may read with the next token.
    let scientist = "DATA_SCIENTIST";
    let answer = change(&ada.client, GRANT, &bob.handle, scientist).await;
    let holder = |roles: &[&str]| json!({"user": {"handle": bob.handle}, "roles": roles});
    assert_eq!(answer.data()["change"]["holder"], holder(&[scientist]));
    let roles = "{ viewer { roles } }";
    assert_eq!(bob.client.query(roles).await.data()["viewer"]["roles"], json!([scientist]));
    let ada_anew = sign_in(&app.viewer(), &ada).await;
    let (_, statements) = ada_anew.explain("{ __typename }").await;
    assert_eq!(statements, Vec::<String>::new(), "the token says that she is an operator");

    // The same again changes nothing.
    let input = json!({"input": {"handle": bob.handle, "role": scientist, "clientMutationId": "again"}});
    let answer = ada.client.send(GRANT, input).await;
    assert_eq!(
        answer.data()["change"],
        json!({"holder": holder(&[scientist]), "userErrors": [], "clientMutationId": "again"})
    );
    assert_eq!(
        change(&ada.client, GRANT, &bob.handle, "OPERATOR").await.data()["change"]["holder"],
        holder(&[scientist, "OPERATOR"])
    );
    assert_eq!(
        change(&ada.client, REVOKE, &bob.handle, scientist).await.data()["change"]["holder"],
        holder(&["OPERATOR"])
    );
    assert_eq!(
        change(&ada.client, REVOKE, &bob.handle, scientist).await.data()["change"]["holder"],
        holder(&["OPERATOR"])
    );
    // She is not the last, so she may go.
    assert_eq!(
        change(&ada.client, REVOKE, &ada.handle, "OPERATOR").await.data()["change"]["holder"]["roles"],
        json!([])
    );
    assert_eq!(change(&ada_anew, REVOKE, &bob.handle, "OPERATOR").await.codes(), ["FORBIDDEN"]);

    let by = |who: Option<&Member>, kind: &str, role: &str| {
        (format!("PLATFORM_ROLE_{kind}"), who.map(|who| who.id.clone()), json!({"role": role}))
    };
    assert_eq!(events(app, &ada.id).await, [by(None, "GRANTED", "OPERATOR"), by(Some(&ada), "REVOKED", "OPERATOR")]);
    let expected = [("GRANTED", scientist), ("GRANTED", "OPERATOR"), ("REVOKED", scientist)];
    assert_eq!(events(app, &bob.id).await, expected.map(|(kind, role)| by(Some(&ada), kind, role)));
}

#[tokio::test]
async fn nobody_else_gives_and_takes_roles() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    for mutation in [GRANT, REVOKE] {
        // Whether there is such a user is nobody else's business either.
        for handle in [&*ada.handle, "nobody_of_this_name"] {
            assert_eq!(change(&app.viewer(), mutation, handle, "OPERATOR").await.codes(), ["UNAUTHENTICATED"]);
            assert_eq!(change(&ada.client, mutation, handle, "OPERATOR").await.codes(), ["FORBIDDEN"]);
            // A token that says so is not enough: the graph says who is an operator now.
            assert_eq!(change(&app.operator(), mutation, handle, "OPERATOR").await.codes(), ["UNAUTHENTICATED"]);
        }
    }
    let (code, _, _) = role(app, &["grant", &ada.handle, "data-scientist"]).await;
    assert_eq!(code, Some(0));
    let ada_anew = sign_in(&app.viewer(), &ada).await;
    assert_eq!(change(&ada_anew, GRANT, &ada.handle, "OPERATOR").await.codes(), ["FORBIDDEN"]);
    assert_eq!(events(app, &ada.id).await.len(), 1);
}

#[tokio::test]
async fn roles_are_listed_and_taken_at_the_command_line() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let listed = async || {
        let (code, out, err) = role(app, &["list"]).await;
        assert_eq!((code, err.as_str()), (Some(0), ""));
        out.lines().find(|line| line.starts_with(&ada.handle)).map(str::to_owned)
    };
    assert_eq!(listed().await, None);
    for name in ["data-scientist", "operator"] {
        let (code, _, err) = role(app, &["grant", &ada.handle, name]).await;
        assert_eq!((code, err.as_str()), (Some(0), ""));
    }
    assert_eq!(listed().await, Some(format!("{}  data-scientist, operator", ada.handle)));
    // The same with the address of the graph instead of its data folder.
    let arguments = ["role", "--log", "off", "revoke", &ada.handle, "data-scientist"];
    let (code, out, err) = SeekaProcess::run(&arguments, &app.neo4j()).await;
    assert_eq!((code, out, err.as_str()), (Some(0), format!("{}  operator\n", ada.handle), ""));
    let (code, out, _) = role(app, &["revoke", &ada.handle, "operator"]).await;
    assert_eq!((code, out), (Some(0), format!("{}  no role\n", ada.handle)));
    assert_eq!(listed().await, None);

    for command in ["grant", "revoke"] {
        let (code, out, err) = role(app, &[command, "nobody_of_this_name", "operator"]).await;
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert_eq!(err, "there is no user with the handle \"nobody_of_this_name\"\n");
        let (code, _, err) = role(app, &[command, &ada.handle, "emperor"]).await;
        assert_eq!(code, Some(2));
        assert!(err.contains("operator") && err.contains("data-scientist"), "{err}");
    }
}

/// Needs a graph in which nobody else is one; see `alone.rs`. What `seeka role` does is told by `role`. Returns what `seeka role
/// list` says from then on.
pub(crate) async fn there_is_always_an_operator(
    server: &SeekaProcess,
    role: impl AsyncFn(&[&str]) -> (Option<i32>, String, String),
) -> String {
    let ada = Member::register(&server.client(), "ada").await;
    let bob = Member::register(&server.client(), "bob").await;
    let (code, _, err) = role(&["grant", &ada.handle, "operator"]).await;
    assert_eq!((code, err.as_str()), (Some(0), ""));

    let answer = change(&ada.client, REVOKE, &ada.handle, "OPERATOR").await;
    assert_eq!(answer.data()["change"], refused("handle", "NOT_ALLOWED"));
    let answer = change(&ada.client, GRANT, "nobody_of_this_name", "OPERATOR").await;
    assert_eq!(answer.data()["change"], refused("handle", "NOT_FOUND"));
    let answer = change(&ada.client, REVOKE, &bob.handle, "OPERATOR").await;
    assert_eq!(answer.data()["change"]["userErrors"], json!([]), "he was none");

    // Two who take the role from one another at the same time do not both succeed.
    let mut remaining = (&ada, &bob);
    for _ in 0..10 {
        let (operator, other) = remaining;
        let answer = change(&operator.client, GRANT, &other.handle, "OPERATOR").await;
        assert_eq!(answer.data()["change"]["holder"]["roles"], json!(["OPERATOR"]));
        let (one, two) = tokio::join!(
            change(&operator.client, REVOKE, &other.handle, "OPERATOR"),
            change(&other.client, REVOKE, &operator.handle, "OPERATOR"),
        );
        let is_done = |answer: &Answer| answer.body["data"]["change"]["holder"].is_object();
        assert!(is_done(&one) != is_done(&two), "{:#} {:#}", one.body, two.body);
        let loser = if is_done(&one) { &two } else { &one };
        let is_last = loser.body["data"]["change"] == refused("handle", "NOT_ALLOWED");
        assert!(is_last || loser.codes() == ["FORBIDDEN"], "{:#}", loser.body);
        remaining = if is_done(&one) { (operator, other) } else { (other, operator) };
    }
    let expected = format!("{}  operator\n", remaining.0.handle);
    assert_eq!(role(&["list"]).await, (Some(0), expected.clone(), String::new()));

    // Nor does the last one go with the account; of two who go at the same time, one stays.
    let delete = "mutation($input: DeleteAccountInput!) { change: deleteAccount(input: $input) {
        erasedAfter userErrors { code } } }";
    let leave = async |member: &Member| {
        let answer = member.client.send(delete, json!({"input": {"password": PASSWORD}})).await;
        answer.data()["change"]["userErrors"].clone()
    };
    let (operator, other) = remaining;
    assert_eq!(leave(operator).await, json!([{"code": "NOT_ALLOWED"}]));
    change(&operator.client, GRANT, &other.handle, "OPERATOR").await.data();
    let (one, two) = tokio::join!(leave(operator), leave(other));
    let done = json!([]);
    assert!((one == done) != (two == done), "{one} {two}");
    let expected = format!("{}  operator\n", if one == done { other } else { operator }.handle);
    assert_eq!(role(&["list"]).await, (Some(0), expected.clone(), String::new()));
    expected
}
