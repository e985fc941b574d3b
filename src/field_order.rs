//! Fields in the order of the query.
//!
//! The GraphQL library collects the fields of an object as they finish, so an answer would begin with
//! whatever was quick. The specification asks for the order of the document
//! (<https://spec.graphql.org/October2021/#sec-Serialized-Map-Ordering>), and people read answers beside
//! their queries.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Response, ServerResult, Value, Variables};

/// The extension of the schema that restores the order.
pub(crate) struct FieldOrder;

impl ExtensionFactory for FieldOrder {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Ordering::default())
    }
}

/// The document of one request.
#[derive(Default)]
struct Ordering {
    document: Mutex<Option<Arc<ExecutableDocument>>>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Ordering {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        *self.document.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(document.clone()));
        Ok(document)
    }

    async fn execute(&self, ctx: &ExtensionContext<'_>, operation: Option<&str>, next: NextExecute<'_>) -> Response {
        let mut response = next.run(ctx, operation).await;
        let document = self.document.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(document) = document {
            let selection = match &document.operations {
                DocumentOperations::Single(only) => Some(&only.node.selection_set.node),
                DocumentOperations::Multiple(all) => {
                    operation.and_then(|name| all.get(name)).map(|chosen| &chosen.node.selection_set.node)
                }
            };
            if let Some(selection) = selection {
                restore(vec![&mut response.data], &[selection], &document);
            }
        }
        response
    }
}

/// Orders objects that were all selected by the same `selections`, and everything below them.
fn restore(values: Vec<&mut Value>, selections: &[&SelectionSet], document: &ExecutableDocument) {
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
        // A key that the document does not name cannot be; it would go to the end.
        object.sort_by_cached_key(|name, _| fields.get_index_of(name).unwrap_or(usize::MAX));
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};

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
    }

    #[tokio::test]
    async fn an_answer_has_the_order_of_its_query() {
        let schema = Schema::build(Item, EmptyMutation, EmptySubscription).extension(FieldOrder).finish();
        let query =
            "query Other { quick } query This { items { ...both again: quick } slow a: quick ... { b: slow c: quick } }
            fragment both on Item { slow quick items { ...more } } fragment more on Item { slow quick }";
        let response = schema.execute(async_graphql::Request::new(query).operation_name("This")).await;
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        let item = r#"{"slow":2,"quick":1,"items":[{"slow":2,"quick":1},{"slow":2,"quick":1}],"again":1}"#;
        let expected = format!(r#"{{"items":[{item},{item}],"slow":2,"a":1,"b":2,"c":1}}"#);
        assert_eq!(serde_json::to_string(&response.data).unwrap_or_default(), expected);
    }
}
