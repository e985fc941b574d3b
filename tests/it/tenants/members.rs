//! People are invited, join, change their roles and leave.

use serde_json::json;

use super::{codes, events, in_the_graph, mutate, refused, roles};
use crate::support::{Member, Studio, TestApp, confirm_address, invitation_token, slug_of};

const MEMBER: &str = "member { role user { handle } }";
const REMOVED: &str = "removedUserId";

#[tokio::test]
async fn somebody_who_is_invited_joins_with_the_token_in_the_mail() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "bob").await);
    let (slug, eve) = (slug_of(&ada), Member::confirmed(app, "eve").await);
    let tenant = ada.creates_tenant(&slug).await;
    let payload = ada.invites(&tenant, &bob.email.to_uppercase(), "EDITOR").await;
    let invitation = &payload["invitation"];
    assert_eq!(
        (&invitation["email"], &invitation["role"], &invitation["invitedBy"]["handle"]),
        (&json!(bob.email), &json!("EDITOR"), &json!(ada.handle))
    );
    let open = "query($id: ID) { administration(tenantId: $id) { invitations { nodes { id email } } } }";
    let listed = ada.client.send(open, json!({"id": tenant})).await;
    let own = json!([{"id": invitation["id"], "email": bob.email}]);
    assert_eq!(listed.data()["administration"]["invitations"]["nodes"], own);

    let token = invitation_token(app, &bob.email, 1).await;
    // The token proves nothing about somebody with another address.
    assert_eq!(codes(&eve.accepts(&token).await), ["NOT_ALLOWED"]);
    let joined = bob.accepts(&token).await;
    let administration = json!({"tenant": {"id": tenant, "slug": slug}, "role": "EDITOR"});
    assert_eq!(joined, json!({"administration": administration, "userErrors": []}));
    assert_eq!(
        bob.accepts(&token).await["userErrors"],
        json!([{"field": ["input", "token"], "code": "INVALID_TOKEN"}])
    );
    let expected = [(ada.handle.clone(), "OWNER".to_owned()), (bob.handle.clone(), "EDITOR".to_owned())];
    assert_eq!(roles(&ada, &tenant).await, expected);
    assert_eq!(
        ada.client.send(open, json!({"id": tenant})).await.data()["administration"]["invitations"]["nodes"],
        json!([])
    );

    let told = events(app, &tenant).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["TENANT_CREATED", "MEMBER_INVITED", "MEMBER_JOINED"]);
    assert_eq!(told[2].subject_id.as_deref(), Some(&*bob.id));
    assert_eq!(told[2].payload.as_deref(), Some(r#"{"role":"EDITOR"}"#));
    assert!(!format!("{told:?}").contains(&token));
}

#[tokio::test]
async fn an_invitation_holds_until_it_is_revoked_replaced_or_too_old() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    let bob = Member::register(&app.viewer(), "bob").await;
    ada.invites(&tenant, &bob.email, "OWNER").await;
    let first = invitation_token(app, &bob.email, 1).await;
    assert_eq!(codes(&bob.accepts(&first).await), ["NOT_ALLOWED"], "the address is not confirmed");
    confirm_address(app, &bob).await;

    let second = ada.invites(&tenant, &bob.email, "MEMBER").await["invitation"]["id"].as_str().unwrap().to_owned();
    assert_eq!(codes(&bob.accepts(&first).await), ["INVALID_TOKEN"]);
    let input = json!({"tenantId": tenant, "id": second});
    let payload = mutate(&ada, "revokeInvitation", "revokedInvitationId", input.clone()).await;
    assert_eq!(payload, json!({"revokedInvitationId": second, "userErrors": []}));
    assert_eq!(refused(&ada.client, "revokeInvitation", "revokedInvitationId", input).await, ["NOT_FOUND"]);
    assert_eq!(codes(&bob.accepts(&invitation_token(app, &bob.email, 2).await).await), ["INVALID_TOKEN"]);

    let third = ada.invites(&tenant, &bob.email, "MEMBER").await["invitation"]["id"].as_str().unwrap().to_owned();
    let age = "MATCH (i:Invitation {id: $id}) SET i.expiresAt = datetime() - duration('PT1S') RETURN true AS done";
    in_the_graph(app, age, &third).await;
    let token = invitation_token(app, &bob.email, 3).await;
    assert_eq!(codes(&bob.accepts(&token).await), ["INVALID_TOKEN"]);
    for wrong in ["", "no token", &"a".repeat(5_000)] {
        assert_eq!(codes(&bob.accepts(wrong).await), ["INVALID_TOKEN"]);
    }
    // An old one does not count, and makes room.
    ada.invites(&tenant, "somebody.else@example.org", "MEMBER").await;
    let open = "query($id: ID) { administration(tenantId: $id) { invitations { nodes { email } } } }";
    let listed = ada.client.send(open, json!({"id": tenant})).await;
    let expected = json!([{"email": "somebody.else@example.org"}]);
    assert_eq!(listed.data()["administration"]["invitations"]["nodes"], expected);
}

