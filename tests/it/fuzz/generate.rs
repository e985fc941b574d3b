//! Operations that are right by the schema, drawn from it.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};
use serde_json::{Value, json};

use super::schema::{Argument, Field, Kind, Schema, Step};

/// The arguments of every connection.
const PAGING: [&str; 4] = ["first", "after", "last", "before"];

/// Something that exists, and how it is found.
pub(crate) struct Sample {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) slug: String,
    /// The slug of the tenant that owns it.
    pub(crate) tenant: Option<String>,
}

/// A field of a type.
pub(crate) type Place = (String, String);

/// What an operation has to contain.
#[derive(Clone)]
pub(crate) struct Aim {
    pub(crate) owner: String,
    pub(crate) field: Field,
    pub(crate) argument: Option<Argument>,
    pub(crate) spoiled: Option<Spoiled>,
}

/// What stands in place of the argument's value.
#[derive(Clone)]
pub(crate) enum Spoiled {
    /// A literal.
    Literal(String),
    /// A variable of the type that is named, or else of the right one, and its value in JSON, if it has any.
    Variable { kind: Option<String>, value: Option<String> },
}

/// A field of an operation.
pub(crate) struct Asked {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// The names of the arguments that it is given.
    pub(crate) arguments: Vec<String>,
}

/// An operation that is drawn.
#[derive(Default)]
pub(crate) struct Operation {
    pub(crate) query: String,
    /// As JSON writes them.
    pub(crate) variables: String,
    /// What each alias stands for. Every field has an alias of its own.
    pub(crate) fields: BTreeMap<String, Asked>,
    declared: Vec<String>,
    values: Vec<String>,
    fragments: Vec<String>,
}

pub(crate) struct Generator {
    pub(crate) rng: ChaCha8Rng,
    pub(crate) schema: Schema,
    pub(crate) samples: Vec<Sample>,
    pub(crate) cursors: BTreeMap<Place, BTreeSet<String>>,
    /// What searches look for.
    pub(crate) words: Vec<String>,
    /// What else there is to name, by the names of arguments and of fields of inputs.
    pub(crate) named: BTreeMap<&'static str, Vec<Value>>,
    /// How far below a field all fields are asked for; without it, some are, two levels deep.
    pub(crate) thorough: Option<u32>,
}

impl Generator {
    /// An operation that reaches a field from the root.
    pub(crate) fn operation(&mut self, aim: &Aim) -> Operation {
        let mut operation = Operation::default();
        let depth = self.thorough.unwrap_or(2);
        let mut selection = self.field(&mut operation, &aim.owner, &aim.field, Some(aim), depth);
        for step in self.schema.way_to(&aim.owner, &mut self.rng).iter().rev() {
            selection = match step {
                Step::Field(owner, field) => {
                    format!("{} {{ {selection} }}", self.head(&mut operation, owner, field, None))
                }
                Step::On(kind) => self.fragment(&mut operation, kind, &selection),
            };
        }
        let declared = operation.declared.join(", ");
        let declared = if declared.is_empty() { declared } else { format!("({declared})") };
        operation.query = format!("query Q{declared} {{ {selection} }}{}", operation.fragments.concat());
        operation.variables = format!("{{{}}}", operation.values.join(","));
        operation
    }

    /// A field with its selection, if it has one.
    fn field(&mut self, to: &mut Operation, owner: &str, field: &Field, aim: Option<&Aim>, depth: u32) -> String {
        let head = self.head(to, owner, field, aim);
        if !self.schema.get(field.kind.name()).is_composite() {
            return head;
        }
        let mut selection = self.selection(to, field.kind.name(), depth);
        // Where a list was read to is where the next operation can go on.
        let page_info = self.schema.get(field.kind.name()).fields().iter().find(|field| field.name == "pageInfo");
        if let (Some(page_info), Some(_)) = (page_info.cloned(), aim) {
            let head = self.head(to, field.kind.name(), &page_info, None);
            let cursors =
                self.schema.get(page_info.kind.name()).fields().iter().filter(|it| it.name.ends_with("Cursor"));
            let cursors: Vec<_> = cursors.cloned().collect();
            let cursors = cursors.iter().map(|cursor| self.head(to, page_info.kind.name(), cursor, None));
            let cursors = cursors.collect::<Vec<_>>().join(" ");
            selection = format!("{selection} {head} {{ {cursors} }}");
        }
        format!("{head} {{ {selection} }}")
    }

