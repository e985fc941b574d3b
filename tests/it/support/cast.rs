use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use seeka::auth::{NewAccessToken, PlatformRole, SignedIn, SignedInBy};
use seeka::graph::Statement;
use seeka::id::{
    AccessTokenId, AnnouncementId, AssetId, DomainId, FranchiseId, IdentityId, InvitationId, SessionId, TenantId,
    TicketId, UserId,
};
use serde::Deserialize;
use serde_json::json;

use super::{Client, TestApp};

/// Everybody who can stand before a tenant's door. They are written into the graph as they are, and not through the
/// public door: there are many of them, and what they may do is what is asked.
pub(crate) struct Cast {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// Another one, of which everybody sees that it is there.
    pub(crate) other_tenant: TenantId,
    /// One that nobody sees but its own members, who are none of the cast.
    pub(crate) hidden_tenant: TenantId,
    /// What the tenant has asked to be featured.
    pub(crate) announcement: AnnouncementId,
    /// Of the tenant, opened by its silent owner.
    pub(crate) ticket: TicketId,
    app: &'static TestApp,
    people: Vec<Person>,
    /// Of the tenant; each is there for one who asks.
    invitations: Vec<InvitationId>,
    domains: Vec<DomainId>,
    uploads: Vec<AssetId>,
    /// A page of the tenant that was never published.
    pub(crate) page: FranchiseId,
    used: AtomicUsize,
    programs: Vec<Program>,
}

/// Somebody, and what is theirs.
pub(crate) struct Person {
    name: &'static str,
    pub(crate) id: UserId,
    pub(crate) session: SessionId,
    /// The only way in that the person has.
    pub(crate) identity: IdentityId,
    pub(crate) access_token: AccessTokenId,
}

/// A program that has an access token.
struct Program {
    name: &'static str,
    of: &'static str,
    scopes: &'static [&'static str],
    secret: String,
    hash: String,
}

/// The people, each with a role in the tenant if they have one. The programs and `seeka token` act for an owner of
/// their own, so that what they do does not change what the owner finds.
const PEOPLE: [(&str, Option<&str>); 11] = [
    ("stranger", None),
    ("owner of another tenant", None),
    ("member", Some("MEMBER")),
    ("analyst", Some("ANALYST")),
    ("editor", Some("EDITOR")),
    ("admin", Some("ADMIN")),
    ("owner", Some("OWNER")),
    ("owner with programs", Some("OWNER")),
    ("silent owner", Some("OWNER")),
    ("bystander", Some("MEMBER")),
    ("operator", None),
];

/// The programs, whose they are, and what they may be used for.
const PROGRAMS: [(&str, &str, &[&str]); 4] = [
    ("idle program", "owner with programs", &[]),
    ("reading program", "owner with programs", &["PROFILE_READ", "TENANT_READ", "PLATFORM_READ"]),
    ("writing program", "owner with programs", &["PROFILE_WRITE", "TENANT_WRITE", "PLATFORM_READ"]),
    ("operator's program", "operator", &["PLATFORM_READ"]),
];

/// How many invitations, domains and uploads the tenant has: one for each who may ask, and room for a few more.
const POOL: usize = 16;

