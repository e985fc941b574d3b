//! What nobody should send, and somebody will.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::schema::Kind;

/// Values as a document writes them.
pub(super) fn literals() -> Vec<String> {
    let mut literals: Vec<String> = [
        "null",
        "true",
        "[]",
        "{}",
        "{a: 1}",
        "[null]",
        "[[[1]]]",
        "[1, \"2\", {x: [$undefined]}]",
        "NO_SUCH_VALUE",
        "$undefined",
        "0",
        "-0",
        "-1",
        "101",
        "1.5",
        "1e3",
        "1e400",
        "-1e-400",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "18446744073709551616",
        "0123",
        "0x10",
        "1_000",
        "--1",
        "1.",
        ".5",
        "NaN",
        r#""""#,
        r#"" ""#,
        r#""\u0000""#,
        r#""\uD800""#,
        r#""\uDC00\uD800""#,
        r#""\uD83D\uDE00""#,
        r#""\u{1F600}""#,
        r#""\u{110000}""#,
        r#""\u{}""#,
        r#""\u12""#,
        r#""\x41""#,
        r#""\"#,
        "\"\"\"a \\\"\"\" b\n  c\"\"\"",
        "\"\"\"",
        "\"line\nbreak\"",
        r#""ep_01jd7s2zk4jd7s2zk4jd7s2zk4""#,
        r#""us_01jd7s2zk4jd7s2zk4jd7s2zk4""#,
        r#""tn_zzzzzzzzzzzzzzzzzzzzzzzzzz""#,
        r#""EP_01JD7S2ZK4JD7S2ZK4JD7S2ZK4""#,
        r#""WyJmcmFuY2hpc2VzIixbXV0""#,
        r#""====""#,
        r#""2999-13-45T25:61:61Z""#,
        r#""a* OR b~2 AND NOT (c) /[d/ {e TO f] ^9 \\ : \"g\" + - ! && ||""#,
        "\"' OR 1=1 // }) DETACH DELETE (n) //\"",
    ]
    .map(str::to_owned)
    .to_vec();
    literals.extend(texts().iter().map(|text| format!("\"{text}\"")));
    literals.push("9".repeat(5_000));
    literals.push(format!("{}1{}", "[".repeat(60), "]".repeat(60)));
    literals
}

/// Unicode that is right and still surprises.
fn texts() -> Vec<String> {
    vec![
        "💥👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿".to_owned(),
        "\u{202e}txet sdrawkcab\u{202c}".to_owned(),
        "\u{200b}\u{200d}\u{feff}\u{2060}".to_owned(),
        "\u{0}".to_owned(),
        "\u{fffe}\u{ffff}\u{10ffff}".to_owned(),
        format!("e{}", "\u{301}".repeat(400)),
        "مقهى الميناء".to_owned(),
        "ﷺ İıſßﬀ ẞ".to_owned(),
        "\u{7f}\u{80}\u{2028}\u{2029}".to_owned(),
        "a ".repeat(2_000),
        "x".repeat(3_000),
    ]
}

