//! Publishing: the creators' desk. Franchises, series and episodes are pages that are edited in drafts and pushed to
//! production together.
//!
//! What viewers see are the properties and relationships of a page's own node, so that reading costs nothing more. An edit
//! writes `(page)-[:DRAFT]->(:Revision)` and nothing else; a [`Release`] copies drafts onto their nodes in one
//! transaction, and keeps what was there, so that it can be undone. A page that was never published has no
//! `publishedAt`, which every statement of viewers asks for. Slugs that a page has are nodes of their own, so that an
//! old address still leads to it.

pub(crate) mod bounds;
mod bulk;
mod changeover;
mod document;
mod fields;
mod import;
mod limits;
mod mutations;
mod page;
mod plan;
mod preview;
mod queries;
mod references;
mod release;
mod revision;
mod schedule;
mod store;

pub use bulk::{CatalogueFormat, Catalogues, NotImported};
pub use changeover::{Changeovers, MAX_ANSWERS};
pub use document::{FieldChange, PageDocument, PageId, PageKind, PageLink};
pub use import::CatalogueImport;
pub use mutations::PublishingMutations;
pub use page::Page;
pub use preview::preview;
pub use queries::PublishingQueries;
pub use release::Release;
pub use schedule::{Schedule, publishing_schedules};

use std::time::Duration;

use crate::error::Error;
use crate::mutation::{Refused, UserError, UserErrorCode};
use crate::tenants::no_tenant;

use store::{MAX_PAGES, Released};

/// The root fields that are about a whole catalogue, and so may take longer than others.
pub const CATALOGUE_FIELDS: [&str; 7] =
    ["exportCatalog", "importCatalog", "publish", "publishPreflight", "revertRelease", "schedulePublish", "unpublish"];

/// When to try again what took too long.
const CHANGEOVER_RETRY: Duration = Duration::from_secs(1);

/// What everybody reads who names a page that is not there, or that they may not see.
fn no_page() -> Error {
    Error::NotFound("there is no such page".to_owned())
}

/// Why there is no release, for whoever has only asked what would come of one.
fn not_released(reason: &Released) -> Error {
    match refusal(reason) {
        Refused::Request(error) => error,
        Refused::User(errors) => {
            let texts: Vec<_> = errors.into_iter().map(|error| error.message).collect();
            Error::BadUserInput(texts.join("; "))
        }
    }
}

/// Why there is no release. Problems of pages are told beside it.
fn refusal(reason: &Released) -> Refused {
    let user = |code, message: String| UserError::general(code, message).into();
    match reason {
        Released::NotAllowed => no_tenant().into(),
        Released::NoPage(id) => user(UserErrorCode::NotFound, format!("there is no page {id}")),
        Released::NoRelease => {
            UserError::of("input.number", UserErrorCode::NotFound, "there is no such release").into()
        }
        Released::Late => Error::Busy(CHANGEOVER_RETRY).into(),
        Released::Nothing => user(UserErrorCode::NotAllowed, "there is nothing to do".to_owned()),
        Released::TooMany => {
            user(UserErrorCode::LimitReached, format!("a release has at most {MAX_PAGES} pages; name some of them"))
        }
        Released::Overtaken(id) => {
            user(UserErrorCode::NotAllowed, format!("page {id} has been released again since; undo that first"))
        }
        Released::Forgotten => {
            let message = "a page of it has been released too often since; that cannot be undone any more";
            user(UserErrorCode::NotAllowed, message.to_owned())
        }
        Released::Done(_) | Released::Blocked(_) => {
            user(UserErrorCode::NotReady, "some pages are not ready; see `problems`".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CATALOGUE_FIELDS;

    #[test]
    fn whatever_may_take_longer_is_there() {
        let schema = crate::schema::sdl();
        for name in CATALOGUE_FIELDS {
            assert!(schema.contains(&format!("\t{name}(")), "{name}");
        }
    }
}