    /// Some fields of a type, and fields of theirs.
    fn selection(&mut self, to: &mut Operation, kind: &str, depth: u32) -> String {
        let mut parts = Vec::new();
        if self.rng.random_bool(0.3) {
            parts.push("__typename".to_owned());
        }
        let schema = &self.schema;
        let is_near = |field: &&Field| depth > 0 || !schema.get(field.kind.name()).is_composite();
        let fields = schema.get(kind).fields().iter().filter(is_near).cloned();
        let count = if self.thorough.is_some() { usize::MAX } else { 3 };
        for field in fields.sample(&mut self.rng, count) {
            let part = self.field(to, kind, &field, None, depth.saturating_sub(1));
            parts.push(part);
        }
        let count = if self.thorough.is_some() { usize::MAX } else { 1 };
        let possible = self.schema.get(kind).possible().iter().map(|possible| possible.name.clone());
        for possible in possible.sample(&mut self.rng, count).into_iter().filter(|_| depth > 0) {
            let selection = self.selection(to, &possible, depth - 1);
            parts.push(self.fragment(to, &possible, &selection));
        }
        if parts.is_empty() {
            parts.push("__typename".to_owned());
        }
        parts.join(" ")
    }

    /// A selection for one of the types that something can be: in its place, or as a fragment with a name.
    fn fragment(&mut self, to: &mut Operation, kind: &str, selection: &str) -> String {
        if self.rng.random_bool(0.7) {
            return format!("... on {kind} {{ {selection} }}");
        }
        let name = format!("F{}", to.fragments.len());
        to.fragments.push(format!(" fragment {name} on {kind} {{ {selection} }}"));
        format!("...{name}{}", self.directive(to))
    }

    /// A field's alias, name, arguments and directive.
    fn head(&mut self, to: &mut Operation, owner: &str, field: &Field, aim: Option<&Aim>) -> String {
        let aimed = aim.and_then(|aim| aim.argument.as_ref()).map(|argument| argument.name.as_str());
        let values = self.values(owner, field, aimed);
        let alias = format!("a{}", to.fields.len());
        let place = (owner.to_owned(), field.name.clone());
        let names = values.iter().flat_map(|(argument, value)| names(&argument.name, value)).collect();
        to.fields.insert(alias.clone(), Asked { place, kind: field.kind.clone(), arguments: names });
        let mut arguments = Vec::new();
        for (argument, value) in values {
            let spoiled = aim.filter(|_| aimed == Some(&argument.name)).and_then(|aim| aim.spoiled.as_ref());
            let shown = match spoiled {
                Some(Spoiled::Literal(literal)) => literal.clone(),
                Some(Spoiled::Variable { kind, value }) => {
                    to.variable(kind.as_ref().unwrap_or(&argument.kind.to_string()), value.as_deref())
                }
                None if self.rng.random_bool(0.3) => to.variable(&argument.kind.to_string(), Some(&value.to_string())),
                None => self.literal(&argument.kind, &value),
            };
            arguments.push(format!("{}: {shown}", argument.name));
        }
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        format!("{alias}: {}{arguments}{}", field.name, self.directive(to))
    }

    /// A directive that changes nothing, now and then.
    fn directive(&mut self, to: &mut Operation) -> String {
        match self.rng.random_range(0..20) {
            0 => " @include(if: true)".to_owned(),
            1 => " @skip(if: false) @include(if: true)".to_owned(),
            2 => format!(" @skip(if: {})", to.variable("Boolean!", Some("false"))),
            3 => format!(" @include(if: {})", to.variable("Boolean! = true", None)),
            _ => String::new(),
        }
    }

