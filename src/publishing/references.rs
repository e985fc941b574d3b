//! Whether what a page refers to is there.

use super::document::{PageDocument, PageId, PageKind};
use super::store::References;
use crate::assets::{AssetKind, AssetRole};
use crate::mutation::{UserError, UserErrorCode, UserErrors};

/// What a page refers to that is not there, unless it has referred to it before: an edit is not refused for what somebody
/// else took away.
pub(super) fn missing(
    id: PageId,
    page: &PageDocument,
    before: Option<&PageDocument>,
    found: &References,
) -> UserErrors {
    let mut errors = Vec::new();
    let gone =
        |field: String, what: &str| UserError::of(&field, UserErrorCode::NotFound, format!("there is no such {what}"));
    let parent = page.parent();
    if parent.is_some_and(|parent| !found.parents.contains(&parent.to_string())) {
        let (field, what) = match id.kind() {
            PageKind::Episode => ("input.seriesId", "series"),
            _ => ("input.franchiseId", "franchise"),
        };
        errors.push(gone(field.to_owned(), what));
    }
    for (n, tag) in page.tag_ids.iter().enumerate() {
        let had = before.is_some_and(|before| before.tag_ids.contains(tag));
        if !had && !found.tags.contains(tag) {
            errors.push(gone(format!("input.fields.tagIds.{n}"), "tag"));
        }
    }
    for (n, credit) in page.credits.iter().enumerate() {
        let person = credit.person_id;
        let had = before.is_some_and(|before| before.credits.iter().any(|credit| credit.person_id == person));
        if !had && !found.people.contains(&person) {
            errors.push(gone(format!("input.fields.credits.{n}.personId"), "person"));
        }
    }
    for (n, asset) in page.assets.iter().enumerate() {
        let had = before.is_some_and(|before| before.assets.contains(asset));
        let field = format!("input.fields.assets.{n}.assetId");
        match found.assets.get(&asset.asset_id) {
            Some(kind) if fits(asset.role, *kind) => {}
            Some(_) => {
                let message = "a file of this kind is not used for that";
                errors.push(UserError::of(&field, UserErrorCode::WrongContentType, message));
            }
            None if had => {}
            None => errors.push(gone(field, "file that is ready")),
        }
    }
    errors
}

/// Whether a file of this kind can be used like this.
fn fits(role: AssetRole, kind: AssetKind) -> bool {
    match role {
        AssetRole::Poster | AssetRole::Thumbnail => kind == AssetKind::Image,
        AssetRole::Video => kind == AssetKind::Video,
        AssetRole::Captions => kind == AssetKind::Captions,
        AssetRole::Avatar => false,
    }
}
