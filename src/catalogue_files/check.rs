//! What has to hold of a row by itself, and of all rows of a file together.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::MAX_FILE_BYTES;
use super::page::{Catalogue, Page, PageCredit, role_named};
use super::problems::{ImportErrorCode as Code, Problems};
use super::rows::{Column, RawCredit, RawLink, Row};
use crate::accounts::{language, web_address};
use crate::mutation::UserError;
use crate::publishing::bounds::{
    CHARACTER, LINK_LABEL, MAX_CREDITS, MAX_DURATION_MS, MAX_LINKS, MAX_LONG_DESCRIPTION, MAX_NUMBER,
    MAX_SHORT_DESCRIPTION, MAX_TAGS, SLUG, TITLE,
};
use crate::publishing::{PageKind, PageLink};
use crate::text::{self, is_slug};

/// The years in which something can come out.
const YEARS: std::ops::RangeInclusive<i32> = 1870..=2200;

/// A file that is being checked.
#[derive(Default)]
pub(super) struct Checking {
    pub(super) problems: Problems,
    /// All pages, those included in which something is wrong, so that everything else is found as well.
    pages: Vec<Page>,
    rows: usize,
    /// The lines of all slugs.
    slugs: HashMap<(PageKind, String), u64>,
}

impl Checking {
    /// Whether there may be one more row.
    pub(super) fn has_room(&mut self, line: u64, most: usize) -> bool {
        self.rows += 1;
        if self.rows > most {
            let message = format!("a file has at most {most} rows; nothing was read from here on");
            self.problems.note(line, None, Code::TooManyRows, message);
        }
        self.rows <= most
    }

    pub(super) fn too_large(&mut self, line: u64) {
        let message = format!("a file has at most {MAX_FILE_BYTES} bytes; nothing was read from here on");
        self.problems.note(line, None, Code::TooLarge, message);
    }

    /// Takes a row.
    pub(super) fn row(&mut self, row: Row) {
        let page = OneRow { row, problems: &mut self.problems }.page();
        let Some(page) = page else { return };
        let key = (page.kind, page.slug.clone());
        if let Some(first) = self.slugs.get(&key).filter(|_| !page.slug.is_empty()) {
            let message = format!("the {} in line {first} has this slug already", page.kind.name().to_lowercase());
            self.problems.note(page.line, Some(Column::Slug.name()), Code::DuplicateSlug, message);
        } else {
            self.slugs.insert(key, page.line);
        }
        self.pages.push(page);
    }

    /// Checks the rows together.
    pub(super) fn finish(mut self) -> Catalogue {
        let mut places = HashMap::new();
        for page in &self.pages {
            let (Some(series), Some(season), Some(number)) = (&page.parent, page.season, page.number) else { continue };
            if let Some(first) = places.get(&(series, season, number)) {
                let message = format!("the episode in line {first} has this season and number already");
                self.problems.note(page.line, Some(Column::Number.name()), Code::DuplicateNumber, message);
            } else {
                places.insert((series, season, number), page.line);
            }
        }
        Catalogue { pages: self.pages, problems: self.problems }
    }
}

/// A row that is being checked.
struct OneRow<'c> {
    row: Row,
    problems: &'c mut Problems,
}