#[tokio::test]
async fn of_many_who_accept_one_invitation_at_once_one_joins() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "bob").await);
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    ada.invites(&tenant, &bob.email, "MEMBER").await;
    let token = invitation_token(app, &bob.email, 1).await;
    let payloads = futures::future::join_all((0..8).map(|_| bob.accepts(&token))).await;
    assert_eq!(payloads.iter().filter(|payload| codes(payload).is_empty()).count(), 1);
    assert_eq!(payloads.iter().filter(|payload| codes(payload) == ["INVALID_TOKEN"]).count(), 7);
    assert_eq!(roles(&ada, &tenant).await.len(), 2);
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_their_own_role_allows() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    // Who may invite with which role.
    for (role, member) in studio.everybody() {
        for (rank, (invited, _)) in studio.everybody().iter().enumerate() {
            let email = format!("{}@example.org", member.handle);
            let input = json!({"tenantId": studio.tenant, "email": email, "role": invited});
            let may = role == "OWNER" || (role == "ADMIN" && rank > 1);
            let codes = refused(&member.client, "inviteMember", "invitation { id }", input).await;
            assert_eq!(codes, if may { vec![] } else { vec!["FORBIDDEN"] }, "{role} invites {invited}");
        }
    }
    // Admins decide about those below them, and about themselves downwards.
    let (admin, change) = (
        &studio.admin,
        |user: &Member, role: &str| json!({"tenantId": studio.tenant, "userId": user.id, "role": role}),
    );
    for (user, role) in [
        (&studio.owner, "MEMBER"),
        (&studio.editor, "ADMIN"),
        (&studio.editor, "OWNER"),
        (admin, "OWNER"),
        (admin, "ADMIN"),
    ] {
        let codes = refused(&admin.client, "updateMemberRole", MEMBER, change(user, role)).await;
        assert_eq!(codes, ["FORBIDDEN"], "{role}");
    }
    let input = json!({"tenantId": studio.tenant, "userId": studio.owner.id});
    assert_eq!(refused(&admin.client, "removeMember", REMOVED, input.clone()).await, ["FORBIDDEN"]);
    for member in [&studio.editor, &studio.analyst, &studio.member] {
        for user in [&studio.owner, &studio.member, &studio.editor] {
            let codes = refused(&member.client, "updateMemberRole", MEMBER, change(user, "ADMIN")).await;
            assert_eq!(codes, ["FORBIDDEN"]);
            if user.id != member.id {
                let input = json!({"tenantId": studio.tenant, "userId": user.id});
                assert_eq!(refused(&member.client, "removeMember", REMOVED, input).await, ["FORBIDDEN"]);
            }
        }
    }
    let payload = mutate(admin, "updateMemberRole", MEMBER, change(&studio.member, "EDITOR")).await;
    assert_eq!(payload["member"], json!({"role": "EDITOR", "user": {"handle": studio.member.handle}}));
    let input = json!({"tenantId": studio.tenant, "userId": studio.analyst.id});
    assert_eq!(mutate(admin, "removeMember", REMOVED, input.clone()).await["removedUserId"], json!(studio.analyst.id));
    assert_eq!(codes(&mutate(admin, "removeMember", REMOVED, input).await), ["NOT_FOUND"]);
    assert_eq!(mutate(admin, "updateMemberRole", MEMBER, change(admin, "ANALYST")).await["userErrors"], json!([]));
    let left: Vec<_> = roles(&studio.owner, &studio.tenant).await.into_iter().map(|(_, role)| role).collect();
    let mut sorted = left.clone();
    sorted.sort();
    assert_eq!(sorted, ["ANALYST", "EDITOR", "EDITOR", "OWNER"]);
    let told = events(app, &studio.tenant).await;
    let changes: Vec<_> = told.iter().filter(|event| event.kind == "MEMBER_ROLE_CHANGED").collect();
    assert_eq!(changes[0].payload.as_deref(), Some(r#"{"from":"MEMBER","role":"EDITOR"}"#));
    assert_eq!(changes.len(), 2);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let (owner, admin) = (&studio.owner, &studio.admin);
    let leave = |member: &Member| json!({"tenantId": studio.tenant, "userId": member.id});
    let lower = |member: &Member| json!({"tenantId": studio.tenant, "userId": member.id, "role": "MEMBER"});
    assert_eq!(codes(&mutate(owner, "removeMember", REMOVED, leave(owner)).await), ["NOT_ALLOWED"]);
    assert_eq!(codes(&mutate(owner, "updateMemberRole", MEMBER, lower(owner)).await), ["NOT_ALLOWED"]);
    // Handing it over to oneself or to a stranger is nothing, and nobody else can.
    let stranger = Member::confirmed(app, "eve").await;
    let transfer = "transferOwnership";
    assert_eq!(codes(&mutate(owner, transfer, MEMBER, leave(owner)).await), ["NOT_ALLOWED"]);
    assert_eq!(codes(&mutate(owner, transfer, MEMBER, leave(&stranger)).await), ["NOT_FOUND"]);
    assert_eq!(refused(&admin.client, transfer, MEMBER, leave(admin)).await, ["FORBIDDEN"]);
    let payload = mutate(owner, transfer, MEMBER, leave(admin)).await;
    assert_eq!(payload["member"], json!({"role": "OWNER", "user": {"handle": admin.handle}}));
    let now = roles(owner, &studio.tenant).await;
    assert!(now.contains(&(owner.handle.clone(), "ADMIN".to_owned())) && now.len() == 5);
    // Whoever was the owner can go now.
    assert_eq!(codes(&mutate(owner, "removeMember", REMOVED, leave(owner)).await), Vec::<&str>::new());
    assert_eq!(roles(admin, &studio.tenant).await.len(), 4);
    let told = events(app, &studio.tenant).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).skip(told.len() - 2).collect();
    assert_eq!(kinds, ["OWNERSHIP_TRANSFERRED", "MEMBER_REMOVED"]);
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let app = TestApp::get().await;
    for way in ["leaves", "steps down", "removes the other", "both"] {
        let (ada, bob) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "bob").await);
        let tenant = ada.creates_tenant(&slug_of(&ada)).await;
        ada.invites(&tenant, &bob.email, "OWNER").await;
        bob.accepts(&invitation_token(app, &bob.email, 1).await).await;
        let go = async |member: &Member, other: &Member| {
            let (field, selection, user, role) = match way {
                "leaves" => ("removeMember", REMOVED, &member.id, None),
                "steps down" => ("updateMemberRole", MEMBER, &member.id, Some("EDITOR")),
                "removes the other" => ("removeMember", REMOVED, &other.id, None),
                _ if member.id == ada.id => ("removeMember", REMOVED, &member.id, None),
                _ => ("updateMemberRole", MEMBER, &member.id, Some("EDITOR")),
            };
            let mut input = json!({"tenantId": tenant, "userId": user});
            if let Some(role) = role {
                input["role"] = json!(role);
            }
            member.client.mutate(field, &format!("{selection} userErrors {{ code }}"), input).await
        };
        // Whoever comes second is told so: as a user error, or as somebody who is no owner any more.
        let _ = tokio::join!(go(&ada, &bob), go(&bob, &ada));
        let query = "query($id: ID) { administration(tenantId: $id) { role } }";
        let mut owners = 0;
        for member in [&ada, &bob] {
            let answer = member.client.send(query, json!({"id": tenant})).await;
            owners += usize::from(answer.body["data"]["administration"]["role"] == "OWNER");
        }
        assert_eq!(owners, 1, "{way}");
    }
}

