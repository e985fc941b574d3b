//! Odd input for every mutation, from somebody who has not signed in, somebody with an account, and, of what takes
//! that, an operator who writes about nobody but themselves. Each is refused in words or done, and nothing else stops
//! working.

use chrono::{TimeDelta, Utc};
use futures::StreamExt;
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::odd;
use super::schema::{Argument, Field, INTROSPECTION, Kind, Schema};
use super::world::{PROVIDER, Pawn, providers, write};
use super::{ATTEMPTS, Answer, Request, ask, check, seed, send};
use crate::support::{APP_REDIRECT_URI, Client, PASSWORD, TestApp};

/// How many inputs each mutation gets from each viewer.
const INPUTS: usize = 12;
/// How many mutations are tried at once.
const AT_ONCE: usize = 4;
/// What only operators may do, and those who are one do to themselves here.
const OF_OPERATORS: [&str; 8] = [
    "decideAnnouncement",
    "grantPlatformRole",
    "revokePlatformRole",
    "setTenantPlan",
    "suspendTenant",
    "reinstateTenant",
    "updatePlatformHomePage",
    "publishPlatformHomePage",
];
/// Where people may come back to from a provider.
const PAGES: &str = "https://example.org";
/// What asks the domain name system, which may not be there.
const ASKS_OUTSIDE: &str = "verifyDomain";

/// Who sends a mutation.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Anybody,
    Member,
    Operator,
}

#[tokio::test]
async fn whatever_is_written_is_done_or_refused() {
    let app = TestApp::get().await;
    let started = std::time::Instant::now();
    let server = app.sibling(&[&providers("fuzzed mutations"), &format!("--cors-origins={PAGES}")]).await;
    let schema = Schema::read(&ask(&server.viewer(), INTROSPECTION).await);
    assert!(schema.mutations().len() > 40, "{} mutations", schema.mutations().len());
    let trials = schema.mutations().iter().enumerate().map(async |(n, mutation)| {
        let rng = ChaCha8Rng::seed_from_u64(seed().wrapping_add(n as u64));
        let mut trial = Trial { app, anybody: server.viewer(), schema: &schema, mutation, rng, complaints: Vec::new() };
        let mut pawn = trial.pawn(Who::Member).await;
        let mut done = trial.run(Who::Anybody, &mut pawn).await + trial.run(Who::Member, &mut pawn).await;
        if OF_OPERATORS.contains(&&*mutation.name) {
            done += trial.run(Who::Operator, &mut trial.pawn(Who::Operator).await).await;
        }
        (mutation.name.clone(), done, trial.complaints)
    });
    let tried: Vec<_> = futures::stream::iter(trials).buffer_unordered(AT_ONCE).collect().await;
    // Odd input that never gets past the first check finds little.
    let never = tried.iter().filter(|(_, done, _)| *done == 0).map(|(name, ..)| name.as_str());
    println!("never done: {:?}; all in {:?}", never.collect::<Vec<_>>(), started.elapsed());
    let complaints: Vec<_> = tried.iter().flat_map(|(.., complaints)| complaints).collect();
    let shown = complaints.iter().take(20).map(|it| it.as_str()).collect::<Vec<_>>().join("\n\n");
    assert!(complaints.is_empty(), "{} complaints, among them\n\n{shown}", complaints.len());
    assert!(tried.iter().filter(|(_, done, _)| *done > 0).count() > 20);
}

/// A mutation that is tried.
struct Trial<'a> {
    app: &'a TestApp,
    anybody: Client,
    schema: &'a Schema,
    mutation: &'a Field,
    rng: ChaCha8Rng,
    complaints: Vec<String>,
}

