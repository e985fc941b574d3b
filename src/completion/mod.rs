//! Completes an answer as the specification says, where the GraphQL library does not: null where a
//! field failed and only there, and the fields in the order of the query.

mod nulls;
mod order;
mod presence;

use async_graphql::Response;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::registry::Registry;

pub(crate) use presence::ensure;

/// Completes the answer to the operation `name` of `document`.
pub(crate) fn complete(
    response: &mut Response,
    document: &ExecutableDocument,
    name: Option<&str>,
    registry: &Registry,
) {
    let Some(operation) = operation(document, name) else { return };
    let selection = &operation.selection_set.node;
    let root = match operation.ty {
        OperationType::Query => Some(&registry.query_type),
        OperationType::Mutation => registry.mutation_type.as_ref(),
        OperationType::Subscription => registry.subscription_type.as_ref(),
    };
    if let Some(root) = root {
        nulls::fill(&mut response.data, &response.errors, selection, root, document, registry);
    }
    order::restore(vec![&mut response.data], &[selection], document);
}

fn operation<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Option<&'d OperationDefinition> {
    match &document.operations {
        DocumentOperations::Single(only) => Some(&only.node),
        DocumentOperations::Multiple(all) => all.get(name?).map(|chosen| &chosen.node),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_graphql::{EmptyMutation, EmptySubscription, Error, Object, OutputType, Request, Result, Schema};

    use super::*;

    struct Item;

    #[Object]
    impl Item {
        async fn quick(&self) -> i32 {
            1
        }

        async fn slow(&self) -> i32 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            2
        }

        async fn items(&self) -> Vec<Item> {
            tokio::time::sleep(Duration::from_millis(20)).await;
            vec![Item, Item]
        }

        async fn maybe_items(&self) -> Vec<Option<Item>> {
            vec![Some(Item), None]
        }

        async fn maybe(&self) -> Option<Item> {
            Some(Item)
        }

        #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
        async fn may_fail(&self) -> Result<Option<i32>> {
            Err(Error::new("failed"))
        }

        #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
        async fn must_not_fail(&self) -> Result<i32> {
            Err(Error::new("failed"))
        }
    }

    async fn data(query: &str) -> String {
        let schema = Schema::new(Item, EmptyMutation, EmptySubscription);
        let Ok(document) = async_graphql::parser::parse_query(query) else { return String::new() };
        let mut request = Request::new(query).operation_name("This");
        request.set_parsed_query(ensure(document.clone()));
        let mut response = schema.execute(request).await;
        let mut registry = Registry::default();
        Item::create_type_info(&mut registry);
        registry.query_type = Item::type_name().into_owned();
        complete(&mut response, &document, Some("This"), &registry);
        serde_json::to_string(&response.data).unwrap_or_default()
    }

    #[tokio::test]
    async fn an_answer_has_the_order_of_its_query() {
        let query =
            "query Other { quick } query This { items { ...both again: quick } slow a: quick ... { b: slow c: quick } }
            fragment both on Item { slow quick items { ...more } } fragment more on Item { slow quick }";
        let item = r#"{"slow":2,"quick":1,"items":[{"slow":2,"quick":1},{"slow":2,"quick":1}],"again":1}"#;
        assert_eq!(data(query).await, format!(r#"{{"items":[{item},{item}],"slow":2,"a":1,"b":2,"c":1}}"#));
    }

    #[tokio::test]
    async fn an_object_without_fields_is_empty_and_not_null() {
        let cases = [
            ("quick @skip(if: true)", "{}"),
            ("...f @include(if: false)", "{}"),
            ("maybe { quick @skip(if: true) }", r#"{"maybe":{}}"#),
            ("maybe { ... on Item @skip(if: true) { quick } ...f @skip(if: true) }", r#"{"maybe":{}}"#),
            ("maybeItems { slow @skip(if: true) ...f @skip(if: true) } quick", r#"{"maybeItems":[{},null],"quick":1}"#),
            ("... { maybe { ... { quick @include(if: false) } } }", r#"{"maybe":{}}"#),
            ("maybe { mayFail @include(if: true) }", r#"{"maybe":{"mayFail":null}}"#),
            ("maybe { __typename ...f @skip(if: true) }", r#"{"maybe":{"__typename":"Item"}}"#),
        ];
        for (fields, expected) in cases {
            let query = format!("query This {{ {fields} }} query Other {{ ...f }} fragment f on Item {{ quick }}");
            assert_eq!(data(&query).await, expected, "{fields}");
        }
    }

    #[tokio::test]
    async fn a_failed_field_is_null_or_makes_null_what_holds_it() {
        let cases = [
            ("mayFail", r#"{"mayFail":null}"#),
            ("slow a: mayFail quick", r#"{"slow":2,"a":null,"quick":1}"#),
            ("quick mustNotFail", "null"),
            ("quick items { quick mustNotFail }", "null"),
            ("quick maybe { quick mustNotFail mayFail }", r#"{"quick":1,"maybe":null}"#),
            ("maybe { maybe { items { ... { mustNotFail } } } quick }", r#"{"maybe":{"maybe":null,"quick":1}}"#),
            ("maybeItems { ...f } quick", r#"{"maybeItems":[null,null],"quick":1}"#),
            ("maybe { mayFail b: mayFail }", r#"{"maybe":{"mayFail":null,"b":null}}"#),
            ("items { a: mayFail }", r#"{"items":[{"a":null},{"a":null}]}"#),
        ];
        for (fields, expected) in cases {
            let fragment = "fragment f on Item { quick items { maybeItems { quick } mustNotFail } }";
            let query = format!("query This {{ {fields} }} query Other {{ ...f }} {fragment}");
            assert_eq!(data(&query).await, expected, "{fields}");
        }
    }
}
