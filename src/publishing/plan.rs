//! What a release will do with each of its pages, and what speaks against it.

use std::collections::{HashMap, HashSet};

use async_graphql::{Enum, SimpleObject};

use super::document::{PageDocument, PageId, PageKind};
use super::limits::TextLimits;
use super::store::{LockedPage, Surroundings};
use crate::assets::AssetRole;
use crate::id::RevisionId;

/// What a release does with a page.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    /// It shows this revision to viewers.
    Show(RevisionId, Box<PageDocument>),
    /// It takes it from viewers.
    Hide {
        /// Whether it is put away, too.
        archived: bool,
    },
}

/// A page of a release.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) page: LockedPage,
    pub(super) fate: Fate,
}

impl Planned {
    /// What viewers will see, if they will see something.
    pub(super) fn shown(&self) -> Option<&PageDocument> {
        match &self.fate {
            Fate::Show(_, document) => Some(document),
            Fate::Hide { .. } => None,
        }
    }
}

/// What is wrong with a page that is about to be published. More may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub(crate) enum PublishProblemCode {
    /// A franchise or a series has no poster.
    PosterMissing,
    /// An episode has no thumbnail.
    ThumbnailMissing,
    /// An episode has no video.
    VideoMissing,
    /// A series names no franchise, or an episode names no series, season or number.
    PlaceMissing,
    /// What the page is part of is not there any more.
    ParentGone,
    /// What the page is part of is not published, and not among the pages that are about to be.
    ParentNotPublished,
    /// Another episode has its season and number.
    PlaceTaken,
    /// Another page has its slug, or had it, so that addresses would lead to the wrong one.
    SlugTaken,
    /// A tag is not there any more.
    TagGone,
    /// A credited person is not there any more.
    PersonGone,
    /// A file is not there any more, or not ready.
    AssetGone,
    /// A description is longer than the tenant allows.
    TextTooLong,
    /// Pages below it are published, and viewers would not see them any more.
    HidesPages,
}

/// Something that would be wrong with a page if it were published as it is.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct PublishProblem {
    /// The page.
    #[graphql(name = "pageId")]
    pub page_id: String,
    /// Its title.
    pub title: String,
    /// The field of `PageFields` that is to be mended, if it is one.
    pub field: Option<&'static str>,
    /// What is wrong, for programs.
    pub code: PublishProblemCode,
    /// Whether it keeps the page from being published. What does not is good to know.
    pub blocking: bool,
    /// What is wrong, for people.
    pub message: String,
}

/// Everything that speaks against a release.
pub(super) fn problems(
    planned: &[Planned],
    surroundings: &HashMap<PageId, Surroundings>,
    limits: TextLimits,
) -> Vec<PublishProblem> {
    let fates: HashMap<PageId, &Planned> = planned.iter().map(|planned| (planned.page.id, planned)).collect();
    let mut found = Vec::new();
    let mut places = HashSet::new();
    for planned in planned {
        let Some(around) = surroundings.get(&planned.page.id) else { continue };
        let Some(page) = planned.shown() else {
            if around.has_children {
                found.push(hides(planned));
            }
            continue;
        };
        let mut problems = Problems { planned, page, found: &mut found };
        problems.of_files();
        problems.of_parent(around, &fates);
        problems.of_place(around, &fates, &mut places);
        problems.of_references(around);
        if around.slug_is_taken {
            problems.push(Some("slug"), PublishProblemCode::SlugTaken, true, "another page has this slug, or had it");
        }
        for error in limits.exceeded(page, planned.page.live.as_ref()) {
            let short = error.field.iter().flatten().any(|part| part == "shortDescription");
            let field = if short { "shortDescription" } else { "longDescription" };
            problems.push(Some(field), PublishProblemCode::TextTooLong, true, &error.message);
        }
        if around.has_children && !page.is_shown() {
            found.push(hides(planned));
        }
    }
    found
}

fn hides(planned: &Planned) -> PublishProblem {
    PublishProblem {
        page_id: planned.page.id.to_string(),
        title: planned.page.current().title,
        field: Some("active"),
        code: PublishProblemCode::HidesPages,
        blocking: false,
        message: "viewers will not see what is below it any more".to_owned(),
    }
}