/// Values of variables. Some numbers and escapes are not what JSON libraries write, so these are texts of JSON.
pub(super) fn variables() -> Vec<String> {
    let mut values: Vec<String> = [
        "null",
        "true",
        "[]",
        "{}",
        r#"{"a": {"b": [1]}}"#,
        "[null]",
        "[[[[1]]]]",
        "0",
        "-0",
        "-0.0",
        "-1",
        "1.0",
        "1.5",
        "1e3",
        "1e400",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "18446744073709551616",
        "01",
        r#""1""#,
        r#""""#,
        r#""\u0000""#,
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""NO_SUCH_VALUE""#,
        r#"["NO_SUCH_VALUE", null]"#,
        r#""ep_01jd7s2zk4jd7s2zk4jd7s2zk4""#,
        r#""tn_zzzzzzzzzzzzzzzzzzzzzzzzzz""#,
        r#""WyJmcmFuY2hpc2VzIixbXV0""#,
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend(texts().iter().map(|text| json!(text).to_string()));
    values.push(format!("1{}", "0".repeat(2_000)));
    values.push(format!("{}1{}", "[".repeat(100), "]".repeat(100)));
    values
}

/// Texts in JSON: odd, long, or right somewhere else.
pub(super) fn texts_in_json() -> Vec<String> {
    let long = |part: &str, bytes: usize| part.repeat(bytes / part.len());
    let mut texts = texts();
    texts.extend([
        String::new(),
        " ".to_owned(),
        "\n\t\r".to_owned(),
        long("x", 9_000),
        long("👩‍👩‍👧‍👦", 3_000),
        long("e\u{301}", 200),
        long("ﷺ", 30),
        format!("{}@example.org", long("x", 300)),
        format!("x@{}example", long("x.", 300)),
        "x\0@example.org".to_owned(),
        "ＡＤＭＩＮ".to_owned(),
        "a\u{200b}b\u{ad}c".to_owned(),
        "раураl".to_owned(),
        "ǆİﬃẞ".to_owned(),
        "../../etc/passwd".to_owned(),
        "https://\u{202e}example.org:99999".to_owned(),
        "http://xn--.example".to_owned(),
        "1".to_owned(),
        "_".to_owned(),
        "-".to_owned(),
        "en-x-".to_owned() + &long("a", 30),
        "image/png\r\nx: y".to_owned(),
    ]);
    let mut texts: Vec<_> = texts.iter().map(|text| json!(text).to_string()).collect();
    texts.extend([r#""\ud800""#, r#""\udc00\ud800x""#, r#""\u0000x""#].map(str::to_owned));
    texts
}

/// Numbers at the ends of what machines count with.
pub(super) fn numbers() -> Vec<String> {
    let mut numbers: Vec<_> = [i64::from(i32::MIN), i64::from(i32::MAX), -1, 0, 1, 2, i64::MIN, i64::MAX]
        .iter()
        .map(i64::to_string)
        .collect();
    numbers.extend(["-0", "1.5", "1e3", "1e308", "1e400", "5e-324", "-1e308", "9007199254740993"].map(str::to_owned));
    numbers
}

/// Days and moments at the ends of the calendar.
pub(super) fn moments() -> Vec<String> {
    [
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.999999999Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-24T18:30:00.000000000000001Z",
        "2026-02-30T00:00:00Z",
        "2026-11-24T18:30:00+99:00",
        "0000-01-01",
        "9999-12-31",
        "1900-02-29",
        "2024-02-29",
        "-001-01-01",
        "+999-01-01",
        "1990-1-001",
        "１９９０-11-24",
        "tomorrow",
    ]
    .map(|moment| json!(moment).to_string())
    .to_vec()
}

/// An odd value of a type, in JSON.
pub(super) fn of(kind: &Kind, rng: &mut ChaCha8Rng) -> String {
    let values = match kind.name() {
        "Date" | "DateTime" => moments(),
        "Int" | "Float" => numbers(),
        "ID" | "String" => texts_in_json(),
        _ => variables(),
    };
    values.choose(rng).expect("there are some").clone()
}

/// Types of variables that do not fit, or do not exist.
pub(super) const TYPES: [&str; 9] =
    ["Int", "[String!]!", "Boolean", "Nonsense", "Query", "PageInfo!", "[[[ID]]]", "ID = 1.5", "Int = \"x\""];

/// Selections that are odd wherever the root is selected from.
pub(super) const SELECTIONS: [&str; 44] = [
    "nonsense",
    "__nonsense",
    "nonsense { nonsense }",
    "__typename { a }",
    "__typename(a: 1)",
    "__schema",
    "__schema { nothing }",
    "__type(name: 3) { name }",
    "__type { name }",
    "__type(name: \"\") { name }",
    "__type(name: \"Nope\") { fields { name } }",
    "__schema { types { fields(includeDeprecated: null) { name } } }",
    "__schema { types { fields(includeDeprecated: 1) { name } } }",
    "__schema @skip(if: true) { types { name } }",
    "__schema { types { ofType { ofType { ofType { name } } } } directives { args { type { name } } } }",
    "x: __typename x: __schema { types { name } }",
    "x: __typename y: __typename x: __typename",
    "__typename @include(if: \"true\")",
    "__typename @skip",
    "__typename @skip(if: null)",
    "__typename @include(if: 1)",
    "__typename @skip(if: true) @skip(if: false)",
    "__typename @skip(if: true, if: false)",
    "__typename @include(unless: true)",
    "__typename @include(if: $undefined)",
    "__typename @nonsense",
    "__typename @nonsense(a: [{b: 1}])",
    "__typename @deprecated",
    "__typename @specifiedBy(url: \"x\")",
    "...Nowhere",
    "... on Nonsense { a }",
    "... on Int { a }",
    "... on PageInfo { hasNextPage }",
    "... { __typename }",
    "... @include(if: false) { __typename }",
    "... on Query @skip(if: true) { nonsense }",
    "... on Query { ... on Query { ... { __typename } } }",
    "node(id: \"x\", id: \"y\") { id }",
    "tenants(nonsense: 1) { nodes { id } }",
    "tenants { id }",
    "tenants",
    "tenants { }",
    "a: b: __typename",
    "query",
];

/// Turns of a whole document: each gets one that is right.
pub(super) const DOCUMENTS: [fn(&str) -> String; 25] = [
    |it| format!("{it}\n{it}"),
    |it| it.replacen('{', "", 1),
    |it| it[..it.len() - 1].to_owned(),
    |it| format!("{it}}}"),
    |it| format!("{it} {{ __typename }}"),
    |it| it.replacen("query", "mutation", 1),
    |it| it.replacen("query", "subscription", 1),
    |it| it.replacen("query", "QUERY", 1),
    |it| it.replacen("query", "fragment F on Query", 1),
    |it| it.replacen("query", "query ($a: Int, $a: Int)", 1),
    |it| it.replacen("query Q", "query $Q", 1),
    |it| it.replace(' ', ","),
    |it| format!("\u{feff}{it}"),
    |it| format!("# \u{202e}💥\u{0}\n{it}"),
    |it| format!("{it}#"),
    |it| it.replacen('{', "{\u{0}", 1),
    |it| it.replacen('{', "{\u{a0}", 1),
    |it| it.replacen('{', "{ ...A ", 1) + " fragment A on Query { ...A }",
    |it| it.replacen('{', "{ ...A ", 1) + " fragment A on Query { ...B } fragment B on Query { ...A __typename }",
    |it| it.replacen('{', "{ ...A ...A ", 1) + " fragment A on Query { __typename } fragment A on Query { __typename }",
    |it| format!("{it} fragment Unused on Query {{ __typename }}"),
    |it| format!("{it} fragment on on Query {{ __typename }}"),
    |it| format!("{it} type Query {{ a: Int }}"),
    |it| format!("{it} extend schema @link(url: \"x\")"),
    |it| it.chars().rev().collect(),
];

/// The same cursor with a part of its position replaced: it still belongs to its list.
pub(super) fn twisted(cursor: &str, rng: &mut ChaCha8Rng) -> String {
    let json = URL_SAFE_NO_PAD.decode(cursor).expect("a cursor is base 64");
    let mut position: Value = serde_json::from_slice(&json).expect("a cursor holds JSON");
    let columns = position[1].as_array_mut().expect("a cursor has a position");
    let column = rng.random_range(0..columns.len());
    let (kind, value) = columns[column].as_object_mut().and_then(|it| it.iter_mut().next()).expect("a column");
    let odd: &[Value] = match kind.as_str() {
        "number" => &[json!(i64::MIN), json!(i64::MAX), json!(-1), json!(u64::MAX), json!(0.5)],
        "time" => &[
            json!("0000-01-01T00:00:00Z"),
            json!("-262143-01-01T00:00:00Z"),
            json!("+262142-12-31T23:59:59.999999999Z"),
            json!("2016-12-31T23:59:60Z"),
            json!("2026-11-24T18:30:00+14:00"),
            json!("soon"),
        ],
        _ => &[json!(""), json!("\u{0}"), json!("\u{10ffff}"), json!("~' OR 1=1"), json!("x".repeat(500)), json!(null)],
    };
    *value = odd.choose(rng).expect("there are some").clone();
    URL_SAFE_NO_PAD.encode(position.to_string())
}
