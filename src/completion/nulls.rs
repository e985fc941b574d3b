//! Null where a field failed.
//!
//! The library leaves a failed field out of its object. The specification asks for null in its place,
//! or, where null is not allowed, in the nearest place above where it is
//! (<https://spec.graphql.org/October2021/#sec-Handling-Field-Errors>). Typed clients rely on it.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Name, PathSegment, ServerError, Value};

/// Puts null into `data` for every one of `errors` that has a path.
pub(super) fn fill(
    data: &mut Value,
    errors: &[ServerError],
    selection: &SelectionSet,
    root: &str,
    document: &ExecutableDocument,
    registry: &Registry,
) {
    let mut filled: Vec<&[PathSegment]> = Vec::new();
    for path in errors.iter().map(|error| error.path.as_slice()).filter(|path| !path.is_empty()) {
        if filled.iter().any(|above| path.starts_with(above)) {
            continue;
        }
        let Some(nullable) = nullable_along(path, selection, root, document, registry) else { continue };
        let Some(last) = nullable.iter().rposition(|nullable| *nullable) else {
            *data = Value::Null;
            return;
        };
        put_null(data, &path[..=last]);
        filled.push(&path[..=last]);
    }
}

/// Whether null is allowed at each segment of a path.
fn nullable_along<'d>(
    path: &[PathSegment],
    selection: &'d SelectionSet,
    root: &'d str,
    document: &'d ExecutableDocument,
    registry: &'d Registry,
) -> Option<Vec<bool>> {
    let mut nullable = Vec::new();
    let mut selections = vec![selection];
    let mut kind = root;
    for segment in path {
        kind = match segment {
            PathSegment::Field(key) => {
                let mut fields = Vec::new();
                for selection in &selections {
                    named(key, selection, innermost(kind), document, &mut fields);
                }
                selections = fields.iter().map(|(_, field)| &field.selection_set.node).collect();
                let declared = |(on, field): &(&str, &Field)| -> Option<&'d str> {
                    registry.types.get(*on)?.fields()?.get(field.name.node.as_str()).map(|field| field.ty.as_str())
                };
                fields.iter().find_map(declared)?
            }
            PathSegment::Index(_) => kind.trim_end_matches('!').strip_prefix('[')?.strip_suffix(']')?,
        };
        nullable.push(!kind.ends_with('!'));
    }
    Some(nullable)
}

/// The name within the brackets and marks of a type: `Episode` of `[Episode!]!`.
fn innermost(kind: &str) -> &str {
    kind.trim_matches(['[', ']', '!'])
}

/// The fields that answer under `key`, each with the type that it is selected on.
fn named<'d>(
    key: &str,
    selection: &'d SelectionSet,
    on: &'d str,
    document: &'d ExecutableDocument,
    fields: &mut Vec<(&'d str, &'d Field)>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) if field.node.response_key().node == key => fields.push((on, &field.node)),
            Selection::Field(_) => {}
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map_or(on, |condition| &condition.node.on.node);
                named(key, &fragment.node.selection_set.node, on, document, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let on = &fragment.node.type_condition.node.on.node;
                    named(key, &fragment.node.selection_set.node, on, document, fields);
                }
            }
        }
    }
}

/// Makes the value at `path` null.
fn put_null(value: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else {
        *value = Value::Null;
        return;
    };
    match segment {
        PathSegment::Field(key) => {
            // An object of which every field failed has been left out itself.
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(fields) = value {
                put_null(fields.entry(Name::new(key)).or_insert(Value::Null), rest);
            }
        }
        PathSegment::Index(index) => {
            if let Value::List(items) = value
                && let Some(item) = items.get_mut(*index)
            {
                put_null(item, rest);
            }
        }
    }
}