#[tokio::test]
async fn members_are_read_page_by_page() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let all: Vec<_> = roles(&studio.owner, &studio.tenant).await.into_iter().map(|(handle, _)| handle).collect();
    let page = async |arguments: &str| {
        let query = format!(
            r#"{{ administration(tenantId: "{}") {{ members({arguments}) {{ nodes {{ user {{ handle }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"#,
            studio.tenant
        );
        studio.member.client.query(&query).await.data()["administration"]["members"].clone()
    };
    let handles = |page: &serde_json::Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["user"]["handle"].as_str().unwrap().to_owned()).collect()
    };
    let first = page("first: 2").await;
    assert_eq!((handles(&first), &first["pageInfo"]["hasNextPage"]), (all[..2].to_vec(), &json!(true)));
    let next = page(&format!("first: 2, after: {}", first["pageInfo"]["endCursor"])).await;
    assert_eq!(handles(&next), all[2..4]);
    let last = page("last: 2").await;
    assert_eq!((handles(&last), &last["pageInfo"]["hasPreviousPage"]), (all[3..].to_vec(), &json!(true)));
    let before = page(&format!("last: 10, before: {}", last["pageInfo"]["startCursor"])).await;
    assert_eq!((handles(&before), &before["pageInfo"]["hasPreviousPage"]), (all[..3].to_vec(), &json!(false)));
    assert_eq!(handles(&page("first: 0").await), Vec::<String>::new());
}
