//! Who is let in, and who is not: every mutation and every guarded field, asked by everybody there is.
//!
//! A mutation without a row in the table fails the tests, and so does a row that names none.

use std::collections::BTreeSet;

use futures::StreamExt;
use seeka::id::{AccessTokenId, SessionId};
use serde_json::{Value, json};

use crate::support::{Cast, TestApp};

/// The columns of the tables, in their order: those who may do more come later, for they may change something.
const COLUMNS: [&str; 11] = [
    "anonymous",
    "expired token",
    "forged token",
    "stranger",
    "owner of another tenant",
    "member",
    "analyst",
    "editor",
    "admin",
    "owner",
    "operator",
];

/// How many rows are asked at once.
const AT_ONCE: usize = 4;

/// A row: a mutation, what it comes to for each column (see [`outcome`]), and what its input needs beside what its
/// type tells.
type Row = (&'static str, &'static str, fn(&Cast) -> Value);

/// The mutations.
const MUTATIONS: &[Row] = &[
    ("createAccessToken", "UUU ..... ...", nothing),
    ("login", ".UU ..... ...", nothing),
    ("logout", "UUU ..... ...", nothing),
    ("logoutEverywhere", "UUU ..... ...", nothing),
    ("refreshSession", ".UU ..... ...", nothing),
    ("register", ".UU ..... ...", nothing),
    ("revokeAccessToken", "UUU ..... ...", |_| json!({"id": AccessTokenId::generate()})),
    ("revokeSession", "UUU NNNNN NNN", |_| json!({"id": SessionId::generate()})),
    ("changeEmail", "UUU ..... ...", nothing),
    ("changePassword", "UUU ..... ...", nothing),
    ("login", ".UU ..... ...", nothing),
    ("register", ".UU ..... ...", nothing),
    ("requestEmailVerification", "UUU ..... ...", nothing),
    ("requestPasswordReset", ".UU ..... ...", nothing),
    ("resetPassword", ".UU ..... ...", nothing),
    ("verifyEmail", ".UU ..... ...", nothing),
];

/// The fields that are not for everybody, each as the query that asks for it and the way to its value.
const FIELDS: &[(&str, &str, &str)] = &[
    ("{ auditEvents(tenantId: \"TENANT\") { nodes { id } } }", "/auditEvents/nodes", "UUU FFFFF ..F"),
    ("{ platformEvents(first: 1) { nodes { id } } }", "/platformEvents/nodes", "UUU FFFFF FF."),
    ("{ viewer { accessTokens { nodes { id } } } }", "/viewer/accessTokens/nodes", "0UU ..... ..."),
    ("{ viewer { securityEvents { nodes { id } } } }", "/viewer/securityEvents/nodes", "0UU ..... ..."),
    ("{ viewer { email } }", "/viewer/email", "0UU ..... ..."),
    ("{ viewer { sessions { nodes { address } } } }", "/viewer/sessions/nodes/0", "0UU ..... ..."),
];

fn nothing(_: &Cast) -> Value {
    json!({})
}

/// What an answer says, as the tables write it: `U` unauthenticated, `F` forbidden, `N` not found, `!` another
/// error, `0` no value, `.` let in (a mutation may have found something wrong with the input).
fn outcome(status: u16, body: &Value, path: &str) -> char {
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is = |code: &str| errors.iter().any(|error| error["extensions"]["code"] == code);
    match () {
        () if status == 401 || is("UNAUTHENTICATED") => 'U',
        () if is("FORBIDDEN") => 'F',
        () if is("NOT_FOUND") => 'N',
        () if !errors.is_empty() => '!',
        () if body["data"].pointer(path).is_none_or(Value::is_null) => '0',
        () => '.',
    }
}

/// What a row should be, without the spaces that make it readable.
fn expected(row: &str) -> String {
    let row: String = row.split_whitespace().collect();
    assert_eq!(row.len(), COLUMNS.len(), "{row}");
    row
}

/// Shows a difference column by column.
fn compare(what: &str, found: &str, expected: &str) -> Option<String> {
    let differing =
        COLUMNS.iter().zip(found.chars().zip(expected.chars())).filter(|(_, (found, expected))| found != expected);
    let differing: Vec<_> =
        differing.map(|(column, (found, expected))| format!("{column}: {found}, not {expected}")).collect();
    (!differing.is_empty()).then(|| format!("{what}: {}", differing.join("; ")))
}

