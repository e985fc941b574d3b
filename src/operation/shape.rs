//! The shape of a document, measured without the schema and with its fragments expanded.
//!
//! A fragment is measured once and its measures are added wherever it is spread, so measuring is linear
//! in the text however often fragments spread each other.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Positioned, ServerError};

use super::{Rejection, bad_input, too_complex};
use crate::config::OperationLimits;

/// The deepest nesting of selections of any kind: fields, inline fragments and spreads. The library calls
/// itself for each, and refuses more than 32 itself.
const MAX_NESTED_SELECTIONS: u64 = 32;

/// What [`OperationLimits::max_selections`] limits, as a message says it.
const SELECTIONS: &str = "fields and fragments once they are expanded";

/// What a selection comes to, once its fragments are expanded.
#[derive(Debug, Default, Clone, Copy)]
struct Size {
    /// Fields and fragments, each as often as it is reached.
    selections: u64,
    /// Nested fields.
    depth: u64,
    /// Nested fields below `__schema` and `__type`.
    introspection_depth: u64,
    /// Fields of the first level.
    roots: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.roots = self.roots.saturating_add(other.roots);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
    }

    /// A field with this selection below it.
    fn below_field(self, introspection: bool) -> Self {
        let depth = self.depth + 1;
        Self {
            selections: self.selections.saturating_add(1),
            depth: if introspection { 0 } else { depth },
            introspection_depth: if introspection { depth } else { self.introspection_depth },
            roots: 1,
        }
    }

    fn below_fragment(self) -> Self {
        Self { selections: self.selections.saturating_add(1), ..self }
    }
}

enum Fragment {
    /// It is being measured: to meet it again means that it spreads itself.
    Open,
    Measured(Size),
}

struct Measuring<'d> {
    document: &'d ExecutableDocument,
    fragments: HashMap<&'d Name, Fragment>,
    /// How deep it is in selections at this moment.
    open: u64,
    aliases: u64,
    directives: u64,
    introspects: bool,
}

/// Refuses a document beyond the limits; says whether it asks for the schema.
pub(super) fn check(document: &ExecutableDocument, limits: &OperationLimits) -> Result<bool, Rejection> {
    let mut measuring =
        Measuring { document, fragments: HashMap::new(), open: 0, aliases: 0, directives: 0, introspects: false };
    let mut selections = 0_u64;
    let within = |what: &str, measured: u64, limit: u64| {
        if measured <= limit {
            return Ok(());
        }
        Err(Rejection::from(too_complex(format!("the document has {measured} {what}, and {limit} are allowed"))))
    };
    // All of them, because all of them are validated.
    for name in document.fragments.keys() {
        let size = measuring.fragment(name)?;
        within(SELECTIONS, size.selections, limits.max_selections)?;
    }
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        measuring.directives(&operation.directives);
        operation.variable_definitions.iter().for_each(|variable| measuring.directives(&variable.node.directives));
        let size = measuring.selection(&operation.selection_set.node)?;
        within("fields at its root", size.roots, limits.max_root_fields)?;
        within("nested fields", size.depth, limits.max_depth)?;
        within("nested fields of introspection", size.introspection_depth, limits.max_introspection_depth)?;
        selections = selections.saturating_add(size.selections);
    }
    within(SELECTIONS, selections, limits.max_selections)?;
    within("aliases", measuring.aliases, limits.max_aliases)?;
    within("directives", measuring.directives, limits.max_directives)?;
    Ok(measuring.introspects)
}

impl<'d> Measuring<'d> {
    fn selection(&mut self, selection: &'d SelectionSet) -> Result<Size, Rejection> {
        // Checked on the way down, because this calls itself, too.
        if self.open > MAX_NESTED_SELECTIONS {
            let message = format!("the document nests more than {MAX_NESTED_SELECTIONS} selections");
            return Err(too_complex(message).into());
        }
        self.open += 1;
        let mut size = Size::default();
        for item in &selection.items {
            let part = match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    self.aliases += u64::from(field.alias.is_some());
                    self.directives(&field.directives);
                    let introspection = matches!(field.name.node.as_str(), "__schema" | "__type");
                    self.introspects |= introspection;
                    self.selection(&field.selection_set.node)?.below_field(introspection)
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives);
                    self.selection(&fragment.node.selection_set.node)?.below_fragment()
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    self.fragment(&spread.node.fragment_name.node)?.below_fragment()
                }
            };
            size.add(part);
        }
        self.open -= 1;
        Ok(size)
    }

    fn fragment(&mut self, name: &Name) -> Result<Size, Rejection> {
        // A fragment that is not defined is left to validation, which says so best.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return Ok(Size::default()) };
        match self.fragments.get(name) {
            Some(Fragment::Measured(size)) => return Ok(*size),
            Some(Fragment::Open) => return Err(cycle(name, fragment).into()),
            None => {}
        }
        self.fragments.insert(name, Fragment::Open);
        self.directives(&fragment.node.directives);
        let size = self.selection(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Fragment::Measured(size));
        Ok(size)
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.directives = self.directives.saturating_add(u64::try_from(directives.len()).unwrap_or(u64::MAX));
    }
}

