//! Somebody who has one of every secret there is.

use std::path::Path;

use seeka::graph::Statement;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Server;
use crate::support::{Client, Letter, Member, PASSWORD, TestApp};

pub(super) struct Holder {
    pub(super) ada: Member,
    /// The access token of a program of hers.
    pub(super) program: String,
    /// Her tenant, and its slug.
    pub(super) tenant: String,
    pub(super) slug: String,
    /// An address that is invited to it.
    pub(super) invited: String,
    /// What each is, and the secret itself.
    pub(super) secrets: Vec<(String, String)>,
}

/// Runs a mutation, which has to be done, and returns its payload.
async fn done(client: &Client, kind: &str, name: &str, input: Value, selection: &str) -> Value {
    let mutation = format!(
        "mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ field code message }} }} }}"
    );
    let answer = client.send(&mutation, json!({"input": input})).await;
    let payload = answer.data()[name].clone();
    assert_eq!(payload["userErrors"], json!([]), "{name}: {payload}");
    payload
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The parts of a refresh token that are secret; its first is the id of the session.
fn parts(token: &str) -> Vec<String> {
    token.split('.').skip(1).map(str::to_owned).collect()
}

/// The signature of an access token, without which it is none.
fn signature(token: &str) -> String {
    token.rsplit('.').next().unwrap().to_owned()
}

impl Holder {
    pub(super) async fn gather(server: &Server) -> Self {
        let anybody = server.client();
        let mut ada = Member::register(&anybody, "ada").await;
        let mut secrets = vec![("the first password".to_owned(), PASSWORD.to_owned())];
        let mut keep = |what: &str, secret: String| {
            assert!(secret.len() >= 10, "{what} is short: {secret}");
            secrets.push((what.to_owned(), secret));
        };
        keep("the token of a verification", mailed(&server.data, &ada.email, "?token=", 1).await);
        for part in parts(&ada.refresh_token) {
            keep("a refresh token that was used", part);
        }
        keep("an access token", signature(&ada.access_token));
        let input = json!({"refreshToken": ada.refresh_token});
        let selection = "signedIn { tokens { accessToken refreshToken } }";
        let refreshed = done(&anybody, "RefreshSessionInput", "refreshSession", input, selection).await;
        let tokens = &refreshed["signedIn"]["tokens"];
        for part in parts(&text(&tokens["refreshToken"])) {
            keep("a refresh token", part);
        }
        ada.access_token = text(&tokens["accessToken"]);
        ada.client = anybody.clone().with_token(&ada.access_token);
        keep("the access token after it", signature(&ada.access_token));

        let token = mailed(&server.data, &ada.email, "?token=", 1).await;
        done(&anybody, "VerifyEmailInput", "verifyEmail", json!({"token": token}), "verified").await;
        let password = format!("seven owls of {}", &ada.id[10..]);
        let input = json!({"currentPassword": PASSWORD, "newPassword": password});
        done(&ada.client, "ChangePasswordInput", "changePassword", input, "").await;
        keep("the password", password.clone());
        done(&anybody, "RequestPasswordResetInput", "requestPasswordReset", json!({"email": ada.email}), "").await;
        keep("the token of a reset", mailed(&server.data, &ada.email, "reset-password?token=", 1).await);
        let other = format!("new-{}", ada.email);
        let input = json!({"email": other, "password": password});
        done(&ada.client, "ChangeEmailInput", "changeEmail", input, "requested").await;
        keep("the token of another address", mailed(&server.data, &other, "?token=", 1).await);

        let input = json!({"name": "script", "scopes": ["PROFILE_READ", "TENANT_READ"], "expiresInDays": 2, "password": password});
        let created =
            done(&ada.client, "CreateAccessTokenInput", "createAccessToken", input, "created { token }").await;
        let program = text(&created["created"]["token"]);
        keep("a personal access token", program.trim_start_matches("skp_").to_owned());

        let slug = ada.handle.replace('_', "-");
        let tenant = ada.creates_tenant(&slug).await;
        let invited = format!("invited-{}", ada.email);
        assert_eq!(ada.invites(&tenant, &invited, "EDITOR").await["userErrors"], json!([]));
        keep("an invitation", mailed(&server.data, &invited, "that asks for it:", 1).await);
        let input = json!({"tenantId": tenant, "name": format!("{slug}.example.org")});
        done(&ada.client, "AddDomainInput", "addDomain", input, "").await;
        Self { ada, program, tenant, slug, invited, secrets }
    }

    /// Somebody who is an admin of her tenant.
    pub(super) async fn admin(&mut self, server: &Server) -> Member {
        let bob = Member::register(&server.client(), "bob").await;
        let token = mailed(&server.data, &bob.email, "?token=", 1).await;
        done(&server.client(), "VerifyEmailInput", "verifyEmail", json!({"token": token}), "verified").await;
        assert_eq!(self.ada.invites(&self.tenant, &bob.email, "ADMIN").await["userErrors"], json!([]));
        let token = mailed(&server.data, &bob.email, "that asks for it:", 1).await;
        assert_eq!(bob.accepts(&token).await["userErrors"], json!([]));
        self.secrets.push(("an invitation that was accepted".to_owned(), token));
        bob
    }

    /// What the graph keeps of her secrets and those of her tenant.
    pub(super) async fn hashes(&self, app: &TestApp) -> Vec<(String, String)> {
        const FIND: &str = "
            MATCH (:User {id: $id})-[*1..2]-(n)
            WITH DISTINCT n
            UNWIND keys(n) AS key
            WITH n, key WHERE toLower(key) CONTAINS 'hash'
            UNWIND [] + n[key] AS value
            RETURN DISTINCT labels(n)[0] + '.' + key AS name, toString(value) AS value";
        #[derive(Deserialize)]
        struct Row {
            name: String,
            value: String,
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let statement = Statement::new("tests/hashes", FIND).bind("id", self.ada.id.as_str());
        app.in_graph(|graph| async move {
            sender.send(graph.read::<Row>(statement).await.unwrap()).unwrap_or_else(|_| panic!("the test waits"));
        })
        .await;
        let found: Vec<_> = receiver.await.unwrap().into_iter().map(|row| (row.name, row.value)).collect();
        for kept in [
            "Credential.hash",
            "Session.tokenHash",
            "Session.familyHash",
            "AccessToken.hash",
            "EmailProof.hash",
            "Invitation.hash",
        ] {
            assert!(found.iter().any(|(name, value)| name == kept && value.len() >= 20), "no {kept} in {found:?}");
        }
        found
    }
}

/// What stands behind some words in the `number`-th mail to an address that has them.
async fn mailed(data: &Path, address: &str, words: &str, number: usize) -> String {
    for _ in 0..400 {
        let letters = Letter::in_folder(&data.join("mail"), address);
        let found = letters.iter().filter_map(|letter| letter.text.split_once(words)).nth(number - 1);
        if let Some((_, behind)) = found {
            return behind.split_whitespace().next().expect("a token").to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{address} got no mail with {words:?}");
}

/// Makes somebody an operator, who signs in again at the same server.
pub(super) async fn with_role_of_operator(app: &TestApp, member: Member, anybody: &Client) -> Member {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "id")]
        _id: String,
    }
    let id = member.id.clone();
    app.in_graph(|graph| async move {
        let statement = "MATCH (u:User {id: $id}) SET u.platformRoles = ['OPERATOR'] RETURN u.id AS id";
        graph.write::<Row>(Statement::new("tests/operator", statement).bind("id", id)).await.unwrap();
    })
    .await;
    member.again(anybody).await
}