const CREATE: &str = "
    CREATE (t:Tenant {id: $tenantId, slug: replace($tenantId, '_', '-'), name: 'Cast', active: true, createdAt: $at, version: 1,
                      maxMembers: 1000})
    CREATE (o:Tenant {id: $otherId, slug: replace($otherId, '_', '-'), name: 'Other', active: true, createdAt: $at, version: 1})
    CREATE (:Tenant {id: $hiddenId, slug: replace($hiddenId, '_', '-'), name: 'Hidden', active: false, createdAt: $at, version: 1})
    FOREACH (id IN $invitations |
      CREATE (t)-[:HAS_INVITATION]->(:Invitation {id: id, tenantId: t.id, email: id + '@example.org', role: 'MEMBER',
                                                  hash: id, createdAt: $at, expiresAt: $until,
                                                  invitedBy: $people[0].user}))
    FOREACH (id IN $domains |
      CREATE (t)-[:HAS_DOMAIN]->(:Domain {id: id, tenantId: t.id, name: id + '.example', token: id, createdAt: $at,
                                          verifiedAt: $at}))
    FOREACH (id IN $uploads |
      CREATE (:Asset {id: id, tenantId: t.id, kind: 'VIDEO', state: 'PENDING', fileName: 'film.mp4', contentType: 'video/mp4',
                      bytes: 6000000, partBytes: 5242880, uploadId: '00000000-0000-4000-8000-000000000000', createdAt: $at,
                      expiresAt: $until, dueAt: $until, version: 1, key: 'tenants/' + t.id + '/assets/' + id + '/original'}))
    CREATE (:Page:Content:Franchise {id: $page, tenantId: t.id, slug: replace($page, '_', '-'), createdAt: $at, version: 1})
    CREATE (:Announcement {id: $announcementId, tenantId: t.id, contentId: 'ep_01jd7s2zk4jd7s2zk4jd7s2zk4', text: 'New', from: $at,
                           until: $at + duration('P1D'), state: 'REQUESTED', createdAt: $at, updatedAt: $at, version: 1})
    CREATE (:Ticket {id: $ticketId, tenantId: t.id, desk: t.id, openerId: $openerId, subject: 'A question', state: 'OPEN',
                     createdAt: $at, updatedAt: $at, version: 1})
    WITH t, o
    UNWIND $people AS person
    CREATE (u:User {id: person.user, email: person.user + '@example.org', handle: person.user, handleSkeleton: person.user,
                    displayName: person.name, createdAt: $at, emailVerifiedAt: $at, version: 1,
                    platformRoles: CASE person.name WHEN 'operator' THEN ['OPERATOR'] ELSE [] END})
    CREATE (u)-[:HAS_SESSION]->(:Session {id: person.session, createdAt: $at, lastUsedAt: $at, expiresAt: $until,
                                          familyHash: person.session, tokenHash: person.session,
                                          address: '192.0.2.1'})
    CREATE (u)-[:HAS_IDENTITY]->(:Identity {id: person.identity, provider: 'elsewhere', subject: person.identity,
                                            emailVerified: false, createdAt: $at, lastUsedAt: $at})
    CREATE (u)-[:HAS_ACCESS_TOKEN]->(:AccessToken {id: person.accessToken, hash: person.accessToken, name: 'of a program',
                                                   scopes: ['TENANT_READ'], createdAt: $at, expiresAt: $until})
    FOREACH (program IN person.programs |
      CREATE (u)-[:HAS_ACCESS_TOKEN]->(:AccessToken {id: program.id, hash: program.hash, name: program.name,
                                                     scopes: program.scopes, createdAt: $at, expiresAt: $until}))
    FOREACH (role IN CASE WHEN person.role IS NULL THEN [] ELSE [person.role] END |
      CREATE (u)-[:MEMBER_OF {role: role, since: $at}]->(t))
    FOREACH (role IN CASE person.name WHEN 'owner of another tenant' THEN ['OWNER'] ELSE [] END |
      CREATE (u)-[:MEMBER_OF {role: role, since: $at}]->(o))
    RETURN count(u) AS count";

impl Cast {
    pub(crate) async fn gather(app: &'static TestApp) -> Self {
        let people = PEOPLE.map(|(name, _)| Person {
            name,
            id: UserId::generate(),
            session: SessionId::generate(),
            identity: IdentityId::generate(),
            access_token: AccessTokenId::generate(),
        });
        let programs = PROGRAMS.map(|(name, of, scopes)| {
            let token = NewAccessToken::generate().expect("a token");
            let hash = token.hash();
            Program { name, of, scopes, secret: token.expose(), hash }
        });
        let cast = Self {
            tenant: TenantId::generate(),
            other_tenant: TenantId::generate(),
            hidden_tenant: TenantId::generate(),
            app,
            people: people.into(),
            invitations: (0..POOL).map(|_| InvitationId::generate()).collect(),
            domains: (0..POOL).map(|_| DomainId::generate()).collect(),
            announcement: AnnouncementId::generate(),
            ticket: TicketId::generate(),
            uploads: (0..POOL).map(|_| AssetId::generate()).collect(),
            page: FranchiseId::generate(),
            used: AtomicUsize::new(0),
            programs: programs.into(),
        };
        cast.write().await;
        cast
    }

