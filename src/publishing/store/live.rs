//! What viewers see of pages: the properties and relationships of their nodes.

use async_graphql::resolver_utils::enum_value;
use neo4rs::BoltType;
use serde::Deserialize;

use super::pages::{assets_of, strings};
use crate::cypher;
use crate::graph::{GraphError, Transaction, map};
use crate::home::HomePageRails;
use crate::id::RevisionId;
use crate::publishing::document::{PageDocument, PageId, PageKind};
use crate::publishing::plan::{Fate, Planned};
use crate::scope::{Editor, TenantScope, or_null};

/// The row of a statement that changes pages.
#[derive(Deserialize)]
pub(super) struct Counted {}

/// Who sees what a plan changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everybody.
    Viewers,
    /// Whoever asked for a preview.
    Preview,
}

/// Changes what viewers see of the pages of a plan.
pub(super) async fn change_live(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: &[Planned],
    audience: Audience,
) -> Result<(), GraphError> {
    let shown: Vec<_> = planned.iter().filter_map(|one| Some(shown(one.page.id, one.shown()?))).collect();
    if !shown.is_empty() {
        let statement =
            cypher!("publishing/show").bind("pages", shown).bind("isPreview", audience == Audience::Preview);
        transaction.run::<Counted>(scope.bound(statement)).await?;
    }
    let hidden: Vec<_> = planned.iter().filter(|one| one.shown().is_none()).collect();
    if !hidden.is_empty() {
        let archived = hidden.iter().filter(|one| matches!(one.fate, Fate::Hide { archived: true }));
        let archived: Vec<_> = archived.map(|one| one.page.id).collect();
        let hidden: Vec<_> = hidden.iter().map(|one| one.page.id).collect();
        let statement = cypher!("publishing/hide").bind("ids", strings(&hidden));
        transaction.run::<Counted>(scope.bound(statement.bind("archivedIds", strings(&archived)))).await?;
    }
    Ok(())
}

/// A page with a document that becomes a revision.
pub(super) fn revision(page: PageId, id: RevisionId, document: &PageDocument) -> BoltType {
    map([
        ("id", page.to_string().into()),
        ("revisionId", id.into()),
        ("document", document.to_json().into()),
        ("assetIds", assets_of(document).into()),
    ])
}

/// A page as the statement that shows it takes it.
fn shown(id: PageId, page: &PageDocument) -> BoltType {
    let (labels, urls): (Vec<_>, Vec<_>) = page.links.iter().map(|link| (link.label.clone(), link.url.clone())).unzip();
    let texts = |texts: Vec<String>| or_null(Some(texts).filter(|texts| !texts.is_empty()));
    let properties = map([
        ("slug", page.slug.as_str().into()),
        ("title", page.title.as_str().into()),
        ("synopsis", or_null(page.short_description.clone())),
        ("description", or_null(page.long_description.clone())),
        ("language", or_null(page.language.clone())),
        ("active", page.active.into()),
        ("franchiseType", or_null(page.franchise_type.map(|kind| enum_value(kind).to_string()))),
        ("durationMs", or_null(page.duration_ms.map(i64::from))),
        ("releaseDate", or_null(page.release_date.map(|date| date.0))),
        ("linkLabels", texts(labels)),
        ("linkUrls", texts(urls)),
        ("answer", or_null(page.answer.clone())),
        ("rails", or_null(page.rails.clone().and_then(|rails| HomePageRails(rails).to_text().ok()))),
        // A series has its place in the relationship to its franchise.
        ("position", or_null(page.position.filter(|_| id.kind() == PageKind::FaqEntry).map(i64::from))),
    ]);
    let credits = (1_i64..).zip(&page.credits).map(|(position, credit)| {
        map([
            ("personId", credit.person_id.into()),
            ("role", enum_value(credit.role).to_string().into()),
            ("character", or_null(credit.character.clone())),
            ("position", position.into()),
        ])
    });
    let assets = page
        .assets
        .iter()
        .map(|asset| map([("assetId", asset.asset_id.into()), ("role", enum_value(asset.role).to_string().into())]));
    map([
        ("id", id.to_string().into()),
        ("kind", enum_value(id.kind()).to_string().into()),
        ("properties", properties),
        ("parentId", or_null(page.parent().map(|parent| parent.to_string()))),
        ("position", or_null(page.position.map(i64::from))),
        ("season", or_null(page.season.map(i64::from))),
        ("number", or_null(page.number.map(i64::from))),
        ("tagIds", page.tag_ids.iter().map(|tag| BoltType::from(*tag)).collect::<Vec<_>>().into()),
        ("credits", credits.collect::<Vec<_>>().into()),
        ("assets", assets.collect::<Vec<_>>().into()),
    ])
}
