//! Nobody is shown a secret: by no field that there is, by no error, by no export and by no log.

mod everything;
mod holder;
mod server;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fuzz::schema::{INTROSPECTION, Schema};
use crate::support::{Client, Member, TestApp};
use everything::Everything;
use holder::Holder;
use server::Server;

/// What the server said, and in answer to what.
type Said = (String, String);

/// The values of inputs that are secrets, by their names.
const SECRET: [&str; 8] =
    ["password", "currentPassword", "newPassword", "token", "refreshToken", "code", "verifier", "nonce"];

/// Asks for everything that there is to see, as everybody who may see something.
async fn everything(
    everything: &Everything,
    holder: &Holder,
    bob: &Member,
    operator: &Member,
    server: &Server,
) -> Vec<Said> {
    let mut said = Vec::new();
    let askers = [
        ("anonymous", server.client()),
        ("herself", holder.ada.client.clone()),
        ("her program", server.client().with_token(&holder.program)),
        ("an admin of her tenant", bob.client.clone()),
        ("an operator", operator.client.clone().with_header("seeka-debug", "statements")),
    ];
    for (who, client) in &askers {
        for query in everything.queries(holder) {
            let answer = client.query(&query).await;
            let body = answer.body.to_string();
            assert!(!body.contains("QUERY_TOO_COMPLEX"), "{body} for {query}");
            // A test that asks wrongly would find nothing, ever.
            assert!(!answer.codes().contains(&"BAD_USER_INPUT"), "{body} for {query}");
            said.push((format!("{who}: {query}"), body));
        }
    }
    let shown = |who: &str, root: &str, what: &str| {
        let begins = format!("{who}: {{ {root}");
        assert!(
            said.iter().any(|(query, body)| query.starts_with(&begins) && body.contains(what)),
            "{who} found no {what} by {root}"
        );
    };
    shown("herself", "viewer", &holder.ada.email);
    shown("herself", "viewer", "ACCESS_TOKEN_CREATED");
    shown("her program", "viewer", &holder.ada.email);
    shown("an admin of her tenant", "administration", &holder.invited);
    shown("an admin of her tenant", "auditEvents", "MEMBER_INVITED");
    shown("an operator", "platformEvents", &holder.ada.id);
    shown("an operator", "tenantStanding", &holder.tenant);
    shown("anonymous", "user", &holder.ada.handle);
    said
}

/// Gives values that should be secret where they are wrong, in every way that an input can be wrong.
async fn mistakes(server: &Server, bob: &Member, types: &Value, probe: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let named = |name: &str| types.as_array().unwrap().iter().find(|kind| kind["name"] == name).unwrap();
    let innermost = |kind: &Value| {
        let mut kind = kind;
        while kind["name"].is_null() {
            kind = &kind["ofType"];
        }
        kind["name"].as_str().unwrap().to_owned()
    };
    let mut secret_fields = BTreeSet::new();
    for mutation in named("Mutation")["fields"].as_array().unwrap() {
        let name = mutation["name"].as_str().unwrap();
        let input = innermost(&mutation["args"][0]["type"]);
        let fields = named(&input)["inputFields"].as_array().unwrap();
        for field in fields {
            let field_name = field["name"].as_str().unwrap();
            let is_secret = SECRET.contains(&field_name);
            secret_fields.extend(is_secret.then_some(field_name));
            let mut values = vec![json!({ probe: 1 }), json!([{"x": probe}]), json!([[probe]])];
            if is_secret {
                values.extend([json!(probe), json!(probe.repeat(100)), json!([probe])]);
            }
            for value in values {
                // The rest is right, so that the value is looked at.
                let others =
                    fields.iter().filter(|other| other["type"]["kind"] == "NON_NULL" && other["name"] != field["name"]);
                let others = others.map(|other| {
                    let name = other["name"].as_str().unwrap().to_owned();
                    let is_secret = SECRET.contains(&name.as_str());
                    let value = match innermost(&other["type"]).as_str() {
                        "String" if name == "email" => json!(bob.email),
                        "String" if is_secret => json!(probe.repeat(2)),
                        "Int" => json!(1),
                        "ID" => json!(bob.id),
                        _ => json!("x"),
                    };
                    (name, value)
                });
                let mut object: serde_json::Map<String, Value> = others.collect();
                object.insert(field_name.to_owned(), value);
                let document = format!(
                    "mutation($input: {input}!) {{ {name}(input: $input) {{ userErrors {{ message code field }} clientMutationId }} }}"
                );
                for client in [server.client(), bob.client.clone()] {
                    let answer = client.send(&document, json!({"input": object})).await;
                    said.push((format!("{name} with {object:?}"), answer.body.to_string()));
                }
            }
        }
    }
    assert!(secret_fields.len() == SECRET.len(), "{secret_fields:?} are secret inputs");
    for document in [
        format!("mutation {{ login(input: {{email: \"x\", password: [\"{probe}\"]}}) {{ clientMutationId }} }}"),
        format!("mutation {{ login(input: {{email: \"x\", password: {{x: \"{probe}\"}}}}) {{ clientMutationId }} }}"),
        format!("mutation {{ login(input: {{email: \"x\", password: \"{probe}\"}}) {{ nothing }} }}"),
        format!(
            "mutation {{ login(input: {{email: \"x\", password: \"{probe}\" \"{probe}\"}}) {{ clientMutationId }} }}"
        ),
        format!("mutation {{ login(input: {{email: \"x\", password: \"{probe}\n\"}}) {{ clientMutationId }} }}"),
        format!("mutation {{ login(input: {{email: \"x\", password: \"{probe}"),
        format!(
            "mutation($p: String! = \"{probe}\") {{ login(input: {{email: \"x\", password: $p, p: $p}}) {{ clientMutationId }} }}"
        ),
        format!(
            "mutation($p: Int! = \"{probe}\") {{ login(input: {{email: \"x\", password: $p}}) {{ clientMutationId }} }}"
        ),
    ] {
        said.push((document.clone(), bob.client.query(&document).await.body.to_string()));
    }
    for body in [format!("{{\"query\": \"{probe}"), format!("[\"{probe}\"]"), format!("{{\"query\": [\"{probe}\"]}}")] {
        said.push((body.clone(), bob.client.post("application/json", body).await.body.to_string()));
    }
    for token in [probe.to_owned(), format!("skp_{probe}"), format!("e30.{probe}.e30")] {
        let answer = server.client().with_token(&token).query("{ viewer { email } }").await;
        said.push((format!("as {token}"), answer.body.to_string()));
    }
    said
}

