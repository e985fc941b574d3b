use neo4rs::BoltType;
use serde::Deserialize;

use super::pages::editors;
use crate::catalog::{Person, Tag};
use crate::cypher;
use crate::events::NewEvent;
use crate::graph::GraphError;
use crate::id::{PersonId, TagId};
use crate::scope::{Editor, TenantScope};

/// Adds a tag, or finds the one with this slug; `None` when the viewer may not any more.
pub(in crate::publishing) async fn create_tag(
    scope: &TenantScope<Editor>,
    (id, slug, name): (TagId, &str, &str),
    event: NewEvent,
) -> Result<Option<Tag>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        tag: Tag,
    }
    let statement = cypher!("publishing/create_tag")
        .bind("id", id)
        .bind("slug", slug)
        .bind("name", name)
        .bind("roles", editors())
        .bind("event", event);
    Ok(scope.write::<Row>(statement).await?.pop().map(|row| row.tag))
}

/// Adds a person; `None` when the viewer may not any more.
pub(in crate::publishing) async fn create_person(
    scope: &TenantScope<Editor>,
    person: BoltType,
    event: NewEvent,
) -> Result<Option<Person>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        person: Person,
    }
    let statement = cypher!("publishing/create_person").bind("person", person).bind("roles", editors());
    Ok(scope.write::<Row>(statement.bind("event", event)).await?.pop().map(|row| row.person))
}

/// What shall be different about a person.
pub(in crate::publishing) struct PersonChange {
    pub(in crate::publishing) id: PersonId,
    pub(in crate::publishing) expected_version: i32,
    pub(in crate::publishing) changes: BoltType,
    pub(in crate::publishing) event: NewEvent,
}

/// Changes what is said of a person: the person, or the version that it has meanwhile. `None` when the tenant has added no such
/// person, or the viewer may not any more.
pub(in crate::publishing) async fn update_person(
    scope: &TenantScope<Editor>,
    change: PersonChange,
) -> Result<Option<Result<Person, i32>>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        fits: bool,
        version: i32,
        person: Person,
    }
    let statement = cypher!("publishing/update_person")
        .bind("id", change.id)
        .bind("expectedVersion", i64::from(change.expected_version))
        .bind("changes", change.changes)
        .bind("roles", editors())
        .bind("event", change.event);
    let row = scope.write::<Row>(statement).await?.pop();
    Ok(row.map(|row| if row.fits { Ok(row.person) } else { Err(row.version) }))
}
