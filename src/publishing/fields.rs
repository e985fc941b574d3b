//! What editors send of a page, checked, and put onto what is there.

use std::collections::HashSet;
use std::hash::Hash;

use async_graphql::{InputObject, MaybeUndefined};

use super::bounds::{
    CHARACTER, LINK_LABEL, MAX_ASSETS, MAX_CREDITS, MAX_DURATION_MS, MAX_LINKS, MAX_LONG_DESCRIPTION, MAX_NUMBER,
    MAX_SHORT_DESCRIPTION, MAX_TAGS, SLUG, TITLE,
};
use super::document::{PageAsset, PageCredit, PageDocument, PageLink};
use crate::accounts::{language, web_address};
use crate::assets::AssetRole;
use crate::catalog::{CreditRole, FranchiseType};
use crate::home::Rail;
use crate::id::{AssetId, FranchiseId, PersonId, SeriesId, TagId};
use crate::mutation::{Checked, UserError, UserErrorCode};
use crate::text;
use crate::time::Date;

/// What all pages have. What is left out stays as it is.
#[derive(Debug, Default, InputObject)]
pub(super) struct PageFieldsInput {
    /// What it is about, in a sentence or two: at most 200 characters, unless the tenant has set another limit. Null takes
    /// it away.
    short_description: MaybeUndefined<String>,
    /// What it is about, at length: at most 380 characters, unless the tenant has set another limit. Null takes it away.
    long_description: MaybeUndefined<String>,
    /// The language it is made in, as a BCP 47 tag. Null takes it away.
    language: MaybeUndefined<String>,
    /// Whether viewers may see it once it is published.
    active: Option<bool>,
    /// The day that it came out. Null takes it away.
    release_date: MaybeUndefined<Date>,
    /// Places on the web that belong to it, in their order, instead of those that are there; at most 20.
    links: Option<Vec<PageLinkInput>>,
    /// The ids of its tags, instead of those that are there; at most 50.
    tag_ids: Option<Vec<TagId>>,
    /// Who made it, in their order, instead of those that are there; at most 200.
    credits: Option<Vec<PageCreditInput>>,
    /// Its files, instead of those that are there; at most 50. They have to be ready.
    assets: Option<Vec<PageAssetInput>>,
}

/// A place on the web that belongs to a page.
#[derive(Debug, InputObject)]
pub(super) struct PageLinkInput {
    /// What it is called, in at most 60 characters.
    label: String,
    /// Where it leads: an address that begins with http:// or https://.
    url: String,
}

/// What somebody did for a page.
#[derive(Debug, InputObject)]
pub(super) struct PageCreditInput {
    /// The person.
    person_id: PersonId,
    /// What they did.
    role: CreditRole,
    /// Whom they play, in at most 100 characters.
    character: Option<String>,
}

/// A file of a page.
#[derive(Debug, InputObject)]
pub(super) struct PageAssetInput {
    /// What it is used for. All roles but captions take one file.
    role: AssetRole,
    /// The file.
    asset_id: AssetId,
}

/// What the inputs of all kinds of pages have in common.
#[derive(Debug, Default)]
pub(super) struct PageInput {
    pub(super) slug: Option<String>,
    pub(super) title: Option<String>,
    pub(super) fields: Option<PageFieldsInput>,
}

/// What changes about a page. `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct PageChange {
    pub(super) slug: Option<String>,
    pub(super) title: Option<String>,
    pub(super) short_description: MaybeUndefined<String>,
    pub(super) long_description: MaybeUndefined<String>,
    pub(super) language: MaybeUndefined<String>,
    pub(super) active: Option<bool>,
    pub(super) archived: Option<bool>,
    pub(super) franchise_type: Option<FranchiseType>,
    pub(super) franchise_id: Option<FranchiseId>,
    pub(super) position: Option<i32>,
    pub(super) series_id: Option<SeriesId>,
    pub(super) season: Option<i32>,
    pub(super) number: Option<i32>,
    pub(super) duration_ms: MaybeUndefined<i32>,
    pub(super) release_date: MaybeUndefined<Date>,
    pub(super) links: Option<Vec<PageLink>>,
    pub(super) tag_ids: Option<Vec<TagId>>,
    pub(super) credits: Option<Vec<PageCredit>>,
    pub(super) assets: Option<Vec<PageAsset>>,
    pub(super) answer: Option<String>,
    pub(super) rails: Option<Vec<Rail>>,
}

impl PageChange {
    /// Notes everything that is wrong in `input` with `checked`.
    pub(super) fn of(checked: &mut Checked, PageInput { slug, title, fields }: PageInput) -> Self {
        let input = fields.unwrap_or_default();
        let short = (input.short_description, MAX_SHORT_DESCRIPTION);
        let long = (input.long_description, MAX_LONG_DESCRIPTION);
        Self {
            slug: slug.map(|slug| checked.value(self::slug("input.slug", &slug))),
            title: title.map(|title| checked.value(text::line("input.title", &title, TITLE))),
            short_description: paragraphs(checked, "input.fields.shortDescription", short),
            long_description: paragraphs(checked, "input.fields.longDescription", long),
            language: input.language.map_value(|tag| checked.value(language("input.fields.language", &tag))),
            active: input.active,
            release_date: input.release_date,
            links: input.links.map(|links| links_of(checked, &links)),
            tag_ids: input.tag_ids.map(|tags| distinct(checked, "input.fields.tagIds", tags, MAX_TAGS)),
            credits: input.credits.map(|credits| credits_of(checked, credits)),
            assets: input.assets.map(|assets| assets_of(checked, assets)),
            ..Self::default()
        }
    }

