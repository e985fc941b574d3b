use neo4rs::BoltType;
use serde::Deserialize;

use crate::cypher;
use crate::events::NewEvent;
use crate::graph::GraphError;
use crate::scope::{Scope, or_null};

/// What came of an edit.
#[derive(Deserialize)]
pub(in crate::accounts) struct Written {
    /// Whether the version was the expected one; nothing is changed otherwise.
    pub(in crate::accounts) fresh: bool,
    /// The version of now.
    pub(in crate::accounts) version: i64,
}

/// Changes properties of the viewer; null removes one. No row means that the account is gone.
pub(in crate::accounts) async fn update_profile(
    scope: &Scope,
    changes: BoltType,
    expected_version: Option<i32>,
    event: NewEvent,
) -> Result<Option<Written>, GraphError> {
    let statement = cypher!("accounts/update_profile")
        .bind("changes", changes)
        .bind("expectedVersion", or_null(expected_version))
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}
