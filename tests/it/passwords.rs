//! People change their password and their address, and come back after they have forgotten the password.

use futures::future::join_all;
use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, PASSWORD, SeekaProcess, TestApp};

const NEW: &str = "seven owls on a wire";

const CHANGE: &str = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
    viewer { user { id } } userErrors { field code } } }";
const REQUEST_RESET: &str = "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) {
    requested userErrors { field code } } }";
const RESET: &str = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) {
    reset userErrors { field code } } }";
const VERIFY: &str = "mutation($input: VerifyEmailInput!) { verifyEmail(input: $input) {
    verified userErrors { field code } } }";
const REQUEST_VERIFICATION: &str = "mutation { requestEmailVerification(input: {}) {
    requested userErrors { field code } } }";
const CHANGE_EMAIL: &str = "mutation($input: ChangeEmailInput!) { changeEmail(input: $input) {
    requested userErrors { field code } } }";

/// The payload of a mutation.
async fn did(client: &Client, mutation: &str, input: Value) -> Value {
    let answer = client.send(mutation, json!({"input": input})).await;
    answer.data().as_object().unwrap().values().next().unwrap().clone()
}

/// The only user error of a payload, whose result must be null.
#[track_caller]
fn refusal(payload: &Value) -> (String, String) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload}");
    let mut fields = payload.as_object().unwrap().iter();
    assert!(fields.all(|(name, value)| name == "userErrors" || value.is_null()), "{payload}");
    let field = errors[0]["field"].as_array().map(|way| way.last().unwrap().as_str().unwrap().to_owned());
    (field.unwrap_or_default(), errors[0]["code"].as_str().unwrap().to_owned())
}

fn refused(field: &str, code: &str) -> (String, String) {
    (field.to_owned(), code.to_owned())
}