    /// Puts the change onto a page.
    pub(super) fn apply(&self, page: &mut PageDocument) {
        fn put<T: Clone>(place: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                place.clone_from(value);
            }
        }
        put(&mut page.slug, self.slug.as_ref());
        put(&mut page.title, self.title.as_ref());
        self.short_description.clone().update_to(&mut page.short_description);
        self.long_description.clone().update_to(&mut page.long_description);
        self.language.clone().update_to(&mut page.language);
        put(&mut page.active, self.active.as_ref());
        put(&mut page.archived, self.archived.as_ref());
        self.duration_ms.update_to(&mut page.duration_ms);
        self.release_date.update_to(&mut page.release_date);
        put(&mut page.links, self.links.as_ref());
        put(&mut page.tag_ids, self.tag_ids.as_ref());
        put(&mut page.credits, self.credits.as_ref());
        put(&mut page.assets, self.assets.as_ref());
        page.answer = self.answer.clone().or(page.answer.take());
        page.rails = self.rails.clone().or(page.rails.take());
        page.franchise_type = self.franchise_type.or(page.franchise_type);
        page.franchise_id = self.franchise_id.or(page.franchise_id);
        page.position = self.position.or(page.position);
        page.series_id = self.series_id.or(page.series_id);
        page.season = self.season.or(page.season);
        page.number = self.number.or(page.number);
        // They have no order, and two readings of one page have to be equal.
        page.tag_ids.sort_unstable();
        page.assets.sort_by_key(PageAsset::rank);
    }
}

/// A season, a number or a position.
pub(super) fn number(field: &str, number: i32) -> Result<i32, UserError> {
    let wrong = || UserError::of(field, UserErrorCode::Invalid, format!("it goes from 1 to {MAX_NUMBER}"));
    Some(number).filter(|number| (1..=MAX_NUMBER).contains(number)).ok_or_else(wrong)
}

/// How long something runs, in milliseconds.
pub(super) fn duration_ms(field: &str, duration: i32) -> Result<i32, UserError> {
    let wrong = || UserError::of(field, UserErrorCode::Invalid, format!("it goes from 1 to {MAX_DURATION_MS}"));
    Some(duration).filter(|duration| (1..=MAX_DURATION_MS).contains(duration)).ok_or_else(wrong)
}

/// A name in addresses: lower-case letters, digits, and single hyphens between them.
pub(super) fn slug(field: &str, text: &str) -> Result<String, UserError> {
    let text = text::line(field, text, SLUG)?;
    if text::is_slug(&text) {
        return Ok(text);
    }
    let message = "it takes lower-case letters (a to z), digits, and single hyphens between them";
    Err(UserError::of(field, UserErrorCode::Invalid, message))
}

fn paragraphs(
    checked: &mut Checked,
    field: &str,
    (value, most): (MaybeUndefined<String>, usize),
) -> MaybeUndefined<String> {
    let text = value.map_value(|text| checked.value(text::paragraphs(field, &text, 0..=most)));
    // Nothing written is the same as nothing there.
    if text.value().is_some_and(String::is_empty) { MaybeUndefined::Null } else { text }
}

fn links_of(checked: &mut Checked, links: &[PageLinkInput]) -> Vec<PageLink> {
    limited(checked, "input.fields.links", links.len(), MAX_LINKS);
    let links = links.iter().take(MAX_LINKS).enumerate().map(|(n, link)| PageLink {
        label: checked.value(text::line(&format!("input.fields.links.{n}.label"), &link.label, LINK_LABEL)),
        url: checked.value(web_address(&format!("input.fields.links.{n}.url"), &link.url)),
    });
    links.collect()
}

fn credits_of(checked: &mut Checked, credits: Vec<PageCreditInput>) -> Vec<PageCredit> {
    limited(checked, "input.fields.credits", credits.len(), MAX_CREDITS);
    let credits = credits.into_iter().take(MAX_CREDITS).enumerate().map(|(n, credit)| {
        let field = format!("input.fields.credits.{n}.character");
        let character = credit.character.map(|name| checked.value(text::line(&field, &name, CHARACTER)));
        let character = character.filter(|name| !name.is_empty());
        PageCredit { person_id: credit.person_id, role: credit.role, character }
    });
    credits.collect()
}

fn assets_of(checked: &mut Checked, assets: Vec<PageAssetInput>) -> Vec<PageAsset> {
    let field = "input.fields.assets";
    let assets = assets.into_iter().map(|asset| PageAsset { role: asset.role, asset_id: asset.asset_id });
    let assets: Vec<_> = assets.collect();
    limited(checked, field, assets.len(), MAX_ASSETS);
    let (mut roles, mut ids) = (HashSet::new(), HashSet::new());
    for (n, asset) in assets.iter().enumerate() {
        let place = format!("{field}.{n}");
        let wrong = |message: &str| UserError::of(&place, UserErrorCode::Invalid, message);
        if asset.role == AssetRole::Avatar {
            checked.value::<()>(Err(wrong("pages have no avatars")));
        } else if !ids.insert(asset.asset_id) {
            checked.value::<()>(Err(wrong("each file is named once")));
        } else if !roles.insert(asset.role) && asset.role != AssetRole::Captions {
            checked.value::<()>(Err(wrong("only captions take several files")));
        }
    }
    assets
}

/// Values of which each is named once.
fn distinct<T: Hash + Eq + Copy>(checked: &mut Checked, field: &str, values: Vec<T>, most: usize) -> Vec<T> {
    let mut seen = HashSet::new();
    let values: Vec<_> = values.into_iter().filter(|value| seen.insert(*value)).collect();
    limited(checked, field, values.len(), most);
    values
}

fn limited(checked: &mut Checked, field: &str, count: usize, most: usize) {
    if count > most {
        let message = format!("at most {most}, and these are {count}");
        checked.value::<()>(Err(UserError::of(field, UserErrorCode::LimitReached, message)));
    }
}
