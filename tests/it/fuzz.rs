//! Operations by the hundred, drawn from the schema: right ones, which must be answered, and wrong ones, which must be
//! refused in the words of the specification. Whatever is added to the schema is drawn from as well.
//!
//! The seed is printed and always the same; `FUZZ_SEED=7 cargo test --test it fuzz::` draws other operations.

pub(crate) mod generate;
mod mutations;
mod odd;
pub(crate) mod schema;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use self::generate::{Aim, Asked, Generator, Operation, Place, Sample, Spoiled};
use self::schema::{Argument, INTROSPECTION, Schema};
use self::world::{World, providers};
use crate::support::{Client, Member, TestApp};

const SEED: u64 = 20_261_124;
/// A tenant of the sample: its content is the same at each run, whatever other tests add to the graph.
const TENANT: &str = "kettle-and-crow";
/// How often a field is tried to be reached, since what is found on the way is a matter of luck.
const ROUNDS: usize = 12;
/// How many operations a round has, if there is much left to reach, and how many there are for each aim at the most.
const OPERATIONS: usize = 60;
const MOST_TRIES: usize = 12;
/// How many of the odd values each argument gets, of literals and of variables each.
const ODD_VALUES: usize = 2;
/// The same for each field of an input.
const ODD_INPUTS: usize = 6;
/// How many requests are on their way at once.
const AT_ONCE: usize = 6;
/// How often a request is sent while a part of the server does not answer.
const ATTEMPTS: usize = 3;
/// Every how many-th operation is sent by `GET`, too.
const BY_GET: usize = 3;
/// What fits into an address everywhere, in bytes.
const LONGEST_ADDRESS: usize = 7_000;

/// The codes that a client may be answered whatever it sends.
const CODES: [&str; 5] = ["BAD_USER_INPUT", "FORBIDDEN", "NOT_FOUND", "QUERY_TOO_COMPLEX", "UNAUTHENTICATED"];

/// What is asked for within the tenant that the viewer owns, because it is not there for others.
const OF_OWNERS: [(&str, &str); 13] = [
    ("Query", "administration"),
    ("Query", "asset"),
    ("Query", "auditEvents"),
    ("Query", "listUploadedParts"),
    ("Query", "page"),
    ("Query", "pages"),
    ("Query", "pendingChanges"),
    ("Query", "publishPreflight"),
    ("Query", "releases"),
    ("Query", "schedules"),
    ("Query", "ticket"),
    ("Viewer", "memberships"),
    ("Viewer", "tickets"),
];

const SAMPLES: &str = "{
    tenants(first: 5) { nodes { __typename id slug } }
    franchises(first: 5) { nodes { __typename id slug tenant { slug } } }
    allSeries(first: 5) { nodes { __typename id slug tenant { slug } credits(first: 2) { nodes { person { __typename id slug } } } } }
    episodes(first: 30) { nodes { __typename id slug tenant { slug } } }
    tags(first: 5) { nodes { __typename id slug } }
}";

/// Somebody who has one of everything, in each of two tenants.
struct Viewer {
    in_sample: Client,
    in_own: Client,
}

impl Viewer {
    /// Whoever can be asked for an operation.
    fn client(&self, operation: &Operation) -> &Client {
        let of_owners = operation.fields.values().any(|Asked { place: (owner, field), arguments, .. }| {
            OF_OWNERS.contains(&(owner, field)) || arguments.iter().any(|argument| argument == "domain")
        });
        if of_owners { &self.in_own } else { &self.in_sample }
    }
}

