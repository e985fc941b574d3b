use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Member, PASSWORD, TestApp};

#[derive(Deserialize)]
struct Done {
    #[serde(rename = "done")]
    _done: bool,
}

/// Confirms the address of somebody, as the link in the mail does.
pub(crate) async fn confirm_address(app: &TestApp, member: &Member) {
    let text = "MATCH (u:User {id: $id}) SET u.emailVerifiedAt = datetime() RETURN true AS done";
    let statement = Statement::new("tests/confirm", text).bind("id", member.id.as_str());
    app.in_graph(|graph| async move { drop(graph.write::<Done>(statement).await.unwrap()) }).await;
}

/// Makes somebody an operator of the platform, who signs in again to be one.
pub(crate) async fn make_operator(app: &TestApp, member: &mut Member) {
    let text = "MATCH (u:User {id: $id}) SET u.platformRoles = ['OPERATOR'] RETURN true AS done";
    let statement = Statement::new("tests/operator", text).bind("id", member.id.as_str());
    app.in_graph(|graph| async move { drop(graph.write::<Done>(statement).await.unwrap()) }).await;
    let login = "mutation($input: LoginInput!) { login(input: $input) { signedIn { tokens { accessToken } } } }";
    let answer = app.viewer().send(login, json!({"input": {"email": member.email, "password": PASSWORD}})).await;
    let token = answer.data()["login"]["signedIn"]["tokens"]["accessToken"].as_str().unwrap();
    member.access_token = token.to_owned();
    member.client = app.viewer().with_token(token);
}

/// The token of the `number`-th invitation that was mailed to an address.
pub(crate) async fn invitation_token(app: &TestApp, email: &str, number: usize) -> String {
    app.mails_to(email, "You are invited to join", number).await[number - 1].token().to_owned()
}

impl Member {
    /// Registers somebody whose address is confirmed.
    pub(crate) async fn confirmed(app: &TestApp, name: &str) -> Self {
        let member = Self::register(&app.viewer(), name).await;
        confirm_address(app, &member).await;
        member
    }

    /// Makes a tenant, and returns its id.
    pub(crate) async fn creates_tenant(&self, slug: &str) -> String {
        let create = "mutation($input: CreateTenantInput!) { createTenant(input: $input) {
            administration { tenant { id } } userErrors { field code message }
        } }";
        let answer = self.client.send(create, json!({"input": {"slug": slug, "name": slug}})).await;
        let payload = &answer.data()["createTenant"];
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["administration"]["tenant"]["id"].as_str().unwrap().to_owned()
    }

    /// Invites somebody, who gets a mail.
    pub(crate) async fn invites(&self, tenant: &str, email: &str, role: &str) -> Value {
        let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) {
            invitation { id email role expiresAt invitedBy { handle } } userErrors { field code message }
        } }";
        let answer =
            self.client.send(invite, json!({"input": {"tenantId": tenant, "email": email, "role": role}})).await;
        answer.data()["inviteMember"].clone()
    }

    /// Accepts an invitation.
    pub(crate) async fn accepts(&self, token: &str) -> Value {
        let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
            administration { tenant { id slug } role } userErrors { field code }
        } }";
        let answer = self.client.send(accept, json!({"input": {"token": token}})).await;
        answer.data()["acceptInvitation"].clone()
    }
}

/// A tenant with a member of each role, all of them made through the public door.
pub(crate) struct Studio {
    /// The id of the tenant.
    pub(crate) tenant: String,
    pub(crate) slug: String,
    pub(crate) owner: Member,
    pub(crate) admin: Member,
    pub(crate) editor: Member,
    pub(crate) analyst: Member,
    pub(crate) member: Member,
}

impl Studio {
    /// Opens a studio; no other test has one of the same slug.
    pub(crate) async fn open(app: &TestApp) -> Self {
        let owner = Member::confirmed(app, "owner").await;
        let slug = slug_of(&owner);
        let tenant = owner.creates_tenant(&slug).await;
        let (admin, editor, analyst, member) = tokio::join!(
            join(app, &owner, &tenant, "admin"),
            join(app, &owner, &tenant, "editor"),
            join(app, &owner, &tenant, "analyst"),
            join(app, &owner, &tenant, "member"),
        );
        Self { tenant, slug, owner, admin, editor, analyst, member }
    }

    /// Everybody, with their roles, the highest first.
    pub(crate) fn everybody(&self) -> [(&'static str, &Member); 5] {
        [
            ("OWNER", &self.owner),
            ("ADMIN", &self.admin),
            ("EDITOR", &self.editor),
            ("ANALYST", &self.analyst),
            ("MEMBER", &self.member),
        ]
    }
}

/// A slug that nobody else has.
pub(crate) fn slug_of(member: &Member) -> String {
    member.handle.replace('_', "-")
}

/// Somebody who is invited, and accepts. Their name is their role.
async fn join(app: &TestApp, owner: &Member, tenant: &str, role: &str) -> Member {
    let member = Member::confirmed(app, role).await;
    owner.invites(tenant, &member.email, &role.to_uppercase()).await;
    let accepted = member.accepts(&invitation_token(app, &member.email, 1).await).await;
    assert_eq!(accepted["userErrors"], json!([]), "{accepted}");
    member
}