/// Rows of the graph itself.
async fn rows(app: &TestApp, text: &'static str, user: &Member) -> Vec<String> {
    #[derive(Deserialize)]
    struct Row {
        found: String,
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let id = user.id.clone();
    app.in_graph(|graph| async move {
        let found = graph.write::<Row>(Statement::new("tests/rows", text).bind("id", id)).await.unwrap();
        sender.send(found.into_iter().map(|row| row.found).collect()).expect("the test waits");
    })
    .await;
    receiver.await.unwrap()
}

/// The types of the events of a user, oldest first.
async fn events(app: &TestApp, user: &Member) -> Vec<String> {
    rows(app, "MATCH (e:Event) WHERE e.subjectId = $id RETURN e.type AS found ORDER BY e.at, e.id", user).await
}

/// Makes all proofs of a user too old.
async fn age_proofs(app: &TestApp, user: &Member) {
    let text = "MATCH (:User {id: $id})-[:HAS_PROOF]->(p:EmailProof)
                SET p.expiresAt = datetime() - duration('PT1S') RETURN p.kind AS found";
    assert!(!rows(app, text, user).await.is_empty());
}

/// Whether a session may still write.
async fn may_write(client: &Client) -> bool {
    let codes = client.query(REQUEST_VERIFICATION).await;
    match codes.codes().as_slice() {
        [] => true,
        ["UNAUTHENTICATED"] => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions_and_is_told_by_mail() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let phone = app.viewer().with_token(&ada.sign_in(&app.viewer(), PASSWORD).await.unwrap());
    let bob = Member::register(&app.viewer(), "bob").await;

    let wrong = did(&ada.client, CHANGE, json!({"currentPassword": "not the password", "newPassword": NEW})).await;
    assert_eq!(refusal(&wrong), refused("currentPassword", "WRONG_CREDENTIALS"));
    let missing = did(&ada.client, CHANGE, json!({"currentPassword": null, "newPassword": NEW})).await;
    assert_eq!(refusal(&missing), refused("currentPassword", "BLANK"));
    let short = did(&ada.client, CHANGE, json!({"currentPassword": PASSWORD, "newPassword": "short"})).await;
    assert_eq!(refusal(&short), refused("newPassword", "TOO_SHORT"));
    assert!(may_write(&phone).await);

    let done = did(&ada.client, CHANGE, json!({"currentPassword": PASSWORD, "newPassword": NEW})).await;
    assert_eq!(done, json!({"viewer": {"user": {"id": ada.id}}, "userErrors": []}));
    assert!(may_write(&ada.client).await && !may_write(&phone).await && may_write(&bob.client).await);
    assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_none());
    assert!(ada.sign_in(&app.viewer(), NEW).await.is_some());
    app.mails_to(&ada.email, "The password of your account at Seeka was changed", 1).await;
    let events = events(app, &ada).await;
    assert_eq!(
        events,
        ["ACCOUNT_REGISTERED", "SIGNED_IN", "PASSWORD_REFUSED", "PASSWORD_CHANGED", "SIGN_IN_FAILED", "SIGNED_IN"]
    );
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let wanted: Vec<String> = (0..8).map(|number| format!("{NEW} {number}")).collect();
    let changes = wanted.iter().map(|new| {
        let input = json!({"currentPassword": PASSWORD, "newPassword": new});
        did(&ada.client, CHANGE, input)
    });
    let answers = join_all(changes).await;
    let winners: Vec<_> = answers.iter().zip(&wanted).filter(|(answer, _)| answer["viewer"].is_object()).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(ada.sign_in(&app.viewer(), winners[0].1).await.is_some());
}

#[tokio::test]
async fn only_a_session_changes_what_guards_the_account() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let (_, token, _) = SeekaProcess::run(&["token", "--user", &ada.id, "--data", app.data()], &[]).await;
    let script = app.viewer().with_token(token.trim());
    let change = json!({"input": {"currentPassword": PASSWORD, "newPassword": NEW}});
    let change_email = json!({"input": {"email": "other@example.org", "password": PASSWORD}});
    for (client, code) in [(&script, "FORBIDDEN"), (&app.viewer(), "UNAUTHENTICATED"), (&app.user(), "UNAUTHENTICATED")]
    {
        assert_eq!(client.send(CHANGE, change.clone()).await.codes(), [code]);
        assert_eq!(client.send(CHANGE_EMAIL, change_email.clone()).await.codes(), [code]);
    }
    assert_eq!(app.viewer().query(REQUEST_VERIFICATION).await.codes(), ["UNAUTHENTICATED"]);
    assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_some());
}

#[tokio::test]
async fn an_account_without_a_password_can_have_one() {
    let app = TestApp::get().await;
    for by_mail in [false, true] {
        let ada = Member::register(&app.viewer(), "ada").await;
        // As somebody who signs in elsewhere only.
        let text = "MATCH (:User {id: $id})-[:HAS_CREDENTIAL]->(c:Credential) DETACH DELETE c RETURN 'gone' AS found";
        assert_eq!(rows(app, text, &ada).await.len(), 1);
        assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_none());
        let guess = did(&ada.client, CHANGE, json!({"currentPassword": PASSWORD, "newPassword": NEW})).await;
        assert_eq!(refusal(&guess), refused("currentPassword", "NOT_ALLOWED"));
        if by_mail {
            did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
            let mail = app.mail_to(&ada.email, "reset-password").await;
            let done = did(&app.viewer(), RESET, json!({"token": mail.token(), "newPassword": NEW})).await;
            assert_eq!(done["reset"], true);
        } else {
            let done = did(&ada.client, CHANGE, json!({"newPassword": NEW})).await;
            assert_eq!(done["viewer"]["user"]["id"], json!(ada.id));
            let again = did(&ada.client, CHANGE, json!({"newPassword": PASSWORD})).await;
            assert_eq!(refusal(&again), refused("currentPassword", "BLANK"));
        }
        assert!(ada.sign_in(&app.viewer(), NEW).await.is_some());
        let text = "MATCH (:User {id: $id})-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'}) RETURN c.id AS found";
        assert_eq!(rows(app, text, &ada).await.len(), 1);
    }
}