#[tokio::test]
async fn whatever_is_asked_is_answered_or_refused() {
    let app = TestApp::get().await;
    let seed = seed();
    println!("FUZZ_SEED={seed}");
    let started = std::time::Instant::now();
    let world = World::make(app).await;
    let server = app.sibling(&[&providers("fuzzed")]).await;
    let rich = server.viewer().with_token(&world.rich.access_token);
    let viewer = Viewer { in_sample: rich.in_tenant(TENANT), in_own: rich.in_tenant(&world.slug) };
    let mut samples = samples(&ask(&viewer.in_sample, SAMPLES).await);
    let user =
        |it: &Member| Sample { kind: "User".to_owned(), id: it.id.clone(), slug: it.handle.clone(), tenant: None };
    samples.extend([&world.rich, &world.other].map(user));
    let mut generator = Generator {
        rng: ChaCha8Rng::seed_from_u64(seed),
        schema: Schema::read(&ask(&viewer.in_sample, INTROSPECTION).await),
        samples,
        cursors: BTreeMap::new(),
        words: ["night", "museum", "kettle", "crow"].map(str::to_owned).to_vec(),
        named: named(&world),
        thorough: None,
    };
    let mut complaints = Vec::new();
    let right = reach_everything(&viewer, &mut generator, &mut complaints).await;
    let wrong = spoil_everything(&[rich, server.viewer()], &mut generator, &mut complaints).await;
    println!("{right} right and {wrong} wrong requests in {:?}", started.elapsed());
    let shown = complaints.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(complaints.is_empty(), "{} complaints, among them\n\n{shown}", complaints.len());
}

