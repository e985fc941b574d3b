//! Objects without a field.
//!
//! The library answers null for an object of which nothing was selected: every field was skipped, or no
//! fragment fits its type. Yet `{ node(id: $episode) { ... on Tag { name } } }` asks whether the episode
//! is there, and `{}` is the answer (<https://spec.graphql.org/October2021/#sec-Executing-Selection-Sets>);
//! null would say that it is not, and in the middle of a list that it cannot be.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};

/// The alias of the field that is added. The document does not name it, so it is left out of the answer.
const ADDED: &str = "__present";

/// The document, with a field that is always there in each selection that may come to nothing.
pub(crate) fn ensure(mut document: ExecutableDocument) -> ExecutableDocument {
    let ensure_root = |operation: &mut Positioned<OperationDefinition>| match operation.node.ty {
        // A subscription has one field at its root, and no more.
        OperationType::Subscription => ensure_below(&mut operation.node.selection_set.node),
        OperationType::Query | OperationType::Mutation => ensure_in(&mut operation.node.selection_set.node),
    };
    match &mut document.operations {
        DocumentOperations::Single(only) => ensure_root(only),
        DocumentOperations::Multiple(all) => all.values_mut().for_each(ensure_root),
    }
    // The fields of a fragment belong to the selection that spreads it, which is seen to.
    document.fragments.values_mut().for_each(|fragment| ensure_below(&mut fragment.node.selection_set.node));
    document
}

fn ensure_in(selection: &mut SelectionSet) {
    let is_certain = |item: &Positioned<Selection>| match &item.node {
        Selection::Field(field) => field.node.directives.is_empty(),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    };
    ensure_below(selection);
    // An empty selection is that of a scalar.
    if !selection.items.is_empty() && !selection.items.iter().any(is_certain) {
        let at = |name| Positioned::new(Name::new(name), Pos::default());
        let field = Field {
            alias: Some(at(ADDED)),
            name: at("__typename"),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::default(),
        };
        selection.items.push(Positioned::new(Selection::Field(Positioned::new(field, Pos::default())), Pos::default()));
    }
}

fn ensure_below(selection: &mut SelectionSet) {
    for item in &mut selection.items {
        match &mut item.node {
            Selection::Field(field) => ensure_in(&mut field.node.selection_set.node),
            Selection::InlineFragment(fragment) => ensure_below(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
