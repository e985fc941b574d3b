//! The schema as its own introspection tells it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IteratorRandom, SliceRandom};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } types { kind name
    fields(includeDeprecated: true) { name type { ...Of } args { name type { ...Of } } } inputFields { name type { ...Of } }
    enumValues(includeDeprecated: true) { name } possibleTypes { name } } } }
    fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

pub(crate) struct Schema {
    pub(crate) root: String,
    /// What is written, each with its one input and its payload.
    mutations: Vec<Field>,
    types: BTreeMap<String, Type>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Type {
    pub(crate) kind: String,
    pub(crate) name: String,
    fields: Option<Vec<Field>>,
    input_fields: Option<Vec<Argument>>,
    enum_values: Option<Vec<Named>>,
    possible_types: Option<Vec<Named>>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) args: Vec<Argument>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Argument {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
}

/// A type with what is wrapped around it; displayed as the language writes it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kind {
    #[serde(rename = "kind")]
    pub(crate) form: String,
    name: Option<String>,
    pub(crate) of_type: Option<Box<Kind>>,
}

impl Kind {
    /// The type without its wrappers.
    pub(crate) fn name(&self) -> &str {
        self.of_type.as_ref().map_or_else(|| self.name.as_deref().unwrap_or_default(), |inner| inner.name())
    }

    pub(crate) fn is_required(&self) -> bool {
        self.form == "NON_NULL"
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.of_type, self.form.as_str()) {
            (Some(inner), "LIST") => write!(f, "[{inner}]"),
            (Some(inner), _) => write!(f, "{inner}!"),
            (None, _) => f.write_str(self.name()),
        }
    }
}

/// A way from a type to another.
#[derive(Clone)]
pub(crate) enum Step {
    /// A field of a type.
    Field(String, Field),
    /// One of the types that an abstract one can be.
    On(String),
}

impl Schema {
    /// Reads the answer to [`INTROSPECTION`] and adds the fields of the root that no introspection lists.
    pub(crate) fn read(data: &Value) -> Self {
        let schema = &data["__schema"];
        let root = schema["queryType"]["name"].as_str().expect("a root").to_owned();
        let types: Vec<Type> = serde_json::from_value(schema["types"].clone()).expect("introspection has its form");
        let mut types: BTreeMap<_, _> = types.into_iter().map(|kind| (kind.name.clone(), kind)).collect();
        let required = |kind: &str, name: &str| json!({"kind": "NON_NULL", "ofType": {"kind": kind, "name": name}});
        let hidden = json!([
            {"name": "__schema", "type": required("OBJECT", "__Schema"), "args": []},
            {"name": "__type", "type": {"kind": "OBJECT", "name": "__Type"},
             "args": [{"name": "name", "type": required("SCALAR", "String")}]},
        ]);
        let hidden: Vec<Field> = serde_json::from_value(hidden).expect("two fields");
        types.get_mut(&root).and_then(|root| root.fields.as_mut()).expect("the root has fields").extend(hidden);
        let mutations = schema["mutationType"]["name"].as_str().and_then(|name| types.get(name));
        let mutations = mutations.map(|kind| kind.fields().to_vec()).unwrap_or_default();
        Self { root, mutations, types }
    }

    /// What can be written.
    pub(crate) fn mutations(&self) -> &[Field] {
        &self.mutations
    }

    /// The types that queries lead to; the others are those of mutations.
    fn reachable(&self) -> BTreeSet<String> {
        let mut reachable = BTreeSet::from([self.root.clone()]);
        let mut open = vec![self.root.clone()];
        while let Some(name) = open.pop() {
            let kind = self.get(&name);
            let fields = kind.fields().iter().map(|field| field.kind.name().to_owned());
            let next = fields.chain(kind.possible().iter().map(|possible| possible.name.clone()));
            open.extend(next.filter(|name| reachable.insert(name.clone())).collect::<Vec<_>>());
        }
        reachable
    }

    pub(crate) fn get(&self, name: &str) -> &Type {
        self.types.get(name).unwrap_or_else(|| panic!("the schema names {name} and does not have it"))
    }