fn seed() -> u64 {
    std::env::var("FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// What arguments and fields of inputs can name.
fn named(world: &World) -> BTreeMap<&'static str, Vec<Value>> {
    let (rich, other) = (&world.rich, &world.other);
    BTreeMap::from([
        ("tenantId", vec![json!(world.tenant)]),
        ("domain", vec![json!(world.domain)]),
        ("assetId", world.assets.iter().map(|id| json!(id)).collect()),
        ("pageId", world.pages.iter().map(|id| json!(id)).collect()),
        ("ticketId", world.tickets.iter().map(|id| json!(id)).collect()),
        ("handle", vec![json!(rich.handle), json!(other.handle)]),
        ("actorId", vec![json!(rich.id)]),
        ("subjectId", vec![json!(rich.id), json!(other.id)]),
        ("from", vec![json!("2020-11-24T18:30:00Z"), json!("0001-01-01T00:00:00Z")]),
        ("to", vec![json!("9999-12-31T23:59:59.999Z"), json!("2100-11-24T18:30:00+14:00")]),
    ])
}

/// Reaches every field and argument by an operation that succeeds; returns how many requests that took.
async fn reach_everything(viewer: &Viewer, generator: &mut Generator, complaints: &mut Vec<String>) -> usize {
    let mut reached: BTreeSet<(Place, Option<String>)> = BTreeSet::new();
    let mut count = 0;
    for _ in 0..ROUNDS {
        let missing = aims(&generator.schema).into_iter().filter(|aim| !reached.contains(&place(aim)));
        let missing: Vec<_> = missing.collect();
        // What is rarely there is asked for more often.
        let tries = (OPERATIONS / missing.len().max(1)).clamp(1, MOST_TRIES);
        let missing = missing.iter().flat_map(|aim| std::iter::repeat_n(aim, tries));
        let operations: Vec<_> = missing.map(|aim| generator.operation(&possible(aim, generator))).collect();
        let texts = operations.iter().map(|it| (viewer.client(it), (it.query.clone(), it.variables.clone())));
        let answers = send_all(requests(texts)).await;
        count += answers.len();
        for (request, answer) in &answers {
            check(request, answer, complaints);
            // The schema describes itself at length: types of interfaces of types can be more than a server answers.
            let is_too_long = request.query.contains("__schema")
                && answer.body["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX";
            if !answer.body["errors"].is_null() && !is_too_long {
                complaints.push(format!("{request:?} is right, but {answer:?}"));
            }
        }
        for operation in &operations {
            let own = answers.iter().filter(|(request, _)| request.query == operation.query);
            for (request, answer) in own.filter(|(_, answer)| answer.body["errors"].is_null()) {
                let wrong = mistyped(&answer.body["data"], operation, &generator.schema);
                complaints
                    .extend(wrong.iter().map(|alias| format!("{alias} has another type: {request:?} got {answer:?}")));
                learn(&answer.body["data"], operation, None, generator, &mut reached);
            }
        }
    }
    let unreached = aims(&generator.schema).into_iter().map(|aim| place(&aim)).filter(|place| !reached.contains(place));
    complaints.extend(unreached.map(|place| format!("no operation reached {place:?} and succeeded")));
    count
}

/// Gives every argument odd values, the root odd selections, and right documents odd turns; returns how many requests that took.
async fn spoil_everything(clients: &[Client], generator: &mut Generator, complaints: &mut Vec<String>) -> usize {
    let aims = aims(&generator.schema);
    let mut spoiled = Vec::new();
    // What stands within an input is odd where the whole input is.
    let is_whole = |aim: &&Aim| aim.argument.as_ref().is_some_and(|argument| !argument.name.contains('.'));
    for aim in aims.iter().filter(is_whole) {
        for bad in spoils(aim, generator) {
            let operation = generator.operation(&Aim { spoiled: Some(bad), ..aim.clone() });
            spoiled.push((operation.query, operation.variables));
        }
    }
    for selection in odd::SELECTIONS {
        let Operation { query, variables, .. } = any(&aims, generator);
        spoiled.push((query.replacen('{', &format!("{{ {selection} "), 1), variables));
    }
    for turn in odd::DOCUMENTS.iter().chain(&odd::DOCUMENTS) {
        let Operation { query, variables, .. } = any(&aims, generator);
        spoiled.push((turn(&query), variables));
    }
    for variables in odd::variables() {
        spoiled.push((any(&aims, generator).query, variables));
    }
    let answers = send_all(requests(clients.iter().cycle().zip(spoiled))).await;
    for (request, answer) in &answers {
        check(request, answer, complaints);
    }
    answers.len()
}

/// The data of an answer to a query of the test's own.
async fn ask(client: &Client, query: &str) -> Value {
    let request = Request { query: query.to_owned(), variables: "{}".to_owned(), by_get: false };
    let (_, answer) = send_all(vec![(client, request)]).await.remove(0);
    assert!(answer.body["errors"].is_null(), "{answer:?}");
    answer.body["data"].clone()
}

fn any(aims: &[Aim], generator: &mut Generator) -> Operation {
    let aim = aims.choose(&mut generator.rng).expect("the schema has fields");
    generator.operation(aim)
}

/// Odd values for an argument.
fn spoils(aim: &Aim, generator: &mut Generator) -> Vec<Spoiled> {
    let cursors = generator.cursors.get(&place(aim).0).into_iter().flatten().cloned().collect::<Vec<_>>();
    let rng = &mut generator.rng;
    let inputs = aim.argument.iter().flat_map(|argument| generator.schema.get(argument.kind.name()).inputs());
    let inputs = inputs.flat_map(|input| std::iter::repeat_n(input, ODD_INPUTS));
    let inputs: Vec<_> = inputs.map(|input| (&input.name, odd::of(&input.kind, rng))).collect();
    let literals = odd::literals();
    let mut spoils: Vec<_> = literals.sample(rng, ODD_VALUES).cloned().map(Spoiled::Literal).collect();
    let values = odd::variables();
    for value in values.sample(rng, ODD_VALUES) {
        spoils.push(Spoiled::Variable { kind: None, value: Some(value.clone()) });
    }
    for (name, value) in inputs {
        spoils.push(Spoiled::Variable { kind: None, value: Some(format!("{{\"{name}\":{value}}}")) });
    }
    spoils.push(Spoiled::Variable { kind: None, value: None });
    let (kind, value) = (odd::TYPES.choose(rng).expect("types"), values.choose(rng).cloned());
    spoils.push(Spoiled::Variable { kind: Some((*kind).to_owned()), value });
    if is_cursor(aim) {
        for cursor in cursors.sample(rng, ODD_VALUES) {
            spoils.push(Spoiled::Literal(format!("\"{}\"", odd::twisted(cursor, rng))));
        }
    }
    spoils
}

/// Every field, and every argument of every field.
pub(crate) fn aims(schema: &Schema) -> Vec<Aim> {
    let mut aims = Vec::new();
    for (owner, field) in schema.fields() {
        let aim = Aim { owner, field, argument: None, spoiled: None };
        let arguments = aim.field.args.iter().flat_map(|argument| {
            let inputs = schema.get(argument.kind.name()).inputs().iter();
            let inside = inputs.map(|input| format!("{}.{}", argument.name, input.name));
            [argument.name.clone()].into_iter().chain(inside).map(|name| Argument { name, kind: argument.kind.clone() })
        });
        let arguments = arguments.map(|argument| Aim { argument: Some(argument), ..aim.clone() });
        let arguments: Vec<_> = arguments.collect();
        aims.push(aim);
        aims.extend(arguments);
    }
    aims
}

/// What can be asked for already: a list that has not been read to yet cannot be read on.
fn possible(aim: &Aim, generator: &Generator) -> Aim {
    let is_possible = !is_cursor(aim) || generator.cursors.contains_key(&place(aim).0);
    Aim { argument: aim.argument.clone().filter(|_| is_possible), ..aim.clone() }
}

/// Whether an aim is an argument that takes a cursor.
fn is_cursor(aim: &Aim) -> bool {
    aim.argument.as_ref().is_some_and(|argument| ["after", "before"].contains(&argument.name.as_str()))
}

pub(crate) fn place(aim: &Aim) -> (Place, Option<String>) {
    ((aim.owner.clone(), aim.field.name.clone()), aim.argument.as_ref().map(|argument| argument.name.clone()))
}

/// The aliases whose values are not of the field's type, such as null where there is always something.
fn mistyped(data: &Value, operation: &Operation, schema: &Schema) -> Vec<String> {
    let items = data.as_array().into_iter().flatten().flat_map(|item| mistyped(item, operation, schema));
    let fields = data.as_object().into_iter().flatten().flat_map(|(alias, value)| {
        let known = operation.fields.get(alias).map(|asked| &asked.kind);
        let wrong = match known {
            Some(kind) => !schema.allows(kind, value),
            None => alias != "__typename",
        };
        wrong.then(|| alias.clone()).into_iter().chain(mistyped(value, operation, schema))
    });
    items.chain(fields).collect()
}

/// Notes what an answer holds: the fields that were reached, and the cursors of the lists.
fn learn(
    data: &Value,
    operation: &Operation,
    list: Option<&Place>,
    generator: &mut Generator,
    reached: &mut BTreeSet<(Place, Option<String>)>,
) {
    for item in data.as_array().into_iter().flatten() {
        learn(item, operation, list, generator, reached);
    }
    for (alias, value) in data.as_object().into_iter().flatten() {
        let Some(Asked { place, arguments, .. }) = operation.fields.get(alias) else { continue };
        reached.insert((place.clone(), None));
        reached.extend(arguments.iter().map(|argument| (place.clone(), Some(argument.clone()))));
        if let (true, Some(list), Some(cursor)) = (place.1.to_lowercase().ends_with("cursor"), list, value.as_str()) {
            generator.cursors.entry(list.clone()).or_default().insert(cursor.to_owned());
        }
        let list =
            if arguments.iter().any(|name| ["first", "last"].contains(&name.as_str())) { Some(place) } else { list };
        learn(value, operation, list, generator, reached);
    }
}

fn samples(data: &Value) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut open = vec![data];
    while let Some(value) = open.pop() {
        open.extend(value.as_array().into_iter().flatten());
        open.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let (Some(kind), Some(id), Some(slug)) =
            (text(&value["__typename"]), text(&value["id"]), text(&value["slug"]))
        {
            samples.push(Sample { kind, id, slug, tenant: text(&value["tenant"]["slug"]) });
        }
    }
    samples
}

#[derive(Debug, Clone)]
struct Request {
    query: String,
    variables: String,
    by_get: bool,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
}

/// Each operation by `POST`, and every few of those that fit into an address by `GET` as well.
fn requests<'c>(operations: impl IntoIterator<Item = (&'c Client, (String, String))>) -> Vec<(&'c Client, Request)> {
    let mut requests = Vec::new();
    for (n, (client, (query, variables))) in operations.into_iter().enumerate() {
        let post = Request { query, variables, by_get: false };
        if n % BY_GET == 0 && (post.query.len() + post.variables.len()) * 3 < LONGEST_ADDRESS {
            requests.push((client, Request { by_get: true, ..post.clone() }));
        }
        requests.push((client, post));
    }
    requests
}