#[tokio::test]
async fn who_has_forgotten_the_password_sets_a_new_one_by_mail() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let phone = app.viewer().with_token(&ada.sign_in(&app.viewer(), PASSWORD).await.unwrap());
    let input = json!({"email": ada.email.to_uppercase()});
    assert_eq!(did(&app.viewer(), REQUEST_RESET, input.clone()).await, json!({"requested": true, "userErrors": []}));
    let replaced = app.mail_to(&ada.email, "reset-password").await;
    did(&app.viewer(), REQUEST_RESET, input).await;
    let mail = app.mails_to(&ada.email, "reset-password", 2).await.pop().unwrap();
    assert_eq!(mail.subject, "A new password");

    let reset = async |token: &str, password: &str| {
        did(&app.viewer(), RESET, json!({"token": token, "newPassword": password})).await
    };
    assert_ne!(replaced.token(), mail.token());
    let verification = app.mail_to(&ada.email, "verify-email").await;
    for wrong in [replaced.token(), verification.token(), "", "a"] {
        assert_eq!(refusal(&reset(wrong, NEW).await), refused("token", "INVALID_TOKEN"), "{wrong}");
    }
    // A password that is refused does not use the token up.
    for (password, code) in [("short", "TOO_SHORT"), ("Password2024!", "TOO_COMMON"), (&ada.handle, "TOO_COMMON")] {
        assert_eq!(refusal(&reset(mail.token(), password).await), refused("newPassword", code));
    }
    assert!(may_write(&ada.client).await && may_write(&phone).await);

    assert_eq!(reset(mail.token(), NEW).await, json!({"reset": true, "userErrors": []}));
    assert_eq!(refusal(&reset(mail.token(), NEW).await), refused("token", "INVALID_TOKEN"));
    assert!(!may_write(&ada.client).await && !may_write(&phone).await);
    assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_none());
    let token = ada.sign_in(&app.viewer(), NEW).await.unwrap();
    let viewer = app.viewer().with_token(&token).query("{ viewer { emailVerified } }").await;
    assert_eq!(viewer.data()["viewer"]["emailVerified"], true);
    app.mails_to(&ada.email, "The password of your account at Seeka was changed", 1).await;
    let events = events(app, &ada).await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((count("PASSWORD_RESET_REQUESTED"), count("PASSWORD_RESET")), (2, 1), "{events:?}");
}

#[tokio::test]
async fn of_twenty_resets_with_one_token_one_wins() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
    let mail = app.mail_to(&ada.email, "reset-password").await;
    let wanted: Vec<String> = (0..20).map(|number| format!("{NEW} {number}")).collect();
    let viewer = app.viewer();
    let resets = wanted.iter().map(|new| did(&viewer, RESET, json!({"token": mail.token(), "newPassword": new})));
    let answers = join_all(resets).await;
    let winners: Vec<_> = answers.iter().zip(&wanted).filter(|(answer, _)| answer["reset"] == true).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for loser in answers.iter().filter(|answer| answer["reset"] != true) {
        assert_eq!(refusal(loser), refused("token", "INVALID_TOKEN"));
    }
    assert!(ada.sign_in(&app.viewer(), winners[0].1).await.is_some());
    let events = events(app, &ada).await;
    assert_eq!(events.iter().filter(|event| *event == "PASSWORD_RESET").count(), 1);
}

