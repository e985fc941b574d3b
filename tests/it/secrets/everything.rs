//! Queries for everything that leads from somebody, drawn from the schema.

use super::Holder;
use crate::fuzz::schema::{Field, Schema};

/// How many levels below the root are asked for; lists take two or three of them.
const DEPTH: u32 = 9;

/// The roots that lead to people and what is theirs, with their arguments.
const ROOTS: [(&str, &str); 13] = [
    ("viewer", ""),
    ("user", "(handle: \"HANDLE\")"),
    ("node", "(id: \"USER\")"),
    ("node", "(id: \"TENANT\")"),
    ("nodes", "(ids: [\"USER\", \"TENANT\"])"),
    ("tenant", "(id: \"TENANT\")"),
    ("administration", "(tenantId: \"TENANT\")"),
    ("auditEvents", "(tenantId: \"TENANT\", first: 100)"),
    ("platformEvents", "(tenantId: \"TENANT\", first: 100)"),
    ("platformEvents", "(filter: {actorId: \"USER\"}, first: 100)"),
    ("platformEvents", "(filter: {subjectId: \"USER\"}, first: 100)"),
    ("failedFunctions", "(first: 100)"),
    ("tenantStanding", "(slug: \"SLUG\")"),
];

/// What begins so belongs to the catalogue, in which nobody keeps a secret; it leads to itself in too many ways.
const CATALOGUE: [&str; 7] = ["Content", "Credit", "Episode", "Franchise", "Person", "Series", "Tag"];

fn is_catalogue(kind: &str) -> bool {
    CATALOGUE.iter().any(|name| kind.starts_with(name))
}

/// The documents, with words in place of the ids.
pub(super) struct Everything(Vec<String>);

impl Everything {
    pub(super) fn of(schema: &Schema) -> Self {
        let root = schema.get(&schema.root);
        let query = |(name, arguments): &(&str, &str)| {
            let field = root.fields().iter().find(|field| field.name == *name);
            let field = field.unwrap_or_else(|| panic!("there is no {name}"));
            format!("{{ {name}{arguments} {} }}", selection(schema, field, DEPTH, &[]))
        };
        Self(ROOTS.iter().map(query).collect())
    }

    pub(super) fn queries(&self, holder: &Holder) -> Vec<String> {
        let aim = |query: &String| {
            let query =
                query.replace("HANDLE", &holder.ada.handle).replace("\"USER\"", &format!("{:?}", holder.ada.id));
            query.replace("\"TENANT\"", &format!("{:?}", holder.tenant)).replace("SLUG", &holder.slug)
        };
        self.0.iter().map(aim).collect()
    }
}

/// What is selected below a field: everything that needs no argument, and of no type within itself.
fn selection(schema: &Schema, field: &Field, depth: u32, above: &[&str]) -> String {
    let kind = schema.get(field.kind.name());
    if !kind.is_composite() {
        return String::new();
    }
    let mut parts = vec!["__typename".to_owned()];
    parts.extend(fields(schema, &kind.name, depth, &[above, &[kind.name.as_str()]].concat()));
    let possible = kind.possible().iter().filter(|kind| !is_catalogue(&kind.name));
    for possible in possible.filter(|kind| !above.contains(&kind.name.as_str())) {
        let within = [above, &[kind.name.as_str(), possible.name.as_str()]].concat();
        let within = fields(schema, &possible.name, depth, &within).join(" ");
        if !within.is_empty() {
            parts.push(format!("... on {} {{ {within} }}", possible.name));
        }
    }
    format!("{{ {} }}", parts.join(" "))
}

fn fields(schema: &Schema, kind: &str, depth: u32, above: &[&str]) -> Vec<String> {
    let asked = schema.get(kind).fields().iter().filter(|field| {
        let is_near = depth > 0 || !schema.get(field.kind.name()).is_composite();
        // The nodes of the edges are the nodes.
        let is_other = field.name != "nodes" && !above.contains(&field.kind.name());
        is_near
            && is_other
            && !is_catalogue(field.kind.name())
            && !field.args.iter().any(|argument| argument.kind.is_required())
    });
    // What is one of several things has fields of the same name and of other types.
    let ask = |field: &Field| {
        format!("{kind}_{0}: {0} {1}", field.name, selection(schema, field, depth.saturating_sub(1), above))
    };
    asked.map(ask).collect()
}
