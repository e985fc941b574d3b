//! Who is let in, and who is not: every mutation and every guarded field, asked by everybody there is.
//!
//! A mutation or a guarded field without a row in the tables fails the tests, and so does a row that names none.

mod fields;
mod mutations;
mod schema;

use std::collections::BTreeSet;

use futures::StreamExt;
use serde_json::{Value, json};

use crate::support::{Answer, Cast, TestApp};
use fields::{FIELDS, PRIVATE_TYPES, PUBLIC_OF_USERS, PUBLIC_ROOTS};
use mutations::MUTATIONS;
use schema::Schema;

/// The columns of the tables, in their order: those who may do more come later, for they may change something.
const COLUMNS: [&str; 16] = [
    "anonymous",
    "expired token",
    "forged token",
    "idle program",
    "reading program",
    "stranger",
    "owner of another tenant",
    "member",
    "analyst",
    "editor",
    "admin",
    "owner",
    "writing program",
    "command line",
    "operator's program",
    "operator",
];

/// How many rows are asked at once.
const AT_ONCE: usize = 4;

/// What an answer says, as the tables write it: `U` unauthenticated, `F` forbidden, `N` not found, `!` another
/// error, `0` no value, `.` done. Of a mutation that was not done for something in its input: `n` for what is not
/// there, `~` for everything else.
fn outcome(answer: &Answer, root: &str) -> char {
    let errors = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is = |code: &str| errors.iter().any(|error| error["extensions"]["code"] == code);
    let data = &answer.body["data"][root];
    let told = data["userErrors"].as_array().map(Vec::as_slice).unwrap_or_default();
    match () {
        () if answer.status == 401 || is("UNAUTHENTICATED") => 'U',
        () if is("FORBIDDEN") => 'F',
        () if is("NOT_FOUND") => 'N',
        () if !errors.is_empty() => '!',
        () if data.is_null() => '0',
        () if told.iter().any(|error| error["code"] == "NOT_FOUND") => 'n',
        () if !told.is_empty() => '~',
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

/// Rows whose answers are not what they should be.
async fn wrong<R, F: Future<Output = Option<String>>>(rows: impl IntoIterator<Item = R>, ask: impl FnMut(R) -> F) {
    let wrong: Vec<_> = futures::stream::iter(rows.into_iter().map(ask)).buffered(AT_ONCE).collect().await;
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Asks for the mutations of the table, of those that name a tenant and need not only if they `confined` the request
/// to it.
async fn ask_mutations(confined: bool) {
    let app = TestApp::get().await;
    let schema = Schema::read(app).await;
    let known: BTreeSet<_> = MUTATIONS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(known, schema.fields("Mutation"), "the table and the schema name different mutations");

    let rows = MUTATIONS.iter().enumerate().filter(|(_, (name, ..))| !confined || schema.may_name_a_tenant(name));
    wrong(rows, async |(line, (name, row, input))| {
        let cast = Cast::gather(app).await;
        let (kind, least) = schema.input(name);
        let mutation =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ field code message }} }} }}");
        let mut found = String::new();
        for column in COLUMNS {
            let mut value = least.clone();
            for (field, own) in input(&cast, cast.person(column)).as_object().unwrap() {
                value[field] = own.clone();
            }
            let mut client = cast.client(column);
            if confined {
                let tenant = value.as_object_mut().unwrap().remove("tenantId");
                if tenant != Some(json!(cast.tenant)) {
                    return None;
                }
                client = client.in_tenant(&cast.slug());
            }
            let answer = client.send(&mutation, json!({"input": value})).await;
            let outcome = outcome(&answer, name);
            assert!(!"!0".contains(outcome), "{name} as {column}: {:#}", answer.body);
            found.push(outcome);
        }
        compare(&format!("{name} (row {line})"), &found, &expected(row))
    })
    .await;
}

#[tokio::test]
async fn every_mutation_lets_in_whom_it_should() {
    ask_mutations(false).await;
}

#[tokio::test]
async fn the_header_that_names_a_tenant_is_trusted_no_more_than_the_input() {
    ask_mutations(true).await;
}