    /// The name of a type, each kind of type as likely as the others.
    pub(crate) fn any_type(&self, rng: &mut ChaCha8Rng) -> &str {
        let kinds: BTreeSet<_> = self.types.values().map(|kind| &kind.kind).collect();
        let chosen = kinds.into_iter().choose(rng);
        let of_kind = self.types.values().filter(|kind| Some(&kind.kind) == chosen);
        of_kind.choose(rng).map_or("", |kind| &kind.name)
    }

    /// Whether a value is what a field of this type may answer.
    pub(crate) fn allows(&self, kind: &Kind, value: &Value) -> bool {
        match (kind.form.as_str(), &kind.of_type, value) {
            ("NON_NULL", Some(inner), value) => !value.is_null() && self.allows(inner, value),
            (_, _, Value::Null) => true,
            ("LIST", Some(inner), Value::Array(items)) => items.iter().all(|item| self.allows(inner, item)),
            ("ENUM", _, value) => self.get(kind.name()).values().iter().any(|known| known.name == *value),
            ("SCALAR", _, value) => match kind.name() {
                "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
                "Float" => value.is_number(),
                "Boolean" => value.is_boolean(),
                // Any value.
                "JSON" => true,
                _ => value.is_string(),
            },
            ("OBJECT" | "INTERFACE" | "UNION", _, value) => value.is_object(),
            _ => false,
        }
    }

    /// Every type that queries lead to and field of it, in the order of the names.
    pub(crate) fn fields(&self) -> Vec<(String, Field)> {
        let reachable = self.reachable();
        let fields = self
            .types
            .values()
            .filter(|owner| reachable.contains(&owner.name))
            .flat_map(|owner| owner.fields().iter().map(|field| (owner.name.clone(), field.clone())));
        fields.collect()
    }

    /// A way from the root to a type: not always the shortest, which may lead through what is always null.
    pub(crate) fn way_to(&self, target: &str, rng: &mut ChaCha8Rng) -> Vec<Step> {
        (0..100).find_map(|_| self.some_way_to(target, rng)).unwrap_or_else(|| panic!("no way leads to {target}"))
    }

    /// The shortest way, after some have been closed.
    fn some_way_to(&self, target: &str, rng: &mut ChaCha8Rng) -> Option<Vec<Step>> {
        let mut seen = BTreeSet::from([self.root.clone()]);
        let mut queue = VecDeque::from([(self.root.clone(), Vec::new())]);
        while let Some((name, way)) = queue.pop_front() {
            if name == target {
                return Some(way);
            }
            let mut steps: Vec<(String, Step)> = Vec::new();
            for field in self.get(&name).fields() {
                steps.push((field.kind.name().to_owned(), Step::Field(name.clone(), field.clone())));
            }
            for possible in self.get(&name).possible() {
                steps.push((possible.name.clone(), Step::On(possible.name.clone())));
            }
            steps.retain(|_| rng.random_bool(0.75));
            steps.shuffle(rng);
            for (next, step) in steps {
                if seen.insert(next.clone()) {
                    let way = way.iter().cloned().chain([step]).collect();
                    queue.push_back((next, way));
                }
            }
        }
        None
    }
}

impl Type {
    pub(crate) fn fields(&self) -> &[Field] {
        self.fields.as_deref().unwrap_or_default()
    }

    /// What an input of this type takes.
    pub(crate) fn inputs(&self) -> &[Argument] {
        self.input_fields.as_deref().unwrap_or_default()
    }

    pub(crate) fn possible(&self) -> &[Named] {
        self.possible_types.as_deref().unwrap_or_default()
    }

    pub(crate) fn values(&self) -> &[Named] {
        self.enum_values.as_deref().unwrap_or_default()
    }

    /// Whether a field of this type is followed by a selection.
    pub(crate) fn is_composite(&self) -> bool {
        matches!(self.kind.as_str(), "OBJECT" | "INTERFACE" | "UNION")
    }
}
