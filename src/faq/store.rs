//! The statement of `cypher/faq/` and its rows. No other file names it.

use std::collections::HashMap;

use super::FaqEntry;
use super::loaders::EntriesPage;
use crate::batch;
use crate::cypher;
use crate::error::Result;
use crate::graph::{map, number};
use crate::scope::Scope;

/// Pages of the questions of tenants.
pub(super) async fn entries(scope: &Scope, keys: &[EntriesPage]) -> Result<HashMap<EntriesPage, Vec<FaqEntry>>> {
    let entry = |n: usize, key: &EntriesPage| {
        map([
            ("n", number(n)),
            ("id", key.of.into()),
            ("words", key.words.clone().into()),
            ("lower", key.page.lower()),
            ("upper", key.page.upper()),
        ])
    };
    batch::pages(scope, cypher!("faq/entries_by_tenants"), keys, |key| &key.page, entry).await
}
