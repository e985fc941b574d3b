//! Tenants prove that domains are theirs by a record in the DNS.

use std::sync::Arc;

use hickory_resolver::proto::rr::rdata::{SOA, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record};
use hickory_server::Server;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use serde_json::{Value, json};
use tokio::net::{TcpListener, UdpSocket};

use super::{codes, events, mutate, refused};
use crate::support::{Client, Member, TestApp, slug_of};

const DOMAIN: &str = "domain { id name recordName recordValue verifiedAt }";

/// A name server of a test, which knows the zone `example.org`.
struct NameServer {
    zone: Arc<InMemoryZoneHandler>,
    address: String,
    _server: Server<Catalog>,
}

impl NameServer {
    async fn start() -> Self {
        let origin = Name::from_ascii("example.org.").unwrap();
        let zone = Arc::new(InMemoryZoneHandler::empty(origin.clone(), ZoneType::Primary, AxfrPolicy::Deny));
        let soa = SOA::new(origin.clone(), origin.clone(), 1, 60, 60, 60, 60);
        zone.upsert(Record::from_rdata(origin.clone(), 60, RData::SOA(soa)), 0).await;
        let mut catalog = Catalog::new();
        catalog.upsert(origin.into(), vec![zone.clone()]);
        let mut server = Server::new(catalog);
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        server.register_socket(socket);
        if let Ok(listener) = TcpListener::bind(address).await {
            server.register_listener(listener, std::time::Duration::from_secs(5), 32);
        }
        Self { zone, address: address.to_string(), _server: server }
    }

    /// Writes a record, in pieces, as long texts are.
    async fn write(&self, name: &str, text: &str) {
        let (one, other) = text.split_at(text.len() / 2);
        let name = Name::from_ascii(format!("{name}.")).unwrap();
        let data = RData::TXT(TXT::new(vec![one.to_owned(), other.to_owned()]));
        self.zone.upsert(Record::from_rdata(name, 60, data), 0).await;
    }
}

async fn add(member: &Member, tenant: &str, name: &str) -> Value {
    mutate(member, "addDomain", DOMAIN, json!({"tenantId": tenant, "name": name})).await
}

async fn verify(client: &Client, tenant: &str, domain: &Value) -> Value {
    let text = format!(
        "mutation($input: VerifyDomainInput!) {{ verifyDomain(input: $input) {{ {DOMAIN} userErrors {{ field code }} }} }}"
    );
    let input = json!({"input": {"tenantId": tenant, "id": domain["id"]}});
    client.send(&text, input).await.data()["verifyDomain"].clone()
}

#[tokio::test]
async fn a_domain_belongs_to_who_can_write_its_record() {
    let app = TestApp::get().await;
    let dns = NameServer::start().await;
    let server = app.sibling(&[&format!("--dns-server={}", dns.address)]).await;
    let (ada, eve) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "eve").await);
    let (own, others) = (ada.creates_tenant(&slug_of(&ada)).await, eve.creates_tenant(&slug_of(&eve)).await);
    let name = format!("{}.example.org", slug_of(&ada));
    let domain = add(&ada, &own, &format!(" {}. ", name.to_uppercase())).await["domain"].clone();
    assert_eq!((&domain["name"], &domain["verifiedAt"]), (&json!(name), &json!(null)));
    assert_eq!(domain["recordName"], json!(format!("_seeka.{name}")));
    let value = domain["recordValue"].as_str().unwrap();
    assert!(value.starts_with("seeka-verification=") && value.len() > 40, "{value}");
    assert_eq!(add(&ada, &own, &name).await["domain"], domain, "the same one is not added twice");
    // Somebody else may want it, too, and gets a text of their own.
    let theirs = add(&eve, &others, &name).await["domain"].clone();
    assert_ne!(theirs["recordValue"], domain["recordValue"]);

    let (ada_there, eve_there) =
        (server.viewer().with_token(&ada.access_token), server.viewer().with_token(&eve.access_token));
    let not_found = json!([{"field": ["input", "id"], "code": "NOT_FOUND"}]);
    assert_eq!(verify(&ada_there, &own, &domain).await["userErrors"], not_found, "there is no record");
    dns.write(&format!("_seeka.{name}"), "seeka-verification=something-else").await;
    assert_eq!(verify(&ada_there, &own, &domain).await["userErrors"], not_found, "it says something else");
    let by_domain = format!(r#"{{ tenant(domain: "{}") {{ slug }} }}"#, name.to_uppercase());
    assert_eq!(app.viewer().query(&by_domain).await.data()["tenant"], json!(null));

    // Beside others, as a domain has them.
    dns.write(&format!("_seeka.{name}"), value).await;
    let verified = verify(&ada_there, &own, &domain).await;
    assert_eq!((codes(&verified), verified["domain"]["verifiedAt"].is_string()), (vec![], true));
    assert_eq!(app.viewer().query(&by_domain).await.data()["tenant"], json!({"slug": slug_of(&ada)}));
    let elsewhere = app.viewer().in_tenant(&slug_of(&eve)).query(&by_domain).await;
    assert_eq!(elsewhere.data()["tenant"], json!(null));

    // Whoever writes the record has it, so the first one loses it, and both are told.
    dns.write(&format!("_seeka.{name}"), theirs["recordValue"].as_str().unwrap()).await;
    assert_eq!(codes(&add(&eve, &others, &name).await), Vec::<&str>::new(), "it can still be wanted");
    let both = tokio::join!(verify(&eve_there, &others, &theirs), verify(&eve_there, &others, &theirs));
    assert!(codes(&both.0).is_empty() && codes(&both.1).is_empty(), "{both:?}");
    assert_eq!(app.viewer().query(&by_domain).await.data()["tenant"], json!({"slug": slug_of(&eve)}));
    let lost = add(&ada, &own, &name).await["domain"].clone();
    assert_eq!((&lost["id"], &lost["verifiedAt"]), (&domain["id"], &json!(null)));
    let told = events(app, &others).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["TENANT_CREATED", "DOMAIN_ADDED", "DOMAIN_VERIFIED"]);

    // It is nobody's when it is given up.
    let given_up = json!({"tenantId": others, "id": theirs["id"]});
    mutate(&eve, "removeDomain", "removedDomainId", given_up).await;
    assert_eq!(app.viewer().query(&by_domain).await.data()["tenant"], json!(null));
    let told = events(app, &own).await;
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["TENANT_CREATED", "DOMAIN_ADDED", "DOMAIN_VERIFIED", "DOMAIN_LOST"]);
    assert_eq!((told[3].actor_id.as_deref(), told[3].subject_id.as_deref()), (None, domain["id"].as_str()));
    assert!(!format!("{told:?}").contains(value.trim_start_matches("seeka-verification=")));
    drop(server);
}

