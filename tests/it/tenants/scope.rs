//! The tenant of a request is checked, never trusted.

use seeka::id::TenantId;
use serde_json::{Value, json};

use super::{in_the_graph, refused};
use crate::support::{Client, Member, Studio, TestApp, make_operator, slug_of};

const ADMINISTRATION: &str = "query($id: ID) { administration(tenantId: $id) { role tenant { slug } } }";

/// What somebody is told who asks for the inside of a tenant: code and message, and whether there is data.
async fn told(client: &Client, id: Option<&str>) -> (String, String, bool) {
    let answer = client.send(ADMINISTRATION, json!({"id": id})).await;
    let error = &answer.body["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["extensions"]["code"]), text(&error["message"]), answer.body["data"].is_object())
}

#[tokio::test]
async fn the_header_and_the_input_name_the_same_tenant_or_one_of_them_does() {
    let app = TestApp::get().await;
    let (one, other) = tokio::join!(Studio::open(app), Studio::open(app));
    let member = &one.member.client;
    let expected = json!({"role": "MEMBER", "tenant": {"slug": one.slug}});
    for (client, id) in [
        (member.clone(), Some(&one.tenant)),
        (member.in_tenant(&one.slug), None),
        (member.in_tenant(&one.slug), Some(&one.tenant)),
    ] {
        assert_eq!(client.send(ADMINISTRATION, json!({"id": id})).await.data()["administration"], expected);
    }
    // Two tenants, and the member belongs to either one of them or the other.
    for (header, id) in [(&one.slug, &other.tenant), (&other.slug, &one.tenant)] {
        assert_eq!(told(&member.in_tenant(header), Some(id)).await.0, "BAD_USER_INPUT");
    }
    assert_eq!(told(member, None).await.0, "BAD_USER_INPUT");
    // Somebody of another tenant is nobody here, whatever names it.
    for client in [other.owner.client.in_tenant(&one.slug), other.owner.client.clone()] {
        assert_eq!(told(&client, Some(&one.tenant)).await.0, "FORBIDDEN");
    }
    assert_eq!(told(&app.viewer(), Some(&one.tenant)).await.0, "UNAUTHENTICATED");
    assert_eq!(told(&app.viewer().in_tenant(&one.slug), None).await.0, "UNAUTHENTICATED");
    // The header is a slug and no id, and an id is no other's.
    assert_eq!(told(&member.in_tenant(&one.tenant), None).await.0, "NOT_FOUND");
    for forged in ["", "tn_", "us_01jd7s2zk40000000000000000", &one.owner.id, &one.tenant.to_uppercase()] {
        assert_eq!(told(member, Some(forged)).await.0, "BAD_USER_INPUT", "{forged}");
    }
}

#[tokio::test]
async fn a_tenant_that_may_not_be_seen_is_like_one_that_does_not_exist() {
    let app = TestApp::get().await;
    let (ada, eve) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "eve").await);
    let (slug, nowhere) = (slug_of(&ada), TenantId::generate().to_string());
    let tenant = ada.creates_tenant(&slug).await;
    in_the_graph(app, "MATCH (t:Tenant {id: $id}) SET t.active = false RETURN true AS done", &tenant).await;
    assert_eq!(told(&eve.client, Some(&tenant)).await, told(&eve.client, Some(&nowhere)).await);
    assert_eq!(told(&eve.client, Some(&tenant)).await.0, "NOT_FOUND");
    for (field, selection, more) in [
        ("updateTenant", "administration { role }", json!({"expectedVersion": 1, "name": "X"})),
        ("inviteMember", "invitation { id }", json!({"email": "a@example.org", "role": "MEMBER"})),
        ("removeMember", "removedUserId", json!({"userId": ada.id})),
        ("removeMember", "removedUserId", json!({"userId": eve.id})),
        ("updateMemberRole", "member { role }", json!({"userId": eve.id, "role": "OWNER"})),
        ("transferOwnership", "member { role }", json!({"userId": eve.id})),
        ("addDomain", "domain { id }", json!({"name": "a.example.org"})),
    ] {
        for id in [&tenant, &nowhere] {
            let mut input = more.clone();
            input["tenantId"] = json!(id);
            assert_eq!(refused(&eve.client, field, selection, input).await, ["NOT_FOUND"], "{field}");
        }
    }
    let asked = "{ tenants(first: 1) { nodes { id } } }";
    let header = async |slug: &str| {
        let answer = eve.client.in_tenant(slug).query(asked).await;
        (answer.status, answer.body["errors"][0]["message"].to_string(), answer.body["data"].clone())
    };
    assert_eq!(header(&slug).await, header("nobody-has-this-slug").await);
    assert_eq!(header(&slug).await.0, 404);
    // Its members go on with it.
    assert_eq!(ada.client.in_tenant(&slug).send(ADMINISTRATION, json!({})).await.data()["administration"]["role"], "OWNER");
    assert_eq!(ada.client.send(ADMINISTRATION, json!({"id": tenant})).await.data()["administration"]["role"], "OWNER");
}

#[tokio::test]
async fn what_each_role_sees_of_a_tenant() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    for (role, member) in studio.everybody() {
        for (field, for_admins) in [
            ("limits { members { used limit } }", false),
            ("members { nodes { role } }", false),
            ("invitations { nodes { email } }", true),
            ("domains { name recordValue }", true),
        ] {
            let query = format!(r#"{{ administration(tenantId: "{}") {{ {field} }} }}"#, studio.tenant);
            let codes = member.client.query(&query).await.codes().join(" ");
            let may = !for_admins || ["OWNER", "ADMIN"].contains(&role);
            assert_eq!(codes, if may { "" } else { "FORBIDDEN" }, "{role} asks for {field}");
        }
    }
}

#[tokio::test]
async fn a_removed_member_is_a_stranger_at_once() {
    let app = TestApp::get().await;
    let studio = Studio::open(app).await;
    let input = json!({"tenantId": studio.tenant, "userId": studio.admin.id});
    super::mutate(&studio.owner, "removeMember", "removedUserId", input).await;
    assert_eq!(told(&studio.admin.client, Some(&studio.tenant)).await.0, "FORBIDDEN");
    let answer = studio.admin.client.query("{ viewer { memberships { nodes { role } } } }").await;
    assert_eq!(answer.data()["viewer"]["memberships"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_level_costs_one_statement() {
    let app = TestApp::get().await;
    let mut studio = Studio::open(app).await;
    make_operator(app, &mut studio.owner).await;
    let query = format!(
        r#"{{ administration(tenantId: "{}") {{ version plan role tenant {{ name }} members {{ nodes {{ role user {{ handle }} }} }} }} }}"#,
        studio.tenant
    );
    let (answer, mut statements) = studio.owner.client.explain(&query).await;
    assert_eq!(answer.data()["administration"]["members"]["nodes"].as_array().unwrap().len(), 5);
    statements.sort();
    let expected = ["accounts/users_by_ids", "platform/membership", "tenants/members", "tenants/tenants_by_ids"];
    assert_eq!(statements, expected);
    let (_, statements) =
        studio.owner.client.explain("{ viewer { memberships { nodes { role tenant { slug } } } } }").await;
    assert_eq!(statements, ["accounts/viewer", "tenants/memberships"]);
}
