use std::sync::atomic::{AtomicU64, Ordering};

use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Client, TestApp};

/// The password of everybody in the tests.
pub(crate) const PASSWORD: &str = "a horse of a different colour";

/// Somebody with an account, made through the public door.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) handle: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// Signed in.
    pub(crate) client: Client,
}

static MEMBERS: AtomicU64 = AtomicU64::new(1);

impl Member {
    /// Registers somebody at the server that `anybody` talks to; no other test has anybody of the same name.
    pub(crate) async fn register(anybody: &Client, name: &str) -> Self {
        let number = MEMBERS.fetch_add(1, Ordering::Relaxed);
        let handle = format!("{name}_{:x}_{number}", std::process::id());
        let email = format!("{handle}@example.org");
        let answer = anybody
            .send(
                "mutation($input: RegisterInput!) { register(input: $input) {
                     signedIn { user { id } tokens { accessToken refreshToken } } userErrors { field code message }
                 } }",
                json!({"input": {"email": email, "handle": handle, "password": PASSWORD}}),
            )
            .await;
        let payload = &answer.data()["register"];
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let access_token = text(&payload["signedIn"]["tokens"]["accessToken"]);
        Self {
            id: text(&payload["signedIn"]["user"]["id"]),
            refresh_token: text(&payload["signedIn"]["tokens"]["refreshToken"]),
            client: anybody.clone().with_token(&access_token),
            access_token,
            email,
            handle,
        }
    }

    /// Makes them an owner of a tenant whose catalogue was told as a story.
    pub(crate) async fn owns(self, app: &TestApp, tenant: &str) -> Self {
        #[derive(Deserialize)]
        struct Row {
            #[serde(rename = "id")]
            _id: String,
        }
        let text = "MATCH (u:User {id: $user}) MATCH (t:Tenant {slug: $tenant})
                    MERGE (u)-[member:MEMBER_OF]->(t) SET member.role = 'OWNER', member.since = datetime()
                    RETURN t.id AS id";
        let statement = Statement::new("tests/owns", text).bind("user", self.id.as_str()).bind("tenant", tenant);
        app.in_graph(|graph| async move {
            assert_eq!(graph.write::<Row>(statement).await.expect("it is written").len(), 1);
        })
        .await;
        self
    }

    /// Registers somebody who runs the platform, and signs them in with that role.
    pub(crate) async fn operator(app: &TestApp, name: &str) -> Self {
        #[derive(Deserialize)]
        struct Row {
            #[serde(rename = "id")]
            _id: String,
        }
        let member = Self::register(&app.viewer(), name).await;
        let id = member.id.clone();
        app.in_graph(|graph| async move {
            let statement = "MATCH (u:User {id: $id}) SET u.platformRoles = ['OPERATOR'] RETURN u.id AS id";
            graph.write::<Row>(Statement::new("tests/operator", statement).bind("id", id)).await.unwrap();
        })
        .await;
        member.again(&app.viewer()).await
    }

    /// Signed in once more, with the roles of now.
    pub(crate) async fn again(self, anybody: &Client) -> Self {
        let login = "mutation($input: LoginInput!) { login(input: $input) {
            signedIn { tokens { accessToken refreshToken } }
        } }";
        let input = json!({"input": {"email": self.email, "password": PASSWORD}});
        let answer = anybody.send(login, input).await;
        let tokens = &answer.data()["login"]["signedIn"]["tokens"];
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let (access_token, refresh_token) = (text("accessToken"), text("refreshToken"));
        Self { client: anybody.clone().with_token(&access_token), access_token, refresh_token, ..self }
    }
}