impl OneRow<'_> {
    /// The page; nothing if not even its type is known. What is wrong is noted.
    fn page(mut self) -> Option<Page> {
        let kind = self.kind()?;
        let is_episode = kind == PageKind::Episode;
        let line = self.row.line;
        let slug = self.slug(Column::Slug).unwrap_or_default();
        let parent = match kind.parent() {
            Some(_) => self.slug(Column::Parent),
            None => self.absent(Column::Parent),
        };
        let title = self.needed(Column::Title, |column, text| text::line(column, text, TITLE));
        let short_description =
            self.text(Column::ShortDescription, |column, it| text::paragraphs(column, it, 0..=MAX_SHORT_DESCRIPTION));
        let long_description =
            self.text(Column::LongDescription, |column, it| text::paragraphs(column, it, 0..=MAX_LONG_DESCRIPTION));
        let language = self.text(Column::Language, language);
        let release_date = self.release_date();
        let (season, number) = if is_episode {
            let place = |row: &mut Self, column| row.number(column, 1..=MAX_NUMBER, true);
            (place(&mut self, Column::Season), place(&mut self, Column::Number))
        } else {
            self.absent(Column::Season);
            self.absent(Column::Number);
            (None, None)
        };
        let duration_ms = if is_episode {
            self.number(Column::DurationMs, 1..=MAX_DURATION_MS, false)
        } else {
            self.absent(Column::DurationMs);
            None
        };
        let (tags, credits, links) = (self.tags(), self.credits(), self.links());
        Some(Page {
            line,
            kind,
            slug,
            parent,
            title: title.unwrap_or_default(),
            short_description,
            long_description,
            language,
            release_date,
            season,
            number,
            duration_ms,
            tags,
            credits,
            links,
        })
    }

    fn note(&mut self, column: Column, code: Code, message: &str) {
        self.problems.note(self.row.line, Some(column.name()), code, message);
    }

    fn kind(&mut self) -> Option<PageKind> {
        let text = self.needed(Column::Type, |_, text| Ok(text.trim().to_owned()))?;
        let kind = PageKind::content_named(&text);
        if kind.is_none() {
            self.note(Column::Type, Code::Invalid, "it is FRANCHISE, SERIES or EPISODE");
        }
        kind
    }

    /// The value of a column, if there is any.
    fn text(&mut self, column: Column, check: impl FnOnce(&str, &str) -> Result<String, UserError>) -> Option<String> {
        let text = self.row.texts.remove(&column)?;
        match check(column.name(), &text) {
            Ok(text) => Some(text),
            Err(error) => {
                self.problems.note_user_error(self.row.line, column.name(), error);
                None
            }
        }
    }

    /// The value of a column that must have one.
    fn needed(
        &mut self,
        column: Column,
        check: impl FnOnce(&str, &str) -> Result<String, UserError>,
    ) -> Option<String> {
        if !self.row.texts.contains_key(&column) {
            self.note(column, Code::Missing, "it must not be empty");
            return None;
        }
        self.text(column, check)
    }

    /// Pages of this kind have no value there.
    fn absent(&mut self, column: Column) -> Option<String> {
        if self.row.texts.remove(&column).is_some() {
            self.note(column, Code::NotAllowed, "pages of this type do not have it");
        }
        None
    }

    fn slug(&mut self, column: Column) -> Option<String> {
        let slug = self.needed(column, |_, text| Ok(text.trim().to_owned()))?;
        if slug.chars().count() > *SLUG.end() {
            self.note(column, Code::TooLong, &format!("it may have at most {} characters", SLUG.end()));
            return None;
        }
        if !is_slug(&slug) {
            self.note(column, Code::Invalid, NO_SLUG);
            return None;
        }
        Some(slug)
    }

    fn release_date(&mut self) -> Option<NaiveDate> {
        let text = self.row.texts.remove(&Column::ReleaseDate)?;
        let text = text.trim();
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let date = date.filter(|date| YEARS.contains(&chrono::Datelike::year(date)) && date.to_string() == text);
        if date.is_none() {
            self.note(Column::ReleaseDate, Code::Invalid, "a day is written 2026-11-24");
        }
        date
    }

    fn number(&mut self, column: Column, range: std::ops::RangeInclusive<i32>, is_needed: bool) -> Option<i32> {
        let Some(text) = self.row.texts.remove(&column) else {
            if is_needed {
                self.note(column, Code::Missing, "it must not be empty");
            }
            return None;
        };
        let digits = text.trim();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.note(column, Code::WrongType, "it is a whole number");
            return None;
        }
        let number = digits.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.note(column, Code::Invalid, &format!("it goes from {} to {}", range.start(), range.end()));
        }
        number
    }

    fn tags(&mut self) -> Vec<String> {
        let tags = std::mem::take(&mut self.row.tags);
        let (mut kept, mut seen) = (Vec::new(), HashSet::new());
        self.limit(Column::Tags, tags.len(), MAX_TAGS);
        for tag in tags.into_iter().take(MAX_TAGS) {
            let tag = tag.trim().to_owned();
            if !is_slug(&tag) || tag.len() > *SLUG.end() {
                self.note(Column::Tags, Code::Invalid, NO_SLUG);
            } else if seen.insert(tag.clone()) {
                kept.push(tag);
            } else {
                self.note(Column::Tags, Code::Duplicate, &format!("{tag} stands there twice"));
            }
        }
        kept
    }

    fn credits(&mut self) -> Vec<PageCredit> {
        let credits = std::mem::take(&mut self.row.credits);
        self.limit(Column::Credits, credits.len(), MAX_CREDITS);
        credits.into_iter().take(MAX_CREDITS).filter_map(|credit| self.credit(credit)).collect()
    }

    fn credit(&mut self, credit: RawCredit) -> Option<PageCredit> {
        let person = credit.person.trim().to_owned();
        if !is_slug(&person) || person.len() > *SLUG.end() {
            self.note(Column::Credits, Code::Invalid, &format!("of a person, {NO_SLUG}"));
            return None;
        }
        let Some(role) = role_named(credit.role.trim()) else {
            self.note(Column::Credits, Code::Invalid, "a role is one of those of the schema, such as DIRECTOR");
            return None;
        };
        let character = credit.character.filter(|character| !character.trim().is_empty());
        match character.map(|it| text::line(Column::Credits.name(), &it, 1..=*CHARACTER.end())).transpose() {
            Ok(character) => Some(PageCredit { person, role, character }),
            Err(error) => {
                self.problems.note_user_error(self.row.line, Column::Credits.name(), error);
                None
            }
        }
    }

    fn links(&mut self) -> Vec<PageLink> {
        let links = std::mem::take(&mut self.row.links);
        self.limit(Column::Links, links.len(), MAX_LINKS);
        links.into_iter().take(MAX_LINKS).filter_map(|link| self.link(&link)).collect()
    }

    fn link(&mut self, link: &RawLink) -> Option<PageLink> {
        let name = Column::Links.name();
        let label = text::line(name, &link.label, LINK_LABEL);
        let url = web_address(name, &link.url);
        match (label, url) {
            (Ok(label), Ok(url)) => Some(PageLink { label, url }),
            (label, url) => {
                for error in [label.err(), url.err()].into_iter().flatten() {
                    self.problems.note_user_error(self.row.line, name, error);
                }
                None
            }
        }
    }

    fn limit(&mut self, column: Column, count: usize, most: usize) {
        if count > most {
            self.note(column, Code::TooLong, &format!("there are {count}, and at most {most} are allowed"));
        }
    }
}

const NO_SLUG: &str = "a slug has small letters, digits, and single hyphens between them";