/// <https://spec.graphql.org/October2021/#sec-Fragment-spreads-must-not-form-cycles>
fn cycle<T>(name: &Name, fragment: &Positioned<T>) -> ServerError {
    let shown: String = name.chars().take(super::MAX_SHOWN_NAME).collect();
    let error = bad_input(format!("the fragment {shown:?} spreads itself"));
    ServerError { locations: vec![fragment.pos], ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: OperationLimits = OperationLimits {
        max_document_bytes: 100_000,
        max_tokens: 5_000,
        max_variable_values: 100,
        max_depth: 5,
        max_introspection_depth: 8,
        max_selections: 1_000,
        max_aliases: 3,
        max_root_fields: 4,
        max_directives: 3,
        max_complexity: 1_000,
    };

    fn checked(text: &str) -> Result<bool, String> {
        let document = async_graphql::parser::parse_query(text).map_err(|error| error.to_string())?;
        check(&document, &LIMITS).map_err(|error| error.message)
    }

    fn nested(levels: usize) -> String {
        format!("{}a{}", "a {".repeat(levels - 1), "}".repeat(levels - 1))
    }

    #[test]
    fn each_limit_holds_and_names_itself() {
        let cases = [
            (format!("{{ {} }}", nested(5)), None),
            (format!("{{ {} }}", nested(6)), Some("6 nested fields")),
            (format!("{{ ...F }} fragment F on Q {{ {} }}", nested(6)), Some("6 nested fields")),
            (format!("{{ __schema {{ {} }} }}", nested(7)), None),
            (format!("{{ __schema {{ {} }} }}", nested(8)), Some("9 nested fields of introspection")),
            ("{ a b c d }".to_owned(), None),
            ("{ a b ...F } fragment F on Q { c d e }".to_owned(), Some("5 fields at its root")),
            ("{ x: a y: b ...F } fragment F on Q { z: c }".to_owned(), None),
            ("{ x: a y: b ...F } fragment F on Q { z: c { w: d } }".to_owned(), Some("4 aliases")),
            ("{ a @d @d ... @d { b @d } }".to_owned(), Some("4 directives")),
            (format!("{{ {}a{} }}", "... {".repeat(40), "}".repeat(40)), Some("more than 32 selections")),
        ];
        for (text, expected) in cases {
            match (checked(&text), expected) {
                (Ok(_), None) => {}
                (Err(message), Some(part)) => assert!(message.contains(part), "{text}: {message}"),
                (outcome, _) => assert!(outcome.is_err() && expected.is_some(), "{text}: {outcome:?}"),
            }
        }
    }

    #[test]
    fn fragments_that_lead_nowhere_are_counted_too() {
        let mut text = "{ ...F0 }".to_owned();
        for level in 0..20 {
            text.extend([format!(" fragment F{level} on Q {{ ...F{0} ...F{0} }}", level + 1)]);
        }
        assert!(checked(&text).is_err());
    }

    #[test]
    fn fragments_that_double_are_measured_and_not_followed() {
        let doubling = |levels: usize| {
            let mut text = "{ ...F0 }".to_owned();
            for level in 0..levels {
                text.extend([format!(" fragment F{level} on Q {{ ...F{0} ...F{0} }}", level + 1)]);
            }
            text + &format!(" fragment F{levels} on Q {{ a }}")
        };
        assert_eq!(checked(&doubling(2)), Ok(false));
        for levels in [10, 30, 64, 500] {
            assert!(checked(&doubling(levels)).is_err(), "{levels} levels");
        }
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        for text in [
            "{ ...A } fragment A on Q { ...A }",
            "{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ...A }",
            "{ a } fragment A on Q { ...B } fragment B on Q { ...A }",
        ] {
            assert!(checked(text).is_err_and(|message| message.contains("spreads itself")), "{text}");
        }
        assert_eq!(checked("{ ...Nowhere }"), Ok(false));
        assert_eq!(checked("{ __type(name: \"Q\") { name } }"), Ok(true));
    }
}
