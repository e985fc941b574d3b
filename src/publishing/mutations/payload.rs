use async_graphql::SimpleObject;

use crate::error::Result;
use crate::graph::GraphError;
use crate::mutation::{Outcome, Refused, UserError, UserErrors, told};
use crate::publishing::document::{FieldChange, PageDocument};
use crate::publishing::page::Page;
use crate::publishing::store::{Edited, LockedPage};
use crate::publishing::{no_page, queries};
use crate::scope::{Editor, TenantScope};

/// The answer to a change of a page.
#[derive(SimpleObject)]
pub(crate) struct EditPagePayload {
    /// The page, as it is now.
    page: Option<Page>,
    /// Both sides, if somebody has changed the page meanwhile.
    conflict: Option<EditConflict>,
    /// What has to be mended; empty if it was done.
    user_errors: Vec<UserError>,
    /// The `clientMutationId` of the input.
    client_mutation_id: Option<String>,
}

/// Two have changed one page.
#[derive(SimpleObject)]
pub(crate) struct EditConflict {
    /// The version that the page has now.
    version: i32,
    /// What your change would make of the page as it is now, field by field.
    yours: Vec<FieldChange>,
    /// What is different in the page as it is now from what viewers see, field by field.
    theirs: Vec<FieldChange>,
}

impl EditConflict {
    pub(super) fn new(page: &LockedPage, wanted: &PageDocument) -> Self {
        let current = page.current();
        Self {
            version: page.version,
            yours: PageDocument::changes(Some(&current), Some(wanted)),
            theirs: PageDocument::changes(page.live.as_ref(), Some(&current)),
        }
    }
}

/// Why an edit was not done.
pub(super) enum NotEdited {
    /// Two have changed the page.
    Conflict(Box<EditConflict>),
    /// As everywhere.
    Refused(Refused),
}

impl<E: Into<Refused>> From<E> for NotEdited {
    fn from(refused: E) -> Self {
        Self::Refused(refused.into())
    }
}

impl EditPagePayload {
    pub(super) fn of(outcome: Result<Page, NotEdited>, client_mutation_id: Option<String>) -> Result<Self> {
        let (outcome, conflict): (Outcome<Page>, _) = match outcome {
            Ok(page) => (Ok(page), None),
            Err(NotEdited::Refused(refused)) => (Err(refused), None),
            Err(NotEdited::Conflict(conflict)) => {
                (Err(UserError::stale("it", conflict.version).into()), Some(*conflict))
            }
        };
        let (page, user_errors): (_, UserErrors) = told(outcome)?;
        Ok(Self { page, conflict, user_errors, client_mutation_id })
    }
}

/// The page that came of an edit; `wanted` says what the edit would make of a page that somebody else has changed.
pub(super) async fn edited(
    scope: &TenantScope<Editor>,
    outcome: Result<Edited, GraphError>,
    wanted: impl Fn(&LockedPage) -> PageDocument,
) -> Result<Page, NotEdited> {
    match outcome.map_err(crate::error::Error::from)? {
        Edited::Done(id) => Ok(queries::page(scope, id).await?.ok_or_else(no_page)?),
        Edited::NotFound => Err(no_page().into()),
        Edited::Stale(page) => {
            let wanted = wanted(&page);
            Err(NotEdited::Conflict(Box::new(EditConflict::new(&page, &wanted))))
        }
        Edited::Refused(errors) => Err(NotEdited::Refused(Refused::User(errors))),
    }
}
