//! Nobody's word holds longer, or goes further, than what they may do themselves.

use std::time::Duration;

use serde_json::{Value, json};

use super::{codes, events, mutate, refused, roles};
use crate::support::{Member, PASSWORD, Studio, TestApp, invitation_token, make_operator, slug_of};

const MEMBER: &str = "member { role user { handle } }";
const NOTHING: Vec<&str> = Vec::new();

async fn deletes_account(member: &Member) -> Value {
    mutate(member, "deleteAccount", "erasedAfter", json!({"password": PASSWORD})).await
}

/// The types of the events of a tenant, with their payloads, from the `first` one on.
async fn told(app: &TestApp, tenant: &str, first: usize) -> Vec<(String, String)> {
    let told = events(app, tenant).await.into_iter().skip(first);
    told.map(|event| (event.kind, event.payload.unwrap_or_default())).collect()
}

fn pair(kind: &str, payload: &str) -> (String, String) {
    (kind.to_owned(), payload.to_owned())
}

#[tokio::test]
async fn a_program_makes_and_removes_no_admins_and_no_owners() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let create = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { created { token } } }";
    let input = json!({"name": "script", "scopes": ["TENANT_WRITE"], "expiresInDays": 1, "password": PASSWORD});
    let answer = studio.owner.client.send(create, json!({"input": input})).await;
    let token = answer.data()["createAccessToken"]["created"]["token"].as_str().unwrap().to_owned();
    let program = app.viewer().with_token(&token);
    let invite = |role: &str| json!({"tenantId": studio.tenant, "email": "somebody.new@example.org", "role": role});
    let remove = |member: &Member| json!({"tenantId": studio.tenant, "userId": member.id});
    for role in ["OWNER", "ADMIN"] {
        assert_eq!(refused(&program, "inviteMember", "invitation { id }", invite(role)).await, ["FORBIDDEN"]);
    }
    for member in [&studio.owner, &studio.admin] {
        assert_eq!(refused(&program, "removeMember", "removedUserId", remove(member)).await, ["FORBIDDEN"]);
    }
    assert_eq!(refused(&program, "removeMember", "removedUserId", remove(&studio.editor)).await, NOTHING);
    let invited = json!({"input": invite("EDITOR")});
    let text = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { role } } }";
    assert_eq!(program.send(text, invited).await.data()["inviteMember"]["invitation"]["role"], "EDITOR");
    let left: Vec<_> = roles(&studio.owner, &studio.tenant).await.into_iter().map(|(_, role)| role).collect();
    assert_eq!(left.len(), 4);
    assert!(!left.contains(&"EDITOR".to_owned()), "{left:?}");
}

#[tokio::test]
async fn an_invitation_holds_while_whoever_sent_it_may_grant_its_role() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let (owner, admin) = (&studio.owner, &studio.admin);
    let (bob, carol) = (Member::confirmed(app, "bob").await, Member::confirmed(app, "carol").await);
    let role = |role: &str| json!({"tenantId": studio.tenant, "userId": admin.id, "role": role});

    // Two places are free.
    for member in [&studio.analyst, &studio.member] {
        let gone = json!({"tenantId": studio.tenant, "userId": member.id});
        assert_eq!(codes(&mutate(owner, "removeMember", "removedUserId", gone).await), NOTHING);
    }

    // Admins neither replace nor revoke what only owners send.
    let sent = owner.invites(&studio.tenant, &bob.email, "ADMIN").await["invitation"]["id"].clone();
    let weaker = json!({"tenantId": studio.tenant, "email": bob.email, "role": "MEMBER"});
    assert_eq!(refused(&admin.client, "inviteMember", "invitation { id }", weaker).await, ["FORBIDDEN"]);
    let revoke = json!({"tenantId": studio.tenant, "id": sent});
    assert_eq!(refused(&admin.client, "revokeInvitation", "revokedInvitationId", revoke).await, ["FORBIDDEN"]);
    let token = invitation_token(app, &bob.email, 1).await;
    assert_eq!(codes(&bob.accepts(&token).await), NOTHING);

    // What an admin has sent is worth nothing when they are none any more, or are gone.
    admin.invites(&studio.tenant, &carol.email, "EDITOR").await;
    let token = invitation_token(app, &carol.email, 1).await;
    mutate(owner, "updateMemberRole", MEMBER, role("EDITOR")).await;
    assert_eq!(codes(&carol.accepts(&token).await), ["INVALID_TOKEN"]);
    mutate(owner, "updateMemberRole", MEMBER, role("ADMIN")).await;
    assert_eq!(codes(&deletes_account(admin).await), NOTHING);
    assert_eq!(codes(&carol.accepts(&token).await), ["INVALID_TOKEN"]);
    // The owner may send it again.
    owner.invites(&studio.tenant, &carol.email, "EDITOR").await;
    assert_eq!(codes(&carol.accepts(&invitation_token(app, &carol.email, 2).await).await), NOTHING);
}

