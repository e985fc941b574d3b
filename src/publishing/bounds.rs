//! How much a page may say, whether it is edited or read from a file.

use std::ops::RangeInclusive;

/// The fewest and the most characters of a title.
pub(crate) const TITLE: RangeInclusive<usize> = 1..=200;
/// The fewest and the most characters of a slug.
pub(crate) const SLUG: RangeInclusive<usize> = 1..=80;
/// The most characters of a short description, whatever a tenant allows.
pub(crate) const MAX_SHORT_DESCRIPTION: usize = 1_000;
/// The most characters of a long description, whatever a tenant allows.
pub(crate) const MAX_LONG_DESCRIPTION: usize = 5_000;
/// The most characters of an answer.
pub(crate) const MAX_ANSWER: usize = 5_000;
/// The most questions of a tenant.
pub(crate) const MAX_FAQ_ENTRIES: i64 = 500;
/// The most links of a page.
pub(crate) const MAX_LINKS: usize = 20;
/// The fewest and the most characters of the name of a link.
pub(crate) const LINK_LABEL: RangeInclusive<usize> = 1..=60;
/// The most tags of a page.
pub(crate) const MAX_TAGS: usize = 50;
/// The most credits of a page.
pub(crate) const MAX_CREDITS: usize = 200;
/// The fewest and the most characters of the name of a character.
pub(crate) const CHARACTER: RangeInclusive<usize> = 0..=100;
/// The most files of a page.
pub(crate) const MAX_ASSETS: usize = 50;
/// The highest season, number and position.
pub(crate) const MAX_NUMBER: i32 = 100_000;
/// The longest that an episode runs: a day.
pub(crate) const MAX_DURATION_MS: i32 = 24 * 60 * 60 * 1_000;
