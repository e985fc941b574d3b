use neo4rs::BoltType;

use super::Written;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::id::{AddressId, LegalPersonId};
use crate::scope::{Scope, or_null};

/// Keeps the viewer's address, or removes it where it is null.
pub(in crate::accounts) async fn update_address(
    scope: &Scope,
    address: BoltType,
    expected_version: Option<i32>,
    event: NewEvent,
) -> Result<Option<Written>> {
    let statement = cypher!("accounts/update_address")
        .bind("id", AddressId::generate())
        .bind("address", address)
        .bind("expectedVersion", or_null(expected_version))
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}

/// Keeps who the viewer is before the law, or removes it where it is null.
pub(in crate::accounts) async fn update_legal_person(
    scope: &Scope,
    person: BoltType,
    expected_version: Option<i32>,
    event: NewEvent,
) -> Result<Option<Written>> {
    let statement = cypher!("accounts/update_legal_person")
        .bind("id", LegalPersonId::generate())
        .bind("person", person)
        .bind("expectedVersion", or_null(expected_version))
        .bind("event", event);
    Ok(scope.write(statement).await?.pop())
}