    /// Arguments that a field takes together, one of which may be asked for, and values of them.
    fn values(&mut self, owner: &str, field: &Field, wanted: Option<&str>) -> Vec<(Argument, Value)> {
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        let takes = |name: &str| field.args.iter().any(|argument| argument.name == name);
        if wanted == Some("domain") {
            values.insert("domain", self.value(owner, "domain", &field.kind, None));
        } else if takes("id") && takes("slug") {
            // A tenant has a standing; neither has an id of its own.
            let kind = Some(field.kind.name()).filter(|kind| *kind != "TenantStanding").unwrap_or("Tenant");
            let sample = self.samples.iter().filter(|sample| sample.kind == kind).choose(&mut self.rng);
            let sample = sample.unwrap_or_else(|| panic!("there is no sample of {kind}"));
            if wanted == Some("id") || (wanted.is_none() && self.rng.random_bool(0.5)) {
                values.insert("id", json!(sample.id));
            } else {
                values.insert("slug", json!(sample.slug));
                if let Some(tenant) = sample.tenant.as_ref().filter(|_| takes("tenant")) {
                    values.insert("tenant", json!(tenant));
                }
            }
        }
        if takes("tenantSlug") && (wanted == Some("tenantSlug") || self.rng.random_bool(0.5)) {
            let tenant = self.samples.iter().filter(|sample| sample.kind == "Tenant").choose(&mut self.rng);
            values.extend(tenant.map(|tenant| ("tenantSlug", json!(tenant.slug))));
        }
        if (owner, &*field.name) == (&*self.schema.root, "asset") && self.named.contains_key("assetId") {
            let id = self.value(owner, "assetId", &field.args[0].kind, None);
            values.insert("id", id);
        }
        let is_at_root = owner == self.schema.root && self.named.contains_key("pageId");
        let of_pages = [("page", "id"), ("publishPreflight", "ids")].into_iter().find(|(name, _)| *name == field.name);
        if let Some((_, argument)) = of_pages.filter(|_| is_at_root) {
            let id = self.named.get("pageId").and_then(|ids| ids.choose(&mut self.rng)).cloned().unwrap_or_default();
            values.insert(argument, if argument == "ids" { json!([id]) } else { id });
        }
        if (owner, &*field.name) == (&*self.schema.root, "ticket") && self.named.contains_key("ticketId") {
            let id = self.value(owner, "ticketId", &field.args[0].kind, None);
            values.insert("id", id);
        }
        if PAGING.iter().all(|name| takes(name)) {
            let backwards = match wanted {
                Some("last" | "before") => true,
                Some("first" | "after") => false,
                _ => self.rng.random_bool(0.3),
            };
            values.insert(if backwards { "last" } else { "first" }, json!(self.rng.random_range(1..=3)));
            let cursors = self.cursors.get(&(owner.to_owned(), field.name.clone())).into_iter().flatten();
            let cursor = cursors.choose(&mut self.rng);
            let pages = matches!(wanted, Some("after" | "before")) || self.rng.random_bool(0.3);
            if let Some(cursor) = cursor.filter(|_| pages) {
                values.insert(if backwards { "before" } else { "after" }, json!(cursor));
            }
        }
        let mut chosen = Vec::new();
        for argument in &field.args {
            let name = argument.name.as_str();
            let inside = wanted.and_then(|wanted| wanted.strip_prefix(name)?.strip_prefix('.'));
            let is_wanted = wanted == Some(name) || inside.is_some();
            let value = match values.remove(name) {
                Some(value) => value,
                None if is_wanted || argument.kind.is_required() => self.value(owner, name, &argument.kind, inside),
                None if PAGING.contains(&name) || ["id", "slug", "tenant", "domain", "tenantSlug"].contains(&name) => {
                    continue;
                }
                None if self.rng.random_bool(0.5) => self.value(owner, name, &argument.kind, None),
                None => continue,
            };
            chosen.push((argument.clone(), value));
        }
        chosen
    }

    /// A value of a type, with some sense of what the name asks for. Of an input, `inside` is among what it says.
    fn value(&mut self, owner: &str, name: &str, kind: &Kind, inside: Option<&str>) -> Value {
        if let Some(inner) = &kind.of_type {
            let value = self.value(owner, name, inner, inside);
            return if kind.form == "LIST" { json!([value]) } else { value };
        }
        if let Some(value) = self.named.get(name).and_then(|named| named.choose(&mut self.rng)) {
            return value.clone();
        }
        if kind.form == "INPUT_OBJECT" {
            let inputs = self.schema.get(kind.name()).inputs().to_vec();
            let mut object = serde_json::Map::new();
            for Argument { name, kind } in inputs {
                if kind.is_required() || inside == Some(&*name) || self.rng.random_bool(0.3) {
                    let value = self.value(owner, &name, &kind, None);
                    object.insert(name, value);
                }
            }
            return Value::Object(object);
        }
        let values = self.schema.get(kind.name()).values();
        match (name, kind.name()) {
            _ if !values.is_empty() => json!(values.choose(&mut self.rng).map(|value| &value.name)),
            (_, "Int" | "Float") => json!(1),
            (_, "Boolean") => json!(true),
            ("name", _) if owner == self.schema.root => json!(self.schema.any_type(&mut self.rng)),
            ("query", _) => json!(self.words.choose(&mut self.rng)),
            _ => json!(self.samples.choose(&mut self.rng).map(|sample| &sample.id)),
        }
    }

    /// A value as a document writes it: like JSON, but for the names of an enum.
    fn literal(&self, kind: &Kind, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.literal(kind, item)).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Object(object) => {
                let inputs = self.schema.get(kind.name()).inputs();
                let fields = object.iter().map(|(name, value)| {
                    let input = inputs.iter().find(|input| input.name == *name).expect("an input has its fields");
                    format!("{name}: {}", self.literal(&input.kind, value))
                });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
            }
            Value::String(name) if self.schema.get(kind.name()).kind == "ENUM" => name.clone(),
            other => other.to_string(),
        }
    }
}

/// What an argument names: itself, and the fields of an input.
fn names(argument: &str, value: &Value) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten().map(|(field, _)| format!("{argument}.{field}"));
    fields.chain([argument.to_owned()]).collect()
}

impl Operation {
    /// Declares a variable and returns how it is written.
    fn variable(&mut self, kind: &str, value: Option<&str>) -> String {
        let name = format!("v{}", self.declared.len());
        self.declared.push(format!("${name}: {kind}"));
        self.values.extend(value.map(|value| format!("\"{name}\":{value}")));
        format!("${name}")
    }
}
