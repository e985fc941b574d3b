use neo4rs::BoltType;
use serde::Deserialize;

use super::pages::editors;
use crate::catalog::{Person, Tag};
use crate::cypher;
use crate::events::NewEvent;
use crate::graph::GraphError;
use crate::id::{PersonId, TagId};
use crate::scope::{Editor, TenantScope};

/// What came of a word that was to be added to the vocabulary.
pub(in crate::publishing) enum Added<T> {
    /// It is there.
    Done(T),
    /// The tenant has added too many.
    Full,
    /// The viewer may not any more.
    NotAllowed,
}

impl<T> Added<T> {
    /// Of the rows of a statement: none when the viewer may not, an empty list when there are too many.
    fn of(rows: Vec<Vec<T>>) -> Self {
        match rows.into_iter().next().map(|mut words| words.pop()) {
            Some(Some(word)) => Self::Done(word),
            Some(None) => Self::Full,
            None => Self::NotAllowed,
        }
    }
}

/// Adds a tag, or finds the one with this slug, if the tenant has not added `most` already.
pub(in crate::publishing) async fn create_tag(
    scope: &TenantScope<Editor>,
    (id, slug, name): (TagId, &str, &str),
    most: i64,
    event: NewEvent,
) -> Result<Added<Tag>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        tags: Vec<Tag>,
    }
    let statement = cypher!("publishing/create_tag")
        .bind("id", id)
        .bind("slug", slug)
        .bind("name", name)
        .bind("maxTags", most)
        .bind("roles", editors())
        .bind("event", event);
    Ok(Added::of(scope.write::<Row>(statement).await?.into_iter().map(|row| row.tags).collect()))
}

/// Adds a person, if the tenant has not added `most` already.
pub(in crate::publishing) async fn create_person(
    scope: &TenantScope<Editor>,
    person: BoltType,
    most: i64,
    event: NewEvent,
) -> Result<Added<Person>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        people: Vec<Person>,
    }
    let statement = cypher!("publishing/create_person")
        .bind("person", person)
        .bind("maxPeople", most)
        .bind("roles", editors())
        .bind("event", event);
    Ok(Added::of(scope.write::<Row>(statement).await?.into_iter().map(|row| row.people).collect()))
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
