//! Somebody who has one of everything, so that every field has something to answer.

use std::path::Path;

use seeka::graph::Statement;
use seeka::id::{AnnouncementId, AssetId, HomePageId, IdentityId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::TENANT;
use crate::support::{
    APP_REDIRECT_URI, Member, PASSWORD, Studio, TestApp, confirm_address, data_folder, invitation_token, make_operator,
};

/// An identity provider that does not answer: it is on the list, and nobody comes in by it.
pub(super) const PROVIDER: &str = "silent";
/// A picture, as far as anybody looks.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nand nothing else";

/// Who owns, belongs to, follows and is followed.
pub(super) struct World {
    /// Has one of everything, and runs the platform.
    pub(super) rich: Member,
    /// Whom `rich` follows, and the other way round.
    pub(super) other: Member,
    /// The id of the tenant that `rich` owns.
    pub(super) tenant: String,
    pub(super) slug: String,
    /// A domain of that tenant.
    pub(super) domain: String,
    /// Files of that tenant: one that is there, one that was refused, one that is being uploaded.
    pub(super) assets: Vec<String>,
    /// Pages of the tenant.
    pub(super) pages: Vec<String>,
    /// Tickets that `rich` has opened at that tenant.
    pub(super) tickets: Vec<String>,
}

/// The flag that names the provider.
pub(super) fn providers(name: &str) -> String {
    let file = Path::new(&data_folder(name)).join("providers.json");
    let providers = json!([{
        "name": PROVIDER, "displayName": "Silent", "issuer": "http://127.0.0.1:9", "clientId": "seeka",
        "mobileRedirectUris": [APP_REDIRECT_URI],
    }]);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(&file, providers.to_string()).expect("the file is written");
    format!("--identity-providers={}", file.display())
}

impl World {
    pub(super) async fn make(app: &TestApp) -> Self {
        let Studio { tenant, slug, owner: mut rich, admin: other, .. } = Studio::open(app).await;
        make_operator(app, &mut rich).await;
        // A small plan has no place for more.
        write(&rich, "setTenantPlan", json!({"tenantId": tenant, "plan": "NETWORK"})).await;
        let (id, domain) = add_domain(&rich, &tenant).await;
        verify(app, &id, &domain).await;
        for name in ["wanted", "welcome"] {
            let invited = rich.invites(&tenant, &format!("{name}-by-{}", rich.email), "EDITOR").await;
            assert_eq!(invited["userErrors"], json!([]), "{invited}");
        }
        create_access_token(&rich).await;
        upload_avatar(&rich).await;
        link(app, &rich, PROVIDER).await;
        let address = json!({"name": "Ada", "lines": ["1 High Street"], "postalCode": "1", "locality": "Town", "region": "R", "country": "DE"});
        write(&rich, "updateAddress", json!({"address": address})).await;
        let person = json!({"legalName": "Ada", "dateOfBirth": "1990-01-01", "nationality": "DE", "countryOfResidence": "FR", "taxId": "7"});
        write(&rich, "updateLegalPerson", json!({"legalPerson": person})).await;
        let links = json!([{"label": "Home", "url": "https://example.org"}]);
        write(&rich, "updateProfile", json!({"bio": "Me", "locale": "en", "links": links})).await;
        write(&rich, "follow", json!({"id": other.id})).await;
        write(&other, "follow", json!({"id": rich.id})).await;
        let found = app
            .viewer()
            .in_tenant(TENANT)
            .query("{ franchises { nodes { id } } allSeries { nodes { id } } tags { nodes { id } } }")
            .await;
        for nodes in found.data().as_object().expect("lists").values() {
            for node in nodes["nodes"].as_array().expect("a list") {
                write(&rich, "follow", json!({"id": node["id"]})).await;
            }
        }
        show_derived(app).await;
        give_up_functions(app, &tenant).await;
        let assets = own_files(app, &tenant).await;
        let sample = app.viewer().query(&format!(r#"{{ tenant(slug: "{TENANT}") {{ id }} }}"#)).await;
        let sample = sample.data()["tenant"]["id"].as_str().expect("the sample").to_owned();
        let mut tickets = Vec::new();
        for _ in 0..3 {
            open_ticket(&rich, None).await;
            let ticket = open_ticket(&rich, Some(&tenant)).await;
            for _ in 0..2 {
                write(&other, "answerTicket", json!({"ticketId": ticket, "body": "Soon."})).await;
            }
            tickets.push(ticket);
            announce(app, &tenant).await;
            announce(app, &sample).await;
        }
        let pages = own_pages(&rich, &tenant, &assets[0]).await;
        platform_home_page(app).await;
        Self { rich, other, tenant, slug, domain, assets, pages, tickets }
    }
}

/// Sends a mutation that has to succeed; returns its payload.
pub(super) async fn write(member: &Member, name: &str, input: Value) -> Value {
    let answer = member.client.mutate(name, "userErrors { field code message }", input).await;
    assert_eq!(answer.data()[name]["userErrors"], json!([]), "{name}");
    answer.data()[name].clone()
}

/// Adds a domain that no other test has; returns its id and its name.
pub(super) async fn add_domain(member: &Member, tenant: &str) -> (String, String) {
    let name = format!("{}.example.org", member.handle.replace('_', "-"));
    let add = "mutation($input: AddDomainInput!) { addDomain(input: $input) { domain { id } } }";
    let answer = member.client.send(add, json!({"input": {"tenantId": tenant, "name": name}})).await;
    (answer.data()["addDomain"]["domain"]["id"].as_str().expect("a domain").to_owned(), name)
}

/// Makes an access token; returns its id.
pub(super) async fn create_access_token(member: &Member) -> String {
    let create = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { created { accessToken { id } } } }";
    let input = json!({"name": "backup", "scopes": ["PROFILE_READ"], "expiresInDays": 30, "password": PASSWORD});
    let answer = member.client.send(create, json!({"input": input})).await;
    answer.data()["createAccessToken"]["created"]["accessToken"]["id"].as_str().expect("a token").to_owned()
}

/// Gives somebody a way in by a provider; returns the id of the identity.
pub(super) async fn link(app: &TestApp, member: &Member, provider: &str) -> String {
    let text = "MATCH (u:User {id: $user})
                CREATE (u)-[:HAS_IDENTITY]->(:Identity {id: $id, provider: $provider, subject: $user, email: u.email,
                  emailVerified: true, createdAt: datetime(), lastUsedAt: datetime()})
                RETURN true AS done";
    let id = IdentityId::generate().to_string();
    let statement = Statement::new("tests/link", text).bind("user", member.id.as_str());
    run(app, statement.bind("id", id.as_str()).bind("provider", provider)).await;
    id
}

/// Notes that a domain is the tenant's, as a look into the domain name system does.
async fn verify(app: &TestApp, id: &str, name: &str) {
    let text = "MATCH (d:Domain {id: $id}) SET d.verifiedName = $name, d.verifiedAt = datetime() RETURN true AS done";
    run(app, Statement::new("tests/verify", text).bind("id", id).bind("name", name)).await;
}

/// Has the platform a home page with a draft, unless it has one already.
async fn platform_home_page(app: &TestApp) {
    let text = "MERGE (h:HomePage {id: $id})
                ON CREATE SET h.version = 5000, h.createdAt = datetime(), h.rails = $rails, h.draft = $rails
                RETURN true AS done";
    let id = HomePageId::named(chrono::DateTime::UNIX_EPOCH, "platform");
    let rails = r#"[{"title": "New", "limit": 5, "kind": "NEWEST", "contentType": "SERIES"}]"#;
    run(app, Statement::new("tests/home_page", text).bind("id", id).bind("rails", rails)).await;
}

async fn run(app: &TestApp, statement: Statement) {
    #[derive(Deserialize)]
    struct Done {
        #[serde(rename = "done")]
        _done: bool,
    }
    app.in_graph(|graph| async move { assert_eq!(graph.write::<Done>(statement).await.unwrap().len(), 1) }).await;
}

/// Writes files of a tenant, as they are when something was done with them.
async fn own_files(app: &TestApp, tenant: &str) -> Vec<String> {
    let text = "
        UNWIND $assets AS asset
        CREATE (a:Asset {id: asset.id, tenantId: $tenant, state: asset.state, kind: 'IMAGE', contentType: 'image/png',
                         bytes: 6000000, createdAt: datetime(), key: 'tenants/' + $tenant + '/assets/' + asset.id, version: 1,
                         checksum: 'x', fileName: 'a.png', width: 3, height: 2, durationMs: 1, videoCodec: 'avc1',
                         audioCodec: 'mp4a', language: 'en', readyAt: datetime(), blurhash: 'x', variantWidths: [1],
                         variantHeights: [1], expiresAt: datetime(), partBytes: 5242880,
                         uploadId: '00000000-0000-4000-8000-000000000000'})
        SET a += CASE asset.state WHEN 'REFUSED' THEN {refusalCode: 'DAMAGED_FILE', refusalMessage: 'x'} ELSE {} END
        RETURN count(a) = 3 AS done";
    let ids: Vec<_> = (0..3).map(|_| AssetId::generate().to_string()).collect();
    let rows = ids.iter().zip(["READY", "REFUSED", "PENDING"]);
    let rows: Vec<_> =
        rows.map(|(id, state)| seeka::graph::map([("id", id.as_str().into()), ("state", state.into())])).collect();
    run(app, Statement::new("tests/files", text).bind("tenant", tenant).bind("assets", rows)).await;
    ids
}

/// A page that was published and edited, is scheduled, and has one of everything, and one that cannot be published.
async fn own_pages(member: &Member, tenant: &str, poster: &str) -> Vec<String> {
    let unique = member.handle.replace('_', "-");
    let named = json!({"tenantId": tenant, "slug": format!("of-{unique}"), "name": "Of everything"});
    write(member, "createTag", named.clone()).await;
    write(member, "createPerson", named).await;
    let found = "mutation($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }";
    let input = json!({"tenantId": tenant, "slug": format!("of-{unique}"), "name": "Of everything"});
    let tag = member.client.send(found, json!({"input": input})).await.data()["createTag"]["tag"]["id"].clone();
    let made = "mutation($input: CreatePersonInput!) { createPerson(input: $input) { person { id } } }";
    let input = json!({"tenantId": tenant, "slug": format!("another-{unique}"), "name": "Another"});
    let person = member.client.send(made, json!({"input": input})).await.data()["createPerson"]["person"]["id"].clone();
    let fields = json!({
        "shortDescription": "In short.", "longDescription": "At length.", "language": "en", "releaseDate": "2026-11-24",
        "links": [{"label": "Home", "url": "https://example.org"}], "tagIds": [tag],
        "credits": [{"personId": person, "role": "ACTOR", "character": "Herself"}],
        "assets": [{"role": "POSTER", "assetId": poster}],
    });
    let input = json!({"tenantId": tenant, "slug": "everything", "title": "Everything", "fields": fields});
    let page = make_franchise(member, input).await;
    write(member, "publish", json!({"tenantId": tenant, "ids": [page]})).await;
    write(member, "updateFranchise", json!({"id": page, "expectedVersion": 1, "title": "Everything else"})).await;
    write(member, "schedulePublish", json!({"tenantId": tenant, "ids": [page], "at": "2027-11-24T12:00:00Z"})).await;
    let input = json!({"tenantId": tenant, "slug": "without-poster", "title": "Without a poster"});
    let other = make_franchise(member, input).await;
    vec![page, other]
}

/// Makes a franchise as a draft; returns its id.
async fn make_franchise(member: &Member, input: Value) -> String {
    let made = "mutation($input: CreateFranchiseInput!) { createFranchise(input: $input) { page { id } } }";
    let answer = member.client.send(made, json!({"input": input})).await;
    answer.data()["createFranchise"]["page"]["id"].as_str().expect("a page").to_owned()
}

/// Writes what is made of files, or said of them, for those of the sample that everybody sees.
async fn show_derived(app: &TestApp) {
    let text = "
        MATCH (t:Tenant {slug: $slug})
        MATCH (a:Asset {tenantId: t.id})
        SET a += {blurhash: 'LEHV6nWB2yk8', variantWidths: [160], variantHeights: [90], renditionKinds: ['HLS'],
                  renditionUrls: ['https://cdn.example.org/a.m3u8'], renditionHeights: [720], renditionBitrates: [2000000]}
        FOREACH (_ IN CASE WHEN a.kind = 'CAPTIONS' AND NOT EXISTS { (a)-[:HAS_CUE]->() } THEN [1] ELSE [] END |
          CREATE (a)-[:HAS_CUE]->(:Cue {assetId: a.id, tenantId: t.id, position: 0, startMs: 1000, endMs: 2000,
                                        text: 'A kettle and a crow, at night, in the museum.'})
          CREATE (a)-[:HAS_CUE]->(:Cue {assetId: a.id, tenantId: t.id, position: 1, startMs: 3000, endMs: 4000,
                                        text: 'The kettle and the crow, the night, the museum.'}))
        WITH count(a) AS count
        RETURN count > 0 AS done";
    run(app, Statement::new("tests/derived", text).bind("slug", TENANT)).await;
}

/// Notes functions as given up, as it is done after the last attempt.
async fn give_up_functions(app: &TestApp, tenant: &str) {
    let text = "
        MATCH (e:Event {tenantId: $tenant})
        WITH e LIMIT 3
        CREATE (:Delivery {eventId: e.id, function: 'tests', attempts: 5, failedAt: datetime(), error: 'Out of paper.'})
        WITH count(e) AS count
        RETURN count > 1 AS done";
    run(app, Statement::new("tests/given-up", text).bind("tenant", tenant)).await;
}

/// Opens a ticket at a tenant, or at the platform; returns its id.
async fn open_ticket(member: &Member, tenant: Option<&str>) -> String {
    let open = "mutation($input: OpenTicketInput!) { openTicket(input: $input) { ticket { id } } }";
    let input = json!({"tenantId": tenant, "subject": "A question", "body": "When?"});
    let answer = member.client.send(open, json!({"input": input})).await;
    answer.data()["openTicket"]["ticket"]["id"].as_str().expect("a ticket").to_owned()
}

/// Announces an episode that everybody sees, in the name of a tenant; returns the id of the announcement.
async fn announce(app: &TestApp, tenant: &str) -> String {
    let text = "
        MATCH (s:Tenant {slug: $slug})
        MATCH (e:Episode {tenantId: s.id})
        WHERE e.active AND e.publishedAt < datetime() AND EXISTS { (e)<--(x:Series WHERE x.active AND x.publishedAt < datetime()) }
        WITH e
        ORDER BY e.id
        LIMIT 1
        CREATE (a:Announcement {id: $id, tenantId: $tenant, contentId: e.id, text: 'New', from: datetime() - duration('P1D'),
                                until: datetime() + duration('P1D'), state: 'GRANTED', createdAt: datetime(),
                                updatedAt: datetime(), version: 1})
        CREATE (a)-[:ANNOUNCES]->(e)
        RETURN true AS done";
    let id = AnnouncementId::generate().to_string();
    let statement = Statement::new("tests/announce", text).bind("slug", TENANT).bind("tenant", tenant);
    run(app, statement.bind("id", id.as_str())).await;
    id
}

async fn upload_avatar(member: &Member) {
    let begin =
        "mutation($input: BeginAvatarUploadInput!) { beginAvatarUpload(input: $input) { upload { assetId url } } }";
    let input = json!({"contentType": "image/png", "bytes": PICTURE.len()});
    let answer = member.client.send(begin, json!({"input": input})).await;
    let upload = &answer.data()["beginAvatarUpload"]["upload"];
    let put =
        reqwest::Client::new().put(upload["url"].as_str().expect("an address")).header("content-type", "image/png");
    assert_eq!(put.body(PICTURE).send().await.expect("the storage answers").status(), 200);
    write(member, "completeAvatarUpload", json!({"assetId": upload["assetId"]})).await;
}

/// Somebody whose account may be lost, and the ids of what is theirs, by the mutations that take them.
pub(super) struct Pawn {
    pub(super) member: Member,
    pub(super) tenant: String,
    pub(super) colleague: String,
    pub(super) invitation: String,
    pub(super) domain: String,
    pub(super) access_token: String,
    pub(super) identity: String,
    pub(super) session: String,
    /// A file of the tenant that is being uploaded.
    pub(super) upload: String,
    /// A page of the tenant that was never published.
    pub(super) page: String,
    pub(super) ticket: String,
    pub(super) announcement: String,
}

impl Pawn {
    pub(super) async fn make(app: &TestApp, is_operator: bool) -> Self {
        let mut member = Member::register(&app.viewer(), "pawn").await;
        confirm_address(app, &member).await;
        let tenant = member.creates_tenant(&member.handle.replace('_', "-")).await;
        let colleague = Member::confirmed(app, "colleague").await;
        member.invites(&tenant, &colleague.email, "ADMIN").await;
        colleague.accepts(&invitation_token(app, &colleague.email, 1).await).await;
        let invited = member.invites(&tenant, &format!("wanted-by-{}", member.email), "EDITOR").await;
        let invitation = invited["invitation"]["id"].as_str().expect("an invitation").to_owned();
        let (domain, _) = add_domain(&member, &tenant).await;
        let access_token = create_access_token(&member).await;
        let identity = link(app, &member, PROVIDER).await;
        if is_operator {
            make_operator(app, &mut member).await;
        }
        let upload = own_files(app, &tenant).await.pop().expect("a file");
        let franchise = json!({"tenantId": tenant, "slug": "first", "title": "The first"});
        let page = make_franchise(&member, franchise).await;
        let ticket = open_ticket(&member, Some(&tenant)).await;
        let sessions = member.client.query("{ viewer { sessions { nodes { id } } } }").await;
        let session = sessions.data()["viewer"]["sessions"]["nodes"][0]["id"].as_str().expect("a session").to_owned();
        let announcement = announce(app, &tenant).await;
        let colleague = colleague.id;
        Self {
            member,
            tenant,
            colleague,
            invitation,
            domain,
            access_token,
            identity,
            session,
            upload,
            page,
            ticket,
            announcement,
        }
    }
}
