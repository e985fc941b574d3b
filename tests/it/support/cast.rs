use std::time::Duration;

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use seeka::auth::{PlatformRole, SignedIn, SignedInBy};
use seeka::graph::Statement;
use seeka::id::{SessionId, TenantId, UserId};
use serde::Deserialize;
use serde_json::json;

use super::{Client, TestApp};

/// Everybody who can stand before a tenant's door. They are written into the graph as they are, and not through the
/// public door: there are many of them, and what they may do is what is asked.
pub(crate) struct Cast {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// Another one.
    pub(crate) other_tenant: TenantId,
    /// Somebody who belongs to the tenant and asks for nothing.
    pub(crate) bystander: UserId,
    app: &'static TestApp,
    people: Vec<(&'static str, UserId, SessionId)>,
}

/// The roles, each of which somebody has.
const ROLES: [&str; 5] = ["member", "analyst", "editor", "admin", "owner"];

const CREATE: &str = "
    CREATE (t:Tenant {id: $tenantId, slug: toLower($tenantId), name: 'Cast', active: true, createdAt: $at, version: 1})
    CREATE (o:Tenant {id: $otherId, slug: toLower($otherId), name: 'Other', active: true, createdAt: $at, version: 1})
    WITH t, o
    UNWIND $people AS person
    CREATE (u:User {id: person.user, email: person.user + '@example.org', handle: person.user, handleSkeleton: person.user,
                    displayName: person.name, createdAt: $at, emailVerifiedAt: $at, version: 1,
                    platformRoles: CASE person.name WHEN 'operator' THEN ['OPERATOR'] ELSE [] END})
    CREATE (u)-[:HAS_SESSION]->(:Session {id: person.session, createdAt: $at, lastUsedAt: $at, expiresAt: $until,
                                          familyHash: person.session, tokenHash: person.session,
                                          address: '192.0.2.1'})
    FOREACH (role IN CASE WHEN person.role IS NULL THEN [] ELSE [person.role] END |
      CREATE (u)-[:MEMBER_OF {role: role, since: $at}]->(t))
    FOREACH (role IN CASE person.name WHEN 'owner of another tenant' THEN ['OWNER'] ELSE [] END |
      CREATE (u)-[:MEMBER_OF {role: role, since: $at}]->(o))
    RETURN count(u) AS count";

impl Cast {
    pub(crate) async fn gather(app: &'static TestApp) -> Self {
        let names = ["stranger", "owner of another tenant", "operator", "bystander"].into_iter().chain(ROLES);
        let people: Vec<_> = names.map(|name| (name, UserId::generate(), SessionId::generate())).collect();
        let bystander = people.iter().find(|(name, ..)| *name == "bystander").expect("one of them").1;
        let cast = Self { tenant: TenantId::generate(), other_tenant: TenantId::generate(), bystander, app, people };
        let rows: Vec<neo4rs::BoltType> = cast
            .people
            .iter()
            .map(|(name, user, session)| {
                let role = match *name {
                    "bystander" => Some("MEMBER".to_owned()),
                    name => ROLES.contains(&name).then(|| name.to_uppercase()),
                };
                let row = json!({"name": name, "user": user, "session": session, "role": role});
                neo4rs::BoltType::try_from(row).expect("a map")
            })
            .collect();
        let statement = Statement::new("tests/cast", CREATE)
            .bind("tenantId", cast.tenant)
            .bind("otherId", cast.other_tenant)
            .bind("people", rows)
            .bind("at", Utc::now())
            .bind("until", Utc::now() + TimeDelta::hours(1));
        app.in_graph(|graph| async move {
            #[derive(Deserialize)]
            struct Row {
                #[serde(rename = "count")]
                _count: i64,
            }
            graph.write::<Row>(statement).await.expect("the cast is written");
        })
        .await;
        cast
    }

    /// The user of a name.
    pub(crate) fn user(&self, name: &str) -> UserId {
        self.person(name).id
    }

    fn person(&self, name: &str) -> SignedIn {
        let (_, id, session) = self.people.iter().find(|(known, ..)| *known == name).expect("somebody of the cast");
        let roles = if name == "operator" { vec![PlatformRole::Operator] } else { Vec::new() };
        SignedIn { id: *id, by: SignedInBy::Session(*session), roles }
    }

    /// Somebody's access token.
    pub(crate) fn token(&self, name: &str) -> String {
        self.app.keys().issue(&self.person(name), Utc::now(), Duration::from_mins(10)).expect("a token").token
    }

    /// Somebody as a client. Beside the cast's own names there are those whose token does not hold.
    pub(crate) fn client(&self, name: &str) -> Client {
        let anybody = self.app.viewer();
        match name {
            "anonymous" => anybody,
            "expired token" => {
                let long_ago = Utc::now() - TimeDelta::hours(1);
                let issued = self.app.keys().issue(&self.person("owner"), long_ago, Duration::from_mins(1));
                anybody.with_token(&issued.expect("a token").token)
            }
            "forged token" => anybody.with_token(&forged(&self.token("owner"))),
            name => anybody.with_token(&self.token(name)),
        }
    }
}

/// A token with the same claims and key id, signed by HMAC with what everybody knows: the id of the key.
fn forged(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).expect("a token");
    let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode(token).expect("a token").claims;
    let kid = header.kid.expect("a key id");
    let key = EncodingKey::from_secret(kid.as_bytes());
    let header = Header { kid: Some(kid), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &key).expect("a token")
}
