//! Fields in the order of the query.
//!
//! The library collects the fields of an object as they finish, so an answer would begin with whatever
//! was quick. The specification asks for the order of the document
//! (<https://spec.graphql.org/October2021/#sec-Serialized-Map-Ordering>), and people read answers beside
//! their queries.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

/// Orders objects that were all selected by the same `selections`, and everything below them.
pub(super) fn restore(values: Vec<&mut Value>, selections: &[&SelectionSet], document: &ExecutableDocument) {
    let mut objects = Vec::new();
    for value in values {
        collect_objects(value, &mut objects);
    }
    if objects.is_empty() || selections.is_empty() {
        return;
    }
    let mut fields = IndexMap::new();
    let mut visited = HashSet::new();
    for selection in selections {
        collect_fields(selection, document, &mut visited, &mut fields);
    }
    for object in &mut objects {
        // A key that the document does not name was added by `presence`; it goes to the end, and out.
        object.sort_by_cached_key(|name, _| fields.get_index_of(name).unwrap_or(usize::MAX));
        while object.last().is_some_and(|(name, _)| !fields.contains_key(name)) {
            object.pop();
        }
    }
    // One key at a time for all objects, so that each selection is looked at once and not for each item.
    let mut below: IndexMap<&Name, Vec<&mut Value>> = IndexMap::new();
    for object in objects {
        for (name, value) in object.iter_mut() {
            below.entry(name).or_default().push(value);
        }
    }
    for (name, values) in below {
        if let Some(selections) = fields.get(name) {
            restore(values, selections, document);
        }
    }
}

fn collect_objects<'v>(value: &'v mut Value, objects: &mut Vec<&'v mut IndexMap<Name, Value>>) {
    match value {
        Value::Object(object) => objects.push(object),
        Value::List(items) => items.iter_mut().for_each(|item| collect_objects(item, objects)),
        _ => {}
    }
}

/// The answer's keys in the order of the document, each with the selections below it. A fragment is
/// entered once: a second time it names no new key.
fn collect_fields<'d>(
    selection: &'d SelectionSet,
    document: &'d ExecutableDocument,
    visited: &mut HashSet<&'d Name>,
    fields: &mut IndexMap<&'d Name, Vec<&'d SelectionSet>>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => {
                let below: &mut Vec<_> = fields.entry(&field.node.response_key().node).or_default();
                below.push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(fragment) => {
                collect_fields(&fragment.node.selection_set.node, document, visited, fields);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name).filter(|_| visited.insert(name)) {
                    collect_fields(&fragment.node.selection_set.node, document, visited, fields);
                }
            }
        }
    }
}