    async fn write(&self) {
        let rows: Vec<neo4rs::BoltType> = self
            .people
            .iter()
            .zip(PEOPLE)
            .map(|(person, (name, role))| {
                let programs: Vec<_> = self.programs.iter().filter(|program| program.of == name).collect();
                let programs: Vec<_> = programs
                    .iter()
                    .map(|program| {
                        let Program { name, hash, scopes, .. } = program;
                        json!({"id": AccessTokenId::generate(), "name": name, "hash": hash, "scopes": scopes})
                    })
                    .collect();
                let row = json!({
                    "name": name, "user": person.id, "session": person.session, "role": role, "programs": programs,
                    "identity": person.identity, "accessToken": person.access_token,
                });
                neo4rs::BoltType::try_from(row).expect("a map")
            })
            .collect();
        let texts = |ids: &mut dyn Iterator<Item = String>| ids.map(neo4rs::BoltType::from).collect::<Vec<_>>();
        let statement = Statement::new("tests/cast", CREATE)
            .bind("tenantId", self.tenant)
            .bind("announcementId", self.announcement)
            .bind("ticketId", self.ticket)
            .bind("openerId", self.person("silent owner").id)
            .bind("otherId", self.other_tenant)
            .bind("hiddenId", self.hidden_tenant)
            .bind("people", rows)
            .bind("invitations", texts(&mut self.invitations.iter().map(ToString::to_string)))
            .bind("domains", texts(&mut self.domains.iter().map(ToString::to_string)))
            .bind("uploads", texts(&mut self.uploads.iter().map(ToString::to_string)))
            .bind("page", self.page)
            .bind("at", Utc::now())
            .bind("until", Utc::now() + TimeDelta::hours(1));
        self.app
            .in_graph(|graph| async move {
                #[derive(Deserialize)]
                struct Row {
                    #[serde(rename = "count")]
                    _count: i64,
                }
                graph.write::<Row>(statement).await.expect("the cast is written");
            })
            .await;
    }

    /// The slug of the tenant.
    pub(crate) fn slug(&self) -> String {
        self.tenant.to_string().replace('_', "-")
    }

    /// An invitation of the tenant that nobody has taken away yet.
    pub(crate) fn invitation(&self) -> InvitationId {
        self.invitations[self.used.fetch_add(1, Ordering::Relaxed) % POOL]
    }

    /// A domain of the tenant that nobody has taken away yet.
    pub(crate) fn domain(&self) -> DomainId {
        self.domains[self.used.fetch_add(1, Ordering::Relaxed) % POOL]
    }

    /// A file of the tenant that is being uploaded, and that nobody has taken away yet.
    pub(crate) fn upload(&self) -> AssetId {
        self.uploads[self.used.fetch_add(1, Ordering::Relaxed) % POOL]
    }

    /// Who asks as this column; the owner for those whose token does not hold, and a bystander for anonymous ones.
    pub(crate) fn person(&self, column: &str) -> &Person {
        let program = self.programs.iter().find(|program| program.name == column).map(|program| program.of);
        let name = match column {
            "anonymous" => "bystander",
            "expired token" | "forged token" => "owner",
            "command line" => "owner with programs",
            column => program.unwrap_or(column),
        };
        self.people.iter().find(|person| person.name == name).unwrap_or_else(|| panic!("who is {name}?"))
    }

    fn token(&self, signed_in: &SignedIn) -> String {
        self.app.keys().issue(signed_in, Utc::now(), Duration::from_mins(10)).expect("a token").token
    }

    /// Somebody as a client. Beside the cast's own names there are those whose token does not hold, and programs.
    pub(crate) fn client(&self, column: &str) -> Client {
        let anybody = self.app.viewer();
        if let Some(program) = self.programs.iter().find(|program| program.name == column) {
            return anybody.with_token(&program.secret);
        }
        let person = self.person(column);
        let roles = if column == "operator" { vec![PlatformRole::Operator] } else { Vec::new() };
        let mut signed_in = SignedIn { id: person.id, by: SignedInBy::Session(person.session), roles };
        match column {
            "anonymous" => anybody,
            "expired token" => {
                let long_ago = Utc::now() - TimeDelta::hours(1);
                let issued = self.app.keys().issue(&signed_in, long_ago, Duration::from_mins(1));
                anybody.with_token(&issued.expect("a token").token)
            }
            "forged token" => anybody.with_token(&forged(&self.token(&signed_in))),
            "command line" => {
                signed_in.by = SignedInBy::CommandLine;
                anybody.with_token(&self.token(&signed_in))
            }
            _ => anybody.with_token(&self.token(&signed_in)),
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
