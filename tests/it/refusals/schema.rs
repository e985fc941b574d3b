//! The schema, as far as the tables need it: what there is to ask for, and the least that can be asked with.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::TestApp;

const INTROSPECTION: &str = "{ __schema { types { name kind possibleTypes { name }
    fields { name args { name type { ...Of } } type { ...Of } }
    inputFields { name defaultValue type { ...Of } } enumValues { name } } } }
    fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

pub(super) struct Schema {
    types: Vec<Value>,
}

impl Schema {
    pub(super) async fn read(app: &TestApp) -> Self {
        let answer = app.viewer().query(INTROSPECTION).await;
        Self { types: answer.data()["__schema"]["types"].as_array().unwrap().clone() }
    }

    fn named(&self, name: &str) -> &Value {
        self.types.iter().find(|kind| kind["name"] == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    fn list<'s>(&'s self, owner: &str, what: &str) -> &'s [Value] {
        self.named(owner)[what].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    fn field(&self, owner: &str, name: &str) -> &Value {
        let found = self.list(owner, "fields").iter().find(|field| field["name"] == name);
        found.unwrap_or_else(|| panic!("{owner} has no field {name}"))
    }

    /// The names of a type's fields.
    pub(super) fn fields(&self, owner: &str) -> BTreeSet<&str> {
        self.list(owner, "fields").iter().map(|field| field["name"].as_str().unwrap()).collect()
    }

    /// The type of a field, without lists and the like.
    pub(super) fn type_of(&self, owner: &str, field: &str) -> &str {
        innermost(&self.field(owner, field)["type"])
    }

    /// The guarded field at the root that leads to a type at once.
    pub(super) fn root_of(&self, kind: &str) -> &str {
        let found = self.fields("Query").into_iter().find(|root| self.type_of("Query", root) == kind);
        found.unwrap_or_else(|| panic!("nothing at the root is a {kind}"))
    }

    /// What is selected below a field: the values of its type that are no objects, or of its nodes.
    pub(super) fn selection(&self, owner: &str, field: &str) -> String {
        let kind = self.type_of(owner, field);
        let is_leaf = |kind: &str| ["SCALAR", "ENUM"].contains(&self.named(kind)["kind"].as_str().unwrap());
        if is_leaf(kind) {
            return String::new();
        }
        let leaves: Vec<_> = self.fields(kind).into_iter().filter(|field| is_leaf(self.type_of(kind, field))).collect();
        if self.fields(kind).contains("nodes") {
            return format!("{{ nodes {} }}", self.selection(kind, "nodes"));
        }
        // Some consist of objects alone.
        if leaves.is_empty() { "{ __typename }".to_owned() } else { format!("{{ {} }}", leaves.join(" ")) }
    }

    /// The types that some fields lead to, over any number of others.
    pub(super) fn reachable<'s>(&'s self, roots: impl Iterator<Item = (&'s str, &'s str)>) -> BTreeSet<&'s str> {
        let mut ahead: Vec<&str> = roots.map(|(owner, field)| self.type_of(owner, field)).collect();
        let mut seen = BTreeSet::new();
        while let Some(kind) = ahead.pop() {
            if ["SCALAR", "ENUM"].contains(&self.named(kind)["kind"].as_str().unwrap()) || !seen.insert(kind) {
                continue;
            }
            ahead.extend(self.fields(kind).into_iter().map(|field| self.type_of(kind, field)));
            ahead.extend(self.list(kind, "possibleTypes").iter().map(|kind| kind["name"].as_str().unwrap()));
        }
        seen
    }

    /// Whether a mutation takes a tenant's id, and does not insist.
    pub(super) fn may_name_a_tenant(&self, mutation: &str) -> bool {
        let (input, _) = self.input(mutation);
        let fields = self.list(&input, "inputFields");
        fields.iter().any(|field| field["name"] == "tenantId" && field["type"]["kind"] != "NON_NULL")
    }

    /// A value of a type: the least that it takes.
    fn value(&self, kind: &Value) -> Value {
        match (kind["kind"].as_str().unwrap(), kind["name"].as_str()) {
            ("NON_NULL", _) => self.value(&kind["ofType"]),
            ("LIST", _) => json!([self.value(&kind["ofType"])]),
            ("INPUT_OBJECT", Some(name)) => {
                let required =
                    self.list(name, "inputFields").iter().filter(|field| field["type"]["kind"] == "NON_NULL");
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
    pub(super) fn input(&self, mutation: &str) -> (String, Value) {
        let arguments = self.field("Mutation", mutation)["args"].as_array().unwrap();
        let input = arguments.iter().find(|argument| argument["name"] == "input");
        let kind = &input.unwrap_or_else(|| panic!("{mutation} takes no input"))["type"];
        (kind["ofType"]["name"].as_str().unwrap().to_owned(), self.value(kind))
    }
}

fn innermost(kind: &Value) -> &str {
    kind["name"].as_str().unwrap_or_else(|| innermost(&kind["ofType"]))
}