impl Trial<'_> {
    /// Somebody new to try it with.
    async fn pawn(&self, who: Who) -> Pawn {
        let pawn = Pawn::make(self.app, who == Who::Operator).await;
        // The last owner of a tenant stays.
        if self.mutation.name == "deleteAccount" {
            let input = json!({"tenantId": pawn.tenant, "userId": pawn.colleague});
            write(&pawn.member, "transferOwnership", input).await;
        }
        pawn
    }

    /// Sends inputs; returns how many of them were done.
    async fn run(&mut self, who: Who, pawn: &mut Pawn) -> usize {
        let mut done = 0;
        for n in 0..INPUTS {
            let input = self.input(pawn, n);
            let variables = format!(r#"{{"input":{input}}}"#);
            let request = Request { query: self.query(), variables, by_get: false };
            let client = match who {
                Who::Anybody => self.anybody.clone(),
                _ => self.anybody.clone().with_token(&pawn.member.access_token),
            };
            let mut answer = send(&client, &request).await;
            for _ in 1..ATTEMPTS {
                if !answer.body.to_string().contains("SERVICE_UNAVAILABLE") {
                    break;
                }
                answer = send(&client, &request).await;
            }
            done += usize::from(self.is_done(who, &request, &answer));
            // Whoever has ended their own session or account makes place for somebody else.
            let viewer = pawn.member.client.query("{ viewer { roles } }").await;
            let roles = viewer.body["data"]["viewer"]["roles"].as_array().map(Vec::len);
            if roles != Some(usize::from(who == Who::Operator)) {
                *pawn = self.pawn(who).await;
            }
        }
        write(&pawn.member, "updateProfile", json!({"displayName": "Still here"})).await;
        done
    }

    /// Whether an input was done, and not refused as it should be.
    fn is_done(&mut self, who: Who, request: &Request, answer: &Answer) -> bool {
        let unavailable = answer.body["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE";
        if unavailable && self.mutation.name == ASKS_OUTSIDE {
            return false;
        }
        check(request, answer, &mut self.complaints);
        let payload = &answer.body["data"]["result"];
        if answer.body.get("errors").is_some() {
            return false;
        }
        let mut complain = |what: &str| self.complaints.push(format!("{what}: {who:?} {request:?} got {answer:?}"));
        let Some(errors) = payload["userErrors"].as_array() else {
            complain("neither an error nor a payload");
            return false;
        };
        for error in errors {
            let field = error["field"].as_array();
            if error["message"].as_str().is_none_or(str::is_empty) || field.is_some_and(|field| field[0] != "input") {
                complain("a user error without a message, or at no place of the input");
            }
        }
        let results = payload.as_object().into_iter().flatten();
        let mut results = results.filter(|(name, _)| {
            !["__typename", "userErrors", "clientMutationId", "conflict", "problems"].contains(&name.as_str())
        });
        if results.all(|(_, result)| result.is_null()) == errors.is_empty() {
            complain("a result and errors, or neither");
        }
        errors.is_empty()
    }

    fn query(&self) -> String {
        let Field { name, kind, args } = self.mutation;
        let [Argument { name: argument, kind: input }] = &args[..] else { panic!("{name} takes one input") };
        let selection = self.selection(kind.name(), 3);
        format!("mutation M($input: {input}) {{ result: {name}({argument}: $input) {{ {selection} }} }}")
    }

    /// Everything of a payload that no argument is needed for.
    fn selection(&self, kind: &str, depth: u32) -> String {
        let mut parts = vec!["__typename".to_owned()];
        for Field { name, kind, args } in self.schema.get(kind).fields() {
            if !self.schema.get(kind.name()).is_composite() {
                parts.push(name.clone());
            } else if depth > 0 && args.is_empty() {
                parts.push(format!("{name} {{ {} }}", self.selection(kind.name(), depth - 1)));
            }
        }
        parts.join(" ")
    }

    /// An input in JSON: at first a right one, then one that is odd somewhere, then one that is odd in many places.
    fn input(&mut self, pawn: &Pawn, n: usize) -> String {
        let kind = self.mutation.args[0].kind.clone();
        let fields = self.schema.get(kind.name()).inputs();
        let odd = match n {
            0 => Oddity::Nowhere,
            n if n % 3 == 2 => Oddity::Often,
            _ => fields.choose(&mut self.rng).map_or(Oddity::Nowhere, |field| Oddity::In(field.name.clone())),
        };
        self.value(pawn, "input", &kind, &odd)
    }

    fn value(&mut self, pawn: &Pawn, name: &str, kind: &Kind, odd: &Oddity) -> String {
        let is_odd = match odd {
            Oddity::Nowhere => false,
            Oddity::In(field) => field == name,
            Oddity::Often => name != "input" && self.rng.random_bool(0.5),
        };
        let form = if kind.is_required() { kind.of_type.as_deref().unwrap_or(kind) } else { kind };
        if is_odd {
            return self.odd_value(pawn, name, kind.is_required(), form);
        }
        if form.form == "LIST" {
            let inner = form.of_type.as_deref().expect("a list is of something");
            return format!("[{}]", self.value(pawn, name, inner, odd));
        }
        if form.form == "INPUT_OBJECT" {
            let fields = self.schema.get(form.name()).inputs().to_vec();
            let mut parts = Vec::new();
            for Argument { name, kind } in fields {
                let is_wanted = matches!(odd, Oddity::In(field) if *field == name);
                // A version that is expected is rarely the right one.
                let chance = if name == "expectedVersion" { 0.1 } else { 0.7 };
                if kind.is_required() || is_wanted || self.rng.random_bool(chance) {
                    parts.push(format!("{}:{}", json!(name), self.value(pawn, &name, &kind, odd)));
                }
            }
            return format!("{{{}}}", parts.join(","));
        }
        self.right_value(pawn, name, form).to_string()
    }

    /// What makes sense in a field of a name.
    fn right_value(&mut self, pawn: &Pawn, name: &str, kind: &Kind) -> Value {
        let values = self.schema.get(kind.name()).values();
        if !values.is_empty() {
            return json!(values.choose(&mut self.rng).map(|value| &value.name));
        }
        let number: u32 = self.rng.random();
        match (name, &*self.mutation.name) {
            ("tenantId", _) => json!(pawn.tenant),
            ("id", "revokeInvitation") => json!(pawn.invitation),
            ("id", "verifyDomain" | "removeDomain") => json!(pawn.domain),
            ("id", "revokeAccessToken") => json!(pawn.access_token),
            ("id", "unlinkIdentity") => json!(pawn.identity),
            ("id", "revokeSession") => json!(pawn.session),
            ("id", "updateFranchise" | "archivePage" | "restorePage" | "restoreRevision" | "reorderPages")
            | ("ids" | "franchiseId", _) => json!(pawn.page),
            ("id", "updateEpisode") | ("contentId", _) => json!("ep_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("id", "cancelScheduledPublish") => json!("sc_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("id", "updateHomePage") => json!("home_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("id", "updateFaqEntry") => json!("faq_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("id", "updateSeries") | ("seriesId" | "contentIds", _) => json!("se_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("revisionId", _) => json!("rv_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("tagIds" | "tagId", _) => json!("tg_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("id", "updatePerson") | ("personId", _) => json!("pe_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            ("all", _) => json!(false),
            ("language", _) => json!("en"),
            ("id", "decideAnnouncement" | "withdrawAnnouncement") => json!(pawn.announcement),
            ("id" | "userId", _) => json!(pawn.colleague),
            ("email", "login" | "requestPasswordReset") => json!(pawn.member.email),
            ("email", _) => json!(format!("odd-{number:x}@example.org")),
            ("password" | "currentPassword" | "newPassword", _) => json!(PASSWORD),
            ("handle", "register" | "updateProfile") => json!(format!("odd_{number:x}")),
            ("handle", _) => json!(pawn.member.handle),
            ("slug", _) => json!(format!("odd-{number:x}")),
            ("name", "addDomain") => json!(format!("odd-{number:x}.example.org")),
            ("locale", _) => json!("pt-BR"),
            ("country" | "nationality" | "countryOfResidence", _) => json!("DE"),
            ("url" | "returnTo", _) => json!("https://example.org/"),
            ("provider", _) => json!(PROVIDER),
            ("redirectUri", _) => json!(APP_REDIRECT_URI),
            ("contentType", _) => json!("image/png"),
            ("refreshToken", _) => json!(pawn.member.refresh_token),
            (
                "assetId",
                "attachRenditions" | "signUploadParts" | "completeAssetUpload" | "abortAssetUpload" | "deleteAsset",
            ) => {
                json!(pawn.upload)
            }
            ("from", _) => json!(Utc::now()),
            ("until", _) => json!(Utc::now() + TimeDelta::days(30)),
            ("ticketId", _) => json!(pawn.ticket),
            ("numbers", _) => json!(1 + number % 2),
            ("bytes", "beginAssetUpload") => json!(1 + number % 10_000),
            ("checksum", _) => json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            ("assetId", _) => json!("as_01jd7s2zk4jd7s2zk4jd7s2zk4"),
            // There is one page for all tests, and this is none of its versions.
            ("expectedVersion", "updatePlatformHomePage" | "publishPlatformHomePage") => json!(-1),
            ("expectedVersion", _) => json!(1),
            _ => match kind.name() {
                "Int" => json!(30),
                "Float" => json!(1_000_000.0),
                "Boolean" => json!(true),
                "Date" => json!("1990-11-24"),
                "DateTime" => json!("2027-11-24T12:00:00.000Z"),
                _ => json!(format!("Something {number:x}")),
            },
        }
    }

    /// What makes little sense: of the right type, of another, or something that is there and not that.
    fn odd_value(&mut self, pawn: &Pawn, name: &str, is_required: bool, kind: &Kind) -> String {
        if !is_required && self.rng.random_bool(0.2) {
            return "null".to_owned();
        }
        if self.rng.random_bool(0.15) {
            return odd::variables().choose(&mut self.rng).expect("there are some").clone();
        }
        if kind.form == "LIST" {
            let inner = kind.of_type.as_deref().expect("a list is of something");
            let count = *[0, 2, 11, 5_000].choose(&mut self.rng).expect("there are some");
            let item = self.value(pawn, name, inner, &Oddity::Nowhere);
            return format!("[{}]", vec![item; count].join(","));
        }
        if kind.form == "INPUT_OBJECT" {
            return self.value(pawn, "", kind, &Oddity::Often);
        }
        let of_kind = match kind.name() {
            "Int" | "Float" => odd::numbers(),
            "Date" | "DateTime" => odd::moments(),
            "ID" => {
                let ids = [&pawn.member.id, &pawn.colleague, &pawn.invitation, &pawn.domain, &pawn.access_token];
                let ids = ids.into_iter().chain([&pawn.identity, &pawn.session]).map(|id| json!(id).to_string());
                ids.chain(odd::texts_in_json()).collect()
            }
            "String" => odd::texts_in_json(),
            _ => odd::variables(),
        };
        of_kind.choose(&mut self.rng).expect("there are some").clone()
    }
}

/// Where an input is odd.
enum Oddity {
    Nowhere,
    In(String),
    Often,
}