/// The export of somebody, as a file.
async fn export(client: &Client) -> String {
    let mutation = "mutation { exportMyData(input: {}) { export { url } userErrors { code } } }";
    let answer = client.query(mutation).await;
    let url = answer.data()["exportMyData"]["export"]["url"].as_str().unwrap();
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn no_secret_is_told_or_logged() {
    let app = TestApp::get().await;
    let server = Server::start(app).await;
    let mut holder = Holder::gather(&server).await;
    let operator = Member::register(&server.client(), "operator").await;
    let operator = holder::with_role_of_operator(app, operator, &server.client()).await;
    let bob = holder.admin(&server).await;
    let hashes = holder.hashes(app).await;

    let schema = server.client().query(INTROSPECTION).await;
    let all = Everything::of(&Schema::read(schema.data()));
    let mut said = everything(&all, &holder, &bob, &operator, &server).await;
    let exported = export(&holder.ada.client).await;
    assert!(exported.contains(&holder.ada.email), "{exported}");
    said.push(("exportMyData".to_owned(), exported));
    let inputs = "{ __schema { types { name fields { name args { name type { ...Of } } } inputFields { name type { ...Of } } } } }
        fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let types = server.client().query(inputs).await.data()["__schema"]["types"].clone();
    let probe = format!("probe_{}", &holder.ada.id[10..]);
    let mistakes = mistakes(&server, &bob, &types, &probe).await;

    let secrets: Vec<_> = holder.secrets.iter().chain(&hashes).collect();
    let find = |text: &str| secrets.iter().find(|(_, secret)| text.contains(secret)).map(|(what, _)| what.clone());
    for (asked, answer) in said.iter().chain(&mistakes) {
        assert_eq!(find(answer), None, "told by {asked}: {answer}");
        assert!(!answer.contains("$argon2"), "{asked}: {answer}");
    }
    for (asked, answer) in &mistakes {
        // A name that nothing has is told, and it is no value.
        let answer = answer.replace(&format!("unknown field \\\"{probe}\\\""), "");
        assert!(!answer.contains(&probe), "{asked} is answered with what was asked: {answer}");
    }
    let log = server.log();
    assert!(log.contains("register"), "the log says what was done: {log}");
    for line in log.lines() {
        assert_eq!(find(line), None, "{line}");
        assert!(!line.contains(&probe) && !line.contains("$argon2"), "{line}");
    }
}