#[tokio::test]
async fn a_name_server_that_does_not_answer_leaves_the_domain_as_it_is() {
    let app = TestApp::get().await;
    // It takes what is asked, and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = app.sibling(&[&format!("--dns-server={}", silent.local_addr().unwrap())]).await;
    let ada = Member::confirmed(app, "ada").await;
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    let domain = add(&ada, &tenant, &format!("{}.example.org", slug_of(&ada))).await["domain"].clone();
    let payload = verify(&server.viewer().with_token(&ada.access_token), &tenant, &domain).await;
    assert_eq!(codes(&payload), ["NOT_FOUND"]);
    drop(silent);
}

#[tokio::test]
async fn a_domain_of_another_tenant_is_not_there() {
    let app = TestApp::get().await;
    let (ada, eve) = (Member::confirmed(app, "ada").await, Member::confirmed(app, "eve").await);
    let (own, others) = (ada.creates_tenant(&slug_of(&ada)).await, eve.creates_tenant(&slug_of(&eve)).await);
    let domain = add(&ada, &own, &format!("{}.example.org", slug_of(&ada))).await["domain"].clone();
    let nowhere = seeka::id::DomainId::generate().to_string();
    for id in [&domain["id"], &json!(nowhere)] {
        for (field, selection) in [("verifyDomain", DOMAIN), ("removeDomain", "removedDomainId")] {
            let input = json!({"tenantId": others, "id": id});
            assert_eq!(refused(&eve.client, field, selection, input).await, ["NOT_FOUND"], "{field}");
            let input = json!({"tenantId": own, "id": id});
            assert_eq!(refused(&eve.client, field, selection, input).await, ["FORBIDDEN"], "{field}");
        }
    }
    for wrong in ["", "localhost", "127.0.0.1", "https://example.org", "a_b.example.org"] {
        assert_eq!(codes(&add(&ada, &own, wrong).await), ["INVALID"], "{wrong}");
    }
    let query = r#"{ tenant(domain: "nobody.example.org", slug: "x") { id } }"#;
    assert_eq!(app.viewer().query(query).await.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_tenant_has_twenty_domains_at_the_most() {
    let app = TestApp::get().await;
    let ada = Member::confirmed(app, "ada").await;
    let tenant = ada.creates_tenant(&slug_of(&ada)).await;
    let names: Vec<_> = (0..23).map(|n| format!("n{n:02}.{}.example.org", slug_of(&ada))).collect();
    let payloads = futures::future::join_all(names.iter().map(|name| add(&ada, &tenant, name))).await;
    assert_eq!(payloads.iter().filter(|payload| codes(payload) == ["LIMIT_REACHED"]).count(), 3);
    let query = "query($id: ID) { administration(tenantId: $id) { domains { name } } }";
    let answer = ada.client.send(query, json!({"id": tenant})).await;
    assert_eq!(answer.data()["administration"]["domains"].as_array().unwrap().len(), 20);
}
