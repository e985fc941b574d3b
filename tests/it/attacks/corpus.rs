//! Requests that are small to send and large to answer.
//!
//! Most come in several sizes, so that some stay below whatever limits the server has, and some far above them.

use std::fmt::Write;

use serde_json::json;

/// A request of the corpus.
pub(super) struct Attack {
    pub(super) name: String,
    pub(super) body: Vec<u8>,
}

/// The sizes of what comes in several.
const SIZES: [usize; 3] = [30, 400, 20_000];
/// A body somewhat below a mebibyte.
const NEARLY_A_MEBIBYTE: usize = 900_000;

pub(super) fn all() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for size in SIZES {
        let documents =
            [fragments(size), fields(size), directives_and_introspection(size), declarations_and_values(size)];
        for (name, document) in documents.into_iter().flatten() {
            attacks.push(Attack { name: format!("{name} × {size}"), body: body(&document) });
        }
    }
    attacks.extend(huge().into_iter().map(|(name, document)| Attack { name: name.to_owned(), body: body(&document) }));
    attacks.extend(bodies().into_iter().map(|(name, body)| Attack { name: name.to_owned(), body }));
    attacks
}

fn body(document: &str) -> Vec<u8> {
    json!({"query": document}).to_string().into_bytes()
}

/// The results of `part` for every number below `count`, in one text.
fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, n| {
        let _ = write!(all, "{} ", part(n));
        all
    })
}

/// `inner` within `levels` times `open` and `close`.
fn nested(levels: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
}

/// A chain of fragments on a type, each of which selects the next by `link`, and `end` at its end.
fn chain(levels: usize, on: &str, link: impl Fn(&str) -> String, end: &str) -> String {
    let links = each(levels, |n| format!("fragment F{n} on {on} {{ {} }}", link(&format!("...F{}", n + 1))));
    format!("{links} fragment F{levels} on {on} {{ {end} }}")
}

/// Fragments that double, nest, overlap and lead nowhere.
fn fragments(size: usize) -> Vec<(&'static str, String)> {
    let doubling = |next: &str| format!("{next} {next}");
    let long = "n".repeat(250);
    vec![
        ("fragments that double", format!("{{ ...F0 }} {}", chain(size, "Query", doubling, "__typename"))),
        (
            "fragments that double a list",
            format!(
                "{{ tags {{ nodes {{ ...F0 }} }} }} {}",
                chain(
                    size,
                    "Tag",
                    |next| format!("items {{ nodes {{ ... on Series {{ tags {{ nodes {{ {next} {next} }} }} }} }} }}"),
                    "id"
                )
            ),
        ),
        (
            "lists in fragments",
            format!(
                "{{ episodes {{ nodes {{ ...F0 }} }} }} {}",
                chain(size, "Episode", |next| format!("series {{ episodes {{ nodes {{ {next} }} }} }}"), "id")
            ),
        ),
        ("inline fragments in each other", format!("{{ {} }}", nested(size.min(8_000), "... { ", "__typename", " }"))),
        (
            "fragments that overlap",
            format!(
                "{{ {} }} {}",
                each(size, |n| format!("tags {{ ...F{n} }}")),
                each(size, |n| format!("fragment F{n} on TagConnection {{ nodes {{ id name slug }} }}"))
            ),
        ),
        (
            "fragments that overlap in fragments",
            format!(
                "{{ tags {{ ...F0 ...F0 }} }} {}",
                chain(size, "TagConnection", |next| format!("nodes {{ id name }} {next}"), "nodes { slug }")
            ),
        ),
        (
            "fragments that nobody spreads",
            format!("{{ __typename }} {}", each(size, |n| format!("fragment F{n} on Query {{ __typename }}"))),
        ),
        (
            "spreads without blanks",
            format!("{{ __typename{} }} fragment F on Query {{ __typename }}", "...F".repeat(size)),
        ),
        (
            "a conflict of long names in many places",
            format!(
                "{{ {} }} fragment F on TagConnection {{ {long}: nodes {{ id }} {long}: pageInfo {{ hasNextPage }} }}",
                each(size, |n| format!("tags(first: {}) {{ ...F }}", n % 100))
            ),
        ),
        ("fragments that do not exist", format!("{{ {} }}", each(size, |n| format!("...F{n}")))),
    ]
}