#[tokio::test]
async fn a_token_ends_after_its_time_and_with_what_it_was_for() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let verification = app.mail_to(&ada.email, "verify-email").await;
    did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
    let mail = app.mail_to(&ada.email, "reset-password").await;
    age_proofs(app, &ada).await;
    let reset = did(&app.viewer(), RESET, json!({"token": mail.token(), "newPassword": NEW})).await;
    assert_eq!(refusal(&reset), refused("token", "INVALID_TOKEN"));
    let verify = did(&app.viewer(), VERIFY, json!({"token": verification.token()})).await;
    assert_eq!(refusal(&verify), refused("token", "INVALID_TOKEN"));
    assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_some());

    // Who changes the password leaves no token around that could undo it.
    did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
    let mail = app.mails_to(&ada.email, "reset-password", 2).await.pop().unwrap();
    did(&ada.client, CHANGE, json!({"currentPassword": PASSWORD, "newPassword": NEW})).await;
    let reset = did(&app.viewer(), RESET, json!({"token": mail.token(), "newPassword": PASSWORD})).await;
    assert_eq!(refusal(&reset), refused("token", "INVALID_TOKEN"));
    assert!(ada.sign_in(&app.viewer(), NEW).await.is_some());
}

#[tokio::test]
async fn an_unknown_address_costs_what_a_known_one_does() {
    let app = TestApp::get().await;
    let operator = Member::operator(app, "operator").await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let mut costs = Vec::new();
    for email in [ada.email.as_str(), "nobody@example.org", "no address"] {
        let reset = format!(r#"mutation {{ requestPasswordReset(input: {{email: "{email}"}}) {{ requested }} }}"#);
        let (answer, reset) = operator.client.explain(&reset).await;
        assert_eq!(answer.data()["requestPasswordReset"]["requested"], true);
        let login = format!(
            r#"mutation {{ login(input: {{email: "{email}", password: "not the password"}}) {{ userErrors {{ code }} }} }}"#
        );
        let (answer, login) = operator.client.explain(&login).await;
        assert_eq!(answer.data()["login"]["userErrors"][0]["code"], "WRONG_CREDENTIALS");
        costs.push((reset, login));
    }
    let own = |statements: &[String]| -> Vec<String> {
        statements.iter().filter(|name| !name.starts_with("platform/")).cloned().collect()
    };
    assert_eq!(own(&costs[0].0), ["accounts/request_reset"]);
    assert_eq!(own(&costs[0].1), ["accounts/password_by_email", "events/record"]);
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
}

#[tokio::test]
async fn an_address_is_verified_by_the_newest_mail() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let first = app.mail_to(&ada.email, "verify-email").await;
    assert_eq!(first.subject, "Welcome to Seeka");
    assert_eq!(ada.client.query(REQUEST_VERIFICATION).await.data()["requestEmailVerification"]["requested"], true);
    let second = app.mails_to(&ada.email, "verify-email", 2).await.pop().unwrap();
    let verify = async |token: &str| did(&app.viewer(), VERIFY, json!({"token": token})).await;
    for wrong in [first.token(), "", "a"] {
        assert_eq!(refusal(&verify(wrong).await), refused("token", "INVALID_TOKEN"));
    }
    let kept = rows(app, "MATCH (:User {id: $id})-[:HAS_PROOF]->(p) RETURN p.hash AS found", &ada).await;
    assert!(kept.len() == 1 && kept[0] != second.token(), "the graph holds no token");
    // A token for one thing is none for another.
    let reset = did(&app.viewer(), RESET, json!({"token": second.token(), "newPassword": NEW})).await;
    assert_eq!(refusal(&reset), refused("token", "INVALID_TOKEN"));

    let viewer = json!({"token": second.token()});
    let attempts = join_all((0..8).map(|_| did(&ada.client, VERIFY, viewer.clone()))).await;
    assert_eq!(attempts.iter().filter(|attempt| attempt["verified"] == true).count(), 1, "{attempts:?}");
    let verified = ada.client.query("{ viewer { emailVerified } }").await;
    assert_eq!(verified.data()["viewer"]["emailVerified"], true);
    let again = ada.client.query(REQUEST_VERIFICATION).await.data()["requestEmailVerification"].clone();
    assert_eq!(refusal(&again), refused("", "NOT_ALLOWED"));
    assert_eq!(events(app, &ada).await, ["ACCOUNT_REGISTERED", "EMAIL_VERIFIED"]);
}

