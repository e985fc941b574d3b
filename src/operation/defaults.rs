//! The default values of variables.

use async_graphql::Variables;
use async_graphql::parser::types::OperationDefinition;

/// Gives the variables that the request leaves out their defaults
/// (<https://spec.graphql.org/October2021/#sec-Coercing-Variable-Values>). The library does so for
/// arguments only: `@include(if: $more)` would take `$more: Boolean = true` for false.
pub(super) fn fill(variables: &mut Variables, operation: &OperationDefinition) {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        if let Some(default) = &definition.default_value
            && !variables.contains_key(&definition.name.node)
        {
            variables.insert(definition.name.node.clone(), default.node.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_left_out_gets_its_default() {
        let text = "query($a: Int = 1, $b: Int = 2, $c: [Boolean!]! = [true], $d: Int) { __typename }";
        let document = async_graphql::parser::parse_query(text).unwrap_or_else(|error| unreachable!("{error}"));
        let mut variables = Variables::from_json(serde_json::json!({"b": null}));
        for (_, operation) in document.operations.iter() {
            fill(&mut variables, &operation.node);
        }
        let filled = serde_json::to_value(&variables).unwrap_or_default();
        assert_eq!(filled, serde_json::json!({"a": 1, "b": null, "c": [true]}));
    }
}