/// The same fields again and again, with other names, within each other.
fn fields(size: usize) -> Vec<(&'static str, String)> {
    vec![
        (
            "lists in lists",
            format!(
                "{{ episodes {{ nodes {{ {} }} }} }}",
                nested(size.min(4_000), "series { episodes(first: 100) { nodes { ", "id", " } } }")
            ),
        ),
        ("aliases", format!("{{ {} }}", each(size, |n| format!("a{n}: tags(first: 1) {{ nodes {{ id }} }}")))),
        (
            "aliases of lists",
            format!("{{ {} }}", each(size, |n| format!("a{n}: episodes(first: 100) {{ nodes {{ id title }} }}"))),
        ),
        (
            "aliases of searches",
            format!(
                "{{ {} }}",
                each(size, |n| format!("a{n}: search(query: \"n{n} a b c d e f g\") {{ nodes {{ __typename }} }}"))
            ),
        ),
        ("tokens", format!("{{ {} }}", "__typename ".repeat(size))),
        ("the same field", format!("{{ tags {{ nodes {{ {} }} }} }}", "id ".repeat(size))),
        ("the same list", format!("{{ {} }}", "tags { nodes { id name } } ".repeat(size))),
        (
            "the same field with arguments",
            format!("{{ {} }}", "tags(first: 3, after: null) { nodes { id } } ".repeat(size)),
        ),
        ("fields that do not exist", format!("{{ {} }}", each(size, |n| format!("nothing{n}")))),
    ]
}

/// Directives, and the schema of the schema.
fn directives_and_introspection(size: usize) -> Vec<(&'static str, String)> {
    let types_of_fields = |levels| nested(levels, "fields { type { ", "name", " } }");
    vec![
        ("directives of a field", format!("{{ __typename {} }}", "@include(if: true) ".repeat(size))),
        (
            "directives of a spread",
            format!("{{ ...F {} }} fragment F on Query {{ __typename }}", "@skip(if: false) ".repeat(size)),
        ),
        ("directives of the operation", format!("query {} {{ __typename }}", "@nothing(a: 1) ".repeat(size))),
        ("fields with a directive each", format!("{{ {} }}", "__typename @include(if: true) ".repeat(size))),
        (
            "introspected types of types",
            format!("{{ __schema {{ types {{ {} }} }} }}", nested(size.min(4_000), "ofType { ", "name", " }")),
        ),
        (
            "introspected fields of types of fields",
            format!("{{ __schema {{ types {{ {} }} }} }}", types_of_fields(size.min(4_000))),
        ),
        (
            "a few introspected fields of types",
            format!("{{ __schema {{ types {{ {} }} }} }}", types_of_fields((size / 20).min(9))),
        ),
        (
            "introspection in fragments",
            format!(
                "{{ __schema {{ types {{ ...F0 }} }} }} {}",
                chain(size, "__Type", |next| format!("fields {{ type {{ {next} {next} }} }}"), "name")
            ),
        ),
        (
            "introspection many times",
            format!(
                "{{ {} }}",
                each(size, |n| format!("a{n}: __schema {{ types {{ fields {{ args {{ type {{ name }} }} }} }} }}"))
            ),
        ),
    ]
}

/// Variables, operations and values.
fn declarations_and_values(size: usize) -> Vec<(&'static str, String)> {
    vec![
        ("variables", format!("query({}) {{ __typename }}", each(size, |n| format!("$v{n}: Int = {n}")))),
        ("variables of lists of lists", format!("query($v: {}) {{ __typename }}", nested(size, "[", "Int", "]"))),
        ("operations", each(size, |n| format!("query Q{n} {{ tags {{ nodes {{ id }} }} }}"))),
        (
            "arguments that do not exist",
            format!("{{ tags({}) {{ nodes {{ id }} }} }}", each(size, |n| format!("a{n}: {n}"))),
        ),
        ("texts without end", format!("{{ search(query: [\"{}", "x\\\"\"\"\"\"".repeat(size))),
        ("blocks without end", format!("{{ search(query: [{}", "\"\"\" ".repeat(size * 2 + 1))),
        ("ids", format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"ep_01jd7s2zk4jd7s2zk4jd7s2zk4\" ".repeat(size))),
        ("lists of values in lists", format!("{{ nodes(ids: {}) {{ id }} }}", nested(size, "[", "1", "]"))),
        (
            "an object as a value",
            format!("{{ nodes(ids: {{{}}}) {{ id }} }}", each(size, |n| format!("k{n}: {{a: 1}}"))),
        ),
        ("objects of values in objects", format!("{{ nodes(ids: {}) {{ id }} }}", nested(size, "{a: ", "1", "}"))),
    ]
}