#[tokio::test]
async fn an_address_changes_once_the_new_one_is_verified() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let new = format!("new_{}", ada.email);
    let change = async |email: &str, password: &str| {
        did(&ada.client, CHANGE_EMAIL, json!({"email": email, "password": password})).await
    };
    assert_eq!(refusal(&change(&new, "not the password").await), refused("password", "WRONG_CREDENTIALS"));
    assert_eq!(refusal(&change("new", PASSWORD).await), refused("email", "INVALID"));
    assert_eq!(refusal(&change(&ada.email.to_uppercase(), PASSWORD).await), refused("email", "INVALID"));
    assert_eq!(change(&new.to_uppercase(), PASSWORD).await, json!({"requested": true, "userErrors": []}));
    let mail = app.mail_to(&new, "verify-email").await;
    let viewer = async || ada.client.query("{ viewer { email emailVerified } }").await.data()["viewer"].clone();
    assert_eq!(viewer().await, json!({"email": ada.email, "emailVerified": false}));
    // What was on its way to the former address does not work at the new one.
    did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
    let reset = app.mail_to(&ada.email, "reset-password").await;

    assert_eq!(did(&app.viewer(), VERIFY, json!({"token": mail.token()})).await["verified"], true);
    assert_eq!(viewer().await, json!({"email": new, "emailVerified": true}));
    app.mails_to(&ada.email, "has another address now", 1).await;
    let late = did(&app.viewer(), RESET, json!({"token": reset.token(), "newPassword": NEW})).await;
    assert_eq!(refusal(&late), refused("token", "INVALID_TOKEN"));
    assert!(ada.sign_in(&app.viewer(), PASSWORD).await.is_none());
    let moved = Member { email: new, ..ada.clone() };
    assert!(moved.sign_in(&app.viewer(), PASSWORD).await.is_some());
    let events = events(app, &ada).await;
    for kind in ["PASSWORD_REFUSED", "EMAIL_CHANGE_REQUESTED", "EMAIL_CHANGED"] {
        assert_eq!(events.iter().filter(|event| *event == kind).count(), 1, "{events:?}");
    }
}

#[tokio::test]
async fn an_address_that_somebody_else_has_is_not_taken_over() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let bob = Member::register(&app.viewer(), "bob").await;
    let asked = did(&ada.client, CHANGE_EMAIL, json!({"email": bob.email, "password": PASSWORD})).await;
    // Whether there is an account is not told.
    assert_eq!(asked, json!({"requested": true, "userErrors": []}));
    let mail = app.mails_to(&bob.email, "To use this address", 1).await.pop().unwrap();
    let verify = did(&app.viewer(), VERIFY, json!({"token": mail.token()})).await;
    assert_eq!(refusal(&verify), refused("token", "TAKEN"));
    let viewer = ada.client.query("{ viewer { email } }").await;
    assert_eq!(viewer.data()["viewer"]["email"], json!(ada.email));
    assert!(bob.sign_in(&app.viewer(), PASSWORD).await.is_some());
}

#[tokio::test]
async fn a_password_that_everybody_has_is_refused() {
    let app = TestApp::get().await;
    let register = "mutation($input: RegisterInput!) { register(input: $input) {
        signedIn { user { id } } userErrors { field code } } }";
    for password in ["1234567890", "QwertyUiop", "Sunshine2024!!", "i am grace_hopper!", "Hopper.Grace@work"] {
        let input = json!({"email": "hopper.grace@example.org", "handle": "grace_hopper", "password": password});
        let payload = did(&app.viewer(), register, input).await;
        assert_eq!(refusal(&payload), refused("password", "TOO_COMMON"), "{password}");
    }
}