#[tokio::test]
async fn an_account_that_is_being_deleted_is_no_member() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let (owner, admin) = (&studio.owner, &studio.admin);
    let before = events(app, &studio.tenant).await.len();
    assert_eq!(codes(&deletes_account(&studio.editor).await), NOTHING);
    assert_eq!(told(app, &studio.tenant, before).await, [pair("MEMBER_REMOVED", r#"{"reason":"ACCOUNT_HIDDEN"}"#)]);
    let hidden = json!({"tenantId": studio.tenant, "userId": studio.editor.id});
    assert_eq!(codes(&mutate(owner, "transferOwnership", MEMBER, hidden.clone()).await), ["NOT_FOUND"]);
    let mut role = hidden;
    role["role"] = json!("OWNER");
    assert_eq!(codes(&mutate(owner, "updateMemberRole", MEMBER, role).await), ["NOT_FOUND"]);
    // Whoever becomes the owner at the moment they go does not leave the tenant to nobody.
    let transfer = json!({"tenantId": studio.tenant, "userId": admin.id});
    let (gone, made) = tokio::join!(deletes_account(admin), mutate(owner, "transferOwnership", MEMBER, transfer));
    assert_eq!(codes(&gone).is_empty(), !codes(&made).is_empty(), "{gone} {made}");
    let left = roles(&studio.member, &studio.tenant).await;
    assert_eq!(left.iter().filter(|(_, role)| role == "OWNER").count(), 1, "{left:?}");
}

#[tokio::test]
async fn a_suspended_tenant_can_be_handed_over_and_left() {
    let app = TestApp::get().await;
    let (studio, mut operator) = (Studio::open(app).await, Member::register(&app.viewer(), "op").await);
    make_operator(app, &mut operator).await;
    let reason = json!({"tenantId": studio.tenant, "reason": "A test."});
    mutate(&operator, "suspendTenant", "standing { plan }", reason).await;
    let about = |member: &Member| json!({"tenantId": studio.tenant, "userId": member.id});
    assert_eq!(
        refused(&studio.owner.client, "removeMember", "removedUserId", about(&studio.editor)).await,
        ["FORBIDDEN"]
    );
    assert_eq!(codes(&mutate(&studio.editor, "removeMember", "removedUserId", about(&studio.editor)).await), NOTHING);
    assert_eq!(codes(&mutate(&studio.owner, "transferOwnership", MEMBER, about(&studio.admin)).await), NOTHING);
    assert_eq!(codes(&deletes_account(&studio.owner).await), NOTHING);
}

#[tokio::test]
async fn a_tenant_of_one_closes_with_the_account_and_opens_with_it() {
    let app = TestApp::get().await;
    let mut operator = Member::register(&app.viewer(), "op").await;
    make_operator(app, &mut operator).await;
    let ada = Member::confirmed(app, "ada").await;
    let [one, other] =
        [ada.creates_tenant(&slug_of(&ada)).await, ada.creates_tenant(&format!("{}-2", slug_of(&ada))).await];
    let shown = async |id: &str| {
        let query = format!(r#"{{ tenant(id: "{id}") {{ id }} }}"#);
        app.viewer().query(&query).await.data()["tenant"] != json!(null)
    };
    assert!(shown(&one).await && shown(&other).await);
    assert_eq!(codes(&deletes_account(&ada).await), NOTHING);
    assert!(!shown(&one).await && !shown(&other).await);
    let closed = [pair("MEMBER_REMOVED", r#"{"reason":"ACCOUNT_HIDDEN"}"#), pair("TENANT_CLOSED", "")];
    for id in [&one, &other] {
        let mut events = told(app, id, 1).await;
        events.sort();
        assert_eq!(events, closed);
    }
    // It stays closed, whatever becomes of a suspension; only an operator opens it for nobody.
    let standing = "standing { closedAt suspendedAt }";
    let suspend = json!({"tenantId": one, "reason": "A test."});
    let suspended = mutate(&operator, "suspendTenant", standing, suspend).await;
    assert!(suspended["standing"]["closedAt"].is_string(), "{suspended}");
    mutate(&operator, "reinstateTenant", standing, json!({"tenantId": other})).await;
    assert!(shown(&other).await);

    let ada = ada.again(&app.viewer()).await;
    assert!(!shown(&one).await, "it is suspended");
    let reinstated = mutate(&operator, "reinstateTenant", standing, json!({"tenantId": one})).await;
    assert_eq!(reinstated["standing"], json!({"closedAt": null, "suspendedAt": null}));
    assert!(shown(&one).await && shown(&other).await);
    let kinds: Vec<_> = told(app, &one, 1).await.into_iter().map(|(kind, _)| kind).collect();
    for kind in ["MEMBER_JOINED", "TENANT_REOPENED"] {
        assert_eq!(kinds.iter().filter(|told| *told == kind).count(), 1, "{kinds:?}");
    }
    assert!(!told(app, &other, 1).await.iter().any(|(kind, _)| kind == "TENANT_REOPENED"));
    let query = "query($id: ID) { administration(tenantId: $id) { role } }";
    assert_eq!(ada.client.send(query, json!({"id": one})).await.data()["administration"]["role"], "OWNER");
}

#[tokio::test]
async fn a_tenant_learns_that_a_member_is_erased() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--deletion-days=0", "--deletion-sweep-seconds=1"]).await;
    let (ada, mut bob) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "bob").await);
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    ada.invites(&tenant, &bob.email, "EDITOR").await;
    bob.accepts(&invitation_token(app, &bob.email, 1).await).await;
    bob.client = server.viewer().with_token(&bob.access_token);
    assert_eq!(codes(&deletes_account(&bob).await), NOTHING);
    let removed = async || {
        let told = events(app, &tenant).await.into_iter().filter(|event| event.kind == "MEMBER_REMOVED");
        told.collect::<Vec<_>>()
    };
    for _ in 0..240 {
        if removed().await.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let removed = removed().await;
    let payloads: Vec<_> = removed.iter().map(|event| event.payload.as_deref().unwrap()).collect();
    assert_eq!(payloads, [r#"{"reason":"ACCOUNT_HIDDEN"}"#, r#"{"reason":"ACCOUNT_ERASED"}"#]);
    assert!(removed.iter().all(|event| event.subject_id.as_deref() == Some(&*bob.id)));
    assert_eq!(removed[1].actor_id, None);
}

#[tokio::test]
async fn somebody_who_comes_back_to_a_tenant_without_owners_owns_it() {
    let app = TestApp::get().await;
    let server = app.sibling(&["--deletion-days=0", "--deletion-sweep-seconds=1"]).await;
    let mut ada = Member::confirmed(app, "ada").await;
    let (bob, carol) = (Member::confirmed(app, "bob").await, Member::confirmed(app, "carol").await);
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    for (member, role) in [(&carol, "EDITOR"), (&bob, "ADMIN")] {
        ada.invites(&tenant, &member.email, role).await;
        member.accepts(&invitation_token(app, &member.email, 1).await).await;
    }
    // While both are away, the last owner leaves for good, and may: nobody else is there.
    for member in [&bob, &carol] {
        assert_eq!(codes(&deletes_account(member).await), NOTHING);
    }
    ada.client = server.viewer().with_token(&ada.access_token);
    assert_eq!(codes(&deletes_account(&ada).await), NOTHING);
    let login = "mutation($input: LoginInput!) { login(input: $input) { signedIn { tokens { accessToken } } } }";
    let answer = app.viewer().send(login, json!({"input": {"email": bob.email, "password": PASSWORD}})).await;
    let token = answer.data()["login"]["signedIn"]["tokens"]["accessToken"].as_str().unwrap();
    let bob = app.viewer().with_token(token);
    let query = "query($id: ID) { administration(tenantId: $id) { role } }";
    let role = async || bob.send(query, json!({"id": tenant})).await.data()["administration"]["role"].clone();
    for _ in 0..240 {
        if role().await == "OWNER" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(role().await, "OWNER");
    let heir = pair("MEMBER_ROLE_CHANGED", r#"{"reason":"LAST_OWNER_ERASED"}"#);
    assert_eq!(told(app, &tenant, 0).await.into_iter().filter(|event| *event == heir).count(), 1);
}