/// A single part that is very long.
fn huge() -> Vec<(&'static str, String)> {
    let long = "x".repeat(NEARLY_A_MEBIBYTE);
    let search = |text: &str| format!("{{ search(query: {text}) {{ nodes {{ __typename }} }} }}");
    vec![
        ("a long string", search(&format!("\"{long}\""))),
        ("a long string of escapes", search(&format!("\"{}\"", "\\n".repeat(NEARLY_A_MEBIBYTE / 4)))),
        ("a long block string", search(&format!("\"\"\"{}\"\"\"", "x\n  ".repeat(NEARLY_A_MEBIBYTE / 5)))),
        ("a string without end", search(&format!("\"{long}"))),
        ("a long text of words", search(&format!("\"{}\"", "ab ".repeat(NEARLY_A_MEBIBYTE / 3)))),
        ("a long comment", format!("#{long}\n{{ __typename }}")),
        ("many comments", format!("{}{{ __typename }}", "#\n".repeat(NEARLY_A_MEBIBYTE / 3))),
        ("many commas", format!("{}{{ __typename }}", ",".repeat(NEARLY_A_MEBIBYTE))),
        ("a long name of a field", format!("{{ {long} }}")),
        ("a long alias", format!("{{ {long}: __typename }}")),
        ("a long name of an operation", format!("query {long} {{ __typename }}")),
        ("a long name of a variable", format!("query(${long}: Int) {{ __typename }}")),
        ("a number of a million digits", format!("{{ tags(first: {}) {{ nodes {{ id }} }} }}", "9".repeat(1_000_000))),
        (
            "a fraction of a million digits",
            format!("{{ tags(first: 0.{}) {{ nodes {{ id }} }} }}", "3".repeat(1_000_000)),
        ),
        (
            "an exponent of a million digits",
            format!("{{ tags(first: 1e{}) {{ nodes {{ id }} }} }}", "9".repeat(1_000_000)),
        ),
        ("open brackets", "{".repeat(NEARLY_A_MEBIBYTE)),
        ("closed brackets", "}".repeat(NEARLY_A_MEBIBYTE)),
        ("quotes", "\"".repeat(NEARLY_A_MEBIBYTE / 2)),
        ("characters of four bytes", "💥".repeat(NEARLY_A_MEBIBYTE / 4)),
        ("fields of fields", format!("{{ {} }}", "a{".repeat(NEARLY_A_MEBIBYTE / 2))),
    ]
}

/// Bodies that are odd as JSON.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let with = |variables: &str| {
        format!(r#"{{"query":"query($v: [ID!]!) {{ nodes(ids: $v) {{ id }} }}","variables":{variables}}}"#).into_bytes()
    };
    let batch = |count: usize, document: &str| {
        let one = json!({"query": document}).to_string();
        format!("[{}]", vec![one; count].join(",")).into_bytes()
    };
    let wide = "{ episodes(first: 100) { nodes { id title series { title } credits { nodes { person { name } } } } } }";
    vec![
        ("variables of lists in lists", with(&format!(r#"{{"v":{}}}"#, nested(100_000, "[", "1", "]")))),
        ("variables of objects in objects", with(&format!(r#"{{"v":{}}}"#, nested(100_000, r#"{"a":"#, "1", "}")))),
        ("a long string as a variable", with(&json!({"v": "x".repeat(NEARLY_A_MEBIBYTE)}).to_string())),
        ("100 000 variables", with(&format!("{{{}\"v\":[]}}", each(75_000, |n| format!("\"k{n}\":1,"))))),
        (
            "a large variable in many places",
            json!({
                "query": format!("query($v: [ID!]!) {{ {} }}", "nodes(ids: $v) { id } ".repeat(40)),
                "variables": {"v": vec!["ep_1"; 4_900]}
            })
            .to_string()
            .into_bytes(),
        ),
        ("100 000 ids in a variable", with(&json!({"v": vec!["ep_1"; 100_000]}).to_string())),
        ("a number of a million digits as a variable", with(&format!(r#"{{"v":{}}}"#, "9".repeat(1_000_000)))),
        (
            "variables without end",
            format!(r#"{{"query":"{{ __typename }}","variables":{}"#, "[".repeat(NEARLY_A_MEBIBYTE)).into_bytes(),
        ),
        ("a batch of 200 operations", batch(200, "{ tags { nodes { id } } }")),
        ("a batch of 5 000 operations", batch(5_000, "{ __typename }")),
        ("a batch of ten wide operations", batch(10, wide)),
        ("a wide operation", json!({"query": wide}).to_string().into_bytes()),
        ("a body of 12 MB", format!(r#"{{"query":"{}"}}"#, "x".repeat(12_000_000)).into_bytes()),
        ("12 MB of blanks", vec![b' '; 12_000_000]),
    ]
}