#[tokio::test]
async fn a_sign_in_hashes_anew_what_was_hashed_with_less_work() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let text = "MATCH (:User {id: $id})-[:HAS_CREDENTIAL]->(c:Credential) RETURN c.hash AS found";
    let before = rows(app, text, &ada).await;
    assert!(before[0].starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{before:?}");
    let server = app.sibling(&["--argon2-iterations=2"]).await;
    assert!(ada.sign_in(&server.viewer(), "not the password").await.is_none());
    assert_eq!(rows(app, text, &ada).await, before);
    assert!(ada.sign_in(&server.viewer(), PASSWORD).await.is_some());
    let after = rows(app, text, &ada).await;
    assert!(after.len() == 1 && after[0].starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{after:?}");
    // With the parameters of now it stays as it is.
    assert!(ada.sign_in(&server.viewer(), PASSWORD).await.is_some());
    assert_eq!(rows(app, text, &ada).await, after);
}

#[tokio::test]
async fn nothing_that_lasts_is_given_once_the_session_has_ended() {
    let app = TestApp::get().await;
    let bob = Member::register(&app.viewer(), "bob").await;
    let grant = format!("grantPlatformRole(input: {{handle: {:?}, role: OPERATOR}})", bob.handle);
    for late in [
        format!(
            "createAccessToken(input: {{name: \"a\", scopes: [PROFILE_READ], expiresInDays: 1, password: {PASSWORD:?}}})"
        ),
        format!("changeEmail(input: {{email: \"elsewhere_{}@example.org\", password: {PASSWORD:?}}})", bob.handle),
        format!("createTenant(input: {{name: \"Late\", slug: \"late-{}\"}})", bob.handle.replace('_', "-")),
        grant.clone(),
    ] {
        let ada = Member::operator(app, "ada").await;
        // The operation was let in while the session was there, and so is the first of its fields.
        let both = format!(
            "mutation {{ logoutEverywhere(input: {{}}) {{ userErrors {{ code }} }} late: {late} {{ userErrors {{ code }} }} }}"
        );
        let answer = ada.client.query(&both).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{late}: {:#}", answer.body);
    }
    assert_eq!(rows(app, "MATCH (u:User {id: $id}) UNWIND u.platformRoles AS found RETURN found", &bob).await, [""; 0]);
    // Nothing but the end of the session was in the way.
    let ada = Member::operator(app, "ada").await;
    let answer = ada.client.query(&format!("mutation {{ {grant} {{ userErrors {{ code }} }} }}")).await;
    assert_eq!(answer.data()["grantPlatformRole"]["userErrors"], json!([]));
    assert_eq!(
        rows(app, "MATCH (u:User {id: $id}) UNWIND u.platformRoles AS found RETURN found", &bob).await,
        ["OPERATOR"]
    );
}

#[tokio::test]
async fn a_reset_removes_ways_in_that_were_added_with_another_address() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let add = "MATCH (u:User {id: $id}) SET u.emailVerifiedAt = datetime() - duration('P1D')
               WITH u
               UNWIND [['before', 'other@example.org', true, -2], ['own', u.email, true, 0],
                       ['unverified', u.email, false, 0], ['other', 'other@example.org', true, 0]] AS row
               CREATE (u)-[:HAS_IDENTITY]->(:Identity {
                 id: randomUUID(), provider: row[0], subject: $id, email: row[1], emailVerified: row[2],
                 createdAt: datetime() + duration({days: row[3]}), lastUsedAt: datetime()
               })
               RETURN row[0] AS found";
    assert_eq!(rows(app, add, &ada).await.len(), 4);
    did(&app.viewer(), REQUEST_RESET, json!({"email": ada.email})).await;
    let mail = app.mail_to(&ada.email, "reset-password").await;
    let reset = did(&app.viewer(), RESET, json!({"token": mail.token(), "newPassword": NEW})).await;
    assert_eq!(reset["userErrors"], json!([]));
    let left = "MATCH (:User {id: $id})-[:HAS_IDENTITY]->(i:Identity) RETURN i.provider AS found ORDER BY found";
    assert_eq!(rows(app, left, &ada).await, ["before", "own"]);
}
