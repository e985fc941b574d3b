//! The fields at the root of an operation, wherever they stand: in it, or in its fragments.

use std::collections::BTreeSet;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};

use super::Operation;

impl Operation {
    /// The names of the fields at the root, those that a directive may skip included.
    #[must_use]
    pub fn root_fields(&self) -> BTreeSet<&str> {
        let operation = match (&self.document.operations, &self.name) {
            (DocumentOperations::Single(only), _) => Some(only),
            (DocumentOperations::Multiple(all), Some(name)) => all.get(name.as_str()),
            (DocumentOperations::Multiple(_), None) => None,
        };
        let (mut fields, mut spread) = (BTreeSet::new(), BTreeSet::new());
        if let Some(operation) = operation {
            collect(&self.document, &operation.node.selection_set.node, &mut fields, &mut spread);
        }
        fields
    }
}

/// Each fragment is followed once; how deep selections nest has been limited before.
fn collect<'d>(
    document: &'d ExecutableDocument,
    selection: &'d SelectionSet,
    fields: &mut BTreeSet<&'d str>,
    spread: &mut BTreeSet<&'d str>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => {
                fields.insert(field.node.name.node.as_str());
            }
            Selection::InlineFragment(fragment) => {
                collect(document, &fragment.node.selection_set.node, fields, spread);
            }
            Selection::FragmentSpread(fragment) => {
                let name = &fragment.node.fragment_name.node;
                if let (true, Some(fragment)) = (spread.insert(name.as_str()), document.fragments.get(name)) {
                    collect(document, &fragment.node.selection_set.node, fields, spread);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use clap::{Args, Command, FromArgMatches};

    use super::*;
    use crate::config::OperationLimits;
    use crate::operation::Prices;
    use crate::schema::{Mutation, Query};

    #[test]
    fn every_field_at_the_root_is_found() {
        let command = OperationLimits::augment_args(Command::new("seeka"));
        let limits = OperationLimits::from_arg_matches(&command.get_matches_from(["seeka"]));
        let Ok(limits) = limits else { return assert!(limits.is_ok()) };
        let prices = Prices::of::<Query, Mutation>();
        let cases: [(&str, Option<&str>, &[&str]); 5] = [
            ("{ a b: c { d } }", None, &["a", "c"]),
            ("mutation { login: createAccessToken }", None, &["createAccessToken"]),
            (
                "{ ...F a @skip(if: true) } fragment F on Query { ... { b } ...G } fragment G on Query { c }",
                None,
                &["a", "b", "c"],
            ),
            ("query A { a } mutation B { ...F ...F } fragment F on Mutation { b }", Some("B"), &["b"]),
            ("query A { a ...Nowhere }", None, &["a"]),
        ];
        for (text, name, expected) in cases {
            let prepared = Operation::prepare(text, name, &mut Variables::default(), &prices, &limits);
            let Ok(operation) = prepared else { return assert!(prepared.is_ok(), "{text}") };
            assert_eq!(operation.root_fields().into_iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
