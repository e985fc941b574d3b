//! How long the descriptions of a tenant's pages may be, in user-perceived characters (Unicode UAX #29).

use async_graphql::SimpleObject;
use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

use super::document::PageDocument;
use super::store;
use crate::graph::{GraphError, Transaction};
use crate::mutation::{UserError, UserErrorCode, UserErrors};
use crate::scope::{Editor, TenantScope};

/// The most characters of a short description, unless the tenant has set another limit.
const SHORT_DESCRIPTION: i32 = 200;
/// The most characters of a long description, unless the tenant has set another limit.
const LONG_DESCRIPTION: i32 = 380;

/// How long the descriptions of pages may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject)]
pub(crate) struct TextLimits {
    /// The most characters of a short description.
    pub short_description: i32,
    /// The most characters of a long description.
    pub long_description: i32,
}

/// How many characters a text has, and how many it may have.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct TextCount {
    /// The field of `PageFields`.
    pub field: &'static str,
    /// How many characters it has, as people count them.
    pub used: i32,
    /// How many it may have.
    pub limit: i32,
    /// How many more it may have; below zero if it has too many, because the limit was lowered.
    pub remaining: i32,
}

/// What a tenant has set.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetLimits {
    pub(super) short_description: Option<i32>,
    pub(super) long_description: Option<i32>,
}

impl From<SetLimits> for TextLimits {
    fn from(set: SetLimits) -> Self {
        Self {
            short_description: set.short_description.unwrap_or(SHORT_DESCRIPTION),
            long_description: set.long_description.unwrap_or(LONG_DESCRIPTION),
        }
    }
}

impl TextLimits {
    /// The limits of a tenant, within a transaction.
    pub(super) async fn read(transaction: &mut Transaction, scope: &TenantScope<Editor>) -> Result<Self, GraphError> {
        Ok(store::text_limits_within(transaction, scope).await?.into())
    }

    /// The texts of a page with their limits.
    #[must_use]
    pub(super) fn counts(self, page: &PageDocument) -> [TextCount; 2] {
        let count = |field, text: &Option<String>, limit: i32| {
            let used = text.as_deref().map_or(0, |text| text.graphemes(true).count());
            let used = i32::try_from(used).unwrap_or(i32::MAX);
            TextCount { field, used, limit, remaining: limit.saturating_sub(used) }
        };
        [
            count("shortDescription", &page.short_description, self.short_description),
            count("longDescription", &page.long_description, self.long_description),
        ]
    }

    /// What is too long in a page, and has changed: a text that was there before the limit stays.
    pub(super) fn exceeded(self, page: &PageDocument, before: Option<&PageDocument>) -> UserErrors {
        let kept = [
            before.is_some_and(|before| before.short_description == page.short_description),
            before.is_some_and(|before| before.long_description == page.long_description),
        ];
        let counts = self.counts(page).into_iter().zip(kept);
        counts
            .filter(|(count, kept)| count.remaining < 0 && !kept)
            .map(|(count, _)| {
                let message = format!("it may have at most {} characters, and has {}", count.limit, count.used);
                UserError::of(&format!("input.fields.{}", count.field), UserErrorCode::TooLong, message)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_as_people_do() {
        let limits = TextLimits::from(SetLimits { short_description: Some(3), long_description: None });
        let page = PageDocument {
            short_description: Some("é👩‍👩‍👧‍👦ab".to_owned()), ..PageDocument::default()
        };
        let [short, long] = limits.counts(&page);
        assert_eq!((short.used, short.limit, short.remaining), (4, 3, -1));
        assert_eq!((long.used, long.limit, long.remaining), (0, LONG_DESCRIPTION, LONG_DESCRIPTION));
        assert_eq!(limits.exceeded(&page, None).len(), 1);
        assert_eq!(limits.exceeded(&page, Some(&page)).len(), 0);
    }
}