/// The problems of one page.
struct Problems<'p> {
    planned: &'p Planned,
    page: &'p PageDocument,
    found: &'p mut Vec<PublishProblem>,
}

impl Problems<'_> {
    fn push(&mut self, field: Option<&'static str>, code: PublishProblemCode, blocking: bool, message: &str) {
        self.found.push(PublishProblem {
            page_id: self.planned.page.id.to_string(),
            title: self.page.title.clone(),
            field,
            code,
            blocking,
            message: message.to_owned(),
        });
    }

    /// Files that should be there. What production does not have either does not get worse, so it is only told.
    fn of_files(&mut self) {
        let live = self.planned.page.live.as_ref();
        let wanted: &[_] = match self.planned.page.id.kind() {
            PageKind::Franchise | PageKind::Series => {
                &[(AssetRole::Poster, PublishProblemCode::PosterMissing, true, "it has no poster")]
            }
            PageKind::Episode => &[
                (AssetRole::Video, PublishProblemCode::VideoMissing, true, "it has no video"),
                (AssetRole::Thumbnail, PublishProblemCode::ThumbnailMissing, false, "it has no thumbnail"),
            ],
            PageKind::HomePage | PageKind::FaqEntry => &[],
        };
        for (role, code, blocking, message) in wanted {
            if !self.page.has(*role) {
                let worse = live.is_none_or(|live| live.has(*role));
                self.push(Some("assets"), *code, *blocking && worse, message);
            }
        }
    }

    fn of_parent(&mut self, around: &Surroundings, fates: &HashMap<PageId, &Planned>) {
        let field = match self.planned.page.id.kind() {
            PageKind::Franchise | PageKind::HomePage | PageKind::FaqEntry => return,
            PageKind::Series => "franchiseId",
            PageKind::Episode => "seriesId",
        };
        let Some(parent) = self.page.parent() else {
            return self.push(Some(field), PublishProblemCode::PlaceMissing, true, "it is part of nothing yet");
        };
        if !around.parent_is_there {
            return self.push(Some(field), PublishProblemCode::ParentGone, true, "what it is part of is gone");
        }
        let is_shown = match fates.get(&parent) {
            Some(planned) => planned.shown().is_some(),
            None => around.parent_is_published,
        };
        if !is_shown {
            let message = "what it is part of is not published, and not among the pages to publish";
            self.push(Some(field), PublishProblemCode::ParentNotPublished, true, message);
        }
    }

    fn of_place(
        &mut self,
        around: &Surroundings,
        fates: &HashMap<PageId, &Planned>,
        places: &mut HashSet<(PageId, i32, i32)>,
    ) {
        if self.planned.page.id.kind() != PageKind::Episode {
            return;
        }
        let (Some(series), Some(season), Some(number)) = (self.page.parent(), self.page.season, self.page.number)
        else {
            let missing = if self.page.season.is_none() { "season" } else { "number" };
            if self.page.parent().is_some() {
                self.push(Some(missing), PublishProblemCode::PlaceMissing, true, "it has no season or no number");
            }
            return;
        };
        // Whoever has the place now may leave it in the same release.
        let stays = around.place_is_taken_by.is_some_and(|other| !fates.contains_key(&other));
        if stays || !places.insert((series, season, number)) {
            let message = "another episode has this season and number";
            self.push(Some("number"), PublishProblemCode::PlaceTaken, true, message);
        }
    }

    fn of_references(&mut self, around: &Surroundings) {
        if self.page.tag_ids.iter().any(|tag| !around.tags.contains(tag)) {
            self.push(Some("tagIds"), PublishProblemCode::TagGone, true, "a tag is not there any more");
        }
        if self.page.credits.iter().any(|credit| !around.people.contains(&credit.person_id)) {
            let message = "somebody credited is not there any more";
            self.push(Some("credits"), PublishProblemCode::PersonGone, true, message);
        }
        if self.page.assets.iter().any(|asset| !around.assets.contains(&asset.asset_id)) {
            self.push(Some("assets"), PublishProblemCode::AssetGone, true, "a file is not there, or not ready");
        }
    }
}