#[tokio::test]
async fn every_guarded_field_is_shown_to_whom_it_should() {
    let app = TestApp::get().await;
    let schema = Schema::read(app).await;
    let cast = Cast::gather(app).await;
    wrong(FIELDS, async |(owner, field, row)| {
        let (root, selection) = match *owner {
            "Query" => (*field, schema.selection("Query", field)),
            owner => (schema.root_of(owner), format!("{{ {field} {} }}", schema.selection(owner, field))),
        };
        let query = format!("{{ {root}{} {selection} }}", fields::arguments(root));
        let query = query.replace("TENANT", &cast.tenant.to_string()).replace("UPLOAD", &cast.upload().to_string());
        let query = query.replace("PAGE", &cast.page.to_string());
        let query = query.replace("TICKET", &cast.ticket.to_string());
        let mut found = String::new();
        for column in COLUMNS {
            let answer = cast.client(column).query(&query).await;
            let outcome = outcome(&answer, root);
            assert_ne!(outcome, '!', "{query} as {column}: {:#}", answer.body);
            found.push(outcome);
        }
        compare(&query, &found, &expected(row))
    })
    .await;
}

#[tokio::test]
async fn no_guarded_field_is_forgotten() {
    let app = TestApp::get().await;
    let schema = Schema::read(app).await;
    let rows = |owner: &str| -> BTreeSet<_> {
        FIELDS.iter().filter(|(of, ..)| *of == owner).map(|(_, field, _)| *field).collect()
    };
    let public = BTreeSet::from(PUBLIC_ROOTS);
    let guarded: BTreeSet<_> = schema.fields("Query").difference(&public).copied().collect();
    assert_eq!(rows("Query"), guarded, "which of the fields at the root are for everybody?");
    for root in &guarded {
        let kind = schema.type_of("Query", root);
        // Lists of events and of what was given up are shown or hidden as a whole.
        if ![
            "AnnouncementRequestConnection",
            "AuditEventConnection",
            "FailedFunctionConnection",
            "PageConnection",
            "ReleaseConnection",
            "ScheduleConnection",
            "TicketConnection",
        ]
        .contains(&kind)
        {
            assert_eq!(rows(kind), schema.fields(kind), "who sees the fields of {kind}?");
        }
    }
    assert_eq!(schema.fields("User"), BTreeSet::from(PUBLIC_OF_USERS), "what does everybody see of somebody?");

    let open = schema.reachable(public.iter().filter(|root| !root.starts_with('_')).map(|root| ("Query", *root)));
    let behind = schema.reachable(guarded.iter().map(|root| ("Query", *root)));
    let private: BTreeSet<_> = behind.difference(&open).copied().collect();
    assert_eq!(private, BTreeSet::from(PRIVATE_TYPES), "which types do only guarded fields lead to?");
}

#[tokio::test]
async fn two_tenants_in_one_request_are_one_too_many() {
    let app = TestApp::get().await;
    let cast = Cast::gather(app).await;
    let owner = cast.client("owner of another tenant").in_tenant(&cast.slug());
    let query = format!("{{ administration(tenantId: \"{}\") {{ role }} }}", cast.other_tenant);
    assert_eq!(owner.query(&query).await.codes(), ["BAD_USER_INPUT"]);
    let confined = cast.client("owner of another tenant").in_tenant(&cast.slug());
    assert_eq!(confined.query("{ administration { role } }").await.codes(), ["FORBIDDEN"]);
    let hidden = cast.hidden_tenant.to_string().replace('_', "-");
    for column in COLUMNS.iter().filter(|column| !["expired token", "forged token"].contains(column)) {
        let answer = cast.client(column).in_tenant(&hidden).query("{ __typename }").await;
        assert_eq!(answer.codes(), ["NOT_FOUND"], "{column}");
        let query = format!("{{ tenant(id: \"{}\") {{ id }} }}", cast.hidden_tenant);
        assert_eq!(cast.client(column).query(&query).await.data()["tenant"], Value::Null, "{column}");
    }
}