/// The schema's mutations, with the input that their types tell.
struct Mutations {
    types: Vec<Value>,
}

const INTROSPECTION: &str = "{ __schema { types { name kind
    fields { name args { name type { ...Of } } } inputFields { name defaultValue type { ...Of } } enumValues { name } } } }
    fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

impl Mutations {
    async fn read(app: &TestApp) -> Self {
        let answer = app.viewer().query(INTROSPECTION).await;
        Self { types: answer.data()["__schema"]["types"].as_array().unwrap().clone() }
    }

    fn named(&self, name: &str) -> &Value {
        self.types.iter().find(|kind| kind["name"] == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    fn names(&self) -> BTreeSet<&str> {
        let fields = self.named("Mutation")["fields"].as_array().unwrap();
        fields.iter().map(|field| field["name"].as_str().unwrap()).collect()
    }

    /// A value of a type: the least that it takes.
    fn value(&self, kind: &Value) -> Value {
        match (kind["kind"].as_str().unwrap(), kind["name"].as_str()) {
            ("NON_NULL", _) => self.value(&kind["ofType"]),
            ("LIST", _) => json!([self.value(&kind["ofType"])]),
            ("INPUT_OBJECT", Some(name)) => {
                let fields = self.named(name)["inputFields"].as_array().unwrap();
                let required = fields.iter().filter(|field| field["type"]["kind"] == "NON_NULL");
                let entries =
                    required.map(|field| (field["name"].as_str().unwrap().to_owned(), self.value(&field["type"])));
                Value::Object(entries.collect())
            }
            ("ENUM", Some(name)) => self.named(name)["enumValues"][0]["name"].clone(),
            (_, Some("Int")) => json!(1),
            (_, Some("Float")) => json!(1.5),
            (_, Some("Boolean")) => json!(true),
            (_, Some("DateTime")) => json!("2026-11-24T18:30:00Z"),
            _ => json!("x"),
        }
    }

    /// The input of a mutation: the name of its type, and a value.
    fn input(&self, mutation: &str) -> (String, Value) {
        let fields = self.named("Mutation")["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == mutation).unwrap();
        let input = field["args"].as_array().unwrap().iter().find(|argument| argument["name"] == "input");
        let kind = &input.unwrap_or_else(|| panic!("{mutation} takes no input"))["type"];
        (kind["ofType"]["name"].as_str().unwrap().to_owned(), self.value(kind))
    }
}

#[tokio::test]
async fn every_mutation_lets_in_whom_it_should() {
    let app = TestApp::get().await;
    let mutations = Mutations::read(app).await;
    let known: BTreeSet<_> = MUTATIONS.iter().map(|(name, ..)| *name).collect();
    let names = mutations.names();
    assert_eq!(known, names, "the table and the schema name different mutations");

    let rows = MUTATIONS.iter().map(async |(name, row, input)| {
        let cast = Cast::gather(app).await;
        let (kind, mut value) = mutations.input(name);
        for (field, own) in input(&cast).as_object().unwrap() {
            value[field] = own.clone();
        }
        let mutation =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ field code message }} }} }}");
        let mut found = String::new();
        for column in COLUMNS {
            let answer = cast.client(column).send(&mutation, json!({"input": value})).await;
            let outcome = outcome(answer.status, &answer.body, &format!("/{name}/userErrors"));
            assert!(!"!0".contains(outcome), "{name} as {column}: {:#}", answer.body);
            found.push(outcome);
        }
        compare(name, &found, &expected(row))
    });
    let wrong: Vec<_> = futures::stream::iter(rows).buffered(AT_ONCE).collect().await;
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_guarded_field_is_shown_to_whom_it_should() {
    let app = TestApp::get().await;
    let cast = Cast::gather(app).await;
    let mut wrong = Vec::new();
    for (query, path, row) in FIELDS {
        let query = query.replace("TENANT", &cast.tenant.to_string());
        let mut found = String::new();
        for column in COLUMNS {
            let answer = cast.client(column).query(&query).await;
            let outcome = outcome(answer.status, &answer.body, path);
            assert_ne!(outcome, '!', "{query} as {column}: {:#}", answer.body);
            found.push(outcome);
        }
        wrong.extend(compare(&query, &found, &expected(row)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