async fn send_all(requests: Vec<(&Client, Request)>) -> Vec<(Request, Answer)> {
    let sending = requests.into_iter().map(async |(client, request)| {
        let mut answer = send(client, &request).await;
        // Neo4j plans hundreds of new statements here; on a busy machine one may take longer than a statement may. What
        // a query itself makes unavailable stays so.
        for _ in 1..ATTEMPTS {
            if !answer.body.to_string().contains("SERVICE_UNAVAILABLE") {
                break;
            }
            answer = send(client, &request).await;
        }
        (request, answer)
    });
    futures::stream::iter(sending).buffered(AT_ONCE).collect().await
}

async fn send(client: &Client, Request { query, variables, by_get }: &Request) -> Answer {
    let request = if *by_get {
        let parameters = [("query", query), ("variables", variables)];
        let request = client.request(reqwest::Method::GET, "/graphql").query(&parameters);
        // What the statuses below 500 are for.
        request.header("accept", "application/graphql-response+json")
    } else {
        let body = format!(r#"{{"query":{},"variables":{variables}}}"#, json!(query));
        client.request(reqwest::Method::POST, "/graphql").header("content-type", "application/json").body(body)
    };
    let response = request.send().await.expect("the server answers");
    let status = response.status().as_u16();
    let text = response.text().await.expect("the answer is text");
    Answer { status, body: serde_json::from_str(&text).unwrap_or_else(|_| json!({"no JSON": text})) }
}

/// Whether an answer has the form of the specification (<https://spec.graphql.org/October2021/#sec-Response-Format>) and of
/// this server's errors.
fn check(request: &Request, answer: &Answer, complaints: &mut Vec<String>) {
    let mut complain = |what: &str| complaints.push(format!("{what}: {request:?} got {answer:?}"));
    if answer.status >= 500 {
        complain("the server failed");
    }
    let Some(body) = answer.body.as_object() else { return complain("no object") };
    if body.keys().any(|key| !["data", "errors", "extensions"].contains(&key.as_str())) {
        complain("an entry that no answer has");
    }
    if body.get("extensions").is_some_and(|extensions| extensions["correlationId"].as_str().is_none()) {
        complain("no correlation id");
    }
    let Some(errors) = body.get("errors") else {
        if answer.status != 200 || !answer.body["data"].is_object() {
            complain("neither data nor errors");
        }
        return;
    };
    if errors.as_array().is_none_or(Vec::is_empty) {
        complain("a list of no errors");
    }
    for error in errors.as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or("none");
        if !CODES.contains(&code) {
            complain("a code that nobody may cause");
        }
        if error["message"].as_str().is_none_or(str::is_empty)
            || error["extensions"]["correlationId"].as_str().is_none()
        {
            complain("an error without a message or a correlation id");
        }
        if error.get("path").is_some_and(|path| !path.is_array())
            || error.get("locations").is_some_and(|it| !it.is_array())
        {
            complain("an error at no place");
        }
    }
}
